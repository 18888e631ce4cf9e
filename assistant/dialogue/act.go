package dialogue

import (
	"slices"

	"github.com/pingdui/pingdui/assistant/flow"
)

// target is the call a confirm or step-up step is for.
func target(f *flow.Flow, s *flow.Step) *flow.Step {
	if s.Confirm != nil {
		return f.Step(s.Confirm.For)
	}
	return f.Step(s.StepUp.For)
}

// readBack reads an irreversible call back. The button carries the hash of the
// arguments, so that a yes can only ever mean what was read.
func (d *decider) readBack(in *Instance, f *flow.Flow, s *flow.Step) {
	t := target(f, s)
	hash := d.callHash(in, f, t)
	delete(in.Confirmed, t.ID)
	if d.scammed() && !d.cleared(in, f, s, t, hash) {
		return
	}
	delete(in.Cleared, t.ID)
	env := d.env(in, f)
	m := flow.Message{
		Kind: flow.KindConfirm, Text: d.render(s.Confirm.TextT, env), Card: d.card(in, f, s.Confirm.Card),
		Actions: []flow.Action{{ID: tapID("yes", in.ID, s.ID, hash), Label: d.render(s.Confirm.YesT, env), Style: flow.StylePrimary}},
	}
	if len(f.Slots) > 1 || len(f.Slots) == 1 && !f.Emergency {
		m.Actions = append(m.Actions, flow.Action{ID: tapID("change", in.ID, s.ID), Label: d.phrase("tap_change")})
	}
	m.Actions = append(m.Actions, flow.Action{ID: tapID("no", in.ID, s.ID), Label: d.phrase("tap_cancel")})
	if m.Card != nil {
		m.Card.Ref = tapID(in.ID, s.ID, hash)
	}
	d.warnsOfTwice(in, f, t)
	seq := d.nextSeq()
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingConfirm, Instance: in.ID, Step: s.ID, Hash: hash, Seq: seq}
}

// confirmed takes a yes to the read-back with this hash.
func (d *decider) confirmed(in *Instance, f *flow.Flow, s *flow.Step, hash string) {
	t := target(f, s)
	if now := d.callHash(in, f, t); now != hash {
		d.sayPhrase(flow.KindText, "readback_stale", nil)
		d.run()
		return
	}
	if d.watched(in, f, t) {
		return
	}
	in.Confirmed[t.ID] = hash
	d.st.Pending, d.st.Fails = nil, 0
	d.note(NoteConfirmed, in.Flow, s.ID, hash)
	d.follow(in, f, s, "")
	d.run()
}

// watched says no to a confirmation that must be made while nobody else looks
// on: who pays somebody for the first time with a stranger watching is not free
// to say no. The read-back stays as it is.
func (d *decider) watched(in *Instance, f *flow.Flow, t *flow.Step) bool {
	if !d.c.Watched || t.Call.AloneX == nil || !d.holds(t.Call.AloneX, d.env(in, f)) {
		return false
	}
	d.note(NoteWatched, in.Flow, t.ID, "")
	d.sayPhrase(flow.KindNotice, "watched_wait", nil)
	return true
}

// bound is the hash of the arguments a call's box is good for: those that were
// confirmed, of a read those it would be made with now.
func (d *decider) bound(in *Instance, f *flow.Flow, call *flow.Step) string {
	if call.Call.Irreversible {
		return in.Confirmed[call.ID]
	}
	return d.callHash(in, f, call)
}

// stepUp opens the secure box bound to a call: it takes the factor for one that
// was confirmed, or what a read needs and may not stand in a chat.
func (d *decider) stepUp(in *Instance, f *flow.Flow, s *flow.Step) bool {
	t := target(f, s)
	args := d.args(in, f, t.Call.ArgsX, "")
	hash := argsHash(t.Call.Operation, args)
	if d.bound(in, f, t) != hash {
		return d.backToConfirm(in, f, t)
	}
	if until, ok := d.lockedUntil(f); ok {
		d.sayLocked(f, until)
		d.drop(in, NoteFinished, "refused")
		return true
	}
	if !d.cleared(in, f, s, t, hash) {
		return false
	}
	box, open := in.Boxes[t.ID]
	if open && box.Hash == hash && box.Reference == "" && !expired(box, d) {
		d.showBox(in, f, s, box)
		return false
	}
	level := flow.Level(d.text(s.StepUp.LevelX, d.env(in, f)))
	if !level.AtLeast(t.Call.Level) {
		level = t.Call.Level
	}
	id := d.id("su")
	d.emit(StepUp{ID: id, Level: level, Operation: t.Call.Operation, Args: args})
	d.st.Awaiting = &Awaiting{ID: id, Kind: "stepup", Instance: in.ID, Step: s.ID, Hash: hash}
	return false
}

