package assistant

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/postgres"
)

// Miss is one question that nothing answered. Text is the masked copy: who
// asked is not told.
type Miss struct {
	Text   string
	Staff  bool // a member of staff asked
	Locale string
	At     time.Time
}

// mostMisses bounds one look.
const mostMisses = 5000

// Misses lists the questions that found no answer since a time, newest first.
func (e *Engine) Misses(ctx context.Context, since time.Time) ([]Miss, error) {
	var out []Miss
	err := postgres.InTx(ctx, e.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, e.store.sql.Text("Misses"), pgx.NamedArgs{"since": since, "most": mostMisses})
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[Miss])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what found no answer: %w", err)
	}
	return out, nil
}
