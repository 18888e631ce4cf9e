package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/scenes/scenestest"
	"github.com/pingdui/pingdui/internal/audit"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/httpapi/console"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/release"
	"github.com/pingdui/pingdui/knowledge"
)

// compiler compiles as the program does, without training intents.
type compiler struct{ base *knowledge.Base }

func (c compiler) Maker() string { return c.base.Maker() }

func (c compiler) Compile(ctx context.Context, id string, files fs.FS, progress release.Progress) ([]release.Artefact, error) {
	progress("content", 0, 2)
	set, problems := content.Compile(files)
	if len(problems) > 0 {
		return nil, &release.ContentError{Problems: []string{problems[0].String()}}
	}
	progress("knowledge", 1, 2)
	if _, err := c.base.Index(ctx, id, files); err != nil {
		return nil, &release.ContentError{Problems: []string{err.Error()}}
	}
	return []release.Artefact{{Kind: "content", Bytes: []byte(set.Hash)}}, nil
}

type world struct {
	t       *testing.T
	handler http.Handler
	keeper  *auth.Keeper
}

func open(t *testing.T) *world {
	t.Helper()
	pool := postgrestest.New(t)
	zone := time.FixedZone("CST", 8*3600)
	clock := func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, zone) }
	base, err := knowledge.New(knowledge.Config{Pool: pool, Clock: clock, Zone: zone, HeldOut: 100})
	if err != nil {
		t.Fatal(err)
	}
	log := audit.New(pool, clock)
	releases, err := release.New(release.Config{Pool: pool, Compiler: compiler{base}, Audit: log, Node: "n1", Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	if err := releases.Seed(t.Context(), scenestest.Small(t)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = releases.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	keeper := auth.New([]byte("0123456789abcdef"), pool, clock)
	mux := http.NewServeMux()
	console.Register(httpapi.New(mux, keeper), console.Config{Releases: releases, Knowledge: base, Audit: log, Runs: counted{}, Understand: plain, Clock: clock, Zone: zone})
	return &world{t: t, handler: mux, keeper: keeper}
}

// call calls a route as somebody and reads its answer.
func call[T any](w *world, as, method, path string, in any, want int) T {
	w.t.Helper()
	var payload io.Reader
	contentType := "application/json"
	switch v := in.(type) {
	case nil:
	case string:
		payload, contentType = strings.NewReader(v), "application/octet-stream"
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			w.t.Fatal(err)
		}
		payload = bytes.NewReader(raw)
	}
	req := httptest.NewRequestWithContext(w.t.Context(), method, "/api/v1/console"+path, payload)
	req.Header.Set("Content-Type", contentType)
	if as != "" {
		id, role, _ := strings.Cut(as, ":")
		token, _ := w.keeper.Token(auth.Identity{Subject: "s:" + id, Name: id, Roles: []auth.Role{auth.Role(role)}})
		req.Header.Set("Authorization", "Bearer "+token)
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, req)
	if rec.Code != want {
		w.t.Fatalf("%s %s as %s: %d, want %d: %.600s", method, path, as, rec.Code, want, rec.Body.String())
	}
	var out T
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		w.t.Fatalf("%s %s: %v: %.300s", method, path, err, rec.Body.String())
	}
	return out
}

const (
	editor   = "eva:editor"
	other    = "otto:editor"
	approver = "anna:approver"
)

type problem struct {
	Code, Message string
	Details       []string
}

// settled waits for a candidate's gate.
func settled(w *world, id string) console.ReleaseView {
	w.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(300 * time.Second); ; {
		r := call[console.ReleaseView](w, editor, "GET", "/releases/"+id, nil, 200)
		if !r.Working {
			return r
		}
		select {
		case <-tick.C:
		case <-deadline:
			w.t.Fatalf("the gate of %s does not end: %+v", id, r.ReleaseRow)
		}
	}
}

