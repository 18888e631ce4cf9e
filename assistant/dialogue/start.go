package dialogue

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// start begins a flow, or goes on with one that waits. slots are given values,
// e is the message that asked for it (nil for a tap).
func (d *decider) start(f *flow.Flow, slots map[string]string, e *Said) {
	if until, ok := d.lockedUntil(f); ok {
		d.sayLocked(f, until)
		if d.top() != nil {
			d.offerResume()
		}
		return
	}
	if i := slices.IndexFunc(d.st.Stack, func(in Instance) bool { return in.Flow == f.ID && in.Parent == "" }); i >= 0 {
		in := d.raise(d.st.Stack[i].ID)
		d.note(NoteResumed, f.ID, in.Step, "")
		d.st.Pending = nil
		d.seed(in, slots, e)
		return
	}
	if i := slices.IndexFunc(d.st.Parked, func(in Instance) bool { return in.Flow == f.ID && in.Parent == "" }); i >= 0 {
		in := d.unpark(d.st.Parked[i].ID)
		d.seed(in, slots, e)
		return
	}
	if d.isRecalled(f.Hash) {
		d.sayPhrase(flow.KindText, "recalled_start", nil, "name", d.pick(f.Name))
		d.handoff(f.Queue, d.phrase("reason_recalled", "name", d.pick(f.Name)), f.Emergency, false)
		if d.top() != nil {
			d.offerResume()
		}
		return
	}
	roots := 0
	for _, in := range d.st.Stack {
		roots += b2i(in.Parent == "")
	}
	if roots >= maxDepth && !f.Emergency {
		top := d.top()
		d.sayPhrase(flow.KindText, "too_deep", nil, "name", d.flowName(top.Flow))
		d.again = true
		d.run()
		return
	}
	if !d.c.Customer.Level.AtLeast(f.Level) && f.Level != flow.Level0 {
		d.needSignIn(f, slots, e)
		return
	}
	if emp := d.set.Employees[d.st.Employee]; emp != nil && !emp.May(f.ID) {
		// The colleague who may do it takes over at once: nothing is asked twice,
		// and the customer can still change back.
		if to := d.set.EmployeeFor(f.ID); to != nil && !d.onLeave(to.ID) {
			d.changeEmployee(to.ID)
		} else if !f.Emergency {
			d.offerEmployee(f, slots, e)
			return
		}
	}
	if top := d.top(); top != nil && !top.Suspended {
		d.leavesBox(top)
		top.Suspended = true
		d.note(NoteSuspended, top.Flow, top.Step, "")
	}
	in := d.newInstance(f)
	if d.alarmed != "" && f.Emergency {
		in.Input = map[string]any{"alarm": d.alarmed}
	}
	d.st.Stack = append(d.st.Stack, in)
	d.note(NoteStarted, f.ID, in.Step, "")
	d.st.Pending, d.st.Topic, d.st.Fails = nil, f.ID, 0
	d.seed(d.top(), slots, e)
}

// seed fills a flow from what asked for it and lets it run.
func (d *decider) seed(in *Instance, slots map[string]string, e *Said) {
	f := d.flowOf(in)
	if f == nil {
		d.run()
		return
	}
	values := map[string]Value{}
	for _, name := range slices.Sorted(maps.Keys(slots)) {
		s := f.Slot(name)
		if s == nil {
			continue
		}
		v := Value{Raw: slots[name], By: "customer", Turn: d.c.Turn}
		if s.Options == nil {
			v.ID = slots[name]
		}
		values[name] = v
	}
	if e != nil {
		in.Heard = e.Text
		got := d.read(in, f, *e)
		maps.Copy(values, got.values)
		d.outweighs(in, f, *e, slots, got, values)
		if got.bad == "later" {
			d.apply(in, f, values)
			d.offerLater(in, f, *e)
			return
		}
		if got.many != "" && len(got.values) > 0 {
			d.sayPhrase(flow.KindText, severalOf(f, got.many), nil)
		}
		if got.bad != "" {
			d.sayBad(in, f, got)
		}
	}
	d.rewind(in, f, d.apply(in, f, values))
	d.run()
}

// outweighs takes out what an intent says of a flow where the message itself names a
// sum that is put in: 存五千定期，别自动转存 opens a deposit, and changes none.
func (d *decider) outweighs(in *Instance, f *flow.Flow, e Said, slots map[string]string, got filling, values map[string]Value) {
	sum := slices.ContainsFunc(e.Understanding.Entities, func(x entity.Entity) bool {
		return isSum(x) && x.Start >= 0 && x.Start <= len(e.Text) && putsIn.MatchString(strings.ToLower(e.Text[:x.Start]))
	})
	if !sum {
		return
	}
	trial := cloned([]Instance{*in})[0]
	maps.Copy(trial.Slots, values)
	for _, s := range f.Slots {
		if _, given := got.values[s.Name]; !given || s.Kind != "amount" || d.holds(s.WhenX, d.env(&trial, f)) {
			continue
		}
		for name := range slots {
			if _, said := got.values[name]; !said && s.WhenX.Reads(name) {
				delete(values, name)
			}
		}
	}
}

// putsIn ends with a verb that puts a sum in.
var putsIn = regexp.MustCompile(`(?:存|放)[^,，。的了]{0,2}$|\b(?:deposit|open|save|put)\b[^,.]{0,24}$`)

