package sandboxbank_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/internal/sandboxbank"
)

func TestReads(t *testing.T) {
	t.Parallel()
	b := start(t)
	accounts := b.want(http.StatusOK, "/v1/accounts/list", "", args{"customer": "C002"})
	if got := names(accounts, "accounts", "tail"); !slices.Equal(got, []string{"6688", "3029", "1974", "8801", "4407"}) {
		t.Errorf("tails %v", got)
	}
	first := accounts["accounts"].([]any)[0].(map[string]any)
	if first["balance"] != "86421.35" || first["frozen"] != "1200.00" || first["available"] != "85221.35" || accounts["total"] != "115736.95" {
		t.Errorf("first account %v, total %v", first, accounts["total"])
	}
	for name, want := range map[string][]string{
		"老王": {"王建军", "王志刚"}, "小李": {"李明", "李娜"}, "我爸": {"李国庆"}, "爸爸": {"李国庆"}, "王建军": {"王建军"}, "房东": {"陆文彬"},
		"父亲": {"李国庆"}, "儿子": {}, "张三": {}, "王": {}, "landlord": {"陆文彬"}, "云庭": {"云庭物业管理有限公司"},
		"我同事李娜": {"李娜"}, "my landlord": {"陆文彬"},
	} {
		got := names(b.want(http.StatusOK, "/v1/payees/find", "", args{"customer": "C002", "name": name}), "payees", "name")
		if !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("payees %s: %v, want %v", name, got, want)
		}
	}
	son := b.want(http.StatusOK, "/v1/payees/find", "", args{"customer": "C001", "name": "儿子"})
	if got := names(son, "payees", "name"); !slices.Equal(got, []string{"李强"}) || son["payees"].([]any)[0].(map[string]any)["first_time"] != false {
		t.Errorf("王秀英's son: %v", son)
	}
	if got := names(b.want(http.StatusOK, "/v1/payees/find", "", args{"customer": "C002"}), "payees", "name"); len(got) != 8 {
		t.Errorf("all payees: %v", got)
	}
	for customer, want := range map[string][]string{
		"C001": {"deposit_maturing"}, "C002": {"bill_due"}, "C003": {"unknown_debit"}, "C008": {"card_locked"},
		"C009": {"account_limited", "account_limited"}, "C012": {"account_limited", "id_expired"},
	} {
		got := names(b.want(http.StatusOK, "/v1/customer/facts", "", args{"customer": customer}), "facts", "kind")
		if !slices.Equal(got, want) {
			t.Errorf("facts of %s: %v, want %v", customer, got, want)
		}
	}
	profile := b.want(http.StatusOK, "/v1/customer/profile", "", args{"customer": "C001"})
	if profile["phone"] != "138****0001" || profile["age"] != 72.0 || profile["edition"] != "elder" {
		t.Errorf("profile %v", profile)
	}
	rent := b.want(http.StatusOK, "/v1/transactions/list", "", args{"customer": "C002", "counterparty": "房东", "direction": "out"})
	if rent["count"].(float64) < 11 || rent["sum_in"] != "0.00" || !strings.HasSuffix(rent["sum_out"].(string), "00.00") {
		t.Errorf("rent: %v of %v", rent["count"], rent["sum_out"])
	}
	b.refused("customer_unknown", "/v1/accounts/list", "", args{"customer": "C999"})
	b.refused("account_unknown", "/v1/accounts/balance", "", args{"customer": "C001", "account": "C002-A1"})
	for _, amount := range []string{"-5", "3.456", "0", "1e5", "￥3"} {
		bad := b.want(http.StatusBadRequest, "/v1/transfer/quote", "", args{"customer": "C002", "account": "C002-A1", "payee": "C002-Y1", "amount": amount})
		if errs, ok := bad["errors"].([]any); !ok || errs[0].(map[string]any)["location"] != "body.amount" {
			t.Errorf("amount %s: %v", amount, bad)
		}
	}
	b.want(http.StatusBadRequest, "/v1/accounts/list", "", args{"customer": "C002", "colour": "red"})
	b.want(http.StatusBadRequest, "/v1/bank/card_loss", "", args{"customer": "C002", "card": "C002-K1", "kind": "lost"})
	b.want(http.StatusRequestEntityTooLarge, "/v1/accounts/list", "", args{"customer": strings.Repeat("C", 70_000)})
	if _, err := sandboxbank.FetchLedger(t.Context(), b.url, "another token", "C002", false); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("with another token: %v", err)
	}
	if status, doc, err := b.send(http.MethodGet, "/openapi.json", "", nil); err != nil || status != http.StatusOK || len(doc["paths"].(map[string]any)) < 18 {
		t.Errorf("openapi: %d, %v", status, err)
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	b := start(t)
	for _, c := range []struct{ customer, account, payee, amount, level, refusal string }{
		{"C002", "C002-A1", "C002-Y1", "3500", "L2", ""},
		{"C002", "C002-A1", "C002-Y2", "3500", "L3", ""},
		{"C002", "C002-A1", "C002-Y1", "50000.00", "L2", ""},
		{"C002", "C002-A1", "C002-Y1", "50000.01", "L3", ""},
		{"C002", "C002-A1", "C002-Y1", "85221.36", "L3", "insufficient_balance"},
		{"C002", "C002-A1", "C002-Y1", "200000.01", "L3", "single_limit"},
		{"C002", "C002-M1", "C002-Y1", "1", "L2", "account_kind"},
		{"C008", "C008-A1", "C008-Y1", "3000", "L2", ""},
		{"C008", "C008-A1", "C008-Y1", "3001", "L2", "single_limit"},
		{"C007", "C007-A1", "C007-Y2", "100", "L2", "name_mismatch"},
		{"C009", "C009-A1", "C009-Y1", "100", "L2", "restricted"},
		{"C009", "C009-A2", "C009-Y1", "100", "L2", "frozen"},
		{"C012", "C012-A2", "C012-Y1", "100", "L2", "dormant"},
		{"C012", "C012-A1", "C012-Y1", "100", "L2", "id_expired"},
		{"C010", "C010-A1", "C010-Y2", "100", "L2", ""},
	} {
		out := b.want(http.StatusOK, "/v1/transfer/quote", "", args{"customer": c.customer, "account": c.account, "payee": c.payee, "amount": c.amount})
		code := ""
		if no, ok := out["refusal"].(map[string]any); ok {
			code = no["code"].(string)
		}
		if out["level"] != c.level || code != c.refusal || out["fee"] != "0.00" || out["arrival"] == "" {
			t.Errorf("%+v: %v", c, out)
		}
	}
}
