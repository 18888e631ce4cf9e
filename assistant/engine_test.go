package assistant_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/counting"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/vault"
)

// ledger is a bank that remembers keys.
type ledger struct {
	mu   sync.Mutex
	keys map[string]int
}

func (l *ledger) Read(context.Context, string, map[string]any) dialogue.Result {
	return dialogue.Result{Outcome: dialogue.Done, Value: json.RawMessage(`{}`)}
}

func (l *ledger) Act(_ context.Context, key, _ string, _ map[string]any) dialogue.Result {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys[key]++
	return dialogue.Result{Outcome: dialogue.Done, Value: json.RawMessage(`{"number":"1"}`)}
}

func (l *ledger) Ask(_ context.Context, key, _ string) dialogue.Result {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.keys[key] > 0 {
		return dialogue.Result{Outcome: dialogue.Done, Value: json.RawMessage(`{"number":"1"}`)}
	}
	return dialogue.Result{Outcome: dialogue.Failed}
}

// wires is a bus within the test: every hint to every engine, in order.
type wires struct {
	mu   sync.Mutex
	subs []*assistant.Engine
}

func (w *wires) Publish(subject string, body []byte) {
	if subject != assistant.HintSubject {
		return
	}
	w.mu.Lock()
	subs := append([]*assistant.Engine(nil), w.subs...)
	w.mu.Unlock()
	for _, e := range subs {
		go e.Hub().Deliver(body)
	}
}

type world struct {
	pool   *pgxpool.Pool
	bank   *ledger
	bus    *wires
	master vault.Master
}

func newWorld(t *testing.T) *world {
	t.Helper()
	master, err := vault.LoadMaster("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &world{pool: postgrestest.New(t), bank: &ledger{keys: map[string]int{}}, bus: &wires{}, master: master}
}

// start runs a node; the returned function stops it and waits.
func (w *world) start(t *testing.T, name string, change ...func(*assistant.Config)) (*assistant.Engine, func()) {
	t.Helper()
	config := assistant.Config{
		Pool: w.pool, Master: w.master, Mind: counting.Mind{}, Bank: w.bank, Bus: w.bus, Node: name,
		SweepEvery: 50 * time.Millisecond, BeatEvery: 200 * time.Millisecond, DeadAfter: time.Second,
	}
	for _, f := range change {
		f(&config)
	}
	e, err := assistant.New(config)
	if err != nil {
		t.Fatal(err)
	}
	w.bus.mu.Lock()
	w.bus.subs = append(w.bus.subs, e)
	w.bus.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		if err := e.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	stop := func() { cancel(); <-stopped }
	t.Cleanup(stop)
	return e, stop
}

func ask(t *testing.T, e *assistant.Engine, conv uuid.UUID, id, text string) (assistant.Receipt, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return e.Ask(ctx, "c:1", conv, assistant.Input{ID: id, Body: assistant.CustomerMessage{Text: text}})
}

func texts(t *testing.T, e *assistant.Engine, conv uuid.UUID) []string {
	t.Helper()
	messages, err := e.Messages(t.Context(), "c:1", conv, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i, m := range messages {
		if m.Seq != int64(i+1) {
			t.Fatalf("message %d has seq %d: there is a gap", i+1, m.Seq)
		}
		if m.Author != "customer" {
			out = append(out, m.Content.Text)
		}
	}
	return out
}

func open(t *testing.T, e *assistant.Engine) uuid.UUID {
	t.Helper()
	conv, err := e.Open(t.Context(), "c:1", "", "xiaoan", "zh", "")
	if err != nil {
		t.Fatal(err)
	}
	return conv
}

func TestOneTurnAnInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	many := func(c *assistant.Config) { c.MaxWaiting = 1000 }
	a, _ := w.start(t, "a", many)
	b, _ := w.start(t, "b", many)
	conv := open(t, a)
	if again := open(t, b); again != conv {
		t.Fatalf("a second device opened %s, want %s", again, conv)
	}
	// Twenty inputs, each sent from both nodes at once, five times.
	var wg sync.WaitGroup
	for i := range 20 {
		for try := range 5 {
			for _, e := range []*assistant.Engine{a, b} {
				wg.Add(1)
				go func() {
					defer wg.Done()
					r, err := ask(t, e, conv, fmt.Sprint("m", i), fmt.Sprint("hello ", i))
					if err != nil || r.Turn == 0 {
						t.Errorf("input %d try %d: %+v, %v", i, try, r, err)
					}
				}()
			}
		}
	}
	wg.Wait()
	got := texts(t, a, conv)
	if len(got) != 20 {
		t.Fatalf("%d answers to 20 inputs: %v", len(got), got)
	}
	for i, text := range got {
		if !strings.HasPrefix(text, fmt.Sprint(i+1, ":")) {
			t.Errorf("answer %d is %q: lost or doubled", i+1, text)
		}
	}
	if _, err := ask(t, b, conv, "m3", "something else"); !errors.Is(err, assistant.ErrConflict) {
		t.Errorf("the same id with another body gave %v, want ErrConflict", err)
	}
	if _, err := a.Ask(t.Context(), "c:2", conv, assistant.Input{ID: "x", Body: assistant.CustomerMessage{Text: "hi"}}); !errors.Is(err, assistant.ErrNotFound) {
		t.Errorf("another customer's message gave %v, want ErrNotFound", err)
	}
}

func TestActionsRunOnceAndReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, _ := w.start(t, "a")
	conv := open(t, a)
	watch := a.Hub().Watch(conv)
	defer watch.Close()
	for range 3 {
		if _, err := ask(t, a, conv, "p1", "pay"); err != nil {
			t.Fatal(err)
		}
	}
	deadline := time.After(10 * time.Second)
	for {
		got := texts(t, a, conv)
		if len(got) == 2 && got[1] == "done:1:done" {
			break
		}
		select {
		case <-watch.C:
		case <-deadline:
			t.Fatalf("no outcome was reported: %v", got)
		}
	}
	w.bank.mu.Lock()
	defer w.bank.mu.Unlock()
	if len(w.bank.keys) != 1 {
		t.Errorf("the bank saw %d keys, want 1", len(w.bank.keys))
	}
}

func TestAReadIsAcknowledgedFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, _ := w.start(t, "a")
	conv := open(t, a)
	if _, err := ask(t, a, conv, "l1", "look"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(texts(t, a, conv), " "); got != "1:look" {
		t.Errorf("got %q", got)
	}
}

func TestAnInputThatCrashesGetsAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, _ := w.start(t, "a")
	conv := open(t, a)
	if _, err := ask(t, a, conv, "x1", "panic"); err != nil {
		t.Fatal(err)
	}
	if _, err := ask(t, a, conv, "x2", "still there?"); err != nil {
		t.Fatal(err)
	}
	got := texts(t, a, conv)
	if len(got) != 2 || !strings.Contains(got[0], "抱歉") || got[1] != "1:still there?" {
		t.Errorf("got %q", got)
	}
	standing, err := a.Hub().Now(t.Context(), conv)
	if err != nil || standing.Speaker != "queue" {
		t.Errorf("speaker %q, %v; want queue", standing.Speaker, err)
	}
}

func TestADeadNodesConversationGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, _ := w.start(t, "a")
	conv := open(t, a)
	if _, err := ask(t, a, conv, "m1", "one"); err != nil {
		t.Fatal(err)
	}
	// The owner dies without a word: its row stays, its beat grows old. A node
	// that owns the conversation but never beats stands for it.
	set := func(statement string) {
		err := postgres.InTx(t.Context(), w.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), statement, conv)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	set("UPDATE conversation SET owner = 'dead', epoch = epoch + 1 WHERE id = $1")
	if _, err := ask(t, a, conv, "m2", "two"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(texts(t, a, conv), " "); got != "1:one 2:two" {
		t.Errorf("got %q", got)
	}
}

func TestSecretsAreMaskedBeforeTheyAreStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, _ := w.start(t, "a", func(c *assistant.Config) {
		c.Mask = func(s string) (string, bool) {
			return strings.ReplaceAll(s, "246810", "••••••"), strings.Contains(s, "246810")
		}
	})
	conv := open(t, a)
	if _, err := ask(t, a, conv, "s1", "密码是246810"); err != nil {
		t.Fatal(err)
	}
	messages, err := a.Messages(t.Context(), "c:1", conv, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if strings.Contains(m.Content.Text, "246810") {
			t.Errorf("the secret stands in message %d", m.Seq)
		}
	}
	if !messages[0].Masked {
		t.Error("the message doesn't say that it was masked")
	}
}

func TestWhatIsNoTextIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, _ := w.start(t, "a")
	conv := open(t, a)
	for _, c := range []struct{ id, text string }{{"n1", "你好\x00"}, {"n\x002", "你好"}, {"", "你好"}, {strings.Repeat("x", 129), "你好"}, {"n3", strings.Repeat("长", 2001)}} {
		if _, err := ask(t, a, conv, c.id, c.text); !errors.Is(err, assistant.ErrBadInput) {
			t.Errorf("%q %.10q gave %v, want ErrBadInput", c.id, c.text, err)
		}
	}
	if _, err := ask(t, a, conv, "ok", "在吗"); err != nil {
		t.Error(err)
	}
}
