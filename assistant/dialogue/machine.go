package dialogue

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

// run carries the active flow on until somebody else has the word.
func (d *decider) run() {
	for range maxSteps {
		if d.err != nil || d.waiting() {
			return
		}
		in := d.top()
		if in == nil {
			d.idle()
			return
		}
		if in.Suspended {
			d.offerResume()
			return
		}
		f := d.flowOf(in)
		if f == nil {
			if in.Acting != "" { // the truth about it comes first
				d.sayPhrase(flow.KindText, "acting", nil)
				return
			}
			d.recalled(in)
			continue
		}
		s := f.Step(in.Step)
		if s == nil {
			d.fail(fmt.Errorf("dialogue: flow %s (%.8s) has no step %q", in.Flow, in.Hash, in.Step))
			return
		}
		if !in.Entered {
			in.Entered = true
			in.Visits[s.ID]++
			if in.Visits[s.ID] > maxVisits {
				d.stuck(in)
				return
			}
			skipped := !d.holds(s.WhenX, d.env(in, f))
			came := Note{Kind: NoteStep, Flow: in.Flow, Step: s.ID, Instance: in.ID}
			if skipped {
				came.Text = "skipped"
			}
			d.emit(came)
			if skipped {
				d.follow(in, f, s, "")
				continue
			}
		}
		if !d.enter(in, f, s) {
			return
		}
	}
	if in := d.top(); in != nil {
		d.stuck(in)
	}
}

// enter carries one step out; false means that somebody else has the word.
func (d *decider) enter(in *Instance, f *flow.Flow, s *flow.Step) bool {
	switch s.Kind {
	case "say":
		d.sayStep(in, f, s)
	case "ask":
		for _, name := range s.Ask {
			if !d.need(in, f, s, f.Slot(name)) {
				return false
			}
		}
	case "choose":
		d.chooseStep(in, f, s)
		return false
	case "confirm":
		d.readBack(in, f, s)
		return false
	case "stepup":
		return d.stepUp(in, f, s)
	case "call":
		return d.call(in, f, s)
	case "branch":
		env := d.env(in, f)
		for _, a := range s.Branch {
			if d.holds(a.WhenX, env) {
				d.follow(in, f, s, a.Next)
				return true
			}
		}
	case "set":
		d.setStep(in, f, s)
	case "handoff":
		env := d.env(in, f)
		d.say(flow.Message{Kind: flow.KindText, Text: d.render(s.Handoff.TextT, env)})
		d.handoff(s.Handoff.Queue, d.render(s.Handoff.ReasonT, env), s.Handoff.Urgent, false)
	case "session", "review", "wait", "capture", "sign":
		return d.outside(in, f, s)
	case "schedule":
		return d.scheduleStep(in, f, s)
	case "subflow":
		return d.enterSubflow(in, f, s)
	case "loop":
		if d.nextOf(in, s.Loop.Slot) {
			d.follow(in, f, s, s.Loop.To)
			return true
		}
	case "end":
		d.end(in, f, s)
		return true
	}
	d.follow(in, f, s, "")
	return d.err == nil
}

// follow goes on to a step, by default the one below.
func (d *decider) follow(in *Instance, f *flow.Flow, s *flow.Step, next string) {
	if next == "" {
		next = f.After(s)
	}
	if len(in.Trail) == 0 || in.Trail[len(in.Trail)-1] != s.ID {
		in.Trail = append(in.Trail, s.ID)
	}
	in.Step, in.Entered = next, false
}

func (d *decider) sayStep(in *Instance, f *flow.Flow, s *flow.Step) {
	m := flow.Message{Kind: flow.KindText, Text: d.render(s.Say.TextT, d.env(in, f)), Card: d.card(in, f, s.Say.Card)}
	if m.Card != nil {
		m.Kind = flow.KindCard
		if m.Text == "" {
			m.Text = m.Card.Title
		}
	}
	for _, a := range s.Say.Actions {
		if a.Agent {
			m.Actions = append(m.Actions, d.offer(Offer{Kind: offerAgent}, d.pick(a.Label), flow.StylePlain))
			continue
		}
		m.Actions = append(m.Actions, d.offer(Offer{Kind: offerStart, Flow: a.Flow, Slots: a.Slots}, d.pick(a.Label), flow.StylePlain))
	}
	d.say(m)
}

