package sandboxbank_test

import (
	"maps"
	"net/http"
	"testing"
)

func TestASocialSecurityCardIsAskedForWhereOneIsInsured(t *testing.T) {
	t.Parallel()
	b := start(t)
	ask := func(city, document, photo string) args {
		return args{"city": city, "document": document, "photo": photo}
	}
	quote := func(customer string, in args) map[string]any {
		t.Helper()
		in = maps.Clone(in)
		in["customer"] = customer
		return b.want(http.StatusOK, "/v1/social/quote", "", in)
	}
	for _, c := range []struct {
		customer, code string
		in             args
	}{
		{"C011", "social_city", ask("other", "id_card", "on_file")},
		{"C011", "social_elsewhere", ask("广州", "id_card", "on_file")},
		{"C002", "social_exists", ask("上海", "id_card", "on_file")},
		{"C007", "social_pending", ask("青岛", "id_card", "on_file")},
		{"C009", "social_uninsured", ask("广州", "id_card", "on_file")},
		{"C012", "id_expired", ask("青岛", "id_card", "on_file")},
		{"C006", "social_document", ask("上海", "id_card", "branch")},
		{"C006", "social_photo", ask("上海", "passport", "on_file")},
	} {
		if no, _ := quote(c.customer, c.in)["refusal"].(map[string]any); no["code"] != c.code || no["text_en"] == "" {
			t.Errorf("%s %v: %v, want %s", c.customer, c.in, no, c.code)
		}
		b.notBegun(c.code, c.customer, "bank.social_apply", "L2", c.in)
	}
	// One person, one card: the one of another city is named before it ends.
	if moved := quote("C003", ask("杭州", "id_card", "on_file")); moved["refusal"] != nil || moved["other"] != "成都" || moved["ready_on"] != "2026-12-01" {
		t.Errorf("moved: %v", moved)
	}
	in := b.verified("C011", "bank.social_apply", "L2", ask("深圳", "id_card", "on_file"))
	first := b.want(http.StatusOK, "/v1/bank/social_apply", key(1), in)
	if again := b.want(http.StatusOK, "/v1/bank/social_apply", key(1), in); again["number"] != first["number"] || first["pickup"] != "龙岗支行" || first["fee"] != "0.00" {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	b.notBegun("social_pending", "C011", "bank.social_apply", "L2", ask("深圳", "id_card", "on_file"))
	if got := names(b.want(http.StatusOK, "/v1/social/list", "", args{"customer": "C011"}), "asked", "city"); len(got) != 1 || got[0] != "深圳" {
		t.Errorf("asked: %v", got)
	}
}

func TestTheBankingSideIsSwitchedOnAndShutApart(t *testing.T) {
	t.Parallel()
	b := start(t)
	card := func(customer string) map[string]any {
		t.Helper()
		return b.want(http.StatusOK, "/v1/social/list", "", args{"customer": customer})["cards"].([]any)[0].(map[string]any)
	}
	b.notBegun("social_active", "C001", "bank.social_activate", "L2", args{"card": "45-C001-S"})
	b.notBegun("social_collect", "C004", "bank.social_activate", "L2", args{"card": "45-C004-S"})
	b.notBegun("social_unknown", "C002", "bank.social_activate", "L2", args{"card": "45-C001-S"})
	b.notBegun("social_early", "C002", "bank.social_replace", "L2", args{"card": "45-C002-S", "reason": "expired"})
	b.notBegun("social_reason", "C002", "bank.social_replace", "L2", args{"card": "45-C002-S", "reason": "bored"})
	if got := card("C002"); got["social"] != "已启用" || got["banking"] != "没有激活" {
		t.Errorf("before: %v", got)
	}
	in := b.verified("C002", "bank.social_activate", "L2", args{"card": "45-C002-S"})
	first := b.want(http.StatusOK, "/v1/bank/social_activate", key(1), in)
	if again := b.want(http.StatusOK, "/v1/bank/social_activate", key(1), in); again["number"] != first["number"] || card("C002")["banking"] != "已激活" {
		t.Errorf("the same key answered %v, then %v; %v", first, again, card("C002"))
	}
	if free := b.want(http.StatusOK, "/v1/bank/social_replace", key(2), b.verified("C001", "bank.social_replace", "L2", args{"card": "45-C001-S", "reason": "expired"})); free["fee"] != "0.00" {
		t.Errorf("renewed: %v", free)
	}
	lost := b.want(http.StatusOK, "/v1/bank/social_replace", key(3), b.verified("C002", "bank.social_replace", "L2", args{"card": "45-C002-S", "reason": "lost"}))
	if got := card("C002"); lost["fee"] != "20.00" || got["banking"] != "没有激活" || got["social"] != "已启用" {
		t.Errorf("lost: %v, %v", lost, got)
	}
	b.notBegun("social_pending", "C002", "bank.social_replace", "L2", args{"card": "45-C002-S", "reason": "damaged"})
}
