package dialogue

import (
	"fmt"
	"maps"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

// locale is the language this customer is answered in.
func (d *decider) locale() string {
	if d.st.Locale != "" {
		return d.st.Locale
	}
	if d.c.Locale != "" {
		return d.c.Locale
	}
	return "zh"
}

// say emits one message. The first message of a call begins anew what 再说一遍 repeats.
func (d *decider) say(m flow.Message) {
	if m.Kind == flow.KindAnswer {
		m.Text = flow.Spoken(m.Text, d.locale(), d.c.Now) // word for word, but for raw times
	} else {
		m.Text = d.written(m.Text)
	}
	if !d.spoken {
		d.st.Said = nil
		d.spoken = true
	}
	m.Quiet = d.st.Quiet
	d.st.Said = append(d.st.Said, m)
	if len(d.st.Said) > 4 {
		d.st.Said = d.st.Said[len(d.st.Said)-4:]
	}
	d.st.SaidN++
	d.emit(Say{Message: m})
}

// sound is whether the page reads aloud to those it reads aloud to.
func (d *decider) sound() string {
	if d.st.Quiet {
		return "off"
	}
	return "on"
}

// written is a text with sums and times as a customer reads them.
func (d *decider) written(s string) string { return flow.Spoken(flow.Tidy(s), d.locale(), d.c.Now) }

// aside says a word that 再说一遍 does not mean.
func (d *decider) aside(m flow.Message) {
	said, spoken := d.st.Said, d.spoken
	d.say(m)
	d.st.Said, d.spoken = said, spoken
}

// nextSeq is the sequence number the next message will get; 0 when not known.
func (d *decider) nextSeq() int64 {
	if d.c.NextSeq == 0 {
		return 0
	}
	return d.c.NextSeq + int64(d.st.SaidN)
}

// phrase renders a general sentence. Values come in pairs: name, value.
func (d *decider) phrase(key string, pairs ...any) string {
	env := map[string]any{"customer": d.customerEnv(), "employee": d.employeeName(d.st.Employee)}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		env[name] = pairs[i+1]
	}
	t := d.set.Phrase(key)
	if t == nil {
		d.fail(fmt.Errorf("dialogue: phrase %s is missing", key))
		return ""
	}
	return d.render(t, env)
}

func (d *decider) sayPhrase(kind flow.MessageKind, key string, actions []flow.Action, pairs ...any) {
	d.say(flow.Message{Kind: kind, Text: d.phrase(key, pairs...), Actions: actions})
}

func (d *decider) render(t *flow.Template, env map[string]any) string {
	s, err := t.Render(d.locale(), d.c.Edition, env)
	if err != nil {
		d.fail(fmt.Errorf("dialogue: %w", err))
	}
	return s
}

func (d *decider) pick(t flow.Text) string { return t.Pick(d.locale(), d.c.Edition) }

// customerEnv is what texts and expressions may know of the customer.
func (d *decider) customerEnv() map[string]any {
	call := d.c.Customer.Name
	if r := []rune(call); len(r) > 1 && d.locale() == "zh" && d.c.Customer.Title != "" && r[0] > 0x2E80 {
		call = string(r[:1]) + d.c.Customer.Title
	}
	if call == "" && d.locale() == "zh" {
		call = "您"
	}
	return map[string]any{
		"id": d.c.Customer.ID, "name": d.c.Customer.Name, "title": d.c.Customer.Title, "call": call,
		"level": string(d.c.Customer.Level), "age": d.c.Customer.Age, "anonymous": d.c.Customer.ID == "",
	}
}

