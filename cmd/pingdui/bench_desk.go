package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/pprof"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/internal/postgres"
)

// benchDeskCommand loads a bank's desk into a database of its own and measures
// decisions: from a request that is stored, or from an agent who becomes ready, to the ring that
// the agent's desk sees. Two nodes share the database.
type benchDeskCommand struct {
	Agents   int           `default:"28000" help:"Agents on duty."`
	Branches int           `default:"15000" help:"Branches they belong to."`
	Waiting  int           `default:"2000" help:"Customers who wait throughout."`
	Presence int           `default:"100" help:"Presence changes a second."`
	Requests int           `default:"10" help:"Requests a second that somebody free can serve."`
	For      time.Duration `default:"20s" help:"How long to measure."`
	Postgres string        `name:"postgres-bin" help:"The bin folder of the PostgreSQL to use."`
	Profile  string        `name:"cpu-profile" help:"Write a CPU profile of the measured time to this file." placeholder:"FILE"`
	JSON     bool          `name:"json" help:"Print one JSON object."`
}

// Half of the queues are crowded: those who wait do so there, and every agent of
// theirs is taken.
const (
	benchQueues  = 20
	benchCrowded = 10
	benchSeats   = 1000 // agents with a live desk, the others are busy elsewhere
)

// benchReport is what is printed.
type benchReport struct {
	Agents   int     `json:"agents"`
	Branches int     `json:"branches"`
	Waiting  int     `json:"waiting"`
	Seconds  float64 `json:"seconds"`
	Presence int     `json:"presence_changes"`
	Request  spread  `json:"request_to_ring"`
	Ready    spread  `json:"ready_to_ring"`
	// Parts of decisions: read, plan, write. CPU is the program's own, load included.
	Parts map[string]spread `json:"parts"`
	CPU   float64           `json:"cpu_seconds"`
}

