package knowledge

import (
	"cmp"
	"math"
	"slices"
)

// linear tells articles apart by the words that tell them apart: one weight for
// each token of each article that was ever mistaken for another. BM25 and the
// vectors compare a question with passages one by one; this learns from all
// passages which words decide. Averaged passive-aggressive updates (Crammer et
// al., 2006) touch two articles at a time, so that it stays sparse.
type linear struct {
	Articles []string
	Weights  map[string][]weight
}

type weight struct {
	Article int32
	W       float32
}

type feature struct {
	token string
	v     float64
}

// features are a question's tokens weighed by how rare they are, of length 1.
func (s *stats) features(tokens []string) []feature {
	list := make([]feature, 0, len(tokens))
	var norm float64
	for _, t := range unique(tokens) {
		v := s.idf(t)
		norm += v * v
		list = append(list, feature{t, v})
	}
	if norm = math.Sqrt(norm); norm > 0 {
		for i := range list {
			list[i].v /= norm
		}
	}
	return list
}

// scores are the articles' scores for a question, by name.
func (l *linear) scores(features []feature) map[string]float64 {
	sum := make([]float64, len(l.Articles))
	for _, f := range features {
		for _, w := range l.Weights[f.token] {
			sum[w.Article] += f.v * float64(w.W)
		}
	}
	out := make(map[string]float64, len(sum))
	for i, v := range sum {
		if v != 0 {
			out[l.Articles[i]] = v
		}
	}
	return out
}

// likeliest are the articles with the best scores.
func likeliest(scores map[string]float64, most int) []string {
	list := slices.DeleteFunc(sorted(scores), func(id string) bool { return id == nothing })
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(scores[b], scores[a]) })
	return list[:min(most, len(list))]
}

// nothing is the name of what no article answers, among the linear scores.
const nothing = ""
