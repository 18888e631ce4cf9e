package dialogue

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/flow"
)

// said decides one message. The order matters: who speaks, alarms, what is
// about the talk itself, the open question, the running form, a new wish, a
// question, and only then: not understood.
func (d *decider) said(e Said) {
	d.language(e)
	if d.c.Speaker == "agent" {
		d.st.LastAt = d.c.Now
		d.note(NoteSilent, "", "", "")
		return
	}
	d.relieve()
	pending := d.st.Pending
	d.touched()
	if d.alarms(e) {
		return
	}
	if pending != nil && d.st.Pending == nil && d.top() != nil && has(e, ActAffirm) {
		// The read-back is too old to be answered: it is read back anew (D11).
		d.sayPhrase(flow.KindText, "readback_old", nil)
		d.run()
		return
	}
	u := e.Understanding
	if len(u.Parts) > 1 && len(u.PartsUnderstood) == len(u.Parts) && d.splits(e) {
		for i := 1; i < len(u.Parts) && len(d.st.Later) < maxLater; i++ {
			d.st.Later = append(d.st.Later, Later{Said: Said{Text: u.Parts[i], Understanding: u.PartsUnderstood[i], Delivered: e.Delivered}})
		}
		e = Said{Text: u.Parts[0], Understanding: u.PartsUnderstood[0], Delivered: e.Delivered}
	}
	d.one(e)
}

