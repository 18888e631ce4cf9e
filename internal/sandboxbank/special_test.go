package sandboxbank_test

import (
	"net/http"
	"testing"
)

// proven is an act's body with its step-up done right.
func (b *bank) verified(customer, operation, level string, in args) args {
	b.t.Helper()
	ref := b.begin(customer, operation, level, in)
	in["customer"], in["reference"] = customer, b.submit(ref, b.codes(ref))
	return in
}

// notBegun must be refused before a code is sent.
func (b *bank) notBegun(code, customer, operation, level string, in args) {
	b.t.Helper()
	b.refused(code, "/v1/stepup/begin", "", args{"customer": customer, "operation": operation, "args": in, "level": level})
}

func TestSalaryTellsWhatCameAndWhatDidNot(t *testing.T) {
	t.Parallel()
	b := start(t)
	ask := func(customer, sort, month string) map[string]any {
		t.Helper()
		return b.want(http.StatusOK, "/v1/salary/list", "", args{"customer": customer, "sort": sort, "month": month})
	}
	if got := ask("C002", "salary", "this"); got["sum"] != "21860.00" || got["usual"] != "10" || len(got["missing"].([]any)) != 0 {
		t.Errorf("C002: %v", got)
	}
	if got := ask("C011", "salary", "this"); len(got["missing"].([]any)) != 1 || len(got["payments"].([]any)) != 1 {
		t.Errorf("C011: %v", got)
	}
	if got := ask("C001", "pension", "last"); got["sum"] != "4186.50" {
		t.Errorf("C001: %v", got)
	}
	if got := ask("C007", "salary", "this"); len(got["payments"].([]any)) != 0 || got["usual"] != "" {
		t.Errorf("C007: %v", got)
	}
}

