package dialogue

import (
	"slices"

	"github.com/pingdui/pingdui/assistant/flow"
)

// boxGone are the refusals that are about the secure box and not about what was
// asked for: it must be filled anew, or never again.
func boxGone(code string) bool {
	return slices.Contains([]string{"code_expired", "reference_used", "reference_unknown", "argument_mismatch", "level_too_low", "too_many_tries"}, code)
}

// ended says how an irreversible call, or the box of a read, went wrong where its
// flow has no word of its own for it, and leads on: a wrong code to another try, a dead one to the
// read-back, three wrong ones to a person, a refusal to the bank's own reason, an
// unknown outcome to the promise of the truth.
func (d *decider) ended(in *Instance, f *flow.Flow, s *flow.Step, o Outcome, code string) {
	name := d.pick(f.Name)
	switch {
	case code == "wrong_code":
		d.sayPhrase(flow.KindText, "act_wrong_code", nil)
		if !d.toStepUp(in, f, s) {
			d.backToConfirm(in, f, s)
		}
	case code != "too_many_tries" && boxGone(code) && !s.Call.Irreversible:
		d.sayPhrase(flow.KindText, "box_stale", nil)
		d.toStepUp(in, f, s)
	case code != "too_many_tries" && boxGone(code):
		d.sayPhrase(flow.KindText, "act_expired", nil)
		d.backToConfirm(in, f, s)
	case code == "too_many_tries":
		d.sayPhrase(flow.KindText, "act_locked", nil, "name", name, "until", in.Refusal["until"])
		d.handoff(f.Queue, d.phrase("act_locked_reason", "name", name), false, false)
		d.drop(in, NoteFinished, "refused")
	case o == Unknown:
		d.sayPhrase(flow.KindText, "act_unknown", nil, "name", name)
		d.drop(in, NoteFinished, "unknown")
	default:
		d.sayPhrase(flow.KindText, "refused", []flow.Action{d.agentOffer()}, "refusal", in.Refusal)
		d.drop(in, NoteFinished, "refused")
	}
	d.run()
}

// toStepUp goes back to the step-up of a call.
func (d *decider) toStepUp(in *Instance, f *flow.Flow, call *flow.Step) bool {
	box := f.Box(call)
	if box == nil {
		return false
	}
	in.Step, in.Entered = box.ID, false
	return true
}
