package assistant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/internal/postgres"
)

// Request is what a flow asked of the customer's camera and what still waits: it
// is answered by a SessionEvent with its Ref. Sessions and reviews are taken by
// internal/remote.
type Request struct {
	dialogue.Session

	ID           int64
	Conversation uuid.UUID
	Subject      string
	At           time.Time
}

// RequestOf is the open request of a subject's conversation with this reference;
// ErrNotFound when there is none, or it was taken or taken back.
func (e *Engine) RequestOf(ctx context.Context, subject string, conversation uuid.UUID, ref string) (Request, error) {
	var q Request
	var body []byte
	err := postgres.InTx(ctx, e.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, e.store.sql.Text("RequestOf"), conversation, subject, ref).Scan(&q.ID, &q.Conversation, &q.Subject, &body, &q.At)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return Request{}, ErrNotFound
	}
	if err != nil {
		return Request{}, errors.Join(ErrUnavailable, fmt.Errorf("look for a request: %w", err))
	}
	if err := json.Unmarshal(body, &q.Session); err != nil {
		return Request{}, fmt.Errorf("request %d: %w", q.ID, err)
	}
	return q, nil
}

// Seal seals what belongs to a subject under the subject's own data key; about says
// what it is and is needed to open it.
func (e *Engine) Seal(ctx context.Context, subject string, plain []byte, about string) ([]byte, error) {
	key, err := e.store.key(ctx, subject)
	if err != nil {
		return nil, err
	}
	return key.Seal(plain, about), nil
}

// Unseal opens what Seal made of the same subject and about.
func (e *Engine) Unseal(ctx context.Context, subject string, sealed []byte, about string) ([]byte, error) {
	key, err := e.store.key(ctx, subject)
	if err != nil {
		return nil, err
	}
	return key.Open(sealed, about)
}

// TakeRequest takes a request; false when somebody else has.
func (e *Engine) TakeRequest(ctx context.Context, id int64) (bool, error) {
	taken := false
	err := postgres.InTx(ctx, e.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, e.store.sql.Text("TakeRequest"), id, e.config.Clock())
		taken = tag.RowsAffected() == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("take a request: %w", err)
	}
	return taken, nil
}

// ask hands a request to the room that answers it; a session needs a person, who
// is called in the same breath, or joined where one was called before.
func (e *Engine) ask(r *ran, f dialogue.Session) {
	after := r.after
	f.Title = e.config.MaskRow(f.Title)
	r.outbox = append(r.outbox, outboxRow{"session", marshal(f)})
	if f.Kind != "session" {
		return
	}
	if after.speaker == "bot" {
		after.speaker = "queue"
		if after.kept.View.Due.IsZero() { // who has booked a call-back is not sent away again
			after.kept.Called = f.Ref
		}
	}
	medium := f.Medium
	if medium == "screen" {
		medium = "video" // whoever sees a screen talks with one customer at a time
	}
	r.outbox = append(r.outbox, outboxRow{"handoff", marshal(HandoffRequest{
		Queue: f.Queue, Reason: f.Title, Employee: after.employee, Edition: after.edition, Locale: after.locale,
		Customer: after.kept.Customer, View: e.forOthers(after.kept.View), Needs: dialogue.Needs{Medium: medium},
	})})
}

// withdraw takes a request back, with the person who was called for it alone.
func (e *Engine) withdraw(r *ran, f dialogue.Withdraw) {
	after := r.after
	r.outbox = append(r.outbox, outboxRow{"session_cancel", marshal(f)})
	if f.Ref == "" || after.kept.Called != f.Ref {
		return
	}
	after.kept.Called = ""
	if after.speaker == "queue" {
		after.speaker = "bot"
	}
	r.outbox = append(r.outbox, outboxRow{"handoff_cancel", []byte("{}")})
}
