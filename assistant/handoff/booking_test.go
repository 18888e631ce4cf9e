package handoff

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
)

func books(n byte, in time.Duration, change ...func(*Handoff)) row {
	at := testNow().Add(in)
	return waits(n, "general", time.Minute, append([]func(*Handoff){func(h *Handoff) { h.State, h.DueAt = StateBooked, &at }}, change...)...)
}

func toldOf(h *Handoff) { at := testNow().Add(-time.Minute); h.ToldAt = &at }

func TestACallBackIsRungWhenDueAndBeforeWhoWaits(t *testing.T) {
	t.Parallel()
	early := plan(testNow(), []row{books(1, time.Minute, toldOf), waits(2, "general", 0)}, []presence{sits("a", 0, "general"), sits("b", 0, "general")}, nil, testRules())
	if got := rung(early); len(got) != 1 || got[2] == "" {
		t.Errorf("a minute before it is due: %v", got)
	}
	rows := []row{waits(2, "general", time.Hour, func(h *Handoff) { h.View.Age = 80 }), books(1, 0, toldOf)}
	changes := plan(testNow(), rows, []presence{sits("a", 0, "general")}, nil, testRules())
	if got := rung(changes); len(got) != 1 || got[1] != "a" {
		t.Fatalf("when it is due: %v", got)
	}
	for _, c := range changes {
		if c.after.ID[0] == 1 && (len(c.tell) != 1 || c.tell[0].State != dialogue.HandoffQueued || c.tell[0].Reason != dialogue.ReasonDue || c.tell[0].Place != 1 || !c.after.Since.Equal(testNow())) {
			t.Errorf("told %+v, waits since %s", c.tell, c.after.Since)
		}
	}
}

func TestAFullSlotGivesTheNext(t *testing.T) {
	t.Parallel()
	h := hallOf(testNow(), []row{
		books(1, time.Hour, toldOf), books(2, time.Hour), books(3, time.Hour),
		books(4, 12*time.Hour+30*time.Minute), // 21:30, the day's last
		books(5, 12*time.Hour+30*time.Minute),
	}, nil, nil)
	q := h.queues["general"]
	q.CallBacks = 1
	h.queues["general"] = q
	got := map[byte]string{}
	for _, c := range h.plan(testRules()) {
		if c.after.State != StateBooked || len(c.tell) != 1 || !c.tell[0].Due.Equal(*c.after.DueAt) {
			t.Fatalf("%+v", c)
		}
		got[c.after.ID[0]] = c.after.DueAt.Format("2 15:04")
	}
	for n, want := range map[byte]string{2: "22 10:30", 3: "22 11:00", 4: "22 21:30", 5: "23 08:00"} {
		if got[n] != want {
			t.Errorf("%d is booked for %s, want %s", n, got[n], want)
		}
	}
}

func TestNoSlotInSevenDays(t *testing.T) {
	t.Parallel()
	h := hallOf(testNow(), []row{books(1, time.Hour)}, nil, nil)
	q := h.queues["general"]
	q.CallBacks = 1
	h.queues["general"] = q
	for at := testNow(); at.Before(testNow().AddDate(0, 0, 9)); at = at.Add(dialogue.SlotFor) {
		h.slots[slot{"general", at.Unix()}] = 1
	}
	changes := h.plan(testRules())
	if len(changes) != 1 || changes[0].after.State != StateClosed || changes[0].tell[0].Reason != dialogue.ReasonFull {
		t.Errorf("%+v", changes)
	}
}

// Who was promised a time is never sent away: they wait while the hours last and
// while anybody is there, and then get the next slot with an apology.
func TestAPromiseIsNeverDroppedSilently(t *testing.T) {
	t.Parallel()
	promised := func(at time.Time) row {
		return waits(1, "general", 0, toldOf, func(h *Handoff) {
			due, alone := at.Add(-time.Hour), at.Add(-time.Hour)
			h.DueAt, h.Since, h.AloneSince, h.Place = &due, due, &alone, 1
		})
	}
	day, night := testNow(), testNow().Add(13*time.Hour)
	if got := plan(day, []row{promised(day)}, nil, nil, testRules()); len(got) != 0 {
		t.Errorf("nobody there within the hours: %+v", got)
	}
	busy := sits("a", 0, "general")
	busy.State = PresenceBusy
	if got := plan(night, []row{promised(night)}, []presence{busy}, nil, testRules()); len(got) != 0 {
		t.Errorf("somebody is still there: %+v", got)
	}
	got := plan(night, []row{promised(night)}, nil, nil, testRules())
	if len(got) != 1 || got[0].after.State != StateBooked || len(got[0].tell) != 1 || got[0].tell[0].Reason != dialogue.ReasonMissed ||
		got[0].after.DueAt.Format("2 15:04") != "23 08:00" || got[0].after.EndedAt != nil {
		t.Errorf("the hours ended: %+v", got)
	}
}

