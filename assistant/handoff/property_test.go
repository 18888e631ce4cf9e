package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
)

// ear hears what conversations are told, as the engine would: an id once.
type ear struct {
	mu    sync.Mutex
	heard map[uuid.UUID][]assistant.HandoffEvent
	ids   map[string]string
	fail  *rand.Rand
}

func (e *ear) Ask(_ context.Context, _ string, conversation uuid.UUID, in assistant.Input) (assistant.Receipt, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fail.IntN(20) == 0 {
		return assistant.Receipt{}, assistant.ErrUnavailable
	}
	body, ok := in.Body.(assistant.HandoffEvent)
	if !ok {
		return assistant.Receipt{}, fmt.Errorf("told a %T", in.Body)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return assistant.Receipt{}, err
	}
	key := conversation.String() + in.ID
	if was, again := e.ids[key]; again {
		if was != string(raw) {
			return assistant.Receipt{}, assistant.ErrConflict
		}
		return assistant.Receipt{Turn: 1}, nil
	}
	e.ids[key] = string(raw)
	e.heard[conversation] = append(e.heard[conversation], body)
	if e.fail.IntN(20) == 0 {
		return assistant.Receipt{}, nil // heard, but the answer was lost
	}
	return assistant.Receipt{Turn: 1}, nil
}

// clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type bench struct {
	t     *testing.T
	pool  *pgxpool.Pool
	ear   *ear
	clock *clock
	convs []uuid.UUID
}

func newBench(t *testing.T, conversations int) *bench {
	t.Helper()
	b := &bench{
		t: t, pool: postgrestest.New(t), clock: &clock{now: testNow()},
		ear: &ear{heard: map[uuid.UUID][]assistant.HandoffEvent{}, ids: map[string]string{}, fail: rand.New(rand.NewPCG(1, 2))},
	}
	b.exec("INSERT INTO subject (id, data_key, created_at) VALUES ('c:1', repeat('x', 40)::bytea, now())")
	for range conversations {
		id := uuid.Must(uuid.NewV7())
		b.exec("INSERT INTO conversation (id, subject, created_at, updated_at) VALUES ($1, 'c:1', now(), now())", id)
		b.convs = append(b.convs, id)
	}
	return b
}

func (b *bench) exec(query string, args ...any) {
	b.t.Helper()
	err := postgres.InTx(b.t.Context(), b.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		_, err := tx.Exec(b.t.Context(), query, args...)
		return err
	})
	if err != nil {
		b.t.Error(err)
	}
}

func (b *bench) count(query string, args ...any) int {
	b.t.Helper()
	n := 0
	err := postgres.InTx(b.t.Context(), b.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		return tx.QueryRow(b.t.Context(), query, args...).Scan(&n)
	})
	if err != nil {
		b.t.Error(err)
	}
	return n
}

func (b *bench) desk(node string) *Desk {
	b.t.Helper()
	d, err := New(Config{Pool: b.pool, Conversations: b.ear, Clock: b.clock.time, Node: node})
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

func (b *bench) ask(conversation uuid.UUID, kind string, urgent bool) {
	b.t.Helper()
	queue := "general"
	if urgent {
		queue = "safety"
	}
	raw, err := json.Marshal(assistant.HandoffRequest{Queue: queue, Reason: "r", Urgent: urgent, Locale: "zh", Customer: dialogue.Customer{Name: "王秀英"}})
	if err != nil {
		b.t.Fatal(err)
	}
	b.exec("INSERT INTO outbox (conversation, subject, kind, body, created_at) VALUES ($1, 'c:1', $2, $3, $4)", conversation, kind, string(raw), b.clock.time())
}

// kill takes every seat from a node without a word, as a crash does.
func kill(d *Desk) {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.seats)
	clear(d.agents)
}

const noTwoOwners = "SELECT count(*) FROM (SELECT FROM handoff WHERE state IN ('queued', 'ringing', 'accepted') GROUP BY conversation HAVING count(*) > 1) twice"

