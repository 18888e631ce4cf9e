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
