package desk

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/channels"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/wire"
)

// Limits of a socket.
const (
	// burst and refill bound how fast one socket may send frames that cost work.
	burst  = 60
	refill = 40 * time.Millisecond
	// maxLooks is how many conversations a supervisor reads along with at once.
	maxLooks = 4
	// readDeadline closes a socket without a ping; desks ping every 15 s. It is
	// shorter than a customer's: behind a dead socket somebody waits for an agent.
	readDeadline = 40 * time.Second
	// takenAnyway is after how long a case is shown though its conversation does
	// not know its agent yet.
	takenAnyway = time.Second
)

// socket is one connection. Its reader always lives, the pump and the writer
// only while they have work.
type socket struct {
	server *Server
	conn   *channels.Conn
	origin string
	bucket *channels.Bucket

	mu      sync.Mutex
	who     auth.Identity
	seat    *handoff.Seat
	left    bool
	pumping bool
	dirty   bool
	cases   map[uuid.UUID]*caseView

	// Only the pump touches these.
	rings    map[uuid.UUID]bool
	queue    string // the waiting list as sent last
	hello    bool   // welcome was sent
	desk     string // the board of reviews as sent last
	presence string // as sent last
}

func (k *socket) staff() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.who.Staff()
}

func (k *socket) read() {
	defer k.leave()
	var frame wire.FromStaff
	if !k.conn.Read(channels.HelloDeadline, &frame) {
		return
	}
	if frame.Type != "hello" {
		k.conn.Close(channels.CloseNoHello, "the first frame must be hello")
		return
	}
	if !k.enter(frame) {
		return
	}
	for {
		var frame wire.FromStaff
		if !k.conn.Read(readDeadline, &frame) {
			return
		}
		k.take(frame)
	}
}

func (k *socket) enter(frame wire.FromStaff) bool {
	s := k.server
	if frame.V != wire.Version {
		k.conn.Close(channels.CloseVersion, "this server speaks version 1")
		return false
	}
	ctx, cancel := context.WithTimeout(s.work, channels.HelloDeadline)
	defer cancel()
	who, err := s.config.Keeper.Redeem(ctx, frame.Ticket, k.origin)
	if errors.Is(err, auth.ErrUnauthorized) || err == nil && !who.Has(auth.Agent, auth.Supervisor) {
		k.conn.Close(channels.CloseUnauthorized, "the ticket is not good: get another one")
		return false
	}
	if err != nil {
		s.config.Log.Warn("a desk could not be opened", "error", err)
		k.conn.Close(channels.CloseStopping, "not available now: try again")
		return false
	}
	staff, ok := s.config.Staff(who.Staff())
	if !ok {
		k.conn.Close(channels.CloseUnauthorized, "this member of staff is not known")
		return false
	}
	k.mu.Lock()
	k.who = who
	k.mu.Unlock()
	var seat *handoff.Seat
	if who.Has(auth.Agent) {
		seat, err = s.config.Desk.Join(ctx, staff.Profile, k.wake)
	} else {
		seat, err = s.config.Desk.Watch(ctx, k.wake)
	}
	if err != nil {
		s.config.Log.Warn("a desk could not be opened", "error", err)
		k.conn.Close(channels.CloseStopping, "not available now: try again")
		return false
	}
	k.mu.Lock()
	k.seat = seat
	k.mu.Unlock()
	k.wake()
	return true
}

// take does what one frame asks.
func (k *socket) take(frame wire.FromStaff) {
	if frame.Type == "ping" {
		k.send(wire.ToStaff{Type: "pong"})
		return
	}
	if !k.bucket.Take() {
		k.refuse(frame, wire.Error{Code: "busy", Message: "操作太快了，请稍候 / too fast, wait a second", RetryAfter: 1})
		return
	}
	ctx, cancel := context.WithTimeout(k.server.work, channels.WriteDeadline)
	defer cancel()
	switch frame.Type {
	case "presence":
		k.answer(frame, k.seat.Presence(ctx, frame.Presence))
	case "accept", "decline":
		k.handoff(ctx, frame)
	case "handback":
		k.handBack(ctx, frame)
	case "send", "edit":
		k.say(ctx, frame)
	case "open":
		k.open(ctx, frame)
	case "reveal":
		k.reveal(ctx, frame)
	case "colleagues":
		k.colleagues(frame)
	case "transfer", "invite", "leave", "hold", "resume":
		k.pass(ctx, frame)
	case "wrapup":
		k.wrapUp(ctx, frame)
	case "summary":
		k.summary(ctx, frame)
	case "session", "end_session", "signal":
		k.session(ctx, frame)
	case "visit":
		k.visit(ctx, frame)
	case "review_take", "review_leave", "review_item", "review_show", "review_end":
		k.review(ctx, frame)
	default:
		k.refuse(frame, wire.Error{Code: "bad_frame", Message: "frame type " + channels.Clip(frame.Type, 32) + " is not one of docs/protocol.md"})
	}
}