// Run measures and prints.
func (c benchDeskCommand) Run(s *session) error {
	if c.Agents < 2*benchSeats || c.Branches < 1 || c.Waiting < 0 || c.Presence < 1 || c.Requests < 1 || c.For < time.Second {
		return fmt.Errorf("at least %d agents, 1 branch, 1 presence change and 1 request a second, and 1 s are needed", 2*benchSeats)
	}
	dir, err := os.MkdirTemp("", "pingdui-bench-")
	if err != nil {
		return fmt.Errorf("make a folder for the database: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	server, err := postgres.FindServer(c.Postgres)
	if err != nil {
		return err
	}
	cluster, err := postgres.StartCluster(s.ctx, postgres.ClusterConfig{Dir: filepath.Join(dir, "postgres"), Server: server})
	if err != nil {
		return err
	}
	defer cluster.Stop() //nolint:errcheck // the folder goes
	url := cluster.URL("postgres", mainDatabase)
	if err := postgres.CreateDatabase(s.ctx, cluster.URL("postgres", "postgres"), mainDatabase); err != nil {
		return err
	}
	if err := postgres.Migrate(s.ctx, url); err != nil {
		return err
	}
	pool, err := postgres.Open(s.ctx, url, 16)
	if err != nil {
		return err
	}
	defer pool.Close()
	bench := &deskBench{benchDeskCommand: c, pool: pool, asked: map[uuid.UUID]time.Time{}, ready: map[string]time.Time{}, seats: map[string]*handoff.Seat{}, served: map[uuid.UUID]bool{}, parts: map[string][]time.Duration{}}
	report, err := bench.run(s.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, report)
	}
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintf(w, "%d agents of %d branches, %d waiting, %d presence changes in %.0f s, two nodes\n",
		report.Agents, report.Branches, report.Waiting, report.Presence, report.Seconds)
	_, _ = fmt.Fprintf(w, "request → ring\t%s\n", report.Request)
	_, _ = fmt.Fprintf(w, "ready → ring\t%s\n", report.Ready)
	for _, part := range []string{"read", "plan", "write"} {
		_, _ = fmt.Fprintf(w, "  %s\t%s\n", part, report.Parts[part])
	}
	_, _ = fmt.Fprintf(w, "CPU of this program: %.1f s in %.0f s\n", report.CPU, report.Seconds)
	return w.Flush()
}

// deskBench is one measurement under way.
type deskBench struct {
	benchDeskCommand
	pool  *pgxpool.Pool
	nodes []*handoff.Desk

	mu       sync.Mutex
	asked    map[uuid.UUID]time.Time // requests that wait for their ring
	ready    map[string]time.Time    // agents who became ready and wait for one
	seats    map[string]*handoff.Seat
	served   map[uuid.UUID]bool
	presence int
	request  []time.Duration
	becoming []time.Duration
	parts    map[string][]time.Duration
}

// took notes a part of a decision.
func (b *deskBench) took(part string, took time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.parts[part] = append(b.parts[part], took)
}

// cpu is what the program has used so far.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// profiled writes a CPU profile while f runs; an empty file name writes none.
func profiled(file string, f func()) error {
	if file == "" {
		f()
		return nil
	}
	out, err := os.Create(file) //nolint:gosec // the operator's own file
	if err != nil {
		return fmt.Errorf("write the CPU profile: %w", err)
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return errors.Join(fmt.Errorf("write the CPU profile: %w", err), out.Close())
	}
	f()
	pprof.StopCPUProfile()
	return out.Close()
}

// Publish is the bus of the bench.
func (b *deskBench) Publish(string, []byte) {
	for _, n := range b.nodes {
		n.Kick()
	}
}

// Ask is the engine of the bench: it has heard everything.
func (b *deskBench) Ask(context.Context, string, uuid.UUID, assistant.Input) (assistant.Receipt, error) {
	return assistant.Receipt{Turn: 1}, nil
}

func benchQueue(i int) string { return fmt.Sprintf("q%02d", i%benchQueues) }

func (b *deskBench) exec(ctx context.Context, query string, args ...any) error {
	err := postgres.InTx(ctx, b.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("load the bench: %w", err)
	}
	return nil
}

func (b *deskBench) run(ctx context.Context) (benchReport, error) {
	queues := map[string]handoff.Queue{"general": {Skill: "general"}}
	for i := range benchQueues {
		queues[benchQueue(i)] = handoff.Queue{Skill: benchQueue(i), Certificates: []string{"银行从业资格"}, Overflow: []string{"general"}, OverflowAfter: time.Hour}
	}
	for _, name := range []string{"bench-1", "bench-2"} {
		d, err := handoff.New(handoff.Config{Pool: b.pool, Conversations: b, Bus: b, Node: name, Queues: queues, Took: b.took})
		if err != nil {
			return benchReport{}, err
		}
		b.nodes = append(b.nodes, d)
	}
	if err := b.load(ctx); err != nil {
		return benchReport{}, err
	}
	running, stop := context.WithCancel(ctx)
	var parts sync.WaitGroup
	defer parts.Wait()
	defer stop()
	rings := make(chan string, 1<<16)
	if err := b.sit(ctx, rings); err != nil {
		return benchReport{}, err
	}
	for _, n := range b.nodes {
		parts.Go(func() { _ = n.Run(running) })
	}
	acts := make(chan func(), 1<<16)
	for range 4 {
		parts.Go(func() { b.serve(running, rings, acts) })
	}
	for range 8 {
		parts.Go(func() {
			for {
				select {
				case <-running.Done():
					return
				case act := <-acts:
					act()
				}
			}
		})
	}
	if err := b.settle(ctx); err != nil {
		return benchReport{}, err
	}
	errs := make(chan error, 2)
	measuring, end := context.WithTimeout(running, b.For)
	defer end()
	var load sync.WaitGroup
	b.mu.Lock()
	clear(b.parts) // what loading took does not count
	b.mu.Unlock()
	used := cpu()
	if err := profiled(b.Profile, func() {
		load.Go(func() { errs <- b.come(measuring) })
		load.Go(func() { errs <- b.flip(measuring) })
		load.Wait()
	}); err != nil {
		return benchReport{}, err
	}
	used = cpu() - used
	for range 2 {
		if err := <-errs; err != nil {
			return benchReport{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return benchReport{}, err
	}
	waiting := 0
	err := postgres.InTx(ctx, b.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM handoff WHERE state IN ('queued', 'ringing')").Scan(&waiting)
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	split := map[string]spread{}
	for name, took := range b.parts {
		split[name] = spreadOf(took)
	}
	return benchReport{
		Parts: split, CPU: used.Seconds(),
		Agents: b.Agents, Branches: b.Branches, Waiting: waiting, Seconds: b.For.Seconds(), Presence: b.presence,
		Request: spreadOf(b.request), Ready: spreadOf(b.becoming),
	}, err
}

// load writes the agents elsewhere and those who wait.
func (b *deskBench) load(ctx context.Context) error {
	for _, query := range []string{
		"INSERT INTO subject (id, data_key, created_at) VALUES ('c:bench', repeat('x', 40)::bytea, now())",
		fmt.Sprintf(`INSERT INTO agent_presence (agent, node, connected, state, lease_until, capacity, name, number, skills, languages, certificates, branch, idle_since)
			SELECT 'B' || i, 'bench-1', true, 'busy', now(), 3, '坐席', i::text, ARRAY['q' || lpad((i %% %d)::text, 2, '0')], ARRAY['zh'],
			'[{"name":"银行从业资格","until":"2099-01-01T00:00:00Z"}]', 'F' || i %% %d, now() FROM generate_series(1, %d) i`, benchQueues, b.Branches, b.Agents-benchSeats),
		fmt.Sprintf(`WITH c AS (INSERT INTO conversation (id, subject, created_at, updated_at)
			SELECT gen_random_uuid(), 'c:bench', now(), now() FROM generate_series(1, %d) RETURNING id)
			INSERT INTO handoff (id, conversation, subject, queue, reason, edition, locale, employee, customer, view, needs, since)
			SELECT gen_random_uuid(), id, 'c:bench', 'q' || lpad((row_number() OVER () %% %d)::text, 2, '0'), '', 'standard', 'zh', '', '王**',
			jsonb_build_object('Age', 30 + row_number() OVER () %% 50), jsonb_build_object('branch', 'F' || row_number() OVER ()), now() FROM c`, b.Waiting, benchCrowded),
		"ANALYZE",
	} {
		if err := b.exec(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

// settle waits until everybody has been told a first place.
func (b *deskBench) settle(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	done := errors.New("settled")
	err := every(limited, 4, func() error {
		open := 0
		err := postgres.InTx(limited, b.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
			return tx.QueryRow(limited, "SELECT (SELECT count(*) FROM handoff WHERE place = 0 AND state = 'queued') + (SELECT count(*) FROM handoff_event WHERE told_at IS NULL)").Scan(&open)
		})
		if err == nil && open == 0 {
			return done
		}
		return err
	})
	switch {
	case errors.Is(err, done):
		return nil
	case err == nil:
		return errors.New("those who wait were not told their places within a minute")
	}
	return err
}

// sit opens the live desks. Those of crowded queues are busy at first.
func (b *deskBench) sit(ctx context.Context, rings chan<- string) error {
	for i := range benchSeats {
		agent := fmt.Sprintf("L%04d", i)
		seat, err := b.nodes[i%2].Join(ctx, handoff.Profile{
			Agent: agent, Name: "坐席", Number: agent, Skills: []string{benchQueue(i)}, Languages: []string{"zh"},
			Certificates: []handoff.Certificate{{Name: "银行从业资格"}}, Branch: fmt.Sprintf("F%d", i), Capacity: 3,
		}, func() {
			select {
			case rings <- agent:
			default:
			}
		})
		if err != nil {
			return err
		}
		b.seats[agent] = seat
		state := handoff.PresenceReady
		if i%benchQueues < benchCrowded {
			state = handoff.PresenceBusy
		}
		if err := seat.Presence(ctx, state); err != nil {
			return err
		}
	}
	return nil
}

// serve takes what rings: notes how long it took, and has others accept and hand
// back.
func (b *deskBench) serve(ctx context.Context, rings <-chan string, acts chan<- func()) {
	for {
		var agent string
		select {
		case <-ctx.Done():
			return
		case agent = <-rings:
		}
		seat := b.seats[agent]
		for _, h := range seat.Now().Ringing {
			now := time.Now()
			b.mu.Lock()
			if at, ok := b.asked[h.Conversation]; ok {
				b.request = append(b.request, now.Sub(at))
				delete(b.asked, h.Conversation)
			} else if at, ok := b.ready[agent]; ok {
				b.becoming = append(b.becoming, now.Sub(at))
				delete(b.ready, agent)
			}
			served := b.served[h.ID]
			b.served[h.ID] = true
			b.mu.Unlock()
			if !served {
				acts <- func() {
					if _, err := seat.Accept(ctx, h.ID); err == nil {
						_ = seat.HandBack(ctx, h.ID, "")
						if h.Queue < benchQueue(benchCrowded) { // another comes for each who is served: as many wait throughout
							_ = b.store(ctx, uuid.Must(uuid.NewV7()), h.Queue)
						}
					}
				}
			}
		}
	}
}

// every calls f so many times a second until ctx ends, some at once where one takes
// longer.
func every(ctx context.Context, perSecond int, f func() error) error {
	calls, ctx := errgroup.WithContext(ctx)
	calls.SetLimit(8)
	ticker := time.NewTicker(time.Second / time.Duration(perSecond))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			if err := calls.Wait(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
				return err
			}
			return nil
		case <-ticker.C:
			calls.Go(func() error {
				if err := f(); err != nil && ctx.Err() == nil {
					return err
				}
				return nil
			})
		}
	}
}

// come brings customers to the queues that have free agents, and as many to the
// crowded ones as are served there.
func (b *deskBench) come(ctx context.Context) error {
	return every(ctx, b.Requests, func() error {
		queue := benchQueue(benchCrowded + rand.IntN(benchQueues-benchCrowded)) //nolint:gosec // a load, not a secret
		id := uuid.Must(uuid.NewV7())
		b.came(id, true)
		err := b.store(ctx, id, queue)
		b.came(id, false) // the clock starts when the request is stored
		b.Publish(assistant.OutboxSubject, nil)
		return err
	})
}

// store stores one request.
func (b *deskBench) store(ctx context.Context, id uuid.UUID, queue string) error {
	body, err := json.Marshal(assistant.HandoffRequest{Queue: queue, Reason: "r", Edition: "standard", Locale: "zh", Customer: dialogue.Customer{Age: 20 + rand.IntN(60), Branch: fmt.Sprintf("F%d", rand.IntN(b.Branches))}}) //nolint:gosec // a load, not a secret
	if err != nil {
		return err
	}
	return b.exec(ctx, `WITH c AS (INSERT INTO conversation (id, subject, created_at, updated_at) VALUES ($1, 'c:bench', now(), now()) RETURNING id)
		INSERT INTO outbox (conversation, subject, kind, body, created_at) SELECT id, 'c:bench', 'handoff', $2, $3 FROM c`, id, string(body), time.Now())
}

// came notes when a request was made, unless it rang already.
func (b *deskBench) came(id uuid.UUID, first bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.asked[id]; ok || first {
		b.asked[id] = time.Now()
	}
}

// flip changes presences: agents of crowded queues become ready now and then,
// take the next who waits, and are busy again; others come and go.
func (b *deskBench) flip(ctx context.Context) error {
	return every(ctx, b.Presence, func() error {
		i := rand.IntN(benchSeats) //nolint:gosec // a load, not a secret
		agent := fmt.Sprintf("L%04d", i)
		seat := b.seats[agent]
		state := handoff.PresenceReady
		if seat.Now().Presence == handoff.PresenceReady {
			state = handoff.PresenceBusy
		}
		b.mu.Lock()
		b.presence++
		delete(b.ready, agent)
		if state == handoff.PresenceReady && i%benchQueues < benchCrowded {
			b.ready[agent] = time.Now()
		}
		b.mu.Unlock()
		return seat.Presence(ctx, state)
	})
}
