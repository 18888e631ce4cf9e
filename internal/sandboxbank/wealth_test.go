package sandboxbank_test

import (
	"net/http"
	"testing"
	"time"
)

func (b *bank) stepped(customer, operation, level string, bound args) args {
	b.t.Helper()
	ref := b.begin(customer, operation, level, bound)
	out := args{"customer": customer, "reference": b.submit(ref, b.codes(ref))}
	for k, v := range bound {
		out[k] = v
	}
	return out
}

func TestAPurchaseIsJudgedAndMadeOnce(t *testing.T) {
	t.Parallel()
	b := start(t) // a Sunday
	for _, c := range []struct{ customer, account, product, amount, code string }{
		{"C011", "C011-A1", "SL0001", "100.00", "no_rating"},
		{"C006", "C006-A1", "SL0009", "2000.00", "rating_too_low"},
		{"C005", "C005-A1", "SL0010", "2000.00", "needs_recording"},
		{"C004", "C004-A1", "SL0001", "2000.00", "needs_recording"},
		{"C002", "C002-A1", "SL0005", "20000.00", "sold_out"},
		{"C002", "C002-A1", "SL0004", "500.00", "below_least"},
		{"C002", "C002-A1", "SL0004", "990000.00", "insufficient_balance"},
		{"C002", "C002-A1", "SL9999", "500.00", "product_unknown"},
	} {
		in := args{"customer": c.customer, "account": c.account, "product": c.product, "amount": c.amount}
		no, _ := b.want(http.StatusOK, "/v1/wealth/buy_quote", "", in)["refusal"].(map[string]any)
		if no["code"] != c.code {
			t.Errorf("%v: %v, want %s", in, no, c.code)
		}
		b.refused(c.code, "/v1/stepup/begin", "", args{"customer": c.customer, "operation": "bank.wealth_buy", "args": in, "level": "L3"})
	}
	bound := args{"account": "C002-A1", "product": "SL0004", "amount": "10000.00"}
	b.refused("level_too_low", "/v1/stepup/begin", "", args{"customer": "C002", "operation": "bank.wealth_buy", "args": bound, "level": "L2"})
	order := b.stepped("C002", "bank.wealth_buy", "L3", bound)
	done := b.want(http.StatusOK, "/v1/bank/wealth_buy", key(1), order)
	if done["trade_on"] != "2026-11-23" || done["balance_after"] != "76421.35" {
		t.Errorf("bought %v", done)
	}
	if again := b.want(http.StatusOK, "/v1/bank/wealth_buy", key(1), order); again["number"] != done["number"] {
		t.Errorf("the same key answered %v", again)
	}
	if all := names(b.want(http.StatusOK, "/v1/wealth/holdings", "", args{"customer": "C002"}), "holdings", "name"); len(all) != 3 {
		t.Errorf("holds %v", all)
	}
}

func TestARedemptionKeepsItsLimits(t *testing.T) {
	t.Parallel()
	b := start(t)
	for _, c := range []struct{ customer, holding, amount, way, code string }{
		{"C002", "C002-H2", "1000.00", "normal", "closed"},
		{"C002", "C002-H1", "90000.00", "normal", "over_holding"},
		{"C005", "C005-H2", "1000.00", "quick", "no_quick"},
		{"C005", "C005-H1", "10000.01", "quick", "quick_limit"},
	} {
		in := args{"customer": c.customer, "holding": c.holding, "amount": c.amount, "way": c.way}
		no, _ := b.want(http.StatusOK, "/v1/wealth/redeem_quote", "", in)["refusal"].(map[string]any)
		if no["code"] != c.code {
			t.Errorf("%v: %v, want %s", in, no, c.code)
		}
	}
	b.refused("holding_unknown", "/v1/wealth/redeem_quote", "", args{"customer": "C002", "holding": "C005-H1", "amount": "1.00", "way": "normal"})
	quick := b.stepped("C005", "bank.wealth_redeem", "L2", args{"holding": "C005-H1", "amount": "9000.00", "way": "quick"})
	b.want(http.StatusOK, "/v1/bank/wealth_redeem", key(1), quick)
	b.want(http.StatusOK, "/v1/bank/wealth_redeem", key(1), quick)
	b.refused("quick_limit", "/v1/stepup/begin", "", args{
		"customer": "C005", "operation": "bank.wealth_redeem", "args": args{"holding": "C005-H1", "amount": "1000.01", "way": "quick"}, "level": "L2",
	})
	b.pass(24 * time.Hour)
	b.want(http.StatusOK, "/v1/bank/wealth_redeem", key(2), b.stepped("C005", "bank.wealth_redeem", "L2", args{"holding": "C005-H1", "amount": "10000.00", "way": "quick"}))
	got := b.want(http.StatusOK, "/v1/accounts/balance", "", args{"customer": "C005", "account": "C005-A1"})
	if got["balance"] != "1405520.00" {
		t.Errorf("balance %v", got["balance"])
	}
}

func TestARatingComesOfAnswers(t *testing.T) {
	t.Parallel()
	b := start(t)
	no, _ := b.want(http.StatusOK, "/v1/wealth/assess_check", "", args{"customer": "C008"})["refusal"].(map[string]any)
	if no["code"] != "age_65" {
		t.Errorf("C008: %v", no)
	}
	if got := b.want(http.StatusOK, "/v1/wealth/assess_quote", "", args{"customer": "C011", "answers": "bbbbda"}); got["rating"] != "R1" || got["contradiction"] == "" {
		t.Errorf("a contradiction: %v", got)
	}
	for i, answers := range []string{"bbbbbb", "cccccc"} {
		in := b.stepped("C011", "bank.risk_submit", "L2", args{"answers": answers})
		want := []string{"R2", "R4"}[i]
		if got := b.want(http.StatusOK, "/v1/bank/risk_submit", key(i), in); got["rating"] != want {
			t.Errorf("%s: %v, want %s", answers, got, want)
		}
		b.want(http.StatusOK, "/v1/bank/risk_submit", key(i), in)
	}
	b.refused("assess_daily", "/v1/stepup/begin", "", args{"customer": "C011", "operation": "bank.risk_submit", "args": args{"answers": "bbbbbb"}, "level": "L2"})
	advice := b.want(http.StatusOK, "/v1/wealth/advise", "", args{"customer": "C006", "horizon": "any"})
	if all := names(advice, "products", "rating"); len(all) != 2 || advice["withheld"] != 2.0 {
		t.Errorf("advice %v", advice)
	}
	if got := b.want(http.StatusOK, "/v1/wealth/advise", "", args{"customer": "C007", "horizon": "any"}); got["state"] != "expired" {
		t.Errorf("C007: %v", got)
	}
}
