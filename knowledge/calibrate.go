package knowledge

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/zh"
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

// describe makes the features of one candidate among its rivals.
func describe(e *evidence, list []*evidence, q *query) [features]float64 {
	var words, cos, whole, center float64
	linear := max(-1, q.linear[nothing])
	for _, o := range list {
		if o != e {
			words, cos, whole, center = max(words, o.bm25), max(cos, o.cos), max(whole, o.whole), max(center, o.center)
			linear = max(linear, o.linear)
		}
	}
	self := max(q.self, 0.01)
	return [features]float64{
		min(e.bm25/self, 1.2), e.asked, e.said, e.cos, e.whole,
		max(-1, min(1, (e.bm25-words)/self)), e.cos - cos, e.whole - whole, math.Log1p(q.self) / 4,
		e.center, e.center - center,
		max(-1, min(2, e.linear)), max(-1, min(2, e.linear-linear)),
		min(e.bm25/20, 1.5), max(-1, (e.bm25-words)/max(e.bm25, 1)), min(e.whole*e.mass/20, 1.5), max(-1, (e.whole-whole)/max(e.whole, 0.05)),
	}
}

func (c *calibration) score(x [features]float64) float64 {
	z := c.Weights[features]
	for i, v := range x {
		z += c.Weights[i] * v
	}
	return 1 / (1 + math.Exp(-z))
}

// order puts the likeliest first and returns the scores in that order.
func (c *calibration) order(list []*evidence, q *query) []float64 {
	type scored struct {
		e *evidence
		p float64
	}
	all := make([]scored, len(list))
	for i, e := range list {
		all[i] = scored{e, c.score(describe(e, list, q))}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.p, a.p) })
	out := make([]float64, len(all))
	for i, s := range all {
		list[i], out[i] = s.e, s.p
	}
	return out
}

// Quality is how well a release finds its own questions, each left out in its
// turn, and leaves alone what it has no answer to. Shares are 0..1.
type Quality struct {
	Questions int     `json:"questions"` // left out one by one
	First     float64 `json:"recall_1"`  // the right article came first
	Three     float64 `json:"recall_3"`  // was among the first three
	Answered  float64 `json:"answered"`  // right and at or above Threshold
	Wrong     float64 `json:"wrong"`     // another article at or above Threshold
	None      int     `json:"none"`      // lines without an answer
	Rejected  float64 `json:"rejected"`  // of them, below Threshold
}

// maxHeldOut is how many questions are left out one by one, spread over the
// base, when the configuration does not say.
const maxHeldOut = 800

// depth is how many candidates are looked at closely.
const depth = 12

type trial struct {
	q     query
	right string // empty: nothing answers
	list  []*evidence
	fold  int
}

// calibrate learns the scores of a release from its own questions and from
// lines without an answer, and measures itself: on each fifth of the questions
// with what it learned from the rest.
func calibrate(s stats, units []unit, a *analyser, embed func(context.Context, []string) ([][]float32, error), none []string, most int) (calibration, linear, Quality) {
	for i := range units {
		units[i].terms, units[i].weight = s.terms(units[i].tokens)
	}
	articles, list, part := lessons(&s, units, a, none)
	// What is asked of a trial's linear scores was learned without its fold.
	var without [folds]linear
	for fold := range without {
		var rest []lesson
		for i, l := range list {
			if part[i] != fold {
				rest = append(rest, l)
			}
		}
		without[fold] = learn(articles, rest)
	}
	// ask makes a question of a text, with the scores of what was learned
	// without the fold.
	ask := func(text string, fold int) (query, bool) {
		vectors, err := embed(context.Background(), []string{text})
		if err != nil {
			return query{}, false
		}
		tokens := a.tokens(text)
		q := newQuery(&s, tokens, vectors[0])
		q.linear = without[fold].scores(s.features(tokens))
		return q, true
	}
	trials, chatty := heldOut(&s, units, most, ask)
	for i, line := range none[:min(most, len(none))] {
		if q, ok := ask(line, i%folds); ok {
			trials = append(trials, trial{q: q, list: gather(&s, units, &q, -1, []string{"customer"}), fold: i % folds})
		}
		if q, ok := ask(wordy(line, i), i%folds); ok {
			chatty = append(chatty, trial{q: q, list: gather(&s, units, &q, -1, []string{"customer"}), fold: i % folds})
		}
	}
	var quality Quality
	for fold := range folds {
		var train, test []trial
		for _, t := range trials {
			if t.fold == fold {
				test = append(test, t)
			} else {
				train = append(train, t)
			}
		}
		for _, t := range chatty {
			if t.fold != fold {
				train = append(train, t)
			}
		}
		c := fit(train)
		quality.measure(&c, test)
	}
	quality.finish()
	return fit(append(trials, chatty...)), learn(articles, list), quality
}