// One random life of two desks: requests, accepts, declines, hand-backs, cancels,
// dead nodes, time passing, all at once. No conversation ever has two owners, no
// request is lost, and each conversation hears a story that makes sense.
func TestNeverTwoOwnersNeverLost(t *testing.T) {
	t.Parallel()
	const operations, workers = 2000, 4
	b := newBench(t, 12)
	desks := []*Desk{b.desk("one"), b.desk("two")}
	agents := []string{"A01", "A02", "A03", "A04", "A05"}
	var wg sync.WaitGroup
	var mu sync.Mutex
	tally := map[string]int{}
	note := func(what string) { mu.Lock(); tally[what]++; mu.Unlock() }
	for worker := range workers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 22))
			seats := map[string]*Seat{}
			ctx := t.Context()
			for range operations / workers {
				d := desks[random.IntN(len(desks))]
				agent := agents[random.IntN(len(agents))]
				conversation := b.convs[random.IntN(len(b.convs))]
				// Each worker has its own sockets; several may be of one agent.
				if seats[agent] == nil {
					seat, err := d.Join(ctx, Profile{Agent: agent, Name: agent, Number: "1", Skills: []string{"general"}, Languages: []string{"zh"}, Capacity: 2}, nil)
					if err != nil {
						t.Error(err)
						return
					}
					seats[agent] = seat
					if err := seat.Presence(ctx, PresenceReady); err != nil && !errors.Is(err, ErrOffDuty) {
						t.Error(err)
					}
				}
				seat := seats[agent]
				now := seat.Now()
				var err error
				switch op := random.IntN(100); {
				case op < 20:
					b.ask(conversation, "handoff", random.IntN(5) == 0)
					note("asked")
				case op < 26:
					b.ask(conversation, "handoff_cancel", false)
				case op < 50 && len(now.Waiting) > 0:
					_, err = seat.Accept(ctx, now.Waiting[random.IntN(len(now.Waiting))].ID)
					if err == nil {
						note("accepted")
					}
				case op < 56 && len(now.Ringing) > 0:
					err = seat.Decline(ctx, now.Ringing[0].ID)
					note("declined")
				case op < 66 && len(now.Owned) > 0:
					err = seat.HandBack(ctx, now.Owned[random.IntN(len(now.Owned))].ID, "done")
					if err == nil {
						note("handed back")
					}
				case op < 70:
					// The node is killed: nothing is said, no lease is renewed.
					kill(d)
					clear(seats)
					note("crashed")
				case op < 72:
					seat.Leave(ctx)
					delete(seats, agent)
				case op < 84:
					b.clock.pass(time.Duration(random.IntN(4000)) * time.Millisecond)
				case op < 94:
					err = d.Look(ctx)
				default:
					err = d.TellAll(ctx)
				}
				for _, allowed := range []error{ErrTaken, ErrGone, ErrFull, ErrNotYours, ErrOffDuty} {
					if errors.Is(err, allowed) {
						err = nil
						note("refused")
					}
				}
				if err != nil {
					t.Error(err)
				}
				if n := b.count(noTwoOwners); n != 0 {
					t.Errorf("%d conversations are open twice", n)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%v", tally)
	for what, least := range map[string]int{"asked": 100, "accepted": 50, "handed back": 5, "crashed": 20} {
		if tally[what] < least {
			t.Errorf("only %d times %s: the test tests little", tally[what], what)
		}
	}
	// Everybody has gone: leases end, owners are lost, nothing hangs.
	for range 4 {
		b.clock.pass(31 * time.Second)
		for _, d := range desks {
			kill(d)
			if err := d.Look(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	for range 60 {
		b.clock.pass(31 * time.Second)
		if err := desks[0].TellAll(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if n := b.count("SELECT count(*) FROM outbox WHERE taken_at IS NULL"); n != 0 {
		t.Errorf("%d requests were never taken", n)
	}
	if n := b.count("SELECT count(*) FROM handoff WHERE state IN ('accepted', 'ringing')"); n != 0 {
		t.Errorf("%d handoffs have an owner that has gone", n)
	}
	if n := b.count("SELECT count(*) FROM handoff WHERE state = 'queued' AND NOT urgent"); n != 0 {
		t.Errorf("%d customers wait for nobody and don't know it", n)
	}
	if n := b.count("SELECT count(*) FROM handoff_event WHERE told_at IS NULL"); n != 0 {
		t.Errorf("%d events were never told", n)
	}
	for conversation, events := range b.ear.heard {
		if err := sense(events); err != nil {
			t.Errorf("conversation %s heard nonsense: %v", conversation, err)
		}
	}
}

// sense checks one conversation's story: an agent comes only to who has none,
// and leaves only where there is one.
func sense(events []assistant.HandoffEvent) error {
	owner := ""
	var story strings.Builder
	for _, e := range events {
		fmt.Fprintf(&story, "%s(%s) ", e.State, e.Agent.ID)
		switch e.State {
		case dialogue.HandoffAccepted:
			if owner != "" {
				return fmt.Errorf("%s joins %s: %s", e.Agent.ID, owner, story.String())
			}
			owner = e.Agent.ID
		case dialogue.HandoffQueued:
			if owner != "" {
				return fmt.Errorf("queued beside %s: %s", owner, story.String())
			}
		case dialogue.HandoffHandedBack:
			if owner == "" {
				return fmt.Errorf("handed back by nobody: %s", story.String())
			}
			owner = ""
		case dialogue.HandoffCancelled, dialogue.HandoffClosed:
			owner = ""
		}
	}
	return nil
}

// A hundred requests, two desks taking at once: each is queued once.
func TestTakenOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, 100)
	desks := []*Desk{b.desk("one"), b.desk("two")}
	seat, err := desks[0].Join(t.Context(), Profile{Agent: "A01", Name: "A", Number: "1", Skills: []string{"general"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer seat.Leave(t.Context())
	for _, conversation := range b.convs {
		b.ask(conversation, "handoff", false)
	}
	var wg sync.WaitGroup
	for _, d := range desks {
		for range 3 {
			wg.Go(func() {
				if err := d.Look(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if n := b.count("SELECT count(*) FROM handoff"); n != 100 {
		t.Errorf("100 requests made %d handoffs", n)
	}
}
