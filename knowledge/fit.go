package knowledge

import "math"

// wrongWeight is how much more a line that nothing answers counts: customers
// ask of far more things than a base can list, and a wrong answer costs more
// than an honest "I don't know".
const wrongWeight = 2.5

// fit is logistic regression by Newton's steps with a small ridge; each
// candidate of a trial is one example, right or not. Trials of the fold without
// are left out.
//
//go:norace // a hot loop over its own arrays; its callers are watched
func fit(trials []trial, without int) calibration {
	var xs []*example
	var ys, ws []float64
	for i := range trials {
		t := &trials[i]
		if t.fold == without {
			continue
		}
		for k, article := range t.articles {
			if k >= 4 && article != t.right {
				continue // the far ones teach nothing more
			}
			y, w := 0.0, 1.0
			if article == t.right {
				y = 1
			}
			if t.right == "" {
				w = wrongWeight
			}
			xs, ys, ws = append(xs, &t.examples[k]), append(ys, y), append(ws, w)
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
			for i, v := range x {
				z += c.Weights[i] * v
			}
			p := 1 / (1 + math.Exp(-z))
			miss, curve := ws[n]*(ys[n]-p), ws[n]*p*(1-p)
			for i, v := range x {
				gradient[i] += miss * v
				row, by := &hessian[i], curve*v
				for k := i; k < len(x); k++ {
					row[k] += by * x[k]
				}
			}
		}
		for i := range hessian {
			for k := range i {
				hessian[i][k] = hessian[k][i]
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
