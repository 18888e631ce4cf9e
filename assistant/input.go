package assistant

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// Input is anything that enters a conversation. ID is the sender's own and
// unique in the conversation; the same ID with the same body is answered from
// the record, with another body it is refused.
type Input struct {
	ID     string
	Device string // of the sender, for inputs of a customer
	Place  string // where the sender is on the network, as the channel saw it
	Body   Body
}

// Body is what an input says. The set is sealed.
type Body interface{ kind() string }

// CustomerMessage is text a customer wrote or spoke, or one tap.
type CustomerMessage struct {
	Text string `json:"text,omitempty"`
	Tap  string `json:"tap,omitempty"`
	// Seen is the highest seq the customer's client had rendered.
	Seen int64 `json:"seen,omitempty"`
	// Secret is set by the engine when a secret stood in Text and was masked.
	Secret bool `json:"secret,omitempty"`
}

// SecureFilled is a secure box that was filled: only the bank's reference is here.
type SecureFilled struct {
	Ref       string `json:"ref"`
	Reference string `json:"reference"`
}

// AgentMessage is text an agent wrote to the customer.
type AgentMessage struct {
	Agent string `json:"agent"`
	Text  string `json:"text"`
}

// FieldEdit is one field of a form filled by the customer or the agent.
type FieldEdit struct {
	Slot  string `json:"slot"`
	Value string `json:"value"`
	By    string `json:"by"` // customer or agent
	Agent string `json:"agent,omitempty"`
}

// ActionResult is the outcome of a durable action.
type ActionResult struct {
	Action   string           `json:"action"`
	Instance string           `json:"instance"`
	Step     string           `json:"step"`
	Visit    int              `json:"visit"`
	Outcome  dialogue.Outcome `json:"outcome"`
	Code     string           `json:"code,omitempty"`
	Value    json.RawMessage  `json:"value,omitempty"`
}

// Timer is the conversation's wake time having come.
type Timer struct {
	At time.Time `json:"at"`
}

// SessionEvent is the word of a remote session, a review or a camera: what
// became of a Session effect. dialogue.SessionChanged says what each part means.
type SessionEvent struct {
	Session string                    `json:"session"`
	State   string                    `json:"state"`
	Result  map[string]string         `json:"result,omitempty"`
	Ref     string                    `json:"ref,omitempty"`
	By      dialogue.AgentView        `json:"by,omitzero"`
	Role    string                    `json:"role,omitempty"`
	Items   []dialogue.Ticked         `json:"items,omitempty"`
	Fields  map[string]dialogue.Field `json:"fields,omitempty"`
	Outcome string                    `json:"outcome,omitempty"`
	Reason  string                    `json:"reason,omitempty"`
}

