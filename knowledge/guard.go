package knowledge

import (
	"math/big"
	"regexp"
	"strings"
	"time"

	"github.com/pingdui/pingdui/intents/entity"
	"github.com/pingdui/pingdui/internal/zh"
)

var plainNumber = regexp.MustCompile(`\d+(?:[,，]\d{3})*(?:\.\d+)?`)

// Unsupported lists the numbers of an answer (amounts, rates, dates, phones,
// counts) that stand in none of its sources, as the answer writes them; nil
// means that every one is covered. 5万元, 50,000 yuan and 五万 are the same; 5
// and 5% are not.
func Unsupported(answer string, sources []string) []string {
	known := map[string]bool{}
	for _, s := range sources {
		for _, n := range numbers(s) {
			for _, v := range n.values {
				known[v] = true
			}
		}
	}
	var out []string
	for _, n := range numbers(answer) {
		if !known[n.values[0]] {
			out = append(out, n.text)
		}
	}
	return out
}

// number is one number of a text: as written, and what it may be compared by,
// the exact reading first.
type number struct {
	text   string
	values []string
}

// numbers finds what an answer must not make up. The reference day is fixed:
// a date counts as it is written, and words such as 明天 are no numbers.
func numbers(text string) []number {
	var out []number
	norm := zh.New().Normalize(text)
	covered := make([]bool, len(norm.Norm))
	for _, e := range entity.Extract(norm.Norm, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)) {
		kind := ""
		switch e.Kind {
		case entity.Amount, entity.Number:
			kind = "n"
		case entity.Percent:
			kind = "%"
		case entity.Phone, entity.CardFull, entity.IDNumber, entity.Term:
			kind = string(e.Kind)
		default:
			continue // dates are compared by their digits
		}
		if e.Bad != "" || e.Value == "" || e.Start < 0 || e.End > len(covered) || !hasNumber(norm.Norm[e.Start:e.End]) {
			continue
		}
		for i := e.Start; i < e.End; i++ {
			covered[i] = true
		}
		n := number{text: norm.Norm[e.Start:e.End], values: []string{kind + canonical(e.Value)}}
		// 65 years supports 65岁: a length of time is also its plain number.
		for _, digits := range plainNumber.FindAllString(n.text, -1) {
			if e.Kind == entity.Term {
				n.values = append(n.values, "n"+canonical(digits))
			}
		}
		out = append(out, n)
	}
	for _, m := range plainNumber.FindAllStringIndex(norm.Norm, -1) {
		if covered[m[0]] {
			continue
		}
		kind, value, end := "n", canonical(norm.Norm[m[0]:m[1]]), m[1]
		rest := norm.Norm[m[1]:]
		switch {
		case strings.HasPrefix(rest, "%"):
			kind = "%"
		case strings.HasPrefix(rest, "万"):
			value, end = times(value, 10_000), end+len("万")
		case strings.HasPrefix(rest, "亿"):
			value, end = times(value, 100_000_000), end+len("亿")
		}
		out = append(out, number{text: norm.Norm[m[0]:end], values: []string{kind + value}})
	}
	return out
}

func hasNumber(s string) bool {
	return strings.ContainsAny(s, "0123456789零一二两三四五六七八九十百千万亿半")
}

// canonical drops separators, leading and trailing zeros.
func canonical(s string) string {
	s = strings.NewReplacer(",", "", "，", "").Replace(s)
	r, ok := new(big.Rat).SetString(s)
	if !ok || len(s) > 40 {
		return s
	}
	return r.RatString()
}

func times(s string, n int64) string {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return s
	}
	return r.Mul(r, new(big.Rat).SetInt64(n)).RatString()
}
