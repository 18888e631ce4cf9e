package sandboxbank_test

import (
	"net/http"
	"testing"
	"time"
)

func cardBill(t *testing.T, b *bank, customer string) map[string]any {
	t.Helper()
	all, ok := b.want(http.StatusOK, "/v1/credit/bills", "", args{"customer": customer})["cards"].([]any)
	if !ok || len(all) == 0 {
		t.Fatalf("no bill of %s", customer)
	}
	first, _ := all[0].(map[string]any)
	return first
}

func (b *bank) cardOrder(operation, customer, level string, in args) args {
	b.t.Helper()
	ref := b.begin(customer, operation, level, in)
	out := args{"customer": customer, "reference": b.submit(ref, b.codes(ref))}
	for k, v := range in {
		out[k] = v
	}
	return out
}

func TestCreditBills(t *testing.T) {
	t.Parallel()
	b := start(t)
	if c := cardBill(t, b, "C002"); c["remaining"] != "4836.20" || c["min_remaining"] != "483.62" || c["days"] != 2.0 || c["unbilled"] != "1026.20" || c["state"] != "due" {
		t.Errorf("bill %v", c)
	}
	if c := cardBill(t, b, "C003"); c["pending"] != "800.00" || c["remaining"] != "1622.30" {
		t.Errorf("with a payment on its way: %v", c)
	}
	if c := cardBill(t, b, "C006"); c["usd"] != "86.40" || c["usd_cost"] != "612.71" {
		t.Errorf("with dollars: %v", c)
	}
	if c := cardBill(t, b, "C010"); c["min_remaining"] != "0.00" || c["remaining"] != "6202.10" {
		t.Errorf("minimum paid: %v", c)
	}
	if none := b.want(http.StatusOK, "/v1/credit/bills", "", args{"customer": "C001"}); none["remaining"] != "0.00" || len(none["cards"].([]any)) != 0 {
		t.Errorf("without a card: %v", none)
	}
}

func TestCreditRepay(t *testing.T) {
	t.Parallel()
	b := start(t)
	quote := func(customer string, more args) map[string]any {
		t.Helper()
		in := args{"customer": customer, "card": customer + "-C1", "currency": "CNY", "choice": "full", "account": customer + "-A1"}
		for k, v := range more {
			in[k] = v
		}
		return b.want(http.StatusOK, "/v1/credit/repay_quote", "", in)
	}
	least := quote("C002", args{"choice": "min"})
	if least["amount"] != "483.62" || least["left"] != "4352.58" || least["interest_day"] != "2.18" || least["interest_month"] != "65.29" || least["below_min"] != false {
		t.Errorf("the minimum: %v", least)
	}
	if q := quote("C002", args{"choice": "own", "amount": "100"}); q["below_min"] != true || q["late_fee"] != "19.18" {
		t.Errorf("below the minimum: %v", q)
	}
	for code, q := range map[string]map[string]any{
		"over_owed":            quote("C002", args{"choice": "own", "amount": "90000"}),
		"min_paid":             quote("C010", args{"choice": "min"}),
		"no_usd":               quote("C002", args{"choice": "own", "amount": "1", "currency": "USD"}),
		"account_kind":         quote("C002", args{"account": "C002-M1"}),
		"insufficient_balance": quote("C005", args{"account": "C005-A1", "choice": "own", "amount": "28640"}),
	} {
		no, _ := q["refusal"].(map[string]any)
		if code == "insufficient_balance" {
			if no != nil {
				t.Errorf("周敏 can pay: %v", q)
			}
			continue
		}
		if no["code"] != code || no["text"] == "" || no["text_en"] == "" {
			t.Errorf("%s: %v", code, q)
		}
	}
	body := b.cardOrder("bank.credit_repay", "C002", "L2", args{"card": "C002-C1", "currency": "CNY", "account": "C002-A1", "amount": "4836.20"})
	first := b.want(http.StatusOK, "/v1/bank/credit_repay", key(1), body)
	if first["left"] != "0.00" || first["balance_after"] != "81585.15" {
		t.Errorf("receipt %v", first)
	}
	if again := b.want(http.StatusOK, "/v1/bank/credit_repay", key(1), body); again["number"] != first["number"] {
		t.Errorf("the same key answered %v", again)
	}
	b.refused("reference_used", "/v1/bank/credit_repay", key(2), body)
	if c := cardBill(t, b, "C002"); c["state"] != "paid" || c["owed"] != "1026.20" {
		t.Errorf("after: %v", c)
	}
	b.refused("over_owed", "/v1/bank/credit_repay", key(3), b.cardOrder("bank.credit_repay", "C002", "L2", args{"card": "C002-C1", "currency": "CNY", "account": "C002-A1", "amount": "2000"}))
	usd := b.want(http.StatusOK, "/v1/bank/credit_repay", key(4), b.cardOrder("bank.credit_repay", "C006", "L2", args{"card": "C006-C1", "currency": "USD", "account": "C006-A1", "amount": "86.40"}))
	if c := cardBill(t, b, "C006"); usd["cost"] != "612.71" || c["usd"] != "" || c["remaining"] != "2910.00" {
		t.Errorf("dollars: %v, then %v", usd, c)
	}
	b.refused("card_unknown", "/v1/credit/repay_quote", "", args{"customer": "C002", "card": "C003-C1", "currency": "CNY", "choice": "full", "account": "C002-A1"})
	if q := quote("C003", args{"choice": "own", "amount": "100", "account": "C003-A1"}); q["pending"] != "800.00" {
		t.Errorf("a payment on its way is not told: %v", q)
	}
}