func TestThePersonalPensionIsOpenedAndPaidInto(t *testing.T) {
	t.Parallel()
	b := start(t)
	for customer, c := range map[string]struct{ account, code string }{
		"C002": {"C002-A1", "pension_exists"}, "C001": {"C001-A1", "pension_age"}, "C006": {"C006-A1", "pension_insured"}, "C012": {"C012-A1", "id_expired"},
		"C009": {"C009-A1", "account_limited"},
	} {
		b.notBegun(c.code, customer, "bank.pension_open", "L3", args{"account": c.account})
	}
	b.notBegun("account_kind", "C003", "bank.pension_open", "L3", args{"account": "C003-C1"})
	b.notBegun("level_too_low", "C003", "bank.pension_open", "L2", args{"account": "C003-A1"})
	b.notBegun("pension_none", "C003", "bank.pension_pay", "L3", args{"account": "C003-A1", "amount": "100.00"})
	b.want(http.StatusOK, "/v1/bank/pension_open", key(1), b.verified("C003", "bank.pension_open", "L3", args{"account": "C003-A1"}))
	pay := b.verified("C003", "bank.pension_pay", "L3", args{"account": "C003-A1", "amount": "12000.00"})
	first := b.want(http.StatusOK, "/v1/bank/pension_pay", key(2), pay)
	if again := b.want(http.StatusOK, "/v1/bank/pension_pay", key(2), pay); again["number"] != first["number"] || first["left"] != "0.00" {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	b.notBegun("pension_full", "C003", "bank.pension_pay", "L3", args{"account": "C003-A1", "amount": "1.00"})
	b.notBegun("pension_limit", "C002", "bank.pension_pay", "L3", args{"account": "C002-A1", "amount": "5000.00"})
	b.notBegun("insufficient_balance", "C011", "bank.wallet_topup", "L2", args{"wallet": "C011-W1", "account": "C011-A1", "amount": "2000.00"})
	quote := b.want(http.StatusOK, "/v1/pension/quote", "", args{"customer": "C002", "account": "C002-A1", "amount": "3000.00", "rate": "10"})
	if quote["saved"] != "300.00" || quote["later"] != "90.00" || quote["left"] != "4000.00" || quote["worth"] != true || quote["refusal"] != nil {
		t.Errorf("quote: %v", quote)
	}
	if quote := b.want(http.StatusOK, "/v1/pension/quote", "", args{"customer": "C002", "account": "C002-A1", "amount": "5000.00", "rate": ""}); quote["refusal"] == nil {
		t.Errorf("quote: %v", quote)
	}
}

func TestAWalletIsOpenedFilledAndEmptied(t *testing.T) {
	t.Parallel()
	b := start(t)
	move := func(amount string) args { return args{"wallet": "C011-W1", "account": "C011-A1", "amount": amount} }
	b.notBegun("wallet_single", "C011", "bank.wallet_topup", "L2", move("6000.00"))
	b.notBegun("insufficient_balance", "C011", "bank.wallet_return", "L2", move("300.00"))
	b.notBegun("wallet_unknown", "C011", "bank.wallet_topup", "L2", args{"wallet": "C011-A1", "account": "C011-A1", "amount": "1.00"})
	b.notBegun("wallet_exists", "C011", "bank.wallet_open", "L2", args{"class": "basic"})
	b.notBegun("wallet_class", "C011", "bank.wallet_open", "L2", args{"class": "golden"})
	b.notBegun("id_expired", "C012", "bank.wallet_open", "L2", args{"class": "basic"})
	in := b.verified("C011", "bank.wallet_topup", "L2", move("200.00"))
	first := b.want(http.StatusOK, "/v1/bank/wallet_topup", key(1), in)
	if again := b.want(http.StatusOK, "/v1/bank/wallet_topup", key(1), in); again["number"] != first["number"] || first["wallet_balance"] != "415.40" {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	back := b.want(http.StatusOK, "/v1/bank/wallet_return", key(2), b.verified("C011", "bank.wallet_return", "L2", move("400.00")))
	if back["wallet_balance"] != "15.40" || back["account_balance"] != "1486.35" {
		t.Errorf("back: %v", back)
	}
	b.want(http.StatusOK, "/v1/bank/wallet_open", key(3), b.verified("C002", "bank.wallet_open", "L2", args{"class": "anonymous"}))
	wallets := b.want(http.StatusOK, "/v1/wallets/list", "", args{"customer": "C002"})["wallets"].([]any)
	id := wallets[0].(map[string]any)["id"]
	b.notBegun("wallet_single", "C002", "bank.wallet_topup", "L2", args{"wallet": id, "account": "C002-A1", "amount": "3000.00"})
	for i := range 5 {
		b.want(http.StatusOK, "/v1/bank/wallet_topup", key(10+i), b.verified("C002", "bank.wallet_topup", "L2", args{"wallet": id, "account": "C002-A1", "amount": "2000.00"}))
	}
	b.notBegun("wallet_full", "C002", "bank.wallet_topup", "L2", args{"wallet": id, "account": "C002-A1", "amount": "0.01"})
	b.notBegun("wallet_anonymous", "C002", "bank.wallet_return", "L2", args{"wallet": id, "account": "C002-A1", "amount": "5.00"})
	b.notBegun("hard_anonymous", "C011", "bank.wallet_part_end", "L2", args{"part": "C011-WP3"})
	end := b.verified("C011", "bank.wallet_part_end", "L2", args{"part": "C011-WP2"})
	b.want(http.StatusOK, "/v1/bank/wallet_part_end", key(20), end)
	b.notBegun("part_unknown", "C011", "bank.wallet_part_end", "L2", args{"part": "C011-WP2"})
}

func TestARelativeIsAuthorisedAndTheGrantTakenBack(t *testing.T) {
	t.Parallel()
	b := start(t)
	ask := func(relative, months string) args {
		return args{"relative": relative, "scope": "bills", "daily": "300.00", "months": months}
	}
	b.notBegun("family_exists", "C001", "bank.family_grant", "L3", ask("C001-Y1", "3"))
	b.notBegun("family_relation", "C001", "bank.family_grant", "L3", ask("C001-Y3", "3"))
	b.notBegun("family_term", "C001", "bank.family_grant", "L3", ask("C001-Y2", "24"))
	b.notBegun("payee_unknown", "C001", "bank.family_grant", "L3", ask("C002-Y5", "3"))
	b.notBegun("level_too_low", "C001", "bank.family_grant", "L2", ask("C001-Y2", "3"))
	much := ask("C001-Y2", "3")
	much["daily"] = "6000.00"
	b.refused("family_limit", "/v1/bank/family_grant", key(1), b.verified("C001", "bank.family_grant", "L3", much))
	over := b.verified("C001", "bank.family_grant", "L3", ask("C001-Y2", "3"))
	first := b.want(http.StatusOK, "/v1/bank/family_grant", key(2), over)
	if again := b.want(http.StatusOK, "/v1/bank/family_grant", key(2), over); again["number"] != first["number"] || first["active"] != false || first["daily"] != "300.00" {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	b.want(http.StatusOK, "/v1/bank/family_revoke", key(3), args{"customer": "C001", "grant": "C001-F1"})
	b.refused("grant_unknown", "/v1/bank/family_revoke", key(4), args{"customer": "C001", "grant": "C001-F1"})
	b.refused("grant_unknown", "/v1/bank/family_revoke", key(5), args{"customer": "C002", "grant": first["id"]})
}
