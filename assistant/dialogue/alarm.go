package dialogue

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// alarms takes what must be heard in any state, before anything else (U9). It
// says whether the message is dealt with.
// A number that may not stand in a chat is spoken of, and what else the message
// says is then read without it.
func (d *decider) alarms(said *Said) bool {
	e := *said
	a := e.Understanding.Alarms
	if robotAsked.MatchString(folded(e.Text)) || robotAsked.MatchString(strings.ToLower(strings.TrimSpace(e.Text))) {
		a = append(slices.Clone(a), "robot")
	}
	newScam := d.hearsScams(e)
	for _, name := range a {
		d.note(NoteAlarm, "", "", name)
	}
	on := func(name string) bool { return slices.Contains(a, name) }
	switch {
	case on("self_harm"):
		d.st.Alarm = "self_harm"
		d.sayPhrase(flow.KindText, "alarm_self_harm", nil)
		d.handoff("safety", d.phrase("reason_self_harm"), true, false) // the words say that somebody comes
	case on("danger"):
		d.st.Alarm = "danger"
		d.sayPhrase(flow.KindText, "alarm_danger", nil)
		d.handoff("safety", d.phrase("reason_danger"), true, true)
	case d.pauseMoney(e):
	case newScam && (!on("fraud") || scamOnly(e)), on("fraud") && scamOnly(e) && !d.inEmergency():
		d.brake(e)
	case on("fraud") && d.fearsOnly(e):
		d.weighs(e)
	case on("fraud"), d.protests(e):
		d.fraud(e)
	case on("secret"):
		key, rest := d.typed(e)
		if key == "alarm_card" && d.boxForNumber() {
			key = "alarm_card_box"
			if rest != nil && !d.saysMore(*rest) {
				rest = nil
			}
		}
		d.sayPhrase(flow.KindText, key, nil)
		if rest != nil {
			*said = *rest
			return false
		}
		d.promptAgain()
	case on("agent") && d.books(e):
	case on("agent") && d.anotherPayee(e):
	case on("agent"):
		d.wantAgent("", "")
		d.besides(e, "")
	case on("complaint"):
		d.complains()
		d.besides(e, "complaint")
	case on("bereavement") && d.mourns(e):
	case on("minor"):
		d.sayPhrase(flow.KindText, "alarm_minor", []flow.Action{d.agentOffer()})
		d.promptAgain()
	case on("robot"):
		d.sayPhrase(flow.KindText, "alarm_robot", []flow.Action{d.agentOffer()})
		d.promptAgain()
	case on("anger"):
		d.sayPhrase(flow.KindText, "alarm_anger", []flow.Action{d.agentOffer()})
		// An angry message may still hold a wish; it is only softened.
		if v := d.verdict(e, switchP); v.kind == runs || v.kind == knowledge {
			return false
		}
		d.promptAgain()
	default:
		return false
	}
	return true
}

// mourns takes the news of a death: what was asked for begins where it is that
// business, otherwise a person comes and the business is offered. False where it
// is being done: what is said of the death then belongs to it.
func (d *decider) mourns(e Said) bool {
	var its *flow.Flow
	if list := d.hearers("bereavement"); len(list) > 0 {
		its = list[0]
	}
	if in := d.top(); its != nil && in != nil && in.Flow == its.ID && !in.Suspended {
		return false
	}
	v := d.verdict(e, startP)
	if its != nil && v.flow != nil && v.flow.ID == its.ID && leftBehind.MatchString(folded(e.Text)) {
		d.start(its, v.intent.Slots, &e)
		return true
	}
	var papers []flow.Action
	if its != nil {
		papers = append(papers, d.offer(Offer{Kind: offerStart, Flow: its.ID}, d.phrase("tap_papers"), flow.StylePlain))
	}
	d.sayPhrase(flow.KindText, "alarm_bereavement", papers)
	d.handoff("general", d.phrase("reason_bereavement"), false, true)
	return true
}

// complains notes a complaint as it was said and asks for a person.
func (d *decider) complains() {
	d.sayPhrase(flow.KindText, "alarm_complaint", nil)
	d.handoff("general", d.phrase("reason_complaint"), false, true)
}

