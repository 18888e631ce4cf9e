package flow

import (
	"fmt"
	"maps"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Graph is a flow as people look at it: its steps, the ways between them, and
// where each stands in the file. It is drawn of files with problems too.
type Graph struct {
	Flow  string `json:"flow"`
	Name  Text   `json:"name"`
	Nodes []Node `json:"nodes" nullable:"false"`
	Edges []Edge `json:"edges" nullable:"false"`
}

// Node is one step.
type Node struct {
	ID   string `json:"id"`
	Kind string `json:"kind" doc:"as in docs/flows.md; missing: a step that something leads to and the file has not; unknown: a step without one kind"`
	// Line and Until are its first and its last line; 0 for a missing one.
	Line  int `json:"line"`
	Until int `json:"until"`
	// When is the condition under which it is not skipped.
	When string `json:"when,omitempty"`
	// Detail is what it is about beside its texts: an operation, a result, a queue.
	Detail       string     `json:"detail,omitempty"`
	Irreversible bool       `json:"irreversible,omitempty"`
	Level        string     `json:"level,omitempty" doc:"identity that an irreversible call needs"`
	For          string     `json:"for,omitempty" doc:"the call that a confirm or a step-up belongs to"`
	Runs         string     `json:"runs,omitempty" doc:"the flow that a sub-flow step runs"`
	Slots        []SlotName `json:"slots,omitempty" doc:"what an ask step asks for"`
	Texts        []Wording  `json:"texts" nullable:"false" doc:"what the customer reads there"`
}

// SlotName is a slot as people call it.
type SlotName struct {
	Name  string `json:"name"`
	Label Text   `json:"label"`
}

// Wording is one text of a step; Path is where it stands in the file, for Edit.
type Wording struct {
	Path string `json:"path"`
	Name string `json:"name" enum:"text,yes,title,card,option,doing,reason,ask"`
	Of   string `json:"of,omitempty" doc:"the slot that is asked for"`
	Text Text   `json:"text"`
	Line int    `json:"line"`
}

// Edge is one way from a step to another.
type Edge struct {
	From string `json:"from"`
	To   string `json:"to"`
	Kind string `json:"kind" enum:"next,below,skip,branch,option,done,on,code,failed,loop" doc:"below: to the step below, because nothing else is said; skip: when the step's condition does not hold"`
	// Label is the condition of a branch's arm, an outcome, or a refusal's code.
	Label string `json:"label,omitempty"`
	Text  Text   `json:"text,omitempty" doc:"the answer that a customer chooses"`
	// Path is where the target stands or would stand in the file, for Edit; empty
	// where the way can't be led elsewhere by itself.
	Path string `json:"path,omitempty"`
	Line int    `json:"line,omitempty"`
}

// Draw reads a flow as Parse does and draws it as far as it can be read, with
// everything that is wrong with it. The graph is nil when nothing can be read.
func Draw(path string, data []byte) (*Graph, []Problem) {
	f, problems := Parse(path, data)
	if f == nil {
		// A key that nobody knows must not hide the other steps.
		f = &Flow{Path: path}
		if err := yaml.Unmarshal(data, f); err != nil {
			return nil, problems
		}
		c := &compiler{f: f, src: &SourceFile{Path: path}}
		c.index()
	}
	return f.graph(source(path, data)), problems
}

// source parses a file for its places alone.
func source(path string, data []byte) *SourceFile {
	var any yaml.MapSlice
	src, _ := Decode(path, data, &any)
	return src
}

type drawer struct {
	f   *Flow
	src *SourceFile
	g   *Graph
}

func (f *Flow) graph(src *SourceFile) *Graph {
	d := &drawer{f: f, src: src, g: &Graph{Flow: f.ID, Name: f.Name, Nodes: []Node{}, Edges: []Edge{}}}
	spans := src.spans("steps")
	for i, s := range f.Steps {
		n := d.node(s, fmt.Sprintf("$.steps[%d]", i))
		if i < len(spans) {
			n.Line, n.Until = spans[i][0], spans[i][1]
		}
		d.g.Nodes = append(d.g.Nodes, n)
	}
	for i, s := range f.Steps {
		d.ways(s, fmt.Sprintf("$.steps[%d]", i))
	}
	for _, e := range d.g.Edges {
		if !slices.ContainsFunc(d.g.Nodes, func(n Node) bool { return n.ID == e.To }) {
			d.g.Nodes = append(d.g.Nodes, Node{ID: e.To, Kind: "missing", Texts: []Wording{}})
		}
	}
	return d.g
}

func (d *drawer) line(path string) int { return d.src.At(path, "", "").Line }

func (d *drawer) node(s *Step, p string) Node {
	n := Node{ID: s.ID, Kind: s.Kind, When: s.When, Texts: []Wording{}}
	if n.Kind == "" {
		n.Kind = "unknown"
	}
	say := func(name, path string, t Text) {
		if len(t) > 0 {
			n.Texts = append(n.Texts, Wording{Path: path, Name: name, Text: t, Line: d.line(path)})
		}
	}
	card := func(k *CardSpec, path string) {
		if k != nil {
			say("card", path+".title", k.Title)
		}
	}
	kp := p + "." + s.Kind
	switch s.Kind {
	case "say":
		say("text", kp+".text", s.Say.Text)
		card(s.Say.Card, kp+".card")
		for i, a := range s.Say.Actions {
			say("option", fmt.Sprintf("%s.actions[%d].label", kp, i), a.Label)
		}
	case "ask":
		for _, name := range s.Ask {
			for i, slot := range d.f.Slots {
				if slot.Name != name {
					continue
				}
				n.Slots = append(n.Slots, SlotName{Name: name, Label: slot.Label})
				path := fmt.Sprintf("$.slots[%d].ask", i)
				if len(slot.Ask) > 0 {
					n.Texts = append(n.Texts, Wording{Path: path, Name: "ask", Of: name, Text: slot.Ask, Line: d.line(path)})
				}
			}
		}
	case "choose":
		say("text", kp+".text", s.Choose.Text)
		for i, o := range s.Choose.Options {
			say("option", fmt.Sprintf("%s.options[%d].label", kp, i), o.Label)
		}
	case "confirm":
		n.For = s.Confirm.For
		say("text", kp+".text", s.Confirm.Text)
		say("yes", kp+".yes", s.Confirm.Yes)
		card(s.Confirm.Card, kp+".card")
	case "stepup":
		n.For, n.Detail = s.StepUp.For, s.StepUp.Level
		say("text", kp+".text", s.StepUp.Text)
		say("title", kp+".title", s.StepUp.Title)
	case "call":
		n.Detail, n.Irreversible, n.Level = s.Call.Operation, s.Call.Irreversible, string(s.Call.Level)
		say("doing", kp+".doing", s.Call.Doing)
		say("stands", kp+".stands", s.Call.Stands)
	case "handoff":
		n.Detail = s.Handoff.Queue
		say("text", kp+".text", s.Handoff.Text)
		say("reason", kp+".reason", s.Handoff.Reason)
	case "session":
		n.Detail = s.Session.Purpose
		say("text", kp+".text", s.Session.Text)
	case "subflow":
		n.Runs, n.Detail = s.Subflow.Flow, s.Subflow.Flow
	case "loop":
		n.Detail = s.Loop.Slot
	case "end":
		n.Detail = s.End.Result
		say("text", kp+".text", s.End.Text)
	}
	return n
}

// ways draws where a step leads, as the dialogue goes (see successors).
func (d *drawer) ways(s *Step, p string) {
	if s.Kind == "end" {
		return
	}
	to := map[string]bool{}
	add := func(e Edge) {
		if e.To == "" {
			return // runs off the end: a problem says so
		}
		e.From = s.ID
		if e.Path != "" {
			e.Line = d.line(e.Path)
		}
		to[e.To] = true
		d.g.Edges = append(d.g.Edges, e)
	}
	after := func() {
		kind := "next"
		if s.Next == "" {
			kind = "below"
		}
		add(Edge{To: d.f.After(s), Kind: kind, Path: p + ".next"})
	}
	kp := p + "." + s.Kind
	switch s.Kind {
	case "choose":
		for i, o := range s.Choose.Options {
			target := o.Next
			if target == "" {
				target = d.f.After(s)
			}
			add(Edge{To: target, Kind: "option", Text: o.Label, Path: fmt.Sprintf("%s.options[%d].next", kp, i)})
		}
	case "branch":
		falls := true
		for i, a := range s.Branch {
			target := a.Next
			if target == "" {
				target = d.f.After(s)
			}
			add(Edge{To: target, Kind: "branch", Label: a.When, Path: fmt.Sprintf("%s[%d].next", kp, i)})
			falls = a.When != ""
		}
		if falls {
			after()
		}
	case "call":
		if target := s.Call.On["done"]; target != "" {
			add(Edge{To: target, Kind: "done", Label: "done", Path: kp + ".on.done"})
		} else {
			after()
		}
		for _, k := range slices.Sorted(maps.Keys(s.Call.On)) {
			if k != "done" {
				add(Edge{To: s.Call.On[k], Kind: "on", Label: k, Path: kp + ".on." + k})
			}
		}
		for _, k := range slices.Sorted(maps.Keys(s.Call.Codes)) {
			add(Edge{To: s.Call.Codes[k], Kind: "code", Label: k, Path: kp + ".codes." + k})
		}
	case "wait", "capture", "sign", "review", "session":
		on := s.Outside().On
		if on[OutcomePassed] == "" {
			after()
		}
		for _, k := range slices.Sorted(maps.Keys(on)) {
			add(Edge{To: on[k], Kind: "on", Label: k, Path: kp + ".on." + k})
		}
	case "loop":
		add(Edge{To: s.Loop.To, Kind: "loop", Label: s.Loop.Slot, Path: kp + ".to"})
		after()
	default:
		after()
	}
	if target := d.f.After(s); s.When != "" && !to[target] {
		add(Edge{To: target, Kind: "skip"})
	}
}

// spans are the first and the last line of each entry of a top-level list.
func (s *SourceFile) spans(key string) [][2]int {
	if s.file == nil || len(s.file.Docs) == 0 {
		return nil
	}
	root, ok := s.file.Docs[0].Body.(*ast.MappingNode)
	if !ok {
		return nil
	}
	for i, v := range root.Values {
		list, ok := v.Value.(*ast.SequenceNode)
		if v.Key.GetToken().Value != key || !ok {
			continue
		}
		end := 0 // of the list; 0: the file's
		if i+1 < len(root.Values) {
			end = root.Values[i+1].Key.GetToken().Position.Line - 1
		}
		out := make([][2]int, len(list.Values))
		for k, n := range list.Values {
			out[k][0] = firstLine(n)
		}
		for k, n := range list.Values {
			out[k][1] = lastLine(n)
			if limit := end; k+1 < len(out) {
				out[k][1] = min(out[k][1], out[k+1][0]-1)
			} else if limit > 0 {
				out[k][1] = min(out[k][1], limit)
			}
		}
		return out
	}
	return nil
}

func firstLine(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken().Position.Line
	}
	return n.GetToken().Position.Line
}

// lastLine is the last line on which something of a node stands.
func lastLine(n ast.Node) int {
	w := &lowest{}
	ast.Walk(w, n)
	return w.line
}

type lowest struct{ line int }

// Visit looks at one node's tokens.
func (w *lowest) Visit(n ast.Node) ast.Visitor {
	if t := n.GetToken(); t != nil && t.Position != nil {
		w.line = max(w.line, t.Position.Line+lineBreaks(n))
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		if n.IsFlowStyle && n.End != nil {
			w.line = max(w.line, n.End.Position.Line)
		}
	case *ast.SequenceNode:
		if n.IsFlowStyle && n.End != nil {
			w.line = max(w.line, n.End.Position.Line)
		}
	}
	return w
}

// lineBreaks are the further lines that a text of several lines takes.
func lineBreaks(n ast.Node) int {
	lit, ok := n.(*ast.LiteralNode)
	if !ok || lit.Value == nil || lit.Value.Token == nil {
		return 0
	}
	count := 0
	origin := lit.Value.Token.Origin
	for i, r := range origin {
		if r == '\n' && i < len(origin)-1 {
			count++
		}
	}
	return count + 1
}
