package dialogue

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

var (
	// asksRight asks whether something is right, and finds no fault.
	asksRight = regexp.MustCompile(`对不对|是不是|有没有(错|问题)|会不会|错没错|不对吗|(错|问题)了?(吗|么|没有?)`)
	// faultWord says that what stands before or behind it is wrong.
	faultWord = regexp.MustCompile(`不对|不正确|错了?|有误|有问题|不是这(个|张|位|家)|不是我(要|想|说)的?|不准|要改|得改|(想|需)要?(改|换)|\b(wrong|incorrect|mistaken?|not right|isn't right|not correct|isn't correct|mistyped)\b`)
	// elseWord wants another one.
	elseWord = regexp.MustCompile(`另(外)?(一)?(张|个|位|笔|家)|别的|其他的?|换(一)?(张|个|位|一下|下)|改(一)?下|(^|我|要|想|得|怎么|能|可以|能不能|帮我|给我)(改|换)|\b(an?other|other|different)\b|\b(change|fix|correct|edit) (the|my)\b`)
	// Everything is right but one thing.
	exceptZH  = regexp.MustCompile(`除了?([^,。;]{1,10}?)(以外|之外|外)?,?(其他|其它|别的|剩下|其余|都|全)`)
	restZH    = regexp.MustCompile(`(其他|其它|别的|其余|剩下的?|都|全)(的)?(都|全)?(是)?(对|没问题|没错|正确|可以|无误|ok)的?了?,?(就是?|只有?|但是?|不过|除了|可是?)?(.+)`)
	exceptEN  = regexp.MustCompile(`\b(?:right|fine|correct|good|ok|okay|perfect)\b.{0,20}?\b(?:except|but|apart from|other than|besides)\b(?: for)?(.+)|\b(?:except|apart from|other than|besides)\b(?: for)?(.+?)\b(?:is|all|everything)\b`)
	otherTime = regexp.MustCompile(`上次|上回|昨天|前天|之前|以前|上个?月|刚才那笔|已经(转|付|汇)|(转|汇|付|打)(出去|过去|走)了?|\b(last (time|week)|yesterday|already)\b`)
	// isRather leads from what is wrong to what is right: 用途写错了，是收工资.
	isRather = regexp.MustCompile(`^的?(那里|这里|这项|那项)?(写|填|说|弄|搞|打|输|讲)?(的)?(错了?|不对|有误)[,，。;；\s]*(应该|应)?(是|写成?|填成?|改成|改为|为|用)[:：\s“"]*|^(应该|应)?(是|改成|改为|换成|改作)[:：\s“"]*|^ (is|was) wrong[,;.]* (it'?s|it is|it should be|it should say|make it|should be)\s+`)
)

// objection takes fault that is found with what is read back: it belongs to the
// read-back and begins no other business. What was said to be right instead is
// taken, what is only said to be wrong is asked for anew, all else is kept.
func (d *decider) objection(in *Instance, f *flow.Flow, e Said) bool {
	slots := d.faults(in, f, e)
	got := d.read(in, f, e)
	slots = append(slots, notTexts(f, got)...)
	d.rather(in, f, e, &got)
	maps.DeleteFunc(got.values, func(name string, v Value) bool { // 钱数写错了 names no 钱先生
		return f.Slot(name).Kind == "payee" && slices.ContainsFunc(slots, func(s *flow.Slot) bool {
			return slices.ContainsFunc(namesOf(s), func(w string) bool { return w != "" && strings.Contains(strings.ToLower(v.Raw), strings.ToLower(w)) })
		})
	})
	instead := len(slots) > 0 // 别转五百，转八百: what is given stands in the place of what is wrong
	slots = slices.DeleteFunc(slots, func(s *flow.Slot) bool { _, given := got.values[s.Name]; return given })
	instead = instead && len(slots) == 0
	if has(e, ActCancel) && !instead && !cleared(got) && !got.sure {
		return false
	}
	if len(slots) == 0 && !got.sure && !instead || got.bad != "" || got.many != "" {
		return false
	}
	if len(slots) == 0 && !instead && !has(e, ActCorrection) && !cleared(got) {
		return false
	}
	if v := d.verdict(e, switchP); v.flow != nil && v.flow.ID != in.Flow && d.complete(v.flow, e) {
		return false // another business with a 不对 of its own
	}
	var changed []string
	if why := d.unfit(in, f, got.values); why != "" {
		d.say(flow.Message{Kind: flow.KindText, Text: why})
	}
	changed = d.apply(in, f, got.values)
	slots = slices.DeleteFunc(slots, func(s *flow.Slot) bool { return d.onlyOne(in, f, s) })
	for _, s := range slots {
		d.again = d.again || s.Kind == "term" && slices.Contains(notThis(in, f, e), s) // 不是三年的 is not answered with 三年
		d.reopen(in, s, folded(e.Text))
		changed = append(changed, s.Name)
		d.note(NoteCorrected, in.Flow, in.Step, s.Name)
	}
	d.st.Fails, d.st.Pending = 0, nil
	d.rewind(in, f, changed)
	if len(changed) > len(slots) || slices.ContainsFunc(slots, func(s *flow.Slot) bool { return in.Slots[s.Name].ID != "" }) {
		d.sayPhrase(flow.KindText, "corrected", nil)
	}
	for _, s := range slots {
		if d.askAnew(in, f, s) {
			return true
		}
	}
	d.run()
	return true
}

