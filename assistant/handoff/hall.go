package handoff

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// hall is the desk in memory: the rows a node has read, kept in the order that a
// plan asks for, so that a plan touches who may be rung and not everybody. It
// holds no truth: the rows do.
type hall struct {
	queues map[string]Queue
	now    time.Time
	nodes  map[string]time.Time // leases
	seats  map[string]*seat
	open   map[uuid.UUID]*row
	// hands are the open handoffs of an agent: rung, owned, or as a guest.
	hands map[string]map[uuid.UUID]*row
	// free are those who may be rung, by skill, the one idle longest first.
	free map[string][]*seat
	// managers and branches are on whoever they serve: by subject, by branch.
	managers, branches map[string][]*seat
	// timed are the seats that time alone changes: cut, in wrap-up, or lost with
	// customers in hand.
	timed map[string]*seat
	lines map[string]*line
	paces map[string]pace
	order []*row // who waits, the first one first
	// booked are the call-backs, the one due next first; fresh are those of them
	// that were not told yet; slots counts the others.
	booked []*row
	fresh  map[uuid.UUID]*row
	slots  map[slot]int
	until  time.Time // when a certificate counted here ends; zero for never
	alive  map[string]bool
	duty   int // agents on duty
	// pairs are the owned handoffs with a second agent, asked or there.
	pairs map[uuid.UUID]*row
}

// line is one queue as the seats serve it now.
type line struct {
	Queue
	tiers []*tier // the specialists, then each overflow queue's
}

// tier is who comes to a queue by one skill.
type tier struct {
	skill string
	// served are those with a lease, on those ready, busy or in wrap-up.
	served, on int
	speaks     map[string]int // of those on
	// hold and free count conversations, see waitFor.
	hold, free int
}

// count is what a seat gives to a tier.
type count struct {
	tier       *tier
	on         bool
	hold, free int
}

func newHall(queues map[string]Queue) *hall {
	return &hall{
		queues: queues, nodes: map[string]time.Time{}, seats: map[string]*seat{}, open: map[uuid.UUID]*row{},
		hands: map[string]map[uuid.UUID]*row{}, free: map[string][]*seat{}, managers: map[string][]*seat{}, branches: map[string][]*seat{},
		timed: map[string]*seat{}, lines: map[string]*line{}, paces: map[string]pace{}, alive: map[string]bool{}, pairs: map[uuid.UUID]*row{},
		fresh: map[uuid.UUID]*row{}, slots: map[slot]int{},
	}
}

// onDuty says whether an agent's lease lives.
func (h *hall) onDuty(s *seat) bool {
	if s.Connected {
		return h.nodes[s.Node].After(h.now)
	}
	return s.LeaseUntil.After(h.now)
}

// presence is what an agent is at now; empty off duty.
func (h *hall) presence(agent string) string {
	s := h.seats[agent]
	switch {
	case s == nil || !h.onDuty(s):
		return ""
	case s.wrapping(h.now):
		return PresenceWrapUp
	}
	return s.State
}

// at brings the hall to a moment: leases that ended, wrap-ups that are over,
// certificates that are good no more.
func (h *hall) at(now time.Time) {
	h.now = now
	alive := map[string]bool{}
	for node, until := range h.nodes {
		if until.After(now) {
			alive[node] = true
		}
	}
	if !maps.Equal(alive, h.alive) || !h.until.IsZero() && !now.Before(h.until) {
		h.alive, h.until = alive, time.Time{}
		for _, s := range h.seats {
			h.recount(s)
		}
		return
	}
	for _, s := range h.timed {
		h.recount(s)
	}
}

