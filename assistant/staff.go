package assistant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// IsStaff says whether a subject is a member of staff. What it owns is the
// conversation with the digital employee who serves staff.
func IsStaff(subject string) bool { return strings.HasPrefix(subject, "s:") }

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
	look := &Look{engine: e, staff: staff, conversation: conversation, subject: standing.Subject}
	if err := look.audit(ctx, "conversation.read", map[string]any{"why": why, "last_seq": standing.LastSeq}); err != nil {
		return nil, err
	}
	return look, nil
}

func (l *Look) audit(ctx context.Context, action string, detail map[string]any) error {
	raw, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	const text = "INSERT INTO audit (at, actor, action, object, detail) VALUES ($1, $2, $3, $4, $5)"
	if _, err := l.engine.config.Pool.Exec(ctx, text, l.engine.config.Clock(), "s:"+l.staff, action, "conversation:"+l.conversation.String(), raw); err != nil {
		return errors.Join(ErrUnavailable, fmt.Errorf("audit %s by %s: %w", action, l.staff, err))
	}
	return nil
}

// Visit writes down that a supervisor takes part in the conversation's remote
// session, and as what (listen, whisper, barge). It comes before they do.
func (l *Look) Visit(ctx context.Context, mode string) error {
	return l.audit(ctx, "conversation."+mode, map[string]any{})
}

// Unmask writes down that and why what is masked is shown in full. Nothing may
// be shown before it has returned.
func (l *Look) Unmask(ctx context.Context, reason string) error {
	return l.audit(ctx, "conversation.unmask", map[string]any{"why": reason})
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
