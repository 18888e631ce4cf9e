package sandboxbank_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAReminderIsSetAndTurnedOff(t *testing.T) {
	t.Parallel()
	b := start(t)
	set := func(account, channel, from string) args {
		return args{"account": account, "channel": channel, "from_amount": from}
	}
	for _, c := range []struct {
		customer, code string
		in             args
	}{
		{"C002", "alert_same", set("C002-A1", "sms", "500.00")},
		{"C002", "alert_high", set("C002-A1", "sms", "60000.00")},
		{"C002", "alert_account", set("C002-M1", "sms", "500.00")},
		{"C001", "alert_wechat", set("C001-A1", "wechat", "100.00")},
		{"C002", "alert_channel", set("C002-A1", "pigeon", "100.00")},
		{"C002", "account_unknown", set("C001-A1", "sms", "500.00")},
	} {
		b.notBegun(c.code, c.customer, "bank.alert_set", "L2", c.in)
		c.in["customer"] = c.customer
		if got := b.want(http.StatusOK, "/v1/alerts/quote", "", c.in)["refusal"].(map[string]any); got["code"] != c.code || got["text_en"] == "" {
			t.Errorf("quote %v: %v", c.in, got)
		}
	}
	for customer, fee := range map[string]string{"C003": "2.00", "C004": "0.00"} {
		in := set(customer+"-A1", "sms", "10.00")
		in["customer"] = customer
		if got := b.want(http.StatusOK, "/v1/alerts/quote", "", in); got["fee"] != fee || got["refusal"] != nil {
			t.Errorf("%s: %v", customer, got)
		}
	}
	state := func(customer string, i int) string {
		t.Helper()
		return b.want(http.StatusOK, "/v1/alerts/list", "", args{"customer": customer})["alerts"].([]any)[i].(map[string]any)["state"].(string)
	}
	if got := state("C002", 1); got != "关着" {
		t.Errorf("3029: %s", got)
	}
	in := b.verified("C002", "bank.alert_set", "L2", set("C002-A2", "wechat", "0.01"))
	first := b.want(http.StatusOK, "/v1/bank/alert_set", key(1), in)
	if again := b.want(http.StatusOK, "/v1/bank/alert_set", key(1), in); again["number"] != first["number"] {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	if got := state("C002", 1); got != "微信，每一笔都提醒" {
		t.Errorf("3029: %s", got)
	}
	b.want(http.StatusOK, "/v1/bank/alert_off", key(2), b.verified("C002", "bank.alert_off", "L2", args{"account": "C002-A2"}))
	b.notBegun("alert_is_off", "C002", "bank.alert_off", "L2", args{"account": "C002-A2"})
	b.notBegun("alert_guarded", "C008", "bank.alert_off", "L2", args{"account": "C008-A1"})
	b.want(http.StatusOK, "/v1/bank/alert_set", key(3), b.verified("C010", "bank.alert_set", "L2", set("C010-A1", "app", "100.00")))
	if got := state("C010", 0); !strings.Contains(got, "100.00元起") {
		t.Errorf("4521: %s", got)
	}
}

func TestARelativeIsAskedBeforeTheyAreTold(t *testing.T) {
	t.Parallel()
	b := start(t)
	ask := func(account, relative, phone string) args {
		return args{"account": account, "relative": relative, "phone": phone}
	}
	for _, c := range []struct {
		customer, code string
		in             args
	}{
		{"C001", "receiver_one", ask("C001-A1", "C001-Y2", "13900007730")},
		{"C001", "receiver_relation", ask("C001-P1", "C001-Y3", "13900007730")},
		{"C001", "receiver_phone", ask("C001-P1", "C001-Y2", "1390000773")},
		{"C001", "receiver_self", ask("C001-P1", "C001-Y2", "13800000001")},
		{"C001", "payee_unknown", ask("C001-P1", "C002-Y5", "13900007730")},
		{"C002", "alert_is_off", ask("C002-A2", "C002-Y5", "13900001949")},
	} {
		b.notBegun(c.code, c.customer, "bank.receiver_add", "L2", c.in)
	}
	in := b.verified("C001", "bank.receiver_add", "L2", ask("C001-P1", "C001-Y2", "13900007730"))
	first := b.want(http.StatusOK, "/v1/bank/receiver_add", key(1), in)
	if again := b.want(http.StatusOK, "/v1/bank/receiver_add", key(1), in); again["number"] != first["number"] || first["state"] != "等TA回复同意" || first["phone"] != "139****7730" {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	list := b.want(http.StatusOK, "/v1/alerts/list", "", args{"customer": "C001"})["receivers"].([]any)
	if len(list) != 2 {
		t.Fatalf("receivers: %v", list)
	}
	b.want(http.StatusOK, "/v1/bank/receiver_end", key(2), b.verified("C001", "bank.receiver_end", "L2", args{"receiver": "5-C001-R1"}))
	b.notBegun("receiver_unknown", "C001", "bank.receiver_end", "L2", args{"receiver": "5-C001-R1"})
	b.notBegun("receiver_unknown", "C002", "bank.receiver_end", "L2", args{"receiver": "5-C001-R1"})
	if list = b.want(http.StatusOK, "/v1/alerts/list", "", args{"customer": "C001"})["receivers"].([]any); len(list) != 1 {
		t.Errorf("receivers: %v", list)
	}
}
