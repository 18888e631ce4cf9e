package knowledge

import (
	"bufio"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pingdui/pingdui/internal/zh"
)

//go:embed concepts.txt
var shippedConcepts string

// conceptsFile replaces the shipped concepts in a release that has it: words
// on one line mean the same, the way customers use them.
const conceptsFile = "concepts.txt"

// analyser cuts texts into the tokens that both ranks work on: characters and
// pairs of them, words, and one token for each concept the text names.
type analyser struct {
	norm     *zh.Normalizer
	concepts []concept
	first    map[rune][]int // places of concepts, by what their words begin with
}

type concept struct{ word, token string }

// newAnalyser reads concepts: one group a line, words apart by spaces, _ for a
// space inside a word; # starts a comment.
func newAnalyser(concepts string) *analyser {
	a := &analyser{norm: zh.New(), first: map[rune][]int{}}
	lines := bufio.NewScanner(strings.NewReader(concepts))
	for n := 0; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		for _, w := range words {
			c := concept{word: a.norm.Fold(strings.ReplaceAll(w, "_", " ")), token: fmt.Sprintf("=%s", words[0])}
			if c.word == "" {
				continue
			}
			start, _ := utf8.DecodeRuneInString(c.word)
			a.first[start] = append(a.first[start], len(a.concepts))
			a.concepts = append(a.concepts, c)
		}
	}
	return a
}

// tokens are the tokens of a text, with repeats.
func (a *analyser) tokens(text string) []string {
	folded := a.norm.Fold(text)
	out := a.norm.Tokens(folded)
	var named []int
	for i, r := range folded {
		for _, n := range a.first[r] {
			if stands(folded, a.concepts[n].word, i) {
				named = append(named, n)
			}
		}
	}
	// In the order of the concepts, so that where they stand changes nothing.
	slices.Sort(named)
	seen := map[string]bool{}
	for _, n := range named {
		if c := a.concepts[n]; !seen[c.token] {
			seen[c.token] = true
			out = append(out, c.token)
		}
	}
	return out
}

// contains finds a word in a folded text; a Latin word only as a whole word.
func contains(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 || word == "" {
			return false
		}
		i += from
		if stands(text, word, i) {
			return true
		}
		from = i + 1
	}
}

// stands says whether a word stands at a place of a text; a Latin word only as a
// whole word.
func stands(text, word string, i int) bool {
	if !strings.HasPrefix(text[i:], word) {
		return false
	}
	end := i + len(word)
	return !latin(word[0]) || (i == 0 || !latin(text[i-1])) && (end == len(text) || !latin(text[end]) || text[end:] == "s" || strings.HasPrefix(text[end:], "s "))
}

func latin(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' }
