package dialogue_test

import (
	"slices"
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/scenes/scenestest"
)

// Business of money or identity is begun only when it is surely meant; what
// only tells something is begun sooner, and a question is answered first.
func TestMoneyIsNotBegunOnAGuess(t *testing.T) {
	t.Parallel()
	set, problems := content.Compile(scenestest.Small(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, c := range []struct {
		name, intent string
		p            float64
		acts         []string
		want         string
	}{
		{"sure", "transfer", 0.75, nil, "started"},
		{"likely", "transfer", 0.65, nil, "asked"},
		{"likely, as a question", "transfer", 0.65, []string{dialogue.ActQuestion}, "searched"},
		{"likely, and nothing is at stake", "balance", 0.65, nil, "started"},
		{"an emergency is not asked about", "lost_card", 0.65, nil, "started"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			zone := time.FixedZone("CST", 8*3600)
			at := dialogue.Context{
				Now: time.Date(2026, 11, 20, 10, 0, 0, 0, zone), Turn: 1, Locale: "zh", Edition: "standard", Employee: "xiaoan", Speaker: "bot", AgentsOn: true,
				Customer: dialogue.Customer{ID: "C002", Name: "李伟", Level: flow.Level1},
			}
			said := dialogue.Said{Text: "帮我弄一下那个", Understanding: dialogue.Understanding{
				Text: "帮我弄一下那个", Acts: c.acts, Intents: []dialogue.Scored{{Intent: c.intent, P: c.p}, {Intent: "greeting", P: 0.02}},
			}}
			st, effects, err := dialogue.Step(set, dialogue.State{}, at, said)
			if err != nil {
				t.Fatal(err)
			}
			got := "nothing"
			for _, fx := range effects {
				switch e := fx.(type) {
				case dialogue.Note:
					if e.Kind == dialogue.NoteStarted {
						got = "started"
					}
				case dialogue.Search:
					got = "searched"
				}
			}
			if st.Pending != nil && st.Pending.Kind == dialogue.PendingWhich {
				got = "asked"
				offers := slices.ContainsFunc(st.Offers, func(o dialogue.Offer) bool { return o.Flow == c.intent })
				if !offers {
					t.Errorf("%s is not offered: %+v", c.intent, st.Offers)
				}
			}
			if got != c.want {
				t.Errorf("%s, want %s: %+v", got, c.want, effects)
			}
		})
	}
}