func (d *decider) chooseStep(in *Instance, f *flow.Flow, s *flow.Step) {
	m := flow.Message{Kind: flow.KindAsk, Text: d.render(s.Choose.TextT, d.env(in, f))}
	for i, o := range s.Choose.Options {
		m.Actions = append(m.Actions, flow.Action{ID: tapID("pick", in.ID, s.ID, fmt.Sprint(i)), Label: d.pick(o.Label)})
	}
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingChoose, Instance: in.ID, Step: s.ID}
}

func (d *decider) setStep(in *Instance, f *flow.Flow, s *flow.Step) {
	if s.Set.Sound != "" {
		d.st.Quiet = s.Set.Sound == "off"
	}
	if to := s.Set.Edition; to != "" && to != d.c.Edition {
		d.emit(Edition{To: to})
		d.c.Edition = to
	}
	env := d.env(in, f)
	for _, name := range slices.Sorted(maps.Keys(s.Set.ValuesX)) {
		v, err := s.Set.ValuesX[name].Eval(env)
		if err != nil {
			d.fail(err)
			return
		}
		in.Results[name] = v
	}
	for _, name := range s.Set.Clear {
		delete(in.Slots, name)
		delete(in.Options, name)
		in.Asked[name] = true // a cleared slot is the customer's to fill
	}
}

// args evaluates a call's arguments; the customer is always ours to say, never
// the flow's.
func (d *decider) args(in *Instance, f *flow.Flow, xs map[string]*flow.Expr, raw string) map[string]any {
	d.plain = true
	env := d.env(in, f)
	d.plain = false
	env["raw"] = raw
	out := map[string]any{"customer": d.c.Customer.ID}
	for k, x := range xs {
		v, err := x.Eval(env)
		if err != nil {
			d.fail(err)
			continue
		}
		out[k] = v
	}
	return out
}

