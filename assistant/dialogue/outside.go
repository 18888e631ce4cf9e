package dialogue

import (
	"cmp"
	"slices"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

// Demand is what a running flow has asked of somebody outside and not yet got.
type Demand struct {
	Ref  string    `json:"ref"`
	Kind string    `json:"kind"` // the step's kind
	Step string    `json:"step"`
	Name string    `json:"name,omitempty"` // of a wait: the input
	Hash string    `json:"hash,omitempty"` // of what the step reads: another hash is another demand
	Due  time.Time `json:"due,omitzero"`
	// Sent says that somebody outside was asked and has to hear when it is off.
	Sent bool `json:"sent,omitempty"`
	// Items are the ticks so far, by item.
	Items   map[string]ItemState `json:"items,omitempty"`
	Dropped bool                 `json:"dropped,omitempty"` // the line broke; it may come back
}

// outside carries out a step that gives the word to somebody outside; false
// means that they have it.
func (d *decider) outside(in *Instance, f *flow.Flow, s *flow.Step) bool {
	if in.Kept[s.ID] { // done before a correction that does not touch it
		delete(in.Kept, s.ID)
		d.follow(in, f, s, passedTo(s))
		return true
	}
	delete(in.Good, s.ID) // what it came to before counts no more
	switch s.Kind {
	case "capture":
		return d.capture(in, f, s)
	case "sign":
		return d.sign(in, f, s)
	case "wait":
		if v, ok := in.Early[s.Wait.For]; ok {
			delete(in.Early, s.Wait.For)
			d.arrivedAt(in, f, s, v)
			return true
		}
	default:
		if in.Demand == nil && !d.c.AgentsOn && d.deskQueue(f, s.Desk()) != "safety" {
			return d.outsideEnded(in, f, s, flow.OutcomeClosed, "")
		}
	}
	d.demand(in, f, s)
	if !in.Demand.Sent && s.Desk() != nil {
		in.Demand.Sent = true
		d.emit(d.request(in, f, s))
	}
	d.say(d.waitingFor(in, f, s))
	d.st.Pending = &Pending{Kind: PendingOutside, Instance: in.ID, Step: s.ID}
	return false
}

// passedTo is where a step that went well leads; empty for the step below.
func passedTo(s *flow.Step) string {
	if s.Desk() != nil {
		return s.Outside().On[flow.OutcomePassed]
	}
	return ""
}

// demand sees that the step's demand is open: the one there is, where it is
// about the same things, else a new one.
func (d *decider) demand(in *Instance, f *flow.Flow, s *flow.Step) {
	hash := d.usesHash(in, f, s)
	if q := in.Demand; q != nil && q.Step == s.ID && q.Hash == hash {
		return
	}
	d.withdraw(in)
	in.Demand = &Demand{Ref: in.ID + "/" + d.id("de"), Kind: s.Kind, Step: s.ID, Hash: hash, Due: d.c.Now.Add(s.Outside().Patience)}
	if s.Wait != nil {
		in.Demand.Name = s.Wait.For
	}
}

// withdraw takes back what was asked of somebody outside.
func (d *decider) withdraw(in *Instance) {
	if in.Demand != nil && in.Demand.Sent {
		d.emit(Withdraw{Ref: in.Demand.Ref})
	}
	in.Demand = nil
}

// usesHash names what a step reads: two equal hashes are about the same things.
func (d *decider) usesHash(in *Instance, f *flow.Flow, s *flow.Step) string {
	d.plain = true
	env := d.env(in, f)
	d.plain = false
	read := map[string]any{}
	for _, slot := range f.Slots {
		if s.Uses(slot.Name) {
			read[slot.Name] = env[slot.Name]
		}
	}
	for name := range f.Results() {
		if s.Uses(name) && name != s.Outside().Save {
			read[name] = env[name]
		}
	}
	return argsHash(s.ID, read)
}

// deskQueue is where the person for a step waits.
func (d *decider) deskQueue(f *flow.Flow, desk *flow.Desk) string {
	queue := cmp.Or(desk.Queue, f.Queue, "general")
	if queue == "general" && d.c.Edition == "elder" {
		queue = "elder"
	}
	return queue
}

// request is what the desk is asked for.
func (d *decider) request(in *Instance, f *flow.Flow, s *flow.Step) Session {
	desk := s.Desk()
	r := Session{
		Ref: in.Demand.Ref, Kind: s.Kind, Instance: in.ID, Step: s.ID, Flow: in.Flow, Title: d.outsideTitle(in, f, s),
		Role: desk.Role, Queue: d.deskQueue(f, desk), Certificates: desk.Certificates, Until: in.Demand.Due,
	}
	if s.Session != nil {
		r.Purpose, r.Medium = s.Session.Purpose, s.Session.Medium
	}
	for _, it := range desk.Items {
		r.Items = append(r.Items, CheckItem{ID: it.ID, Label: it.Label, Optional: it.Optional})
	}
	if desk.By == "other" {
		r.Not = slices.Clone(in.Handled)
	}
	return r
}

func (d *decider) outsideTitle(in *Instance, f *flow.Flow, s *flow.Step) string {
	var t *flow.Template
	switch {
	case s.Review != nil:
		t = s.Review.TitleT
	case s.Session != nil:
		t = s.Session.TitleT
	case s.Capture != nil:
		t = s.Capture.TitleT
	case s.Sign != nil:
		t = s.Sign.TitleT
	}
	return cmp.Or(d.render(t, d.env(in, f)), d.pick(f.Name))
}

// waitingFor is what the customer sees meanwhile: the check list where there is
// one, so that nobody wonders what is being looked at.
func (d *decider) waitingFor(in *Instance, f *flow.Flow, s *flow.Step) flow.Message {
	m := flow.Message{Kind: flow.KindNotice, Text: d.render(s.Outside().TextT, d.env(in, f))}
	m.Card = &flow.Card{Kind: flow.CardProgress, Title: d.outsideTitle(in, f, s), Note: m.Text, Ref: in.Demand.Ref}
	desk := s.Desk()
	if desk == nil || len(desk.Items) == 0 {
		return m
	}
	m.Card.Kind, m.Card.Steps = flow.CardChecklist, len(desk.Items)
	for _, it := range desk.Items {
		value := d.phrase("check_open")
		if t := in.Demand.Items[it.ID]; t.OK {
			value = d.phrase("check_ticked", "at", t.At.In(d.c.Now.Location()).Format("15:04"))
			m.Card.Step++
		}
		m.Card.Rows = append(m.Card.Rows, flow.Row{Name: it.ID, Label: d.pick(it.Label), Value: value})
	}
	return m
}

// demanded is the instance whose demand a word from outside answers; without a
// reference the uppermost that asked the desk.
func (d *decider) demanded(ref string) *Instance {
	for i := len(d.st.Stack) - 1; i >= 0; i-- {
		in := &d.st.Stack[i]
		if in.Demand != nil && (in.Demand.Ref == ref || ref == "" && in.Demand.Sent) {
			return in
		}
	}
	return nil
}

// sessionChanged takes the word of a session, a review or a camera.
func (d *decider) sessionChanged(e SessionChanged) {
	in := d.demanded(e.Ref)
	if in == nil {
		if e.Ref != "" || e.State == "started" {
			d.note(NoteStale, "", "", "session "+e.Ref)
			return
		}
		d.promptAgain()
		return
	}
	f := d.flowOf(in)
	if f == nil {
		d.run()
		return
	}
	s := f.Step(in.Demand.Step)
	if in.Step != s.ID { // the customer has gone back: it is asked anew when its step comes
		in.Demand = nil
		d.note(NoteStale, in.Flow, s.ID, "session "+e.Ref)
		return
	}
	if !d.maySay(in, s, e) {
		return
	}
	d.ticks(in, e.Items)
	switch e.State {
	case "started":
		d.handledBy(in, e.By.ID)
		in.Demand.Due = time.Time{} // a person is there, and ends it or drops it
		if in.Demand.Dropped {
			in.Demand.Dropped = false
			d.sayPhrase(flow.KindNotice, "session_back", nil)
		} else if e.By.Name != "" && d.st.Handoff.State != HandoffAccepted { // the desk has said who came
			d.sayPhrase(flow.KindNotice, "session_started", nil, "agent", e.By.Name, "number", e.By.Number)
		}
		return
	case "checking":
		return
	case "dropped":
		in.Demand.Dropped, in.Demand.Due = true, d.c.Now.Add(s.Outside().Patience)
		d.sayPhrase(flow.KindNotice, "session_dropped", nil)
		return
	}
	if s.Capture != nil {
		d.captured(in, f, s, e)
		return
	}
	outcome := e.Outcome
	switch {
	case e.State == "failed":
		outcome = flow.OutcomeFailed
	case outcome == "" && len(s.Desk().Items) > 0:
		outcome = flow.OutcomeFailed // it ended and nobody said that it was checked
	case outcome == "":
		outcome = flow.OutcomePassed
	}
	if missing := d.missing(in, s, outcome, e.Reason); missing != "" {
		d.note(NoteBlocked, in.Flow, s.ID, missing)
		return
	}
	d.handledBy(in, e.By.ID)
	d.keep(in, s, outcome, e)
	in = d.raise(in.ID)
	d.st.Pending = nil
	if d.outsideEnded(in, f, s, outcome, e.Reason) {
		d.run()
	}
}

// maySay says whether this person's word counts: the role that was asked for,
// and where another person must decide (经办与授权分离) nobody who had a hand in it.
func (d *decider) maySay(in *Instance, s *flow.Step, e SessionChanged) bool {
	desk := s.Desk()
	if desk == nil {
		return true
	}
	if desk.Role != "" && e.Role != "" && e.Role != desk.Role {
		d.note(NoteBlocked, in.Flow, s.ID, "role "+e.Role)
		return false
	}
	if desk.By == "other" && e.State != "dropped" && e.State != "failed" && (e.By.ID == "" || slices.Contains(in.Handled, e.By.ID)) && in.Demand.handler() != e.By.ID {
		d.note(NoteBlocked, in.Flow, s.ID, "same person "+e.By.ID)
		return false
	}
	return true
}

// handler is who took this demand up; empty while nobody has.
func (q *Demand) handler() string { return q.Items[startedBy].By }

// startedBy is the tick that says who took a demand up.
const startedBy = " by"

func (d *decider) handledBy(in *Instance, who string) {
	if who == "" {
		return
	}
	if !slices.Contains(in.Handled, who) {
		in.Handled = append(slices.Clip(in.Handled), who)
	}
	if in.Demand != nil && in.Demand.handler() == "" {
		d.ticks(in, []Ticked{{ID: startedBy, By: who}})
	}
}

// ticks writes down what was ticked, each with its time.
func (d *decider) ticks(in *Instance, items []Ticked) {
	if in.Demand == nil || len(items) == 0 {
		return
	}
	all := copied(in.Demand.Items)
	for _, t := range items {
		at := t.At
		if at.IsZero() {
			at = d.c.Now
		}
		all[t.ID] = ItemState{OK: t.OK, At: at, Note: t.Note, By: t.By}
	}
	in.Demand.Items = all
}

// missing names what keeps an outcome from counting: a mandatory item that is
// not ticked, a refusal without its reason.
func (d *decider) missing(in *Instance, s *flow.Step, outcome, reason string) string {
	if !slices.Contains(flow.Outcomes(s.Kind), outcome) {
		return "outcome " + outcome
	}
	if outcome == flow.OutcomeRefused && reason == "" {
		return "reason"
	}
	if outcome != flow.OutcomePassed {
		return ""
	}
	for _, it := range s.Desk().Items {
		if !it.Optional && !in.Demand.Items[it.ID].OK {
			return "item " + it.ID
		}
	}
	return ""
}

// keep saves what came of a session or review.
func (d *decider) keep(in *Instance, s *flow.Step, outcome string, e SessionChanged) {
	name := s.Outside().Save
	if name == "" {
		return
	}
	got := map[string]any{}
	for k, v := range e.Result {
		got[k] = v
	}
	for k, v := range e.Fields {
		got[k] = v.Value
	}
	items := map[string]any{}
	for id, t := range in.Demand.Items {
		if id != startedBy {
			items[id] = map[string]any{"ok": t.OK, "at": t.At.Format(time.RFC3339), "note": t.Note}
		}
	}
	got["id"], got["outcome"], got["reason"], got["items"] = cmp.Or(e.Session, in.Demand.Ref), outcome, e.Reason, items
	got["by"], got["name"], got["at"] = e.By.ID, e.By.Name, d.c.Now.Format(time.RFC3339)
	in.Results[name] = got
}

// outsideEnded leads on from a step by its outcome; where the flow has no word
// for it, the dialogue has. False means that the customer has the word.
func (d *decider) outsideEnded(in *Instance, f *flow.Flow, s *flow.Step, outcome, reason string) bool {
	if q := in.Demand; q != nil && outcome != flow.OutcomeLate {
		q.Sent = false // they know: the word is theirs
	}
	d.withdraw(in)
	o := s.Outside()
	d.note(NoteOutside, in.Flow, s.ID, outcome)
	if outcome == flow.OutcomePassed {
		in.Good[s.ID] = true
		d.follow(in, f, s, o.On[outcome])
		return true
	}
	if outcome == flow.OutcomeLate && !o.LateT.Empty() {
		d.say(flow.Message{Kind: flow.KindText, Text: d.render(o.LateT, d.env(in, f))})
	}
	if next := o.On[outcome]; next != "" {
		d.follow(in, f, s, next)
		return true
	}
	name := d.pick(f.Name)
	switch outcome {
	case flow.OutcomeRefused:
		d.sayPhrase(flow.KindText, "review_refused", []flow.Action{d.agentOffer()}, "name", name, "reason", reason)
		d.drop(in, NoteFinished, "refused")
		return true
	case flow.OutcomeUnsafe:
		d.sayPhrase(flow.KindText, "review_unsafe", nil, "name", name)
		d.handoff("safety", d.phrase("reason_unsafe", "name", name), true, false)
		d.drop(in, NoteCancelled, "unsafe")
		return true
	case flow.OutcomeClosed:
		d.sayPhrase(flow.KindText, "session_closed", d.closedTaps(d.deskQueue(f, s.Desk()), name), "name", name)
		d.drop(in, NoteFinished, "closed")
		return true
	}
	in.Entered = true
	key := "session_failed"
	if outcome == flow.OutcomeLate {
		key = "session_late"
	}
	retry := d.offer(Offer{Kind: offerRetry, Instance: in.ID}, d.phrase("tap_retry"), flow.StylePrimary)
	d.sayPhrase(flow.KindAsk, key, []flow.Action{retry, d.agentOffer()})
	d.st.Pending = &Pending{Kind: PendingRetry, Instance: in.ID, Step: s.ID, Offer: retry.ID}
	return false
}

// meeting is the running flow that waits for a person of the staff in a session;
// nil when none does.
func (d *decider) meeting() *Instance {
	for i := len(d.st.Stack) - 1; i >= 0; i-- {
		if q := d.st.Stack[i].Demand; q != nil && q.Sent && q.Kind == "session" {
			return &d.st.Stack[i]
		}
	}
	return nil
}

// noMeeting ends the wait for a session to which nobody will come: the desk is
// empty, or the customer waits no longer. False when none is waited for.
func (d *decider) noMeeting(outcome string) bool {
	in := d.meeting()
	if in == nil {
		return false
	}
	f := d.flowOf(in)
	s := (*flow.Step)(nil)
	if f != nil {
		s = f.Step(in.Demand.Step)
	}
	if s == nil || in.Step != s.ID {
		return false
	}
	d.emit(Withdraw{Ref: in.Demand.Ref})
	in = d.raise(in.ID)
	d.st.Pending = nil
	if d.outsideEnded(in, f, s, outcome, "") {
		d.run()
	}
	return true
}

// tutored says that a colleague stands beside the customer in this very flow.
func (d *decider) tutored(in *Instance, f *flow.Flow) bool {
	if in.Demand == nil || !in.Demand.Sent || in.Demand.Step != in.Step {
		return false
	}
	desk := f.Step(in.Step).Desk()
	return desk != nil && desk.Role == "tutor"
}
