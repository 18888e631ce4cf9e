package mind

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/intents"
)

// train trains the intents of compiled content.
func train(ctx context.Context, set *content.Set) (*intents.Model, error) {
	model, err := intents.Train(ctx, examples(set.Examples()), intents.Config{Tales: examples(set.TaleExamples())})
	if err != nil {
		return nil, fmt.Errorf("train the intents: %w", err)
	}
	return model, nil
}

func examples(list []content.Example) []intents.Example {
	out := make([]intents.Example, 0, len(list))
	for _, e := range list {
		out = append(out, intents.Example{Intent: e.Intent, Text: e.Text, Locale: e.Locale})
	}
	return out
}

// Compile compiles a release's files; every problem stands in the error with
// its file, line and remedy.
func Compile(files fs.FS) (*content.Set, error) {
	set, problems := content.Compile(files)
	if len(problems) > 0 {
		lines := make([]string, 0, len(problems))
		for _, p := range problems {
			lines = append(lines, p.String())
		}
		return nil, fmt.Errorf("the content has %d problems:\n%s", len(problems), strings.Join(lines, "\n"))
	}
	return set, nil
}

// Load makes a release ready from its compiled set and its trained model.
func Load(release string, set *content.Set, model *intents.Model) Loaded {
	return Loaded{
		Release: release, Set: set,
		Understand: intents.NewUnderstander(model, intents.NewDetectors(), intents.Config{}),
	}
}