// argsHash names one operation with one set of arguments: 16 hex digits.
func argsHash(operation string, args map[string]any) string {
	b, err := json.Marshal(struct {
		Operation string
		Args      map[string]any
	}{operation, args})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// call reads from the bank, or commits an action once it is confirmed.
func (d *decider) call(in *Instance, f *flow.Flow, s *flow.Step) bool {
	if s.Call.Irreversible {
		return d.act(in, f, s)
	}
	fetch := Fetch{ID: d.id("fe"), Operation: s.Call.Operation, Args: d.args(in, f, s.Call.ArgsX, "")}
	if f.Box(s) != nil {
		box := in.Boxes[s.ID]
		if box.Reference == "" || box.Hash != d.callHash(in, f, s) {
			return d.toStepUp(in, f, s)
		}
		fetch.Reference = box.Reference
		delete(in.Boxes, s.ID) // used once, whatever comes of it
	}
	d.emit(fetch)
	d.st.Awaiting = &Awaiting{ID: fetch.ID, Kind: "call", Instance: in.ID, Step: s.ID}
	return false
}

// result takes the answer to a Fetch, a StepUp or a RiskCheck of this turn.
func (d *decider) result(e Result) {
	a := d.st.Awaiting
	if a == nil || a.ID != e.Fetch {
		d.note(NoteStale, "", "", "result of "+e.Fetch)
		return
	}
	d.st.Awaiting = nil
	d.spoken = len(d.st.Said) > 0 && d.st.SaidN > 0
	if a.Kind == "brake" {
		return // the bank was told; nothing hangs on its answer
	}
	in := d.instance(a.Instance)
	if in == nil {
		d.run()
		return
	}
	f := d.flowOf(in)
	if f == nil {
		d.run()
		return
	}
	s := f.Step(a.Step)
	switch a.Kind {
	case "options":
		d.optionsRead(in, f, f.Slot(a.Slot), *a, e)
	case "call":
		d.outcome(in, f, s, e.Outcome, e.Code, e.Value)
	case "stepup":
		d.boxOpened(in, f, s, a.Hash, e)
	case "risk":
		d.judged(in, f, s, a.Hash, e)
	}
}

// outcome leads on from a call by how it ended.
func (d *decider) outcome(in *Instance, f *flow.Flow, s *flow.Step, o Outcome, code string, value json.RawMessage) {
	v := decode(value)
	d.keepDeed(in, f, s, o, code, v)
	if o == Done {
		in.Refusal = nil
		if s.Call.Save != "" {
			in.Results[s.Call.Save] = v
		}
		d.follow(in, f, s, s.Call.On["done"])
		d.run()
		return
	}
	in.Refusal = map[string]any{"code": code, "text": "", "text_en": ""}
	if m, ok := v.(map[string]any); ok {
		maps.Copy(in.Refusal, m)
	}
	in.Refusal["code"] = code
	if code == "too_many_tries" {
		told, _ := in.Refusal["until"].(string)
		in.Refusal["until"] = d.lock(s.Call.Operation, told).Format(time.RFC3339)
	}
	if s.Call.Irreversible && o == Refused && stoppedByRisk(code) {
		w := d.riskWord(in.Refusal)
		w.verdict = strings.TrimPrefix(code, "risk_")
		d.held(in, w)
		return
	}
	next := s.Call.Codes[code]
	if next == "" {
		next = s.Call.On[string(o)]
	}
	if next == "" && s.Call.Irreversible || !s.Call.Irreversible && s.Call.Codes[code] == "" && f.Box(s) != nil && boxGone(code) {
		d.ended(in, f, s, o, code)
		return
	}
	if next == "" && o != Refused {
		d.bankAway(in, s)
		return
	}
	if next == "" {
		d.sayPhrase(flow.KindText, "refused", []flow.Action{d.agentOffer()}, "refusal", in.Refusal)
		d.drop(in, NoteFinished, "refused")
		d.run()
		return
	}
	d.follow(in, f, s, next)
	d.run()
}

// bankAway says that the bank does not answer; the step is tried again when the
// customer wants to go on.
func (d *decider) bankAway(in *Instance, s *flow.Step) {
	in.Entered = true
	retry := d.offer(Offer{Kind: offerRetry, Instance: in.ID}, d.phrase("tap_retry"), flow.StylePrimary)
	d.sayPhrase(flow.KindAsk, "bank_away", []flow.Action{retry, d.agentOffer()})
	d.st.Pending = &Pending{Kind: PendingRetry, Instance: in.ID, Step: s.ID, Offer: retry.ID}
}

func decode(b json.RawMessage) any {
	if len(b) == 0 {
		return map[string]any{}
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return map[string]any{}
	}
	return v
}

func (d *decider) enterSubflow(in *Instance, f *flow.Flow, s *flow.Step) bool {
	sub := d.set.Flow(s.Subflow.Flow)
	if sub == nil {
		d.fail(fmt.Errorf("dialogue: sub-flow %s is missing", s.Subflow.Flow))
		return false
	}
	input := d.args(in, f, s.Subflow.WithX, "")
	child := d.newInstance(sub)
	child.Parent, child.Input = in.ID, input
	for name, v := range input {
		if t, ok := v.(string); ok && sub.Slot(name) != nil && t != "" {
			child.Slots[name] = Value{ID: t, By: "system", Turn: d.c.Turn}
		}
	}
	d.st.Stack = append(d.st.Stack, child)
	return true
}

func (d *decider) newInstance(f *flow.Flow) Instance {
	return Instance{
		ID: d.id("i"), Flow: f.ID, Hash: f.Hash, Step: f.First().ID,
		Visits: map[string]int{}, Slots: map[string]Value{}, Results: map[string]any{}, Options: map[string]OptionList{},
		Asked: map[string]bool{}, Confirmed: map[string]string{}, Boxes: map[string]Box{}, Cleared: map[string]Cleared{},
		Good: map[string]bool{}, Kept: map[string]bool{}, Unsure: map[string]string{}, Early: map[string]map[string]string{},
	}
}
