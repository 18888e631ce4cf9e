package mind

import (
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// staffStep decides in the conversation of a member of staff. It answers and
// does nothing else: there is no flow to begin (content.Set.ForStaff), whoever
// asks for a person is told whom to ask, and whatever the dialogue would still
// do beside talking and searching is dropped here.
func (m *Mind) staffStep(l *Loaded, state dialogue.State, c dialogue.Context, ev dialogue.Event) (dialogue.State, []dialogue.Effect, error) {
	c.AgentsOn, c.Edition = false, "standard"
	voice := staffVoice{m, l.Staff, state, c}
	switch e := ev.(type) {
	case dialogue.Said:
		if slices.Contains(c.OnLeave, c.Employee) {
			return state, voice.say("staff_resting"), nil
		}
		if slices.Contains(e.Understanding.Alarms, "agent") {
			return state, voice.say("staff_supervisor"), nil
		}
		// A colleague who writes of fraud asks about a customer's: only what is
		// about the message itself stays an alarm.
		e.Understanding.Alarms = slices.DeleteFunc(slices.Clone(e.Understanding.Alarms), func(a string) bool { return a != "secret" && a != "robot" })
		e.Understanding.Parts, e.Understanding.PartsUnderstood = nil, nil
		ev = e
	case dialogue.Tapped:
		if asksForPerson(state, e.ID) {
			return state, voice.say("staff_supervisor"), nil
		}
	case dialogue.Opened, dialogue.Found, dialogue.EmployeeChanged, dialogue.Tick:
	default:
		return state, nil, nil // forms, actions, sessions and queues are the customers'
	}
	asked := state.Awaiting
	next, effects, err := dialogue.Step(l.Staff, state, c, ev)
	if err != nil {
		return state, nil, err
	}
	next.Handoff = dialogue.HandoffInfo{}
	effects = slices.DeleteFunc(effects, func(effect dialogue.Effect) bool {
		switch effect.(type) {
		case dialogue.Say, dialogue.Search, dialogue.Note, dialogue.Wake:
			return false
		}
		return true
	})
	if said, ok := ev.(dialogue.Said); ok {
		lookUp(l.Set, said, next.Awaiting, effects)
	}
	if found, ok := ev.(dialogue.Found); ok && asked != nil {
		voice.state = next
		effects = voice.answer(l.Set, asked, found, effects)
	}
	return next, effects, nil
}

// lookUp makes a wish for business (给老王转两千) a search for what is written
// about that business: the customer's names and sums would only lead astray.
func lookUp(customers *content.Set, said dialogue.Said, asked *dialogue.Awaiting, effects []dialogue.Effect) {
	if asked == nil || customers.FlowOf(asked.Intent) == nil || asks(said.Text) {
		return
	}
	in := customers.Intents[asked.Intent]
	for i, effect := range effects {
		if s, ok := effect.(dialogue.Search); ok {
			s.Query, s.Article = in.Label.Pick("zh", "standard"), in.Article
			effects[i] = s
		}
	}
}

// asksForPerson says whether a tap is the one that asks for a person.
func asksForPerson(state dialogue.State, id string) bool {
	return slices.ContainsFunc(state.Offers, func(o dialogue.Offer) bool { return o.ID == id && o.Kind == "agent" })
}

// staffVoice says the sentences that only staff hear.
type staffVoice struct {
	mind  *Mind
	set   *content.Set
	state dialogue.State
	c     dialogue.Context
}

func (v staffVoice) locale() string {
	for _, l := range []string{v.state.Locale, v.c.Locale} {
		if l != "" {
			return l
		}
	}
	return "zh"
}

// text renders a phrase; empty where the release has none.
func (v staffVoice) text(key string, env map[string]any) string {
	t := v.set.Phrase(key)
	if t == nil {
		return ""
	}
	env["employee"], env["supervisor"] = "", ""
	if e := v.set.Employees[v.c.Employee]; e != nil {
		env["employee"] = e.Name.Pick(v.locale(), "standard")
		env["supervisor"] = e.Supervisor
		if v.mind.Colleague != nil {
			env["supervisor"] = v.mind.Colleague(e.Supervisor, v.locale())
		}
	}
	text, err := t.Render(v.locale(), "standard", env)
	if err != nil {
		return ""
	}
	return text
}

func (v staffVoice) say(key string) []dialogue.Effect {
	text := v.text(key, map[string]any{})
	if text == "" { // a release made before there was a chat for staff
		text = "这里只查规程、话术和对客口径，别的请问您的主管。/ Procedures and wording only: ask your supervisor for the rest."
	}
	return []dialogue.Effect{dialogue.Say{Message: flow.Message{Kind: flow.KindText, Text: text}}}
}

// answer marks what customers may not read, and says first that no business
// begins here where the message was a wish for one.
func (v staffVoice) answer(customers *content.Set, asked *dialogue.Awaiting, found dialogue.Found, effects []dialogue.Effect) []dialogue.Effect {
	internal := map[string]bool{}
	for _, p := range found.Passages {
		internal[p.Passage] = internal[p.Passage] || p.Internal
	}
	first, answered, procedure := -1, false, false
	for i, effect := range effects {
		s, ok := effect.(dialogue.Say)
		if !ok {
			continue
		}
		if first < 0 {
			first = i
		}
		if s.Message.Source != nil {
			source := *s.Message.Source
			source.Internal = internal[source.Passage] || !known(found, source.Passage)
			s.Message.Source = &source
			effects[i] = s
			answered, procedure = true, procedure || source.Internal
		}
	}
	f := customers.FlowOf(asked.Intent)
	if f == nil || first < 0 || procedure || asks(asked.Query) {
		return effects
	}
	text := v.text("staff_no_business", map[string]any{"name": f.Name.Pick(v.locale(), "standard"), "found": answered})
	if text == "" {
		return effects
	}
	preface := dialogue.Say{Message: flow.Message{Kind: flow.KindText, Text: text}}
	if answered {
		return slices.Insert(effects, first, dialogue.Effect(preface))
	}
	effects[first] = preface
	return effects
}

func known(found dialogue.Found, passage string) bool {
	return slices.ContainsFunc(found.Passages, func(p dialogue.Passage) bool { return p.Passage == passage })
}

// asks says whether a text asks something, so that nobody who wants to know is
// told that nothing is done here.
func asks(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{
		"吗", "呢", "怎么", "什么", "多少", "几", "为何", "如何", "哪", "谁", "能不能", "可不可以", "是否", "步骤", "流程", "规程", "规定", "口径", "话术", "要求", "条件", "?", "？",
		"how", "what", "when", "which", "who", "why", "where", "can i", "may i", "procedure", "steps", "rule",
	}, func(w string) bool { return strings.Contains(text, w) })
}
