// Package mind is the engine's Mind: the content of the current release, the
// trained intents, and the dialogue that decides with both. A new release is
// swapped in as one pointer between two steps; a running flow keeps the version
// it began with.
package mind

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents"
	"github.com/pingdui/pingdui/intents/entity"
)

// Loaded is one release, ready to decide with.
type Loaded struct {
	Release string
	Set     *content.Set
	// Staff is Set as members of staff are served with it; Use makes it.
	Staff      *content.Set
	Understand *intents.Understander
}

// Mind implements assistant.Mind.
type Mind struct {
	// Colleague names a member of staff for another one; nil says their number. It
	// is set before the mind is used.
	Colleague func(id, locale string) string

	current atomic.Pointer[Loaded]
	offDuty atomic.Pointer[[]string]
	recall  atomic.Pointer[[]string]
}

// ErrNotLoaded says that no release has been loaded yet.
var ErrNotLoaded = errors.New("no release is loaded yet")

// Use swaps a release in. Flows of the one before stay known, so that what runs
// ends as it began.
func (m *Mind) Use(next Loaded) {
	next.Staff = next.Set.ForStaff()
	if before := m.current.Load(); before != nil {
		next.Set = next.Set.With(before.Set.Versions()...)
	}
	m.current.Store(&next)
}

// SetOffDuty says which digital employees are on leave (停岗).
func (m *Mind) SetOffDuty(employees []string) {
	sorted := slices.Sorted(slices.Values(employees))
	m.offDuty.Store(&sorted)
}

// OffDuty are the digital employees on leave, sorted.
func (m *Mind) OffDuty() []string {
	if list := m.offDuty.Load(); list != nil {
		return *list
	}
	return nil
}

// SetRecalled says which versions of flows go no further.
func (m *Mind) SetRecalled(hashes []string) {
	sorted := slices.Sorted(slices.Values(hashes))
	m.recall.Store(&sorted)
}

// Recalled are the versions of flows that go no further, sorted.
func (m *Mind) Recalled() []string {
	if list := m.recall.Load(); list != nil {
		return *list
	}
	return nil
}

// Current is the release in use; nil before the first.
func (m *Mind) Current() *Loaded { return m.current.Load() }

// Release names the release in use.
func (m *Mind) Release() string {
	if l := m.current.Load(); l != nil {
		return l.Release
	}
	return ""
}

// Understand computes what a text means, once.
func (m *Mind) Understand(text string, now time.Time, _ []byte) dialogue.Understanding {
	l := m.current.Load()
	if l == nil {
		return dialogue.Understanding{}
	}
	return Read(l.Understand, text, now)
}

// Read is what a text means to the dialogue.
func Read(with *intents.Understander, text string, now time.Time) dialogue.Understanding {
	u := with.Understand(text, now)
	if bare(text, u.Entities) {
		u.Verdict.Kind = intents.Reject
	}
	return convert(u)
}

// bare says that a text is nothing but values (3.5万, 6688, 50%): it answers what
// was asked, and begins nothing by itself.
func bare(text string, entities []entity.Entity) bool {
	rest := []byte(text)
	for _, e := range entities {
		for i := e.Start; i < e.End && i < len(rest); i++ {
			rest[i] = ' '
		}
	}
	return !strings.ContainsFunc(string(rest), func(r rune) bool { return unicode.IsLetter(r) })
}

// unsure is what the probability of a candidate is worth when the text fits no
// intent: the candidates' probabilities add up to one even for noise.
const unsure = 0.3

// convert makes the dialogue's form of an understanding.
func convert(u intents.Understanding) dialogue.Understanding {
	out := dialogue.Understanding{Entities: u.Entities, Alarms: u.Alarms, Scams: u.Scams, Paying: u.Paying, Acts: u.Acts, Parts: u.Parts, Language: u.Language}
	for _, s := range u.Intents {
		if u.Verdict.Kind == intents.Reject {
			s.P *= unsure
		}
		out.Intents = append(out.Intents, dialogue.Scored{Intent: s.Intent, P: s.P})
	}
	out.Text = u.Text
	if u.Affirmed != nil && u.Denied != nil {
		yes, no := convert(*u.Affirmed), convert(*u.Denied)
		out.Affirmed, out.Denied = &yes, &no
	}
	for _, part := range u.PartsUnderstood {
		out.PartsUnderstood = append(out.PartsUnderstood, convert(part))
	}
	return out
}

