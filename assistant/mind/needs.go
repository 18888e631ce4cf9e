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
			Code     string `json:"code"`
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
			Kind: f.Kind, Flow: flowFor(f.Kind), Ask: askFor(f.Kind, f.Code),
			Text: flow.Text{"zh": f.Text, "en": f.TextEN}, Reason: flow.Text{"zh": f.Reason, "en": f.ReasonEN},
		})
	}
	return needs
}

// flowFor is the flow that does something about a kind of fact; empty where the
// answer stands in an article.
func flowFor(kind string) string {
	if kind == "transfer_failed" {
		return "transfer"
	}
	return ""
}

// askFor is the question whose article says what to do about a kind of fact.
func askFor(kind, code string) flow.Text {
	switch kind {
	case "deposit_maturing":
		return flow.Text{"zh": "定期到期不管会怎么样", "en": "What happens when a time deposit matures?"}
	case "bill_due":
		return flow.Text{"zh": "信用卡账单怎么还", "en": "How do I pay my credit card bill?"}
	case "account_limited":
		if code == "dormant" {
			return flow.Text{"zh": "很久没用的卡怎么重新用", "en": "How do I use an old account again?"}
		}
		return flow.Text{"zh": "为什么我的账户转不了账", "en": "Why can I not transfer from my account?"}
	case "id_expired":
		return flow.Text{"zh": "身份证过期了要来银行更新吗", "en": "My ID has expired. How do I update it?"}
	case "card_locked":
		return flow.Text{"zh": "锁卡和挂失有什么区别，怎么解锁", "en": "What is the difference between locking and reporting a card lost?"}
	case "card_lost":
		return flow.Text{"zh": "挂失之后怎么补卡", "en": "How do I replace a lost card?"}
	case "unknown_debit":
		return flow.Text{"zh": "有一笔扣款不认识怎么办", "en": "What is a debit I do not know?"}
	}
	return nil
}
