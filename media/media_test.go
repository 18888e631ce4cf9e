package media_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pingdui/pingdui/media"
)

// pump writes frames until the test ends its context: a live picture.
func pump(a *actor, first uint16, stop <-chan struct{}) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for n := first; ; n++ {
			a.frame(n, 1, 2000+uint32(n)*450, n%50 == 0)
			select {
			case <-ticker.C:
			case <-stop:
				return
			}
		}
	}()
	return done
}

func TestPictureBothWays(t *testing.T) {
	t.Parallel()
	s := newStage(t, media.Config{})
	both(t, s, actorConfig{})
}

func both(t *testing.T, s *stage, config actorConfig) {
	t.Helper()
	customer := s.enter(t, "r", "customer", config)
	agent := s.enter(t, "r", "agent", config)
	customer.publish(media.Screen)
	agent.publish(media.Cam)
	stop := make(chan struct{})
	first, second := pump(customer, 0, stop), pump(agent, 0, stop)
	for range 20 {
		if p := agent.hear(t.Context()); p.stream != "customer-screen" {
			t.Fatalf("the agent was sent %q", p.stream)
		}
		if p := customer.hear(t.Context()); p.stream != "agent-cam" {
			t.Fatalf("the customer was sent %q", p.stream)
		}
	}
	close(stop)
	<-first
	<-second
	traffic, err := s.server.Stats("r")
	if err != nil || len(traffic) != 2 || traffic[0].Packets < 20 || len(traffic[0].Receivers) != 1 || traffic[0].Receivers[0].Packets < 20 {
		t.Fatalf("traffic %+v, %v", traffic, err)
	}
}

func TestRelayOnly(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, media.Config{TurnAddr: "127.0.0.1:0"})
			both(t, s, actorConfig{relay: true, urls: func(urls []string) []string {
				var out []string
				for _, one := range urls {
					if strings.HasSuffix(one, transport) {
						out = append(out, one)
					}
				}
				return out
			}})
		})
	}
}

func TestKeyFrameAtOnceForLateJoiner(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]int{"all that followed": 40, "one picture": 400} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, media.Config{})
			customer := s.enter(t, "r", "customer", actorConfig{})
			customer.publish(media.Screen)
			customer.frame(65530, 10, 1000, true) // numbers wrap inside the key frame
			for i := range after {
				customer.frame(uint16(4+i), 1, uint32(2000+i), false)
			}
			for { // all of it has come
				if traffic, err := s.server.Stats("r"); err != nil || traffic[0].Packets == uint64(10+after) {
					break
				}
				runtime.Gosched()
			}
			agent := s.enter(t, "r", "agent", actorConfig{})
			want := uint16(65530)
			last := uint16(3)
			if after < 200 {
				last = uint16(3 + after)
			}
			for ; want != last+1; want++ { // the customer sends nothing more
				p := agent.hear(t.Context())
				if number(p.Packet) != want {
					t.Fatalf("got packet %d, want %d", number(p.Packet), want)
				}
			}
			// A new key frame goes on with the next number.
			customer.frame(uint16(4+after), 2, 900_000, true)
			for range 2 {
				if p := agent.hear(t.Context()); number(p.Packet) < uint16(4+after) {
					t.Fatalf("an old packet %d came again", number(p.Packet))
				}
			}
		})
	}
}

func TestClosedSourceIsNotForwarded(t *testing.T) {
	t.Parallel()
	s := newStage(t, media.Config{})
	customer := s.enter(t, "r", "customer", actorConfig{})
	agent := s.enter(t, "r", "agent", actorConfig{})
	customer.publish(media.Screen)
	customer.frame(1, 1, 1000, true)
	if p := agent.hear(t.Context()); number(p.Packet) != 1 {
		t.Fatalf("got %d", number(p.Packet))
	}
	if err := s.server.Allow("r", "customer", media.Screen, false); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		customer.frame(uint16(2+i), 1, uint32(2000+i), i%5 == 0)
	}
	for {
		if traffic, err := s.server.Stats("r"); err != nil || traffic[0].Dropped == 50 {
			break
		}
		runtime.Gosched()
	}
	if err := s.server.Allow("r", "customer", media.Screen, true); err != nil {
		t.Fatal(err)
	}
	customer.frame(52, 1, 9000, false) // not a key frame: nothing to see yet
	customer.frame(53, 1, 9100, true)
	before := uint16(0)
	p := agent.hear(t.Context())
	if number(p.Packet) != 53 {
		t.Fatalf("packet %d was sent, which nobody was to see", number(p.Packet))
	}
	before = p.SequenceNumber
	customer.frame(54, 1, 9200, false)
	if p = agent.hear(t.Context()); p.SequenceNumber != before+1 {
		t.Fatalf("the receiver's numbers jump from %d to %d", before, p.SequenceNumber)
	}
}

