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

// Request is what a flow asked of somebody outside and what still waits: a
// session, a review, a picture. It is answered by a SessionEvent with its Ref.
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
