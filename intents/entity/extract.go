// Package entity finds amounts, dates, numbers and names in what a customer
// writes, in Chinese and English, by a grammar of our own. It is pure: the same
// text at the same time gives the same entities. What is written but can't be
// (31 February, a wrong check digit) is found too and says what is wrong.
package entity

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pingdui/pingdui/internal/zh"
)

// scan is one reading of one text. Rules take a rune position and give the
// position behind what they matched; a failed rule gives no match and the next is tried.
type scan struct {
	text zh.Text
	r    []rune
	at   []int // byte offset in text.Norm of each rune, and of the end
	now  time.Time
	out  []Entity
	// from and to are the runes of each of out.
	from, to []int
	// plain reads what is named and not what is meant by it, for Named.
	plain bool
	// whole is set while an hour is read: 三点五十 is no decimal there.
	whole bool
}

// Extract finds the entities of a text, in its order. now, in the bank's zone,
// is what 明天 and 下个月 are counted from. Offsets are bytes of the text as
// given and always lie on rune boundaries. Entities don't overlap, but for a
// bare number that is the whole message: it is both Number and Code.
func Extract(text string, now time.Time) []Entity {
	s := newScan(text, now)
	s.read()
	s.roles()
	s.joinPeriods()
	return s.out
}

// Named finds the entities of a text as Extract does, each in its barest form and
// without a role: 我妈 of 我妈的房东. It is what models learn from, to whom
// it matters that somebody is named and not who is meant.
func Named(text string, now time.Time) []Entity {
	s := newScan(text, now)
	s.plain = true
	s.read()
	s.joinPeriods()
	return s.out
}

func (s *scan) read() {
	for i := 0; i < len(s.r); {
		if end := s.step(i); end > i {
			i = end
			continue
		}
		i = s.skip(i)
	}
}

func newScan(text string, now time.Time) *scan {
	s := &scan{text: zh.New().Normalize(text), now: now}
	for i, r := range s.text.Norm {
		s.r = append(s.r, r)
		s.at = append(s.at, i)
	}
	s.at = append(s.at, len(s.text.Norm))
	return s
}

// step tries every rule at i and gives the end of what was found, or i. The
// order is the precedence: the longer and surer reading first.
func (s *scan) step(i int) int {
	rules := [...]func(int) int{
		s.cardTail, s.secretCode, s.longDigits, s.stoppedTail, s.percent, s.dateTime, s.term, s.rangeSum, s.amount, s.ordinal,
		s.person, s.account, s.number,
	}
	for _, rule := range rules {
		if end := rule(i); end > i {
			return end
		}
	}
	return i
}

// skip goes past one rune, or past a whole Latin word so that no rule starts in
// the middle of one.
func (s *scan) skip(i int) int {
	if !latin(s.get(i)) {
		return i + 1
	}
	for i < len(s.r) && latin(s.r[i]) {
		i++
	}
	return i
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' }

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// get is the rune at i, or 0 outside.
func (s *scan) get(i int) rune {
	if i < 0 || i >= len(s.r) {
		return 0
	}
	return s.r[i]
}

// lit gives the position behind the literal at i, or -1. A Latin literal must
// end at a word's end.
func (s *scan) lit(i int, want string) int {
	j := i
	for _, r := range want {
		if s.get(j) != r {
			return -1
		}
		j++
	}
	last, _ := utf8.DecodeLastRuneInString(want)
	if latin(last) && latin(s.get(j)) {
		return -1
	}
	return j
}

// any gives the position behind the longest of the literals at i and its index, or -1.
func (s *scan) any(i int, want ...string) (end, which int) {
	end, which = -1, -1
	for k, w := range want {
		if e := s.lit(i, w); e > end {
			end, which = e, k
		}
	}
	return end, which
}

// has says whether one of the literals stands at i.
func (s *scan) has(i int, want ...string) bool {
	end, _ := s.any(i, want...)
	return end >= 0
}

// opt goes past one of the literals where it stands, or stays.
func (s *scan) opt(i int, want ...string) int {
	if end, _ := s.any(i, want...); end >= 0 {
		return end
	}
	return i
}

func (s *scan) spaces(i int) int {
	for s.get(i) == ' ' {
		i++
	}
	return i
}

// wordStart says whether a Latin word or number could start at i.
func (s *scan) wordStart(i int) bool {
	p := s.get(i - 1)
	return !latin(p) && !isDigit(p)
}

// before says whether the text left of i (spaces aside) ends with one of the words.
func (s *scan) before(i int, words ...string) bool {
	left := strings.TrimRight(s.text.Norm[:s.at[min(i, len(s.r))]], " ")
	return slices.ContainsFunc(words, func(w string) bool {
		rest, ok := strings.CutSuffix(left, w)
		if !ok || rest == "" {
			return ok
		}
		last, _ := utf8.DecodeLastRuneInString(rest)
		first, _ := utf8.DecodeRuneInString(w)
		return !latin(first) || !unicode.IsLetter(last) || last >= utf8.RuneSelf
	})
}

// add records an entity over the runes [i, j).
func (s *scan) add(kind Kind, value, bad string, i, j int) int {
	from, to := s.text.Span(s.at[i], s.at[j])
	if bad != "" {
		value = ""
	}
	s.from, s.to = append(s.from, i), append(s.to, j)
	s.out = append(s.out, Entity{Kind: kind, Value: value, Text: s.text.Orig[from:to], Start: from, End: to, Bad: bad})
	return j
}

// alone says whether nothing but marks and filler words stands outside [i, j).
func (s *scan) alone(i, j int) bool {
	strip := func(t string) string {
		t = strings.TrimFunc(t, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
		for _, f := range []string{"是", "就", "嗯", "哦", "吧", "的", "呢", "啊", "it's", "it is"} {
			t = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(t, f), f))
		}
		return t
	}
	return strip(s.text.Norm[:s.at[i]]) == "" && strip(s.text.Norm[s.at[j]:]) == ""
}

// Fold is a text as it is compared: one width, one case, simplified characters.
func Fold(text string) string { return zh.New().Fold(text) }
