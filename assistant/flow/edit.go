package flow

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Change is one edit of a flow that somebody makes on its graph.
type Change struct {
	Kind string `json:"kind" enum:"text,lead,rename,add,remove" doc:"text: a wording; lead: where a way goes; rename: a step; add: a step on a way; remove: a step"`
	// Path is of a Wording (text) or an Edge (lead, add).
	Path   string `json:"path,omitempty"`
	Locale string `json:"locale,omitempty" enum:"zh,en,zh-elder,en-elder," doc:"of a text"`
	Step   string `json:"step,omitempty" doc:"the step to rename or to remove"`
	// Value is the text, the step to lead to, or the new id. An empty one takes
	// an elder wording or a way away.
	Value string `json:"value,omitempty" maxLength:"4000"`
	As    string `json:"as,omitempty" enum:"say,choose,branch,handoff," doc:"the kind of a new step"`
}

// Edit makes a change and leaves every other line of the file as it is, with
// its comments and its style.
func Edit(data []byte, change Change) ([]byte, error) {
	g, _ := Draw("", data)
	if g == nil {
		_, err := readText(data)
		return nil, errors.Join(err, errStyle)
	}
	e := &edit{g: g, data: data}
	switch change.Kind {
	case "text":
		e.text(change)
	case "lead":
		e.lead(change)
	case "rename":
		e.rename(change.Step, change.Value)
	case "add":
		e.add(change)
	case "remove":
		e.remove(change.Step)
	default:
		e.err = fmt.Errorf("不认识的修改 %q / unknown change %q", change.Kind, change.Kind)
	}
	return e.data, e.err
}

type edit struct {
	g    *Graph
	data []byte
	err  error
}

func (e *edit) fail(zh, en string) {
	if e.err == nil {
		e.err = errors.New(zh + " / " + en)
	}
}

func (e *edit) set(path, value string) {
	if e.err == nil {
		e.apply(set(e.data, path, value))
	}
}

func (e *edit) unset(path string) {
	if e.err == nil {
		e.apply(unset(e.data, path))
	}
}

func (e *edit) apply(data []byte, err error) {
	if err != nil {
		e.err = err
		return
	}
	e.data = data
}

func (e *edit) node(id string) (Node, int) {
	i := slices.IndexFunc(e.g.Nodes, func(n Node) bool { return n.ID == id && n.Kind != "missing" })
	if i < 0 {
		e.fail("没有步骤 "+id, "there is no step "+id)
		return Node{}, -1
	}
	return e.g.Nodes[i], i
}

func (e *edit) text(c Change) {
	known := slices.ContainsFunc(e.g.Nodes, func(n Node) bool {
		return slices.ContainsFunc(n.Texts, func(w Wording) bool { return w.Path == c.Path })
	})
	elder := strings.HasSuffix(c.Locale, "-elder")
	switch {
	case !known || !slices.Contains([]string{"zh", "en", "zh-elder", "en-elder"}, c.Locale):
		e.fail("没有这段话", "there is no such text")
	case c.Value == "" && elder:
		e.unset(c.Path + "." + c.Locale)
	case strings.TrimSpace(c.Value) == "":
		e.fail("中文和英文都要有话，不能空着", "both languages need a wording")
	default:
		e.set(c.Path+"."+c.Locale, c.Value)
	}
}

func (e *edit) edge(path string) (Edge, bool) {
	i := slices.IndexFunc(e.g.Edges, func(w Edge) bool { return w.Path == path && path != "" })
	if i < 0 {
		return Edge{}, false
	}
	return e.g.Edges[i], true
}

func (e *edit) lead(c Change) {
	way, known := e.edge(c.Path)
	// A way that a call has not got yet: another outcome of it.
	outcome := outcomePath(e.g, c.Path)
	switch {
	case !known && !outcome:
		e.fail("没有这条路", "there is no such way")
	case c.Value == "" && (way.Kind == "next" || way.Kind == "option" || way.Kind == "on" || way.Kind == "code" || way.Kind == "done" || way.Kind == "failed"):
		e.unset(c.Path)
	case c.Value == "":
		e.fail("这条路一定要通向一个步骤", "this way must lead to a step")
	default:
		if _, i := e.node(c.Value); i >= 0 {
			e.set(c.Path, c.Value)
		}
	}
}

