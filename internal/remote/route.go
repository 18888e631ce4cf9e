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
	Fact    *fact       `json:"fact,omitempty"` // for the session's recording, instead of a signal
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
	Session      string       `json:"session"`
	To           string       `json:"to"`               // customer, agent or empty for both
	Signal       *wire.Signal `json:"signal,omitempty"` // nil: what is shown has changed
}

func (s *Service) publishIn(r row, role string, frame wire.Signal) {
	raw, err := json.Marshal(inbound{Session: r.ID.String(), Role: role, Signal: frame})
	if err != nil {
		s.warn("pass a frame on", err)
		return
	}
	s.config.Bus.Publish(subjectIn+r.Node, raw)
}

// deliver gives a frame to the sockets of one or both, on every node.
func (s *Service) deliver(conversation uuid.UUID, agent, id string, frame wire.Signal, to string) {
	s.here(outbound{Conversation: conversation, Agent: agent, Session: id, To: to, Signal: &frame})
	s.elsewhere(outbound{From: s.config.Node, Conversation: conversation, Agent: agent, Session: id, To: to, Signal: &frame})
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
	if out.To != roleAgent {
		s.config.ToCustomer(out.Conversation, out.Session, *out.Signal)
	}
	if out.To != roleCustomer {
		s.config.ToAgent(out.Agent, out.Session, *out.Signal)
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
			s.warn("take a frame of another node", x.handle(ctx, in.Role, in.Signal))
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
