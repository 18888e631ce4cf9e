package convtest_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/internal/mask"
)

var numbers = regexp.MustCompile(`[0-9][0-9.,*]*`)

// record is what a played conversation left: messages, and where it stands.
func record(res convtest.Result, set *content.Set) ([]assistant.Message, assistant.View) {
	var out []assistant.Message
	for _, x := range res.Trace {
		if x.Afresh {
			out = nil
		}
		if said, ok := x.Event.(dialogue.Said); ok {
			out = append(out, assistant.Message{Author: "customer", Content: flow.Message{Text: said.Text}})
		}
		for _, e := range x.Effects {
			if say, ok := e.(dialogue.Say); ok {
				out = append(out, assistant.Message{Author: "bot", Content: say.Message})
			}
		}
	}
	var view assistant.View
	if active := res.Final.Active(); active != nil {
		view.Flow, view.FlowTitle, view.Step = active.Flow, set.Pinned(active.Hash).Name["zh"], active.Step
	}
	return out, view
}

// thirty are five conversations that end with business open, and one of a scene.
func thirty() []convtest.Result {
	var out []convtest.Result
	seen := map[string]bool{}
	for _, open := range []bool{true, false} {
		for _, c := range played().Cases {
			scene := strings.Join(strings.Split(c.File, "/")[:2], "/")
			if most := map[bool]int{true: 5, false: 30}[open]; seen[scene] || len(out) == most || open && c.Final.Active() == nil {
				continue
			}
			seen[scene] = true
			out = append(out, c)
		}
	}
	return out
}

// Thirty conversations of as many scenes: the request, what was done with its
// number, what is open; no number that is not in the record.
func TestThirtySummaries(t *testing.T) {
	t.Parallel()
	set, _ := shipped()
	looked, done, open := 0, 0, 0
	for _, c := range thirty() {
		looked++
		messages, view := record(c, set)
		s := handoff.Summarise(messages, view, mask.Text)
		text := s.Text("zh")
		first := ""
		for _, m := range messages {
			if m.Author == "customer" && first == "" {
				first = m.Content.Text
			}
			if card := m.Content.Card; card != nil && card.Kind == flow.CardReceipt {
				done++
				if !strings.Contains(text, mask.Text(card.Title)) || !strings.Contains(text, mask.Text(card.Ref)) {
					t.Errorf("%s: %s no. %s is missing: %s", c.File, card.Title, card.Ref, text)
				}
			}
		}
		if first != "" && s.Request == "" {
			t.Errorf("%s: the request %q is missing: %s", c.File, first, text)
		}
		if view.FlowTitle != "" {
			open++
			if !strings.Contains(text, view.FlowTitle) {
				t.Errorf("%s: %s is open: %s", c.File, view.FlowTitle, text)
			}
		}
		var there []string
		for _, m := range messages {
			there = append(there, numbers.FindAllString(mask.Text(m.Content.Text), -1)...)
			if card := m.Content.Card; card != nil {
				there = append(there, numbers.FindAllString(mask.Text(card.Title)+" "+mask.Text(card.Ref), -1)...)
			}
		}
		for _, n := range numbers.FindAllString(text, -1) {
			if !slices.Contains(there, n) && !strings.Contains(view.FlowTitle, n) {
				t.Errorf("%s: %s is in no message: %s", c.File, n, text)
			}
		}
	}
	t.Logf("%d conversations, %d receipts, %d open", looked, done, open)
	if looked < 30 || done < 10 || open < 3 {
		t.Errorf("%d conversations, %d receipts, %d open: too few to tell", looked, done, open)
	}
}
