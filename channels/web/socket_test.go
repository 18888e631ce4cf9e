package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/counting"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/channels"
	"github.com/pingdui/pingdui/channels/web"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/vault"
	"github.com/pingdui/pingdui/internal/wire"
)

// filling is the counting mind inside a form: 转账 opens it.
type filling struct{ counting.Mind }

func (m filling) Step(c dialogue.Context, state []byte, ev dialogue.Event) (assistant.Step, error) {
	step, err := m.Mind.Step(c, state, ev)
	said, _ := ev.(dialogue.Said)
	if _, edit := ev.(dialogue.Edited); !edit && said.Text != "转账" {
		return step, err
	}
	step.View = assistant.View{Flow: "transfer", FlowTitle: "转账", Slots: []flow.Row{{Name: "payee", Label: "收款人", Value: "王建军"}}}
	return step, err
}

// door is one server with the limits the program sets.
type door struct {
	t      *testing.T
	keeper *auth.Keeper
	http   *httptest.Server
	web    *web.Server
	engine *assistant.Engine
}

// stands waits until a customer's conversation is in a flow; empty for none.
func (d *door) stands(subject, flow string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 50*time.Second)
	defer cancel()
	conversation, err := d.engine.Open(ctx, subject, "", "xiaoan", "", "")
	if err != nil {
		d.t.Fatal(err)
	}
	watch := d.engine.Hub().Watch(conversation)
	defer watch.Close()
	for {
		now, err := d.engine.Hub().Now(ctx, conversation)
		if err != nil {
			d.t.Fatal(err)
		}
		if now.View.Flow == flow {
			return
		}
		select {
		case <-watch.C:
		case <-ctx.Done():
			d.t.Fatalf("the conversation stands in flow %q, want %q", now.View.Flow, flow)
		}
	}
}

func newDoor(t *testing.T) *door {
	t.Helper()
	pool := postgrestest.New(t)
	master, err := vault.LoadMaster("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := assistant.New(assistant.Config{Pool: pool, Master: master, Mind: filling{}, Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	d := &door{t: t, engine: engine, keeper: auth.New([]byte("0123456789abcdef0123456789abcdef"), pool, time.Now)}
	d.web = web.New(web.Config{
		Engine: engine, Keeper: d.keeper, First: "xiaoan", Node: "n1", Clock: time.Now,
		Employees: func(string, string) []wire.Employee { return []wire.Employee{} },
		Needs:     []string{"bill_due", "id_expired"},
		Slots:     func(string) []string { return []string{"payee", "amount"} },
	})
	d.http = httptest.NewServer(d.web)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- engine.Run(ctx) }()
	t.Cleanup(func() {
		d.web.Close()
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) { // a test may end before the first heartbeat
			t.Error(err)
		}
		d.http.Close()
	})
	return d
}

func (d *door) dial() *websocket.Conn {
	d.t.Helper()
	conn, answer, err := websocket.DefaultDialer.DialContext(d.t.Context(), "ws"+strings.TrimPrefix(d.http.URL, "http"), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	_ = answer.Body.Close()
	d.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(50 * time.Second))
	return conn
}

func (d *door) ticket(subject string) string {
	return d.keeper.Ticket(auth.Identity{Subject: subject, Roles: []auth.Role{auth.Customer}}, "")
}

// enter opens a socket with a good hello and reads its welcome.
func (d *door) enter(subject string) *websocket.Conn {
	d.t.Helper()
	conn := d.dial()
	d.write(conn, wire.FromCustomer{Type: "hello", V: 1, Ticket: d.ticket(subject), Device: "kitchen"})
	d.until(conn, "welcome", "")
	return conn
}

func (d *door) write(conn *websocket.Conn, frame wire.FromCustomer) {
	d.t.Helper()
	if err := conn.WriteJSON(frame); err != nil {
		d.t.Fatal(err)
	}
}

// until reads frames to the one of a type, about an id where one is given.
func (d *door) until(conn *websocket.Conn, kind, id string) wire.ToCustomer {
	d.t.Helper()
	for {
		var f wire.ToCustomer
		if err := conn.ReadJSON(&f); err != nil {
			d.t.Fatalf("no %s frame came: %v", kind, err)
		}
		if id != "" && f.ID == id && f.Type != kind {
			d.t.Fatalf("%s of %s came, want %s: %+v", f.Type, id, kind, f.Error)
		}
		if f.Type == kind && (id == "" || f.ID == id) {
			return f
		}
	}
}