func TestComesBackWithNewConnection(t *testing.T) {
	t.Parallel()
	s := newStage(t, media.Config{})
	agent := s.enter(t, "r", "agent", actorConfig{})
	first := s.enter(t, "r", "customer", actorConfig{})
	first.publish(media.Screen)
	first.frame(1, 1, 1000, true)
	before := agent.hear(t.Context())
	second := s.enter(t, "r", "customer", actorConfig{})
	s.wait(t, "the word that the connection was replaced", func(e media.Event) bool { return e.Kind == media.Replaced && e.Epoch == 1 })
	first.close()
	second.publish(media.Screen)
	second.frame(9000, 1, 77, true)
	next := agent.hear(t.Context())
	if next.SequenceNumber != before.SequenceNumber+1 || next.SSRC != before.SSRC {
		t.Fatalf("the receiver saw %d of %d, then %d of %d", before.SequenceNumber, before.SSRC, next.SequenceNumber, next.SSRC)
	}
	if int32(next.Timestamp-before.Timestamp) <= 0 {
		t.Fatalf("the receiver's time went back")
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	s := newStage(t, media.Config{})
	agent := s.enter(t, "r", "agent", actorConfig{})
	customer := s.enter(t, "r", "customer", actorConfig{})
	customer.publish(media.Screen)
	customer.frame(1, 1, 1000, true)
	agent.hear(t.Context())
	ufrag := func(sdp string) string {
		_, rest, _ := strings.Cut(sdp, "a=ice-ufrag:")
		line, _, _ := strings.Cut(rest, "\r\n")
		return line
	}
	old := ufrag(customer.pc.CurrentRemoteDescription().SDP)
	if err := s.server.Restart("r", "customer"); err != nil {
		t.Fatal(err)
	}
	s.wait(t, "an offer with new credentials", func(e media.Event) bool {
		return e.Kind == media.Offered && e.Peer == "customer" && ufrag(e.Offer.SDP) != old
	})
	stop := make(chan struct{})
	done := pump(customer, 2, stop)
	for range 50 {
		agent.hear(t.Context())
	}
	close(stop)
	<-done
}

func TestFullRoomAndStaleCalls(t *testing.T) {
	t.Parallel()
	s := newStage(t, media.Config{})
	if err := s.server.Open("r"); err != nil {
		t.Fatal(err)
	}
	for i := range media.PeopleMax {
		if _, err := s.server.Join("r", fmt.Sprint("p", i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.server.Join("r", "one more"); err != media.ErrFull { //nolint:errorlint // exactly this one
		t.Fatalf("got %v", err)
	}
	if err := s.server.Answer("r", "p0", 7, 1, ""); err != media.ErrStale { //nolint:errorlint // exactly this one
		t.Fatalf("got %v", err)
	}
	if _, err := s.server.Join("nowhere", "p"); err != media.ErrNoRoom { //nolint:errorlint // exactly this one
		t.Fatalf("got %v", err)
	}
}

func TestChurnReturnsToBase(t *testing.T) { //nolint:paralleltest // counts the goroutines of the process
	s := newStage(t, media.Config{})
	base := 0
	for i := range 30 {
		name := fmt.Sprint("room", i)
		customer := s.enter(t, name, "customer", actorConfig{})
		agent := s.enter(t, name, "agent", actorConfig{})
		customer.publish(media.Screen)
		customer.frame(1, 1, 1000, true)
		agent.hear(t.Context())
		s.server.Shut(name)
		s.mu.Lock()
		delete(s.actors, name+"/customer")
		delete(s.actors, name+"/agent")
		s.mu.Unlock()
		customer.close()
		agent.close()
		if i == 4 {
			base = settled(base)
		}
	}
	if now := settled(base); now > base+5 {
		t.Fatalf("%d goroutines after 30 rooms, %d after 5", now, base)
	}
}

// settled waits for goroutines that are ending and counts the rest.
func settled(atMost int) int {
	timer := time.NewTimer(3 * time.Second)
	defer timer.Stop()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	low := runtime.NumGoroutine()
	for {
		select {
		case <-timer.C:
			return low
		case <-ticker.C:
			low = min(low, runtime.NumGoroutine())
			if low <= atMost {
				return low
			}
		}
	}
}
