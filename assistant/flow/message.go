package flow

// Message is one thing said to a customer, as data: every channel renders it
// as well as it can. A channel that knows no cards shows Text and Actions.
type Message struct {
	Kind MessageKind `json:"kind"`
	// Text is a whole sentence (or two) in the customer's language; it is never
	// empty, so that speech, screen readers and plain channels have something.
	Text string `json:"text"`
	// Card is what is drawn beside or instead of the text; nil for plain text.
	Card *Card `json:"card,omitempty"`
	// Actions are the taps on offer. A tap comes back with the action's ID.
	Actions []Action `json:"actions,omitempty"`
	// Source is where the answer stands; nil when nothing is quoted.
	Source *Source `json:"source,omitempty"`
	// Generated is true when a model wrote any part of the text (由AI生成).
	Generated bool `json:"generated,omitempty"`
	// Quiet is true for who can't hear: the page does not read it aloud by itself.
	Quiet bool `json:"quiet,omitempty"`
}

// MessageKind says what a message is for; it decides how it is drawn.
type MessageKind string

// The kinds of message.
const (
	KindText    MessageKind = "text"    // something said
	KindAsk     MessageKind = "ask"     // one question that waits for an answer
	KindCard    MessageKind = "card"    // a card that waits for nothing (receipt, table)
	KindConfirm MessageKind = "confirm" // a read-back that waits for a yes
	KindSecure  MessageKind = "secure"  // a secure box that waits for a secret
	KindAnswer  MessageKind = "answer"  // an answer from the knowledge base
	KindNotice  MessageKind = "notice"  // from the system: queue place, hand-over, session
)

// Action is one tap on offer.
type Action struct {
	// ID is opaque to the client and comes back unchanged in a tap.
	ID    string      `json:"id"`
	Label string      `json:"label"`
	Style ActionStyle `json:"style,omitempty"`
}

// ActionStyle says how much weight a tap has on the screen.
type ActionStyle string

// The weights of an action; the zero value is a plain chip.
const (
	StylePlain   ActionStyle = ""
	StylePrimary ActionStyle = "primary"
	StyleDanger  ActionStyle = "danger"
)

// Source names the passage an answer was taken from.
type Source struct {
	// Article and Passage identify what GET /api/v1/sources/{passage} opens.
	Article string `json:"article"`
	Passage string `json:"passage"`
	Title   string `json:"title"`
	// Row is the table row that was looked up, when the source is a table.
	Row string `json:"row,omitempty"`
	// Internal marks what customers may not read. It stands only in conversations
	// of staff, and such a text may not be sent on.
	Internal bool `json:"internal,omitempty"`
}

// CardKind names the shape of a card.
type CardKind string

// The kinds of card. Which fields of Card a kind uses is said beside it.
const (
	CardChoice   CardKind = "choice"   // Title, Options
	CardPayees   CardKind = "payees"   // Title, Options (Note holds bank and tail)
	CardForm     CardKind = "form"     // Title, Rows (what is known), Step of Steps
	CardReadback CardKind = "readback" // Title, Rows, Amount, Ref (the read-back's id)
	CardSecure   CardKind = "secure"   // Title, Rows, Secure, Ref
	CardProgress CardKind = "progress" // Title, Note
	CardReceipt  CardKind = "receipt"  // Title, Rows, Amount, Ref (the receipt's number)
	CardTable    CardKind = "table"    // Title, Table, Rows (totals)
	CardQueue    CardKind = "queue"    // Title, Rows (place, wait), Note
	CardCall     CardKind = "call"     // Title, Rows (agent, code), Ref (the session's id)
	CardNeeds    CardKind = "needs"    // Title, Options (Note holds the reason)
	// Title, Rows (an item and how it stands), Step of Steps, Ref (the demand's).
	CardChecklist CardKind = "checklist"
	CardCapture   CardKind = "capture" // Title, Note (how to take it), Ref
	// Title, Note (the document's text), Ref: the slot of the edit that signs it.
	CardSign CardKind = "sign"
)

// Card is drawn data. It holds display strings only, already masked and
// localised; nothing in it is parsed back.
type Card struct {
	Kind    CardKind       `json:"kind"`
	Title   string         `json:"title"`
	Ref     string         `json:"ref,omitempty"`
	Amount  *Amount        `json:"amount,omitempty"`
	Rows    []Row          `json:"rows,omitempty"`
	Options []Option       `json:"options,omitempty"`
	Table   *Table         `json:"table,omitempty"`
	Secure  *SecureRequest `json:"secure,omitempty"`
	Step    int            `json:"step,omitempty"`
	Steps   int            `json:"steps,omitempty"`
	Note    string         `json:"note,omitempty"`
	// Medium is what a capture card wants: photo, document or video.
	Medium string `json:"medium,omitempty"`
}

// Amount is money on a card, in figures and in words.
type Amount struct {
	Figures string `json:"figures"` // ¥3,000.00
	Words   string `json:"words"`   // 叁仟元整; empty outside Chinese
}

// Row is one labelled line of a card.
type Row struct {
	// Name is the slot's name where the row shows one: correction chips and the
	// agent's same-step view find it by this.
	Name  string `json:"name,omitempty"`
	Label string `json:"label"`
	Value string `json:"value"`
	// By says who gave the value: customer, agent, system; empty when it does not matter.
	By string `json:"by,omitempty"`
}

// Option is one thing to choose; tapping it sends ID as a tap.
type Option struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Note  string `json:"note,omitempty"`
}

// Table is a small table of display strings.
type Table struct {
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// SecureRequest is what a secure box asks for. The value never enters the
// conversation: the page encrypts it to the bank core's key, posts it to
// POST /api/v1/secure/{ref}, and a one-use reference becomes the input.
type SecureRequest struct {
	// Ref is Card.Ref again; it binds the box to subject, action and arguments.
	Ref string `json:"ref"`
	// Fields are the boxes to fill, in order.
	Fields []SecureField `json:"fields"`
	// ExpiresAt is RFC 3339; after it the box asks for a new code.
	ExpiresAt string `json:"expires_at,omitempty"`
}

// SecureField is one box of a secure request.
type SecureField struct {
	Name   string `json:"name"`   // sms_code, payment_password, pin, new_pin, new_pin_again, account_no
	Label  string `json:"label"`  //
	Digits int    `json:"digits"` // how many digits; 0 where free
	// Min and Max bound the digits where their number varies (12 to 19 of an
	// account number); 0 where Digits says it or the field is free.
	Min int `json:"min,omitempty"`
	Max int `json:"max,omitempty"`
}
