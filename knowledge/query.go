package knowledge

import (
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/zh"
)

// Query is one question and what limits its answer.
type Query struct {
	Text   string
	Locale string // zh or en; empty means zh
	// Edition is elder or standard (or empty).
	Edition string
	// Audience is what may be read: customer, private, staff … Empty reads nothing.
	Audience []string
	Region   string
	// At is the time the answer is for; its day in the bank's zone counts.
	At time.Time
	// Prefer is the article the understood intent names; it speaks for it where
	// it may be read.
	Prefer string
	// Limit is how many articles to give; 0 means 5, at most 20.
	Limit int

	zone  *time.Location
	asked Span // the days the question names, see askedSpan
}

func (q Query) locale() string {
	if q.Locale == "en" {
		return "en"
	}
	return "zh"
}

func (q Query) day() string {
	at := q.At
	if q.zone != nil {
		at = at.In(q.zone)
	}
	return at.Format(time.DateOnly)
}

// language is the language of the question itself where it is plain, so that an
// English question in a Chinese conversation is answered in English.
func language(text, locale string) string {
	words := 0
	for w := range strings.FieldsSeq(text) {
		if latin(w[0] | 0x20) {
			words++
		}
	}
	switch han := strings.ContainsFunc(text, zh.IsHan); {
	case han:
		return "zh"
	case words >= 2:
		return "en"
	}
	return locale
}
