package handoff

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
)

// slot is a half hour in which a queue calls back.
type slot struct {
	queue string
	at    int64 // seconds since 1970
}

func slotOf(h *Handoff) slot { return slot{h.Queue, h.DueAt.Unix()} }

// sooner orders call-backs by when they are due.
func sooner(a, b *row) int { return cmp.Or(a.DueAt.Compare(*b.DueAt), bytes.Compare(a.ID[:], b.ID[:])) }

// book notes a call-back in the hall, unbook forgets it.
func (h *hall) book(r *row) {
	if r.State != StateBooked {
		return
	}
	at, _ := slices.BinarySearchFunc(h.booked, r, sooner)
	h.booked = slices.Insert(h.booked, at, r)
	if r.ToldAt == nil {
		h.fresh[r.ID] = r
		return
	}
	h.slots[slotOf(&r.Handoff)]++
}

func (h *hall) unbook(r *row) {
	if r.State != StateBooked {
		return
	}
	if at, ok := slices.BinarySearchFunc(h.booked, r, sooner); ok {
		h.booked = slices.Delete(h.booked, at, at+1)
	}
	if r.ToldAt == nil {
		delete(h.fresh, r.ID)
		return
	}
	s := slotOf(&r.Handoff)
	if h.slots[s]--; h.slots[s] == 0 {
		delete(h.slots, s)
	}
}

// due are the call-backs whose time has come.
func (h *hall) due() []*row {
	n := 0
	for n < len(h.booked) && !h.booked[n].DueAt.After(h.now) {
		n++
	}
	return h.booked[:n]
}

// asked are the call-backs that were not told yet, in the order they came.
func (h *hall) asked() []*row {
	var out []*row
	for _, r := range h.fresh {
		if r.DueAt.After(h.now) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *row) int {
		return cmp.Or(a.Since.Compare(b.Since), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return out
}

// hoursOf are a queue's hours; those of general where it has none of its own.
func (h *hall) hoursOf(queue string) dialogue.Hours {
	if own := queueOf(h.queues, queue).Hours; own.Known() {
		return own.Hours
	}
	return queueOf(h.queues, "general").Hours.Hours
}

// fit gives a new call-back the slot it asked for, or the next one with room, and
// tells it; where no slot of the next days has room it is closed.
func (p *planning) fit(s *step) {
	w := s.edit()
	now := p.now
	if at, ok := p.roomFrom(w.Queue, *w.DueAt); ok {
		w.DueAt, w.ToldAt = &at, &now
		s.tell(assistant.HandoffEvent{State: dialogue.HandoffBooked, Due: at})
		return
	}
	w.State, w.EndedAt = StateClosed, &now
	s.tell(assistant.HandoffEvent{State: dialogue.HandoffClosed, Reason: dialogue.ReasonFull})
}

// roomFrom finds and takes the first slot with room from a time on. The time
// itself may be nearer than a customer may ask for: asking took a moment.
func (p *planning) roomFrom(queue string, from time.Time) (time.Time, bool) {
	hours, q := p.hoursOf(queue), queueOf(p.queues, queue)
	at, ok := from.In(p.rules.inZone()), true
	if !hours.Known() || !hours.Open(at) {
		at, ok = hours.Slot(p.now.In(p.rules.inZone()), at)
	}
	for ; ok; at, ok = hours.Slot(p.now.In(p.rules.inZone()), at.Add(dialogue.SlotFor)) {
		key := slot{queue, at.Unix()}
		if p.slots[key]+p.taken[key] < q.room() {
			p.taken[key]++
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// fallDue lets a call-back wait like who had an agent before: it was promised.
func (p *planning) fallDue(s *step) {
	w := s.edit()
	w.State, w.Since, w.ToldAt, w.Place = StateQueued, *w.DueAt, nil, 0
}

// missed books who was promised a time and was not served within the hours anew,
// with an apology; false where somebody is still there to serve, or the hours last.
func (p *planning) missed(s *step, l *line) bool {
	w := s.now()
	if w.State != StateQueued || w.DueAt == nil || w.Urgent || l.Always {
		return false
	}
	hours, now := p.hoursOf(w.Queue), p.now
	over := hours.Known() && !hours.Open(now.In(p.rules.inZone())) && !l.manned() || p.rules.open != nil && !p.rules.open(w.Queue, now)
	if !over {
		return false
	}
	at, ok := p.roomFrom(w.Queue, now.Add(dialogue.SlotAhead))
	if !ok {
		return false // no room in days: they go on waiting
	}
	w = s.edit()
	w.requeue()
	w.State, w.DueAt, w.ToldAt, w.LostAt, w.AloneSince = StateBooked, &at, &now, nil, nil
	s.tell(assistant.HandoffEvent{State: dialogue.HandoffBooked, Due: at, Reason: dialogue.ReasonMissed})
	return true
}

// manned says whether anybody who serves the queue is there and not away.
func (l *line) manned() bool {
	return slices.ContainsFunc(l.tiers, func(t *tier) bool { return t.on > 0 })
}

// isBooked says whether a call-back is not due yet, as this node knows.
func (d *Desk) isBooked(id uuid.UUID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.hall.open[id]
	return r != nil && r.State == StateBooked
}
