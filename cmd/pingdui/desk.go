package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/assistant/wall"
	channeldesk "github.com/pingdui/pingdui/channels/desk"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/bus"
	"github.com/pingdui/pingdui/internal/demo"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/mask"
	"github.com/pingdui/pingdui/internal/wire"
)

// standIn is who plays the scripted agent for someone alone.
const standIn = "A04"

// secondPerson is who decides in the script where another person must.
const secondPerson = "S01"

// openDesk starts the queue and the staff's socket.
func (r *rooms) openDesk(p *program, mux *http.ServeMux) error {
	var err error
	r.desk, err = handoff.New(handoff.Config{
		Pool: r.db.pool, Conversations: r.engine, Bus: r.bus, Log: r.log, Clock: time.Now, Node: r.node, Mask: mask.Text, Queues: r.queues, Zone: r.zone,
	})
	if err != nil {
		return err
	}
	for _, subject := range []string{handoff.HintSubject, assistant.OutboxSubject} {
		if err := r.onHint(p, subject, func([]byte) { r.desk.Kick(); r.remote.Kick() }); err != nil {
			return err
		}
	}
	p.run(r.desk.Run)
	r.wall = wall.New(wall.Config{Pool: r.db.pool, Desk: r.desk, Audit: r.audit, Clock: time.Now, Zone: r.zone, Log: r.log})
	p.run(r.wall.Run)
	r.staff = channeldesk.New(channeldesk.Config{
		Engine: r.engine, Desk: r.desk, Keeper: r.keeper, Log: r.log, Origins: r.origins, Staff: r.member,
		Secret: maskSecrets, Mask: mask.Text, Clock: time.Now, Sessions: r.remote, Reviews: r.remote, Session: r.remote.Session, Customer: r.profile,
	})
	p.stopping = append(p.stopping, r.staff.Close)
	mux.Handle("GET /api/v1/desk/socket", r.staff)
	if !r.config.Demo {
		return nil
	}
	r.caller = demo.NewCaller(r.engine, firstEmployee, r.log, time.Now)
	p.run(r.caller.Run)
	if r.db.cluster == nil || !r.db.cluster.Attached() { // one scripted agent for all nodes of a data folder
		p.run(r.playAgent)
	} else {
		p.run(r.ignoreAgentSwitch)
	}
	return nil
}

// queuesFrom reads the bank's own queues; nil for the shipped ones.
func queuesFrom(path string) (map[string]handoff.Queue, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path) //nolint:gosec // the operator's own setting
	if err != nil {
		return nil, fmt.Errorf("the setting queues: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	queues, err := handoff.ReadQueues(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return queues, nil
}

// profile is what an agent may see of a customer: what the bank masks, and no
// number that could be used elsewhere.
func (r *rooms) profile(ctx context.Context, standing assistant.Standing, _ auth.Identity) wire.Customer {
	known := standing.Customer
	out := wire.Customer{Name: handoff.MaskName(known.Name), Level: string(known.Level), Age: known.Age, Rows: []wire.Row{}}
	if known.ID == "" {
		out.Name = "访客"
		return out
	}
	ctx, cancel := context.WithTimeout(ctx, profileWithin)
	defer cancel()
	var profile struct {
		Title, Phone, Rating, Region, Manager string
		IDExpired                             bool `json:"id_expired"`
	}
	result := r.bank.Read(ctx, "customer.profile", map[string]any{"customer": known.ID})
	if result.Outcome != dialogue.Done || json.Unmarshal(result.Value, &profile) != nil {
		out.Rows = append(out.Rows, wire.Row{Label: "资料", Value: "银行核心暂时没有应答"})
		return out
	}
	out.Phone = profile.Phone
	row := func(label, value string) {
		if value != "" {
			out.Rows = append(out.Rows, wire.Row{Label: label, Value: value})
		}
	}
	row("称呼", profile.Title)
	row("地区", profile.Region)
	row("风险评级", profile.Rating)
	if profile.IDExpired {
		row("证件", "已过期")
	}
	if s, ok := r.cast.Member(profile.Manager); ok {
		row("客户经理", s.Name.ZH)
	}
	return out
}

// profileWithin bounds the bank's answer: a case is due a second after pickup.
const profileWithin = 700 * time.Millisecond

// onHint calls f for every hint of a subject, until the program ends.
func (r *rooms) onHint(p *program, subject string, f func([]byte)) error {
	hints := make(chan *bus.Hint, 4096)
	stop, err := r.bus.Subscribe(subject, hints)
	if err != nil {
		return err
	}
	p.run(func(ctx context.Context) error {
		defer stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case h := <-hints:
				f(h.Data)
			}
		}
	})
	return nil
}

