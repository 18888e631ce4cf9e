package flow

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// errStyle says that a place is written in a way that can't be changed without
// touching other lines.
var errStyle = errors.New("这一处的写法不能在图上改，请直接改 YAML / this place is written in a way that the graph can't change: edit the YAML")

// text is a YAML file whose single values are changed in place: every other
// character stays, comments and style included. Each change is read back and
// must mean what was wanted, else it is refused.
type text struct {
	runes []rune
	root  ast.Node
}

func readText(data []byte) (*text, error) {
	file, err := parser.ParseBytes(data, parser.ParseComments)
	if err != nil || len(file.Docs) != 1 {
		return nil, errors.New("YAML 还读不懂，先改好标出的地方 / the YAML can't be read yet: correct the marked place first")
	}
	return &text{runes: []rune(string(data)), root: file.Docs[0].Body}, nil
}

// at is the place of a line and column (1-based) among the runes.
func (t *text) at(line, column int) int {
	i := 0
	for ; line > 1 && i < len(t.runes); i++ {
		if t.runes[i] == '\n' {
			line--
		}
	}
	return min(i+column-1, len(t.runes))
}

// lineEnd is the place of the line break that ends a line.
func (t *text) lineEnd(line int) int {
	i := t.at(line, 1)
	for i < len(t.runes) && t.runes[i] != '\n' {
		i++
	}
	return i
}

func (t *text) replaced(from, until int, with string) []byte {
	return []byte(string(t.runes[:from]) + with + string(t.runes[until:]))
}

// step of a path: a key, or a place in a list.
type seg struct {
	key   string
	index int // -1 for a key
}

// segments splits $.steps[3].call.on.refused.
func segments(path string) ([]seg, error) {
	var out []seg
	for part := range strings.SplitSeq(strings.TrimPrefix(strings.TrimPrefix(path, "$"), "."), ".") {
		key, rest, _ := strings.Cut(part, "[")
		if key != "" {
			out = append(out, seg{key: key, index: -1})
		}
		for rest != "" {
			number, more, ok := strings.Cut(rest, "]")
			n, err := strconv.Atoi(number)
			if !ok || err != nil || n < 0 {
				return nil, fmt.Errorf("没有这一处 %s / there is no place %s", path, path)
			}
			out = append(out, seg{index: n})
			rest = strings.TrimPrefix(more, "[")
		}
	}
	return out, nil
}

func pairs(n ast.Node) []*ast.MappingValueNode {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}
	}
	return nil
}

// find goes down a path; nil when it is not there.
func find(n ast.Node, path []seg) ast.Node {
	for _, s := range path {
		if s.index >= 0 {
			list, ok := n.(*ast.SequenceNode)
			if !ok || s.index >= len(list.Values) {
				return nil
			}
			n = list.Values[s.index]
			continue
		}
		i := slices.IndexFunc(pairs(n), func(v *ast.MappingValueNode) bool { return v.Key.GetToken().Value == s.key })
		if i < 0 {
			return nil
		}
		n = pairs(n)[i].Value
	}
	return n
}

// span is where a scalar begins and ends.
func (t *text) span(n ast.Node) (from, until int, err error) {
	if lit, ok := n.(*ast.LiteralNode); ok {
		p := lit.Start.Position
		return t.at(p.Line, p.Column), t.lineEnd(lastLine(n)), nil
	}
	tk := n.GetToken()
	if _, ok := n.(ast.ScalarNode); !ok || tk == nil {
		return 0, 0, errStyle
	}
	from = t.at(tk.Position.Line, tk.Position.Column)
	if from >= len(t.runes) {
		return 0, 0, errStyle
	}
	switch quote := t.runes[from]; quote {
	case '"', '\'':
		for i := from + 1; i < len(t.runes); i++ {
			switch {
			case quote == '"' && t.runes[i] == '\\':
				i++
			case t.runes[i] == quote && quote == '\'' && i+1 < len(t.runes) && t.runes[i+1] == quote:
				i++
			case t.runes[i] == quote:
				return from, i + 1, nil
			}
		}
		return 0, 0, errStyle
	}
	until = from + len([]rune(strings.TrimSpace(tk.Value)))
	if until > len(t.runes) || string(t.runes[from:until]) != strings.TrimSpace(tk.Value) {
		return 0, 0, errStyle
	}
	return from, until, nil
}

// scalar writes a text as YAML that may stand anywhere; like is how the text
// before it began.
func scalar(value string, like rune) string {
	quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(value) + `"`
	if like == '\'' && !strings.ContainsAny(value, "\n\t") {
		return "'" + strings.ReplaceAll(value, "'", "''") + "'"
	}
	var plain any
	if like == '"' || value == "" || strings.TrimSpace(value) != value || strings.ContainsAny(value, ",[]{}:#\"'\\&*!|>%@`\n\t") || strings.ContainsAny(value[:1], "-?=~") {
		return quoted
	}
	if yaml.Unmarshal([]byte(value), &plain) != nil || plain != any(value) {
		return quoted
	}
	return value
}

