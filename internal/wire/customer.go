package wire

import "time"

// Version is the protocol's version, said in the first frame of both sides.
const Version = 1

// FromCustomer is what a customer's client sends, told apart by Type.
// Exactly the fields named beside each type are read.
type FromCustomer struct {
	// hello: V, Ticket, Conversation, LastSeq, Device, Locale, Edition
	// send: ID, Text, Seen · tap: ID, Action · edit: ID, Slot, Value
	// employee: ID, Employee · settings: ID, Locale, Edition, On · seen: Seq
	// mute: ID, Need · ping · signal: Session, Signal
	Type string `json:"type" enum:"hello,send,tap,edit,employee,settings,seen,mute,ping,signal"`

	V            int    `json:"v,omitempty" doc:"protocol version, 1"`
	Ticket       string `json:"ticket,omitempty" doc:"single-use ticket from POST /api/v1/tickets"`
	Conversation string `json:"conversation,omitempty" doc:"conversation to go on with; empty for the subject's latest, new for a new one"`
	LastSeq      int64  `json:"last_seq,omitempty" doc:"highest seq the client has rendered"`
	Device       string `json:"device,omitempty" doc:"stable id of the device, made by the client"`
	Locale       string `json:"locale,omitempty" enum:"zh,en"`
	Edition      string `json:"edition,omitempty" enum:"standard,elder"`

	On string `json:"on,omitempty" format:"date-time" doc:"settings, demo only: hold the conversation as of this time"`

	ID       string  `json:"id,omitempty" doc:"the client's own id of this input, unique in its conversation: send it again unchanged until it is accepted"`
	Text     string  `json:"text,omitempty" maxLength:"2000"`
	Action   string  `json:"action,omitempty" doc:"id of an action or option, unchanged"`
	Slot     string  `json:"slot,omitempty"`
	Value    string  `json:"value,omitempty"`
	Employee string  `json:"employee,omitempty"`
	Need     string  `json:"need,omitempty" doc:"kind of opening need to switch off"`
	Seen     int64   `json:"seen,omitempty" doc:"highest seq rendered when this was sent: a typed 确认 counts only for a read-back at or below it"`
	Seq      int64   `json:"seq,omitempty"`
	Session  string  `json:"session,omitempty"`
	Signal   *Signal `json:"signal,omitempty"`
}

// ToCustomer is what the server sends, told apart by Type.
type ToCustomer struct {
	// welcome: Welcome · message: Message · accepted: ID, Seq, Replayed
	// draft: Draft · state: State · error: Error · pong · signal: Session, Signal
	// caught_up: Seq
	Type string `json:"type" enum:"welcome,message,accepted,draft,state,error,pong,signal,caught_up"`

	Welcome  *Welcome `json:"welcome,omitempty"`
	Message  *Message `json:"message,omitempty"`
	Draft    *Draft   `json:"draft,omitempty"`
	State    *State   `json:"state,omitempty"`
	Error    *Error   `json:"error,omitempty"`
	ID       string   `json:"id,omitempty" doc:"accepted: the input's id, now durable; error: the input that was refused"`
	Seq      int64    `json:"seq,omitempty" doc:"accepted: highest seq of the turn, 0 while it still runs; caught_up: last seq sent"`
	Replayed bool     `json:"replayed,omitempty" doc:"accepted: this id had been taken before, with the same body"`
	Session  string   `json:"session,omitempty"`
	Signal   *Signal  `json:"signal,omitempty"`
}

// Welcome is the server's first frame.
type Welcome struct {
	V            int        `json:"v"`
	Conversation string     `json:"conversation"`
	LastSeq      int64      `json:"last_seq"`
	Node         string     `json:"node"`
	Release      string     `json:"release"`
	Customer     string     `json:"customer" doc:"how the customer is addressed; empty when anonymous"`
	Employees    []Employee `json:"employees" nullable:"false"`
	State        State      `json:"state"`
	Locale       string     `json:"locale" enum:"zh,en"`
	Edition      string     `json:"edition" enum:"standard,elder"`
}

// Employee is a digital employee as customers see it.
type Employee struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Job      string `json:"job"`
	Greeting string `json:"greeting"`
	Hue      string `json:"hue" doc:"a CSS colour for its picture"`
	OnDuty   bool   `json:"on_duty"`
}

