// Package supervisor is the JSON API of the supervisors' wall: one document that a
// page asks for again and again, the alarms' acknowledgements and their rules.
package supervisor

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant/wall"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/httpapi"
)

const prefix = "/api/v1/supervisor"

// Config plugs the API into the rooms.
type Config struct {
	Wall *wall.Wall
	// Name is how a member of staff is called, with the number.
	Name func(staff string) string
}

// Wall is everything a wall shows at a moment.
type Wall struct {
	At       time.Time    `json:"at" doc:"when it was counted: at most a second before it was asked for"`
	Today    AnswerRate   `json:"today"`
	HalfHour AnswerRate   `json:"half_hour" doc:"of the last 30 minutes"`
	Queues   []WallQueue  `json:"queues" nullable:"false"`
	Duty     OnDuty       `json:"duty"`
	Alarms   []WallAlarm  `json:"alarms" nullable:"false" doc:"open ones, those nobody has seen first; at most 200"`
	Rules    []AlarmRule  `json:"rules" nullable:"false"`
	Agents   []WallAgent  `json:"agents" nullable:"false" doc:"a page of 50, by id"`
	MoreA    bool         `json:"more_agents" doc:"ask for those after the last one's id"`
	Live     []WallCase   `json:"live" nullable:"false" doc:"a page of 50, the longest silent first"`
	MoreL    bool         `json:"more_live" doc:"ask with live_skip"`
	Skills   []QueueSkill `json:"skills" nullable:"false" doc:"which skill serves which queue"`
}

// AnswerRate is 接通率: of asked requests for a person whose wait began in the window,
// in_time were answered within 20 s. Who waits or went within 20 s and call-backs are
// not in it (docs/operation.md).
type AnswerRate struct {
	Asked   int `json:"asked"`
	InTime  int `json:"in_time"`
	Percent int `json:"percent" doc:"rounded down; -1 when nobody asked"`
}

// WallQueue is how one queue goes.
type WallQueue struct {
	Queue    string     `json:"queue"`
	Waiting  int        `json:"waiting"`
	LongestS int        `json:"longest_s" doc:"the longest wait so far; 0 when nobody waits"`
	WaitS    int        `json:"wait_s" doc:"expected wait of who would come now; 0 when it can't be known"`
	SpreadS  int        `json:"spread_s" doc:"four of five are served within wait_s ± spread_s"`
	Booked   int        `json:"booked" doc:"call-backs"`
	Due      int        `json:"due" doc:"call-backs due within 30 minutes"`
	On       int        `json:"on" doc:"agents there for it, overflow included"`
	Free     int        `json:"free" doc:"conversations they could take now"`
	Live     int        `json:"live" doc:"conversations with a person"`
	Open     bool       `json:"open" doc:"people serve it at this hour"`
	Today    AnswerRate `json:"today"`
	HalfHour AnswerRate `json:"half_hour"`
}

// QueueSkill says which skill serves a queue.
type QueueSkill struct {
	Queue string `json:"queue"`
	Skill string `json:"skill"`
}

// OnDuty counts agents.
type OnDuty struct {
	Ready  int `json:"ready"`
	Busy   int `json:"busy"`
	Away   int `json:"away"`
	WrapUp int `json:"wrapup"`
}

// WallAgent is one agent on duty.
type WallAgent struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Number   string     `json:"number"`
	Presence string     `json:"presence" enum:"ready,busy,away,wrapup"`
	Skills   []string   `json:"skills" nullable:"false"`
	Home     bool       `json:"home,omitempty"`
	Serves   int        `json:"serves" doc:"conversations in hand"`
	Capacity int        `json:"capacity"`
	Queues   []string   `json:"queues" nullable:"false" doc:"of those conversations"`
	Since    *time.Time `json:"since,omitempty" doc:"the longest of them was accepted then"`
	Idle     *time.Time `json:"idle,omitempty" doc:"serves nobody since then"`
}

// WallCase is one conversation with a person.
type WallCase struct {
	Conversation string     `json:"conversation"`
	Handoff      string     `json:"handoff"`
	Queue        string     `json:"queue"`
	Customer     string     `json:"customer" doc:"masked"`
	Agent        string     `json:"agent"`
	Name         string     `json:"name"`
	Number       string     `json:"number"`
	Guest        string     `json:"guest,omitempty" doc:"a second agent"`
	Since        time.Time  `json:"since"`
	Held         *time.Time `json:"held,omitempty" doc:"the customer holds on since then"`
	Flow         string     `json:"flow,omitempty" doc:"where it stood when it asked for a person"`
	Step         string     `json:"step,omitempty"`
	Session      string     `json:"session,omitempty" doc:"id of the remote session"`
	Code         string     `json:"code,omitempty" doc:"its 口令"`
	SessionState string     `json:"session_state,omitempty" enum:"offered,live"`
	SilentS      int        `json:"silent_s" doc:"the customer waits for words so long; 0: it is the customer's turn"`
}

