package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
)

// Config says what the TURN server listens on and what it may reach.
type Config struct {
	// Addr is host:port for UDP and TCP alike; port 0 picks one.
	Addr string
	// PublicIP is the address clients reach the server at; empty means the one
	// it is bound to.
	PublicIP string
	// Peers are the addresses of the media server: advertised address → the
	// address to send to. Nothing else can be reached.
	Peers map[netip.AddrPort]netip.AddrPort
	// Secret signs credentials; shared by all nodes.
	Secret []byte
	// Live says whether a session may use the relay now; nil means every one.
	Live func(session string) bool
	// PerUser bounds the allocations one person holds at a time; 0 means 12:
	// two transports, some interfaces, and the ones an ICE restart leaves behind.
	PerUser int
	// Total bounds all allocations; 0 means 4096.
	Total int
	// Life is how long credentials are good; 0 means two hours.
	Life time.Duration
	// Logger gets refusals; nil is silent.
	Logger *slog.Logger
}

const (
	realm          = "pingdui"
	defaultPerUser = 12
	defaultTotal   = 4096
	defaultLife    = 2 * time.Hour
)

// Server is a running TURN server.
type Server struct {
	config Config
	turn   *turn.Server
	addr   netip.AddrPort
	allow  *allowlist

	mu    sync.Mutex
	held  map[string]int
	total int
}

// Counters are what the relay has carried and refused since its start.
type Counters struct {
	Allocations int    // held now
	Refused     uint64 // permissions and datagrams that named another peer
}

// New starts the server.
func New(ctx context.Context, config Config) (*Server, error) {
	if len(config.Secret) < 16 {
		return nil, errors.New("turn: the secret must have at least 16 bytes")
	}
	if len(config.Peers) == 0 {
		return nil, errors.New("turn: no media address is given, so nothing could be relayed")
	}
	if config.PerUser == 0 {
		config.PerUser = defaultPerUser
	}
	if config.Total == 0 {
		config.Total = defaultTotal
	}
	if config.Life == 0 {
		config.Life = defaultLife
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{config: config, allow: newAllowlist(config.Peers), held: map[string]int{}}
	packets, listener, err := listen(ctx, config.Addr)
	if err != nil {
		return nil, err
	}
	bound := listener.Addr().(*net.TCPAddr).AddrPort()
	s.addr = netip.AddrPortFrom(bound.Addr().Unmap(), bound.Port())
	generator := &sockets{allow: s.allow}
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	s.turn, err = turn.NewServer(turn.ServerConfig{
		Realm:             realm,
		LoggerFactory:     quiet,
		AuthHandler:       s.authenticate(quiet),
		QuotaHandler:      s.quota,
		EventHandler:      turn.EventHandler{OnAllocationCreated: s.created, OnAllocationDeleted: s.deleted},
		PacketConnConfigs: []turn.PacketConnConfig{{PacketConn: packets, RelayAddressGenerator: generator, PermissionHandler: s.permit}},
		ListenerConfigs:   []turn.ListenerConfig{{Listener: listener, RelayAddressGenerator: generator, PermissionHandler: s.permit}},
	})
	if err != nil {
		_ = packets.Close()
		_ = listener.Close()
		return nil, fmt.Errorf("start the turn server: %w", err)
	}
	return s, nil
}

// listen takes one port for UDP and TCP, so that one address names both.
func listen(ctx context.Context, addr string) (net.PacketConn, net.Listener, error) {
	var config net.ListenConfig
	var last error
	for range 10 { // with port 0 the TCP port may be taken for UDP
		listener, err := config.Listen(ctx, "tcp", addr)
		if err != nil {
			return nil, nil, fmt.Errorf("listen for turn on %s: %w", addr, err)
		}
		packets, err := config.ListenPacket(ctx, "udp", listener.Addr().String())
		if err == nil {
			return packets, listener, nil
		}
		last = err
		_ = listener.Close()
		if !strings.HasSuffix(addr, ":0") {
			break
		}
	}
	return nil, nil, fmt.Errorf("listen for turn on %s: %w", addr, last)
}

// Addr is where the server listens, for UDP and TCP.
func (s *Server) Addr() netip.AddrPort { return s.addr }

// Credentials are what a person needs to use the relay.
type Credentials struct {
	URLs     []string // turn:… over UDP, then over TCP
	Username string
	Password string
}

// Credentials makes the credentials of one person in one session. Neither id
// may contain a colon; the session may not contain a dot.
func (s *Server) Credentials(session, person string) (Credentials, error) {
	if strings.ContainsAny(session, ":.") || strings.Contains(person, ":") || session == "" {
		return Credentials{}, fmt.Errorf("turn: %q and %q don't make a user name", session, person)
	}
	name, password, err := turn.GenerateLongTermTURNRESTCredentials(string(s.config.Secret), session+"."+person, s.config.Life)
	if err != nil {
		return Credentials{}, fmt.Errorf("make turn credentials: %w", err)
	}
	host := s.addr
	if s.config.PublicIP != "" {
		public, err := netip.ParseAddr(s.config.PublicIP)
		if err != nil {
			return Credentials{}, fmt.Errorf("public_ip: %w", err)
		}
		host = netip.AddrPortFrom(public, s.addr.Port())
	}
	return Credentials{
		URLs:     []string{"turn:" + host.String() + "?transport=udp", "turn:" + host.String() + "?transport=tcp"},
		Username: name, Password: password,
	}, nil
}

// Counters reads the counters.
func (s *Server) Counters() Counters {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Counters{Allocations: s.total, Refused: s.allow.refused.Load()}
}

// Close ends every allocation and the listeners.
func (s *Server) Close() error {
	if err := s.turn.Close(); err != nil {
		return fmt.Errorf("close the turn server: %w", err)
	}
	return nil
}

func (s *Server) authenticate(factory logging.LoggerFactory) turn.AuthHandler {
	check := turn.LongTermTURNRESTAuthHandler(string(s.config.Secret), factory.NewLogger("turn"))
	return func(request *turn.RequestAttributes) (string, []byte, bool) {
		user, key, ok := check(request)
		if !ok {
			return "", nil, false
		}
		session, _, found := strings.Cut(user, ".")
		if !found || (s.config.Live != nil && !s.config.Live(session)) {
			return "", nil, false
		}
		return user, key, true
	}
}

func (s *Server) quota(user, _ string, _ net.Addr) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total < s.config.Total && s.held[user] < s.config.PerUser
}

