package knowledge

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"github.com/pingdui/pingdui/intents/entity"
)

// Query is one question and what limits its answer.
type Query struct {
	Text   string
	Locale string // zh or en; empty means zh
	// Edition is elder or standard (or empty).
	Edition string
	// Audience is what may be read: customer, private, staff … Empty reads nothing.
	Audience []string
	Region   string
	// At is the time the answer is for; its day in the bank's zone counts.
	At time.Time
	// Prefer is the article the understood intent names; it is put first where
	// it may be read.
	Prefer string
	// Limit is how many articles to give; 0 means 5, at most 20.
	Limit int

	zone *time.Location
}

func (q Query) locale() string {
	if q.Locale == "en" {
		return "en"
	}
	return "zh"
}

func (q Query) day() string {
	at := q.At
	if q.zone != nil {
		at = at.In(q.zone)
	}
	return at.Format(time.DateOnly)
}

// Hit is one article that may answer, best first.
type Hit struct {
	Article string `json:"article"`
	Passage string `json:"passage"` // what Source opens
	Title   string `json:"title"`
	Text    string `json:"text"` // what is said: looked-up rows, then the curated wording
	// Row is set when a table row was looked up exactly: what stands in it.
	Row string `json:"row,omitempty"`
	// Rows are the rows of the article's table that hold on the day, at most 12.
	Rows []string `json:"rows,omitempty"`
	// Score is how surely the article answers, 0..1; see Threshold.
	Score   float64 `json:"score"`
	Curated bool    `json:"curated"`
	Flow    string  `json:"flow,omitempty"`
	Source  string  `json:"source"`
	// Words and Vector are the ranks by words and by vector, 0: not found that
	// way; Fused is their reciprocal rank fusion.
	Words  int     `json:"words_rank"`
	Vector int     `json:"vector_rank"`
	Fused  float64 `json:"fused"`
	// Via says what found it: search, table or intent.
	Via string `json:"via"`
}

// Limits of one search.
const (
	maxText       = 4000 // bytes looked at
	maxCandidates = 3000 // passages scored by words
	maxNear       = 24   // articles by vector
	maxRows       = 12
	sayRows       = 6 // rows that are said with the answer
)

// The scores of what is not found by similarity.
const (
	scoreRow    = 0.97 // the question names a row by its keys
	scorePrefer = 0.80 // the classifier is sure what is asked
)

// Search finds the articles that may answer, best first; none is no error.
func (b *Base) Search(ctx context.Context, release string, q Query) ([]Hit, error) {
	q.zone = b.zone
	if q.At.IsZero() {
		q.At = b.clock()
	}
	if len(q.Text) > maxText {
		q.Text = strings.ToValidUTF8(q.Text[:maxText], "")
	}
	if q.Limit <= 0 {
		q.Limit = 5
	}
	q.Limit = min(q.Limit, 20)
	s, err := b.shelf(ctx, release)
	if err != nil {
		return nil, err
	}
	if len(q.Audience) == 0 || strings.TrimSpace(q.Text) == "" {
		return nil, nil
	}
	list, scores, err := b.candidates(ctx, release, s, q)
	if err != nil {
		return nil, err
	}
	var hits []Hit
	for i, e := range list {
		if len(hits) >= q.Limit {
			break
		}
		if h, ok := s.hit(e.Article, q); ok {
			h.Score, h.Words, h.Vector, h.Fused, h.Via = scores[i], e.Words, e.Vector, e.Fused, "search"
			hits = append(hits, h)
		}
	}
	hits = s.prefer(hits, q)
	hits = s.tables(hits, q)
	return hits[:min(len(hits), q.Limit)], nil
}

