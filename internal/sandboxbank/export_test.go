package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Scan looks for a text in every row of every table, for tests that nothing
// secret was written down. A bigint cannot hold one and random ids might by
// chance, so only texts and JSON are looked at.
func (b *Bank) Scan(ctx context.Context, needle string, found func(table string)) error {
	rows, err := b.pool.Query(ctx, `SELECT table_name || '.' || column_name, table_name, column_name FROM information_schema.columns
		WHERE table_schema = 'bank' AND data_type IN ('text', 'jsonb', 'ARRAY') AND column_name NOT IN ('ref', 'id', 'number', 'account_no', 'phone')`)
	if err != nil {
		return fmt.Errorf("list the columns: %w", err)
	}
	type column struct{ where, table, name string }
	columns, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c column, err error) {
		return c, row.Scan(&c.where, &c.table, &c.name)
	})
	if err != nil {
		return fmt.Errorf("list the columns: %w", err)
	}
	for _, c := range columns {
		var n int
		query := fmt.Sprintf(`SELECT count(*) FROM bank.%s WHERE strpos(%s::text, $1) > 0`, pgx.Identifier{c.table}.Sanitize(), pgx.Identifier{c.name}.Sanitize())
		if err := b.pool.QueryRow(ctx, query, needle).Scan(&n); err != nil {
			return fmt.Errorf("scan %s: %w", c.where, err)
		}
		if n > 0 {
			found(c.where)
		}
	}
	return nil
}

// Hold keeps a key as an act that still runs would; release ends it.
func (b *Bank) Hold(ctx context.Context, key string) (release func() error, err error) {
	tx, err := b.pool.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	if _, err := tx.Exec(ctx, b.q("TakeKey"), key); err != nil {
		return nil, fmt.Errorf("take the key: %w", err)
	}
	return func() error { return tx.Rollback(ctx) }, nil
}

// DeadBox keeps a step-up that three wrong codes ended at a time.
func (b *Bank) DeadBox(ctx context.Context, customer, operation string, at time.Time) error {
	_, err := b.pool.Exec(ctx, `INSERT INTO bank.challenge (ref, customer, operation, args_hash, level, factor, keyed_by, fields, tries, status, created_at, expires_at, ended_at)
		VALUES ($1, $2, $3, $4, 'L2', 'sms', '', '[]', 3, 'dead', $5, $5, $5)`, "su_dead_"+operation, customer, operation, make([]byte, 32), at)
	if err != nil {
		return fmt.Errorf("keep a dead box: %w", err)
	}
	return nil
}