// needSignIn says that this needs the customer signed in; an emergency goes
// straight to a person who may protect without it.
func (d *decider) needSignIn(f *flow.Flow, slots map[string]string, e *Said) {
	if f.Emergency {
		d.sayPhrase(flow.KindText, "emergency_anonymous", nil)
		d.handoff("safety", d.phrase("reason_emergency", "name", d.pick(f.Name)), true, false)
		return
	}
	o := d.offer(Offer{Kind: offerStart, Flow: f.ID, Slots: slots, Said: e}, d.phrase("tap_signin"), flow.StylePrimary)
	signIn := o.ID
	o.ID = TapSignIn // the page knows it and opens the bank's own sign-in
	d.sayPhrase(flow.KindAsk, "need_signin", []flow.Action{o, d.agentOffer()}, "name", d.pick(f.Name))
	d.st.Pending = &Pending{Kind: PendingSignIn, Offer: signIn}
}

func (d *decider) flowName(id string) string {
	if f := d.set.Flow(id); f != nil {
		return d.pick(f.Name)
	}
	return id
}

// offerResume asks whether to go on with what was left (D3).
func (d *decider) offerResume() {
	in := d.top()
	if in == nil {
		d.idle()
		return
	}
	if len(d.st.Later) > 0 {
		d.nextLater()
		return
	}
	if d.boxWaits(in) {
		d.resume(in.ID)
		return
	}
	yes := d.offer(Offer{Kind: offerResume, Instance: in.ID}, d.phrase("tap_resume"), flow.StylePrimary)
	no := d.offer(Offer{Kind: offerForget, Instance: in.ID}, d.phrase("tap_forget"), flow.StylePlain)
	m := flow.Message{Kind: flow.KindAsk, Text: d.phrase("resume_offer", "name", d.flowName(in.Flow)), Actions: []flow.Action{yes, no}}
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingResume, Instance: in.ID, Offer: yes.ID, Other: no.ID, Prompt: &m}
}

// resume goes on with a suspended flow at the step where it stopped.
func (d *decider) resume(id string) {
	if d.instance(id) == nil {
		d.stale()
		return
	}
	in := d.raise(id)
	d.note(NoteResumed, in.Flow, in.Step, "")
	d.st.Pending = nil
	d.run()
}

// cancel ends what was meant, after one check where something would be lost (D4).
func (d *decider) cancel(checked bool) {
	in := d.top()
	if in == nil {
		if d.st.Handoff.State == HandoffQueued {
			d.emit(CancelHandoff{})
			d.st.Handoff, d.st.Left = HandoffInfo{}, true
			d.sayPhrase(flow.KindText, "handoff_cancelled", nil)
			return
		}
		if n := len(d.st.Parked); n > 0 {
			in = &d.st.Parked[n-1]
			off := d.offer(Offer{Kind: offerForget, Instance: in.ID}, d.phrase("tap_unschedule"), flow.StylePrimary)
			keep := d.offer(Offer{Kind: offerKeep}, d.phrase("tap_keep"), flow.StylePlain)
			m := flow.Message{Kind: flow.KindAsk, Text: d.phrase("unschedule_check", "name", d.flowName(in.Flow)), Actions: []flow.Action{off, keep}}
			d.say(m)
			d.st.Pending = &Pending{Kind: PendingCancel, Offer: off.ID, Other: keep.ID, Prompt: &m}
			return
		}
		d.st.Pending, d.st.Later = nil, nil
		if len(d.st.Open) > 0 { // the bank has not said what became of it
			d.sayPhrase(flow.KindText, "acting_cancel", nil)
			return
		}
		d.sayPhrase(flow.KindText, "nothing_to_cancel", nil)
		return
	}
	if in.Acting != "" {
		d.sayPhrase(flow.KindText, "acting_cancel", nil)
		return
	}
	f := d.flowOf(in)
	if !checked && f != nil && f.Careful && filledByCustomer(in) {
		yes := d.offer(Offer{Kind: offerForget, Instance: in.ID}, d.phrase("tap_cancel_yes"), flow.StylePrimary)
		no := d.offer(Offer{Kind: offerResume, Instance: in.ID}, d.phrase("tap_cancel_no"), flow.StylePlain)
		m := flow.Message{Kind: flow.KindAsk, Text: d.phrase("cancel_check", "name", d.flowName(in.Flow)), Actions: []flow.Action{yes, no}}
		d.say(m)
		d.st.Pending = &Pending{Kind: PendingCancel, Instance: in.ID, Offer: yes.ID, Other: no.ID, Prompt: &m}
		return
	}
	name := d.flowName(in.Flow)
	root := in.ID
	if in.Parent != "" {
		root = in.Parent
	}
	d.sayCancelled(in, f, name)
	if r := d.instance(root); r != nil {
		d.drop(r, NoteCancelled, "customer")
	}
	d.run()
}

func filledByCustomer(in *Instance) bool {
	for _, v := range in.Slots {
		if v.By == "customer" {
			return true
		}
	}
	return false
}

// nextLater takes up the next request of an earlier message (U4).
func (d *decider) nextLater() {
	if len(d.st.Later) == 0 || d.waiting() {
		return
	}
	e := d.st.Later[0].Said
	d.st.Later = d.st.Later[1:]
	d.sayPhrase(flow.KindText, "next_request", nil, "text", e.Text)
	d.one(e)
}
