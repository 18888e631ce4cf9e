package desk

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/wire"
)

// visit lets a supervisor read a conversation along and take part in its remote
// session. Why stands in the audit log before anything is shown, and as what before
// anything is heard.
func (k *socket) visit(ctx context.Context, frame wire.FromStaff) {
	id, err := uuid.Parse(frame.Conversation)
	switch {
	case err != nil:
		k.answer(frame, assistant.ErrNotFound)
		return
	case !k.who.Has(auth.Supervisor):
		k.answer(frame, handoff.ErrNotYours)
		return
	case !slices.Contains([]string{"read", "listen", "whisper", "barge", "leave"}, frame.Mode):
		k.refuse(frame, wire.Error{Code: "bad_frame", Message: "mode is read, listen, whisper, barge or leave"})
		return
	}
	c := k.caseOf(frame.Conversation)
	if frame.Mode == "leave" {
		if c != nil && !c.own && c.review == "" {
			k.drop(id)
			k.unvisit(ctx, id, c)
		}
		k.answer(frame, nil)
		return
	}
	if c == nil {
		reason, ok := k.reason(frame)
		if !ok {
			return
		}
		look, err := k.server.config.Engine.LookIn(ctx, k.who.Staff(), reason, id)
		if err != nil {
			k.answer(frame, err)
			return
		}
		c = &caseView{look: look, added: time.Now()}
		k.add(id, c)
	}
	if frame.Mode == "read" {
		k.answer(frame, nil)
		return
	}
	if k.server.config.Sessions == nil {
		k.refuse(frame, wire.Error{Code: "unavailable", Message: "本行暂未开启远程会话 / remote sessions are switched off here"})
		return
	}
	if err := c.look.Visit(ctx, frame.Mode); err != nil {
		k.answer(frame, err)
		return
	}
	k.mu.Lock()
	c.visits = true
	k.mu.Unlock()
	session, err := k.server.config.Sessions.Visit(ctx, id, k.who.Staff(), frame.Mode)
	k.answer(frame, err)
	if err == nil {
		k.send(wire.ToStaff{Type: "session", Conversation: frame.Conversation, Session: &session})
	}
}

// unvisit takes this supervisor out of a session they took part in.
func (k *socket) unvisit(ctx context.Context, id uuid.UUID, c *caseView) {
	k.mu.Lock()
	visits := c.visits
	k.mu.Unlock()
	if !visits {
		return
	}
	if _, err := k.server.config.Sessions.Visit(ctx, id, k.who.Staff(), "leave"); err != nil {
		k.server.config.Log.Warn("a supervisor could not be taken out of a session; silence ends it", "conversation", id, "error", err)
	}
}
