package knowledge

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"github.com/pingdui/pingdui/intents/entity"
)

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
	// Facts are kinds of facts about the customer that answer in person.
	Facts  []string `json:"facts,omitempty"`
	Source string   `json:"source"`
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
	sayRows       = 6  // rows that are said one a line
	briefRows     = 40 // rows that are said in short
)

const (
	scoreRow = 0.97 // of a row that the question names by its keys
	// preferShift is what an understood intent adds to the log-odds of its
	// article, chosen by leaving questions out (docs/decisions/0010).
	preferShift = 1.2
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
	q.Locale = language(q.Text, q.Locale)
	found := entity.Extract(q.Text, q.At)
	q.asked = q.askedSpan(found)
	list, scores, err := b.candidates(ctx, release, s, q)
	if err != nil {
		return nil, err
	}
	var hits []Hit
	for i, e := range list {
		if h, ok := s.hit(e.Article, q); ok {
			h.Score, h.Words, h.Vector, h.Fused, h.Via = scores[i], e.Words, e.Vector, e.Fused, "search"
			hits = append(hits, h)
		}
	}
	hits = s.forStaff(hits, q)
	hits = s.prefer(hits, q)
	hits = s.tables(hits, q, found)
	hits = s.elsewhere(hits, q)
	return hits[:min(len(hits), q.Limit)], nil
}

// forStaff puts procedures before what customers are told, for who may read both.
func (s *shelf) forStaff(hits []Hit, q Query) []Hit {
	if !slices.Contains(q.Audience, "staff") {
		return hits
	}
	for i := range hits {
		if !slices.Contains(s.Articles[hits[i].Article].Audience, "customer") {
			hits[i].Score = shift(hits[i].Score, preferShift)
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits
}

// candidates ranks the articles that the reader may see.
func (b *Base) candidates(ctx context.Context, release string, s *shelf, q Query) ([]*evidence, []float64, error) {
	tokens := s.analyser.tokens(q.Text)
	vectors, err := b.vectors(ctx, []string{q.Text}, [][]string{tokens})
	if err != nil {
		return nil, nil, fmt.Errorf("make the question's vector: %w", err)
	}
	ready := newQuery(&s.Stats, tokens, vectors[0])
	ready.linear = s.Linear.scores(s.Stats.features(tokens))
	audience := q.Audience
	args := pgx.NamedArgs{
		"release": release, "locales": []string{q.locale()}, "audience": audience, "region": q.Region, "edition": q.Edition,
		"day": q.day(), "on": q.on(), "words": s.words(&ready), "most": maxCandidates,
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
			e.add(ready.match(&s.Stats, doc, all, len(c.Tokens)), &ready)
		}
	}
	also := append(best(found, maxNear), likeliest(ready.linear, maxNear)...)
	rows, err := b.pool.Query(ctx, b.sql.Text("Nearest"), pgx.NamedArgs{
		"release": release, "locales": args["locales"], "audience": audience, "region": q.Region, "edition": q.Edition,
		"day": args["day"], "on": args["on"], "vector": pgvector.NewVector(ready.vector), "most": max(maxNear, q.Limit), "also": also,
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
		e.linear = ready.linear[e.Article]
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
	h := Hit{Article: id, Passage: s.passage(u), Title: pick(a.Title, q.locale()), Text: u.Text, Curated: true, Flow: a.Flow, Facts: a.Facts, Source: a.Source}
	if q.asked.From != "" && u.Dated {
		h.Text = asOf(q) + h.Text
	}
	if t := s.table(a); t != nil {
		rows := t.current(t.of(a.Table), q)
		h.Rows = t.show(rows[:min(len(rows), maxRows)], q)
		switch said := t.say(rows, q); {
		case said == "":
		case q.Edition == elder:
			h.Text = firstSentence(u.Text) + "\n" + said
		default:
			h.Text = h.Text + "\n" + said
			if len(rows) > sayRows { // what is said is what was quoted
				h.Rows = strings.FieldsFunc(said, func(r rune) bool { return r == '；' || r == '。' })
			}
		}
	}
	return h, true
}

const elder = "elder"

// asOf says which day an answer is for when the question names it.
func asOf(q Query) string {
	if q.locale() == "en" {
		return "As of " + q.asked.From + ": "
	}
	return q.asked.From + "："
}

// firstSentence is a text up to its first full stop.
func firstSentence(text string) string {
	for i, r := range text {
		switch r {
		case '。', '！', '？':
			return text[:i+utf8.RuneLen(r)]
		case '.':
			if i+1 == len(text) || text[i+1] == ' ' {
				return text[:i+1]
			}
		}
	}
	return text
}

func (s *shelf) table(a *Article) *table {
	if a.Table == nil {
		return nil
	}
	return s.Tables[a.Table.Name]
}

// prefer lets the understood intent speak for its article. An intent is broader
// than an article (信用卡账单 for everything about a bill), so its word counts as
// evidence, and what was found for the very words may still outweigh it. An
// article that nothing in the question points to is not put forward at all.
func (s *shelf) prefer(hits []Hit, q Query) []Hit {
	if q.Prefer == "" {
		return hits
	}
	i := slices.IndexFunc(hits, func(h Hit) bool { return h.Article == q.Prefer })
	if i < 0 {
		return hits
	}
	hits[i].Score = shift(hits[i].Score, preferShift)
	hits[i].Via = "intent"
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits
}

func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
