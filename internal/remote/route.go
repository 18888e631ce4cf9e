package remote

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media/evidence"
)

const (
	subjectIn  = "session.in." // + node: frames for the sessions of that node
	subjectOut = "session.out" // frames for sockets of whichever node
)

// inbound is a frame on its way to the node of its session. Who sent it was
// checked by the node it came in on.
type inbound struct {
	Session string      `json:"session"`
	Role    string      `json:"role"`
	Signal  wire.Signal `json:"signal"`
	By      string      `json:"by,omitempty"`    // the supervisor's id, for that role
	Visit   *Visitor    `json:"visit,omitempty"` // instead of a signal: comes, changes mode, or leaves
	Fact    *fact       `json:"fact,omitempty"`  // for the session's recording, instead of a signal
}

// fact is something for a recording.
type fact struct {
	Kind evidence.Kind   `json:"kind"`
	Body json.RawMessage `json:"body"`
}

// outbound is a frame on its way to sockets of other nodes.
type outbound struct {
	From         string       `json:"from"`
	Conversation uuid.UUID    `json:"conversation"`
	Agent        string       `json:"agent"`
	Visitor      string       `json:"visitor,omitempty"` // id of the supervisor who is there
	Session      string       `json:"session"`
	To           string       `json:"to"`               // customer, agent, supervisor or empty for all
	Signal       *wire.Signal `json:"signal,omitempty"` // nil: what is shown has changed
}

func (s *Service) publishIn(r row, in inbound) {
	in.Session = r.ID.String()
	raw, err := json.Marshal(in)
	if err != nil {
		s.warn("pass a frame on", err)
		return
	}
	s.config.Bus.Publish(subjectIn+r.Node, raw)
}

// deliver gives a frame to the sockets of one or all, on every node.
func (s *Service) deliver(r row, frame wire.Signal, to string) {
	out := outbound{Conversation: r.Conversation, Agent: r.Agent, Session: r.ID.String(), To: to, Signal: &frame}
	if r.Visitor != nil {
		out.Visitor = r.Visitor.ID
	}
	s.here(out)
	out.From = s.config.Node
	s.elsewhere(out)
}

func (s *Service) changed(r row) {
	s.config.Changed(r.Conversation, r.Agent)
	s.elsewhere(outbound{From: s.config.Node, Conversation: r.Conversation, Agent: r.Agent, Session: r.ID.String()})
}

func (s *Service) here(out outbound) {
	if out.Signal == nil {
		s.config.Changed(out.Conversation, out.Agent)
		return
	}
	to := func(role string) bool { return out.To == "" || out.To == role }
	if to(roleCustomer) {
		s.config.ToCustomer(out.Conversation, out.Session, *out.Signal)
	}
	if to(roleAgent) {
		s.config.ToAgent(out.Agent, out.Session, *out.Signal)
	}
	if to(roleSupervisor) && out.Visitor != "" {
		s.config.ToAgent(out.Visitor, out.Session, *out.Signal)
	}
}

func (s *Service) elsewhere(out outbound) {
	if s.config.Bus == nil {
		return
	}
	raw, err := json.Marshal(out)
	if err != nil {
		s.warn("pass a frame on", err)
		return
	}
	s.config.Bus.Publish(subjectOut, raw)
}

// listen hears the other nodes.
func (s *Service) listen(ctx context.Context) (func(), error) {
	if s.config.Bus == nil {
		return func() {}, nil
	}
	stopIn, err := s.config.Bus.Subscribe(subjectIn+s.config.Node, func(body []byte) {
		var in inbound
		if err := json.Unmarshal(body, &in); err != nil {
			s.warn("read another node's frame", err)
			return
		}
		if in.Fact != nil {
			if s.config.Recorder != nil {
				s.warn("record what another node tells", s.config.Recorder.add(ctx, in.Session, in.Fact.Kind, in.Fact.Body))
			}
			return
		}
		if x := s.local(in.Session); x != nil {
			if in.Visit != nil {
				_, err := x.visit(ctx, *in.Visit)
				s.warn("take a supervisor's visit of another node", err)
				return
			}
			s.warn("take a frame of another node", x.handle(ctx, in.Role, in.By, in.Signal))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("hear frames of other nodes: %w", err)
	}
	stopOut, err := s.config.Bus.Subscribe(subjectOut, func(body []byte) {
		var out outbound
		if err := json.Unmarshal(body, &out); err != nil {
			s.warn("read another node's frame", err)
			return
		}
		if out.From != s.config.Node {
			s.here(out)
		}
	})
	if err != nil {
		stopIn()
		return nil, fmt.Errorf("hear frames of other nodes: %w", err)
	}
	return func() { stopIn(); stopOut() }, nil
}
