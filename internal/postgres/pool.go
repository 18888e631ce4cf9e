package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxvector "github.com/pgvector/pgvector-go/pgx"
)

// AppRole is the role the program works as; it owns nothing.
const AppRole = "pingdui_app"

// Open makes the program's pool. The role of the URL may be the owner: each
// connection then gives its rights up for AppRole.
func Open(ctx context.Context, url string, maxConns int32) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database URL can't be read: %w", err)
	}
	if maxConns > 0 {
		config.MaxConns = maxConns
	}
	config.ConnConfig.RuntimeParams["application_name"] = "pingdui"
	config.ConnConfig.RuntimeParams["search_path"] = "pingdui, public"
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SET ROLE "+AppRole); err != nil {
			return fmt.Errorf("work as %s: %w", AppRole, err)
		}
		if err := pgxvector.RegisterTypes(ctx, conn); err != nil {
			return fmt.Errorf("register pgvector's types: %w", err)
		}
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the database pool: %w", err)
	}
	return pool, nil
}

// CreateDatabase makes a database if it isn't there. The URL names a role that
// may create databases, on any database of the server.
func CreateDatabase(ctx context.Context, url, name string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to create database %s: %w", name, err)
	}
	defer conn.Close(ctx) //nolint:errcheck // the work is done
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && pgErr.Code == "42P04" { // duplicate_database
		return nil
	}
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// Scope is on whose behalf a statement runs; row-level security reads it.
type Scope struct {
	subject string
	engine  bool
}

// AsSubject limits a batch to one customer's rows.
func AsSubject(subject string) Scope { return Scope{subject: subject} }

// AsEngine lets a batch see every row: sweeps, the desk, the console.
func AsEngine() Scope { return Scope{engine: true} }

// Queue puts the scope at the head of a batch. A pgx batch is one implicit
// transaction, so the setting ends with it and costs no round trip.
func (s Scope) Queue(batch *pgx.Batch) {
	scope := "subject"
	if s.engine {
		scope = "engine"
	}
	batch.Queue("SELECT set_config('pingdui.subject', $1, true), set_config('pingdui.scope', $2, true)", s.subject, scope)
}

// Set gives the scope to an open transaction.
func (s Scope) Set(ctx context.Context, tx pgx.Tx) error {
	scope := "subject"
	if s.engine {
		scope = "engine"
	}
	if _, err := tx.Exec(ctx, "SELECT set_config('pingdui.subject', $1, true), set_config('pingdui.scope', $2, true)", s.subject, scope); err != nil {
		return fmt.Errorf("set the scope: %w", err)
	}
	return nil
}

// InTx runs f in one transaction with the scope set; f's error rolls it back.
func InTx(ctx context.Context, pool *pgxpool.Pool, scope Scope, f func(pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if err := scope.Set(ctx, tx); err != nil {
			return err
		}
		return f(tx)
	})
	if err != nil {
		return fmt.Errorf("transaction: %w", err)
	}
	return nil
}