// WallAlarm is one thing that is wrong. It ends when its cause does.
type WallAlarm struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind" enum:"wait,rate,nobody,silent"`
	Queue     string     `json:"queue"`
	Handoff   string     `json:"handoff,omitempty" doc:"silent: which conversation"`
	Agent     string     `json:"agent,omitempty" doc:"silent: name and id"`
	Threshold int        `json:"threshold"`
	Value     int        `json:"value" doc:"seconds, percent, or (nobody) how many wait"`
	RaisedAt  time.Time  `json:"raised_at"`
	SeenBy    string     `json:"seen_by,omitempty" doc:"who acknowledged it"`
	SeenAt    *time.Time `json:"seen_at,omitempty"`
}

// AlarmRule is when an alarm is raised.
type AlarmRule struct {
	Kind      string `json:"kind" enum:"wait,rate,nobody,silent"`
	Queue     string `json:"queue" maxLength:"32" doc:"empty: for all that have none of their own"`
	Enabled   bool   `json:"enabled"`
	Threshold int    `json:"threshold" minimum:"0" maximum:"86400" doc:"wait, silent: 5 to 86400 seconds; rate: 1 to 100 percent; nobody: 0"`
	SetBy     string `json:"set_by,omitempty" readOnly:"true"`
}

type body[T any] struct{ Body T }

type api struct{ Config }

func supervisors() []auth.Role { return []auth.Role{auth.Supervisor} }

// Register puts the routes on the API.
func Register(a *httpapi.API, c Config) {
	s := &api{c}
	httpapi.Route(a, supervisors(), op(http.MethodGet, "/wall", "wall", "The wall at this moment"), s.wall)
	httpapi.Route(a, supervisors(), op(http.MethodPost, "/alarms/{alarm}/seen", "seen", "Acknowledge an alarm"), s.seen)
	httpapi.Route(a, supervisors(), op(http.MethodPut, "/rules", "rule", "Set when an alarm is raised"), s.rule)
}

func op(method, path, id, summary string) huma.Operation {
	return huma.Operation{Method: method, Path: prefix + path, OperationID: "supervisor-" + id, Summary: summary, Tags: []string{"supervisor"}}
}

type wallQuery struct {
	Presence string `query:"presence" enum:"ready,busy,away,wrapup" doc:"agents at this"`
	Skill    string `query:"skill" maxLength:"40" doc:"agents with this skill"`
	Agent    string `query:"agent" maxLength:"40" doc:"agents of this number, id or beginning of a name"`
	After    string `query:"after" maxLength:"40" doc:"agents after this id"`
	Queue    string `query:"queue" maxLength:"32" doc:"conversations of this queue"`
	LiveSkip int    `query:"live_skip" minimum:"0" maximum:"100000" doc:"conversations that were shown already"`
}

