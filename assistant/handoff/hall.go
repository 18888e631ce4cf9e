package handoff

import (
	"cmp"
	"slices"
	"time"
)

// hall is what one plan knows of the seats: who is free, and each queue's line,
// looked up once and not for each customer.
type hall struct {
	now   time.Time
	seats []seat
	paces []pace
	rules rules
	free  []int // seats that may be rung, by index, the one idle longest first
	// managed are the customers whose own manager may be rung.
	managed map[string]bool
	lines   map[string]*line
}

// line is one queue as the seats serve it now.
type line struct {
	Queue
	served       bool // somebody with a lease serves it
	specialistOn bool // a specialist is ready or busy
	// who speaks what, among those ready or busy
	specialists, helpers map[string]bool
	// hold and free count conversations, see waitFor; pace is nil when unknown
	hold, free int
	pace       *pace
}

func newHall(now time.Time, seats []seat, paces []pace, r rules) *hall {
	h := &hall{now: now, seats: seats, paces: paces, rules: r, lines: map[string]*line{}, managed: map[string]bool{}}
	for i := range seats {
		s := &seats[i]
		if s.Connected && s.State == PresenceReady && s.Active < s.Capacity && s.Ringing == 0 {
			h.free = append(h.free, i)
			for _, subject := range s.Customers {
				h.managed[subject] = true
			}
		}
	}
	slices.SortFunc(h.free, func(a, b int) int {
		return cmp.Or(seats[a].IdleSince.Compare(seats[b].IdleSince), cmp.Compare(seats[a].Agent, seats[b].Agent))
	})
	return h
}

func (h *hall) line(name string) *line {
	if l, ok := h.lines[name]; ok {
		return l
	}
	l := &line{Queue: queueOf(h.rules.queues, name), specialists: map[string]bool{}, helpers: map[string]bool{}}
	h.lines[name] = l
	for i := range h.seats {
		s := &h.seats[i]
		specialist, helper := l.specialist(s, h.now), l.helps(s, h.now)
		if !specialist && !helper {
			continue
		}
		l.served = true
		if !s.Connected || s.State == PresenceAway {
			continue
		}
		speaks := l.helpers
		if specialist {
			l.specialistOn, speaks = true, l.specialists
		}
		for _, language := range s.Languages {
			speaks[language] = true
		}
		l.hold += s.Capacity
		if s.State == PresenceReady {
			l.free += max(0, s.Capacity-s.Active+s.Ringing)
		}
	}
	for i, p := range h.paces {
		if p.Queue == name && p.Samples >= minSamples {
			l.pace = &h.paces[i]
		}
	}
	return l
}

// ring gives a waiting handoff to one agent, if there is one to ring.
func (h *hall) ring(w *Handoff, l *line) {
	now := h.now
	overflow := w.Urgent || now.Sub(w.Since) >= l.OverflowAfter || !l.specialistOn
	// Who speaks no English is not rung for an English customer while somebody
	// on duty does.
	spoken := w.Locale != "zh" && (l.specialists[w.Locale] || overflow && l.helpers[w.Locale])
	best, someone := -1, false
	for at, i := range h.free {
		s := &h.seats[i]
		specialist := l.specialist(s, now)
		if !specialist && (!overflow || !l.helps(s, now)) || spoken && !slices.Contains(s.Languages, w.Locale) {
			continue
		}
		if slices.Contains(w.Tried, s.Agent) {
			someone = true
			continue
		}
		if best < 0 || h.better(s, &h.seats[h.free[best]], w, l) {
			best = at
		}
		if specialist && !h.managed[w.Subject] && slices.Contains(s.Languages, w.Locale) {
			break // nobody who follows can be better: they were idle for less
		}
	}
	if best < 0 {
		// All who could were rung: a new round, after a breath.
		if someone && (w.RungAt == nil || now.Sub(*w.RungAt) >= h.rules.again) {
			w.Tried = nil
			h.ring(w, l)
		}
		return
	}
	s := &h.seats[h.free[best]]
	h.free = slices.Delete(h.free, best, best+1)
	until := now.Add(h.rules.ringFor)
	w.State, w.Agent, w.RingUntil, w.RungAt = StateRinging, s.Agent, &until, &now
	w.Attempts++
	s.Active++
	s.Ringing++
}

// better says whether a is to be rung before b; of equals the first one stays,
// which is idle longer.
func (h *hall) better(a, b *seat, w *Handoff, l *line) bool {
	if x, y := slices.Contains(a.Customers, w.Subject), slices.Contains(b.Customers, w.Subject); x != y {
		return x
	}
	if x, y := l.specialist(a, h.now), l.specialist(b, h.now); x != y {
		return x
	}
	return slices.Contains(a.Languages, w.Locale) && !slices.Contains(b.Languages, w.Locale)
}

// minSamples is how many finished conversations make a pace.
const minSamples = 5

// answerS is what picking up takes when an agent is free.
const answerS = 10

// waitFor is the expected wait in seconds, 0 when it can't be known.
//
// With c conversations that the ready and busy agents of a queue can hold at
// once, f of them free, and a mean of H seconds a conversation (the last 20 of
// the queue within two hours), one becomes free every H/c seconds. The customer
// at place p waits answerS when p ≤ f, and (p − f)·H/c + answerS when not.
// Unknown: nobody can hold one, or fewer than minSamples conversations for H.
func (l *line) waitFor(place int) int {
	switch {
	case l.hold == 0:
		return 0
	case place <= l.free:
		return answerS
	case l.pace == nil:
		return 0
	}
	return int(float64(place-l.free)*l.pace.HandleS/float64(l.hold)) + answerS
}
