// Package intents turns what a customer writes into what is meant, in process
// and in microseconds: intents with calibrated probabilities from a linear
// model that learns from a handful of examples, alarms that must be heard in
// any state, dialogue acts, and the entities of package entity.
//
// A Model is trained by Train, carried as an artefact (MarshalBinary, Load) and
// judged by Evaluate. Everything built is immutable and safe for concurrent use.
package intents

import (
	"regexp"
	"strings"
	"time"

	"github.com/pingdui/pingdui/intents/entity"
	"github.com/pingdui/pingdui/internal/zh"
)

// Understanding is all that was understood of one text. The turn records it,
// so that replay uses the record and not today's model.
type Understanding struct {
	Intents  []Score         `json:"intents"`          // best first, at most 5
	InScope  float64         `json:"in_scope"`         // probability that any intent is meant
	Verdict  Verdict         `json:"verdict"`          // act, ask or reject
	Entities []entity.Entity `json:"entities"`         // in the order of the text
	Alarms   []string        `json:"alarms,omitempty"` // see the Alarm constants
	Scams    []string        `json:"scams,omitempty"`  // kinds of fraud it sounds like, hints with a ?
	Acts     []string        `json:"acts,omitempty"`   // see the Act constants
	Parts    []string        `json:"parts,omitempty"`  // two or more requests, in order; nil for one
	// PartsUnderstood is what was understood of each of Parts, in their order.
	PartsUnderstood []Understanding `json:"parts_understood,omitempty"`
	Language        string          `json:"language"`          // zh or en; empty when neither
	Signals         Signals         `json:"signals,omitempty"` // for the try-it pane
}

// Understander understands texts with one model; swap the whole value when a
// release is published.
type Understander struct {
	model     *Model // nil: no intents, all else works
	detectors *Detectors
	cfg       Config
}

// NewUnderstander joins a model (nil when there is none yet) with detectors.
// Of cfg only the thresholds are used.
func NewUnderstander(m *Model, d *Detectors, cfg Config) *Understander {
	return &Understander{model: m, detectors: d, cfg: cfg.filled()}
}

// Understand understands one text; now, in the bank's zone, is what 明天 counts from.
func (u *Understander) Understand(text string, now time.Time) Understanding {
	out := u.one(text, now)
	if parts := SplitRequests(text); len(parts) > 1 {
		out.Parts = parts[:min(len(parts), maxParts)]
		for _, p := range out.Parts {
			out.PartsUnderstood = append(out.PartsUnderstood, u.one(p, now))
		}
	}
	return out
}

// maxParts bounds what one message can ask for.
const maxParts = 5

func (u *Understander) one(text string, now time.Time) Understanding {
	out := Understanding{
		Entities: entity.Extract(text, now), Alarms: u.detectors.Alarms(text), Scams: u.detectors.Scams(text), Acts: u.detectors.Acts(text),
		Language: Language(text), Verdict: Verdict{Kind: Reject},
	}
	if u.model != nil {
		p := u.model.Predict(wish(text))
		out.Intents, out.InScope, out.Signals, out.Verdict = p.Scores, p.InScope, p.Signals, Decide(p, u.cfg)
	}
	return out
}

// urging only presses what is wanted, in words that look like a refusal.
var urging = regexp.MustCompile(`(?i)(千万|可)?(不要|别|莫)(再)?忘(了|记了?)?(要|帮我|给我)?|不转不行[,，。]?|[,，。]?别急$|(please )?(don't|do not|never) forget to `)

// wish is a text as the model is to judge it: without what only urges.
func wish(text string) string {
	if rest := urging.ReplaceAllString(text, ""); strings.TrimSpace(rest) != "" {
		return rest
	}
	return text
}

// Language is zh when a Chinese character stands in the text, en when a Latin
// letter does, else empty.
func Language(text string) string {
	if strings.ContainsFunc(text, zh.IsHan) {
		return "zh"
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }) {
		return "en"
	}
	return ""
}
