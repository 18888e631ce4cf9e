package dialogue

import (
	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/flow"
)

// Rows are the slots of the running flow as a person reads them, in the flow's
// order, with who gave each; nil when no flow runs.
func Rows(set *content.Set, st State, c Context) []flow.Row {
	d := &decider{set: set, st: st.clone(), c: c}
	in := d.st.Active()
	if in == nil {
		return nil
	}
	f := set.Pinned(in.Hash)
	if f == nil {
		return nil
	}
	return d.rows(in, f)
}

func (d *decider) rows(in *Instance, f *flow.Flow) []flow.Row {
	var rows []flow.Row
	for _, s := range f.Slots {
		value := d.show(in, f, s)
		if value == "" {
			continue
		}
		rows = append(rows, flow.Row{Name: s.Name, Label: d.pick(s.Label), Value: value, By: in.Slots[s.Name].By})
	}
	return rows
}
