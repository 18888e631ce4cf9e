package intents

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// Model predicts intents. It is immutable and safe for concurrent use.
type Model struct {
	words     string // the lexicon's text
	intents   []string
	vocab     *vocabulary
	weights   weights
	near      *neighbours
	extractor extractor
	cal       calibration
	examples  int
	tales     *Model    // of frauds in progress; nil when it was taught none
	pool      sync.Pool // *scratch
}

// calibration turns distances into probabilities; fitted by cross-validation.
type calibration struct {
	Scale   float64 // P = softmax(Scale × margin + Near × cosine to the intent)
	Near    float64 //
	Middle  float64 // evidence at which InScope is one half
	Spread  float64 // evidence that moves InScope's log odds by one
	Correct float64 // share of right answers in cross-validation
}

// Score is one intent with its calibrated probability, 0..1.
type Score struct {
	Intent string  `json:"intent"`
	P      float64 `json:"p"`
}

// Prediction is what a model says of one text.
type Prediction struct {
	// Scores are the likeliest intents, best first, at most 5; their P adds up
	// to 1 over all intents of the model and supposes that one of them is meant.
	Scores []Score `json:"scores"`
	// InScope is the probability that any intent of the model is meant at all.
	InScope float64 `json:"in_scope"`
	// Signals are what InScope was made of, for the try-it pane.
	Signals Signals `json:"signals"`
}

// Signals are the raw measures behind InScope.
type Signals struct {
	Margin float64 `json:"margin"` // distance of the best intent's hyperplane; about -1 to 1
	Gap    float64 `json:"gap"`    // to the second best
	Near   float64 `json:"near"`   // cosine to the nearest example of the best intent, 0..1
	Known  float64 `json:"known"`  // share of the text that any example has, 0..1
}

type scratch struct {
	margin, near, sims []float32
}

// Predict understands one text. An empty text, or one of unknown words only,
// is out of scope.
func (m *Model) Predict(text string) Prediction {
	x, known := m.vocab.vector(m.extractor.features(text), 0)
	if len(x.id) == 0 {
		return Prediction{}
	}
	s, _ := m.pool.Get().(*scratch)
	if s == nil {
		s = &scratch{margin: make([]float32, len(m.intents)), near: make([]float32, len(m.intents)), sims: make([]float32, len(m.near.class))}
	}
	defer m.pool.Put(s)
	m.weights.margins(x, s.margin)
	m.near.sims(x, s.sims)
	clear(s.near)
	for e, c := range m.near.class {
		s.near[c] = max(s.near[c], s.sims[e])
	}
	return m.cal.prediction(m.intents, s.margin, s.near, known)
}

func (c calibration) prediction(intents []string, margin, near []float32, known float64) Prediction {
	p := make([]float64, len(margin))
	order := c.probabilities(margin, near, p)
	out := Prediction{Signals: signals(margin, near, order, known)}
	for _, k := range order[:min(5, len(order))] {
		out.Scores = append(out.Scores, Score{Intent: intents[k], P: p[k]})
	}
	out.InScope = c.scope(out.Signals, out.Scores[0].P)
	return out
}

// probabilities fills p and gives the best classes first (at most 5).
//
//go:norace // a hot loop over its own arrays; its callers are watched
func (c calibration) probabilities(margin, near []float32, p []float64) []int {
	top := math.Inf(-1)
	for k := range p {
		p[k] = c.Scale*float64(margin[k]) + c.Near*float64(near[k])
		top = max(top, p[k])
	}
	sum := 0.0
	for k := range p {
		p[k] = math.Exp(p[k] - top)
		sum += p[k]
	}
	best := make([]int, 0, 6)
	for k := range p {
		p[k] /= sum
		at := len(best)
		for at > 0 && p[best[at-1]] < p[k] {
			at--
		}
		if at < 5 {
			best = slices.Insert(best, at, k)
			best = best[:min(len(best), 5)]
		}
	}
	return best
}

func signals(margin, near []float32, order []int, known float64) Signals {
	s := Signals{Margin: float64(margin[order[0]]), Near: float64(near[order[0]]), Known: known, Gap: 2}
	if len(order) > 1 {
		s.Gap = s.Margin - float64(margin[order[1]])
	}
	return s
}

// evidence weighs the signals into one number. That a text's words were seen
// at all says most, the distance of the best intent next; weights were set on
// the public out-of-scope development sets (AUROC 0.974 and 0.82 against 0.962
// and 0.81 of the distance alone).
func (s Signals) evidence(p float64) float64 { return s.Margin + 3*s.Known + 0.75*p }

func (c calibration) scope(s Signals, p float64) float64 {
	return 1 / (1 + math.Exp(-(s.evidence(p)-c.Middle)/c.Spread))
}

// Describe says in one line how large the model is and how it is calibrated.
func (m *Model) Describe() string {
	return fmt.Sprintf("%d intents, %d examples, %d features, scale %.1f near %.1f, cross-validated accuracy %.4f",
		len(m.intents), m.examples, len(m.vocab.features), m.cal.Scale, m.cal.Near, m.cal.Correct)
}