// boxOpened takes the bank's challenge.
func (d *decider) boxOpened(in *Instance, f *flow.Flow, s *flow.Step, hash string, e Result) {
	if e.Outcome != Done {
		if e.Outcome == Refused {
			t := target(f, s)
			if e.Code == "too_many_tries" { // shut before this conversation: the same words as its own lock
				m, _ := decode(e.Value).(map[string]any)
				told, _ := m["until"].(string)
				d.sayLocked(f, d.lock(t.Call.Operation, told))
				d.drop(in, NoteFinished, "refused")
				d.run()
				return
			}
			d.outcome(in, f, t, Refused, e.Code, e.Value)
			return
		}
		d.bankAway(in, s)
		return
	}
	box := Box{Hash: hash}
	m, _ := decode(e.Value).(map[string]any)
	box.Ref, _ = m["ref"].(string)
	box.ExpiresAt, _ = m["expires_at"].(string)
	box.SMSTo, _ = m["sms_to"].(string)
	fields, _ := m["fields"].([]any)
	for _, x := range fields {
		fm, _ := x.(map[string]any)
		name, _ := fm["name"].(string)
		label, _ := fm["label"].(string)
		number := func(key string) int { n, _ := fm[key].(float64); return int(n) }
		if p := d.set.Phrase("field_" + name); p != nil {
			label = d.render(p, map[string]any{})
		}
		box.Fields = append(box.Fields, flow.SecureField{Name: name, Label: label, Digits: number("digits"), Min: number("digits_min"), Max: number("digits_max")})
	}
	in.Boxes[target(f, s).ID] = box
	d.showBox(in, f, s, box)
}

func (d *decider) showBox(in *Instance, f *flow.Flow, s *flow.Step, box Box) {
	env := d.env(in, f)
	env["input"] = map[string]any{"sms_to": box.SMSTo}
	d.say(flow.Message{
		Kind: flow.KindSecure, Text: d.render(s.StepUp.TextT, env),
		Card: &flow.Card{
			Kind: flow.CardSecure, Title: d.render(s.StepUp.TitleT, env), Ref: box.Ref, Note: d.phrase("secure_note"),
			Secure: &flow.SecureRequest{Ref: box.Ref, Fields: box.Fields, ExpiresAt: box.ExpiresAt},
		},
	})
	d.st.Pending = &Pending{Kind: PendingSecure, Instance: in.ID, Step: s.ID}
}

// secured takes a filled box. A box that belongs to nothing open any more, or
// to other arguments, opens nothing.
func (d *decider) secured(e Secured) {
	for i := range d.st.Stack {
		in := &d.st.Stack[i]
		for call, box := range in.Boxes {
			if box.Ref != e.Ref || in.Acting != "" {
				continue
			}
			f := d.flowOf(in)
			if f == nil || i != len(d.st.Stack)-1 || in.Suspended {
				break
			}
			s := f.Step(in.Step)
			if s.StepUp == nil || s.StepUp.For != call || box.Reference != "" || d.bound(in, f, target(f, s)) != box.Hash {
				break
			}
			box.Reference = e.Reference
			in.Boxes[call] = box
			d.st.Pending = nil
			d.follow(in, f, s, "")
			d.run()
			return
		}
	}
	if in := d.top(); in != nil && in.Acting != "" {
		d.sayPhrase(flow.KindText, "already_sent", nil)
		return
	}
	d.sayPhrase(flow.KindText, "box_stale", nil)
	d.run()
}

// act commits an action: only with a yes to exactly these arguments and, from
// L2 up, a factor bound to them. Anything else goes back to the read-back.
func (d *decider) act(in *Instance, f *flow.Flow, s *flow.Step) bool {
	args := d.args(in, f, s.Call.ArgsX, "")
	hash := d.callHash(in, f, s)
	if in.Acting != "" {
		d.sayPhrase(flow.KindText, "acting", nil)
		d.st.Pending = &Pending{Kind: PendingActing, Instance: in.ID, Step: s.ID}
		return false
	}
	if in.Confirmed[s.ID] != hash {
		return d.backToConfirm(in, f, s)
	}
	if d.watched(in, f, s) { // the sharing began after the yes
		return d.backToConfirm(in, f, s)
	}
	box := in.Boxes[s.ID]
	if s.Call.Level.AtLeast(flow.Level2) && (box.Hash != hash || box.Reference == "") {
		return d.backToConfirm(in, f, s)
	}
	if !s.Call.Level.AtLeast(flow.Level2) && s.Call.Level != flow.LevelE && !d.c.Customer.Level.AtLeast(s.Call.Level) {
		d.needSignIn(f, nil, nil)
		return false
	}
	if !d.cleared(in, f, s, s, hash) {
		return false
	}
	delete(in.Cleared, s.ID) // a leave is good for one try
	d.emit(Act{Instance: in.ID, Step: s.ID, Visit: in.Visits[s.ID], Operation: s.Call.Operation, Args: args, Reference: box.Reference, Hash: in.Hash})
	d.note(NoteActed, in.Flow, s.ID, hash)
	box.Reference = "" // a reference is used once; the box may be good for another try
	in.Boxes[s.ID] = box
	in.Acting = s.ID
	text := d.render(s.Call.DoingT, d.env(in, f))
	d.say(flow.Message{Kind: flow.KindText, Text: text, Card: &flow.Card{Kind: flow.CardProgress, Title: d.pick(f.Name), Note: text}})
	d.st.Pending = &Pending{Kind: PendingActing, Instance: in.ID, Step: s.ID}
	return false
}

