package console_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/httpapi/console"
)

// counted is what customers are said to have done.
type counted struct{}

func (counted) Reach(_ context.Context, flow string, since time.Time) ([]assistant.StepReach, []assistant.Way, error) {
	if flow != "transfer" || since.Format(time.DateOnly) != "2026-11-15" {
		return nil, nil, nil
	}
	return []assistant.StepReach{{Step: "form", Reached: 10, Cancelled: 2, Abandoned: 3, Waiting: 1}, {Step: "done", Reached: 4, Ended: 3, Abandoned: 1}},
		[]assistant.Way{{Came: "form", Went: "quote", Instances: 4}}, nil
}

func (counted) Volumes(context.Context, time.Time) ([]assistant.Volume, error) {
	return []assistant.Volume{{Flow: "transfer", Started: 10, Done: 4, Cancelled: 2, Abandoned: 3, Waiting: 1}}, nil
}

func plain(string, time.Time) dialogue.Understanding { return dialogue.Understanding{Language: "zh"} }

func way(g *flow.Graph, from, kind, label string) flow.Edge {
	i := slices.IndexFunc(g.Edges, func(e flow.Edge) bool { return e.From == from && e.Kind == kind && e.Label == label })
	if i < 0 {
		return flow.Edge{}
	}
	return g.Edges[i]
}

// A flow's whole way: read as a graph, edited on either side, refused where it
// is wrong, saved as a draft, told apart from the published one.
func TestAFlowIsEditedAsGraphAndAsText(t *testing.T) {
	t.Parallel()
	w := open(t)
	view := call[console.FlowView](w, editor, "GET", "/flows/transfer", nil, 200)
	g := view.Drawing.Graph
	if g == nil || len(g.Nodes) != view.Steps || len(view.Drawing.Problems) > 0 || view.NameEn != "Transfers" || view.Tests < 10 {
		t.Fatalf("%+v", view.FlowRow)
	}
	// What is typed is drawn by the compiler, with what is wrong at its step.
	broken := strings.Replace(view.YAML, "next: refused_end", "next: nowhere", 1)
	drawing := call[console.FlowDrawing](w, editor, "POST", "/flows/transfer/graph", map[string]any{"yaml": broken}, 200)
	if len(drawing.Problems) != 1 || drawing.Problems[0].Step != "not_allowed" || drawing.Problems[0].Remedy == "" {
		t.Errorf("%+v", drawing.Problems)
	}
	if d := call[console.FlowDrawing](w, editor, "POST", "/flows/transfer/graph", map[string]any{"yaml": "flow: ["}, 200); d.Graph != nil || d.Problems[0].Line != 1 {
		t.Errorf("%+v", d)
	}
	p := call[problem](w, editor, "PUT", "/flows/transfer", map[string]any{"base": view.File.Base, "yaml": broken}, 422)
	if len(p.Details) != 1 || !strings.Contains(p.Details[0], "flow.yaml:") || !strings.Contains(p.Details[0], "nowhere") {
		t.Errorf("%+v", p)
	}
	// What is changed on the graph changes its line alone.
	arm := way(g, "allowed", "branch", `quote.refusal != nil && quote.refusal.code == "insufficient_balance"`)
	change := flow.Change{Kind: "lead", Path: arm.Path, Value: "not_allowed"}
	edited := call[console.FlowEdited](w, editor, "POST", "/flows/transfer/edit", map[string]any{"yaml": view.YAML, "change": change}, 200)
	was, is := strings.Split(view.YAML, "\n"), strings.Split(edited.YAML, "\n")
	differs := 0
	for i := range was {
		if was[i] != is[i] {
			differs++
		}
	}
	if len(was) != len(is) || differs != 1 || is[arm.Line-1] == was[arm.Line-1] {
		t.Errorf("%d lines differ", differs)
	}
	if len(edited.Drawing.Problems) == 0 { // nothing leads to too_little any more
		t.Error("the unreachable step is not told")
	}
	call[problem](w, editor, "POST", "/flows/transfer/edit", map[string]any{"yaml": view.YAML, "change": flow.Change{Kind: "remove", Step: "done"}}, 400)
	call[problem](w, approver, "POST", "/flows/transfer/edit", map[string]any{"yaml": view.YAML, "change": change}, 403)

	text := flow.Change{Kind: "text", Path: "$.steps[0].ask", Locale: "zh", Value: "转给谁呢？"}
	for _, n := range g.Nodes {
		if n.ID == "form" {
			text.Path = n.Texts[0].Path
		}
	}
	edited = call[console.FlowEdited](w, editor, "POST", "/flows/transfer/edit", map[string]any{"yaml": view.YAML, "change": text}, 200)
	saved := call[console.FlowView](w, editor, "PUT", "/flows/transfer", map[string]any{"base": view.File.Base, "yaml": edited.YAML}, 200)
	if saved.File.State != "draft" || saved.Published != view.YAML || !strings.Contains(saved.YAML, "转给谁呢？") || !strings.HasPrefix(saved.YAML, "# Money moves once") {
		t.Errorf("%+v", saved.File)
	}
	c := call[console.Conflict](w, other, "PUT", "/flows/transfer", map[string]any{"base": view.File.Base, "yaml": view.YAML + "# mine\n"}, 409)
	if c.By != "s:eva" || !strings.Contains(c.Diff, "+# mine") {
		t.Errorf("%+v", c)
	}

	versions := call[console.FlowVersions](w, editor, "GET", "/flows/transfer/versions", nil, 200)
	if versions.Draft == nil || len(versions.Versions) != 1 || versions.Versions[0].Release != "r1" || !versions.Versions[0].Live {
		t.Errorf("%+v", versions)
	}
	compared := call[console.FlowComparison](w, editor, "GET", "/flows/transfer/compare?from=r1&to=draft", nil, 200)
	if compared.Graph == nil || len(compared.Graph.Nodes) != 1 || compared.Graph.Nodes["form"] != "changed" || !strings.Contains(compared.Diff, "转给谁呢") {
		t.Errorf("%+v", compared)
	}
	// Another release without a change of the flow is no version of it.
	r := call[console.ReleaseView](w, editor, "POST", "/releases", map[string]any{"title": "问法"}, 200)
	if r = settled(w, r.ID); r.Status != "review" {
		t.Fatalf("%+v", r.Gate)
	}
	call[console.ReleaseView](w, approver, "POST", "/releases/"+r.ID+"/approve", nil, 200)
	call[console.ReleaseView](w, approver, "POST", "/releases/"+r.ID+"/publish", nil, 200)
	versions = call[console.FlowVersions](w, editor, "GET", "/flows/transfer/versions", nil, 200)
	if v := versions.Versions; versions.Draft != nil || len(v) != 2 || v[0].Release != r.ID || !v[0].Live || v[1].Live || v[0].Author != "s:eva" || v[0].Approver != "s:anna" {
		t.Errorf("%+v", versions)
	}
	if v := call[console.FlowVersions](w, editor, "GET", "/flows/balance/versions", nil, 200); len(v.Versions) != 1 {
		t.Errorf("%+v", v)
	}
	call[problem](w, editor, "GET", "/flows/transfer/compare?from=r1&to="+url.QueryEscape("r99"), nil, 404)
	call[problem](w, editor, "GET", "/flows/moon/versions", nil, 404)
}

