package dialogue

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

// A brake rings when what is said sounds like a fraud, whoever heard it: what was
// learned from tales, or the words of an alarm. From then on and for a day one rule
// holds: money goes to nobody on the customer's word alone. Joking, insisting and
// beginning again change nothing; the ways on are a person of the safety desk and
// the bank's hold (risk.go).

// soundsLike are the kinds of fraud a message sounds like, hints with a ?. What is
// said with a payment in hand is heard as said of that payment.
func (d *decider) soundsLike(e Said) []string {
	u := e.Understanding
	if thinksOver.MatchString(folded(e.Text)) {
		return nil // 可以，让我考虑一下再说: nobody makes them do anything
	}
	switch d.secret(e) {
	case secretGift:
		u.Scams = slices.DeleteFunc(slices.Clone(u.Scams), func(name string) bool { return strings.HasPrefix(name, "secrecy") })
		return u.Scams
	case secretPayment:
		return append(slices.Clone(u.Scams), "secrecy")
	}
	takesBack := has(e, ActNegated) || has(e, ActCancel) || has(e, ActDeny) || has(e, ActWait)
	if u.Paying == "" || !d.paysSomebody() || takesBack && brief(e.Text) || d.mishears(e) {
		return u.Scams
	}
	return append(slices.Clone(u.Scams), u.Paying)
}

// paysSomebody says that what runs sends money to a payee, and has not sent it.
func (d *decider) paysSomebody() bool {
	in := d.top()
	if in == nil || in.Suspended || in.Acting != "" {
		return false
	}
	f := d.flowOf(in)
	return f != nil && paysOut(f)
}

// paysOut says that a flow's money goes to a payee.
func paysOut(f *flow.Flow) bool {
	return slices.ContainsFunc(f.Slots, func(s *flow.Slot) bool { return s.Kind == "payee" }) &&
		slices.ContainsFunc(f.Steps, func(s *flow.Step) bool { return s.Call != nil && s.Call.Moves })
}

// floor is the least the risk service's word is worth after a brake rang: what
// would be sent is held.
func (d *decider) floor(f *flow.Flow, w *riskWord) {
	if (w.verdict == verdictAllow || w.verdict == verdictWarn) && d.scammed() && paysOut(f) {
		w.verdict, w.code, w.text, w.until = verdictHold, "scam", d.phrase("scam_hold_why"), ""
	}
}

// brake stops before anything is confirmed: a plain warning, an open question,
// and a person with the skill. What was being done with money is put aside.
func (d *decider) brake(e Said) {
	if !d.scammed() {
		d.remembers("fraud")
	}
	if p := d.st.Pending; p != nil && p.Kind == PendingBrake { // more of the same story
		d.sayPhrase(flow.KindText, "scam_heard", nil)
		return
	}
	d.st.Alarm = "fraud"
	d.note(NoteAlarm, "", "", "scam")
	if in := d.top(); in != nil && in.Acting == "" && !in.Suspended {
		if f := d.flowOf(in); f != nil && !f.Emergency {
			in.Suspended = true
			d.note(NoteSuspended, in.Flow, in.Step, "scam")
		}
	}
	m := flow.Message{Kind: flow.KindAsk, Text: d.phrase("scam_brake"), Actions: append(d.ways(e), d.agentOffer())}
	d.say(m)
	d.safetyDesk(d.phrase("reason_scam", "text", e.Text))
	d.st.Pending = &Pending{Kind: PendingBrake, Prompt: &m}
	d.tellsBank()
}

// tellsBank lets the bank hear of a fraud at once: on another device the same
// story meets a hold.
func (d *decider) tellsBank() {
	if d.c.Customer.ID == "" {
		return
	}
	id := d.id("rk")
	d.emit(RiskCheck{ID: id, Operation: "conversation", Scams: d.st.Scams})
	d.st.Awaiting = &Awaiting{ID: id, Kind: "brake"}
}

// deceit are the words of a fraud by which the customer was or may be deceived; a
// card in other hands is none.
var deceit = regexp.MustCompile(`骗|诈|上当|刷单|冒充|奖|安全(账|帐)户|\bscam|\bfraud|cheat|trick|conned|phish|lottery|prize|safe account`)

