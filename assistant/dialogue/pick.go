package dialogue

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// pickOption finds the one option a message means: by number, by tail, by any
// words it shares with exactly one of them; an option that is spoken against
// (不要第一个) is out.
func pickOption(items []map[string]any, e Said) map[string]any {
	out := spokenOut(items, e)
	gone := func(it map[string]any) bool { return slices.Contains(out, fmt.Sprint(it["id"])) }
	rest := slices.DeleteFunc(slices.Clone(items), gone)
	if len(out) > 0 && len(rest) == 1 {
		return rest[0]
	}
	spans := deniedIn(e.Text, items)
	in := make([]bool, len(items))
	for _, x := range e.Understanding.Entities {
		if excluded(e.Text, x) || slices.ContainsFunc(spans, func(s [2]int) bool { return x.Start >= s[0] && x.End <= s[1] }) {
			continue
		}
		for i := range items { // places count in the list as it was shown
			in[i] = in[i] || pointsAt(items, i, x) && !gone(items[i])
		}
	}
	if it := only(items, in); it != nil {
		return it
	}
	kept := e.Text
	for i := len(spans) - 1; i >= 0; i-- {
		kept = kept[:spans[i][0]] + "□" + kept[spans[i][1]:]
	}
	in, _ = likest(rest, kept)
	return only(rest, in)
}

func only(items []map[string]any, in []bool) map[string]any {
	var found map[string]any
	for i, ok := range in {
		if !ok {
			continue
		}
		if found != nil {
			return nil
		}
		found = items[i]
	}
	return found
}

// shared counts the pairs of characters a text has in common with an option's
// words.
func shared(text string, it map[string]any) int {
	n := 0
	r := []rune(strings.ToLower(text))
	bank, _ := it["bank"].(string)
	for i := 0; i+1 < len(r); i++ {
		pair := string(r[i : i+2])
		if r[i+1] == '行' && strings.HasPrefix(bank, string(r[i])) && strings.Contains(bank, "行") && !strings.Contains(bank, pair) {
			n++ // 建行, as everybody calls it
			continue
		}
		for _, k := range []string{"name", "name_en", "alias", "bank", "tail", "account_tail", "relation", "label"} {
			if v, ok := it[k].(string); ok && strings.Contains(strings.ToLower(v), pair) {
				n++
				break
			}
		}
	}
	return n
}

// readOther reads which other option of a choice is meant instead of the one
// that is taken: 不对，是自来水; 不对，第二个 of the list it was taken from; 别用6688.
func (d *decider) readOther(in *Instance, s *flow.Slot, e Said) (Value, bool) {
	taken := in.Slots[s.Name]
	list := in.Options[s.Name].Items
	if s.Options == nil || taken.ID == "" || len(list) < 2 || len(taken.All) > 1 {
		return Value{}, false
	}
	var it map[string]any
	corrects := has(e, ActCorrection) || has(e, ActDeny)
	switch {
	case s.Kind == "choice" && has(e, ActCorrection) && !s.Options.NeedsRaw():
		it = pickOption(others(list, taken.ID), e)
	case in.lastTaken() == s.Name && (corrects || brief(e.Text)) && points(e):
		it = pickOption(list, e)
	case spokenAgainst(list, taken.ID, e):
		it = pickOption(list, e)
	}
	if it == nil || fmt.Sprint(it["id"]) == taken.ID {
		return Value{}, false
	}
	return Value{Raw: taken.Raw, ID: fmt.Sprint(it["id"]), Item: it, By: "customer", Turn: d.c.Turn}, true
}

func others(list []map[string]any, id string) []map[string]any {
	return slices.DeleteFunc(slices.Clone(list), func(it map[string]any) bool { return fmt.Sprint(it["id"]) == id })
}

// lastTaken is the slot that the customer filled last by choosing from a list.
func (in *Instance) lastTaken() string {
	name, turn := "", int64(-1)
	for _, slot := range slices.Sorted(maps.Keys(in.Slots)) {
		if v := in.Slots[slot]; v.By == "customer" && v.Turn > turn && len(in.Options[slot].Items) > 1 {
			name, turn = slot, v.Turn
		}
	}
	return name
}

// points says that a message names a place in a list and nothing else.
func points(e Said) bool {
	list := e.Understanding.Entities
	return len(list) > 0 && !slices.ContainsFunc(list, func(x entity.Entity) bool { return x.Kind != entity.Ordinal })
}

// spokenAgainst says that a message takes the chosen option away by its tail:
// 别用6688, not from 6688.
func spokenAgainst(list []map[string]any, id string, e Said) bool {
	return slices.ContainsFunc(e.Understanding.Entities, func(x entity.Entity) bool {
		if !slices.Contains([]entity.Kind{entity.CardTail, entity.Number, entity.Code}, x.Kind) || len(x.Value) != 4 || !excluded(e.Text, x) {
			return false
		}
		return slices.ContainsFunc(list, func(it map[string]any) bool { return fmt.Sprint(it["id"]) == id && tailOf(it) == x.Value })
	})
}
