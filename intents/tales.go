package intents

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pingdui/pingdui/intents/entity"
)

// NoTale is the kind of what is no tale of a fraud.
const NoTale = "none"

// Evidence that a message tells of a fraud in progress is the log odds of the
// learned model, with what the rules add to it. The numbers were set on the
// scripts that the rules had been written on (assistant/convtest/testdata).
const (
	sureSign  = 2.0 // a rule that is sure
	hintSign  = 1.0 // each rule that hints, at most two
	sureAt    = 1.0 // from here on the brake goes on by this message alone
	hintAt    = 0.0 // from here on it takes two messages, of different kinds
	callsOnly = 20  // characters within which who calls for a person tells of nothing else
	shortest  = 10  // characters in which a fraud can be told without a sign of the rules
)

// Tale says which kind of fraud a text tells of most likely, and how probable it
// is that it tells of any, 0..1. A model that was taught none always says 0.
func (m *Model) Tale(text string) (kind string, p float64) {
	if m == nil || m.tales == nil {
		return "", 0
	}
	none := 0.0 // not among the best five: as good as nothing
	for _, s := range m.tales.Predict(text).Scores {
		switch {
		case s.Intent == NoTale:
			none = s.P
		case kind == "":
			kind = s.Intent
		}
	}
	if kind == "" {
		return "", 0
	}
	return kind, 1 - none
}

// How a message begins that was said with a payment in hand: what is no tale by
// itself (他在电话里等着呢，催我) may be one of that payment.
const (
	payingZH = "给他转钱，"
	payingEN = "send him money, "
)

// scams names the kind of fraud a text tells of, with a ? where that is no more
// than a hint; nil for almost every message. Without learned tales the rules speak
// alone.
func (u *Understander) scams(text string) []string {
	signs := u.detectors.Scams(text)
	if u.model == nil || u.model.tales == nil {
		return signs
	}
	kind, e := u.evidence(ownStory(text), signs)
	switch {
	case hushedWords.MatchString(ownStory(fold(u.detectors.zh, text))):
		return []string{"impostor"} // whatever the story: money that the family may not hear of
	case len(signs) == 0 && utf8.RuneCountInString(text) < callsOnly && slices.Contains(u.detectors.Alarms(text), AlarmAgent):
		return nil // 我不要机器人，叫个活的来: nobody is spoken of but us
	case len(signs) == 0 && utf8.RuneCountInString(text) < shortest: // 转1000: too short to tell anything
	case e >= sureAt:
		return []string{kind}
	case e >= hintAt:
		return []string{kind + "?"}
	}
	return nil
}

// paying names the kind of fraud a text tells of when it is said with a payment in
// hand, which is evidence of its own: what would be a hint is sure. Empty for
// almost every message, and without learned tales.
func (u *Understander) paying(text string, entities []entity.Entity) string {
	lead := payingZH
	if Language(text) == "en" {
		lead = payingEN
	}
	if u.model == nil || u.model.tales == nil || Language(text) == "" {
		return ""
	}
	signs := u.detectors.Scams(text)
	sum := slices.ContainsFunc(entities, func(e entity.Entity) bool {
		return e.Kind == entity.Amount || e.Kind == entity.Number || e.Kind == entity.Code
	})
	if sum && len(signs) == 0 && utf8.RuneCountInString(text) < shortest {
		return "" // 给他再转500: an answer to how much
	}
	kind, e := u.evidence(lead+ownStory(text), signs)
	if u.detectors.pressed.MatchString(ownStory(fold(u.detectors.zh, text))) {
		e += hintSign
	}
	if e >= hintAt {
		return kind
	}
	return ""
}

// evidence weighs a text and the signs that the rules see in it: the kind of fraud,
// and the log odds that it is one.
func (u *Understander) evidence(text string, signs []string) (kind string, e float64) {
	kind, p := u.model.Tale(text)
	sure, hints := 0.0, 0.0
	for _, s := range signs {
		if strings.HasSuffix(s, "?") {
			hints = min(hints+1, 2)
		} else {
			sure, kind = 1, s
		}
	}
	return kind, logit(p) + sureSign*sure + hintSign*hints
}

// hushedWords are compiled once.
var hushedWords = regexp.MustCompile(hushed)

// logit gives log odds, within bounds.
func logit(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}
