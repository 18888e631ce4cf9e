package dialogue

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// need sees that a slot is known, resolved and valid. False means that
// somebody was asked.
func (d *decider) need(in *Instance, f *flow.Flow, step *flow.Step, s *flow.Slot) bool {
	if !d.holds(s.WhenX, d.env(in, f)) {
		return true
	}
	v, known := in.Slots[s.Name]
	if !known && s.DefaultX != nil && !in.Asked[s.Name] {
		if id := d.text(s.DefaultX, d.env(in, f)); id != "" {
			v, known = Value{ID: id, By: "system", Turn: d.c.Turn}, true
			in.Slots[s.Name] = v
		}
	}
	if !known && s.Optional && !in.Asked[s.Name] {
		return true
	}
	if s.Options != nil && v.ID == "" {
		return d.needOption(in, f, step, s, v)
	}
	if !known {
		d.ask(in, f, step, s, "", nil)
		return false
	}
	env := d.env(in, f)
	for _, k := range s.Checks {
		if !d.holds(k.IfX, env) {
			why := d.render(k.TextT, env)
			d.note(NoteSlotRefused, in.Flow, step.ID, s.Name)
			delete(in.Slots, s.Name)
			d.again = true
			d.ask(in, f, step, s, why, nil)
			return false
		}
	}
	return true
}

// needOption resolves a slot whose values come from the bank.
func (d *decider) needOption(in *Instance, f *flow.Flow, step *flow.Step, s *flow.Slot, v Value) bool {
	o := s.Options
	list, read := in.Options[s.Name]
	if o.NeedsRaw() {
		if v.Raw == "" {
			d.ask(in, f, step, s, "", nil)
			return false
		}
		read = read && list.Raw == v.Raw
	}
	if !read {
		id := d.id("fe")
		d.emit(Fetch{ID: id, Operation: o.Call, Args: d.args(in, f, o.ArgsX, v.Raw)})
		d.st.Awaiting = &Awaiting{ID: id, Kind: "options", Instance: in.ID, Step: step.ID, Slot: s.Name}
		return false
	}
	items := list.Items
	if len(items) == 0 {
		env := d.env(in, f)
		env["raw"] = v.Raw
		why := d.render(o.NoneT, env)
		delete(in.Slots, s.Name)
		delete(in.Options, s.Name)
		if !o.NeedsRaw() {
			// Nothing to choose from: no question can help.
			d.say(flow.Message{Kind: flow.KindText, Text: why, Actions: []flow.Action{d.agentOffer()}})
			d.drop(in, NoteFinished, "nothing_to_choose")
			d.run()
			return false
		}
		d.again = true
		d.ask(in, f, step, s, why, nil)
		return false
	}
	if s.Many && miscounted(v.Raw, list.left(items)) {
		delete(in.Slots, s.Name)
		in.Asked[s.Name] = true
		d.ask(in, f, step, s, d.phrase("which_of_more", "n", len(list.left(items))), list.left(items))
		return false
	}
	if several := severalOptions(s, list.left(items), v.Raw); len(several) > 0 {
		d.chooseAll(in, s, several, v.Raw)
		return d.need(in, f, step, s)
	}
	if v.Raw == "" && len(items) > 1 && in.Heard != "" {
		if i := nameHeard(items, in.Heard); i >= 0 && !slices.Contains(list.Out, fmt.Sprint(items[i]["id"])) {
			v.Raw, v.By = fmt.Sprint(items[i]["name"]), "customer"
		}
	}
	if v.Raw != "" && !o.NeedsRaw() {
		m := matchOptions(items, v.Raw)
		if len(m) == 0 {
			why := d.unknownOption(in, f, s, v.Raw, items)
			delete(in.Slots, s.Name)
			in.Asked[s.Name] = true
			d.note(NoteSlotRefused, in.Flow, step.ID, s.Name)
			d.ask(in, f, step, s, why, items)
			return false
		}
		items = m
	}
	items = list.left(items)
	pick := -1
	switch {
	case len(items) == 1 && (!o.Always || v.Raw != ""): // the only one, or the one that was named
		pick = 0
	case v.Raw == "" && o.PickX != nil && !in.Asked[s.Name]:
		for i := range items {
			env := d.env(in, f)
			env["item"] = items[i]
			if d.holds(o.PickX, env) {
				pick = i
				break
			}
		}
	}
	if pick < 0 {
		d.ask(in, f, step, s, "", items)
		return false
	}
	by := v.By
	if by == "" {
		by = "system"
	}
	d.choose(in, s, items[pick], v.Raw, by)
	return d.need(in, f, step, s)
}

// choose fills a slot with an option.
func (d *decider) choose(in *Instance, s *flow.Slot, item map[string]any, raw, by string) {
	in.Slots[s.Name] = Value{Raw: raw, ID: fmt.Sprint(item["id"]), Item: item, By: by, Turn: d.c.Turn}
	delete(in.Asked, s.Name)
	if name, ok := item["name"].(string); ok && s.Kind == "payee" {
		d.st.Person = name
	}
	d.note(NoteSlot, in.Flow, in.Step, s.Name)
}

