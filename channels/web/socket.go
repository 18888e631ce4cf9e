package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/channels"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/wire"
)

// Limits of a socket, beside those all channels share.
const (
	// burst and refill bound how fast one socket may send frames that cost work.
	burst  = 40
	refill = 50 * time.Millisecond
	// awayFor is after how long a customer who comes back is greeted anew.
	awayFor = 30 * time.Minute
)

// socket is one connection. Its reader is the one goroutine that always lives;
// the writer and the pump live only while they have work.
type socket struct {
	server       *Server
	conn         *channels.Conn
	origin       string
	bucket       *channels.Bucket
	who          auth.Identity
	conversation uuid.UUID
	device       string
	place        string // the address it came from
	watch        *assistant.Watch

	mu      sync.Mutex
	pumping bool
	dirty   bool

	// Only hello and, after it, the pump touch these.
	sent     int64 // highest seq sent
	state    wire.State
	hasState bool
}

func (k *socket) read() {
	defer k.leave()
	var frame wire.FromCustomer
	if !k.conn.Read(channels.HelloDeadline, &frame) {
		k.conn.Close(channels.CloseNoHello, "no hello came in time") // a socket that has ended is left as it is
		return
	}
	if frame.Type != "hello" {
		k.conn.Close(channels.CloseNoHello, "the first frame must be hello")
		return
	}
	if !k.hello(frame) {
		return
	}
	for {
		var frame wire.FromCustomer
		if !k.conn.Read(channels.ReadDeadline, &frame) {
			return
		}
		k.take(frame)
	}
}

// hello lets a customer in: who they are, their conversation, what they missed.
func (k *socket) hello(frame wire.FromCustomer) bool {
	s := k.server
	if frame.V != wire.Version {
		k.conn.Close(channels.CloseVersion, "this server speaks version 1")
		return false
	}
	if err := assistant.CheckSettings(frame.Locale, frame.Edition, ""); err != nil {
		e, _ := channels.Error(err)
		k.fail(frame.ID, e)
		k.conn.Finish(channels.CloseBadFrame, "hello: locale is zh or en, edition is standard or elder")
		return false
	}
	ctx, cancel := context.WithTimeout(s.work, channels.HelloDeadline)
	defer cancel()
	who, err := s.config.Keeper.Redeem(ctx, frame.Ticket, k.origin)
	side, allowed := s.config.side(who)
	if errors.Is(err, auth.ErrUnauthorized) || err == nil && !allowed {
		k.conn.Close(channels.CloseUnauthorized, "the ticket is not good: get another one")
		return false
	}
	if err != nil {
		s.config.Log.Warn("a socket could not be opened", "error", err)
		k.conn.Close(channels.CloseStopping, "not available now: try again")
		return false
	}
	k.who, k.device = who, channels.Clip(frame.Device, 64)
	conversation, err := s.config.Engine.Open(ctx, who.Subject, frame.Conversation, side.First, frame.Locale, frame.Edition)
	if errors.Is(err, assistant.ErrNotFound) && frame.Conversation != "" {
		// A client that remembers another person's conversation starts with its own.
		conversation, err = s.config.Engine.Open(ctx, who.Subject, "", side.First, frame.Locale, frame.Edition)
		frame.LastSeq = 0
	}
	if err != nil {
		s.config.Log.Warn("a conversation could not be opened", "error", err)
		k.conn.Close(channels.CloseStopping, "not available now: try again")
		return false
	}
	standing, err := s.config.Engine.Hub().Now(ctx, conversation)
	if err != nil {
		k.conn.Close(channels.CloseStopping, "not available now: try again")
		return false
	}
	k.conversation = conversation
	k.sent = min(max(frame.LastSeq, 0), standing.LastSeq)
	k.welcome(ctx, standing)
	s.attach(k)
	k.watch = s.config.Engine.Hub().OnWake(conversation, k.wake)
	k.wake()
	back := s.config.Clock().Sub(standing.UpdatedAt) > awayFor
	moved := standing.Device != "" && k.device != "" && standing.Device != k.device
	if standing.LastSeq == 0 || back || moved {
		k.handle("open:"+uuid.NewString(), assistant.BusinessEvent{Name: "opened"})
	}
	return true
}

func (k *socket) welcome(ctx context.Context, standing assistant.Standing) {
	s := k.server
	side, _ := s.config.side(k.who) // hello has let them in
	release := ""
	if s.config.Release != nil {
		release = s.config.Release()
	}
	k.state, k.hasState = k.stateOf(ctx, standing), true
	k.send(wire.ToCustomer{Type: "welcome", Welcome: &wire.Welcome{
		Release: release, V: wire.Version, Conversation: standing.Conversation.String(), LastSeq: standing.LastSeq, Node: s.config.Node,
		Customer: k.who.Name, Employees: side.Employees(standing.Locale, standing.Edition), State: k.state,
		Locale: standing.Locale, Edition: standing.Edition,
	}})
}

// take does what one frame asks.
func (k *socket) take(frame wire.FromCustomer) {
	switch frame.Type {
	case "ping":
		k.send(wire.ToCustomer{Type: "pong"})
		return
	case "seen":
		return // rendered marks are the client's own; a send frame carries Seen
	}
	if !k.bucket.Take() {
		k.fail(frame.ID, wire.Error{Code: "busy", Message: "发得太快了，请稍候 / too fast, wait a second", RetryAfter: 1})
		return
	}
	if err := assistant.CheckClientID(frame.ID); err != nil {
		k.refuse(frame.ID, err)
		return
	}
	ctx, cancel := context.WithTimeout(k.server.work, channels.WriteDeadline)
	defer cancel()
	switch frame.Type {
	case "send":
		k.handle(frame.ID, assistant.CustomerMessage{Text: frame.Text, Seen: frame.Seen})
	case "tap":
		k.handle(frame.ID, assistant.CustomerMessage{Tap: channels.Clip(frame.Action, 512), Seen: frame.Seen})
	case "edit":
		k.edit(ctx, frame)
	case "employee":
		k.handle(frame.ID, assistant.BusinessEvent{Name: "employee", Value: map[string]string{"employee": channels.Clip(frame.Employee, 32)}})
	case "settings":
		k.settings(frame)
	case "mute":
		k.mute(ctx, frame)
	case "signal":
		k.signal(ctx, frame)
	default:
		k.fail(frame.ID, wire.Error{Code: "bad_frame", Message: "frame type " + channels.Clip(frame.Type, 32) + " is not one of docs/protocol.md"})
	}
}

