package dialogue

import (
	"slices"

	"github.com/pingdui/pingdui/assistant/flow"
)

// end finishes a flow; a sub-flow hands its outputs to its caller.
func (d *decider) end(in *Instance, f *flow.Flow, s *flow.Step) {
	env := d.env(in, f)
	if t := d.render(s.End.TextT, env); t != "" {
		d.say(flow.Message{Kind: flow.KindText, Text: t})
	}
	if in.Parent != "" {
		outputs := map[string]any{"result": s.End.Result}
		for name, x := range f.OutputsX() {
			v, err := x.Eval(env)
			if err != nil {
				d.fail(err)
			}
			outputs[name] = v
		}
		parent := in.Parent
		d.st.Stack = d.st.Stack[:len(d.st.Stack)-1]
		if p := d.instance(parent); p != nil {
			pf := d.flowOf(p)
			if pf == nil {
				return
			}
			ps := pf.Step(p.Step)
			if ps.Subflow != nil && ps.Subflow.Save != "" {
				p.Results[ps.Subflow.Save] = outputs
			}
			d.follow(p, pf, ps, "")
		}
		return
	}
	kind := NoteFinished
	if s.End.Result == "cancelled" {
		kind = NoteCancelled
	}
	d.drop(in, kind, s.End.Result)
}

// drop takes an instance (and what it called) off the stack.
func (d *decider) drop(in *Instance, note, text string) {
	id, flowID := in.ID, in.Flow
	for i := range d.st.Stack {
		if o := &d.st.Stack[i]; o.ID == id || o.Parent == id {
			d.withdraw(o)
		}
	}
	d.note(note, flowID, in.Step, text)
	d.st.Topic = flowID
	d.st.Stack = slices.DeleteFunc(d.st.Stack, func(o Instance) bool { return o.ID == id || o.Parent == id })
	if p := d.st.Pending; p != nil && d.instance(p.Instance) == nil {
		d.st.Pending = nil
	}
	d.st.Fails = 0
}

// stuck is the safety net: a flow that goes round goes to a person.
func (d *decider) stuck(in *Instance) {
	d.sayPhrase(flow.KindText, "stuck", nil)
	d.note(NoteStuck, in.Flow, in.Step, "")
	d.drop(in, NoteCancelled, "stuck")
	d.handoff("", d.phrase("reason_stuck"), false, false)
	if d.top() != nil {
		d.offerResume()
	}
}

// recalled takes an instance whose flow was withdrawn to a person, with all that
// is filled in.
func (d *decider) recalled(in *Instance) {
	name, queue := in.Flow, ""
	if f := d.set.Pinned(in.Hash); f != nil {
		name, queue = d.pick(f.Name), f.Queue
		d.form = &Form{Flow: f.ID, Title: name, Step: in.Step, Rows: d.rows(in, f)}
	}
	for in.Parent != "" && d.instance(in.Parent) != nil {
		in = d.instance(in.Parent)
	}
	d.sayPhrase(flow.KindText, "recalled", nil, "name", name)
	d.drop(in, NoteCancelled, "recalled")
	d.handoff(queue, d.phrase("reason_recalled", "name", name), false, false)
	d.form = nil
}

// idle is what happens when no flow is left: the next request of the same
// message, or nothing.
func (d *decider) idle() {
	d.st.Pending = nil
	d.nextLater()
}

// sayCancelled says that a flow is cancelled, and of what was done in it that it
// stands: nobody is told that nothing was done while a hold is on.
func (d *decider) sayCancelled(in *Instance, f *flow.Flow, name string) {
	for {
		stands := d.stands(in, f)
		if len(stands) > 0 {
			for _, t := range stands {
				d.say(flow.Message{Kind: flow.KindText, Text: t})
			}
			return
		}
		if in.Parent == "" || d.instance(in.Parent) == nil {
			break
		}
		in = d.instance(in.Parent)
		f = d.flowOf(in)
	}
	if f != nil && acted(in, f) {
		d.sayPhrase(flow.KindText, "cancelled_rest", nil, "name", name)
		return
	}
	d.sayPhrase(flow.KindText, "cancelled", nil, "name", name)
}

// stands are the words for what the calls of a flow that were done leave behind.
func (d *decider) stands(in *Instance, f *flow.Flow) []string {
	var out []string
	if f == nil {
		return nil
	}
	for _, s := range f.Steps {
		if s.Call == nil || s.Call.StandsT.Empty() || in.Results[s.Call.Save] == nil {
			continue
		}
		out = append(out, d.render(s.Call.StandsT, d.env(in, f)))
	}
	return out
}
