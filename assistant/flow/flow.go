package flow

import "fmt"

// Flow is one scripted business flow, parsed and checked.
type Flow struct {
	ID    string `yaml:"flow"`
	Name  Text   `yaml:"name"`
	Level Level  `yaml:"level"` // identity needed to begin
	// Careful flows ask once before they are cancelled with something filled in.
	Careful bool `yaml:"careful"`
	// Emergency flows may interrupt anything and are never asked about twice.
	Emergency bool `yaml:"emergency"`
	// Stops are the mishaps that an emergency flow is for: loss, misuse, scam.
	Stops []string `yaml:"stops" enum:"loss,misuse,scam"`
	// Hears are the alarms whose business a flow is: complaint, bereavement, scam.
	// It is begun, or offered, when one sounds.
	Hears []string `yaml:"hears" enum:"complaint,bereavement,scam"`
	// Covers are flows whose business this one does along the way: named beside it
	// in one message they are no second request.
	Covers []string `yaml:"covers"`
	// Queue is where a person for this flow waits: general, elder, wealth, safety.
	Queue string `yaml:"queue"`
	// Inputs are the names a calling flow must give; Outputs what it gets back.
	Inputs  []string          `yaml:"inputs"`
	Outputs map[string]string `yaml:"outputs"`
	Slots   []*Slot           `yaml:"slots"`
	Answers []*Answer         `yaml:"answers"`
	Steps   []*Step           `yaml:"steps"`

	// Hash is the SHA-256 of the file, hex; running instances pin it.
	Hash string `yaml:"-"`
	// Path is the file it came from.
	Path string `yaml:"-"`

	src     *SourceFile
	outputs map[string]*Expr
	slots   map[string]*Slot
	steps   map[string]int
	lines   map[string]int
	results map[string]bool
}

// Slot is one thing a flow must know.
type Slot struct {
	Name  string `yaml:"name"`
	Kind  string `yaml:"kind"` // see SlotKinds
	Label Text   `yaml:"label"`
	Ask   Text   `yaml:"ask"`
	Reask Text   `yaml:"reask"`
	// Default fills the slot without a question; a person may correct it later.
	Default string `yaml:"default"`
	// When says whether the slot is needed at all.
	When string `yaml:"when"`
	// Optional slots are never asked for; they hold what was said of them.
	Optional  bool     `yaml:"optional"`
	DependsOn []string `yaml:"depends_on"`
	// Words introduce the value of a text slot anywhere in a message: 备注生活费.
	Words []string `yaml:"words"`
	// Max is the longest value of a text slot, in characters; 0 for 100.
	Max int `yaml:"max"`
	// Many lets one run take several options (全部, 6688和3029): the flow is
	// gone through for each, by a loop step, on one confirmation of them all.
	// In expressions the slot is the option whose turn it is; its .all lists
	// every one.
	Many    bool      `yaml:"many"`
	Options *Options  `yaml:"options"`
	Choices []*Choice `yaml:"choices"`
	Checks  []*Check  `yaml:"checks"`
	// Display is the option's wording on read-backs and in slots; choices use their label.
	Display Text `yaml:"display"`

	AskT, ReaskT, DisplayT *Template `yaml:"-"`
	DefaultX, WhenX        *Expr     `yaml:"-"`
}

// Options are the things to choose from, read from the bank.
type Options struct {
	Call  string            `yaml:"call"`
	Args  map[string]string `yaml:"args"` // expressions; raw is what the customer wrote
	Items string            `yaml:"items"`
	Only  string            `yaml:"only"`   // condition on item
	Pick  string            `yaml:"prefer"` // condition: the first such item is taken unasked
	Label Text              `yaml:"label"`
	Note  Text              `yaml:"note"`
	None  Text              `yaml:"none"` // said when nothing is left to choose
	Card  CardKind          `yaml:"card"` // choice (default) or payees
	// Always asks even where a single option is left.
	Always bool `yaml:"always"`

	ArgsX                map[string]*Expr `yaml:"-"`
	ItemsX, OnlyX, PickX *Expr            `yaml:"-"`
	LabelT, NoteT, NoneT *Template        `yaml:"-"`
}

// NeedsRaw says that the options can't be read before the customer named one.
func (o *Options) NeedsRaw() bool {
	for _, x := range o.ArgsX {
		if x.names["raw"] {
			return true
		}
	}
	return false
}

// Choice is one fixed option of a slot of kind choice.
type Choice struct {
	Value string   `yaml:"value"`
	Label Text     `yaml:"label"`
	Words []string `yaml:"words"` // words in a message that mean it
}

// Check is a condition a value must meet, with the sentence that says why not.
type Check struct {
	If   string `yaml:"if"`
	Text Text   `yaml:"text"`

	IfX   *Expr     `yaml:"-"`
	TextT *Template `yaml:"-"`
}

// Answer answers a question about this very business from what is already
// known, before the knowledge base is asked.
type Answer struct {
	Intents []string `yaml:"intents"`
	Words   []string `yaml:"words"`
	When    string   `yaml:"when"`
	Text    Text     `yaml:"text"`

	WhenX *Expr     `yaml:"-"`
	TextT *Template `yaml:"-"`
}

