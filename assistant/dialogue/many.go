package dialogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

// everyOption is the raw value of a slot that is to take every option: 全部.
const everyOption = "*"

// allRaw says that a raw value takes every option.
func allRaw(raw string) bool { return strings.HasPrefix(raw, everyOption) }

// cardsCounted counts what is all: 两张卡都丢了, both cards.
var cardsCounted = regexp.MustCompile(`([两二三四五])张(?:银行|储蓄|借记)?卡?都|\b(both|all (?:two|three|four|five))\b`)

// allOfThem is the raw value for every option, with the count that a message gives:
// two of three are not all of them.
func allOfThem(text string) string {
	m := cardsCounted.FindStringSubmatch(text)
	if m == nil {
		return everyOption
	}
	for n, words := range [][]string{2: {"两", "二", "both", "all two"}, 3: {"三", "all three"}, 4: {"四", "all four"}, 5: {"五", "all five"}} {
		if slices.Contains(words, m[1]+m[2]) {
			return everyOption + fmt.Sprint(n)
		}
	}
	return everyOption
}

// miscounted says that a raw value counts fewer or more options than there are.
func miscounted(raw string, items []map[string]any) bool {
	return allRaw(raw) && raw != everyOption && raw != everyOption+fmt.Sprint(len(items))
}

// severalOptions are the options a raw value of a slot that takes many names;
// nil when it names one.
func severalOptions(s *flow.Slot, items []map[string]any, raw string) []map[string]any {
	if !s.Many {
		return nil
	}
	if allRaw(raw) {
		return items
	}
	if !strings.Contains(raw, ",") {
		return nil
	}
	var out []map[string]any
	for _, tail := range strings.Split(raw, ",") {
		for _, it := range matchOptions(items, tail) {
			if !slices.ContainsFunc(out, func(o map[string]any) bool { return o["id"] == it["id"] }) {
				out = append(out, it)
			}
		}
	}
	return out
}

// chooseAll fills a slot with several options; they are gone through one by one.
func (d *decider) chooseAll(in *Instance, s *flow.Slot, items []map[string]any, raw string) {
	if len(items) == 1 {
		d.choose(in, s, items[0], raw, "customer")
		return
	}
	ids := make([]string, 0, len(items))
	for _, it := range items {
		ids = append(ids, fmt.Sprint(it["id"]))
	}
	in.Slots[s.Name] = Value{Raw: raw, ID: strings.Join(ids, ","), Item: items[0], All: items, By: "customer", Turn: d.c.Turn}
	delete(in.Asked, s.Name)
	d.note(NoteSlot, in.Flow, in.Step, s.Name)
}

// nextOf takes a slot on to its next option; false when the last is done.
func (d *decider) nextOf(in *Instance, slot string) bool {
	v := in.Slots[slot]
	if v.At+1 >= len(v.All) {
		return false
	}
	v.At++
	v.Item = v.All[v.At]
	in.Slots[slot] = v
	return true
}

// moreToDo says that a loop of this flow has something left, so that what the
// customer confirmed for all of it still holds.
func moreToDo(in *Instance) bool {
	for _, v := range in.Slots {
		if v.At+1 < len(v.All) {
			return true
		}
	}
	return false
}

// callHash names a call with all it will be made with. Where a slot took
// several options it covers every one, done or not: one yes is for them all.
func (d *decider) callHash(in *Instance, f *flow.Flow, t *flow.Step) string {
	for _, s := range f.Slots {
		v := in.Slots[s.Name]
		if len(v.All) < 2 {
			continue
		}
		var all []any
		for _, it := range v.All {
			one := v
			one.Item = it
			in.Slots[s.Name] = one
			all = append(all, d.args(in, f, t.Call.ArgsX, ""))
		}
		in.Slots[s.Name] = v
		return argsHash(t.Call.Operation, map[string]any{"all": all})
	}
	return argsHash(t.Call.Operation, d.args(in, f, t.Call.ArgsX, ""))
}

// optionEnv is what expressions and texts read of a slot with options: the
// option whose turn it is, and all that were chosen.
func optionEnv(s *flow.Slot, v Value) map[string]any {
	if !s.Many || v.Item == nil {
		return orEmpty(v.Item)
	}
	all := []any{}
	for _, it := range v.All {
		all = append(all, it)
	}
	if len(all) == 0 {
		all = append(all, v.Item)
	}
	out := map[string]any{}
	for k, x := range v.Item {
		out[k] = x
	}
	out["all"], out["many"] = all, len(all) > 1
	return out
}
