// Package content compiles the files of one release into a content.Set: the
// flows, the catalogue of intents, the digital employees and the sentences the
// dialogue says. A Set is immutable and safe for concurrent use; a new release
// is a new Set.
package content

import (
	"maps"
	"slices"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

// Set is everything the dialogue needs of one release.
type Set struct {
	// Hash is the SHA-256 over all files, hex.
	Hash      string
	Scenes    []*Scene
	Intents   map[string]*Intent
	Employees map[string]*Employee
	// Tales are the kinds of fraud the scam brake has learned of, by name.
	Tales map[string]*Tale
	// Tables are the names of the tables that are looked up exactly.
	Tables []string

	// days are the days of the table holidays: true where the bank is open.
	days     map[string]bool
	flows    map[string]*flow.Flow
	byHash   map[string]*flow.Flow
	byIntent map[string]*flow.Flow
	phrases  map[string]*flow.Template
	wording  wording
}

// Scene is one scene of the library: a flow with its intents, knowledge, tests.
type Scene struct {
	Number    string    `yaml:"number"` // as in the list of scenes: 13, R4
	ID        string    `yaml:"id"`     // the flow's id
	Name      flow.Text `yaml:"name"`
	Group     flow.Text `yaml:"group"`
	Purpose   flow.Text `yaml:"purpose"`
	Owner     string    `yaml:"owner"`
	Risk      string    `yaml:"risk"` // information, low, money, identity
	Identity  string    `yaml:"identity"`
	Employees []string  `yaml:"employees"`
	Articles  []string  `yaml:"articles"`

	// Dir is the scene's folder inside the release.
	Dir string `yaml:"-"`
}

// Intent is one thing a customer can want.
type Intent struct {
	Name    string    `yaml:"name"`
	Label   flow.Text `yaml:"label"` // as a customer reads it
	Kind    string    `yaml:"kind"`  // flow, knowledge, social, later, none
	Flow    string    `yaml:"flow"`
	Article string    `yaml:"article"`
	// Leads is the flow that does what a question is about; it is offered beside
	// the answer, and counts with the flow's own intents when one must be guessed.
	Leads string `yaml:"leads"`
	// Negated marks intents whose sentences deny something else (不是挂失, 就锁一下);
	// only they may begin anything from a message with a denial in it.
	Negated bool `yaml:"negated"`
	// Slots are values the intent itself gives: 卡被偷了 says kind = stolen.
	Slots    map[string]string   `yaml:"slots"`
	Examples map[string][]string `yaml:"examples"`
}

// Example is one training sentence.
type Example struct{ Intent, Text, Locale string }

// Employee is one digital employee as the content describes it; whether they
// are on duty is not content.
type Employee struct {
	ID       string    `yaml:"id"`
	Name     flow.Text `yaml:"name"`
	Job      flow.Text `yaml:"job"`
	Serves   string    `yaml:"serves"` // customer or staff
	Greeting flow.Text `yaml:"greeting"`
	Tone     any       `yaml:"tone"`
	// Scenes are the flows the employee may run: those whose scene.yaml names
	// the employee, and further ones named here.
	Scenes     []string             `yaml:"scenes"`
	Knowledge  []string             `yaml:"knowledge"`
	Hours      any                  `yaml:"hours"`
	Supervisor string               `yaml:"supervisor"`
	Hue        any                  `yaml:"hue"`
	States     map[string]flow.Text `yaml:"states"`
	Picture    string               `yaml:"picture"`
	// Recommends says that the employee may suggest products.
	Recommends bool `yaml:"recommends"`
	Voice      any  `yaml:"voice"`
}

// May says whether the employee may run a flow.
func (e *Employee) May(flowID string) bool { return e != nil && slices.Contains(e.Scenes, flowID) }

// BusinessDay says whether the bank is open on a day: by the table of holidays,
// else from Monday to Friday.
func (s *Set) BusinessDay(t time.Time) bool {
	if open, ok := s.days[t.Format(time.DateOnly)]; ok {
		return open
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// Flow finds the current flow of an id; nil when there is none.
func (s *Set) Flow(id string) *flow.Flow { return s.flows[id] }

// Pinned finds the flow with this hash: the current one, or one added by With.
func (s *Set) Pinned(hash string) *flow.Flow { return s.byHash[hash] }

// Flows are the current flows by id, sorted.
func (s *Set) Flows() []*flow.Flow {
	var out []*flow.Flow
	for _, id := range slices.Sorted(maps.Keys(s.flows)) {
		out = append(out, s.flows[id])
	}
	return out
}

// Versions are all flows the set knows, those of earlier releases too.
func (s *Set) Versions() []*flow.Flow {
	var out []*flow.Flow
	for _, hash := range slices.Sorted(maps.Keys(s.byHash)) {
		out = append(out, s.byHash[hash])
	}
	return out
}

// With returns a set that also knows flows of earlier releases, for instances
// that pinned them. They start nothing.
func (s *Set) With(earlier ...*flow.Flow) *Set {
	c := *s
	c.byHash = maps.Clone(s.byHash)
	for _, f := range earlier {
		if _, ok := c.byHash[f.Hash]; !ok {
			c.byHash[f.Hash] = f
		}
	}
	return &c
}

// Replace returns a set in which f stands for the flow of its id: a draft that is
// tried, or a defect that is planted.
func (s *Set) Replace(f *flow.Flow) *Set {
	c := *s
	c.flows, c.byHash, c.byIntent = maps.Clone(s.flows), maps.Clone(s.byHash), maps.Clone(s.byIntent)
	c.flows[f.ID], c.byHash[f.Hash] = f, f
	for intent, before := range s.byIntent {
		if before.ID == f.ID {
			c.byIntent[intent] = f
		}
	}
	return &c
}

// FlowOf finds the flow an intent starts; nil when it starts none.
func (s *Set) FlowOf(intent string) *flow.Flow { return s.byIntent[intent] }

// Topic is the flow an intent starts or leads to; nil when there is none.
func (s *Set) Topic(in *Intent) *flow.Flow {
	if f := s.byIntent[in.Name]; f != nil {
		return f
	}
	return s.flows[in.Leads]
}

// Phrase is a general sentence by key; nil when the release has none.
func (s *Set) Phrase(key string) *flow.Template { return s.phrases[key] }

// Examples are all training sentences, sorted by intent, in file order within.
func (s *Set) Examples() []Example {
	var out []Example
	for _, n := range slices.Sorted(maps.Keys(s.Intents)) {
		in := s.Intents[n]
		for _, locale := range slices.Sorted(maps.Keys(in.Examples)) {
			for _, text := range in.Examples[locale] {
				out = append(out, Example{Intent: n, Text: text, Locale: locale})
			}
		}
	}
	return out
}

// EmployeeFor finds an employee who serves customers and may run a flow; nil
// when there is none. The first by id wins, so that the answer never varies.
func (s *Set) EmployeeFor(flowID string) *Employee {
	for _, id := range slices.Sorted(maps.Keys(s.Employees)) {
		if e := s.Employees[id]; e.Serves != "staff" && e.May(flowID) {
			return e
		}
	}
	return nil
}
