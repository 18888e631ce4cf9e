package knowledge

import (
	"context"
	"hash/fnv"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/pingdui/pingdui/internal/lexicon"
	"github.com/pingdui/pingdui/internal/zh"
)

// Dimensions is the length of every vector.
const Dimensions = 256

// Embedder makes vectors of texts: Dimensions long, of length 1 (or 0 for an
// empty text). The same embedder gives the same text the same vector.
type Embedder interface {
	// ID names model and version; vectors of different IDs don't compare.
	ID() string
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Hashed is the embedder that needs no model: hashed features of characters,
// pairs, words, sounds and concepts, projected at random to 256 dimensions. It
// hears homophones (转帐, 转账) and shared words, not meaning.
type Hashed struct {
	norm *zh.Normalizer
	a    *analyser
}

// NewHashed makes the in-process embedder.
func NewHashed() *Hashed { return &Hashed{norm: zh.New(), a: newAnalyser(lexicon.Shipped)} }

// ID names the recipe; it changes whenever a vector would.
func (*Hashed) ID() string { return "hashed-1" }

// Embed makes the vectors; it never fails.
func (h *Hashed) Embed(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = h.vector(t, h.a.tokens(t))
	}
	return out, nil
}

// Weights of the features. Pairs carry most; single characters tell little, and
// those that every question has, next to nothing.
const (
	weightPair    = 1.0
	weightSingle  = 0.45
	weightFiller  = 0.08
	weightWord    = 1.0
	weightConcept = 1.6
	weightSound   = 0.45
)

const fillers = "的了吗呢吧啊呀嘛么是我你您他她们这那个在有就也都还要能会可以不没怎样什哪多少请问一下把给到上和与及"

// weigh says what a kind of token tells, by both ranks.
func weigh(t string) float64 {
	switch n := utf8.RuneCountInString(t); {
	case t[0] == '=':
		return weightConcept
	case t[0] < utf8.RuneSelf && stopword(t):
		return weightFiller
	case t[0] < utf8.RuneSelf:
		return weightWord
	case !strings.ContainsFunc(t, func(r rune) bool { return !strings.ContainsRune(fillers, r) }):
		return weightFiller
	case n == 1:
		return weightSingle
	}
	return weightPair
}

func (h *Hashed) vector(text string, tokens []string) []float32 {
	var sum [Dimensions]float64
	for _, t := range tokens {
		project(&sum, t, weigh(t))
	}
	last := ""
	for _, s := range h.norm.Pinyin(text) {
		if last != "" {
			project(&sum, "~"+last+" "+s, weightSound)
		}
		last = s
	}
	var norm float64
	for _, v := range sum {
		norm += v * v
	}
	out := make([]float32, Dimensions)
	if norm == 0 {
		return out
	}
	norm = math.Sqrt(norm)
	for i, v := range sum {
		out[i] = float32(v / norm)
	}
	return out
}

// stopword says whether an English word tells nothing about the question.
func stopword(t string) bool {
	switch t {
	case "a", "an", "the", "is", "are", "do", "does", "did", "i", "my", "me", "you", "your", "it", "to", "of", "in", "on", "for", "and", "or", "with",
		"can", "how", "what", "when", "where", "which", "why", "if", "be", "will", "at", "from", "have", "has", "there", "this", "that", "was", "want":
		return true
	}
	return false
}

// project adds a feature's random direction: 256 signs that its hash gives.
func project(sum *[Dimensions]float64, feature string, w float64) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(feature))
	state, weight := h.Sum64(), math.Float64bits(w)
	for i := 0; i < Dimensions; i += 64 {
		// splitmix64
		state += 0x9E3779B97F4A7C15
		z := state
		z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
		z = (z ^ (z >> 27)) * 0x94D049BB133111EB
		z ^= z >> 31
		for k := range 64 {
			// w or -w: a bit of the hash is the sign, and no branch to guess.
			sum[i+k] += math.Float64frombits(weight ^ (^z>>k&1)<<63)
		}
	}
}

// dot is the cosine of two vectors of length 1. Index takes millions of them:
// eight sums at a time keep the processor busy, in the precision the database
// counts with. Vectors are never written once made, so the race detector, which
// would look at every place of each, is left out of it.
//
//go:norace
func dot(a, b []float32) float64 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	b = b[:len(a)]
	for ; len(a) >= 8 && len(b) >= 8; a, b = a[8:], b[8:] {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		s4 += a[4] * b[4]
		s5 += a[5] * b[5]
		s6 += a[6] * b[6]
		s7 += a[7] * b[7]
	}
	for i := range a {
		s0 += a[i] * b[i]
	}
	return float64((s0 + s4) + (s1 + s5) + (s2 + s6) + (s3 + s7))
}
