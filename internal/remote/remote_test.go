package remote_test

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
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/internal/vault"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media"
)

const deadline = 15 * time.Second

// out is a frame that left for somebody.
type out struct {
	to string
	wire.Signal
}

// office is one node with a conversation that agent 8001 owns.
type office struct {
	t            *testing.T
	pool         *pgxpool.Pool
	service      *remote.Service
	conversation uuid.UUID
	out          chan out
	inputs       chan assistant.Input
	master       vault.Master
	recorder     *remote.Recorder
	folder       string // of recordings
	mu           sync.Mutex
	now          time.Time
	real         bool // the clock is the world's
	talk         remote.Chat
	woken        chan struct{}
}

// Chat is what was said in the office's conversation.
func (o *office) Chat(_ context.Context, _ string, _ uuid.UUID, after int64) (remote.Chat, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := remote.Chat{Last: int64(len(o.talk.Lines)), Form: o.talk.Form}
	if after >= 0 { // a line at a time
		out.Last = after
		if int(after) < len(o.talk.Lines) {
			out.Lines, out.Last = o.talk.Lines[after:after+1], after+1
		}
		out.More = int(out.Last) < len(o.talk.Lines)
	}
	return out, nil
}

func (o *office) Watch(uuid.UUID) (<-chan struct{}, func()) { return o.woken, func() {} }

// says adds a line and changes the form; whoever records is woken.
func (o *office) says(text string, form remote.Form, wake bool) {
	o.mu.Lock()
	o.talk.Lines = append(o.talk.Lines, remote.Line{Seq: int64(len(o.talk.Lines) + 1), Author: "customer", Text: text})
	o.talk.Form = form
	o.mu.Unlock()
	if wake {
		o.woken <- struct{}{}
	}
}

