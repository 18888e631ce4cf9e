package handoff

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
)

// row is a handoff as stored.
type row struct {
	Handoff
	Version int64
}

// seat is an agent with a lease, as a planner sees it.
type seat struct {
	Agent        string
	Connected    bool
	State        string
	LeaseUntil   time.Time
	Capacity     int
	Name, Number string
	Certificate  string
	Skills       []string
	Languages    []string
	Certificates []Certificate
	Customers    []string
	IdleSince    time.Time
	// Active counts conversations owned and rung, Ringing the rung ones.
	Active, Ringing int
}

// view is what a customer may know of the agent.
func (s seat) view() dialogue.AgentView {
	return dialogue.AgentView{ID: s.Agent, Name: s.Name, Number: s.Number, Certificate: s.Certificate}
}

// pace is how a queue went lately: mean seconds of a conversation over samples.
type pace struct {
	Queue   string
	Samples int
	HandleS float64
}

// change is a decided step of one handoff, with what the conversation is told.
type change struct {
	before row
	after  Handoff
	tell   []assistant.HandoffEvent
	// idle names an agent that goes to the end of the line of idle ones.
	idle string
}

// rules bound a plan.
type rules struct {
	queues                               map[string]Queue
	open                                 func(queue string, now time.Time) bool
	ringFor, placeEvery, again, aloneFor time.Duration
}

// plan decides what happens now: rings that ran out, owners that were lost, who
// is rung next, who is told which place, who is told that nobody is there. It is
// pure.
//
// The order of the customers: urgent first, then who lost an agent, then who
// waits longest. Who is rung: the customer's own manager before specialists
// before overflow; within these who speaks the customer's language, then who is
// idle longest.
func plan(now time.Time, rows []row, seats []seat, paces []pace, r rules) []change {
	seats = slices.Clone(seats)
	at := make(map[string]int, len(seats))
	for i := range seats {
		at[seats[i].Agent] = i
	}
	all := make([]change, len(rows))
	for i, was := range rows {
		all[i] = change{before: was, after: was.Handoff}
		all[i].after.Tried = slices.Clone(was.Tried)
		settle(now, &all[i], seats, at)
	}
	slices.SortFunc(all, func(a, b change) int { return before(a.after, b.after) })
	out := make([]change, 0, len(all))
	ranks := map[string]int{}
	hall := newHall(now, seats, paces, r)
	for _, c := range all {
		h := &c.after
		l := hall.line(h.Queue)
		if h.State == StateQueued && closed(now, h, l, r) {
			h.State, h.EndedAt = StateClosed, &now
			c.tell = append(c.tell, assistant.HandoffEvent{State: dialogue.HandoffClosed})
		}
		if h.State == StateQueued {
			hall.ring(h, l)
		}
		if h.State == StateQueued || h.State == StateRinging {
			ranks[h.Queue]++
			tellPlace(now, &c, ranks[h.Queue], l.waitFor(ranks[h.Queue]), r)
		}
		if changed(c.before.Handoff, *h) || len(c.tell) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// before orders two customers who wait.
func before(a, b Handoff) int {
	first := func(x, y bool) int {
		switch {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	}
	return cmp.Or(first(a.Urgent, b.Urgent), first(a.LostAt != nil, b.LostAt != nil), a.Since.Compare(b.Since), bytes.Compare(a.ID[:], b.ID[:]))
}

func changed(a, b Handoff) bool {
	return a.State != b.State || a.Agent != b.Agent || a.Place != b.Place || len(a.Tried) != len(b.Tried) ||
		(a.AloneSince == nil) != (b.AloneSince == nil)
}

// settle ends a ring that ran out and an ownership whose lease has ended.
func settle(now time.Time, c *change, seats []seat, where map[string]int) {
	h := &c.after
	at, ok := where[h.Agent]
	if !ok {
		at = -1
	}
	switch h.State {
	case StateRinging:
		if at >= 0 && seats[at].Connected && h.RingUntil.After(now) {
			return
		}
		if !slices.Contains(h.Tried, h.Agent) {
			h.Tried = append(h.Tried, h.Agent)
		}
		c.idle = h.Agent
		h.State, h.Agent, h.RingUntil = StateQueued, "", nil
		if at >= 0 {
			seats[at].Active--
			seats[at].Ringing--
			seats[at].IdleSince = now
		}
	case StateAccepted:
		if at >= 0 {
			return
		}
		h.State, h.Agent, h.LostAt, h.Tried = StateQueued, "", &now, nil
		h.AcceptedAt, h.Place, h.ToldAt = nil, 0, nil
		c.tell = append(c.tell, assistant.HandoffEvent{State: dialogue.HandoffHandedBack, Reason: dialogue.ReasonAgentLost})
	}
}

// closed says whether the customer must hear that nobody comes. A new request
// hears it at once; who waits already hears it when nobody was there for a while,
// so that a network's hiccup sends nobody away. Safety and urgency stay queued.
func closed(now time.Time, h *Handoff, l *line, r rules) bool {
	if h.Urgent || l.Always {
		return false
	}
	if r.open != nil && !r.open(h.Queue, now) && h.LostAt == nil {
		return true
	}
	if l.served {
		h.AloneSince = nil
		return false
	}
	if h.ToldAt == nil && h.LostAt == nil {
		return true
	}
	if h.AloneSince == nil {
		h.AloneSince = &now
	}
	return now.Sub(*h.AloneSince) >= r.aloneFor
}

// tellPlace tells a new place, at most every placeEvery.
func tellPlace(now time.Time, c *change, place, wait int, r rules) {
	h := &c.after
	if h.Place == place || h.ToldAt != nil && now.Sub(*h.ToldAt) < r.placeEvery {
		return
	}
	h.Place, h.WaitS, h.ToldAt = place, wait, &now
	c.tell = append(c.tell, assistant.HandoffEvent{State: dialogue.HandoffQueued, Place: place, WaitS: wait})
}
