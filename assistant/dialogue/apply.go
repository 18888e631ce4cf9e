package dialogue

import (
	"maps"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
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
	return changed
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
	plain := func(s string) string {
		for _, p := range []string{"我的", "我们", "我", "咱", "俺", "my "} {
			s = strings.TrimPrefix(s, p)
		}
		if r := []rune(s); len(r) == 2 && r[0] == r[1] {
			s = string(r[:1])
		}
		return strings.ToLower(strings.TrimSpace(s))
	}
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
					unread(in, f, s.Name)
				} else if s.Options != nil {
					in.Slots[s.Name] = Value{Raw: v.Raw, By: v.By, Turn: v.Turn}
				}
			}
		}
	}
	uses := func(s *flow.Step) bool { return slices.ContainsFunc(names, s.Uses) }
	d.backTo(in, f, uses)
}

// unread throws away the picture a slot was read from: it was of something else.
func unread(in *Instance, f *flow.Flow, slot string) {
	for _, s := range f.Steps {
		if s.Capture != nil && slices.Contains(slices.Collect(maps.Values(s.Capture.Fields)), slot) {
			delete(in.Results, s.Capture.Save)
		}
	}
}

// backTo goes back to the first step of the trail for which is holds. What was done
// outside stays good only where neither it nor anything before it is to be done anew:
// who authorised a contract has not authorised the one that is signed in its place.
func (d *decider) backTo(in *Instance, f *flow.Flow, is func(*flow.Step) bool) {
	for i, id := range in.Trail {
		s := f.Step(id)
		if s == nil || !is(s) {
			continue
		}
		anew := false
		for _, gone := range append(slices.Clone(in.Trail[i:]), kept(in, f)...) {
			g := f.Step(gone)
			switch {
			case g == nil:
			case g.Call != nil && g.Call.Save != "":
				delete(in.Results, g.Call.Save)
			case g.Outside() == nil:
			case in.Good[gone] && !is(g) && (!anew || g.Capture != nil):
				in.Kept[gone] = true
			default:
				anew = true
				delete(in.Kept, gone)
				forget(in, g)
			}
		}
		in.Step, in.Entered = id, false
		in.Trail = in.Trail[:i]
		clear(in.Confirmed)
		return
	}
	in.Entered = false
}

// forget takes back what came of a step outside that is to be done anew. Who decided
// as the other person may decide again: it is their own decision that is off.
func forget(in *Instance, s *flow.Step) {
	save, desk := s.Outside().Save, s.Desk()
	if desk != nil && desk.By == "other" {
		got, _ := in.Results[save].(map[string]any)
		in.Handled = slices.DeleteFunc(slices.Clone(in.Handled), func(who string) bool { return who == got["by"] })
	}
	if s.Sign != nil || desk != nil {
		delete(in.Results, save)
	}
}

// kept are the steps that an earlier correction left good and that have not been
// come by again, in the order of the flow.
func kept(in *Instance, f *flow.Flow) []string {
	var ids []string
	for _, s := range f.Steps {
		if in.Kept[s.ID] {
			ids = append(ids, s.ID)
		}
	}
	return ids
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
		d.backTo(in, f, func(s *flow.Step) bool { return s.Kind == "call" || s.Desk() != nil })
		clear(in.Confirmed)
		clear(in.Boxes)
	}
	if p := d.st.Pending; p != nil && (p.Kind == PendingConfirm || p.Kind == PendingSecure) {
		d.st.Pending = nil
	}
}
