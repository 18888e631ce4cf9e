package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
)

func TestRowsOfOthersAreNotSeen(t *testing.T) {
	t.Parallel()
	pool := postgrestest.New(t)
	key := make([]byte, 60)
	add := func(scope postgres.Scope, subject string) error {
		return postgres.InTx(t.Context(), pool, scope, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), "INSERT INTO subject (id, data_key, created_at) VALUES ($1, $2, now())", subject, key)
			return err
		})
	}
	if err := add(postgres.AsSubject("c:C001"), "c:C001"); err != nil {
		t.Fatal(err)
	}
	if err := add(postgres.AsSubject("c:C001"), "c:C002"); err == nil {
		t.Fatal("a row of another customer was written")
	}
	if err := add(postgres.AsEngine(), "c:C002"); err != nil {
		t.Fatal(err)
	}
	count := func(scope postgres.Scope) (n int) {
		err := postgres.InTx(t.Context(), pool, scope, func(tx pgx.Tx) error {
			return tx.QueryRow(t.Context(), "SELECT count(*) FROM subject").Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if got := count(postgres.AsSubject("c:C001")); got != 1 {
		t.Errorf("customer sees %d rows, want 1", got)
	}
	if got := count(postgres.AsEngine()); got != 2 {
		t.Errorf("engine sees %d rows, want 2", got)
	}
	var unscoped int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM subject").Scan(&unscoped); err != nil {
		t.Fatal(err)
	}
	if unscoped != 0 {
		t.Errorf("without a scope %d rows are seen, want 0", unscoped)
	}
}

func TestAuditIsInsertOnly(t *testing.T) {
	t.Parallel()
	pool := postgrestest.New(t)
	if _, err := pool.Exec(t.Context(), "INSERT INTO audit (at, actor, action, object) VALUES (now(), 'E01', 'publish', 'r1')"); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"UPDATE audit SET actor = 'x'", "DELETE FROM audit"} {
		if _, err := pool.Exec(t.Context(), statement); err == nil {
			t.Errorf("%s was allowed", statement)
		}
	}
}

func TestVectorsAreThere(t *testing.T) {
	t.Parallel()
	pool := postgrestest.New(t)
	var distance float64
	if err := pool.QueryRow(t.Context(), "SELECT '[1,0]'::vector <=> '[0,1]'::vector").Scan(&distance); err != nil {
		t.Fatal(err)
	}
	if distance != 1 {
		t.Errorf("cosine distance %v, want 1", distance)
	}
}
