package dialogue

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pingdui/pingdui/assistant/flow"
)

// The verdicts of the bank's risk service on a call that moves money. An answer
// that is none of them, or that did not come, stops the call like a hold.
const (
	verdictAllow = "allow"
	verdictWarn  = "warn"
	verdictHold  = "hold"
	verdictBlock = "block"
)

// Cleared is the risk service's leave for a call: with these arguments, at this
// step, knowing what the conversation had told by then.
type Cleared struct {
	Hash  string `json:"hash"`
	Step  string `json:"step"`
	Scams int    `json:"scams,omitempty"`
}

// cleared says that the risk service allows a call with these arguments now.
// Where it has not said so yet it is asked, and the step is entered again with
// its answer. No flow can leave this out: every way to such a call leads here,
// before the factor is asked for and again before the action is committed, and
// before the read-back too once a scam was heard of.
func (d *decider) cleared(in *Instance, f *flow.Flow, at, call *flow.Step, hash string) bool {
	if !call.Call.Moves || in.Cleared[call.ID] == (Cleared{hash, at.ID, len(d.st.Scams)}) {
		return true
	}
	args := d.args(in, f, call.Call.ArgsX, "")
	c := RiskCheck{ID: d.id("rk"), Operation: call.Call.Operation, Scams: d.st.Scams, Told: in.Told != "" && in.Told == payeeOf(in, f)}
	c.Account, _ = args["account"].(string)
	c.Transaction = Transaction{Payee: payeeOf(in, f), Amount: sumOf(args)}
	for _, s := range f.Slots {
		if item := in.Slots[s.Name].Item; s.Kind == "payee" && item != nil {
			c.Transaction.Name, _ = item["name"].(string)
			c.Transaction.First, _ = item["first_time"].(bool)
		}
	}
	d.emit(c)
	d.st.Awaiting = &Awaiting{ID: c.ID, Kind: "risk", Instance: in.ID, Step: at.ID, Hash: hash}
	return false
}

// payeeOf is the id of who gets the money; empty where a flow has no payee.
func payeeOf(in *Instance, f *flow.Flow) string {
	for _, s := range f.Slots {
		if s.Kind == "payee" {
			return in.Slots[s.Name].ID
		}
	}
	return ""
}

// sumOf is the amount among a call's arguments.
func sumOf(args map[string]any) string {
	for name, v := range args {
		if s, ok := v.(string); ok && (name == "amount" || strings.HasSuffix(name, "_amount")) {
			return s
		}
	}
	return ""
}

// riskWord is what the risk service says, or the core when it refuses for it.
type riskWord struct{ verdict, code, text, until string }

func (d *decider) riskWord(m map[string]any) riskWord {
	w := riskWord{}
	w.verdict, _ = m["verdict"].(string)
	w.code, _ = m["code"].(string)
	w.text, _ = d.local(m)["text"].(string)
	w.until, _ = m["until"].(string)
	return w
}

// judged takes the risk service's verdict.
func (d *decider) judged(in *Instance, f *flow.Flow, at *flow.Step, hash string, e Result) {
	call := at
	if at.Call == nil {
		call = target(f, at)
	}
	m, _ := decode(e.Value).(map[string]any)
	w := d.riskWord(m)
	if e.Outcome != Done {
		w.verdict = ""
	}
	d.note(NoteRisk, in.Flow, at.ID, strings.TrimSpace(w.verdict+" "+w.code))
	switch d.floor(f, &w); w.verdict {
	case verdictAllow:
		in.Cleared[call.ID] = Cleared{hash, at.ID, len(d.st.Scams)}
		d.run()
	case verdictWarn:
		d.warn(in, call, w)
	case verdictHold, verdictBlock:
		d.held(in, w)
	default:
		d.riskAway(in, at)
	}
}

// riskAway holds a call whose risk nobody has judged. Nothing is remembered by
// the bank: it may be tried again.
func (d *decider) riskAway(in *Instance, at *flow.Step) {
	in.Entered = true
	retry := d.offer(Offer{Kind: offerRetry, Instance: in.ID}, d.phrase("tap_retry"), flow.StylePrimary)
	d.sayPhrase(flow.KindAsk, "risk_away", []flow.Action{retry, d.agentOffer()})
	d.st.Pending = &Pending{Kind: PendingRetry, Instance: in.ID, Step: at.ID, Offer: retry.ID}
}

// warn says plainly what is wrong and asks an open question; only an answer to
// it leads back to the read-back.
func (d *decider) warn(in *Instance, call *flow.Step, w riskWord) {
	delete(in.Confirmed, call.ID)
	no := d.offer(Offer{Kind: offerForget, Instance: in.ID}, d.phrase("tap_no_money"), flow.StylePrimary)
	m := flow.Message{Kind: flow.KindAsk, Text: join(d.locale(), w.text, d.phrase("risk_warn")), Actions: []flow.Action{no, d.agentOffer()}}
	d.say(m)
	d.st.Fails = 0
	d.st.Pending = &Pending{Kind: PendingWarned, Instance: in.ID, Step: call.ID, Other: no.ID, Prompt: &m}
}

