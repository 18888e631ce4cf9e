package dialogue

import (
	"slices"
	"strings"
	"unicode"

	"github.com/pingdui/pingdui/assistant/flow"
)

// deniedP is how sure a business must be to count as the one that is denied.
const deniedP = 0.3

// plainP is how sure a short message must be of another business to be about that
// one while somebody else has the word.
const plainP = 0.9

// inForm decides a message while a flow is on the stack: filling and correcting
// first, then cancelling, another wish, a question, and not understood.
func (d *decider) inForm(e Said) {
	in := d.top()
	f := d.flowOf(in)
	if f == nil {
		gone := in.Flow
		d.run()
		if v := d.verdict(e, switchP); v.kind == runs && v.flow.ID != gone && d.top() == nil {
			d.wish(e, switchP) // another business is not what was taken back
		}
		return
	}
	if in.Suspended {
		d.whileSuspended(in, f, e)
		return
	}
	v := d.verdict(e, switchP)
	if v.kind == near && (d.sameFlow(in, v.intent.Name) || d.sameFlow(in, v.second.Name)) {
		v = verdict{} // what is being done is the nearest reading
	}
	if has(e, ActNegated) && v.flow == nil {
		if w := d.verdict(e, deniedP); w.intent != nil && (w.kind != near || !d.sameFlow(in, w.second.Name)) {
			if t := d.set.Topic(w.intent); t != nil && t.ID != in.Flow {
				v = verdict{kind: runs, intent: w.intent, flow: t} // 不用重置密码: to leave it is to leave another business
			}
		}
	}
	other := v.flow != nil && v.flow.ID != in.Flow
	asks := v.kind == knowledge && (has(e, ActQuestion) || has(e, ActAffirm)) || has(e, ActQuestion) && d.answerOf(in, f, e, v) != nil
	got := d.read(in, f, e)
	asks = asks && !got.sure || has(e, ActQuestion) && whyNot.MatchString(folded(e.Text)) || len(got.values) == 0 && got.bad == "" && d.ownWords(in, f, e) != nil
	if v.flow != nil && v.flow.ID == in.Flow && v.intent != nil {
		for name, value := range v.intent.Slots {
			if _, ok := got.values[name]; !ok && f.Slot(name) != nil && in.Slots[name].ID == "" {
				got.values[name] = Value{Raw: value, ID: value, By: "customer", Turn: d.c.Turn}
			}
		}
	}
	other = other && (v.flow.Emergency || d.complete(v.flow, e) || !d.staysIn(in, f, e, got))
	stops := (has(e, ActCancel) || has(e, ActNegated) || drops(e)) && !cleared(got) && !ownNo(f, e, got) && (len(got.values) == 0 || !sentElse.MatchString(folded(e.Text)))
	if hearsay.MatchString(folded(e.Text)) && d.st.Pending != nil && d.st.Pending.Kind == PendingSecure {
		d.sayPhrase(flow.KindText, "box_yourself", nil)
		d.retry()
		return
	}
	if p := d.st.Pending; p != nil && p.Kind == PendingSecure && !asks && in.Acting == "" && (stops || has(e, ActDeny) || has(e, ActCorrection) || objects.MatchString(folded(e.Text)) || wavers.MatchString(folded(e.Text))) {
		d.unbox(in, f)
	}
	switch {
	case has(e, ActNegated) && !has(e, ActCancel) && !has(e, ActQuestion) && other && !v.intent.Negated && len(got.values) == 0 && !d.deniesThis(in, f, e, v):
		d.sayPhrase(flow.KindText, "fine_going_on", nil) // 密码没忘, 不用重置密码: another business, not this one
		d.retry()
	case stops && (!has(e, ActCorrection) || len(got.values) == 0) && (v.kind != runs || !v.intent.Negated || brief(e.Text)) && !asks:
		d.keepWish(in, e)
		d.cancel(false)
	case in.Acting != "" && !other && v.kind != knowledge:
		d.sayPhrase(flow.KindText, "acting", nil)
	case other && !got.sure && !d.fillsPending(in, e, got):
		if v.flow.Emergency && termsOnly(e) {
			d.question(e, v)
			return
		}
		d.note(NoteIntent, v.flow.ID, "", v.intent.Name)
		d.start(v.flow, v.intent.Slots, &e)
	case asks && (!has(e, ActCorrection) || len(got.values) == 0):
		d.question(e, v)
	case got.bad == "later":
		d.offerLater(in, f, e)
	case got.bad != "":
		d.sayBad(in, f, got)
		if len(got.values) > 0 && in.Acting == "" {
			d.filled(in, f, got)
			return
		}
		d.retry()
	case got.many != "":
		d.sayPhrase(flow.KindText, severalOf(f, got.many), nil)
		delete(in.Slots, got.many)
		d.rewind(in, f, []string{got.many})
		d.run()
	case len(got.values) > 0 && asking(e) && !has(e, ActCorrection) && d.st.Pending != nil && d.st.Pending.Kind == PendingChoose && !asksFirst.MatchString(folded(e.Text)):
		d.question(e, v) // 还最低会怎样, where that is what one was warned of
	case len(got.values) > 0 && in.Acting == "":
		d.filled(in, f, got)
	case (has(e, ActCorrection) || has(e, ActDeny)) && d.vague(in, f, e):
	case v.kind == near:
		d.askWhich(e, v)
	case v.kind == social:
		d.social(v)
		d.retry()
	case v.kind != unsure && v.kind != none && v.flow == nil:
		d.question(e, v)
	case has(e, ActQuestion):
		d.question(e, v)
	case has(e, ActHelp):
		d.sayPhrase(flow.KindText, "help_form", []flow.Action{d.agentOffer()}, "name", d.pick(f.Name))
		d.retry()
	case d.st.Pending != nil && d.st.Pending.Kind == PendingOutside && !has(e, ActQuestion):
		d.retry() // it is not the customer's word that is waited for
	case d.st.Pending != nil && d.st.Pending.Kind == PendingConfirm:
		d.notUnderstood()
	case v.flow != nil || has(e, ActResume) || d.st.Pending == nil:
		d.again = true
		d.run()
	default:
		d.notUnderstood()
	}
}

