package dialogue

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// filling is what one message says of the slots of one flow.
type filling struct {
	values map[string]Value
	bad    string // the reason of an impossible value
	many   string // a slot for which several values were given
}

// kindsOf are the entity kinds that fill a slot kind.
func kindsOf(slotKind string) []entity.Kind {
	switch slotKind {
	case "amount":
		return []entity.Kind{entity.Amount}
	case "payee", "person":
		return []entity.Kind{entity.Person}
	case "card", "account":
		return []entity.Kind{entity.CardTail, entity.Account}
	case "date":
		return []entity.Kind{entity.Date}
	case "term":
		return []entity.Kind{entity.Term}
	case "number":
		return []entity.Kind{entity.Number}
	}
	return nil
}

// read finds what a message says of a flow's slots, in any order and number.
func (d *decider) read(in *Instance, f *flow.Flow, e Said) filling {
	out := filling{values: map[string]Value{}}
	pending := ""
	if p := d.st.Pending; p != nil && p.Kind == PendingSlot && p.Instance == in.ID {
		pending = p.Slot
	}
	corrects := has(e, ActCorrection)
	used := map[int]bool{}
	slots := slices.Clone(f.Slots)
	// The slot that was asked for comes first: a bare answer is its answer.
	slices.SortStableFunc(slots, func(a, b *flow.Slot) int { return b2i(b.Name == pending) - b2i(a.Name == pending) })
	for _, s := range slots {
		if s.Name == pending {
			if v, ok := d.readPending(in, s, e); ok {
				out.values[s.Name] = v
				for i, x := range e.Understanding.Entities {
					// What chose the option says nothing of another slot.
					used[i] = used[i] || v.Item != nil && slices.Contains([]entity.Kind{entity.CardTail, entity.Account, entity.Number, entity.Code}, x.Kind)
				}
				continue
			}
		}
		kinds := kindsOf(s.Kind)
		var found []entity.Entity
		for i, x := range e.Understanding.Entities {
			if used[i] || !slices.Contains(kinds, x.Kind) && !d.bare(in, s, e, x, corrects || s.Name == pending) {
				continue
			}
			if x.Bad != "" {
				out.bad = x.Bad
				continue
			}
			if excluded(e.Text, x) {
				used[i] = true
				continue
			}
			found = append(found, x)
			used[i] = true
		}
		if v, ok := d.readChoice(s, e); ok {
			out.values[s.Name] = v
			continue
		}
		if len(found) == 0 {
			if name := namedAfterGive(e.Text); s.Kind == "payee" && name != "" {
				out.values[s.Name] = Value{Raw: name, By: "customer", Turn: d.c.Turn}
			}
			continue
		}
		x := found[len(found)-1]
		if !corrects && len(found) > 1 && found[0].Value != x.Value {
			if s.Kind != "amount" {
				x = found[0]
			} else {
				out.many = s.Name
				continue
			}
		}
		v := Value{Raw: x.Value, By: "customer", Turn: d.c.Turn}
		if s.Options == nil {
			v.ID = x.Value
			if s.Kind == "amount" {
				if foreign(e) {
					out.bad = "foreign_currency" // 100美元 is not ¥100
					continue
				}
				n, err := flow.Fen(x.Value)
				if err != nil {
					out.bad = "too_many_decimals"
					continue
				}
				v.ID = fmt.Sprintf("%d.%02d", n/100, n%100)
			}
		}
		out.values[s.Name] = v
	}
	if out.bad == "" && d.asksLater(f, e) {
		out.bad = "no_schedule"
	}
	return out
}

// bare says whether a number without a unit stands for this slot: money where
// no amount is named and nothing is counted (另一张 is no money), a tail where it
// is the whole tail of a card on offer.
func (d *decider) bare(in *Instance, s *flow.Slot, e Said, x entity.Entity, asked bool) bool {
	if x.Kind != entity.Number && x.Kind != entity.Code {
		return false
	}
	digits := strings.TrimSuffix(x.Value, ".00")
	switch s.Kind {
	case "amount":
		if slices.ContainsFunc(e.Understanding.Entities, func(o entity.Entity) bool { return o.Kind == entity.Amount }) {
			return false
		}
		after, _ := utf8.DecodeRuneInString(e.Text[min(max(x.End, 0), len(e.Text)):])
		if strings.ContainsRune("张个位次天遍种条点号年月日分秒", after) {
			return false
		}
		return asked || len(digits) > 1 && x.Kind == entity.Number
	case "card", "account":
		return asked && len(digits) == 4 && len(matchOptions(in.Options[s.Name].Items, digits)) == 1
	}
	return false
}

