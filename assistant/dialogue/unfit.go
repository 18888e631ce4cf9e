package dialogue

import (
	"strings"
	"time"
	"unicode"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// unfit takes out of values what can't replace a value that holds, and says
// why; what holds stays. Empty when all may be written.
func (d *decider) unfit(in *Instance, f *flow.Flow, values map[string]Value) string {
	why := ""
	for _, s := range f.Slots {
		v, given := values[s.Name]
		old, had := in.Slots[s.Name]
		if !given || !had || old.ID == "" {
			continue
		}
		if s.Options != nil {
			if list, read := in.Options[s.Name]; read && d.unknown(s, v, list.Items) {
				why = join(d.locale(), why, d.unknownOption(in, f, s, v.Raw, list.Items))
				delete(values, s.Name)
			}
			continue
		}
		in.Slots[s.Name] = v
		env := d.env(in, f)
		for _, k := range s.Checks {
			if !d.holds(k.IfX, env) {
				why = join(d.locale(), why, d.render(k.TextT, env))
				d.note(NoteSlotRefused, in.Flow, in.Step, s.Name)
				delete(values, s.Name)
				break
			}
		}
		in.Slots[s.Name] = old
	}
	return strings.TrimSpace(why)
}

// unknown says that a value names none of the options there are.
func (d *decider) unknown(s *flow.Slot, v Value, items []map[string]any) bool {
	return v.ID == "" && v.Raw != "" && !s.Options.NeedsRaw() && len(severalOptions(s, items, v.Raw)) == 0 && len(matchOptions(items, v.Raw)) == 0
}

// unknownOption says that what was named is not there, and what is.
func (d *decider) unknownOption(in *Instance, f *flow.Flow, s *flow.Slot, raw string, items []map[string]any) string {
	var names []string
	for _, it := range items {
		env := d.env(in, f)
		env["item"] = d.local(it)
		names = append(names, d.render(s.Options.LabelT, env))
	}
	sep := "、"
	if d.locale() == "en" {
		sep = ", "
	}
	return d.phrase("unknown_option", "raw", raw, "tail", isDigits(raw), "card", s.Kind == "card", "list", strings.Join(names, sep))
}

// matchOptions finds the options a customer's words point to: by the last
// digits, by the bank's own name for it, by its kind.
func matchOptions(items []map[string]any, raw string) []map[string]any {
	var out []map[string]any
	add := func(is func(map[string]any) bool) {
		for _, it := range items {
			if is(it) {
				out = append(out, it)
			}
		}
	}
	if isDigits(raw) {
		add(func(it map[string]any) bool { return tailOf(it) != "" && strings.HasSuffix(tailOf(it), raw) })
		return out
	}
	add(func(it map[string]any) bool { return named(it, raw) })
	if len(out) > 0 {
		return out
	}
	for _, x := range terms(raw) {
		add(func(it map[string]any) bool {
			kind, _ := it["kind"].(string)
			return sameKind(kind, x)
		})
	}
	return out
}

// terms are the bank terms in a customer's words, and the words themselves.
func terms(raw string) []string {
	out := []string{raw}
	for _, x := range entity.Extract(raw, time.Time{}) {
		if x.Kind == entity.Account && x.Value != raw {
			out = append(out, x.Value)
		}
	}
	return out
}

// named says that words are an option's name, in Chinese or English.
func named(it map[string]any, raw string) bool {
	words := strings.ToLower(strings.TrimSpace(raw))
	for _, k := range []string{"name", "name_en"} {
		name, _ := it[k].(string)
		if name = strings.ToLower(name); name == "" {
			continue
		}
		if strings.IndexFunc(words, unicode.IsLetter) >= 0 && words[0] < 0x80 {
			short := strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(words, "card"), "account"))
			if len(short) > 2 && strings.HasPrefix(name, short) {
				return true
			}
			continue
		}
		if strings.Contains(name, words) || len([]rune(name)) > 1 && strings.Contains(words, name) {
			return true
		}
	}
	return false
}
