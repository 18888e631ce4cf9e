package desk

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/channels"
	"github.com/pingdui/pingdui/internal/wire"
)

// Reviews is what flows ask of members of staff. Each call checks that who asks
// may; agent is always the staff id.
type Reviews interface {
	// Board is what waits for a review without media.
	Board(ctx context.Context, agent string) []wire.Review
	// Review is what the flow of a conversation asked of this member of staff, nil
	// when nothing.
	Review(ctx context.Context, conversation uuid.UUID, agent string) *wire.Review
	Take(ctx context.Context, id, agent string) error
	Leave(ctx context.Context, id, agent string) error
	// Tick marks an item of the check list ok, no or open.
	Tick(ctx context.Context, id, agent, item, state, note string) error
	// Show puts an item's words before the customer; an empty item takes them away.
	Show(ctx context.Context, id, agent, item string) error
	// Decide gives the verdict: passed, refused, unsafe or failed.
	Decide(ctx context.Context, id, agent, outcome, reason string) error
}

// RefreshBoard makes every desk read the board of reviews anew.
func (s *Server) RefreshBoard() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.sockets {
		k.wake()
	}
}

// board sends the board when it is not what was sent last.
func (k *socket) board(ctx context.Context) {
	r := k.server.config.Reviews
	if r == nil {
		return
	}
	list := r.Board(ctx, k.who.Staff())
	signature := text(list)
	if signature == k.desk || k.desk == "" && len(list) == 0 {
		return
	}
	k.desk = signature
	k.send(wire.ToStaff{Type: "reviews", Reviews: list})
}

// review does what one frame asks of a review.
func (k *socket) review(ctx context.Context, frame wire.FromStaff) {
	r := k.server.config.Reviews
	if r == nil {
		k.refuse(frame, wire.Error{Code: "unavailable", Message: "本行暂未开启远程审核 / remote reviews are switched off here"})
		return
	}
	who := k.who.Staff()
	var err error
	switch frame.Type {
	case "review_take":
		if err = r.Take(ctx, frame.Review, who); err == nil {
			err = k.readFor(ctx, frame.Review)
		}
	case "review_leave":
		err = r.Leave(ctx, frame.Review, who)
	case "review_item":
		note, _ := k.server.config.Secret(frame.Text)
		err = r.Tick(ctx, frame.Review, who, channels.Clip(frame.Item, 64), frame.State, k.server.config.Mask(note))
	case "review_show":
		err = r.Show(ctx, frame.Review, who, channels.Clip(frame.Item, 64))
	case "review_end":
		reason, _ := k.server.config.Secret(frame.Reason)
		if err = r.Decide(ctx, frame.Review, who, frame.Outcome, k.server.config.Mask(reason)); err == nil {
			err = k.handOver(ctx, frame)
		}
	}
	k.answer(frame, err)
}

// handOver gives the customer of a decided session back: the flow goes on.
func (k *socket) handOver(ctx context.Context, frame wire.FromStaff) error {
	c := k.caseOf(frame.Conversation)
	if c == nil || !c.own {
		return nil // a review without media: nobody was spoken to
	}
	return k.seat.HandBack(ctx, c.handoff.ID, frame.Outcome+" "+frame.Reason)
}

// readFor shows the conversation that a taken review is about, to read.
func (k *socket) readFor(ctx context.Context, id string) error {
	for _, r := range k.server.config.Reviews.Board(ctx, k.who.Staff()) {
		if r.ID != id {
			continue
		}
		conversation, err := uuid.Parse(r.Conversation)
		if err != nil {
			return err
		}
		if k.caseOf(r.Conversation) != nil {
			k.wakeCase(conversation)
			return nil
		}
		look, err := k.server.config.Engine.LookIn(ctx, k.who.Staff(), "review", conversation)
		if err != nil {
			return err
		}
		k.add(conversation, &caseView{look: look, review: id, added: time.Now()})
		return nil
	}
	return handoff.ErrGone
}

// drop takes a conversation off this desk.
func (k *socket) drop(conversation uuid.UUID) {
	k.mu.Lock()
	c := k.cases[conversation]
	delete(k.cases, conversation)
	k.mu.Unlock()
	if c == nil {
		return
	}
	c.end()
	k.send(wire.ToStaff{Type: "released", Conversation: conversation.String()})
}

// mayFill says whether this member of staff may fill a form in: who checks the
// customer may not.
func (k *socket) mayFill(ctx context.Context, c *caseView) bool {
	r := k.server.config.Reviews
	if r == nil {
		return true
	}
	now := r.Review(ctx, c.look.Conversation(), k.who.Staff())
	return now == nil || now.Role == "" || now.Role == "tutor"
}
