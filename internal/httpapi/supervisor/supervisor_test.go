package supervisor_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/assistant/wall"
	"github.com/pingdui/pingdui/internal/audit"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/httpapi/supervisor"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
)

type serves []handoff.Serving

func (s serves) Serving() []handoff.Serving { return s }

func TestTheWallsAPI(t *testing.T) {
	t.Parallel()
	pool := postgrestest.New(t)
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	keeper := auth.New([]byte("0123456789abcdef"), pool, clock)
	log := audit.New(pool, clock)
	w := wall.New(wall.Config{Pool: pool, Desk: serves{{Queue: "safety", Skill: "security", Open: true}}, Audit: log, Clock: clock})
	mux := http.NewServeMux()
	supervisor.Register(httpapi.New(mux, keeper), supervisor.Config{Wall: w, Name: func(id string) string { return "唐慧（" + id + "）" }})
	call := func(role auth.Role, method, path, body string) *httptest.ResponseRecorder {
		t.Helper()
		token, _ := keeper.Token(auth.Identity{Subject: "s:S01", Roles: []auth.Role{role}})
		request := httptest.NewRequestWithContext(t.Context(), method, "/api/v1/supervisor"+path, strings.NewReader(body))
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, request)
		return answer
	}
	look := func() supervisor.Wall {
		t.Helper()
		now = now.Add(2 * time.Second)
		if err := w.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		answer := call(auth.Supervisor, http.MethodGet, "/wall?presence=ready", "")
		var out supervisor.Wall
		if err := json.Unmarshal(answer.Body.Bytes(), &out); err != nil || answer.Code != http.StatusOK {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
		return out
	}
	for _, role := range []auth.Role{auth.Agent, auth.Customer, auth.Editor, auth.Approver, auth.Admin} {
		for _, route := range [][2]string{{http.MethodGet, "/wall"}, {http.MethodPut, "/rules"}, {http.MethodPost, "/alarms/8f0a4f64-0f7e-4a55-a2a8-6c1f3f1f0a11/seen"}} {
			if code := call(role, route[0], route[1], "{}").Code; code != http.StatusForbidden {
				t.Errorf("%s may %s %s: %d", role, route[0], route[1], code)
			}
		}
	}
	first := look()
	if len(first.Alarms) != 1 || first.Alarms[0].Kind != "nobody" || first.Today.Percent != -1 || len(first.Rules) != 4 {
		t.Fatalf("the wall: %+v", first)
	}
	alarm := "/alarms/" + first.Alarms[0].ID + "/seen"
	if answer := call(auth.Supervisor, http.MethodPost, alarm, ""); answer.Code != http.StatusNoContent {
		t.Fatalf("seen: %d %s", answer.Code, answer.Body)
	}
	if a := look().Alarms[0]; a.SeenBy != "唐慧（S01）" || a.SeenAt == nil {
		t.Errorf("after it was seen: %+v", a)
	}
	for _, bad := range []string{`{"kind":"wait","queue":"","enabled":true,"threshold":1}`, `{"kind":"wait","queue":"none","enabled":true,"threshold":60}`, `{"kind":"odd","queue":"","enabled":true,"threshold":60}`} {
		if answer := call(auth.Supervisor, http.MethodPut, "/rules", bad); answer.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", bad, answer.Code, answer.Body)
		}
	}
	if answer := call(auth.Supervisor, http.MethodPut, "/rules", `{"kind":"nobody","queue":"","enabled":false,"threshold":0}`); answer.Code != http.StatusNoContent {
		t.Fatalf("a rule: %d %s", answer.Code, answer.Body)
	}
	if out := look(); len(out.Alarms) != 0 || out.Rules[0].SetBy == "" && out.Rules[1].SetBy == "" && out.Rules[2].SetBy == "" {
		t.Errorf("after the rule was switched off: %+v", out)
	}
	if answer := call(auth.Supervisor, http.MethodPost, alarm, ""); answer.Code != http.StatusNotFound {
		t.Errorf("an ended alarm: %d", answer.Code)
	}
	n := 0
	if err := postgres.InTx(t.Context(), pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT count(*) FROM audit WHERE actor = 's:S01' AND action IN ('alarm.seen', 'alarm.rule')").Scan(&n)
	}); err != nil || n != 2 {
		t.Errorf("%d lines in the audit log: %v", n, err)
	}
}