// candidates ranks the articles that the reader may see.
func (b *Base) candidates(ctx context.Context, release string, s *shelf, q Query) ([]*evidence, []float64, error) {
	vectors, err := b.vectors(s.analyser)(ctx, []string{q.Text})
	if err != nil {
		return nil, nil, fmt.Errorf("make the question's vector: %w", err)
	}
	ready := newQuery(&s.Stats, s.analyser.tokens(q.Text), vectors[0])
	audience := q.Audience
	args := pgx.NamedArgs{
		"release": release, "locales": []string{q.locale()}, "audience": audience, "region": q.Region, "edition": q.Edition,
		"day": q.day(), "words": s.words(&ready), "most": maxCandidates,
	}
	found := map[string]*evidence{}
	if args["words"] != "" {
		rows, err := b.pool.Query(ctx, b.sql.Text("Lexical"), args)
		if err != nil {
			return nil, nil, fmt.Errorf("search by words: %w", err)
		}
		type candidate struct {
			Hash, Article, Kind string
			Tokens              []string
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByName[candidate])
		if err != nil {
			return nil, nil, fmt.Errorf("search by words: %w", err)
		}
		for _, c := range list {
			e := found[c.Article]
			if e == nil {
				e = &evidence{Article: c.Article, cos: -1}
				found[c.Article] = e
			}
			doc, all := s.Stats.terms(c.Tokens)
			e.add(ready.match(&s.Stats, doc, all, len(c.Tokens)))
		}
	}
	also := best(found, maxNear)
	rows, err := b.pool.Query(ctx, b.sql.Text("Nearest"), pgx.NamedArgs{
		"release": release, "locales": args["locales"], "audience": audience, "region": q.Region, "edition": q.Edition,
		"day": args["day"], "vector": pgvector.NewVector(ready.vector), "most": max(maxNear, q.Limit), "also": also,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("search by vector: %w", err)
	}
	type near struct {
		Article         string
		Nearest, Middle float64 // cosine distances
		Place           int
	}
	nearest, err := pgx.CollectRows(rows, pgx.RowToStructByName[near])
	if err != nil {
		return nil, nil, fmt.Errorf("search by vector: %w", err)
	}
	list := make([]*evidence, 0, len(nearest))
	for _, n := range nearest {
		e := found[n.Article]
		if e == nil {
			e = &evidence{Article: n.Article}
		}
		e.cos, e.center = similarity(n.Nearest), similarity(n.Middle)
		e.close(&ready)
		list = append(list, e)
	}
	fuse(list)
	top := list[:min(len(list), max(depth, q.Limit))]
	return top, s.Model.order(top, &ready), nil
}

// similarity of a cosine distance; a text without any feature is like nothing.
func similarity(distance float64) float64 {
	if math.IsNaN(distance) {
		return 0
	}
	return 1 - distance
}

// best are the articles with the best passages by words.
func best(found map[string]*evidence, most int) []string {
	list := make([]*evidence, 0, len(found))
	for _, e := range found {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b *evidence) int {
		return cmp.Or(cmp.Compare(b.bm25, a.bm25), cmp.Compare(a.Article, b.Article))
	})
	out := make([]string, 0, most)
	for _, e := range list[:min(most, len(list))] {
		out = append(out, e.Article)
	}
	return out
}

