package dialogue

import (
	"fmt"
	"slices"
	"time"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/flow"
)

// Bounds of one decision and of what is remembered.
const (
	maxSteps  = 100 // steps run without waiting for anybody
	maxVisits = 30  // of one step in one instance
	maxDepth  = 3   // flows on the stack, sub-flows not counted
	maxOffers = 40
	maxLater  = 4
	staleness = 30 * time.Minute // after it what the bank said is asked again (D11)
)

// Thresholds on calibrated probabilities.
const (
	startP  = 0.50 // an intent is taken up
	sureP   = 0.70 // one of money or identity is begun without a question
	besideP = 0.60 // one named beside an alarm is
	switchP = 0.60 // an intent interrupts a running flow
	nearP   = 0.22 // a second candidate is near enough to ask
	nearGap = 0.25
	answerP = 0.50 // a passage answers
	failMax = 3    // failures in a row that lead to a person (D10)
)

// Step decides what one event does. It is pure: the same set, state, context
// and event always give the same result, and st is not written to. Effects are
// in the order they are to be carried out. When the last effect is a Fetch, a
// Search or a StepUp, the caller carries it out and calls Step again in the
// same turn with its Result or Found; otherwise the turn is decided. An error
// means that the state or the content is broken; nothing must be committed.
func Step(set *content.Set, st State, c Context, ev Event) (State, []Effect, error) {
	if st.Version > StateVersion {
		return st, nil, fmt.Errorf("dialogue state version %d is newer than %d: run the newer program", st.Version, StateVersion)
	}
	d := &decider{set: set, st: st.clone(), c: c}
	d.begin()
	d.event(ev)
	if d.err != nil {
		return st, nil, d.err
	}
	d.wake()
	return d.st, d.out, nil
}

// decider is one call of Step.
type decider struct {
	set *content.Set
	st  State
	c   Context
	out []Effect
	err error
	// again chooses the shorter wording of a question asked before.
	again bool
	// first says that nothing was said in this call, for what repeat remembers.
	spoken bool
	// alarmed is the alarm that begins a flow in this call.
	alarmed string
	// form is what a person takes over of a flow that is over.
	form *Form
	// plain keeps what the bank gave as it is, for arguments of calls.
	plain bool
}

func (d *decider) begin() {
	d.st.Version = StateVersion
	if d.st.Employee == "" {
		d.st.Employee = d.c.Employee
	}
	if d.st.Turn != d.c.Turn || d.c.Turn == 0 && d.st.Awaiting == nil {
		d.st.Turn, d.st.SaidN = d.c.Turn, 0
	}
}

func (d *decider) event(ev Event) {
	switch e := ev.(type) {
	case Said:
		d.said(e)
	case Tapped:
		d.touched()
		d.tapped(e)
	case Opened:
		d.opened(e)
	case Edited:
		d.touched()
		d.edited(e)
	case Secured:
		d.touched()
		d.secured(e)
	case Result:
		d.result(e)
	case Found:
		d.found(e)
	case ActionDone:
		d.actionDone(e)
	case Tick:
		d.tick()
	case HandoffChanged:
		d.handoffChanged(e)
	case SessionChanged:
		d.sessionChanged(e)
	case Arrived:
		d.arrived(e)
	case EmployeeChanged:
		d.employeeChanged(e.Employee)
	default:
		d.err = fmt.Errorf("dialogue: unknown event %T", ev)
	}
}

// touched notes that the customer did something; after a long pause what the
// bank said is asked again.
func (d *decider) touched() {
	if !d.st.LastAt.IsZero() && d.c.Now.Sub(d.st.LastAt) > staleness {
		d.refresh()
	}
	d.st.LastAt, d.st.Nudges = d.c.Now, 0
}

func (d *decider) id(prefix string) string {
	d.st.Counter++
	return fmt.Sprintf("%s%d", prefix, d.st.Counter)
}

func (d *decider) emit(e Effect) { d.out = append(d.out, e) }

func (d *decider) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *decider) note(kind, flowID, step, text string) {
	n := Note{Kind: kind, Flow: flowID, Step: step, Text: text}
	for i := len(d.st.Stack) - 1; i >= 0 && flowID != "" && n.Instance == ""; i-- {
		if d.st.Stack[i].Flow == flowID {
			n.Instance = d.st.Stack[i].ID
		}
	}
	d.emit(n)
}

func (d *decider) top() *Instance {
	if len(d.st.Stack) == 0 {
		return nil
	}
	return &d.st.Stack[len(d.st.Stack)-1]
}

func (d *decider) instance(id string) *Instance {
	for i := range d.st.Stack {
		if d.st.Stack[i].ID == id {
			return &d.st.Stack[i]
		}
	}
	return nil
}

// flowOf is the flow an instance pinned; nil when it was recalled.
func (d *decider) flowOf(in *Instance) *flow.Flow {
	if d.isRecalled(in.Hash) {
		return nil
	}
	return d.set.Pinned(in.Hash)
}

func (d *decider) isRecalled(hash string) bool { return slices.Contains(d.c.Recalled, hash) }

// waiting says that the turn can't go on before an effect was answered.
func (d *decider) waiting() bool { return d.st.Awaiting != nil }

// wake sets or clears the time at which silence is broken (D9). A code that is
// awaited is never hurried, and an agent's conversation is not ours.
func (d *decider) wake() {
	if d.waiting() {
		return
	}
	at := d.due()
	if d.c.Speaker == "agent" {
		at = time.Time{} // what is due is taken up when the agent has handed back
	}
	if !d.patient() && d.c.Speaker != "agent" && d.st.Nudges < 2 {
		patience := 2 * time.Minute
		if d.c.Edition == "elder" {
			patience *= 3
		}
		if nudge := d.c.Now.Add(patience); at.IsZero() || nudge.Before(at) {
			at = nudge
		}
	}
	if at.IsZero() {
		if d.st.Woken {
			d.emit(Wake{})
		}
		d.st.Woken = false
		return
	}
	d.emit(Wake{At: at})
	d.st.Woken = true
}

// patient says that silence is nothing to break: no question is open, or the
// word is not the customer's.
func (d *decider) patient() bool {
	p := d.st.Pending
	return p == nil || slices.Contains([]PendingKind{PendingSecure, PendingActing, PendingOutside}, p.Kind)
}

func parseTime(s string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}
