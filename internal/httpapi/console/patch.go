package console

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// patch makes a YAML file say what wanted says, which is written anew only where
// it differs: every other line stays byte for byte, with its comments, its order
// and its style. So whoever approves sees what was changed and nothing else.
func patch(text []byte, wanted any) ([]byte, error) {
	fresh, err := yaml.Marshal(wanted)
	if err != nil {
		return nil, fmt.Errorf("write the file: %w", err)
	}
	next, err := ordered(fresh)
	if err != nil {
		return nil, err
	}
	was, err := ordered(text)
	if err != nil {
		return nil, err
	}
	next, _ = inOrder(next, was).(yaml.MapSlice)
	if fresh, err = yaml.MarshalWithOptions(next, yaml.Indent(2), yaml.IndentSequence(true)); err != nil {
		return nil, fmt.Errorf("write the file: %w", err)
	}
	file, err := parser.ParseBytes(text, parser.ParseComments)
	if err != nil || len(file.Docs) != 1 {
		return fresh, nil //nolint:nilerr // not one we can keep the style of
	}
	root := mapping(file.Docs[0].Body)
	if root == nil || root.IsFlowStyle || root.Values[0].Key.GetToken().Position.Column != 1 {
		return fresh, nil
	}
	p := &patcher{lines: strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")}
	p.mapping(root, was, next, 1, len(p.lines), 0)
	out := p.apply()
	// What was spliced must read as what was wanted; else the plain way is taken.
	if got, err := ordered(out); err != nil || !alike(got, next) {
		return fresh, nil //nolint:nilerr // the plain way is always right
	}
	return out, nil
}

// comments counts the comments of a YAML file.
func comments(text []byte) int {
	file, err := parser.ParseBytes(text, parser.ParseComments)
	if err != nil {
		return 0
	}
	n := 0
	for _, doc := range file.Docs {
		ast.Walk(counter{&n}, doc.Body)
	}
	return n
}

type counter struct{ n *int }

// Visit counts one node's comment.
func (c counter) Visit(n ast.Node) ast.Visitor {
	if g, ok := n.(*ast.CommentGroupNode); ok {
		*c.n += len(g.Comments)
		return c
	}
	if g := n.GetComment(); g != nil {
		*c.n += len(g.Comments)
	}
	return c
}

func ordered(text []byte) (yaml.MapSlice, error) {
	var m yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(text, &m, yaml.UseOrderedMap()); err != nil {
		return nil, invalid([]string{yaml.FormatError(err, false, false)})
	}
	return m, nil
}

func mapping(n ast.Node) *ast.MappingNode {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m
	case *ast.MappingValueNode:
		return ast.Mapping(m.GetToken(), false, m)
	}
	return nil
}

// inOrder puts the keys of a value in the order they had; wordings come as zh,
// en, zh-elder where they had none.
func inOrder(next, was any) any {
	switch v := next.(type) {
	case yaml.MapSlice:
		old, _ := was.(yaml.MapSlice)
		place := func(key string) int {
			if i := slices.IndexFunc(old, func(o yaml.MapItem) bool { return fmt.Sprint(o.Key) == key }); i >= 0 {
				return i
			}
			return len(old) + slices.Index([]string{"zh", "en", "zh-elder"}, key)
		}
		out := slices.Clone(v)
		if len(old) > 0 || get(v, "zh") != nil {
			// A key that is new to a file keeps the place it has among the wanted ones.
			if known := slices.ContainsFunc(v, func(i yaml.MapItem) bool {
				return get(old, fmt.Sprint(i.Key)) == nil && fmt.Sprint(i.Key) != "zh-elder" && fmt.Sprint(i.Key) != "en"
			}); !known || len(old) == 0 {
				slices.SortStableFunc(out, func(a, b yaml.MapItem) int { return place(fmt.Sprint(a.Key)) - place(fmt.Sprint(b.Key)) })
			}
		}
		for i := range out {
			out[i].Value = inOrder(out[i].Value, get(old, fmt.Sprint(out[i].Key)))
		}
		return out
	case []any:
		old, _ := was.([]any)
		out := slices.Clone(v)
		for i := range out {
			var before any
			if i < len(old) {
				before = old[i]
			}
			out[i] = inOrder(out[i], before)
		}
		return out
	}
	return next
}

// get finds a key's value; nil when it stands nowhere.
func get(m yaml.MapSlice, key string) any {
	for _, item := range m {
		if fmt.Sprint(item.Key) == key {
			return item.Value
		}
	}
	return nil
}

