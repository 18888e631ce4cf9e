package media_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/pion/logging"
	"github.com/pion/transport/v4/vnet"

	"github.com/pingdui/pingdui/media"
)

// TestLostPacketsComeAgain loses a twelfth of all media packets on both legs,
// by a seeded draw, and wants every packet at the other end.
func TestLostPacketsComeAgain(t *testing.T) {
	t.Parallel()
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	router, err := vnet.NewRouter(&vnet.RouterConfig{CIDR: "10.0.0.0/24", LoggerFactory: quiet})
	if err != nil {
		t.Fatal(err)
	}
	host := func(ip string) *vnet.Net {
		n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{ip}})
		if err != nil {
			t.Fatal(err)
		}
		if err := router.AddNet(n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	server, one, two := host("10.0.0.1"), host("10.0.0.2"), host("10.0.0.3")
	var mu sync.Mutex
	draw := rand.New(rand.NewPCG(7, 11)) //nolint:gosec // a repeatable draw
	lost, sent := 0, 0
	router.AddChunkFilter(func(c vnet.Chunk) bool {
		body := c.UserData()
		if len(body) < 12 || body[0]>>6 != 2 || body[1]&0x7f != 96 {
			return true // not media
		}
		mu.Lock()
		defer mu.Unlock()
		sent++
		if draw.IntN(12) == 0 {
			lost++
			return false
		}
		return true
	})
	if err := router.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = router.Stop() })
	s := newStage(t, media.Config{UDPAddr: "10.0.0.1:5000", Net: server})
	customer := s.enter(t, "r", "customer", actorConfig{net: one})
	agent := s.enter(t, "r", "agent", actorConfig{net: two})
	customer.publish(media.Screen)
	stop := make(chan struct{})
	done := pump(customer, 0, stop)
	defer func() { <-done }()
	defer sync.OnceFunc(func() { close(stop) })()
	const wanted = 400
	begun := false
	first := uint16(0)
	got := map[uint16]bool{}
	for len(got) < wanted {
		p := agent.hear(t.Context())
		n := number(p.Packet)
		if !begun {
			// A late joiner may see one picture and then wait for the next key frame,
			// of which there is one in fifty packets: counted is what comes after that.
			first, begun = (n/50+2)*50, true
		}
		if n-first < wanted {
			got[n] = true
		} else if n > first+3*wanted {
			var missing []uint16
			for i := range uint16(wanted) {
				if !got[first+i] {
					missing = append(missing, i)
				}
			}
			traffic, err := s.server.Stats("r")
			t.Fatalf("of %d packets %v never came; traffic %+v, %v", wanted, missing, traffic, err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	traffic, err := s.server.Stats("r")
	if err != nil || traffic[0].Receivers[0].Again == 0 || lost == 0 {
		t.Fatalf("nothing was lost (%d) or sent again: %+v, %v", lost, traffic, err)
	}
	t.Logf("%d of %d media packets lost on both legs, %d sent again by the server, all %d of the stretch came", lost, sent, traffic[0].Receivers[0].Again, wanted)
}
