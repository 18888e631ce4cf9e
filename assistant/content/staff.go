package content

import (
	"maps"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

// staffPrefix marks phrases for staff: staff_miss is said where miss would be.
const staffPrefix = "staff_"

// ForStaff is the set that a member of staff is served with: the digital
// employees who serve staff and nobody else, no flows at all, and the sentences
// meant for colleagues where there are any. What begins business for a customer
// is only something to ask about here.
func (s *Set) ForStaff() *Set {
	c := *s
	c.flows, c.byHash, c.byIntent = map[string]*flow.Flow{}, map[string]*flow.Flow{}, map[string]*flow.Flow{}
	c.Scenes = nil
	c.Employees = map[string]*Employee{}
	for id, e := range s.Employees {
		if e.Serves == "staff" {
			c.Employees[id] = e
		}
	}
	c.Intents = make(map[string]*Intent, len(s.Intents))
	for name, in := range s.Intents {
		asked := *in
		// The article an intent names is the customers' one; staff get what fits best.
		asked.Flow, asked.Article, asked.Slots = "", "", nil
		if asked.Kind == "flow" || asked.Kind == "later" {
			asked.Kind = "knowledge"
		}
		c.Intents[name] = &asked
	}
	c.phrases = maps.Clone(s.phrases)
	for key, t := range s.phrases {
		if general, ok := strings.CutPrefix(key, staffPrefix); ok {
			c.phrases[general] = t
		}
	}
	return &c
}
