package sandboxbank_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/sandboxbank"
)

// An act that still runs is "running", not "none".
func TestRunning(t *testing.T) {
	t.Parallel()
	b := start(t)
	release, err := b.core.Hold(t.Context(), key(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"running", "none"} {
		_, state, err := b.send(http.MethodGet, "/v1/operations/"+key(1), "", nil)
		if err != nil || state["status"] != want {
			t.Errorf("state %v, %v; want %s", state, err, want)
		}
		if want == "running" {
			if err := release(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// The database itself refuses what would make the ledger wrong.
func TestLedgerIsGuarded(t *testing.T) {
	t.Parallel()
	pool := postgrestest.Bare(t)
	core, err := sandboxbank.New(t.Context(), sandboxbank.Config{Pool: pool, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	if err := core.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	const journal = `WITH j AS (INSERT INTO bank.journal (number, booked_at, kind, party) VALUES ('X1', now(), 'history', 'x') RETURNING id)
		INSERT INTO bank.posting (journal, account, amount_fen, balance_after_fen) SELECT j.id, p.account, p.amount, 0 FROM j, (VALUES `
	for name, c := range map[string]struct{ sql, want string }{
		"unbalanced":   {journal + `('C002-A1', -5), ('GL-OUTSIDE', 6)) p (account, amount)`, "does not balance"},
		"one posting":  {journal + `('C002-A1', -5)) p (account, amount)`, "does not balance"},
		"overdraft":    {journal + `('C011-A1', -99999999), ('GL-OUTSIDE', 99999999)) p (account, amount)`, "no_overdraft"},
		"edit":         {`UPDATE bank.posting SET amount_fen = amount_fen + 1 WHERE id = 1`, "never changed"},
		"delete":       {`DELETE FROM bank.journal WHERE id = 1`, "never changed"},
		"two for one":  {`INSERT INTO bank.journal (number, booked_at, kind, party) VALUES ('X1', now(), 'transfer', 'x')`, "journal_check"},
		"zero posting": {journal + `('C002-A1', 0), ('GL-OUTSIDE', 0)) p (account, amount)`, "amount_fen_check"},
	} {
		if _, err := pool.Exec(t.Context(), c.sql); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if audit, err := core.Audit(t.Context()); err != nil || !audit.Sound() {
		t.Errorf("audit %+v, %v", audit, err)
	}
	if _, err := sandboxbank.New(t.Context(), sandboxbank.Config{Pool: pool, Token: token}); err != nil {
		t.Errorf("a second start: %v", err)
	}
	if _, err := pool.Exec(t.Context(), `INSERT INTO bank.migration (version) VALUES (99)`); err != nil {
		t.Fatal(err)
	}
	if _, err := sandboxbank.New(t.Context(), sandboxbank.Config{Pool: pool, Token: token}); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("a newer database: %v", err)
	}
}

// Without Demo nothing of the demonstration is served.
func TestNoDemo(t *testing.T) {
	t.Parallel()
	core, err := sandboxbank.New(t.Context(), sandboxbank.Config{Pool: postgrestest.Bare(t), Token: token})
	if err != nil {
		t.Fatal(err)
	}
	b := &bank{t: t, core: core, url: serve(t, core)}
	for _, path := range []string{"/demo/events", "/demo/audit", "/demo/secrets"} {
		if status, _, err := b.send(http.MethodGet, path, "", nil); err != nil || status != http.StatusNotFound {
			t.Errorf("%s: %d, %v", path, status, err)
		}
	}
}
