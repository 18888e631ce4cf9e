package sandboxbank_test

import (
	"net/http"
	"testing"
)

func TestSearchFindsAllAndNoMore(t *testing.T) {
	t.Parallel()
	b := start(t)
	search := func(in args) map[string]any {
		t.Helper()
		in["customer"] = "C002"
		return b.want(http.StatusOK, "/v1/transactions/search", "", in)
	}
	got := search(args{"party": "老王", "period": "-13y", "direction": "out"})
	if got["count"] != 3.0 || got["sum_out"] != "3800.00" || got["sum_in"] != "0.00" || got["several"] != true || got["span"] != "2013年1月1日至2013年12月31日" {
		t.Errorf("13 years ago: %v", got)
	}
	if got := search(args{"party": "王志刚", "period": "2013"}); got["count"] != 1.0 || got["sum_out"] != "1300.00" || got["several"] != false {
		t.Errorf("one of the two: %v", got)
	}
	if got := search(args{"party": "老王", "period": "all", "direction": "in"}); got["count"] != 1.0 || got["sum_in"] != "1000.00" {
		t.Errorf("what came back: %v", got)
	}
	if got := search(args{"amount": "99999"}); got["count"] != 0.0 || len(got["found"].([]any)) != 0 {
		t.Errorf("nothing: %v", got)
	}
	if got := search(args{"count": "10"}); got["count"] != 10.0 || len(got["found"].([]any)) != 10 {
		t.Errorf("the last ten: %v", got["count"])
	}
	if got := search(args{"category": "salary", "period": "last_month"}); got["sum_in"] != "21860.00" || got["span"] != "2026年10月1日至2026年10月31日" {
		t.Errorf("salary of last month: %v", got)
	}
	if got := search(args{"month": "12"}); got["span"] != "2025年12月1日至2025年12月31日" {
		t.Errorf("December: %v", got["span"])
	}
	if got := search(args{"party": "我妈", "direction": "out", "period": "this_year"}); got["sum_out"] == "0.00" {
		t.Errorf("by relation: %v", got)
	}
	b.want(http.StatusBadRequest, "/v1/transactions/search", "", args{"customer": "C002", "period": "soon"})
	b.refused("customer_unknown", "/v1/transactions/search", "", args{"customer": "C999"})
	b.refused("account_unknown", "/v1/transactions/search", "", args{"customer": "C002", "account": "C003-A1"})
}

func TestDebitsAreExplained(t *testing.T) {
	t.Parallel()
	b := start(t)
	all, _ := b.want(http.StatusOK, "/v1/debits/recent", "", args{"customer": "C003"})["debits"].([]any)
	if len(all) == 0 || len(all) > 8 {
		t.Fatalf("debits %v", all)
	}
	d := all[0].(map[string]any)
	if d["name"] != "QMKJ*会员服务" || d["merchant"] != "启明空间科技有限公司" || d["way"] != "mandate" || d["known"] != true || d["times"] != 4.0 {
		t.Errorf("the renewal: %v", d)
	}
	one, _ := b.want(http.StatusOK, "/v1/debits/recent", "", args{"customer": "C002", "amount": "680"})["debits"].([]any)
	if len(one) != 1 || one[0].(map[string]any)["way"] != "card" || one[0].(map[string]any)["merchant"] != "旅途酒店管理有限公司" {
		t.Errorf("by amount: %v", one)
	}
	b.refused("customer_unknown", "/v1/debits/recent", "", args{"customer": "C999"})
}

func TestRestrictionsSayOnlyWhatMayBeSaid(t *testing.T) {
	t.Parallel()
	b := start(t)
	for customer, want := range map[string][]string{
		"C009": {"frozen", "restricted"}, "C012": {"id_expired", "dormant"}, "C008": {"card_locked"}, "C002": {"partly_frozen"}, "C011": {},
	} {
		got := b.want(http.StatusOK, "/v1/accounts/restrictions", "", args{"customer": customer})
		all, _ := got["restrictions"].([]any)
		var codes []string
		for _, r := range all {
			codes = append(codes, r.(map[string]any)["code"].(string))
		}
		if len(codes) != len(want) {
			t.Errorf("%s: %v, not %v", customer, codes, want)
			continue
		}
		for i := range want {
			if codes[i] != want[i] {
				t.Errorf("%s: %v, not %v", customer, codes, want)
			}
		}
		if got["failed"] != nil {
			t.Errorf("%s: a refused transfer nobody made: %v", customer, got["failed"])
		}
	}
}
