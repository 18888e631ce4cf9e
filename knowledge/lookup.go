package knowledge

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/intents/entity"
	"github.com/pingdui/pingdui/internal/lexicon"
)

// lookup says how a question names rows of a table. A release may carry one
// beside the table (tables/<name>.yaml); for the shipped tables there is a default.
type lookup struct {
	Asks   []string    `yaml:"asks"`  // one of these must be in the question
	Never  []string    `yaml:"never"` // with one of these the question is about something else
	Keys   []lookupKey `yaml:"keys"`
	Dates  string      `yaml:"dates"` // span: columns from and until; latest: the newest date not after the day; empty: undated
	Show   Text        `yaml:"show"`  // {column} puts a value; {column:text} puts text when the column is not empty
	Brief  Text        `yaml:"brief"` // a row in a few words, for many rows and for elders
	Source Text        `yaml:"source"`
	// Alone says a row without the wording of the article that quotes it.
	Alone bool `yaml:"alone"`
	// Articles are the articles for rows, by the value of the first key; * is
	// for all others. Without one the article that quotes the rows is found.
	Articles map[string]string `yaml:"articles"`
}

type lookupKey struct {
	Column string `yaml:"column"`
	Kind   string `yaml:"kind"` // duration: compared as a length of time
	// Default is taken when another key is named and this one is not; with
	// DefaultAsks only when one of those is in the question.
	Default     string   `yaml:"default"`
	DefaultAsks []string `yaml:"default_asks"`
	Optional    bool     `yaml:"optional"` // narrows when named
	// Asks must be in the question, besides the table's, for this key to count.
	Asks []string `yaml:"asks"`
	// Also are columns that name the row too, several names apart by ;.
	Also  []string            `yaml:"also"`
	Alias map[string][]string `yaml:"alias"`
}

// tables looks rows up that the question names by their keys; what is found
// that way stands first, with the article that quotes those rows. Of tables
// that several could mean, the one with the longest name in the question counts.
func (s *shelf) tables(hits []Hit, q Query, found []entity.Entity) []Hit {
	folded := s.analyser.norm.Fold(q.Text)
	var t *table
	var rows []int
	most := 0
	for _, n := range sorted(s.Tables) {
		named, length := s.Tables[n].ask(folded, found)
		if named = s.Tables[n].current(named, q); len(named) > 0 && length > most {
			t, rows, most = s.Tables[n], named, length
		}
	}
	if t == nil {
		return hits
	}
	shown := t.show(rows[:min(len(rows), maxRows)], q)
	h := Hit{Passage: "table:" + t.Name, Title: pick(t.Lookup.Source, q.locale()), Curated: true, Source: pick(t.Lookup.Source, q.locale())}
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
	said := t.say(rows, q)
	if q.asked.From != "" && t.dated() {
		said = asOf(q) + said
	}
	switch {
	case q.Edition == elder:
		// Two sentences at most: the value that was asked for, and one more.
		h.Text = strings.TrimSpace(said + "\n" + lastSentence(text))
	case t.Lookup.Alone:
		h.Text = said
	default:
		h.Text = strings.TrimSpace(said + "\n" + text)
	}
	hits = slices.DeleteFunc(hits, func(o Hit) bool { return o.Article == h.Article && h.Article != "" })
	return slices.Insert(hits, 0, h)
}

// lastSentence is what stands after the first full stop, up to the second.
func lastSentence(text string) string {
	return firstSentence(strings.TrimSpace(strings.TrimPrefix(text, firstSentence(text))))
}

// quoting finds the article that quotes rows: one whose reference holds them
// all, the most particular first.
func (s *shelf) quoting(t *table, rows []int, hits []Hit, q Query) string {
	if len(t.Lookup.Articles) > 0 {
		key := ""
		if len(t.Lookup.Keys) > 0 {
			key = t.Lookup.Keys[0].Column
		}
		of := func(r int) string { return cmp.Or(t.Lookup.Articles[t.cell(r, key)], t.Lookup.Articles["*"]) }
		id := of(rows[0])
		same := !slices.ContainsFunc(rows, func(r int) bool { return of(r) != id })
		if a := s.Articles[id]; same && a != nil && a.wording(q) != nil {
			return id
		}
	}
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

// ask looks rows up that a question names exactly, on any day; nil when it
// names none. folded is the normalised question; length is how much of it the
// names are.
func (t *table) ask(folded string, found []entity.Entity) (rows []int, length int) {
	l := t.Lookup
	if l == nil || len(l.Asks) == 0 || !anyIn(folded, l.Asks) || anyIn(folded, l.Never) {
		return nil, 0
	}
	rows = make([]int, len(t.Rows))
	for i := range rows {
		rows[i] = i
	}
	named := 0
	length = 1
	var missing []lookupKey
	for _, k := range l.Keys {
		values, n := t.named(k, folded, found)
		if len(k.Asks) > 0 && !anyIn(folded, k.Asks) {
			values = nil
		}
		switch {
		case values != nil:
			narrowed := slices.DeleteFunc(slices.Clone(rows), func(r int) bool { return !values[t.cell(r, k.Column)] })
			if k.Optional && len(narrowed) == 0 {
				continue // ATM in the question, 境内ATM in the table: not narrower, but no reason to find nothing
			}
			named++
			length += n
			rows = slices.DeleteFunc(rows, func(r int) bool { return !values[t.cell(r, k.Column)] })
		case k.Optional:
		case k.Default != "" && (len(k.DefaultAsks) == 0 || anyIn(folded, k.DefaultAsks)):
			missing = append(missing, k)
		default:
			return nil, 0
		}
	}
	if named == 0 && len(l.Keys) > 0 {
		return nil, 0
	}
	for _, k := range missing {
		rows = slices.DeleteFunc(rows, func(r int) bool { return t.cell(r, k.Column) != k.Default })
	}
	return rows, length
}

// named are the values of a key that a question names, and the length of the
// name; nil for none. Of names inside one another (转账, 跨行转账) the longest counts.
func (t *table) named(k lookupKey, folded string, found []entity.Entity) (map[string]bool, int) {
	out := map[string]bool{}
	if k.Kind == "duration" {
		n := 0
		for _, e := range found {
			if e.Kind != entity.Term || e.Bad != "" {
				continue
			}
			for r := range t.Rows {
				if v := t.cell(r, k.Column); duration(v) == e.Value {
					out[v] = true
					n = len(e.Text)
				}
			}
		}
		if len(out) == 0 {
			return nil, 0
		}
		return out, n
	}
	longest := 0
	try := func(word, value string) {
		if w := strings.ToLower(word); lexicon.Contains(folded, w) {
			if n := len(w); n > longest {
				longest = n
				clear(out)
			} else if n < longest {
				return
			}
			out[value] = true
		}
	}
	for r := range t.Rows {
		v := t.cell(r, k.Column)
		if v == "" {
			continue
		}
		try(v, v)
		for _, column := range k.Also {
			for word := range strings.SplitSeq(t.cell(r, column), ";") {
				try(word, v)
			}
		}
	}
	for value, words := range k.Alias {
		for _, w := range words {
			try(w, value)
		}
	}
	if len(out) == 0 {
		return nil, 0
	}
	return out, longest
}

// duration reads a table's length of time (3个月, 1年, 7天) as ISO 8601.
func duration(s string) string {
	for unit, mark := range map[string]string{"个月": "M", "年": "Y", "天": "D"} {
		if n, ok := strings.CutSuffix(s, unit); ok {
			return "P" + n + mark
		}
	}
	return ""
}

func anyIn(folded string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return lexicon.Contains(folded, strings.ToLower(w)) })
}
