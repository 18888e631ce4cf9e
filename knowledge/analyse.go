package knowledge

import (
	"bufio"
	_ "embed"
	"fmt"
	"strings"

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
}

type concept struct{ word, token string }

// newAnalyser reads concepts: one group a line, words apart by spaces, _ for a
// space inside a word; # starts a comment.
func newAnalyser(concepts string) *analyser {
	a := &analyser{norm: zh.New()}
	lines := bufio.NewScanner(strings.NewReader(concepts))
	for n := 0; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		for _, w := range words {
			a.concepts = append(a.concepts, concept{word: a.norm.Fold(strings.ReplaceAll(w, "_", " ")), token: fmt.Sprintf("=%s", words[0])})
		}
	}
	return a
}

// tokens are the tokens of a text, with repeats.
func (a *analyser) tokens(text string) []string {
	folded := a.norm.Fold(text)
	out := a.norm.Tokens(folded)
	seen := map[string]bool{}
	for _, c := range a.concepts {
		if !seen[c.token] && contains(folded, c.word) {
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
		end := i + len(word)
		if !latin(word[0]) || (i == 0 || !latin(text[i-1])) && (end == len(text) || !latin(text[end]) || text[end:] == "s" || strings.HasPrefix(text[end:], "s ")) {
			return true
		}
		from = i + 1
	}
}

func latin(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' }
