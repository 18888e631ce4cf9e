package flow

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// x compiles an expression into *to and returns the names it reads.
func (c *compiler) x(path, src string, cond bool, to **Expr) map[string]bool {
	if src == "" {
		return nil
	}
	e, err := compileExpr(src, c.env, cond)
	if err != nil {
		c.fail(path, c.known("只能用槽位、保存的结果和 customer、edition、locale；金额用 fen() 比 / use slots, saved results and customer, edition, locale; fen() compares amounts"), "%v", err)
		return nil
	}
	*to = e
	return e.names
}

func (c *compiler) xs(path string, src map[string]string, to *map[string]*Expr) map[string]bool {
	*to = make(map[string]*Expr, len(src))
	names := map[string]bool{}
	for _, k := range slices.Sorted(maps.Keys(src)) {
		var e *Expr
		maps.Copy(names, c.x(path+"."+k, src[k], false, &e))
		(*to)[k] = e
	}
	return names
}

// t compiles a text into *to, checks its translations and names, and returns
// the names it reads. Required texts must not be empty.
func (c *compiler) t(path string, text Text, required bool, to **Template) map[string]bool {
	if len(text) == 0 {
		if required {
			c.fail(path, "加上 {zh: …, en: …} / add {zh: …, en: …}", "少一段话 / a text is missing")
		}
		return nil
	}
	for _, l := range []string{"zh", "en"} {
		if text[l] == "" {
			c.fail(path, "加上 "+l+": / add "+l+":", "这段话没有 %[1]s 的说法 / the text has no wording for %[1]s", l)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(text)) {
		if !slices.Contains([]string{"zh", "en", "zh-elder", "en-elder"}, key) {
			c.fail(path+"."+key, "写 zh、en、zh-elder 或 en-elder / zh, en, zh-elder or en-elder", "不认识的语言 %[1]q / unknown wording %[1]q", key)
		}
	}
	tm, err := CompileText(text)
	if err != nil {
		c.fail(path, "写成 {{ .slot }}、{{ money .amount }}、{{ tail .card }}、{{ if … }} / use {{ .slot }}, {{ money .amount }}, {{ tail .card }}, {{ if … }}", "%v", err)
		return nil
	}
	for n := range tm.names {
		if _, ok := c.env[n]; !ok {
			c.fail(path, c.known("写一个槽位或保存过的结果 / name a slot or a saved result"), "这段话用到 %[1]q，没有这个东西 / the text reads %[1]q, which does not exist", n)
		}
	}
	if to != nil {
		*to = tm
	}
	return tm.names
}

func (c *compiler) compile() {
	c.t("$.name", c.f.Name, true, nil)
	c.header()
	for i, s := range c.f.Slots {
		c.slot(s, fmt.Sprintf("$.slots[%d]", i))
	}
	for i, a := range c.f.Answers {
		p := fmt.Sprintf("$.answers[%d]", i)
		c.x(p+".when", a.When, true, &a.WhenX)
		c.t(p+".text", a.Text, true, &a.TextT)
	}
	for i, s := range c.f.Steps {
		s.uses = map[string]bool{}
		p := fmt.Sprintf("$.steps[%d]", i)
		maps.Copy(s.uses, c.x(p+".when", s.When, true, &s.WhenX))
		c.step(s, p+"."+s.Kind)
	}
	c.xs("$.outputs", c.f.Outputs, &c.f.outputs)
	// A confirm or step-up answers for its call: it uses what the call uses.
	for _, s := range c.f.Steps {
		s.reads = maps.Clone(s.uses)
		var forStep string
		switch {
		case s.Confirm != nil:
			forStep = s.Confirm.For
		case s.StepUp != nil:
			forStep = s.StepUp.For
		}
		if t := c.f.Step(forStep); t != nil {
			maps.Copy(s.uses, t.uses)
		}
	}
}

// header checks the lists of the flow's head that take only known words: one that
// nobody knows would be waited for in vain.
func (c *compiler) header() {
	of := reflect.ValueOf(c.f).Elem()
	for i := range of.NumField() {
		known := knownValues(of.Type().Field(i))
		if known == nil {
			continue
		}
		values, _ := of.Field(i).Interface().([]string)
		key := of.Type().Field(i).Tag.Get("yaml")
		for _, v := range values {
			if !slices.Contains(known, v) {
				c.fail("$."+key, "写 "+strings.Join(known, "、")+" / write "+strings.Join(known, ", "), "%[1]s: 不认识 %[2]q / %[1]s: unknown word %[2]q", key, v)
			}
		}
	}
	if len(c.f.Stops) > 0 && !c.f.Emergency {
		c.fail("$.stops", "加上 emergency: true，或删掉 stops / add emergency: true, or take stops out", "stops 只对紧急流程有用 / stops is for an emergency flow only")
	}
}

func (c *compiler) slot(s *Slot, p string) {
	c.t(p+".label", s.Label, true, nil)
	c.t(p+".ask", s.Ask, true, &s.AskT)
	c.t(p+".reask", s.Reask, false, &s.ReaskT)
	c.t(p+".display", s.Display, false, &s.DisplayT)
	c.x(p+".default", s.Default, false, &s.DefaultX)
	c.x(p+".when", s.When, true, &s.WhenX)
	for i, d := range s.DependsOn {
		if c.f.slots[d] == nil {
			c.fail(fmt.Sprintf("%s.depends_on[%d]", p, i), "写这个流程里的槽位 / name a slot of this flow", "槽位 %[1]s 依赖的 %[2]q 不存在 / slot %[1]s depends on %[2]q, which does not exist", s.Name, d)
		}
	}
	for i, k := range s.Checks {
		kp := fmt.Sprintf("%s.checks[%d]", p, i)
		c.x(kp+".if", k.If, true, &k.IfX)
		c.t(kp+".text", k.Text, true, &k.TextT)
	}
	if s.Kind == "choice" && len(s.Choices) == 0 && s.Options == nil {
		c.fail(p, "加上 choices: 或 options: / add choices: or options:", "槽位 %[1]s 没有可选的 / slot %[1]s is a choice of nothing", s.Name)
	}
	if len(s.Words) > 0 && s.Kind != "text" {
		c.fail(p+".words", "去掉 words:，它只用于文字 / leave words: out; it is for kind text", "槽位 %[1]s：words 只用于文字 / slot %[1]s: words introduce text only", s.Name)
	}
	if s.Many && s.Options == nil {
		c.fail(p+".many", "加上 options: / add options:", "槽位 %[1]s 可以多选，却没有可选的 / slot %[1]s takes many of nothing", s.Name)
	}
	if i := slices.IndexFunc(c.f.Steps, func(o *Step) bool { return o.StepUp != nil }); s.Many && i >= 0 {
		c.fail(p+".many", "一次只办一个：核验只对一笔有效 / take one at a time: a factor is bound to one call", "槽位 %[1]s 可以多选，不能和加强核验 %[2]s 一起用 / slot %[1]s takes many beside the step-up %[2]s", s.Name, c.f.Steps[i].ID)
	}
	for i, ch := range s.Choices {
		c.t(fmt.Sprintf("%s.choices[%d].label", p, i), ch.Label, true, nil)
	}
	if o := s.Options; o != nil {
		op := p + ".options"
		if o.Call == "" || o.Items == "" {
			c.fail(op, "加上 call: 和 items: / add call: and items:", "槽位 %[1]s：选项要有接口和列表 / slot %[1]s: options need an operation and its list", s.Name)
			return
		}
		c.operation(op+".call", o.Call)
		c.xs(op+".args", o.Args, &o.ArgsX)
		c.x(op+".items", o.Items, false, &o.ItemsX)
		c.x(op+".only", o.Only, true, &o.OnlyX)
		c.x(op+".prefer", o.Pick, true, &o.PickX)
		c.t(op+".label", o.Label, true, &o.LabelT)
		c.t(op+".note", o.Note, false, &o.NoteT)
		c.t(op+".none", o.None, true, &o.NoneT)
	}
}

func (c *compiler) step(s *Step, p string) {
	u := func(names map[string]bool) { maps.Copy(s.uses, names) }
	switch s.Kind {
	case "say":
		u(c.t(p+".text", s.Say.Text, s.Say.Card == nil, &s.Say.TextT))
		c.card(s, s.Say.Card, p+".card")
		for i, a := range s.Say.Actions {
			c.t(fmt.Sprintf("%s.actions[%d].label", p, i), a.Label, true, nil)
		}
	case "ask":
		for i, n := range s.Ask {
			s.uses[n] = true
			if c.f.slots[n] == nil {
				c.fail(fmt.Sprintf("%s[%d]", p, i), "写这个流程里的槽位 / name a slot of this flow", "步骤 %[1]s 要问的 %[2]q 不存在 / step %[1]s asks for %[2]q, which does not exist", s.ID, n)
			}
		}
	case "choose":
		u(c.t(p+".text", s.Choose.Text, true, &s.Choose.TextT))
		for i, o := range s.Choose.Options {
			c.t(fmt.Sprintf("%s.options[%d].label", p, i), o.Label, true, nil)
		}
	case "confirm":
		u(c.t(p+".text", s.Confirm.Text, true, &s.Confirm.TextT))
		u(c.t(p+".yes", s.Confirm.Yes, true, &s.Confirm.YesT))
		c.card(s, s.Confirm.Card, p+".card")
	case "stepup":
		u(c.x(p+".level", s.StepUp.Level, false, &s.StepUp.LevelX))
		u(c.t(p+".text", s.StepUp.Text, true, &s.StepUp.TextT))
		u(c.t(p+".title", s.StepUp.Title, true, &s.StepUp.TitleT))
		if s.StepUp.Level == "" {
			c.fail(p, "add level: '\"L2\"' or an expression", "步骤 %[1]s：加强核验没有等级 / step %[1]s: the step-up has no level", s.ID)
		}
	case "call":
		if s.Call.Operation == "" {
			c.fail(p, "加上 operation: / add operation:", "步骤 %[1]s 没写调用哪个接口 / step %[1]s calls nothing", s.ID)
		}
		c.operation(p+".operation", s.Call.Operation)
		reads := c.xs(p+".args", s.Call.Args, &s.Call.ArgsX)
		u(reads)
		s.Call.Moves = s.Call.Irreversible && c.sum(s.Call.Args, reads)
		if s.Call.Alone != "" {
			u(c.x(p+".alone", s.Call.Alone, true, &s.Call.AloneX))
		}
		c.t(p+".doing", s.Call.Doing, s.Call.Irreversible, &s.Call.DoingT)
		c.t(p+".stands", s.Call.Stands, false, &s.Call.StandsT)
	case "branch":
		for i, a := range s.Branch {
			u(c.x(fmt.Sprintf("%s[%d].when", p, i), a.When, true, &a.WhenX))
		}
	case "set":
		u(c.xs(p+".values", s.Set.Values, &s.Set.ValuesX))
		c.oneOf(p+".sound", s.Set.Sound, []string{"on", "off"}, s.ID+": sound")
		c.oneOf(p+".edition", s.Set.Edition, []string{"standard", "elder"}, s.ID+": edition")
		for i, n := range s.Set.Clear {
			if c.f.slots[n] == nil {
				c.fail(fmt.Sprintf("%s.clear[%d]", p, i), "写这个流程里的槽位 / name a slot of this flow", "步骤 %[1]s 要清空的 %[2]q 不存在 / step %[1]s clears %[2]q, which does not exist", s.ID, n)
			}
		}
	case "handoff":
		u(c.t(p+".reason", s.Handoff.Reason, true, &s.Handoff.ReasonT))
		u(c.t(p+".text", s.Handoff.Text, true, &s.Handoff.TextT))
	case "session", "wait", "capture", "sign", "review":
		c.outside(s, p)
	case "schedule":
		c.schedule(s, p)
	case "loop":
		s.uses[s.Loop.Slot] = true
		if slot := c.f.slots[s.Loop.Slot]; slot == nil || !slot.Many {
			c.fail(p+".slot", "写一个 many: true 的槽位 / name a slot with many: true", "步骤 %[1]s 要逐个办的 %[2]q 只能有一个 / step %[1]s goes over %[2]q, which takes no more than one", s.ID, s.Loop.Slot)
		}
		if s.Loop.To == "" {
			c.fail(p+".to", "写每一个从哪一步开始 / name the step each one begins at", "步骤 %[1]s 没写回到哪一步 / step %[1]s leads back to no step", s.ID)
		}
	case "subflow":
		u(c.xs(p+".with", s.Subflow.With, &s.Subflow.WithX))
	case "end":
		u(c.t(p+".text", s.End.Text, false, &s.End.TextT))
	}
}

// sum says that a call is given an amount of money: by the argument's name, or
// from a slot that holds one.
func (c *compiler) sum(args map[string]string, reads map[string]bool) bool {
	for name := range args {
		if name == "amount" || strings.HasSuffix(name, "_amount") {
			return true
		}
	}
	return slices.ContainsFunc(c.f.Slots, func(s *Slot) bool { return s.Kind == "amount" && reads[s.Name] })
}

func (c *compiler) card(s *Step, k *CardSpec, p string) {
	if k == nil {
		return
	}
	u := func(names map[string]bool) { maps.Copy(s.uses, names) }
	u(c.t(p+".title", k.Title, true, &k.TitleT))
	u(c.t(p+".note", k.Note, false, &k.NoteT))
	u(c.x(p+".amount", k.Amount, false, &k.AmountX))
	u(c.x(p+".ref", k.Ref, false, &k.RefX))
	for i, r := range k.Rows {
		rp := fmt.Sprintf("%s.rows[%d]", p, i)
		u(c.x(rp+".when", r.When, true, &r.WhenX))
		if r.Slot != "" {
			s.uses[r.Slot] = true
			if c.f.slots[r.Slot] == nil {
				c.fail(rp, "写这个流程里的槽位 / name a slot of this flow", "卡片上的 %[1]q 不存在 / the card shows %[1]q, which does not exist", r.Slot)
			}
			c.t(rp+".label", r.Label, false, nil)
			u(c.t(rp+".value", r.Value, false, &r.ValueT))
			continue
		}
		c.t(rp+".label", r.Label, true, nil)
		u(c.t(rp+".value", r.Value, true, &r.ValueT))
	}
	if k.Table != nil {
		u(c.x(p+".table.items", k.Table.Items, false, &k.Table.ItemsX))
		for i, col := range k.Table.Columns {
			cp := fmt.Sprintf("%s.table.columns[%d]", p, i)
			c.t(cp+".label", col.Label, true, nil)
			u(c.t(cp+".value", col.Value, true, &col.ValueT))
		}
	}
}
