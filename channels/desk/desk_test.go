package desk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/channels/desk"
	"github.com/pingdui/pingdui/channels/web"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/mask"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/vault"
	"github.com/pingdui/pingdui/internal/wire"
)

// asking is a mind that asks for a person on 人工 and says what the desk says.
type asking struct{}

func (asking) Release() string { return "r1" }

func (asking) Understand(string, time.Time, []byte) dialogue.Understanding {
	return dialogue.Understanding{Language: "zh"}
}

func (asking) Step(c dialogue.Context, state []byte, ev dialogue.Event) (assistant.Step, error) {
	say := func(format string, args ...any) dialogue.Effect {
		return dialogue.Say{Message: flow.Message{Kind: flow.KindText, Text: fmt.Sprintf(format, args...)}}
	}
	step := assistant.Step{State: state, View: assistant.View{
		Flow: "transfer", FlowTitle: "转账", Step: "amount", StepTitle: "问金额", Slots: []flow.Row{{Name: "to", Label: "收款卡", Value: "6222021234567890123", By: "customer"}},
	}}
	switch ev := ev.(type) {
	case dialogue.Said:
		switch ev.Text {
		case "人工":
			step.Effects = append(step.Effects, say("asked"), dialogue.Handoff{Queue: "general", Reason: "客户要人工，电话13812345678"})
		case "算了":
			step.Effects = append(step.Effects, say("never mind"), dialogue.CancelHandoff{})
		default:
			step.Effects = append(step.Effects, say("bot:%s", ev.Text))
		}
	case dialogue.Edited:
		step.View.Slots = append(step.View.Slots, flow.Row{Name: ev.Slot, Label: ev.Slot, Value: ev.Value, By: ev.By})
	case dialogue.HandoffChanged:
		step.Effects = append(step.Effects, say("desk:%s %d %s%s", ev.State, ev.Place, ev.Agent.Name, ev.Reason))
	}
	return step, nil
}

// wires is the bus of the test: every hint to every node.
type wires struct {
	mu    sync.Mutex
	nodes []*node
}

func (w *wires) Publish(subject string, body []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.nodes {
		switch subject {
		case assistant.HintSubject:
			go n.engine.Hub().Deliver(body)
		default:
			n.desk.Kick()
		}
	}
}

type world struct {
	pool   *pgxpool.Pool
	keeper *auth.Keeper
	bus    *wires
	master vault.Master
	// sessions is nil where media is off.
	sessions desk.Sessions
}

