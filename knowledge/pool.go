package knowledge

import (
	"math"
	"slices"
	"strings"
	"time"
)

// pools are the passages of a release by who may read them; each is made once
// and then only read.
type pools struct {
	units    []unit
	docs     []doc // of units
	lex      *numbering
	outcomes []string // the articles among the linear scores
	byReader map[string]*pool
}

// pool is what one kind of reader searches, in memory: what holds for everybody
// in every region, on the first day of each passage.
type pool struct {
	lex      *numbering
	names    []string    // the articles, in the order of the release
	outcome  []int       // of an article: its place among the linear scores, or -1
	size     []int       // of an article: its passages
	sum      [][]float64 // of an article: its vectors
	none     int         // the place of nothing among the linear scores, or -1
	article  []int       // of a passage
	vector   [][]float32 // of a passage
	mass     []float64   // of a passage: sum of idf
	same     map[string][]int
	postings [][]posting // by token: the passages that have it
}

// posting is one token of one passage, with what it gives to BM25.
type posting struct {
	passage, article int32
	bm25             float64
}

// pool gives the passages of a locale (empty: all) that an audience may read.
func (p *pools) pool(locale string, audience []string) *pool {
	key := locale + "\n" + strings.Join(audience, "\n")
	if out := p.byReader[key]; out != nil {
		return out
	}
	out := &pool{lex: p.lex, none: slices.Index(p.outcomes, nothing), same: map[string][]int{}, postings: make([][]posting, p.lex.size())}
	p.byReader[key] = out
	places := map[string]int{}
	reader, first := Query{Audience: audience}, time.Time{}.Format(time.DateOnly)
	for i := range p.units {
		u := &p.units[i]
		if locale != "" && u.Locale != locale || u.Edition != "" || u.Region != "" || u.Variant != "" || u.Dated || !u.visible(reader, max(u.Valid.From, first)) {
			continue
		}
		at, known := places[u.Article]
		if !known {
			at = len(out.names)
			places[u.Article] = at
			out.names = append(out.names, u.Article)
			out.outcome = append(out.outcome, slices.Index(p.outcomes, u.Article))
			out.size = append(out.size, 0)
			out.sum = append(out.sum, make([]float64, Dimensions))
		}
		out.add(u, &p.docs[i], at)
	}
	return out
}

func (p *pool) add(u *unit, d *doc, at int) {
	place := len(p.article)
	p.article = append(p.article, at)
	p.vector = append(p.vector, u.vector)
	p.mass = append(p.mass, d.mass)
	p.same[u.Text] = append(p.same[u.Text], place)
	p.size[at]++
	for k, v := range u.vector {
		p.sum[at][k] += float64(v)
	}
	norm := p.lex.stats.norm(d.length)
	for i, id := range d.ids {
		//nolint:gosec // passages are fewer than characters
		p.postings[id] = append(p.postings[id], posting{int32(place), int32(at), p.lex.idf[id] * saturate(d.n[i], norm)})
	}
}

// scratch is room for one trial, used again for the next.
type scratch struct {
	have, bm25 []float64 // by passage
	skip       []bool    // by passage
	common     []float64 // by article: idf of the question's tokens it has
	seen       []int     // by article: the token counted last
	left       []int     // by article: passages not taken away
	dots       []float64 // by article
	all        []evidence
	list       []*evidence
	linear     []float64
	sum        []float64
}

func room[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// gather is Search in memory: what the best candidates have to show, among all
// passages but those taken away.
//
//go:norace // a hot loop over its own arrays; its callers are watched
func (p *pool) gather(w *scratch, t *trial, learned *weights) {
	w.have, w.bm25, w.skip = room(w.have, len(p.article)), room(w.bm25, len(p.article)), room(w.skip, len(p.article))
	w.common, w.seen, w.dots = room(w.common, len(p.names)), room(w.seen, len(p.names)), room(w.dots, len(p.names))
	w.all, w.linear, w.sum = room(w.all, len(p.names)), learned.scores(w.linear, &t.doc, p.lex), room(w.sum, Dimensions)
	w.left = append(w.left[:0], p.size...)
	var away []int
	if t.except {
		away = p.same[t.without]
	}
	for _, place := range away {
		w.skip[place] = true
		w.left[p.article[place]]--
	}
	p.match(w, t)
	p.near(w, t)
	w.list = w.list[:0]
	for at := range w.all {
		if w.left[at] == 0 {
			continue
		}
		e := &w.all[at]
		e.Article, e.mass = p.names[at], t.doc.mass
		if e.mass > 0 {
			e.whole = w.common[at] / e.mass
		}
		if o := p.outcome[at]; o >= 0 {
			e.linear = w.linear[o]
		}
		e.center = p.center(w, at, away)
		w.list = append(w.list, e)
	}
	fuse(w.list)
	self, none := p.lex.self(&t.doc), 0.0
	if p.none >= 0 {
		none = w.linear[p.none]
	}
	best := w.list[:min(depth, len(w.list))]
	t.articles, t.examples = make([]string, len(best)), make([]example, len(best))
	for i, e := range best {
		t.articles[i], t.examples[i] = e.Article, describe(e, best, self, none)
	}
}

// match takes into each article what its passages have of the question's words.
//
//go:norace // a hot loop over its own arrays; its callers are watched
func (p *pool) match(w *scratch, t *trial) {
	for k, id := range t.doc.ids {
		idf := p.lex.idf[id]
		for _, o := range p.postings[id] {
			if w.skip[o.passage] {
				continue
			}
			w.have[o.passage] += idf
			w.bm25[o.passage] += o.bm25
			if w.seen[o.article] != k+1 {
				w.seen[o.article] = k + 1
				w.common[o.article] += idf
			}
		}
	}
	for place, have := range w.have {
		if have == 0 {
			continue
		}
		asked := have / t.doc.mass
		w.all[p.article[place]].take(w.bm25[place], asked, have/p.mass[place])
	}
}

// near takes into each article how near its passages are.
//
//go:norace // a hot loop over its own arrays; its callers are watched
func (p *pool) near(w *scratch, t *trial) {
	for i := range w.all {
		w.all[i].cos = -1
	}
	for place, at := range p.article {
		if w.skip[place] {
			continue
		}
		d := dot(t.vector, p.vector[place])
		w.dots[at] += d
		w.all[at].cos = max(w.all[at].cos, d)
	}
}

// center is the cosine to the middle of an article's passages.
func (p *pool) center(w *scratch, at int, away []int) float64 {
	sum := p.sum[at]
	if w.left[at] < p.size[at] {
		copy(w.sum, sum)
		sum = w.sum
		for _, place := range away {
			if p.article[place] != at {
				continue
			}
			for k, v := range p.vector[place] {
				sum[k] -= float64(v)
			}
		}
	}
	var norm float64
	for _, v := range sum {
		norm += v * v
	}
	if norm == 0 {
		return 0
	}
	return w.dots[at] / math.Sqrt(norm)
}
