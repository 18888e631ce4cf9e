package intents

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// solver trains one-versus-rest linear support vector machines with the squared
// hinge loss by dual coordinate descent with shrinking: Hsieh, Chang, Lin,
// Keerthi, Sundararajan: A Dual Coordinate Descent Method for Large-scale Linear
// SVM, ICML 2008, algorithm 3.
//
// Of ten thousand examples a few hundred hold up a class's plane, and looking at
// all the others on every pass was nine tenths of the time. So each class is
// solved on a working set, and one walk over all examples, for all classes at
// once, finds those that violate a plane they were not asked about: Joachims:
// Making Large-Scale SVM Learning Practical, 1999. It ends when none does, which
// is the same condition as without working sets. The result does not depend on
// how many classes run at once.
type solver struct {
	x        []vector
	y        []int32
	classes  int
	features int
	c        float64 // cost of a violated margin
	positive float64 // cost factor of the class's own examples
	eps      float64 // stop when projected gradients differ by less
	rounds   int     // passes over a working set at most
	// start are the support vectors to start from, one for each class; nil
	// starts from none. The optimum is the same; a near start is there sooner.
	start []support
}

// support is one class's working set: examples, ascending, and their dual
// variables.
type support struct {
	id    []int32
	alpha []float64
}

// weights are kept feature by feature: predicting walks a text's features and
// adds one contiguous row of class weights for each.
type weights struct {
	classes int
	w       []float32 // [feature][class]
	bias    []float32
}

// seedEvery is which share of the other classes' examples a class first sees,
// and maxWalks how often all examples are looked at; five were the most seen.
const (
	seedEvery = 8
	maxWalks  = 20
)

// train gives the weights, and the support vectors to start another training from.
func (s solver) train(ctx context.Context) (weights, []support, error) {
	out := weights{classes: s.classes, w: make([]float32, s.features*s.classes), bias: make([]float32, s.classes)}
	sq := make([]float64, len(s.x))
	for i, x := range s.x {
		sq[i] = 1 // the bias feature
		for _, v := range x.v {
			sq[i] += float64(v) * float64(v)
		}
	}
	sets, all := s.start, make([]int, s.classes)
	if sets == nil {
		sets = s.seed()
	}
	for k := range all {
		all[k] = k
	}
	for walk, open := 0, all; len(open) > 0 && walk < maxWalks; walk++ {
		if err := s.solve(ctx, open, sets, sq, out); err != nil {
			return weights{}, nil, err
		}
		open = s.violated(out, sets)
	}
	return out, sets, nil
}

// seed is the first working set of every class: its own examples and some of
// the others.
func (s solver) seed() []support {
	sets := make([]support, s.classes)
	for i, y := range s.y {
		for k := range sets {
			if int(y) == k || (i+k)%seedEvery == 0 {
				sets[k].id = append(sets[k].id, int32(i)) //nolint:gosec // bounded by maxExamples
			}
		}
	}
	for k := range sets {
		sets[k].alpha = make([]float64, len(sets[k].id))
	}
	return sets
}