// HandoffEvent is the desk's word.
type HandoffEvent struct {
	State dialogue.HandoffState `json:"state"`
	Agent dialogue.AgentView    `json:"agent"`
	Place int                   `json:"place,omitempty"`
	WaitS int                   `json:"wait_s,omitempty"`
	// SpreadS is how many seconds more or less four waits of five are.
	SpreadS int    `json:"spread_s,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// Due is when a booked call-back is due.
	Due time.Time `json:"due,omitzero"`
}

// BusinessEvent is something that happened at the bank or on the customer's
// page: opened (the customer came), employee (another digital employee was
// asked for), settings (locale, edition). Any other name is an outside input
// that a wait step of a flow may wait for.
type BusinessEvent struct {
	Name  string            `json:"name"`
	Value map[string]string `json:"value,omitempty"`
}

func (CustomerMessage) kind() string { return "message" }
func (SecureFilled) kind() string    { return "secure" }
func (AgentMessage) kind() string    { return "agent" }
func (FieldEdit) kind() string       { return "edit" }
func (ActionResult) kind() string    { return "action" }
func (Timer) kind() string           { return "timer" }
func (SessionEvent) kind() string    { return "session" }
func (HandoffEvent) kind() string    { return "handoff" }
func (BusinessEvent) kind() string   { return "business" }

// Limits of what enters. They are checked before anything is stored.
const (
	MaxInputID   = 128
	MaxTextRunes = 2000
)

// The errors Handle gives. Channels turn each into words and a code.
var (
	// ErrConflict says: this id was used before with another body.
	ErrConflict = errors.New("this id was used before with other content")
	// ErrNotFound: no such conversation for this subject.
	ErrNotFound = errors.New("no such conversation")
	// ErrBadInput: the input breaks a limit; the text says which.
	ErrBadInput = errors.New("the input can't be taken")
	// ErrUnavailable: the database did not answer in time; nothing was taken.
	ErrUnavailable = errors.New("not available now; send it again unchanged")
	// ErrStopping: this node is going down; another one will take it.
	ErrStopping = errors.New("this node is stopping")
)

// stored is an input's body as kept: kind and JSON.
type stored struct {
	id       string
	kind     string
	body     []byte
	hash     [sha256.Size]byte
	device   string
	attempts int  // runs so far, by the row: some may have ended with their node
	crashes  int  // of them, decisions that failed here
	durable  bool // the row stands already
}

type envelope struct {
	Device string          `json:"device,omitempty"`
	Place  string          `json:"place,omitempty"`
	Body   json.RawMessage `json:"body"`
}

func encode(in Input) (stored, error) {
	if in.ID == "" || len(in.ID) > MaxInputID {
		return stored{}, fmt.Errorf("%w: the id must have 1 to %d bytes", ErrBadInput, MaxInputID)
	}
	if !utf8.ValidString(in.ID) || strings.ContainsFunc(in.ID, unicode.IsControl) {
		return stored{}, fmt.Errorf("%w: the id must be plain text", ErrBadInput)
	}
	if in.Body == nil {
		return stored{}, fmt.Errorf("%w: it is empty", ErrBadInput)
	}
	if err := checkBody(in.Body); err != nil {
		return stored{}, err
	}
	body, err := json.Marshal(in.Body)
	if err != nil {
		return stored{}, fmt.Errorf("%w: %w", ErrBadInput, err)
	}
	// Seen changes between tries of the same input and is not part of what it says.
	hashed := in.Body
	if m, ok := hashed.(CustomerMessage); ok {
		m.Seen = 0
		hashed = m
	}
	plain, err := json.Marshal(hashed)
	if err != nil {
		return stored{}, fmt.Errorf("%w: %w", ErrBadInput, err)
	}
	sum := sha256.Sum256(append([]byte(in.Body.kind()+"\x00"), plain...))
	sealed, err := json.Marshal(envelope{Device: in.Device, Place: in.Place, Body: body})
	if err != nil {
		return stored{}, fmt.Errorf("%w: %w", ErrBadInput, err)
	}
	return stored{id: in.ID, kind: in.Body.kind(), body: sealed, hash: sum, device: in.Device}, nil
}

// checkBody refuses what says nothing or can't be kept, by the field's name.
func checkBody(body Body) error {
	switch b := body.(type) {
	case CustomerMessage:
		switch {
		case b.Text != "" && b.Tap != "":
			return fmt.Errorf("%w: 文字 text 和点选 action 一次只能有一个 / it has both text and action: send one of them", ErrBadInput)
		case b.Tap != "":
			return checkText("action", b.Tap)
		case !saysSomething(b.Text):
			return fmt.Errorf("%w: 内容是空的，请先写点什么 / it has neither text nor a tap: text is empty", ErrBadInput)
		}
		return checkText("text", b.Text)
	case AgentMessage:
		if !saysSomething(b.Text) {
			return fmt.Errorf("%w: 内容是空的，请先写点什么 / text is empty", ErrBadInput)
		}
		return checkText("text", b.Text)
	case FieldEdit:
		if b.Slot == "" {
			return fmt.Errorf("%w: 没有写明要改哪一项 / slot is missing: name a row of the form", ErrBadInput)
		}
		return errors.Join(checkText("slot", b.Slot), checkText("value", b.Value))
	case BusinessEvent:
		if b.Name == "settings" {
			return CheckSettings(b.Value["locale"], b.Value["edition"], b.Value["on"])
		}
	}
	return nil
}

// saysSomething is false for texts of spaces and characters that show nothing.
func saysSomething(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}

func checkText(field, text string) error {
	if strings.ContainsRune(text, 0) {
		return fmt.Errorf("%w: %s 里有不是文字的字符 / %s holds a character that is no text (NUL)", ErrBadInput, field, field)
	}
	if utf8.RuneCountInString(text) > MaxTextRunes {
		return fmt.Errorf("%w: %s 最多 %d 个字 / %s is longer than %d characters", ErrBadInput, field, MaxTextRunes, field, MaxTextRunes)
	}
	return nil
}

// CheckSettings refuses a language, an edition or a time that doesn't exist; an
// empty value leaves a setting as it is. The error names the field and what it
// may be.
func CheckSettings(locale, edition, on string) error {
	switch locale {
	case "", "zh", "en":
	default:
		return fmt.Errorf("%w: 语言 locale 只能是 zh 或 en / locale must be zh or en", ErrBadInput)
	}
	switch edition {
	case "", "standard", "elder":
	default:
		return fmt.Errorf("%w: 版本 edition 只能是 standard 或 elder / edition must be standard or elder", ErrBadInput)
	}
	if on != "" {
		if _, err := time.Parse(time.RFC3339, on); err != nil {
			return fmt.Errorf("%w: 时间 on 要写成 2026-11-30T10:00:00+08:00 / on must be a time in RFC 3339", ErrBadInput)
		}
	}
	return nil
}

// reserved are the beginnings of the ids that the server makes itself: a client's
// input must not pass for one of them.
func reserved() []string {
	return []string{"action:", "handoff:", "timer:", "session:", "open:", "scripted:", "media:"}
}

// CheckClientID refuses an id that only the server may make. Channels ask it for
// every input of a client.
func CheckClientID(id string) error {
	for _, prefix := range reserved() {
		if strings.HasPrefix(id, prefix) {
			return fmt.Errorf("%w: 编号 id 不能以 %s 开头 / id must not begin with %s: the server's own ids do; make a random one", ErrBadInput, prefix, prefix)
		}
	}
	return nil
}

func decode(kind string, raw []byte) (Body, envelope, error) {
	var e envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, e, fmt.Errorf("read a stored input: %w", err)
	}
	into := func(target any) error { return json.Unmarshal(e.Body, target) }
	var body Body
	var err error
	switch kind {
	case "message":
		var b CustomerMessage
		err = into(&b)
		body = b
	case "secure":
		var b SecureFilled
		err = into(&b)
		body = b
	case "agent":
		var b AgentMessage
		err = into(&b)
		body = b
	case "edit":
		var b FieldEdit
		err = into(&b)
		body = b
	case "action":
		var b ActionResult
		err = into(&b)
		body = b
	case "timer":
		var b Timer
		err = into(&b)
		body = b
	case "session":
		var b SessionEvent
		err = into(&b)
		body = b
	case "handoff":
		var b HandoffEvent
		err = into(&b)
		body = b
	case "business":
		var b BusinessEvent
		err = into(&b)
		body = b
	default:
		return nil, e, fmt.Errorf("a stored input has the unknown kind %q", kind)
	}
	if err != nil {
		return nil, e, fmt.Errorf("read a stored input: %w", err)
	}
	return body, e, nil
}

// Receipt says what became of an input.
type Receipt struct {
	Conversation uuid.UUID
	ID           string
	// Turn is the turn that answered it; 0 while it runs or waits for its owner.
	Turn              int64
	FirstSeq, LastSeq int64
	// Replayed is true when the input had been taken before.
	Replayed bool
}

// Message is a committed message as read back.
type Message struct {
	Seq, Turn int64
	Input     string
	Author    string // customer, bot, agent, system
	AuthorID  string
	At        time.Time
	Content   flow.Message
	// Masked is true when a secret was typed and replaced before storing.
	Masked bool
}
