package sandboxbank

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"sort"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema "bank" to this program's version, each file once
// and all of them in one transaction. A database that is newer than the program
// is refused: guessing what a later version meant would risk the ledger.
func migrate(ctx context.Context, pool *pgxpool.Pool) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return fmt.Errorf("list the bank's migrations: %w", err)
	}
	sort.Strings(names)
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(7305001)`); err != nil {
			return fmt.Errorf("wait for another migration: %w", err)
		}
		if _, err := tx.Exec(ctx, `CREATE SCHEMA IF NOT EXISTS bank`); err != nil {
			return fmt.Errorf("create the schema: %w", err)
		}
		if _, err := tx.Exec(ctx, `CREATE TABLE IF NOT EXISTS bank.migration (version int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())`); err != nil {
			return fmt.Errorf("create the table of versions: %w", err)
		}
		var have int
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM bank.migration`).Scan(&have); err != nil {
			return fmt.Errorf("read the version: %w", err)
		}
		if have > len(names) {
			return fmt.Errorf("the bank's database is at version %d, this program knows %d: start the newer program", have, len(names))
		}
		for i, name := range names[have:] {
			text, err := migrations.ReadFile(name)
			if err != nil {
				return fmt.Errorf("read %s: %w", name, err)
			}
			if _, err := tx.Exec(ctx, string(text)); err != nil {
				return fmt.Errorf("run %s: %w", name, err)
			}
			if _, err := tx.Exec(ctx, `INSERT INTO bank.migration (version) VALUES ($1)`, have+i+1); err != nil {
				return fmt.Errorf("record %s: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("migrate the sandbox bank: %w", err)
	}
	return nil
}
