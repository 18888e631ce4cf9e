package desk

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/channels"
	"github.com/pingdui/pingdui/internal/wire"
)

// caseView is one conversation a desk shows.
type caseView struct {
	look    *assistant.Look
	handoff handoff.Handoff // zero for a supervisor's look
	own     bool
	// review is what the conversation is read for, by who has taken that review.
	review string
	// visits is true once a supervisor has taken part in its remote session.
	visits bool
	watch  *assistant.Watch
	timer  *time.Timer
	added  time.Time

	// Under the socket's lock.
	dirty bool
	live  bool // the conversation knows its agent
	shown bool // taken (or, for a look, case) was sent

	// Only the pump touches these.
	sent int64
	last string // the case without messages, as sent last
}

func (c *caseView) end() {
	if c.watch != nil {
		c.watch.Close()
	}
	if c.timer != nil {
		c.timer.Stop()
	}
}

func (k *socket) caseOf(conversation string) *caseView {
	id, err := uuid.Parse(conversation)
	if err != nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.cases[id]
}

func (k *socket) live(c *caseView) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return c.live
}

// add shows a conversation; a supervisor's oldest look gives way to a new one.
func (k *socket) add(id uuid.UUID, c *caseView) {
	// The hub calls with its own lock held: it is never called under ours.
	c.watch = k.server.config.Engine.Hub().OnWake(id, func() { k.wakeCase(id) })
	if c.own {
		c.timer = time.AfterFunc(takenAnyway, func() { k.wakeCase(id) })
	}
	k.mu.Lock()
	if k.left {
		k.mu.Unlock()
		c.end()
		return
	}
	var oldest uuid.UUID
	looks := 0
	for other, o := range k.cases {
		if o.own {
			continue
		}
		looks++
		if oldest == uuid.Nil || o.added.Before(k.cases[oldest].added) {
			oldest = other
		}
	}
	var ended *caseView
	if !c.own && looks >= maxLooks {
		ended = k.cases[oldest]
		delete(k.cases, oldest)
	}
	if was := k.cases[id]; was != nil {
		defer was.end()
	}
	c.dirty = true
	k.cases[id] = c
	k.mu.Unlock()
	if ended != nil {
		ended.end()
		k.unvisit(k.server.work, oldest, ended)
		k.send(wire.ToStaff{Type: "released", Conversation: oldest.String()})
	}
	k.wake()
}

// wake starts the pump, or makes a running one look again.
func (k *socket) wake() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.start()
}

// wakeCase makes the pump read one conversation anew.
func (k *socket) wakeCase(id uuid.UUID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if c := k.cases[id]; c != nil {
		c.dirty = true
		k.start()
	}
}

func (k *socket) start() {
	if k.left || k.seat == nil {
		return
	}
	k.dirty = true
	if !k.pumping {
		k.pumping = true
		go k.pump()
	}
}

func (k *socket) pump() {
	for {
		k.mu.Lock()
		if !k.dirty || k.left {
			k.pumping = false
			k.mu.Unlock()
			return
		}
		k.dirty = false
		k.mu.Unlock()
		if err := k.catchUp(); err != nil && k.server.work.Err() == nil {
			k.server.config.Log.Warn("a desk could not catch up and is closed", "error", err)
			k.conn.Close(channels.CloseStopping, "reconnect and resume")
		}
	}
}

