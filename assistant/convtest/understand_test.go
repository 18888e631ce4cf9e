package convtest_test

import (
	"sync"
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/scenes"
	"github.com/pingdui/pingdui/intents"
)

// shipped compiles the shipped content and trains on it, once for all tests.
var shipped = sync.OnceValues(func() (*content.Set, convtest.Understand) {
	set, problems := content.Compile(scenes.FS)
	if len(problems) > 0 {
		panic(problems[0].String())
	}
	return set, understanding(set)
})

func load(t *testing.T) (*content.Set, convtest.Understand) {
	t.Helper()
	return shipped()
}

// understanding is the product's understanding, trained on the set's examples.
func understanding(set *content.Set) convtest.Understand {
	var ex []intents.Example
	for _, e := range set.Examples() {
		ex = append(ex, intents.Example{Intent: e.Intent, Text: e.Text, Locale: e.Locale})
	}
	model, err := intents.Train(noCancel(), ex, intents.Config{})
	if err != nil {
		panic(err)
	}
	und := intents.NewUnderstander(model, intents.NewDetectors(), intents.Config{})
	one := func(text string, now time.Time) (dialogue.Understanding, []string) {
		u := und.Understand(text, now)
		out := dialogue.Understanding{Entities: u.Entities, Alarms: u.Alarms, Scams: u.Scams, Acts: u.Acts, Language: u.Language}
		for _, s := range u.Intents {
			// What fits no intent is not taken up, however it compares among them.
			if u.Verdict.Kind == intents.Reject {
				s.P *= 0.3
			}
			out.Intents = append(out.Intents, dialogue.Scored{Intent: s.Intent, P: s.P})
		}
		return out, u.Parts
	}
	return func(text, _ string, now time.Time) dialogue.Understanding {
		out, parts := one(text, now)
		out.Parts = parts
		for _, part := range parts {
			u, _ := one(part, now)
			out.PartsUnderstood = append(out.PartsUnderstood, u)
		}
		return out
	}
}
