package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewer is returned when the database was migrated by a newer program.
var ErrNewer = errors.New("the database was set up by a newer pingdui: start that version, or restore the backup made before it")

// Migrate brings the schema up to date as the owner and gives the program's
// role its rights. Several nodes may call it at once: one works, the rest wait.
func Migrate(ctx context.Context, ownerURL string) error {
	config, err := pgx.ParseConfig(ownerURL)
	if err != nil {
		return fmt.Errorf("the owner's database URL can't be read: %w", err)
	}
	config.RuntimeParams["search_path"] = "pingdui, public"
	db := stdlib.OpenDB(*config)
	defer db.Close() //nolint:errcheck // nothing is pending
	if err := bootstrap(ctx, db); err != nil {
		return err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("embedded migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	sources := provider.ListSources()
	if len(sources) > 0 && version > sources[len(sources)-1].Version {
		return fmt.Errorf("%w (database %d, program %d)", ErrNewer, version, sources[len(sources)-1].Version)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// bootstrap makes the extension, the schema and the role. A race of two nodes
// on an empty database ends with one of them finding what the other made.
func bootstrap(ctx context.Context, db *sql.DB) error {
	const text = `
DO $$ BEGIN
  PERFORM pg_advisory_xact_lock(7464383);
  CREATE EXTENSION IF NOT EXISTS vector;
  CREATE SCHEMA IF NOT EXISTS pingdui;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pingdui_app') THEN
    CREATE ROLE pingdui_app NOLOGIN;
  END IF;
  EXECUTE format('GRANT pingdui_app TO %I', current_user);
  GRANT USAGE ON SCHEMA pingdui TO pingdui_app;
  ALTER DEFAULT PRIVILEGES IN SCHEMA pingdui GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO pingdui_app;
  ALTER DEFAULT PRIVILEGES IN SCHEMA pingdui GRANT USAGE ON SEQUENCES TO pingdui_app;
  EXECUTE format('ALTER DATABASE %I SET search_path = pingdui, public', current_database());
END $$`
	if _, err := db.ExecContext(ctx, text); err != nil {
		return fmt.Errorf("prepare the database (extension vector, schema and role pingdui): %w", err)
	}
	return nil
}
