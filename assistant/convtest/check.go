package convtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// check holds what happened against what was expected.
func (r *runner) check(t *Turn) {
	r.checkSaid(t)
	r.checkCard(t.Card)
	r.checkCalls(t)
	r.checkFlow(t)
	r.checkNotes(t)
	r.checkOutside(t)
}

func (r *runner) checkSaid(t *Turn) {
	var texts, labels []string
	for _, m := range r.said {
		all := m.Text
		if m.Card != nil {
			b, _ := json.Marshal(m.Card) //nolint:errchkjson // display strings only
			all += "\n" + string(b)
		}
		texts = append(texts, all)
		for _, a := range m.Actions {
			labels = append(labels, a.Label)
		}
		if n := sentences(m.Text); t.MaxSentences > 0 && n > t.MaxSentences {
			r.failf("%d sentences in %q", n, m.Text)
		}
	}
	whole := strings.Join(texts, "\n")
	for _, want := range t.Reply {
		if !strings.Contains(whole, want) {
			r.failf("no reply holds %q", want)
		}
	}
	for _, not := range t.Not {
		if strings.Contains(whole, not) {
			r.failf("a reply holds %q", not)
		}
	}
	if t.Silent && len(r.said) > 0 {
		r.failf("something was said: %q", r.said[0].Text)
	}
	for _, want := range t.Actions {
		if !slices.Contains(labels, want) {
			r.failf("no action %q among %q", want, labels)
		}
	}
	for _, not := range t.NoAction {
		if slices.Contains(labels, not) {
			r.failf("action %q is on offer", not)
		}
	}
}

func sentences(s string) int {
	return len(strings.FieldsFunc(strings.TrimSpace(s), func(c rune) bool { return strings.ContainsRune("。！？!?", c) }))
}

func (r *runner) checkCard(want *CardExpect) {
	if want == nil {
		return
	}
	var card *flow.Card
	for _, m := range r.said {
		if m.Card != nil && (want.Kind == "" || string(m.Card.Kind) == want.Kind) {
			card = m.Card
		}
	}
	if card == nil {
		r.failf("no %s card", want.Kind)
		return
	}
	if want.Amount != "" && (card.Amount == nil || card.Amount.Figures != want.Amount) {
		r.failf("card amount is %+v, not %s", card.Amount, want.Amount)
	}
	if want.Words != "" && (card.Amount == nil || card.Amount.Words != want.Words) {
		r.failf("card amount is %+v, not %s", card.Amount, want.Words)
	}
	for _, label := range slices.Sorted(maps.Keys(want.Rows)) {
		v := want.Rows[label]
		i := slices.IndexFunc(card.Rows, func(x flow.Row) bool { return x.Label == label })
		if i < 0 || !strings.Contains(card.Rows[i].Value, v) {
			r.failf("card has no row %s with %q: %+v", label, v, card.Rows)
		}
	}
	for _, o := range want.Options {
		if !slices.ContainsFunc(card.Options, func(x flow.Option) bool { return strings.Contains(x.Label+" "+x.Note, o) }) {
			r.failf("card has no option %q: %+v", o, card.Options)
		}
	}
	for _, f := range want.Fields {
		if card.Secure == nil || !slices.ContainsFunc(card.Secure.Fields, func(x flow.SecureField) bool { return x.Name == f }) {
			r.failf("the secure box has no field %q", f)
		}
	}
}

func (r *runner) checkCalls(t *Turn) {
	now := r.bank.calls[r.calls:]
	for _, want := range t.Called {
		if !slices.ContainsFunc(now, func(c Call) bool { return c.Operation == want.Operation && holds(c.Args, want.Args) }) {
			r.failf("%s with %v was not called: %v", want.Operation, want.Args, now)
		}
	}
	count := map[string]int{}
	for _, c := range r.bank.calls {
		count[c.Operation]++
	}
	for _, op := range t.NotCalled {
		if count[op] > 0 {
			r.failf("%s was called", op)
		}
	}
	for _, op := range slices.Sorted(maps.Keys(t.Count)) {
		n := t.Count[op]
		if count[op] != n {
			r.failf("%s was called %d times, not %d", op, count[op], n)
		}
	}
}

