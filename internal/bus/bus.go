// Package bus carries hints between nodes over NATS: an in-process server that
// meets those of other nodes, or the operator's own. Nothing that must not be
// lost goes over it: the database holds the truth, a lost hint costs a poll.
package bus

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Config says which NATS to use.
type Config struct {
	URL         string   // the operator's own; empty runs one in process
	Name        string   // of this node
	ClusterAddr string   // host:port of the inner server; port 0 picks one
	Secret      string   // what the nodes' servers authenticate each other with
	Routes      []string // cluster addresses of the other nodes
}

// Bus is one node's connection.
type Bus struct {
	server *server.Server
	conn   *nats.Conn
	opts   *server.Options
	secret string
	known  map[string]bool
}

const readyDeadline = 10 * time.Second

// Open connects, starting the inner server first where no URL is given.
func Open(config Config) (*Bus, error) {
	b := &Bus{secret: config.Secret, known: map[string]bool{}}
	options := []nats.Option{nats.Name(config.Name), nats.MaxReconnects(-1), nats.ReconnectWait(200 * time.Millisecond)}
	address := config.URL
	if address == "" {
		host, port, err := splitAddr(config.ClusterAddr)
		if err != nil {
			return nil, err
		}
		b.opts = &server.Options{
			ServerName: config.Name, DontListen: false, Host: "127.0.0.1", Port: server.RANDOM_PORT,
			NoLog: true, NoSigs: true, MaxPayload: 1 << 20, MaxPending: 64 << 20,
			Cluster:  server.ClusterOpts{Name: "pingdui", Host: host, Port: port, Username: "node", Password: config.Secret, NoAdvertise: true},
			Username: "node", Password: config.Secret,
		}
		if b.opts.Cluster.Port == 0 {
			b.opts.Cluster.Port = server.RANDOM_PORT
		}
		for _, route := range config.Routes {
			b.opts.Routes = append(b.opts.Routes, b.route(route))
			b.known[route] = true
		}
		if b.server, err = server.NewServer(b.opts); err != nil {
			return nil, fmt.Errorf("make the inner bus: %w", err)
		}
		b.server.Start()
		if !b.server.ReadyForConnections(readyDeadline) {
			b.server.Shutdown()
			return nil, fmt.Errorf("the inner bus did not start on %s within %s: is the address taken?", config.ClusterAddr, readyDeadline)
		}
		options = append(options, nats.InProcessServer(b.server), nats.UserInfo("node", config.Secret))
		address = b.server.ClientURL()
	}
	conn, err := nats.Connect(address, options...)
	if err != nil {
		b.Close()
		return nil, fmt.Errorf("connect to the bus (nats_url): %w", err)
	}
	b.conn = conn
	return b, nil
}

func splitAddr(addr string) (string, int, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, fmt.Errorf("cluster_addr %q is not host:port: %w", addr, err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return "", 0, fmt.Errorf("cluster_addr %q has no port number: %w", addr, err)
	}
	return host, number, nil
}

func (b *Bus) route(addr string) *url.URL {
	return &url.URL{Scheme: "nats-route", User: url.UserPassword("node", b.secret), Host: addr}
}

// ClusterAddr is where other nodes reach the inner server; empty without one.
func (b *Bus) ClusterAddr() string {
	if b.server == nil {
		return ""
	}
	if addr := b.server.ClusterAddr(); addr != nil {
		return addr.String()
	}
	return ""
}

// Join adds routes to nodes that were not known at the start. It is called from
// one goroutine.
func (b *Bus) Join(addrs []string) error {
	if b.server == nil {
		return nil
	}
	fresh := false
	for _, addr := range addrs {
		if addr == "" || addr == b.ClusterAddr() || b.known[addr] {
			continue
		}
		b.known[addr] = true
		fresh = true
	}
	if !fresh {
		return nil
	}
	options := b.opts.Clone()
	options.Routes = nil
	for addr := range b.known {
		options.Routes = append(options.Routes, b.route(addr))
	}
	if err := b.server.ReloadOptions(options); err != nil {
		return fmt.Errorf("add routes to the bus: %w", err)
	}
	b.opts = options
	return nil
}

// Publish sends a hint to every node, this one included. Errors are not
// reported: a hint may be lost.
func (b *Bus) Publish(subject string, body []byte) { _ = b.conn.Publish(subject, body) }

// Hint is one message of the bus.
type Hint = nats.Msg

// Subscribe delivers every message of a subject (wildcards as in NATS) into ch;
// a full channel drops. The returned function ends it.
func (b *Bus) Subscribe(subject string, ch chan *Hint) (func(), error) {
	sub, err := b.conn.ChanSubscribe(subject, ch)
	if err != nil {
		return nil, fmt.Errorf("subscribe to %s: %w", subject, err)
	}
	return func() { _ = sub.Unsubscribe() }, nil
}

// Connected says whether hints travel now.
func (b *Bus) Connected() bool { return b.conn.IsConnected() }

// Flush waits until what was published has left.
func (b *Bus) Flush() error {
	if err := b.conn.FlushTimeout(readyDeadline); err != nil {
		return fmt.Errorf("flush the bus: %w", err)
	}
	return nil
}

// Close ends the connection and the inner server.
func (b *Bus) Close() {
	if b.conn != nil {
		b.conn.Close()
	}
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
}