func (k *socket) handoff(ctx context.Context, frame wire.FromStaff) {
	id, err := uuid.Parse(frame.Handoff)
	if err != nil {
		k.answer(frame, handoff.ErrGone)
		return
	}
	if frame.Type == "accept" {
		_, err = k.seat.Accept(ctx, id)
	} else {
		err = k.seat.Decline(ctx, id)
	}
	k.answer(frame, err)
}

func (k *socket) handBack(ctx context.Context, frame wire.FromStaff) {
	c := k.caseOf(frame.Conversation)
	if c == nil || !c.own {
		k.answer(frame, handoff.ErrNotYours)
		return
	}
	k.answer(frame, k.seat.HandBack(ctx, c.handoff.ID, frame.Text))
}

// say gives the engine what the agent wrote or filled in.
func (k *socket) say(ctx context.Context, frame wire.FromStaff) {
	c := k.caseOf(frame.Conversation)
	if c == nil || !c.own {
		k.answer(frame, handoff.ErrNotYours)
		return
	}
	if !k.live(c) {
		k.refuse(frame, wire.Error{Code: "busy", Message: "正在接入，请一秒后重发 / the conversation is being handed over, send it again in a second", RetryAfter: 1})
		return
	}
	var body assistant.Body
	if frame.Type == "send" {
		text, _ := k.server.config.Secret(frame.Text)
		body = assistant.AgentMessage{Text: text}
	} else {
		if _, secret := k.server.config.Secret(frame.Value); secret || frame.Slot == "" {
			k.refuse(frame, wire.Error{Code: "bad_input", Message: "密码、验证码和完整证件号只能由客户在安全框里填 / secrets are filled by the customer in the secure box only"})
			return
		}
		if !k.mayFill(ctx, c) {
			k.refuse(frame, wire.Error{Code: "forbidden", Message: "审核时不能替客户填写，请让客户自己改 / a reviewer fills nothing in: let the customer change it"})
			return
		}
		body = assistant.FieldEdit{Slot: channels.Clip(frame.Slot, 64), Value: channels.Clip(frame.Value, 2000)}
	}
	// A message that came after the conversation left this agent says nothing.
	late := func(r assistant.Receipt) bool { return frame.Type == "send" && r.Turn != 0 && r.LastSeq < r.FirstSeq }
	err := c.look.Say(ctx, assistant.Input{ID: frame.ID, Body: body}, assistant.Watcher{
		Accepted: func(r assistant.Receipt) {
			if !late(r) {
				k.send(wire.ToStaff{Type: "accepted", ID: frame.ID, Conversation: frame.Conversation})
			}
		},
		Done: func(r assistant.Receipt, err error) {
			if err == nil && late(r) {
				err = handoff.ErrNotYours
			}
			if err != nil {
				k.answer(frame, err)
				return
			}
			k.wakeCase(c.look.Conversation())
		},
	})
	if err != nil {
		k.answer(frame, err)
	}
}

// open shows a conversation again to who owns it, or to a supervisor who may
// read along.
func (k *socket) open(ctx context.Context, frame wire.FromStaff) {
	id, err := uuid.Parse(frame.Conversation)
	if err != nil {
		k.answer(frame, assistant.ErrNotFound)
		return
	}
	if c := k.caseOf(frame.Conversation); c != nil {
		k.mu.Lock()
		c.shown = false
		k.mu.Unlock()
		k.wakeCase(id)
		k.answer(frame, nil)
		return
	}
	if !k.who.Has(auth.Supervisor) {
		k.answer(frame, handoff.ErrNotYours)
		return
	}
	look, err := k.server.config.Engine.LookIn(ctx, k.who.Staff(), "look", id)
	if err != nil {
		k.answer(frame, err)
		return
	}
	k.add(id, &caseView{look: look, added: time.Now()})
	k.answer(frame, nil)
}

