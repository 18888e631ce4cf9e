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