// An article's whole way: edited, refused where it is wrong, proposed, not
// approved by its editor, approved, published, found, rolled back.
func TestArticleToCustomer(t *testing.T) {
	t.Parallel()
	w := open(t)
	list := call[console.ArticleList](w, editor, "GET", "/articles?group=deposits&q="+url.QueryEscape("大额存单"), nil, 200)
	if list.Total < 1 || len(list.Groups) < 4 {
		t.Fatalf("%d articles, groups %v", list.Total, list.Groups)
	}
	view := call[console.ArticleView](w, editor, "GET", "/articles/deposits-large-cd", nil, 200)
	if view.File.State != "published" || len(view.Article.Similar["zh"]) < 3 {
		t.Errorf("%+v, quoted %v", view.File, view.Quoted)
	}
	if fee := call[console.ArticleView](w, editor, "GET", "/articles/branch-atm-withdraw", nil, 200); len(fee.Quoted) == 0 {
		t.Error("nobody quotes the numbers of branch-atm-withdraw")
	}
	preview := call[console.Preview](w, editor, "POST", "/articles/deposits-large-cd/preview", nil, 200)
	if len(preview.Lines) < 5 || !preview.Lines[0].Answers {
		t.Errorf("%+v", preview.Lines)
	}
	broken := strings.Replace(view.YAML, "audience:", "xaudience:", 1)
	p := call[problem](w, editor, "PUT", "/articles/deposits-large-cd", map[string]any{"base": view.File.Base, "yaml": broken}, 422)
	if len(p.Details) != 1 || !strings.Contains(p.Details[0], ":5:") {
		t.Errorf("%+v", p)
	}
	view.Article.Answer["zh"] = "大额存单三十万元起。"
	saved := call[console.ArticleView](w, editor, "PUT", "/articles/deposits-large-cd", map[string]any{"base": view.File.Base, "article": view.Article}, 200)
	if saved.File.State != "draft" || !strings.Contains(saved.Diff, "+") {
		t.Errorf("%+v", saved.File)
	}
	// The second editor opened the published text: nothing is lost.
	c := call[console.Conflict](w, other, "PUT", "/articles/deposits-large-cd", map[string]any{"base": view.File.Base, "yaml": view.YAML}, 409)
	if c.By != "s:eva" || !strings.Contains(c.Theirs, "三十万元") || c.Base != saved.File.Base || c.Diff == "" {
		t.Errorf("%+v", c)
	}
	call[problem](w, editor, "POST", "/articles", map[string]any{"base": "", "yaml": view.YAML}, 409)

	r := call[console.ReleaseView](w, editor, "POST", "/releases", map[string]any{"title": "起点调整"}, 200)
	if r = settled(w, r.ID); r.Status != "review" || len(r.Changes) != 1 {
		t.Fatalf("%+v", r)
	}
	call[problem](w, editor, "POST", "/releases/"+r.ID+"/approve", nil, 403)
	call[problem](w, "eva:approver", "POST", "/releases/"+r.ID+"/approve", nil, 403)
	todo := call[console.Todo](w, approver, "GET", "/me/todo", nil, 200)
	if len(todo.Approve) != 1 || todo.Approve[0].ID != r.ID {
		t.Errorf("%+v", todo.Approve)
	}
	try := func(want string) {
		t.Helper()
		v := call[console.TryResult](w, editor, "POST", "/try", map[string]any{"text": "大额存单多少起"}, 200)
		if len(v.Passages) == 0 || !strings.Contains(v.Passages[0].Text, want) || v.Passages[0].Words != 1 || v.Decided.Answer == "" {
			t.Errorf("want %q: %+v", want, v.Passages[0])
		}
	}
	try("20万元起")
	call[console.ReleaseView](w, approver, "POST", "/releases/"+r.ID+"/approve", nil, 200)
	try("20万元起") // a draft, even approved, does nothing
	call[console.ReleaseView](w, approver, "POST", "/releases/"+r.ID+"/publish", nil, 200)
	try("三十万元起")
	history := call[console.ReleaseList](w, approver, "GET", "/releases", nil, 200)
	if history.Current != r.ID || history.Previous != "r1" || len(history.Releases) != 2 {
		t.Errorf("%+v", history)
	}
	call[console.ReleaseView](w, approver, "POST", "/releases/r1/rollback", nil, 200)
	try("20万元起")
	log := call[console.AuditList](w, approver, "GET", "/audit?limit=50", nil, 200)
	seen := ""
	for _, e := range log.Entries {
		seen += e.Actor + " " + e.Action + " " + e.Object + "\n"
	}
	for _, want := range []string{"s:eva draft.saved articles/deposits/deposits-large-cd.yaml", "s:eva release.proposed r2", "s:anna release.approved r2", "s:anna release.published r2", "s:anna release.rolled_back r1"} {
		if !strings.Contains(seen, want) {
			t.Errorf("the log lacks %s:\n%s", want, seen)
		}
	}
}

