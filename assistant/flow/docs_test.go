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