// namedAfterGive finds a payee that no grammar of names knows: 给赵六转五百.
func namedAfterGive(text string) string {
	_, after, ok := strings.Cut(text, "给")
	if !ok {
		return ""
	}
	r := []rune(after)
	for i := 1; i < len(r) && i <= 5; i++ {
		if strings.ContainsRune("转汇打划", r[i]) {
			name := string(r[:i])
			if slices.Contains([]string{"我", "你", "您", "他", "她", "别人", "谁", "人", "人家"}, name) || strings.ContainsAny(name, "0123456789，。,. ") {
				return ""
			}
			return name
		}
	}
	return ""
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// excluded says that the words before an entity take it away: 不是老王, not 500.
func excluded(text string, x entity.Entity) bool {
	if x.Start <= 0 || x.Start > len(text) {
		return false
	}
	before := strings.TrimRight(strings.ToLower(text[:x.Start]), " “\"尾号给转")
	for _, w := range []string{"不是", "不要", "别给", "别", "不", "not", "not to", "instead of", "isn't"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// foreign says that the message names a currency other than the yuan.
func foreign(e Said) bool {
	return slices.ContainsFunc(e.Understanding.Entities, func(x entity.Entity) bool { return x.Kind == entity.Currency && x.Value != "CNY" })
}

// asksLater says that a message wants money moved on a later day, by a flow that
// can only do it now.
func (d *decider) asksLater(f *flow.Flow, e Said) bool {
	amount := false
	for _, s := range f.Slots {
		amount = amount || s.Kind == "amount"
		if s.Kind == "date" {
			return false
		}
	}
	today := d.c.Now.Format(time.DateOnly)
	return amount && slices.ContainsFunc(e.Understanding.Entities, func(x entity.Entity) bool {
		return (x.Kind == entity.Date || x.Kind == entity.DateTime) && x.Bad == "" && len(x.Value) >= len(today) && x.Value[:len(today)] > today
	})
}

// readChoice finds a fixed choice by its words.
func (d *decider) readChoice(s *flow.Slot, e Said) (Value, bool) {
	text := strings.ToLower(e.Text)
	for _, c := range s.Choices {
		for _, w := range append(slices.Clone(c.Words), c.Label["zh"], c.Label["en"]) {
			i := strings.Index(text, strings.ToLower(w))
			if w != "" && i >= 0 && !excluded(text, entity.Entity{Start: i}) {
				return Value{Raw: e.Text, ID: c.Value, By: "customer", Turn: d.c.Turn}, true
			}
		}
	}
	return Value{}, false
}

// readPending reads the answer to the very question that was asked.
func (d *decider) readPending(in *Instance, s *flow.Slot, e Said) (Value, bool) {
	list := in.Options[s.Name].Items
	if len(list) > 1 {
		if item := pickOption(list, e); item != nil {
			return Value{Raw: in.Slots[s.Name].Raw, ID: fmt.Sprint(item["id"]), Item: item, By: "customer", Turn: d.c.Turn}, true
		}
	}
	text := strings.Trim(e.Text, " 。，！,.!?？")
	plain := len(e.Understanding.Acts) == 0 && utf8.RuneCountInString(text) <= 12 && text != ""
	switch s.Kind {
	case "text":
		if len(e.Understanding.Acts) == 0 && text != "" {
			return Value{Raw: text, ID: text, By: "customer", Turn: d.c.Turn}, true
		}
	case "payee", "person":
		if slices.ContainsFunc(e.Understanding.Entities, func(x entity.Entity) bool { return x.Kind == entity.Person }) {
			return Value{}, false
		}
		if top := best(e.Understanding); plain && (top.P < switchP || d.sameFlow(in, top.Intent)) && len(e.Understanding.Entities) == 0 {
			for _, w := range []string{"转给", "给", "to "} {
				text = strings.TrimPrefix(text, w)
			}
			return Value{Raw: text, By: "customer", Turn: d.c.Turn}, text != "" && len(list) == 0
		}
	}
	return Value{}, false
}

func (d *decider) sameFlow(in *Instance, intent string) bool {
	f := d.set.FlowOf(intent)
	return f != nil && f.ID == in.Flow
}

// pickOption finds the one option a message means: by number, by tail, by any
// words it shares with exactly one of them; an option that is spoken against
// (不要第一个) is out.
func pickOption(items []map[string]any, e Said) map[string]any {
	in := make([]bool, len(items))
	out := make([]bool, len(items))
	for _, x := range e.Understanding.Entities {
		neg := excluded(e.Text, x)
		for i, it := range items {
			hit := false
			switch x.Kind {
			case entity.Ordinal:
				hit = x.Value == fmt.Sprint(i+1) || x.Value == fmt.Sprint(i-len(items))
			case entity.CardTail, entity.Number, entity.Code:
				digits := strings.TrimSuffix(x.Value, ".00")
				hit = isDigits(digits) && tailOf(it) != "" && strings.HasSuffix(tailOf(it), digits)
			case entity.Account:
				kind, _ := it["kind"].(string)
				hit = sameKind(kind, x.Value)
			case entity.Amount, entity.Date, entity.DateTime, entity.Period, entity.Term, entity.Percent,
				entity.Phone, entity.CardFull, entity.IDNumber, entity.Person, entity.Currency:
				// These point at no option; its words may still match below.
			}
			if hit && neg {
				out[i] = true
			} else if hit {
				in[i] = true
			}
		}
	}
	if it := only(items, in); it != nil {
		return it
	}
	if slices.Contains(out, true) {
		for i := range out {
			out[i] = !out[i]
		}
		if it := only(items, out); it != nil {
			return it
		}
	}
	scores, top := make([]int, len(items)), 0
	for i, it := range items {
		scores[i] = shared(e.Text, it)
		top = max(top, scores[i])
	}
	if top == 0 {
		return nil
	}
	for i := range scores {
		in[i] = scores[i] == top
	}
	return only(items, in)
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
	for i := 0; i+1 < len(r); i++ {
		pair := string(r[i : i+2])
		for _, k := range []string{"name", "alias", "bank", "tail", "account_tail", "relation", "label"} {
			if v, ok := it[k].(string); ok && strings.Contains(strings.ToLower(v), pair) {
				n++
				break
			}
		}
	}
	return n
}

// apply writes what was read, and returns the slots whose value is new or has
// changed.
func (d *decider) apply(in *Instance, f *flow.Flow, values map[string]Value) []string {
	var changed []string
	for _, s := range f.Slots {
		v, ok := values[s.Name]
		if !ok {
			continue
		}
		old, had := in.Slots[s.Name]
		if had && (v.ID != "" && v.ID == old.ID || v.ID == "" && v.Raw == old.Raw) {
			continue
		}
		if had && s.Options != nil && v.ID == "" && !s.Options.NeedsRaw() && old.Item != nil &&
			len(matchOptions([]map[string]any{old.Item}, v.Raw)) == 1 {
			continue // another word for what is chosen already
		}
		in.Slots[s.Name] = v
		delete(in.Asked, s.Name)
		changed = append(changed, s.Name)
		kind := NoteSlot
		if had {
			kind = NoteCorrected
		}
		d.note(kind, in.Flow, in.Step, s.Name)
	}
	return changed
}

// rewind goes back to the first step that used a changed slot, so that all that
// depended on it is asked of the bank, read back and confirmed again.
func (d *decider) rewind(in *Instance, f *flow.Flow, changed []string) {
	names := slices.Clone(changed)
	for i := 0; i < len(names); i++ {
		for _, s := range f.Slots {
			if !slices.Contains(s.DependsOn, names[i]) || slices.Contains(names, s.Name) {
				continue
			}
			names = append(names, s.Name)
			if v, ok := in.Slots[s.Name]; ok {
				delete(in.Options, s.Name)
				if v.By == "system" || s.Options != nil && v.Raw == "" {
					delete(in.Slots, s.Name)
				} else if s.Options != nil {
					in.Slots[s.Name] = Value{Raw: v.Raw, By: v.By, Turn: v.Turn}
				}
			}
		}
	}
	uses := func(s *flow.Step) bool { return slices.ContainsFunc(names, s.Uses) }
	d.backTo(in, f, uses)
}

// backTo goes back to the first step of the trail for which is holds.
func (d *decider) backTo(in *Instance, f *flow.Flow, is func(*flow.Step) bool) {
	for i, id := range in.Trail {
		s := f.Step(id)
		if s == nil || !is(s) {
			continue
		}
		for _, gone := range in.Trail[i:] {
			if g := f.Step(gone); g != nil && g.Call != nil && g.Call.Save != "" {
				delete(in.Results, g.Call.Save)
			}
		}
		in.Step, in.Entered = id, false
		in.Trail = in.Trail[:i]
		clear(in.Confirmed)
		return
	}
	in.Entered = false
}

// refresh makes every running flow ask the bank again what it had said.
func (d *decider) refresh() {
	for i := range d.st.Stack {
		in := &d.st.Stack[i]
		f := d.flowOf(in)
		if f == nil || in.Acting != "" {
			continue
		}
		clear(in.Options)
		d.backTo(in, f, func(s *flow.Step) bool { return s.Kind == "call" })
		clear(in.Confirmed)
		clear(in.Boxes)
	}
	if p := d.st.Pending; p != nil && (p.Kind == PendingConfirm || p.Kind == PendingSecure) {
		d.st.Pending = nil
	}
}

func has(e Said, act string) bool { return slices.Contains(e.Understanding.Acts, act) }

func best(u Understanding) Scored {
	if len(u.Intents) == 0 {
		return Scored{}
	}
	return u.Intents[0]
}
