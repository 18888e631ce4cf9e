package relay_test

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
	"go.uber.org/goleak"

	"github.com/pingdui/pingdui/media/relay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const deadline = 10 * time.Second

func udp(t *testing.T, addr string) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(addr)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// echo answers every datagram with the same.
func echo(t *testing.T, addr string) netip.AddrPort {
	t.Helper()
	conn := udp(t, addr)
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(buffer[:n], from)
		}
	}()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

func start(t *testing.T, config relay.Config) *relay.Server {
	t.Helper()
	config.Addr = "127.0.0.1:0"
	config.Secret = []byte("a secret of the tests, 32 bytes!")
	s, err := relay.New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func client(t *testing.T, s *relay.Server, username, password string) *turn.Client {
	t.Helper()
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	conn := udp(t, "127.0.0.1:0")
	c, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: s.Addr().String(), Conn: conn, Username: username, Password: password, Realm: "pingdui", LoggerFactory: quiet,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func allocate(t *testing.T, s *relay.Server, session, person string) (*turn.Client, net.PacketConn) {
	t.Helper()
	credentials, err := s.Credentials(session, person)
	if err != nil {
		t.Fatal(err)
	}
	c := client(t, s, credentials.Username, credentials.Password)
	conn, err := c.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return c, conn
}

func ask(t *testing.T, conn net.PacketConn, to net.Addr, word string) {
	t.Helper()
	if _, err := conn.WriteTo([]byte(word), to); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 100)
	if err := conn.SetReadDeadline(time.Now().Add(deadline)); err != nil {
		t.Fatal(err)
	}
	n, from, err := conn.ReadFrom(buffer)
	if err != nil || string(buffer[:n]) != word || from.String() != to.String() {
		t.Fatalf("heard %q from %v, %v", buffer[:n], from, err)
	}
}

func TestRelaysToMedia(t *testing.T) {
	t.Parallel()
	media := echo(t, "127.0.0.2:0")
	s := start(t, relay.Config{Peers: map[netip.AddrPort]netip.AddrPort{media: media}})
	_, conn := allocate(t, s, "session", "customer")
	ask(t, conn, net.UDPAddrFromAddrPort(media), "hello")
}

func TestRelaysToPublicAddressOfMedia(t *testing.T) {
	t.Parallel()
	media := echo(t, "127.0.0.2:0")
	public := netip.AddrPortFrom(netip.MustParseAddr("203.0.113.7"), media.Port())
	s := start(t, relay.Config{Peers: map[netip.AddrPort]netip.AddrPort{public: media}})
	_, conn := allocate(t, s, "session", "customer")
	ask(t, conn, net.UDPAddrFromAddrPort(public), "hello")
}

func TestRefusesEveryOtherPeer(t *testing.T) {
	t.Parallel()
	media := echo(t, "127.0.0.2:0")
	s := start(t, relay.Config{Peers: map[netip.AddrPort]netip.AddrPort{media: media}})
	c, conn := allocate(t, s, "session", "customer")
	peers := []string{
		"0.0.0.0", "0.0.0.1", "10.0.0.1", "10.255.255.254", "100.64.0.1", "127.0.0.1", "127.0.0.3", "127.255.255.254",
		"169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.254", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1",
		"192.168.255.254", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
		"255.255.255.255", "1.1.1.1", "8.8.8.8", "126.255.255.255", "128.0.0.1",
	}
	for _, ip := range peers {
		addr := net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(ip), media.Port()))
		if err := c.CreatePermission(addr); err == nil {
			t.Errorf("a permission for %s was given", ip)
		}
	}
	if refused := s.Counters().Refused; refused < uint64(len(peers)) {
		t.Errorf("%d of %d refusals were counted", refused, len(peers))
	}
	ask(t, conn, net.UDPAddrFromAddrPort(media), "still here")
}