func (k *socket) session(ctx context.Context, frame wire.FromStaff) {
	sessions := k.server.config.Sessions
	if sessions == nil {
		k.refuse(frame, wire.Error{Code: "unavailable", Message: "本行暂未开启远程会话 / remote sessions are switched off here"})
		return
	}
	switch frame.Type {
	case "session":
		c := k.caseOf(frame.Conversation)
		if c == nil || !c.own || !k.live(c) {
			k.answer(frame, handoff.ErrNotYours)
			return
		}
		offered, err := sessions.Offer(ctx, c.look.Conversation(), k.who.Staff())
		k.answer(frame, err)
		if err == nil {
			k.send(wire.ToStaff{Type: "session", Conversation: frame.Conversation, Session: &offered})
		}
	case "end_session":
		k.answer(frame, sessions.End(ctx, frame.Session, k.who.Staff()))
	case "signal":
		if frame.Signal == nil {
			k.refuse(frame, wire.Error{Code: "bad_frame", Message: "the frame has no signal"})
			return
		}
		if err := sessions.Signal(ctx, frame.Session, k.who.Staff(), *frame.Signal); err != nil {
			k.answer(frame, err)
		}
	}
}

// answer says accepted, or what went wrong.
func (k *socket) answer(frame wire.FromStaff, err error) {
	if err == nil {
		k.send(wire.ToStaff{Type: "accepted", ID: frame.ID, Handoff: frame.Handoff, Conversation: frame.Conversation, Presence: frame.Presence})
		return
	}
	e := refusal(err)
	if errors.Is(err, assistant.ErrBadInput) && slices.Contains([]string{"transfer", "invite", "wrapup", "handback"}, frame.Type) {
		e.Message = "请写备注（2 到 1000 字）并选好去处或小结代码 / write a note (2 to 1000 characters) and choose where to, or the codes"
	}
	k.refuse(frame, e)
}

func (k *socket) refuse(frame wire.FromStaff, e wire.Error) {
	k.send(wire.ToStaff{Type: "error", ID: frame.ID, Handoff: frame.Handoff, Conversation: frame.Conversation, SessionID: frame.Session, Error: &e})
}

// refusal is the table from the desk's errors to what an agent is told.
func refusal(err error) wire.Error {
	switch {
	case errors.Is(err, handoff.ErrTaken):
		return wire.Error{Code: "conflict", Message: "这位客户已由其他同事接起 / another colleague has this customer"}
	case errors.Is(err, handoff.ErrGone):
		return wire.Error{Code: "not_found", Message: "客户已不在排队 / the customer no longer waits"}
	case errors.Is(err, handoff.ErrFull):
		return wire.Error{Code: "busy", Message: "您手上的会话已满，请先交还一位 / your seat is full, hand one back first"}
	case errors.Is(err, handoff.ErrNotYours):
		return wire.Error{Code: "forbidden", Message: "这个会话不在您手上 / this conversation is not yours"}
	case errors.Is(err, handoff.ErrNoSuch):
		return wire.Error{Code: "not_found", Message: "对方不在岗，或没有这个队列，请重新选 / not on duty, or no such queue: choose again"}
	case errors.Is(err, handoff.ErrBusy):
		return wire.Error{Code: "conflict", Message: "已经请了一位同事，等他接入或先取消 / a colleague is asked already: wait for them"}
	case errors.Is(err, handoff.ErrNotHere):
		return wire.Error{Code: "conflict", Message: "客户现在不在对话里，到预约时间再接 / the customer is not in the chat now: the call-back keeps its time"}
	case errors.Is(err, handoff.ErrOffDuty):
		return wire.Error{Code: "forbidden", Message: "您当前不在岗 / you are not on duty"}
	}
	e, _ := channels.Error(err)
	return e
}

func (k *socket) send(frame wire.ToStaff) {
	if err := k.conn.Send(frame); err != nil {
		k.server.config.Log.Error("a frame could not be written", "type", frame.Type, "error", err)
	}
}

func (k *socket) leave() {
	k.conn.Close(websocket.CloseNormalClosure, "")
	k.server.forget(k)
	k.mu.Lock()
	k.left = true
	seat, cases := k.seat, k.cases
	k.cases = map[uuid.UUID]*caseView{}
	k.mu.Unlock()
	// The server may be stopping: that the agent left is noted all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(k.server.work), channels.HelloDeadline)
	defer cancel()
	for id, c := range cases {
		c.end()
		k.unvisit(ctx, id, c)
	}
	if seat != nil {
		seat.Leave(ctx)
	}
}
