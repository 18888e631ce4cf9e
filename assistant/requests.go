package assistant

import (
	"context"
	"encoding/json"
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

// Requests are the requests that wait, oldest first; those that were taken back
// are not among them.
func (e *Engine) Requests(ctx context.Context) ([]Request, error) {
	type row struct {
		ID           int64
		Conversation uuid.UUID
		Subject      string
		Body         []byte
		CreatedAt    time.Time
	}
	var out []Request
	err := postgres.InTx(ctx, e.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, e.store.sql.Text("OpenRequests"))
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
		for _, r := range found {
			q := Request{ID: r.ID, Conversation: r.Conversation, Subject: r.Subject, At: r.CreatedAt}
			if err := json.Unmarshal(r.Body, &q.Session); err != nil {
				return fmt.Errorf("request %d: %w", r.ID, err)
			}
			out = append(out, q)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for requests: %w", err)
	}
	return out, nil
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
