// Package evidence is the JSON API of recorded sessions: the list, openings with a
// reason, their playable files, the check and the pack. Supervisors and
// administrators may; whoever else of the staff asks is refused, and that is noted.
package evidence

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/internal/replay"
)

const prefix = "/api/v1/evidence"

// Config plugs the API into the rooms.
type Config struct {
	Room    *replay.Room
	Archive remote.Archive
	// People says what is shown of a customer (masked) and of a member of staff.
	People func(ctx context.Context, subject, staff string) (MaskedCustomer, StaffMember)
	// Staff and Customers are whom a search is for; nil when it is for nobody.
	Staff, Customers func(text string) []string
	// Secure is false only where pages are served without TLS, as the demo's are.
	Secure bool
	Zone   *time.Location // in which a day begins
}

// MaskedCustomer is a customer as lists show them: masked.
type MaskedCustomer struct {
	Name   string `json:"name"`
	Number string `json:"number"`
}

// StaffMember is a member of staff.
type StaffMember struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEN string `json:"name_en,omitempty"`
	Number string `json:"number"`
}

// Recording is a recorded session in the list.
type Recording struct {
	Session      string         `json:"session"`
	Conversation string         `json:"conversation"`
	StartedAt    time.Time      `json:"started_at"`
	LengthMS     int64          `json:"length_ms" doc:"of what was recorded"`
	Customer     MaskedCustomer `json:"customer"`
	Agent        StaffMember    `json:"agent"`
	Flow         string         `json:"flow,omitempty"`
	Title        string         `json:"title,omitempty" doc:"what it was for, masked"`
	Role         string         `json:"role,omitempty" enum:"tutor,reviewer,authoriser,double_record"`
	Outcome      string         `json:"outcome,omitempty" enum:"passed,refused,unsafe,failed"`
	State        string         `json:"state" enum:"recording,closed,crashed,damaged,destroyed"`
	Segments     int            `json:"segments"`
	Bytes        int64          `json:"bytes"`
}

// RecordingList is a page of the list, the newest first.
type RecordingList struct {
	Sessions []Recording `json:"sessions" nullable:"false"`
	More     bool        `json:"more" doc:"there are older ones: ask for those before the last one's started_at"`
}

const pageSize = 50

func lookers() []auth.Role { return []auth.Role{auth.Supervisor, auth.Admin} }

func allStaff() []auth.Role {
	return []auth.Role{auth.Agent, auth.Supervisor, auth.Editor, auth.Approver, auth.Admin}
}

type body[T any] struct{ Body T }

type api struct{ Config }

// Register puts the routes on the API.
func Register(a *httpapi.API, c Config) {
	s := &api{c}
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	httpapi.Route(a, lookers(), op(http.MethodGet, "/sessions", "sessions", "Recorded sessions, the newest first"), s.list)
	// Everybody on the staff may ask, so that who may not is noted.
	httpapi.Route(a, allStaff(), op(http.MethodPost, "/sessions/{session}/openings", "open", "Open a recording, with a reason"), s.open)
	httpapi.Route(a, lookers(), op(http.MethodGet, "/openings/{opening}", "opening", "An opening of one's own"), s.look)
	httpapi.Route(a, lookers(), op(http.MethodDelete, "/openings/{opening}", "close", "End an opening"), s.close)
	httpapi.Route(a, lookers(), op(http.MethodPost, "/openings/{opening}/check", "check", "Check the sealed files"), s.check)
	// A player's element sends no Authorization header: these are given for the
	// opening's cookie.
	a.Mux.HandleFunc("GET "+prefix+"/openings/{opening}/files/{name}", s.file)
	a.Mux.HandleFunc("GET "+prefix+"/openings/{opening}/pack", s.pack)
}

func op(method, path, id, summary string) huma.Operation {
	return huma.Operation{Method: method, Path: prefix + path, OperationID: "evidence-" + id, Summary: summary, Tags: []string{"evidence"}}
}