// catchUp sends whatever differs from what was sent last.
func (k *socket) catchUp() error {
	ctx, cancel := context.WithTimeout(k.server.work, channels.WriteDeadline)
	defer cancel()
	now := k.seat.Now()
	k.list(now)
	k.board(ctx)
	if err := k.owned(ctx, now); err != nil {
		return err
	}
	k.mu.Lock()
	var look []*caseView
	for _, c := range k.cases {
		if c.dirty {
			c.dirty = false
			look = append(look, c)
		}
	}
	k.mu.Unlock()
	slices.SortFunc(look, func(a, b *caseView) int { return a.added.Compare(b.added) })
	for _, c := range look {
		if err := k.show(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// list sends welcome, the waiting list and rings.
func (k *socket) list(now handoff.Situation) {
	waiting := make([]wire.Waiting, 0, len(now.Waiting))
	for _, h := range slices.Concat(now.Waiting, now.Booked) {
		waiting = append(waiting, waitingOf(h))
	}
	signature := text(waiting)
	switch {
	case !k.hello:
		k.hello = true
		staff, _ := k.server.config.Staff(k.who.Staff())
		k.send(wire.ToStaff{Type: "welcome", Staff: &staff.Person, Queue: waiting, Presence: now.Presence})
		k.presence = now.Presence
	case signature != k.queue:
		k.send(wire.ToStaff{Type: "queue", Queue: waiting})
	}
	k.queue = signature
	if now.Presence != k.presence && now.Presence != "" {
		k.presence = now.Presence
		k.send(wire.ToStaff{Type: "presence", Presence: now.Presence})
	}
	ringing := map[uuid.UUID]bool{}
	for _, h := range slices.Concat(now.Ringing, now.Asked) {
		ringing[h.ID] = true
		if !k.rings[h.ID] {
			ring := waitingOf(h)
			if h.GuestUntil != nil && h.Guest == k.who.Staff() {
				ring.Join, ring.RingUntil = true, *h.GuestUntil
			}
			k.send(wire.ToStaff{Type: "ring", Ring: &ring})
		}
	}
	for id := range k.rings {
		if !ringing[id] {
			k.send(wire.ToStaff{Type: "ring_over", Handoff: id.String()})
		}
	}
	k.rings = ringing
}

// owned opens what became this agent's and lets go of what no longer is.
func (k *socket) owned(ctx context.Context, now handoff.Situation) error {
	mine := map[uuid.UUID]handoff.Handoff{}
	for _, h := range now.Owned {
		mine[h.Conversation] = h
	}
	k.mu.Lock()
	var gone []*caseView
	for id, c := range k.cases {
		if h, ok := mine[id]; c.own && (!ok || h.ID != c.handoff.ID) {
			gone = append(gone, c)
			delete(k.cases, id)
		}
	}
	fresh := make([]handoff.Handoff, 0, len(mine))
	for id, h := range mine {
		c := k.cases[id]
		if c == nil || !c.own {
			fresh = append(fresh, h)
			continue
		}
		if text(passageOf(c.handoff)) != text(passageOf(h)) {
			c.dirty = true
		}
		c.handoff = h
	}
	k.mu.Unlock()
	for _, c := range gone {
		c.end()
		k.send(wire.ToStaff{Type: "released", Conversation: c.look.Conversation().String()})
	}
	slices.SortFunc(fresh, func(a, b handoff.Handoff) int { return a.AcceptedAt.Compare(*b.AcceptedAt) })
	for _, h := range fresh {
		look, err := k.server.config.Engine.LookIn(ctx, k.who.Staff(), "own", h.Conversation)
		if err != nil {
			return err
		}
		k.add(h.Conversation, &caseView{look: look, handoff: h, own: true, added: time.Now()})
	}
	return nil
}

// pageSize is how many messages one read takes; transcriptLimit how many of the
// last ones a case starts with.
const (
	pageSize        = 200
	transcriptLimit = 500
)

// show sends a conversation whole the first time, then what is new in it.
func (k *socket) show(ctx context.Context, c *caseView) error {
	standing, err := c.look.Standing(ctx)
	if err != nil {
		return err
	}
	k.mu.Lock()
	c.live = c.own && standing.Speaker == "agent" && (standing.Agent == k.who.Staff() || standing.Guest == k.who.Staff())
	held := c.handoff
	shown := c.shown
	ready := !c.own || c.live || time.Since(c.added) >= takenAnyway
	if !shown && ready {
		c.shown = true
	}
	k.mu.Unlock()
	if !shown && !ready {
		return nil
	}
	out := k.caseFrame(ctx, c, held, standing)
	if c.review != "" && out.Review == nil { // decided, put back or withdrawn: there is nothing left to read
		k.drop(standing.Conversation)
		return nil
	}
	if !shown {
		c.sent = max(0, standing.LastSeq-transcriptLimit)
	}
	for {
		messages, err := c.look.Messages(ctx, c.sent, pageSize)
		if err != nil {
			return err
		}
		for _, m := range messages {
			c.sent = m.Seq
			message := k.message(m)
			if shown {
				k.send(wire.ToStaff{Type: "message", Conversation: out.Conversation, Message: &message})
			} else {
				out.Messages = append(out.Messages, message)
			}
		}
		if len(messages) < pageSize {
			break
		}
	}
	kind := "case"
	if !shown && c.own {
		kind = "taken"
	}
	messages := out.Messages
	out.Messages = []wire.Message{}
	signature := text(out)
	out.Messages = messages
	if !shown || signature != c.last {
		k.send(wire.ToStaff{Type: kind, Conversation: out.Conversation, Handoff: out.Handoff, Case: &out})
	}
	c.last = signature
	return nil
}

func (k *socket) caseFrame(ctx context.Context, c *caseView, held handoff.Handoff, standing assistant.Standing) wire.Case {
	mask := k.server.config.Mask
	out := wire.Case{
		Conversation: standing.Conversation.String(), Queue: held.Queue, Reason: held.Reason,
		Flow: standing.View.Flow, FlowTitle: standing.View.FlowTitle, Step: standing.View.Step, StepTitle: mask(standing.View.StepTitle),
		Slots: channels.Rows(standing.View.Slots), Messages: []wire.Message{}, Edition: standing.Edition, Locale: standing.Locale,
	}
	if c.own {
		out.Handoff, out.Since = held.ID.String(), held.Since
		p := passageOf(held)
		out.Owner, out.Guest, out.Held, out.Passed = p.Owner, p.Guest, p.Held, p.Passed
	}
	for i := range out.Slots {
		out.Slots[i].Value = mask(out.Slots[i].Value)
	}
	if f := k.server.config.Customer; f != nil {
		out.Customer = f(ctx, standing, k.who)
	} else {
		out.Customer = customerOf(standing)
	}
	if f := k.server.config.Session; f != nil {
		out.Session = f(ctx, standing.Conversation)
	}
	if r := k.server.config.Reviews; r != nil {
		out.Review = r.Review(ctx, standing.Conversation, k.who.Staff())
	}
	return out
}

// passageOf is how a case goes from hand to hand.
func passageOf(h handoff.Handoff) wire.Case {
	out := wire.Case{Owner: h.Agent, Passed: passed(h)}
	if h.Guest != "" {
		out.Guest = &wire.Guest{ID: h.Guest, Joined: h.GuestUntil == nil}
	}
	if h.HeldAt != nil {
		out.Held = *h.HeldAt
	}
	return out
}

func passed(h handoff.Handoff) *wire.Passed {
	if h.Passed == nil {
		return nil
	}
	return &wire.Passed{By: h.Passed.By, Name: h.Passed.Name, Note: h.Passed.Note, At: h.Passed.At}
}

// customerOf shows what the conversation knows of its customer, masked.
func customerOf(standing assistant.Standing) wire.Customer {
	c := standing.Customer
	out := wire.Customer{Name: handoff.MaskName(c.Name), Level: string(c.Level), Age: c.Age, Rows: []wire.Row{}}
	if c.Title != "" && c.Name != "" {
		out.Rows = append(out.Rows, wire.Row{Name: "title", Label: "称呼", Value: string([]rune(c.Name)[:1]) + c.Title})
	}
	return out
}

// message makes what staff see of a message: masked, and nothing to tap or fill.
func (k *socket) message(m assistant.Message) wire.Message {
	mask := k.server.config.Mask
	out := channels.Message(m)
	out.Text = mask(out.Text)
	for i := range out.Actions {
		out.Actions[i].Label = mask(out.Actions[i].Label)
	}
	if out.Card == nil {
		return out
	}
	out.Card.Secure = nil
	out.Card.Title, out.Card.Note = mask(out.Card.Title), mask(out.Card.Note)
	for i := range out.Card.Rows {
		out.Card.Rows[i].Value = mask(out.Card.Rows[i].Value)
	}
	for i := range out.Card.Options {
		out.Card.Options[i].Label, out.Card.Options[i].Note = mask(out.Card.Options[i].Label), mask(out.Card.Options[i].Note)
	}
	if t := out.Card.Table; t != nil {
		rows := make([][]string, len(t.Rows))
		for i, row := range t.Rows {
			for _, cell := range row {
				rows[i] = append(rows[i], mask(cell))
			}
		}
		t.Rows = rows
	}
	return out
}

func waitingOf(h handoff.Handoff) wire.Waiting {
	out := wire.Waiting{
		Handoff: h.ID.String(), Conversation: h.Conversation.String(), Queue: h.Queue, Customer: h.Customer, Reason: h.Reason,
		Flow: h.View.FlowTitle, Step: h.View.StepTitle, Urgent: h.Urgent, Edition: h.Edition, Since: h.Since,
		Elder: h.View.Age >= handoff.ElderFrom, VIP: h.Needs.VIP, Medium: h.Needs.Medium, Passed: passed(h),
	}
	if h.RingUntil != nil {
		out.RingUntil = *h.RingUntil
	}
	if h.DueAt != nil {
		out.Due, out.Booked = *h.DueAt, h.State == handoff.StateBooked
	}
	return out
}

// text is a value as JSON, to compare with what was sent last.
func text(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("desk: a frame can't be written: " + err.Error()) // a defect of ours: wire types are plain
	}
	return string(raw)
}
