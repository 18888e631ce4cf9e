package dialogue

import (
	"regexp"
	"slices"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

// retake asks for another photograph.
var retake = regexp.MustCompile(`重(新)?拍|再拍|重来一张|换一张(照片)?|\b(re-?take|again|another (photo|picture))\b`)

// ReasonBlank is the reason of a picture on which no words could be made out where
// some should stand.
const ReasonBlank = "blank"

// capture asks for a photograph, then for what could not be read surely, then
// for a word that all of it is right.
func (d *decider) capture(in *Instance, f *flow.Flow, s *flow.Step) bool {
	k := s.Capture
	if in.Results[k.Save] == nil {
		d.askCapture(in, f, s)
		return false
	}
	slots := captureSlots(f, s)
	for _, slot := range slots {
		if seems, ok := in.Unsure[slot.Name]; ok {
			d.askUnsure(in, f, s, slot, seems)
			return false
		}
		if !d.need(in, f, s, slot) {
			return false
		}
	}
	hash := d.usesHash(in, f, s)
	if len(slots) > 0 && in.Confirmed[s.ID] != hash {
		card := &flow.Card{Kind: flow.CardForm, Title: d.outsideTitle(in, f, s)}
		for _, slot := range slots {
			card.Rows = append(card.Rows, flow.Row{Name: slot.Name, Label: d.pick(slot.Label), Value: d.show(in, f, slot), By: in.Slots[slot.Name].By})
		}
		d.say(flow.Message{Kind: flow.KindAsk, Text: d.phrase("capture_check"), Card: card, Actions: []flow.Action{
			{ID: tapID("right", in.ID, s.ID, hash), Label: d.phrase("tap_right"), Style: flow.StylePrimary},
			{ID: tapID("change", in.ID, s.ID), Label: d.phrase("tap_change")},
			{ID: tapID("retake", in.ID, s.ID), Label: d.phrase("tap_retake")},
		}})
		d.st.Pending = &Pending{Kind: PendingCheck, Instance: in.ID, Step: s.ID, Hash: hash}
		return false
	}
	in.Good[s.ID] = true
	d.follow(in, f, s, "")
	return true
}

// captureSlots are the slots a capture fills, in the flow's order.
func captureSlots(f *flow.Flow, s *flow.Step) []*flow.Slot {
	var out []*flow.Slot
	for _, slot := range f.Slots {
		for _, name := range s.Capture.Fields {
			if name == slot.Name {
				out = append(out, slot)
			}
		}
	}
	return out
}

func (d *decider) askCapture(in *Instance, f *flow.Flow, s *flow.Step) {
	d.demand(in, f, s)
	env := d.env(in, f)
	title := d.outsideTitle(in, f, s)
	m := flow.Message{Kind: flow.KindAsk, Text: d.render(s.Capture.TextT, env)}
	if m.Text == "" {
		m.Text = d.phrase("capture_ask", "title", title)
	}
	if in.Demand.Sent {
		m.Text = d.phrase("capture_waiting")
	} else {
		m.Actions = []flow.Action{{ID: tapID("shoot", in.ID, s.ID), Label: d.phrase("tap_shoot"), Style: flow.StylePrimary}, d.agentOffer()}
	}
	m.Card = &flow.Card{Kind: flow.CardCapture, Title: title, Note: d.render(s.Capture.HintT, env), Ref: in.Demand.Ref, Medium: s.Capture.Of}
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingCapture, Instance: in.ID, Step: s.ID}
}

// shoot opens the customer's camera.
func (d *decider) shoot(in *Instance, f *flow.Flow, s *flow.Step) {
	d.demand(in, f, s)
	if !in.Demand.Sent {
		in.Demand.Sent = true
		r := Session{Ref: in.Demand.Ref, Kind: s.Kind, Instance: in.ID, Step: s.ID, Flow: in.Flow, Title: d.outsideTitle(in, f, s), Medium: s.Capture.Of, Until: in.Demand.Due}
		for _, slot := range captureSlots(f, s) {
			for field, name := range s.Capture.Fields {
				if name == slot.Name {
					r.Fields = append(r.Fields, field)
				}
			}
		}
		d.emit(r)
	}
	d.askCapture(in, f, s)
}

// captured takes what was read off a picture.
func (d *decider) captured(in *Instance, f *flow.Flow, s *flow.Step, e SessionChanged) {
	in.Demand.Sent = false
	in = d.raise(in.ID)
	d.st.Pending = nil
	if e.State == "failed" || e.Outcome == flow.OutcomeFailed {
		if s.Capture.On[flow.OutcomeFailed] != "" {
			d.outsideEnded(in, f, s, flow.OutcomeFailed, e.Reason)
			d.run()
			return
		}
		in.Demand = nil
		reason := e.Reason
		if reason == ReasonBlank {
			reason = d.phrase("capture_blank")
		}
		d.sayPhrase(flow.KindText, "capture_failed", nil, "reason", reason)
		in.Spoilt++
		if in.Spoilt%failMax == 0 {
			d.handoff("", d.phrase("reason_fails"), false, true)
		}
		d.run()
		return
	}
	in.Demand = nil
	got := map[string]any{"ref": e.Session, "of": s.Capture.Of, "at": d.c.Now.Format(time.RFC3339)}
	for field, v := range e.Fields {
		name := s.Capture.Fields[field]
		if name == "" {
			got[field] = v.Value
			continue
		}
		delete(in.Slots, name)
		if v.Sure && v.Value != "" {
			in.Slots[name] = Value{Raw: v.Value, ID: v.Value, By: "system", Turn: d.c.Turn}
		} else {
			in.Unsure[name] = v.Value
		}
	}
	in.Results[s.Capture.Save] = got
	d.note(NoteOutside, in.Flow, s.ID, "captured")
	d.run()
}

