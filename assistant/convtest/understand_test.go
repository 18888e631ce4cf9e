package convtest_test

import (
	"sync"
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/mind"
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
	model, err := mind.NewTrainings(mind.TrainedFolder()).Model(noCancel(), set)
	if err != nil {
		panic(err)
	}
	und := intents.NewUnderstander(model, intents.NewDetectors(), intents.Config{})
	return func(text, _ string, now time.Time) dialogue.Understanding { return mind.Read(und, text, now) }
}
