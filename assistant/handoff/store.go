package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/handoffdb"
	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

type store struct {
	pool *pgxpool.Pool
	sql  sqlfile.Queries
	// wrote hears of every change that held, before its transaction ends; nil but
	// in tests, which keep a history.
	wrote func(context.Context, change)
}

func newStore(pool *pgxpool.Pool) *store {
	return &store{pool: pool, sql: handoffdb.Queries()}
}

// planLock lets one node at a time change several handoffs: decide who is rung,
// take requests. Whoever changes one handoff needs no more than its row.
const planLock = 7464391

// takeLimit is how many requests one transaction takes.
const takeLimit = 50

// errStale: the handoff has moved on since it was read.
var errStale = errors.New("the handoff has moved on")

type outboxRow struct {
	ID           int64
	Conversation uuid.UUID
	Subject      string
	Kind         string
	Body         []byte
	CreatedAt    time.Time
}

func (s *store) tx(ctx context.Context, f func(pgx.Tx) error) error {
	return postgres.InTx(ctx, s.pool, postgres.AsEngine(), f)
}

// derived opens a batch that runs as one transaction in one round trip and does
// not wait for the disk: for what follows from rows and is decided again when a
// crash of the database loses it. Whatever is built on it later comes to the disk
// after it, never without it.
func derived() *pgx.Batch {
	var batch pgx.Batch
	postgres.AsEngine().Queue(&batch)
	batch.Queue("SELECT set_config('synchronous_commit', 'off', true)")
	return &batch
}

// exec runs one derived statement and says how many rows it changed.
func (s *store) exec(ctx context.Context, name string, args ...any) (int64, error) {
	var n int64
	batch := derived()
	batch.Queue(s.sql.Text(name), args...).Exec(func(tag pgconn.CommandTag) error {
		n = tag.RowsAffected()
		return nil
	})
	return n, s.pool.SendBatch(ctx, batch).Close()
}

// deciding runs f as the one node that decides; false when another node is at it.
func (s *store) deciding(ctx context.Context, f func(pgx.Tx) error) (bool, error) {
	mine := false
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		batch := derived()
		batch.Queue("SELECT pg_try_advisory_xact_lock($1)", planLock).QueryRow(func(r pgx.Row) error { return r.Scan(&mine) })
		if err := tx.SendBatch(ctx, batch).Close(); err != nil || !mine {
			return err
		}
		return f(tx)
	})
	return mine, err
}

