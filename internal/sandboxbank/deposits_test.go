package sandboxbank_test

import (
	"net/http"
	"testing"
	"time"
)

// deal is an act's body with its step-up done right.
func (b *bank) deal(customer, operation, level string, bound args) args {
	b.t.Helper()
	ref := b.begin(customer, operation, level, bound)
	out := args{"customer": customer, "reference": b.submit(ref, b.codes(ref))}
	for k, v := range bound {
		out[k] = v
	}
	return out
}

// code gives the code of the refusal that a quote holds; empty for none.
func code(out map[string]any) string {
	no, _ := out["refusal"].(map[string]any)
	c, _ := no["code"].(string)
	return c
}

func TestADepositIsWithdrawnEarly(t *testing.T) {
	t.Parallel()
	b := start(t)
	ask := func(customer, deposit, account, amount string) map[string]any {
		t.Helper()
		return b.want(http.StatusOK, "/v1/deposits/early_quote", "", args{"customer": customer, "deposit": deposit, "account": account, "amount": amount, "purpose": "self"})
	}
	q := ask("C001", "C001-T1", "C001-A1", "10000")
	if q["at_maturity_interest"] != "780.00" || q["interest"] != "15.18" || q["loss"] != "764.82" || q["level"] != "L2" || q["left"] != "40000.00" || code(q) != "" {
		t.Errorf("quote %v", q)
	}
	for _, c := range []struct{ customer, deposit, account, amount, code string }{
		{"C001", "C001-T1", "C001-A1", "50000.01", "too_much"},
		{"C001", "C001-T1", "C001-A1", "49990", "remain_minimum"},
		{"C001", "C001-T2", "C001-A1", "100", "partial_once"},
		{"C004", "C004-T1", "C004-A1", "100", "pledged"},
		{"C004", "C004-T2", "C004-A1", "100", "remain_minimum"},
		{"C001", "C001-T1", "C001-T2", "100", "account_kind"},
	} {
		if got := code(ask(c.customer, c.deposit, c.account, c.amount)); got != c.code {
			t.Errorf("%s %s: %q, want %s", c.deposit, c.amount, got, c.code)
		}
	}
	b.refused("deposit_unknown", "/v1/deposits/early_quote", "", args{"customer": "C002", "deposit": "C001-T1", "account": "C002-A1", "purpose": "self"})

	body := b.deal("C001", "bank.deposit_withdraw", "L2", args{"deposit": "C001-T1", "account": "C001-A1", "amount": "10000", "purpose": "self"})
	first := b.want(http.StatusOK, "/v1/bank/deposit_withdraw", key(1), body)
	if first["arrives"] != "10015.18" || first["left"] != "40000.00" || first["balance_after"] != "22745.76" {
		t.Errorf("receipt %v", first)
	}
	if again := b.want(http.StatusOK, "/v1/bank/deposit_withdraw", key(1), body); again["number"] != first["number"] {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	if got := code(ask("C001", "C001-T1", "C001-A1", "1000")); got != "partial_once" {
		t.Errorf("a second part: %q", got)
	}
	// For somebody new, and above 50,000, more has to be proven.
	b.refused("level_too_low", "/v1/bank/deposit_withdraw", key(2),
		b.deal("C001", "bank.deposit_withdraw", "L2", args{"deposit": "C001-T1", "account": "C001-A1", "amount": "40000", "purpose": "first"}))
	b.refused("level_too_low", "/v1/bank/deposit_withdraw", key(3),
		b.deal("C004", "bank.deposit_withdraw", "L2", args{"deposit": "C004-T2", "account": "C004-A1", "amount": "200000", "purpose": "self"}))
	b.want(http.StatusOK, "/v1/bank/deposit_withdraw", key(4),
		b.deal("C004", "bank.deposit_withdraw", "L3", args{"deposit": "C004-T2", "account": "C004-A1", "amount": "200000", "purpose": "self"}))
	b.refused("pledged", "/v1/bank/deposit_withdraw", key(5),
		b.deal("C004", "bank.deposit_withdraw", "L3", args{"deposit": "C004-T1", "account": "C004-A1", "amount": "120000", "purpose": "self"}))
}

func TestADepositIsOpened(t *testing.T) {
	t.Parallel()
	b := start(t)
	ask := func(customer, account, product, term, amount string) map[string]any {
		t.Helper()
		return b.want(http.StatusOK, "/v1/deposits/open_quote", "", args{
			"customer": customer, "account": account, "product": product, "term": term, "amount": amount, "at_maturity": "renew",
		})
	}
	if q := ask("C002", "C002-A1", "time", "P12M", "10000"); q["rate"] != "0.95" || q["interest"] != "95.00" || q["next_rate"] != "0.90" || q["matures_on"] != "2027-11-22" || code(q) != "" {
		t.Errorf("quote %v", q)
	}
	for _, c := range []struct{ customer, account, product, term, amount, code string }{
		{"C002", "C002-A1", "time", "P4Y", "10000", "no_such_term"},
		{"C002", "C002-A1", "time", "P1Y", "49.99", "below_minimum"},
		{"C002", "C002-A1", "cd", "P1Y", "50000", "below_minimum"},
		{"C005", "C005-A1", "cd", "P3Y", "200000", "sold_out"},
		{"C002", "C002-A2", "time", "P1Y", "50000", "insufficient_balance"},
		{"C009", "C009-A1", "time", "P1Y", "100", "restricted"},
		{"C012", "C012-A1", "time", "P1Y", "100", "id_expired"},
		{"C012", "C012-A2", "time", "P1Y", "100", "dormant"},
	} {
		if got := code(ask(c.customer, c.account, c.product, c.term, c.amount)); got != c.code {
			t.Errorf("%s %s %s %s: %q, want %s", c.customer, c.product, c.term, c.amount, got, c.code)
		}
	}
	body := b.deal("C002", "bank.deposit_open", "L2", args{"account": "C002-A1", "product": "time", "term": "P1Y", "amount": "10000", "at_maturity": "demand"})
	first := b.want(http.StatusOK, "/v1/bank/deposit_open", key(1), body)
	if first["balance_after"] != "76421.35" || first["matures_on"] != "2027-11-22" {
		t.Errorf("receipt %v", first)
	}
	if again := b.want(http.StatusOK, "/v1/bank/deposit_open", key(1), body); again["number"] != first["number"] {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	all := b.want(http.StatusOK, "/v1/deposits/list", "", args{"customer": "C002"})["deposits"].([]any)
	if len(all) != 1 {
		t.Fatalf("deposits %v", all)
	}
	d := all[0].(map[string]any)
	if d["at_maturity"] != "demand" || d["balance"] != "10000.00" || d["days_left"] != 365.0 {
		t.Errorf("deposit %v", d)
	}
	// The instruction changes, and nothing else.
	set := args{"deposit": d["id"], "at_maturity": "principal"}
	b.want(http.StatusOK, "/v1/bank/deposit_maturity", key(2), b.deal("C002", "bank.deposit_maturity", "L2", set))
	b.refused("unchanged", "/v1/bank/deposit_maturity", key(3), b.deal("C002", "bank.deposit_maturity", "L2", set))
	after := b.want(http.StatusOK, "/v1/deposits/list", "", args{"customer": "C002"})["deposits"].([]any)[0].(map[string]any)
	if after["at_maturity"] != "principal" || after["balance"] != d["balance"] || after["matures_on"] != d["matures_on"] || after["rate"] != d["rate"] {
		t.Errorf("after the change %v", after)
	}
	b.refused("sold_out", "/v1/bank/deposit_open", key(4),
		b.deal("C005", "bank.deposit_open", "L2", args{"account": "C005-A1", "product": "cd", "term": "P3Y", "amount": "200000", "at_maturity": "renew"}))
	pledged := args{"customer": "C004", "deposit": "C004-T1", "at_maturity": "demand"}
	if got := code(b.want(http.StatusOK, "/v1/deposits/maturity_quote", "", pledged)); got != "pledged" {
		t.Errorf("pledged: %q", got)
	}
	// Nobody need be signed in to work a deposit out; from the 30th the new rate is today's.
	try := args{"product": "time", "term": "P3Y", "amount": "100000"}
	if got := b.want(http.StatusOK, "/v1/deposits/try", "", try); got["interest"] != "3750.00" || got["next_interest"] != "3600.00" || got["less"] != "150.00" {
		t.Errorf("try %v", got)
	}
	b.pass(8 * 24 * time.Hour)
	if got := b.want(http.StatusOK, "/v1/deposits/try", "", try); got["interest"] != "3600.00" || got["next_from"] != "" {
		t.Errorf("try after the change %v", got)
	}
}

func TestCashIsBooked(t *testing.T) {
	t.Parallel()
	b := start(t)
	body := func(account, branch, day, amount string) args {
		return args{"customer": account[:4], "account": account, "branch": branch, "date": day, "amount": amount, "use": "home"}
	}
	for _, c := range []struct{ account, branch, day, amount, code string }{
		{"C002-A1", "B004", "2026-11-28", "80000", "branch_closed"},
		{"C002-A1", "B001", "2026-11-22", "80000", "too_soon"},
		{"C002-A1", "B001", "2026-12-22", "80000", "too_late"},
		{"C002-A1", "B999", "2026-11-23", "80000", "branch_unknown"},
		{"C002-A2", "B001", "2026-11-23", "80000", "insufficient_balance"},
		{"C005-A1", "B001", "2026-11-23", "500000.01", "cash_limit"},
		{"C009-A1", "B001", "2026-11-23", "1", "restricted"},
	} {
		if got := code(b.want(http.StatusOK, "/v1/cash/quote", "", body(c.account, c.branch, c.day, c.amount))); got != c.code {
			t.Errorf("%v: %q, want %s", c, got, c.code)
		}
	}
	if q := b.want(http.StatusOK, "/v1/cash/quote", "", body("C002-A1", "B004", "2026-11-28", "80000")); q["next_open"] != "2026-11-30" {
		t.Errorf("quote %v", q)
	}
	if q := b.want(http.StatusOK, "/v1/cash/quote", "", body("C002-A1", "B001", "2026-11-23", "50000")); q["needed"] != false || q["hours"] != "09:00-17:00" {
		t.Errorf("quote %v", q)
	}
	in := body("C002-A1", "B001", "2026-11-23", "80000")
	first := b.want(http.StatusOK, "/v1/bank/cash_book", key(1), in)
	if again := b.want(http.StatusOK, "/v1/bank/cash_book", key(1), in); again["number"] != first["number"] {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	b.refused("booked_already", "/v1/bank/cash_book", key(2), in)
}
