package desk

import (
	"context"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/internal/wire"
)

// colleagueLimit is how many colleagues one answer names.
const colleagueLimit = 50

// colleagues says whom and where a customer can be passed to.
func (k *socket) colleagues(frame wire.FromStaff) {
	out := wire.ToStaff{Type: "colleagues", ID: frame.ID, Queues: k.server.config.Desk.QueueNames()}
	for _, c := range k.server.config.Desk.Colleagues(k.who.Staff(), colleagueLimit) {
		out.Colleagues = append(out.Colleagues, wire.Colleague{
			ID: c.Agent, Name: c.Name, Number: c.Number, Presence: c.Presence, Skills: c.Skills, Free: c.Free,
		})
	}
	k.send(out)
}

// pass does what an agent asks about a conversation in hand: pass it on, ask a
// colleague to join, leave it to the colleague, let the customer hold on.
func (k *socket) pass(ctx context.Context, frame wire.FromStaff) {
	c := k.caseOf(frame.Conversation)
	if c == nil || !c.own {
		k.answer(frame, handoff.ErrNotYours)
		return
	}
	id := c.handoff.ID
	var err error
	switch frame.Type {
	case "transfer":
		note, _ := k.server.config.Secret(frame.Text)
		err = k.seat.Transfer(ctx, id, handoff.Target{Agent: frame.ToAgent, Queue: frame.ToQueue}, note)
	case "invite":
		err = k.seat.Invite(ctx, id, frame.ToAgent)
	case "leave":
		err = k.seat.LeaveCase(ctx, id)
	default:
		err = k.seat.Hold(ctx, id, frame.Type == "hold")
	}
	k.answer(frame, err)
}

// wrapUp writes up a conversation that was handed back.
func (k *socket) wrapUp(ctx context.Context, frame wire.FromStaff) {
	id, err := uuid.Parse(frame.Handoff)
	if err != nil {
		k.answer(frame, handoff.ErrNotYours)
		return
	}
	note, _ := k.server.config.Secret(frame.Text)
	k.answer(frame, k.seat.WrapUp(ctx, id, frame.Codes, note))
}

// summary sums up a conversation that the desk shows.
func (k *socket) summary(ctx context.Context, frame wire.FromStaff) {
	c := k.caseOf(frame.Conversation)
	if c == nil || c.own && !k.live(c) {
		k.answer(frame, handoff.ErrNotYours)
		return
	}
	standing, err := c.look.Standing(ctx)
	if err != nil {
		k.answer(frame, err)
		return
	}
	var all []assistant.Message
	for after := max(0, standing.LastSeq-transcriptLimit); ; {
		page, err := c.look.Messages(ctx, after, pageSize)
		if err != nil {
			k.answer(frame, err)
			return
		}
		all = append(all, page...)
		if len(page) < pageSize {
			break
		}
		after = page[len(page)-1].Seq
	}
	sum := handoff.Summarise(all, standing.View, k.server.config.Mask)
	out := &wire.Summary{Request: sum.Request, Done: []wire.DoneThing{}, Open: sum.Open, Text: sum.Text(standing.Locale)}
	for _, r := range sum.Done {
		out.Done = append(out.Done, wire.DoneThing{Title: r.Title, Number: r.Number})
	}
	k.send(wire.ToStaff{Type: "summary", ID: frame.ID, Conversation: frame.Conversation, Summary: out})
}
