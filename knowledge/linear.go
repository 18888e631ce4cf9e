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

// lesson is one question with the article it belongs to.
type lesson struct {
	article  int32
	features []feature
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

const (
	lessonRounds = 12
	lessonStep   = 0.6 // the largest step of one update (C of PA-I)
	lessonMargin = 1.0
)

// learn fits the weights; lessons are visited in a fixed order, so the same
// questions always give the same weights.
func learn(articles []string, lessons []lesson) linear {
	index := map[string]int{}
	var names []string
	type cell struct {
		article int32
		w, sum  float64
	}
	var cells [][]cell
	coded := make([][]int, len(lessons))
	for i, l := range lessons {
		for _, f := range l.features {
			id, ok := index[f.token]
			if !ok {
				id = len(names)
				index[f.token] = id
				names, cells = append(names, f.token), append(cells, nil)
			}
			coded[i] = append(coded[i], id)
		}
	}
	scores := make([]float64, len(articles))
	count := 1.0
	change := func(i int, article int32, by float64) {
		for n, id := range coded[i] {
			v := by * lessons[i].features[n].v
			at := slices.IndexFunc(cells[id], func(c cell) bool { return c.article == article })
			if at < 0 {
				cells[id] = append(cells[id], cell{article: article})
				at = len(cells[id]) - 1
			}
			cells[id][at].w += v
			cells[id][at].sum += count * v
		}
	}
	for round := range lessonRounds {
		for n := range lessons {
			// A stride that is prime to most lengths mixes the articles.
			i := (n*7919 + round*31) % len(lessons)
			clear(scores)
			for k, id := range coded[i] {
				for _, c := range cells[id] {
					scores[c.article] += c.w * lessons[i].features[k].v
				}
			}
			right := lessons[i].article
			rival := int32(-1)
			for a := range scores {
				if int32(a) != right && (rival < 0 || scores[a] > scores[rival]) { //nolint:gosec // articles are few
					rival = int32(a) //nolint:gosec // articles are few
				}
			}
			if rival < 0 {
				continue
			}
			if loss := lessonMargin - scores[right] + scores[rival]; loss > 0 {
				step := min(lessonStep, loss/2)
				change(i, right, step)
				change(i, rival, -step)
			}
			count++
		}
	}
	out := linear{Articles: articles, Weights: map[string][]weight{}}
	for id, list := range cells {
		for _, c := range list {
			if w := c.w - c.sum/count; math.Abs(w) > 1e-3 {
				out.Weights[names[id]] = append(out.Weights[names[id]], weight{c.article, float32(w)})
			}
		}
	}
	return out
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

// lessons are the questions of a base and the lines that nothing answers, which
// belong to the article without a name; folds says which part each belongs to.
func lessons(s *stats, units []unit, a *analyser, none []string) (articles []string, list []lesson, fold []int) {
	known := map[string]int32{}
	add := func(article string, tokens []string, part int) {
		id, ok := known[article]
		if !ok {
			id = int32(len(articles)) //nolint:gosec // articles are few
			known[article] = id
			articles = append(articles, article)
		}
		list = append(list, lesson{id, s.features(tokens)})
		fold = append(fold, part%folds)
	}
	for i := range units {
		if u := &units[i]; u.Kind == kindQuestion || u.Kind == kindSimilar {
			add(u.Article, u.tokens, i)
		}
	}
	for i, line := range none {
		add(nothing, a.tokens(line), i)
	}
	return articles, list, fold
}

// nothing is the name of what no article answers, among the linear scores.
const nothing = ""
