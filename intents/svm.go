package intents

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

// solver trains one-versus-rest linear support vector machines with the squared
// hinge loss by dual coordinate descent with shrinking: Hsieh, Chang, Lin,
// Keerthi, Sundararajan: A Dual Coordinate Descent Method for Large-scale Linear
// SVM, ICML 2008, algorithm 3. One class is independent of the next, so they
// run in parallel and the result does not depend on how many run at once.
type solver struct {
	x        []vector
	y        []int32
	classes  int
	features int
	c        float64 // cost of a violated margin
	positive float64 // cost factor of the class's own examples
	eps      float64 // stop when projected gradients differ by less
	rounds   int     // passes at most
	// start are the dual variables to start from, [class][example]; nil starts
	// from none. The optimum is the same; a near start is there sooner.
	start [][]float32
	keep  bool // train gives the dual variables too
}

// weights are kept feature by feature: predicting walks a text's features and
// adds one contiguous row of class weights for each.
type weights struct {
	classes int
	w       []float32 // [feature][class]
	bias    []float32
}

// train gives the weights, and the dual variables where they are wanted.
func (s solver) train(ctx context.Context) (weights, [][]float32, error) {
	var dual [][]float32
	if s.keep {
		dual = make([][]float32, s.classes)
	}
	out := weights{classes: s.classes, w: make([]float32, s.features*s.classes), bias: make([]float32, s.classes)}
	sq := make([]float64, len(s.x))
	for i, x := range s.x {
		sq[i] = 1 // the bias feature
		for _, v := range x.v {
			sq[i] += float64(v) * float64(v)
		}
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), s.classes) {
		wg.Go(func() {
			w, alpha := make([]float64, s.features+1), make([]float64, len(s.x))
			for k := range next {
				s.begin(k, w, alpha)
				s.one(k, w, sq, alpha)
				if s.keep {
					dual[k] = make([]float32, len(alpha))
					for i, a := range alpha {
						dual[k][i] = float32(a)
					}
				}
				for f := range s.features {
					out.w[f*s.classes+k] = float32(w[f])
				}
				out.bias[k] = float32(w[s.features])
			}
		})
	}
	var err error
	for k := range s.classes {
		if err = context.Cause(ctx); err != nil {
			break
		}
		next <- k
	}
	close(next)
	wg.Wait()
	return out, dual, err
}

// begin puts class k's dual variables and the weights they make in place.
func (s solver) begin(k int, w, alpha []float64) {
	clear(w)
	clear(alpha)
	if s.start == nil {
		return
	}
	for i, a := range s.start[k] {
		if a == 0 {
			continue
		}
		alpha[i] = float64(a)
		d := float64(a)
		if int(s.y[i]) != k {
			d = -d
		}
		w[len(w)-1] += d
		for t, id := range s.x[i].id {
			w[id] += d * float64(s.x[i].v[t])
		}
	}
}

// one trains class k from where begin has put it; the last of w is the bias.
//
//go:norace // a hot loop over its own arrays; its callers are watched
func (s solver) one(k int, w, sq, alpha []float64) {
	n := len(s.x)
	bias := len(w) - 1
	active := make([]int, n)
	for i := range active {
		active[i] = i
	}
	rng := rand.New(rand.NewPCG(uint64(k)+1, uint64(n))) //nolint:gosec // an order, not a secret
	hi := math.Inf(1)
	size := n
	for range s.rounds {
		maxPG, minPG := math.Inf(-1), math.Inf(1)
		for i := range size {
			j := i + rng.IntN(size-i)
			active[i], active[j] = active[j], active[i]
		}
		for p := 0; p < size; p++ {
			i := active[p]
			y, diag := -1.0, 1/(2*s.c)
			if int(s.y[i]) == k {
				y, diag = 1, 1/(2*s.c*s.positive)
			}
			x := s.x[i]
			dot := w[bias]
			for t, id := range x.id {
				dot += w[id] * float64(x.v[t])
			}
			g := y*dot - 1 + alpha[i]*diag
			pg := g
			if alpha[i] == 0 {
				if g > hi {
					size--
					active[p], active[size] = active[size], active[p]
					p--
					continue
				}
				pg = min(g, 0)
			}
			maxPG, minPG = max(maxPG, pg), min(minPG, pg)
			if math.Abs(pg) < 1e-12 {
				continue
			}
			old := alpha[i]
			alpha[i] = max(old-g/(sq[i]+diag), 0)
			d := (alpha[i] - old) * y
			if d == 0 {
				continue
			}
			w[bias] += d
			for t, id := range x.id {
				w[id] += d * float64(x.v[t])
			}
		}
		if maxPG-minPG <= s.eps {
			if size == n {
				break
			}
			size, hi = n, math.Inf(1)
			continue
		}
		hi = maxPG
		if hi <= 0 {
			hi = math.Inf(1)
		}
	}
}

// margins fills out (one place a class) with the distances of x.
func (w weights) margins(x vector, out []float32) {
	copy(out, w.bias)
	k := w.classes
	for t, id := range x.id {
		row := w.w[int(id)*k : int(id)*k+k]
		v := x.v[t]
		dst := out[:len(row)]
		for c, rw := range row {
			dst[c] += v * rw
		}
	}
}
