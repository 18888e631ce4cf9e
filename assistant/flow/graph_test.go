package flow_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant/flow"
)

// sample is written in all the styles a flow can have, with comments that must
// survive.
const sample = `# Kept by the payments team.
flow: sample
name: {zh: 样例, en: sample}
level: L1
slots:
  - name: amount
    kind: amount # in yuan
    label: {zh: 金额, en: Amount}
    ask: {zh: 请问多少？, en: "How much?"}
steps:
  - {id: form, ask: amount} # the first
  - id: quote
    # What the bank says about it.
    call:
      operation: quote.get
      args: {amount: amount}
      save: quote
      on: {refused: no}
      codes:
        too_much: less # ask again
  - id: which
    branch:
      - {when: 'quote.fee != nil', next: sure} # costs something
      - {next: fine}
  # Asked once.
  - id: sure
    when: amount != ""
    choose:
      text:
        zh: "要收费，继续吗？"
        en: 'There is a fee. Go on?'
        zh-elder: 要收费，办吗？
      options:
        - {label: {zh: 继续, en: Go on}, yes: true, next: fine}
        - label: {zh: 不了, en: No}
          no: true
          next: bye
  - id: less
    set: {clear: [amount]}
    next: form
  - id: fine
    say:
      text: {zh: 办好了。, en: Done.}
  - id: done
    end: {result: done}
  - id: no
    say: {text: {zh: "没有办成：{{ .refusal.text }}", en: "Not done: {{ .refusal.text_en }}"}}
  - {id: bye, end: {result: cancelled}}
`

func drawn(t *testing.T, text string) *flow.Graph {
	t.Helper()
	g, problems := flow.Draw("flow.yaml", []byte(text))
	if g == nil || len(problems) > 0 {
		t.Fatalf("%v", problems)
	}
	return g
}

func ways(g *flow.Graph) []string {
	var out []string
	for _, e := range g.Edges {
		out = append(out, strings.TrimSpace(e.From+" "+e.Kind+" "+e.To+" "+e.Label+e.Text["en"]))
	}
	return out
}

func node(g *flow.Graph, id string) flow.Node {
	return g.Nodes[slices.IndexFunc(g.Nodes, func(n flow.Node) bool { return n.ID == id })]
}

func TestAGraphShowsEveryWayAndWhereItStands(t *testing.T) {
	t.Parallel()
	g := drawn(t, sample)
	want := []string{
		"form below quote", "quote below which", "quote on no refused", "quote code less too_much",
		"which branch sure quote.fee != nil", "which branch fine", "sure option fine Go on", "sure option bye No", "sure skip less",
		"less next form", "fine below done", "no below bye",
	}
	if got := ways(g); !slices.Equal(got, want) {
		t.Errorf("the ways are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for id, lines := range map[string][2]int{"form": {11, 11}, "quote": {12, 20}, "which": {21, 24}, "sure": {26, 37}, "done": {44, 45}, "no": {46, 47}, "bye": {48, 48}} {
		if n := node(g, id); n.Line != lines[0] || n.Until != lines[1] {
			t.Errorf("%s stands on lines %d to %d, want %v", id, n.Line, n.Until, lines)
		}
	}
	sure := node(g, "sure")
	if len(sure.Texts) != 3 || sure.Texts[0].Text["zh-elder"] != "要收费，办吗？" || sure.Texts[0].Path != "$.steps[3].choose.text" {
		t.Errorf("%+v", sure.Texts)
	}
	form := node(g, "form")
	if len(form.Texts) != 1 || form.Texts[0].Path != "$.slots[0].ask" || form.Slots[0].Label["zh"] != "金额" {
		t.Errorf("%+v", form)
	}
}

func TestAFaultyFlowIsStillDrawn(t *testing.T) {
	t.Parallel()
	g, problems := flow.Draw("flow.yaml", []byte(strings.Replace(sample, "next: bye", "next: nowhere", 1)))
	if len(problems) != 1 || g == nil || node(g, "nowhere").Kind != "missing" {
		t.Errorf("%v %+v", problems, g)
	}
	g, problems = flow.Draw("flow.yaml", []byte(strings.Replace(sample, "operation:", "operatoin:", 1)))
	if len(problems) != 1 || problems[0].Line != 15 || g == nil || len(g.Nodes) != 9 {
		t.Errorf("%v %+v", problems, g)
	}
	if g, problems = flow.Draw("flow.yaml", []byte("flow: [")); g != nil || len(problems) != 1 {
		t.Errorf("%v %+v", problems, g)
	}
}

func TestEveryShippedFlowCanBeDrawn(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../scenes/scenes/*/flow.yaml")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		g := drawn(t, string(raw))
		last := 0
		for _, n := range g.Nodes {
			if n.Kind == "missing" || n.Kind == "unknown" || n.Line <= last || n.Until < n.Line {
				t.Errorf("%s: %+v", file, n)
			}
			last = n.Until
		}
	}
}

func TestTwoVersionsInOneGraph(t *testing.T) {
	t.Parallel()
	after := strings.NewReplacer("办好了。", "已经办好了。", "next: bye", "next: thanks", "  - {id: bye, end: {result: cancelled}}", "  - {id: thanks, end: {result: cancelled}}").Replace(sample)
	c := flow.Compare([]byte(sample), []byte(after))
	if c == nil || c.Nodes["fine"] != "changed" || c.Nodes["thanks"] != "added" || c.Nodes["bye"] != "removed" || len(c.Nodes) != 3 {
		t.Fatalf("%+v", c)
	}
	if c.Before["fine"].Texts[0].Text["zh"] != "办好了。" || len(c.Edges) != len(c.Graph.Edges) {
		t.Errorf("%+v", c.Before)
	}
	var changed []string
	for i, e := range c.Graph.Edges {
		if c.Edges[i] != "same" {
			changed = append(changed, c.Edges[i]+" "+e.From+" "+e.To)
		}
	}
	want := []string{"added sure thanks", "added no thanks", "removed sure bye", "removed no bye"}
	if !slices.Equal(changed, want) {
		t.Errorf("%q, want %q", changed, want)
	}
	if c := flow.Compare(nil, []byte(sample)); c == nil || len(c.Nodes) != 9 || c.Nodes["form"] != "added" {
		t.Errorf("%+v", c)
	}
}
