package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/counting"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/channels/web"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/bus"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/vault"
	"github.com/pingdui/pingdui/internal/wire"
)

// The chaos run: two node processes on one real database (outside every node,
// fsync on), a bank that sometimes commits and then hangs up, customers on two
// sockets each, and a kill -9 every second or so. It must find nothing — and
// must name each planted defect.

const nodeEnv = "CHAOS_NODE"

type nodeConfig struct {
	Name, DatabaseURL, BankURL, KeyDir string
	Faults                             assistant.Faults
}

func TestMain(m *testing.M) {
	if raw := os.Getenv(nodeEnv); raw != "" { //nolint:forbidigo // this process is a node of the chaos run
		if err := chaosNode(raw); err != nil {
			_, _ = fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// chaosNode runs one node until it is killed.
func chaosNode(raw string) error {
	var c nodeConfig
	if err := json.Unmarshal([]byte(raw), &c); err != nil {
		return err
	}
	ctx := context.Background()
	pool, err := postgres.Open(ctx, c.DatabaseURL, 12)
	if err != nil {
		return err
	}
	master, err := vault.LoadMaster("", c.KeyDir)
	if err != nil {
		return err
	}
	secret, err := auth.Secret(ctx, pool, "cluster")
	if err != nil {
		return err
	}
	tokens, err := auth.Secret(ctx, pool, "tokens")
	if err != nil {
		return err
	}
	rows, err := pool.Query(ctx, "SELECT cluster_addr FROM node WHERE beat_at > now() - interval '3 seconds'")
	if err != nil {
		return err
	}
	var routes []string
	for rows.Next() {
		var addr string
		if err := rows.Scan(&addr); err != nil {
			return err
		}
		routes = append(routes, addr)
	}
	b, err := bus.Open(bus.Config{Name: c.Name, ClusterAddr: "127.0.0.1:0", Secret: fmt.Sprintf("%x", secret), Routes: routes})
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	engine, err := assistant.New(assistant.Config{
		Pool: pool, Master: master, Mind: counting.Mind{}, Bank: &httpBank{c.BankURL}, Bus: b, Log: log, Node: c.Name,
		ClusterAddr: b.ClusterAddr(), Faults: c.Faults, ActionLease: 3 * time.Second,
	})
	if err != nil {
		return err
	}
	hints := make(chan *bus.Hint, 4096)
	if _, err := b.Subscribe(assistant.HintSubject, hints); err != nil {
		return err
	}
	go func() {
		for h := range hints {
			engine.Hub().Deliver(h.Data)
		}
	}()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := web.New(web.Config{
		Engine: engine, Keeper: auth.New(tokens, pool, time.Now), Log: log, First: "xiaoan", Node: c.Name, Clock: time.Now,
		Employees: func(string, string) []wire.Employee { return []wire.Employee{} },
	})
	go func() { _ = http.Serve(listener, server) }() //nolint:gosec // a test's server on loopback
	fmt.Println(listener.Addr())                     //nolint:forbidigo // the parent reads it
	return engine.Run(ctx)
}

// httpBank calls the scripted bank of the parent process.
type httpBank struct{ url string }

func (b *httpBank) call(ctx context.Context, method, path string, body any) dialogue.Result {
	raw, _ := json.Marshal(body)
	req, err := http.NewRequestWithContext(ctx, method, b.url+path, bytes.NewReader(raw))
	if err != nil {
		return dialogue.Result{Outcome: dialogue.Unknown}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	answer, err := http.DefaultClient.Do(req.WithContext(ctx))
	if err != nil {
		return dialogue.Result{Outcome: dialogue.Unknown}
	}
	defer func() { _ = answer.Body.Close() }()
	switch answer.StatusCode {
	case http.StatusOK:
		return dialogue.Result{Outcome: dialogue.Done, Value: json.RawMessage(`{}`)}
	case http.StatusNotFound:
		return dialogue.Result{Outcome: dialogue.Failed}
	}
	return dialogue.Result{Outcome: dialogue.Unknown}
}

func (b *httpBank) Read(ctx context.Context, _ string, _ map[string]any) dialogue.Result {
	return b.call(ctx, http.MethodPost, "/read", nil)
}

func (b *httpBank) Act(ctx context.Context, key, _ string, args map[string]any) dialogue.Result {
	return b.call(ctx, http.MethodPost, "/act/"+key, args)
}

func (b *httpBank) Ask(ctx context.Context, key, _ string) dialogue.Result {
	return b.call(ctx, http.MethodGet, "/act/"+key, nil)
}

// chaosBank keeps one entry a key, and loses every third answer after it has
// committed.
type chaosBank struct {
	mu      sync.Mutex
	entries map[string]string // key → what
	n       int
}

func (b *chaosBank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/read" {
		return
	}
	key := strings.TrimPrefix(r.URL.Path, "/act/")
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.Method == http.MethodGet {
		if _, ok := b.entries[key]; !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		return
	}
	var args struct {
		What string `json:"what"`
	}
	_ = json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&args)
	b.entries[key] = args.What
	b.n++
	if b.n%3 == 0 {
		panic(http.ErrAbortHandler) // the answer is lost after the commit
	}
}

type chaosRun struct {
	t       *testing.T
	url     string
	keyDir  string
	bank    *chaosBank
	bankURL string
	faults  assistant.Faults
	keeper  *auth.Keeper
	pool    *pgxpool.Pool

	mu    sync.Mutex
	nodes [2]*chaosProcess
	stop  chan struct{} // no new messages
	part  chan struct{} // the kills are over: each device to the node of its number
	found map[string]string
	sent  int
	kills int
}

type chaosProcess struct {
	cmd  *exec.Cmd
	addr string
}

func (r *chaosRun) violation(name, detail string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.found[name]; !known {
		r.found[name] = detail
	}
}

func (r *chaosRun) startNode(slot, life int) error {
	config, err := json.Marshal(nodeConfig{Name: fmt.Sprintf("n%d-%d", slot, life), DatabaseURL: r.url, BankURL: r.bankURL, KeyDir: r.keyDir, Faults: r.faults})
	if err != nil {
		return err
	}
	cmd := exec.Command(os.Args[0], "-test.run=^$") //nolint:gosec // this test binary, as a node
	cmd.Env = append(os.Environ(), nodeEnv+"="+string(config))
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return errors.Join(err, cmd.Wait())
	}
	r.mu.Lock()
	r.nodes[slot] = &chaosProcess{cmd: cmd, addr: strings.TrimSpace(line)}
	r.mu.Unlock()
	return nil
}

func (r *chaosRun) kill(slot int) {
	r.mu.Lock()
	p := r.nodes[slot]
	r.nodes[slot] = nil
	r.mu.Unlock()
	if p != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

func (r *chaosRun) addr(slot int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.nodes[slot]; p != nil {
		return p.addr
	}
	return ""
}

// customer is one person with two devices. Device 0 sends, one message after
// the other; device 1 only listens, on the other node.
type customer struct {
	run     *chaosRun
	subject string

	mu       sync.Mutex
	accepted map[string]bool
	texts    []string // sent and accepted, in order
	last     [2]int64
	answers  [2][]string
	where    [2]string // the address each device talks to, and since when
	since    [2]time.Time
	apart    [2]bool // device is at its own node and has been told all up to then
	changed  chan struct{}
	moved    chan struct{} // apart, or another text accepted
}

// stored is what the database holds of this customer's conversation.
func (c *customer) stored() string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var row string
	err := postgres.InTx(ctx, c.run.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT to_jsonb(c) - 'state' FROM conversation c WHERE subject = $1`, c.subject).Scan(&row)
	})
	if err != nil {
		return err.Error()
	}
	return row
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// parted waits until both devices are at nodes of their own and two more texts
// were accepted since: the answer to them reaches device 1 by a hint or never.
func (c *customer) parted(ctx context.Context) bool {
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	from := -1
	for {
		c.mu.Lock()
		if from < 0 && c.apart[0] && c.apart[1] {
			from = len(c.texts)
		}
		done := from >= 0 && len(c.texts) >= from+2
		c.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-c.moved:
		case <-deadline.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// listen keeps one device's socket open, whichever node lives, until ctx ends.
func (c *customer) listen(ctx context.Context, device int, outbox <-chan wire.FromCustomer) {
	var pending *wire.FromCustomer
	slot := device
	for ctx.Err() == nil {
		select {
		case <-c.run.part:
			slot = device
		default:
		}
		addr := c.run.addr(slot)
		if addr == "" {
			slot = 1 - slot
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
			continue
		}
		pending = c.talk(ctx, device, addr, outbox, pending)
		if device == 0 {
			slot = rand.IntN(2)
		}
	}
}

func (c *customer) talk(ctx context.Context, device int, addr string, outbox <-chan wire.FromCustomer, pending *wire.FromCustomer) *wire.FromCustomer {
	dial, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	conn, answer, err := websocket.DefaultDialer.DialContext(dial, "ws://"+addr+"/", nil)
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close()
	}
	if err != nil {
		return pending
	}
	defer func() { _ = conn.Close() }()
	ended := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer ended()
	ticket := c.run.keeper.Ticket(auth.Identity{Subject: c.subject, Roles: []auth.Role{auth.Customer}}, "")
	c.mu.Lock()
	last := c.last[device]
	c.where[device], c.since[device] = addr, time.Now()
	c.mu.Unlock()
	part := c.run.part
	select {
	case <-part:
		part = nil // it is where it should be
	default:
	}
	if conn.WriteJSON(wire.FromCustomer{Type: "hello", V: 1, Ticket: ticket, LastSeq: last, Device: fmt.Sprint(device)}) != nil {
		return pending
	}
	frames := make(chan wire.ToCustomer)
	go func() {
		defer close(frames)
		for {
			var f wire.ToCustomer
			_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
			if conn.ReadJSON(&f) != nil {
				return
			}
			select {
			case frames <- f:
			case <-ctx.Done():
				return
			}
		}
	}()
	defer func() {
		_ = conn.Close()
		for range frames { // let the reader end
		}
	}()
	if pending != nil && conn.WriteJSON(pending) != nil {
		return pending
	}
	again := time.NewTicker(2 * time.Second) // an input that nobody accepts is sent again
	defer again.Stop()
	for {
		in := outbox
		if pending != nil {
			in = nil
		}
		select {
		case <-ctx.Done():
			return pending
		case <-part:
			return pending
		case next := <-in:
			pending = &next
			if conn.WriteJSON(next) != nil {
				return pending
			}
			if rand.IntN(40) == 0 { // cut right after a frame
				return pending
			}
		case <-again.C:
			if pending != nil && conn.WriteJSON(pending) != nil {
				return pending
			}
		case f, ok := <-frames:
			if !ok {
				return pending
			}
			switch f.Type {
			case "accepted":
				if pending != nil && f.ID == pending.ID {
					c.mu.Lock()
					if !c.accepted[f.ID] {
						c.accepted[f.ID] = true
						c.texts = append(c.texts, pending.Text)
					}
					c.mu.Unlock()
					pending = nil
					poke(c.changed)
					poke(c.moved)
				}
			case "message":
				c.took(device, f.Message)
			case "caught_up":
				c.mu.Lock()
				c.apart[device] = part == nil
				c.mu.Unlock()
				poke(c.moved)
			}
		}
	}
}

func (c *customer) took(device int, m *wire.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case m.Seq == c.last[device]+1:
	case m.Seq <= c.last[device]:
		c.run.violation("doubled on the wire", fmt.Sprintf("%s device %d got seq %d after %d", c.subject, device, m.Seq, c.last[device]))
		return
	default:
		c.run.violation("gap", fmt.Sprintf("%s device %d got seq %d after %d", c.subject, device, m.Seq, c.last[device]))
	}
	c.last[device] = m.Seq
	if m.Author == "bot" {
		c.answers[device] = append(c.answers[device], m.Text)
	}
	poke(c.changed)
}

// check compares what was accepted with what both devices were told.
func (c *customer) check(ctx context.Context) {
	const (
		patience = 15 * time.Second // 5 × the 3 s a hint may take
		// What neither device was told may still be on its way: a turn may wait
		// 15 s for the bank, and lost is only what never comes.
		turns = 3
	)
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for waited := 0; ; {
		c.mu.Lock()
		complete := c.complete(0) && c.complete(1)
		untold := c.last[0] == c.last[1]
		c.mu.Unlock()
		if complete {
			break
		}
		select {
		case <-c.changed: // it goes on: the deadline counts from the last word
			deadline.Reset(patience)
			waited = 0
			continue
		case <-deadline.C:
			if waited++; untold && waited < turns {
				deadline.Reset(patience)
				continue
			}
		case <-ctx.Done():
		}
		break
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for device := range 2 {
		if c.complete(device) {
			continue
		}
		numbers, dones := split(c.answers[device])
		other, _ := split(c.answers[1-device])
		detail := fmt.Sprintf("%s device %d on %s since %s, at seq %d (the other at %d): %d accepted, %d answered, %d reported; last %v; stored: %s",
			c.subject, device, c.where[device], time.Since(c.since[device]).Round(time.Millisecond), c.last[device], c.last[1-device],
			len(c.texts), len(numbers), len(dones), tail(c.answers[device]), c.stored())
		switch {
		case len(numbers) < len(c.texts) && len(other) == len(c.texts): // it was answered: this device was not told
			c.run.violation("hint lost", detail)
		case len(numbers) < len(c.texts):
			c.run.violation("lost", detail)
		case len(numbers) > len(c.texts):
			c.run.violation("doubled", detail)
		case len(dones) != c.pays():
			c.run.violation("no truth about money", detail)
		default:
			c.run.violation("out of order", detail)
		}
	}
}

func (c *customer) pays() int {
	n := 0
	for _, text := range c.texts {
		if strings.HasPrefix(text, "pay") {
			n++
		}
	}
	return n
}

// complete says whether a device was told every answer in order, and every
// payment's outcome.
func (c *customer) complete(device int) bool {
	numbers, dones := split(c.answers[device])
	if len(numbers) != len(c.texts) || len(dones) != c.pays() {
		return false
	}
	for i, text := range c.texts {
		if numbers[i] != fmt.Sprintf("%d:%s", i+1, text) {
			return false
		}
	}
	return true
}

func split(answers []string) (numbers, dones []string) {
	for _, a := range answers {
		switch {
		case strings.HasSuffix(a, ":unknown"): // said while it wasn't known: the outcome comes
		case strings.HasPrefix(a, "done:"):
			dones = append(dones, a)
		default:
			numbers = append(numbers, a)
		}
	}
	return numbers, dones
}

func tail(list []string) []string {
	if len(list) > 3 {
		return list[len(list)-3:]
	}
	return list
}

func chaos(t *testing.T, length time.Duration, customers int, faults assistant.Faults) map[string]string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pingdui-chaos-") //nolint:usetesting // t.TempDir() is too long for the path of a Unix socket
	if err != nil {
		t.Fatal(err)
	}
	server, err := postgres.FindServer(os.Getenv("PINGDUI_POSTGRES_BIN")) //nolint:forbidigo // tests have no config file
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := postgres.StartCluster(t.Context(), postgres.ClusterConfig{Dir: filepath.Join(dir, "pg"), Server: server})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cluster.Stop()
		_ = os.RemoveAll(dir)
	})
	url := cluster.URL("postgres", "pingdui")
	if err := errors.Join(
		postgres.CreateDatabase(t.Context(), cluster.URL("postgres", "postgres"), "pingdui"),
		postgres.Migrate(t.Context(), url),
	); err != nil {
		t.Fatal(err)
	}
	pool, err := postgres.Open(t.Context(), url, 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	key, err := auth.Secret(t.Context(), pool, "tokens")
	if err != nil {
		t.Fatal(err)
	}
	bank := &chaosBank{entries: map[string]string{}}
	bankServer := httptest.NewServer(bank)
	bankServer.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	t.Cleanup(bankServer.Close)
	r := &chaosRun{
		t: t, url: url, keyDir: dir, bank: bank, bankURL: bankServer.URL, faults: faults, pool: pool,
		keeper: auth.New(key, pool, time.Now), stop: make(chan struct{}), part: make(chan struct{}), found: map[string]string{},
	}
	for slot := range 2 {
		if err := r.startNode(slot, 0); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { r.kill(0); r.kill(1) })

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var sockets, senders sync.WaitGroup
	people := make([]*customer, customers)
	for i := range people {
		c := &customer{run: r, subject: fmt.Sprintf("c:%d", i), accepted: map[string]bool{}, changed: make(chan struct{}, 1), moved: make(chan struct{}, 1)}
		people[i] = c
		outbox := make(chan wire.FromCustomer)
		for device := range 2 {
			sockets.Add(1)
			go func() {
				defer sockets.Done()
				if device == 0 {
					c.listen(ctx, 0, outbox)
				} else {
					c.listen(ctx, 1, nil)
				}
			}()
		}
		senders.Add(1)
		go func() {
			defer senders.Done()
			for n := 1; ; n++ {
				text := fmt.Sprintf("m%d", n)
				switch {
				case n%7 == 0:
					text = fmt.Sprintf("pay%d", n)
				case n%5 == 0:
					text = fmt.Sprintf("look%d", n)
				}
				select {
				case <-r.stop:
					return
				case outbox <- wire.FromCustomer{Type: "send", ID: fmt.Sprintf("%s-%d", c.subject, n), Text: text}:
				}
				r.mu.Lock()
				r.sent++
				r.mu.Unlock()
			}
		}()
	}
	end := time.After(length)
	for life := 1; ; life++ {
		select {
		case <-end:
		case <-time.After(time.Duration(600+rand.IntN(900)) * time.Millisecond):
			slot := rand.IntN(2)
			r.kill(slot)
			r.kills++
			if err := r.startNode(slot, life); err != nil {
				t.Fatal(err)
			}
			continue
		}
		break
	}
	// Both nodes live and the devices are at different ones: what is said now
	// reaches the other device by a hint or not at all.
	close(r.part)
	for _, c := range people {
		if !c.parted(ctx) {
			r.violation("not served after the kills", c.subject+": "+c.stored())
		}
	}
	close(r.stop)
	senders.Wait()
	var checks sync.WaitGroup
	for _, c := range people {
		checks.Add(1)
		go func() { defer checks.Done(); c.check(ctx) }()
	}
	checks.Wait()
	cancel()
	sockets.Wait()
	bank.mu.Lock()
	defer bank.mu.Unlock()
	pays, entries := 0, len(bank.entries)
	for _, c := range people {
		pays += c.pays()
	}
	if entries > pays {
		r.violation("money moved twice", fmt.Sprintf("%d payments made %d ledger entries", pays, entries))
	}
	if entries < pays {
		r.violation("money not moved", fmt.Sprintf("%d payments made %d ledger entries", pays, entries))
	}
	t.Logf("%d messages, %d payments, %d kills: %v", r.sent, pays, r.kills, r.found)
	return r.found
}

// chaosLength is how long the kill run lasts; `make soak` gives it longer.
var chaosLength = flag.Duration("chaos", 60*time.Second, "how long the kill run lasts")

func TestNothingIsLostOrDoubledThroughKills(t *testing.T) { //nolint:paralleltest // a database cluster and real time limits of its own
	length := *chaosLength
	if testing.Short() {
		length = 10 * time.Second
	}
	if found := chaos(t, length, 8, assistant.Faults{}); len(found) > 0 {
		t.Errorf("violations: %v", found)
	}
}

// The harness must name each planted defect; otherwise its silence says nothing.
func TestPlantedDefectsAreCaughtByName(t *testing.T) { //nolint:paralleltest // each case has a database cluster and real time limits of its own
	for _, c := range []struct { //nolint:paralleltest // the clusters would slow each other down
		name   string
		faults assistant.Faults
		want   string
	}{
		{"acknowledge before commit", assistant.Faults{AckBeforeCommit: true}, "lost"},
		{"key made from the message id", assistant.Faults{KeyFromMessage: true}, "money moved twice"},
		{"dropped turn", assistant.Faults{DropTurn: true}, "lost"},
		{"lost hint", assistant.Faults{LoseHints: true}, "hint lost"},
		{"resume off by one", assistant.Faults{ResumeOffByOne: true}, "gap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			// Kills fall at random: a short run may miss what three do not.
			var found map[string]string
			for range 3 {
				if found = chaos(t, 6*time.Second, 6, c.faults); found[c.want] != "" {
					return
				}
			}
			t.Errorf("the defect was not caught as %q: %v", c.want, found)
		})
	}
}
