package remote

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media"
)

// What a supervisor does in a session. Whatever it is, everybody sees that and as
// what they are there.
const (
	Listen  = "listen"  // hears and sees both, sends nothing
	Whisper = "whisper" // heard by the agent alone, and by no recording
	Barge   = "barge"   // heard by everybody
	Leave   = "leave"
)

// Visitor is a supervisor in a session; Mode is Listen, Whisper, Barge or Leave.
type Visitor struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Number string `json:"number"`
	Mode   string `json:"mode"`
}

// called is how the customer and the agent see them among those present.
func (v *Visitor) called() string { return v.Name + " " + v.Number }

// Errors of a visit.
var (
	ErrNotLive = fmt.Errorf("%w: 现在没有进行中的远程会话 / no remote session is going on", assistant.ErrConflict)
	ErrVisited = fmt.Errorf("%w: 已有另一位主管在场 / another supervisor is there", assistant.ErrConflict)
)

// Visit brings a supervisor into the conversation's live session, changes as what
// they are there, or takes them out. Whether they may is for the caller to say. The
// customer and the agent are told before a packet can reach the supervisor, or the
// supervisor's can reach them. Leaving where one is not is no error.
func (s *Service) Visit(ctx context.Context, conversation uuid.UUID, staff, mode string) (wire.Session, error) {
	if !slices.Contains([]string{Listen, Whisper, Barge, Leave}, mode) || staff == "" {
		return wire.Session{}, bad("没有这种方式", "a visit is listen, whisper, barge or leave")
	}
	r, err := one[row](ctx, s.store, "OpenOf", conversation)
	if err != nil || r.State != "live" {
		if mode == Leave {
			return wire.Session{}, nil
		}
		return wire.Session{}, ErrNotLive
	}
	if staff == r.Agent {
		return wire.Session{}, bad("这是您自己的会话", "this session is your own")
	}
	_, known := s.config.People(ctx, r.Subject, staff)
	who := Visitor{ID: staff, Name: known.Name, Number: known.Number, Mode: mode}
	if x := s.local(r.ID.String()); x != nil {
		return x.visit(ctx, who)
	}
	if s.config.Bus == nil || r.Node == s.config.Node {
		return wire.Session{}, ErrNotLive
	}
	s.publishIn(r, inbound{Role: roleSupervisor, Visit: &who})
	return toWire(r), nil
}

func (x *session) visit(ctx context.Context, who Visitor) (wire.Session, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	v := x.row.Visitor
	switch {
	case who.Mode == Leave && (v == nil || v.ID != who.ID):
		return x.wire(), nil
	case x.row.State != "live":
		return wire.Session{}, ErrNotLive
	case v != nil && v.ID != who.ID:
		return wire.Session{}, ErrVisited
	case who.Mode == Leave:
		return x.wire(), x.depart(ctx, "left")
	}
	server := x.service.config.Media
	// Narrow at once, wide only when everybody has been told.
	var hears []string
	if who.Mode == Whisper {
		hears = []string{roleAgent}
	}
	if who.Mode != Barge || v == nil {
		if err := server.Audience(x.id(), roleSupervisor, hears...); err != nil {
			return wire.Session{}, err
		}
	}
	if who.Mode == Listen {
		if err := x.mediaError(server.Allow(x.id(), roleSupervisor, media.Mic, false)); err != nil {
			return wire.Session{}, err
		}
	}
	if v == nil {
		x.heard[roleSupervisor], x.links[roleSupervisor] = x.service.config.Clock(), "away"
	}
	if err := x.attended(ctx, &who, note{"supervisor." + who.Mode, who.ID, map[string]any{"name": who.Name, "number": who.Number}}); err != nil {
		return wire.Session{}, err
	}
	if who.Mode == Barge {
		if err := server.Everybody(x.id(), roleSupervisor); err != nil {
			return wire.Session{}, err
		}
	}
	return x.wire(), nil
}

// attended writes down who is there now and tells everybody.
func (x *session) attended(ctx context.Context, v *Visitor, event note) error {
	present := []string{x.customer, x.agent.Name}
	if v != nil {
		present = append(present, v.called())
	}
	ok, err := x.service.store.exec(ctx, x.row, x.service.config.Clock(), event, "Visit", x.row.ID, v, present)
	if err != nil {
		return err
	}
	if !ok {
		return ErrNotLive
	}
	x.row.Visitor, x.row.Present = v, present
	x.keepEvent(ctx, event)
	x.tellState()
	x.service.changed(x.row)
	return nil
}

// depart takes the supervisor out: packets first.
func (x *session) depart(ctx context.Context, reason string) error {
	v := x.row.Visitor
	server := x.service.config.Media
	if err := x.mediaError(server.Audience(x.id(), roleSupervisor)); err != nil {
		return err
	}
	if err := x.mediaError(server.Leave(x.id(), roleSupervisor)); err != nil {
		return err
	}
	x.send(roleSupervisor, "end", endBody{By: roleSupervisor, Reason: reason})
	delete(x.links, roleSupervisor)
	delete(x.clients, roleSupervisor)
	delete(x.epochs, roleSupervisor)
	return x.attended(ctx, nil, note{"supervisor.left", v.ID, map[string]any{"reason": reason}})
}

// visitorSays takes one frame of the supervisor who is there: their connection, and
// their microphone when they are to be heard.
func (x *session) visitorSays(ctx context.Context, frame wire.Signal) error {
	switch frame.Kind {
	case "state":
		body, err := read[stateBody](frame)
		if err == nil && body.Action != "here" {
			err = bad("没有这种操作", "a supervisor's action is here")
		}
		if err == nil {
			x.tellTo(roleSupervisor)
		}
		return err
	case "end":
		return x.depart(ctx, "left")
	case "answer":
		return x.answer(roleSupervisor, frame)
	case "candidate":
		return x.candidate(roleSupervisor, frame)
	case "want":
		body, err := read[wantBody](frame)
		if err != nil {
			return err
		}
		if body.Kind != "" && body.On && x.row.Visitor.Mode == Listen {
			return bad("旁听时不能发言", "who listens sends nothing")
		}
		return x.want(ctx, roleSupervisor, frame)
	}
	return bad("主管不能这样操作", "a supervisor sends answer, candidate, want, state and end")
}

// checkVisitor takes out a supervisor whose page has gone.
func (x *session) checkVisitor(ctx context.Context, now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.row.State == "live" && x.row.Visitor != nil && now.Sub(x.heard[roleSupervisor]) > x.service.config.Grace {
		x.warn("take out a silent supervisor", x.depart(ctx, "gone"))
	}
}
