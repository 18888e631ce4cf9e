package intents

import (
	"context"
	"math"
	"slices"
)

// held is what a model that never saw the example says of it.
type held struct {
	y            int32
	margin, near []float32
	known        float64
}

// calibrate fits the model's calibration on cross-validated margins.
func (t *training) calibrate(ctx context.Context, m *Model, s solver, cfg Config) error {
	// A large set says enough with a part or two of it held out; a small one needs
	// every example to be judged once.
	k, rounds := cfg.Folds, cfg.Folds
	if k == 0 {
		k, rounds = 5, 5
		switch {
		case len(t.x) >= 4000:
			rounds = 1
		case len(t.x) >= 1500:
			rounds = 2
		}
	}
	k = min(k, len(t.x))
	m.cal = calibration{Scale: 4, Middle: 2, Spread: 0.2}
	if k < 2 || len(t.intents) < 2 {
		return nil
	}
	hs, err := t.crossValidate(ctx, s, k, rounds)
	if err != nil {
		return err
	}
	m.cal.fit(hs)
	return nil
}

func (t *training) crossValidate(ctx context.Context, s solver, k, rounds int) ([]held, error) {
	fold := t.folds(k)
	var out []held
	for f := range min(k, rounds) {
		part := s.without(func(i int) bool { return fold[i] == f })
		w, _, err := part.train(ctx)
		if err != nil {
			return nil, err
		}
		nb := newNeighbours(part.x, part.y, part.features)
		sims := make([]float32, len(nb.class))
		for i := range t.x {
			if fold[i] != f {
				continue
			}
			h := held{y: t.y[i], margin: make([]float32, s.classes), near: make([]float32, s.classes)}
			w.margins(t.x[i], h.margin)
			nb.sims(t.x[i], sims)
			for e, c := range nb.class {
				h.near[c] = max(h.near[c], sims[e])
			}
			h.known = t.knownApart(i)
			out = append(out, h)
		}
	}
	return out, nil
}

// without is the solver for the examples that are not left out. It starts where
// the whole set ended, less what the left out had brought in.
func (s solver) without(out func(int) bool) solver {
	part := s
	part.x, part.y, part.start = nil, nil, make([]support, len(s.start))
	now := make([]int32, len(s.x)) // number of an example in the part, or -1
	for i := range s.x {
		now[i] = -1
		if !out(i) {
			now[i] = int32(len(part.x)) //nolint:gosec // bounded by maxExamples
			part.x, part.y = append(part.x, s.x[i]), append(part.y, s.y[i])
		}
	}
	for k, set := range s.start {
		for p, i := range set.id {
			if now[i] >= 0 {
				part.start[k].id = append(part.start[k].id, now[i])
				part.start[k].alpha = append(part.start[k].alpha, set.alpha[p])
			}
		}
	}
	return part
}

// fit searches Scale and Near for the least negative log likelihood.
func (c *calibration) fit(hs []held) {
	best := math.Inf(1)
	all := hs
	hs = some(hs, enoughHeld)
	p := make([]float64, len(hs[0].margin))
	for _, scale := range []float64{1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12} {
		for _, near := range []float64{0, 0.5, 1, 2, 3, 4, 6, 8, 10} {
			try := calibration{Scale: scale, Near: near}
			nll, right := 0.0, 0
			for _, h := range hs {
				order := try.probabilities(h.margin, h.near, p)
				nll -= math.Log(max(p[h.y], 1e-9))
				if order[0] == int(h.y) {
					right++
				}
			}
			if nll < best {
				best = nll
				c.Scale, c.Near, c.Correct = scale, near, float64(right)/float64(len(hs))
			}
		}
	}
	c.fitScope(all, p)
}

// enoughHeld examples tell one scale from the next.
const enoughHeld = 1000

// some is every nth of hs, so that about n are left.
func some(hs []held, n int) []held {
	step := max(1, len(hs)/n)
	var out []held
	for i := 0; i < len(hs); i += step {
		out = append(out, hs[i])
	}
	return out
}

// rejectShare is the share of in-scope texts that InScope puts below one half:
// the price of rejecting what no intent covers, chosen on development data.
// With few examples the held-out ones lie far apart and a low quantile rejects
// hardly anything, so the price is higher.
const (
	rejectShare    = 0.08
	rejectShareFew = 0.15
	fewExamples    = 40 // an intent, on average
	// leastEvidence holds for sets so small that the quantile says nothing: half
	// of the words known, no intent's side of the plane, and a likely guess.
	leastEvidence = 1.5
)

// fitScope places InScope by the evidence of texts that are in scope, the only
// ones a training set has: one half at the rejectShare quantile, and a spread
// that follows how far these texts lie apart.
func (c *calibration) fitScope(hs []held, p []float64) {
	ev := make([]float64, len(hs))
	for i, h := range hs {
		order := c.probabilities(h.margin, h.near, p)
		ev[i] = signals(h.margin, h.near, order, h.known).evidence(p[order[0]])
	}
	slices.Sort(ev)
	at := func(q float64) float64 { return ev[int(q*float64(len(ev)-1))] }
	c.Middle = at(rejectShare)
	if len(hs) < fewExamples*len(p) && len(hs) < 2500 {
		c.Middle = at(rejectShareFew)
	}
	c.Middle = max(c.Middle, leastEvidence)
	c.Spread = max((at(0.5)-c.Middle)/3, 0.02)
}

// knownApart is the known share of example i as if it had not been trained on:
// a feature that no other example brings into the vocabulary counts as unknown.
func (t *training) knownApart(i int) float64 {
	var have, all float64
	fs := t.raw[i]
	for k, f := range fs {
		if k > 0 && fs[k-1] == f || f.block() == blockPinyin {
			continue
		}
		id := t.vocab.lookup(f)
		if id >= 0 && t.df[id] > t.minDF {
			w := float64(t.vocab.idf[id])
			have += w * w
			all += w * w
		} else {
			w := float64(t.vocab.unknown)
			all += w * w
		}
	}
	if all == 0 {
		return 0
	}
	return have / all
}
