package wire

import "time"

// FromStaff is what a desk sends, told apart by Type.
type FromStaff struct {
	// hello: V, Ticket · presence: Presence · accept: Handoff · decline: Handoff
	// send: Conversation, ID, Text · handback: Conversation, ID, Text (note)
	// open: Conversation (read) · session: Conversation, ID (offer a session)
	// end_session: Session · signal: Session, Signal · edit: Conversation, ID, Slot, Value · ping
	// reveal: Conversation, ID, Reason (show what is masked, for RevealSeconds)
	// review_take: Review · review_leave: Review · review_item: Review, Item, State, Text (note)
	// review_show: Review, Item (empty: nothing) · review_end: Review, Outcome, Reason
	// colleagues: ID (who is on duty, which queues there are) · hold, resume: Conversation
	// transfer: Conversation, ToAgent or ToQueue, Text (note) · invite: Conversation, ToAgent
	// leave: Conversation (one of two agents goes) · wrapup: Handoff, Codes, Text (note)
	// summary: Conversation, ID (what it was about, from its record; ask before handing back)
	// visit: Conversation, Mode, Reason (the first time): a supervisor reads along (read), or is in the remote
	// session too (listen, whisper, barge); leave ends both
	// Every frame may carry an ID; its accepted or error carries it back.
	Type string `json:"type" enum:"hello,presence,accept,decline,send,handback,open,session,end_session,signal,edit,reveal,review_take,review_leave,review_item,review_show,review_end,ping,colleagues,transfer,invite,leave,hold,resume,wrapup,summary,visit"`

	V            int     `json:"v,omitempty"`
	Ticket       string  `json:"ticket,omitempty"`
	Presence     string  `json:"presence,omitempty" enum:"ready,busy,away"`
	Handoff      string  `json:"handoff,omitempty"`
	Conversation string  `json:"conversation,omitempty"`
	ID           string  `json:"id,omitempty"`
	Text         string  `json:"text,omitempty" maxLength:"2000"`
	Slot         string  `json:"slot,omitempty"`
	Value        string  `json:"value,omitempty"`
	Session      string  `json:"session,omitempty"`
	Reason       string  `json:"reason,omitempty" maxLength:"300" doc:"reveal: why; it stands in the audit log and must hold no customer data. review_end: why it was refused"`
	Signal       *Signal `json:"signal,omitempty"`
	Review       string  `json:"review,omitempty" doc:"id of a Review"`
	Item         string  `json:"item,omitempty"`
	State        string  `json:"state,omitempty" enum:"open,ok,no"`
	Outcome      string  `json:"outcome,omitempty" enum:"passed,refused,unsafe,failed"`
	Mode         string  `json:"mode,omitempty" enum:"read,listen,whisper,barge,leave"`

	ToAgent string   `json:"to_agent,omitempty" doc:"transfer, invite: a staff id from colleagues"`
	ToQueue string   `json:"to_queue,omitempty" doc:"transfer: a queue from colleagues"`
	Codes   []string `json:"codes,omitempty" maxItems:"5" doc:"wrapup: what it was about; small letters, digits and -"`
}

// RevealSeconds is how long a desk may show what was revealed.
const RevealSeconds = 30

// Revealed is what stands behind the masks of one conversation: only what differs.
// A desk shows it until Seconds are over and keeps no copy. Secrets are not in it:
// they are never stored.
type Revealed struct {
	Seconds  int               `json:"seconds"`
	Rows     []Row             `json:"rows" nullable:"false" doc:"name and slots"`
	Messages []RevealedMessage `json:"messages" nullable:"false"`
}

// RevealedMessage is one message as it was written.
type RevealedMessage struct {
	Seq    int64  `json:"seq"`
	Author string `json:"author"`
	Text   string `json:"text"`
}

// ToStaff is what the server sends to a desk.
type ToStaff struct {
	// welcome: Staff, Queue, Presence · queue: Queue (the whole waiting list)
	// ring: Ring · ring_over: Handoff · taken: Case · message: Conversation, Message
	// case: Case (state, step, slots changed) · released: Conversation
	// accepted: ID · error: ID, Error · session: Conversation, Session · signal: Session id in SessionID, Signal · pong
	// revealed: Conversation, ID, Revealed · reviews: Reviews (the whole board)
	// presence: Presence (changed by itself: wrap-up began or ended)
	// summary: ID, Conversation, Summary
	// colleagues: ID, Colleagues, Queues · a ring whose Join is true asks to join a colleague: accept or decline it
	// accepted and error also carry what they answer: Handoff, Conversation, SessionID, Presence.
	// queue without Queue is an empty list. case with Messages is a whole conversation (open, by a
	// supervisor), without it only what stands beside the messages has changed.
	Type string `json:"type" enum:"welcome,queue,ring,ring_over,taken,message,case,released,accepted,error,session,signal,revealed,reviews,pong,presence,colleagues,summary"`

	Staff        *Person   `json:"staff,omitempty"`
	Presence     string    `json:"presence,omitempty" doc:"ready, busy, away, or wrapup: not rung until the conversation is written up or its time is over"`
	Queue        []Waiting `json:"queue,omitempty"`
	Ring         *Waiting  `json:"ring,omitempty"`
	Handoff      string    `json:"handoff,omitempty"`
	Case         *Case     `json:"case,omitempty"`
	Conversation string    `json:"conversation,omitempty"`
	Message      *Message  `json:"message,omitempty"`
	ID           string    `json:"id,omitempty"`
	Error        *Error    `json:"error,omitempty"`
	Session      *Session  `json:"session,omitempty"`
	SessionID    string    `json:"session_id,omitempty"`
	Signal       *Signal   `json:"signal,omitempty"`
	Revealed     *Revealed `json:"revealed,omitempty"`
	Reviews      []Review  `json:"reviews,omitempty" doc:"reviews without media that wait or are being worked on; reviews without it is an empty board"`

	Colleagues []Colleague `json:"colleagues,omitempty"`
	Queues     []string    `json:"queues,omitempty"`
	Summary    *Summary    `json:"summary,omitempty"`
}

