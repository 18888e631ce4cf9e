package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/wire"
)

// visits is a session service that only notes who visits.
type visits struct{ said chan string }

func (v visits) Offer(context.Context, uuid.UUID, string) (wire.Session, error) {
	return wire.Session{}, nil
}
func (v visits) End(context.Context, string, string) error                 { return nil }
func (v visits) Signal(context.Context, string, string, wire.Signal) error { return nil }

func (v visits) Visit(_ context.Context, conversation uuid.UUID, staff, mode string) (wire.Session, error) {
	v.said <- staff + " " + mode + " " + conversation.String()
	return wire.Session{ID: "x", State: "live", Present: []string{"唐慧 880101"}}, nil
}

func TestASupervisorReadsAlong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	said := make(chan string, 10)
	w.sessions = visits{said}
	n := w.start(t, "one")
	a := agent(t, w, n, "A01")
	ready(a)
	c := customer(t, w, n, "C1")
	says(c, "0", "我的手机号是13812345678")
	hears(c, "bot:")
	says(c, "1", "人工")
	a.send(wire.FromStaff{Type: "accept", ID: "acc", Handoff: frame(a, "ring").Ring.Handoff})
	conv := frame(a, "taken").Case.Conversation

	s := agent(t, w, n, "S01", auth.Supervisor)
	frame(s, "welcome")
	visit := func(on *client[wire.ToStaff], mode, reason string) wire.ToStaff {
		t.Helper()
		on.send(wire.FromStaff{Type: "visit", ID: mode + reason, Conversation: conv, Mode: mode, Reason: reason})
		return on.until("the answer to "+mode, func(f wire.ToStaff) bool { return f.ID == mode+reason })
	}
	if f := visit(a, "read", "客户投诉复核"); f.Error == nil || f.Error.Code != "forbidden" {
		t.Errorf("an agent read along: %+v", f)
	}
	for _, reason := range []string{"", "看", "手机号13812345678"} {
		if f := visit(s, "read", reason); f.Error == nil || f.Error.Code != "bad_input" {
			t.Errorf("the reason %q was taken: %+v", reason, f)
		}
	}
	if f := visit(s, "shout", "客户投诉复核"); f.Error == nil {
		t.Error("an unknown mode was taken")
	}
	if f := visit(s, "read", "客户投诉复核"); f.Type != "accepted" {
		t.Fatalf("not let in: %+v", f)
	}
	seen := frame(s, "case").Case
	if !slices.ContainsFunc(seen.Messages, func(m wire.Message) bool { return strings.Contains(m.Text, "138****5678") }) ||
		slices.ContainsFunc(seen.Messages, func(m wire.Message) bool { return strings.Contains(m.Text, "13812345678") }) {
		t.Errorf("what the supervisor reads: %+v", seen.Messages)
	}
	says(c, "2", "还在吗")
	s.until("what is said next", func(f wire.ToStaff) bool { return f.Message != nil && f.Message.Text == "还在吗" })
	// Reading along is no right to speak.
	s.send(wire.FromStaff{Type: "send", ID: "no", Conversation: conv, Text: "我是主管"})
	if f := s.until("the refusal", func(f wire.ToStaff) bool { return f.ID == "no" }); f.Error == nil {
		t.Error("who reads along spoke")
	}
	next := func() string {
		t.Helper()
		select {
		case text := <-said:
			return text
		case <-time.After(10 * time.Second):
			t.Fatal("the session heard of no visit")
			return ""
		}
	}
	for _, mode := range []string{"listen", "whisper", "barge"} {
		visit(s, mode, "")
		if got := next(); got != "S01 "+mode+" "+conv {
			t.Errorf("the session heard %q", got)
		}
	}
	var whys []string
	err := postgres.InTx(t.Context(), w.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		rows, err := tx.Query(t.Context(), "SELECT action || coalesce(' ' || (detail->>'why'), '') FROM audit WHERE actor = 's:S01' ORDER BY id")
		if err != nil {
			return err
		}
		whys, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if want := []string{"conversation.read 客户投诉复核", "conversation.listen", "conversation.whisper", "conversation.barge"}; err != nil || !slices.Equal(whys, want) {
		t.Errorf("the audit log holds %q: %v", whys, err)
	}
	// A page that goes takes its supervisor out.
	_ = s.conn.Close()
	if got := next(); got != "S01 leave "+conv {
		t.Errorf("the session heard %q", got)
	}
}
