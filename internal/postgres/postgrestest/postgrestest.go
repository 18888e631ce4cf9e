// Package postgrestest gives each test a database of its own on a real
// PostgreSQL: one private cluster a test process, one database a test, copied
// from a migrated template.
package postgrestest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/internal/postgres"
)

const template = "pingdui_template"

type shared struct {
	once    sync.Once
	cluster *postgres.Cluster
	err     error
	serial  atomic.Int64
	making  sync.Mutex // CREATE DATABASE … TEMPLATE refuses two at a time
}

//nolint:gochecknoglobals // one cluster a test process, whatever the number of tests
var server shared

// New returns the program's pool on a fresh, migrated database. It works as the
// role that owns nothing, as the program does.
func New(tb testing.TB) *pgxpool.Pool {
	tb.Helper()
	pool, err := postgres.Open(tb.Context(), URL(tb), 8)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return pool
}

// URL returns the owner's connection string of a fresh, migrated database.
func URL(tb testing.TB) string {
	tb.Helper()
	return create(tb, template)
}

// Bare returns the owner's pool on an empty database without our schema.
func Bare(tb testing.TB) *pgxpool.Pool {
	tb.Helper()
	pool, err := pgxpool.New(tb.Context(), create(tb, "template1"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return pool
}

// BareURL returns the owner's connection string of an empty database.
func BareURL(tb testing.TB) string {
	tb.Helper()
	return create(tb, "template1")
}

// Copy returns the owner's connection string of a new database that holds what
// another one holds; nobody may be connected to that one.
func Copy(tb testing.TB, url string) string {
	tb.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		tb.Fatal(err)
	}
	return create(tb, config.Database)
}

func create(tb testing.TB, from string) string {
	tb.Helper()
	server.once.Do(func() { server.err = start() })
	if server.err != nil {
		tb.Fatal(server.err)
	}
	name := fmt.Sprintf("t%d", server.serial.Add(1))
	server.making.Lock()
	defer server.making.Unlock()
	admin, err := pgx.Connect(tb.Context(), server.cluster.URL("postgres", "postgres"))
	if err != nil {
		tb.Fatal(err)
	}
	defer admin.Close(tb.Context()) //nolint:errcheck // the work is done
	if _, err := admin.Exec(tb.Context(), "CREATE DATABASE "+name+" TEMPLATE "+from); err != nil {
		tb.Fatal(err)
	}
	if from != "template1" {
		if _, err := admin.Exec(tb.Context(), "ALTER DATABASE "+name+" SET search_path = pingdui, public"); err != nil {
			tb.Fatal(err)
		}
	}
	return server.cluster.URL("postgres", name)
}

// start runs the process's cluster. It ends with the process (parent-death
// signal); folders of processes that have gone are removed by the next one.
func start() error {
	sweep()
	found, err := postgres.FindServer(os.Getenv("PINGDUI_POSTGRES_BIN")) //nolint:forbidigo // tests have no config file
	if err != nil {
		return err
	}
	ctx := context.Background()
	dir := filepath.Join(os.TempDir(), "pingdui-test-"+strconv.Itoa(os.Getpid()))
	server.cluster, err = postgres.StartCluster(ctx, postgres.ClusterConfig{Dir: dir, Server: found, Unsafe: true, MaxConnections: 400})
	if err != nil {
		return err
	}
	if err := postgres.CreateDatabase(ctx, server.cluster.URL("postgres", "postgres"), template); err != nil {
		return err
	}
	return postgres.Migrate(ctx, server.cluster.URL("postgres", template))
}

func sweep() {
	old, _ := filepath.Glob(filepath.Join(os.TempDir(), "pingdui-test-*"))
	for _, dir := range old {
		_, number, _ := strings.Cut(filepath.Base(dir), "pingdui-test-")
		pid, err := strconv.Atoi(number)
		if err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			_ = os.RemoveAll(dir)
		}
	}
}
