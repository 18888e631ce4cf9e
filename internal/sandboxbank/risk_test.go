package sandboxbank_test

import (
	"net/http"
	"testing"
	"time"
)

// ask asks the risk service; told and scams may be left out.
func (b *bank) ask(customer, account, payee, amount string, more args) map[string]any {
	b.t.Helper()
	in := args{
		"customer": customer, "account": account, "transaction": args{"payee": payee, "amount": amount, "first": false}, "device": "phone-1",
		"place": "203.0.113.7", "operation": "bank.transfer", "scams": []string{}, "told": false,
	}
	for k, v := range more {
		in[k] = v
	}
	return b.want(http.StatusOK, "/v1/risk/check", "", in)
}

func TestTheRiskServiceJudgesByItsOwnKnowledge(t *testing.T) {
	t.Parallel()
	b := start(t)
	for _, c := range []struct {
		customer, account, payee, amount string
		more                             args
		verdict, code                    string
	}{
		{"C002", "C002-A1", "C002-Y6", "50000.00", nil, "allow", ""},
		{"C002", "C002-A1", "C002-Y2", "9999.99", nil, "allow", ""},
		{"C002", "C002-A1", "C002-Y2", "10000.00", nil, "warn", "first_large"},
		{"C002", "C002-A1", "C002-Y2", "10000.00", args{"told": true}, "allow", ""},
		{"C010", "C010-A1", "C010-Y6", "1.00", nil, "block", "listed"},
		{"C010", "C010-A1", "C010-Y6", "1.00", args{"told": true}, "block", "listed"},
		{"C003", "C003-A1", "C003-Y1", "10.00", args{"scams": []string{"brushing?"}}, "allow", ""},
		{"C003", "C003-A1", "C003-Y1", "10.00", args{"scams": []string{"brushing?", "fee_first?"}}, "hold", "scam"},
		{"C001", "C001-P1", "C001-Y3", "20000.00", nil, "hold", "elder_first"},
	} {
		got := b.ask(c.customer, c.account, c.payee, c.amount, c.more)
		if got["verdict"] != c.verdict || c.code != "" && got["code"] != c.code {
			t.Errorf("%s to %s %s %v: %v, want %s %s", c.customer, c.payee, c.amount, c.more, got, c.verdict, c.code)
		}
		if c.verdict != "allow" && (got["text"] == nil || got["text_en"] == nil) {
			t.Errorf("%s: a verdict without words: %v", c.payee, got)
		}
	}
	b.refused("payee_unknown", "/v1/risk/check", "", args{
		"customer": "C002", "account": "C002-A1", "transaction": args{"payee": "C001-Y1", "amount": "1.00", "first": false}, "device": "", "place": "",
		"operation": "bank.transfer", "scams": []string{}, "told": false,
	})
}

// TestAHoldStands asks the same again in every way a customer might try.
func TestAHoldStands(t *testing.T) {
	t.Parallel()
	b := start(t)
	first := b.ask("C001", "C001-P1", "C001-Y3", "20000.00", nil)
	if first["verdict"] != "hold" {
		t.Fatalf("first: %v", first)
	}
	for name, got := range map[string]map[string]any{
		"a smaller part":    b.ask("C001", "C001-P1", "C001-Y3", "1.00", nil),
		"another account":   b.ask("C001", "C001-A1", "C001-Y3", "500.00", nil),
		"told it is fine":   b.ask("C001", "C001-P1", "C001-Y3", "20000.00", args{"told": true}),
		"another device":    b.ask("C001", "C001-P1", "C001-Y3", "20000.00", args{"device": "tablet", "place": "198.51.100.1"}),
		"another operation": b.ask("C001", "C001-P1", "C001-Y3", "20000.00", args{"operation": "bank.schedule_add"}),
	} {
		if got["verdict"] != "hold" || got["until"] != first["until"] {
			t.Errorf("%s: %v, want the hold until %v", name, got, first["until"])
		}
	}
	if got := b.ask("C001", "C001-A1", "C001-Y1", "500.00", nil); got["verdict"] != "allow" {
		t.Errorf("another payee: %v", got)
	}
	// Who does not ask is refused by the act itself.
	b.refused("risk_hold", "/v1/bank/transfer", key(1), b.order("C001", "C001-P1", "C001-Y3", "10.00", "L3"))
	b.pass(25 * time.Hour)
	if got := b.ask("C001", "C001-P1", "C001-Y3", "100.00", nil); got["verdict"] != "allow" {
		t.Errorf("a day later: %v", got)
	}
}

// TestASumCantBeSplit sends a large sum to a new payee in parts.
func TestASumCantBeSplit(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.want(http.StatusOK, "/v1/bank/transfer", key(1), b.order("C002", "C002-A1", "C002-Y2", "6000.00", "L3"))
	if got := b.ask("C002", "C002-A1", "C002-Y2", "4000.00", nil); got["verdict"] != "warn" {
		t.Errorf("the second part: %v", got)
	}
	b.pass(25 * time.Hour)
	if got := b.ask("C002", "C002-A1", "C002-Y2", "10000.00", nil); got["verdict"] != "allow" {
		t.Errorf("a payee of yesterday: %v", got)
	}
}

// TestAStoryHoldsEveryNewPayee tells of a scam before a payee was named.
func TestAStoryHoldsEveryNewPayee(t *testing.T) {
	t.Parallel()
	b := start(t)
	told := args{"customer": "C002", "account": "", "transaction": args{"first": false}, "device": "", "place": "", "operation": "conversation", "scams": []string{"safe_account"}, "told": false}
	for range 2 {
		if got := b.want(http.StatusOK, "/v1/risk/check", "", told); got["verdict"] != "hold" {
			t.Fatalf("told: %v", got)
		}
	}
	if got := b.ask("C002", "C002-A1", "C002-Y2", "10.00", nil); got["verdict"] != "hold" {
		t.Errorf("a new payee: %v", got)
	}
	if got := b.ask("C002", "C002-A1", "C002-Y6", "10.00", nil); got["verdict"] != "allow" {
		t.Errorf("a payee of long standing: %v", got)
	}
}
