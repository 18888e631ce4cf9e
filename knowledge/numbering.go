package knowledge

import "math"

// numbering numbers the tokens of a release, so that calibrating compares numbers
// and looks each token's weight up once.
type numbering struct {
	stats *stats
	ids   map[string]int32
	words []string
	idf   []float64
}

func newNumbering(s *stats) *numbering {
	return &numbering{stats: s, ids: make(map[string]int32, len(s.DF))}
}

func (l *numbering) size() int { return len(l.words) }

func (l *numbering) id(token string) int32 {
	id, ok := l.ids[token]
	if !ok {
		id = int32(len(l.words)) //nolint:gosec // tokens are fewer than characters
		l.ids[token] = id
		l.words, l.idf = append(l.words, token), append(l.idf, l.stats.idf(token))
	}
	return id
}

// doc is a text ready for ranking: its tokens in the order of their spelling,
// each once, and how often each stands there.
type doc struct {
	ids    []int32
	n      []float64
	mass   float64 // sum of idf
	length int     // tokens, with repeats
}

func (l *numbering) doc(tokens []string) doc {
	list := sortedTokens(tokens)
	d := doc{ids: make([]int32, 0, len(list)), n: make([]float64, 0, len(list)), length: len(tokens)}
	for i, t := range list {
		if i > 0 && list[i-1] == t {
			d.n[len(d.n)-1]++
			continue
		}
		id := l.id(t)
		d.ids, d.n = append(d.ids, id), append(d.n, 1)
		d.mass += l.idf[id]
	}
	return d
}

// self is the BM25 of a question against itself.
func (l *numbering) self(d *doc) float64 {
	norm, sum := l.stats.norm(d.length), 0.0
	for i, id := range d.ids {
		sum += l.idf[id] * saturate(d.n[i], norm)
	}
	return sum
}

// features are a text's tokens weighed by how rare they are, of length 1.
func (l *numbering) features(d *doc) []float64 {
	out := make([]float64, len(d.ids))
	var norm float64
	for i, id := range d.ids {
		out[i] = l.idf[id]
		norm += out[i] * out[i]
	}
	if norm = math.Sqrt(norm); norm > 0 {
		for i := range out {
			out[i] /= norm
		}
	}
	return out
}
