package sandboxbank_test

import (
	"net/http"
	"testing"
)

func TestALoanIsRepaidEarly(t *testing.T) {
	t.Parallel()
	b := start(t)
	ask := func(customer, loan, amount, day string) map[string]any {
		t.Helper()
		return b.want(http.StatusOK, "/v1/loans/prepay_quote", "", args{"customer": customer, "loan": loan, "amount": amount, "date": day})
	}
	q := ask("C002", "C002-L1", "100000", "")
	if q["date"] != "2026-11-23" || q["fee"] != "0.00" || q["level"] != "L2" || q["short"] != true || q["total"] != "100000.00" || code(q) != "" {
		t.Errorf("quote %v", q)
	}
	if q := ask("C002", "C002-L1", "200000.01", ""); q["level"] != "L3" {
		t.Errorf("large: %v", q)
	}
	if q := ask("C005", "C005-L1", "100000", ""); q["fee"] != "1000.00" || q["total"] != "101000.00" {
		t.Errorf("first year: %v", q)
	}
	for _, c := range []struct{ customer, loan, amount, day, code string }{
		{"C002", "C002-L1", "9999.99", "", "below_minimum"},
		{"C002", "C002-L2", "68000.01", "", "above_owed"},
		{"C002", "C002-L1", "100000", "2026-11-22", "too_soon"},
		{"C002", "C002-L1", "100000", "2027-03-22", "too_late"},
		{"C002", "C002-L1", "100000", "2026-11-28", "day_off"},
		{"C007", "C007-L1", "", "", "overdue"},
	} {
		if got := code(ask(c.customer, c.loan, c.amount, c.day)); got != c.code {
			t.Errorf("%v: %q", c, got)
		}
	}
	b.refused("loan_unknown", "/v1/loans/prepay_quote", "", args{"customer": "C003", "loan": "C002-L1"})
	bound := args{"loan": "C002-L1", "amount": "100000", "mode": "shorter", "date": "2026-11-23"}
	body := b.deal("C002", "bank.loan_prepay", "L2", bound)
	first := b.want(http.StatusOK, "/v1/bank/loan_prepay", key(1), body)
	if again := b.want(http.StatusOK, "/v1/bank/loan_prepay", key(1), body); again["number"] != first["number"] {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	b.refused("prepay_booked", "/v1/bank/loan_prepay", key(2), b.deal("C002", "bank.loan_prepay", "L2", bound))
	b.refused("mode", "/v1/bank/loan_prepay", key(3),
		b.deal("C002", "bank.loan_prepay", "L2", args{"loan": "C002-L2", "amount": "20000", "mode": "settle", "date": "2026-11-23"}))
	if got := b.ledger("C002"); len(got.Entries) != 0 {
		t.Errorf("a booking moved money: %v", got.Entries)
	}
	p := b.want(http.StatusOK, "/v1/loans/plan", "", args{"customer": "C002", "loan": "C002-L1"})
	if p["next_rate"] != "3.10" || p["lpr"] != "3.40" || p["principal"] != "1286400.00" || len(p["plan"].([]any)) != 6 {
		t.Errorf("plan %v", p)
	}
}

func TestARepaymentIsChanged(t *testing.T) {
	t.Parallel()
	b := start(t)
	for _, c := range []struct{ customer, loan, what, value, code string }{
		{"C002", "C002-L1", "day", "29", "day_range"},
		{"C002", "C002-L1", "day", "10", "unchanged"},
		{"C002", "C002-L2", "day", "15", "changed_this_year"},
		{"C002", "C002-L1", "account", "C002-A1", "unchanged"},
		{"C007", "C007-L1", "day", "15", "overdue"},
		{"C009", "C009-L1", "account", "C009-A1", "restricted"},
	} {
		got := code(b.want(http.StatusOK, "/v1/loans/change_quote", "", args{"customer": c.customer, "loan": c.loan, "what": c.what, "value": c.value}))
		if got != c.code {
			t.Errorf("%v: %q", c, got)
		}
	}
	set := args{"loan": "C002-L1", "what": "day", "value": "15"}
	body := b.deal("C002", "bank.loan_change", "L2", set)
	first := b.want(http.StatusOK, "/v1/bank/loan_change", key(1), body)
	if first["starts"] != "2027-01-15" {
		t.Errorf("changed %v", first)
	}
	if again := b.want(http.StatusOK, "/v1/bank/loan_change", key(1), body); again["number"] != first["number"] {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	b.refused("changed_this_year", "/v1/bank/loan_change", key(2), b.deal("C002", "bank.loan_change", "L2", args{"loan": "C002-L1", "what": "day", "value": "20"}))
	b.want(http.StatusOK, "/v1/bank/loan_change", key(3), b.deal("C002", "bank.loan_change", "L2", args{"loan": "C002-L1", "what": "account", "value": "C002-A2"}))
	l := b.want(http.StatusOK, "/v1/loans/list", "", args{"customer": "C002"})["loans"].([]any)[0].(map[string]any)
	if l["pay_day"] != 15.0 || l["pay_tail"] != "3029" {
		t.Errorf("loan %v", l)
	}
}

func TestAWishForALoanIsLookedAt(t *testing.T) {
	t.Parallel()
	b := start(t)
	ask := func(customer, purpose, amount, term, income string) map[string]any {
		t.Helper()
		return b.want(http.StatusOK, "/v1/loans/precheck", "", args{"customer": customer, "purpose": purpose, "amount": amount, "term": term, "income": income})
	}
	for _, c := range []struct{ customer, purpose, amount, term, income, fit, next string }{
		{"C003", "consume", "50000", "P3Y", "8000", "fits", "interview"},
		{"C003", "consume", "400000", "P3Y", "80000", "tight", "interview"},
		{"C003", "consume", "50000", "P1Y", "4000", "tight", "interview"},
		{"C003", "house", "1000000", "P20Y", "25000", "fits", "branch"},
		{"C007", "shop", "200000", "P2Y", "30000", "no", "visit"},
		{"C001", "consume", "50000", "P3Y", "8000", "no", "interview"},
	} {
		if got := ask(c.customer, c.purpose, c.amount, c.term, c.income); got["fit"] != c.fit || got["next"] != c.next {
			t.Errorf("%v: %v", c, got)
		}
	}
	if got := code(ask("C003", "invest", "50000", "P3Y", "8000")); got != "use_forbidden" {
		t.Errorf("for shares: %q", got)
	}
}
