package intents

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/pingdui/pingdui/internal/lexicon"
	"github.com/pingdui/pingdui/internal/zh"
)

// Example is one utterance of an intent.
type Example struct {
	Intent string `json:"intent"`
	Text   string `json:"text"`
	Locale string `json:"locale,omitempty"` // zh or en; kept for editors, not used in training
}

// Config holds what training and deciding can be told. The zero value means the
// defaults, which were set on public development data.
type Config struct {
	// C is the cost of a violated margin; 0 means by the number of examples.
	C float64
	// Positive is the cost factor of an intent's own examples against all the
	// others; 0 means by the number of examples.
	Positive float64
	// Folds of the cross-validation that calibrates; 0 means 3 to 8 by size.
	Folds int
	// AcceptAt is the InScope below which a text is rejected; 0 means 0.5.
	AcceptAt float64
	// ActAt is the probability from which the best intent is acted on; 0 means 0.5.
	ActAt float64
	// AskGap is by how much (as a share of the best) the best must lead the
	// second to be acted on without a question; 0 means 0.3.
	AskGap float64
	// Tales are what the scam brake learns from: Intent is the kind of fraud told
	// of, or NoTale. Without any it goes by its rules alone.
	Tales []Example
	// Lexicon is the text of the lexicon (see internal/lexicon) that a model is
	// trained with and keeps; empty means the shipped one.
	Lexicon string
}

// Limits of one training set; hostile or mistaken input is refused by name.
const (
	maxExamples = 200_000
	maxIntents  = 2_000
	maxWeights  = 96 << 20 // weights of one model
	maxName     = 200      // bytes of an intent's name
)

// ErrNoExamples is returned for a training set without a usable example.
var ErrNoExamples = errors.New("intents: no examples to train on")

// Train learns a model. It is deterministic: the same examples in the same
// order give the same bytes. At least one intent is needed; with a single one
// only InScope says anything. ctx stops it between intents.
func Train(ctx context.Context, examples []Example, cfg Config) (*Model, error) {
	words := cmp.Or(cfg.Lexicon, lexicon.Shipped)
	t, err := newTraining(examples, words)
	if err != nil {
		return nil, err
	}
	m := &Model{words: words, intents: t.intents, vocab: t.vocab, examples: len(t.x)}
	m.extractor = newExtractor(words, t.han)
	s := t.solver(cfg)
	if m.weights, s.start, err = s.train(ctx); err != nil {
		return nil, fmt.Errorf("intents: train: %w", err)
	}
	m.near = newNeighbours(t.x, t.y, len(t.vocab.features))
	if err := t.calibrate(ctx, m, s, cfg); err != nil {
		return nil, fmt.Errorf("intents: calibrate: %w", err)
	}
	if len(cfg.Tales) > 0 {
		tales := cfg.Tales
		cfg.Tales = nil
		if m.tales, err = Train(ctx, tales, cfg); err != nil {
			return nil, fmt.Errorf("the tales of frauds: %w", err)
		}
	}
	return m, nil
}

// training is a set made ready: intents numbered, texts turned into vectors.
type training struct {
	intents []string
	y       []int32
	raw     [][]feature
	x       []vector
	vocab   *vocabulary
	df      []int32
	han     bool
	minDF   int32
}

func newTraining(examples []Example, words string) (*training, error) {
	if len(examples) > maxExamples {
		return nil, fmt.Errorf("intents: %d examples, at most %d", len(examples), maxExamples)
	}
	t := &training{}
	number := map[string]int32{}
	for _, e := range examples {
		if strings.TrimSpace(e.Text) == "" || e.Intent == "" {
			continue
		}
		if len(e.Intent) > maxName {
			return nil, fmt.Errorf("intents: intent name of %d bytes, at most %d: %.40q…", len(e.Intent), maxName, e.Intent)
		}
		number[e.Intent] = 0
		t.han = t.han || strings.ContainsFunc(e.Text, zh.IsHan)
	}
	for name := range number {
		t.intents = append(t.intents, name)
	}
	slices.Sort(t.intents)
	if len(t.intents) == 0 {
		return nil, ErrNoExamples
	}
	if len(t.intents) > maxIntents {
		return nil, fmt.Errorf("intents: %d intents, at most %d", len(t.intents), maxIntents)
	}
	for i, name := range t.intents {
		number[name] = int32(i) //nolint:gosec // bounded above
	}
	var texts []string
	for _, e := range examples {
		if strings.TrimSpace(e.Text) == "" || e.Intent == "" {
			continue
		}
		texts = append(texts, e.Text)
		t.y = append(t.y, number[e.Intent])
	}
	t.raw = make([][]feature, len(texts))
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for part := range workers {
		wg.Go(func() {
			x := newExtractor(words, t.han)
			for i := part; i < len(texts); i += workers {
				t.raw[i] = x.features(texts[i])
			}
		})
	}
	wg.Wait()
	t.buildVocabulary()
	t.x = make([]vector, len(t.raw))
	for i := range t.raw {
		t.x[i], _ = t.vocab.vector(slices.Clone(t.raw[i]), 0)
	}
	return t, nil
}

// buildVocabulary counts in how many texts each feature stands. Small sets keep
// every feature; large ones drop those seen once, which are typos and names.
func (t *training) buildVocabulary() {
	count := make(map[feature]int32, 1<<16)
	for _, fs := range t.raw {
		slices.Sort(fs)
		for i, f := range fs {
			if i == 0 || fs[i-1] != f {
				count[f]++
			}
		}
	}
	t.minDF = 1
	if len(t.raw) >= 3000 {
		t.minDF = 2
	}
	budget := maxWeights / 4 / len(t.intents)
	for t.minDF < 64 && enough(count, t.minDF) > budget {
		t.minDF++
	}
	v := &vocabulary{}
	for f, n := range count {
		if n >= t.minDF {
			v.features = append(v.features, f)
		}
	}
	// The frequent stand together: a text's weights then lie in few cache lines.
	slices.SortFunc(v.features, func(a, b feature) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	n := float64(len(t.raw))
	v.idf = make([]float32, len(v.features))
	t.df = make([]int32, len(v.features))
	for i, f := range v.features {
		t.df[i] = count[f]
		v.idf[i] = idf(n, float64(count[f]))
	}
	v.unknown = idf(n, 1)
	v.index()
	t.vocab = v
}

// idf is damped: with few examples a rare feature is as often chance as meaning.
// The power was set on the development files.
func idf(n, df float64) float32 {
	return float32(math.Pow(1+math.Log((1+n)/(1+df)), 0.6))
}

func enough(count map[feature]int32, minDF int32) (n int) {
	for _, c := range count {
		if c >= minDF {
			n++
		}
	}
	return n
}

func (t *training) solver(cfg Config) solver {
	s := solver{x: t.x, y: t.y, classes: len(t.intents), features: len(t.vocab.features), c: cfg.C, positive: cfg.Positive, eps: 0.1, rounds: 60}
	// Few examples must be fitted closely; many can outvote a mislabelled one.
	few := len(t.x) < fewExamples*len(t.intents)
	if s.c == 0 {
		s.c = 1
		if few {
			s.c = 2
		}
	}
	if s.positive == 0 {
		s.positive = 4
		if few {
			s.positive = 6
		}
	}
	return s
}

// folds deals the examples of every intent round the folds, so that each fold
// holds a share of each intent.
func (t *training) folds(k int) []int {
	order := make([]int, len(t.y))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(t.y[a], t.y[b]) })
	fold := make([]int, len(t.y))
	for p, i := range order {
		fold[i] = p % k
	}
	return fold
}