func (s *api) wall(ctx context.Context, in *wallQuery) (*body[Wall], error) {
	counts, err := s.Wall.Counts(ctx)
	if err != nil {
		return nil, refused(err)
	}
	agents, moreAgents, err := s.Wall.Agents(ctx, wall.AgentFilter{Presence: in.Presence, Skill: in.Skill, Text: in.Agent, After: in.After})
	if err != nil {
		return nil, refused(err)
	}
	live, moreLive, err := s.Wall.Live(ctx, wall.LiveFilter{Queue: in.Queue, Skip: in.LiveSkip})
	if err != nil {
		return nil, refused(err)
	}
	p := counts.Presences
	out := Wall{
		At: counts.At, Today: rate(counts.Today), HalfHour: rate(counts.Half), MoreA: moreAgents, MoreL: moreLive,
		Duty:   OnDuty{Ready: p["ready"], Busy: p["busy"], Away: p["away"], WrapUp: p["wrapup"]},
		Queues: []WallQueue{}, Alarms: []WallAlarm{}, Rules: []AlarmRule{}, Agents: []WallAgent{}, Live: []WallCase{}, Skills: []QueueSkill{},
	}
	for _, q := range counts.Queues {
		out.Queues = append(out.Queues, WallQueue{
			Queue: q.Queue, Waiting: q.Waiting, LongestS: since(counts.At, q.WaitsSince), WaitS: q.WaitS, SpreadS: q.SpreadS, Booked: q.Booked, Due: q.Due,
			On: q.On, Free: q.Free, Live: q.Live, Open: q.Open, Today: rate(q.Today), HalfHour: rate(q.Half),
		})
		if q.Skill != "" {
			out.Skills = append(out.Skills, QueueSkill{q.Queue, q.Skill})
		}
	}
	for _, r := range counts.Rules {
		out.Rules = append(out.Rules, AlarmRule{Kind: r.Kind, Queue: r.Queue, Enabled: r.Enabled, Threshold: r.Threshold, SetBy: s.name(r.SetBy)})
	}
	for _, a := range counts.Alarms {
		out.Alarms = append(out.Alarms, s.alarm(a))
	}
	for _, a := range agents {
		one := WallAgent{
			ID: a.Agent, Name: a.Name, Number: a.Number, Presence: a.Presence, Skills: a.Skills, Home: a.Home,
			Serves: a.Serves, Capacity: a.Capacity, Queues: a.Queues, Since: a.Longest,
		}
		if a.Serves == 0 {
			one.Idle = &a.IdleSince
		}
		out.Agents = append(out.Agents, one)
	}
	for _, c := range live {
		one := WallCase{
			Conversation: c.Conversation.String(), Handoff: c.ID.String(), Queue: c.Queue, Customer: c.Customer, Agent: c.Agent, Name: c.Name, Number: c.Number,
			Guest: c.Guest, Since: c.AcceptedAt, Held: c.HeldAt, Flow: c.Flow, Step: c.Step, Code: c.Code, SessionState: c.SessionState, SilentS: since(counts.At, c.SilentSince),
		}
		if c.Session != nil {
			one.Session = c.Session.String()
		}
		out.Live = append(out.Live, one)
	}
	return &body[Wall]{out}, nil
}

func rate(r wall.Rate) AnswerRate {
	return AnswerRate{Asked: r.Asked, InTime: r.InTime, Percent: r.Percent()}
}

func since(now time.Time, at *time.Time) int {
	if at == nil {
		return 0
	}
	return max(1, int(now.Sub(*at)/time.Second)) // 0 is nothing at all
}

func (s *api) alarm(a wall.Alarm) WallAlarm {
	out := WallAlarm{
		ID: a.ID.String(), Kind: a.Kind, Queue: a.Queue, Threshold: a.Threshold, Value: a.Value, RaisedAt: a.RaisedAt,
		SeenBy: s.name(a.AckedBy), SeenAt: a.AckedAt, Agent: s.name(a.Agent),
	}
	if a.Kind == wall.Silent {
		out.Handoff = a.Object
	}
	return out
}

func (s *api) name(staff string) string {
	if staff == "" {
		return ""
	}
	return s.Name(staff)
}

func (s *api) seen(ctx context.Context, in *struct {
	Alarm string `path:"alarm" format:"uuid"`
},
) (*struct{}, error) {
	id, err := uuid.Parse(in.Alarm)
	if err != nil {
		return nil, refused(wall.ErrGone)
	}
	if err := s.Wall.Acknowledge(ctx, id, auth.From(ctx).Staff()); err != nil {
		return nil, refused(err)
	}
	return nil, nil
}

func (s *api) rule(ctx context.Context, in *body[AlarmRule]) (*struct{}, error) {
	r := wall.Rule{Kind: in.Body.Kind, Queue: in.Body.Queue, Enabled: in.Body.Enabled, Threshold: in.Body.Threshold}
	if err := s.Wall.SetRule(ctx, r, auth.From(ctx).Staff()); err != nil {
		return nil, refused(err)
	}
	return nil, nil
}

// refused turns a room's error into an answer with a sentence and a next step.
func refused(err error) error {
	switch {
	case errors.Is(err, wall.ErrGone):
		return httpapi.Refuse(http.StatusNotFound, "not_found", "这条告警已经解除 / this alarm has ended")
	case errors.Is(err, wall.ErrRule):
		return httpapi.Refuse(http.StatusUnprocessableEntity, "bad_input", "等待和无应答填 5 到 86400 秒，接通率填 1 到 100，队列要在本行的队列里 / seconds lie between 5 and 86400, a rate between 1 and 100, the queue must be one of the bank's")
	}
	return huma.Error500InternalServerError("大屏暂时读不到数据，稍后会自动再试；原因在日志里 / the wall can't be read now and tries again by itself; the cause is in the log", err)
}
