package dialogue

import (
	"slices"

	"github.com/pingdui/pingdui/assistant/flow"
)

// alarms takes what must be heard in any state, before anything else (U9). It
// says whether the message is dealt with.
func (d *decider) alarms(e Said) bool {
	a := e.Understanding.Alarms
	for _, name := range a {
		d.note(NoteAlarm, "", "", name)
	}
	on := func(name string) bool { return slices.Contains(a, name) }
	switch {
	case on("self_harm"):
		d.sayPhrase(flow.KindText, "alarm_self_harm", nil)
		d.handoff("safety", d.phrase("reason_self_harm"), true, true)
	case on("danger"):
		d.sayPhrase(flow.KindText, "alarm_danger", nil)
		d.handoff("safety", d.phrase("reason_danger"), true, true)
	case on("fraud"):
		d.fraud(e)
	case on("secret"):
		d.sayPhrase(flow.KindText, "alarm_secret", nil)
		d.promptAgain()
	case on("agent"):
		d.wantAgent("", "")
	case on("complaint"):
		d.sayPhrase(flow.KindText, "alarm_complaint", nil)
		d.handoff("general", d.phrase("reason_complaint"), false, true)
	case on("bereavement"):
		d.sayPhrase(flow.KindText, "alarm_bereavement", nil)
		d.handoff("general", d.phrase("reason_bereavement"), false, true)
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

// fraud stops the loss first: the flow that locks the card, and a person with
// the skill, at once. Whatever money step was open is put aside.
func (d *decider) fraud(e Said) {
	d.sayPhrase(flow.KindText, "alarm_fraud", nil)
	d.handoff("safety", d.phrase("reason_fraud", "text", e.Text), true, true)
	if in := d.top(); in != nil && in.Acting == "" {
		if f := d.flowOf(in); f != nil && f.Emergency {
			d.inForm(e)
			return
		}
	}
	if v := d.verdict(e, startP); v.flow != nil && v.flow.Emergency {
		d.start(v.flow, v.intent.Slots, &e)
		return
	}
	for _, f := range d.set.Flows() {
		if f.Emergency {
			d.start(f, nil, &e)
			return
		}
	}
}

// wantAgent asks for a person at once, from any state, with no menu (H1); what
// is being done stays where it is and goes on while waiting.
func (d *decider) wantAgent(queue, reason string) {
	if d.c.Speaker == "agent" || d.st.Handoff.State == HandoffAccepted {
		return
	}
	if d.st.Handoff.State == HandoffQueued {
		d.sayPhrase(flow.KindNotice, "handoff_already", nil, "place", d.st.Handoff.Place)
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
		queue = "general"
		if in := d.top(); in != nil {
			if f := d.flowOf(in); f != nil && f.Queue != "" {
				queue = f.Queue
			}
		}
		if queue == "general" && d.c.Edition == "elder" {
			queue = "elder"
		}
	}
	if d.st.Handoff.State == HandoffQueued && !urgent || d.st.Handoff.State == HandoffAccepted {
		return
	}
	if !d.c.AgentsOn && queue != "safety" {
		d.sayPhrase(flow.KindNotice, "handoff_closed", nil)
		return
	}
	if speak {
		d.sayPhrase(flow.KindNotice, "handoff_asked", nil)
	}
	d.emit(Handoff{Queue: queue, Reason: reason, Urgent: urgent})
	d.st.Handoff = HandoffInfo{State: HandoffQueued, Queue: queue}
}