// staysIn says that a message, though it sounds like another business, belongs
// to the one that is running: it asks what this one has an answer to, corrects
// what it holds, or is the free text that was asked for. Whoever means the other
// business all the same says it in full, or says it again.
func (d *decider) staysIn(in *Instance, f *flow.Flow, e Said, got filling) bool {
	if d.ownWords(in, f, e) != nil {
		return true
	}
	if has(e, ActCorrection) || has(e, ActDeny) {
		return got.bad != "" || len(got.values) > 0 || d.named(in, f, e)
	}
	if got.bad != "" {
		return true
	}
	p := d.st.Pending
	if p != nil && p.Instance == in.ID && elsewhere(p.Kind) && brief(e.Text) && len(e.Understanding.Entities) == 0 && best(e.Understanding).P < plainP {
		return true // 好了没有, while somebody else has the word
	}
	if p == nil || p.Kind != PendingSlot || p.Instance != in.ID || has(e, ActQuestion) || has(e, ActCancel) {
		return false
	}
	s := f.Slot(p.Slot)
	return s != nil && s.Kind == "text"
}

// elsewhere says that an open question is not answered in the chat.
func elsewhere(k PendingKind) bool {
	return slices.Contains([]PendingKind{PendingOutside, PendingCapture, PendingSign, PendingSecure}, k)
}

// named says that a message names a slot of the form: 换个收款人.
func (d *decider) named(in *Instance, f *flow.Flow, e Said) bool {
	text := strings.ToLower(e.Text)
	return slices.ContainsFunc(f.Slots, func(s *flow.Slot) bool {
		_, filled := in.Slots[s.Name]
		p := d.st.Pending
		asked := p != nil && p.Kind == PendingSlot && p.Slot == s.Name
		return (filled || asked || s.Kind == "text" && !s.Optional) && mentions(text, s)
	})
}

// filled writes what was given and goes on; a correction is said back in a
// word, so that nobody has to hunt for what changed.
func (d *decider) filled(in *Instance, f *flow.Flow, got filling) {
	resolved := map[string]bool{}
	for name, v := range in.Slots {
		resolved[name] = v.ID != ""
	}
	if why := d.unfit(in, f, got.values); why != "" {
		d.say(flow.Message{Kind: flow.KindText, Text: why})
		if len(got.values) == 0 {
			d.retry()
			return
		}
	}
	changed := d.apply(in, f, got.values)
	d.st.Fails = 0
	if len(changed) > 0 {
		d.st.Pending = nil
		d.rewind(in, f, changed)
		if slices.ContainsFunc(changed, func(name string) bool { return resolved[name] }) {
			d.sayPhrase(flow.KindText, "corrected", nil)
		}
	}
	d.run()
}

