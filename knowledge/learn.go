package knowledge

import (
	"math"
	"slices"
)

// lesson is one question with the article it belongs to, by its place.
type lesson struct {
	article  int32
	fold     int
	tokens   []int32
	features []float64 // of tokens
}

// lessons are the questions of a base and the lines that nothing answers, of
// which the tokens are given; those belong to the article without a name.
func lessons(lex *numbering, units []unit, none [][]string) (articles []string, list []lesson) {
	known := map[string]int32{}
	add := func(article string, tokens []string, part int) {
		id, ok := known[article]
		if !ok {
			id = int32(len(articles)) //nolint:gosec // articles are few
			known[article] = id
			articles = append(articles, article)
		}
		d := lex.doc(tokens)
		list = append(list, lesson{id, part % folds, d.ids, lex.features(&d)})
	}
	for i := range units {
		if u := &units[i]; u.Kind == kindQuestion || u.Kind == kindSimilar {
			add(u.Article, u.tokens, i)
		}
	}
	for i, tokens := range none {
		add(nothing, tokens, i)
	}
	return articles, list
}

// weights are linear's weights by the lexicon's tokens.
type weights struct {
	byToken  [][]weight
	articles int
}

const (
	lessonRounds = 12
	lessonStep   = 0.6 // the largest step of one update (C of PA-I)
	lessonMargin = 1.0
)

// cell is one weight being learned, and the sum that makes the average.
type cell struct {
	article int32
	w, sum  float64
}

// learn fits the weights from all lessons but those of a fold. They are visited
// in a fixed order, so the same questions always give the same weights.
//
//go:norace // a hot loop over its own arrays; its callers are watched
func learn(tokens, articles int, all []lesson, without int) weights {
	var lessons []*lesson
	for i := range all {
		if all[i].fold != without {
			lessons = append(lessons, &all[i])
		}
	}
	cells := make([][]cell, tokens)
	scores := make([]float64, articles)
	count := 1.0
	change := func(l *lesson, article int32, by float64) {
		for n, id := range l.tokens {
			v := by * l.features[n]
			at := slices.IndexFunc(cells[id], func(c cell) bool { return c.article == article })
			if at < 0 {
				at = len(cells[id])
				cells[id] = append(cells[id], cell{article: article})
			}
			cells[id][at].w += v
			cells[id][at].sum += count * v
		}
	}
	for round := range lessonRounds {
		for n := range lessons {
			// A stride that is prime to most lengths mixes the articles.
			l := lessons[(n*7919+round*31)%len(lessons)]
			clear(scores)
			for k, id := range l.tokens {
				v, list := l.features[k], cells[id]
				for i := range list {
					scores[list[i].article] += list[i].w * v
				}
			}
			right := l.article
			own := scores[right]
			scores[right] = math.Inf(-1)
			rival, most := int32(-1), math.Inf(-1)
			for a, v := range scores {
				if v > most {
					rival, most = int32(a), v //nolint:gosec // articles are few
				}
			}
			if rival < 0 {
				continue
			}
			if loss := lessonMargin - own + most; loss > 0 {
				step := min(lessonStep, loss/2)
				change(l, right, step)
				change(l, rival, -step)
			}
			count++
		}
	}
	out := weights{byToken: make([][]weight, tokens), articles: articles}
	for id, list := range cells {
		for _, c := range list {
			if w := c.w - c.sum/count; math.Abs(w) > 1e-3 {
				out.byToken[id] = append(out.byToken[id], weight{c.article, float32(w)})
			}
		}
	}
	return out
}

// scores are the articles' scores for a question, in the room given.
func (w *weights) scores(sum []float64, d *doc, lex *numbering) []float64 {
	sum = room(sum, w.articles)
	for i, v := range lex.features(d) {
		for _, x := range w.byToken[d.ids[i]] {
			sum[x.Article] += v * float64(x.W)
		}
	}
	return sum
}

// named are the weights as a release keeps them.
func (w *weights) named(lex *numbering, articles []string) linear {
	out := linear{Articles: articles, Weights: map[string][]weight{}}
	for id, list := range w.byToken {
		if len(list) > 0 {
			out.Weights[lex.words[id]] = list
		}
	}
	return out
}
