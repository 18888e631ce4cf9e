package dialogue

import (
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// apply writes what was read, and returns the slots whose value is new or has
// changed.
func (d *decider) apply(in *Instance, f *flow.Flow, values map[string]Value) []string {
	var changed []string
	for _, s := range f.Slots {
		v, ok := values[s.Name]
		if !ok {
			continue
		}
		old, had := in.Slots[s.Name]
		if s.Kind == "text" && v.ID == "" {
			if had {
				delete(in.Slots, s.Name)
				changed = append(changed, s.Name)
				d.note(NoteCorrected, in.Flow, in.Step, s.Name)
			}
			continue
		}
		if had && (v.ID != "" && v.ID == old.ID || v.ID == "" && v.Raw == old.Raw) {
			continue
		}
		if had && v.ID == "" && v.Raw != "" && old.Item["name"] == v.Raw {
			continue // 转给她, who is chosen already
		}
		if had && s.Options != nil && s.Options.NeedsRaw() && v.ID == "" && old.Item != nil && sameName(old, v.Raw) {
			continue // 我妈, where 妈 is chosen
		}
		if had && s.Options != nil && v.ID == "" && !s.Options.NeedsRaw() && old.Item != nil &&
			d.meansChosen(in, s, old, v.Raw) {
			continue // another word for what is chosen already
		}
		in.Slots[s.Name] = v
		delete(in.Asked, s.Name)
		delete(in.Unsure, s.Name)
		changed = append(changed, s.Name)
		kind := NoteSlot
		if had {
			kind = NoteCorrected
		}
		d.note(kind, in.Flow, in.Step, s.Name)
	}
	return append(changed, d.superseded(in, f, changed)...)
}

// superseded takes out values that a choice which was just made leaves no room for:
// 还最低, after a sum was named, means the minimum and not the sum. A slot that is
// needed only where that choice says so holds such a value.
func (d *decider) superseded(in *Instance, f *flow.Flow, changed []string) []string {
	var gone []string
	for _, s := range f.Slots {
		_, filled := in.Slots[s.Name]
		if !filled || s.Optional || slices.Contains(changed, s.Name) || !slices.ContainsFunc(changed, func(name string) bool { return f.Slot(name).Kind == "choice" && s.WhenX.Reads(name) }) || d.holds(s.WhenX, d.env(in, f)) {
			continue
		}
		delete(in.Slots, s.Name)
		gone = append(gone, s.Name)
	}
	return gone
}

// meansChosen says that words are another name for the option that is chosen:
// they fit it as well as any other.
func (d *decider) meansChosen(in *Instance, s *flow.Slot, old Value, raw string) bool {
	list := in.Options[s.Name].Items
	if len(list) == 0 {
		list = []map[string]any{old.Item}
	}
	return len(old.All) == 0 && slices.ContainsFunc(matchOptions(list, raw), func(it map[string]any) bool { return it["id"] == old.Item["id"] })
}

// sameName says that words are another spelling of what named a chosen option:
// 我妈, 妈妈 and 妈.
func sameName(old Value, raw string) bool {
	plain := func(s string) string { return strings.ToLower(strings.TrimSpace(entity.Kin(s))) }
	want := plain(raw)
	alias, _ := old.Item["alias"].(string)
	name, _ := old.Item["name"].(string)
	return want != "" && slices.Contains([]string{plain(old.Raw), plain(alias), strings.ToLower(name)}, want)
}

// rewind goes back to the first step that used a changed slot, so that all that
// depended on it is asked of the bank, read back and confirmed again.
func (d *decider) rewind(in *Instance, f *flow.Flow, changed []string) {
	names := slices.Clone(changed)
	for i := 0; i < len(names); i++ {
		for _, s := range f.Slots {
			if !slices.Contains(s.DependsOn, names[i]) || slices.Contains(names, s.Name) {
				continue
			}
			names = append(names, s.Name)
			if v, ok := in.Slots[s.Name]; ok {
				delete(in.Options, s.Name)
				if v.By == "system" || s.Options != nil && v.Raw == "" {
					delete(in.Slots, s.Name)
				} else if s.Options != nil {
					in.Slots[s.Name] = Value{Raw: v.Raw, By: v.By, Turn: v.Turn}
				}
			}
		}
	}
	uses := func(s *flow.Step) bool { return slices.ContainsFunc(names, s.Uses) }
	d.backTo(in, f, uses)
}

// backTo goes back to the first step of the trail for which is holds. What went
// well outside stays good only where neither it nor anything before it is to be
// done anew: who authorised a contract has not authorised the one that is signed in
// its place. A picture stays, it shows what it shows.
func (d *decider) backTo(in *Instance, f *flow.Flow, is func(*flow.Step) bool) {
	i := slices.IndexFunc(in.Trail, func(id string) bool { s := f.Step(id); return s != nil && is(s) })
	if i < 0 {
		in.Entered = false
		return
	}
	gone := func(s *flow.Step) bool { return slices.Contains(in.Trail[i:], s.ID) || in.Kept[s.ID] }
	anew := false
	for _, s := range f.Steps {
		switch {
		case !gone(s):
		case s.Call != nil && s.Call.Save != "":
			delete(in.Results, s.Call.Save)
		case s.Outside() == nil:
		case in.Good[s.ID] && !is(s) && (!anew || s.Capture != nil):
			in.Kept[s.ID] = true
		default:
			anew = true
			delete(in.Good, s.ID)
			delete(in.Kept, s.ID)
			if s.Sign != nil || s.Desk() != nil || s.Capture != nil && !in.hasRead(f, s) {
				in.disown(s)
				delete(in.Results, s.Outside().Save)
			}
		}
	}
	in.Step, in.Entered = in.Trail[i], false
	in.Trail = in.Trail[:i]
	clear(in.Confirmed)
}

// unbox takes back the yes that an open box stands on: who objects at the box has
// not agreed to what it would run, and reads it once more.
func (d *decider) unbox(in *Instance, f *flow.Flow) {
	clear(in.Boxes)
	d.st.Pending = nil
	d.backTo(in, f, func(s *flow.Step) bool { return s.Confirm != nil })
}

// hasRead says that what a picture gave is all still there: corrected by word it
// is shown once more, without it there has to be another picture.
func (in *Instance) hasRead(f *flow.Flow, s *flow.Step) bool {
	slots := captureSlots(f, s)
	return len(slots) > 0 && !slices.ContainsFunc(slots, func(slot *flow.Slot) bool { _, ok := in.Slots[slot.Name]; return !ok })
}

// disown forgets who agreed in a by: other step that is asked anew: they may agree
// to what it is now. Who checked stays among those who had a hand in it.
func (in *Instance) disown(s *flow.Step) {
	if desk := s.Desk(); desk == nil || desk.By != "other" {
		return
	}
	said, _ := in.Results[s.Outside().Save].(map[string]any)
	in.Handled = slices.DeleteFunc(slices.Clone(in.Handled), func(who string) bool { return who == said["by"] })
}

// refresh makes every running flow ask the bank again what it had said.
func (d *decider) refresh() {
	for i := range d.st.Stack {
		in := &d.st.Stack[i]
		f := d.flowOf(in)
		if f == nil || in.Acting != "" || in.Demand != nil && in.Demand.Step == in.Step {
			continue
		}
		clear(in.Options)
		d.backTo(in, f, func(s *flow.Step) bool { return s.Kind == "call" || s.Desk() != nil || s.Subflow != nil })
		clear(in.Confirmed)
		clear(in.Boxes)
	}
	if p := d.st.Pending; p != nil && slices.Contains([]PendingKind{PendingConfirm, PendingSecure, PendingDoubt, PendingFault}, p.Kind) {
		d.st.Pending = nil
	}
}