// language follows the customer from one language to the other, but not for a
// lone OK or a number.
func (d *decider) language(e Said) {
	han, latin := 0, 0
	for _, r := range e.Text {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	for w := range strings.FieldsSeq(e.Text) {
		latin += b2i(w[0] < utf8.RuneSelf && unicode.IsLetter(rune(w[0])))
	}
	switch {
	case han >= 2:
		d.st.Locale = "zh"
	case han == 0 && latin >= 3:
		d.st.Locale = "en"
	case d.st.Locale == "":
		d.st.Locale = d.c.Locale
	}
}

// relieve changes the employee when the one here has gone off duty (停岗).
func (d *decider) relieve() {
	if !d.onLeave(d.st.Employee) {
		return
	}
	want := ""
	if in := d.top(); in != nil {
		want = in.Flow
	}
	for _, f := range append([]string{want}, flowIDs(d.set)...) {
		if to := d.set.EmployeeFor(f); to != nil && !d.onLeave(to.ID) {
			d.changeEmployee(to.ID)
			return
		}
	}
}

func flowIDs(set *content.Set) []string {
	var ids []string
	for _, f := range set.Flows() {
		ids = append(ids, f.ID)
	}
	return ids
}

// splits says whether the parts of a message are requests of their own and not
// a correction or an answer.
func (d *decider) splits(e Said) bool {
	if p := d.st.Pending; p != nil && (p.Kind == PendingConfirm || p.Kind == PendingCancel) || has(e, ActCorrection) {
		return false
	}
	for _, part := range e.Understanding.PartsUnderstood {
		top := best(part)
		in := d.set.Intents[top.Intent]
		if top.P < startP || in == nil || in.Kind == "none" || in.Kind == "social" {
			return false
		}
	}
	return true
}

// one decides one request.
func (d *decider) one(e Said) {
	if d.err != nil {
		return
	}
	if id := d.calls(e); id != "" {
		d.employeeChanged(id)
		return
	}
	in := d.top()
	switch {
	case has(e, ActRepeat):
		d.repeat()
		return
	case has(e, ActWait) && !has(e, ActAffirmExact):
		d.sayPhrase(flow.KindText, "wait", nil)
		return
	}
	if p := d.st.Pending; p != nil && d.answersPending(p, e) {
		return
	}
	if in != nil {
		d.inForm(e)
		return
	}
	if has(e, ActCancel) && !has(e, ActQuestion) && d.verdict(e, switchP).kind == unsure {
		d.cancel(false)
		return
	}
	if v := d.verdict(e, startP); has(e, ActNegated) && !has(e, ActQuestion) && (v.intent == nil || !v.intent.Negated) {
		d.sayPhrase(flow.KindText, "negated", nil)
		return
	}
	d.wish(e, startP)
}

// calls finds the digital employee a short message asks for by name: 换小达,
// 叫小安来.
func (d *decider) calls(e Said) string {
	if len([]rune(e.Text)) > 12 {
		return ""
	}
	asks := slices.ContainsFunc([]string{"换", "叫", "找", "请", "switch to", "let me talk to"}, func(w string) bool { return strings.Contains(strings.ToLower(e.Text), w) })
	if !asks {
		return ""
	}
	for _, id := range slices.Sorted(maps.Keys(d.set.Employees)) {
		emp := d.set.Employees[id]
		for _, name := range emp.Name {
			if emp.Serves != "staff" && name != "" && id != d.st.Employee && strings.Contains(e.Text, name) {
				return id
			}
		}
	}
	return ""
}

// answersPending takes answers to questions that no flow asked, and to a
// choice or a read-back; false leaves the message to the form.
func (d *decider) answersPending(p *Pending, e Said) bool {
	yes := has(e, ActAffirm) && !has(e, ActQuestion) && !has(e, ActNegated)
	no := has(e, ActDeny) || has(e, ActNegated)
	switch p.Kind {
	case PendingCancel:
		switch {
		case has(e, ActResume) || no && !has(e, ActCancel):
			d.take(p.Other)
			return true
		case yes || has(e, ActCancel):
			d.take(p.Offer)
			return true
		}
	case PendingResume:
		switch {
		case has(e, ActCancel) || no && !has(e, ActCorrection):
			d.take(p.Other)
			return true
		case yes || has(e, ActResume):
			d.take(p.Offer)
			return true
		}
	case PendingEmployee, PendingRetry, PendingSignIn:
		switch {
		case p.Kind == PendingSignIn && d.c.Customer.ID == "":
			if yes || has(e, ActResume) {
				d.promptSignIn()
				return true
			}
		case yes || has(e, ActResume):
			d.take(p.Offer)
			return true
		case no || has(e, ActCancel):
			if in := d.instance(p.Instance); in == nil && d.top() == nil {
				d.st.Pending = nil
				d.sayPhrase(flow.KindText, "fine", nil)
				return true
			}
		}
	case PendingWhich:
		return d.answersWhich(p, e)
	case PendingChoose:
		return d.answersChoose(p, e)
	case PendingConfirm:
		return d.answersConfirm(p, e)
	case PendingSlot, PendingSecure, PendingActing, PendingSession:
		// The form and the flow take these.
	}
	return false
}

// answersWhich takes a typed answer to 您是想办 A 还是 B (U3).
func (d *decider) answersWhich(p *Pending, e Said) bool {
	var hit string
	for _, o := range d.st.Offers {
		if o.Kind != offerIntent || o.Instance != p.Instance {
			continue
		}
		if strings.Contains(e.Text, o.Label) || shared(e.Text, map[string]any{"label": o.Label}) > 1 {
			if hit != "" {
				return false
			}
			hit = o.ID
		}
	}
	for _, x := range e.Understanding.Entities {
		n := 0
		for _, o := range d.st.Offers {
			if o.Kind == offerIntent && o.Instance == p.Instance {
				n++
				if x.Kind == "ordinal" && x.Value == string(rune('0'+n)) {
					hit = o.ID
				}
			}
		}
	}
	if hit == "" {
		return false
	}
	d.take(hit)
	return true
}

// answersChoose takes a typed answer to a choose step.
func (d *decider) answersChoose(p *Pending, e Said) bool {
	in := d.top()
	if in == nil || in.ID != p.Instance || in.Suspended || has(e, ActQuestion) {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	s := f.Step(p.Step)
	text := strings.ToLower(e.Text)
	for i, o := range s.Choose.Options {
		for _, w := range append([]string{o.Label["zh"], o.Label["en"]}, o.Words...) {
			if w != "" && strings.Contains(text, strings.ToLower(w)) {
				d.picked(in, f, s, i)
				return true
			}
		}
	}
	for i, o := range s.Choose.Options {
		if o.Yes && has(e, ActAffirm) && !has(e, ActNegated) || o.No && (has(e, ActDeny) || has(e, ActNegated)) {
			d.picked(in, f, s, i)
			return true
		}
	}
	return false
}

func (d *decider) picked(in *Instance, f *flow.Flow, s *flow.Step, i int) {
	d.st.Pending, d.st.Fails = nil, 0
	d.follow(in, f, s, s.Choose.Options[i].Next)
	d.run()
}

// answersConfirm takes the words said to a read-back. Only a yes that stands
// alone, to a read-back the customer has had on the screen, runs anything (D12).
func (d *decider) answersConfirm(p *Pending, e Said) bool {
	in := d.top()
	if in == nil || in.ID != p.Instance || in.Suspended {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	switch {
	case has(e, ActAffirmExact) && !has(e, ActQuestion) && !has(e, ActNegated) && !has(e, ActCorrection) && len(e.Understanding.Entities) == 0:
		if p.Seq > 0 && e.Delivered < p.Seq {
			d.sayPhrase(flow.KindText, "readback_unseen", nil)
			d.run()
			return true
		}
		d.confirmed(in, f, f.Step(p.Step), p.Hash)
		return true
	case has(e, ActQuestion) || has(e, ActCancel) || has(e, ActNegated):
		return false
	}
	got := d.read(in, f, e)
	if len(got.values) > 0 || got.many != "" || got.bad != "" {
		return false
	}
	if has(e, ActCorrection) || has(e, ActDeny) {
		if d.vague(in, f, e) {
			return true
		}
		d.askWhat(in, f)
		return true
	}
	if v := d.verdict(e, switchP); v.kind != unsure && v.kind != none && (v.flow == nil || v.flow.ID != in.Flow) {
		return false
	}
	// 嗯, 随便, 好的转吧: something like a yes, but not one that moves money.
	d.st.Fails++
	if d.tooMany() {
		return true
	}
	d.sayPhrase(flow.KindText, "confirm_plainly", nil)
	d.run()
	return true
}

// askWhat asks which part of a read-back is wrong, with a tap for each.
func (d *decider) askWhat(in *Instance, f *flow.Flow) {
	m := flow.Message{Kind: flow.KindAsk, Text: d.phrase("which_wrong")}
	for _, s := range f.Slots {
		if v, ok := in.Slots[s.Name]; ok && v.ID != "" {
			m.Actions = append(m.Actions, flow.Action{ID: tapID("slot", in.ID, s.Name), Label: d.pick(s.Label)})
		}
	}
	m.Actions = append(m.Actions, flow.Action{ID: tapID("no", in.ID, in.Step), Label: d.phrase("tap_cancel")})
	d.say(m)
}

// repeat says the last things again (D10).
func (d *decider) repeat() {
	last := d.st.Said
	if len(last) == 0 {
		d.sayPhrase(flow.KindText, "nothing_said", nil)
		return
	}
	d.st.Said = nil
	d.spoken = true
	for _, m := range last {
		d.say(m)
	}
}

// tooMany leads to a person after several failures in a row.
func (d *decider) tooMany() bool {
	if d.st.Fails < failMax {
		return false
	}
	d.st.Fails = 0
	d.sayPhrase(flow.KindText, "fails", nil)
	d.handoff("", d.phrase("reason_fails"), false, true)
	return true
}
