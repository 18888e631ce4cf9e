package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"github.com/pingdui/pingdui/internal/wire"
)

type sayCommand struct {
	As      string        `required:"" help:"Who speaks: a name or id of the cast, or anonymous."`
	Edition string        `help:"standard or elder." enum:"standard,elder,"  default:""`
	Locale  string        `help:"zh or en." enum:"zh,en," default:""`
	On      string        `help:"Hold the conversation as of this time (a date, or RFC 3339)."`
	URL     string        `name:"url" help:"The running server." default:"http://127.0.0.1:8080"`
	Within  time.Duration `help:"How long one turn may take." default:"30s"`
	JSON    bool          `name:"json" help:"Print one JSON object a turn and nothing else."`
}

// line is one line of what say reads.
type line struct {
	Text   *string            `json:"text"`
	Tap    *string            `json:"tap"`
	Secure *map[string]string `json:"secure"`
	Wait   *float64           `json:"wait"`
}

// said is what say prints for one line.
type said struct {
	Replies  []reply           `json:"replies"`
	Flow     string            `json:"flow"`
	Step     string            `json:"step"`
	Slots    map[string]string `json:"slots"`
	Called   []wire.Called     `json:"called"`
	Handoff  *saidHandoff      `json:"handoff"`
	Employee string            `json:"employee"`
	Release  string            `json:"release"`
	// Intents and Notes tell why; Speaker is bot, queue or agent.
	Intents []wire.Scored `json:"intents"`
	Notes   []string      `json:"notes"`
	Speaker string        `json:"speaker"`
}

type reply struct {
	Kind    string        `json:"kind"`
	Text    string        `json:"text"`
	Card    *wire.Card    `json:"card"`
	Actions []replyAction `json:"actions"`
	Source  *wire.Source  `json:"source"`
	Author  string        `json:"author"`
}

type replyAction struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

type saidHandoff struct {
	Queue string `json:"queue"`
	Place int    `json:"place"`
	WaitS int    `json:"wait_s"`
}

// Run reads JSON lines and speaks them through the real socket of a server.
func (c sayCommand) Run(s *session) error {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	api := newClient(c.URL)
	if err := api.signIn(ctx, c.As); err != nil {
		return err
	}
	on, err := c.on()
	if err != nil {
		return err
	}
	conn, err := api.dial(ctx, wire.FromCustomer{Conversation: "new", Device: "say", Locale: c.Locale, Edition: c.Edition})
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // the work is done
	t := &talk{command: c, client: api, conn: conn, frames: make(chan wire.ToCustomer, 256)}
	go t.read()
	if err := t.begin(ctx, on); err != nil {
		return err
	}
	scanner := bufio.NewScanner(s.in)
	scanner.Buffer(nil, 1<<20)
	for number := 1; scanner.Scan(); number++ {
		text := strings.TrimSpace(scanner.Text())
		if text == "" {
			continue
		}
		var l line
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&l); err != nil {
			return fmt.Errorf("standard input line %d is none of {\"text\"}, {\"tap\"}, {\"secure\"}, {\"wait\"}: %w", number, err)
		}
		out, err := t.say(ctx, l)
		if err != nil {
			return fmt.Errorf("standard input line %d: %w", number, err)
		}
		if err := c.print(s, out); err != nil {
			return err
		}
	}
	return scanner.Err()
}

func (c sayCommand) on() (string, error) {
	if c.On == "" {
		return "", nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		at, err := time.ParseInLocation(layout, c.On, time.Local)
		if err != nil {
			continue
		}
		if layout == time.DateOnly {
			at = at.Add(10 * time.Hour)
		}
		return at.Format(time.RFC3339), nil
	}
	return "", fmt.Errorf("--on %q is neither a date (2026-11-30) nor RFC 3339", c.On)
}

func (c sayCommand) print(s *session, out said) error {
	if c.JSON {
		return printJSON(s.out, out)
	}
	for _, r := range out.Replies {
		labels := make([]string, 0, len(r.Actions))
		for _, a := range r.Actions {
			labels = append(labels, "["+a.Label+"]")
		}
		if _, err := fmt.Fprintf(s.out, "%s: %s %s\n", r.Author, r.Text, strings.Join(labels, " ")); err != nil {
			return err
		}
	}
	return nil
}

// talk is one conversation through one socket.
type talk struct {
	command      sayCommand
	client       *client
	conn         *websocket.Conn
	frames       chan wire.ToCustomer
	conversation string
	state        wire.State
	seen, caught int64
	secure       string // the last secure box's ref
	messages     []wire.Message
	refused      *wire.Error
	accepted     map[string]int64
}

func (t *talk) read() {
	defer close(t.frames)
	for {
		var f wire.ToCustomer
		if t.conn.ReadJSON(&f) != nil {
			return
		}
		t.frames <- f
	}
}

var errSocketEnded = errors.New("the server closed the socket")

