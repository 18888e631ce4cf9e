package dialogue

import (
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// meantOf keeps of what a message names for a slot what it means for the
// business: what is given before what stands by itself, never who or what is only
// mentioned (entity.Role). A sum that answers the open question is its answer.
func (d *decider) meantOf(f *flow.Flow, s *flow.Slot, e Said, found []entity.Entity, asked bool) []entity.Entity {
	of := func(r entity.Role) []entity.Entity {
		return slices.DeleteFunc(slices.Clone(found), func(x entity.Entity) bool { return x.Role != r })
	}
	switch s.Kind {
	case "payee":
		if given := of(entity.Given); len(given) > 0 {
			return given
		}
		return of("")
	case "person":
		// Whose transactions are looked for may be any place in the sentence.
		for _, r := range []entity.Role{entity.Given, "", entity.Aside} {
			if list := of(r); len(list) > 0 {
				return list
			}
		}
	case "amount":
		if given := of(entity.Given); len(given) > 0 && !takenBack(e.Text, found) {
			return given
		}
		rest := slices.DeleteFunc(slices.Clone(found), func(x entity.Entity) bool { return x.Role == entity.Aside })
		if len(rest) > 0 || pays(f) && !asked {
			return rest
		}
	}
	return found
}

// pays says that a flow takes money from an account of the customer's.
func pays(f *flow.Flow) bool {
	from := slices.ContainsFunc(f.Slots, func(s *flow.Slot) bool { return s.Kind == "account" || s.Kind == "payee" })
	return from && moves(f) && slices.ContainsFunc(f.Steps, func(t *flow.Step) bool { return t.Call != nil && t.Call.Irreversible })
}

// takenBack says that between the last two of several sums stands what takes the
// first of them back: 五百不不不六百.
func takenBack(text string, found []entity.Entity) bool {
	n := len(found)
	if n < 2 || found[n-2].End > found[n-1].Start || found[n-1].Start > len(text) {
		return false
	}
	between := text[found[n-2].End:found[n-1].Start]
	return strings.TrimSpace(between) != "" && entity.SelfCorrects(between)
}

// tailHere says that a number is the tail of one of the customer's cards or
// accounts, and named as one is: with 用, 从, 别 and not with a verb that moves it.
func (d *decider) tailHere(in *Instance, e Said, x entity.Entity) bool {
	if !isDigits(x.Value) || len(x.Value) != 4 || x.Start > len(e.Text) || x.End > len(e.Text) {
		return false
	}
	before := strings.ToLower(e.Text[:x.Start])
	if !usedFrom.MatchString(before) && !takesAway.MatchString(before) {
		return false
	}
	for _, list := range in.Options {
		if slices.ContainsFunc(list.Items, func(it map[string]any) bool { return tailOf(it) == x.Value }) {
			return true
		}
	}
	return false
}

// withoutAsides is a text without the persons that it only mentions, so that none
// of them is taken for a payee by the words around: 别给我爸知道.
func withoutAsides(e Said) string {
	for _, x := range e.Understanding.Entities {
		if x.Kind == entity.Person && (x.Role == entity.Aside || excluded(e.Text, x)) && x.Start >= 0 && x.End <= len(e.Text) {
			e = blank(e, x.Start, x.End)
		}
	}
	return e.Text
}

// severalOf is the phrase for a slot for which several values were given.
func severalOf(f *flow.Flow, slot string) string {
	if s := f.Slot(slot); s != nil && s.Kind == "payee" {
		return "several_people"
	}
	return "several_values"
}
