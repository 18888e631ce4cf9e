package web

import (
	"context"
	"encoding/json"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/channels"
	"github.com/pingdui/pingdui/internal/wire"
)

// pageSize is how many messages one read of a resume takes.
const pageSize = 200

// wake starts the pump, or makes a running one look again.
func (k *socket) wake() {
	if k.conn.Closed() {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dirty = true
	if !k.pumping {
		k.pumping = true
		go k.pump()
	}
}

// pump sends what was committed since the last message sent.
func (k *socket) pump() {
	for {
		k.mu.Lock()
		if !k.dirty || k.conn.Closed() {
			k.pumping = false
			k.mu.Unlock()
			return
		}
		k.dirty = false
		k.mu.Unlock()
		if err := k.catchUp(); err != nil && k.server.work.Err() == nil {
			k.server.config.Log.Warn("a socket could not catch up and is closed", "error", err)
			k.conn.Close(channels.CloseStopping, "reconnect and resume")
		}
	}
}

func (k *socket) catchUp() error {
	s := k.server
	ctx, cancel := context.WithTimeout(s.work, channels.WriteDeadline)
	defer cancel()
	for {
		messages, err := s.config.Engine.Messages(ctx, k.who.Subject, k.conversation, k.sent, pageSize)
		if err != nil {
			return err
		}
		for _, m := range messages {
			out := channels.Message(m)
			k.send(wire.ToCustomer{Type: "message", Message: &out})
			k.sent = m.Seq
		}
		if len(messages) < pageSize {
			break
		}
	}
	standing, err := s.config.Engine.Hub().Now(ctx, k.conversation)
	if err != nil {
		return err
	}
	state := k.stateOf(ctx, standing)
	if !k.hasState || !sameState(state, k.state) {
		k.state, k.hasState = state, true
		k.send(wire.ToCustomer{Type: "state", State: &state})
	}
	k.send(wire.ToCustomer{Type: "caught_up", Seq: k.sent})
	return nil
}

func sameState(a, b wire.State) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

func (k *socket) stateOf(ctx context.Context, standing assistant.Standing) wire.State {
	state := wire.State{
		Speaker: standing.Speaker, Employee: standing.Employee, Locale: standing.Locale, Edition: standing.Edition, Flow: standing.View.FlowTitle, Step: standing.View.StepTitle,
		Booked: standing.View.Due,
	}
	if standing.Speaker == "agent" && k.server.config.Agent != nil {
		state.Agent = k.server.config.Agent(standing.Agent)
	}
	if standing.Speaker == "queue" {
		state.Queue = &wire.Queue{Place: standing.View.Place, WaitS: standing.View.WaitS}
	}
	if k.server.config.Session != nil {
		state.Session = k.server.config.Session(ctx, standing.Conversation)
	}
	return state
}