func (b *bench) book(conversation uuid.UUID, due time.Time) {
	b.t.Helper()
	raw, err := json.Marshal(assistant.HandoffRequest{Queue: "general", Reason: "r", Locale: "zh", Due: due})
	if err != nil {
		b.t.Fatal(err)
	}
	b.exec("INSERT INTO outbox (conversation, subject, kind, body, created_at) VALUES ($1, 'c:1', 'handoff', $2, $3)", conversation, string(raw), b.clock.time())
}

// Two nodes, a booking over its time: told, changed, due, rung, taken; it is one
// request all the way.
func TestACallBackOverItsTime(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	one, two := b.desk("one"), b.desk("two")
	ten, noon := testNow().Add(time.Hour), testNow().Add(3*time.Hour)
	b.ask(b.convs[0], "handoff", false) // nobody there: closed
	b.look(one, two)
	b.book(b.convs[0], noon)
	b.look(two, one)
	b.book(b.convs[0], ten)
	b.look(one, two)
	if n := b.count("SELECT count(*) FROM handoff WHERE state = 'booked' AND due_at = $1", ten); n != 1 {
		t.Fatalf("%d call-backs at ten", n)
	}
	x := b.sit(two, "A01")
	b.look(one, two)
	now := x.Now()
	if len(now.Ringing)+len(now.Waiting) != 0 || len(now.Booked) != 1 || !now.Booked[0].DueAt.Equal(ten) {
		t.Fatalf("before it is due: %+v", now)
	}
	id := now.Booked[0].ID
	if _, err := x.Accept(t.Context(), id); !errors.Is(err, ErrNotHere) {
		t.Errorf("taken early while the customer is away: %v", err)
	}
	for b.clock.time().Before(ten) {
		b.clock.pass(3 * time.Second)
		b.look(one, two)
	}
	b.look(one, two)
	if got := x.Now(); len(got.Ringing) != 1 || got.Ringing[0].ID != id || len(got.Booked) != 0 {
		t.Fatalf("when it is due: %+v", got)
	}
	if _, err := x.Accept(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	want := []dialogue.HandoffState{dialogue.HandoffClosed, dialogue.HandoffBooked, dialogue.HandoffBooked, dialogue.HandoffAccepted}
	got := b.told(one)
	if i := slices.Index(got, dialogue.HandoffQueued); i >= 0 { // untold places are not worth telling
		got = slices.Delete(got, i, i+1)
	}
	if !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

func TestACallBackIsGivenUpUsedUpAndTakenEarly(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	d := b.desk("one")
	x := b.sit(d, "A01")
	at := testNow().Add(5 * time.Hour)
	if err := x.Presence(t.Context(), PresenceBusy); err != nil {
		t.Fatal(err)
	}
	for i, c := range b.convs {
		if i == 1 {
			b.ask(c, "handoff", false) // waits first, then books
			b.look(d)
		}
		b.book(c, at)
		b.look(d)
	}
	if got := x.Now(); len(got.Booked) != 3 || len(got.Waiting) != 0 {
		t.Fatalf("%+v", got)
	}
	b.ask(b.convs[0], "handoff_cancel", false)
	b.ask(b.convs[1], "handoff", false)
	b.look(d)
	got := x.Now()
	if len(got.Booked) != 1 || len(got.Waiting) != 1 || got.Waiting[0].Conversation != b.convs[1] || got.Waiting[0].DueAt != nil {
		t.Fatalf("given up and used up: %+v", got)
	}
	b.exec("INSERT INTO input (conversation, id, subject, kind, body_hash, body, received_at) VALUES ($1, 'i1', 'c:1', 'message', sha256('x'), 'x', $2)", b.convs[2], b.clock.time())
	h, err := x.Accept(t.Context(), got.Booked[0].ID)
	if err != nil || h.Agent != "A01" || h.State != StateAccepted {
		t.Fatalf("taken early: %+v, %v", h, err)
	}
	if n := b.count(noTwoOwners); n != 0 {
		t.Errorf("%d conversations are open twice", n)
	}
}
