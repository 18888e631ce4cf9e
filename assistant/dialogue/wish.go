package dialogue

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/flow"
)

// verdictKind is what to make of the intents of one message.
type verdictKind int

const (
	unsure    verdictKind = iota // nothing is sure enough
	none                         // surely nothing of ours
	near                         // two candidates
	runs                         // a flow
	knowledge                    // a question for the knowledge base
	social                       // a greeting or the like
	later                        // a scene that is not there yet
)

type verdict struct {
	kind   verdictKind
	intent *content.Intent
	second *content.Intent
	flow   *flow.Flow
	unsafe bool // it may be begun by mistake, and that would cost something
}

// verdict weighs the intents of a message; p is the probability from which one
// is taken up.
func (d *decider) verdict(e Said, p float64) verdict {
	if in := d.purse(e); in != nil {
		return verdict{kind: runs, intent: in, flow: d.set.FlowOf(in.Name)}
	}
	if in := d.payAgain(e); in != nil {
		return verdict{kind: runs, intent: in, flow: d.set.FlowOf(in.Name)}
	}
	if in := d.timed(e); in != nil {
		return verdict{kind: runs, intent: in, flow: d.set.FlowOf(in.Name)}
	}
	known := d.topics(e)
	if len(known) == 0 {
		return verdict{}
	}
	top := known[0].intent
	v := verdict{intent: top, flow: d.set.FlowOf(top.Name)}
	if len(known) > 1 {
		second := known[1].intent
		if known[1].p >= nearP && known[0].p-known[1].p < nearGap && top.Kind != "none" && second.Kind != "none" && top.Kind != "social" && second.Kind != "social" {
			switch { // what is being talked of is the nearer of the two (U5)
			case d.talkedOf(known[0]):
				p = min(p, known[0].p)
			case d.talkedOf(known[1]):
				known[0], p = known[1], min(p, known[1].p)
				top, v = second, verdict{intent: second, flow: d.set.FlowOf(second.Name)}
			default:
				v.kind, v.second = near, second
				v.flow = nil
				return v
			}
		}
	}
	if known[0].p < p || d.groundless(e, v.flow) {
		return verdict{}
	}
	switch {
	case v.flow != nil:
		v.kind = runs
		v.unsafe = known[0].p < sureP && !d.talkedOf(known[0]) && !v.flow.Emergency && d.serious(v.flow)
	case top.Kind == "knowledge":
		v.kind = knowledge
	case top.Name == "goodbye" && (has(e, ActQuestion) || !goodbyeSay.MatchString(folded(e.Text))):
		return verdict{} // who asks or complains does not take leave
	case top.Kind == "social":
		v.kind = social
	case top.Kind == "later":
		v.kind = later
	default:
		v.kind = none
	}
	return v
}

// topic is what intents of one business have in common.
type topic struct {
	intent *content.Intent // the one to take up
	flow   *flow.Flow      // nil: no business
	p      float64         // of all of them together
	best   float64         // of intent alone
}

// topics are what a message may be about, likeliest first. To start a business
// and to ask about it are one topic: together they may be sure where neither is
// alone, and then a question is answered and all else is done.
func (d *decider) topics(e Said) []topic {
	var out []topic
	for _, s := range e.Understanding.Intents {
		in := d.set.Intents[s.Intent]
		if in == nil {
			continue
		}
		f := d.set.Topic(in)
		at := slices.IndexFunc(out, func(t topic) bool { return f != nil && t.flow == f })
		if at < 0 {
			out = append(out, topic{in, f, s.P, s.P})
			continue
		}
		t := &out[at]
		t.p += s.P
		if t.best < startP && (in.Flow != "") != (t.intent.Flow != "") && (in.Flow != "") != has(e, ActQuestion) {
			t.intent, t.best = in, s.P
		}
	}
	slices.SortStableFunc(out, func(a, b topic) int { return cmp.Compare(b.p, a.p) })
	return out
}

// serious says that a flow's business is money or identity: one asks once more
// before it is begun on a guess.
func (d *decider) serious(f *flow.Flow) bool {
	return slices.ContainsFunc(d.set.Scenes, func(s *content.Scene) bool { return s.ID == f.ID && (s.Risk == "money" || s.Risk == "identity") })
}

