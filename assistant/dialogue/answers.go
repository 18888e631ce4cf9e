package dialogue

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

// answersPending takes answers to questions that no flow asked, and to a
// choice or a read-back; false leaves the message to the form.
func (d *decider) answersPending(p *Pending, e Said) bool {
	yes := has(e, ActAffirm) && !has(e, ActQuestion) && !has(e, ActNegated)
	no := has(e, ActDeny) || has(e, ActNegated)
	switch p.Kind {
	case PendingCancel:
		switch {
		case has(e, ActResume) || keeps.MatchString(folded(e.Text)) || no && !has(e, ActCancel) && !d.denies(p, e):
			d.take(p.Other)
			return true
		case yes || no || has(e, ActCancel):
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
	case PendingAgent:
		switch {
		case no || has(e, ActCancel):
			d.take(p.Other)
			return true
		case yes:
			d.take(p.Offer)
			return true
		}
	case PendingEmployee, PendingRetry, PendingSignIn:
		switch {
		case p.Kind == PendingEmployee && d.fillsWaiting(p, e, yes):
			return true
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
	case PendingPause:
		return d.answersPause(p, e)
	case PendingDoubt:
		return d.answersDoubt(p, e)
	case PendingFault:
		return d.answersFault(p, e)
	case PendingWarned:
		return d.answersWarned(p, e)
	case PendingBrake:
		return d.answersBrake(e)
	case PendingEither:
		return d.answersEither(p, e)
	case PendingWhich:
		return d.answersWhich(p, e)
	case PendingChoose:
		return d.answersChoose(p, e)
	case PendingConfirm:
		return d.answersConfirm(p, e)
	case PendingSlot:
		return d.leavesEmpty(p, e) || d.answersOutside(p, e)
	case PendingCapture, PendingCheck, PendingSign, PendingOutside:
		return d.answersOutside(p, e) || d.atReadBack(p, e)
	case PendingSecure:
		return d.atReadBack(p, e)
	case PendingActing:
		// The flow takes this.
	}
	return false
}

// keeps wants what is open kept: 别取消, don't cancel.
var keeps = regexp.MustCompile(`(不|别|不要|不用|不想|没|先别|没说要?)(是)?(要|想)?(取消|停|退出|放弃|清掉)|(don't|do not|not) (cancel|stop|drop)|\bkeep\b`)

// denies says that a no names the business it is about: 我不想转账 at 确定不办转账了吗
// is a yes to that question, 不 is not.
func (d *decider) denies(p *Pending, e Said) bool {
	if !has(e, ActNegated) {
		return false
	}
	in := d.instance(p.Instance)
	if in == nil {
		return false
	}
	if f := d.flowOf(in); f != nil && shared(folded(e.Text), map[string]any{"name": f.Name["zh"], "name_en": f.Name["en"]}) > 0 {
		return true // 我不想转账, whatever business undoes transfers
	}
	v := d.verdict(e, 0.3)
	return v.flow == nil || v.flow.ID == in.Flow
}

// answersWhich takes a typed answer to 您是想办 A 还是 B (U3).
func (d *decider) answersWhich(p *Pending, e Said) bool {
	var hit, one string
	n := 0
	for _, o := range d.st.Offers {
		if o.Kind != offerIntent || o.Instance != p.Instance {
			continue
		}
		one, n = o.ID, n+1
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
	if hit == "" && n == 1 && has(e, ActAffirmExact) {
		hit = one // 是 to 您是要办 A 吗; to a list it says nothing
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
	if got := d.read(in, f, e); len(got.values) > 0 && (has(e, ActCorrection) || ownNo(f, e, got) || sentElse.MatchString(folded(e.Text))) {
		return false // 不对，五万 and 到期不转存 are no answers but values
	}
	if len(notThis(in, f, e)) > 0 && d.objection(in, f, e) {
		return true // 不是三年的 takes a value back and answers nothing
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
	yes := has(e, ActAffirmExact) && !has(e, ActQuestion) && !has(e, ActNegated) && !has(e, ActCorrection) && len(e.Understanding.Entities) == 0
	if moves(f) || p.Prompt != nil && p.Prompt.Card != nil && p.Prompt.Card.Amount != nil {
		yes = plainYes.MatchString(folded(e.Text)) && !has(e, ActQuestion)
	}
	yes = yes && !reluctant.MatchString(folded(e.Text))
	if hearsay.MatchString(folded(e.Text)) && !has(e, ActQuestion) {
		d.confirmPlainly(in, f, p)
		return true
	}
	switch {
	case yes:
		if p.Seq > 0 && e.Delivered < p.Seq {
			d.sayPhrase(flow.KindText, "readback_unseen", nil)
			d.run()
			return true
		}
		d.confirmed(in, f, f.Step(p.Step), p.Hash)
		return true
	case d.atReadBack(p, e):
		return true
	case has(e, ActQuestion) || has(e, ActCancel) || has(e, ActNegated):
		return false
	}
	got := d.read(in, f, e)
	if len(got.values) > 0 || got.many != "" || got.bad != "" {
		return false
	}
	v := d.verdict(e, switchP)
	if v.flow != nil && v.flow.ID != in.Flow && d.complete(v.flow, e) {
		return false // another business with a 不对 of its own
	}
	same := v.flow != nil && v.flow.ID == in.Flow
	if vagueYes.MatchString(folded(e.Text)) || same && !has(e, ActDeny) && !has(e, ActCorrection) || has(e, ActAffirm) && !has(e, ActDeny) && !has(e, ActCorrection) {
		// 行, 嗯, 随便: something like a yes, but not one that moves money. The
		// read-back stands where it is, with its button.
		d.confirmPlainly(in, f, p)
		return true
	}
	if has(e, ActCorrection) || has(e, ActDeny) {
		if d.vague(in, f, e) {
			return true
		}
		d.askWhat(in, f)
		return true
	}
	return false
}

// confirmPlainly asks for the button or the one word that counts.
func (d *decider) confirmPlainly(in *Instance, f *flow.Flow, p *Pending) {
	button := flow.Action{ID: tapID("yes", in.ID, p.Step, p.Hash), Label: d.render(f.Step(p.Step).Confirm.YesT, d.env(in, f)), Style: flow.StylePrimary}
	d.aside(flow.Message{Kind: flow.KindAsk, Text: d.phrase("confirm_plainly", "button", button.Label), Actions: []flow.Action{button}})
}

// complete says that a message gives two or more of the slots of a flow that
// does not run: it is a wish of its own, whatever it corrects.
func (d *decider) complete(f *flow.Flow, e Said) bool {
	in := d.newInstance(f)
	d.st.Counter--
	got := d.read(&in, f, e)
	return len(got.values) > 1 || len(got.values) == 1 && got.many != ""
}

// moves says that a flow moves money.
func moves(f *flow.Flow) bool {
	return slices.ContainsFunc(f.Slots, func(s *flow.Slot) bool { return s.Kind == "amount" })
}

// fillsWaiting takes what is said while 请小达来办，可以吗 is open and fills the form
// that waits: it is kept, and the offer stays.
func (d *decider) fillsWaiting(p *Pending, e Said, yes bool) bool {
	in := d.top()
	if in == nil || !in.Suspended || has(e, ActQuestion) || has(e, ActCancel) {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	got := d.read(in, f, e)
	if len(got.values) == 0 && got.bad == "" {
		return false
	}
	if v := d.verdict(e, switchP); v.flow != nil && v.flow.ID != in.Flow && !got.sure && !has(e, ActCorrection) {
		return false
	}
	if got.bad != "" {
		d.sayBad(in, f, got)
	}
	if why := d.unfit(in, f, got.values); why != "" {
		d.say(flow.Message{Kind: flow.KindText, Text: why})
	}
	d.st.Fails = 0
	if changed := d.apply(in, f, got.values); len(changed) > 0 {
		d.rewind(in, f, changed)
		if !yes {
			d.sayPhrase(flow.KindText, "noted", nil)
		}
	}
	if yes {
		d.take(p.Offer)
		return true
	}
	d.promptAgain()
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
	hash := ""
	if p := d.st.Pending; p != nil && p.Instance == in.ID {
		hash = p.Hash
	}
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingFault, Instance: in.ID, Step: in.Step, Hash: hash, Prompt: &m}
}
