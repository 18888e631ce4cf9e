package sandboxbank_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAGrantTakesEffectOnceAfterTwoPeople(t *testing.T) {
	t.Parallel()
	b := start(t)
	const path = "/v1/bank/family_activate"
	in := func(customer, grant, review, second string) args {
		return args{"customer": customer, "operation": "bank.family_activate", "args": args{"grant": grant, "review": review, "second": second}, "level": "L4"}
	}
	b.refused("grant_active", "/v1/stepup/begin", "", in("C001", "C001-F1", "S001", "S002"))
	b.refused("grant_unknown", "/v1/stepup/begin", "", in("C001", "r28-C008-F1", "S001", "S002"))
	ask := func(review, second string) args {
		return b.stepped("C008", "bank.family_activate", "L4", args{"grant": "r28-C008-F1", "review": review, "second": second})
	}
	b.refused("second_missing", path, key(1), ask("S001", "S001"))
	late := ask("S001", "S002")
	if got := b.want(http.StatusOK, path, key(2), late); got["active"] != true || got["name"] != "何晓雨" {
		t.Errorf("put into effect: %v", got)
	}
	b.refused("grant_active", "/v1/stepup/begin", "", in("C008", "r28-C008-F1", "S003", "S004"))
}

func TestAGrantThatNobodyCheckedGoesStale(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.pass(31 * 24 * time.Hour)
	b.refused("grant_old", "/v1/stepup/begin", "", args{
		"customer": "C008", "operation": "bank.family_activate", "level": "L4", "args": args{"grant": "r28-C008-F1", "review": "S001", "second": "S002"},
	})
}

func TestAnErrandEndsByItselfAndThereIsOneGuardian(t *testing.T) {
	t.Parallel()
	b := start(t)
	const path = "/v1/bank/family_appoint"
	bound := func(way, person, matter, review string) args {
		return args{"way": way, "person": person, "matter": matter, "review": review, "second": "S9" + review}
	}
	begin := func(code string, in args) {
		t.Helper()
		b.refused(code, "/v1/stepup/begin", "", args{"customer": "C008", "operation": "bank.family_appoint", "args": in, "level": "L4"})
	}
	begin("matter_wrong", bound("guardian", "何建平", "collect", "S001"))
	begin("matter_wrong", bound("errand", "何建平", "care", "S001"))
	first := b.want(http.StatusOK, path, key(1), b.stepped("C008", "bank.family_appoint", "L4", bound("errand", "何建平", "collect", "S001")))
	if first["until"] == "" || first["matter_zh"] != "代领已经做好的卡" {
		t.Errorf("an errand: %v", first)
	}
	begin("errand_exists", bound("errand", "何建平", "collect", "S002"))
	b.refused("review_used", path, key(2), b.stepped("C008", "bank.family_appoint", "L4", bound("errand", "何建平", "papers", "S001")))
	b.pass(8 * 24 * time.Hour)
	b.want(http.StatusOK, path, key(3), b.stepped("C008", "bank.family_appoint", "L4", bound("errand", "何建平", "collect", "S003")))
	b.want(http.StatusOK, path, key(4), b.stepped("C008", "bank.family_appoint", "L4", bound("guardian", "何建平", "care", "S004")))
	begin("guardian_exists", bound("guardian", "何晓雨", "care", "S005"))
}

func TestWhatSomebodyLeftIsJudgedAndNeverTold(t *testing.T) {
	t.Parallel()
	b := start(t)
	const path = "/v1/bank/estate_precheck"
	bound := func(name, relation, review string) args {
		return args{"deceased": name, "relation": relation, "review": review, "second": "S9" + review}
	}
	begin := func(code, customer, name, relation string) {
		t.Helper()
		b.refused(code, "/v1/stepup/begin", "", args{"customer": customer, "operation": "bank.estate_precheck", "args": bound(name, relation, "S001"), "level": "L4"})
	}
	begin("estate_relation", "C010", "林玉珍", "other")
	begin("estate_unknown", "C010", "刘德山", "child")
	begin("estate_unknown", "C010", "林玉珍", "spouse")
	hand := func(customer, name, relation, review string) args {
		in := b.stepped(customer, "bank.estate_precheck", "L4", bound(name, relation, review))
		in["died"], in["signature"] = "2026-09-03", "sha256:1"
		return in
	}
	unsigned := hand("C010", "林玉珍", "child", "S001")
	unsigned["signature"] = ""
	b.refused("unsigned", path, key(1), unsigned)
	for i, c := range []struct{ customer, name, relation, total, way string }{
		{"C010", "林玉珍", "child", "38216", "simple"},
		{"C004", "孙玉兰", "spouse", "50000", "simple"},
		{"C007", "刘德山", "child", "126408", "notary"},
	} {
		got := b.want(http.StatusOK, path, key(10+i), hand(c.customer, c.name, c.relation, "S01"+c.customer))
		if got["way"] != c.way {
			t.Errorf("%s leads to %v", c.name, got["way"])
		}
		if text, _ := json.Marshal(got); strings.Contains(string(text), c.total) {
			t.Errorf("the answer tells what there is: %s", text)
		}
		begin("estate_open", c.customer, c.name, c.relation)
	}
	told := 0
	for _, e := range b.core.Events(t.Context(), 0, "C010") {
		told += strings.Count(e.Text, "材料已预审")
		if text, _ := json.Marshal(e); strings.Contains(string(text), "38216") {
			t.Errorf("an event tells what there is: %s", text)
		}
	}
	if told != 1 {
		t.Errorf("told %d times by message", told)
	}
}

func TestWhatHelpsACustomerIsKept(t *testing.T) {
	t.Parallel()
	b := start(t)
	for i, help := range []string{"text", "aloud"} {
		if got := b.want(http.StatusOK, "/v1/bank/access_set", key(1+i), args{"customer": "C008", "help": help}); got["number"] == "" {
			t.Errorf("kept without a number: %v", got)
		}
	}
	b.want(http.StatusBadRequest, "/v1/bank/access_set", key(5), args{"customer": "C008", "help": "loud"})
}
