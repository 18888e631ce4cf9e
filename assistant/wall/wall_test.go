package wall

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
)

type serves []handoff.Serving

func (s serves) Serving() []handoff.Serving { return s }

type notes struct {
	mu   sync.Mutex
	said []string
}

func (n *notes) Record(_ context.Context, _ pgx.Tx, actor, action, object string, _ any) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.said = append(n.said, actor+" "+action+" "+object)
	return nil
}

type floor struct {
	t    *testing.T
	pool *pgxpool.Pool
	now  time.Time
	desk serves
	wall *Wall
	said *notes
}

func newFloor(t *testing.T) *floor {
	t.Helper()
	f := &floor{
		t: t, pool: postgrestest.New(t), now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), said: &notes{},
		desk: serves{{Queue: "general", Skill: "general", On: 3, Open: true}, {Queue: "safety", Skill: "security", On: 1, Open: true}},
	}
	f.wall = New(Config{Pool: f.pool, Desk: &f.desk, Audit: f.said, Clock: func() time.Time { return f.now }})
	f.exec("INSERT INTO subject (id, data_key, created_at) VALUES ('c:1', repeat('x', 40)::bytea, now())")
	return f
}

func (f *floor) exec(query string, args ...any) {
	f.t.Helper()
	err := postgres.InTx(f.t.Context(), f.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		_, err := tx.Exec(f.t.Context(), query, args...)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// ask makes a request for a person that began to wait so long ago.
func (f *floor) ask(queue string, ago time.Duration) uuid.UUID {
	f.t.Helper()
	id, conversation := uuid.New(), uuid.New()
	f.exec("INSERT INTO conversation (id, subject, created_at, updated_at) VALUES ($1, 'c:1', now(), now())", conversation)
	f.exec(`INSERT INTO handoff (id, conversation, subject, queue, reason, edition, locale, employee, customer, since, view)
		VALUES ($1, $2, 'c:1', $3, '', 'standard', 'zh', 'xiaoping', '王**', $4, '{"FlowTitle": "挂失", "StepTitle": "确认"}')`, id, conversation, queue, f.now.Add(-ago))
	return id
}

func (f *floor) accept(id uuid.UUID, agent string, at time.Time) {
	f.exec("UPDATE handoff SET state = 'accepted', agent = $2, accepted_at = $3, ring_until = NULL WHERE id = $1", id, agent, at)
}

// sit puts an agent on duty.
func (f *floor) sit(agent, presence string, skills ...string) {
	f.exec(`INSERT INTO agent_presence (agent, node, connected, state, lease_until, capacity, name, number, skills, languages, idle_since)
		VALUES ($1, 'n1', false, $2, $3, 3, '名' || $1, '88' || $1, $4, '{zh}', $3)`, agent, presence, f.now.Add(time.Hour), skills)
}

func (f *floor) say(handoff uuid.UUID, seq int, author string, at time.Time) {
	f.exec(`INSERT INTO message (conversation, seq, subject, turn, input, author, body, masked, created_at)
		SELECT conversation, $2::bigint, subject, 1, 'i' || $2::text, $3, '', '', $4 FROM handoff WHERE id = $1`, handoff, seq, author, at)
}

func (f *floor) counts() Counts {
	f.t.Helper()
	f.wall.stale()
	c, err := f.wall.Counts(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func (c Counts) queue(name string) Queue {
	for _, q := range c.Queues {
		if q.Queue == name {
			return q
		}
	}
	return Queue{}
}

// TestTheRateIsRecounted makes a random day and counts it a second time, by the
// words of doc.go.
func TestTheRateIsRecounted(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	r := rand.New(rand.NewPCG(3, 5)) //nolint:gosec // a repeatable day
	var today, half Rate
	for range 300 {
		ago := time.Duration(r.IntN(14*3600)) * time.Second
		if r.IntN(2) == 0 {
			ago = time.Duration(r.IntN(3600)) * time.Second
		}
		id := f.ask([]string{"general", "safety"}[r.IntN(2)], ago)
		began := f.now.Add(-ago)
		wait := min(time.Duration(r.IntN(45))*time.Second, ago)
		counted, inTime := false, false
		switch kind := r.IntN(6); kind {
		case 0, 1, 2: // answered
			f.accept(id, "A01", began.Add(wait))
			inTime = wait <= 20*time.Second
			counted = true
			if kind == 1 { // and passed on: the first answer counts, where it was given
				f.exec("UPDATE handoff SET state = 'queued', agent = '', accepted_at = NULL, queue = 'elder' WHERE id = $1", id)
				f.accept(id, "A02", f.now)
			}
		case 3: // took it back
			f.exec("UPDATE handoff SET state = 'cancelled', ended_at = $2 WHERE id = $1", id, began.Add(wait))
			counted = wait > 20*time.Second
		case 4: // nobody there
			f.exec("UPDATE handoff SET state = 'closed', ended_at = $2 WHERE id = $1", id, began.Add(wait))
			counted = true
		case 5: // a call-back, answered after an hour
			f.exec("UPDATE handoff SET state = 'booked', due_at = $2 WHERE id = $1", id, f.now)
			f.exec("UPDATE handoff SET state = 'accepted', agent = 'A01', accepted_at = $2, due_at = NULL WHERE id = $1", id, f.now)
		}
		one := Rate{}
		if counted {
			one.Asked = 1
		}
		if inTime {
			one.InTime = 1
		}
		if ago <= 10*time.Hour {
			today = today.and(one)
		}
		if ago <= 30*time.Minute {
			half = half.and(one)
		}
	}
	f.ask("general", 21*time.Second) // still waits: late already
	f.ask("general", 19*time.Second) // not yet decided
	today.Asked, half.Asked = today.Asked+1, half.Asked+1
	c := f.counts()
	if c.Today != today || c.Half != half {
		t.Errorf("counted today %+v, half %+v; recounted %+v, %+v", c.Today, c.Half, today, half)
	}
	if c.queue("elder").Today.Asked != 0 {
		t.Error("a transfer moved an answer to another queue")
	}
	// Another node, which has seen nothing of the day, counts the same.
	other := New(f.wall.config)
	if again, err := other.Counts(t.Context()); err != nil || again.Today != today || again.Half != half {
		t.Errorf("another node counts %+v, %+v: %v", again.Today, again.Half, err)
	}
}

func TestQueuesAgentsAndConversations(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	for i := range 120 {
		f.sit(fmt.Sprintf("A%03d", i), []string{"ready", "busy", "away"}[i%3], "general")
	}
	f.sit("B001", "ready", "security")
	f.exec("UPDATE agent_presence SET wrap_until = $1 WHERE agent = 'A000'", f.now.Add(time.Minute))
	f.exec("UPDATE agent_presence SET lease_until = $1 WHERE agent = 'A119'", f.now.Add(-time.Second)) // away, and gone
	f.ask("general", 90*time.Second)
	f.ask("general", 10*time.Second)
	booked := f.ask("safety", time.Minute)
	f.exec("UPDATE handoff SET state = 'booked', due_at = $2 WHERE id = $1", booked, f.now.Add(20*time.Minute))
	loud, quiet, unanswered := f.ask("safety", time.Hour), f.ask("general", time.Hour), f.ask("general", time.Hour)
	f.accept(loud, "B001", f.now.Add(-50*time.Minute))
	f.accept(quiet, "A001", f.now.Add(-40*time.Minute))
	f.accept(unanswered, "A001", f.now.Add(-5*time.Minute))
	f.say(loud, 1, "customer", f.now.Add(-40*time.Minute))
	f.say(loud, 2, "agent", f.now.Add(-39*time.Minute))
	f.say(quiet, 1, "agent", f.now.Add(-30*time.Minute))
	f.say(quiet, 2, "customer", f.now.Add(-9*time.Minute))
	f.say(quiet, 3, "customer", f.now.Add(-time.Minute))

	c := f.counts()
	if q := c.queue("general"); q.Waiting != 2 || !q.WaitsSince.Equal(f.now.Add(-90*time.Second)) || q.Live != 2 || q.On != 3 {
		t.Errorf("general: %+v", q)
	}
	if q := c.queue("safety"); q.Waiting != 0 || q.WaitsSince != nil || q.Booked != 1 || q.Due != 1 || q.Live != 1 {
		t.Errorf("safety: %+v", q)
	}
	if p := c.Presences; p["ready"] != 40 || p["busy"] != 40 || p["away"] != 39 || p["wrapup"] != 1 {
		t.Errorf("presences: %v", p)
	}
	var seen []string
	for f1 := (AgentFilter{Presence: "ready"}); ; {
		page, more, err := f.wall.Agents(t.Context(), f1)
		if err != nil || len(page) > PageSize {
			t.Fatalf("%d agents on a page: %v", len(page), err)
		}
		for _, a := range page {
			seen = append(seen, a.Agent)
		}
		if !more {
			break
		}
		f1.After = page[len(page)-1].Agent
	}
	if len(seen) != 40 || seen[39] != "B001" {
		t.Errorf("pages of ready agents: %d, %v", len(seen), seen)
	}
	if page, _, err := f.wall.Agents(t.Context(), AgentFilter{Text: "88A001"}); err != nil || len(page) != 1 || page[0].Serves != 2 || !page[0].Longest.Equal(f.now.Add(-40*time.Minute)) {
		t.Errorf("A001 serves: %+v, %v", page, err)
	}
	live, more, err := f.wall.Live(t.Context(), LiveFilter{})
	if err != nil || more || len(live) != 3 {
		t.Fatalf("live: %+v, %v", live, err)
	}
	if live[0].ID != quiet || !live[0].SilentSince.Equal(f.now.Add(-9*time.Minute)) || live[1].ID != unanswered || !live[1].SilentSince.Equal(f.now.Add(-5*time.Minute)) ||
		live[2].ID != loud || live[2].SilentSince != nil || live[0].Step != "确认" || live[0].Name != "名A001" {
		t.Errorf("silence: %+v", live)
	}
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.sit("A01", "ready", "general")
	look := func() map[string]Alarm {
		t.Helper()
		if err := f.wall.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		out := map[string]Alarm{}
		for _, a := range f.counts().Alarms {
			out[a.Kind+" "+a.Queue] = a
		}
		return out
	}
	waits := f.ask("general", 61*time.Second)
	silent := f.ask("safety", 5*time.Minute)
	f.accept(silent, "A01", f.now.Add(-91*time.Second))
	f.desk[1].On = 0
	for range 10 {
		f.exec("UPDATE handoff SET state = 'cancelled', ended_at = $2 WHERE id = $1", f.ask("elder", 10*time.Minute), f.now)
	}
	got := look()
	if len(got) != 4 || got["wait general"].Value != 61 || got["silent safety"].Value != 91 || got["silent safety"].Object != silent.String() ||
		got["rate elder"].Value != 0 || got["nobody safety"].Threshold != 0 {
		t.Fatalf("alarms: %+v", got)
	}
	first := got["wait general"]
	// Seen by name; it stays until its cause ends, and is the same one meanwhile.
	for _, by := range []string{"S01", "S02"} {
		if err := f.wall.Acknowledge(t.Context(), first.ID, by); err != nil {
			t.Fatal(err)
		}
	}
	f.now = f.now.Add(30 * time.Second)
	if a := look()["wait general"]; a.ID != first.ID || a.AckedBy != "S01" || a.Value != 91 {
		t.Errorf("after it was seen: %+v", a)
	}
	f.accept(waits, "A01", f.now)
	f.say(silent, 1, "agent", f.now)
	f.desk[1].On = 1
	if got = look(); len(got) != 1 {
		t.Errorf("alarms whose cause has ended: %+v", got)
	}
	if err := f.wall.Acknowledge(t.Context(), first.ID, "S01"); !errors.Is(err, ErrGone) {
		t.Errorf("an ended alarm was acknowledged: %v", err)
	}
	// A rule of a queue goes before the one of all; off is off.
	set := func(kind, queue string, on bool, threshold int) {
		t.Helper()
		if err := f.wall.SetRule(t.Context(), Rule{Kind: kind, Queue: queue, Enabled: on, Threshold: threshold}, "S01"); err != nil {
			t.Fatal(err)
		}
	}
	f.ask("safety", 30*time.Second)
	f.ask("general", 30*time.Second)
	set(Wait, "safety", true, 15)
	set(Low, "", false, 80)
	set(Nobody, "", false, 0)
	if got = look(); len(got) != 1 || got["wait safety"].Threshold != 15 {
		t.Errorf("after the rules changed: %+v", got)
	}
	if rules := New(f.wall.config); func() bool { c, _ := rules.Counts(t.Context()); return len(c.Rules) != 5 }() {
		t.Error("the rules were not kept")
	}
	for _, bad := range []Rule{{Kind: "odd", Threshold: 10}, {Kind: Wait, Threshold: 1}, {Kind: Low, Threshold: 101}, {Kind: Wait, Threshold: 60, Queue: "none"}} {
		if err := f.wall.SetRule(t.Context(), bad, "S01"); !errors.Is(err, ErrRule) {
			t.Errorf("%+v was taken: %v", bad, err)
		}
	}
	if n := len(f.said.said); n != 4 || f.said.said[0] != "s:S01 alarm.seen alarm "+first.ID.String() {
		t.Errorf("the audit log: %q", f.said.said)
	}
}