// member finds a member of staff with what they may serve.
func (r *rooms) member(id string) (channeldesk.Staff, bool) {
	s, ok := r.cast.Member(id)
	if !ok {
		return channeldesk.Staff{}, false
	}
	return channeldesk.Staff{Person: r.person(s), Profile: s.Profile(time.Now().In(r.zone))}, true
}

func (r *rooms) person(s demo.Staff) wire.Person {
	tags := append([]string{}, s.Skills...)
	if until := s.Certificate.Expires(time.Now().In(r.zone)); !until.IsZero() {
		tags = append(tags, s.Certificate.Name+" 至 "+until.Format(time.DateOnly))
	}
	return wire.Person{
		ID: s.ID, Name: s.Name.ZH, NameEN: s.Name.EN, Story: s.Story.ZH, StoryEN: s.Story.EN, Role: s.Role, Tags: tags,
		Lines: []string{}, LinesEN: []string{}, Hue: s.Hue,
	}
}

// playAgent runs the scripted agent while it is switched on: from the start, so
// that someone alone meets a person; real agents are rung first.
func (r *rooms) playAgent(ctx context.Context) error {
	for first := true; ; first = false {
		if !first {
			select {
			case <-ctx.Done():
				return nil
			case on := <-r.agentSwitch:
				if !on {
					continue
				}
			}
		}
		s, ok := r.cast.Member(standIn)
		if !ok {
			continue
		}
		playing, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			second := demo.Reviewer{Remote: r.remote, Agents: []string{standIn, secondPerson}, Log: r.log, Clock: time.Now}
			reviewing := make(chan struct{})
			go func() {
				defer close(reviewing)
				_ = second.Run(playing) // it ends only when playing does
			}()
			defer func() { <-reviewing }()
			in := demo.StandIn{Engine: r.engine, Desk: r.desk, Profile: s.Serving(time.Now().In(r.zone)), Remote: r.remote, Log: r.log, Clock: time.Now}
			if err := in.Run(playing); err != nil && playing.Err() == nil {
				r.log.Warn("the scripted agent has stopped", "error", err)
			}
		}()
	playing:
		for {
			select {
			case <-ctx.Done():
				break playing
			case on := <-r.agentSwitch:
				if !on {
					break playing
				}
			}
		}
		stop()
		<-ended
	}
}

// ignoreAgentSwitch takes the switch where another node plays the agent.
func (r *rooms) ignoreAgentSwitch(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.agentSwitch:
		}
	}
}

// registerPlay adds 来一位客户 and the scripted agent's switch.
func registerPlay(a *httpapi.API, r *rooms) {
	all := []auth.Role{auth.Anonymous, auth.Customer, auth.Agent, auth.Supervisor, auth.Editor, auth.Approver, auth.Admin}
	httpapi.Route(a, all, huma.Operation{
		OperationID: "demoVisitor", Method: http.MethodPost, Path: "/api/v1/demo/visitor", Summary: "A scripted customer comes and asks for a person (demo only)",
	}, r.visitor)
	httpapi.Route(a, all, huma.Operation{
		OperationID: "demoAgent", Method: http.MethodPost, Path: "/api/v1/demo/agent", Summary: "Switch the scripted agent who accepts after 20 s (demo only)",
	}, r.switchAgent)
}

func (r *rooms) visitor(ctx context.Context, _ *struct{}) (*out[wire.Visitor], error) {
	if !r.config.Demo {
		return nil, errNoDemo
	}
	visit, err := r.caller.Come(ctx)
	if err != nil {
		return nil, httpapi.Refuse(http.StatusConflict, "busy", "演示客户都在忙，过一会儿再请一位 / all scripted customers are busy, try again in a while")
	}
	return &out[wire.Visitor]{wire.Visitor{Customer: visit.Customer}}, nil
}

func (r *rooms) switchAgent(ctx context.Context, in *struct {
	Body struct {
		On bool `json:"on"`
	}
},
) (*struct{}, error) {
	if !r.config.Demo {
		return nil, errNoDemo
	}
	select {
	case r.agentSwitch <- in.Body.On:
	case <-ctx.Done():
	}
	return &struct{}{}, nil
}