func many[T any](ctx context.Context, tx pgx.Tx, query string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// one reads a row that may be missing.
func one[T any](ctx context.Context, tx pgx.Tx, query string, args ...any) (*T, error) {
	found, err := many[T](ctx, tx, query, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// take does what waiting outbox rows ask; the planner's lock is held, so that the
// rows of several handoffs can be locked in any order.
func (s *store) take(ctx context.Context, tx pgx.Tx, now time.Time, request func(outboxRow) Handoff, cancel func(row, time.Time) change) (int, error) {
	found, err := many[outboxRow](ctx, tx, s.sql.Text("OpenOutbox"), takeLimit)
	if err != nil {
		return 0, fmt.Errorf("take requests for a person: %w", err)
	}
	if len(found) == 0 {
		return 0, nil // most plans: no round trip for nothing
	}
	var batch pgx.Batch
	for _, o := range found {
		if o.Kind == "handoff" {
			s.enqueue(&batch, request(o))
		} else if err := s.cancelOpen(ctx, tx, o, now, cancel); err != nil {
			return 0, fmt.Errorf("take requests for a person: %w", err)
		}
		batch.Queue(s.sql.Text("TakeOutbox"), o.ID, now)
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return 0, fmt.Errorf("take requests for a person: %w", err)
	}
	return len(found), nil
}

func (s *store) enqueue(batch *pgx.Batch, h Handoff) {
	batch.Queue(s.sql.Text("Enqueue"), h.ID, h.Conversation, h.Subject, h.Queue, h.Reason, h.Urgent, h.Edition, h.Locale,
		h.Employee, h.Customer, h.View, h.Since, h.Needs, h.State, h.DueAt)
	batch.Queue(s.sql.Text("Merge"), h.Conversation, h.Urgent, h.Queue, h.Reason, h.View, h.ID, h.DueAt, h.Since)
}

func (s *store) cancelOpen(ctx context.Context, tx pgx.Tx, o outboxRow, now time.Time, cancel func(row, time.Time) change) error {
	open, err := one[row](ctx, tx, s.sql.Text("Lock"), o.Conversation)
	if err != nil || open == nil {
		return err
	}
	return s.change(ctx, tx, cancel(*open, now), now)
}

// change writes a decided step; errStale when the row has moved on.
func (s *store) change(ctx context.Context, tx pgx.Tx, c change, now time.Time) error {
	n, err := s.write(ctx, tx, []change{c}, now)
	if err == nil && n == 0 {
		err = errStale
	}
	return err
}

// write writes decided steps in one round trip and says how many still held. The
// rows of handoffs are locked before those of agents, as everywhere.
func (s *store) write(ctx context.Context, tx pgx.Tx, changes []change, now time.Time) (int, error) {
	var batch pgx.Batch
	done := 0
	for _, c := range changes {
		h := c.after
		states, bodies := make([]string, 0, len(c.tell)), make([]string, 0, len(c.tell))
		for _, event := range c.tell {
			body, err := json.Marshal(event)
			if err != nil {
				return 0, err
			}
			states, bodies = append(states, string(event.State)), append(bodies, string(body))
		}
		batch.Queue(s.sql.Text("Change"), h.ID, c.before.Version, h.State, h.Agent, h.RingUntil, h.Attempts, list(h.Tried), h.Place, h.WaitS, h.ToldAt,
			h.LostAt, h.AloneSince, h.Note, h.RungAt, h.AcceptedAt, h.EndedAt, states, bodies, now,
			h.Needs, h.Passed, h.Guest, h.GuestUntil, h.HeldAt, list(h.Codes), h.WrappedAt, h.Queue, h.Urgent, h.Since, h.DueAt,
		).QueryRow(func(r pgx.Row) error {
			n := 0
			if err := r.Scan(&n); err != nil {
				return fmt.Errorf("change handoff %s from %s to %s: %w", h.ID, c.before.State, h.State, err)
			}
			done += n
			if n > 0 && s.wrote != nil {
				s.wrote(ctx, c)
			}
			return nil
		})
	}
	for _, c := range changes {
		if c.idle == "" {
			continue
		}
		var wrap *time.Time
		if c.wrap > 0 {
			until := now.Add(c.wrap)
			wrap = &until
		}
		batch.Queue(s.sql.Text("Idle"), c.idle, now, wrap)
	}
	return done, tx.SendBatch(ctx, &batch).Close()
}

// list is a list that is never null.
func list(v []string) []string {
	if v == nil {
		return []string{}
	}
	return v
}

// news are the rows that changed since the last look.
type news struct {
	after    string // look from here the next time
	nodes    map[string]time.Time
	presence []presence
	handoffs []row
	asked    bool // the outbox holds something for the desk
}

// news asks what transactions from after on have changed; "0" is everything. The
// batch's answers fill n.
func (s *store) news(batch *pgx.Batch, after string, now time.Time, n *news) {
	n.nodes = map[string]time.Time{}
	batch.Queue(s.sql.Text("Xmin")).QueryRow(func(r pgx.Row) error { return r.Scan(&n.after) })
	batch.Queue(s.sql.Text("Nodes"), now).Query(func(rows pgx.Rows) error {
		var node string
		var until time.Time
		_, err := pgx.ForEachRow(rows, []any{&node, &until}, func() error { n.nodes[node] = until; return nil })
		return err
	})
	// What is new is always a few rows at the end of the index, which the server
	// can't know of a parameter.
	batch.Queue("SELECT set_config('enable_seqscan', 'off', true)")
	batch.Queue(s.sql.Text("NewPresence"), after).Query(func(rows pgx.Rows) (err error) {
		n.presence, err = pgx.CollectRows(rows, pgx.RowToStructByName[presence])
		return err
	})
	batch.Queue(s.sql.Text("NewHandoffs"), after).Query(func(rows pgx.Rows) (err error) {
		n.handoffs, err = pgx.CollectRows(rows, pgx.RowToStructByName[row])
		return err
	})
	batch.Queue(s.sql.Text("OutboxWaits")).QueryRow(func(r pgx.Row) error { return r.Scan(&n.asked) })
}

// pace reads how the queues went since a moment.
func (s *store) pace(ctx context.Context, since time.Time, queues []string) (map[string]pace, error) {
	out := map[string]pace{}
	err := s.tx(ctx, func(tx pgx.Tx) error {
		found, err := many[pace](ctx, tx, s.sql.Text("Pace"), since, queues)
		for _, p := range found {
			out[p.Queue] = p
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look how the queues went: %w", err)
	}
	return out, nil
}

// present says whether the customer of a handoff did something in the chat since.
func (s *store) present(ctx context.Context, handoff uuid.UUID, since time.Time) (bool, error) {
	here := false
	err := s.tx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, s.sql.Text("Present"), handoff, since).Scan(&here)
	})
	if err != nil {
		return false, fmt.Errorf("look whether the customer is there: %w", err)
	}
	return here, nil
}

// event is one thing to tell.
type event struct {
	Handoff      uuid.UUID
	N            int
	Conversation uuid.UUID
	Subject      string
	State        string
	Body         assistant.HandoffEvent
}

// input is what the engine gets; the id is the same on every try.
func (e event) input() assistant.Input {
	return assistant.Input{ID: fmt.Sprintf("handoff:%s:%s:%d", e.Handoff, e.State, e.N), Body: e.Body}
}

func (s *store) leaseEvents(ctx context.Context, now, until time.Time, limit int) ([]event, error) {
	var found []event
	batch := derived()
	batch.Queue(s.sql.Text("LeaseEvents"), now, until, limit).Query(func(rows pgx.Rows) (err error) {
		found, err = pgx.CollectRows(rows, pgx.RowToStructByName[event])
		return err
	})
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("look for what is to be told: %w", err)
	}
	return found, nil
}

func (s *store) told(ctx context.Context, e event, now time.Time) error {
	_, err := s.exec(ctx, "Told", e.Handoff, e.N, now)
	return err
}

func (s *store) untell(ctx context.Context, e event, again time.Time) error {
	_, err := s.exec(ctx, "Untell", e.Handoff, e.N, again)
	return err
}