func holds(args map[string]any, want map[string]string) bool {
	for k, v := range want {
		if fmt.Sprint(args[k]) != v {
			return false
		}
	}
	return true
}

func (r *runner) checkFlow(t *Turn) {
	in := r.st.Active()
	id, step := "", ""
	if in != nil {
		id, step = in.Flow, in.Step
	}
	r.checkPlace(t, id, step)
	for _, name := range slices.Sorted(maps.Keys(t.Slots)) {
		want := t.Slots[name]
		got := ""
		if in != nil {
			v := in.Slots[name]
			got = strings.Join([]string{v.ID, v.Raw, fmt.Sprint(v.Item["name"]), fmt.Sprint(v.Item["tail"])}, "|")
			if v.ID == "" && v.Raw == "" {
				got = ""
			}
		}
		if want == "" && got != "" || want != "" && !slices.Contains(strings.Split(got, "|"), want) {
			r.failf("slot %s is %q, not %q", name, got, want)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.FilledBy)) {
		want := t.FilledBy[name]
		if in == nil || in.Slots[name].By != want {
			r.failf("slot %s was not filled by %s", name, want)
		}
	}
	if i := slices.IndexFunc(r.said, func(m flow.Message) bool { return m.Quiet != (t.Sound == "off") }); t.Sound != "" && i >= 0 {
		r.failf("sound is not %s for %q", t.Sound, r.said[i].Text)
	}
	if t.Shown != "" && r.edition != t.Shown {
		r.failf("the edition is %s, not %s", r.edition, t.Shown)
	}
	if t.Serves != "" && r.st.Employee != t.Serves {
		r.failf("%s serves, not %s", r.st.Employee, t.Serves)
	}
}

// checkPlace checks where the conversation stands.
func (r *runner) checkPlace(t *Turn, flowID, step string) {
	if t.Flow != nil && *t.Flow != flowID {
		r.failf("the active flow is %q, not %q", flowID, *t.Flow)
	}
	if t.Step != "" && t.Step != step {
		r.failf("the step is %q, not %q", step, t.Step)
	}
}

func (r *runner) checkNotes(t *Turn) {
	noted := func(kind, flowID string) bool {
		return slices.ContainsFunc(r.fx, func(e dialogue.Effect) bool {
			n, ok := e.(dialogue.Note)
			return ok && n.Kind == kind && (flowID == "*" || n.Flow == flowID)
		})
	}
	for _, n := range [][2]string{
		{dialogue.NoteStarted, t.Started},
		{dialogue.NoteFinished, t.Finished},
		{dialogue.NoteCancelled, t.Cancelled},
		{dialogue.NoteSuspended, t.Suspended},
		{dialogue.NoteResumed, t.Resumed},
	} {
		kind, flowID := n[0], n[1]
		if flowID != "" && !noted(kind, flowID) {
			r.failf("%s of %s did not happen", kind, flowID)
		}
	}
	if t.Miss && !noted(dialogue.NoteMiss, "*") {
		r.failf("no miss")
	}
	if t.Source != "" && !slices.ContainsFunc(r.said, func(m flow.Message) bool { return m.Source != nil && m.Source.Article == t.Source }) {
		r.failf("%s is not quoted", t.Source)
	}
	asked := ""
	for _, e := range r.fx {
		if h, ok := e.(dialogue.Handoff); ok {
			asked = h.Queue
		}
	}
	if t.Handoff != "" && asked != t.Handoff {
		r.failf("handoff to %q, not %q", asked, t.Handoff)
	}
	for label, want := range t.TakenOver {
		if !slices.ContainsFunc(r.fx, func(e dialogue.Effect) bool {
			h, ok := e.(dialogue.Handoff)
			return ok && h.Form != nil && slices.ContainsFunc(h.Form.Rows, func(x flow.Row) bool { return x.Label == label && x.Value == want })
		}) {
			r.failf("the person does not get %s %q", label, want)
		}
	}
	if t.Booked != nil {
		due := ""
		if h := r.st.Handoff; h.State == dialogue.HandoffBooked {
			due = h.Due.In(r.now.Location()).Format("2006-01-02T15:04")
		}
		if due != *t.Booked {
			r.failf("booked for %q, want %q", due, *t.Booked)
		}
	}
	if t.NoHandoff && asked != "" {
		r.failf("handoff to %q", asked)
	}
}