// Step decides one event with the release in use.
func (m *Mind) Step(c dialogue.Context, raw []byte, ev dialogue.Event) (assistant.Step, error) {
	l := m.current.Load()
	if l == nil {
		return assistant.Step{}, ErrNotLoaded
	}
	var state dialogue.State
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &state); err != nil {
			return assistant.Step{}, fmt.Errorf("read the dialogue's state: %w", err)
		}
	}
	c.OnLeave, c.Recalled = m.OffDuty(), m.Recalled()
	set, step := l.Set, dialogue.Step
	if c.Staff {
		set = l.Staff
		step = func(_ *content.Set, state dialogue.State, c dialogue.Context, ev dialogue.Event) (dialogue.State, []dialogue.Effect, error) {
			return m.staffStep(l, state, c, ev)
		}
	}
	c.Employee = serving(set, c)
	state, effects, err := step(set, state, c, ev)
	if err != nil {
		return assistant.Step{}, err
	}
	next, err := json.Marshal(state)
	if err != nil {
		return assistant.Step{}, fmt.Errorf("write the dialogue's state: %w", err)
	}
	return assistant.Step{State: next, Effects: effects, View: View(set, state, c)}, nil
}

// serving is who serves this conversation. Nobody who serves staff ever serves
// a customer, whatever a frame asks for, nor the other way round.
func serving(set *content.Set, c dialogue.Context) string {
	fits := func(e *content.Employee) bool { return e != nil && (e.Serves == "staff") == c.Staff }
	if fits(set.Employees[c.Employee]) || len(set.Employees) == 0 {
		return c.Employee
	}
	for _, id := range slices.Sorted(maps.Keys(set.Employees)) {
		if fits(set.Employees[id]) {
			return id
		}
	}
	return c.Employee
}

// View tells where a dialogue stands, in the words of its content.
func View(set *content.Set, state dialogue.State, c dialogue.Context) assistant.View {
	view := assistant.View{Employee: state.Employee, Queue: state.Handoff.Queue, Place: state.Handoff.Place, WaitS: state.Handoff.WaitS}
	if state.Handoff.State != dialogue.HandoffQueued {
		view.Queue, view.Place, view.WaitS = "", 0, 0
	}
	if state.Handoff.State == dialogue.HandoffBooked {
		view.Due = state.Handoff.Due
	}
	in := state.Active()
	if in == nil {
		return view
	}
	view.Flow, view.Step = in.Flow, in.Step
	f := set.Pinned(in.Hash)
	if f == nil {
		return view
	}
	view.FlowTitle = f.Name.Pick(c.Locale, c.Edition)
	view.StepTitle = stepTitle(f, in.Step, c)
	view.Slots = dialogue.Rows(set, state, c)
	return view
}

// stepName is the title of a step that asks for no slot, Chinese and English.
func stepName(kind string) (zh, en string) {
	switch kind {
	case "confirm":
		return "核对", "Read-back"
	case "stepup":
		return "身份验证", "Verification"
	case "call":
		return "办理中", "Working"
	case "choose":
		return "选择", "Choice"
	case "session":
		return "远程协助", "Remote session"
	case "handoff":
		return "转人工", "Handing over"
	}
	return "", ""
}

func stepTitle(f *flow.Flow, id string, c dialogue.Context) string {
	i := slices.IndexFunc(f.Steps, func(s *flow.Step) bool { return s.ID == id })
	if i < 0 {
		return ""
	}
	s := f.Steps[i]
	for _, slot := range f.Slots {
		if slices.Contains(s.Ask, slot.Name) {
			return slot.Label.Pick(c.Locale, c.Edition)
		}
	}
	zh, en := stepName(s.Kind)
	if c.Locale == "en" {
		return en
	}
	return zh
}