// Step is one step; exactly one of its kinds is set.
type Step struct {
	ID   string `yaml:"id"`
	When string `yaml:"when"` // skipped unless true
	Next string `yaml:"next"` // default: the step below

	Say     *Say         `yaml:"say"`
	Ask     Names        `yaml:"ask"`
	Choose  *Choose      `yaml:"choose"`
	Confirm *Confirm     `yaml:"confirm"`
	StepUp  *StepUp      `yaml:"stepup"`
	Call    *Call        `yaml:"call"`
	Branch  []*Arm       `yaml:"branch"`
	Set     *Set         `yaml:"set"`
	Handoff *HandoffStep `yaml:"handoff"`
	Session *SessionStep `yaml:"session"`
	Subflow *Subflow     `yaml:"subflow"`
	End     *End         `yaml:"end"`

	Loop *Loop `yaml:"loop"`

	Wait     *Wait     `yaml:"wait"`
	Capture  *Capture  `yaml:"capture"`
	Sign     *Sign     `yaml:"sign"`
	Review   *Review   `yaml:"review"`
	Schedule *Schedule `yaml:"schedule"`

	Index int    `yaml:"-"`
	Kind  string `yaml:"-"`
	WhenX *Expr  `yaml:"-"`
	uses  map[string]bool
	reads map[string]bool // of a confirm: what its own text and card show
}

// Say says something and goes on.
type Say struct {
	Text    Text         `yaml:"text"`
	Card    *CardSpec    `yaml:"card"`
	Actions []*SayAction `yaml:"actions"`

	TextT *Template `yaml:"-"`
}

// SayAction is a tap offered beside a text: it starts a flow or asks for a person.
type SayAction struct {
	Label Text              `yaml:"label"`
	Flow  string            `yaml:"flow"`
	Slots map[string]string `yaml:"slots"`
	Agent bool              `yaml:"agent"`
}

// CardSpec is a card filled from slots and results.
type CardSpec struct {
	Kind   CardKind   `yaml:"kind"`
	Title  Text       `yaml:"title"`
	Amount string     `yaml:"amount"`
	Ref    string     `yaml:"ref"`
	Rows   []*RowSpec `yaml:"rows"`
	Table  *TableSpec `yaml:"table"`
	Note   Text       `yaml:"note"`

	TitleT, NoteT *Template `yaml:"-"`
	AmountX, RefX *Expr     `yaml:"-"`
}

// RowSpec is one row of a card: a slot, or a value with a label.
type RowSpec struct {
	Slot  string `yaml:"slot"`
	Label Text   `yaml:"label"`
	Value Text   `yaml:"value"`
	When  string `yaml:"when"`

	ValueT *Template `yaml:"-"`
	WhenX  *Expr     `yaml:"-"`
}

// TableSpec is a table with a row for each item of a list.
type TableSpec struct {
	Items   string    `yaml:"items"`
	Columns []*Column `yaml:"columns"`

	ItemsX *Expr `yaml:"-"`
}

// Column is one column; its value reads item.
type Column struct {
	Label Text `yaml:"label"`
	Value Text `yaml:"value"`

	ValueT *Template `yaml:"-"`
}

// Choose asks one question with fixed answers that lead on.
type Choose struct {
	Text    Text      `yaml:"text"`
	Options []*Branch `yaml:"options"`

	TextT *Template `yaml:"-"`
}

// Branch is one answer of a Choose.
type Branch struct {
	Label Text     `yaml:"label"`
	Words []string `yaml:"words"`
	// Yes and No let a typed yes or no choose this answer; only for questions
	// that run nothing.
	Yes  bool   `yaml:"yes"`
	No   bool   `yaml:"no"`
	Next string `yaml:"next"`
}

// Confirm reads an irreversible call back and waits for a yes to exactly that.
type Confirm struct {
	For  string    `yaml:"for"` // the call it confirms
	Text Text      `yaml:"text"`
	Card *CardSpec `yaml:"card"`
	Yes  Text      `yaml:"yes"` // the button: what it does, with the amount

	TextT, YesT *Template `yaml:"-"`
}

// StepUp opens the secure box bound to a call and its arguments: for an
// irreversible call it takes the factor; before a read it takes what may not stand
// in a chat (an account number) and proves nothing.
type StepUp struct {
	For   string `yaml:"for"`
	Level string `yaml:"level"` // expression giving L2 … L4; L1 before a read
	Text  Text   `yaml:"text"`
	Title Text   `yaml:"title"`

	LevelX *Expr     `yaml:"-"`
	TextT  *Template `yaml:"-"`
	TitleT *Template `yaml:"-"`
}

