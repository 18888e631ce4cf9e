package sandboxbank_test

import (
	"net/http"
	"testing"
	"time"
)

func TestAFraudStopsMoneyFirst(t *testing.T) {
	t.Parallel()
	b := start(t)
	quoted := func(payee string) any {
		t.Helper()
		no, _ := b.want(http.StatusOK, "/v1/transfer/quote", "", args{"customer": "C010", "account": "C010-A1", "payee": payee, "amount": "10.00"})["refusal"].(map[string]any)
		return no["code"]
	}
	first := b.want(http.StatusOK, "/v1/safety/pause", "", args{"customer": "C010"})
	if again := b.want(http.StatusOK, "/v1/safety/pause", "", args{"customer": "C010"}); again["until"] != first["until"] {
		t.Errorf("a second pause %v, the first %v", again, first)
	}
	if code := quoted("C010-Y1"); code != "paused" {
		t.Errorf("while it holds: %v", code)
	}
	b.pass(31 * time.Minute)
	if code := quoted("C010-Y1"); code != nil {
		t.Errorf("after it: %v", code)
	}
	paid := b.want(http.StatusOK, "/v1/bank/transfer", key(1), b.order("C010", "C010-A1", "C010-Y1", "300.00", "L2"))
	recent, _ := b.want(http.StatusOK, "/v1/safety/recent_transfers", "", args{"customer": "C010"})["transfers"].([]any)
	if len(recent) == 0 || recent[0].(map[string]any)["id"] != paid["number"] {
		t.Fatalf("recent transfers %v", recent)
	}
	b.refused("transfer_unknown", "/v1/bank/fraud_stop", key(2), args{"customer": "C010", "happened": "paid", "transfer": "T1"})
	stop := args{"customer": "C010", "happened": "paid", "transfer": paid["number"]}
	done := b.want(http.StatusOK, "/v1/bank/fraud_stop", key(3), stop)
	if done["accounts"] != "4521" || done["amount"] != "300.00" {
		t.Errorf("stopped %v", done)
	}
	if again := b.want(http.StatusOK, "/v1/bank/fraud_stop", key(3), stop); again["number"] != done["number"] {
		t.Errorf("the same key answered %v", again)
	}
	if code := quoted("C010-Y1"); code != "restricted" {
		t.Errorf("after the stop: %v", code)
	}
	b.refused("already_stopped", "/v1/bank/fraud_stop", key(4), stop)
}

func TestWhatIsKnownOfAStranger(t *testing.T) {
	t.Parallel()
	b := start(t)
	for what, verdict := range map[string]string{
		"170-0000-4821 打来的": "unclear", "17000004821": "reported", "http://m.shili-bank-jifen.example/a?b": "reported", "400-000-0000": "ours",
		"鑫汇通商贸 尾号8870": "reported", "13911112222": "unknown", "他说他是客服": "unclear",
	} {
		if got := b.want(http.StatusOK, "/v1/safety/check", "", args{"what": what}); got["verdict"] != verdict {
			t.Errorf("%s: %v, want %s", what, got, verdict)
		}
	}
}

func TestADeviceIsRemovedButNotTheOneInHand(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.refused("own_device", "/v1/stepup/begin", "", args{"customer": "C010", "operation": "bank.device_remove", "args": args{"device": "C010-E1"}, "level": "L3"})
	b.refused("device_unknown", "/v1/stepup/begin", "", args{"customer": "C010", "operation": "bank.device_remove", "args": args{"device": "C003-E2"}, "level": "L3"})
	b.refused("level_too_low", "/v1/stepup/begin", "", args{"customer": "C010", "operation": "bank.device_remove", "args": args{"device": "C010-E2"}, "level": "L2"})
	ref := b.begin("C010", "bank.device_remove", "L3", args{"device": "C010-E2"})
	out := args{"customer": "C010", "device": "C010-E2", "reference": b.submit(ref, b.codes(ref))}
	done := b.want(http.StatusOK, "/v1/bank/device_remove", key(1), out)
	if again := b.want(http.StatusOK, "/v1/bank/device_remove", key(1), out); again["number"] != done["number"] {
		t.Errorf("the same key answered %v", again)
	}
	b.refused("device_unknown", "/v1/bank/device_remove", key(2), out)
	if left := names(b.want(http.StatusOK, "/v1/devices/list", "", args{"customer": "C010"}), "devices", "id"); len(left) != 2 {
		t.Errorf("left: %v", left)
	}
	ref = b.begin("C010", "bank.login_password", "L3", args{"what": "login"})
	codes := b.codes(ref)
	codes["new_pin"], codes["new_pin_again"] = "583016", "583017"
	b.refused("mismatch", "/v1/bank/login_password", key(3), args{"customer": "C010", "what": "login", "reference": b.submit(ref, codes)})
	codes["new_pin_again"] = "583016"
	b.want(http.StatusOK, "/v1/bank/login_password", key(4), args{"customer": "C010", "what": "login", "reference": b.submit(ref, codes)})
}
