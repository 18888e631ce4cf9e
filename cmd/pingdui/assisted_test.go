package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/scenes"
	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/wire"
)

// withTheDesk are the conversation tests of assisted scenes that are also played
// with members of staff on real desks, by scene: every role is among them.
func withTheDesk() map[string][]string {
	return map[string][]string{
		"r03-phone":              {"旧号停机，核实加授权，验证码发到新号，大额冷却一天", "视频里发现有人指挥"},
		"r04-pin-remote":         {"必查项没打勾，通过也不算", "核身员说不通过，讲清理由和去处", "英文从头到尾"},
		"r05-loss-formal":        {"签名、视频核实、转正式，新卡寄出"},
		"r07-card-signing":       {"面签的人不能自己授权"},
		"r11-close-account":      {"同一个人不能又经办又授权", "授权的同事不同意，讲清理由"},
		"r17-risk-interview":     {"没有复述理解，不算通过"},
		"r18-wealth-recorded":    {"缺一句不可提交"},
		"r19-insurance-recorded": {"先分清不是存款，逐句讲明，签名授权，本人确认投保"},
		"r20-portfolio-review":   {"经理推销，这次不算"},
		"r21-scam-talk":          {"签之前想通了，不转"},
		"r22-held-transfer":      {"核实的人不能自己授权"},
		"r23-takeover":           {"不认识就全部退出，没有损失也办"},
	}
}

// floor is the staff who are on duty for a test: their desks and what each sees.
type floor struct {
	t     *testing.T
	desks map[string]*staffDesk
}

// staffDesk is one member of staff on a socket.
type staffDesk struct {
	name   string
	mu     sync.Mutex // writing
	conn   *websocket.Conn
	frames chan wire.ToStaff
	cases  map[string]wire.Case
	board  []wire.Review
	rings  []string
	done   map[string]error
}

func sitDown(t *testing.T, url, id string) *staffDesk {
	t.Helper()
	api := newClient(url)
	if _, err := api.signIn(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	var ticket wire.Ticket
	if err := api.call(t.Context(), http.MethodPost, "/api/v1/tickets", struct{}{}, &ticket); err != nil {
		t.Fatal(err)
	}
	conn, answer, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(url, "http")+"/api/v1/desk/socket", nil)
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	d := &staffDesk{name: id, conn: conn, frames: make(chan wire.ToStaff, 1024), cases: map[string]wire.Case{}, done: map[string]error{}}
	go func() {
		defer close(d.frames)
		for {
			var f wire.ToStaff
			if conn.ReadJSON(&f) != nil {
				return
			}
			d.frames <- f
		}
	}()
	over, stop := context.WithCancel(context.Background())
	var pings sync.WaitGroup
	pings.Go(func() {
		ticker := time.NewTicker(10 * time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				_ = d.write(wire.FromStaff{Type: "ping"})
			case <-over.Done():
				return
			}
		}
	})
	t.Cleanup(func() { stop(); pings.Wait(); _ = conn.Close() })
	d.send(t, wire.FromStaff{Type: "hello", V: wire.Version, Ticket: ticket.Ticket})
	if strings.HasPrefix(id, "A") {
		d.send(t, wire.FromStaff{Type: "presence", Presence: "ready"})
	}
	return d
}

func (d *staffDesk) send(t *testing.T, f wire.FromStaff) string {
	t.Helper()
	f.ID = uuid.NewString()
	if err := d.write(f); err != nil {
		t.Fatal(err)
	}
	return f.ID
}

func (d *staffDesk) write(f wire.FromStaff) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.conn.WriteJSON(f)
}

// take takes in what has come.
func (d *staffDesk) take(f wire.ToStaff) {
	switch f.Type {
	case "presence":
		if f.Presence == "wrapup" { // there is nothing to write up here: on to the next
			_ = d.write(wire.FromStaff{Type: "presence", Presence: "ready", ID: uuid.NewString()})
		}
	case "ring":
		d.rings = append(d.rings, f.Ring.Handoff)
	case "ring_over":
		d.rings = slices.DeleteFunc(d.rings, func(id string) bool { return id == f.Handoff })
	case "taken", "case":
		d.cases[f.Case.Conversation] = *f.Case
	case "released":
		delete(d.cases, f.Conversation)
	case "reviews":
		d.board = f.Reviews
	case "accepted":
		d.done[f.ID] = nil
	case "error":
		d.done[f.ID] = errors.New(f.Error.Message)
		if strings.Contains(f.Error.Message, "小结代码") { // nobody here transfers or writes up
			panic("a refusal says something else: " + f.Error.Message)
		}
	}
}