// set gives a scalar at a path a value; what is missing of the path is written.
func set(data []byte, path string, value string) ([]byte, error) {
	where, err := segments(path)
	if err != nil {
		return nil, err
	}
	t, err := readText(data)
	if err != nil {
		return nil, err
	}
	var out []byte
	if n := find(t.root, where); n != nil {
		from, until, err := t.span(n)
		if err != nil {
			return nil, err
		}
		out = t.replaced(from, until, scalar(value, t.runes[from]))
	} else if out, err = t.add(where, scalar(value, 0)); err != nil {
		return nil, err
	}
	return checked(data, out, func(tree any) any { return put(tree, where, value) })
}

// add writes a key that is not there yet, and the mappings it stands in.
func (t *text) add(where []seg, written string) ([]byte, error) {
	last := where[len(where)-1]
	if last.index >= 0 || len(where) == 1 {
		return nil, errStyle
	}
	parent := find(t.root, where[:len(where)-1])
	if parent == nil {
		return t.add(where[:len(where)-1], "{"+last.key+": "+written+"}")
	}
	all := pairs(parent)
	if m, ok := parent.(*ast.MappingNode); ok && m.IsFlowStyle {
		end := t.at(m.End.Position.Line, m.End.Position.Column)
		for end > 0 && t.runes[end-1] == ' ' {
			end--
		}
		comma := ", "
		if len(all) == 0 {
			comma = ""
		}
		return t.replaced(end, end, comma+last.key+": "+written), nil
	}
	if len(all) == 0 {
		return nil, errStyle
	}
	pad := strings.Repeat(" ", all[0].Key.GetToken().Position.Column-1)
	end := t.lineEnd(lastLine(parent))
	return t.replaced(end, end, "\n"+pad+last.key+": "+written), nil
}

// unset takes a key with its scalar away.
func unset(data []byte, path string) ([]byte, error) {
	where, err := segments(path)
	if err != nil {
		return nil, err
	}
	t, err := readText(data)
	if err != nil {
		return nil, err
	}
	parent, last := find(t.root, where[:len(where)-1]), where[len(where)-1]
	all := pairs(parent)
	i := slices.IndexFunc(all, func(v *ast.MappingValueNode) bool { return v.Key.GetToken().Value == last.key })
	if i < 0 {
		return data, nil
	}
	key := all[i].Key.GetToken().Position
	from, until := t.at(key.Line, key.Column), 0
	if _, until, err = t.span(all[i].Value); err != nil {
		return nil, err
	}
	switch m, _ := parent.(*ast.MappingNode); {
	case m != nil && m.IsFlowStyle && i > 0:
		for from > 0 && t.runes[from-1] != ',' {
			from--
		}
		from--
	case m != nil && m.IsFlowStyle:
		if i+1 < len(all) {
			next := all[i+1].Key.GetToken().Position
			until = t.at(next.Line, next.Column)
		}
	case i == 0:
		return nil, errStyle // it stands behind the dash, or alone
	default:
		from, until = t.at(key.Line, 1), min(t.lineEnd(lastLine(all[i].Value))+1, len(t.runes))
	}
	return checked(data, t.replaced(from, until, ""), func(tree any) any { return take(tree, where) })
}

// checked sees that a changed text means what a change of its values means.
func checked(before, after []byte, change func(tree any) any) ([]byte, error) {
	var want, got any
	if yaml.Unmarshal(before, &want) != nil || yaml.Unmarshal(after, &got) != nil || !reflect.DeepEqual(change(want), got) {
		return nil, errStyle
	}
	return after, nil
}

// put sets a value in a tree of maps and lists.
func put(tree any, where []seg, value any) any {
	if len(where) == 0 {
		return value
	}
	if list, ok := tree.([]any); ok && where[0].index >= 0 && where[0].index < len(list) {
		list[where[0].index] = put(list[where[0].index], where[1:], value)
		return list
	}
	m, ok := tree.(map[string]any)
	if !ok {
		m = map[string]any{}
	}
	m[where[0].key] = put(m[where[0].key], where[1:], value)
	return m
}

// take removes a key from a tree of maps and lists.
func take(tree any, where []seg) any {
	switch n := tree.(type) {
	case []any:
		if i := where[0].index; i >= 0 && i < len(n) && len(where) > 1 {
			n[i] = take(n[i], where[1:])
		}
	case map[string]any:
		if len(where) == 1 {
			delete(n, where[0].key)
		} else if n[where[0].key] != nil {
			n[where[0].key] = take(n[where[0].key], where[1:])
		}
	}
	return tree
}