// talkedOf says that a topic is what was done last.
func (d *decider) talkedOf(t topic) bool {
	return d.top() == nil && t.flow != nil && t.flow.ID == d.st.Topic
}

// purse is the intent that a lost purse means; nil when none was lost.
func (d *decider) purse(e Said) *content.Intent {
	s := folded(e.Text)
	if !purseGone.MatchString(s) && !bareLoss.MatchString(s) || strings.Contains(s, "数字") || has(e, ActQuestion) && asksTerms.MatchString(s) {
		return nil
	}
	f := d.stopper("loss")
	for _, name := range slices.Sorted(maps.Keys(d.set.Intents)) {
		if in := d.set.Intents[name]; f != nil && d.set.FlowOf(name) == f && !in.Negated && len(in.Slots) == 0 {
			return in
		}
	}
	return nil
}

// payAgain is the intent of who sends more to the person last named; nil when
// nobody was.
func (d *decider) payAgain(e Said) *content.Intent {
	if d.st.Person == "" || has(e, ActQuestion) || !sameAgain.MatchString(folded(e.Text)) {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(d.set.Intents)) {
		in := d.set.Intents[name]
		f := d.set.FlowOf(name)
		if f != nil && !in.Negated && len(in.Slots) == 0 && moves(f) && !hasKind(f, "date") && slices.ContainsFunc(f.Slots, func(s *flow.Slot) bool { return s.Kind == "payee" }) {
			return in
		}
	}
	return nil
}

// wish takes up what a message wants when no form claims it.
func (d *decider) wish(e Said, p float64) {
	v := d.verdict(e, p)
	if v.intent != nil && v.kind != unsure {
		d.note(NoteIntent, "", "", v.intent.Name)
	}
	switch v.kind {
	case runs:
		if has(e, ActNegated) && d.refuses(e, v.intent) && !d.redirects(e) {
			d.sayPhrase(flow.KindText, "negated", nil)
			return
		}
		if v.flow.Emergency && termsOnly(e) {
			d.question(e, v)
			return
		}
		if guesses := d.guesses(e); v.unsafe && d.top() == nil && len(guesses) > 0 {
			if has(e, ActQuestion) { // answered first; the answer leads to the business
				d.question(e, v)
			} else {
				d.askGuess(guesses, &e)
			}
			return
		}
		d.start(v.flow, v.intent.Slots, &e)
	case near:
		d.askWhich(e, v)
	case social:
		d.social(v)
		d.promptAgain()
	default:
		if has(e, ActAffirmExact) && d.st.Pending == nil {
			d.sayPhrase(flow.KindText, "fine", nil)
			return
		}
		if has(e, ActHelp) && v.kind == unsure {
			d.sayPhrase(flow.KindText, "help", []flow.Action{d.agentOffer()})
			return
		}
		d.question(e, v)
	}
}

// social answers a greeting and the like.
func (d *decider) social(v verdict) {
	d.st.Fails = 0
	key := "social_" + v.intent.Name
	if form := key + "_form"; d.top() != nil && d.set.Phrase(form) != nil {
		key = form // what is being done is asked for next
	}
	if d.set.Phrase(key) == nil {
		key = "social"
	}
	d.sayPhrase(flow.KindText, key, nil)
}

// askWhich asks one question between two near candidates (U3).
func (d *decider) askWhich(e Said, v verdict) {
	group := d.id("wh")
	said := e
	a := d.offer(Offer{Kind: offerIntent, Flow: v.intent.Name, Instance: group, Said: &said}, d.pick(v.intent.Label), flow.StylePlain)
	b := d.offer(Offer{Kind: offerIntent, Flow: v.second.Name, Instance: group, Said: &said}, d.pick(v.second.Label), flow.StylePlain)
	m := flow.Message{
		Kind: flow.KindAsk, Text: d.phrase("which", "a", a.Label, "b", b.Label), Actions: []flow.Action{a, b},
	}
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingWhich, Instance: group, Prompt: &m}
}