// seat takes a row of presence.
func (h *hall) seat(p presence) {
	s := h.seats[p.Agent]
	if s == nil {
		s = &seat{}
		h.seats[p.Agent] = s
	} else {
		h.forget(s)
		for _, subject := range s.Customers {
			remove(h.managers, subject, s)
		}
		if s.Branch != "" {
			remove(h.branches, s.Branch, s)
		}
	}
	s.presence = p
	for _, subject := range p.Customers {
		h.managers[subject] = append(h.managers[subject], s)
	}
	if p.Branch != "" {
		h.branches[p.Branch] = append(h.branches[p.Branch], s)
	}
	h.count(s)
}

func remove(in map[string][]*seat, key string, s *seat) {
	in[key] = slices.DeleteFunc(in[key], func(o *seat) bool { return o == s })
	if len(in[key]) == 0 {
		delete(in, key)
	}
}

// take takes a row of a handoff.
func (h *hall) take(r row) {
	was := h.open[r.ID]
	if was != nil {
		if was.Version == r.Version {
			return
		}
		if was.Version > r.Version {
			return // read by an older look
		}
		h.hold(was, false)
		delete(h.open, r.ID)
	}
	if was != nil && was.waits() {
		if at, ok := slices.BinarySearchFunc(h.order, was, first); ok {
			h.order = slices.Delete(h.order, at, at+1)
		}
	}
	if was != nil {
		h.unbook(was)
	}
	delete(h.pairs, r.ID)
	if !r.open() {
		return
	}
	if r.Guest != "" {
		h.pairs[r.ID] = &r
	}
	if r.waits() {
		at, _ := slices.BinarySearchFunc(h.order, &r, first)
		h.order = slices.Insert(h.order, at, &r)
	}
	h.book(&r)
	h.open[r.ID] = &r
	h.hold(&r, true)
}

func first(a, b *row) int { return before(&a.Handoff, &b.Handoff) }

// hold notes whose hands a handoff is in.
func (h *hall) hold(r *row, on bool) {
	for _, agent := range []string{r.Agent, r.Guest} {
		if agent == "" {
			continue
		}
		s := h.seats[agent]
		if s == nil { // nobody knows this agent: as good as gone
			s = &seat{presence: presence{Agent: agent}}
			h.seats[agent] = s
		}
		h.forget(s)
		if on {
			if h.hands[agent] == nil {
				h.hands[agent] = map[uuid.UUID]*row{}
			}
			h.hands[agent][r.ID] = r
		} else if delete(h.hands[agent], r.ID); len(h.hands[agent]) == 0 {
			delete(h.hands, agent)
		}
		h.count(s)
	}
}

func (h *hall) recount(s *seat) {
	h.forget(s)
	h.count(s)
}

// forget takes a seat out of everything that is counted.
func (h *hall) forget(s *seat) {
	delete(h.timed, s.Agent)
	if s.duty {
		s.duty = false
		h.duty--
	}
	for _, c := range s.counts {
		c.tier.served--
		if c.on {
			c.tier.on--
			for _, language := range s.Languages {
				c.tier.speaks[language]--
			}
		}
		c.tier.hold -= c.hold
		c.tier.free -= c.free
	}
	s.counts = s.counts[:0]
	if s.listed {
		s.listed = false
		for _, skill := range s.Skills {
			list := h.free[skill]
			if at, ok := slices.BinarySearchFunc(list, s, idleLonger); ok {
				h.free[skill] = slices.Delete(list, at, at+1)
			}
		}
	}
}

// idleLonger orders the free: who is idle longest comes first.
func idleLonger(a, b *seat) int {
	return cmp.Or(a.IdleSince.Compare(b.IdleSince), cmp.Compare(a.Agent, b.Agent))
}

