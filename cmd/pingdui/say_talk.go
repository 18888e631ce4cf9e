package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"github.com/pingdui/pingdui/internal/wire"
)

// talk is one conversation through one socket.
type talk struct {
	command      sayCommand
	client       *client
	conn         *websocket.Conn
	frames       chan wire.ToCustomer
	ended        error // why frames was closed; set before it is
	conversation string
	state        wire.State
	seen, caught int64
	secure       *wire.Secure // the last secure box: after a wrong code it is filled again
	messages     []wire.Message
	refusals     map[string]wire.Error
	accepted     map[string]int64
}

func (t *talk) read() {
	defer close(t.frames)
	for {
		var f wire.ToCustomer
		if t.ended = t.conn.ReadJSON(&f); t.ended != nil {
			return
		}
		t.frames <- f
	}
}

var errSocketEnded = errors.New("the server closed the socket")

// over says why the socket has ended: the server's own sentence and, where it is
// not ready, what it says of itself.
func (t *talk) over(ctx context.Context) error {
	var end *websocket.CloseError
	err := errSocketEnded
	if errors.As(t.ended, &end) && end.Text != "" {
		err = fmt.Errorf("%w (%d: %s)", err, end.Code, end.Text)
	}
	if fault := t.client.notReady(ctx); fault != "" {
		return fmt.Errorf("%w: %s", err, fault)
	}
	return err
}

// next takes one frame in, waiting at most until ctx ends.
func (t *talk) next(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case f, ok := <-t.frames:
		if !ok {
			return t.over(context.WithoutCancel(ctx))
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
			t.secure = f.Message.Card.Secure
		}
	case "state":
		t.state = *f.State
	case "accepted":
		t.accepted[f.ID] = f.Seq
	case "caught_up":
		t.caught = f.Seq
	case "error":
		if t.refusals == nil {
			t.refusals = map[string]wire.Error{}
		}
		t.refusals[f.ID] = *f.Error
	}
}

// begin waits for the greeting and sets what hello could not: the date, and a
// language or edition that the bank's profile of the customer has overruled. The
// profile is asked for each new conversation, so that this too ends with the run.
func (t *talk) begin(ctx context.Context, on string) error {
	ctx, cancel := context.WithTimeout(ctx, t.command.Within)
	defer cancel()
	for t.conversation == "" || len(t.messages) == 0 || t.caught < t.seen {
		if err := t.next(ctx); err != nil {
			return fmt.Errorf("the conversation did not begin: %w", err)
		}
	}
	want := wire.FromCustomer{Type: "settings", ID: uuid.NewString(), On: on}
	if t.command.Edition != t.state.Edition {
		want.Edition = t.command.Edition
	}
	if t.command.Locale != t.state.Locale {
		want.Locale = t.command.Locale
	}
	if want.On == "" && want.Edition == "" && want.Locale == "" {
		return nil
	}
	if err := t.conn.WriteJSON(want); err != nil {
		return t.over(ctx)
	}
	for {
		if _, ok := t.accepted[want.ID]; ok {
			return nil
		}
		if e, ok := t.refusals[want.ID]; ok {
			return fmt.Errorf("the settings were refused: %s", e.Message)
		}
		if err := t.next(ctx); err != nil {
			return fmt.Errorf("the settings were not taken: %w", err)
		}
	}
}

// say says one line and waits for what it brings.
func (t *talk) say(ctx context.Context, l line) (said, error) {
	from := len(t.messages)
	id := uuid.NewString()
	frame := wire.FromCustomer{ID: id, Seen: t.seen}
	switch {
	case l.Wait != nil:
		return t.wait(ctx, from, time.Duration(*l.Wait*float64(time.Second)))
	case l.Secure != nil:
		if err := t.fill(ctx, id, *l.Secure); err != nil {
			return said{}, err
		}
		return t.answer(ctx, from, id)
	case l.Text != nil:
		frame.Type, frame.Text = "send", *l.Text
	default:
		frame.Type, frame.Action = "tap", *l.Tap
	}
	if err := t.conn.WriteJSON(frame); err != nil {
		return said{}, t.over(ctx)
	}
	return t.answer(ctx, from, id)
}