// closed reads to the end of the socket and checks the close code and reason.
func (d *door) closed(conn *websocket.Conn, code int, reason string) (frames []wire.ToCustomer) {
	d.t.Helper()
	for {
		var f wire.ToCustomer
		err := conn.ReadJSON(&f)
		if err == nil {
			frames = append(frames, f)
			continue
		}
		var end *websocket.CloseError
		if !errors.As(err, &end) || end.Code != code || !strings.Contains(end.Text, reason) {
			d.t.Fatalf("the socket ended with %v, want %d with %q", err, code, reason)
		}
		return frames
	}
}

func TestASocketEndsWithACodeAndASentence(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	hello := func() wire.FromCustomer { return wire.FromCustomer{Type: "hello", V: 1, Ticket: d.ticket("c:1")} }
	used := d.ticket("c:1")
	first := d.dial()
	d.write(first, wire.FromCustomer{Type: "hello", V: 1, Ticket: used})
	d.until(first, "welcome", "")
	for _, c := range []struct {
		name   string
		frame  any
		code   int
		reason string
	}{
		{"no hello", wire.FromCustomer{Type: "ping"}, channels.CloseNoHello, "must be hello"},
		{"another version", wire.FromCustomer{Type: "hello", V: 9}, channels.CloseVersion, "version 1"},
		{"a used ticket", wire.FromCustomer{Type: "hello", V: 1, Ticket: used}, channels.CloseUnauthorized, "ticket"},
		{"a member of staff", wire.FromCustomer{Type: "hello", V: 1, Ticket: d.keeper.Ticket(auth.Identity{Subject: "s:A01", Roles: []auth.Role{auth.Agent}}, "")}, channels.CloseUnauthorized, "ticket"},
		{"no JSON of ours", []int{1}, channels.CloseBadFrame, "docs/protocol.md"},
	} {
		conn := d.dial()
		if err := conn.WriteJSON(c.frame); err != nil {
			t.Fatal(c.name, err)
		}
		d.closed(conn, c.code, c.reason)
	}
	binary := d.dial()
	if err := binary.WriteMessage(websocket.BinaryMessage, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	d.closed(binary, channels.CloseBadFrame, "UTF-8")
	for _, size := range []int{channels.MaxFrame + 1, 3 << 20} {
		big := d.dial()
		if err := big.WriteJSON(hello()); err != nil {
			t.Fatal(err)
		}
		d.until(big, "welcome", "")
		if err := big.WriteMessage(websocket.TextMessage, []byte(strings.Repeat("x", size))); err != nil {
			t.Fatal(err)
		}
		d.closed(big, websocket.CloseMessageTooBig, "64 kB")
	}
	stopping := d.enter("c:2")
	go d.web.Close()
	d.closed(stopping, channels.CloseStopping, "reconnect and resume")
}

func TestHelloNamesABadLanguageOrEdition(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for _, c := range []struct {
		locale, edition string
		want            []string
	}{
		{"fr", "", []string{"locale", "zh", "en"}},
		{"zh", "zzz", []string{"edition", "standard", "elder"}},
	} {
		conn := d.dial()
		ticket := d.ticket("c:1")
		d.write(conn, wire.FromCustomer{Type: "hello", V: 1, Ticket: ticket, ID: "h", Locale: c.locale, Edition: c.edition})
		frames := d.closed(conn, channels.CloseBadFrame, "hello:")
		if len(frames) != 1 || frames[0].Error == nil || frames[0].Error.Code != "bad_input" || frames[0].ID != "h" {
			t.Fatalf("got %+v, want one bad_input", frames)
		}
		for _, want := range c.want {
			if !strings.Contains(frames[0].Error.Message, want) {
				t.Errorf("%q is missing in %q", want, frames[0].Error.Message)
			}
		}
		// The ticket was not used up: mend the hello and come again.
		again := d.dial()
		d.write(again, wire.FromCustomer{Type: "hello", V: 1, Ticket: ticket, Locale: "en", Edition: "elder"})
		d.until(again, "welcome", "")
	}
}

func TestBadFramesAreRefusedByName(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	conn := d.enter("c:1")
	refused := func(frame wire.FromCustomer, code string, want ...string) {
		t.Helper()
		frame.ID = orUUID(frame.ID)
		d.write(conn, frame)
		e := d.until(conn, "error", frame.ID).Error
		if e.Code != code {
			t.Errorf("%+v: code %s, want %s", frame, e.Code, code)
		}
		for _, w := range want {
			if !strings.Contains(e.Message, w) {
				t.Errorf("%+v: %q is missing in %q", frame, w, e.Message)
			}
		}
	}
	taken := func(frame wire.FromCustomer) {
		t.Helper()
		frame.ID = orUUID(frame.ID)
		d.write(conn, frame)
		d.until(conn, "accepted", frame.ID)
	}
	refused(wire.FromCustomer{Type: "settings", Locale: "fr"}, "bad_input", "locale", "zh", "en")
	refused(wire.FromCustomer{Type: "settings", Edition: "zz"}, "bad_input", "edition", "standard", "elder")
	refused(wire.FromCustomer{Type: "settings", On: "2026-11-30T10:00:00+08:00"}, "bad_input", "on", "demo")
	refused(wire.FromCustomer{Type: "mute", Need: "zz"}, "bad_input", "need", "bill_due, id_expired")
	refused(wire.FromCustomer{Type: "edit", Slot: "amount", Value: "3"}, "bad_input", "slot", "no form")
	refused(wire.FromCustomer{Type: "send", Text: " \u3000\n\u200b"}, "bad_input", "text is empty")
	refused(wire.FromCustomer{Type: "send", Text: "a\x00b"}, "bad_input", "NUL")
	refused(wire.FromCustomer{Type: "send", Text: strings.Repeat("长", 2001)}, "bad_input", "2000")
	refused(wire.FromCustomer{Type: "send", ID: strings.Repeat("i", 129), Text: "x"}, "bad_input", "128")
	refused(wire.FromCustomer{Type: "dance"}, "bad_frame", "dance")
	for _, prefix := range []string{"action:", "open:", "handoff:", "timer:", "session:", "media:", "scripted:"} {
		refused(wire.FromCustomer{Type: "send", ID: prefix + "1", Text: "x"}, "bad_input", prefix)
	}
	taken(wire.FromCustomer{Type: "settings", Locale: "en", Edition: "elder"})
	taken(wire.FromCustomer{Type: "mute", Need: "bill_due"})
	taken(wire.FromCustomer{Type: "send", Text: "转账"})
	d.stands("c:1", "transfer")
	refused(wire.FromCustomer{Type: "edit", Slot: "zz", Value: "3"}, "bad_input", "slot", "payee, amount")
	refused(wire.FromCustomer{Type: "edit", Value: "3"}, "bad_input", "slot")
	taken(wire.FromCustomer{Type: "edit", ID: "e1", Slot: "amount", Value: "3"})
	taken(wire.FromCustomer{Type: "send", Text: "好了"}) // the form is closed
	d.stands("c:1", "")
	refused(wire.FromCustomer{Type: "edit", Slot: "amount", Value: "4"}, "bad_input", "no form")
	// An edit that was taken is answered from the record, whatever is open now.
	d.write(conn, wire.FromCustomer{Type: "edit", ID: "e1", Slot: "amount", Value: "3"})
	if f := d.until(conn, "accepted", "e1"); !f.Replayed {
		t.Errorf("the second edit was not answered from the record: %+v", f)
	}
}

func TestTooManyFramesAreRefusedAndTheSocketStays(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	conn := d.enter("c:1")
	for range 200 {
		d.write(conn, wire.FromCustomer{Type: "dance", ID: "x"})
	}
	d.write(conn, wire.FromCustomer{Type: "ping"})
	busy := 0
	for {
		var f wire.ToCustomer
		if err := conn.ReadJSON(&f); err != nil {
			t.Fatal(err)
		}
		if f.Error != nil && f.Error.Code == "busy" {
			busy++
		}
		if f.Type == "pong" {
			break
		}
	}
	if busy < 100 {
		t.Errorf("%d of 200 frames were refused, want more than 100", busy)
	}
}

func TestACustomerResumesWhereTheyWereCut(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	conn := d.enter("c:1")
	for _, text := range []string{"a", "b", "c"} {
		d.write(conn, wire.FromCustomer{Type: "send", ID: text, Text: text})
	}
	var last int64
	for last < 6 {
		last = d.until(conn, "message", "").Message.Seq
	}
	_ = conn.Close()
	again := d.dial()
	d.write(again, wire.FromCustomer{Type: "hello", V: 1, Ticket: d.ticket("c:1"), LastSeq: 4, Device: "kitchen"})
	welcome := d.until(again, "welcome", "").Welcome
	if welcome.LastSeq != 6 {
		t.Errorf("last_seq %d, want 6", welcome.LastSeq)
	}
	for seq := int64(5); seq <= 6; seq++ {
		if m := d.until(again, "message", "").Message; m.Seq != seq {
			t.Errorf("seq %d, want %d", m.Seq, seq)
		}
	}
	d.until(again, "caught_up", "")
	raw, err := json.Marshal(welcome)
	if err != nil || strings.Contains(string(raw), "null") {
		t.Errorf("welcome %s, %v", raw, err)
	}
}

func orUUID(id string) string {
	if id == "" {
		return uuid.NewString()
	}
	return id
}
