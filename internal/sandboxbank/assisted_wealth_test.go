package sandboxbank_test

import (
	"net/http"
	"testing"
	"time"
)

func TestARecordedPurchaseNeedsASecondPersonAndEachRecordingCountsOnce(t *testing.T) {
	t.Parallel()
	b := start(t)
	in := func(customer, account, product, amount, review, second string) args {
		return b.stepped(customer, "bank.wealth_buy_recorded", "L4",
			args{"account": account, "product": product, "amount": amount, "review": review, "authorised": second, "signature": "a1b2"})
	}
	const path = "/v1/bank/wealth_buy_recorded"
	quote := func(customer, account, product string) map[string]any {
		return b.want(http.StatusOK, "/v1/wealth/recorded_quote", "", args{"customer": customer, "account": account, "product": product, "amount": "20000.00"})
	}
	if q := quote("C005", "C005-A1", "SL0010"); q["needed"] != true || q["refusal"] != nil {
		t.Errorf("an R4 product: %v", q)
	}
	if q := quote("C002", "C002-A1", "SL0004"); q["needed"] != false {
		t.Errorf("an R2 product for a young customer: %v", q)
	}
	if q := quote("C004", "C004-A1", "SL0010"); q["refusal"] == nil {
		t.Errorf("a recording does not raise a rating: %v", q)
	}
	b.refused("second_person", path, key(1), in("C005", "C005-A1", "SL0010", "20000.00", "S001", "S001"))
	b.refused("insufficient_balance", path, key(2), func() args {
		o := in("C005", "C005-A1", "SL0010", "20000.00", "S001", "S002")
		o["amount"] = "9000000.00"
		return o
	}())
	bought := b.want(http.StatusOK, path, key(3), in("C005", "C005-A1", "SL0010", "20000.00", "S001", "S002"))
	if bought["balance_after"] != "1366520.00" || bought["cool_until"] == "" {
		t.Errorf("bought %v", bought)
	}
	b.refused("review_used", path, key(4), in("C005", "C005-A1", "SL0010", "1000.00", "S001", "S002"))
	b.want(http.StatusOK, path, key(5), in("C004", "C004-A1", "SL0001", "1000.00", "S003", "S004"))
}

func TestAnElderIsRatedByAPersonsQuestions(t *testing.T) {
	t.Parallel()
	b := start(t)
	in := func(review string) args {
		return b.stepped("C008", "bank.risk_interview", "L4", args{"answers": "acacbb", "review": review})
	}
	if got := b.want(http.StatusOK, "/v1/bank/risk_interview", key(1), in("S001")); got["rating"] != "R2" {
		t.Errorf("rated %v", got)
	}
	b.refused("review_used", "/v1/bank/risk_interview", key(2), in("S001"))
	b.want(http.StatusOK, "/v1/bank/risk_interview", key(3), in("S002"))
	b.refused("assess_daily", "/v1/bank/risk_interview", key(4), in("S003"))
}

func TestAHeldTransferIsLetGoOrGivenUpOnce(t *testing.T) {
	t.Parallel()
	b := start(t)
	release := func(transfer, review, second string) args {
		return b.stepped("C002", "bank.held_release", "L4", args{"transfer": transfer, "review": review, "authorised": second})
	}
	const path = "/v1/bank/held_release"
	list := b.want(http.StatusOK, "/v1/transfers/held", "", args{"customer": "C002"})
	if n := len(list["transfers"].([]any)); n != 2 {
		t.Fatalf("%d held transfers", n)
	}
	b.refused("second_person", path, key(1), release("r22-C002-1", "S001", "S001"))
	b.refused("insufficient_balance", path, key(2), release("r22-C002-2", "S001", "S002"))
	got := b.want(http.StatusOK, path, key(3), release("r22-C002-1", "S001", "S002"))
	if got["amount"] != "38000.00" || got["payee_name"] != "陆文彬" {
		t.Errorf("released %v", got)
	}
	drop := args{"customer": "C002", "transfer": "r22-C002-2"}
	b.want(http.StatusOK, "/v1/bank/held_drop", key(4), drop)
	b.refused("held_unknown", "/v1/bank/held_drop", key(5), drop)
	b.refused("held_unknown", "/v1/stepup/begin", "", args{
		"customer": "C002", "operation": "bank.held_release", "level": "L4", "args": args{"transfer": "r22-C002-1", "review": "S003", "authorised": "S004"},
	})
}

