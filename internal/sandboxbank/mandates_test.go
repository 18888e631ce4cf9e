package sandboxbank_test

import (
	"net/http"
	"testing"
)

func TestAMandateIsStoppedOnce(t *testing.T) {
	t.Parallel()
	b := start(t)
	list := func() []any {
		t.Helper()
		all, ok := b.want(http.StatusOK, "/v1/mandates/list", "", args{"customer": "C002"})["mandates"].([]any)
		if !ok {
			t.Fatal("no list")
		}
		return all
	}
	before := list()
	if len(before) != 2 || before[0].(map[string]any)["name"] != "浦江自来水公司" || before[0].(map[string]any)["account_tail"] != "6688" {
		t.Fatalf("mandates %v", before)
	}
	ref := b.begin("C002", "bank.mandate_stop", "L2", args{"mandate": "C002-D1"})
	stop := args{"customer": "C002", "mandate": "C002-D1", "reference": b.submit(ref, b.codes(ref))}
	first := b.want(http.StatusOK, "/v1/bank/mandate_stop", key(1), stop)
	if again := b.want(http.StatusOK, "/v1/bank/mandate_stop", key(1), stop); again["number"] != first["number"] {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	if after := list(); len(after) != 1 {
		t.Errorf("after stopping: %v", after)
	}
	b.refused("mandate_unknown", "/v1/bank/mandate_stop", key(2), stop)
	other := b.begin("C002", "bank.mandate_stop", "L2", args{"mandate": "C002-D2"})
	b.refused("mandate_unknown", "/v1/bank/mandate_stop", key(3), args{"customer": "C003", "mandate": "C002-D2", "reference": b.submit(other, b.codes(other))})
}
