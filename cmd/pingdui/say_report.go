package main

import "github.com/pingdui/pingdui/internal/wire"

// said is what say prints for one line.
type said struct {
	Replies  []reply           `json:"replies"`
	Flow     string            `json:"flow"`
	Step     string            `json:"step"`
	Slots    map[string]string `json:"slots"`
	Called   []wire.Called     `json:"called"`
	Handoff  *saidHandoff      `json:"handoff"`
	Employee string            `json:"employee"`
	Release  string            `json:"release"`
	// Intents and Notes tell why; Speaker is bot, queue or agent.
	Intents []wire.Scored `json:"intents"`
	Notes   []string      `json:"notes"`
	Speaker string        `json:"speaker"`
}

type reply struct {
	Kind    string        `json:"kind"`
	Text    string        `json:"text"`
	Card    *wire.Card    `json:"card"`
	Actions []replyAction `json:"actions"`
	Source  *wire.Source  `json:"source"`
	Author  string        `json:"author"`
}

type replyAction struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// saidHandoff is absent where nobody was asked for; place and wait are absent
// while they are not known.
type saidHandoff struct {
	Queue string `json:"queue"`
	Place int    `json:"place,omitempty"`
	WaitS int    `json:"wait_s,omitempty"`
}

// replyOf is a message with everything that can be tapped in one list.
func replyOf(m wire.Message) reply {
	r := reply{Kind: m.Kind, Text: m.Text, Card: m.Card, Source: m.Source, Author: m.Author, Actions: []replyAction{}}
	for _, a := range m.Actions {
		r.Actions = append(r.Actions, replyAction{a.ID, a.Label})
	}
	if m.Card != nil {
		for _, o := range m.Card.Options {
			r.Actions = append(r.Actions, replyAction{o.ID, o.Label})
		}
	}
	return r
}

// add tells the story of one more turn.
func (out *said) add(trace wire.Trace) {
	out.Flow, out.Step, out.Slots, out.Employee, out.Release = trace.Flow, trace.Step, trace.Slots, trace.Employee, trace.Release
	out.Called = append(out.Called, trace.Called...)
	out.Notes = append(out.Notes, trace.Notes...)
	if len(trace.Intents) > 0 {
		out.Intents = trace.Intents
	}
	if trace.Handoff != nil {
		out.Handoff = &saidHandoff{Queue: trace.QueueKey, Place: trace.Handoff.Place, WaitS: trace.Handoff.WaitS}
	}
}
