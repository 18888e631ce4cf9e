package dialogue

import (
	"maps"
	"slices"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

// StateVersion is the version of State this code writes; Step refuses a newer one.
const StateVersion = 1

// State is everything a conversation's dialogue remembers between events. It
// is plain data: JSON in, JSON out, equal states decide equally.
type State struct {
	Version  int    `json:"v"`
	Counter  int    `json:"n"`              // numbers instances, offers and effects
	Turn     int64  `json:"turn,omitempty"` // the turn SaidInTurn counts for
	SaidN    int    `json:"said_n,omitempty"`
	Locale   string `json:"locale,omitempty"`
	Employee string `json:"employee,omitempty"`
	Greeted  bool   `json:"greeted,omitempty"`
	// LastAt is when the customer last did something.
	LastAt time.Time `json:"last_at,omitzero"`
	// Stack holds the running flows, the active one last.
	Stack []Instance `json:"stack,omitempty"`
	// Parked are flows that wait for their time and leave the conversation free.
	Parked  []Instance     `json:"parked,omitempty"`
	Pending *Pending       `json:"pending,omitempty"`
	Offers  []Offer        `json:"offers,omitempty"`
	Said    []flow.Message `json:"said,omitempty"` // what 再说一遍 repeats
	Fails   int            `json:"fails,omitempty"`
	Nudges  int            `json:"nudges,omitempty"`
	Handoff HandoffInfo    `json:"handoff,omitzero"`
	// Awaiting is the effect of this turn whose answer is not there yet.
	Awaiting *Awaiting `json:"awaiting,omitempty"`
	// Later are requests of one message that wait for their turn.
	Later []Later `json:"later,omitempty"`
	// Topic is what was last talked of: a flow, else an intent.
	Topic string `json:"topic,omitempty"`
	// Open are actions whose outcome is unknown although their flow has gone on.
	Open  []OpenAction `json:"open,omitempty"`
	Woken bool         `json:"woken,omitempty"` // a wake-up is set
	// Locks are operations that are shut after wrong codes, and until when.
	Locks map[string]time.Time `json:"locks,omitempty"`
	// Left is set from the customer's leaving the queue until the desk has heard
	// of it: what it told before means nothing any more.
	Left bool `json:"left,omitempty"`
	// Alarm is what rang last, until it was taken back: fraud, disowned,
	// self_harm, danger.
	Alarm string `json:"alarm,omitempty"`
	// Person is who was last named as a payee or a person: what 他 means.
	Person string `json:"person,omitempty"`
	// Scams are the kinds of fraud this conversation has sounded like, hints with
	// a ?; ScamAt is when the last of them was heard.
	Scams  []string  `json:"scams,omitempty"`
	ScamAt time.Time `json:"scam_at,omitzero"`
	// Last is what became of the last thing that was to be done; nil when nothing was.
	Last *Deed `json:"last,omitempty"`
	// Quiet is set for who can't hear: nothing said is read aloud by itself.
	Quiet bool `json:"quiet,omitempty"`
}

// Instance is one running flow.
type Instance struct {
	ID      string                `json:"id"`
	Flow    string                `json:"flow"`
	Hash    string                `json:"hash"`
	Step    string                `json:"step"`
	Entered bool                  `json:"entered,omitempty"` // the visit of Step is counted
	Visits  map[string]int        `json:"visits,omitempty"`
	Trail   []string              `json:"trail,omitempty"` // steps gone through, oldest first
	Slots   map[string]Value      `json:"slots,omitempty"`
	Results map[string]any        `json:"results,omitempty"`
	Options map[string]OptionList `json:"options,omitempty"`
	Refusal map[string]any        `json:"refusal,omitempty"`
	// Asked are slots the customer wants to choose: no default, no preference.
	Asked map[string]bool `json:"asked,omitempty"`
	// Confirmed is the argument hash the customer said yes to, by call.
	Confirmed map[string]string `json:"confirmed,omitempty"`
	// Boxes are the step-up challenges, by call.
	Boxes map[string]Box `json:"boxes,omitempty"`
	// Cleared is the risk service's leave, by call.
	Cleared map[string]Cleared `json:"cleared,omitempty"`
	// Told is the payee about whom the customer was warned and has answered.
	Told string `json:"told,omitempty"`
	// Acting is the irreversible call that is on its way; nothing is changed meanwhile.
	Acting    string `json:"acting,omitempty"`
	Suspended bool   `json:"suspended,omitempty"`
	// Left is the turn in which another business was begun from an open box.
	Left   int64          `json:"left,omitempty"`
	Parent string         `json:"parent,omitempty"` // the instance that called this sub-flow
	Input  map[string]any `json:"input,omitempty"`
	// Heard is the message that began it, for an option it names by a name only
	// the bank knows: 家用卡丢了.
	Heard string `json:"heard,omitempty"`
	// Demand is what was asked of somebody outside; nil when nothing is open.
	Demand *Demand `json:"demand,omitempty"`
	// Handled are the members of staff who have had a hand in this run.
	Handled []string `json:"handled,omitempty"`
	// Good are the outside steps that went well; Kept those of them that a
	// correction did not touch and that are not gone through again.
	Good map[string]bool `json:"good,omitempty"`
	Kept map[string]bool `json:"kept,omitempty"`
	// Unsure is what a picture seems to say, by slot.
	Unsure map[string]string `json:"unsure,omitempty"`
	// Spoilt is how many pictures came out badly.
	Spoilt int `json:"spoilt,omitempty"`
	// Early are outside inputs that came before their step.
	Early map[string]map[string]string `json:"early,omitempty"`
}

// ItemState is one item of a check list as it stands.
type ItemState struct {
	OK   bool      `json:"ok,omitempty"`
	At   time.Time `json:"at,omitzero"`
	Note string    `json:"note,omitempty"`
	By   string    `json:"by,omitempty"`
}

// Value is what a slot holds.
type Value struct {
	Raw  string         `json:"raw,omitempty"`  // as the customer named it
	ID   string         `json:"id,omitempty"`   // canonical; empty until resolved
	Item map[string]any `json:"item,omitempty"` // the chosen option
	By   string         `json:"by,omitempty"`   // customer, agent, system
	Turn int64          `json:"turn,omitempty"`
	// All are the options of a slot that took several, Item the one of them
	// whose turn it is, At its place; empty for a slot that took one.
	All []map[string]any `json:"all,omitempty"`
	At  int              `json:"at,omitempty"`
}

// OptionList is what the bank offered for a slot.
type OptionList struct {
	Raw   string           `json:"raw"`
	Items []map[string]any `json:"items"`
	// Out are the ids of those that the customer spoke against.
	Out []string `json:"out,omitempty"`
}

// Box is a step-up challenge for one call with one set of arguments.
type Box struct {
	Ref       string             `json:"ref"`
	Hash      string             `json:"hash"`
	ExpiresAt string             `json:"expires_at,omitempty"`
	Fields    []flow.SecureField `json:"fields,omitempty"`
	SMSTo     string             `json:"sms_to,omitempty"`
	Reference string             `json:"reference,omitempty"` // set once it was filled
}

// Pending is the question that is open.
type Pending struct {
	Kind     PendingKind `json:"kind"`
	Instance string      `json:"instance,omitempty"`
	Step     string      `json:"step,omitempty"`
	Slot     string      `json:"slot,omitempty"`
	Hash     string      `json:"hash,omitempty"` // of a read-back: its arguments
	Seq      int64       `json:"seq,omitempty"`  // of a read-back: the message it stands in
	// Prompt is said again after a digression where no step says it.
	Prompt *flow.Message `json:"prompt,omitempty"`
	Offer  string        `json:"offer,omitempty"` // what a plain yes takes up
	Other  string        `json:"other,omitempty"` // what a plain no takes up
}

// PendingKind names an open question.
type PendingKind string

// The open questions.
const (
	PendingSlot     PendingKind = "slot"
	PendingChoose   PendingKind = "choose"
	PendingConfirm  PendingKind = "confirm"
	PendingSecure   PendingKind = "secure"
	PendingActing   PendingKind = "acting"
	PendingOutside  PendingKind = "outside" // somebody outside has the word
	PendingCapture  PendingKind = "capture" // the customer's camera
	PendingCheck    PendingKind = "check"   // whether all that was read off a picture is right
	PendingSign     PendingKind = "sign"
	PendingCancel   PendingKind = "cancel"
	PendingResume   PendingKind = "resume"
	PendingWhich    PendingKind = "which"
	PendingEmployee PendingKind = "employee"
	PendingRetry    PendingKind = "retry"
	PendingSignIn   PendingKind = "signin"
	PendingAgent    PendingKind = "agent"  // whether a person shall help
	PendingPause    PendingKind = "pause"  // how to go on after the fear of a fraud
	PendingWarned   PendingKind = "warned" // how the customer knows a payee the risk service warned of
	PendingEither   PendingKind = "either" // two ways on, both as taps
	PendingDoubt    PendingKind = "doubt"  // whether a value is to replace what was read back
	PendingFault    PendingKind = "fault"  // what of a read-back is wrong
	PendingBrake    PendingKind = "brake"  // who asked for the money, after a scam was heard of
)

// Offer is one tap given out, by id.
type Offer struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind"` // see tap.go
	Flow     string            `json:"flow,omitempty"`
	Instance string            `json:"instance,omitempty"`
	Employee string            `json:"employee,omitempty"`
	Slots    map[string]string `json:"slots,omitempty"`
	Label    string            `json:"label,omitempty"`
	Said     *Said             `json:"said,omitempty"`   // what was said when it was offered
	Values   map[string]Value  `json:"values,omitempty"` // what a slot is changed to
}

