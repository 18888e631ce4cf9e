// Package sandboxbank is a small bank core of its own: customers, accounts, a
// double-entry ledger, cards, payees, step-up and one-use secrets, served over
// HTTP with an OpenAPI document. It stands for the bank that the product is
// installed at, so it has its own database and imports nothing of the product.
//
// What holds:
//   - A journal's postings sum to zero and no booking is ever changed: the
//     database refuses both, whatever the program does.
//   - An act (anything that changes something) is asked for under an idempotency
//     key. Its answer, done or refused, is committed together with what it did;
//     the same key and body get the same answer, another body gets 409.
//   - A secret (code, PIN) is decrypted in one place, judged or hashed there, and
//     neither stored nor logged.
//   - The one-use reference of a filled secure box is consumed in the act's own
//     transaction; after three wrong tries nothing has changed and the box is dead.
package sandboxbank

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/internal/sandboxbank/bankdb"
)

// Config is what New needs. Zero durations and limits take the default in brackets.
type Config struct {
	// Pool is the bank's own database; the schema "bank" in it belongs to the core.
	Pool *pgxpool.Pool
	// Token is the service token every caller must send as "Authorization: Bearer …".
	Token string
	// Clock gives the present [time.Now].
	Clock func() time.Time
	// Zone is the bank's time zone [China Standard Time].
	Zone *time.Location
	// Demo opens /demo/*: the tray's events with codes in clear, faults, passwords.
	Demo bool
	// CodeLife is how long a step-up's codes live [5m].
	CodeLife time.Duration
	// Deadline is how long one request may take [10s]; reading a body 5 s at most.
	Deadline time.Duration
	// Log receives the unexpected [slog.Default()]. It never receives a body.
	Log *slog.Logger
}

// Bank is a running bank core.
type Bank struct {
	cfg     Config
	pool    *pgxpool.Pool
	queries bankdb.Queries
	key     *rsa.PrivateKey
	kid     string
	codeKey []byte // keys the hashes of codes; never leaves the process
	tray    *tray
	faults  *faults
	// businesses are the acts by their operation, as routes registered them.
	businesses map[string]business
}

// New migrates the database and makes the core. It serves once Handler is
// mounted and knows its customers once Seed has run.
func New(ctx context.Context, cfg Config) (*Bank, error) {
	if cfg.Pool == nil {
		return nil, errors.New("sandboxbank: Config.Pool is missing: give the bank core a database of its own")
	}
	if len(cfg.Token) < 16 {
		return nil, errors.New("sandboxbank: Config.Token must have at least 16 characters")
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Zone == nil {
		cfg.Zone = time.FixedZone("CST", 8*3600)
	}
	if cfg.CodeLife == 0 {
		cfg.CodeLife = 5 * time.Minute
	}
	if cfg.Deadline == 0 {
		cfg.Deadline = 10 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	queries, err := bankdb.Load()
	if err != nil {
		return nil, fmt.Errorf("sandboxbank: %w", err)
	}
	if err := migrate(ctx, cfg.Pool); err != nil {
		return nil, err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make the secure box's key: %w", err)
	}
	return &Bank{
		cfg: cfg, pool: cfg.Pool, queries: queries, key: key, kid: randomHex(8), codeKey: randomBytes(32),
		tray: newTray(), faults: newFaults(),
	}, nil
}

// Close ends the waiting readers of the tray; requests that run go on.
func (b *Bank) Close() { b.tray.close() }

// Handler serves the core's API; see routes.go.
func (b *Bank) Handler() http.Handler { return b.routes() }

func (b *Bank) now() time.Time { return b.cfg.Clock().In(b.cfg.Zone).Truncate(time.Microsecond) }

// midnight is the start of the bank's day that t lies in.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func (b *Bank) q(name string) string { return b.queries.Get(name) }

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// one reads one row into T by column names; false when there is none.
func one[T any](ctx context.Context, b *Bank, db querier, name string, args ...any) (T, bool, error) {
	var zero T
	rows, err := db.Query(ctx, b.q(name), args...)
	if err != nil {
		return zero, false, fmt.Errorf("%s: %w", name, err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
	if errors.Is(err, pgx.ErrNoRows) {
		return zero, false, nil
	}
	if err != nil {
		return zero, false, fmt.Errorf("%s: %w", name, err)
	}
	return v, true, nil
}

// many reads all rows into T by column names.
func many[T any](ctx context.Context, b *Bank, db querier, name string, args ...any) ([]T, error) {
	rows, err := db.Query(ctx, b.q(name), args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return all, nil
}

// value reads one column of one row; false when there is none.
func value[T any](ctx context.Context, b *Bank, db querier, name string, args ...any) (T, bool, error) {
	var zero T
	rows, err := db.Query(ctx, b.q(name), args...)
	if err != nil {
		return zero, false, fmt.Errorf("%s: %w", name, err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if errors.Is(err, pgx.ErrNoRows) {
		return zero, false, nil
	}
	if err != nil {
		return zero, false, fmt.Errorf("%s: %w", name, err)
	}
	return v, true, nil
}

func randomBytes(n int) []byte {
	out := make([]byte, n)
	_, _ = rand.Read(out) // crypto/rand never fails: it ends the program instead
	return out
}

func randomHex(n int) string { return hex.EncodeToString(randomBytes(n)) }
