package console

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// FieldChange is one field of a content file that a release changes.
type FieldChange struct {
	Field  string `json:"field" doc:"by its keys, such as answer.zh"`
	Before string `json:"before" doc:"empty when it is new"`
	After  string `json:"after" doc:"empty when it is gone"`
	// Removed and Added are what a list lost and got; Before and After are empty then.
	Removed []string `json:"removed,omitempty"`
	Added   []string `json:"added,omitempty"`
}

// fieldChanges compares two YAML files field by field; nil for what is no
// mapping, such as a table.
func fieldChanges(before, after []byte) []FieldChange {
	old, okOld := fieldsOf(before)
	fresh, okFresh := fieldsOf(after)
	if !okOld || !okFresh {
		return nil
	}
	var out []FieldChange
	for _, key := range keysOf(old, fresh) {
		a, b := get(old, key), get(fresh, key)
		if alike(a, b) {
			continue
		}
		c := FieldChange{Field: key}
		l, okL := texts(a)
		r, okR := texts(b)
		if okL && okR {
			for _, x := range l {
				if !slices.Contains(r, x) {
					c.Removed = append(c.Removed, x)
				}
			}
			for _, x := range r {
				if !slices.Contains(l, x) {
					c.Added = append(c.Added, x)
				}
			}
			if c.Removed == nil && c.Added == nil { // the order alone
				c.Before, c.After = strings.Join(l, "\n"), strings.Join(r, "\n")
			}
		} else {
			c.Before, c.After = shown(a), shown(b)
		}
		out = append(out, c)
	}
	return out
}

// fieldsOf flattens a file: title.zh, answer.en. Lists stay lists.
func fieldsOf(text []byte) (yaml.MapSlice, bool) {
	if len(strings.TrimSpace(string(text))) == 0 {
		return yaml.MapSlice{}, true
	}
	m, err := ordered(text)
	if err != nil {
		return nil, false
	}
	var out yaml.MapSlice
	var walk func(prefix string, m yaml.MapSlice)
	walk = func(prefix string, m yaml.MapSlice) {
		for _, item := range m {
			key := prefix + fmt.Sprint(item.Key)
			if sub, ok := item.Value.(yaml.MapSlice); ok {
				walk(key+".", sub)
				continue
			}
			out = append(out, yaml.MapItem{Key: key, Value: item.Value})
		}
	}
	walk("", m)
	return out, true
}

func keysOf(maps ...yaml.MapSlice) []string {
	var out []string
	for _, m := range maps {
		for _, item := range m {
			if key := fmt.Sprint(item.Key); !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	return out
}

// texts is a list of plain values; a missing one is an empty list.
func texts(v any) ([]string, bool) {
	if v == nil {
		return nil, true
	}
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, 0, len(list))
	for _, x := range list {
		switch x.(type) {
		case yaml.MapSlice, []any:
			return nil, false
		}
		out = append(out, fmt.Sprint(x))
	}
	return out, true
}

func shown(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case []any, yaml.MapSlice:
		raw, err := yaml.MarshalWithOptions(x, yaml.Indent(2))
		if err == nil {
			return strings.TrimSpace(string(raw))
		}
	}
	return fmt.Sprint(v)
}
