package intents

import (
	"math"
	"strings"
	"unicode/utf8"
)

// NoTale is the kind of what is no tale of a fraud.
const NoTale = "none"

// Evidence that a message tells of a fraud in progress is the log odds of the
// learned model, with what the rules add to it. The numbers were set on the
// scripts that the rules had been written on (assistant/convtest/testdata).
const (
	sureSign = 2.0 // a rule that is sure
	hintSign = 1.0 // each rule that hints, at most two
	sureAt   = 1.0 // from here on the brake goes on by this message alone
	hintAt   = 0.0 // from here on it takes two messages, of different kinds
	shortest = 10  // characters in which a fraud can be told without a sign of the rules
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

// scams names the kind of fraud a text tells of, with a ? where that is no more
// than a hint; nil for almost every message. Without learned tales the rules speak
// alone.
func (u *Understander) scams(text string) []string {
	signs := u.detectors.Scams(text)
	if u.model == nil || u.model.tales == nil {
		return signs
	}
	kind, p := u.model.Tale(text)
	if len(signs) == 0 && utf8.RuneCountInString(text) < shortest {
		return nil // 转1000: too short to tell anything
	}
	sure, hints := 0.0, 0.0
	for _, s := range signs {
		if strings.HasSuffix(s, "?") {
			hints = min(hints+1, 2)
		} else {
			sure, kind = 1, s
		}
	}
	switch e := logit(p) + sureSign*sure + hintSign*hints; {
	case e >= sureAt:
		return []string{kind}
	case e >= hintAt:
		return []string{kind + "?"}
	}
	return nil
}

// logit gives log odds, within bounds.
func logit(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}