// HandoffInfo is what the dialogue knows of a handoff.
type HandoffInfo struct {
	State HandoffState `json:"state,omitempty"`
	Queue string       `json:"queue,omitempty"`
	Place int          `json:"place,omitempty"`
	WaitS int          `json:"wait_s,omitempty"`
	Agent string       `json:"agent,omitempty"`
	// Reason is why a person was asked for, the queue's Queue kept beside it: a
	// call-back is booked for the same.
	Reason string `json:"reason,omitempty"`
	// Due is when a booked call-back is due. Unheard says that the desk has not
	// yet had its say of it: what it told before means nothing any more.
	Due     time.Time `json:"due,omitzero"`
	Unheard bool      `json:"unheard,omitempty"`
	// Times are those on offer, while none is chosen.
	Times []time.Time `json:"times,omitempty"`
}

// Awaiting is one effect answered inside the turn.
type Awaiting struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"` // options, call, stepup, risk, brake, search
	Instance string `json:"instance,omitempty"`
	Step     string `json:"step,omitempty"`
	Slot     string `json:"slot,omitempty"`
	Hash     string `json:"hash,omitempty"`
	Query    string `json:"query,omitempty"`
	Intent   string `json:"intent,omitempty"`
	// As is the other name under which a payee is looked for, everyone for the
	// whole list.
	As string `json:"as,omitempty"`
	// Guesses are the intents that were perhaps meant, likeliest first; Said is
	// the message they were guessed from.
	Guesses []string `json:"guesses,omitempty"`
	Said    *Said    `json:"said,omitempty"`
}

