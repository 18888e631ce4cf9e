package wire

import "time"

// Review is what a flow asked of a member of staff: a session (kind session, the
// one who was called and accepted works on it) or a review without media, which
// stands on a board until somebody takes it.
type Review struct {
	ID           string `json:"id"`
	Conversation string `json:"conversation"`
	Kind         string `json:"kind" enum:"session,review"`
	Role         string `json:"role,omitempty" enum:"tutor,reviewer,authoriser,double_record"`
	Medium       string `json:"medium,omitempty" enum:"chat,voice,video,screen"`
	Flow         string `json:"flow" doc:"id of the flow"`
	Title        string `json:"title"`
	Queue        string `json:"queue,omitempty"`
	Customer     string `json:"customer" doc:"masked name"`
	State        string `json:"state" enum:"waiting,taken,ended"`
	Agent        string `json:"agent,omitempty" doc:"name of who has it"`
	Mine         bool   `json:"mine,omitempty"`
	// Barred is true for who had a hand in it: another person must decide.
	Barred  bool         `json:"barred,omitempty"`
	Since   time.Time    `json:"since"`
	TakenAt time.Time    `json:"taken_at,omitzero"`
	Items   []ReviewItem `json:"items" nullable:"false"`
	Showing string       `json:"showing,omitempty" doc:"the item whose words the customer sees now"`
	Outcome string       `json:"outcome,omitempty" enum:"passed,refused,unsafe,failed"`
	Reason  string       `json:"reason,omitempty"`
	// Before is what colleagues decided of the same run of the flow.
	Before []ReviewBefore `json:"before" nullable:"false"`
}

// ReviewItem is one line of a check list. What is not optional must be ok before
// the review can be passed.
type ReviewItem struct {
	ID         string    `json:"id"`
	Label      string    `json:"label"`
	LabelEN    string    `json:"label_en"`
	Optional   bool      `json:"optional,omitempty"`
	State      string    `json:"state" enum:"open,ok,no"`
	By         string    `json:"by,omitempty" doc:"staff id"`
	At         time.Time `json:"at,omitzero"`
	Note       string    `json:"note,omitempty"`
	ShownAt    time.Time `json:"shown_at,omitzero" doc:"when its words were put before the customer last"`
	Answer     string    `json:"answer,omitempty" enum:"yes,no" doc:"what the customer answered to them"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
}

// ReviewBefore is one verdict of a colleague.
type ReviewBefore struct {
	Role    string    `json:"role"`
	Agent   string    `json:"agent" doc:"name"`
	Outcome string    `json:"outcome" enum:"passed,refused,unsafe,failed"`
	Reason  string    `json:"reason,omitempty"`
	At      time.Time `json:"at"`
}

// Progress is how far a session's check list is, as the customer sees it.
type Progress struct {
	Request string `json:"request"`
	Title   string `json:"title"`
	Role    string `json:"role,omitempty"`
	Done    int    `json:"done"`
	Of      int    `json:"of"`
	// Script is what the colleague asks to be read and answered now.
	Script *Script `json:"script,omitempty"`
}

// Script is one piece of words put before the customer; the answer is a script
// signal.
type Script struct {
	Item   string `json:"item"`
	N      int    `json:"n" doc:"counted from 1"`
	Text   string `json:"text"`
	TextEN string `json:"text_en"`
	Answer string `json:"answer,omitempty" enum:"yes,no"`
}