// besides begins the business that a message names beside its alarm, else the
// one that hears the alarm, where nothing else is open: who waits for a person
// is served meanwhile.
func (d *decider) besides(e Said, alarm string) {
	if d.top() != nil || d.c.Speaker == "agent" || alarm == "" && onlyPerson.MatchString(folded(e.Text)) {
		return
	}
	if v := d.verdict(e, besideP); v.kind == runs && (!has(e, ActNegated) || !d.refuses(e, v.intent)) && !termsOnly(e) {
		d.start(v.flow, v.intent.Slots, &e)
		return
	}
	for _, f := range d.hearers(alarm) {
		d.start(f, nil, &e)
		return
	}
}

// onlyPerson is a wish for a person and nothing else: what its words are like is no
// business of its own.
var onlyPerson = regexp.MustCompile(`^(please |hi,? |hello,? )*((i|i'd|i would|can i|could i|may i|let me|get me|give me|want|need|like|to|just)[ ,]+)*(talk|speak|chat|connect me|put me through)? ?((to|with) )?(an? |the |your |some |real |live |human )*(agent|human|person|human being|representative|rep|operator|someone|somebody|advis[eo]r|colleague|staff)( (now|please|real|here))*[.!?]*$`)

// hearers are the flows whose business an alarm is.
func (d *decider) hearers(alarm string) []*flow.Flow {
	var out []*flow.Flow
	for _, f := range d.set.Flows() {
		if alarm != "" && slices.Contains(f.Hears, alarm) {
			out = append(out, f)
		}
	}
	return out
}

// leftBehind speaks of what the dead have left; the bare news is for a person to hear.
var leftBehind = regexp.MustCompile(`存款|存折|存单|定期|钱|遗产|遗嘱|继承|公证|账户|手续|材料|怎么办|(怎么|咋|能|可以|要)[^,。?!]{0,6}(取|领|提)|deposit|passbook|account|money|saving|funds|inherit|estate|notary|papers|withdraw`)

var (
	maskedSecret = regexp.MustCompile(`(^|[^*\d])\*{6}($|[^*\d])`)
	maskedCard   = regexp.MustCompile(`\*{8,15}\d{4}`)
	maskedID     = regexp.MustCompile(`\d\*{13,16}[\dXx]`)
	// announced is what leads to a number and is nothing without it: 账号是.
	announced = regexp.MustCompile(`^((他|她|对方|收款人)?的?(银行)?(卡号|账号|帐号|账户|卡)(是|为|就是)?|((the|my|his|her|their) )?(account|card)( number| no\.?)?( is)?)[:：,， ]*$`)
)

