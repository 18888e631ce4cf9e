package handoff

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// ring gives a waiting handoff to one agent, if there is one to ring.
func (p *planning) ring(s *step, l *line) {
	w := s.now()
	if w.Needs.Agent != "" && p.now.Before(w.Needs.AgentUntil) {
		// Asked for by name: nobody else for now, whatever the skills.
		if at := p.seats[w.Needs.Agent]; at != nil && at.listed && p.fits(at, w, l) {
			p.give(s, at)
			return
		}
		if at := p.seats[w.Needs.Agent]; at != nil && p.onDuty(at) && at.Connected {
			return
		}
	}
	waited := p.now.Sub(w.waitsSince())
	open := l.opened(w.Urgent, waited)
	at, someone, hold := p.own(w, l, waited)
	if at == nil && hold {
		return
	}
	if at == nil {
		var again bool
		at, again = p.search(w, l, open)
		someone = someone || again
	}
	if at != nil {
		p.give(s, at)
		return
	}
	// All who could were rung: a new round, after a breath.
	if someone && (w.RungAt == nil || p.now.Sub(*w.RungAt) >= p.rules.again) {
		s.edit().Tried = nil
		p.ring(s, l)
	}
}

// own looks for the customer's manager, then for their branch. hold says that one
// of these is on duty and worth waiting for.
func (p *planning) own(w *Handoff, l *line, waited time.Duration) (found *seat, someone, hold bool) {
	lists := [2][]*seat{p.managers[w.Subject]}
	if w.Needs.Branch != "" {
		lists[1] = p.branches[w.Needs.Branch]
	}
	waits := !w.Urgent && waited < l.OwnFirst
	for _, list := range lists {
		for _, s := range list {
			if !s.listed && !waits && len(w.Tried) == 0 {
				continue // neither rung nor waited for, which most are: the rest costs more to know
			}
			if l.tierOf(s, p.now) < 0 || !s.suits(w, p.now) || !p.onDuty(s) {
				continue
			}
			tried := slices.Contains(w.Tried, s.Agent)
			switch {
			case s.listed && p.fits(s, w, l):
				if found == nil || idleLonger(s, found) < 0 {
					found = s
				}
			case tried:
				someone = true
			case s.Connected && s.State != PresenceAway && waits:
				hold = true
			}
		}
		if found != nil || hold {
			break
		}
	}
	return found, someone, hold
}

// search looks through the open tiers for the one idle longest who fits; who
// speaks the customer's language comes first, and when somebody on duty does,
// nobody else is rung for a customer who speaks no Chinese.
func (p *planning) search(w *Handoff, l *line, open int) (found *seat, someone bool) {
	language := w.language()
	spoken := language != "zh" && slices.ContainsFunc(l.tiers[:open], func(t *tier) bool { return t.speaks[language] > 0 })
	key := ""
	if len(w.Tried) == 0 && len(w.Needs.Not) == 0 {
		key = strings.Join(append([]string{w.Queue, language, w.Needs.Medium, string(rune('0' + open)), boolText(w.Needs.Onsite)}, w.Needs.Certificates...), "\x00")
		if p.nobody[key] {
			return nil, false
		}
	}
	for i, t := range l.tiers[:open] {
		var other *seat
		for _, s := range p.free[t.skill] {
			if l.tierOf(s, p.now) != i {
				continue // of an earlier tier, or not certified
			}
			speaks := slices.Contains(s.Languages, language)
			if spoken && !speaks {
				continue
			}
			if slices.Contains(w.Tried, s.Agent) {
				someone = someone || s.suits(w, p.now)
				continue
			}
			if !p.fits(s, w, l) {
				continue
			}
			if speaks {
				return s, someone
			}
			if other == nil {
				other = s
			}
		}
		if other != nil {
			return other, someone
		}
	}
	if key != "" {
		p.nobody[key] = true // the free only grow fewer in a plan
	}
	return nil, someone
}

func boolText(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// suits says whether the request's own needs allow this agent.
func (s *seat) suits(w *Handoff, now time.Time) bool {
	return (!w.Needs.Onsite || !s.Home) && !slices.Contains(w.Needs.Not, s.Agent) && s.certified(w.Needs.Certificates, now)
}

// fits says whether a free seat can be rung for this one now.
func (p *planning) fits(s *seat, w *Handoff, l *line) bool {
	return !p.used[s] && p.onDuty(s) && !slices.Contains(w.Tried, s.Agent) && s.suits(w, p.now) && s.certified(l.Certificates, p.now) &&
		(!w.Needs.call() || s.Calls == 0)
}

// give rings one agent.
func (p *planning) give(s *step, at *seat) {
	p.used[at] = true
	now := p.now
	until := now.Add(p.rules.ringFor)
	w := s.edit()
	w.State, w.Agent, w.RingUntil, w.RungAt = StateRinging, at.Agent, &until, &now
	w.Attempts++
}

// waitsSince is when the wait for this queue began.
func (h *Handoff) waitsSince() time.Time {
	if h.Passed != nil && h.Passed.At.After(h.Since) {
		return h.Passed.At
	}
	return h.Since
}

// language is what the customer is best spoken to in.
func (h *Handoff) language() string { return cmp.Or(h.Needs.Language, h.Locale) }
