package handoff

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/internal/postgres"
)

func (b *bench) sit(d *Desk, agent string) *Seat {
	b.t.Helper()
	s, err := d.Join(b.t.Context(), Profile{Agent: agent, Name: "名" + agent, Number: "88", Skills: []string{"general"}, Languages: []string{"zh"}, Capacity: 2}, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := s.Presence(b.t.Context(), PresenceReady); err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b *bench) look(desks ...*Desk) {
	b.t.Helper()
	for _, d := range desks {
		if err := d.Look(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
	}
}

// told is what the first conversation heard, by state.
func (b *bench) told(d *Desk) []dialogue.HandoffState {
	b.t.Helper()
	for range 20 { // the ear fails now and then
		b.clock.pass(time.Second)
		if err := d.TellAll(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
	}
	b.ear.mu.Lock()
	defer b.ear.mu.Unlock()
	var out []dialogue.HandoffState
	for _, e := range b.ear.heard[b.convs[0]] {
		out = append(out, e.State)
	}
	return out
}

func TestARingGoesOn(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	one, two := b.desk("one"), b.desk("two")
	x := b.sit(one, "A01")
	b.clock.pass(time.Second) // A01 is idle longer
	y := b.sit(two, "A02")
	b.ask(b.convs[0], "handoff", false)
	b.look(one, two)
	if len(x.Now().Ringing) != 1 || len(y.Now().Ringing) != 0 {
		t.Fatalf("rings: %+v, %+v", x.Now(), y.Now())
	}
	id := x.Now().Ringing[0].ID
	if _, err := y.Accept(t.Context(), id); !errors.Is(err, ErrTaken) {
		t.Errorf("A02 took a customer who rings at A01: %v", err)
	}
	// Nobody picks up: 20 s later the next one is rung. Leases are renewed meanwhile.
	for range 7 {
		b.clock.pass(3 * time.Second)
		b.look(one, two)
	}
	b.look(one)
	if len(x.Now().Ringing) != 0 || len(y.Now().Ringing) != 1 {
		t.Fatalf("after the ring ran out: %+v, %+v", x.Now(), y.Now())
	}
	if err := y.Decline(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	// Both have been rung: a breath, then a new round with the one idle longest.
	b.look(one, two)
	if len(x.Now().Ringing)+len(y.Now().Ringing) != 0 {
		t.Error("rung again without a breath")
	}
	for range 4 {
		b.clock.pass(3 * time.Second)
		b.look(one, two)
	}
	if got := x.Now().Waiting; len(got) != 1 || got[0].Attempts != 3 || got[0].State != StateRinging {
		t.Fatalf("the new round: %+v", got)
	}
	owner := x
	if len(y.Now().Ringing) == 1 {
		owner = y
	}
	for range 2 { // a second accept of the owner is no error
		if _, err := owner.Accept(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if err := owner.HandBack(t.Context(), id, "done"); err != nil {
		t.Fatal(err)
	}
	if err := owner.HandBack(t.Context(), id, "done"); err != nil {
		t.Errorf("handing back twice: %v", err)
	}
	want := []dialogue.HandoffState{dialogue.HandoffAccepted, dialogue.HandoffHandedBack}
	if got := b.told(one); !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

func TestAFullSeatTakesNoMore(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	d := b.desk("one")
	s := b.sit(d, "A01")
	for _, conversation := range b.convs {
		b.ask(conversation, "handoff", false)
	}
	for range 3 {
		b.look(d)
		for _, h := range s.Now().Ringing {
			if _, err := s.Accept(t.Context(), h.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	now := s.Now()
	if len(now.Owned) != 2 || len(now.Waiting) != 1 {
		t.Fatalf("a seat for two: %+v", now)
	}
	if _, err := s.Accept(t.Context(), now.Waiting[0].ID); !errors.Is(err, ErrFull) {
		t.Errorf("a third one: %v", err)
	}
	if err := s.HandBack(t.Context(), now.Owned[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	b.look(d)
	if len(s.Now().Ringing) != 0 {
		t.Errorf("rung while the one before is wrapped up: %+v", s.Now())
	}
	if err := s.WrapUp(t.Context(), now.Owned[0].ID, []string{"transfer"}, ""); err != nil {
		t.Fatal(err)
	}
	b.look(d)
	if len(s.Now().Ringing) != 1 {
		t.Errorf("after one was handed back: %+v", s.Now())
	}
}

// A cut socket that comes back within the lease keeps its customers; one that
// does not gives them back to the head of the queue.
func TestACutAndALoss(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	one, two := b.desk("one"), b.desk("two")
	s := b.sit(one, "A01")
	b.ask(b.convs[0], "handoff", false)
	b.look(one)
	id := s.Now().Ringing[0].ID
	if _, err := s.Accept(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	s.Leave(t.Context())
	b.clock.pass(5 * time.Second)
	b.look(one, two)
	again, err := two.Join(t.Context(), Profile{Agent: "A01", Name: "n", Number: "1", Skills: []string{"general"}, Languages: []string{"zh"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if now := again.Now(); len(now.Owned) != 1 || now.Presence != PresenceReady {
		t.Fatalf("back after a cut: %+v", now)
	}
	again.Leave(t.Context())
	b.clock.pass(11 * time.Second)
	other := b.sit(one, "A02")
	b.look(one)
	now := other.Now()
	if len(now.Ringing) != 1 || now.Ringing[0].ID != id || now.Ringing[0].LostAt == nil || now.Ringing[0].Place != 1 {
		t.Errorf("after the loss: %+v", now)
	}
	if err := again.HandBack(t.Context(), id, ""); !errors.Is(err, ErrNotYours) {
		t.Errorf("the lost agent handed back: %v", err)
	}
	want := []dialogue.HandoffState{dialogue.HandoffAccepted, dialogue.HandoffHandedBack, dialogue.HandoffQueued}
	if got := b.told(one); !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

// Another node has the request in hand: the cancel behind it waits for its turn,
// or the customer who left would be rung for.
func TestACancelWaitsForItsRequest(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	d := b.desk("one")
	b.sit(d, "A01")
	b.ask(b.convs[0], "handoff", false)
	b.ask(b.convs[0], "handoff_cancel", false)
	tx, err := b.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := postgres.AsEngine().Set(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "SELECT id FROM outbox WHERE kind = 'handoff' FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	b.look(d)
	if n := b.count("SELECT count(*) FROM outbox WHERE taken_at IS NOT NULL"); n != 0 {
		t.Errorf("took %d of what another node has in hand", n)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.look(d)
	if n := b.count("SELECT count(*) FROM handoff WHERE state = 'cancelled'"); n != 1 {
		t.Errorf("%d handoffs are cancelled", n)
	}
}