func TestAFlowIsPlayedAndCounted(t *testing.T) {
	t.Parallel()
	w := open(t)
	list := call[console.FlowList](w, editor, "GET", "/flows", nil, 200)
	numbers := []string{}
	for _, f := range list.Flows {
		numbers = append(numbers, f.Number)
		if f.ID == "transfer" && (f.Volume == nil || f.Volume.Started != 10 || f.Volume.Done != 4) || f.ID == "balance" && f.Volume != nil {
			t.Errorf("%s %+v", f.ID, f.Volume)
		}
	}
	if list.Days != 30 || !slices.IsSortedFunc(numbers, func(a, b string) int { return len(a) - len(b) }) {
		t.Errorf("%v", numbers)
	}
	reach := call[console.FlowReach](w, editor, "GET", "/flows/transfer/reach?days=7", nil, 200)
	want := []console.StepReach{{Step: "form", Reached: 10, WentOn: 4, Cancelled: 2, Abandoned: 3, Waiting: 1}, {Step: "done", Reached: 4, Ended: 4}}
	if !slices.Equal(reach.Steps, want) || len(reach.Ways) != 1 || reach.Ways[0].Count != 4 {
		t.Errorf("%+v", reach)
	}

	view := call[console.FlowView](w, editor, "GET", "/flows/transfer", nil, 200)
	edited := strings.Replace(view.YAML, "请问转给谁？", "转给谁呢？", 1)
	for _, c := range []struct{ yaml, want string }{{"", "请问转给谁？"}, {edited, "转给谁呢？"}} {
		ran := call[console.FlowRan](w, approver, "POST", "/flows/transfer/run", map[string]any{"yaml": c.yaml, "as": "C002", "lines": []map[string]any{{"begin": true}}}, 200)
		if len(ran.Turns) != 1 || len(ran.Turns[0].Path) != 1 || ran.Turns[0].Path[0].Step != "form" || ran.Turns[0].Step != "form" || ran.Turns[0].Said[0].Text != c.want {
			t.Errorf("%+v", ran)
		}
	}
	call[problem](w, editor, "POST", "/flows/transfer/run", map[string]any{"yaml": strings.Replace(edited, "next: code", "next: nowhere", 1), "lines": []any{}}, 422)
}