// brushedOff is no answer to an open question: 没事, 别问了, 快点转.
var brushedOff = regexp.MustCompile(`^(我|你|您|都|就|真的|真|反正|总之|哎呀?|嗯|哦|啊|,)*((没事|没问题|没关系|不用(你|您)?(管|问|说|担心|查)|别(问|管|啰嗦|废话|多问|磨蹭)|少(废话|啰嗦|管)|快点?|赶紧|马上|转(吧|就是|就行)?|要转|确认|确定|继续|同意|知道|明白|清楚|相信|放心|可靠|安全|认识|可以|好|行|是|对|不告诉你|不想说|跟你没关系|关你什么事|不关你(的)?事|我的钱我(做主|说了算)|愿意)(了|的|啦|吧|呀|啊|嘛|就行|就是|一下|转|办|他|她|对方|我|都|,)*)+$|^(yes|no|ok|okay|fine|sure|it's (fine|ok|okay|safe)|i('m| am) sure|trust me|just (do|send) it|hurry( up)?|never mind that|none of your business|go ahead|continue|confirm)$`)

// answersWarned takes the answer to 您跟对方怎么认识的. What brushes the question
// off is asked again once, then a person takes over.
func (d *decider) answersWarned(p *Pending, e Said) bool {
	in := d.top()
	if in == nil || in.ID != p.Instance || in.Suspended || has(e, ActQuestion) {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	s := folded(e.Text)
	switch {
	case has(e, ActCancel) || has(e, ActNegated) && !brushedOff.MatchString(s):
		d.take(p.Other)
		return true
	case brushedOff.MatchString(s) || utf8.RuneCountInString(s) < 2 || has(e, ActAffirm) && utf8.RuneCountInString(s) < 6:
		if d.st.Fails++; d.st.Fails > 1 {
			d.held(in, riskWord{verdict: verdictHold, code: "unanswered", text: d.phrase("risk_unanswered")})
			return true
		}
		d.retry()
		return true
	}
	if v := d.verdict(e, switchP); v.flow != nil && v.flow.ID != in.Flow {
		return false
	}
	if got := d.read(in, f, e); len(got.values) > 0 && (got.sure || has(e, ActCorrection)) {
		return false // another amount, another payee: read back and judged anew
	}
	in.Told = payeeOf(in, f)
	d.st.Pending, d.st.Fails = nil, 0
	d.note(NoteRisk, in.Flow, p.Step, "told")
	d.sayPhrase(flow.KindText, "risk_heard", nil)
	d.backToConfirm(in, f, f.Step(p.Step))
	d.run()
	return true
}

// held ends a money flow that the risk service stops: told plainly, with a
// person who can look, the number to ask, and how to complain. The bank keeps
// the hold, so that beginning again, elsewhere or in other words changes nothing.
func (d *decider) held(in *Instance, w riskWord) {
	key := "risk_hold"
	if w.verdict == verdictBlock {
		key = "risk_block"
	}
	for in.Parent != "" && d.instance(in.Parent) != nil {
		in = d.instance(in.Parent)
	}
	complain := d.offer(Offer{Kind: offerComplain}, d.phrase("tap_complain"), flow.StylePlain)
	d.sayPhrase(flow.KindText, key, []flow.Action{complain}, "why", w.text, "until", w.until)
	d.safetyDesk(d.phrase("reason_risk", "name", d.flowName(in.Flow), "why", w.code))
	d.drop(in, NoteFinished, "held")
	d.st.Pending = nil
	d.run()
}

// safetyDesk asks for a person with the skill, once, also where the customer
// waits for another one.
func (d *decider) safetyDesk(reason string) {
	if d.st.Handoff.State == HandoffQueued && d.st.Handoff.Queue == "safety" {
		return
	}
	d.handoff("safety", reason, true, true)
}

// stoppedByRisk says that the core refused an act because of its risk: whatever
// the flow would say of a refusal, this is told as a hold is.
func stoppedByRisk(code string) bool { return code == "risk_hold" || code == "risk_block" }

const (
	scamMemory = 24 * time.Hour // how long a conversation knows of a scam it heard of
	maxScams   = 20
)

// hearsScams keeps what sounds like a known kind of fraud. It says whether the
// message made the story complete.
func (d *decider) hearsScams(e Said) bool {
	if len(d.st.Scams) > 0 && d.c.Now.Sub(d.st.ScamAt) > scamMemory {
		d.st.Scams = nil
	}
	before := d.scammed()
	for _, name := range d.soundsLike(e) {
		d.remembers(name)
	}
	return !before && d.scammed() && !d.guarded()
}

// remembers keeps a sign of a fraud, once.
func (d *decider) remembers(name string) {
	if !slices.Contains(d.st.Scams, name) && len(d.st.Scams) < maxScams {
		d.st.Scams = append(slices.Clone(d.st.Scams), name)
		d.st.ScamAt = d.c.Now
	}
}

// guarded says that what runs is the safety desk's own business: the story is
// told there, and nothing in it moves money.
func (d *decider) guarded() bool {
	in := d.top()
	if in == nil || in.Suspended {
		return false
	}
	f := d.flowOf(in)
	return f != nil && f.Queue == "safety" && !moves(f) &&
		!slices.ContainsFunc(f.Steps, func(s *flow.Step) bool { return s.Call != nil && s.Call.Moves })
}

// scammed says that what was heard adds up to a fraud: one sure sign, or two
// hints (their names end with ?) of different kinds.
func (d *decider) scammed() bool {
	hints := 0
	for _, name := range d.st.Scams {
		if !strings.HasSuffix(name, "?") {
			return true
		}
		hints++
	}
	return hints > 1
}