// alike compares two values; what is missing, empty or null is the same, and so
// is the order of keys.
func alike(a, b any) bool {
	if blank(a) || blank(b) {
		return blank(a) && blank(b)
	}
	x, okX := a.(yaml.MapSlice)
	y, okY := b.(yaml.MapSlice)
	if okX && okY {
		for _, m := range []yaml.MapSlice{x, y} {
			for _, item := range m {
				if key := fmt.Sprint(item.Key); !alike(get(x, key), get(y, key)) {
					return false
				}
			}
		}
		return true
	}
	l, okL := a.([]any)
	r, okR := b.([]any)
	if okL && okR {
		return slices.EqualFunc(l, r, alike)
	}
	return reflect.DeepEqual(a, b) || fmt.Sprint(a) == fmt.Sprint(b) && !okX && !okY && !okL && !okR
}

func blank(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case []any:
		return len(x) == 0
	case yaml.MapSlice:
		return !slices.ContainsFunc(x, func(i yaml.MapItem) bool { return !blank(i.Value) })
	}
	return false
}

// splice replaces lines from (1-based, inclusive) to until (exclusive).
type splice struct {
	from, until int
	with        []string
}

type patcher struct {
	lines   []string
	splices []splice
}

func (p *patcher) replace(from, until int, with ...string) {
	p.splices = append(p.splices, splice{from, until, with})
}

func (p *patcher) apply() []byte {
	slices.SortStableFunc(p.splices, func(a, b splice) int { return a.from - b.from })
	var out []string
	at := 1
	for _, s := range p.splices {
		if s.from > at {
			out = append(out, p.lines[at-1:s.from-1]...)
		}
		out = append(out, s.with...)
		at = max(at, s.until)
	}
	out = append(out, p.lines[at-1:]...)
	return []byte(strings.Join(out, "\n") + "\n")
}

// mapping patches a block mapping that stands on lines first to last.
func (p *patcher) mapping(node *ast.MappingNode, was, next yaml.MapSlice, first, last, indent int) {
	type block struct {
		key         string
		from, until int
		value       ast.Node
	}
	var blocks []block
	for i, v := range node.Values {
		b := block{key: v.Key.GetToken().Value, from: v.Key.GetToken().Position.Line, until: last + 1, value: v.Value}
		if i+1 < len(node.Values) {
			b.until = p.above(node.Values[i+1].Key.GetToken().Position.Line)
		}
		blocks = append(blocks, b)
	}
	for _, b := range blocks {
		value, kept := get(next, b.key), get(was, b.key)
		switch {
		case alike(value, kept):
		case blank(value) && indent == 0 && get(next, b.key) == nil, value == nil:
			p.replace(b.from, b.until)
		default:
			p.value(b.key, b.value, kept, value, b.from, b.until, indent)
		}
	}
	// What is new stands behind the key it follows in the wanted order.
	after := first
	if len(blocks) > 0 {
		after = blocks[0].from
	}
	for _, item := range next {
		key := fmt.Sprint(item.Key)
		if i := slices.IndexFunc(blocks, func(b block) bool { return b.key == key }); i >= 0 {
			after = blocks[i].until
			continue
		}
		if !blank(item.Value) {
			p.replace(after, after, written(key, item.Value, indent, false)...)
		}
	}
}

// above is where the comments and blank lines right before a line begin: they
// belong to what stands below them.
func (p *patcher) above(line int) int {
	for line > 1 {
		text := strings.TrimSpace(p.lines[line-2])
		if text != "" && !strings.HasPrefix(text, "#") {
			break
		}
		line--
	}
	return line
}

// value patches one key whose value differs.
func (p *patcher) value(key string, node ast.Node, was, next any, from, until, indent int) {
	if m := mapping(node); m != nil && !m.IsFlowStyle && m.Values[0].Key.GetToken().Position.Line > from {
		w, okW := was.(yaml.MapSlice)
		n, okN := next.(yaml.MapSlice)
		if okW && okN {
			p.mapping(m, w, n, from+1, until-1, m.Values[0].Key.GetToken().Position.Column-1)
			return
		}
	}
	if s, ok := node.(*ast.SequenceNode); ok && !s.IsFlowStyle {
		w, okW := was.([]any)
		n, okN := next.([]any)
		if okW && okN && len(w) == len(s.Values) && len(n) > 0 {
			p.sequence(s, w, n, until)
			return
		}
	}
	flow := false
	switch n := node.(type) {
	case *ast.MappingNode:
		flow = n.IsFlowStyle
	case *ast.SequenceNode:
		flow = n.IsFlowStyle
	}
	lines := written(key, next, indent, flow)
	if c := node.GetComment(); c != nil && len(lines) == 1 && c.GetToken().Position.Line == from {
		lines[0] += " " + strings.TrimSpace(c.String())
	}
	p.replace(from, until, lines...)
}

