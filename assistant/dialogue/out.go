package dialogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

var (
	// takesOut begins with a denial behind which stands what is not meant: 不是建行的,
	// 别用储蓄卡, not the savings card.
	takesOut = regexp.MustCompile(`(?:不是|不要|不用|不选|不想[用要选]|甭|(?:^|[^特分区个级类])别(?:再)?(?:给|用|从|选|拿|要|买|赎|存|动|转给|汇给)|除了?|\bnot\b|\bisn't\b|\bdon't (?:use|want|pick|take)\b|\bexcept\b|\bother than\b|\brather than\b|\binstead of\b)(.+)`)
	// outBefore ends with a denial of what stands before it: 王建军不对, 储蓄卡别用.
	outBefore = regexp.MustCompile(`^(.+?)(?:不对|不行|不是|别用|别动|不用|不要|除外|没丢|没掉|没被偷|(?:is |'s )?(?:wrong|not the one|not (?:it|lost|right))\b)`)
	// backIn leads on from what is not meant to what is: 不是建行是工行.
	backIn = regexp.MustCompile(`(?:而是|是|要|改|换|(?:以外|之外|外)|都|\bbut\b|\bit's\b)`)
	clause = regexp.MustCompile(`[^,，.。;；!！?？、\n]+`)
)

// deniedIn are the stretches of a text that it speaks against. A denial that an
// option has in its own name denies nothing: 都不是本人.
func deniedIn(text string, items []map[string]any) (spans [][2]int) {
	low := strings.ToLower(text)
	if len(low) != len(text) {
		low = text
	}
	for _, c := range clause.FindAllStringIndex(low, -1) {
		part := low[c[0]:c[1]]
		from, to := 0, 0
		if m := takesOut.FindStringSubmatchIndex(part); m != nil {
			if ownDenial(items, strings.TrimSpace(part[m[0]:m[1]])) {
				continue
			}
			from, to = m[2], m[3]
			if b := backIn.FindStringIndex(part[from:to]); b != nil {
				to = from + b[0]
			}
		} else if m := outBefore.FindStringSubmatchIndex(part); m != nil {
			from, to = m[2], m[3]
		}
		if from < to {
			spans = append(spans, [2]int{c[0] + from, c[0] + to})
		}
	}
	return spans
}

func ownDenial(items []map[string]any, words string) bool {
	return slices.ContainsFunc(items, func(it map[string]any) bool {
		zh, _ := it["name"].(string)
		en, _ := it["name_en"].(string)
		return strings.Contains(strings.ToLower(zh), words) || strings.Contains(strings.ToLower(en), words)
	})
}

