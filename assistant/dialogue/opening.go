package dialogue

import (
	"fmt"

	"github.com/pingdui/pingdui/assistant/flow"
)

// opened greets, offers what the customer probably came for (P1), or finds the
// place where the conversation stopped (D11).
func (d *decider) opened(e Opened) {
	if d.st.Locale == "" {
		d.st.Locale = d.c.Locale
	}
	away := !d.st.LastAt.IsZero() && d.c.Now.Sub(d.st.LastAt) > staleness
	if d.c.Speaker == "agent" {
		return
	}
	if p := d.st.Pending; p != nil && p.Kind == PendingSignIn && d.c.Customer.ID != "" {
		d.touched()
		d.take(p.Offer)
		return
	}
	if d.st.Greeted && !away && !e.NewDevice {
		return
	}
	if away || e.NewDevice {
		d.refresh()
	}
	d.relieve()
	d.st.LastAt, d.st.Nudges = d.c.Now, 0
	first := !d.st.Greeted
	d.st.Greeted = true
	if in := d.top(); in != nil && in.Acting == "" && !away {
		// Another device sees what this one waits for, as it stands: the
		// read-back, the question. What the bank said was asked again above.
		d.again = true
		d.promptAgain()
		return
	}
	if in := d.top(); in != nil && in.Acting == "" {
		in.Suspended = true
		d.sayPhrase(flow.KindText, "welcome_back", nil, "name", d.flowName(in.Flow))
		d.offerResume()
		return
	}
	if first || away {
		d.greet()
	}
	d.needs(e.Needs)
}

func (d *decider) greet() {
	if emp := d.set.Employees[d.st.Employee]; emp != nil && len(emp.Greeting) > 0 {
		d.say(flow.Message{Kind: flow.KindText, Text: d.pick(emp.Greeting)})
		return
	}
	d.sayPhrase(flow.KindText, "greeting", nil)
}

func (d *decider) needs(needs []Need) {
	if len(needs) == 0 {
		return
	}
	if len(needs) > 3 {
		needs = needs[:3]
	}
	m := flow.Message{Kind: flow.KindCard, Text: d.pick(needs[0].Text), Card: &flow.Card{Kind: flow.CardNeeds, Title: d.phrase("needs_title")}}
	for _, n := range needs {
		label := d.written(d.pick(n.Text))
		o := Offer{Kind: offerStart, Flow: n.Flow, Slots: n.Slots}
		if n.Flow == "" && len(n.Ask) > 0 {
			o.Said = &Said{Text: d.pick(n.Ask)}
		}
		a := d.offer(o, label, flow.StylePlain)
		m.Card.Options = append(m.Card.Options, flow.Option{ID: a.ID, Label: label, Note: d.written(d.pick(n.Reason))})
	}
	for _, n := range needs {
		m.Actions = append(m.Actions, d.offer(Offer{Kind: offerDismiss, Flow: n.Kind}, d.phrase("tap_dismiss"), flow.StylePlain))
	}
	d.say(m)
}

// tick breaks a silence: help once, then a word on where to go on (D9).
func (d *decider) tick() {
	d.st.Woken = false
	if d.c.Speaker == "agent" || d.overdue() || d.patient() {
		return
	}
	d.st.Nudges++
	said := d.st.Said
	if d.st.Nudges == 1 {
		d.sayPhrase(flow.KindText, "nudge", []flow.Action{d.agentOffer()})
	} else {
		d.sayPhrase(flow.KindText, "nudge_last", nil)
	}
	d.st.Said = said // 再说一遍 means the question, not the nudge
}

// handoffChanged takes the desk's word.
func (d *decider) handoffChanged(e HandoffChanged) {
	was := d.st.Handoff
	if d.bookingChanged(e) {
		return
	}
	switch e.State {
	case HandoffBooked: // dealt with above
	case HandoffQueued:
		if d.st.Left && was.State != HandoffQueued {
			return // told before the desk heard that the customer left
		}
		d.st.Handoff.State, d.st.Handoff.Place, d.st.Handoff.WaitS = HandoffQueued, e.Place, e.WaitS
		if was.State == HandoffQueued && was.Place == e.Place {
			return
		}
		card := &flow.Card{Kind: flow.CardQueue, Title: d.phrase("queue_title"), Note: d.phrase("queue_note")}
		if e.Place > 0 {
			card.Rows = append(card.Rows, flow.Row{Name: "place", Label: d.phrase("queue_place"), Value: fmt.Sprint(e.Place)})
		}
		if e.WaitS > 0 {
			card.Rows = append(card.Rows, flow.Row{Name: "wait", Label: d.phrase("queue_wait"), Value: d.waitWords(e.WaitS, e.SpreadS)})
		}
		said := d.st.Said
		d.say(flow.Message{Kind: flow.KindNotice, Text: d.phrase("queue_text", "place", e.Place), Card: card, Actions: d.queueTaps(e.WaitS)})
		d.st.Said = said
	case HandoffAccepted:
		d.st.Handoff.State, d.st.Handoff.Agent = HandoffAccepted, e.Agent.Name
		phrase := "handoff_accepted"
		if e.Reason == ReasonStays || e.Reason == ReasonAgentLost && was.State == HandoffAccepted {
			phrase = "handoff_stays"
		}
		d.sayPhrase(flow.KindNotice, phrase, nil, "agent", e.Agent.Name, "number", e.Agent.Number)
	case HandoffJoined:
		d.sayPhrase(flow.KindNotice, "handoff_joined", nil, "agent", e.Agent.Name, "number", e.Agent.Number, "with", was.Agent)
	case HandoffLeft:
		d.sayPhrase(flow.KindNotice, "handoff_left", nil, "agent", e.Agent.Name, "number", e.Agent.Number)
	case HandoffHeld:
		d.sayPhrase(flow.KindNotice, "handoff_held", nil, "agent", e.Agent.Name)
	case HandoffResumed:
		d.sayPhrase(flow.KindNotice, "handoff_resumed", nil, "agent", e.Agent.Name)
	case HandoffHandedBack:
		d.st.Handoff, d.st.Left = HandoffInfo{}, false
		back := "handoff_back"
		switch e.Reason {
		case ReasonAgentLost:
			back = "handoff_lost"
		case ReasonTransferred:
			back = "handoff_transferred"
		}
		d.sayPhrase(flow.KindNotice, back, nil)
		if d.meeting() != nil {
			return // what the person says of it follows
		}
		d.again = true
		d.promptAgain()
	case HandoffClosed:
		d.st.Handoff, d.st.Left = HandoffInfo{}, false
		if d.noMeeting(flow.OutcomeClosed) {
			return
		}
		d.nobody(was.Queue, was.Reason)
		d.promptAgain()
	case HandoffCancelled:
		if d.st.Left {
			d.st.Left = false // said when the customer left; a new request may wait
			return
		}
		d.st.Handoff = HandoffInfo{}
		if was.State != "" {
			d.sayPhrase(flow.KindNotice, "handoff_cancelled", nil)
		}
	}
}

// waitWords says a wait in minutes, from and to where the spread makes these differ.
func (d *decider) waitWords(wait, spread int) string {
	from, to := (max(0, wait-spread)+59)/60, (wait+spread+59)/60
	if spread == 0 || from < 1 || from == to {
		return d.phrase("queue_minutes", "n", (wait+59)/60)
	}
	return d.phrase("queue_between", "from", from, "to", to)
}

// expired says that a challenge can't be answered any more.
func expired(b Box, d *decider) bool {
	t, ok := parseTime(b.ExpiresAt)
	return ok && !d.c.Now.Before(t)
}