// askAnew asks for a text that no step asks for by itself: a memo that was wrong.
func (d *decider) askAnew(in *Instance, f *flow.Flow, s *flow.Slot) bool {
	if s.Kind != "text" || !s.Optional || slices.ContainsFunc(f.Steps, func(o *flow.Step) bool { return slices.Contains(o.Ask, s.Name) }) {
		return false
	}
	d.ask(in, f, f.Step(in.Step), s, "", nil)
	return true
}

// notTexts takes out of what was read a text that is no text but the fault that is
// found with it: 备注写错了.
func notTexts(f *flow.Flow, got filling) []*flow.Slot {
	var out []*flow.Slot
	for _, s := range f.Slots {
		if v, given := got.values[s.Name]; given && s.Kind == "text" && noText.MatchString(v.Raw) {
			delete(got.values, s.Name)
			out = append(out, s)
		}
	}
	return out
}

var noText = regexp.MustCompile(`^(写|填|说|弄|搞|打|输|有)?(错|不对|误|问题|不是这)|^(is |was )?(wrong|incorrect|not right)`)

// cleared says that a message takes an optional text out: 备注不要了.
func cleared(got filling) bool {
	return len(got.values) == 1 && slices.ContainsFunc(slices.Collect(maps.Values(got.values)), func(v Value) bool { return v.ID == "" && v.Raw == "" })
}

// onlyOne says that there is nothing else to choose than what stands.
func (d *decider) onlyOne(in *Instance, f *flow.Flow, s *flow.Slot) bool {
	if v := in.Slots[s.Name]; s.Options == nil || s.Options.NeedsRaw() || v.Item == nil || len(in.Options[s.Name].Items) != 1 {
		return false
	}
	d.sayPhrase(flow.KindText, "only_one", nil, "label", d.pick(s.Label), "value", d.show(in, f, s))
	return true
}

// reopen takes a slot's value away, for another one; of two options that leaves one.
func (d *decider) reopen(in *Instance, s *flow.Slot, text string) {
	v, list := in.Slots[s.Name], in.Options[s.Name].Items
	in.Asked[s.Name] = true
	delete(in.Slots, s.Name)
	delete(in.Unsure, s.Name)
	if i := slices.IndexFunc(list, func(it map[string]any) bool { return it["id"] != v.Item["id"] }); len(list) == 2 && v.Item != nil && i >= 0 && saysOther(text) {
		d.choose(in, s, list[i], "", "customer")
	}
}

// asksToChange asks how something can be changed, which is to change it.
var asksToChange = regexp.MustCompile(`(怎么|能|可以|能不能|可不可以)(改|换)|\b(how (do|can)|can|could|may) i (change|correct|edit)\b`)

// faults are the filled slots a message finds fault with.
func (d *decider) faults(in *Instance, f *flow.Flow, e Said) []*flow.Slot {
	text := strings.ToLower(folded(e.Text))
	if otherTime.MatchString(text) {
		return nil
	}
	text = asksRight.ReplaceAllString(text, "□")
	if named := notThis(in, f, e); len(named) > 0 && !has(e, ActQuestion) {
		return named
	}
	where := faultIn(text)
	if where == "" || has(e, ActQuestion) && !faultWord.MatchString(where) && !asksToChange.MatchString(where) || strings.Contains(text, "□") {
		return nil
	}
	return slices.DeleteFunc(slotsNamed(f, where), func(s *flow.Slot) bool {
		_, ok := in.Slots[s.Name]
		return !ok
	})
}

