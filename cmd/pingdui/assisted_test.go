package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	query "net/url"
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
	"github.com/pingdui/pingdui/internal/capture/papertest"
	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/httpapi/captures"
	"github.com/pingdui/pingdui/internal/wire"
)

// withTheDesk are the conversation tests of assisted scenes that are also played
// with members of staff on real desks, by scene: every role is among them.
func withTheDesk() map[string][]string {
	return map[string][]string{
		"r01-identity":           {"独立核身：拍正反面、视频核实、登记到银行"},
		"r02-document":           {"拍新证、视频核对、更新，限制恢复"},
		"r06-release-loss":       {"拍合影、视频核实人和卡，解挂"},
		"r08-wake":               {"公共核身子流程、专员复核、激活"},
		"r09-restriction":        {"拍证明、签承诺、核实、授权、解除"},
		"r10-account-class":      {"二类升一类，拍证件、视频见证、读回、生效"},
		"r12-limit-review":       {"买房急用，拍合同、视频核实、另一位授权，调高到期自动恢复"},
		"r13-loan-signing":       {"面签装修贷，签合同、逐句双录、另一位授权，读回再提交"},
		"r14-business-visit":     {"视频上读不出地点，问一句再看店"},
		"r15-loan-relief":        {"失业协商，先听不催，视频商量、另一位授权，月供缓三个月"},
		"r16-farm-loan":          {"同事陪着讲完就走，核实的同事另接，本人自己确认"},
		"r24-abroad":             {"时段证明：拍护照、核对拼音、读回、确认开具"},
		"r25-dispute":            {"没收到货，找过商户：拍材料、签声明、视频核实、提交得工单号和答复日"},
		"r26-estate":             {"说到亲人去世就接住，先致哀，材料一次说清，到网点领取"},
		"r27-accompany":          {"听不见：大字加文字，全程不出声，不打电话"},
		"r28-family-check":       {"三方同屏，本人单独答，另一位授权，本人确认才生效"},
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
	if step.State == "started" {
		return review.ID, true, nil
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
	for _, c := range cases { // none is left scripted only
		if strings.HasPrefix(c.Scene(), "r") && withTheDesk()[c.Scene()] == nil {
			t.Errorf("%s is not played with real desks", c.Scene())
		}
	}
	played := withTheDesk()
	for _, scene := range slices.Sorted(maps.Keys(played)) { //nolint:paralleltest // one after the other: there is one scripted bank
		for _, name := range played[scene] {
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
	k := &talk{command: sayCommand{Within: time.Minute, Edition: cmp.Or(c.Edition, "standard"), Locale: c.Locale}, client: api, conn: conn, frames: make(chan wire.ToCustomer, 256), accepted: map[string]int64{}}
	go k.read()
	if err := k.begin(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if err := live.Play(func(in convtest.Input) (convtest.Carried, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		switch {
		case in.Session != nil:
			return f.decided(ctx, k, in.Session)
		case in.Shows != nil:
			return photographed(ctx, t, api, k, in)
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
	of := "session:" + review
	if step.State == "started" { // that somebody is there is the queue's word
		of = "handoff:"
	}
	turn, err := k.heard(ctx, from, func(m wire.Message) bool { return strings.HasPrefix(m.Input, of) && m.Input != of+":1" })
	if err != nil {
		return convtest.Carried{}, fmt.Errorf("the customer hears nothing of %s%s: %w", step.State, step.Outcome, err)
	}
	for {
		out, err := k.report(ctx, from, turn)
		if err != nil || !k.pending(out, from) || k.next(ctx) != nil {
			return carriedSince(k, from, out), err
		}
	}
}

// photographed prints what the case says stands on a paper, sends the picture as
// the customer's page does, and gives what the customer hears of it.
func photographed(ctx context.Context, t *testing.T, api *client, k *talk, in convtest.Input) (convtest.Carried, error) {
	t.Helper()
	labels := map[string]string{
		"name": "姓名", "payee": "收款方", "authority": "签发机关", "income": "月收入", "place": "地点", "amount": "金额", "date": "日期", "valid_until": "有效期限", "card_tail": "卡号",
	}
	lines := []string{"示例材料"}
	for field, value := range in.Shows {
		if field == "card_tail" {
			value = "6214 8300 0000 " + value
		}
		lines = append(lines, labels[field]+"："+value)
	}
	from := len(k.messages)
	var kept captures.Kept
	picture := papertest.Print(t, append(lines, "示例银行演示材料")...)
	if k.wantsFilm() {
		picture = append([]byte{0x1a, 0x45, 0xdf, 0xa3}, picture...) // how a WebM begins; nobody plays it here
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, api.base+"/api/v1/conversations/"+k.conversation+"/captures?ref="+query.QueryEscape(in.Picture), bytes.NewReader(picture))
	if err != nil {
		return convtest.Carried{}, err
	}
	req.Header.Set("Authorization", "Bearer "+api.token)
	answer, err := api.http.Do(req)
	if err != nil {
		return convtest.Carried{}, err
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	if answer.StatusCode != http.StatusOK {
		raw, _ := io.ReadAll(answer.Body)
		return convtest.Carried{}, fmt.Errorf("a picture is refused: %s %s", answer.Status, raw)
	}
	if err := json.NewDecoder(answer.Body).Decode(&kept); err != nil {
		return convtest.Carried{}, err
	}
	turn, err := k.heard(ctx, from, func(m wire.Message) bool { return m.Input == "capture:"+kept.ID })
	if err != nil {
		return convtest.Carried{}, fmt.Errorf("the customer hears nothing of a picture: %w", err)
	}
	out, err := k.report(ctx, from, turn)
	back := carriedSince(k, from, out)
	for err == nil { // what could be read, but not surely, is right
		tap := ""
		for _, m := range back.Messages {
			for _, a := range m.Actions {
				if a.Label == "对，是这个" {
					tap = a.ID
				}
			}
		}
		if tap == "" {
			break
		}
		back, err = carry(ctx, k, convtest.Input{Tap: tap})
	}
	return back, err
}

// wantsFilm says whether what is asked for now is a film.
func (k *talk) wantsFilm() bool {
	for _, m := range slices.Backward(k.messages) {
		if m.Card != nil && m.Card.Kind == string(flow.CardCapture) {
			return m.Card.Medium == "video"
		}
	}
	return false
}

// heard waits for a message and gives its turn.
func (k *talk) heard(ctx context.Context, from int, is func(wire.Message) bool) (int64, error) {
	for {
		for _, m := range k.messages[from:] {
			if is(m) && k.caughtUp() {
				return m.Turn, nil
			}
		}
		if err := k.next(ctx); err != nil {
			return 0, err
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