// next takes one frame in, waiting at most until ctx ends.
func (t *talk) next(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case f, ok := <-t.frames:
		if !ok {
			return errSocketEnded
		}
		t.take(f)
	}
	return nil
}

// take notes what one frame says.
func (t *talk) take(f wire.ToCustomer) {
	switch f.Type {
	case "welcome":
		t.conversation, t.state = f.Welcome.Conversation, f.Welcome.State
	case "message":
		t.messages = append(t.messages, *f.Message)
		t.seen = f.Message.Seq
		if f.Message.Card != nil && f.Message.Card.Secure != nil {
			t.secure = f.Message.Card.Secure.Ref
		}
	case "state":
		t.state = *f.State
	case "accepted":
		t.accepted[f.ID] = f.Seq
	case "caught_up":
		t.caught = f.Seq
	case "error":
		t.refused = f.Error
	}
}

// begin waits for the greeting and sets the conversation's date.
func (t *talk) begin(ctx context.Context, on string) error {
	t.accepted = map[string]int64{}
	ctx, cancel := context.WithTimeout(ctx, t.command.Within)
	defer cancel()
	for t.conversation == "" || len(t.messages) == 0 || t.caught < t.seen {
		if err := t.next(ctx); err != nil {
			return fmt.Errorf("the conversation did not begin: %w", err)
		}
	}
	if on == "" && t.command.Edition == "" && t.command.Locale == "" {
		return nil
	}
	id := uuid.NewString()
	if err := t.conn.WriteJSON(wire.FromCustomer{Type: "settings", ID: id, On: on, Edition: t.command.Edition, Locale: t.command.Locale}); err != nil {
		return err
	}
	for {
		if _, ok := t.accepted[id]; ok {
			return nil
		}
		if err := t.next(ctx); err != nil {
			return fmt.Errorf("the settings were not taken: %w", err)
		}
	}
}

func (t *talk) say(ctx context.Context, l line) (said, error) {
	from := len(t.messages)
	t.refused = nil
	id := uuid.NewString()
	var err error
	switch {
	case l.Text != nil:
		err = t.conn.WriteJSON(wire.FromCustomer{Type: "send", ID: id, Text: *l.Text, Seen: t.seen})
	case l.Tap != nil:
		err = t.conn.WriteJSON(wire.FromCustomer{Type: "tap", ID: id, Action: *l.Tap, Seen: t.seen})
	case l.Secure != nil:
		err = t.fill(ctx, id, *l.Secure)
	case l.Wait != nil:
		waiting, cancel := context.WithTimeout(ctx, time.Duration(*l.Wait*float64(time.Second)))
		defer cancel()
		for err == nil {
			err = t.next(waiting)
		}
		if errors.Is(err, context.DeadlineExceeded) {
			err = nil
		}
		if err != nil {
			return said{}, err
		}
		return t.report(ctx, from, 0)
	default:
		return said{}, errors.New("the line says nothing")
	}
	if err != nil {
		return said{}, err
	}
	return t.answer(ctx, from, id)
}

// answer waits for the turn of an input and, where it set a bank action going,
// for the action's outcome.
func (t *talk) answer(ctx context.Context, from int, id string) (said, error) {
	waiting, cancel := context.WithTimeout(ctx, t.command.Within)
	defer cancel()
	turn := int64(0)
	for turn == 0 {
		if t.refused != nil {
			return said{}, errors.New(t.refused.Message)
		}
		for _, m := range t.messages[from:] {
			if m.Input == id {
				turn = m.Turn
			}
		}
		if turn != 0 && t.caughtUp() {
			break
		}
		turn = 0
		if err := t.next(waiting); err != nil {
			return said{}, fmt.Errorf("no answer within %s: %w", t.command.Within, err)
		}
	}
	for {
		out, err := t.report(ctx, from, turn)
		if err != nil {
			return out, err
		}
		pending := false
		for _, called := range out.Called {
			if called.Outcome == "pending" || called.Outcome == "running" || called.Outcome == "unknown" {
				pending = true
			}
			if called.Key != "" && !t.reported(from, called.Key) {
				pending = true
			}
		}
		if !pending {
			return out, nil
		}
		if t.next(waiting) != nil {
			return out, nil // still not known: that is the truth
		}
	}
}

// caughtUp says whether everything committed so far is here: a turn is committed
// as a whole, so its messages come together and caught_up follows them.
func (t *talk) caughtUp() bool { return t.caught >= t.seen }

// reported says whether an action's outcome was told.
func (t *talk) reported(from int, key string) bool {
	for _, m := range t.messages[from:] {
		if m.Input == "action:"+key {
			return true
		}
	}
	return false
}