// sequence patches a block list: the lines of what stays are kept.
func (p *patcher) sequence(node *ast.SequenceNode, was, next []any, until int) {
	starts := make([]int, len(was)+1)
	for i, v := range node.Values {
		line := v.GetToken().Position.Line
		if m := mapping(v); m != nil {
			line = m.Values[0].Key.GetToken().Position.Line
		}
		starts[i] = line
		if i > 0 {
			starts[i] = p.above(line)
		}
	}
	starts[len(was)] = until
	pad := strings.Repeat(" ", node.Start.Position.Column-1)
	used := make([]bool, len(was))
	var out []string
	for at, item := range next {
		i := slices.IndexFunc(was, func(w any) bool { return alike(w, item) })
		for i >= 0 && used[i] {
			j := slices.IndexFunc(was[i+1:], func(w any) bool { return alike(w, item) })
			if j < 0 {
				i = -1
				break
			}
			i += j + 1
		}
		if i >= 0 {
			used[i] = true
			out = append(out, p.lines[starts[i]-1:starts[i+1]-1]...)
			continue
		}
		// One of several fields of an entry in the same place.
		if m, ok := item.(yaml.MapSlice); ok && at < len(was) && len(was) == len(next) && !used[at] {
			if old, ok := was[at].(yaml.MapSlice); ok {
				if sub := mapping(node.Values[at]); sub != nil && !sub.IsFlowStyle {
					used[at] = true
					out = append(out, p.entry(sub, old, m, starts[at], starts[at+1])...)
					continue
				}
			}
		}
		out = append(out, listed(item, pad)...)
	}
	p.replace(starts[0], until, out...)
}

// entry patches one mapping of a list by itself and gives its lines.
func (p *patcher) entry(node *ast.MappingNode, was, next yaml.MapSlice, from, until int) []string {
	inner := &patcher{lines: p.lines[:until-1]}
	column := node.Values[0].Key.GetToken().Position.Column - 1
	first := fmt.Sprint(node.Values[0].Key.GetToken().Value)
	if !alike(get(was, first), get(next, first)) {
		// The first key stands behind the dash: the entry is written anew.
		dash := strings.Repeat(" ", max(0, column-2))
		return listed(next, dash)
	}
	inner.mapping(node, was, next, from, until-1, column)
	text := strings.TrimSuffix(string(inner.apply()), "\n")
	return strings.Split(text, "\n")[from-1:]
}

// written is a key with its value as lines of YAML.
func written(key string, value any, indent int, flow bool) []string {
	pad := strings.Repeat(" ", indent)
	if flow || short(value) {
		if text, ok := inline(value); ok {
			return []string{pad + key + ": " + text}
		}
	}
	raw, err := yaml.MarshalWithOptions(yaml.MapSlice{{Key: key, Value: value}}, yaml.Indent(2), yaml.IndentSequence(true))
	if err != nil {
		return nil // patch sees that it is missing
	}
	return indented(raw, pad)
}

// listed is one entry of a block list.
func listed(value any, pad string) []string {
	raw, err := yaml.MarshalWithOptions([]any{value}, yaml.Indent(2))
	if err != nil {
		return nil
	}
	return indented(raw, pad)
}

func indented(raw []byte, pad string) []string {
	lines := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = pad + line
		}
	}
	return lines
}

// short says whether a value is written on one line even where nothing tells the style.
func short(value any) bool {
	switch v := value.(type) {
	case []any:
		return !slices.ContainsFunc(v, func(x any) bool { _, deep := x.(yaml.MapSlice); return deep })
	case yaml.MapSlice, string:
		return false
	}
	return true
}

// inline is a value on one line; false where that can't be.
func inline(value any) (string, bool) {
	switch v := value.(type) {
	case []any:
		parts := make([]string, 0, len(v))
		for _, x := range v {
			text, ok := inline(x)
			if !ok {
				return "", false
			}
			parts = append(parts, text)
		}
		return "[" + strings.Join(parts, ", ") + "]", true
	case yaml.MapSlice:
		parts := make([]string, 0, len(v))
		for _, item := range v {
			text, ok := inline(item.Value)
			if !ok {
				return "", false
			}
			parts = append(parts, fmt.Sprint(item.Key)+": "+text)
		}
		return "{" + strings.Join(parts, ", ") + "}", true
	case string:
		if strings.Contains(v, "\n") {
			return "", false
		}
		if v == "" || strings.ContainsAny(v, ",[]{}:#\"'\\&*!|>%@`?") {
			return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`, true
		}
	}
	raw, err := yaml.Marshal(value)
	if err != nil {
		return "", false
	}
	text := string(bytes.TrimSpace(raw))
	return text, !strings.Contains(text, "\n")
}
