package desk_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/internal/wire"
)

// answered waits for the answer to a frame by its id.
func answered(c *client[wire.ToStaff], id string) wire.ToStaff {
	c.t.Helper()
	return c.until("the answer to "+id, func(f wire.ToStaff) bool { return f.ID == id })
}

// does sends a frame that must be accepted.
func does(c *client[wire.ToStaff], f wire.FromStaff) {
	c.t.Helper()
	c.beside = nil
	from := len(c.all)
	c.send(f)
	if got := answered(c, f.ID); got.Type != "accepted" {
		c.t.Fatalf("%s: %s was answered with %+v", c.name, f.Type, got.Error)
	}
	c.beside = slices.Clone(c.all[from:]) // what it brings about may come before its answer
}

// refused sends a frame that must be refused with a code.
func refused(c *client[wire.ToStaff], f wire.FromStaff, code string) {
	c.t.Helper()
	c.send(f)
	if got := answered(c, f.ID); got.Error == nil || got.Error.Code != code {
		c.t.Errorf("%s: %s was answered with %+v, want %s", c.name, f.Type, got, code)
	}
}

// A transfer with its note, a colleague who joins, hold, one who leaves, hand-back
// and wrap-up, on two nodes, as customers and agents see it.
func TestFromHandToHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.start(t, "one"), w.start(t, "two")
	a := agent(t, w, one, "A01")
	ready(a)
	c := customer(t, w, one, "C1")
	says(c, "1", "人工")
	ring := frame(a, "ring").Ring
	does(a, wire.FromStaff{Type: "accept", ID: "a1", Handoff: ring.Handoff})
	conv := frame(a, "taken").Case.Conversation
	b := agent(t, w, two, "A02")
	ready(b)

	if err := one.desk.Look(t.Context()); err != nil { // A02 sits at the other node
		t.Fatal(err)
	}
	a.send(wire.FromStaff{Type: "colleagues", ID: "c"})
	got := answered(a, "c")
	if !slices.Contains(got.Queues, "general") || len(got.Colleagues) != 1 || got.Colleagues[0].ID != "A02" || got.Colleagues[0].Presence != "ready" || got.Colleagues[0].Free != 3 {
		t.Errorf("the colleagues: %+v", got)
	}

	// Transfer: without a note, to nobody, to who is not there; then to A02.
	refused(a, wire.FromStaff{Type: "transfer", ID: "t1", Conversation: conv, ToAgent: "A02"}, "bad_input")
	refused(a, wire.FromStaff{Type: "transfer", ID: "t2", Conversation: conv, Text: "请接手"}, "bad_input")
	refused(a, wire.FromStaff{Type: "transfer", ID: "t3", Conversation: conv, Text: "请接手", ToAgent: "A77"}, "not_found")
	refused(b, wire.FromStaff{Type: "transfer", ID: "t4", Conversation: conv, Text: "请接手", ToQueue: "general"}, "forbidden")
	does(a, wire.FromStaff{Type: "transfer", ID: "t5", Conversation: conv, Text: "已核实额度，电话13812345678", ToAgent: "A02"})
	frame(a, "released")
	hears(c, "desk:handed_back 0 transferred")
	again := frame(b, "ring").Ring
	if again.Handoff != ring.Handoff || again.Passed == nil || again.Passed.By != "A01" || again.Passed.Name != "坐席A01" || again.Passed.Note != "已核实额度，电话138****5678" {
		t.Errorf("the ring after a transfer: %+v, %+v", again, again.Passed)
	}
	says(c, "2", "还在吗")
	hears(c, "bot:还在吗") // the digital employee goes on meanwhile
	does(b, wire.FromStaff{Type: "accept", ID: "b1", Handoff: again.Handoff})
	if got := frame(b, "taken").Case; got.Passed == nil || got.Owner != "A02" || got.Guest != nil {
		t.Errorf("the case after a transfer: %+v", got)
	}
	hears(c, "desk:accepted 0 坐席A02")
	refused(a, wire.FromStaff{Type: "send", ID: "s0", Conversation: conv, Text: "我还在"}, "forbidden")

	// Conference: A01 comes back as the second agent; both speak, each as themselves.
	refused(b, wire.FromStaff{Type: "invite", ID: "i0", Conversation: conv, ToAgent: "A02"}, "not_found")
	does(b, wire.FromStaff{Type: "invite", ID: "i1", Conversation: conv, ToAgent: "A01"})
	join := a.until("the invitation", func(f wire.ToStaff) bool { return f.Type == "ring" && f.Ring.Join }).Ring
	does(a, wire.FromStaff{Type: "accept", ID: "a2", Handoff: join.Handoff})
	hears(c, "desk:joined 0 坐席A01")
	if got := frame(a, "taken").Case; got.Owner != "A02" || got.Guest == nil || got.Guest.ID != "A01" || !got.Guest.Joined {
		t.Errorf("the guest's case: %+v", got)
	}
	b.until("the guest in the case", func(f wire.ToStaff) bool { return f.Type == "case" && f.Case.Guest != nil && f.Case.Guest.Joined })
	does(a, wire.FromStaff{Type: "send", ID: "s1", Conversation: conv, Text: "我是A01，一起帮您看"})
	if m := hears(c, "一起帮您看"); m.AuthorID != "A01" {
		t.Errorf("the guest speaks as %s", m.AuthorID)
	}
	does(b, wire.FromStaff{Type: "send", ID: "s2", Conversation: conv, Text: "我是A02，仍在"})
	if m := hears(c, "仍在"); m.AuthorID != "A02" {
		t.Errorf("the owner speaks as %s", m.AuthorID)
	}
	refused(a, wire.FromStaff{Type: "handback", ID: "h0", Conversation: conv}, "forbidden")

	// Hold, and no more.
	does(b, wire.FromStaff{Type: "hold", ID: "o1", Conversation: conv})
	hears(c, "desk:held")
	b.until("the case on hold", func(f wire.ToStaff) bool { return f.Type == "case" && !f.Case.Held.IsZero() })
	does(b, wire.FromStaff{Type: "hold", ID: "o2", Conversation: conv})
	does(b, wire.FromStaff{Type: "resume", ID: "o3", Conversation: conv})
	hears(c, "desk:resumed")

	b.send(wire.FromStaff{Type: "summary", ID: "y", Conversation: conv})
	if got := answered(b, "y").Summary; got == nil || !strings.Contains(got.Request, "还在吗") || !strings.HasPrefix(got.Open, "转账") || !strings.Contains(got.Text, got.Open) {
		t.Errorf("the summary is %+v", got)
	}

	// The owner leaves: the guest owns.
	does(b, wire.FromStaff{Type: "leave", ID: "l1", Conversation: conv})
	frame(b, "released")
	hears(c, "desk:left 0 坐席A02")
	hears(c, "desk:accepted 0 坐席A01")
	a.until("the case as its owner", func(f wire.ToStaff) bool { return f.Type == "case" && f.Case.Owner == "A01" && f.Case.Guest == nil })
	refused(a, wire.FromStaff{Type: "leave", ID: "l2", Conversation: conv}, "forbidden") // nobody would be left

	// Hand-back and wrap-up: no ring until it is written up.
	does(a, wire.FromStaff{Type: "handback", ID: "h1", Conversation: conv, Text: "已解释"})
	hears(c, "desk:handed_back")
	a.until("wrap-up", func(f wire.ToStaff) bool { return f.Type == "presence" && f.Presence == "wrapup" })
	does(b, wire.FromStaff{Type: "presence", ID: "p", Presence: "away"})
	says(c, "3", "人工")
	hears(c, "desk:queued 1")
	refused(a, wire.FromStaff{Type: "wrapup", ID: "w0", Handoff: ring.Handoff, Codes: []string{"不行"}}, "bad_input")
	refused(b, wire.FromStaff{Type: "wrapup", ID: "w1", Handoff: ring.Handoff, Codes: []string{"limit"}}, "forbidden")
	rung := slices.ContainsFunc(a.all, func(f wire.ToStaff) bool { return f.Type == "ring" && f.Ring.Handoff != ring.Handoff })
	if rung {
		t.Error("rung in wrap-up")
	}
	does(a, wire.FromStaff{Type: "wrapup", ID: "w2", Handoff: ring.Handoff, Codes: []string{"limit", "transfer"}, Text: "客户电话13812345678"})
	a.until("the next ring", func(f wire.ToStaff) bool { return f.Type == "ring" && f.Ring.Handoff != ring.Handoff })
	var codes []string
	var note string
	tx, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) //nolint:errcheck // only read
	if _, err := tx.Exec(t.Context(), "SELECT set_config('pingdui.scope', 'engine', true)"); err != nil {
		t.Fatal(err)
	}
	if err := tx.QueryRow(t.Context(), "SELECT codes, note FROM handoff WHERE id = $1", ring.Handoff).Scan(&codes, &note); err != nil ||
		!slices.Equal(codes, []string{"limit", "transfer"}) || strings.Contains(note, "13812345678") {
		t.Errorf("written up: %v %q, %v", codes, note, err)
	}
}