func TestInstalments(t *testing.T) {
	t.Parallel()
	b := start(t)
	q := b.want(http.StatusOK, "/v1/instalment/quote", "", args{"customer": "C002", "card": "C002-C1", "amount": "3000"})
	plans, _ := q["plans"].([]any)
	if len(plans) != 4 {
		t.Fatalf("quote %v", q)
	}
	for i, annual := range []string{"11.1", "11.8", "12.0", "12.0"} { // the fee notice cuts the third to 11.9
		if p := plans[i].(map[string]any); p["annual"] != annual {
			t.Errorf("%v: %v a year, not %s", p["name"], p["annual"], annual)
		}
	}
	for amount, code := range map[string]string{"499.99": "amount_too_small", "4352.59": "amount_too_large"} {
		q := b.want(http.StatusOK, "/v1/instalment/quote", "", args{"customer": "C002", "card": "C002-C1", "amount": amount})
		if no, _ := q["refusal"].(map[string]any); no["code"] != code {
			t.Errorf("%s: %v", amount, q)
		}
	}
	in := args{"card": "C002-C1", "amount": "3000.00", "plan": "12"}
	body := b.cardOrder("bank.instalment_open", "C002", "L2", in)
	first := b.want(http.StatusOK, "/v1/bank/instalment_open", key(1), body)
	if first["monthly"] != "266.50" || first["fee_total"] != "198.00" || first["bill_left"] != "1836.20" {
		t.Errorf("opened %v", first)
	}
	if again := b.want(http.StatusOK, "/v1/bank/instalment_open", key(1), body); again["number"] != first["number"] {
		t.Errorf("again %v", again)
	}
	b.refused("already_instalment", "/v1/bank/instalment_open", key(2), b.cardOrder("bank.instalment_open", "C002", "L2", in))
	if c := cardBill(t, b, "C002"); c["remaining"] != "1836.20" {
		t.Errorf("the bill after: %v", c)
	}
	b.pass(3 * 24 * time.Hour) // 陈静's bill is due in 16 days, 李伟's was yesterday
	q = b.want(http.StatusOK, "/v1/instalment/quote", "", args{"customer": "C005", "card": "C005-C1"})
	if no, _ := q["refusal"].(map[string]any); no["code"] != "already_instalment" {
		t.Errorf("周敏: %v", q)
	}
	b.pass(9 * 24 * time.Hour)
	q = b.want(http.StatusOK, "/v1/instalment/quote", "", args{"customer": "C006", "card": "C006-C1", "amount": "1000"})
	if no, _ := q["refusal"].(map[string]any); no["code"] != "instalment_late" {
		t.Errorf("past the due day: %v", q)
	}
}

func TestCardSwitches(t *testing.T) {
	t.Parallel()
	b := start(t)
	quote := func(customer, card, name, turn, until string) map[string]any {
		t.Helper()
		return b.want(http.StatusOK, "/v1/cards/switch_quote", "", args{"customer": customer, "card": card, "switch": name, "turn": turn, "until": until})
	}
	off := args{"customer": "C002", "card": "C002-K1", "switch": "small"}
	first := b.want(http.StatusOK, "/v1/bank/card_protect", key(1), off)
	if again := b.want(http.StatusOK, "/v1/bank/card_protect", key(1), off); again["number"] != first["number"] {
		t.Errorf("again %v", again)
	}
	b.refused("switch_same", "/v1/bank/card_protect", key(2), off)
	if q := quote("C002", "C002-K1", "small", "off", ""); q["same"] != true || q["protect"] != true {
		t.Errorf("off already: %v", q)
	}
	if q := quote("C002", "C002-K1", "abroad", "on", "2027-11-30"); q["refusal"].(map[string]any)["code"] != "until_far" {
		t.Errorf("a year abroad: %v", q)
	}
	if q := quote("C003", "C003-K2", "abroad", "on", ""); q["refusal"].(map[string]any)["code"] != "card_paused" {
		t.Errorf("opening a locked card's use: %v", q)
	}
	q := quote("C002", "C002-K1", "abroad", "on", "")
	if q["until"] != "2026-12-22" || q["protect"] != false {
		t.Errorf("abroad: %v", q)
	}
	b.refused("reference_unknown", "/v1/bank/card_open", key(3), args{"customer": "C002", "card": "C002-K1", "switch": "abroad", "until": "2026-12-22"})
	b.want(http.StatusOK, "/v1/bank/card_open", key(4), b.cardOrder("bank.card_open", "C002", "L2", args{"card": "C002-K1", "switch": "abroad", "until": "2026-12-22"}))
	b.pass(31 * 24 * time.Hour)
	if q := quote("C002", "C002-K1", "abroad", "on", ""); q["same"] != false {
		t.Errorf("abroad did not close by itself: %v", q)
	}
	b.want(http.StatusOK, "/v1/bank/card_open", key(5), b.cardOrder("bank.card_open", "C003", "L2", args{"card": "C003-K2", "switch": "lock", "until": "none"}))
	b.want(http.StatusOK, "/v1/bank/card_loss", key(6), args{"customer": "C002", "card": "C002-K2", "kind": "lost"})
	b.refused("card_lost", "/v1/bank/card_protect", key(7), args{"customer": "C002", "card": "C002-K2", "switch": "lock"})
	b.refused("card_unknown", "/v1/bank/card_protect", key(8), args{"customer": "C003", "card": "C002-K1", "switch": "lock"})
	if all := b.want(http.StatusOK, "/v1/cards/switches", "", args{"customer": "C002"}); len(all["switches"].([]any)) != 15 {
		t.Errorf("switches %v", all)
	}
}
