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

func (r *row) waits() bool { return r.State == StateQueued || r.State == StateRinging }
func (r *row) open() bool {
	return r.waits() || r.State == StateAccepted || r.State == StateBooked
}

// presence is an agent's row.
type presence struct {
	Agent, Node  string
	Connected    bool
	State        string
	LeaseUntil   time.Time
	WrapUntil    *time.Time
	Capacity     int
	Name, Number string
	Certificate  string
	Skills       []string
	Languages    []string
	Certificates []Certificate
	Customers    []string
	Branch       string
	Home         bool
	IdleSince    time.Time
}

func (p *presence) wrapping(now time.Time) bool { return p.WrapUntil != nil && p.WrapUntil.After(now) }

// certified says whether all of names are held and good now.
func (p *presence) certified(names []string, now time.Time) bool {
	for _, name := range names {
		if !slices.ContainsFunc(p.Certificates, func(c Certificate) bool {
			return c.Name == name && (c.Until.IsZero() || now.Before(c.Until))
		}) {
			return false
		}
	}
	return true
}

// view is what a customer may know of the agent.
func (p *presence) view() dialogue.AgentView {
	return dialogue.AgentView{ID: p.Agent, Name: p.Name, Number: p.Number, Certificate: p.Certificate}
}

// seat is an agent in the hall, with what is in hand.
type seat struct {
	presence
	// Active counts conversations owned, rung or helped in, Ringing the rung ones,
	// Calls those in a session of voice or video.
	Active, Ringing, Calls int

	counts []count // what was counted into tiers
	listed bool    // among the free
	duty   bool    // among those on duty
}

// pace is how a queue went lately: mean seconds that a conversation took an agent,
// wrap-up included, over samples.
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
	// wrap is how long that agent is in wrap-up.
	wrap time.Duration
}

// rules bound a plan.
type rules struct {
	open                                 func(queue string, now time.Time) bool
	ringFor, placeEvery, again, aloneFor time.Duration
	zone                                 *time.Location // the bank's; nil is UTC
}

func (r *rules) inZone() *time.Location {
	if r.zone == nil {
		return time.UTC
	}
	return r.zone
}

// One plan writes at most so much, so that the next decision is not kept waiting;
// what is left over is decided by the plan that follows at once.
const (
	ringLimit  = 64
	placeLimit = 8
)

// plan decides what happens now: rings that ran out, owners that were lost, who
// is rung next, who is told which place, who is told that nobody is there. It
// reads the hall and leaves it as it is. The rules stand in doc.go.
func (h *hall) plan(r rules) []change {
	p := planning{hall: h, rules: r, used: map[*seat]bool{}, nobody: map[string]bool{}, ranks: map[string]int{}, taken: map[slot]int{}}
	waiting := h.order
	steps := make([]step, 0, len(waiting))
	moved := false
	for _, w := range h.lost() {
		s := step{was: w}
		p.lost(&s)
		steps = append(steps, s)
		moved = true
	}
	for _, w := range p.guestsGone() {
		s := step{was: w}
		p.guestGone(&s)
		steps = append(steps, s)
	}
	for _, w := range waiting {
		s := step{was: w}
		p.ringOut(&s)
		steps = append(steps, s)
	}
	for _, w := range h.due() {
		s := step{was: w}
		p.fallDue(&s)
		steps = append(steps, s)
		moved = true
	}
	if moved {
		slices.SortStableFunc(steps, func(a, b step) int { return before(a.now(), b.now()) })
	}
	var out []change
	for i := range steps {
		s := &steps[i]
		if w := s.now(); w.State == StateQueued || w.State == StateRinging {
			p.wait(s)
		}
		if s.change != nil {
			out = append(out, *s.change)
		}
	}
	for _, w := range h.asked() {
		s := step{was: w}
		p.fit(&s)
		out = append(out, *s.change)
	}
	decided := slices.ContainsFunc(out, func(c change) bool { return !c.placeOnly() })
	if decided {
		// Whom it concerns is served first; places are told by the plan that follows.
		out = slices.DeleteFunc(out, func(c change) bool { return c.placeOnly() })
	}
	return out
}

// placeOnly says that nothing changed but the place, which was told before.
func (c *change) placeOnly() bool {
	return c.after.State == c.before.State && c.before.ToldAt != nil && len(c.after.Tried) == len(c.before.Tried) &&
		(c.after.AloneSince == nil) == (c.before.AloneSince == nil) && c.after.Guest == c.before.Guest
}

// step is one handoff in a plan: as it was, and what is changed in it, if anything.
type step struct {
	was    *row
	change *change
}

func (s *step) now() *Handoff {
	if s.change != nil {
		return &s.change.after
	}
	return &s.was.Handoff
}

func (s *step) edit() *Handoff {
	if s.change == nil {
		s.change = &change{before: *s.was, after: s.was.Handoff}
		s.change.after.Tried = slices.Clone(s.was.Tried)
	}
	return &s.change.after
}

func (s *step) tell(e assistant.HandoffEvent) {
	s.edit()
	s.change.tell = append(s.change.tell, e)
}

// planning is one plan under way.
type planning struct {
	*hall
	rules  rules
	used   map[*seat]bool // rung by this plan
	nobody map[string]bool
	ranks  map[string]int
	told   int
	taken  map[slot]int // by this plan
}

// before orders two customers who wait.
func before(a, b *Handoff) int {
	return cmp.Or(cmp.Compare(b.priority(), a.priority()), a.Since.Compare(b.Since), bytes.Compare(a.ID[:], b.ID[:]))
}

