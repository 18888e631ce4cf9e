package dialogue

import (
	"slices"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

// arrived takes an outside input: the step that waits for it goes on; one that
// will wait for it later finds it there.
func (d *decider) arrived(e Arrived) {
	for i := len(d.st.Stack) - 1; i >= 0; i-- {
		in := &d.st.Stack[i]
		f := d.flowOf(in)
		if f == nil {
			continue
		}
		if q := in.Demand; q != nil && q.Kind == "wait" && q.Name == e.Name && q.Step == in.Step {
			in = d.raise(in.ID)
			d.st.Pending = nil
			d.arrivedAt(in, f, f.Step(in.Step), e.Value)
			d.run()
			return
		}
		if slices.ContainsFunc(f.Steps, func(s *flow.Step) bool { return s.Wait != nil && s.Wait.For == e.Name }) {
			in.Early[e.Name] = e.Value
			return
		}
	}
	d.note(NoteStale, "", "", "input "+e.Name)
}

func (d *decider) arrivedAt(in *Instance, f *flow.Flow, s *flow.Step, value map[string]string) {
	got := map[string]any{}
	for k, v := range value {
		got[k] = v
	}
	if s.Wait.Save != "" {
		in.Results[s.Wait.Save] = got
	}
	in.Demand, in.Good[s.ID] = nil, true
	d.note(NoteOutside, in.Flow, s.ID, "arrived")
	d.follow(in, f, s, "")
}

// due is the earliest time at which something that waits outside is over; zero
// when nothing does.
func (d *decider) due() time.Time {
	var at time.Time
	for _, list := range [][]Instance{d.st.Stack, d.st.Parked} {
		for i := range list {
			if q := list[i].Demand; q != nil && !q.Due.IsZero() && (at.IsZero() || q.Due.Before(at)) {
				at = q.Due
			}
		}
	}
	return at
}

// overdue takes up one demand whose time has come; false when there is none.
func (d *decider) overdue() bool {
	for i := range d.st.Parked {
		if q := d.st.Parked[i].Demand; q != nil && !q.Due.IsZero() && !d.c.Now.Before(q.Due) {
			d.appointed(d.st.Parked[i].ID)
			return true
		}
	}
	for i := len(d.st.Stack) - 1; i >= 0; i-- {
		in := &d.st.Stack[i]
		if in.Demand == nil || in.Demand.Due.IsZero() || d.c.Now.Before(in.Demand.Due) {
			continue
		}
		f := d.flowOf(in)
		if f == nil || in.Demand.Step != in.Step {
			d.withdraw(in)
			d.run()
			return true
		}
		in = d.raise(in.ID)
		d.st.Pending = nil
		if d.outsideEnded(in, f, f.Step(in.Step), flow.OutcomeLate, "") {
			d.run()
		}
		return true
	}
	return false
}
