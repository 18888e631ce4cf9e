package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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
		dir := filepath.Join(c.Data, "postgres")
		d.cluster, err = postgres.StartCluster(ctx, postgres.ClusterConfig{Dir: dir, Server: server, MaxConnections: 200})
		if err != nil {
			return nil, clusterFault(dir, err)
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

// clusterFault adds the server's own last words and what to do about them.
func clusterFault(dir string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	words := lastWords(filepath.Join(dir, "postgres.log"))
	if words == "" {
		return fmt.Errorf("the private database in %s did not start: see that this user may write the folder, or name another with --data (%w)", dir, err)
	}
	// The log's words are the cause: what the driver said of the missing socket is not.
	return fmt.Errorf("the private database in %s did not start, its log says: %s. Restore %s from a backup (docs/operation.md), or begin with an empty folder: --data NEWDIR",
		dir, words, filepath.Join(dir, "pgdata"))
}

// logTail is how much of the end of a log is looked at.
const logTail = 16 << 10

// lastWords are the last complaint in a server's log and its hint; empty when
// there is none.
func lastWords(path string) string {
	raw, err := os.ReadFile(path) //nolint:gosec // a fixed name in the configured folder
	if err != nil {
		return ""
	}
	complaint, hint := "", ""
	for line := range strings.Lines(string(raw[max(0, len(raw)-logTail):])) {
		for _, level := range []string{"FATAL:", "PANIC:", "could not", "cannot"} {
			if _, text, ok := strings.Cut(line, level); ok {
				complaint, hint = strings.TrimSpace(strings.TrimSuffix(level, ":")+text), ""
				if strings.HasSuffix(level, ":") {
					complaint = strings.TrimSpace(text)
				}
				break
			}
		}
		if _, text, ok := strings.Cut(line, "HINT:"); ok {
			hint = " (" + strings.TrimSpace(text) + ")"
		}
	}
	return strings.TrimSuffix(complaint, ".") + hint
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
