package intents

import (
	"strings"
	"time"
	"unicode"

	"github.com/pingdui/pingdui/intents/entity"
	"github.com/pingdui/pingdui/internal/zh"
)

// shape stands for an entity: what an amount or a name is does not matter to an
// intent, that there is one does; 0 for what has no sign.
func shape(k entity.Kind) rune {
	switch k {
	case entity.Amount, entity.Number:
		return '¤'
	case entity.Date, entity.DateTime, entity.Period:
		return '▣'
	case entity.Term:
		return '▤'
	case entity.Percent:
		return '٪'
	case entity.Phone:
		return '☎'
	case entity.CardTail, entity.CardFull:
		return '▭'
	case entity.Person:
		return '☺'
	case entity.Account:
		return '▢'
	case entity.Currency:
		return '€'
	case entity.Ordinal:
		return '№'
	case entity.IDNumber, entity.Code:
	}
	return 0
}

// meaningFeatures adds what a text names, whatever its words: concepts, alone
// and in pairs, kinds of entities, and the words around those.
func (x extractor) meaningFeatures(out []feature, s string) []feature {
	concepts := x.lex.Concepts(s)
	for i, c := range concepts {
		out = append(out, hashOf(blockMeaning, 'm', c))
		for _, other := range concepts[i+1:] {
			out = append(out, hashOf(blockMeaning, 'p', c, other))
		}
	}
	var outline strings.Builder
	from := 0
	// Dates are counted from any day: only their kind is of interest.
	someDay := time.Date(2026, 1, 15, 10, 0, 0, 0, time.UTC)
	for _, e := range entity.Named(s, someDay) {
		sign := shape(e.Kind)
		if sign == 0 || e.Start < from {
			continue
		}
		if sign != '▢' {
			out = append(out, hashOf(blockMeaning, 'e', string(sign)))
		}
		outline.WriteString(s[from:e.Start])
		outline.WriteRune(sign)
		from = e.End
	}
	if from == 0 {
		return out
	}
	outline.WriteString(s[from:])
	return shapeFeatures(out, outline.String())
}

// shapeFeatures are the n-grams that hold a sign, over Chinese characters and
// Latin words alike.
func shapeFeatures(out []feature, s string) []feature {
	var units []string
	word := -1
	sign := []bool{}
	add := func(u string, is bool) { units, sign = append(units, u), append(sign, is) }
	for i, r := range s {
		letter := unicode.IsLetter(r) && !zh.IsHan(r)
		if word >= 0 && !letter {
			add(s[word:i], false)
			word = -1
		}
		switch {
		case letter && word < 0:
			word = i
		case letter:
		case zh.IsHan(r):
			add(string(r), false)
		case unicode.IsSpace(r) || unicode.IsPunct(r) && r != '٪' && r != '№':
		case unicode.IsDigit(r):
		default:
			add(string(r), true)
		}
	}
	if word >= 0 {
		add(s[word:], false)
	}
	for n := 2; n <= 4; n++ {
		for i := 0; i+n <= len(units); i++ {
			held := false
			for _, is := range sign[i : i+n] {
				held = held || is
			}
			if held {
				out = append(out, hashOf(blockShape, byte('0'+n), units[i:i+n]...))
			}
		}
	}
	return out
}