func newWorld(t *testing.T) *world {
	t.Helper()
	master, err := vault.LoadMaster("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pool := postgrestest.New(t)
	return &world{pool: pool, keeper: auth.New([]byte("0123456789abcdef0123456789abcdef"), pool, time.Now), bus: &wires{}, master: master}
}

// node is one server: engine, desk and both sockets.
type node struct {
	name   string
	engine *assistant.Engine
	desk   *handoff.Desk
	http   *httptest.Server
	// crash stops renewing leases and cuts the sockets, as a killed process does.
	crash func()
}

func (w *world) start(t *testing.T, name string) *node {
	t.Helper()
	n := &node{name: name}
	var err error
	n.engine, err = assistant.New(assistant.Config{
		Pool: w.pool, Master: w.master, Mind: asking{}, Bus: w.bus, Node: name,
		SweepEvery: 50 * time.Millisecond, BeatEvery: 200 * time.Millisecond, DeadAfter: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	n.desk, err = handoff.New(handoff.Config{
		Pool: w.pool, Conversations: n.engine, Bus: w.bus, Node: name, Mask: mask.Text,
		SweepEvery: 100 * time.Millisecond, LeaseFor: 1500 * time.Millisecond, PlaceEvery: 100 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	staff := func(id string) (desk.Staff, bool) {
		return desk.Staff{
			Person:  wire.Person{ID: id, Name: "坐席" + id},
			Profile: handoff.Profile{Agent: id, Name: "坐席" + id, Number: "88" + id, Skills: []string{"general"}, Languages: []string{"zh"}},
		}, id != "nobody"
	}
	customers := web.New(web.Config{
		Engine: n.engine, Keeper: w.keeper, First: "xiaoan", Node: name, Clock: time.Now,
		Employees: func(string, string) []wire.Employee { return []wire.Employee{} },
	})
	agents := desk.New(desk.Config{
		Engine: n.engine, Desk: n.desk, Keeper: w.keeper, Staff: staff, Mask: mask.Text, Sessions: w.sessions,
		Secret: func(s string) (string, bool) { out, found := mask.Secrets(s); return out, len(found) > 0 },
	})
	mux := http.NewServeMux()
	mux.Handle("/customer", customers)
	mux.Handle("/desk", agents)
	n.http = httptest.NewServer(mux)
	w.bus.mu.Lock()
	w.bus.nodes = append(w.bus.nodes, n)
	w.bus.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	deskCtx, stopDesk := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() {
		if err := n.engine.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	parts.Go(func() { _ = n.desk.Run(deskCtx) })
	var once sync.Once
	stop := func() {
		once.Do(func() {
			stopDesk()
			agents.Close()
			customers.Close()
			cancel()
			parts.Wait()
			n.http.Close()
		})
	}
	n.crash = stop
	t.Cleanup(stop)
	return n
}

// client is one socket of either side, with everything it received.
type client[F any] struct {
	t    *testing.T
	name string
	conn *websocket.Conn
	in   chan F
	all  []F
	// beside are the frames that came with the answer to what was done last: they may be
	// waited for still.
	beside []F
}

func dial[F any](t *testing.T, w *world, n *node, path string, who auth.Identity, hello any) *client[F] {
	t.Helper()
	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(n.http.URL, "http")+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	c := &client[F]{t: t, name: who.Subject, conn: conn, in: make(chan F, 1000)}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		defer close(c.in)
		for {
			var frame F
			if conn.ReadJSON(&frame) != nil {
				return
			}
			c.in <- frame
		}
	}()
	c.send(hello)
	return c
}

func (c *client[F]) send(frame any) {
	c.t.Helper()
	if err := c.conn.WriteJSON(frame); err != nil {
		c.t.Fatal(err)
	}
}

// until waits for a frame that fits; frames before it are kept in all.
func (c *client[F]) until(what string, fits func(F) bool) F {
	c.t.Helper()
	for i, frame := range c.beside {
		if fits(frame) {
			c.beside = slices.Delete(c.beside, i, i+1)
			return frame
		}
	}
	deadline := time.After(15 * time.Second)
	for {
		select {
		case frame, ok := <-c.in:
			if !ok {
				c.t.Fatalf("%s: the socket closed while waiting for %s", c.name, what)
			}
			c.all = append(c.all, frame)
			if fits(frame) {
				return frame
			}
		case <-deadline:
			raw, _ := json.Marshal(c.all)
			c.t.Fatalf("%s: no %s; got %s", c.name, what, raw)
		}
	}
}

func customer(t *testing.T, w *world, n *node, id string) *client[wire.ToCustomer] {
	t.Helper()
	who := auth.Identity{Subject: "c:" + id, Name: id, Roles: []auth.Role{auth.Customer}}
	c := dial[wire.ToCustomer](t, w, n, "/customer", who, wire.FromCustomer{Type: "hello", V: 1, Ticket: w.keeper.Ticket(who, "")})
	c.until("welcome", func(f wire.ToCustomer) bool { return f.Type == "welcome" })
	return c
}

func says(c *client[wire.ToCustomer], id, text string) {
	c.t.Helper()
	c.send(wire.FromCustomer{Type: "send", ID: id, Text: text})
}

func hears(c *client[wire.ToCustomer], text string) wire.Message {
	c.t.Helper()
	return *c.until(text, func(f wire.ToCustomer) bool { return f.Message != nil && strings.Contains(f.Message.Text, text) }).Message
}

func agent(t *testing.T, w *world, n *node, id string, roles ...auth.Role) *client[wire.ToStaff] {
	t.Helper()
	if len(roles) == 0 {
		roles = []auth.Role{auth.Agent}
	}
	who := auth.Identity{Subject: "s:" + id, Name: id, Roles: roles}
	c := dial[wire.ToStaff](t, w, n, "/desk", who, wire.FromStaff{Type: "hello", V: 1, Ticket: w.keeper.Ticket(who, "")})
	return c
}

func ready(c *client[wire.ToStaff]) {
	c.t.Helper()
	c.until("welcome", func(f wire.ToStaff) bool { return f.Type == "welcome" })
	c.send(wire.FromStaff{Type: "presence", ID: "p", Presence: "ready"})
	c.until("accepted presence", func(f wire.ToStaff) bool { return f.Type == "accepted" && f.Presence == "ready" })
}

func frame(c *client[wire.ToStaff], kind string) wire.ToStaff {
	c.t.Helper()
	return c.until(kind, func(f wire.ToStaff) bool { return f.Type == kind })
}

func TestAPersonAcrossTwoNodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.start(t, "one"), w.start(t, "two")
	a := agent(t, w, two, "A01")
	ready(a)
	c := customer(t, w, one, "C1")
	says(c, "1", "你好")
	hears(c, "bot:你好")
	says(c, "2", "人工")
	hears(c, "desk:queued 1")
	ring := frame(a, "ring").Ring
	if strings.Contains(ring.Reason, "13812345678") || !strings.Contains(ring.Reason, "138****5678") {
		t.Errorf("the reason is not masked: %q", ring.Reason)
	}
	// While it rings the digital employee goes on.
	says(c, "3", "还在吗")
	hears(c, "bot:还在吗")
	began := time.Now()
	a.send(wire.FromStaff{Type: "accept", ID: "acc", Handoff: ring.Handoff})
	taken := frame(a, "taken").Case
	if took := time.Since(began); took > time.Second {
		t.Errorf("taken came after %s", took)
	}
	if len(taken.Messages) < 5 || taken.FlowTitle != "转账" || len(taken.Slots) != 1 || strings.Contains(taken.Slots[0].Value, "6222021234567890123") {
		t.Errorf("the case is not whole or not masked: %+v", taken)
	}
	hears(c, "desk:accepted 0 坐席A01")
	conv := taken.Conversation
	a.send(wire.FromStaff{Type: "send", ID: "s1", Conversation: conv, Text: "您好，我是坐席A01"})
	if m := hears(c, "您好，我是坐席A01"); m.Author != "agent" || m.AuthorID != "A01" {
		t.Errorf("the message is by %s %s", m.Author, m.AuthorID)
	}
	a.until("accepted send", func(f wire.ToStaff) bool { return f.Type == "accepted" && f.ID == "s1" })
	// The same id again says nothing twice.
	a.send(wire.FromStaff{Type: "send", ID: "s1", Conversation: conv, Text: "您好，我是坐席A01"})
	a.until("accepted again", func(f wire.ToStaff) bool { return f.Type == "accepted" && f.ID == "s1" })
	says(c, "4", "我想转账")
	heard := a.until("the customer", func(f wire.ToStaff) bool { return f.Message != nil && f.Message.Text == "我想转账" })
	if heard.Conversation != conv {
		t.Errorf("the message came for %q", heard.Conversation)
	}
	a.send(wire.FromStaff{Type: "edit", ID: "e1", Conversation: conv, Slot: "amount", Value: "3000"})
	changed := a.until("the edited slot", func(f wire.ToStaff) bool { return f.Type == "case" && len(f.Case.Slots) == 2 })
	if changed.Case.Slots[1].By != "agent" || len(changed.Case.Messages) != 0 {
		t.Errorf("the case changed to %+v", changed.Case)
	}
	a.send(wire.FromStaff{Type: "edit", ID: "e2", Conversation: conv, Slot: "pin", Value: "密码是246810"})
	if e := a.until("refusal", func(f wire.ToStaff) bool { return f.ID == "e2" }); e.Error == nil || e.Error.Code != "bad_input" {
		t.Errorf("a secret was taken: %+v", e)
	}
	for id, reason := range map[string]string{"r1": "", "r2": "客户说他是13812345678"} {
		a.send(wire.FromStaff{Type: "reveal", ID: id, Conversation: conv, Reason: reason})
		if e := a.until("refusal", func(f wire.ToStaff) bool { return f.ID == id }); e.Error == nil || e.Revealed != nil {
			t.Errorf("it was revealed for the reason %q: %+v", reason, e)
		}
	}
	a.send(wire.FromStaff{Type: "reveal", ID: "r3", Conversation: conv, Reason: "核对身份"})
	shown := a.until("what was masked", func(f wire.ToStaff) bool { return f.ID == "r3" }).Revealed
	if shown == nil || shown.Seconds != wire.RevealSeconds || !slices.ContainsFunc(shown.Rows, func(r wire.Row) bool { return strings.Contains(r.Value, "6222021234567890123") }) {
		t.Errorf("revealed: %+v", shown)
	}
	var why string
	if err := w.pool.QueryRow(t.Context(), "SELECT detail->>'why' FROM audit WHERE actor = 's:A01' AND action = 'conversation.unmask'").Scan(&why); err != nil || why != "核对身份" {
		t.Errorf("the audit says %q, %v", why, err)
	}
	a.send(wire.FromStaff{Type: "handback", ID: "h1", Conversation: conv, Text: "已解释额度"})
	frame(a, "released")
	hears(c, "desk:handed_back")
	says(c, "5", "继续")
	hears(c, "bot:继续")
	// While the agent spoke the bot was silent.
	for _, f := range c.all {
		if f.Message != nil && f.Message.Text == "bot:我想转账" {
			t.Error("the bot spoke beside the agent")
		}
	}
	n := 0
	for _, f := range c.all {
		if f.Message != nil && f.Message.Author == "agent" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the agent's one message came %d times", n)
	}
	a.send(wire.FromStaff{Type: "send", ID: "s2", Conversation: conv, Text: "zu spät"})
	if e := a.until("refusal", func(f wire.ToStaff) bool { return f.ID == "s2" }); e.Error == nil || e.Error.Code != "forbidden" {
		t.Errorf("a message after hand-back: %+v", e)
	}
}

func TestADeadAgentsCustomerReturnsToTheHead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.start(t, "one"), w.start(t, "two")
	a := agent(t, w, two, "A01")
	ready(a)
	c := customer(t, w, one, "C1")
	says(c, "1", "人工")
	ring := frame(a, "ring").Ring
	a.send(wire.FromStaff{Type: "accept", Handoff: ring.Handoff})
	frame(a, "taken")
	hears(c, "desk:accepted")
	b := agent(t, w, one, "A02")
	ready(b)
	two.crash()
	hears(c, "desk:handed_back 0 "+dialogue.ReasonAgentLost)
	hears(c, "desk:queued 1")
	says(c, "2", "在吗")
	hears(c, "bot:在吗")
	again := frame(b, "ring").Ring
	if again.Handoff != ring.Handoff {
		t.Errorf("handoff %s rings, want %s", again.Handoff, ring.Handoff)
	}
	b.send(wire.FromStaff{Type: "accept", Handoff: again.Handoff})
	taken := frame(b, "taken").Case
	hears(c, "desk:accepted 0 坐席A02")
	b.send(wire.FromStaff{Type: "send", ID: "s", Conversation: taken.Conversation, Text: "我来接着办"})
	hears(c, "我来接着办")
}

func TestOfTwoWhoAcceptOneOwns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.start(t, "one"), w.start(t, "two")
	a, b := agent(t, w, one, "A01"), agent(t, w, two, "A02")
	for _, c := range []*client[wire.ToStaff]{a, b} {
		frame(c, "welcome") // away: nobody is rung, both take from the list
	}
	c := customer(t, w, one, "C1")
	says(c, "1", "人工")
	listed := func(c *client[wire.ToStaff]) string {
		return c.until("the list", func(f wire.ToStaff) bool { return f.Type == "queue" && len(f.Queue) == 1 }).Queue[0].Handoff
	}
	id := listed(a)
	listed(b)
	for _, c := range []*client[wire.ToStaff]{a, b} {
		c.send(wire.FromStaff{Type: "accept", ID: "acc", Handoff: id})
	}
	answer := func(c *client[wire.ToStaff]) wire.ToStaff {
		return c.until("an answer", func(f wire.ToStaff) bool { return f.ID == "acc" })
	}
	x, y := answer(a), answer(b)
	if (x.Type == "accepted") == (y.Type == "accepted") {
		t.Fatalf("both or none own: %+v, %+v", x, y)
	}
	winner, loser := a, y
	if y.Type == "accepted" {
		winner, loser = b, x
	}
	if loser.Error == nil || loser.Error.Code != "conflict" {
		t.Errorf("the other one is told %+v", loser.Error)
	}
	frame(winner, "taken")
	// A cut and a new socket, on the other node: the case is there again.
	_ = winner.conn.Close()
	who := map[*client[wire.ToStaff]]string{a: "A01", b: "A02"}[winner]
	back := agent(t, w, two, who)
	frame(back, "welcome")
	if again := frame(back, "taken").Case; again.Handoff != id {
		t.Errorf("after the cut: %+v", again)
	}
	// A supervisor reads along; an agent may not.
	s := agent(t, w, one, "S01", auth.Supervisor)
	frame(s, "welcome")
	conv := frameCase(back).Conversation
	s.send(wire.FromStaff{Type: "open", ID: "o", Conversation: conv})
	if look := frame(s, "case").Case; len(look.Messages) == 0 || look.Handoff != "" {
		t.Errorf("the look: %+v", look)
	}
	other := agent(t, w, one, "A03")
	frame(other, "welcome")
	other.send(wire.FromStaff{Type: "open", ID: "o", Conversation: conv})
	if e := other.until("refusal", func(f wire.ToStaff) bool { return f.ID == "o" }); e.Error == nil || e.Error.Code != "forbidden" {
		t.Errorf("an agent opened another's conversation: %+v", e)
	}
	var audited int
	if err := w.pool.QueryRow(t.Context(), "SELECT count(*) FROM audit WHERE action = 'conversation.read' AND actor = 's:S01'").Scan(&audited); err != nil || audited != 1 {
		t.Errorf("%d audit rows of the look, %v", audited, err)
	}
	s.send(wire.FromStaff{Type: "session", ID: "v", Conversation: conv})
	if e := s.until("refusal", func(f wire.ToStaff) bool { return f.ID == "v" }); e.Error == nil || e.Error.Code != "unavailable" {
		t.Errorf("a session without media: %+v", e)
	}
}

// frameCase is the last case a desk was given.
func frameCase(c *client[wire.ToStaff]) *wire.Case {
	var last *wire.Case
	for _, f := range c.all {
		if f.Case != nil {
			last = f.Case
		}
	}
	return last
}

func TestNobodyThereIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := w.start(t, "one")
	c := customer(t, w, one, "C1")
	says(c, "1", "人工")
	hears(c, "desk:closed")
	// With somebody there, a customer who waits may leave the queue.
	frame(agent(t, w, one, "A01"), "welcome")
	says(c, "2", "人工")
	hears(c, "desk:queued 1")
	says(c, "3", "算了")
	hears(c, "never mind")
	hears(c, "desk:cancelled")
}
