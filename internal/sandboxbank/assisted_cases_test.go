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

// sealed is an act with its L4 step-up and a secret typed twice.
func (b *bank) sealed(customer, operation, pin string, bound args) args {
	b.t.Helper()
	ref := b.begin(customer, operation, "L4", bound)
	values := b.codes(ref)
	values["new_pin"], values["new_pin_again"] = pin, pin
	out := args{"customer": customer, "reference": b.submit(ref, values)}
	for k, v := range bound {
		out[k] = v
	}
	return out
}

func TestACreditCardIsActivatedOnceByTwoPeople(t *testing.T) {
	t.Parallel()
	b := start(t)
	const path, right = "/v1/bank/card_activate", "本人已阅读合约并知悉逾期要付利息；本人自愿领用此卡，并只由本人使用。"
	ask := func(copied, pin, review, second string) args {
		return b.sealed("C002", "bank.card_activate", pin, args{"card": "r07-C002-1", "copied": copied, "agreement": "hash-a", "review": review, "second": second})
	}
	for _, c := range [][3]string{{"C011", "r07-C011-1", "card_lapsed"}, {"C012", "r07-C012-1", "id_expired"}} {
		q := b.want(http.StatusOK, "/v1/cards/activate_quote", "", args{"customer": c[0], "card": c[1]})
		if no, _ := q["refusal"].(map[string]any); no["code"] != c[2] {
			t.Errorf("%v: %v", c, q)
		}
	}
	b.refused("copy_wrong", path, key(1), ask("本人已阅读合约并知道逾期要付利息；本人自愿领用此卡并只由本人使用", "593027", "S001", "S002"))
	b.refused("second_missing", path, key(2), ask(right, "593027", "S001", "S001"))
	b.refused("weak_pin", path, key(3), ask(right, "111111", "S001", "S002"))
	if got := names(b.want(http.StatusOK, "/v1/cards/list", "", args{"customer": "C002"}), "cards", "tail"); slices.Contains(got, "8235") {
		t.Errorf("a card that is not active is listed: %v", got)
	}
	b.want(http.StatusOK, path, key(4), ask(right, "593027", "S003", "S004"))
	if got := names(b.want(http.StatusOK, "/v1/cards/list", "", args{"customer": "C002"}), "cards", "tail"); !slices.Contains(got, "8235") {
		t.Errorf("the card is not listed: %v", got)
	}
	if got := b.want(http.StatusOK, "/v1/cards/fresh", "", args{"customer": "C002"})["cards"].([]any); len(got) != 0 {
		t.Errorf("it still waits: %v", got)
	}
	b.refused("card_active", path, key(5), ask(right, "593027", "S005", "S006"))
	if audit, err := b.core.Audit(t.Context()); err != nil || !audit.Sound() {
		t.Errorf("the ledger does not add up: %v, %v", audit, err)
	}
}

func TestATakeoverPutsStrangersOutAndHoldsMoneyForADay(t *testing.T) {
	t.Parallel()
	b := start(t)
	const path = "/v1/bank/takeover_secure"
	ask := func(device, loss, pin, review string) args {
		return b.sealed("C010", "bank.takeover_secure", pin, args{"device": device, "loss": loss, "statement": "hash-a", "review": review})
	}
	b.refused("own_device", path, key(1), ask("C010-E1", "none", "593027", "S001"))
	b.refused("transfer_unknown", path, key(2), ask("all", "T-nothing", "593027", "S001"))
	b.refused("weak_pin", path, key(3), ask("all", "none", "123456", "S001"))
	done := b.want(http.StatusOK, path, key(4), ask("all", "none", "593027", "S002"))
	if done["devices"] != "被偷的旧手机、陌生电脑浏览器" || done["lost"] != "0.00" {
		t.Errorf("done: %v", done)
	}
	if got := names(b.want(http.StatusOK, "/v1/devices/list", "", args{"customer": "C010"}), "devices", "id"); !slices.Equal(got, []string{"C010-E1"}) {
		t.Errorf("signed in: %v", got)
	}
	left := func() float64 {
		return b.want(http.StatusOK, "/v1/safety/pause", "", args{"customer": "C010"})["minutes"].(float64)
	}
	if got := left(); got != 24*60 {
		t.Errorf("money rests for %v minutes", got)
	}
	b.refused("review_used", path, key(5), ask("all", "none", "593028", "S002"))
}
