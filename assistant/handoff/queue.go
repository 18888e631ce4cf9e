package handoff

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// Queue says who serves a queue.
type Queue struct {
	// Skill is what the specialists of the queue have.
	Skill string
	// Certificate must be held and not expired; empty for none. Overflow does
	// not lift it.
	Certificate string
	// Overflow is the skill of those who help when no specialist is on duty, or
	// after OverflowAfter; empty for nobody.
	Overflow string
	// OverflowAfter is how long a customer waits for a specialist alone. Urgent
	// requests don't wait for one.
	OverflowAfter time.Duration
	// Always is true for a queue that never closes: loss, fraud, emergencies.
	Always bool
}

// DefaultQueues are the queues the shipped content names.
func DefaultQueues() map[string]Queue {
	return map[string]Queue{
		"general": {Skill: "general"},
		"elder":   {Skill: "elder", Overflow: "general", OverflowAfter: 15 * time.Second},
		"wealth":  {Skill: "wealth", Certificate: "理财销售资格"},
		"safety":  {Skill: "security", Overflow: "general", Always: true},
	}
}

// queueOf finds a queue; one that nobody described is served by the skill of
// its name, and by everybody when there is no such specialist.
func queueOf(queues map[string]Queue, name string) Queue {
	if q, ok := queues[name]; ok {
		return q
	}
	return Queue{Skill: name, Overflow: "general"}
}

// Certificate is a qualification with its last day.
type Certificate struct {
	Name  string    `json:"name"`
	Until time.Time `json:"until"` // the certificate is good before this moment; zero for ever
}

// specialist says whether a seat serves a queue in its own right.
func (q *Queue) specialist(s *seat, now time.Time) bool {
	return slices.Contains(s.Skills, q.Skill) && q.certified(s, now)
}

// helps says whether a seat may take over from the specialists.
func (q *Queue) helps(s *seat, now time.Time) bool {
	return q.Overflow != "" && slices.Contains(s.Skills, q.Overflow) && q.certified(s, now)
}

func (q *Queue) certified(s *seat, now time.Time) bool {
	if q.Certificate == "" {
		return true
	}
	return slices.ContainsFunc(s.Certificates, func(c Certificate) bool {
		return c.Name == q.Certificate && (c.Until.IsZero() || now.Before(c.Until))
	})
}

// MaskName keeps the first character of a Chinese name (王**) and the first
// letter of each other word (E**** C***): enough to greet nobody by mistake.
func MaskName(name string) string {
	if strings.Contains(name, "*") {
		return name
	}
	words := strings.Fields(name)
	for i, word := range words {
		runes := []rune(word)
		stars := max(1, len(runes)-1)
		if unicode.Is(unicode.Han, runes[0]) {
			stars = min(stars, 2)
		} else {
			stars = min(stars, 4)
		}
		words[i] = string(runes[0]) + strings.Repeat("*", stars)
	}
	return strings.Join(words, " ")
}
