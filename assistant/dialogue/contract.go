package dialogue

import (
	"encoding/json"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// Event is anything that can move a conversation. The set is sealed: the turn
// builds exactly one first event from its input, then one Result for each
// Fetch effect, all inside the same turn.
type Event interface{ event() }

// Said is what a person wrote or spoke, with what was understood of it.
type Said struct {
	Text          string        // normalised for display, secrets already masked
	Understanding Understanding // what the text means, computed once and recorded
	// Delivered is the highest seq the sender's client had rendered when this
	// was sent; a typed 确认 counts only for a read-back at or below it.
	Delivered int64
}

// Tapped is one tap on an action or an option; ID is what the server gave out.
type Tapped struct{ ID string }

// Opened is the customer opening (or coming back to) the conversation.
type Opened struct {
	// NewDevice is true when the device differs from the one that last spoke.
	NewDevice bool
	// Needs are the opening needs the bank's facts gave; at most three.
	Needs []Need
}

// Need is one thing the customer probably came for, with its reason.
type Need struct {
	Flow   string            // flow to start when tapped; empty for an article
	Text   flow.Text         // what is offered: 您尾号0317的三年定期还有3天到期
	Reason flow.Text         // why the customer is told
	Slots  map[string]string // slots the flow starts with
	Kind   string            // what 不再提示 switches off
	// Ask is the question a tap asks the knowledge base where Flow is empty;
	// empty means Text.
	Ask flow.Text
}

// Edited is one field filled or corrected in a form card or by an agent.
type Edited struct {
	Slot  string
	Value string
	By    string // customer or agent
}

// Secured is a secure box that was filled: the reference the bank core gave for
// the encrypted value. The value itself is not known here.
type Secured struct {
	Ref       string // the box's Ref
	Reference string // one-use reference of the bank core
}

// Result answers one Fetch effect of the same turn.
type Result struct {
	Fetch   string          // Fetch.ID
	Outcome Outcome         //
	Code    string          // the refusal's or fault's code, empty when done
	Value   json.RawMessage // the operation's result; nil unless done
}

// ActionDone is the outcome of a durable action (see Act), as an input of its own.
type ActionDone struct {
	Instance string
	Step     string
	Visit    int
	Outcome  Outcome
	Code     string
	Value    json.RawMessage
}

// Outcome is how a bank operation ended.
type Outcome string

// The outcomes of an operation.
const (
	Done    Outcome = "done"
	Refused Outcome = "refused" // the bank said no, with a code
	Unknown Outcome = "unknown" // no answer, and asking by key gave none yet
	Failed  Outcome = "failed"  // a read that could not be made; never of an Act
)

// Found answers a Search effect of the same turn, best passage first.
type Found struct {
	Search   string // Search.ID
	Passages []Passage
}

// Passage is one passage that may answer a question.
type Passage struct {
	Article, Passage, Title, Text string
	Row                           string  // set when a table row was looked up exactly
	Score                         float64 // calibrated 0..1: how surely it answers
	Curated                       bool    // a curated answer is returned word for word
	// Generated is true when a model wrote Text from the passages it names.
	Generated bool
	Flow      string // the flow that does what the article tells of; may be empty
	// Facts are the kinds of the bank's facts about a customer that answer in
	// person; the engine puts them before Text for who is signed in.
	Facts []string
	// Internal is true for what customers may not read; only a search for staff
	// finds any.
	Internal bool
}

// Tick is the conversation's wake_at having come.
type Tick struct{}

// HandoffChanged is the desk's word: queued, place changed, accepted, handed back, given up.
type HandoffChanged struct {
	State HandoffState
	Agent AgentView
	Place int // 1 is next; 0 when not known
	WaitS int // expected seconds; 0 when not known
	// SpreadS is how many seconds more or less four waits of five are.
	SpreadS int
	Reason  string
	// Due is when a booked call-back is due.
	Due time.Time
}

// ReasonAgentLost is the Reason of a HandoffHandedBack that no agent meant: the
// agent's connection was lost. A HandoffQueued at the head of the queue follows.
const ReasonAgentLost = "agent_lost"

// ReasonTransferred is the Reason of a HandoffHandedBack by which the agent passed
// the customer on. A HandoffQueued at the head of a queue follows.
const ReasonTransferred = "transferred"

// ReasonStays is the Reason of a HandoffAccepted of a second agent who was there
// already and stays when the first one goes.
const ReasonStays = "stays"

// ReasonDue is the Reason of the HandoffQueued with which a booked time has come,
// ReasonMissed that of a HandoffBooked for another time: nobody came at the first
// one, by our fault. ReasonFull is that of a HandoffClosed: no slot has room.
const (
	ReasonDue    = "due"
	ReasonMissed = "missed"
	ReasonFull   = "full"
)

// AgentView is what a customer may know of an agent.
type AgentView struct{ ID, Name, Number, Certificate string }

// HandoffState is where a handoff stands.
type HandoffState string

// The states of a handoff.
const (
	HandoffQueued     HandoffState = "queued"
	HandoffBooked     HandoffState = "booked" // a person comes at Due
	HandoffAccepted   HandoffState = "accepted"
	HandoffHandedBack HandoffState = "handed_back"
	HandoffCancelled  HandoffState = "cancelled"
	HandoffClosed     HandoffState = "closed" // nobody on duty: said at once
	// A second agent joins, one of two leaves, the customer holds on, and no more.
	HandoffJoined  HandoffState = "joined"
	HandoffLeft    HandoffState = "left"
	HandoffHeld    HandoffState = "held"
	HandoffResumed HandoffState = "resumed"
)

// SessionChanged is the word of a remote session, a review or a camera: what
// became of what a Session effect asked for.
type SessionChanged struct {
	Session string
	State   string // started, checking, dropped, ended, failed
	Result  map[string]string
	// Ref is the effect's; empty means the one that waits.
	Ref string
	// By is the member of staff whose word it is, Role what they were to the customer.
	By   AgentView
	Role string
	// Items are ticks of the check list: all so far or the new ones.
	Items []Ticked
	// Fields are what was read off a picture, or filled in by the person.
	Fields map[string]Field
	// Outcome is passed, refused (with Reason), unsafe or failed, once it has ended.
	Outcome string
	Reason  string
}

// Ticked is one item of a check list, ticked or not, and when.
type Ticked struct {
	ID   string    `json:"id"`
	OK   bool      `json:"ok"`
	At   time.Time `json:"at,omitzero"` // when it came, where it is not said
	Note string    `json:"note,omitempty"`
	By   string    `json:"by,omitempty"`
}

// Field is one thing read off a picture: sure, or to be asked.
type Field struct {
	Value string `json:"value"`
	Sure  bool   `json:"sure"`
}

// Arrived is an outside input by its name: what a wait step waits for.
type Arrived struct {
	Name  string
	Value map[string]string
}

// EmployeeChanged is the customer changing to another digital employee.
type EmployeeChanged struct{ Employee string }

func (Said) event()            {}
func (Tapped) event()          {}
func (Opened) event()          {}
func (Edited) event()          {}
func (Secured) event()         {}
func (Result) event()          {}
func (ActionDone) event()      {}
func (Found) event()           {}
func (Tick) event()            {}
func (HandoffChanged) event()  {}
func (SessionChanged) event()  {}
func (Arrived) event()         {}
func (EmployeeChanged) event() {}

// Understanding is what was understood of one text. It is computed outside
// (intents, entity, detectors) and recorded with the turn, so that replay uses
// the record and not today's model.
type Understanding struct {
	Intents  []Scored        `json:"intents"`  // calibrated, best first, at most 5
	Entities []entity.Entity `json:"entities"` // in the order of the text
	Alarms   []string        `json:"alarms,omitempty"`
	// Scams are the kinds of fraud a text sounds like; hints end with a ?.
	Scams []string `json:"scams,omitempty"`
	// Paying is the kind it sounds like from who is about to pay; empty for almost
	// every message.
	Paying   string   `json:"paying,omitempty"`
	Parts    []string `json:"parts,omitempty"` // two requests in one message, in order
	Language string   `json:"language"`        // zh or en
	// Acts are turn-level cues, see the Act… constants; they stand apart from
	// intents and may all be absent.
	Acts []string `json:"acts,omitempty"`
	// Affirmed and Denied are what a message with a denial in one of its clauses
	// wants and what it does not (先不转账，就看看余额); nil for any other. Text is the
	// clause they are of.
	Affirmed *Understanding `json:"affirmed,omitempty"`
	Denied   *Understanding `json:"denied,omitempty"`
	Text     string         `json:"text,omitempty"`
	// PartsUnderstood is what was understood of each of Parts, in their order;
	// empty when the message is one request. The parts of a part stay empty.
	PartsUnderstood []Understanding `json:"parts_understood,omitempty"`
}

// The dialogue acts an Understanding may carry.
const (
	ActAffirm      = "affirm"       // a yes is in it: 好的, 可以, yes
	ActAffirmExact = "affirm_exact" // and nothing else is; never for 随便, 都行, 嗯
	ActDeny        = "deny"         // 不对, 不要, no
	ActCancel      = "cancel"       // 算了, 不办了
	ActRepeat      = "repeat"       // 再说一遍
	ActWait        = "wait"         // 等一下
	ActQuestion    = "question"     // looks like a question
	ActNegated     = "negated"      // 别转了, 不是要挂失
	ActCorrection  = "correction"   // 不对, 改成, 不是…是…
	ActResume      = "resume"       // 继续
	ActHelp        = "help"         // 我不会弄
)

// Scored is an intent with its calibrated probability, 0..1.
type Scored struct {
	Intent string  `json:"intent"`
	P      float64 `json:"p"`
}

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

// Context is what stays the same within one turn.
type Context struct {
	Now      time.Time // the injected clock, in the bank's zone
	Turn     int64
	Customer Customer
	Locale   string // zh or en
	Edition  string // standard or elder
	Employee string // the digital employee on duty in this conversation
	Speaker  string // bot, queue or agent
	AgentsOn bool   // false out of hours: the truth is said at once
	// Hours are when the people of each queue can call back.
	Hours map[string]Hours `json:",omitempty"`
	// NextSeq is the sequence number the first Say of this turn will get; the
	// dialogue counts on from it to know which message a read-back stands in.
	// 0 when not known: then every read-back counts as delivered.
	NextSeq int64
	// OnLeave are the digital employees that are off duty (停岗).
	OnLeave []string
	// Recalled are the hashes of flow versions that go no further: what runs them
	// goes to a person.
	Recalled []string
	// Watched is true while somebody else sees the customer's screen or hears
	// them: what a call names as alone is not confirmed meanwhile.
	Watched bool
	// Staff is true in the conversation of a member of staff: procedures may be
	// read there, and no business ever begins.
	Staff bool
}

// Customer is what the dialogue may know of who speaks.
type Customer struct {
	ID    string     // the bank's customer number; empty when anonymous
	Name  string     // how to address them: 王秀英
	Title string     // 女士, 先生
	Level flow.Level // identity level reached
	Age   int
	// Branch is the customer's branch, VIP who comes before others of the same
	// need: the desk routes by them.
	Branch string `json:",omitempty"`
	VIP    bool   `json:",omitempty"`
}