func TestIntentsTablesFlowsEmployees(t *testing.T) {
	t.Parallel()
	w := open(t)
	intents := call[console.IntentList](w, editor, "GET", "/intents", nil, 200)
	if len(intents.Intents) < 20 {
		t.Fatalf("%d intents", len(intents.Intents))
	}
	for _, name := range []string{"transfer", "none"} { // one of a list in a scene, one with a comment on top
		v := call[console.IntentView](w, editor, "GET", "/intents/"+name, nil, 200)
		v.Examples["zh"] = append(v.Examples["zh"], "全新的一条说法"+name)
		saved := call[console.IntentView](w, editor, "PUT", "/intents/"+name, map[string]any{"base": v.File.Base, "examples": v.Examples}, 200)
		if saved.Zh != v.Zh+1 || saved.File.State != "draft" {
			t.Errorf("%+v", saved.IntentRow)
		}
	}
	transfer := call[console.IntentView](w, editor, "GET", "/intents/transfer", nil, 200)
	p := call[problem](w, editor, "PUT", "/intents/deposit_rate", map[string]any{"base": "", "examples": map[string][]string{"zh": {transfer.Examples["zh"][0]}}}, 422)
	if len(p.Details) == 0 || !strings.Contains(p.Details[0], "transfer") {
		t.Errorf("the same example in two intents: %+v", p)
	}
	table := call[console.TableView](w, editor, "GET", "/tables/deposit_rates", nil, 200)
	if table.Rows < 30 || len(table.QuotedBy) < 4 {
		t.Errorf("%+v", table.TableRow)
	}
	wrong := append([][]string{{"x"}}, table.Cells...)
	p = call[problem](w, editor, "PUT", "/tables/deposit_rates", map[string]any{"base": table.File.Base, "columns": table.Columns, "cells": wrong}, 422)
	if len(p.Details) != 1 || !strings.HasPrefix(p.Details[0], "tables/deposit_rates.csv:2:") {
		t.Errorf("%+v", p)
	}
	table.Cells[0][2] = "0.06"
	call[console.TableView](w, editor, "PUT", "/tables/deposit_rates", map[string]any{"base": table.File.Base, "columns": table.Columns, "cells": table.Cells}, 200)
	flows := call[console.FlowList](w, editor, "GET", "/flows", nil, 200)
	if len(flows.Flows) < 4 {
		t.Errorf("%d flows", len(flows.Flows))
	}
	f := call[console.FlowView](w, editor, "GET", "/flows/"+flows.Flows[0].ID, nil, 200)
	if len(f.Files) < 3 || f.Steps == 0 {
		t.Errorf("%+v", f.FlowRow)
	}
	drafts := call[console.DraftList](w, editor, "GET", "/drafts", nil, 200)
	if len(drafts.Drafts) != 3 {
		t.Errorf("%+v", drafts)
	}
	r := call[console.ReleaseView](w, editor, "POST", "/releases", map[string]any{"title": "说法和利率"}, 200)
	if r = settled(w, r.ID); r.Status != "review" {
		t.Errorf("%+v", r.Gate)
	}
	for _, c := range r.Changes {
		if lines := strings.Count(c.Diff, "\n-") + strings.Count(c.Diff, "\n+"); lines > 6 && c.Kind == "changed" {
			t.Errorf("%s: one change rewrote %d lines:\n%.400s", c.Path, lines, c.Diff)
		}
	}
	call[problem](w, editor, "PUT", "/employees/xiaoda/duty", map[string]any{"on_leave": true, "reason": "x"}, 403)
	call[problem](w, approver, "PUT", "/employees/nobody/duty", map[string]any{"on_leave": true, "reason": "x"}, 404)
	e := call[console.EmployeeList](w, approver, "PUT", "/employees/xiaoda/duty", map[string]any{"on_leave": true, "reason": "检修"}, 200)
	if len(e.Employees) != 3 || !e.Employees[2].OnLeave {
		t.Errorf("%+v", e)
	}
	versions := call[console.FlowVersionList](w, editor, "GET", "/flow-versions", nil, 200).Versions
	if len(versions) < 5 || !versions[0].Current {
		t.Fatalf("%+v", versions)
	}
	back := "/flow-versions/" + versions[0].Hash + "/recall"
	call[problem](w, editor, "PUT", back, map[string]any{"recalled": true, "reason": "x"}, 403)
	call[problem](w, approver, "PUT", back, map[string]any{"recalled": true}, 400)
	call[problem](w, approver, "PUT", "/flow-versions/"+strings.Repeat("0", 64)+"/recall", map[string]any{"recalled": true, "reason": "x"}, 404)
	if v := call[console.FlowVersionList](w, approver, "PUT", back, map[string]any{"recalled": true, "reason": "读回漏了金额"}, 200).Versions; !v[0].Recalled || v[0].Reason != "读回漏了金额" || v[1].Recalled {
		t.Errorf("%+v", v[:2])
	}
	log := call[console.AuditList](w, approver, "GET", "/audit?action=flow.", nil, 200).Entries
	if len(log) != 1 || log[0].Action != "flow.recalled" || log[0].Object != versions[0].Hash || log[0].Detail["reason"] != "读回漏了金额" {
		t.Errorf("audit %+v", log)
	}
	if v := call[console.FlowVersionList](w, approver, "PUT", back, map[string]any{"recalled": false}, 200).Versions; v[0].Recalled {
		t.Errorf("%+v", v[0])
	}
}

