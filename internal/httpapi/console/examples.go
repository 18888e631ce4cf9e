package console

import (
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// locales is the order in which examples are written.
func locales() []string { return []string{"zh", "en"} }

// setExamples writes the examples of one intent into its file: of intent at in
// a list, or of the only one when at is -1. Lines that stay are not touched, so
// that the difference shows what was changed; lost says that a comment between
// the examples went.
func setExamples(text []byte, at int, examples map[string][]string) (out []byte, lost bool, err error) {
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	from, to := 0, len(lines)
	if at >= 0 {
		from, to = listItem(lines, at)
	}
	key, column := -1, 0
	for i := from; i < to; i++ {
		if rest := strings.TrimLeft(strings.TrimPrefix(lines[i], "- "), " "); strings.HasPrefix(rest, "examples:") {
			key, column = i, len(lines[i])-len(rest)
			break
		}
	}
	if key >= 0 {
		end := key + 1
		for end < to && (strings.TrimSpace(lines[end]) == "" || indent(lines[end]) > column) {
			end++
		}
		for end > key+1 && strings.TrimSpace(lines[end-1]) == "" {
			end--
		}
		fresh, gone := block(lines[key:end], column, examples)
		written := slices.Concat(lines[:key], fresh, lines[end:])
		out = []byte(strings.Join(written, "\n") + "\n")
		if same(text, out, at, examples) {
			return out, gone, nil
		}
	}
	return rewritten(text, at, examples)
}

// listItem finds the lines of one item of a list that stands at the margin.
func listItem(lines []string, at int) (from, to int) {
	n := -1
	for i, l := range lines {
		if strings.HasPrefix(l, "- ") {
			if n++; n == at {
				from = i
			} else if n == at+1 {
				return from, i
			}
		}
	}
	return from, len(lines)
}

func indent(l string) int { return len(l) - len(strings.TrimLeft(l, " ")) }

// block writes the examples anew and takes over the lines of those that stay.
func block(old []string, column int, examples map[string][]string) (fresh []string, lost bool) {
	kept := map[string]string{}
	for _, l := range old {
		s := strings.TrimSpace(l)
		lost = lost || strings.HasPrefix(s, "#")
		if item, ok := strings.CutPrefix(s, "- "); ok {
			var v string
			if yaml.Unmarshal([]byte(item), &v) == nil {
				kept[strings.TrimSpace(v)] = l
			}
		}
	}
	pad := strings.Repeat(" ", column)
	fresh = []string{old[0][:column] + "examples:"}
	for _, locale := range locales() {
		if len(examples[locale]) == 0 {
			continue
		}
		fresh = append(fresh, pad+"  "+locale+":")
		for _, text := range examples[locale] {
			line, ok := kept[text]
			if !ok || strings.Contains(line, " #") {
				scalar, err := yaml.Marshal(text)
				if err != nil {
					scalar = []byte(`""`) // same will see it
				}
				line = pad + "    - " + strings.TrimSpace(string(scalar))
			}
			fresh = append(fresh, line)
		}
	}
	return fresh, lost
}

// same says that only the examples of one intent differ, and as they should.
func same(before, after []byte, at int, examples map[string][]string) bool {
	read := func(text []byte) (all []map[string]any, ok bool) {
		if at < 0 {
			one := map[string]any{}
			return []map[string]any{one}, yaml.Unmarshal(text, &one) == nil
		}
		return all, yaml.Unmarshal(text, &all) == nil && at < len(all)
	}
	a, okA := read(before)
	b, okB := read(after)
	if !okA || !okB || len(a) != len(b) {
		return false
	}
	i := max(at, 0)
	got, _ := yaml.Marshal(b[i]["examples"])
	want, _ := yaml.Marshal(examples)
	var x, y map[string][]string
	if yaml.Unmarshal(got, &x) != nil || yaml.Unmarshal(want, &y) != nil || !reflect.DeepEqual(x, y) {
		return false
	}
	delete(a[i], "examples")
	delete(b[i], "examples")
	return reflect.DeepEqual(a, b)
}

// rewritten is the way for files laid out otherwise: all of it is written anew.
func rewritten(text []byte, at int, examples map[string][]string) (out []byte, lost bool, err error) {
	value := yaml.MapSlice{}
	for _, locale := range locales() {
		if len(examples[locale]) > 0 {
			value = append(value, yaml.MapItem{Key: locale, Value: examples[locale]})
		}
	}
	set := func(m yaml.MapSlice) yaml.MapSlice {
		for i := range m {
			if m[i].Key == "examples" {
				m[i].Value = value
				return m
			}
		}
		return append(m, yaml.MapItem{Key: "examples", Value: value})
	}
	if at < 0 {
		var m yaml.MapSlice
		return rewrite(text, &m, func() { m = set(m) })
	}
	var list []yaml.MapSlice
	return rewrite(text, &list, func() { list[at] = set(list[at]) })
}
