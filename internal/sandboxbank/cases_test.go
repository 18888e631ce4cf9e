package sandboxbank_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestWhatACustomerSaysIsRecorded(t *testing.T) {
	t.Parallel()
	b := start(t)
	say := func(text string) args {
		return args{"customer": "C002", "sort": "complaint", "text": text, "wish": "explain", "reply": "phone"}
	}
	b.refused("text_short", "/v1/bank/case_open", key(1), say(" 哈 "))
	first := b.want(http.StatusOK, "/v1/bank/case_open", key(2), say("昨天排了两小时"))
	if again := b.want(http.StatusOK, "/v1/bank/case_open", key(2), say("昨天排了两小时")); again["number"] != first["number"] {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	if first["due"] != "2026-12-07" || first["phone"] == "" {
		t.Errorf("opened: %v", first)
	}
	b.refused("case_known", "/v1/bank/case_open", key(3), say("昨天排了两小时"))
	for i := range 4 {
		b.want(http.StatusOK, "/v1/bank/case_open", key(10+i), say(fmt.Sprintf("第%d件事情", i)))
	}
	b.refused("case_many", "/v1/bank/case_open", key(4), say("第六件事情"))
	b.want(http.StatusOK, "/v1/bank/case_add", key(5), args{"customer": "C002", "case": first["id"], "text": "还有一个窗口"})
	b.refused("text_short", "/v1/bank/case_add", key(6), args{"customer": "C002", "case": first["id"], "text": "嗯"})
	b.refused("case_unknown", "/v1/bank/case_add", key(7), args{"customer": "C002", "case": "C009-Z1", "text": "别人的事情"})
	b.refused("case_closed", "/v1/bank/case_add", key(8), args{"customer": "C009", "case": "C009-Z2", "text": "还是不满意的"})
	if got := names(b.want(http.StatusOK, "/v1/cases/list", "", args{"customer": "C009"}), "cases", "name"); len(got) != 2 {
		t.Errorf("cases of C009: %v", got)
	}
}