// Summary is what a conversation was about, taken from its record and masked: the
// agent edits Text and sends it as the note of a hand-back, transfer or wrap-up.
type Summary struct {
	Request string      `json:"request" doc:"the customer's own words"`
	Done    []DoneThing `json:"done" nullable:"false"`
	Open    string      `json:"open,omitempty" doc:"business that stands at a step"`
	Text    string      `json:"text"`
}

// DoneThing is one thing that has a receipt.
type DoneThing struct {
	Title  string `json:"title"`
	Number string `json:"number"`
}

// Colleague is another agent on duty, whom a customer can be passed to.
type Colleague struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Number   string   `json:"number"`
	Presence string   `json:"presence"`
	Skills   []string `json:"skills" nullable:"false"`
	Free     int      `json:"free" doc:"conversations that fit in yet"`
}

// Passed says how a customer was transferred.
type Passed struct {
	By   string    `json:"by" doc:"staff id"`
	Name string    `json:"name"`
	Note string    `json:"note" doc:"masked"`
	At   time.Time `json:"at"`
}

// Guest is the second agent of a conversation.
type Guest struct {
	ID     string `json:"id"`
	Joined bool   `json:"joined" doc:"false: asked, and rung for"`
}

// Waiting is one customer in a queue.
type Waiting struct {
	Handoff      string    `json:"handoff"`
	Conversation string    `json:"conversation"`
	Queue        string    `json:"queue"`
	Customer     string    `json:"customer" doc:"masked name"`
	Reason       string    `json:"reason"`
	Flow         string    `json:"flow,omitempty"`
	Step         string    `json:"step,omitempty"`
	Urgent       bool      `json:"urgent,omitempty"`
	Edition      string    `json:"edition,omitempty"`
	Since        time.Time `json:"since"`
	RingUntil    time.Time `json:"ring_until,omitzero"`
	Elder        bool      `json:"elder,omitempty" doc:"65 or older"`
	VIP          bool      `json:"vip,omitempty"`
	Medium       string    `json:"medium,omitempty" enum:"chat,voice,video"`
	Passed       *Passed   `json:"passed,omitempty"`
	Due          time.Time `json:"due,omitzero" doc:"a call-back is due then; one that waits was promised that time"`
	Booked       bool      `json:"booked,omitempty" doc:"a call-back that is not due yet: taken before its time only while the customer is in the chat"`
	Join         bool      `json:"join,omitempty" doc:"a ring: join the colleague who has this customer"`
}

// Case is everything an agent gets with a conversation, limited to the role.
type Case struct {
	Conversation string    `json:"conversation"`
	Handoff      string    `json:"handoff"`
	Queue        string    `json:"queue"`
	Reason       string    `json:"reason"`
	Customer     Customer  `json:"customer"`
	Flow         string    `json:"flow,omitempty"`
	FlowTitle    string    `json:"flow_title,omitempty"`
	Step         string    `json:"step,omitempty"`
	StepTitle    string    `json:"step_title,omitempty"`
	Slots        []Row     `json:"slots" nullable:"false"`
	Messages     []Message `json:"messages" nullable:"false"`
	Since        time.Time `json:"since"`
	Edition      string    `json:"edition"`
	Locale       string    `json:"locale"`
	Session      *Session  `json:"session,omitempty"`
	// Review is what the flow asked of this member of staff here.
	Review *Review   `json:"review,omitempty"`
	Owner  string    `json:"owner,omitempty" doc:"staff id of who owns it; another one is the guest"`
	Guest  *Guest    `json:"guest,omitempty"`
	Held   time.Time `json:"held,omitzero" doc:"the customer holds on since then"`
	Passed *Passed   `json:"passed,omitempty"`
}

// Customer is a masked profile.
type Customer struct {
	Name  string `json:"name"`
	Level string `json:"level"`
	Phone string `json:"phone,omitempty"`
	Age   int    `json:"age,omitempty"`
	Rows  []Row  `json:"rows" nullable:"false"`
}
