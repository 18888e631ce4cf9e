package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
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

func (e *ear) Ask(ctx context.Context, _ string, conversation uuid.UUID, in assistant.Input) (assistant.Receipt, error) {
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
	if ctx.Value(dies{}) != nil && e.fail.IntN(3) == 0 {
		runtime.Goexit() // told, and dead before it is noted
	}
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

const noTwoOwners = "SELECT count(*) FROM (SELECT FROM handoff WHERE state IN ('booked', 'queued', 'ringing', 'accepted') GROUP BY conversation HAVING count(*) > 1) twice"

var operations = flag.Int("operations", 500, "how many random operations a life of the desk has")

// world are the nodes of a life; a killed one is followed by another.
type world struct {
	*bench
	mu    sync.Mutex
	nodes []*Desk
	born  int
	story *history
	tally map[string]int
}

func (w *world) node(i int) *Desk {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.nodes[i]
}

// crash kills a node and starts another in its place.
func (w *world) crash(i int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.nodes[i] != nil {
		kill(w.nodes[i])
	}
	w.born++
	w.nodes[i] = w.desk(fmt.Sprintf("node-%d", w.born))
	w.nodes[i].store.wrote = wrote
}

func (w *world) note(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tally[what]++
}

func (w *world) living(d *Desk) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.nodes, d)
}

// A random life of nodes and agents: requests, accepts, declines, transfers,
// conferences, hand-backs, cancels, time passing, all at once, and nodes that die
// between a statement and the telling of it. The history of who owned whom is one
// that a register for each conversation can have: never two owners. No request is
// lost, and each conversation hears a story that makes sense: never none.
func TestNeverTwoOwnersNeverLost(t *testing.T) {
	t.Parallel()
	const workers = 4
	count := *operations
	w := &world{bench: newBench(t, 12), nodes: make([]*Desk, 3), story: &history{began: time.Now()}, tally: map[string]int{}}
	for i := range w.nodes {
		w.crash(i)
	}
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() { w.live(uint64(worker), count/workers) })
	}
	wg.Wait()
	t.Logf("%v, %d changes of owner", w.tally, w.story.check(t))
	if count >= 5000 && w.tally["joined"] == 0 { // too rare for a short life
		t.Error("nobody ever joined: the test tests little")
	}
	for what, least := range map[string]int{"asked": 20, "accepted": 10, "handed back": 1, "transferred": 1, "crashed": 4, "booked": 10, "due": 1} {
		if w.tally[what] < least*count/500 {
			t.Errorf("only %d times %s: the test tests little", w.tally[what], what)
		}
	}
	w.drain()
}

// live is one worker: it has its own sockets; several may be of one agent.
func (w *world) live(seed uint64, count int) {
	random := rand.New(rand.NewPCG(seed, 22))
	agents := []string{"A01", "A02", "A03", "A04", "A05"}
	seats := map[string]*Seat{}
	for range count {
		i := random.IntN(len(w.nodes))
		d := w.node(i)
		agent := agents[random.IntN(len(agents))]
		seat := seats[agent]
		if seat == nil || !w.living(seat.desk) {
			var err error
			seat, err = d.Join(w.t.Context(), Profile{Agent: agent, Name: agent, Number: "1", Skills: []string{"general"}, Languages: []string{"zh"}, Capacity: 2}, nil)
			if err != nil {
				w.t.Error(err)
				return
			}
			seats[agent] = seat
			if err := seat.Presence(w.t.Context(), PresenceReady); err != nil && !errors.Is(err, ErrOffDuty) {
				w.t.Error(err)
			}
		}
		w.step(random, i, seat, agents)
		if n := w.count(noTwoOwners); n != 0 {
			w.t.Errorf("%d conversations are open twice", n)
		}
	}
}