func TestImportAndRights(t *testing.T) {
	t.Parallel()
	w := open(t)
	csv := "编号,问题,答案\nnew-one,全新的问题,答案\ndeposits-large-cd,大额存单多少起,覆盖\n,没有答案,\n"
	for _, commit := range []string{"false", "true"} {
		v := call[console.ImportResult](w, editor, "POST", "/import?name=a.csv&group=faq&commit="+commit, csv, 200)
		if len(v.Articles) != 2 || len(v.Problems) != 1 || v.Problems[0].Line != 4 || v.Articles[1].Reason == "" || (commit == "true") != (v.Saved == 1) {
			t.Errorf("%s: %+v", commit, v)
		}
	}
	call[problem](w, editor, "POST", "/import?name=a.exe", "x", 400)
	for _, as := range []string{"", "x:customer", "x:agent", "x:anonymous"} {
		want := 403
		if as == "" {
			want = 401
		}
		for _, route := range []string{"GET /articles", "GET /audit", "POST /releases/r1/publish", "POST /try", "GET /drafts"} {
			method, path, _ := strings.Cut(route, " ")
			call[problem](w, as, method, path, nil, want)
		}
	}
	call[problem](w, editor, "POST", "/releases/r1/publish", nil, 403)
	call[problem](w, approver, "POST", "/releases/r9/publish", nil, 404)
	call[problem](w, approver, "POST", "/releases/r1/publish", nil, 409)
	call[problem](w, editor, "GET", "/articles/none", nil, 404)
	call[problem](w, editor, "POST", "/try", map[string]any{"text": "x", "on": "morgen"}, 400)
}
