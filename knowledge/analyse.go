package knowledge

import (
	"github.com/pingdui/pingdui/internal/lexicon"
	"github.com/pingdui/pingdui/internal/zh"
)

// conceptsFile replaces the shipped lexicon in a release that has it.
const conceptsFile = "concepts.txt"

// analyser cuts texts into the tokens that both ranks work on: characters and
// pairs of them, words, and one token for each concept the text names.
type analyser struct {
	norm *zh.Normalizer
	lex  *lexicon.Lexicon
}

// newAnalyser reads the lexicon's text.
func newAnalyser(words string) *analyser {
	return &analyser{norm: zh.New(), lex: lexicon.New(words)}
}

// tokens are the tokens of a text, with repeats.
func (a *analyser) tokens(text string) []string {
	folded := a.lex.Standard(a.norm.Fold(text))
	out := a.norm.Tokens(folded)
	for _, c := range a.lex.Concepts(folded) {
		out = append(out, "="+c)
	}
	return out
}

func latin(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' }
