package dialogue

import (
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

// Effect is what a decision asks for. The set is sealed; Say, Act, Handoff,
// Session, Wake and Note are committed with the turn, Fetch and Search are
// answered inside it by an Event, as are StepUp and RiskCheck.
type Effect interface{ effect() }

// Say is one message to the customer.
type Say struct{ Message flow.Message }

// Fetch reads from the bank: an operation that changes nothing.
type Fetch struct {
	ID        string
	Operation string
	Args      map[string]any
	// Reference is the one-use reference of the secure box it reads from; empty
	// when none.
	Reference string
}

// Search asks the knowledge base.
type Search struct {
	ID    string
	Query string
	// Article is the article the understood intent names, to be preferred where
	// it may be read; empty when none is known.
	Article string
	// Staff is true only for employees that serve staff.
	Staff bool
	// Locale is the language the customer speaks now, zh or en; it may differ
	// from the conversation's.
	Locale string
}

// Act is one irreversible operation: committed as an action row, unique by
// (Instance, Step, Visit), run by a worker with the row's id as the key.
type Act struct {
	Instance  string
	Step      string
	Visit     int
	Operation string
	Args      map[string]any
	// Reference is the one-use secret reference of the step-up; empty when none.
	Reference string
	// Hash is the version of the flow that asks: a recalled one runs nothing more.
	Hash string
}

// StepUp asks the bank for a challenge bound to the action's arguments; it is
// answered inside the turn by a Result whose Value has ref and expires_at.
type StepUp struct {
	ID        string
	Level     flow.Level
	Operation string
	Args      map[string]any
	Fields    []flow.SecureField
}

// RiskCheck asks the bank's risk service about a call that moves money; it is
// answered inside the turn by a Result whose Value has verdict (allow, warn, hold,
// block), code, text and until. Who asks, from which device and place, the engine
// adds: a flow has no say in it.
type RiskCheck struct {
	ID          string
	Operation   string
	Account     string
	Transaction Transaction
	// Scams are the kinds of fraud the conversation sounds like, hints with a ?.
	Scams []string
	// Told is true when the customer was warned of this payee and has answered.
	Told bool
}

// Transaction is what the money is to do.
type Transaction struct {
	Payee  string `json:"payee,omitempty"`
	Name   string `json:"name,omitempty"`
	Amount string `json:"amount,omitempty"`
	First  bool   `json:"first"` // nothing was ever paid to the payee
}

// Args are the facts of a check as the bank's risk service takes them.
func (c RiskCheck) Args(customer, device, place string) map[string]any {
	return map[string]any{
		"customer": customer, "account": c.Account, "transaction": c.Transaction, "device": device, "place": place, "operation": c.Operation,
		"scams": append([]string{}, c.Scams...), "told": c.Told,
	}
}

// Handoff asks for a person.
type Handoff struct {
	Queue  string // general, elder, wealth, safety
	Reason string // one sentence for the agent
	Urgent bool
	// Needs are what is asked of the person, beside what the queue asks.
	Needs Needs
	// Due books a call-back for that time; zero asks for a person now. Either takes
	// the place of what was asked for before.
	Due time.Time
	// Form is what was filled in where the flow itself is over; nil means that
	// the conversation stands where it stands.
	Form *Form
}

// Needs are what a request asks of who serves it.
type Needs struct {
	Certificates []string `json:"certificates,omitempty"`
	Language     string   `json:"language,omitempty"` // asked for before others; empty is the conversation's
	Medium       string   `json:"medium,omitempty"`   // chat, voice, video; empty is chat
	Onsite       bool     `json:"onsite,omitempty"`   // nobody who works at home
	Not          []string `json:"not,omitempty"`      // staff who may not serve it
}

// Form is a form as a person takes it over.
type Form struct {
	Flow, Title, Step string
	Rows              []flow.Row
}

// CancelHandoff takes the request back.
type CancelHandoff struct{}

// Session asks for somebody outside: a remote session, a review, the customer's
// camera. The answer is a SessionChanged with this Ref.
type Session struct {
	Ref      string `json:"ref"`
	Kind     string `json:"kind"` // session, review, capture
	Instance string `json:"instance"`
	Step     string `json:"step"`
	Flow     string `json:"flow"`
	Purpose  string `json:"purpose,omitempty"`
	Title    string `json:"title"`
	Role     string `json:"role,omitempty"`   // tutor, reviewer, authoriser, double_record
	Medium   string `json:"medium,omitempty"` // chat, voice, video, screen; of a capture: photo, document, video
	Queue    string `json:"queue,omitempty"`
	// Certificates are what the person must be certified for.
	Certificates []string    `json:"certificates,omitempty"`
	Items        []CheckItem `json:"items,omitempty"`
	Fields       []string    `json:"fields,omitempty"` // what is to be read off the picture
	// Not are members of staff who may not answer: they had a hand in it.
	Not   []string  `json:"not,omitempty"`
	Until time.Time `json:"until"`
}

// CheckItem is one line of a check list.
type CheckItem struct {
	ID       string    `json:"id"`
	Label    flow.Text `json:"label"`
	Optional bool      `json:"optional,omitempty"`
}

// Withdraw takes a Session effect back: nobody waits for it any more.
type Withdraw struct {
	Ref string `json:"ref"`
}

// Edition changes what the customer sees, as if they had chosen it: standard or elder.
type Edition struct{ To string }

// Wake asks for a Tick at a time; the zero time asks for none.
type Wake struct{ At time.Time }

// Note is one fact about the dialogue for tests, analytics and the try-it pane.
// See the Note… constants for the kinds.
type Note struct {
	Kind string // flow.started, flow.finished, flow.cancelled, flow.suspended, flow.resumed, miss, alarm, slot
	Flow string
	Step string
	Text string
	// Instance is the running flow it is about, unique in its conversation; empty
	// for what is about none.
	Instance string `json:",omitempty"`
}

func (Say) effect()           {}
func (Fetch) effect()         {}
func (Search) effect()        {}
func (Act) effect()           {}
func (StepUp) effect()        {}
func (RiskCheck) effect()     {}
func (Handoff) effect()       {}
func (CancelHandoff) effect() {}
func (Session) effect()       {}
func (Withdraw) effect()      {}
func (Edition) effect()       {}
func (Wake) effect()          {}
func (Note) effect()          {}
