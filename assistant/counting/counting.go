// Package counting is a mind for tests of the engine and its channels: each
// answer names its number and what it answers, so that a lost, doubled or
// reordered turn is seen at once.
//
// "pay…" commits an action, "look…" reads from the bank first, "人工" asks for a
// person, "panic" panics; everything is answered with "number:text".
package counting

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// Mind counts.
type Mind struct{}

type state struct {
	N       int    `json:"n"`
	Pending string `json:"pending,omitempty"`
}

// Release names no content.
func (Mind) Release() string { return "counting" }

// Understand understands nothing.
func (Mind) Understand(string, time.Time, []byte) dialogue.Understanding {
	return dialogue.Understanding{Language: "zh"}
}

// Step counts one event.
func (Mind) Step(_ dialogue.Context, raw []byte, ev dialogue.Event) (assistant.Step, error) {
	var s state
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &s); err != nil {
			return assistant.Step{}, fmt.Errorf("counting state: %w", err)
		}
	}
	say := func(kind flow.MessageKind, text string) dialogue.Effect {
		return dialogue.Say{Message: flow.Message{Kind: kind, Text: text}}
	}
	var effects []dialogue.Effect
	switch ev := ev.(type) {
	case dialogue.Said:
		s.N++
		switch {
		case strings.HasPrefix(ev.Text, "look"):
			s.Pending = ev.Text
			effects = append(effects, dialogue.Fetch{ID: "look", Operation: "accounts.list", Args: map[string]any{"customer": "1"}})
		case strings.HasPrefix(ev.Text, "pay"):
			effects = append(effects, say(flow.KindText, fmt.Sprintf("%d:%s", s.N, ev.Text)),
				dialogue.Act{Instance: fmt.Sprint(s.N), Step: "pay", Visit: 1, Operation: "bank.transfer", Args: map[string]any{"what": ev.Text}, Hash: "flow-1"})
		case strings.Contains(ev.Text, "人工"):
			effects = append(effects, say(flow.KindText, fmt.Sprintf("%d:%s", s.N, ev.Text)), dialogue.Handoff{Queue: "general", Reason: "客户要人工"})
		case strings.HasPrefix(ev.Text, "show "):
			effects = append(effects, dialogue.Edition{To: strings.TrimPrefix(ev.Text, "show ")})
		case ev.Text == "panic":
			panic("planted by the test")
		default:
			effects = append(effects, say(flow.KindText, fmt.Sprintf("%d:%s", s.N, ev.Text)))
		}
	case dialogue.Result:
		effects = append(effects, say(flow.KindText, fmt.Sprintf("%d:%s", s.N, s.Pending)))
		s.Pending = ""
	case dialogue.ActionDone:
		effects = append(effects, say(flow.KindCard, "done:"+ev.Instance+":"+string(ev.Outcome)))
	case dialogue.HandoffChanged:
		effects = append(effects, say(flow.KindNotice, "handoff:"+string(ev.State)))
	case dialogue.Tick:
		effects = append(effects, say(flow.KindText, "tick"))
	}
	next, err := json.Marshal(s)
	if err != nil {
		return assistant.Step{}, fmt.Errorf("counting state: %w", err)
	}
	return assistant.Step{State: next, Effects: effects}, nil
}
