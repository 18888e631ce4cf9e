package knowledge

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant/scenes"
)

// content is the shipped content, read without a database.
func content(tb testing.TB) (*Base, *shelf, []unit) {
	tb.Helper()
	base := &Base{embed: NewHashed(), clock: time.Now, heldOut: maxHeldOut}
	s, units, problems, err := base.read(tb.Context(), scenes.FS)
	if err != nil || len(problems) > 0 {
		tb.Fatal(err, problems)
	}
	return base, s, units
}

// BenchmarkIndex is what publishing the shipped content costs besides the
// database: read makes tokens and vectors, calibrate learns and measures.
func BenchmarkIndex(b *testing.B) {
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			content(b)
		}
	})
	b.Run("calibrate", func(b *testing.B) {
		base, s, units := content(b)
		none := negatives(scenes.FS)
		var q Quality
		for b.Loop() {
			var err error
			if _, _, q, err = calibrate(b.Context(), &s.Stats, units, s.analyser, base.vectors, none, base.heldOut); err != nil {
				b.Fatal(err)
			}
		}
		b.Logf("%d passages, %d lines without answer: %+v", len(units), len(none), q)
	})
}

// The same content gives the same scores, whichever goroutine did what.
func TestCalibrateRepeats(t *testing.T) {
	t.Parallel()
	base, s, units := content(t)
	none := negatives(scenes.FS)
	c1, l1, q1, err1 := calibrate(t.Context(), &s.Stats, units, s.analyser, base.vectors, none, 60)
	c2, l2, q2, err2 := calibrate(t.Context(), &s.Stats, units, s.analyser, base.vectors, none, 60)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if q1 != q2 || c1 != c2 || !reflect.DeepEqual(l1, l2) {
		t.Errorf("%+v, then %+v", q1, q2)
	}
	if q1.Questions < 40 || q1.First < 0.5 {
		t.Errorf("%+v", q1)
	}
}

// What a trial finds is what Search's own ranking makes of the same passages.
func TestGatherRanksAsSearch(t *testing.T) {
	t.Parallel()
	base, s, units := content(t)
	none := negatives(scenes.FS)[:8]
	lex := newNumbering(&s.Stats)
	tokens := make([][]string, len(none))
	for i, line := range none {
		tokens[i] = s.analyser.tokens(line)
	}
	articles, list := lessons(lex, units, tokens)
	trials, err := ask(t.Context(), units, s.analyser, base.vectors, none, tokens, 20)
	if err != nil {
		t.Fatal(err)
	}
	pools := pools{units: units, lex: lex, outcomes: articles, byReader: map[string]*pool{}}
	for i := range units {
		pools.docs = append(pools.docs, lex.doc(units[i].tokens))
	}
	for i := range trials {
		trials[i].doc = lex.doc(trials[i].tokens)
	}
	learned := learn(lex.size(), len(articles), list, folds)
	named := learned.named(lex, articles)
	w := &scratch{}
	for i := range trials {
		tr := &trials[i]
		pools.pool(tr.locale, tr.audience).gather(w, tr, &learned)
		names, examples := slowly(s, units, tr, &named)
		if !slices.Equal(names, tr.articles) {
			t.Fatalf("%q: %v, want %v", tr.text, tr.articles, names)
		}
		for k := range examples {
			for f := range examples[k] {
				if math.Abs(examples[k][f]-tr.examples[k][f]) > 1e-5 {
					t.Errorf("%q, %s: feature %d is %g, want %g", tr.text, names[k], f, tr.examples[k][f], examples[k][f])
				}
			}
		}
	}
}

// slowly is gather by its definition: passage after passage, as Search does.
func slowly(s *shelf, units []unit, t *trial, linear *linear) ([]string, []example) {
	q := newQuery(&s.Stats, t.tokens, t.vector)
	q.linear = linear.scores(s.Stats.features(t.tokens))
	found := map[string]*evidence{}
	middle := map[string][]float64{}
	for i := range units {
		u := &units[i]
		if u.Edition+u.Region+u.Variant != "" || u.Dated || t.locale != "" && u.Locale != t.locale || t.except && u.Text == t.without ||
			!u.visible(Query{Audience: t.audience}, cmp.Or(u.Valid.From, "0001-01-01")) {
			continue
		}
		e := found[u.Article]
		if e == nil {
			e = &evidence{Article: u.Article, cos: -1}
			found[u.Article], middle[u.Article] = e, make([]float64, Dimensions)
		}
		cos := 0.0
		for k, v := range u.vector {
			cos += float64(v) * float64(t.vector[k])
			middle[u.Article][k] += float64(v)
		}
		e.cos = max(e.cos, cos)
		doc, all := s.Stats.terms(u.tokens)
		e.add(q.match(&s.Stats, doc, all, len(u.tokens)), &q)
	}
	var list []*evidence
	for id, e := range found {
		e.close(&q)
		e.linear = q.linear[id]
		var along, norm float64
		for k, v := range middle[id] {
			along += v * float64(t.vector[k])
			norm += v * v
		}
		e.center = along / max(math.Sqrt(norm), 1e-9)
		list = append(list, e)
	}
	fuse(list)
	list = list[:min(depth, len(list))]
	names, examples := make([]string, len(list)), make([]example, len(list))
	for i, e := range list {
		names[i], examples[i] = e.Article, describe(e, list, q.self, q.linear[nothing])
	}
	return names, examples
}