func (t *talk) report(ctx context.Context, from int, turn int64) (said, error) {
	// What is here already is taken in before the turn's story is asked for.
	for {
		select {
		case f, ok := <-t.frames:
			if !ok {
				return said{}, errSocketEnded
			}
			switch f.Type {
			case "message":
				t.messages = append(t.messages, *f.Message)
				t.seen = f.Message.Seq
				if f.Message.Card != nil && f.Message.Card.Secure != nil {
					t.secure = f.Message.Card.Secure.Ref
				}
			case "state":
				t.state = *f.State
			}
			continue
		default:
		}
		break
	}
	out := said{Replies: []reply{}, Slots: map[string]string{}, Called: []wire.Called{}, Intents: []wire.Scored{}, Notes: []string{}, Speaker: t.state.Speaker, Employee: t.state.Employee}
	last := turn
	for _, m := range t.messages[from:] {
		last = max(last, m.Turn)
		if m.Author == "customer" {
			continue
		}
		r := reply{Kind: m.Kind, Text: m.Text, Card: m.Card, Source: m.Source, Author: m.Author, Actions: []replyAction{}}
		for _, a := range m.Actions {
			r.Actions = append(r.Actions, replyAction{a.ID, a.Label})
		}
		if m.Card != nil {
			for _, o := range m.Card.Options {
				r.Actions = append(r.Actions, replyAction{o.ID, o.Label})
			}
		}
		out.Replies = append(out.Replies, r)
	}
	if last == 0 {
		return out, nil
	}
	seen := map[string]bool{}
	for _, n := range []int64{turn, last} {
		if n == 0 {
			continue
		}
		var trace wire.Trace
		if err := t.client.call(ctx, http.MethodGet, fmt.Sprintf("/api/v1/conversations/%s/turns/%d/trace", t.conversation, n), nil, &trace); err != nil {
			return out, err
		}
		out.Flow, out.Step, out.Slots, out.Employee, out.Release = trace.Flow, trace.Step, trace.Slots, trace.Employee, trace.Release
		if !seen[fmt.Sprint(n)] {
			out.Called = append(out.Called, trace.Called...)
			out.Notes = append(out.Notes, trace.Notes...)
			if len(trace.Intents) > 0 {
				out.Intents = trace.Intents
			}
		}
		seen[fmt.Sprint(n)] = true
		if trace.Handoff != nil {
			out.Handoff = &saidHandoff{Queue: trace.QueueKey, Place: trace.Handoff.Place, WaitS: trace.Handoff.WaitS}
		}
	}
	return out, nil
}

// fill encrypts the values to the bank core's key and posts them, as the page
// does. The value "@tray", or no values at all, takes what the demo's tray shows.
func (t *talk) fill(ctx context.Context, id string, values map[string]string) error {
	if t.secure == "" {
		return errors.New("no secure box is open")
	}
	if err := t.fromTray(ctx, values); err != nil {
		return err
	}
	var key wire.SecureKey
	if err := t.client.call(ctx, http.MethodGet, "/api/v1/secure/key", nil, &key); err != nil {
		return err
	}
	der, err := base64.StdEncoding.DecodeString(key.SPKI)
	if err != nil {
		return fmt.Errorf("the bank's key: %w", err)
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return fmt.Errorf("the bank's key: %w", err)
	}
	public, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return errors.New("the bank's key is no RSA key")
	}
	box := wire.SecureBox{Conversation: t.conversation, ID: id, KeyID: key.KeyID, Values: map[string]string{}}
	for name, value := range values {
		sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public, []byte(value), nil)
		if err != nil {
			return fmt.Errorf("encrypt %s: %w", name, err)
		}
		box.Values[name] = base64.StdEncoding.EncodeToString(sealed)
	}
	return t.client.call(ctx, http.MethodPost, "/api/v1/secure/"+t.secure, box, nil)
}

// fromTray fills in the codes the tray shows for the open box.
func (t *talk) fromTray(ctx context.Context, values map[string]string) error {
	wanted := len(values) == 0
	for _, value := range values {
		wanted = wanted || value == "@tray"
	}
	if !wanted {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.client.base+"/api/v1/demo/tray", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+t.client.token)
	answer, err := t.client.http.Do(req)
	if err != nil {
		return fmt.Errorf("the tray does not answer: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // a stream
	missing := map[string]bool{}
	for name, value := range values {
		missing[name] = value == "@tray"
	}
	all := len(values) == 0
	if all {
		for _, m := range t.messages {
			if m.Card != nil && m.Card.Secure != nil && m.Card.Secure.Ref == t.secure {
				for _, f := range m.Card.Secure.Fields {
					missing[f.Name] = true
				}
			}
		}
	}
	scanner := bufio.NewScanner(answer.Body)
	for scanner.Scan() {
		data, ok := strings.CutPrefix(scanner.Text(), "data: ")
		if !ok {
			continue
		}
		var e wire.TrayEvent
		if json.Unmarshal([]byte(data), &e) != nil || e.Ref != t.secure || e.Code == "" {
			continue
		}
		if missing[e.Field] {
			values[e.Field] = e.Code
			delete(missing, e.Field)
		}
		if !anyTrue(missing) {
			return nil
		}
	}
	return errors.New("the tray shows no code for the open secure box")
}

func anyTrue(m map[string]bool) bool {
	for _, v := range m {
		if v {
			return true
		}
	}
	return false
}