// ElderFrom is the age from which a customer comes before others.
const ElderFrom = 65

// priority is higher for who comes first: urgent, then who had an agent before or
// was promised a time, then the old, then VIP. Each outweighs all that follow it.
func (h *Handoff) priority() int {
	score := 0
	for bit, has := range []bool{h.Needs.VIP, h.View.Age >= ElderFrom, h.LostAt != nil || h.Passed != nil || h.DueAt != nil, h.Urgent} {
		if has {
			score |= 1 << bit
		}
	}
	return score
}

// ringOut ends a ring that ran out or whose agent left.
func (p *planning) ringOut(s *step) {
	w := s.now()
	if w.State != StateRinging {
		return
	}
	at := p.seats[w.Agent]
	if at != nil && at.Connected && p.onDuty(at) && w.RingUntil.After(p.now) {
		return
	}
	w = s.edit()
	s.change.idle = w.Agent
	w.unring()
}

// unring gives a ring back: its agent is not rung again in this round.
func (h *Handoff) unring() {
	if !slices.Contains(h.Tried, h.Agent) {
		h.Tried = append(slices.Clone(h.Tried), h.Agent)
	}
	if h.Needs.Agent == h.Agent {
		h.Needs.Agent = "" // who was asked for by name does not come
	}
	h.State, h.Agent, h.RingUntil = StateQueued, "", nil
}

// lost settles who lost the owner: a guest who is there takes over, else the
// customer waits at the head.
func (p *planning) lost(s *step) {
	w := s.edit()
	if w.Guest != "" && w.GuestUntil == nil {
		if at := p.seats[w.Guest]; at != nil && p.onDuty(at) {
			w.Agent, w.Guest = w.Guest, ""
			s.tell(assistant.HandoffEvent{State: dialogue.HandoffAccepted, Agent: at.view(), Reason: dialogue.ReasonAgentLost})
			return
		}
	}
	now := p.now
	w.requeue()
	w.LostAt = &now
	s.tell(assistant.HandoffEvent{State: dialogue.HandoffHandedBack, Reason: dialogue.ReasonAgentLost})
}

// guestGone ends an invitation that nobody followed, and a second agent who is
// off duty.
func (p *planning) guestGone(s *step) {
	w := s.edit()
	if w.GuestUntil == nil {
		if at := p.seats[w.Guest]; at != nil {
			s.tell(assistant.HandoffEvent{State: dialogue.HandoffLeft, Agent: at.view()})
		}
	}
	w.Guest, w.GuestUntil = "", nil
}

// requeue takes an owned conversation back into the queue; its place is told anew.
func (h *Handoff) requeue() {
	h.State, h.Agent, h.RingUntil, h.Tried = StateQueued, "", nil, nil
	h.Guest, h.GuestUntil, h.HeldAt = "", nil, nil
	h.AcceptedAt, h.RungAt, h.Place, h.ToldAt = nil, nil, 0, nil
}

// wait decides for one who waits: is anybody there, who is rung, which place.
func (p *planning) wait(s *step) {
	w := s.now()
	l := p.line(w.Queue)
	if p.missed(s, l) {
		return
	}
	if w.State == StateQueued && p.closed(s, l) {
		w = s.edit()
		now := p.now
		w.State, w.EndedAt = StateClosed, &now
		s.tell(assistant.HandoffEvent{State: dialogue.HandoffClosed})
		return
	}
	if w.State == StateQueued && len(p.used) < ringLimit {
		p.ring(s, l)
	}
	p.ranks[w.Queue]++
	p.tellPlace(s, p.ranks[w.Queue], l)
}

// closed says whether the customer must hear that nobody comes. A new request
// hears it at once; who waits already hears it when nobody was there for a while,
// so that a network's hiccup sends nobody away. Safety and urgency stay queued.
func (p *planning) closed(s *step, l *line) bool {
	w := s.now()
	if w.Urgent || l.Always || w.DueAt != nil {
		return false
	}
	if p.rules.open != nil && !p.rules.open(w.Queue, p.now) && w.LostAt == nil && w.Passed == nil {
		return true
	}
	if l.served() {
		if w.AloneSince != nil {
			s.edit().AloneSince = nil
		}
		return false
	}
	if w.ToldAt == nil && w.LostAt == nil && w.Passed == nil {
		return true
	}
	if w.AloneSince == nil {
		now := p.now
		w = s.edit()
		w.AloneSince = &now
	}
	return p.now.Sub(*w.AloneSince) >= p.rules.aloneFor
}

// tellPlace tells a new place: at most every placeEvery to who is next, and the
// less often the further back, as less changes there.
func (p *planning) tellPlace(s *step, place int, l *line) {
	w := s.now()
	if s.was.State == StateRinging && w.State == StateRinging {
		return // about to be taken
	}
	if w.Place == place || p.told >= placeLimit || w.ToldAt != nil && p.now.Sub(*w.ToldAt) < p.rules.placeEvery*time.Duration(10+place)/10 {
		return
	}
	p.told++
	wait, spread := p.waitFor(l, w.Queue, place)
	now := p.now
	w = s.edit()
	w.Place, w.WaitS, w.ToldAt = place, wait, &now
	reason := ""
	if s.was.State == StateBooked {
		reason = dialogue.ReasonDue
	}
	s.tell(assistant.HandoffEvent{State: dialogue.HandoffQueued, Place: place, WaitS: wait, SpreadS: spread, Reason: reason})
}
