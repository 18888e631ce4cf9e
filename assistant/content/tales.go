package content

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pingdui/pingdui/assistant/flow"
)

// Tale is one kind of fraud as its victims tell of it in a chat, or, by the name
// NoTale, what only sounds near to one.
type Tale struct {
	Name     string              `yaml:"name"`
	Label    flow.Text           `yaml:"label"` // as staff read it
	Examples map[string][]string `yaml:"examples"`
}

// NoTale names what is no tale of a fraud.
const NoTale = "none"

// tale reads one file of the folder scams.
func (c *compiler) tale(p string, b []byte) {
	t := &Tale{}
	src, problems := flow.Decode(p, b, t)
	c.problems = append(c.problems, problems...)
	if len(problems) > 0 {
		return
	}
	c.translated(src, "$.label", t.Label)
	switch {
	case t.Name == "":
		c.fail(src, "$", "add name:", "the kind of fraud has no name")
		return
	case c.set.Tales[t.Name] != nil:
		c.fail(src, "$.name", "give it a name of its own", "fraud %s stands twice", t.Name)
		return
	}
	c.set.Tales[t.Name] = t
	for _, locale := range slices.Sorted(maps.Keys(t.Examples)) {
		for i, text := range t.Examples[locale] {
			if other, ok := c.tales[text]; ok {
				c.fail(src, fmt.Sprintf("$.examples.%s[%d]", locale, i), "keep it in one file", "example %q also stands in %s", text, other)
			}
			c.tales[text] = t.Name
		}
	}
}

// told checks the tales together: what is fraud can only be learned against what
// is none.
func (c *compiler) told() {
	if len(c.set.Tales) > 0 && (c.set.Tales[NoTale] == nil || len(c.set.Tales) < 2) {
		c.problems = append(c.problems, flow.Problem{File: "scams", Line: 1, Column: 1, Text: "scams/ needs at least one kind of fraud and one file named " + NoTale, Remedy: "add what is missing, or take the folder out"})
	}
}

// TaleExamples are the sentences the scam brake learns from, Intent being the kind
// of fraud or NoTale. What customers say to the intents is none too, but for those
// of the businesses that a fraud leads to; nil for a release without tales.
func (s *Set) TaleExamples() []Example {
	if len(s.Tales) == 0 {
		return nil
	}
	var out []Example
	for _, n := range slices.Sorted(maps.Keys(s.Tales)) {
		for _, locale := range slices.Sorted(maps.Keys(s.Tales[n].Examples)) {
			for _, text := range s.Tales[n].Examples[locale] {
				out = append(out, Example{Intent: n, Text: text, Locale: locale})
			}
		}
	}
	for _, e := range s.Examples() {
		f := s.Topic(s.Intents[e.Intent])
		if f != nil && (slices.Contains(f.Hears, "scam") || len(f.Stops) > 0 || f.Queue == "safety") {
			continue
		}
		e.Intent = NoTale
		out = append(out, e)
	}
	return out
}