// words is the tsquery of a question: its rarest tokens, as many as bring no
// more than maxCandidates passages. What everything has finds nothing.
func (s *shelf) words(q *query) string {
	tokens := slices.DeleteFunc(slices.Clone(q.tokens), func(t string) bool { return s.Stats.DF[t] == 0 })
	slices.SortFunc(tokens, func(a, b string) int {
		return cmp.Or(cmp.Compare(s.Stats.DF[a], s.Stats.DF[b]), cmp.Compare(a, b))
	})
	var b strings.Builder
	sum := 0
	for _, t := range tokens {
		sum += int(s.Stats.DF[t])
		if b.Len() > 0 && sum > maxCandidates {
			break
		}
		if b.Len() > 0 {
			b.WriteString(" | ")
		}
		b.WriteString("'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(t) + "'")
	}
	return b.String()
}

// hit makes an article's answer for a reader; false when it has none for them.
func (s *shelf) hit(id string, q Query) (Hit, bool) {
	a := s.Articles[id]
	if a == nil {
		return Hit{}, false
	}
	u := a.wording(q)
	if u == nil {
		return Hit{}, false
	}
	h := Hit{Article: id, Passage: s.passage(u), Title: pick(a.Title, q.locale()), Text: u.Text, Curated: true, Flow: a.Flow, Source: a.Source}
	if t := s.table(a); t != nil {
		rows := t.current(t.of(a.Table), q.day())
		h.Rows = t.show(rows[:min(len(rows), maxRows)], q.day(), q.locale())
		if len(h.Rows) > 0 && len(rows) <= sayRows {
			h.Text = u.Text + "\n" + lines(h.Rows)
		}
	}
	return h, true
}

func (s *shelf) table(a *Article) *table {
	if a.Table == nil {
		return nil
	}
	return s.Tables[a.Table.Name]
}

// prefer puts the article that the intent names first, where it may be read.
func (s *shelf) prefer(hits []Hit, q Query) []Hit {
	if q.Prefer == "" {
		return hits
	}
	h, ok := s.hit(q.Prefer, q)
	if !ok {
		return hits
	}
	if i := slices.IndexFunc(hits, func(o Hit) bool { return o.Article == q.Prefer }); i >= 0 {
		h = hits[i]
		hits = slices.Delete(hits, i, i+1)
	}
	h.Via = "intent"
	h.Score = max(h.Score, scorePrefer)
	// Another article that is all but certain stands before a mere topic.
	if len(hits) > 0 && hits[0].Score > 0.9 && hits[0].Score > h.Score {
		return slices.Insert(hits, 1, h)
	}
	return slices.Insert(hits, 0, h)
}

// tables looks rows up that the question names by their keys; what is found
// that way stands first, with the article that quotes those rows.
func (s *shelf) tables(hits []Hit, q Query) []Hit {
	folded := s.analyser.norm.Fold(q.Text)
	found := entity.Extract(q.Text, q.At)
	names := make([]string, 0, len(s.Tables))
	for n := range s.Tables {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		t := s.Tables[n]
		rows := t.current(t.ask(folded, found), q.day())
		if len(rows) == 0 || len(rows) > maxRows {
			continue
		}
		shown := t.show(rows, q.day(), q.locale())
		h := Hit{Passage: "table:" + n, Title: pick(t.Lookup.Source, q.locale()), Curated: true, Source: pick(t.Lookup.Source, q.locale())}
		text := ""
		if id := s.quoting(t, rows, hits, q); id != "" {
			if a, ok := s.hit(id, q); ok {
				for _, o := range hits {
					if o.Article == id {
						a.Words, a.Vector, a.Fused = o.Words, o.Vector, o.Fused
					}
				}
				h, text = a, s.Articles[id].wording(q).Text
			}
		}
		h.Row, h.Rows, h.Score, h.Via = lines(shown), shown, scoreRow, "table"
		h.Text = strings.TrimSpace(h.Row + "\n" + text)
		hits = slices.DeleteFunc(hits, func(o Hit) bool { return o.Article == h.Article && h.Article != "" })
		return slices.Insert(hits, 0, h)
	}
	return hits
}

// quoting finds the article that quotes rows: one whose reference holds them
// all, the most particular first.
func (s *shelf) quoting(t *table, rows []int, hits []Hit, q Query) string {
	best, least := "", 0
	for _, id := range sorted(s.Articles) {
		a := s.Articles[id]
		if a.Table == nil || a.Table.Name != t.Name || a.wording(q) == nil {
			continue
		}
		all := !slices.ContainsFunc(rows, func(r int) bool { return !slices.Contains(a.Table.Values, t.cell(r, a.Table.Key)) })
		if !all {
			continue
		}
		n := 2 * len(t.of(a.Table))
		if slices.ContainsFunc(hits, func(h Hit) bool { return h.Article == id }) {
			n--
		}
		if best == "" || n < least {
			best, least = id, n
		}
	}
	return best
}

func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