type listed struct {
	From         string    `query:"from" format:"date" doc:"first day"`
	To           string    `query:"to" format:"date" doc:"last day"`
	Agent        string    `query:"agent" maxLength:"40" doc:"staff number, id or name"`
	Conversation string    `query:"conversation" maxLength:"40"`
	Customer     string    `query:"customer" maxLength:"40" doc:"customer number"`
	Before       time.Time `query:"before"`
}

func (s *api) list(ctx context.Context, in *listed) (*body[RecordingList], error) {
	f := remote.RecordedFilter{Limit: pageSize + 1, Until: in.Before}
	out := RecordingList{Sessions: []Recording{}}
	none := false
	if in.From != "" {
		day, err := time.ParseInLocation(time.DateOnly, in.From, s.Zone)
		if err != nil {
			return nil, errDay
		}
		f.Since = day
	}
	if in.To != "" {
		day, err := time.ParseInLocation(time.DateOnly, in.To, s.Zone)
		if err != nil {
			return nil, errDay
		}
		if end := day.AddDate(0, 0, 1); f.Until.IsZero() || end.Before(f.Until) {
			f.Until = end
		}
	}
	if text := strings.TrimSpace(in.Agent); text != "" {
		f.Agents = s.Staff(text)
		none = none || len(f.Agents) == 0
	}
	if text := strings.TrimSpace(in.Customer); text != "" {
		f.Subjects = s.Customers(text)
		none = none || len(f.Subjects) == 0
	}
	if text := strings.TrimSpace(in.Conversation); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, httpapi.Refuse(http.StatusBadRequest, "bad_input", "会话编号是 36 位，例如 0f8fad5b-d9cb-469f-a165-70867728950e / a conversation's number has 36 characters")
		}
		f.Conversation = id
	}
	if none {
		return &body[RecordingList]{out}, nil
	}
	found, err := s.Archive.Recorded(ctx, f)
	if err != nil {
		return nil, refused(err)
	}
	out.More = len(found) > pageSize
	for _, r := range found[:min(pageSize, len(found))] {
		out.Sessions = append(out.Sessions, s.recording(ctx, r))
	}
	return &body[RecordingList]{out}, nil
}

func (s *api) recording(ctx context.Context, r remote.Recorded) Recording {
	customer, agent := s.People(ctx, r.Subject, r.Agent)
	out := Recording{
		Session: r.ID.String(), Conversation: r.Conversation.String(), StartedAt: r.StartedAt, LengthMS: r.LengthMS, Customer: customer, Agent: agent,
		Flow: r.Flow, Title: r.Title, Role: r.Role, Outcome: r.Outcome, State: "closed", Segments: r.Segments, Bytes: r.Bytes,
	}
	switch {
	case r.Running:
		out.State = "recording"
	case r.Destroyed:
		out.State = "destroyed"
	case r.Damaged:
		out.State = "damaged"
	case r.Crashed:
		out.State = "crashed"
	}
	return out
}

var errDay = httpapi.Refuse(http.StatusBadRequest, "bad_input", "日期写成 2026-11-22 / write a day as 2026-11-22")

// refused turns a room's error into an answer with a sentence and a next step.
func refused(err error) error {
	for _, known := range []struct {
		err    error
		status int
		code   string
	}{
		{replay.ErrReason, http.StatusUnprocessableEntity, "bad_input"},
		{replay.ErrRunning, http.StatusConflict, "recording"},
		{replay.ErrDestroyed, http.StatusGone, "destroyed"},
		{replay.ErrElsewhere, http.StatusConflict, "elsewhere"},
		{replay.ErrBusy, http.StatusTooManyRequests, "busy"},
		{replay.ErrFull, http.StatusTooManyRequests, "busy"},
		{replay.ErrClosed, http.StatusGone, "closed"},
	} {
		if errors.Is(err, known.err) {
			return httpapi.Refuse(known.status, known.code, known.err.Error())
		}
	}
	if errors.Is(err, os.ErrNotExist) {
		return httpapi.Refuse(http.StatusNotFound, "not_found", "没有这份录制，请回到列表 / there is no such recording: go back to the list")
	}
	return huma.Error500InternalServerError("暂时打不开，请稍后再试；原因在日志里 / it can't be opened now, try again; the cause is in the log", err)
}
