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