// Call names an operation of the bank.
type Call struct {
	Operation    string            `yaml:"operation"`
	Args         map[string]string `yaml:"args"`
	Save         string            `yaml:"save"`
	Irreversible bool              `yaml:"irreversible"`
	Level        Level             `yaml:"level"`
	Doing        Text              `yaml:"doing"` // said while an irreversible call runs
	// Stands is what stays although the flow is cancelled after this call was done.
	Stands Text `yaml:"stands"`
	// On leads on by outcome: done, refused, failed, unknown.
	On map[string]string `yaml:"on"`
	// Codes leads on by the refusal's code, before On.
	Codes map[string]string `yaml:"codes"`

	// Alone says whether this may only be confirmed while nobody else sees the
	// customer's screen.
	Alone string `yaml:"alone"`

	// Moves says that the call moves money: it is irreversible and is given a sum.
	// The risk service is asked about it, whatever its flow's author thinks.
	Moves bool `yaml:"-"`

	AloneX *Expr            `yaml:"-"`
	ArgsX  map[string]*Expr `yaml:"-"`
	DoingT *Template        `yaml:"-"`
	// StandsT is empty for a call that leaves nothing behind.
	StandsT *Template `yaml:"-"`
}

// Arm is one arm of a branch; the last may have no condition.
type Arm struct {
	When string `yaml:"when"`
	Next string `yaml:"next"`

	WhenX *Expr `yaml:"-"`
}

// Set gives values to results, clears slots and changes the edition.
type Set struct {
	Values map[string]string `yaml:"values"`
	Clear  []string          `yaml:"clear"`
	// Edition is what the customer sees from here on: standard or elder, as if
	// they had chosen it themselves.
	Edition string `yaml:"edition"`
	// Sound is off for who can't hear: nothing is read aloud by itself from here
	// on, in any edition, until another step says on.
	Sound string `yaml:"sound"`

	ValuesX map[string]*Expr `yaml:"-"`
}

// HandoffStep asks for a person and goes on.
type HandoffStep struct {
	Queue  string `yaml:"queue"`
	Reason Text   `yaml:"reason"`
	Urgent bool   `yaml:"urgent"`
	Text   Text   `yaml:"text"`

	ReasonT, TextT *Template `yaml:"-"`
}

// Subflow runs another flow and takes its outputs.
type Subflow struct {
	Flow string            `yaml:"flow"`
	With map[string]string `yaml:"with"`
	Save string            `yaml:"save"`

	WithX map[string]*Expr `yaml:"-"`
}

// Loop goes back to a step for the next option of a slot that takes many; with
// the last one done it goes on below.
type Loop struct {
	Slot string `yaml:"slot"`
	To   string `yaml:"to"`
}

// End ends the flow.
type End struct {
	Result string `yaml:"result"` // done, cancelled, refused
	Text   Text   `yaml:"text"`

	TextT *Template `yaml:"-"`
}

// Names is one name or a list of names in YAML.
type Names []string

// UnmarshalYAML takes a scalar as a list of one.
func (n *Names) UnmarshalYAML(unmarshal func(any) error) error {
	var many []string
	if err := unmarshal(&many); err == nil {
		*n = many
		return nil
	}
	var one string
	if err := unmarshal(&one); err != nil {
		return fmt.Errorf("a slot's name or a list of them: %w", err)
	}
	*n = Names{one}
	return nil
}

// SlotKinds are the kinds a slot can have: the entity kinds that fill it are
// decided by the dialogue.
func SlotKinds() []string {
	return []string{"amount", "payee", "account", "card", "text", "choice", "date", "number", "person", "term"}
}

// Slot finds a slot by name; nil when there is none.
func (f *Flow) Slot(name string) *Slot { return f.slots[name] }

// Step finds a step by id; nil when there is none.
func (f *Flow) Step(id string) *Step {
	if i, ok := f.steps[id]; ok {
		return f.Steps[i]
	}
	return nil
}

// Line is where a step stands in the flow's file.
func (f *Flow) Line(s *Step) int { return f.lines[s.ID] }

// Box is the step-up of a call: the step that opens its secure box; nil when it
// has none.
func (f *Flow) Box(call *Step) *Step {
	for _, s := range f.Steps {
		if s.StepUp != nil && s.StepUp.For == call.ID {
			return s
		}
	}
	return nil
}

// First is the first step.
func (f *Flow) First() *Step { return f.Steps[0] }

// After is the id of the step that follows s when nothing else leads on; empty
// at the end of the list.
func (f *Flow) After(s *Step) string {
	if s.Next != "" {
		return s.Next
	}
	if s.Index+1 < len(f.Steps) {
		return f.Steps[s.Index+1].ID
	}
	return ""
}

// At places a problem at a YAML path of the flow's file.
func (f *Flow) At(path, text, remedy string) Problem {
	if f.src == nil {
		return Problem{File: f.Path, Line: 1, Column: 1, Text: text, Remedy: remedy}
	}
	return f.src.At(path, text, remedy)
}

// Results are the names results are saved under.
func (f *Flow) Results() map[string]bool { return f.results }

// OutputsX are the compiled outputs.
func (f *Flow) OutputsX() map[string]*Expr { return f.outputs }

// Uses says whether step s reads a name (slot or result), directly or, for
// confirm and step-up, through the call it belongs to.
func (s *Step) Uses(name string) bool { return s.uses[name] }
