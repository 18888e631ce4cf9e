package mind

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// maxNeeds is how many opening needs a customer is shown at most.
const maxNeeds = 3

// Needs makes opening needs of the bank's facts, the most pressing first as the
// bank gave them. Kinds the customer has switched off are left out; nothing for
// sale is among the kinds.
func Needs(raw json.RawMessage, muted []string, _ time.Time) []dialogue.Need {
	var facts struct {
		Facts []struct {
			Kind     string `json:"kind"`
			Text     string `json:"text"`
			TextEN   string `json:"text_en"`
			Reason   string `json:"reason"`
			ReasonEN string `json:"reason_en"`
		} `json:"facts"`
	}
	if json.Unmarshal(raw, &facts) != nil {
		return nil
	}
	var needs []dialogue.Need
	for _, f := range facts.Facts {
		if slices.Contains(muted, f.Kind) || len(needs) == maxNeeds {
			continue
		}
		needs = append(needs, dialogue.Need{
			Kind: f.Kind, Flow: flowFor(f.Kind),
			Text: flow.Text{"zh": f.Text, "en": f.TextEN}, Reason: flow.Text{"zh": f.Reason, "en": f.ReasonEN},
		})
	}
	return needs
}

// flowFor is the flow that does something about a kind of fact; empty where the
// answer stands in an article.
func flowFor(kind string) string {
	switch kind {
	case "transfer_failed":
		return "transfer"
	case "card_locked", "card_lost":
		return "lost_card"
	case "bill_due", "account_limited":
		return "balance"
	}
	return ""
}
