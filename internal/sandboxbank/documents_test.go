package sandboxbank_test

import (
	"net/http"
	"testing"
)

func TestAStatementIsSent(t *testing.T) {
	t.Parallel()
	b := start(t)
	in := args{"account": "C002-A1", "months": "6", "purpose": "loan", "email": "liwei@qq.con"}
	ask := args{"customer": "C002"}
	for k, v := range in {
		ask[k] = v
	}
	if got := b.want(http.StatusOK, "/v1/documents/statement_quote", "", ask); got["hint"] != "liwei@qq.com" || got["entries"].(float64) < 20 {
		t.Errorf("quote %v", got)
	}
	for email, code := range map[string]string{"liwei.qq.com": "email_bad", "liwei@qq.com": ""} {
		ask["email"] = email
		no, _ := b.want(http.StatusOK, "/v1/documents/statement_quote", "", ask)["refusal"].(map[string]any)
		if got, _ := no["code"].(string); got != code {
			t.Errorf("%s: %v", email, no)
		}
	}
	no, _ := b.want(http.StatusOK, "/v1/documents/statement_quote", "", args{"customer": "C012", "account": "C012-A2", "months": "3", "purpose": "loan", "email": "a@b.com"})["refusal"].(map[string]any)
	if no["code"] != "statement_empty" {
		t.Errorf("an unused account: %v", no)
	}
	order := b.stepped("C002", "bank.statement_issue", "L2", args{"account": "C002-A1", "months": "6", "purpose": "loan", "email": "liwei@qq.com"})
	first := b.want(http.StatusOK, "/v1/bank/statement_issue", key(1), order)
	if again := b.want(http.StatusOK, "/v1/bank/statement_issue", key(1), order); again["number"] != first["number"] {
		t.Errorf("the same key answered %v", again)
	}
}

func TestACertificateFreezesItsAmount(t *testing.T) {
	t.Parallel()
	b := start(t)
	for _, c := range []struct{ customer, account, amount, kind, until, code string }{
		{"C002", "C002-C1", "100.00", "point", "none", "account_unusable"},
		{"C009", "C009-A2", "100.00", "point", "none", "account_unusable"},
		{"C002", "C002-A1", "900000.00", "point", "none", "insufficient_balance"},
		{"C002", "C002-A1", "100.00", "period", "2026-11-01", "until_past"},
		{"C002", "C002-A1", "100.00", "period", "2028-11-01", "until_far"},
	} {
		in := args{"customer": c.customer, "account": c.account, "amount": c.amount, "kind": c.kind, "until": c.until, "language": "zh"}
		no, _ := b.want(http.StatusOK, "/v1/documents/certificate_quote", "", in)["refusal"].(map[string]any)
		if no["code"] != c.code {
			t.Errorf("%v: %v, want %s", in, no, c.code)
		}
	}
	order := b.stepped("C002", "bank.certificate_issue", "L2", args{"account": "C002-A1", "amount": "50000.00", "kind": "period", "until": "2027-02-28", "language": "en"})
	b.want(http.StatusOK, "/v1/bank/certificate_issue", key(1), order)
	b.want(http.StatusOK, "/v1/bank/certificate_issue", key(1), order)
	got := b.want(http.StatusOK, "/v1/accounts/balance", "", args{"customer": "C002", "account": "C002-A1"})
	if got["frozen"] != "51200.00" {
		t.Errorf("frozen %v", got["frozen"])
	}
}