// askUnsure asks whether something was read rightly.
func (d *decider) askUnsure(in *Instance, f *flow.Flow, s *flow.Step, slot *flow.Slot, seems string) {
	label := d.pick(slot.Label)
	if seems == "" { // nothing could be read at all
		delete(in.Unsure, slot.Name)
		d.need(in, f, s, slot)
		return
	}
	d.say(flow.Message{Kind: flow.KindAsk, Text: d.phrase("capture_unsure", "label", label, "value", seems), Actions: []flow.Action{
		{ID: tapID("sure", in.ID, slot.Name), Label: d.phrase("tap_sure"), Style: flow.StylePrimary},
		{ID: tapID("slot", in.ID, slot.Name), Label: d.phrase("tap_not_so")},
	}})
	d.st.Pending = &Pending{Kind: PendingSlot, Instance: in.ID, Step: s.ID, Slot: slot.Name}
}

// sure takes a yes to what was read unsurely.
func (d *decider) sure(in *Instance, slot string) {
	seems, ok := in.Unsure[slot]
	if !ok {
		d.stale()
		return
	}
	delete(in.Unsure, slot)
	in.Slots[slot] = Value{Raw: seems, ID: seems, By: "customer", Turn: d.c.Turn}
	d.note(NoteSlot, in.Flow, in.Step, slot)
	d.st.Pending, d.st.Fails = nil, 0
	d.run()
}

// right takes the word that all that was read is right.
func (d *decider) right(in *Instance, f *flow.Flow, s *flow.Step, hash string) {
	if s == nil || s.Capture == nil || in.Step != s.ID || hash != d.usesHash(in, f, s) {
		d.stale()
		return
	}
	in.Confirmed[s.ID] = hash
	d.st.Pending, d.st.Fails = nil, 0
	d.run()
}

// retake throws a picture away with all that was read off it.
func (d *decider) retake(in *Instance, f *flow.Flow, s *flow.Step) {
	if s == nil || s.Capture == nil || in.Step != s.ID {
		d.stale()
		return
	}
	d.withdraw(in)
	delete(in.Results, s.Capture.Save)
	delete(in.Confirmed, s.ID)
	for _, slot := range captureSlots(f, s) {
		delete(in.Slots, slot.Name)
		delete(in.Unsure, slot.Name)
	}
	d.st.Pending = nil
	d.run()
}

// answersOutside takes what is said to a camera, to what was read off a picture,
// to a document to sign; false leaves it to the form.
func (d *decider) answersOutside(p *Pending, e Said) bool {
	in := d.top()
	if in == nil || in.ID != p.Instance || in.Suspended || has(e, ActQuestion) || has(e, ActCancel) {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	s := f.Step(p.Step)
	yes := has(e, ActAffirm) && !has(e, ActNegated) && !has(e, ActCorrection)
	no := plainNo.MatchString(folded(e.Text))
	again := retake.MatchString(folded(e.Text)) && !has(e, ActNegated)
	switch {
	case p.Kind == PendingSlot:
		_, unsure := in.Unsure[p.Slot]
		switch {
		case !unsure:
			return false
		case yes && len(e.Understanding.Entities) == 0:
			d.sure(in, p.Slot)
		case no && len(e.Understanding.Entities) == 0:
			d.tappedSlot(in, f, p.Slot)
		default:
			return false
		}
		return true
	case p.Kind == PendingCheck && again:
		d.retake(in, f, s)
	case p.Kind == PendingCheck && yes:
		d.right(in, f, s, p.Hash)
	case p.Kind == PendingCheck && no && len(d.read(in, f, e).values) == 0:
		d.askWhat(in, f)
	case p.Kind == PendingCapture && (yes || camera.MatchString(folded(e.Text)) && !no):
		d.shoot(in, f, s)
	case p.Kind == PendingSign && unsigned.MatchString(folded(e.Text)):
		d.cancel(false)
	case p.Kind == PendingSign && (yes || typedSigned.MatchString(folded(e.Text))):
		d.sayPhrase(flow.KindText, "sign_draw", nil)
		d.retry()
	case p.Kind == PendingOutside && yes && slices.Contains(e.Understanding.Acts, ActAffirmExact):
		d.retry() // 好的, 我等
	default:
		return false
	}
	return true
}

var (
	// plainNo says that something is not so, and nothing else.
	plainNo = regexp.MustCompile(`^(都|全|这)?(不对|不是|错了?|不正确|有误|有错|不是这个)(的|了|啊|呀)?$|^(no|nope|wrong|not right|that's wrong|it's wrong)$`)
	// unsigned won't sign.
	unsigned = regexp.MustCompile(`(不|别|先不|不想|不要|不愿意|拒绝)签|\b(not|won't|don't want to|refuse to) sign`)
	// typedSigned says that it is signed, or writes a name.
	typedSigned = regexp.MustCompile(`签(好|完|过)?了|^签$|\bsigned\b`)
)

// camera is the wish to take the picture.
var camera = regexp.MustCompile(`^(我|来|现在|开始|这就|可以|那|准备)*(拍|照|录)(照|了|好了|吧|一张|视频)*$|^(ready|shoot|take (it|the (photo|picture))|camera)$`)