func (o *office) Ask(_ context.Context, _ string, _ uuid.UUID, in assistant.Input) (assistant.Receipt, error) {
	o.inputs <- in
	return assistant.Receipt{ID: in.ID, Turn: 1}, nil
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.real {
		return time.Now()
	}
	return o.now
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// local is a bus inside the process.
type local struct {
	mu   sync.Mutex
	subs map[string][]chan []byte
}

func (l *local) Publish(subject string, body []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ch := range l.subs[subject] {
		ch <- body
	}
}

func (l *local) Subscribe(subject string, f func([]byte)) (func(), error) {
	ch := make(chan []byte, 1000)
	l.mu.Lock()
	l.subs[subject] = append(l.subs[subject], ch)
	l.mu.Unlock()
	done := make(chan struct{})
	var ended sync.WaitGroup
	ended.Add(1)
	go func() {
		defer ended.Done()
		for {
			select {
			case body := <-ch:
				f(body)
			case <-done:
				return
			}
		}
	}()
	return func() { close(done); ended.Wait() }, nil
}

func newOffice(t *testing.T, pool *pgxpool.Pool, node string, bus remote.Bus) *office {
	t.Helper()
	return newOfficeWith(t, pool, node, bus, media.Config{UDPAddr: "127.0.0.2:0"})
}

func newOfficeWith(t *testing.T, pool *pgxpool.Pool, node string, bus remote.Bus, config media.Config) *office {
	t.Helper()
	return newOfficeRecording(t, pool, node, bus, config, "")
}

// newOfficeRecording keeps recordings in a folder, unless it is empty.
func newOfficeRecording(t *testing.T, pool *pgxpool.Pool, node string, bus remote.Bus, config media.Config, folder string) *office {
	t.Helper()
	o := &office{t: t, pool: pool, out: make(chan out, 1000), inputs: make(chan assistant.Input, 100), now: time.Now(), conversation: uuid.New(), woken: make(chan struct{}, 10)}
	err := postgres.InTx(t.Context(), pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		for _, q := range []string{
			"INSERT INTO subject (id, data_key, created_at) VALUES ('c:1', decode(repeat('00', 32), 'hex'), now()) ON CONFLICT DO NOTHING",
			"INSERT INTO node (id, http_addr, cluster_addr, started_at, beat_at) VALUES ('" + node + "', '', '', now(), now() + interval '1 hour')",
			"INSERT INTO conversation (id, subject, speaker, agent, created_at, updated_at) VALUES ('" + o.conversation.String() + "', 'c:1', 'agent', '8001', now(), now())",
		} {
			if _, err := tx.Exec(t.Context(), q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if folder != "" {
		o.folder = folder
		o.master, err = vault.LoadMaster(strings.Repeat("ab", 32), "")
		if err != nil {
			t.Fatal(err)
		}
		o.recorder, err = remote.NewRecorder(t.Context(), remote.RecorderConfig{Pool: pool, Folder: folder, Node: node, Keys: o.master, Clock: o.clock})
		if err != nil {
			t.Fatal(err)
		}
		config.Tap = o.recorder.Tap
	}
	server, err := media.New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	send := func(to, session string, s wire.Signal) bool { o.out <- out{to, s}; return true }
	o.service, err = remote.New(remote.Config{
		Pool: pool, Media: server, Engine: o, Bus: bus, Node: node, Clock: o.clock, Recorder: o.recorder, Chats: o, MaskName: func(string) string { return "王**" },
		ToCustomer: func(_ uuid.UUID, session string, s wire.Signal) bool { return send("customer", session, s) },
		ToAgent: func(staff, session string, s wire.Signal) bool {
			if staff == "8001" {
				staff = "agent"
			}
			return send(staff, session, s)
		},
		People: func(_ context.Context, _, staff string) (string, wire.Agent) {
			if staff == "S01" {
				return "王女士", wire.Agent{Name: "唐慧", Number: "880101"}
			}
			return "王女士", wire.Agent{Name: "李晓", Number: "8001"}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- o.service.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// wait reads frames until one of that kind for that person comes.
func (o *office) wait(to, kind, part string) out {
	o.t.Helper()
	timer := time.NewTimer(deadline)
	defer timer.Stop()
	for {
		select {
		case f := <-o.out:
			if f.to == to && f.Kind == kind && strings.Contains(f.Body, part) {
				return f
			}
		case <-timer.C:
			o.t.Fatalf("no %s with %q came for the %s", kind, part, to)
		}
	}
}

func (o *office) input(state string) assistant.SessionEvent {
	o.t.Helper()
	select {
	case in := <-o.inputs:
		event, ok := in.Body.(assistant.SessionEvent)
		if !ok || event.State != state || in.ID != "session:"+event.Session+":"+state {
			o.t.Fatalf("the conversation heard %+v, want %s", in, state)
		}
		return event
	case <-time.After(deadline):
		o.t.Fatalf("the conversation did not hear %s", state)
		return assistant.SessionEvent{}
	}
}

func (o *office) customer(id, kind, body string) error {
	return o.service.CustomerSignal(o.t.Context(), o.conversation, id, wire.Signal{Kind: kind, Body: body})
}

func (o *office) agent(id, kind, body string) error {
	return o.service.Signal(o.t.Context(), id, "8001", wire.Signal{Kind: kind, Body: body})
}

func (o *office) live() string {
	o.t.Helper()
	s, err := o.service.Offer(o.t.Context(), o.conversation, "8001")
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.customer(s.ID, "state", `{"action":"accept"}`); err != nil {
		o.t.Fatal(err)
	}
	o.input("started")
	if err := o.customer(s.ID, "want", `{"join":true,"client":"client-of-the-customer"}`); err != nil {
		o.t.Fatal(err)
	}
	return s.ID
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, assistant.ErrBadInput) && !errors.Is(err, assistant.ErrNotFound) {
		t.Errorf("%s: %v", what, err)
	}
}

func TestSessionFromOfferToEnd(t *testing.T) {
	t.Parallel()
	o := newOffice(t, postgrestest.New(t), "n1", nil)
	s, err := o.service.Offer(t.Context(), o.conversation, "8001")
	must(t, err)
	if len(s.Code) != 4 || s.State != "offered" || len(s.Present) != 0 {
		t.Fatalf("offered %+v", s)
	}
	o.wait("customer", "state", `"code":"`+s.Code)
	o.wait("agent", "state", `"code":"`+s.Code)
	again, err := o.service.Offer(t.Context(), o.conversation, "8001")
	if err != nil || again.ID != s.ID {
		t.Fatalf("offering twice: %+v, %v", again, err)
	}
	refused(t, "share before accepting", o.customer(s.ID, "share", `{"kind":"camera","consent":true}`))
	refused(t, "the agent accepts", o.agent(s.ID, "state", `{"action":"accept"}`))
	must(t, o.customer(s.ID, "state", `{"action":"accept"}`))
	if got := o.input("started"); got.Session != s.ID {
		t.Fatalf("heard %+v", got)
	}
	now := o.service.Session(t.Context(), o.conversation)
	if now == nil || now.State != "live" || fmt.Sprint(now.Present) != "[王女士 李晓]" {
		t.Fatalf("shown %+v", now)
	}
	must(t, o.customer(s.ID, "end", ""))
	o.wait("agent", "end", `"by":"customer"`)
	if got := o.input("ended"); got.Result["by"] != "customer" {
		t.Fatalf("heard %+v", got)
	}
	if now := o.service.Session(t.Context(), o.conversation); now != nil {
		t.Fatalf("still shown: %+v", now)
	}
	refused(t, "a frame after the end", o.customer(s.ID, "state", `{"action":"accept"}`))
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	o := newOffice(t, postgrestest.New(t), "n1", nil)
	_, err := o.service.Offer(t.Context(), o.conversation, "8002")
	refused(t, "another agent offers", err)
	_, err = o.service.Offer(t.Context(), uuid.New(), "8001")
	refused(t, "a conversation that is not there", err)
	s, err := o.service.Offer(t.Context(), o.conversation, "8001")
	must(t, err)
	refused(t, "another conversation accepts", o.service.CustomerSignal(t.Context(), uuid.New(), s.ID, wire.Signal{Kind: "state", Body: `{"action":"accept"}`}))
	refused(t, "another agent ends", o.service.End(t.Context(), s.ID, "8002"))
	refused(t, "no session", o.customer(uuid.NewString(), "end", ""))
	refused(t, "no id", o.customer("x", "end", ""))
	must(t, o.customer(s.ID, "state", `{"action":"decline"}`))
	if got := o.input("failed"); got.Session != s.ID {
		t.Fatalf("heard %+v", got)
	}
	// Handed back between offer and acceptance.
	s, err = o.service.Offer(t.Context(), o.conversation, "8001")
	must(t, err)
	must(t, postgres.InTx(t.Context(), o.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE conversation SET speaker = 'bot', agent = '' WHERE id = $1", o.conversation)
		return err
	}))
	_ = o.customer(s.ID, "state", `{"action":"accept"}`)
	o.wait("customer", "end", "handed_back")
	o.input("failed")
}

func TestOnlyTheBanksTabIsShared(t *testing.T) {
	t.Parallel()
	o := newOffice(t, postgrestest.New(t), "n1", nil)
	id := o.live()
	for name, body := range map[string]string{
		"no consent": `{"kind":"screen","surface":"browser","handle":"pingdui-samplebank"}`,
		"window":     `{"kind":"screen","consent":true,"surface":"window","handle":"pingdui-samplebank"}`,
		"monitor":    `{"kind":"screen","consent":true,"surface":"monitor"}`,
		"no surface": `{"kind":"screen","consent":true,"handle":"pingdui-samplebank"}`,
		"other tab":  `{"kind":"screen","consent":true,"surface":"browser","handle":"other"}`,
		"look-alike": `{"kind":"screen","consent":true,"surface":"browser","handle":"pingdui-samplebank-x#1"}`,
		"no handle":  `{"kind":"screen","consent":true,"surface":"browser"}`,
		"camera":     `{"kind":"camera"}`,
	} {
		must(t, o.customer(id, "share", body))
		if f := o.wait("customer", "share", `"allowed":false`); !strings.Contains(f.Body, "reason") {
			t.Errorf("%s: refused without a reason: %s", name, f.Body)
		}
	}
	refused(t, "screen by want", o.customer(id, "want", `{"kind":"screen","on":true}`))
	refused(t, "a mark on nothing", o.agent(id, "mark", `{"id":"a","shape":"tap","source":"screen","points":[{"x":0.5,"y":0.5}],"view":1}`))
	must(t, o.customer(id, "share", `{"kind":"screen","consent":true,"surface":"browser","handle":"pingdui-samplebank#2","origin":"http://127.0.0.1:8081"}`))
	o.wait("agent", "share", `"allowed":true`)
	if s := o.service.Session(t.Context(), o.conversation); s.Sharing != "screen" {
		t.Fatalf("shared: %+v", s)
	}
	must(t, o.customer(id, "share", `{"kind":"screen","consent":true,"surface":"browser","handle":"pingdui-samplebank","paused":true}`))
	refused(t, "a mark while paused", o.agent(id, "mark", `{"id":"a","shape":"tap","source":"screen","points":[{"x":0.5,"y":0.5}],"view":1}`))
	must(t, o.customer(id, "share", `{"kind":"none"}`))
	if s := o.service.Session(t.Context(), o.conversation); s.Sharing != "none" {
		t.Fatalf("shared: %+v", s)
	}
	rows, err := o.pool.Query(t.Context(), "SELECT 1 FROM session_event")
	must(t, err)
	if seen, err := pgx.CollectRows(rows, pgx.RowTo[int]); err != nil || len(seen) != 0 {
		t.Fatalf("without a scope %d events are seen, %v", len(seen), err)
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	o := newOffice(t, postgrestest.New(t), "n1", nil)
	id := o.live()
	must(t, o.customer(id, "share", `{"kind":"screen","consent":true,"surface":"browser","handle":"pingdui-samplebank"}`))
	good := `{"id":"a","shape":"box","source":"screen","points":[{"x":0.25,"y":0.5},{"x":0.5,"y":0.75}],"color":"#ff0000","view":3}`
	must(t, o.agent(id, "mark", good))
	var sent, came map[string]any
	f := o.wait("customer", "mark", `"id":"a"`)
	if json.Unmarshal([]byte(good), &sent) != nil || json.Unmarshal([]byte(f.Body), &came) != nil || fmt.Sprint(sent) != fmt.Sprint(came) {
		t.Fatalf("sent %v, came %v", sent, came)
	}
	for _, bad := range []string{
		``, `{}`, `[]`, `null`, good + good, strings.Replace(good, `"a"`, `"<b>"`, 1), strings.Replace(good, "0.25", "1.25", 1),
		strings.Replace(good, "0.25", "-0.25", 1), strings.Replace(good, "0.25", "1e999", 1), strings.Replace(good, "0.25", "NaN", 1),
		strings.Replace(good, "box", "script", 1), strings.Replace(good, "screen", "mic", 1), strings.Replace(good, "#ff0000", "url(x)", 1),
		strings.Replace(good, `"view":3`, `"view":-1`, 1), strings.Replace(good, `"view"`, `"html":"x","view"`, 1),
		strings.Replace(good, `"box"`, `"tap"`, 1),
		`{"id":"a","shape":"stroke","source":"screen","view":1,"points":[` + strings.Repeat(`{"x":0,"y":0},`, 256) + `{"x":0,"y":0}]}`,
		strings.Repeat(" ", 17<<10) + good,
	} {
		refused(t, "mark "+bad[:min(len(bad), 60)], o.agent(id, "mark", bad))
	}
	refused(t, "the customer marks", o.customer(id, "mark", good))
	taken := 0
	for range 100 {
		if o.agent(id, "mark", good) == nil {
			taken++
		}
	}
	if taken != 29 { // one was taken before
		t.Errorf("%d marks were taken at once", taken)
	}
	o.pass(time.Second)
	must(t, o.agent(id, "mark", good))
	must(t, o.agent(id, "unmark", `{}`))
	o.wait("customer", "unmark", "{}")
	must(t, o.customer(id, "viewport", `{"n":1,"x":0,"y":120,"w":800,"h":600,"page_w":800,"page_h":2000,"dpr":2}`))
	o.wait("agent", "viewport", `"y":120`)
	refused(t, "a viewport out of bounds", o.customer(id, "viewport", `{"n":1,"x":0,"y":1e12,"w":1,"h":1,"page_w":1,"page_h":1,"dpr":1}`))
	refused(t, "the agent's viewport", o.agent(id, "viewport", `{"n":1,"x":0,"y":0,"w":1,"h":1,"page_w":1,"page_h":1,"dpr":1}`))
}

func TestSilenceEndsASession(t *testing.T) {
	t.Parallel()
	o := newOffice(t, postgrestest.New(t), "n1", nil)
	id := o.live()
	o.pass(70 * time.Second)
	must(t, o.agent(id, "state", `{"action":"here"}`))
	o.pass(10 * time.Second)
	o.wait("agent", "end", "customer_gone")
	o.input("ended")
}

func TestFramesFromAnotherNode(t *testing.T) {
	t.Parallel()
	pool := postgrestest.New(t)
	bus := &local{subs: map[string][]chan []byte{}}
	home, away := newOffice(t, pool, "n1", bus), newOffice(t, pool, "n2", bus)
	away.conversation = home.conversation
	s, err := home.service.Offer(t.Context(), home.conversation, "8001")
	must(t, err)
	away.wait("customer", "state", s.Code)
	must(t, away.customer(s.ID, "state", `{"action":"accept"}`))
	away.wait("customer", "state", `"live"`)
	home.input("started")
	refused(t, "another conversation from another node", away.service.CustomerSignal(t.Context(), uuid.New(), s.ID, wire.Signal{Kind: "end"}))
	must(t, away.customer(s.ID, "want", `{"join":true,"client":"client-of-the-customer"}`))
	away.wait("customer", "ice", "client-of-the-customer")
	must(t, away.customer(s.ID, "end", ""))
	home.wait("agent", "end", "customer")
	home.input("ended")
}

func TestGoneNode(t *testing.T) {
	t.Parallel()
	pool := postgrestest.New(t)
	o := newOffice(t, pool, "n1", nil)
	id := uuid.New()
	must(t, postgres.InTx(t.Context(), pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO session (id, conversation, subject, agent, code, state, node, offered_at, started_at, reported)
			VALUES ($1, $2, 'c:1', '8001', '0000', 'live', 'gone', now(), now(), 'started')`, id, o.conversation)
		return err
	}))
	o.wait("customer", "end", "node")
	if got := o.input("ended"); got.Session != id.String() {
		t.Fatalf("heard %+v", got)
	}
}
