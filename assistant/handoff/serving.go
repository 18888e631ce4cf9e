package handoff

import (
	"maps"
	"slices"
)

// Serving is how a queue is served at this moment.
type Serving struct {
	Queue, Skill string
	// On are the agents who are there for it, ready, busy or in wrap-up, overflow
	// included; Free is how many conversations they could take now.
	On, Free int
	// WaitS is the expected wait of who would come now, SpreadS its spread in
	// seconds; both 0 when it can't be known.
	WaitS, SpreadS int
	// Open is true when people serve it at this hour.
	Open bool
}

// Serving says how each known queue is served, in the order of names.
func (d *Desk) Serving() []Serving {
	now := d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	names := map[string]bool{}
	for name := range d.config.Queues {
		names[name] = true
	}
	waits := map[string]int{}
	for _, r := range d.hall.order {
		waits[r.Queue]++
		names[r.Queue] = true
	}
	out := make([]Serving, 0, len(names))
	for _, name := range slices.Sorted(maps.Keys(names)) {
		l := d.hall.line(name)
		s := Serving{Queue: name, Skill: l.Skill}
		for _, t := range l.tiers {
			s.On, s.Free = s.On+t.on, s.Free+t.free
		}
		s.WaitS, s.SpreadS = d.hall.waitFor(l, name, waits[name]+1)
		s.Open = l.Always || !l.Hours.Known() || l.Hours.Open(now.In(d.rules.inZone()))
		out = append(out, s)
	}
	return out
}
