package sandboxbank_test

import (
	"maps"
	"net/http"
	"testing"
)

func TestACardIsReplaced(t *testing.T) {
	t.Parallel()
	b := start(t)
	ask := func(card, reason, keep, address string) args {
		return args{"card": card, "reason": reason, "keep": keep, "address": address}
	}
	quote := func(customer string, in args) map[string]any {
		t.Helper()
		in = maps.Clone(in)
		in["customer"] = customer
		return b.want(http.StatusOK, "/v1/cards/replace_quote", "", in)
	}
	for _, c := range []struct {
		customer, code string
		in             args
	}{
		{"C003", "replace_pending", ask("C003-K1", "damaged", "yes", "on_record")},
		{"C012", "id_expired", ask("C012-K1", "damaged", "yes", "on_record")},
		{"C009", "frozen", ask("C009-K2", "damaged", "yes", "on_record")},
		{"C009", "restricted", ask("C009-K1", "damaged", "no", "广州天河区体育东路3号")},
		{"C002", "replace_not_lost", ask("C002-K1", "lost", "no", "on_record")},
		{"C002", "replace_early", ask("C002-K2", "expired", "yes", "on_record")},
		{"C002", "replace_reason", ask("C002-K2", "bored", "yes", "on_record")},
		{"C002", "address_short", ask("C002-K1", "expired", "yes", "上海")},
		{"C006", "address_short", ask("C006-K1", "damaged", "yes", "on_record")},
		{"C002", "address_abroad", ask("C002-K1", "expired", "yes", "香港中环德辅道1号")},
		{"C008", "replace_locked", ask("C008-K1", "damaged", "yes", "武汉江岸区解放里8号")},
	} {
		if no, _ := quote(c.customer, c.in)["refusal"].(map[string]any); no["code"] != c.code || no["text_en"] == "" {
			t.Errorf("%s %v: %v, want %s", c.customer, c.in, no, c.code)
		}
		b.notBegun(c.code, c.customer, "bank.card_replace", "L3", c.in)
	}
	b.notBegun("card_unknown", "C002", "bank.card_replace", "L3", ask("C003-K1", "damaged", "yes", "on_record"))
	b.notBegun("level_too_low", "C002", "bank.card_replace", "L2", ask("C002-K1", "expired", "yes", "on_record"))

	// A new number loses what hangs on it; who keeps theirs loses nothing.
	kept := quote("C002", ask("C002-K1", "expired", "yes", "on_record"))
	if kept["new_number"] != false || kept["fee"] != "0.00" || kept["address"] != "上海浦东新区云庭路8号3幢602" {
		t.Errorf("kept: %v", kept)
	}
	fresh := quote("C002", ask("C002-K1", "damaged", "no", "on_record"))
	if got := names(fresh, "mandates", "name"); fresh["new_number"] != true || fresh["fee"] != "10.00" || len(got) != 1 || got[0] != "浦江自来水公司" || fresh["names"] != "浦江自来水公司" {
		t.Errorf("fresh: %v", fresh)
	}
	if elder := quote("C004", ask("C004-K1", "damaged", "no", "成都武侯区锦里路2号")); elder["fee"] != "0.00" {
		t.Errorf("from 65 it is free: %v", elder)
	}

	b.want(http.StatusOK, "/v1/bank/card_replace", key(1), b.verified("C002", "bank.card_replace", "L3", ask("C002-K1", "expired", "yes", "on_record")))
	b.notBegun("replace_pending", "C002", "bank.card_replace", "L3", ask("C002-K1", "expired", "yes", "on_record"))
	if got := names(b.want(http.StatusOK, "/v1/cards/orders", "", args{"customer": "C002"}), "orders", "new_tail"); len(got) != 1 || got[0] != "6688" {
		t.Errorf("orders: %v", got)
	}
	if got := b.want(http.StatusOK, "/v1/cards/orders", "", args{"customer": "C003"})["orders"].([]any)[0].(map[string]any); got["sent"] != true || got["parcel"] == "" {
		t.Errorf("C003's order: %v", got)
	}
}

func TestALostCardGetsANewNumberForAFee(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.want(http.StatusOK, "/v1/bank/card_loss", key(1), args{"customer": "C011", "card": "C011-K1", "kind": "lost"})
	b.notBegun("replace_is_lost", "C011", "bank.card_replace", "L3", args{"card": "C011-K1", "reason": "damaged", "keep": "yes", "address": "on_record"})
	in := b.verified("C011", "bank.card_replace", "L3", args{"card": "C011-K1", "reason": "lost", "keep": "yes", "address": "on_record"})
	first := b.want(http.StatusOK, "/v1/bank/card_replace", key(2), in)
	if again := b.want(http.StatusOK, "/v1/bank/card_replace", key(2), in); again["number"] != first["number"] || first["new_tail"] == "0822" || first["fee"] != "10.00" {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	if got := b.want(http.StatusOK, "/v1/accounts/balance", "", args{"customer": "C011", "account": "C011-A1"}); got["balance"] != "1276.35" {
		t.Errorf("after the fee: %v", got["balance"])
	}
}
