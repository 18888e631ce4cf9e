package dialogue

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pingdui/pingdui/assistant/flow"
)

// question answers: from the running business where it can, else from the
// knowledge base.
func (d *decider) question(e Said, v verdict) {
	if in := d.top(); in != nil && !in.Suspended {
		if f := d.flowOf(in); f != nil {
			if a := d.answerOf(in, f, e, v); a != nil {
				d.st.Fails = 0
				d.say(flow.Message{Kind: flow.KindAnswer, Text: d.render(a.TextT, d.env(in, f))})
				d.note(NoteAnswered, in.Flow, in.Step, "flow")
				d.retry()
				return
			}
		}
	}
	query, article, intent := e.Text, "", ""
	if v.intent != nil && v.kind != near && v.kind != none {
		article, intent = v.intent.Article, v.intent.Name
	}
	// A short question hangs on what was talked of: 那利率呢 (U5).
	if v.kind == unsure && d.st.Topic != "" && utf8.RuneCountInString(e.Text) <= 8 {
		query = d.topicName() + " " + e.Text
	}
	id := d.id("se")
	staff := false
	if emp := d.set.Employees[d.st.Employee]; emp != nil {
		staff = emp.Serves == "staff"
	}
	d.emit(Search{ID: id, Query: query, Article: article, Staff: staff, Locale: d.locale()})
	d.st.Awaiting = &Awaiting{ID: id, Kind: "search", Query: query, Intent: intent}
	if d.top() == nil {
		if d.st.Awaiting.Guesses = d.guesses(e); len(d.st.Awaiting.Guesses) > 0 {
			d.st.Awaiting.Said = &e
		}
	}
}

func (d *decider) topicName() string {
	if in := d.set.Intents[d.st.Topic]; in != nil {
		return d.pick(in.Label)
	}
	return d.flowName(d.st.Topic)
}

// answerOf finds the running flow's own answer to a question.
func (d *decider) answerOf(in *Instance, f *flow.Flow, e Said, v verdict) *flow.Answer {
	if a := d.ownWords(in, f, e); a != nil {
		return a
	}
	env := d.env(in, f)
	for _, a := range f.Answers {
		if v.intent != nil && v.kind != near && slices.Contains(a.Intents, v.intent.Name) && d.holds(a.WhenX, env) {
			return a
		}
	}
	return nil
}

// ownWords finds the running flow's own answer by the words of the question.
func (d *decider) ownWords(in *Instance, f *flow.Flow, e Said) *flow.Answer {
	text := strings.ToLower(e.Text)
	env := d.env(in, f)
	for _, a := range f.Answers {
		if slices.ContainsFunc(a.Words, func(w string) bool { return strings.Contains(text, w) }) && d.holds(a.WhenX, env) {
			return a
		}
	}
	return nil
}

// found takes the knowledge base's answer: the best passage word for word, or
// the truth that there is none, with a next step (K4, K5).
func (d *decider) found(e Found) {
	a := d.st.Awaiting
	if a == nil || a.ID != e.Search {
		d.note(NoteStale, "", "", "search "+e.Search)
		return
	}
	d.st.Awaiting = nil
	d.spoken = d.st.SaidN > 0
	if len(e.Passages) == 0 || e.Passages[0].Score < answerP || e.Passages[0].Text == "" {
		d.missed(a)
		return
	}
	p := e.Passages[0]
	if p.Generated && len(d.set.Promises(p.Text)) > 0 {
		d.missed(a) // a promise nobody may make is worse than no answer
		return
	}
	d.st.Fails = 0
	m := flow.Message{
		Kind: flow.KindAnswer, Text: p.Text, Generated: p.Generated,
		Source: &flow.Source{Article: p.Article, Passage: p.Passage, Title: p.Title, Row: p.Row},
	}
	if d.c.Edition == "elder" && !p.Generated {
		m = shorten(m)
	}
	if d.top() == nil {
		m.Actions = d.leads(a, p.Flow)
	}
	d.say(m)
	d.note(NoteAnswered, "", "", p.Article)
	if a.Intent != "" && d.top() == nil {
		d.st.Topic = a.Intent
	}
	d.retry()
}

func (d *decider) missed(a *Awaiting) {
	d.note(NoteMiss, "", "", a.Query)
	d.st.Fails++
	if d.tooMany() {
		return
	}
	if len(a.Guesses) > 0 {
		d.askGuess(a.Guesses, a.Said)
		return
	}
	key := "miss"
	if in := d.set.Intents[a.Intent]; in != nil && in.Kind == "later" {
		key = "miss_later"
	}
	d.sayPhrase(flow.KindText, key, []flow.Action{d.agentOffer()})
	d.retry()
}

// GuardNumbers says whether every number of an answer stands in one of the
// sources it was made from (K6). Separators and trailing zeros do not matter.
func GuardNumbers(answer string, sources ...string) bool {
	// Compiled here: a guard has no state, and answers are rare beside turns.
	re := regexp.MustCompile(`\d+(?:[,，]\d{3})*(?:\.\d+)?`)
	known := map[string]bool{}
	for _, s := range sources {
		for _, n := range re.FindAllString(s, -1) {
			known[plainNumber(n)] = true
		}
	}
	for _, n := range re.FindAllString(answer, -1) {
		if !known[plainNumber(n)] {
			return false
		}
	}
	return true
}

func plainNumber(s string) string {
	s = strings.NewReplacer(",", "", "，", "").Replace(s)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
