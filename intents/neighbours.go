package intents

import "math"

// neighbours finds how near a text comes to the nearest training examples, as
// the cosine of their vectors. It says what a linear model can't: that nothing
// like this was ever seen.
type neighbours struct {
	class []uint16
	start []int32 // postings of feature f: start[f] to start[f+1]
	ex    []uint16
	val   []uint8 // value × 255: vectors have unit length and no negative values
}

// maxNeighbours bounds memory and time; of larger sets every n-th example counts.
const maxNeighbours = 4_000

func newNeighbours(x []vector, y []int32, features int) *neighbours {
	step := 1 + (len(x)-1)/maxNeighbours
	n := &neighbours{start: make([]int32, features+1)}
	for i := 0; i < len(x); i += step {
		n.class = append(n.class, uint16(y[i])) //nolint:gosec // bounded by maxIntents
		for _, id := range x[i].id {
			n.start[id+1]++
		}
	}
	for f := range features {
		n.start[f+1] += n.start[f]
	}
	n.ex = make([]uint16, n.start[features])
	n.val = make([]uint8, n.start[features])
	at := make([]int32, features)
	copy(at, n.start)
	for i := 0; i < len(x); i += step {
		for t, id := range x[i].id {
			n.ex[at[id]] = uint16(i / step) //nolint:gosec // bounded by maxNeighbours
			n.val[at[id]] = uint8(math.Round(255 * min(1, float64(x[i].v[t]))))
			at[id]++
		}
	}
	return n
}

// sims fills out (one place an example) with cosines.
func (n *neighbours) sims(x vector, out []float32) {
	clear(out)
	for t, id := range x.id {
		v := x.v[t] / 255
		from, to := n.start[id], n.start[id+1]
		ex, val := n.ex[from:to], n.val[from:to]
		for j, e := range ex {
			out[e] += v * float32(val[j])
		}
	}
}