func (t *talk) wait(ctx context.Context, from int, length time.Duration) (said, error) {
	waiting, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var err error
	for err == nil {
		err = t.next(waiting)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		return said{}, err
	}
	return t.report(ctx, from, 0)
}

// answer waits for the turn of an input and, where it set a bank action going,
// for the action's outcome.
func (t *talk) answer(ctx context.Context, from int, id string) (said, error) {
	waiting, cancel := context.WithTimeout(ctx, t.command.Within)
	defer cancel()
	turn := int64(0)
	for turn == 0 {
		if e, ok := t.refusals[id]; ok {
			return said{}, refusedLine(e)
		}
		for _, m := range t.messages[from:] {
			if m.Input == id && t.caughtUp() {
				turn = m.Turn
			}
		}
		if turn != 0 {
			break
		}
		if err := t.next(waiting); err != nil {
			if errors.Is(err, context.DeadlineExceeded) {
				return said{}, t.noAnswer(ctx)
			}
			return said{}, err
		}
	}
	for {
		out, err := t.report(ctx, from, turn)
		// The messages of an outcome's turn come one by one: it is whole when caught up.
		if err != nil || !t.pending(out, from) && t.caughtUp() || t.next(waiting) != nil {
			return out, err // where an outcome is still not known: that is the truth
		}
	}
}

// refusedLine is the server's refusal of a line.
func refusedLine(e wire.Error) error {
	remedy := "change the line"
	if e.RetryAfter > 0 {
		remedy = fmt.Sprintf("say it again after %d s", e.RetryAfter)
	}
	return &lineError{Name: e.Code, Message: e.Message, Remedy: remedy}
}

func (t *talk) noAnswer(ctx context.Context) error {
	if fault := t.client.notReady(ctx); fault != "" {
		return bad("unavailable", "say it again when "+t.client.base+"/readyz is ready", "no answer within %s: %s", t.command.Within, fault)
	}
	return bad("no_answer", "give it longer with --within, or look at the server's log", "no answer within %s", t.command.Within)
}

// pending says whether an outcome of a bank action is still to come.
func (t *talk) pending(out said, from int) bool {
	for _, called := range out.Called {
		if called.Outcome == "pending" || called.Outcome == "running" || called.Outcome == "unknown" || called.Key != "" && !t.reported(from, called.Key) {
			return true
		}
	}
	return false
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

// report tells what came since from, with the story of a turn (0: of the last).
func (t *talk) report(ctx context.Context, from int, turn int64) (said, error) {
	if err := t.takeIn(ctx); err != nil {
		return said{}, err
	}
	out := said{Replies: []reply{}, Slots: map[string]string{}, Called: []wire.Called{}, Intents: []wire.Scored{}, Notes: []string{}, Speaker: t.state.Speaker, Employee: t.state.Employee}
	turns := []int64{turn}
	last := turn
	for _, m := range t.messages[from:] {
		last = max(last, m.Turn)
		if m.Author != "customer" {
			out.Replies = append(out.Replies, replyOf(m))
		}
	}
	if last != turn {
		turns = append(turns, last)
	}
	for _, n := range turns {
		if n == 0 {
			continue
		}
		var trace wire.Trace
		if err := t.client.call(ctx, http.MethodGet, fmt.Sprintf("/api/v1/conversations/%s/turns/%d/trace", t.conversation, n), nil, &trace); err != nil {
			return out, err
		}
		out.add(trace)
	}
	return out, nil
}

// takeIn takes in what is here already, without waiting.
func (t *talk) takeIn(ctx context.Context) error {
	for {
		select {
		case f, ok := <-t.frames:
			if !ok {
				return t.over(ctx)
			}
			t.take(f)
		default:
			return nil
		}
	}
}