// notThis are the slots whose standing value is denied by name: 这不是我妈, 不是五百.
func notThis(in *Instance, f *flow.Flow, e Said) []*flow.Slot {
	var out []*flow.Slot
	for _, s := range f.Slots {
		v := in.Slots[s.Name]
		if s.Kind != "payee" || v.Item == nil {
			continue
		}
		for _, k := range []string{"name", "name_en", "alias"} {
			name, _ := v.Item[k].(string)
			before, after, hit := strings.Cut(strings.ToLower(e.Text), strings.ToLower(name))
			if name != "" && hit && denied.MatchString(before) && !doing.MatchString(after) && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	for _, x := range e.Understanding.Entities {
		if x.Start < 0 || x.End > len(e.Text) || !denied.MatchString(strings.ToLower(e.Text[:x.Start])) || x.Kind == entity.Person && doing.MatchString(e.Text[x.End:]) {
			continue
		}
		for _, s := range f.Slots {
			v := in.Slots[s.Name]
			same := (s.Kind == "amount" || s.Kind == "term") && x.Value == v.ID && v.ID != "" ||
				s.Kind == "payee" && v.Item != nil && (sameName(v, x.Value) || sameName(v, x.Text)) ||
				(s.Kind == "card" || s.Kind == "account") && v.Item != nil && tailOf(v.Item) == x.Value
			if same && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

var (
	denied = regexp.MustCompile(`(不是|不要|不用|不|别|不想)(用|转|付|存|汇|还|买|取|从)?(给|转给|尾号)?$|(\b(not|isn't|not to|not for|don't use|not from))[“"\s]*$`)
	// doing follows somebody who did or said something: 不是我妈让我转的.
	doing = regexp.MustCompile(`^(让|叫|说|要|想|的|告诉|教|催)`)
)

// faultIn is the part of a message that names what is wrong; empty when none does.
func faultIn(text string) string {
	if m := exceptZH.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	if m := exceptEN.FindStringSubmatch(text); m != nil {
		return m[1] + m[2]
	}
	if m := restZH.FindStringSubmatch(text); m != nil && !strings.HasPrefix(m[7], "的") {
		return m[7]
	}
	var parts []string
	for _, c := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",。;.!、", r) }) {
		c = noFaultIn.ReplaceAllString(c, "□")
		if faultWord.MatchString(c) || elseWord.MatchString(c) || sumWrong.MatchString(c) {
			parts = append(parts, c)
		}
	}
	return strings.Join(parts, ",")
}

// noFaultIn says that something is right.
var noFaultIn = regexp.MustCompile(`(没|没有|不会|不|未)(写|填|弄|搞|打|选|转)?(错|有误|有问题|问题)`)

// slotWords are usual words for slots of a kind, beside their labels.
func slotWords(kind string) []string {
	switch kind {
	case "amount":
		return []string{"金额", "钱数", "数目", "数额", "多少钱", "amount", "sum", "figure"}
	case "payee":
		return []string{"收款人", "收款方", "收款账号", "收款账户", "收款卡", "对方账号", "对方账户", "对方", "名字", "姓名", "户名", "那个人", "这个人", "payee", "recipient", "beneficiary", "person", "name"}
	case "account":
		return []string{"付款账户", "付款卡", "卡", "账户", "帐户", "账号", "card", "account"}
	case "card":
		return []string{"卡", "card"}
	case "date":
		return []string{"日期", "时间", "日子", "date", "day"}
	case "term":
		return []string{"期限", "存期", "年限", "term"}
	case "number":
		return []string{"期数", "次数", "number"}
	}
	return nil
}

// personWrong finds fault with a person, where 人 alone means the payee.
var personWrong = regexp.MustCompile(`(^|[^\p{Han}]|收款|给|的|是|就|那|这)人(不对|错|有误|弄错|写错|搞错|选错)|(换|改)(一)?个人|(转|给|汇|付|打|选|写|搞|弄|认)错了?人`)

// sumWrong finds fault with a sum, where 钱 or 数 alone means it.
var sumWrong = regexp.MustCompile(`(钱|数|数字|价)(不对|错|有误|写错|搞错|弄错|打错|输错|多了|少了|太多|太少)|(转|打|输|写|填|给)错了?(钱|数|数字)|^(这)?(太|转|有点|给)?(多|少)了(吧|点|些|啊)?$`)

// slotsNamed are the slots a text names by their label or a usual word, the
// longest word first, so that 收款账户 is no 账户.
func slotsNamed(f *flow.Flow, text string) []*flow.Slot {
	type word struct {
		text string
		slot *flow.Slot
	}
	var words []word
	for _, s := range f.Slots {
		for _, w := range namesOf(s) {
			if w != "" {
				words = append(words, word{strings.ToLower(w), s})
			}
		}
	}
	slices.SortStableFunc(words, func(a, b word) int { return len(b.text) - len(a.text) })
	var out []*flow.Slot
	for _, w := range words {
		if !strings.Contains(text, w.text) {
			continue
		}
		if !slices.Contains(out, w.slot) {
			out = append(out, w.slot)
		}
		if !slices.ContainsFunc(words, func(o word) bool { return o.text == w.text && o.slot != w.slot && !slices.Contains(out, o.slot) }) {
			text = strings.ReplaceAll(text, w.text, "□")
		}
	}
	for _, s := range f.Slots {
		person := (s.Kind == "payee" || s.Kind == "person") && personWrong.MatchString(text)
		if !slices.Contains(out, s) && (person || s.Kind == "amount" && sumWrong.MatchString(text)) {
			out = append(out, s)
		}
	}
	return out
}

// namesOf are the words that name a slot.
func namesOf(s *flow.Slot) []string {
	words := []string{s.Label["zh"], s.Label["en"]}
	words = append(words, slotWords(s.Kind)...)
	if s.Kind == "choice" && strings.ContainsAny(s.Label["zh"], "卡户") {
		words = append(words, slotWords("account")...)
	}
	for _, w := range s.Words {
		for _, end := range []string{"改成", "写成", "是", "写", "为"} {
			if short := strings.TrimSuffix(w, end); len([]rune(short)) > 1 {
				w = short
			}
		}
		words = append(words, w)
	}
	return words
}

// rather reads what a text slot should say instead of what was found wrong.
func (d *decider) rather(in *Instance, f *flow.Flow, e Said, got *filling) {
	text := strings.ToLower(e.Text)
	if len(text) != len(e.Text) || has(e, ActQuestion) {
		return
	}
	for _, s := range f.Slots {
		_, filled := in.Slots[s.Name]
		if _, given := got.values[s.Name]; given || !filled && !s.Optional || s.Kind != "text" {
			continue
		}
		for _, w := range namesOf(s) {
			i := strings.Index(text, strings.ToLower(w))
			if w == "" || i < 0 {
				continue
			}
			rest := e.Text[i+len(w):]
			m := isRather.FindString(rest)
			value := strings.Trim(rest[len(m):], " 。，,!！“”\"吧")
			if m == "" || value == "" || len([]rune(value)) > textMax(s) {
				continue
			}
			got.values[s.Name], got.sure = Value{Raw: value, ID: value, By: "customer", Turn: d.c.Turn}, true
			break
		}
	}
}

// noFault finds nothing wrong after all.
var noFault = regexp.MustCompile(`^(哦|噢|啊|嗯|那|我)*,?(没事|没什么|没错|没有错|没问题|就这样|都对|都没错|对的|不用改|不改|看错|我看错|算我看错)|\b(it's fine|it is fine|all right|nothing|never ?mind|it's ok|all good)\b`)

// answersFault takes the answer to 哪一项要改. A yes there names nothing and agrees to
// nothing: what stands is read back anew, and asked about.
func (d *decider) answersFault(p *Pending, e Said) bool {
	in := d.top()
	if in == nil || in.ID != p.Instance || in.Suspended || in.Acting != "" || has(e, ActQuestion) {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	if d.objection(in, f, e) {
		return true
	}
	text := folded(e.Text)
	named := slices.DeleteFunc(slotsNamed(f, strings.ToLower(text)), func(s *flow.Slot) bool { _, ok := in.Slots[s.Name]; return !ok })
	got := d.read(in, f, e)
	switch {
	case len(got.values) > 0 || got.bad != "" || got.many != "" || has(e, ActCancel):
		return false
	case len(named) > 0 && brief(text):
		for _, s := range named {
			d.tappedSlot(in, f, s.Name)
			return true
		}
	case noFault.MatchString(text) || has(e, ActAffirm) || vagueYes.MatchString(text) || has(e, ActDeny) || keepsIt.MatchString(text):
		d.st.Pending, d.st.Fails = nil, 0
		d.run()
		return true
	}
	return d.atReadBack(p, e)
}

// leavesEmpty takes 不写了 where an optional text was asked for.
func (d *decider) leavesEmpty(p *Pending, e Said) bool {
	in := d.top()
	if in == nil || in.ID != p.Instance || in.Suspended || !nothingToWrite.MatchString(folded(e.Text)) {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	s := f.Slot(p.Slot)
	if s == nil || !s.Optional || s.Kind != "text" {
		return false
	}
	delete(in.Asked, s.Name)
	d.st.Pending, d.st.Fails = nil, 0
	d.run()
	return true
}

var nothingToWrite = regexp.MustCompile(`^(那|就|先)*(不|别|没)(用|要|写|填|有|必)?(写|填|要)?(了|吧|啊|呀)*$|^(no|none|nothing|skip|leave it( empty)?|no memo)( thanks)?$`)
