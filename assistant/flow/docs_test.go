package flow_test

import (
	"os"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant/flow"
)

// The example in docs/flows.md is a flow that runs.
func TestDocumentedExampleParses(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../docs/flows.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(b), "## Example")
	if !ok {
		t.Fatal("docs/flows.md has no example")
	}
	_, after, _ = strings.Cut(after, "```yaml\n")
	example, _, _ := strings.Cut(after, "```")
	if f, problems := flow.Parse("docs/flows.md", []byte(example)); len(problems) > 0 || f == nil {
		t.Errorf("%v", problems)
	}
}

// Every step in the document has keys that exist.
func TestDocumentedStepsHaveKnownKeys(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../docs/flows.md")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for i, block := range strings.Split(string(b), "```yaml\n")[1:] {
		text, _, _ := strings.Cut(block, "```")
		if !strings.HasPrefix(text, "- id:") && !strings.HasPrefix(text, "- {id:") {
			continue
		}
		var steps []map[string]any
		if _, problems := flow.Decode("docs/flows.md", []byte(text), &steps); len(problems) > 0 {
			t.Errorf("block %d: %v", i, problems)
		}
		var typed []*flow.Step
		if _, problems := flow.Decode("docs/flows.md", []byte(text), &typed); len(problems) > 0 {
			t.Errorf("block %d: %v", i, problems)
		}
		for _, s := range steps {
			for k := range s {
				kinds[k] = true
			}
		}
	}
	for _, k := range []string{"say", "ask", "choose", "confirm", "stepup", "call", "branch", "set", "handoff", "session", "review", "capture", "sign", "wait", "schedule", "subflow", "loop", "end"} {
		if !kinds[k] {
			t.Errorf("docs/flows.md has no example of %s", k)
		}
	}
}
