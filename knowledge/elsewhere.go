package knowledge

import (
	_ "embed"
	"math"
	"strings"

	"github.com/pingdui/pingdui/internal/lexicon"
)

//go:embed elsewhere.txt
var shippedElsewhere string

// other is a bank or service that is not ours, by the names customers use.
type other struct {
	name, english string
	words         []string
	bank          bool
}

// others reads the shipped names: kind, name, English name, words.
func others() []other {
	var out []other
	for line := range strings.Lines(shippedElsewhere) {
		text, _, _ := strings.Cut(line, "#")
		f := strings.Fields(text)
		if len(f) < 4 {
			continue
		}
		out = append(out, other{bank: f[0] == "bank", name: f[1], english: strings.ReplaceAll(f[2], "_", " "), words: f[3:]})
	}
	return out
}

// elsewhere is honest about questions to somebody else. Of another bank's rates
// and rules nothing is known here: that is said first, and what is ours after
// it. Of a service that no article speaks of, nothing is said at all.
func (s *shelf) elsewhere(hits []Hit, q Query) []Hit {
	folded := s.analyser.norm.Fold(q.Text)
	for _, o := range others() {
		word := ""
		for _, w := range o.words {
			if w = strings.ReplaceAll(w, "_", " "); lexicon.Contains(folded, w) && len(w) > len(word) {
				word = w
			}
		}
		if word == "" {
			continue
		}
		for i := range hits {
			h := &hits[i]
			switch a := s.Articles[h.Article]; {
			case a != nil && s.speaksOf(a, o):
			case !o.bank:
				h.Score = shift(h.Score, -elsewhereShift)
			case !between(folded, word):
				h.Text = said(o, q.locale()) + "\n" + h.Text
			}
		}
		return hits
	}
	return hits
}

// elsewhereShift makes sure that nothing is answered.
const elsewhereShift = 6

func said(o other, locale string) string {
	if locale == "en" {
		return "You ask about " + o.english + ". That is another bank, and I do not know its rates and rules; please ask there. At our bank:"
	}
	return "您问的是" + o.name + "，那是别的银行，它的规定和价格我不清楚，请向它核实。我们行是这样的："
}

// between says that the other bank is only where money goes to or comes from.
func between(folded, word string) bool {
	i := strings.Index(folded, word)
	for _, w := range []string{"转到", "转给", "转去", "汇到", "汇给", "打到", "打给", "存到", "转入", "往", "向", "给", "to ", "to an ", "to a "} {
		if strings.HasSuffix(folded[:i], w) {
			return true
		}
	}
	return false
}

// speaksOf says whether an article itself names the other one.
func (s *shelf) speaksOf(a *Article, o other) bool {
	var all strings.Builder
	for _, u := range a.units() {
		all.WriteString(s.analyser.norm.Fold(u.Text))
		all.WriteByte('\n')
	}
	text := all.String()
	for _, w := range o.words {
		if lexicon.Contains(text, strings.ReplaceAll(w, "_", " ")) {
			return true
		}
	}
	return false
}

// shift moves a probability by log-odds.
func shift(p, by float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return 1 / (1 + math.Exp(-math.Log(p/(1-p))-by))
}
