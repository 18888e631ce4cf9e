package wire

// Card is drawn data: display strings only, masked and localised.
type Card struct {
	Kind    string   `json:"kind" enum:"choice,payees,form,readback,secure,progress,receipt,table,queue,call,needs,checklist,capture,sign"`
	Title   string   `json:"title"`
	Ref     string   `json:"ref,omitempty"`
	Amount  *Amount  `json:"amount,omitempty"`
	Rows    []Row    `json:"rows" nullable:"false"`
	Options []Option `json:"options" nullable:"false"`
	Table   *Table   `json:"table,omitempty"`
	Secure  *Secure  `json:"secure,omitempty"`
	Step    int      `json:"step,omitempty"`
	Steps   int      `json:"steps,omitempty"`
	Note    string   `json:"note,omitempty"`
	Medium  string   `json:"medium,omitempty" enum:"photo,document,video" doc:"of a capture"`
}

// Amount is money in figures and in words (words in Chinese only).
type Amount struct {
	Figures string `json:"figures"`
	Words   string `json:"words,omitempty"`
}

// Row is one labelled line.
type Row struct {
	Name  string `json:"name,omitempty"`
	Label string `json:"label"`
	Value string `json:"value"`
	By    string `json:"by,omitempty" doc:"customer, agent or system: who gave the value"`
}

// Option is one thing to choose; its ID is sent as a tap's action.
type Option struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Note  string `json:"note,omitempty"`
}

// Table is a small table.
type Table struct {
	Columns []string   `json:"columns" nullable:"false"`
	Rows    [][]string `json:"rows" nullable:"false"`
}

// Secure is what a secure box asks for: see POST /api/v1/secure/{ref}.
type Secure struct {
	Ref       string        `json:"ref"`
	Fields    []SecureField `json:"fields" nullable:"false"`
	ExpiresAt string        `json:"expires_at,omitempty"`
}

// SecureField is one box.
type SecureField struct {
	Name   string `json:"name"`
	Label  string `json:"label"`
	Digits int    `json:"digits,omitempty"`
	// DigitsMin and DigitsMax bound the digits where their number varies.
	DigitsMin int `json:"digits_min,omitempty"`
	DigitsMax int `json:"digits_max,omitempty"`
}

// Action is one tap on offer.
type Action struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Style string `json:"style,omitempty" enum:"primary,danger"`
}

// Source names where an answer stands; GET /api/v1/sources/{passage} opens it.
type Source struct {
	Article string `json:"article"`
	Passage string `json:"passage"`
	Title   string `json:"title"`
	Row     string `json:"row,omitempty"`
	// Internal stands only in a conversation of staff.
	Internal bool `json:"internal,omitempty" doc:"customers may not read this; a client must not offer to send it on"`
}

// SamplePaper is what stands on a made-up paper of the demo, line by line.
type SamplePaper struct {
	Lines []string `json:"lines" nullable:"false"`
}
