package assistant_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/counting"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/postgres"
)

// meeting is a mind that asks for a session, takes it back, and counts besides.
type meeting struct{ counting.Mind }

func (m meeting) Step(c dialogue.Context, raw []byte, ev dialogue.Event) (assistant.Step, error) {
	say := dialogue.Say{Message: flow.Message{Kind: flow.KindText, Text: "speaker " + c.Speaker}}
	switch e := ev.(type) {
	case dialogue.Said:
		switch {
		case strings.HasPrefix(e.Text, "meet "):
			return assistant.Step{State: raw, Effects: []dialogue.Effect{say, dialogue.Session{Ref: strings.TrimPrefix(e.Text, "meet "), Kind: "session", Queue: "elder", Title: "陪办"}}}, nil
		case strings.HasPrefix(e.Text, "off "):
			return assistant.Step{State: raw, Effects: []dialogue.Effect{say, dialogue.Withdraw{Ref: strings.TrimPrefix(e.Text, "off ")}}}, nil
		}
	case dialogue.SessionChanged:
		return assistant.Step{State: raw, Effects: []dialogue.Effect{say}}, nil
	}
	return m.Mind.Step(c, raw, ev)
}

// fresh is a new conversation of the same customer.
func fresh(t *testing.T, e *assistant.Engine) uuid.UUID {
	t.Helper()
	conv, err := e.Open(t.Context(), "c:1", "new", "xiaoan", "zh", "")
	if err != nil {
		t.Fatal(err)
	}
	return conv
}

// asked are the kinds of a conversation's outbox rows, in order, with the speaker
// at the end.
func (w *world) asked(t *testing.T, conv uuid.UUID) []string {
	t.Helper()
	var kinds []string
	err := postgres.InTx(t.Context(), w.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		rows, err := tx.Query(t.Context(), "SELECT kind FROM outbox WHERE conversation = $1 ORDER BY id", conv)
		if err != nil {
			return err
		}
		if kinds, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
			return err
		}
		var speaker string
		err = tx.QueryRow(t.Context(), "SELECT speaker FROM conversation WHERE id = $1", conv).Scan(&speaker)
		kinds = append(kinds, speaker)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

// A session calls a person in the same breath; taken back, the call is off too,
// unless the customer wants a person for another reason.
func TestASessionCallsAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, stop := w.start(t, "one", func(c *assistant.Config) { c.Mind = meeting{} })
	defer stop()
	for name, c := range map[string]struct{ said, want []string }{
		"asked":                    {[]string{"meet a"}, []string{"session", "handoff", "queue"}},
		"taken back":               {[]string{"meet a", "off a"}, []string{"session", "handoff", "session_cancel", "handoff_cancel", "bot"}},
		"another's is taken back":  {[]string{"meet a", "off b"}, []string{"session", "handoff", "session_cancel", "queue"}},
		"a person for its own":     {[]string{"meet a", "人工", "off a"}, []string{"session", "handoff", "handoff", "session_cancel", "queue"}},
		"joins a call before it":   {[]string{"人工", "meet a", "off a"}, []string{"handoff", "session", "handoff", "session_cancel", "queue"}},
		"taken back and asked new": {[]string{"meet a", "off a", "meet b"}, []string{"session", "handoff", "session_cancel", "handoff_cancel", "session", "handoff", "queue"}},
	} {
		conv := fresh(t, e)
		for i, text := range c.said {
			if _, err := ask(t, e, conv, fmt.Sprint("m", i), text); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.asked(t, conv); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// While a reviewer speaks the employee is silent; beside a tutor it goes on
// serving, until the customer is handed back.
func TestBesideATutorTheEmployeeGoesOnServing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, stop := w.start(t, "one", func(c *assistant.Config) { c.Mind = meeting{} })
	defer stop()
	for _, role := range []string{"reviewer", "tutor"} {
		conv := fresh(t, e)
		subject := "c:1"
		tell := func(id string, body assistant.Body) {
			t.Helper()
			if _, err := e.Ask(t.Context(), subject, conv, assistant.Input{ID: id, Body: body}); err != nil {
				t.Fatal(err)
			}
		}
		tell("handoff:1", assistant.HandoffEvent{State: dialogue.HandoffAccepted, Agent: dialogue.AgentView{ID: "A01"}})
		tell("session:1", assistant.SessionEvent{State: "started", Role: role})
		tell("m1", assistant.CustomerMessage{Text: "给老王转两千"})
		tell("handoff:2", assistant.HandoffEvent{State: dialogue.HandoffHandedBack})
		tell("m2", assistant.CustomerMessage{Text: "好了"})
		said := strings.Join(texts(t, e, conv), "\n")
		if answered := strings.Contains(said, "1:给老王转两千"); answered != (role == "tutor") {
			t.Errorf("beside a %s: answered %v\n%s", role, answered, said)
		}
		if !strings.Contains(said, ":好了") {
			t.Errorf("after a %s nobody answers:\n%s", role, said)
		}
	}
}
