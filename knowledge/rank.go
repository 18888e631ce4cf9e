package knowledge

import (
	"cmp"
	"math"
	"slices"
)

// stats are the frequencies of one release. How rare a token is, is counted by
// articles: an article has many questions, and what all of them say is no less
// telling for it.
type stats struct {
	Articles int
	Mean     float64          // tokens a passage
	DF       map[string]int32 // passages that have the token
	AF       map[string]int32 // articles that have the token
}

func count(units []unit) stats {
	s := stats{DF: map[string]int32{}, AF: map[string]int32{}}
	total := 0
	last := map[string]string{} // token → the article counted last
	articles := map[string]bool{}
	for i := range units {
		total += len(units[i].tokens)
		articles[units[i].Article] = true
		for _, t := range unique(units[i].tokens) {
			s.DF[t]++
			if last[t] != units[i].Article { // units of an article follow each other
				last[t] = units[i].Article
				s.AF[t]++
			}
		}
	}
	s.Articles = len(articles)
	s.Mean = float64(total) / float64(max(len(units), 1))
	return s
}

// idf is BM25's, weighted by what kind of token it is: high for rare tokens,
// near 0 for those everywhere. A token nothing has is as rare as can be.
func (s *stats) idf(token string) float64 {
	af := float64(s.AF[token])
	return weigh(token) * math.Log(1+(float64(s.Articles)-af+0.5)/(af+0.5))
}

// The constants of BM25. Passages are short and of like length: b is low.
const (
	bm25K = 1.2
	bm25B = 0.4
)

// norm is BM25's measure of a passage of so many tokens.
func (s *stats) norm(length int) float64 {
	return bm25K * (1 - bm25B + bm25B*float64(length)/max(s.Mean, 1))
}

// saturate is what a token that stands n times in a passage gives to BM25, of
// its idf.
func saturate(n, norm float64) float64 { return n * (bm25K + 1) / (n + norm) }

func sortedTokens(tokens []string) []string {
	out := slices.Clone(tokens)
	slices.Sort(out)
	return out
}

// query is a question made ready for ranking.
type query struct {
	tokens []string       // each once
	place  map[string]int // of tokens
	idf    []float64      // of tokens
	mass   float64        // sum of idf
	self   float64        // BM25 of the question against itself
	vector []float32
	linear map[string]float64 // by article, see linear
}

func newQuery(s *stats, tokens []string, vector []float32) query {
	q := query{tokens: unique(tokens), vector: vector}
	q.place, q.idf = make(map[string]int, len(q.tokens)), make([]float64, len(q.tokens))
	for i, t := range q.tokens {
		q.place[t], q.idf[i] = i, s.idf(t)
		q.mass += q.idf[i]
	}
	doc, all := s.terms(tokens)
	q.self = q.match(s, doc, all, len(tokens)).bm25
	return q
}

// match is how one passage fits a question by words.
type match struct {
	bm25   float64
	asked  float64 // share of the question's idf that the passage has
	said   float64 // share of the passage's idf that the question has
	common []int   // places of the tokens both have
}

// term is one token of a passage: how often it stands there, and its idf.
type term struct {
	token string
	n     float64
	idf   float64
}

// terms makes a passage ready for matching; all is the sum of idf.
func (s *stats) terms(tokens []string) (list []term, all float64) {
	sorted := sortedTokens(tokens)
	list = make([]term, 0, len(sorted))
	for i, t := range sorted {
		if i > 0 && sorted[i-1] == t {
			list[len(list)-1].n++
			continue
		}
		w := s.idf(t)
		all += w
		list = append(list, term{t, 1, w})
	}
	return list, all
}

// match scores a passage of length tokens whose terms weigh all.
func (q *query) match(s *stats, doc []term, all float64, length int) match {
	var m match
	var have float64
	norm := s.norm(length)
	for _, t := range doc {
		place, asked := q.place[t.token]
		if !asked {
			continue
		}
		have += t.idf
		m.bm25 += t.idf * saturate(t.n, norm)
		m.common = append(m.common, place)
	}
	if q.mass > 0 {
		m.asked = have / q.mass
	}
	if all > 0 {
		m.said = have / all
	}
	return m
}

// evidence is all that speaks for one article.
type evidence struct {
	Article                string
	Words, Vector          int     // ranks from 1; 0: not among the candidates
	Fused                  float64 // reciprocal rank fusion
	bm25, asked, said, cos float64 // of the article's best passage
	mass                   float64 // of the question
	whole                  float64 // share of the question's idf that any of its passages has
	center                 float64 // cosine to the middle of its passages
	linear                 float64 // what its words tell apart
	common                 []bool  // which of the question's tokens any passage has
}

// words is what the rank by words goes by: the best passage, and what the
// article's passages have of the question together.
func (e *evidence) words() float64 { return e.bm25 + wholeWeight*e.whole*e.mass }

const wholeWeight = 1.0

// near is what the rank by vector goes by: the nearest passage and the middle.
func (e *evidence) near() float64 { return e.cos + e.center }

// rrf is the constant of reciprocal rank fusion (Cormack et al., 2009).
const rrf = 60

// fuse gives the ranks and orders the evidence, best first.
func fuse(list []*evidence) {
	slices.SortFunc(list, func(a, b *evidence) int {
		if c := cmp.Compare(b.words(), a.words()); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(b.cos, a.cos), cmp.Compare(a.Article, b.Article))
	})
	for i, e := range list {
		e.Words = 0
		if e.bm25 > 0 {
			e.Words = i + 1
		}
	}
	slices.SortFunc(list, func(a, b *evidence) int {
		if c := cmp.Compare(b.near(), a.near()); c != 0 {
			return c
		}
		return cmp.Compare(a.Article, b.Article)
	})
	for i, e := range list {
		e.Vector = i + 1
		e.Fused = 1 / float64(rrf+e.Vector)
		if e.Words > 0 {
			e.Fused += 1 / float64(rrf+e.Words)
		}
	}
	slices.SortFunc(list, func(a, b *evidence) int {
		if c := cmp.Compare(b.Fused, a.Fused); c != 0 {
			return c
		}
		return cmp.Compare(a.Article, b.Article)
	})
}

// take takes one passage's match into an article's evidence.
func (e *evidence) take(bm25, asked, said float64) {
	if bm25 > e.bm25 {
		e.bm25, e.asked = bm25, asked
	}
	e.said = max(e.said, said*asked)
}

// add is take, and remembers which of the question's tokens the passage has.
func (e *evidence) add(m match, q *query) {
	e.take(m.bm25, m.asked, m.said)
	if e.common == nil {
		e.common = make([]bool, len(q.tokens))
	}
	for _, i := range m.common {
		e.common[i] = true
	}
}

func (e *evidence) close(q *query) {
	var have float64
	for i, common := range e.common {
		if common {
			have += q.idf[i]
		}
	}
	if e.mass = q.mass; q.mass > 0 {
		e.whole = have / q.mass
	}
}
