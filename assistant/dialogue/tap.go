package dialogue

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

// TapSignIn is the action the page answers with the bank's own sign-in.
const TapSignIn = "signin"

// TapLeave is the action that takes the request for a person back.
const TapLeave = "leave"

// leaveTap is the chip 不等了.
func (d *decider) leaveTap() flow.Action {
	return flow.Action{ID: TapLeave, Label: d.phrase("tap_leave")}
}

// The kinds of Offer.
const (
	offerStart     = "start"
	offerResume    = "resume"
	offerForget    = "forget"
	offerAgent     = "agent"
	offerEmployee  = "employee"
	offerIntent    = "intent"
	offerRetry     = "retry"
	offerDismiss   = "dismiss"
	offerSelf      = "self"  // no person: the customer goes on alone
	offerPause     = "pause" // the money waits
	offerKeep      = "keep"  // what is put off stays as it is
	offerComplain  = "complain"
	offerFill      = "fill"      // slots of a form, by a tap
	offerLater     = "later"     // the same on a day, by another flow
	offerNow       = "now"       // at once after all
	offerEach      = "each"      // a message for several people, made clear
	offerChange    = "change"    // values replace what was read back
	offerUnchanged = "unchanged" // they do not
	offerResend    = "resend"    // another code for the open box
)

func tapID(parts ...string) string { return strings.Join(parts, "|") }

// tapped decides one tap. Everything a tap may do stands in its id and in the
// state: an old button can never do more than what it said.
func (d *decider) tapped(e Tapped) {
	d.relieve()
	if e.ID == TapSignIn {
		d.promptSignIn()
		return
	}
	if e.ID == TapLeave {
		d.leaveQueue()
		return
	}
	if d.bookTapped(e.ID) {
		return
	}
	kind, rest, compound := strings.Cut(e.ID, "|")
	if !compound {
		d.take(e.ID)
		return
	}
	p := strings.SplitN(rest, "|", 3)
	in := d.instance(p[0])
	if in == nil || len(p) < 2 {
		d.stale()
		return
	}
	f := d.flowOf(in)
	if f == nil {
		d.raise(in.ID)
		d.run()
		return
	}
	if in.Acting != "" {
		d.sayPhrase(flow.KindText, "already_sent", nil)
		return
	}
	if in.Suspended {
		in = d.raise(in.ID)
		d.note(NoteResumed, in.Flow, in.Step, "")
		d.st.Pending = nil
		if kind == "yes" || kind == "no" {
			// A half-done money step restarts at its read-back, never at its yes.
			d.run()
			return
		}
	}
	d.st.Fails = 0
	switch {
	case kind == "yes" && len(p) == 3:
		d.tappedYes(in, f, p[1], p[2])
	case kind == "no":
		if in.ID != d.top().ID || in.Step != p[1] {
			d.stale()
			return
		}
		d.cancel(true)
	case kind == "change":
		d.askWhat(in, f)
	case kind == "slot":
		d.tappedSlot(in, f, p[1])
	case kind == "opt" && len(p) == 3:
		d.tappedOption(in, f, p[1], p[2])
	case kind == "shoot":
		if s := f.Step(p[1]); s != nil && s.Capture != nil && in.Step == p[1] && in.Results[s.Capture.Save] == nil {
			d.shoot(in, f, s)
			return
		}
		d.stale()
	case kind == "sure":
		d.sure(in, p[1])
	case kind == "right" && len(p) == 3:
		d.right(in, f, f.Step(p[1]), p[2])
	case kind == "retake":
		d.retake(in, f, f.Step(p[1]))
	case kind == "pick" && len(p) == 3:
		s := f.Step(p[1])
		i, err := strconv.Atoi(p[2])
		if err != nil || s == nil || s.Choose == nil || in.Step != p[1] || i < 0 || i >= len(s.Choose.Options) {
			d.stale()
			return
		}
		d.picked(in, f, s, i)
	default:
		d.stale()
	}
}

