package sandboxbank

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// catalogue is the content's list of what the bank can be asked.
const catalogue = "../../assistant/scenes/operations.yaml"

// The content knows the bank's operations by a file of its own, which must say what
// the bank serves: when it fails it prints what to write.
func TestTheContentKnowsTheOperations(t *testing.T) {
	t.Parallel()
	bank := &Bank{cfg: Config{Token: "t", Deadline: time.Minute}}
	r := httptest.NewRequest(http.MethodGet, "/openapi.json", nil)
	r.Header.Set("Authorization", "Bearer t")
	w := httptest.NewRecorder()
	bank.routes().ServeHTTP(w, r)
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Parameters  []struct{ Name string }
			RequestBody struct {
				Content map[string]struct {
					Schema struct {
						Ref string `json:"$ref"`
					}
				}
			}
		}
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	for path, methods := range doc.Paths {
		op, ok := methods["post"]
		if !ok || strings.Contains(path, "{") {
			continue // asked about a key, which no content does
		}
		ref := op.RequestBody.Content["application/json"].Schema.Ref
		args := slices.Sorted(maps.Keys(doc.Components.Schemas[ref[strings.LastIndex(ref, "/")+1:]].Properties))
		args = slices.DeleteFunc(args, func(a string) bool { return a == "$schema" })
		changes := ""
		if len(op.Parameters) > 0 { // only what changes something has a key
			changes = "irreversible: true, "
		}
		lines[op.OperationID] = fmt.Sprintf("%s: {%sargs: [%s]}\n", op.OperationID, changes, strings.Join(args, ", "))
	}
	want := "# What the bank can be asked, and with which arguments: no flow may call anything else.\n# A test of the sandbox bank compares it with what is served.\n"
	for _, id := range slices.Sorted(maps.Keys(lines)) {
		want += lines[id]
	}
	got, err := os.ReadFile(catalogue)
	if err != nil || string(got) != want {
		t.Errorf("%s does not say what the bank serves (%v); want\n%s", catalogue, err, want)
	}
}