// outcomePath says whether a path is an outcome of a call of the flow.
func outcomePath(g *Graph, path string) bool {
	for i, n := range g.Nodes {
		rest, ok := strings.CutPrefix(path, fmt.Sprintf("$.steps[%d].call.on.", i))
		if ok && n.Kind == "call" && slices.Contains([]string{"done", "refused", "failed", "unknown"}, rest) {
			return true
		}
	}
	return false
}

// fresh says whether a step may get an id.
func (e *edit) fresh(id string) bool {
	switch {
	case id == "" || len(id) > 60 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "":
		e.fail("步骤名只用小写字母、数字、下划线和连字符", "a step's id has lower-case letters, digits, _ and -")
	case slices.ContainsFunc(e.g.Nodes, func(n Node) bool { return n.ID == id && n.Kind != "missing" }):
		e.fail("已经有步骤 "+id+"，换一个名字", "there is a step "+id+" already: choose another id")
	default:
		return true
	}
	return false
}

// rename gives a step another id, wherever the flow names it.
func (e *edit) rename(from, to string) {
	_, at := e.node(from)
	if at < 0 || from == to || !e.fresh(to) {
		return
	}
	e.set(fmt.Sprintf("$.steps[%d].id", at), to)
	for _, way := range e.g.Edges {
		if way.To == from && e.written(way) {
			e.set(way.Path, to)
		}
	}
	for i, n := range e.g.Nodes {
		if n.For == from {
			e.set(fmt.Sprintf("$.steps[%d].%s.for", i, n.Kind), to)
		}
	}
}

// written says whether the file itself names a way's target.
func (e *edit) written(way Edge) bool {
	t, err := readText(e.data)
	if err != nil || way.Path == "" {
		return false
	}
	where, err := segments(way.Path)
	return err == nil && find(t.root, where) != nil
}

// below is the step that stands below another; empty for the last.
func (e *edit) below(at int) string {
	if at+1 < len(e.g.Nodes) && e.g.Nodes[at+1].Kind != "missing" {
		return e.g.Nodes[at+1].ID
	}
	return ""
}

// add puts a new step on a way.
func (e *edit) add(c Change) {
	way, known := e.edge(c.Path)
	if !known {
		e.fail("先选一条路，新步骤放在它上面", "choose the way that the new step shall stand on")
		return
	}
	_, at := e.node(way.From)
	if at < 0 || !e.fresh(c.Value) {
		return
	}
	next := way.To
	place := at + 1
	if way.Kind == "below" {
		next = "" // it falls on as the step above it did
	} else {
		// What falls from the step above must not fall into the new one.
		falls := slices.ContainsFunc(e.g.Edges, func(o Edge) bool { return o.From == way.From && o.Path != way.Path && !e.written(o) })
		if falls || !e.written(way) {
			place = e.steps()
		}
		e.set(c.Path, c.Value)
	}
	e.insert(place, blankStep(c.Value, c.As, next, way.To))
}

// steps is how many steps the file has.
func (e *edit) steps() int {
	n := len(e.g.Nodes)
	for n > 0 && e.g.Nodes[n-1].Kind == "missing" {
		n--
	}
	return n
}