func (d *decider) tappedYes(in *Instance, f *flow.Flow, step, hash string) {
	s := f.Step(step)
	p := d.st.Pending
	switch {
	case s == nil || s.Confirm == nil:
		d.stale()
	case in.Step != step:
		// Confirmed already, or on the way back to it: say where we stand.
		d.run()
	case p != nil && (p.Kind == PendingDoubt || p.Kind == PendingFault) && p.Hash == hash:
		d.st.Pending = nil
		d.run() // it is read back anew after a question about it
	case p == nil || p.Kind != PendingConfirm || p.Hash != hash:
		d.sayPhrase(flow.KindText, "readback_stale", nil)
		d.run()
	default:
		d.confirmed(in, f, s, hash)
	}
}

// tappedSlot opens one slot for a new value.
func (d *decider) tappedSlot(in *Instance, f *flow.Flow, name string) {
	s := f.Slot(name)
	if s == nil {
		d.stale()
		return
	}
	in.Asked[name] = true
	delete(in.Slots, name)
	delete(in.Unsure, name)
	d.st.Pending = nil
	d.note(NoteCorrected, in.Flow, in.Step, name)
	d.rewind(in, f, []string{name})
	if !d.askAnew(in, f, s) {
		d.run()
	}
}

func (d *decider) tappedOption(in *Instance, f *flow.Flow, name, id string) {
	s := f.Slot(name)
	if s == nil {
		d.stale()
		return
	}
	if in.Slots[name].ID == id {
		d.promptAgain()
		return
	}
	changed := in.Slots[name].ID != ""
	for _, c := range s.Choices {
		if c.Value == id {
			in.Slots[name] = Value{ID: id, By: "customer", Turn: d.c.Turn}
			d.note(NoteSlot, in.Flow, in.Step, name)
			d.goOn(in, f, name, changed)
			return
		}
	}
	if id == everyOption && s.Many && len(in.Options[name].Items) > 0 {
		d.chooseAll(in, s, in.Options[name].Items, id)
		d.goOn(in, f, name, changed)
		return
	}
	for _, it := range in.Options[name].Items {
		if fmt.Sprint(it["id"]) == id {
			d.choose(in, s, it, in.Slots[name].Raw, "customer")
			d.goOn(in, f, name, changed)
			return
		}
	}
	d.stale()
}

func (d *decider) goOn(in *Instance, f *flow.Flow, name string, changed bool) {
	d.st.Pending = nil
	if changed {
		d.rewind(in, f, []string{name})
		d.sayPhrase(flow.KindText, "corrected", nil)
	}
	d.run()
}

// stale answers a tap on something that is over.
func (d *decider) stale() {
	d.note(NoteStale, "", "", "tap")
	d.sayPhrase(flow.KindText, "tap_stale", nil)
	d.promptAgain()
}

