package sandboxbank_test

import (
	"net/http"
	"testing"
	"time"
)

// assisted is an act with its L4 step-up done right; rest is not bound.
func (b *bank) assisted(customer, operation string, bound, rest args) args {
	b.t.Helper()
	out := b.stepped(customer, operation, "L4", bound)
	for k, v := range rest {
		out[k] = v
	}
	return out
}

func TestAReviewedLimitEndsByItselfAndTakesTwoPeople(t *testing.T) {
	t.Parallel()
	b := start(t)
	ask := func(amount, review, second string) args {
		return b.assisted("C002", "bank.limit_review_raise", args{"amount": amount, "days": "7", "purpose": "house", "review": review, "second": second}, args{"payee": "云庭置业"})
	}
	const path = "/v1/bank/limit_review_raise"
	b.refused("second_missing", path, key(1), ask("800000.00", "S001", "S001"))
	b.refused("limit_review_most", path, key(2), ask("8000000.00", "S001", "S002"))
	b.refused("limit_direction", path, key(3), ask("100.00", "S001", "S002"))
	b.want(http.StatusOK, path, key(4), ask("800000.00", "S001", "S002"))
	daily := func() any {
		return b.want(http.StatusOK, "/v1/limits/list", "", args{"customer": "C002"})["limits"].([]any)[0].(map[string]any)["daily"]
	}
	if got := daily(); got != "800000.00" {
		t.Errorf("the limit is %v", got)
	}
	b.refused("review_used", path, key(5), ask("900000.00", "S001", "S003"))
	b.pass(7 * 24 * time.Hour)
	if got := daily(); got == "800000.00" {
		t.Error("the raise has not ended by itself")
	}
}

func TestAHardLoanIsEasedOnceAtATime(t *testing.T) {
	t.Parallel()
	b := start(t)
	quote := func(customer, loan, plan string) map[string]any {
		return b.want(http.StatusOK, "/v1/loans/relief_quote", "", args{"customer": customer, "loan": loan, "plan": plan, "months": "3"})
	}
	if no, _ := quote("C007", "C007-L1", "interest")["refusal"].(map[string]any); no["code"] != "interest_overdue" {
		t.Errorf("interest only on an overdue loan: %v", no)
	}
	before := quote("C002", "C002-L2", "delay")
	ask := func(review string) args {
		return b.assisted("C002", "bank.loan_relief", args{"loan": "C002-L2", "plan": "delay", "months": "3", "review": review, "second": "S9" + review}, args{"reason": "job", "paper": "失业证"})
	}
	b.want(http.StatusOK, "/v1/bank/loan_relief", key(1), ask("S001"))
	plan := b.want(http.StatusOK, "/v1/loans/plan", "", args{"customer": "C002", "loan": "C002-L2"})
	if plan["next_due"] != before["next_due"] {
		t.Errorf("the next instalment is due %v, not %v", plan["next_due"], before["next_due"])
	}
	b.refused("relief_running", "/v1/bank/loan_relief", key(2), ask("S002"))
}

func TestAnAccountGetsAnotherClassWhereVideoMayDoIt(t *testing.T) {
	t.Parallel()
	b := start(t)
	why := func(customer, account, to, tax string) any {
		no, _ := b.want(http.StatusOK, "/v1/accounts/class_quote", "", args{"customer": customer, "account": account, "to": to, "tax": tax})["refusal"].(map[string]any)
		return no["code"]
	}
	for _, c := range [][5]string{
		{"C002", "C002-A2", "I", "china", "class_one_only"},
		{"C002", "C002-A1", "I", "china", "class_same"},
		{"C011", "C011-A1", "I", "both", "tax_branch"},
		{"C002", "C002-A2", "III", "china", "class_balance"},
		{"C009", "C009-A1", "II", "china", "account_restricted"},
	} {
		if got := why(c[0], c[1], c[2], c[3]); got != c[4] {
			t.Errorf("%v: refused with %v", c, got)
		}
	}
	ask := func(review string) args {
		return b.assisted("C011", "bank.account_class", args{"account": "C011-A1", "to": "I", "tax": "china", "review": review}, args{"job": "工人"})
	}
	b.want(http.StatusOK, "/v1/bank/account_class", key(1), ask("S001"))
	if got := why("C011", "C011-A1", "I", "china"); got != "class_same" {
		t.Errorf("afterwards it is %v", got)
	}
	b.refused("class_same", "/v1/bank/account_class", key(2), ask("S002"))
}