func TestWhoInsistsSignsAndMoneyRestsForADay(t *testing.T) {
	t.Parallel()
	b := start(t)
	in := args{"customer": "C001", "outcome": "insisted", "story": "police", "shared": "yes", "review": "S001"}
	b.refused("warning_unsigned", "/v1/bank/dissuade", key(1), in)
	in["signature"] = "a1b2"
	got := b.want(http.StatusOK, "/v1/bank/dissuade", key(2), in)
	quote := args{"customer": "C001", "account": "C001-P1", "payee": "C001-Y1", "amount": "100.00"}
	refusal := func() any { return b.want(http.StatusOK, "/v1/transfer/quote", "", quote)["refusal"] }
	if no, ok := refusal().(map[string]any); got["until"] == "" || !ok || no["code"] != "paused" {
		t.Errorf("after %v a transfer is answered with %v", got, no)
	}
	b.pass(25 * time.Hour)
	if no := refusal(); no != nil {
		t.Errorf("after a day: %v", no)
	}
	in["outcome"], in["customer"] = "stopped", "C003"
	if got := b.want(http.StatusOK, "/v1/bank/dissuade", key(3), in); got["until"] != "" {
		t.Errorf("who was persuaded has nothing held: %v", got)
	}
}

func TestAnInsuranceIsNoDepositAndNeedsTwoPeople(t *testing.T) {
	t.Parallel()
	b := start(t)
	in := func(customer, account, policy, years, amount string) args {
		return args{"customer": customer, "account": account, "policy": policy, "years": years, "amount": amount, "beneficiary": "张秀兰 母亲"}
	}
	for code, ask := range map[string]args{
		"age_above":            in("C008", "C008-A1", "IN0002", "5", "5000.00"),
		"years_unfit":          in("C002", "C002-A1", "IN0001", "10", "10000.00"),
		"below_least":          in("C002", "C002-A1", "IN0001", "5", "500.00"),
		"insufficient_balance": in("C002", "C002-A1", "IN0001", "5", "990000.00"),
		"policy_unknown":       in("C002", "C002-A1", "IN9", "5", "10000.00"),
	} {
		if code == "age_above" {
			ask["account"] = b.ledger("C008").Accounts[0].ID
		}
		no, _ := b.want(http.StatusOK, "/v1/insurance/quote", "", ask)["refusal"].(map[string]any)
		if no["code"] != code {
			t.Errorf("%v is answered with %v, want %s", ask, no, code)
		}
	}
	apply := func(review, second string) args {
		bound := in("C002", "C002-A1", "IN0001", "5", "10000.00")
		delete(bound, "customer")
		bound["review"], bound["authorised"], bound["signature"] = review, second, "a1b2"
		return b.stepped("C002", "bank.insurance_apply", "L4", bound)
	}
	const path = "/v1/bank/insurance_apply"
	b.refused("second_person", path, key(1), apply("S001", "S001"))
	got := b.want(http.StatusOK, path, key(2), apply("S001", "S002"))
	if got["balance_after"] != "76421.35" || got["think_until"] != "2026-12-07" {
		t.Errorf("applied %v", got)
	}
	b.refused("review_used", path, key(3), apply("S001", "S003"))
}

func TestALookAtTheHoldingsIsNotedOnce(t *testing.T) {
	t.Parallel()
	b := start(t)
	brief := b.want(http.StatusOK, "/v1/wealth/review_brief", "", args{"customer": "C005"})
	if brief["manager"] != "M01" || len(brief["holdings"].([]any)) != 3 || brief["loss"] != true {
		t.Errorf("the brief is %v", brief)
	}
	in := args{"customer": "C005", "goal": "loss", "review": "S001"}
	if got := b.want(http.StatusOK, "/v1/bank/review_note", key(1), in); got["number"] == "" {
		t.Errorf("noted %v", got)
	}
	b.refused("review_used", "/v1/bank/review_note", key(2), in)
}
