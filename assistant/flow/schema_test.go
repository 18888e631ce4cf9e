package flow_test

import (
	"encoding/json"
	"testing"

	"github.com/pingdui/pingdui/assistant/flow"
)

func TestSchemaHasEveryStepKind(t *testing.T) {
	t.Parallel()
	b, err := flow.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Defs map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
		Properties map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"say", "ask", "choose", "confirm", "stepup", "call", "branch", "set", "handoff", "session", "subflow", "end", "loop", "wait", "capture", "sign", "review", "schedule"} {
		if doc.Defs["Step"].Properties[kind] == nil {
			t.Errorf("the schema has no step kind %s", kind)
		}
	}
	if doc.Properties["slots"] == nil {
		t.Error("the schema has no slots")
	}
}