func TestRefusesOtherPortsOfTheMediaAddress(t *testing.T) {
	t.Parallel()
	media := echo(t, "127.0.0.2:0")
	inner := udp(t, "127.0.0.2:0") // some service of the same machine
	s := start(t, relay.Config{Peers: map[netip.AddrPort]netip.AddrPort{media: media}})
	_, conn := allocate(t, s, "session", "customer")
	for range 3 {
		if _, err := conn.WriteTo([]byte("let me in"), inner.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	ask(t, conn, net.UDPAddrFromAddrPort(media), "in order")
	// What was relayed before has arrived: loopback keeps order.
	if err := inner.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, from, err := inner.ReadFrom(make([]byte, 100)); err == nil {
		t.Fatalf("%d bytes from %v reached a port that is not the media server's", n, from)
	}
	if s.Counters().Refused == 0 {
		t.Fatal("the refusal was not counted")
	}
	// And what comes from there does not reach the client.
	if _, err := inner.WriteTo([]byte("from inside"), conn.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	ask(t, conn, net.UDPAddrFromAddrPort(media), "only this")
}

func TestCredentialsEndWithTheSession(t *testing.T) {
	t.Parallel()
	media := echo(t, "127.0.0.2:0")
	s := start(t, relay.Config{
		Peers: map[netip.AddrPort]netip.AddrPort{media: media},
		Live:  func(session string) bool { return session == "open" },
	})
	allocate(t, s, "open", "customer")
	over, err := s.Credentials("over", "customer")
	if err != nil {
		t.Fatal(err)
	}
	for name, who := range map[string][2]string{
		"session over":   {over.Username, over.Password},
		"wrong password": {over.Username, "x"},
		"expired":        {"1000000000:open.customer", "x"},
		"no session":     {"9999999999:customer", "x"},
		"nothing":        {"", ""},
	} {
		if _, err := client(t, s, who[0], who[1]).Allocate(); err == nil {
			t.Errorf("%s: an allocation was given", name)
		}
	}
	for _, bad := range [][2]string{{"a:b", "p"}, {"a.b", "p"}, {"a", "p:q"}, {"", "p"}} {
		if _, err := s.Credentials(bad[0], bad[1]); err == nil {
			t.Errorf("credentials for %q were made", bad)
		}
	}
}

func TestQuota(t *testing.T) {
	t.Parallel()
	media := echo(t, "127.0.0.2:0")
	s := start(t, relay.Config{Peers: map[netip.AddrPort]netip.AddrPort{media: media}, PerUser: 2})
	allocate(t, s, "session", "customer")
	allocate(t, s, "session", "customer")
	credentials, err := s.Credentials("session", "customer")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client(t, s, credentials.Username, credentials.Password).Allocate(); err == nil {
		t.Fatal("a third allocation was given")
	}
	allocate(t, s, "session", "agent")
	if held := s.Counters().Allocations; held != 3 {
		t.Fatalf("%d allocations are counted", held)
	}
}

func TestRefusesTCPAllocations(t *testing.T) {
	t.Parallel()
	media := echo(t, "127.0.0.2:0")
	s := start(t, relay.Config{Peers: map[netip.AddrPort]netip.AddrPort{media: media}})
	credentials, err := s.Credentials("session", "customer")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client(t, s, credentials.Username, credentials.Password).AllocateTCP(); err == nil {
		t.Fatal("a TCP allocation was given")
	}
}

func TestBadConfig(t *testing.T) {
	t.Parallel()
	peers := map[netip.AddrPort]netip.AddrPort{netip.MustParseAddrPort("127.0.0.2:1"): netip.MustParseAddrPort("127.0.0.2:1")}
	for name, config := range map[string]relay.Config{
		"short secret": {Addr: "127.0.0.1:0", Secret: []byte("short"), Peers: peers},
		"no peers":     {Addr: "127.0.0.1:0", Secret: make([]byte, 32)},
		"bad address":  {Addr: "127.0.0.1", Secret: make([]byte, 32), Peers: peers},
	} {
		if s, err := relay.New(t.Context(), config); err == nil {
			t.Error(name, errors.Join(s.Close()))
		}
	}
}
