// Package audit writes down who did what. The log can only be added to: the
// program's role may neither change nor delete a row of it.
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/internal/postgres/auditdb"
	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

// Log is the audit log.
type Log struct {
	pool  *pgxpool.Pool
	clock func() time.Time
	sql   sqlfile.Queries
}

// New makes the log.
func New(pool *pgxpool.Pool, clock func() time.Time) *Log {
	return &Log{pool: pool, clock: clock, sql: auditdb.Queries()}
}

// Entry is one line of the log. Actor is s:… for staff, a node's id or
// shipped; Detail is a JSON object.
type Entry struct {
	ID                    int64
	At                    time.Time
	Actor, Action, Object string
	Detail                json.RawMessage
}

// Record adds a line inside the transaction that does what it tells of. Detail
// must hold no secret and no unmasked personal data; nil is an empty object.
func (l *Log) Record(ctx context.Context, tx pgx.Tx, actor, action, object string, detail any) error {
	raw := []byte("{}")
	if detail != nil {
		var err error
		if raw, err = json.Marshal(detail); err != nil {
			return fmt.Errorf("write the detail of %s: %w", action, err)
		}
	}
	if _, err := tx.Exec(ctx, l.sql.Text("Add"), l.clock(), actor, action, object, raw); err != nil {
		return fmt.Errorf("write the audit log: %w", err)
	}
	return nil
}

// Write adds a line by itself, for what is done outside the database.
func (l *Log) Write(ctx context.Context, actor, action, object string, detail any) error {
	err := pgx.BeginFunc(ctx, l.pool, func(tx pgx.Tx) error { return l.Record(ctx, tx, actor, action, object, detail) })
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// Filter chooses lines; empty fields choose all. Action is a prefix.
type Filter struct {
	Actor, Action, Object string
	Before                int64 // only ids below it; 0: from the newest
	Limit                 int
}

// List reads lines, newest first.
func (l *Log) List(ctx context.Context, f Filter) ([]Entry, error) {
	if f.Before <= 0 {
		f.Before = 1 << 62
	}
	rows, err := l.pool.Query(ctx, l.sql.Text("List"), pgx.NamedArgs{"before": f.Before, "actor": f.Actor, "action": f.Action, "object": f.Object, "most": min(max(f.Limit, 1), 500)})
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[Entry])
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	return out, nil
}