// Later is one request that waits for the one before it.
type Later struct {
	Said Said `json:"said"`
}

// OpenAction is an action whose outcome was unknown when its flow went on.
type OpenAction struct {
	Instance string `json:"instance"`
	Step     string `json:"step"`
	Visit    int    `json:"visit"`
	Flow     string `json:"flow"`
	Deed     Deed   `json:"deed,omitzero"`
	Warned   string `json:"warned,omitempty"` // the instance that was told it may do the same twice
}

// clone copies what Step may write to. Items, results and messages are never
// written after they are stored, so they are shared.
func (s State) clone() State {
	s.Stack, s.Parked = cloned(s.Stack), cloned(s.Parked)
	if s.Pending != nil {
		p := *s.Pending
		s.Pending = &p
	}
	if s.Awaiting != nil {
		a := *s.Awaiting
		s.Awaiting = &a
	}
	s.Offers = slices.Clone(s.Offers)
	s.Said = slices.Clone(s.Said)
	s.Later = slices.Clone(s.Later)
	s.Open = slices.Clone(s.Open)
	s.Locks = copied(s.Locks)
	return s
}

func cloned(list []Instance) []Instance {
	list = slices.Clone(list)
	for i := range list {
		in := &list[i]
		in.Visits = copied(in.Visits)
		in.Slots = copied(in.Slots)
		in.Results = copied(in.Results)
		in.Options = copied(in.Options)
		in.Asked = copied(in.Asked)
		in.Confirmed = copied(in.Confirmed)
		in.Boxes = copied(in.Boxes)
		in.Cleared = copied(in.Cleared)
		in.Good = copied(in.Good)
		in.Kept = copied(in.Kept)
		in.Unsure = copied(in.Unsure)
		in.Early = copied(in.Early)
		in.Trail = slices.Clone(in.Trail)
		if in.Demand != nil {
			q := *in.Demand
			in.Demand = &q
		}
	}
	return list
}

func copied[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return maps.Clone(m)
}

// Active is the flow that is running: its id, step and slots as display
// strings are for the desk and tests; nil when none runs.
func (s State) Active() *Instance {
	if len(s.Stack) == 0 {
		return nil
	}
	return &s.Stack[len(s.Stack)-1]
}