// State is what is going on, apart from messages.
type State struct {
	Speaker  string `json:"speaker" enum:"bot,queue,agent"`
	Employee string `json:"employee"`
	Locale   string `json:"locale" enum:"zh,en"`
	Edition  string `json:"edition" enum:"standard,elder"`
	// Mood is idle, listening, thinking or speaking.
	Mood  string `json:"mood,omitempty" enum:"idle,listening,thinking,speaking"`
	Agent *Agent `json:"agent,omitempty"`
	Queue *Queue `json:"queue,omitempty"`
	// Booked is when a call-back is due.
	Booked time.Time `json:"booked,omitzero"`
	Flow   string    `json:"flow,omitempty" doc:"name of the flow the conversation is in"`
	Step   string    `json:"step,omitempty"`
	// Session is the open remote session, if any.
	Session *Session `json:"session,omitempty"`
}

// Agent is what a customer may know of an agent.
type Agent struct {
	Name        string `json:"name"`
	Number      string `json:"number"`
	Certificate string `json:"certificate,omitempty"`
	Hue         string `json:"hue,omitempty"`
}

// Queue is the customer's place; zero values are not known and not shown.
type Queue struct {
	Place int `json:"place,omitempty"`
	WaitS int `json:"wait_s,omitempty"`
}

// Session is an open remote session.
type Session struct {
	ID      string   `json:"id"`
	Code    string   `json:"code" doc:"the four-digit 口令 both sides see"`
	State   string   `json:"state" enum:"offered,live,ended"`
	Sharing string   `json:"sharing,omitempty" enum:"screen,camera,none"`
	Present []string `json:"present" nullable:"false" doc:"everyone who sees or hears, by name"`
	// Visitor is the supervisor among them.
	Visitor *SessionVisitor `json:"visitor,omitempty"`
	// Review is how far the check list is where the session has one.
	Review *Progress `json:"review,omitempty"`
}

// SessionVisitor is a supervisor in a session. listen: hears and sees, and sends nothing;
// whisper: heard by the agent alone; barge: heard by everybody.
type SessionVisitor struct {
	Name   string `json:"name"`
	Number string `json:"number"`
	Mode   string `json:"mode" enum:"listen,whisper,barge"`
}

// Message is one committed message.
type Message struct {
	Seq  int64     `json:"seq"`
	Turn int64     `json:"turn"`
	At   time.Time `json:"at"`
	// Author is customer, bot, agent or system: the label 机器人 / 人工 / 系统.
	Author   string `json:"author" enum:"customer,bot,agent,system"`
	AuthorID string `json:"author_id,omitempty"`
	// Input is the id of the input that said it or caused it: a client puts the
	// committed message where its unsent one stood.
	Input     string   `json:"input,omitempty"`
	Kind      string   `json:"kind" enum:"text,ask,card,confirm,secure,answer,notice"`
	Text      string   `json:"text"`
	Card      *Card    `json:"card,omitempty"`
	Actions   []Action `json:"actions" nullable:"false"`
	Source    *Source  `json:"source,omitempty"`
	Generated bool     `json:"generated,omitempty" doc:"a model wrote part of it: 由AI生成"`
	Quiet     bool     `json:"quiet,omitempty" doc:"for who can't hear: not read aloud by itself"`
	// Masked is true when something secret was typed and replaced before storing.
	Masked bool `json:"masked,omitempty"`
}

// Draft is a part of an answer that still streams; it has no seq and is replaced
// by the committed message or discarded when a message of its turn arrives.
type Draft struct {
	Input   string `json:"input"`
	Attempt int    `json:"attempt"`
	N       int    `json:"n"`
	Text    string `json:"text"`
}

// Error is a refusal with a sentence for people.
type Error struct {
	Code       string `json:"code" enum:"bad_frame,bad_input,conflict,not_found,forbidden,unauthorized,too_large,busy,unavailable,closed"`
	Message    string `json:"message"`
	RetryAfter int    `json:"retry_after,omitempty" doc:"seconds after which trying again makes sense"`
}

// Signal carries WebRTC signalling and marks of a session, opaque to the chat.
type Signal struct {
	// Kind: offer, answer, candidate, ice (servers), mark, unmark, state, end, want, record, script
	Kind string `json:"kind" enum:"offer,answer,candidate,ice,mark,unmark,state,end,want,share,viewport,record,script"`
	Body string `json:"body,omitempty" doc:"JSON of the kind"`
}