// until waits until it is so on some desk, taking frames in.
func (f *floor) until(ctx context.Context, what string, so func() bool) error {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		for _, d := range f.desks {
			for more := true; more; {
				select {
				case frame, ok := <-d.frames:
					if !ok {
						return fmt.Errorf("%s: the desk of %s was closed", what, d.name)
					}
					d.take(frame)
				default:
					more = false
				}
			}
		}
		if so() {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, ctx.Err())
		}
	}
}

// asks sends a frame and waits for the word on it.
func (f *floor) asks(ctx context.Context, d *staffDesk, frame wire.FromStaff) error {
	id := d.send(f.t, frame)
	if err := f.until(ctx, frame.Type+" of "+d.name, func() bool { _, ok := d.done[id]; return ok }); err != nil {
		return err
	}
	return d.done[id]
}

// verdict does with real desks what a step of a case says that a member of staff
// does; it says whether the desk let it count.
func (f *floor) verdict(ctx context.Context, k *talk, step *convtest.SessionTurn) (string, bool, error) {
	var who *staffDesk
	var review wire.Review
	second := step.By == "A02"
	err := f.until(ctx, "somebody is asked", func() bool {
		for _, d := range f.desks {
			if len(d.rings) > 0 {
				d.send(f.t, wire.FromStaff{Type: "accept", Handoff: d.rings[0]})
				d.rings = nil
			}
			if c, ok := d.cases[k.conversation]; ok && c.Review != nil && c.Review.State != "ended" && c.Review.Kind == "session" {
				who, review = d, *c.Review
				return true
			}
		}
		for _, r := range f.desks["S01"].board {
			if r.Conversation == k.conversation {
				who, review = f.desks["S01"], r
				return true
			}
		}
		return false
	})
	if err != nil {
		return "", false, err
	}
	if review.Kind == "review" {
		if !second { // who handled it tries to authorise it
			for _, name := range []string{"A01", "A02", "A03", "A06"} {
				if f.desks[name].done["handled "+k.conversation] != nil {
					who = f.desks[name]
				}
			}
		}
		if err := f.asks(ctx, who, wire.FromStaff{Type: "review_take", Review: review.ID}); err != nil {
			f.t.Logf("%s: %v", who.name, err)
			return review.ID, false, nil
		}
		if err := f.until(ctx, "the case to read", func() bool { c := who.cases[k.conversation]; return c.Review != nil && c.Review.ID == review.ID }); err != nil {
			return "", false, err
		}
	} else {
		who.done["handled "+k.conversation] = errors.New("by " + who.name)
		if err := f.meet(ctx, who, k, review); err != nil {
			return "", false, err
		}
	}
	for _, it := range review.Items {
		if !slices.Contains(step.Items, "all") && !slices.Contains(step.Items, it.ID) {
			continue
		}
		if err := f.asks(ctx, who, wire.FromStaff{Type: "review_item", Conversation: k.conversation, Review: review.ID, Item: it.ID, State: "ok"}); err != nil {
			return "", false, err
		}
	}
	err = f.asks(ctx, who, wire.FromStaff{Type: "review_end", Conversation: k.conversation, Review: review.ID, Outcome: step.Outcome, Reason: step.Reason})
	if err != nil {
		f.t.Logf("%s: %v", who.name, err)
	}
	return review.ID, err == nil, nil
}

// meet brings agent and customer together where the flow asks for more than words.
func (f *floor) meet(ctx context.Context, who *staffDesk, k *talk, review wire.Review) error {
	if review.Medium == "chat" {
		return nil
	}
	live := func() bool {
		_ = k.takeIn(ctx)
		return k.state.Session != nil && k.state.Session.State == "live"
	}
	if live() {
		return nil // a second try in the same session
	}
	// A pass without having met the customer is refused: the floor tries it once.
	if err := f.asks(ctx, who, wire.FromStaff{Type: "review_end", Conversation: k.conversation, Review: review.ID, Outcome: "passed"}); err == nil {
		return errors.New("a session was passed without the customer")
	}
	if err := f.asks(ctx, who, wire.FromStaff{Type: "session", Conversation: k.conversation}); err != nil {
		return err
	}
	if err := f.until(ctx, "the offer", func() bool { _ = k.takeIn(ctx); return k.state.Session != nil && k.state.Session.State == "offered" }); err != nil {
		return err
	}
	if err := k.conn.WriteJSON(wire.FromCustomer{Type: "signal", Session: k.state.Session.ID, Signal: &wire.Signal{Kind: "state", Body: `{"action":"accept"}`}}); err != nil {
		return err
	}
	return f.until(ctx, "the customer's yes", live)
}

