package dialogue

import (
	"slices"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

// opens is the time of the day for which a bare day stands.
const opens = 9 * time.Hour

// scheduleStep puts the rest of a flow off: it is parked, and the conversation
// is free until the time has come.
func (d *decider) scheduleStep(in *Instance, f *flow.Flow, s *flow.Step) bool {
	if in.Demand == nil || in.Demand.Step != s.ID {
		at, ok := d.appointment(in, f, s)
		if !ok {
			return false
		}
		if !at.After(d.c.Now) {
			d.follow(in, f, s, "")
			return true
		}
		d.withdraw(in)
		in.Demand = &Demand{Ref: in.ID + "/" + d.id("de"), Kind: s.Kind, Step: s.ID, Due: at}
	}
	env := d.env(in, f)
	env["input"] = map[string]any{"at": in.Demand.Due.In(d.c.Now.Location()).Format(time.RFC3339)}
	off := d.offer(Offer{Kind: offerForget, Instance: in.ID}, d.phrase("tap_unschedule"), flow.StylePlain)
	d.say(flow.Message{Kind: flow.KindText, Text: d.render(s.Schedule.TextT, env), Actions: []flow.Action{off}})
	d.park(in)
	return true
}

// appointment is the time a step is put off to.
func (d *decider) appointment(in *Instance, f *flow.Flow, s *flow.Step) (time.Time, bool) {
	at := d.c.Now.Add(s.Schedule.Delay)
	if s.Schedule.AtX != nil {
		text := d.text(s.Schedule.AtX, d.env(in, f))
		t, ok := parseTime(text)
		if !ok {
			day, err := time.ParseInLocation(time.DateOnly, text, d.c.Now.Location())
			if err != nil {
				d.fail(err)
				return at, false
			}
			t = day.Add(opens)
		}
		at = t
	}
	for s.Schedule.BusinessDay && !d.set.BusinessDay(at.In(d.c.Now.Location())) {
		at = at.AddDate(0, 0, 1)
	}
	return at, d.err == nil
}

// park takes an instance, with what it was called by, off the stack.
func (d *decider) park(in *Instance) {
	id := in.ID
	root := id
	for p := d.instance(root); p != nil && p.Parent != ""; p = d.instance(root) {
		root = p.Parent
	}
	kept := d.st.Stack[:0:0]
	for _, o := range d.st.Stack {
		if o.ID == id || o.ID == root || o.Parent == root {
			d.st.Parked = append(d.st.Parked, o)
			continue
		}
		kept = append(kept, o)
	}
	d.st.Stack, d.st.Pending = kept, nil
}

// unpark brings a parked instance back; nil when there is none of that id.
func (d *decider) unpark(id string) *Instance {
	if !slices.ContainsFunc(d.st.Parked, func(o Instance) bool { return o.ID == id }) {
		return nil
	}
	if top := d.top(); top != nil && !top.Suspended {
		top.Suspended = true
		d.note(NoteSuspended, top.Flow, top.Step, "")
	}
	i := slices.IndexFunc(d.st.Parked, func(o Instance) bool { return o.ID == id })
	in := d.st.Parked[i]
	var rest []Instance
	for _, o := range d.st.Parked {
		switch {
		case o.ID == id:
		case in.Parent != "" && (o.ID == in.Parent || o.Parent == in.Parent):
			d.st.Stack = append(d.st.Stack, o)
		default:
			rest = append(rest, o)
		}
	}
	d.st.Parked = rest
	d.st.Stack = append(d.st.Stack, in)
	d.st.Pending = nil
	return d.top()
}

// appointed goes on with a parked flow, its time having come. What the bank had
// said and what the customer had agreed to is old by now: both are asked again.
func (d *decider) appointed(id string) {
	in := d.unpark(id)
	in.Demand = nil
	f := d.flowOf(in)
	if f == nil {
		d.run()
		return
	}
	clear(in.Confirmed)
	clear(in.Boxes)
	clear(in.Options)
	in.Trail = nil
	d.note(NoteResumed, in.Flow, in.Step, "schedule")
	d.follow(in, f, f.Step(in.Step), "")
	d.run()
}
