package assistant

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/dialogue"
)

// inPerson puts what the bank knows of a customer before the general answer:
// whose account is limited is told why theirs is, not the usual reasons alone.
// Without the bank, or without such a fact, the answer stays as it is.
func (e *Engine) inPerson(ctx context.Context, c dialogue.Context, passages []dialogue.Passage) []dialogue.Passage {
	if len(passages) == 0 || len(passages[0].Facts) == 0 || c.Customer.ID == "" || e.config.Bank == nil {
		return passages
	}
	result := e.config.Bank.Read(ctx, "customer.facts", map[string]any{"customer": c.Customer.ID})
	var known struct {
		Facts []struct {
			Kind     string `json:"kind"`
			Text     string `json:"text"`
			TextEN   string `json:"text_en"`
			Reason   string `json:"reason"`
			ReasonEN string `json:"reason_en"`
		} `json:"facts"`
	}
	if result.Outcome != dialogue.Done || json.Unmarshal(result.Value, &known) != nil {
		return passages
	}
	var own []string
	for _, f := range known.Facts {
		if !slices.Contains(passages[0].Facts, f.Kind) {
			continue
		}
		text, reason, stop := f.Text, f.Reason, "。"
		if c.Locale == "en" {
			text, reason, stop = f.TextEN, f.ReasonEN, ". "
		}
		// 您尾号9184的账户受到限制，可以了解原因: the invitation is not said again.
		if head, _, ok := strings.Cut(text, "，可以"); ok {
			text = head
		} else if head, _, ok := strings.Cut(text, "; see"); ok {
			text = head
		}
		own = append(own, strings.TrimSpace(text+stop+strings.TrimRight(reason, "。.")+stop))
	}
	if len(own) == 0 {
		return passages
	}
	out := slices.Clone(passages)
	out[0].Text = strings.Join(own, "\n") + "\n" + out[0].Text
	return out
}
