package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/remotedb"
	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

// row is a session as stored.
type row struct {
	ID           uuid.UUID `db:"id"`
	Conversation uuid.UUID `db:"conversation"`
	Subject      string    `db:"subject"`
	Agent        string    `db:"agent"`
	Code         string    `db:"code"`
	State        string    `db:"state"`
	Sharing      string    `db:"sharing"`
	Present      []string  `db:"present"`
	Node         string    `db:"node"`
	Visitor      *Visitor  `db:"visitor"`
}

type unreported struct {
	ID           uuid.UUID `db:"id"`
	Conversation uuid.UUID `db:"conversation"`
	Subject      string    `db:"subject"`
	State        string    `db:"state"`
	Begun        bool      `db:"begun"`
	EndedBy      string    `db:"ended_by"`
}

type count struct{ Count int }

type store struct {
	pool    *pgxpool.Pool
	queries sqlfile.Queries
}

func newStore(pool *pgxpool.Pool) *store { return &store{pool: pool, queries: remotedb.Queries()} }

func (s *store) tx(ctx context.Context, f func(pgx.Tx) error) error {
	return postgres.InTx(ctx, s.pool, postgres.AsEngine(), f)
}

func one[T any](ctx context.Context, s *store, name string, args ...any) (T, error) {
	var out T
	err := s.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, s.queries.Text(name), args...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return out, assistant.ErrNotFound
	}
	if err != nil {
		return out, fmt.Errorf("session: %s: %w", name, err)
	}
	return out, nil
}

func many[T any](ctx context.Context, s *store, name string, args ...any) ([]T, error) {
	var out []T
	err := s.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, s.queries.Text(name), args...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("session: %s: %w", name, err)
	}
	return out, nil
}

// exec runs a statement that changes a session and notes the event in the same
// transaction; false when the session was not in the state the statement wants.
func (s *store) exec(ctx context.Context, r row, at time.Time, event note, name string, args ...any) (bool, error) {
	changed := true
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if name != "" {
			tag, err := tx.Exec(ctx, s.queries.Text(name), args...)
			if err != nil {
				return err
			}
			if changed = tag.RowsAffected() > 0; !changed {
				return nil
			}
		}
		if event.kind == "" {
			return nil
		}
		detail, err := json.Marshal(event.detail)
		if err != nil {
			return err
		}
		if event.detail == nil {
			detail = []byte("{}")
		}
		_, err = tx.Exec(ctx, s.queries.Text("Note"), r.ID, r.Subject, at, event.kind, event.by, detail)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("session %s: %s: %w", r.ID, event.kind, err)
	}
	return changed, nil
}

// note is one line of a session's record.
type note struct {
	kind, by string
	detail   map[string]any
}

func (s *store) owns(ctx context.Context, conversation uuid.UUID, agent string) (bool, error) {
	count := 0
	err := s.tx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, s.queries.Text("Owns"), conversation, agent).Scan(&count)
	})
	if err != nil {
		return false, fmt.Errorf("who owns conversation %s: %w", conversation, err)
	}
	return count == 1, nil
}
