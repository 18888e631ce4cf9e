package assistant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// Look is a member of staff looking into one conversation. It can only be had
// by an audited call, so that whoever read a customer's words stands in the audit.
type Look struct {
	engine       *Engine
	staff        string
	conversation uuid.UUID
	subject      string
}

// LookIn opens a conversation for a member of staff and writes who looked and
// why (own: accepted from the queue; look: a supervisor reads along). Whether
// they may is for the caller to say.
func (e *Engine) LookIn(ctx context.Context, staff, why string, conversation uuid.UUID) (*Look, error) {
	standing, err := e.hub.Now(ctx, conversation)
	if err != nil {
		if errors.Is(err, ErrNotFound) {
			return nil, ErrNotFound
		}
		return nil, errors.Join(ErrUnavailable, err)
	}
	detail, err := json.Marshal(map[string]any{"why": why, "last_seq": standing.LastSeq})
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	const text = "INSERT INTO audit (at, actor, action, object, detail) VALUES ($1, $2, 'conversation.read', $3, $4)"
	if _, err := e.config.Pool.Exec(ctx, text, e.config.Clock(), "s:"+staff, "conversation:"+conversation.String(), detail); err != nil {
		return nil, errors.Join(ErrUnavailable, fmt.Errorf("audit that %s looks in: %w", staff, err))
	}
	return &Look{engine: e, staff: staff, conversation: conversation, subject: standing.Subject}, nil
}

// Conversation is what is looked into.
func (l *Look) Conversation() uuid.UUID { return l.conversation }

// Standing is where the conversation stands.
func (l *Look) Standing(ctx context.Context) (Standing, error) {
	return l.engine.hub.Now(ctx, l.conversation)
}

// Messages reads messages after a seq, at most limit.
func (l *Look) Messages(ctx context.Context, after int64, limit int) ([]Message, error) {
	return l.engine.store.messages(ctx, l.subject, l.conversation, after, limit)
}

// Say gives the engine what the member of staff wrote or filled in. The engine
// takes an AgentMessage only of the agent who speaks in the conversation.
func (l *Look) Say(ctx context.Context, in Input, w Watcher) error {
	switch b := in.Body.(type) {
	case AgentMessage:
		if b.Text == "" || len([]rune(b.Text)) > MaxTextRunes {
			return fmt.Errorf("%w: the text must have 1 to %d characters", ErrBadInput, MaxTextRunes)
		}
		b.Agent = l.staff
		in.Body = b
	case FieldEdit:
		b.By, b.Agent = "agent", l.staff
		in.Body = b
	default:
		return fmt.Errorf("%w: staff write and fill in, nothing else", ErrBadInput)
	}
	return l.engine.Handle(ctx, l.subject, l.conversation, in, w)
}
