package wire

import "time"

// SignIn is the body of POST /api/v1/demo/sign-in (only with --demo).
type SignIn struct {
	As string `json:"as" doc:"id of a customer or a member of staff of the demo cast, or anonymous"`
}

// Token is a bearer token for the REST calls; it lives in memory only.
type Token struct {
	Token     string    `json:"token"`
	Subject   string    `json:"subject"`
	Name      string    `json:"name"`
	Roles     []string  `json:"roles" nullable:"false" doc:"customer, anonymous, agent, supervisor, editor, approver, admin"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Ticket opens one socket within 30 seconds, from one origin.
type Ticket struct {
	Ticket string `json:"ticket"`
}

// SecureKey is the bank core's public key: RSA-OAEP with SHA-256.
type SecureKey struct {
	KeyID string `json:"key_id"`
	SPKI  string `json:"spki" doc:"base64 of the DER SubjectPublicKeyInfo"`
}

// SecureBox is what a filled secure box posts: each value encrypted to SecureKey.
type SecureBox struct {
	Conversation string            `json:"conversation"`
	ID           string            `json:"id" doc:"the client's own id of this input"`
	KeyID        string            `json:"key_id"`
	Values       map[string]string `json:"values" doc:"field name to base64 ciphertext"`
}

// Accepted says that an input is durable.
type Accepted struct {
	ID       string    `json:"id"`
	Seq      int64     `json:"seq"`
	Replayed bool      `json:"replayed"`
	Messages []Message `json:"messages" nullable:"false" doc:"REST: what the turn said, when it was done within the call's deadline"`
	// Trace is given only where the caller asked for it and may see it: demo and console.
	Trace *Trace `json:"trace,omitempty"`
}

// Trace is what a turn did, for `pingdui say --json`, tests and the try-it pane.
type Trace struct {
	Flow     string            `json:"flow"`
	Step     string            `json:"step"`
	Slots    map[string]string `json:"slots" nullable:"false"`
	Called   []Called          `json:"called" nullable:"false"`
	Notes    []string          `json:"notes" nullable:"false"`
	Intents  []Scored          `json:"intents" nullable:"false"`
	Release  string            `json:"release"`
	Employee string            `json:"employee"`
	Handoff  *Queue            `json:"handoff,omitempty"`
	QueueKey string            `json:"queue,omitempty"`
	TookUS   int64             `json:"took_us"`
}

// Called is one operation of the bank that was run.
type Called struct {
	Operation string `json:"operation"`
	Key       string `json:"key,omitempty"`
	Outcome   string `json:"outcome"`
}

// Scored is an intent with its probability.
type Scored struct {
	Intent string  `json:"intent"`
	P      float64 `json:"p"`
}

// History is a page of a conversation.
type History struct {
	Conversation string    `json:"conversation"`
	LastSeq      int64     `json:"last_seq"`
	Messages     []Message `json:"messages" nullable:"false"`
}

// SourceDocument is an opened source.
type SourceDocument struct {
	Article string `json:"article"`
	Title   string `json:"title"`
	Text    string `json:"text"`
	Origin  string `json:"origin" doc:"where the article itself comes from"`
	From    string `json:"from,omitempty"`
	Until   string `json:"until,omitempty"`
	Table   *Table `json:"table,omitempty"`
	Row     int    `json:"row" doc:"index of the row quoted; -1 for none"`
}

// Cast is what the demo hall shows.
type Cast struct {
	Customers []Person `json:"customers" nullable:"false"`
	Staff     []Person `json:"staff" nullable:"false"`
}

// Person is one member of the demo cast.
type Person struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	NameEN  string   `json:"name_en"`
	Age     int      `json:"age,omitempty"`
	Story   string   `json:"story"`
	StoryEN string   `json:"story_en"`
	Role    string   `json:"role"`
	Edition string   `json:"edition,omitempty"`
	Locale  string   `json:"locale,omitempty"`
	Tags    []string `json:"tags" nullable:"false"`
	Lines   []string `json:"lines" nullable:"false" doc:"suggested first lines"`
	LinesEN []string `json:"lines_en" nullable:"false"`
	Hue     string   `json:"hue"`
}

// TrayEvent is one event of the demo tray (server-sent events).
type TrayEvent struct {
	At       time.Time `json:"at"`
	Kind     string    `json:"kind" enum:"sms,ledger"`
	Customer string    `json:"customer"`
	Title    string    `json:"title"`
	Text     string    `json:"text"`
	TitleEN  string    `json:"title_en,omitempty" doc:"the title for who reads English"`
	TextEN   string    `json:"text_en,omitempty" doc:"the text for who reads English; empty where the words are the bank's own, as sent"`
	Code     string    `json:"code,omitempty"`
	Field    string    `json:"field,omitempty" doc:"the secure field the code is for"`
	Ref      string    `json:"ref,omitempty" doc:"the secure box it belongs to"`
}

// Visitor is the scripted customer who came.
type Visitor struct {
	Customer string `json:"customer"`
}
