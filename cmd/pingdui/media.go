package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/bus"
	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/internal/vault"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media"
)

// openMedia starts the media server, TURN and the remote sessions. It comes
// after the engine and before the sockets that carry the signalling.
func (r *rooms) openMedia(ctx context.Context, p *program, master vault.Master) error {
	secret, err := auth.Secret(ctx, r.db.pool, "turn")
	if err != nil {
		return err
	}
	recorder, err := remote.NewRecorder(ctx, remote.RecorderConfig{
		Pool: r.db.pool, Folder: recordings(r.config), Node: r.node, Keys: master, Clock: time.Now, Logger: r.log,
	})
	if err != nil {
		return err
	}
	server, err := media.New(ctx, media.Config{
		UDPAddr: r.config.MediaAddr, PublicIP: r.config.PublicIP, TurnAddr: r.config.TurnAddr, Secret: secret, Logger: r.log, Tap: recorder.Tap,
	})
	if err != nil {
		return err
	}
	p.closing = append(p.closing, func() {
		if err := server.Close(); err != nil {
			r.log.Warn("the media server did not close cleanly", "error", err)
		}
	})
	r.remote, err = remote.New(remote.Config{
		Pool: r.db.pool, Media: server, Engine: r.engine, Bus: hintBus{r.bus}, Node: r.node, Clock: time.Now, Logger: r.log,
		People: r.people, ToCustomer: r.toCustomer, ToAgent: r.toAgent, Changed: r.sessionChanged, Recorder: recorder,
		Listed: func() { r.staff.RefreshBoard() }, MaskName: handoff.MaskName, Chats: chats{r},
	})
	if err != nil {
		return err
	}
	p.run(r.remote.Run)
	return nil
}

// recordings is the folder of sealed recordings.
func recordings(c config.Config) string {
	if c.Recordings != "" {
		return c.Recordings
	}
	return filepath.Join(c.Data, "recordings")
}

// watched says whether somebody sees the screen or the camera of a
// conversation's customer now.
func (r *rooms) watched(ctx context.Context, conversation uuid.UUID) bool {
	if r.remote == nil {
		return false
	}
	s := r.remote.Session(ctx, conversation)
	return s != nil && s.Sharing != "" && s.Sharing != "none"
}

// hintBus is the bus as remote sessions take it: one call a message.
type hintBus struct{ bus *bus.Bus }

// Publish sends to every node.
func (b hintBus) Publish(subject string, body []byte) { b.bus.Publish(subject, body) }

// Subscribe calls f for each message, one at a time.
func (b hintBus) Subscribe(subject string, f func([]byte)) (func(), error) {
	hints := make(chan *bus.Hint, 4096)
	stop, err := b.bus.Subscribe(subject, hints)
	if err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ended:
				return
			case h := <-hints:
				f(h.Data)
			}
		}
	}()
	return func() { stop(); close(ended); <-done }, nil
}

// people says how the two in a session are called.
func (r *rooms) people(_ context.Context, subject, agent string) (string, wire.Agent) {
	name := "客户"
	if len(subject) > 2 {
		if c, ok := r.cast.Customer(subject[2:]); ok {
			name = c.Name.ZH
		}
	}
	return name, *r.agentCard(agent)
}

func (r *rooms) toCustomer(conversation uuid.UUID, session string, s wire.Signal) bool {
	return r.web.Send(conversation, wire.ToCustomer{Type: "signal", Session: session, Signal: &s})
}

func (r *rooms) toAgent(agent, session string, s wire.Signal) bool {
	return r.staff.Send(agent, wire.ToStaff{Type: "signal", SessionID: session, Signal: &s})
}

func (r *rooms) sessionChanged(conversation uuid.UUID, _ string) {
	r.web.Refresh(conversation)
	r.staff.Refresh(conversation)
}
