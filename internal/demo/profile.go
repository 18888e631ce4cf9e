package demo

import (
	"time"

	"github.com/pingdui/pingdui/assistant/handoff"
)

// Profile is what routing knows of a member of staff on a day. A certificate is
// good through its last day. Seats hold three conversations.
func (s Staff) Profile(today time.Time) handoff.Profile {
	p := handoff.Profile{
		Agent: s.ID, Name: s.Name.ZH, Number: s.Number, Certificate: s.Certificate.Name, Skills: s.Skills, Languages: s.Languages,
		Customers: s.customers(),
	}
	if s.Certificate.Name != "" {
		c := handoff.Certificate{Name: s.Certificate.Name}
		if day := s.Certificate.Expires(today); !day.IsZero() {
			c.Until = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, day.Location())
		}
		p.Certificates = []handoff.Certificate{c}
	}
	return p
}

// customers are the subjects whose own manager this is.
func (s Staff) customers() []string {
	list, _ := s.Rest["customers"].([]any)
	var out []string
	for _, id := range list {
		if text, ok := id.(string); ok {
			out = append(out, "c:"+text)
		}
	}
	return out
}