func TestAnAccountIsClosedWithNothingLeftBehind(t *testing.T) {
	t.Parallel()
	b := start(t)
	quote := func(customer, account, to string) map[string]any {
		return b.want(http.StatusOK, "/v1/accounts/close_quote", "", args{"customer": customer, "account": account, "to": to})
	}
	for _, c := range [][4]string{{"C002", "C002-A1", "C002-A2", "in_transit"}, {"C002", "C002-A2", "C002-A1", "owes"}, {"C009", "C009-A1", "C009-A2", "restricted"}, {"C005", "C005-A1", "", "repays_loan"}} {
		if no, _ := quote(c[0], c[1], c[2])["refusal"].(map[string]any); no["code"] != c[3] {
			t.Errorf("%v: refused with %v", c, no)
		}
	}
	if got := names(quote("C002", "C002-A2", "C002-A1"), "mandates", "name"); len(got) != 1 || got[0] != "晨光视频会员" {
		t.Errorf("it stops %v", got)
	}
	total := quote("C001", "C001-P1", "C001-A1")["total"]
	ask := func(review string) args {
		return b.assisted("C001", "bank.account_close", args{"account": "C001-P1", "to": "C001-A1", "review": review, "second": "S9" + review}, nil)
	}
	if done := b.want(http.StatusOK, "/v1/bank/account_close", key(1), ask("S001")); done["amount"] != total {
		t.Errorf("%v was moved, not %v", done["amount"], total)
	}
	got := b.want(http.StatusOK, "/v1/accounts/list", "", args{"customer": "C001"})
	for _, id := range names(got, "accounts", "id") {
		if id == "C001-P1" {
			t.Error("the closed account is still listed")
		}
	}
	b.notBegun("account_unknown", "C001", "bank.account_close", "L4", args{"account": "C001-P1", "to": "C001-A1", "review": "S002", "second": "S003"})
	if audit, err := b.core.Audit(t.Context()); err != nil || !audit.Sound() {
		t.Errorf("the ledger does not add up: %v, %v", audit, err)
	}
}

func TestALoanContractIsHandedInOnceAndBoundToItsText(t *testing.T) {
	t.Parallel()
	b := start(t)
	for _, c := range [][4]string{{"C002", "100000.00", "house", "house_branch"}, {"C002", "100000.00", "invest", "use_forbidden"}, {"C002", "500000.00", "car", "too_much"}, {"C007", "50000.00", "car", "overdue"}} {
		got := b.want(http.StatusOK, "/v1/loans/sign_quote", "", args{"customer": c[0], "amount": c[1], "purpose": c[2], "months": "36"})
		if no, _ := got["refusal"].(map[string]any); no["code"] != c[3] {
			t.Errorf("%v: refused with %v", c, no)
		}
	}
	ask := func(review, contract string) args {
		bound := args{"amount": "100000.00", "months": "36", "purpose": "renovation", "account": "C002-A1", "contract": contract, "review": review, "second": "S9" + review}
		return b.assisted("C002", "bank.loan_sign", bound, args{"income": "12000"})
	}
	const path = "/v1/bank/loan_sign"
	other := ask("S001", "hash-a")
	other["contract"] = "hash-b"
	b.refused("argument_mismatch", path, key(1), other)
	b.want(http.StatusOK, path, key(2), ask("S001", "hash-a"))
	b.refused("sign_open", path, key(3), ask("S002", "hash-a"))
}

func TestABusinessIsLookedAtOnceWhileAReportIsOpen(t *testing.T) {
	t.Parallel()
	b := start(t)
	ask := func(what, review string) args {
		bound := args{"what": what, "amount": "200000.00", "company": "洋洋烘焙店", "place": "云亭路18号", "review": review}
		return b.assisted("C007", "bank.business_check", bound, args{"seen": "stills"})
	}
	const path = "/v1/bank/business_check"
	if got := b.want(http.StatusOK, path, key(1), ask("loan", "S001")); got["on"] == "" || got["number"] == "" {
		t.Errorf("the report is %v", got)
	}
	b.refused("check_open", path, key(2), ask("loan", "S002"))
	b.refused("review_used", path, key(3), ask("account", "S001"))
	b.want(http.StatusOK, path, key(4), ask("account", "S003"))
}

func TestAFarmLoanIsAskedForOnceAndNotBesideArrears(t *testing.T) {
	t.Parallel()
	b := start(t)
	ask := func(customer, amount, review string) args {
		return b.assisted(customer, "bank.farm_loan", args{"crop": "fruit", "area": "四十亩", "amount": amount, "purpose": "seed", "review": review}, args{"helped": "village"})
	}
	const path = "/v1/bank/farm_loan"
	b.refused("overdue", path, key(1), ask("C007", "50000.00", "S001"))
	b.refused("too_much", path, key(2), ask("C011", "800000.00", "S001"))
	b.want(http.StatusOK, path, key(3), ask("C011", "50000.00", "S001"))
	b.refused("farm_open", path, key(4), ask("C011", "50000.00", "S002"))
}