// spokenOut are the ids of the options that a message speaks against, by place,
// tail, name, bank, label or kind. A denial that fits them all tells none apart.
func spokenOut(items []map[string]any, e Said) []string {
	var out []string
	for _, span := range deniedIn(e.Text, items) {
		hit := make([]bool, len(items))
		for _, x := range e.Understanding.Entities {
			if x.Start >= span[0] && x.End <= span[1] {
				for i := range items {
					hit[i] = hit[i] || pointsAt(items, i, x)
				}
			}
		}
		byWords, top := likest(items, e.Text[span[0]:span[1]])
		if top > 0 && !slices.ContainsFunc(e.Understanding.Entities, func(x entity.Entity) bool {
			return x.Start >= span[0] && x.End <= span[1] && x.Kind != entity.Account && x.Kind != entity.Person && slices.Contains(hit, true)
		}) {
			hit = byWords // 储蓄卡 is a name before it is a kind
		}
		for i, it := range items {
			if id := fmt.Sprint(it["id"]); hit[i] && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	if len(out) == len(items) {
		return nil
	}
	return out
}

// pointsAt says that an entity is the place, the tail or the kind of an option.
func pointsAt(items []map[string]any, i int, x entity.Entity) bool {
	it := items[i]
	switch x.Kind {
	case entity.Ordinal:
		return x.Value == fmt.Sprint(i+1) || x.Value == fmt.Sprint(i-len(items))
	case entity.CardTail, entity.Number, entity.Code:
		digits := strings.TrimSuffix(x.Value, ".00")
		return isDigits(digits) && tailOf(it) != "" && strings.HasSuffix(tailOf(it), digits)
	case entity.Account:
		kind, _ := it["kind"].(string)
		return sameKind(kind, x.Value)
	case entity.Amount, entity.Date, entity.DateTime, entity.Period, entity.Term, entity.Percent,
		entity.Phone, entity.CardFull, entity.IDNumber, entity.Person, entity.Currency:
		// These point at no option; its words may still match.
	}
	return false
}

// likest are the options that share the most words with a text.
func likest(items []map[string]any, text string) (in []bool, top int) {
	scores := make([]int, len(items))
	for i, it := range items {
		scores[i] = shared(text, it)
		top = max(top, scores[i])
	}
	in = make([]bool, len(items))
	for i := range scores {
		in[i] = top > 0 && scores[i] == top
	}
	return in, top
}

// left are the options that nobody spoke against; all of them where none is left.
func (l OptionList) left(items []map[string]any) []map[string]any {
	rest := slices.DeleteFunc(slices.Clone(items), func(it map[string]any) bool { return slices.Contains(l.Out, fmt.Sprint(it["id"])) })
	if len(rest) == 0 {
		return items
	}
	return rest
}

// takes says that a value is, or has among several, one of these options.
func (v Value) takes(ids []string) bool {
	return slices.Contains(ids, v.ID) || slices.ContainsFunc(v.All, func(it map[string]any) bool { return slices.Contains(ids, fmt.Sprint(it["id"])) })
}

// rulesOut takes the options out that a message speaks against and that nothing is
// named in place of: of what is left the only one is taken, several are asked about.
func (d *decider) rulesOut(in *Instance, e Said) bool {
	f := d.flowOf(in)
	if f == nil || in.Suspended || in.Acting != "" || has(e, ActQuestion) {
		return false
	}
	for _, s := range f.Slots {
		list, v := in.Options[s.Name], in.Slots[s.Name]
		p := d.st.Pending
		open := p != nil && p.Kind == PendingSlot && p.Instance == in.ID && p.Slot == s.Name
		if s.Options == nil || len(list.Items) < 2 || !open && v.ID == "" {
			continue
		}
		out := spokenOut(list.Items, e)
		if len(out) == 0 || !open && !v.takes(out) || !open && len(v.All) < 2 && has(e, ActCancel) {
			continue
		}
		for _, id := range list.Out {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
		list.Out = out
		got := d.read(in, f, e)
		if now, ok := got.values[s.Name]; ok && allRaw(now.Raw) {
			in.Options[s.Name] = list
			return false // 除了信用卡都挂失: all that are left
		}
		if now, ok := got.values[s.Name]; ok && now.ID != "" && now.ID != v.ID && !slices.Contains(out, now.ID) {
			in.Options[s.Name] = list
			return false // 不要第一个，第二个: what is named is read as ever
		}
		d.leavesOpen(in, f, s, list, got)
		return true
	}
	return false
}

// leavesOpen writes what a message gives beside what it took out of a list, and
// goes back to the slot of that list.
func (d *decider) leavesOpen(in *Instance, f *flow.Flow, s *flow.Slot, list OptionList, got filling) {
	delete(got.values, s.Name)
	old := in.Slots[s.Name]
	changed := append(d.apply(in, f, got.values), s.Name)
	if old.ID != "" {
		d.note(NoteCorrected, in.Flow, in.Step, s.Name)
	}
	delete(in.Slots, s.Name)
	if s.Options.NeedsRaw() {
		in.Slots[s.Name] = Value{Raw: old.Raw, By: "customer", Turn: d.c.Turn}
	}
	d.st.Fails, d.st.Pending = 0, nil
	d.rewind(in, f, changed)
	in.Asked[s.Name] = true
	in.Options[s.Name] = list
	from := list.Items
	if len(old.All) > 1 {
		from = old.All
	}
	if rest := list.left(from); len(rest) == 1 || len(old.All) > 1 {
		d.chooseAll(in, s, rest, old.Raw)
	}
	if old.ID != "" {
		d.sayPhrase(flow.KindText, "corrected", nil)
	}
	d.run()
}
