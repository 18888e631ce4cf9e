package dialogue

import (
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// everyone looks for a payee in the whole list, by how the names sound.
const everyone = "*"

// seekAs looks once more for a payee whom the bank does not know by the customer's
// word: by the usual word for a relative (俺娘 is 妈), then, for a name in Latin
// letters, in the whole list (Wang Jianjun). False when no other way is left.
func (d *decider) seekAs(in *Instance, s *flow.Slot, a Awaiting) bool {
	raw := in.Slots[s.Name].Raw
	as := entity.Kin(raw)
	sought := as
	if a.As != "" || as == raw {
		if as, sought = everyone, ""; !isLatin(raw) {
			return false
		}
	}
	id := d.id("fe")
	d.emit(Fetch{ID: id, Operation: s.Options.Call, Args: d.args(in, d.flowOf(in), s.Options.ArgsX, sought)})
	d.st.Awaiting = &Awaiting{ID: id, Kind: "options", Instance: in.ID, Step: in.Step, Slot: s.Name, As: as}
	return true
}

// spelled are the payees whose name or alias sounds like a name in Latin letters,
// the family name first or last.
func spelled(items []map[string]any, raw string) []map[string]any {
	want := entity.Sound(raw)
	return slices.DeleteFunc(slices.Clone(items), func(it map[string]any) bool {
		for _, k := range []string{"name", "alias"} {
			name, _ := it[k].(string)
			if r := []rune(name); len(r) > 1 && (entity.Sound(name) == want || entity.Sound(string(r[1:])+string(r[:1])) == want) {
				return false
			}
		}
		return true
	})
}

func isLatin(s string) bool {
	return len(s) > 2 && !strings.ContainsFunc(s, func(r rune) bool { return r > 127 || r >= '0' && r <= '9' })
}
