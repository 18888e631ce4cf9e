package content_test

import (
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant/content"
)

// What a flow asks of the bank is what the bank has, told apart at load and with
// the name that was likely meant.
func TestAFlowCallsOnlyWhatTheBankHas(t *testing.T) {
	t.Parallel()
	const file = "scenes/13-transfer/flow.yaml"
	for _, c := range []struct{ from, to, text, remedy string }{
		{"operation: bank.transfer", "operation: bank.transferr", `"bank.transferr"`, "bank.transfer?"},
		{"call: payees.find", "call: payee.find", `"payee.find"`, "payees.find?"},
		{"payee: payee.id", "payeee: payee.id", `"payeee"`, "payee?"},
		{"operation: transfer.quote", "operation: bank.transfer", "changes something", "irreversible: true"},
		{"careful:", "covers: [bogus_scene]\ncareful:", `"bogus_scene"`, "?"},
	} {
		_, problems := content.Compile(changed(t, file, c.from, c.to))
		found := false
		for _, p := range problems {
			found = found || p.File == file && p.Line > 1 && p.Column > 0 && strings.Contains(p.Text, c.text) && strings.Contains(p.Remedy, c.remedy)
		}
		if !found {
			t.Errorf("%s: want %s in %s, got %v", c.to, c.text, file, problems)
		}
	}
}