const folds = 5

func (q *Quality) measure(c *calibration, test []trial) {
	for _, t := range test {
		list := slices.Clone(t.list)
		scores := c.order(list, &t.q)
		sure := len(scores) > 0 && scores[0] >= Threshold
		if t.right == "" {
			q.None++
			if !sure {
				q.Rejected++
			}
			continue
		}
		q.Questions++
		at := slices.IndexFunc(list, func(e *evidence) bool { return e.Article == t.right })
		if at == 0 {
			q.First++
		}
		if at >= 0 && at < 3 {
			q.Three++
		}
		switch {
		case sure && at == 0:
			q.Answered++
		case sure:
			q.Wrong++
		}
	}
}

func (q *Quality) finish() {
	n, m := float64(max(q.Questions, 1)), float64(max(q.None, 1))
	q.First, q.Three, q.Answered, q.Wrong, q.Rejected = q.First/n, q.Three/n, q.Answered/n, q.Wrong/n, q.Rejected/m
}

// heldOut asks each question of the base with that question taken away: as it
// stands, and once more the way people talk.
func heldOut(s *stats, units []unit, most int, ask func(string, int) (query, bool)) (plain, chatty []trial) {
	var asked []int
	for i, u := range units {
		if u.Kind == kindSimilar || u.Kind == kindQuestion {
			asked = append(asked, i)
		}
	}
	step := max(1, (len(asked)+most-1)/most)
	for n := 0; n < len(asked); n += step {
		i := asked[n]
		u := units[i]
		if q, ok := ask(u.Text, i%folds); ok {
			plain = append(plain, trial{q: q, right: u.Article, list: gather(s, units, &q, i, u.Audience), fold: i % folds})
		}
		if q, ok := ask(wordy(u.Text, n/step), i%folds); ok {
			chatty = append(chatty, trial{q: q, right: u.Article, list: gather(s, units, &q, i, u.Audience), fold: i % folds})
		}
	}
	return plain, chatty
}

// wordy says a question the way people talk, with what has nothing to do with
// it before or after. The base's own questions are short; customers' are not,
// and a score learned from short ones alone finds every long one doubtful.
func wordy(text string, n int) string {
	before, after := spoken["zh"][0], spoken["zh"][1]
	if !strings.ContainsFunc(text, zh.IsHan) {
		before, after = spoken["en"][0], spoken["en"][1]
	}
	switch n % 3 {
	case 0:
		return before[n/3%len(before)] + text
	case 1:
		return text + after[n/3%len(after)]
	}
	return before[n/3%len(before)] + text + after[(n/3+5)%len(after)]
}

// gather is Search in memory: the best candidates among all passages but one.
func gather(s *stats, units []unit, q *query, except int, audience []string) []*evidence {
	byArticle := map[string]*evidence{}
	reader := Query{Audience: audience}
	for i := range units {
		u := &units[i]
		if i == except || u.Edition != "" || u.Region != "" || u.Variant != "" || u.Dated || !u.visible(reader, max(u.Valid.From, time.Time{}.Format(time.DateOnly))) {
			continue
		}
		if except >= 0 && u.Locale != units[except].Locale || except >= 0 && u.Text == units[except].Text {
			continue
		}
		e := byArticle[u.Article]
		if e == nil {
			e = &evidence{Article: u.Article, cos: -1}
			byArticle[u.Article] = e
		}
		e.cos = max(e.cos, cosine(q.vector, u.vector))
		if e.sum == nil {
			e.sum = make([]float64, Dimensions)
		}
		for k, v := range u.vector {
			e.sum[k] += float64(v)
		}
		if m := q.match(s, u.terms, u.weight, len(u.tokens)); m.bm25 > 0 {
			e.add(m)
		}
	}
	list := make([]*evidence, 0, len(byArticle))
	for _, e := range byArticle {
		e.close(q)
		e.linear = q.linear[e.Article]
		e.center = centered(q.vector, e.sum)
		e.sum = nil
		list = append(list, e)
	}
	fuse(list)
	list = list[:min(depth, len(list))]
	for _, e := range list {
		e.common = nil
	}
	return list
}