// count puts a seat where plans look for it.
func (h *hall) count(s *seat) {
	s.Active, s.Ringing, s.Calls = 0, 0, 0
	for _, r := range h.hands[s.Agent] {
		s.Active++
		if r.State == StateRinging || r.Guest == s.Agent && r.GuestUntil != nil {
			s.Ringing++
		}
		if r.Needs.call() {
			s.Calls++
		}
	}
	duty := h.onDuty(s)
	wrapping := s.wrapping(h.now)
	if wrapping || duty && !s.Connected || !duty && s.Active > 0 {
		h.timed[s.Agent] = s
	}
	if !duty {
		return
	}
	s.duty = true
	h.duty++
	for _, c := range s.Certificates {
		if !c.Until.IsZero() && c.Until.After(h.now) && (h.until.IsZero() || c.Until.Before(h.until)) {
			h.until = c.Until
		}
	}
	for _, l := range h.lines {
		h.countIn(s, l)
	}
	if s.Connected && s.State == PresenceReady && !wrapping && s.Ringing == 0 && s.Active < s.Capacity {
		s.listed = true
		for _, skill := range s.Skills {
			list := h.free[skill]
			if at, ok := slices.BinarySearchFunc(list, s, idleLonger); !ok {
				h.free[skill] = slices.Insert(list, at, s)
			}
		}
	}
}

func (h *hall) countIn(s *seat, l *line) {
	at := l.tierOf(s, h.now)
	if at < 0 {
		return
	}
	c := count{tier: l.tiers[at], on: s.Connected && s.State != PresenceAway}
	c.tier.served++
	if c.on {
		c.tier.on++
		for _, language := range s.Languages {
			c.tier.speaks[language]++
		}
		c.hold = s.Capacity
		if s.State == PresenceReady && !s.wrapping(h.now) {
			c.free = max(0, s.Capacity-s.Active+s.Ringing)
		}
	}
	c.tier.hold += c.hold
	c.tier.free += c.free
	s.counts = append(s.counts, c)
}

// line finds a queue; the first time it is counted over all seats.
func (h *hall) line(name string) *line {
	if l, ok := h.lines[name]; ok {
		return l
	}
	l := &line{Queue: queueOf(h.queues, name)}
	l.tiers = append(l.tiers, &tier{skill: l.Skill, speaks: map[string]int{}})
	for _, other := range l.Overflow {
		l.tiers = append(l.tiers, &tier{skill: queueOf(h.queues, other).Skill, speaks: map[string]int{}})
	}
	h.lines[name] = l
	for _, s := range h.seats {
		if h.onDuty(s) {
			h.countIn(s, l)
		}
	}
	return l
}

// tierOf says by which tier a seat serves the queue; -1 by none.
func (l *line) tierOf(s *seat, now time.Time) int {
	if !s.certified(l.Certificates, now) {
		return -1
	}
	return slices.IndexFunc(l.tiers, func(t *tier) bool { return slices.Contains(s.Skills, t.skill) })
}

// served says whether anybody with a lease serves the queue.
func (l *line) served() bool {
	return slices.ContainsFunc(l.tiers, func(t *tier) bool { return t.served > 0 })
}

// opened says how many tiers serve who has waited so long.
func (l *line) opened(urgent bool, waited time.Duration) int {
	n, on := 1, l.tiers[0].on > 0
	for ; n < len(l.tiers); n++ {
		if on && !urgent && waited < time.Duration(n)*l.OverflowAfter {
			break
		}
		on = on || l.tiers[n].on > 0
	}
	return n
}

// lost are the owned handoffs whose owner, or guest, has gone.
func (h *hall) lost() []*row {
	var out []*row
	for agent, s := range h.timed {
		if h.onDuty(s) {
			continue
		}
		for _, r := range h.hands[agent] {
			if r.State == StateAccepted && r.Agent == agent {
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, first)
	return slices.Compact(out)
}

// guestsGone are the owned handoffs whose second agent did not come in time, or
// has gone, while the owner is there.
func (h *hall) guestsGone() []*row {
	var out []*row
	for _, r := range h.pairs {
		guest, owner := h.seats[r.Guest], h.seats[r.Agent]
		late := r.GuestUntil != nil && !r.GuestUntil.After(h.now)
		if (late || guest == nil || !h.onDuty(guest)) && owner != nil && h.onDuty(owner) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, first)
	return out
}