// nameHeard finds the one option that a message names, by its own name or by more
// of it than of any other's: 半年添利 for 示例半年添利. It is -1 for none or several.
func nameHeard(items []map[string]any, heard string) int {
	at, most, tie := -1, 0, false
	text := []rune(strings.ToLower(heard))
	for i, it := range items {
		n := 0
		for _, k := range []string{"name", "name_en"} {
			name, _ := it[k].(string)
			n = max(n, inCommon(text, []rune(strings.ToLower(name))))
		}
		switch {
		case n > most:
			at, most, tie = i, n, false
		case n == most && n > 0:
			tie = true
		}
	}
	if tie {
		return -1
	}
	return at
}

// inCommon is the length of the longest stretch of a name that stands in a text,
// where that is the name or enough of it to mean it; else 0.
func inCommon(text, name []rune) int {
	long := 0
	for i := range name {
		for j := i + 1 + long; j <= len(name); j++ {
			if !strings.Contains(string(text), string(name[i:j])) {
				break
			}
			long = j - i
		}
	}
	enough := 3
	if len(name) > 0 && name[0] < utf8.RuneSelf {
		enough = 8 // letters
	}
	if long == len(name) && long > 1 || long >= enough && 2*long >= len(name) {
		return long
	}
	return 0
}

// optionsRead takes the bank's list.
func (d *decider) optionsRead(in *Instance, f *flow.Flow, s *flow.Slot, a Awaiting, e Result) {
	if e.Outcome != Done {
		d.bankAway(in, f.Step(in.Step))
		return
	}
	env := d.env(in, f)
	env["input"] = decode(e.Value)
	v, err := s.Options.ItemsX.Eval(env)
	if err != nil {
		d.fail(err)
		return
	}
	list := OptionList{Raw: in.Slots[s.Name].Raw, Items: []map[string]any{}}
	all, _ := v.([]any)
	for _, it := range all {
		item, ok := it.(map[string]any)
		if !ok {
			continue
		}
		env["item"] = item
		if d.holds(s.Options.OnlyX, env) {
			list.Items = append(list.Items, item)
		}
	}
	if a.As == everyone {
		list.Items = spelled(list.Items, list.Raw)
	}
	if len(list.Items) == 0 && s.Kind == "payee" && a.As != everyone && d.seekAs(in, s, a) {
		return
	}
	list.Out = spokenOut(list.Items, Said{Text: in.Heard, Understanding: Understanding{Entities: entity.Extract(in.Heard, d.c.Now)}})
	in.Options[s.Name] = list
	d.run()
}

// ask puts one question. why is said first when an earlier value would not do.
func (d *decider) ask(in *Instance, f *flow.Flow, step *flow.Step, s *flow.Slot, why string, items []map[string]any) {
	env := d.env(in, f)
	env["raw"] = in.Slots[s.Name].Raw
	t := s.AskT
	if d.again && !s.ReaskT.Empty() {
		t = s.ReaskT
	}
	m := flow.Message{Kind: flow.KindAsk, Text: d.render(t, env)}
	if why != "" {
		m.Text = join(d.locale(), why, m.Text)
	}
	switch {
	case len(items) > 0:
		m.Card = d.optionCard(in, f, s, items)
	case len(s.Choices) > 0:
		m.Card = &flow.Card{Kind: flow.CardChoice, Title: d.pick(s.Label)}
		for _, c := range s.Choices {
			m.Card.Options = append(m.Card.Options, flow.Option{ID: tapID("opt", in.ID, s.Name, c.Value), Label: d.pick(c.Label)})
		}
	}
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingSlot, Instance: in.ID, Step: step.ID, Slot: s.Name}
}

func (d *decider) optionCard(in *Instance, f *flow.Flow, s *flow.Slot, items []map[string]any) *flow.Card {
	kind := s.Options.Card
	if kind == "" {
		kind = flow.CardChoice
	}
	card := &flow.Card{Kind: kind, Title: d.pick(s.Label)}
	for _, it := range items {
		env := d.env(in, f)
		env["item"] = d.local(it)
		card.Options = append(card.Options, flow.Option{
			ID: tapID("opt", in.ID, s.Name, fmt.Sprint(it["id"])), Label: d.render(s.Options.LabelT, env), Note: d.render(s.Options.NoteT, env),
		})
	}
	if s.Many && len(items) > 1 {
		card.Options = append(card.Options, flow.Option{ID: tapID("opt", in.ID, s.Name, everyOption), Label: d.phrase("tap_all")})
	}
	return card
}

func tailOf(it map[string]any) string {
	if t, ok := it["tail"].(string); ok && t != "" {
		return t
	}
	t, _ := it["account_tail"].(string)
	return t
}

// sameKind matches a bank term of the entity extractor with the bank's kinds.
func sameKind(kind, term string) bool {
	switch term {
	case "savings", "debit_card", "current":
		return kind == "debit" || kind == "passbook"
	case "credit_card":
		return kind == "credit"
	case "":
		return false
	}
	return kind == term || strings.TrimSuffix(term, "_card") == kind
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func join(locale, a, b string) string {
	if locale == "en" && a != "" {
		return a + " " + b
	}
	return a + b
}