// env is what the expressions and texts of an instance's flow read.
func (d *decider) env(in *Instance, f *flow.Flow) map[string]any {
	env := map[string]any{
		"customer": d.customerEnv(), "edition": d.c.Edition, "sound": d.sound(), "locale": d.locale(), "employee": d.employeeName(d.st.Employee),
		"refusal": d.local(in.Refusal), "raw": "", "item": map[string]any{}, "input": orEmpty(in.Input),
	}
	fills := map[string]any{}
	for _, s := range f.Slots {
		v, ok := in.Slots[s.Name]
		if s.Options != nil {
			env[s.Name] = d.local(optionEnv(s, v))
		} else {
			env[s.Name] = v.ID
		}
		if ok {
			fills[s.Name] = v.By
		}
	}
	env["fills"] = fills
	for name := range f.Results() {
		if v, ok := in.Results[name]; ok && v != nil {
			env[name] = d.localAny(v)
		} else {
			env[name] = map[string]any{}
		}
	}
	return env
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// show is a slot's value as a person reads it.
func (d *decider) show(in *Instance, f *flow.Flow, s *flow.Slot) string {
	v, ok := in.Slots[s.Name]
	if !ok {
		return ""
	}
	if v.ID == "" {
		return v.Raw
	}
	if len(v.All) > 1 {
		one, names := *in, []string{}
		one.Slots = maps.Clone(in.Slots)
		for _, it := range v.All {
			one.Slots[s.Name] = Value{ID: fmt.Sprint(it["id"]), Item: it}
			names = append(names, d.show(&one, f, s))
		}
		if d.locale() == "en" {
			return strings.Join(names, ", ")
		}
		return strings.Join(names, "、")
	}
	env := d.env(in, f)
	env["item"] = d.local(v.Item)
	if !s.DisplayT.Empty() {
		return d.render(s.DisplayT, env)
	}
	switch {
	case s.Options != nil:
		return d.render(s.Options.LabelT, env)
	case s.Kind == "amount":
		return flow.Money(v.ID, d.locale())
	case s.Kind == "choice":
		for _, c := range s.Choices {
			if c.Value == v.ID {
				return d.pick(c.Label)
			}
		}
	}
	return v.ID
}

// card fills a card's spec.
func (d *decider) card(in *Instance, f *flow.Flow, k *flow.CardSpec) *flow.Card {
	if k == nil {
		return nil
	}
	env := d.env(in, f)
	c := &flow.Card{Kind: k.Kind, Title: d.render(k.TitleT, env), Note: d.render(k.NoteT, env), Ref: d.text(k.RefX, env)}
	if a := d.text(k.AmountX, env); a != "" {
		c.Amount = &flow.Amount{Figures: flow.Money(a, d.locale())}
		if d.locale() != "en" {
			c.Amount.Words = flow.Words(a)
		}
	}
	for _, r := range k.Rows {
		if !d.holds(r.WhenX, env) {
			continue
		}
		row := flow.Row{Name: r.Slot, Label: d.pick(r.Label)}
		if s := f.Slot(r.Slot); s != nil {
			if row.Label == "" {
				row.Label = d.pick(s.Label)
			}
			row.Value, row.By = d.show(in, f, s), in.Slots[s.Name].By
		}
		if !r.ValueT.Empty() {
			row.Value = d.render(r.ValueT, env)
		}
		c.Rows = append(c.Rows, row)
	}
	if k.Table != nil {
		c.Table = d.table(k.Table, env)
	}
	return c
}

func (d *decider) table(t *flow.TableSpec, env map[string]any) *flow.Table {
	out := &flow.Table{Columns: []string{}, Rows: [][]string{}}
	for _, col := range t.Columns {
		out.Columns = append(out.Columns, d.pick(col.Label))
	}
	v, err := t.ItemsX.Eval(env)
	if err != nil {
		d.fail(err)
		return out
	}
	items, _ := v.([]any)
	for _, it := range items {
		env["item"] = it
		row := make([]string, 0, len(t.Columns))
		for _, col := range t.Columns {
			row = append(row, d.render(col.ValueT, env))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// text evaluates an expression that gives a display value.
func (d *decider) text(x *flow.Expr, env map[string]any) string {
	v, err := x.Eval(env)
	if err != nil {
		d.fail(err)
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func (d *decider) holds(x *flow.Expr, env map[string]any) bool {
	ok, err := x.True(env)
	if err != nil {
		d.fail(err)
	}
	return ok
}

// offer remembers a tap and returns the action that gives it out.
func (d *decider) offer(o Offer, label string, style flow.ActionStyle) flow.Action {
	o.ID, o.Label = d.id("of"), label
	d.st.Offers = append(d.st.Offers, o)
	if len(d.st.Offers) > maxOffers {
		d.st.Offers = d.st.Offers[len(d.st.Offers)-maxOffers:]
	}
	return flow.Action{ID: o.ID, Label: label, Style: style}
}

// agentOffer is the tap that asks for a person.
func (d *decider) agentOffer() flow.Action {
	return d.offer(Offer{Kind: offerAgent}, d.phrase("tap_agent"), flow.StylePlain)
}

// sayBad says why a value is impossible.
func (d *decider) sayBad(in *Instance, f *flow.Flow, got filling) {
	key := "bad_" + got.bad
	if d.set.Phrase(key) == nil {
		key = "not_understood"
	}
	available, label, most := "", got.raw, maxWords
	for _, s := range f.Slots {
		if a, ok := in.Slots[s.Name].Item["available"].(string); ok && s.Kind == "account" {
			available = a
		}
		if s.Name == got.raw {
			label, most = d.pick(s.Label), textMax(s)
		}
	}
	d.sayPhrase(flow.KindText, key, d.exactly(in, f, got), "raw", label, "available", available, "most", most, "several", len(got.between) > 1)
}