// solve trains the open classes on their working sets and writes their weights,
// some classes at a time: they lie beside each other.
func (s solver) solve(ctx context.Context, open []int, sets []support, sq []float64, out weights) error {
	const together = 8
	next := make(chan []int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(open)) {
		wg.Go(func() {
			var w [together][]float64
			for i := range w {
				w[i] = make([]float64, s.features+1)
			}
			for classes := range next {
				for i, k := range classes {
					s.begin(k, w[i], sets[k])
					s.one(k, w[i], sq, sets[k])
				}
				out.put(classes, w[:])
			}
		})
	}
	defer wg.Wait()
	defer close(next)
	for classes := range slices.Chunk(open, together) {
		select {
		case next <- classes:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// begin makes the weights of class k's dual variables; the last of w is the bias.
//
//go:norace // a hot loop over its own array; its callers are watched
func (s solver) begin(k int, w []float64, set support) {
	clear(w)
	for p, i := range set.id {
		d := set.alpha[p]
		if d == 0 {
			continue
		}
		if int(s.y[i]) != k {
			d = -d
		}
		w[len(w)-1] += d
		for t, id := range s.x[i].id {
			w[id] += d * float64(s.x[i].v[t])
		}
	}
}

// one trains class k on its working set from where begin has put it.
//
//go:norace // a hot loop over its own arrays; its callers are watched
func (s solver) one(k int, w, sq []float64, set support) {
	n := len(set.id)
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
			a := active[p]
			i, alpha := set.id[a], set.alpha[a]
			y, diag := -1.0, 1/(2*s.c)
			if int(s.y[i]) == k {
				y, diag = 1, 1/(2*s.c*s.positive)
			}
			x := s.x[i]
			dot := w[bias]
			for t, id := range x.id {
				dot += w[id] * float64(x.v[t])
			}
			g := y*dot - 1 + alpha*diag
			pg := g
			if alpha == 0 {
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
			set.alpha[a] = max(alpha-g/(sq[i]+diag), 0)
			d := (set.alpha[a] - alpha) * y
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

// violated walks over all examples and adds to each class's working set those
// that lie on the wrong side of its margin and are not in it; it gives the
// classes that gained any. Examples that hold nothing up leave their sets.
func (s solver) violated(w weights, sets []support) []int {
	for k := range sets {
		sets[k] = sets[k].holding()
	}
	workers := runtime.GOMAXPROCS(0)
	found := make([][][]int32, workers) // [worker][class] of example
	var wg sync.WaitGroup
	for f := range found {
		wg.Go(func() {
			found[f] = s.violators(w, sets, len(s.x)*f/workers, len(s.x)*(f+1)/workers)
		})
	}
	wg.Wait()
	var open []int
	for k := range sets {
		n := len(sets[k].id)
		for _, part := range found {
			sets[k].id = append(sets[k].id, part[k]...)
		}
		if len(sets[k].id) > n {
			sets[k].alpha = append(sets[k].alpha, make([]float64, len(sets[k].id)-n)...)
			sets[k].sort()
			open = append(open, k)
		}
	}
	return open
}

// violators of examples from to to.
//
//go:norace // a hot loop over arrays nobody writes; its callers are watched
func (s solver) violators(w weights, sets []support, from, to int) [][]int32 {
	out, margin := make([][]int32, s.classes), make([]float32, s.classes)
	at := make([]int, s.classes) // where each set's examples stand
	for k := range at {
		at[k], _ = slices.BinarySearch(sets[k].id, int32(from)) //nolint:gosec // bounded by maxExamples
	}
	bound := float32(s.eps - 1)
	for i := from; i < to; i++ {
		w.margins(s.x[i], margin)
		for k, m := range margin {
			set := sets[k].id
			if at[k] < len(set) && int(set[at[k]]) == i {
				at[k]++
				continue
			}
			if int(s.y[i]) == k {
				m = -m
			}
			if m > bound {
				out[k] = append(out[k], int32(i)) //nolint:gosec // bounded by maxExamples
			}
		}
	}
	return out
}

// holding is the set without the examples that hold nothing up.
func (s support) holding() support {
	var out support
	for p, a := range s.alpha {
		if a > 0 {
			out.id, out.alpha = append(out.id, s.id[p]), append(out.alpha, a)
		}
	}
	return out
}

func (s support) sort() {
	order := make([]int, len(s.id))
	for p := range order {
		order[p] = p
	}
	id, alpha := slices.Clone(s.id), slices.Clone(s.alpha)
	slices.SortFunc(order, func(a, b int) int { return int(id[a]) - int(id[b]) })
	for p, from := range order {
		s.id[p], s.alpha[p] = id[from], alpha[from]
	}
}

//go:norace // each class is one worker's; its callers are watched
func (w weights) put(classes []int, from [][]float64) {
	for f := range len(from[0]) - 1 {
		row := w.w[f*w.classes : (f+1)*w.classes]
		for i, k := range classes {
			row[k] = float32(from[i][f])
		}
	}
	for i, k := range classes {
		w.bias[k] = float32(from[i][len(from[i])-1])
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
