package dialogue

import (
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

// lockFor is how long an operation stays shut in a conversation after three
// wrong codes (D8).
const lockFor = 30 * time.Minute

// lock shuts an operation for this customer until the time the bank told, else
// for half an hour.
func (d *decider) lock(operation, told string) time.Time {
	until, ok := parseTime(told)
	if !ok || !until.After(d.c.Now) {
		until = d.c.Now.Add(lockFor)
	}
	d.st.Locks[operation] = until
	return until
}

// lockedUntil is until when a flow can't be run because one of its operations
// is shut; false when none is.
func (d *decider) lockedUntil(f *flow.Flow) (time.Time, bool) {
	for _, s := range f.Steps {
		if s.Call == nil || !s.Call.Irreversible && f.Box(s) == nil {
			continue
		}
		if until, ok := d.st.Locks[s.Call.Operation]; ok && d.c.Now.Before(until) {
			return until, true
		}
	}
	return time.Time{}, false
}

// sayLocked says that a business is shut, until when, and what leads on.
func (d *decider) sayLocked(f *flow.Flow, until time.Time) {
	actions := []flow.Action{d.agentOffer()}
	if d.st.Handoff.State == HandoffQueued {
		actions = []flow.Action{d.leaveTap()}
	}
	d.sayPhrase(flow.KindText, "locked", actions, "name", d.pick(f.Name), "until", until.Format(time.RFC3339),
		"queued", d.st.Handoff.State == HandoffQueued, "place", d.st.Handoff.Place)
	d.note(NoteLocked, f.ID, "", until.Format(time.RFC3339))
}
