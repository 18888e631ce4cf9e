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
	"slices"
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
	Paying   string          `json:"paying,omitempty"` // the kind it sounds like from who is about to pay
	Acts     []string        `json:"acts,omitempty"`   // see the Act constants
	Parts    []string        `json:"parts,omitempty"`  // two or more requests, in order; nil for one
	// PartsUnderstood is what was understood of each of Parts, in their order.
	PartsUnderstood []Understanding `json:"parts_understood,omitempty"`
	// Affirmed and Denied are a message with a denial in one of its clauses
	// (先不转账，就看看余额), taken apart: what is wanted and what is not; nil for
	// any other.
	Affirmed *Understanding `json:"affirmed,omitempty"`
	Denied   *Understanding `json:"denied,omitempty"`
	// Text is what of the message Affirmed or Denied is of.
	Text     string  `json:"text,omitempty"`
	Language string  `json:"language"`          // zh or en; empty when neither
	Signals  Signals `json:"signals,omitempty"` // for the try-it pane
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
	if parts := SplitRequests(besidesStory(text)); len(parts) > 1 {
		out.Parts = parts[:min(len(parts), maxParts)]
		for _, p := range out.Parts {
			out.PartsUnderstood = append(out.PartsUnderstood, u.one(p, now))
		}
	}
	if slices.Contains(out.Acts, ActNegated) || slices.Contains(out.Acts, ActCancel) {
		if wanted, not := u.detectors.apart(text); wanted != "" && not != "" {
			yes, no := u.one(wanted, now), u.one(not, now)
			yes.Text, no.Text = wanted, not
			out.Affirmed, out.Denied = &yes, &no
		}
	}
	return out
}

// denials are the words that make a clause a denial, taken out to see of what.
var denials = regexp.MustCompile(`(?i)暂时不|先不|先别|不是(要|想|让|说)?|不用|不要|不想|不必|不需要|没想|没要|别|甭|莫|不|(do not|don't|dont|not|no need to|never|no) ?(want|need|mean|ask|asking|looking)?( to| for)?`)

// apart takes a message apart by clauses: what it wants, and what it denies
// without the word of denial.
func (d *Detectors) apart(text string) (wanted, denied string) {
	var yes, no []string
	for _, c := range clauses(fold(d.zh, text)) {
		acts := d.Acts(c)
		if slices.Contains(acts, ActNegated) || slices.Contains(acts, ActCancel) {
			no = append(no, strings.TrimSpace(denials.ReplaceAllString(c, "")))
			continue
		}
		yes = append(yes, c)
	}
	return strings.Join(yes, "，"), strings.Join(no, "，")
}

// maxParts bounds what one message can ask for.
const maxParts = 5

func (u *Understander) one(text string, now time.Time) Understanding {
	entities := own(text, entity.Extract(text, now))
	out := Understanding{
		Entities: entities, Alarms: u.detectors.Alarms(text), Scams: u.scams(text), Paying: u.paying(text, entities), Acts: u.detectors.Acts(text),
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

// wish is a text as the model is to judge it: without what only urges, and
// without a story about others that stands before the wish.
func wish(text string) string {
	if rest := urging.ReplaceAllString(text, ""); strings.TrimSpace(rest) != "" {
		text = rest
	}
	return besidesStory(text)
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