// blankStep is a new step as lines of YAML, without the list's indent. next is
// empty where the step below follows anyway.
func blankStep(id, kind, next, target string) []string {
	out := []string{"- id: " + id}
	switch kind {
	case "choose":
		return append(out, "  choose:", `    text: {zh: "要继续吗？", en: "Shall we go on?"}`, "    options:",
			"      - {label: {zh: 继续, en: Go on}, yes: true, next: "+target+"}",
			"      - {label: {zh: 先不了, en: Not now}, no: true, next: "+target+"}")
	case "branch":
		return append(out, "  branch:", `    - {when: edition == "elder", next: `+target+"}", "    - {next: "+target+"}")
	case "handoff":
		out = append(out, "  handoff:", "    reason: {zh: 请写明转人工的原因, en: Say why a person is asked for}", `    text: {zh: "我请同事来帮您。", en: "A colleague will help you."}`)
	default:
		out = append(out, "  say:", `    text: {zh: "请在这里写给客户的话。", en: "Write here what the customer reads."}`)
	}
	if next != "" {
		out = append(out, "  next: "+next)
	}
	return out
}

// insert writes a new entry of steps: at a place.
func (e *edit) insert(place int, lines []string) {
	if e.err != nil {
		return
	}
	spans := source("", e.data).spans("steps")
	t, err := readText(e.data)
	if err != nil || place == 0 || place > len(spans) {
		e.err = errors.Join(err, errStyle)
		return
	}
	list := find(t.root, []seg{{key: "steps", index: -1}})
	pad := strings.Repeat(" ", list.GetToken().Position.Column-1)
	end := t.lineEnd(spans[place-1][1])
	var fresh []any
	written := pad + strings.Join(lines, "\n"+pad)
	if err := yaml.Unmarshal([]byte(written), &fresh); err != nil {
		e.err = fmt.Errorf("write the new step: %w", err)
		return
	}
	e.apply(checked(e.data, t.replaced(end, end, "\n"+written), func(tree any) any {
		return withSteps(tree, func(steps []any) []any { return slices.Insert(steps, place, fresh[0]) })
	}))
}

func withSteps(tree any, change func([]any) []any) any {
	m, ok := tree.(map[string]any)
	if steps, list := m["steps"].([]any); ok && list {
		m["steps"] = change(steps)
	}
	return tree
}

// remove takes a step away; what led to it leads to where it led.
func (e *edit) remove(id string) {
	node, at := e.node(id)
	if at < 0 {
		return
	}
	target, in := e.onward(node), 0
	for _, way := range e.g.Edges {
		if way.To != id || way.From == id {
			continue
		}
		in++
		if target == "" || way.Path == "" {
			continue
		}
		if e.written(way) || target != e.below(at) {
			e.set(way.Path, target)
		}
	}
	switch {
	case in > 0 && target == "":
		e.fail("还有路通到 "+id+"，先把它们改到别处", "something still leads to "+id+": lead it elsewhere first")
	case at == 0 && target != e.below(at):
		e.fail("第一步后面不是紧接着的一步，请直接改 YAML", "the first step does not lead to the one below it: edit the YAML")
	}
	if e.err != nil {
		return
	}
	span := source("", e.data).spans("steps")[at]
	t, err := readText(e.data)
	if err != nil {
		e.err = err
		return
	}
	// A comment right above a step is about it.
	first := span[0]
	for first > 1 && strings.HasPrefix(strings.TrimSpace(string(t.runes[t.at(first-1, 1):t.lineEnd(first-1)])), "#") && first-1 > e.above(at) {
		first--
	}
	from, until := t.at(first, 1), min(t.lineEnd(span[1])+1, len(t.runes))
	e.apply(checked(e.data, t.replaced(from, until, ""), func(tree any) any {
		return withSteps(tree, func(steps []any) []any { return slices.Delete(steps, at, at+1) })
	}))
}

// above is the last line of the step above one, or 0.
func (e *edit) above(at int) int {
	if at == 0 {
		return 0
	}
	return source("", e.data).spans("steps")[at-1][1]
}

// onward is where a step leads when it does what it is for.
func (e *edit) onward(n Node) string {
	to := ""
	for _, way := range e.g.Edges {
		if way.From != n.ID || way.To == n.ID {
			continue
		}
		switch way.Kind {
		case "next", "below", "done":
			return way.To
		case "branch":
			to = way.To // the last arm
		case "option":
			if to == "" {
				to = way.To
			}
		}
	}
	return to
}