// wrongWeight is how much more a line that nothing answers counts: customers
// ask of far more things than a base can list, and a wrong answer costs more
// than an honest "I don't know".
const wrongWeight = 2.5

// fit is logistic regression by Newton's steps with a small ridge; each
// candidate of a trial is one example, right or not.
func fit(trials []trial) calibration {
	var xs [][features + 1]float64
	var ys, ws []float64
	for i := range trials {
		t := &trials[i]
		for k, e := range t.list {
			if k >= 4 && e.Article != t.right {
				continue // the far ones teach nothing more
			}
			var x [features + 1]float64
			d := describe(e, t.list, &t.q)
			copy(x[:], d[:])
			x[features] = 1
			y := 0.0
			if e.Article == t.right {
				y = 1
			}
			w := 1.0
			if t.right == "" {
				w = wrongWeight
			}
			xs, ys, ws = append(xs, x), append(ys, y), append(ws, w)
		}
	}
	var c calibration
	if len(xs) == 0 {
		// An empty base knows nothing: whatever is found later must be
		// nearly the same words.
		c.Weights = [features + 1]float64{features: -5, 2: 6, 3: 3}
		return c
	}
	const ridge = 0.5
	for range 25 {
		var gradient [features + 1]float64
		var hessian [features + 1][features + 1]float64
		for n, x := range xs {
			z := 0.0
			for i := range x {
				z += c.Weights[i] * x[i]
			}
			p := 1 / (1 + math.Exp(-z))
			for i := range x {
				gradient[i] += ws[n] * (ys[n] - p) * x[i]
				for k := range x {
					hessian[i][k] += ws[n] * p * (1 - p) * x[i] * x[k]
				}
			}
		}
		for i := range gradient {
			if i < features {
				gradient[i] -= ridge * c.Weights[i]
			}
			hessian[i][i] += ridge
		}
		step := solve(hessian, gradient)
		var size float64
		for i := range step {
			c.Weights[i] += step[i]
			size += math.Abs(step[i])
		}
		if size < 1e-6 {
			break
		}
	}
	return c
}

// solve is Gauss's elimination with pivots.
func solve(a [features + 1][features + 1]float64, b [features + 1]float64) [features + 1]float64 {
	const n = features + 1
	for i := range n {
		pivot := i
		for r := i + 1; r < n; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[pivot][i]) {
				pivot = r
			}
		}
		a[i], a[pivot], b[i], b[pivot] = a[pivot], a[i], b[pivot], b[i]
		for r := i + 1; r < n && a[i][i] != 0; r++ {
			f := a[r][i] / a[i][i]
			for k := i; k < n; k++ {
				a[r][k] -= f * a[i][k]
			}
			b[r] -= f * b[i]
		}
	}
	var x [n]float64
	for i := n - 1; i >= 0; i-- {
		x[i] = b[i]
		for k := i + 1; k < n; k++ {
			x[i] -= a[i][k] * x[k]
		}
		if a[i][i] != 0 {
			x[i] /= a[i][i]
		} else {
			x[i] = 0
		}
	}
	return x
}

// centered is the cosine of a vector to a sum of vectors.
func centered(v []float32, sum []float64) float64 {
	var dot, norm float64
	for i, s := range sum {
		dot += float64(v[i]) * s
		norm += s * s
	}
	if norm == 0 {
		return 0
	}
	return dot / math.Sqrt(norm)
}
