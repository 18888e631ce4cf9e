package sandboxbank_test

import (
	"net/http"
	"testing"
)

func TestAVisitIsBookedMovedAndCancelled(t *testing.T) {
	t.Parallel()
	b := start(t)
	if got := names(b.want(http.StatusOK, "/v1/branches/find", "", args{"customer": "C002"}), "branches", "name"); len(got) != 3 || got[0] != "江湾支行" {
		t.Errorf("branches of Shanghai: %v", got)
	}
	if got := names(b.want(http.StatusOK, "/v1/branches/find", "", args{"city": "上海", "need": "step_free"}), "branches", "id"); len(got) != 2 {
		t.Errorf("step-free in Shanghai: %v", got)
	}
	if got := names(b.want(http.StatusOK, "/v1/branches/find", "", args{"city": "长沙", "need": "step_free"}), "branches", "id"); len(got) != 0 {
		t.Errorf("step-free in Changsha: %v", got)
	}
	// 22 November is a Sunday: B008 is shut, B006 is not.
	for _, c := range []struct{ branch, date, matter, code string }{
		{"B008", "2026-11-22", "card", "branch_closed"},
		{"B006", "2026-11-21", "card", "date_past"},
		{"B006", "2026-12-20", "card", "date_too_far"},
		{"B006", "soon", "card", "date_unclear"},
		{"B006", "2026-11-24", "social", "service_missing"},
		{"B006", "2026-11-28", "card", "appointment_twice"},
	} {
		free := b.want(http.StatusOK, "/v1/appointments/slots", "", args{"customer": "C002", "branch": c.branch, "date": c.date, "matter": c.matter})
		if no, ok := free["refusal"].(map[string]any); !ok || no["code"] != c.code || no["text_en"] == "" {
			t.Errorf("%v: %v", c, free["refusal"])
		}
		if c.code != "date_unclear" {
			b.refused(c.code, "/v1/bank/appointment_book", key(len(c.code)+1000), args{"customer": "C002", "branch": c.branch, "date": c.date, "time": "11:00", "matter": c.matter})
		}
	}
	b.refused("branch_unknown", "/v1/bank/appointment_book", key(1), args{"customer": "C002", "branch": "B999", "date": "2026-11-24", "time": "11:00", "matter": "card"})
	b.refused("matter_unknown", "/v1/bank/appointment_book", key(2), args{"customer": "C002", "branch": "B006", "date": "2026-11-24", "time": "11:00", "matter": "tea"})
	b.refused("slot_full", "/v1/bank/appointment_book", key(3), args{"customer": "C002", "branch": "B006", "date": "2026-11-27", "time": "10:00", "matter": "card"})
	visit := args{"customer": "C002", "branch": "B006", "date": "2026-11-24", "time": "11:00", "matter": "card"}
	first := b.want(http.StatusOK, "/v1/bank/appointment_book", key(4), visit)
	if again := b.want(http.StatusOK, "/v1/bank/appointment_book", key(4), visit); again["number"] != first["number"] || first["pickup"] == "" {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	moved := b.want(http.StatusOK, "/v1/bank/appointment_move", key(5), args{"customer": "C002", "appointment": first["id"], "date": "2026-11-25", "time": "09:30"})
	if moved["date"] != "2026-11-25" || moved["number"] != first["number"] {
		t.Errorf("moved: %v", moved)
	}
	b.want(http.StatusOK, "/v1/bank/appointment_cancel", key(6), args{"customer": "C002", "appointment": first["id"]})
	b.refused("appointment_unknown", "/v1/bank/appointment_cancel", key(7), args{"customer": "C002", "appointment": first["id"]})
	b.refused("appointment_unknown", "/v1/bank/appointment_cancel", key(8), args{"customer": "C003", "appointment": "C002-V1"})
	soon := b.want(http.StatusOK, "/v1/bank/appointment_book", key(9), args{"customer": "C002", "branch": "B006", "date": "2026-11-22", "time": "11:00", "matter": "card"})
	b.pass(10 * 60 * 1e9)
	b.refused("too_late", "/v1/bank/appointment_cancel", key(10), args{"customer": "C002", "appointment": soon["id"]})
}

func TestADetailIsUpdated(t *testing.T) {
	t.Parallel()
	b := start(t)
	for code, in := range map[string]args{
		"detail_same": {"field": "occupation", "value": "软件工程师"}, "tax_papers": {"field": "tax", "value": "both"}, "detail_email": {"field": "email", "value": "liwei"},
		"detail_short": {"field": "address", "value": "上海"}, "detail_field": {"field": "phone", "value": "13900000000"},
	} {
		b.notBegun(code, "C002", "bank.detail_update", "L2", in)
	}
	in := b.verified("C002", "bank.detail_update", "L2", args{"field": "occupation", "value": "产品经理"})
	first := b.want(http.StatusOK, "/v1/bank/detail_update", key(1), in)
	if again := b.want(http.StatusOK, "/v1/bank/detail_update", key(1), in); again["number"] != first["number"] || first["before"] != "软件工程师" {
		t.Errorf("the same key answered %v, then %v", first, again)
	}
	b.want(http.StatusOK, "/v1/bank/detail_update", key(2), b.verified("C003", "bank.detail_update", "L2", args{"field": "remind", "value": "off"}))
	if got := b.want(http.StatusOK, "/v1/customer/details", "", args{"customer": "C002"}); got["occupation"] != "产品经理" {
		t.Errorf("details: %v", got)
	}
}
