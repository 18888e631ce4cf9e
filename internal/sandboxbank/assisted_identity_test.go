package sandboxbank_test

import (
	"net/http"
	"testing"
	"time"
)

func TestACheckIsWrittenDownOnce(t *testing.T) {
	t.Parallel()
	b := start(t)
	in := args{"purpose": "解除限制", "review": "S001"}
	b.refused("level_too_low", "/v1/stepup/begin", "", args{"customer": "C008", "operation": "bank.identity_record", "args": in, "level": "L3"})
	if got := b.want(http.StatusOK, "/v1/bank/identity_record", key(1), b.stepped("C008", "bank.identity_record", "L4", in)); got["until"] == nil {
		t.Errorf("it holds for ever: %v", got)
	}
	b.refused("review_used", "/v1/bank/identity_record", key(2), b.stepped("C008", "bank.identity_record", "L4", in))
}

func TestANewDocumentEndsWhatTheOldOneLimited(t *testing.T) {
	t.Parallel()
	b := start(t)
	paper := func(until, review string) args {
		return args{"valid_until": until, "authority": "示例市公安局", "review": review}
	}
	begin := func(code, customer, until string) {
		t.Helper()
		b.refused(code, "/v1/stepup/begin", "", args{"customer": customer, "operation": "bank.document_renew", "args": paper(until, "S001"), "level": "L4"})
	}
	begin("document_expired", "C012", "2020-01-01")
	begin("document_date", "C012", "看不清")
	begin("document_same", "C009", "2027年1月1日")
	b.want(http.StatusOK, "/v1/bank/document_renew", key(1), b.stepped("C012", "bank.document_renew", "L4", paper("长期", "S001")))
	if got := b.want(http.StatusOK, "/v1/customer/details", "", args{"customer": "C012"}); got["id_expired"] != false || got["id_expires_on"] != "" {
		t.Errorf("the document on record: %v", got)
	}
	begin("document_same", "C012", "long")
}

func TestANewPhoneNumberNeedsTwoPeopleAndCoolsForADay(t *testing.T) {
	t.Parallel()
	b := start(t)
	change := func(phone, first, second string) args {
		return args{"phone": phone, "review": first, "second": second}
	}
	begin := func(code, phone string) {
		t.Helper()
		b.refused(code, "/v1/stepup/begin", "", args{"customer": "C005", "operation": "bank.phone_change", "args": change(phone, "S001", "S002"), "level": "L4"})
	}
	begin("phone_wrong", "12345")
	begin("phone_same", "13800000005")
	begin("phone_taken", "13800000006")
	order := func(first, second string) args {
		in := b.stepped("C005", "bank.phone_change", "L4", change("13911112222", first, second))
		in["reason"] = "stopped"
		return in
	}
	b.refused("second_needed", "/v1/bank/phone_change", key(1), order("S001", "S001"))
	out := b.want(http.StatusOK, "/v1/stepup/begin", "", args{"customer": "C005", "operation": "bank.phone_change", "args": change("13911112222", "S001", "S002"), "level": "L4"})
	if out["sms_to"] != "139****2222" {
		t.Errorf("the code goes to %v, not to the new number", out["sms_to"])
	}
	if got := b.want(http.StatusOK, "/v1/bank/phone_change", key(2), order("S001", "S002")); got["phone"] != "139****2222" {
		t.Errorf("changed to %v", got)
	}
	quote := args{"customer": "C005", "account": "C005-A1", "payee": "C005-Y1", "amount": "6000.00"}
	judged := func() any { return b.want(http.StatusOK, "/v1/transfer/quote", "", quote)["refusal"] }
	if no, _ := judged().(map[string]any); no["code"] != "cooling" {
		t.Errorf("a large sum may leave at once: %v", no)
	}
	quote["amount"] = "300.00"
	if no := judged(); no != nil {
		t.Errorf("a small sum may not leave: %v", no)
	}
	quote["amount"] = "6000.00"
	b.pass(25 * time.Hour)
	if no := judged(); no != nil {
		t.Errorf("a day later it still rests: %v", no)
	}
}

func TestAReportByWordOfMouthBecomesFormalOnItsLastDay(t *testing.T) {
	t.Parallel()
	b := start(t)
	order := func(review string) args {
		in := b.stepped("C010", "bank.loss_formal", "L4", args{"card": "C010-K1", "address": "厦门思明区云顶路8号1幢", "review": review})
		in["signature"] = "sha256:1"
		return in
	}
	b.refused("not_lost", "/v1/bank/loss_formal", key(1), order("S001"))
	loss := args{"customer": "C010", "card": "C010-K1", "kind": "lost"}
	until, err := time.Parse(time.RFC3339, b.want(http.StatusOK, "/v1/bank/card_loss", key(2), loss)["valid_until"].(string))
	if err != nil {
		t.Fatal(err)
	}
	b.pass(until.Sub(b.clock()) - time.Hour)
	unsigned := order("S001")
	unsigned["signature"] = ""
	b.refused("unsigned", "/v1/bank/loss_formal", key(5), unsigned)
	b.want(http.StatusOK, "/v1/bank/loss_formal", key(6), order("S001"))
	b.refused("already_formal", "/v1/bank/loss_formal", key(7), order("S002"))
	loss["customer"], loss["card"] = "C012", "C012-K1"
	b.want(http.StatusOK, "/v1/bank/card_loss", key(8), loss)
	b.pass(6 * 24 * time.Hour)
	late := b.stepped("C012", "bank.loss_formal", "L4", args{"card": "C012-K1", "address": "沈阳和平区云顶路8号1幢", "review": "S003"})
	late["signature"] = "sha256:1"
	b.refused("report_over", "/v1/bank/loss_formal", key(9), late)
}

func TestADormantAccountWakesOnceTheDocumentIsGood(t *testing.T) {
	t.Parallel()
	b := start(t)
	wake := func(account, review string) args {
		return b.stepped("C012", "bank.account_wake", "L4", args{"account": account, "use": "收工资", "review": review})
	}
	b.refused("not_dormant", "/v1/bank/account_wake", key(1), wake("C012-A1", "S001"))
	b.refused("id_expired", "/v1/bank/account_wake", key(2), wake("C012-A2", "S001"))
	b.want(http.StatusOK, "/v1/bank/document_renew", key(3), b.stepped("C012", "bank.document_renew", "L4", args{"valid_until": "2036-05-01", "authority": "示例市公安局", "review": "S002"}))
	b.want(http.StatusOK, "/v1/bank/account_wake", key(4), wake("C012-A2", "S003"))
	if err := b.core.PutToSleep(t.Context(), "C012-A2"); err != nil {
		t.Fatal(err)
	}
	b.refused("wake_many", "/v1/bank/account_wake", key(5), wake("C012-A2", "S004"))
}

func TestALimitToTheCounterIsLiftedByTwoPeople(t *testing.T) {
	t.Parallel()
	b := start(t)
	order := func(account, second string) args {
		in := b.stepped("C009", "bank.restriction_lift", "L4", args{"account": account, "use": "跑单收入", "review": "S001", "second": second})
		in["signature"] = "sha256:1"
		return in
	}
	b.refused("frozen", "/v1/bank/restriction_lift", key(1), order("C009-A2", "S002"))
	b.refused("second_needed", "/v1/bank/restriction_lift", key(2), order("C009-A1", "S001"))
	b.want(http.StatusOK, "/v1/bank/restriction_lift", key(3), order("C009-A1", "S002"))
	b.refused("not_restricted", "/v1/bank/restriction_lift", key(4), order("C009-A1", "S003"))
}
