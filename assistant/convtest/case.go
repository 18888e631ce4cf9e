// Package convtest runs conversation tests: files of customer lines and of
// assertions on everything that follows from them. It drives dialogue.Step with
// a scripted bank and a fixed clock; nothing it does reaches a database, a model
// or the configured bank, and the same files give the same result every time.
package convtest

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// Case is one conversation.
type Case struct {
	Name     string   `yaml:"name"`
	Tags     []string `yaml:"tags"` // repair, money, elder …: counted in the report
	As       string   `yaml:"as"`   // a customer of Customers; default C002; anonymous for none
	Edition  string   `yaml:"edition"`
	Locale   string   `yaml:"locale"`
	Employee string   `yaml:"employee"` // default xiaoda
	Closed   bool     `yaml:"closed"`   // no agents on duty
	// Bank overrides the scripted bank by operation; each answer is used once,
	// the last one for good.
	Bank map[string][]Answer `yaml:"bank"`
	// Knowledge are passages the knowledge base finds when a query holds Has.
	Knowledge []Passage `yaml:"knowledge"`
	Steps     []*Turn   `yaml:"steps"`

	file     string
	line     int
	fixtures *Fixtures
}

// Scene is the folder of the scene the case belongs to: 13-transfer.
func (c *Case) Scene() string { return sceneOf(c.file) }

// UseFixturesOf lets a case that was made, not read, have the scripted bank of
// one that was read.
func (c *Case) UseFixturesOf(other *Case) { c.fixtures = other.fixtures }

// Answer is one scripted answer of the bank.
type Answer struct {
	Outcome string `yaml:"outcome"` // done (default), refused, unknown, failed
	Code    string `yaml:"code"`
	Value   any    `yaml:"value"`
	// Times is how often it is given before the next; default 1.
	Times int `yaml:"times"`
}

// Passage is one scripted passage.
type Passage struct {
	Has     string  `yaml:"has"`
	Article string  `yaml:"article"`
	Text    string  `yaml:"text"`
	Flow    string  `yaml:"flow"`
	Score   float64 `yaml:"score"` // default 0.9
}

// Turn is one input and what must follow from it. Exactly one of the inputs is
// set; Settle lets the actions that are under way end, and happens by itself
// after every input unless Hold is true.
type Turn struct {
	Say       string            `yaml:"say"`
	Tap       string            `yaml:"tap"`     // by label, the newest first
	TapOld    string            `yaml:"tap_old"` // by label, the oldest first
	Secure    map[string]string `yaml:"secure"`
	SecureOld bool              `yaml:"secure_old"` // the first box again
	Edit      map[string]string `yaml:"edit"`
	By        string            `yaml:"by"` // who edits; default customer
	Open      bool              `yaml:"open"`
	NewDevice bool              `yaml:"new_device"`
	Needs     []dialogue.Need   `yaml:"-"`
	Change    string            `yaml:"employee_to"`
	Desk      string            `yaml:"desk"` // queued, booked, accepted, handed_back, cancelled, closed
	// Due is for when the desk booked a call-back, where that is another time than
	// was asked for; Reason is due, missed, full, agent_lost or transferred.
	Due    string `yaml:"due"` // 2026-11-23T10:00
	Reason string `yaml:"reason"`
	// Closed leaves the desk empty in this turn.
	Closed bool `yaml:"closed"`
	Place  int  `yaml:"place"`
	Tick   bool `yaml:"tick"`
	// Session is what a colleague, a reviewer or the camera did; Event an
	// outside input by name; Sign a drawn signature under the newest document,
	// SignOld under the first.
	Session *SessionTurn `yaml:"session"`
	Event   *EventTurn   `yaml:"event"`
	Sign    bool         `yaml:"sign"`
	SignOld bool         `yaml:"sign_old"`
	// Recall takes the running flow's version back; it stays so.
	Recall  bool     `yaml:"recall"`
	After   string   `yaml:"after"` // a duration that passes first
	Settle  bool     `yaml:"settle"`
	Hold    bool     `yaml:"hold"`
	Replay  bool     `yaml:"replay"`  // the last settled action's outcome once more
	Late    string   `yaml:"late"`    // done or refused: what became of an action whose outcome was unknown
	Unseen  bool     `yaml:"unseen"`  // the client has not yet rendered the last messages
	Alarms  []string `yaml:"alarms"`  // added to what was understood
	SignIn  string   `yaml:"sign_in"` // the anonymous customer becomes this one, then opens
	OnLeave []string `yaml:"on_leave"`
	Watched bool     `yaml:"watched"` // somebody else sees the customer's screen
	// Afresh begins a new conversation before the input: another device, another
	// channel. Only the bank remembers what was before.
	Afresh bool `yaml:"afresh"`

	// TapAny taps one of all taps ever given out, by number; Try skips an input
	// that is not possible. Both are for generated conversations.
	TapAny int  `yaml:"-"`
	Try    bool `yaml:"-"`

	line int

	Expect `yaml:",inline"`
}

