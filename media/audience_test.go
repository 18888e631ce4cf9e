package media_test

import (
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/pingdui/pingdui/media"
)

// TestAWhisperReachesItsAudienceAlone puts three people in a room: what the third
// one sends is for the second alone, then for everybody, then for nobody. Packets
// carry numbers, so that one too many is seen wherever it comes.
func TestAWhisperReachesItsAudienceAlone(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var taped []uint16
	s := newStage(t, media.Config{Tap: func(p media.Tapped) {
		if p.Packet != nil && p.Peer == "supervisor" {
			mu.Lock()
			defer mu.Unlock()
			taped = append(taped, number(p.Packet))
		}
	}})
	customer := s.enter(t, "r", "customer", actorConfig{})
	agent := s.enter(t, "r", "agent", actorConfig{})
	customer.publish(media.Screen)
	if err := s.server.Audience("r", "supervisor", "agent"); err != nil {
		t.Fatal(err)
	}
	supervisor := s.enter(t, "r", "supervisor", actorConfig{})
	supervisor.publish(media.Doc)
	customer.frame(1, 1, 1000, true)
	for _, a := range []*actor{supervisor, agent} { // who whispers hears and sees all
		if p := a.hear(t.Context()); p.stream != "customer-screen" {
			t.Fatalf("%s got %s", a.name, p.stream)
		}
	}
	n := uint16(100)
	for ; len(agent.heard) == 0; n++ { // until the line is up
		supervisor.frame(n, 1, 1000+uint32(n), true)
		runtime.Gosched()
	}
	for last := n + 20; n < last; n++ {
		supervisor.frame(n, 1, 1000+uint32(n), true)
	}
	for {
		p := agent.hear(t.Context())
		if p.stream != "supervisor-doc" {
			t.Fatalf("the agent got %s instead of a whisper", p.stream)
		}
		if number(p.Packet) == n-1 {
			break
		}
	}
	// Spoken to everybody: the customer's first packet is one that was meant for them.
	if err := s.server.Everybody("r", "supervisor"); err != nil {
		t.Fatal(err)
	}
	for i := uint16(20000); ; i++ {
		supervisor.frame(i, 1, 9000+uint32(i), true)
		if agent.hear(t.Context()).stream != "supervisor-doc" {
			t.Fatal("the agent lost the supervisor")
		}
		if len(customer.heard) > 0 {
			break
		}
	}
	if p := customer.hear(t.Context()); p.stream != "supervisor-doc" || number(p.Packet) < 20000 {
		t.Fatalf("the customer got %s %d: a packet of the whisper", p.stream, number(p.Packet))
	}
	// To nobody: dead at once for both, though their lines are still there.
	if err := s.server.Audience("r", "supervisor"); err != nil {
		t.Fatal(err)
	}
	before := s.came(t, "supervisor")
	for i := range uint16(20) {
		supervisor.frame(30000+i, 1, 90000+uint32(i), true)
	}
	for s.came(t, "supervisor") < before+20 {
		runtime.Gosched()
	}
	if err := s.server.Everybody("r", "supervisor"); err != nil {
		t.Fatal(err)
	}
	for i := uint16(31000); ; i++ {
		supervisor.frame(i, 1, 99000+uint32(i), true)
		p := agent.hear(t.Context())
		if n := number(p.Packet); n >= 30000 && n < 31000 {
			t.Fatalf("packet %d was for nobody", n)
		} else if n >= 31000 {
			break
		}
	}
	for len(customer.heard) > 0 {
		if p := customer.hear(t.Context()); p.stream != "supervisor-doc" || number(p.Packet) < 20000 || number(p.Packet)/1000 == 30 {
			t.Errorf("the customer got %s %d", p.stream, number(p.Packet))
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(taped) == 0 || slices.ContainsFunc(taped, func(n uint16) bool { return n < 20000 || n/1000 == 30 }) {
		t.Errorf("the tap got %v", taped)
	}
}

// came is how many packets of a person the server has taken.
func (s *stage) came(t *testing.T, person string) (n uint64) {
	t.Helper()
	traffic, err := s.server.Stats("r")
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range traffic {
		if one.Peer == person {
			n += one.Packets
		}
	}
	return n
}
