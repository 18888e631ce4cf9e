package sandboxbank_test

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestAChargeIsDisputedOnceWithADayOfAnswer(t *testing.T) {
	t.Parallel()
	b := start(t)
	charge := func(amount string) string {
		out := b.want(http.StatusOK, "/v1/debits/recent", "", args{"customer": "C002", "amount": amount})
		return out["debits"].([]any)[0].(map[string]any)["id"].(string)
	}
	hotel, dinner, property := charge("680.00"), charge("188.00"), charge("326.00")
	why := func(debit, reason, contacted string) any {
		q := b.want(http.StatusOK, "/v1/disputes/quote", "", args{"customer": "C002", "debit": debit, "reason": reason, "contacted": contacted})
		no, _ := q["refusal"].(map[string]any)
		return no["code"]
	}
	for _, c := range [][4]string{{dinner, "not_mine", "none", "dispute_transfer"}, {hotel, "not_received", "no", "merchant_first"}} {
		if got := why(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("%v: refused with %v", c, got)
		}
	}
	if got := why(hotel, "not_received", "yes"); got != nil {
		t.Errorf("the hotel: refused with %v", got)
	}
	b.refused("debit_unknown", "/v1/disputes/quote", "", args{"customer": "C003", "debit": hotel, "reason": "twice", "contacted": "yes"})
	ask := func(review string) args {
		return b.assisted("C002", "bank.dispute_open", args{"debit": hotel, "reason": "twice", "statement": "hash-a", "review": review}, args{"contacted": "yes", "shown": "680.00"})
	}
	const path = "/v1/bank/dispute_open"
	other := ask("S001")
	other["reason"] = "wrong_amount"
	b.refused("argument_mismatch", path, key(1), other)
	opened := b.want(http.StatusOK, path, key(2), ask("S001"))
	if want := b.clock().AddDate(0, 0, 30).Format(time.DateOnly); opened["answer_by"] != want || opened["number"] == "" {
		t.Errorf("opened %v, answer by %s", opened, want)
	}
	b.refused("dispute_open", path, key(3), ask("S002"))
	if got := names(b.want(http.StatusOK, "/v1/disputes/list", "", args{"customer": "C002"}), "disputes", "number"); len(got) != 2 || !slices.Contains(got, opened["number"].(string)) {
		t.Errorf("the list is %v", got)
	}
	b.pass(130 * 24 * time.Hour)
	if got := why(hotel, "twice", "yes"); got != "dispute_open" {
		t.Errorf("after 130 days: %v", got)
	}
	if got := why(property, "twice", "yes"); got != "dispute_late" {
		t.Errorf("a charge of long ago: %v", got)
	}
}

func TestACertificateForAbroadFollowsThePassport(t *testing.T) {
	t.Parallel()
	b := start(t)
	check := func(latin, passport, expires string) (map[string]any, any) {
		out := b.want(http.StatusOK, "/v1/documents/name_check", "", args{"customer": "C002", "latin": latin, "passport": passport, "expires": expires})
		no, _ := out["refusal"].(map[string]any)
		return out, no["code"]
	}
	for _, c := range []struct {
		latin, passport, expires, name string
		match                          bool
		code                           any
	}{
		{"Li, Wei", "LI WEI", "2032-05-01", "LI WEI", true, nil},
		{"liwei", "LI  WEI", "2032年5月1日", "LI WEI", true, nil},
		{"LV WEI", "LYU WEI", "2032.05.01", "LYU WEI", false, nil},
		{"LI WEI", "LI WEI", "2027-01-10", "LI WEI", true, "passport_short"},
		{"LI WEI", "LI WEI", "2020-01-10", "LI WEI", true, "passport_expired"},
		{"LI WEI", "LI", "2032-05-01", "LI", false, "name_unread"},
	} {
		if out, code := check(c.latin, c.passport, c.expires); out["match"] != c.match || out["name"] != c.name || code != c.code {
			t.Errorf("%+v: %v", c, out)
		}
	}
	available := func() any {
		return b.want(http.StatusOK, "/v1/accounts/balance", "", args{"customer": "C002", "account": "C002-A2"})["available"]
	}
	ask := func(sort, until, amount, review string) args {
		bound := args{"account": "C002-A2", "amount": amount, "sort": sort, "until": until, "name": "LI WEI", "addressee": "英国使馆", "review": review}
		return b.assisted("C002", "bank.certificate_abroad", bound, nil)
	}
	const path = "/v1/bank/certificate_abroad"
	before := available()
	b.want(http.StatusOK, path, key(1), ask("standing", "none", "5000.00", "S001"))
	if got := available(); got != before {
		t.Errorf("a letter of standing has frozen money: %v, before %v", got, before)
	}
	b.refused("review_used", path, key(2), ask("point", "none", "5000.00", "S001"))
	other := ask("period", "2027-02-28", "9000.00", "S002")
	other["name"] = "LYU WEI"
	b.refused("argument_mismatch", path, key(3), other)
	got := b.want(http.StatusOK, path, key(4), ask("period", "2027-02-28", "9000.00", "S003"))
	if got["left"] != "315.60" || got["name"] != "LI WEI" || available() != "315.60" {
		t.Errorf("issued %v, available %v", got, available())
	}
	b.notBegun("insufficient_balance", "C002", "bank.certificate_abroad", "L4",
		args{"account": "C002-A2", "amount": "9000.00", "sort": "point", "until": "none", "name": "LI WEI", "addressee": "x", "review": "S004"})
}