// step does one random thing and keeps its part of the history.
func (w *world) step(random *rand.Rand, node int, seat *Seat, agents []string) {
	d := w.node(node)
	now := seat.Now()
	ctx, watching := w.story.begin(w.t.Context())
	conversation := w.convs[random.IntN(len(w.convs))]
	var err error
	var did, reads string // reads: the conversation whose owner this agent now is
	switch op := random.IntN(100); {
	case op < 14:
		w.ask(conversation, "handoff", random.IntN(5) == 0)
		did = "asked"
	case op < 20:
		w.book(conversation, w.clock.time().Add(time.Duration(random.IntN(20000))*time.Millisecond))
		did = "booked"
	case op < 24:
		w.ask(conversation, "handoff_cancel", false)
	case op < 42 && len(now.Waiting)+len(now.Booked) > 0:
		waiting := slices.Concat(now.Waiting, now.Booked)
		h := waiting[random.IntN(len(waiting))]
		_, err = seat.Accept(ctx, h.ID)
		did, reads = "accepted", h.Conversation.String()
	case op < 48 && len(now.Asked) > 0:
		_, err = seat.Accept(ctx, now.Asked[0].ID)
		did = "joined"
	case op < 52 && len(now.Ringing) > 0:
		err = seat.Decline(ctx, now.Ringing[0].ID)
	case op < 72 && len(now.Owned) > 0:
		h := now.Owned[random.IntN(len(now.Owned))]
		switch random.IntN(6) {
		case 0:
			err, did = seat.HandBack(ctx, h.ID, "done"), "handed back"
		case 1:
			err, did = seat.Transfer(ctx, h.ID, Target{Queue: "general"}, "接着办"), "transferred"
		case 2:
			err, did = seat.Transfer(ctx, h.ID, Target{Agent: agents[random.IntN(len(agents))]}, "接着办"), "transferred"
		case 3, 4:
			err = seat.Invite(ctx, h.ID, agents[random.IntN(len(agents))])
		default:
			if err = seat.LeaveCase(ctx, h.ID); err == nil {
				did = "left"
			}
		}
	case op >= 72 && op < 78:
		// The node dies in the middle of a look or of telling.
		dying, stop := context.WithCancel(context.WithValue(ctx, dies{}, true))
		time.AfterFunc(time.Duration(random.IntN(5000))*time.Microsecond, stop)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			if random.IntN(2) == 0 {
				err = errors.Join(context.Canceled, d.Look(dying))
			} else {
				_ = d.TellAll(dying) // it may end the goroutine between Ask and the note
			}
		}()
		<-ended
		stop()
		w.crash(node)
		did = "crashed"
	case op >= 78 && op < 88:
		w.clock.pass(time.Duration(random.IntN(4000)) * time.Millisecond)
	case op < 96:
		err = d.Look(ctx)
	default:
		err = d.TellAll(ctx)
	}
	w.story.end(watching, err)
	for _, c := range watching.changes {
		if c.before.State == StateBooked && c.after.waiting() {
			w.note("due")
		}
	}
	for _, allowed := range []error{ErrTaken, ErrGone, ErrFull, ErrNotYours, ErrOffDuty, ErrNoSuch, ErrBusy, ErrNotHere, context.Canceled} {
		if err != nil && errors.Is(err, allowed) {
			if did == "crashed" {
				w.note(did)
			}
			return
		}
	}
	if err != nil {
		w.t.Error(err)
	} else if did != "" {
		w.note(did)
		if reads != "" && len(watching.changes) == 0 {
			w.story.read(watching, reads, seat.agent)
		}
	}
}

func (h *Handoff) waiting() bool { return h.State == StateQueued || h.State == StateRinging }

// drain lets everybody go: leases end, owners are lost, nothing hangs.
func (w *world) drain() {
	w.t.Helper()
	for range 4 {
		w.clock.pass(31 * time.Second)
		for i := range w.nodes {
			kill(w.node(i))
			if err := w.node(i).Look(w.t.Context()); err != nil {
				w.t.Error(err)
			}
		}
	}
	for range 60 {
		w.clock.pass(31 * time.Second)
		if err := w.node(0).TellAll(w.t.Context()); err != nil {
			w.t.Error(err)
		}
	}
	for what, query := range map[string]string{
		"requests were never taken":                   "SELECT count(*) FROM outbox WHERE taken_at IS NULL",
		"handoffs have an owner that has gone":        "SELECT count(*) FROM handoff WHERE state IN ('accepted', 'ringing')",
		"customers wait for nobody and don't know it": "SELECT count(*) FROM handoff WHERE state = 'queued' AND NOT urgent AND due_at IS NULL",
		"call-backs never fell due":                   "SELECT count(*) FROM handoff WHERE state = 'booked'",
		"events were never told":                      "SELECT count(*) FROM handoff_event WHERE told_at IS NULL",
	} {
		if n := w.count(query); n != 0 {
			w.t.Errorf("%d %s", n, what)
		}
	}
	for conversation, events := range w.ear.heard {
		if err := sense(events); err != nil {
			w.t.Errorf("conversation %s heard nonsense: %v", conversation, err)
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
			if owner != "" && e.Reason == "" {
				return fmt.Errorf("%s joins %s: %s", e.Agent.ID, owner, story.String())
			}
			owner = e.Agent.ID
		case dialogue.HandoffJoined, dialogue.HandoffLeft, dialogue.HandoffHeld, dialogue.HandoffResumed:
			if owner == "" {
				return fmt.Errorf("%s beside nobody: %s", e.State, story.String())
			}
		case dialogue.HandoffBooked:
			if owner != "" {
				return fmt.Errorf("booked beside %s: %s", owner, story.String())
			}
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
