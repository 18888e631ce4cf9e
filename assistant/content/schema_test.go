package content_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/scenes"
)

type schema struct {
	Ref        string             `json:"$ref"`
	Defs       map[string]*schema `json:"$defs"`
	Type       string             `json:"type"`
	Required   []string           `json:"required"`
	Properties map[string]*schema `json:"properties"`
	Items      *schema            `json:"items"`
	OneOf      []*schema          `json:"oneOf"`
	Additional any                `json:"additionalProperties"`
}

// Every shipped flow keeps to the schema that editors are given, and the schema
// refuses what Parse refuses.
func TestShippedFlowsKeepToTheSchema(t *testing.T) {
	t.Parallel()
	text, err := flow.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var root schema
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(scenes.FS, "scenes/*/flow.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d flows, %v", len(files), err)
	}
	for _, p := range files {
		b, err := fs.ReadFile(scenes.FS, p)
		if err != nil {
			t.Fatal(err)
		}
		if why := against(t, &root, b); why != "" {
			t.Errorf("%s: %s", p, why)
		}
	}
	for bad, want := range map[string]string{
		"flow: x\nlevel: L1\nsteps: []\n":                                                          "name is missing",
		"flow: x\nname: {zh: 一, en: a}\nlevel: L1\nsteps: [{id: a, sing: {}}]":                     "sing",
		"flow: x\nname: {zh: 一}\nlevel: L1\nsteps: []\n":                                           "en is missing",
		"flow: x\nname: {zh: 一, en: a}\nlevel: L1\nsteps: [{id: a, review: {items: [{name: x}]}}]": "name",
	} {
		if why := against(t, &root, []byte(bad)); !strings.Contains(why, want) {
			t.Errorf("%q: %q", bad, why)
		}
	}
}

func against(t *testing.T, root *schema, text []byte) string {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return root.wrong(root, v, "$")
}

// wrong says what in v breaks the schema; empty when nothing does.
func (s *schema) wrong(root *schema, v any, at string) string {
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		return root.Defs[name].wrong(root, v, at)
	}
	if len(s.OneOf) > 0 {
		var all []string
		for _, o := range s.OneOf {
			if why := o.wrong(root, v, at); why != "" {
				all = append(all, why)
			}
		}
		if len(all) != len(s.OneOf)-1 {
			return at + ": " + strings.Join(all, " or ")
		}
		return ""
	}
	switch x := v.(type) {
	case map[string]any:
		if s.Type != "" && s.Type != "object" {
			return at + " is an object"
		}
		for _, k := range s.Required {
			if _, ok := x[k]; !ok {
				return at + "." + k + " is missing"
			}
		}
		for _, k := range slices.Sorted(maps.Keys(x)) {
			p := s.Properties[k]
			if p == nil && s.Additional == false {
				return at + "." + k + " is no key"
			}
			if p != nil {
				if why := p.wrong(root, x[k], at+"."+k); why != "" {
					return why
				}
			}
		}
	case []any:
		if s.Type != "" && s.Type != "array" {
			return at + " is a list"
		}
		for i, e := range x {
			if s.Items != nil {
				if why := s.Items.wrong(root, e, fmt.Sprintf("%s[%d]", at, i)); why != "" {
					return why
				}
			}
		}
	case bool:
		if s.Type != "" && s.Type != "boolean" {
			return at + " is a boolean"
		}
	case string:
		if s.Type != "" && s.Type != "string" {
			return at + " is a text"
		}
	default:
		if s.Type == "object" || s.Type == "array" || s.Type == "boolean" {
			return fmt.Sprintf("%s is %v", at, v)
		}
	}
	return ""
}