// TestAssistedScenesWithRealDesks plays conversation tests of assisted scenes
// through a node with agents and a supervisor on real sockets: they are rung,
// accept, meet the customer, tick and decide, and the flow goes on.
func TestAssistedScenesWithRealDesks(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	bank := &scriptedBank{key: key}
	server := httptest.NewServer(bank)
	t.Cleanup(server.Close)
	database := usedWhole(t)
	url := node(t, database, t.TempDir(), func(c *config.Config) {
		c.BankURL, c.BankToken, c.MediaAddr, c.TurnAddr = server.URL, "scripted", "127.0.0.2:0", ""
	})
	db, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	anybody := newClient(url)
	if _, err := anybody.signIn(t.Context(), "C002"); err != nil {
		t.Fatal(err)
	}
	if err := anybody.call(t.Context(), http.MethodPost, "/api/v1/demo/agent", map[string]bool{"on": false}, nil); err != nil {
		t.Fatal(err) // the scripted agent would be quicker
	}
	f := &floor{t: t, desks: map[string]*staffDesk{}}
	for _, id := range []string{"A01", "A02", "A03", "A06", "S01"} {
		f.desks[id] = sitDown(t, url, id)
	}
	cases, problems := convtest.Load(scenes.FS, "scenes")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for scene, names := range withTheDesk() { //nolint:paralleltest // one after the other: there is one scripted bank
		for _, name := range names {
			at := slices.IndexFunc(cases, func(c *convtest.Case) bool { return c.Scene() == scene && c.Name == name })
			if at < 0 || !cases[at].Assisted() {
				t.Errorf("%s: no assisted case is called %q", scene, name)
				continue
			}
			t.Run(scene+" "+name, func(t *testing.T) {
				f.t = t
				throughDesk(t, url, db, bank, f, cases[at])
			})
		}
	}
}

func throughDesk(t *testing.T, url string, db *pgx.Conn, bank *scriptedBank, f *floor, c *convtest.Case) {
	t.Helper()
	live := convtest.NewLive(c)
	bank.live.Store(live)
	api := newClient(url)
	if _, err := api.signIn(t.Context(), live.Customer().ID); err != nil {
		t.Fatal(err)
	}
	conn, err := api.dial(t.Context(), wire.FromCustomer{Conversation: "new", Device: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // the test is over
	k := &talk{command: sayCommand{Within: time.Minute, Edition: c.Edition, Locale: c.Locale}, client: api, conn: conn, frames: make(chan wire.ToCustomer, 256), accepted: map[string]int64{}}
	go k.read()
	if err := k.begin(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if err := live.Play(func(in convtest.Input) (convtest.Carried, error) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		switch {
		case in.Session != nil:
			return f.decided(ctx, k, in.Session)
		case in.Sign != "":
			return signed(ctx, k, in)
		}
		return carry(ctx, k, in)
	}); err != nil {
		t.Fatal(err)
	}
}

// decided carries a verdict and gives what the customer hears of it.
func (f *floor) decided(ctx context.Context, k *talk, step *convtest.SessionTurn) (convtest.Carried, error) {
	from := len(k.messages)
	review, counts, err := f.verdict(ctx, k, step)
	if err != nil || !counts {
		return convtest.Carried{}, err
	}
	var turn int64
	for turn == 0 {
		for _, m := range k.messages[from:] {
			if strings.HasPrefix(m.Input, "session:"+review) && m.Input != "session:"+review+":1" && k.caughtUp() {
				turn = m.Turn
			}
		}
		if turn == 0 {
			if err := k.next(ctx); err != nil {
				return convtest.Carried{}, fmt.Errorf("the customer hears nothing of %s: %w", step.Outcome, err)
			}
		}
	}
	for {
		out, err := k.report(ctx, from, turn)
		if err != nil || !k.pending(out, from) || k.next(ctx) != nil {
			return carriedSince(k, from, out), err
		}
	}
}

// signed draws a signature under a document.
func signed(ctx context.Context, k *talk, in convtest.Input) (convtest.Carried, error) {
	from, id := len(k.messages), uuid.NewString()
	if err := k.conn.WriteJSON(wire.FromCustomer{Type: "edit", ID: id, Slot: in.Sign, Value: in.Drawn}); err != nil {
		return convtest.Carried{}, err
	}
	out, err := k.answer(ctx, from, id)
	return carriedSince(k, from, out), err
}

func carriedSince(k *talk, from int, out said) convtest.Carried {
	back := convtest.Carried{Flow: out.Flow, Step: out.Step}
	for _, m := range k.messages[from:] {
		if m.Author == "customer" {
			continue
		}
		raw, err := json.Marshal(m)
		var one flow.Message
		if err == nil && json.Unmarshal(raw, &one) == nil {
			back.Messages = append(back.Messages, one)
		}
	}
	return back
}
