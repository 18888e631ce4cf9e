// Package lexicon knows the words that customers use: which of them mean the
// same, and what a word of a dialect is in the standard language. It is data
// that an editor can extend; understanding and search read the same one.
package lexicon

import (
	"bufio"
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pingdui/pingdui/internal/zh"
)

// Shipped is the text of the lexicon that a release without one of its own has.
//
//go:embed words.txt
var Shipped string

// Lexicon is one list of words, ready to look up. It is immutable and safe for
// concurrent use.
type Lexicon struct {
	concepts []entry
	concept  map[rune][]int // places in concepts, by what their words begin with
	dialect  map[rune][]entry
}

// entry is a folded word and what it stands for.
type entry struct{ word, means string }

// New reads a lexicon. A line is a group of words apart by spaces, _ for a space
// inside a word; the first names the concept that all of them mean. A line that
// begins with ~ is dialect: the first word is the standard one and takes the
// place of the others. # starts a comment.
func New(text string) *Lexicon {
	norm := zh.New()
	l := &Lexicon{concept: map[rune][]int{}, dialect: map[rune][]entry{}}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		line, dialect := strings.CutPrefix(strings.TrimSpace(line), "~")
		words := strings.Fields(line)
		for i, w := range words {
			e := entry{word: norm.Fold(strings.ReplaceAll(w, "_", " ")), means: words[0]}
			if e.word == "" || dialect && i == 0 {
				continue
			}
			start, _ := utf8.DecodeRuneInString(e.word)
			if dialect {
				l.dialect[start] = append(l.dialect[start], e)
				continue
			}
			l.concept[start] = append(l.concept[start], len(l.concepts))
			l.concepts = append(l.concepts, e)
		}
	}
	for _, list := range l.dialect {
		slices.SortStableFunc(list, func(a, b entry) int { return len(b.word) - len(a.word) })
	}
	return l
}

// Standard puts the standard words in the place of a dialect's in a folded text:
// 听日帮我攞钱 reads 明天帮我取钱. The longest word wins.
func (l *Lexicon) Standard(folded string) string {
	var b strings.Builder
	from := 0
	for i := 0; i < len(folded); {
		r, size := utf8.DecodeRuneInString(folded[i:])
		at := slices.IndexFunc(l.dialect[r], func(e entry) bool { return Stands(folded, e.word, i) })
		if at < 0 {
			i += size
			continue
		}
		e := l.dialect[r][at]
		b.WriteString(folded[from:i])
		b.WriteString(e.means)
		i += len(e.word)
		from = i
	}
	if from == 0 {
		return folded
	}
	b.WriteString(folded[from:])
	return b.String()
}

// Concepts names the concepts of a folded text, each once, in the order of the
// lexicon, so that where a word stands changes nothing.
func (l *Lexicon) Concepts(folded string) []string {
	var named []int
	for i, r := range folded {
		for _, n := range l.concept[r] {
			if Stands(folded, l.concepts[n].word, i) {
				named = append(named, n)
			}
		}
	}
	slices.Sort(named)
	var out []string
	for _, n := range named {
		if c := l.concepts[n].means; !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// Contains finds a word in a folded text; a Latin word only as a whole word.
func Contains(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 || word == "" {
			return false
		}
		i += from
		if Stands(text, word, i) {
			return true
		}
		from = i + 1
	}
}

// Stands says whether a word stands at a place of a text; a Latin word only as a
// whole word.
func Stands(text, word string, i int) bool {
	if !strings.HasPrefix(text[i:], word) {
		return false
	}
	end := i + len(word)
	return !latin(word[0]) || (i == 0 || !latin(text[i-1])) && (end == len(text) || !latin(text[end]) || text[end:] == "s" || strings.HasPrefix(text[end:], "s "))
}

func latin(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' }