// backToConfirm leads to the read-back of a call that is not confirmed as it
// stands now.
func (d *decider) backToConfirm(in *Instance, f *flow.Flow, call *flow.Step) bool {
	for _, s := range f.Steps {
		if s.Confirm != nil && s.Confirm.For == call.ID {
			in.Step, in.Entered = s.ID, false
			return true
		}
	}
	d.stuck(in)
	return false
}

// actionDone takes the outcome of an action, possibly much later.
func (d *decider) actionDone(e ActionDone) {
	in := d.instance(e.Instance)
	if in == nil || in.Acting != e.Step || in.Visits[e.Step] != e.Visit {
		d.lateDone(e)
		return
	}
	f := d.flowOf(in)
	if f == nil { // recalled meanwhile: the truth, and then a person
		in.Acting = ""
		d.st.Open = append(d.st.Open, OpenAction{Instance: e.Instance, Step: e.Step, Visit: e.Visit, Flow: in.Flow})
		if e.Outcome == Unknown {
			d.sayPhrase(flow.KindText, "act_unknown", nil, "name", d.flowName(in.Flow))
		}
		d.lateDone(e)
		d.raise(in.ID)
		d.st.Pending = nil
		d.run()
		return
	}
	in.Acting = ""
	if (e.Outcome != Refused || !retriable(e.Code)) && !moreToDo(in) {
		delete(in.Confirmed, e.Step)
		delete(in.Boxes, e.Step)
	}
	d.note(NoteActionDone, in.Flow, e.Step, string(e.Outcome)+" "+e.Code)
	if e.Outcome == Unknown {
		d.st.Open = append(d.st.Open, OpenAction{Instance: e.Instance, Step: e.Step, Visit: e.Visit, Flow: in.Flow})
	}
	in = d.raise(in.ID)
	d.st.Pending = nil
	if e.Outcome == Done {
		in.Trail = nil // what has been done is not gone back over
	}
	d.outcome(in, f, f.Step(e.Step), e.Outcome, e.Code, e.Value)
}

// retriable are the refusals that are about what was typed into the box alone:
// nothing was done, the yes to these very arguments holds, and the same box,
// whose tries the bank counts, is filled again.
func retriable(code string) bool {
	return slices.Contains([]string{"wrong_code", "weak_pin", "mismatch", "same_pin"}, code)
}

// lateDone tells the truth about an action whose flow has gone on.
func (d *decider) lateDone(e ActionDone) {
	i := slices.IndexFunc(d.st.Open, func(o OpenAction) bool {
		return o.Instance == e.Instance && o.Step == e.Step && o.Visit == e.Visit
	})
	if i < 0 || e.Outcome == Unknown {
		d.note(NoteStale, "", e.Step, "outcome of an action that is settled")
		return
	}
	o := d.st.Open[i]
	d.st.Open = slices.Delete(d.st.Open, i, i+1)
	name := o.Flow
	if f := d.set.Flow(o.Flow); f != nil {
		name = d.pick(f.Name)
	}
	key := "late_done"
	if e.Outcome == Refused {
		key = "late_refused"
	}
	v, _ := decode(e.Value).(map[string]any)
	d.settle(o, e, v)
	d.sayPhrase(flow.KindNotice, key, nil, "name", name, "result", orEmpty(v))
}

// raise brings an instance, with what it stands on, to the top of the stack.
func (d *decider) raise(id string) *Instance {
	i := slices.IndexFunc(d.st.Stack, func(in Instance) bool { return in.ID == id })
	if last := len(d.st.Stack) - 1; i >= 0 && i < last {
		in := d.st.Stack[i]
		d.st.Stack[last].Suspended = true
		d.st.Stack = append(slices.Delete(d.st.Stack, i, i+1), in)
	}
	in := d.top()
	in.Suspended = false
	return in
}