// boxForNumber says that the open question is a secure box that takes what may
// not stand in the chat, and no factor.
func (d *decider) boxForNumber() bool {
	in, p := d.top(), d.st.Pending
	if in == nil || p == nil || p.Kind != PendingSecure {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	s := f.Step(p.Step)
	return s != nil && s.StepUp != nil && !target(f, s).Call.Irreversible
}

// saysMore says that what stands beside a masked number fills the form, or is
// about something else.
func (d *decider) saysMore(rest Said) bool {
	in := d.top()
	f := d.flowOf(in)
	v := d.verdict(rest, switchP)
	return len(d.read(in, f, rest).values) > 0 || len(rest.Understanding.Acts) > 0 || v.flow != nil && v.flow.ID != in.Flow
}

// typed tells what kind of secret was typed, by the shape its mask has: a code,
// a card's number, an ID number. Of a card or ID number the rest of the message
// is given back, for it may hold a wish; nil when nothing is left.
func (d *decider) typed(e Said) (key string, rest *Said) {
	key = "alarm_card"
	spans := maskedCard.FindAllStringIndex(e.Text, -1)
	if ids := maskedID.FindAllStringIndex(e.Text, -1); len(ids) > 0 && len(spans) == 0 {
		key, spans = "alarm_id", ids
	}
	if len(spans) == 0 || maskedSecret.MatchString(e.Text) {
		return "alarm_secret", nil
	}
	for _, span := range spans {
		e = blank(e, span[0], span[1])
	}
	e.Understanding.Entities = entity.Extract(e.Text, d.c.Now)
	e.Understanding.Parts, e.Understanding.PartsUnderstood = nil, nil
	if text := strings.TrimSpace(folded(e.Text)); utf8.RuneCountInString(text) < 2 || announced.MatchString(text) {
		return key, nil
	}
	return key, &e
}

// fraud stops the loss first: the flow that locks the card, and a person with
// the skill, at once. Whatever money step was open is put aside; what the
// customer says is not theirs is over, and who was deceived sends nothing more on
// their word alone.
func (d *decider) fraud(e Said) {
	d.st.Alarm, d.alarmed = "fraud", "fraud"
	if deceit.MatchString(folded(e.Text)) {
		d.remembers("fraud")
	}
	d.sayPhrase(flow.KindText, "alarm_fraud", nil)
	d.handoff("safety", d.phrase("reason_fraud", "text", e.Text), true, true)
	d.disown(e)
	if d.inEmergency() {
		if !d.insists(e) {
			d.inForm(e)
		}
		return
	}
	if v := d.verdict(e, startP); v.flow != nil && v.flow.Emergency {
		d.start(v.flow, v.intent.Slots, &e)
		return
	}
	mishap := "misuse"
	if scamTale.MatchString(folded(e.Text)) {
		mishap = "scam"
	}
	if f := d.stopper(mishap); f != nil {
		d.start(f, nil, &e)
	}
}

// inEmergency says that what runs protects already.
func (d *decider) inEmergency() bool {
	in := d.top()
	if in == nil || in.Acting != "" {
		return false
	}
	f := d.flowOf(in)
	return f != nil && f.Emergency
}

// anotherPayee takes 换个人 where a payee was named: somebody else is to be paid,
// not to speak.
func (d *decider) anotherPayee(e Said) bool {
	in := d.top()
	if in == nil || in.Suspended || in.Acting != "" || !otherPerson.MatchString(folded(e.Text)) {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	for _, s := range f.Slots {
		if s.Kind == "payee" && in.Slots[s.Name].Raw != "" {
			d.tappedSlot(in, f, s.Name)
			return true
		}
	}
	return false
}

// otherPerson is another person and nothing else.
var otherPerson = regexp.MustCompile(`^(不对|不是|等等|那|我想|我要|还是|,)*(换|改)(成|给)?(一)?(个|别的|另一个)人(吧|收|转|收款|,)*$|^(no,? )?(change|switch)( it| that| the payee)? to (another|a different) person$`)

// stopper is the emergency flow for a mishap: loss, misuse or scam; another one
// where there is none of its own, nil when there is none at all.
func (d *decider) stopper(mishap string) *flow.Flow {
	var any *flow.Flow
	for _, f := range d.set.Flows() {
		switch {
		case f.Emergency && slices.Contains(f.Stops, mishap):
			return f
		case f.Emergency && any == nil:
			any = f
		}
	}
	return any
}

// wantAgent asks for a person at once, from any state, with no menu (H1); what
// is being done stays where it is and goes on while waiting.
func (d *decider) wantAgent(queue, reason string) {
	if d.c.Speaker == "agent" || d.st.Handoff.State == HandoffAccepted {
		return
	}
	if d.st.Handoff.State == HandoffQueued {
		d.sayPhrase(flow.KindNotice, "handoff_already", []flow.Action{d.leaveTap()}, "place", d.st.Handoff.Place)
		d.again = true
		d.promptAgain()
		return
	}
	if reason == "" {
		reason = d.phrase("reason_asked")
		if in := d.top(); in != nil {
			reason = d.phrase("reason_asked_in", "name", d.flowName(in.Flow))
		}
	}
	d.handoff(queue, reason, false, true)
	d.again = true
	d.promptAgain()
}

// handoff emits the request. Out of hours the truth is said at once; the safety
// queue never closes.
func (d *decider) handoff(queue, reason string, urgent, speak bool) {
	if queue == "" {
		queue = d.queueHere()
	}
	if d.st.Handoff.State == HandoffQueued && !urgent || d.st.Handoff.State == HandoffAccepted {
		return
	}
	if !d.c.AgentsOn && queue != "safety" {
		d.nobody(queue, reason)
		return
	}
	if speak {
		d.sayPhrase(flow.KindNotice, "handoff_asked", []flow.Action{d.leaveTap()})
	}
	d.emit(Handoff{Queue: queue, Reason: reason, Urgent: urgent, Form: d.form})
	d.st.Handoff = HandoffInfo{State: HandoffQueued, Queue: queue, Reason: reason}
}
