package knowledge

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/pingdui/pingdui/intents/entity"
)

//go:embed lookups/*.yaml
var shippedLookups embed.FS

// table is one CSV of a release, with the rules by which questions name its rows.
type table struct {
	Name    string
	Columns []string
	Rows    [][]string
	Lookup  *lookup
}

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

// readTables reads every table of a release. A table that can't be read is a
// problem and is left out.
func readTables(files fs.FS) (map[string]*table, []Problem) {
	out := map[string]*table{}
	var problems []Problem
	names, err := fs.Glob(files, "tables/*.csv")
	if err != nil {
		return out, []Problem{{File: "tables", Text: err.Error(), Remedy: "add the folder tables/"}}
	}
	for _, p := range names {
		t, err := readTable(files, p)
		if err != nil {
			problems = append(problems, Problem{File: p, Line: 1, Column: 1, Text: err.Error(), Remedy: "首行写列名，其余各行列数相同，UTF-8 / a header row and equally long rows in UTF-8"})
			continue
		}
		out[t.Name] = t
	}
	return out, problems
}

func readTable(files fs.FS, p string) (*table, error) {
	raw, err := fs.ReadFile(files, p)
	if err != nil {
		return nil, fmt.Errorf("read the table: %w", err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff"))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("表格有误 / the table is malformed: %w", err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("表格是空的 / the table is empty")
	}
	t := &table{Name: strings.TrimSuffix(path.Base(p), ".csv"), Columns: rows[0], Rows: rows[1:]}
	rules, err := fs.ReadFile(files, "tables/"+t.Name+".yaml")
	if err != nil {
		rules, err = shippedLookups.ReadFile("lookups/" + t.Name + ".yaml")
	}
	if err != nil {
		return t, nil //nolint:nilerr // a table without rules is only shown, never looked up
	}
	t.Lookup = &lookup{}
	if err := yaml.UnmarshalWithOptions(rules, t.Lookup, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("tables/%s.yaml: %w", t.Name, err)
	}
	return t, nil
}

func (t *table) column(name string) int { return slices.Index(t.Columns, name) }

func (t *table) cell(row int, column string) string {
	if c := t.column(column); c >= 0 && c < len(t.Rows[row]) {
		return t.Rows[row][c]
	}
	return ""
}

// on says whether a row holds on a day.
func (t *table) on(row int, day string) bool {
	if t.column("from") < 0 {
		return true
	}
	return Span{t.cell(row, "from"), t.cell(row, "until")}.holds(day)
}

// dated says whether the table's rows hold for spans of days.
func (t *table) dated() bool {
	return t.column("from") >= 0 || t.Lookup != nil && t.Lookup.Dates == "latest"
}

// current are the rows that hold on the day asked about, in file order; of
// tables by date, the newest.
func (t *table) current(rows []int, q Query) []int {
	var out []int
	for _, r := range rows {
		if t.on(r, q.on()) {
			out = append(out, r)
		}
	}
	if t.Lookup != nil && t.Lookup.Dates == "latest" {
		day := max(q.asked.Until, q.on())
		best := -1
		for _, r := range out {
			if d := t.cell(r, "date"); d <= day && (best < 0 || d > t.cell(best, "date")) {
				best = r
			}
		}
		if best < 0 {
			return nil
		}
		return []int{best}
	}
	return out
}

// noticeDays is how long before a change its new value is told with the old.
const noticeDays = 7

// openDays is how far ahead a change is told to those who ask for it.
const openDays = 400

// coming is the row that replaces another within days after the day.
func (t *table) coming(row int, day string, days int) int {
	if t.column("from") < 0 || t.Lookup == nil {
		return -1
	}
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return -1
	}
	last := at.AddDate(0, 0, days).Format(time.DateOnly)
	for r := range t.Rows {
		if from := t.cell(r, "from"); r == row || from <= day || from > last {
			continue
		}
		same := true
		for _, k := range t.Lookup.Keys {
			same = same && t.cell(r, k.Column) == t.cell(row, k.Column)
		}
		if same {
			return r
		}
	}
	return -1
}

// show writes rows that hold on the day asked about, each with the change that
// is coming.
func (t *table) show(rows []int, q Query) []string {
	var out []string
	days := noticeDays
	if q.openChange() {
		days = openDays
	}
	for _, r := range rows {
		line := t.sentence(r, q.locale())
		if next := t.coming(r, q.on(), days); next >= 0 {
			if q.locale() == "en" {
				line += "; from " + t.cell(next, "from") + ": " + t.sentence(next, q.locale())
			} else {
				line += "；" + t.cell(next, "from") + "起：" + t.sentence(next, q.locale())
			}
		}
		out = append(out, line)
	}
	return out
}

// say writes rows the way they are told: a few one a line, many in short, for
// elders always in one sentence.
func (t *table) say(rows []int, q Query) string {
	if len(rows) == 0 {
		return ""
	}
	brief := t.Lookup != nil && len(t.Lookup.Brief) > 0
	stop, between := "。", "；"
	if q.locale() == "en" {
		stop, between = ".", "; "
	}
	switch {
	case len(rows) == 1 && q.Edition == elder:
		return t.show(rows, q)[0] + stop
	case len(rows) <= sayRows && q.Edition != elder || len(rows) == 1:
		return lines(t.show(rows, q))
	case !brief || len(rows) > briefRows:
		return ""
	}
	parts := make([]string, 0, len(rows))
	for _, r := range rows {
		parts = append(parts, t.fill(r, pick(t.Lookup.Brief, q.locale())))
	}
	return strings.Join(parts, between) + stop
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)(?::([^}]*))?\}`)

func (t *table) sentence(row int, locale string) string {
	pattern := ""
	if t.Lookup != nil {
		if pattern = t.Lookup.Show[locale]; pattern == "" {
			pattern = t.Lookup.Show["zh"]
		}
	}
	if pattern == "" {
		var parts []string
		for i, c := range t.Columns {
			if v := t.Rows[row][i]; v != "" && !strings.HasSuffix(c, "_en") {
				parts = append(parts, c+"："+v)
			}
		}
		return strings.Join(parts, "，")
	}
	return t.fill(row, pattern)
}

// fill puts a row's values into a pattern.
func (t *table) fill(row int, pattern string) string {
	return placeholder.ReplaceAllStringFunc(pattern, func(m string) string {
		g := placeholder.FindStringSubmatch(m)
		v := t.cell(row, g[1])
		if !strings.Contains(m, ":") {
			return v
		}
		if v == "" {
			return ""
		}
		return g[2]
	})
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
		if w := strings.ToLower(word); contains(folded, w) {
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
	return slices.ContainsFunc(words, func(w string) bool { return contains(folded, strings.ToLower(w)) })
}

// of are the rows a reference names, on any day.
func (t *table) of(ref *TableRef) []int {
	var out []int
	for r := range t.Rows {
		if slices.Contains(ref.Values, t.cell(r, ref.Key)) {
			out = append(out, r)
		}
	}
	return out
}