// fillsPending says that the message is first of all the answer that was asked
// for, whatever else it sounds like.
func (d *decider) fillsPending(in *Instance, e Said, got filling) bool {
	p := d.st.Pending
	if v := d.verdict(e, switchP); v.flow != nil && v.flow.ID != in.Flow && d.complete(v.flow, e) && len(got.values) < 2 {
		return false // 给儿子转三千五，不对，三千: another business, with its own 不对
	}
	if p == nil || p.Kind != PendingSlot || p.Instance != in.ID {
		return has(e, ActCorrection) && len(got.values) > 0
	}
	if _, ok := got.values[p.Slot]; !ok {
		return false
	}
	if brief(e.Text) {
		return true // 全部, a card, 房东: an answer, whatever business has the word in its name
	}
	covered := 0
	for _, x := range e.Understanding.Entities {
		covered += x.End - x.Start
	}
	return covered*2 >= len(strings.TrimSpace(e.Text)) || best(e.Understanding).P < 0.8
}

// brief says that a message is too short to be more than an answer.
func brief(text string) bool {
	han, words := 0, 0
	for w := range strings.FieldsSeq(text) {
		n := 0
		for _, r := range w {
			n += b2i(unicode.Is(unicode.Han, r))
		}
		han, words = han+n, words+b2i(n == 0)
	}
	return han <= 6 && words <= 3
}

// vague takes a correction that names a slot but no value: 不对, 是另一张卡.
func (d *decider) vague(in *Instance, f *flow.Flow, e Said) bool {
	if in.Acting != "" {
		return false
	}
	text := strings.ToLower(e.Text)
	for _, s := range f.Slots {
		v, ok := in.Slots[s.Name]
		if p := d.st.Pending; !ok && p != nil && p.Kind == PendingSlot && p.Slot == s.Name && mentions(text, s) {
			d.again = true // 换个收款人, where the payee is what is asked for
			d.run()
			return true
		}
		if !ok && (!s.Optional || s.Kind != "text") || !mentions(text, s) {
			continue
		}
		list := in.Options[s.Name].Items
		in.Asked[s.Name] = true
		delete(in.Slots, s.Name)
		if i := slices.IndexFunc(list, func(it map[string]any) bool { return it["id"] != v.Item["id"] }); len(list) == 2 && i >= 0 && saysOther(text) {
			d.choose(in, s, list[i], "", "customer")
		}
		d.note(NoteCorrected, in.Flow, in.Step, s.Name)
		d.st.Pending = nil
		d.rewind(in, f, []string{s.Name})
		d.run()
		return true
	}
	return false
}

func saysOther(text string) bool {
	return strings.Contains(text, "另") || strings.Contains(text, "other")
}

// mentions says that a message talks of a slot by its label or a usual word.
func mentions(text string, s *flow.Slot) bool {
	words := map[string][]string{
		"amount":  {"金额", "钱数", "数目", "amount"},
		"payee":   {"收款人", "收款方", "名字", "那个人", "这个人", "人不对", "payee", "recipient", "person"},
		"account": {"卡", "账户", "帐户", "账号", "card", "account"},
		"card":    {"卡", "card"},
		"date":    {"日期", "时间", "date"},
	}[s.Kind]
	words = append(slices.Clone(s.Words), words...)
	return slices.ContainsFunc(append(words, s.Label["zh"], s.Label["en"]), func(w string) bool {
		return w != "" && strings.Contains(text, strings.ToLower(w))
	})
}

// whileSuspended decides a message while 要继续吗 is open and it was no plain
// answer: words that fill the waiting form go on with it, others are a wish.
func (d *decider) whileSuspended(in *Instance, f *flow.Flow, e Said) {
	v := d.verdict(e, startP)
	got := d.read(in, f, e)
	switch {
	case has(e, ActResume) && !has(e, ActQuestion) && !has(e, ActNegated):
		d.resume(in.ID)
	case v.flow != nil && v.flow.ID == in.Flow, len(got.values) > 0 && v.flow == nil && !has(e, ActQuestion):
		in.Suspended = false
		d.note(NoteResumed, in.Flow, in.Step, "")
		d.st.Pending = nil
		d.filled(in, f, got)
	case has(e, ActCancel) || has(e, ActNegated):
		d.cancel(true)
	case (v.kind == unsure || v.kind == none) && !has(e, ActQuestion):
		d.notUnderstood()
	default:
		d.wish(e, startP)
	}
}

// notUnderstood asks the open question again in other words.
func (d *decider) notUnderstood() {
	d.st.Fails++
	if d.tooMany() {
		return
	}
	d.sayPhrase(flow.KindText, "not_understood", nil)
	d.retry()
}

// retry asks the open question again.
func (d *decider) retry() {
	d.again = true
	d.promptAgain()
}

// promptAgain says the open question again, whoever asked it.
func (d *decider) promptAgain() {
	if d.waiting() || d.err != nil {
		return
	}
	if p := d.st.Pending; p != nil && p.Prompt != nil {
		d.say(*p.Prompt)
		return
	}
	if in := d.top(); in != nil {
		d.run()
		return
	}
	if d.st.Pending == nil {
		d.idle()
	}
}