// ways are what can be done where a fraud is in the air: what the message names
// itself, unless it moves money, and what the safety desk has for it.
func (d *decider) ways(e Said) []flow.Action {
	var flows []*flow.Flow
	if v := d.verdict(e, besideP); v.kind == runs && !moves(v.flow) && !has(e, ActNegated) {
		flows = append(flows, v.flow)
	}
	flows = append(flows, d.hearers("scam")...)
	var out []flow.Action
	for i, f := range flows {
		if slices.Index(flows, f) == i {
			out = append(out, d.offer(Offer{Kind: offerStart, Flow: f.ID, Said: &e}, d.phrase("tap_do", "name", d.pick(f.Name)), flow.StylePlain))
		}
	}
	return out
}

// answersBrake takes the answer to 是谁让您转的. A wish for something else is
// taken as that; the money itself meets the risk service at its read-back.
func (d *decider) answersBrake(e Said) bool {
	if has(e, ActQuestion) {
		return false
	}
	v := d.verdict(e, switchP)
	d.st.Pending = nil
	if v.flow != nil && !has(e, ActNegated) || has(e, ActResume) || v.kind == social {
		return false
	}
	if in := d.top(); in != nil && in.Suspended && (has(e, ActCancel) || has(e, ActNegated)) {
		d.raise(in.ID)
		d.cancel(true)
		return true
	}
	d.sayPhrase(flow.KindText, "scam_heard", nil)
	return true
}

// joking takes back in jest what made the brake ring.
var joking = regexp.MustCompile(`开(个|你|您)?玩笑|闹着?玩|说着玩|逗(你|您|一下)|瞎(说|编|讲)|乱(说|讲)|胡(说|扯)|随口|随便说说|当我没说|不是真的|试试你|考考你|我骗你的|\b(just |only )?(kidding|joking|joke)\b|made (it|that) up|(didn't|did not) mean (it|that)|pulling your leg|not serious`)

// jokes answers who says that it was a joke, in a sentence: the money waits all
// the same.
func (d *decider) jokes(e Said) bool {
	if !d.scammed() || has(e, ActQuestion) || !joking.MatchString(folded(e.Text)) {
		return false
	}
	d.sayPhrase(flow.KindText, "scam_joke", nil)
	return true
}

// fearsOnly asks whether something is a fraud, and tells of nothing that happened.
func (d *decider) fearsOnly(e Said) bool {
	s := folded(e.Text)
	return has(e, ActQuestion) && fearsScam.MatchString(s) && !befallen.MatchString(s) && !moneyGone.MatchString(fearsScam.ReplaceAllString(s, ""))
}

// befallen is what happened to the customer already, also where they ask.
var befallen = regexp.MustCompile(`(被|给)(人)?(骗|坑|诈骗)了|上当了|受骗了|中招了|我(这)?(是不是|会不会)?(已经)?(被骗|上当|受骗)|\b(have|has|did|was|am|been) i\b|\bi('ve| have| was| got| been)\b`)

// supposesFraud puts the case of a fraud, and tells of none.
var supposesFraud = regexp.MustCompile(`(如果|要是|假如|假设|万一|倘若|\bif\b)[^。!?]{0,14}(被?骗|诈骗|上当|刷单|scammed|cheated|defrauded)`)

// weighs answers who asks whether something is a fraud: what to look at, who can
// tell, and no emergency. What there is to check a number with begins at once.
func (d *decider) weighs(e Said) {
	if v := d.verdict(e, startP); v.kind == runs && slices.Contains(d.hearers("scam"), v.flow) && v.flow != d.stopper("scam") {
		d.start(v.flow, v.intent.Slots, &e)
		return
	}
	d.sayPhrase(flow.KindAnswer, "scam_asked", append(d.checks(), d.agentOffer()))
	d.promptAgain()
}

// checks offers what looks a number, a link or an account up.
func (d *decider) checks() []flow.Action {
	for _, f := range d.hearers("scam") {
		if f.Level == flow.Level0 && f != d.stopper("scam") && !proves(f) {
			return []flow.Action{d.offer(Offer{Kind: offerStart, Flow: f.ID}, d.phrase("tap_do", "name", d.pick(f.Name)), flow.StylePlain)}
		}
	}
	return nil
}
