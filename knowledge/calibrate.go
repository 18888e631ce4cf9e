package knowledge

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

// Threshold is the score from which a passage answers. Index calibrates every
// release so that the score is the share of such questions, of those kept out
// of training, that the article really answered.
const Threshold = 0.5

// features is how many things the calibration looks at.
const features = 17

// calibration is a logistic regression over the evidence for an article and
// its lead over the next.
type calibration struct {
	Weights [features + 1]float64 // the last is the bias
}

// example is what the calibration sees of one candidate; the last is always 1.
type example [features + 1]float64

// describe makes the features of one candidate among its rivals. self is the
// question's BM25 against itself, none its linear score for nothing.
func describe(e *evidence, list []*evidence, self, none float64) example {
	var words, cos, whole, center float64
	linear := max(-1, none)
	for _, o := range list {
		if o != e {
			words, cos, whole, center = max(words, o.bm25), max(cos, o.cos), max(whole, o.whole), max(center, o.center)
			linear = max(linear, o.linear)
		}
	}
	long := math.Log1p(self) / 4
	self = max(self, 0.01)
	return example{
		min(e.bm25/self, 1.2), e.asked, e.said, e.cos, e.whole,
		max(-1, min(1, (e.bm25-words)/self)), e.cos - cos, e.whole - whole, long,
		e.center, e.center - center,
		max(-1, min(2, e.linear)), max(-1, min(2, e.linear-linear)),
		min(e.bm25/20, 1.5), max(-1, (e.bm25-words)/max(e.bm25, 1)), min(e.whole*e.mass/20, 1.5), max(-1, (e.whole-whole)/max(e.whole, 0.05)),
		1,
	}
}

func (c *calibration) score(x *example) float64 {
	var z float64
	for i, v := range x {
		z += c.Weights[i] * v
	}
	return 1 / (1 + math.Exp(-z))
}

// rank says in which order candidates stand, the likeliest first, and their
// scores in that order.
func (c *calibration) rank(xs []example) (places []int, scores []float64) {
	raw := make([]float64, len(xs))
	places = make([]int, len(xs))
	for i := range xs {
		raw[i], places[i] = c.score(&xs[i]), i
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(raw[b], raw[a]) })
	scores = make([]float64, len(xs))
	for i, p := range places {
		scores[i] = raw[p]
	}
	return places, scores
}

// order puts the likeliest first and returns the scores in that order.
func (c *calibration) order(list []*evidence, q *query) []float64 {
	xs := make([]example, len(list))
	for i, e := range list {
		xs[i] = describe(e, list, q.self, q.linear[nothing])
	}
	places, scores := c.rank(xs)
	was := slices.Clone(list)
	for i, p := range places {
		list[i] = was[p]
	}
	return scores
}

// maxHeldOut is how many questions are left out one by one, spread over the
// base, when the configuration does not say.
const maxHeldOut = 800

// depth is how many candidates are looked at closely.
const depth = 12

// folds is how many parts the questions are cut into: each is measured with
// what was learned from the others.
const folds = 5

// embedding makes the vectors of texts whose tokens are known.
type embedding func(ctx context.Context, texts []string, tokens [][]string) ([][]float32, error)

// calibrate learns the scores of a release from its own questions and from
// lines without an answer, and measures itself: on each fifth of the questions
// with what it learned from the rest. The same release always gives the same
// scores, however many processors share the work.
func calibrate(ctx context.Context, s *stats, units []unit, a *analyser, embed embedding, none []string, most int) (calibration, linear, Quality, error) {
	lex := newNumbering(s)
	tokens := make([][]string, len(none))
	share(len(none), func(i int) { tokens[i] = a.tokens(none[i]) })
	articles, list := lessons(lex, units, tokens)
	trials, err := ask(ctx, units, a, embed, none, tokens, most)
	if err != nil {
		return calibration{}, linear{}, Quality{}, fmt.Errorf("make the vectors to calibrate with: %w", err)
	}
	docs := make([]doc, len(units))
	for i := range units {
		docs[i] = lex.doc(units[i].tokens)
	}
	for i := range trials {
		trials[i].doc = lex.doc(trials[i].tokens)
	}
	pools := pools{units: units, docs: docs, lex: lex, outcomes: articles, byReader: map[string]*pool{}}
	for i := range trials {
		t := &trials[i]
		t.pool = pools.pool(t.locale, t.audience)
	}
	// What is asked of a trial's linear scores was learned without its fold.
	var learned [folds + 1]weights
	share(len(learned), func(fold int) { learned[fold] = learn(lex.size(), len(articles), list, fold) })
	scratches(len(trials), func(w *scratch, i int) {
		t := &trials[i]
		t.pool.gather(w, t, &learned[t.fold])
	})
	var models [folds + 1]calibration
	share(len(models), func(fold int) { models[fold] = fit(trials, fold) })
	var quality Quality
	for fold := range folds {
		quality.measure(&models[fold], trials, fold)
	}
	quality.finish()
	return models[folds], learned[folds].named(lex, articles), quality, nil
}
