package dialogue

import (
	"slices"

	"github.com/pingdui/pingdui/assistant/flow"
)

const (
	guessP   = 0.03 // an unsure candidate is worth a question from here
	maxGuess = 3    // as many as a person reads at a glance
)

// guesses are the intents that a message nobody is sure of may have meant, the
// likeliest of each topic; of a topic, what is done rather than what is explained.
func (d *decider) guesses(e Said) []string {
	var out []string
	for i, t := range d.topics(e) {
		in := t.intent
		switch {
		case in.Kind == "none" && i == 0:
			return nil
		case in.Kind == "none" || in.Kind == "social" || t.p < guessP || len(out) == maxGuess:
			continue
		}
		out = append(out, in.Name)
	}
	return out
}

// askGuess asks what was meant where nothing was sure enough (U3).
func (d *decider) askGuess(guesses []string, said *Said) {
	group := d.id("wh")
	m := flow.Message{Kind: flow.KindAsk}
	for _, name := range guesses {
		if in := d.set.Intents[name]; in != nil {
			m.Actions = append(m.Actions, d.offer(Offer{Kind: offerIntent, Flow: name, Instance: group, Said: said}, d.pick(in.Label), flow.StylePlain))
		}
	}
	m.Text = d.phrase("guess")
	if len(m.Actions) == 1 {
		m.Text = d.phrase("guess_one", "name", m.Actions[0].Label)
	}
	m.Actions = append(m.Actions, d.agentOffer())
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingWhich, Instance: group, Prompt: &m}
}

// leads are the businesses that an answer leads to: its own, and the likeliest
// of what may have been meant instead.
func (d *decider) leads(a *Awaiting, own string) []flow.Action {
	var out []flow.Action
	var taken []string
	add := func(id string, said *Said) {
		f := d.set.Flow(id)
		if f == nil || slices.Contains(taken, id) || len(out) == 2 {
			return
		}
		taken = append(taken, id)
		out = append(out, d.offer(Offer{Kind: offerStart, Flow: id, Said: said}, d.phrase("tap_do", "name", d.pick(f.Name)), flow.StylePlain))
	}
	add(own, nil)
	for _, name := range a.Guesses {
		if in := d.set.Intents[name]; in != nil && in.Flow != "" {
			add(in.Flow, a.Said)
		} else if in != nil {
			add(in.Leads, nil)
		}
	}
	return out
}