// edit changes one field. A slot that the open form doesn't have is refused; an
// edit that was taken before is answered from the record, whatever is open now.
func (k *socket) edit(ctx context.Context, frame wire.FromCustomer) {
	if err := k.checkSlot(ctx, frame); err != nil {
		k.refuse(frame.ID, err)
		return
	}
	k.handle(frame.ID, assistant.FieldEdit{Slot: channels.Clip(frame.Slot, 64), Value: channels.Clip(frame.Value, 2000), By: "customer"})
}

func (k *socket) checkSlot(ctx context.Context, frame wire.FromCustomer) error {
	s := k.server
	if s.config.Slots == nil || frame.Slot == "" {
		return nil
	}
	if strings.Count(frame.Slot, "|") == 2 {
		return nil // a signature under a document: the dialogue holds its reference against the document
	}
	standing, err := s.config.Engine.Hub().Now(ctx, k.conversation)
	if err != nil {
		return err
	}
	var slots []string
	if standing.View.Flow != "" {
		slots = append(slots, s.config.Slots(standing.View.Flow)...)
	}
	for _, row := range standing.View.Slots { // the form's own version may have others
		if !slices.Contains(slots, row.Name) {
			slots = append(slots, row.Name)
		}
	}
	if slices.Contains(slots, frame.Slot) {
		return nil
	}
	if known, err := s.config.Engine.Receipt(ctx, k.who.Subject, k.conversation, frame.ID); err == nil && known.Turn != 0 {
		return nil
	}
	if len(slots) == 0 {
		return fmt.Errorf("%w: 现在没有可以修改的表单 / slot: no form is open now", assistant.ErrBadInput)
	}
	names := strings.Join(slots, ", ")
	return fmt.Errorf("%w: 表单里没有这一项，可改的有 %s / slot must be one of %s", assistant.ErrBadInput, names, names)
}

func (k *socket) settings(frame wire.FromCustomer) {
	if frame.On != "" && !k.server.config.Dated {
		k.refuse(frame.ID, fmt.Errorf("%w: 只有演示环境能改日期 on / on is for the demo only: leave it out", assistant.ErrBadInput))
		return
	}
	k.handle(frame.ID, assistant.BusinessEvent{Name: "settings", Value: map[string]string{"locale": frame.Locale, "edition": frame.Edition, "on": frame.On}})
}

func (k *socket) mute(ctx context.Context, frame wire.FromCustomer) {
	needs := k.server.config.Needs
	if len(needs) > 0 && !slices.Contains(needs, frame.Need) {
		names := strings.Join(needs, ", ")
		k.refuse(frame.ID, fmt.Errorf("%w: 没有这种提醒，可关的有 %s / need must be one of %s", assistant.ErrBadInput, names, names))
		return
	}
	if err := k.server.config.Engine.Mute(ctx, k.who.Subject, frame.Need); err != nil {
		k.refuse(frame.ID, err)
		return
	}
	k.send(wire.ToCustomer{Type: "accepted", ID: frame.ID})
}

func (k *socket) signal(ctx context.Context, frame wire.FromCustomer) {
	s := k.server
	if s.config.Signal == nil || frame.Signal == nil {
		k.fail(frame.ID, wire.Error{Code: "bad_input", Message: "没有进行中的远程会话 / no session is open"})
		return
	}
	if err := s.config.Signal(ctx, k.conversation, frame.Session, *frame.Signal); err != nil {
		k.fail(frame.ID, wire.Error{Code: "bad_input", Message: err.Error()})
	}
}

// handle gives an input to the engine and reports what becomes of it.
func (k *socket) handle(id string, body assistant.Body) {
	err := k.server.config.Engine.Handle(k.server.work, k.who.Subject, k.conversation, assistant.Input{ID: id, Device: k.device, Place: k.place, Body: body}, assistant.Watcher{
		Accepted: func(r assistant.Receipt) {
			k.send(wire.ToCustomer{Type: "accepted", ID: id, Seq: r.LastSeq, Replayed: r.Replayed})
		},
		Done: func(r assistant.Receipt, err error) {
			if err != nil {
				k.refuse(id, err)
				return
			}
			if r.Turn != 0 && !r.Replayed {
				k.wake()
			}
		},
	})
	if err != nil {
		k.refuse(id, err)
	}
}

// refuse says why an input was not taken, by the channels' one table.
func (k *socket) refuse(id string, err error) {
	e, _ := channels.Error(err)
	k.fail(id, e)
}

func (k *socket) fail(id string, e wire.Error) {
	k.send(wire.ToCustomer{Type: "error", ID: id, Error: &e})
}

func (k *socket) send(frame wire.ToCustomer) {
	if err := k.conn.Send(frame); err != nil {
		k.server.config.Log.Error("a frame could not be written", "type", frame.Type, "error", err)
	}
}

func (k *socket) leave() {
	k.conn.Close(websocket.CloseNormalClosure, "")
	if k.watch != nil {
		k.watch.Close()
	}
	k.server.forget(k)
}