// Expect are the assertions on one turn.
type Expect struct {
	Reply        Names             `yaml:"reply"`     // each stands in some message of the turn
	Not          Names             `yaml:"not"`       // none stands in any
	Silent       bool              `yaml:"silent"`    // nothing is said
	Actions      Names             `yaml:"actions"`   // labels on offer
	NoAction     Names             `yaml:"no_action"` // labels not on offer
	Card         *CardExpect       `yaml:"card"`
	Slots        map[string]string `yaml:"slots"` // raw, id or item name; "" means unset
	FilledBy     map[string]string `yaml:"filled_by"`
	Called       []CallExpect      `yaml:"called"`     // in this turn, in order among others
	NotCalled    Names             `yaml:"not_called"` // in the whole conversation so far
	Count        map[string]int    `yaml:"count"`      // calls of an operation in the whole conversation so far
	Flow         *string           `yaml:"flow"`       // the active flow; "" for none
	Step         string            `yaml:"step"`
	Started      string            `yaml:"started"`
	Finished     string            `yaml:"finished"`
	Cancelled    string            `yaml:"cancelled"`
	Suspended    string            `yaml:"suspended"`
	Resumed      string            `yaml:"resumed"`
	Source       string            `yaml:"source"` // the article quoted
	Miss         bool              `yaml:"miss"`
	Handoff      string            `yaml:"handoff"`    // the queue asked
	TakenOver    map[string]string `yaml:"taken_over"` // what the person gets of a flow that is over, by label
	NoHandoff    bool              `yaml:"no_handoff"`
	Booked       *string           `yaml:"booked"`        // when a call-back is due afterwards: 2026-11-23T10:00; "" for none
	Serves       string            `yaml:"serves"`        // the employee afterwards
	Shown        string            `yaml:"shown"`         // the edition afterwards
	Sound        string            `yaml:"sound"`         // off: no message of the turn is read aloud by itself; on: each may be
	Asked        *AskedExpect      `yaml:"asked"`         // the session, review or picture that was asked for
	Withdrawn    bool              `yaml:"withdrawn"`     // what was asked of the desk is off
	Results      map[string]string `yaml:"results"`       // of the active flow: check.outcome: passed
	Parked       *string           `yaml:"parked"`        // the flow that waits for its time; "" for none
	Blocked      string            `yaml:"blocked"`       // why a word from outside did not count
	MaxSentences int               `yaml:"max_sentences"` // in each text (elder speech)
}

// SessionTurn is one word from outside. Items are ticked now; "all" ticks every
// item that was asked for. Fields with a ? at the end were read unsurely.
type SessionTurn struct {
	State   string            `yaml:"state"` // started, checking, dropped, ended (default), failed
	By      string            `yaml:"by"`    // default A01
	Role    string            `yaml:"role"`
	Items   Names             `yaml:"items"`
	Fields  map[string]string `yaml:"fields"`
	Outcome string            `yaml:"outcome"`
	Reason  string            `yaml:"reason"`
}

// EventTurn is one outside input.
type EventTurn struct {
	Name  string            `yaml:"name"`
	Value map[string]string `yaml:"value"`
}

// AskedExpect is what was asked of somebody outside.
type AskedExpect struct {
	Kind         string `yaml:"kind"`
	Role         string `yaml:"role"`
	Medium       string `yaml:"medium"`
	Queue        string `yaml:"queue"`
	Certificates Names  `yaml:"certificates"`
	Items        Names  `yaml:"items"`
	Not          Names  `yaml:"not"`
}

// CardExpect are the assertions on the last card of a turn.
type CardExpect struct {
	Kind    string            `yaml:"kind"`
	Amount  string            `yaml:"amount"`
	Words   string            `yaml:"words"`
	Rows    map[string]string `yaml:"rows"`
	Options Names             `yaml:"options"`
	Fields  Names             `yaml:"fields"`
}

// CallExpect is one call of the bank.
type CallExpect struct {
	Operation string            `yaml:"operation"`
	Args      map[string]string `yaml:"args"`
}

// Names is one name or several.
type Names = flow.Names

// Load reads the test files at paths: folders are searched for tests/*.yaml.
func Load(fsys fs.FS, paths ...string) ([]*Case, []flow.Problem) {
	var files []string
	var problems []flow.Problem
	for _, p := range paths {
		err := fs.WalkDir(fsys, p, func(f string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && path.Ext(f) == ".yaml" && (f == p || path.Base(path.Dir(f)) == "tests") {
				files = append(files, f)
			}
			return err
		})
		if err != nil {
			problems = append(problems, flow.Problem{File: p, Text: err.Error(), Remedy: "name a test file or a folder of scenes"})
		}
	}
	slices.Sort(files)
	fixtures, bad := LoadFixtures(fsys)
	problems = append(problems, bad...)
	var cases []*Case
	for _, f := range slices.Compact(files) {
		b, err := fs.ReadFile(fsys, f)
		if err != nil {
			problems = append(problems, flow.Problem{File: f, Text: err.Error(), Remedy: "make the file readable"})
			continue
		}
		var list []*Case
		src, bad := flow.Decode(f, b, &list)
		problems = append(problems, bad...)
		if len(bad) > 0 {
			continue
		}
		for i, c := range list {
			at := src.At(fmt.Sprintf("$[%d]", i), "", "")
			c.file, c.line, c.fixtures = f, at.Line, fixtures
			for j, t := range c.Steps {
				t.line = src.At(fmt.Sprintf("$[%d].steps[%d]", i, j), "", "").Line
			}
			if c.Name == "" || len(c.Steps) == 0 {
				problems = append(problems, src.At(fmt.Sprintf("$[%d]", i), "a case needs name: and steps:", "add them"))
				continue
			}
			cases = append(cases, c)
		}
	}
	return cases, problems
}

// Understand says what a text means at a time; the tests use the same function
// as the product.
type Understand func(text, locale string, now time.Time) dialogue.Understanding

// Start is the fixed time at which every case begins.
func Start() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("CST", 8*3600)) }
