package zh

import (
	"unicode"
	"unicode/utf8"
)

// Tokens cuts a text for lexical search: every Chinese character, every pair
// of neighbouring ones, and lower-cased words and numbers of other scripts. The
// order is that of the text; repeats are kept, they are term frequencies.
func (n *Normalizer) Tokens(text string) []string {
	s := n.Fold(text)
	out := make([]string, 0, len(s)/2)
	prev := -1 // start of the Han rune just before, -1 when none
	word := -1 // start of the open word, -1 when none
	for i, r := range s {
		switch {
		case IsHan(r):
			if word >= 0 {
				out = append(out, s[word:i])
				word = -1
			}
			end := i + utf8.RuneLen(r)
			out = append(out, s[i:end])
			if prev >= 0 {
				out = append(out, s[prev:end])
			}
			prev = i
		case unicode.IsLetter(r) || unicode.IsDigit(r) || (word >= 0 && joins(s, i, r)):
			prev = -1
			if word < 0 {
				word = i
			}
		default:
			prev = -1
			if word >= 0 {
				out = append(out, s[word:i])
				word = -1
			}
		}
	}
	if word >= 0 {
		out = append(out, s[word:])
	}
	return out
}

// joins says whether the mark at i belongs inside a word: the point of 3.15,
// the comma of 1,200, the apostrophe of don't; never at a word's end.
func joins(s string, i int, r rune) bool {
	if i+1 >= len(s) {
		return false
	}
	before, after := s[i-1], s[i+1]
	switch r {
	case '.', ',':
		return isDigit(before) && isDigit(after)
	case '\'', '’':
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		return unicode.IsLetter(next) && !IsHan(next)
	}
	return false
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// Pinyin gives one toneless syllable for each Chinese character, and each run
// of other letters and digits as it stands, lower case. 转账 and 转帐 give the
// same. A character with several readings gives its most common one.
func (n *Normalizer) Pinyin(text string) []string {
	s := n.Fold(text)
	out := make([]string, 0, len(s)/3+1)
	word := -1
	flush := func(end int) {
		if word >= 0 {
			out = append(out, s[word:end])
			word = -1
		}
	}
	for i, r := range s {
		switch {
		case r >= hanFirst && r <= hanLast:
			flush(i)
			if p := n.Syllable(r); p != "" {
				out = append(out, p)
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if word < 0 {
				word = i
			}
		default:
			flush(i)
		}
	}
	flush(len(s))
	return out
}

// Syllable is the toneless pinyin of one character, empty when it has none.
func (n *Normalizer) Syllable(r rune) string {
	if r < hanFirst || r > hanLast {
		return ""
	}
	return n.syllables[n.syllable[r-hanFirst]]
}

// SyllableID is a small number for the character's toneless syllable, 0 when it
// has none: homophones share it. It is stable within one process only.
func (n *Normalizer) SyllableID(r rune) uint16 {
	if r < hanFirst || r > hanLast {
		return 0
	}
	return n.syllable[r-hanFirst]
}

// IsSyllable says whether an ASCII word is one pinyin syllable.
func (n *Normalizer) IsSyllable(word string) bool {
	_, ok := n.known[word]
	return ok
}

// Syllables cuts an ASCII word into pinyin syllables, longest first with
// backtracking: zhuanzhang gives zhuan zhang. It gives nil when the word does
// not read as pinyin, or is longer than 40 letters.
func (n *Normalizer) Syllables(word string) []string {
	if len(word) > 40 {
		return nil
	}
	// best[i] is the end of the best syllable that starts at i and leads to the
	// word's end; filled from behind so that every start is decided once.
	best := make([]int, len(word)+1)
	for i := len(word) - 1; i >= 0; i-- {
		for k := min(6, len(word)-i); k > 0; k-- {
			if (i+k == len(word) || best[i+k] > 0) && n.IsSyllable(word[i:i+k]) {
				best[i] = i + k
				break
			}
		}
	}
	if best[0] == 0 {
		return nil
	}
	var out []string
	for i := 0; i < len(word); i = best[i] {
		out = append(out, word[i:best[i]])
	}
	return out
}