// take takes up an offer by its id.
func (d *decider) take(id string) {
	var o *Offer
	for i := range d.st.Offers {
		if d.st.Offers[i].ID == id {
			c := d.st.Offers[i]
			o = &c
		}
	}
	if o == nil {
		d.stale()
		return
	}
	d.st.Fails = 0
	switch o.Kind {
	case offerAgent:
		if p := d.st.Pending; p != nil && p.Kind == PendingAgent {
			d.st.Pending = nil
		}
		d.wantAgent("", "")
	case offerResume:
		d.resume(o.Instance)
	case offerKeep:
		d.st.Pending = nil
		d.sayPhrase(flow.KindText, "fine", nil)
		d.promptAgain()
	case offerForget:
		d.unpark(o.Instance)
		if d.instance(o.Instance) == nil {
			d.stale()
			return
		}
		d.raise(o.Instance)
		d.st.Pending = nil
		d.cancel(true)
	case offerStart:
		if f := d.set.Flow(o.Flow); f != nil {
			d.start(f, o.Slots, o.Said)
			return
		}
		if o.Flow == "" { // a need that an article answers
			asked := Said{Text: o.Label}
			if o.Said != nil {
				asked = *o.Said
			}
			d.question(asked, verdict{})
			return
		}
		d.stale()
	case offerEmployee:
		d.st.Pending = nil
		d.changeEmployee(o.Employee)
		if f := d.set.Flow(o.Flow); f != nil {
			d.start(f, o.Slots, o.Said)
			return
		}
		d.promptAgain()
	case offerRetry:
		d.st.Pending = nil
		if d.instance(o.Instance) == nil {
			d.stale()
			return
		}
		d.raise(o.Instance)
		d.run()
	case offerIntent:
		d.tookIntent(o)
	case offerSelf:
		d.st.Pending = nil
		d.sayPhrase(flow.KindText, "help_self", nil)
		d.retry()
	case offerFill:
		d.fill(o)
	case offerLater:
		d.switchLater(o)
	case offerNow:
		d.resume(o.Instance)
	case offerEach:
		d.tookEach(o)
	case offerChange, offerUnchanged:
		d.settled(o)
	case offerResend:
		d.tappedResend(o.Instance)
	case offerPause:
		d.paused(o.Instance)
	case offerComplain:
		d.complains()
	case offerDismiss:
		d.note(NoteDismissed, "", "", o.Flow)
		d.sayPhrase(flow.KindText, "dismissed", nil)
	default:
		d.stale()
	}
}

// tookIntent goes on with the message that was unclear, now that it is clear.
func (d *decider) tookIntent(o *Offer) {
	d.st.Pending = nil
	in := d.set.Intents[o.Flow]
	if in == nil || o.Said == nil {
		d.stale()
		return
	}
	e := *o.Said
	e.Understanding.Intents = []Scored{{Intent: in.Name, P: 1}}
	if top := d.top(); top != nil && !top.Suspended && top.Flow == in.Flow {
		d.inForm(e)
		return
	}
	d.wish(e, startP)
}

func (d *decider) promptSignIn() {
	p := d.st.Pending
	if d.c.Customer.ID != "" && p != nil && p.Kind == PendingSignIn {
		d.take(p.Offer)
		return
	}
	d.sayPhrase(flow.KindText, "signin_how", nil)
}

// edited takes one field of a form card, by the customer or an agent (R5).
func (d *decider) edited(e Edited) {
	if strings.Contains(e.Slot, "|") {
		d.signed(e)
		return
	}
	in := d.top()
	if in == nil || in.Acting != "" {
		d.note(NoteStale, "", "", "edit")
		return
	}
	f := d.flowOf(in)
	if f == nil || f.Slot(e.Slot) == nil {
		d.note(NoteStale, "", "", "edit")
		return
	}
	s := f.Slot(e.Slot)
	v := Value{Raw: e.Value, By: e.By, Turn: d.c.Turn}
	if s.Options == nil {
		v.ID = e.Value
		if s.Kind == "amount" {
			n, err := flow.Fen(e.Value)
			if err != nil {
				d.sayPhrase(flow.KindText, "bad_too_many_decimals", nil)
				d.retry()
				return
			}
			v.ID = fmt.Sprintf("%d.%02d", n/100, n%100)
		}
	}
	in = d.raise(in.ID)
	if why := d.unfit(in, f, map[string]Value{e.Slot: v}); why != "" {
		d.say(flow.Message{Kind: flow.KindText, Text: why})
		d.retry()
		return
	}
	changed := d.apply(in, f, map[string]Value{e.Slot: v})
	if len(changed) == 0 {
		return
	}
	if e.By == "agent" && d.tutored(in, f) {
		return // the form is filled in beside the customer; what reads it comes below
	}
	d.st.Pending = nil
	d.rewind(in, f, changed)
	d.run()
}