func (s *Server) created(_, _ net.Addr, _, user, _ string, _ net.Addr, _ int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[user]++
	s.total++
}

func (s *Server) deleted(_, _ net.Addr, _, user, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.held[user]--; s.held[user] <= 0 {
		delete(s.held, user)
	}
}

func (s *Server) permit(client net.Addr, peer net.IP) bool {
	addr, ok := netip.AddrFromSlice(peer)
	if ok && s.allow.hasIP(addr.Unmap()) {
		return true
	}
	s.allow.refused.Add(1)
	s.config.Logger.Warn("turn: a peer outside the media server was asked for", "client", client.String(), "peer", peer.String())
	return false
}

// allowlist is what may be reached: advertised address → the address to send to.
type allowlist struct {
	out     map[netip.AddrPort]netip.AddrPort
	back    map[netip.AddrPort]netip.AddrPort
	ips     map[netip.Addr]bool
	refused atomic.Uint64
}

func newAllowlist(peers map[netip.AddrPort]netip.AddrPort) *allowlist {
	a := &allowlist{out: map[netip.AddrPort]netip.AddrPort{}, back: map[netip.AddrPort]netip.AddrPort{}, ips: map[netip.Addr]bool{}}
	for advertised, target := range peers {
		advertised, target = plain(advertised), plain(target)
		a.out[advertised] = target
		a.back[target] = advertised
		a.ips[advertised.Addr()] = true
	}
	return a
}

func plain(addr netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(addr.Addr().Unmap().WithZone(""), addr.Port())
}

func (a *allowlist) hasIP(addr netip.Addr) bool { return a.ips[addr] }
