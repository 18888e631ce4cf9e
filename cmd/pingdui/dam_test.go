package main

import (
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// dam stands between the program and its database, and can be shut.
type dam struct {
	listener net.Listener
	real     string
	mu       sync.Mutex
	shut     bool
	conns    []net.Conn
}

// newDam gives a database URL that leads through the dam.
func newDam(t *testing.T, database string) (*dam, string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	g := &dam{real: filepath.Join(query.Get("host"), ".s.PGSQL.5432")}
	dir, err := os.MkdirTemp("", "dam") //nolint:usetesting // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if g.listener, err = (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(dir, ".s.PGSQL.5432")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.close(true) })
	go g.serve(t.Context())
	query.Set("host", dir)
	u.RawQuery = query.Encode()
	return g, u.String()
}

func (g *dam) serve(ctx context.Context) {
	for {
		in, err := g.listener.Accept()
		if err != nil {
			return
		}
		out, err := (&net.Dialer{}).DialContext(ctx, "unix", g.real)
		g.mu.Lock()
		if err != nil || g.shut {
			g.mu.Unlock()
			_ = in.Close()
			continue
		}
		g.conns = append(g.conns, in, out)
		g.mu.Unlock()
		go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
		go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
	}
}

// close cuts every connection and lets no new one through.
func (g *dam) close(forGood bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = true
	for _, c := range g.conns {
		_ = c.Close()
	}
	if forGood {
		_ = g.listener.Close()
	}
}

func (g *dam) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = false
}
