package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/postgres"
)

// database is the program's pool and, where none was named, the private server
// behind it.
type database struct {
	pool    *pgxpool.Pool
	bankURL string // the sandbox bank's own database
	cluster *postgres.Cluster
}

const (
	mainDatabase = "pingdui"
	bankDatabase = "sandbox_bank"
)

func openDatabase(ctx context.Context, c config.Config, say func(string)) (*database, error) {
	d := &database{}
	url, owner := c.DatabaseURL, c.DatabaseOwnerURL
	if url == "" {
		server, err := postgres.FindServer(c.PostgresBin)
		if err != nil {
			return nil, err
		}
		say("启动自带数据库 / private PostgreSQL")
		d.cluster, err = postgres.StartCluster(ctx, postgres.ClusterConfig{Dir: filepath.Join(c.Data, "postgres"), Server: server, MaxConnections: 200})
		if err != nil {
			return nil, err
		}
		for _, name := range []string{mainDatabase, bankDatabase} {
			if err := postgres.CreateDatabase(ctx, d.cluster.URL("postgres", "postgres"), name); err != nil {
				return nil, d.fail(err)
			}
		}
		url = d.cluster.URL("postgres", mainDatabase)
		d.bankURL = d.cluster.URL("postgres", bankDatabase)
	} else {
		// The sandbox bank keeps to a schema of its own in the same database.
		d.bankURL = url
	}
	if owner == "" {
		owner = url
	}
	say("数据库结构 / migrations")
	if err := postgres.Migrate(ctx, owner); err != nil {
		return nil, d.fail(err)
	}
	pool, err := postgres.Open(ctx, url, int32(c.DatabaseConns)) //nolint:gosec // checked to be at most 1000
	if err != nil {
		return nil, d.fail(err)
	}
	d.pool = pool
	return d, nil
}

func (d *database) fail(err error) error {
	if d.cluster != nil {
		_ = d.cluster.Stop()
	}
	return fmt.Errorf("prepare the database: %w", err)
}

func (d *database) close() error {
	if d.pool != nil {
		d.pool.Close()
	}
	if d.cluster != nil {
		return d.cluster.Stop()
	}
	return nil
}
