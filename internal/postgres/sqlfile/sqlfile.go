// Package sqlfile reads .sql files whose statements are named by comments, so
// that SQL stands in files of its own and a missing name fails at start.
package sqlfile

import (
	"fmt"
	"io/fs"
	"strings"
)

// Queries are statements by name.
type Queries map[string]string

// Parse reads every .sql file of a folder. A statement starts at a line
// `-- name: Name` and ends at the next one. A name given twice is an error.
func Parse(files fs.FS) (Queries, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list the .sql files: %w", err)
	}
	queries := Queries{}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		current := ""
		var body strings.Builder
		flush := func() {
			if current != "" {
				queries[current] = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(body.String()), ";"))
			}
			body.Reset()
		}
		for number, line := range strings.Split(string(raw), "\n") {
			title, ok := strings.CutPrefix(line, "-- name:")
			if !ok {
				body.WriteString(line + "\n")
				continue
			}
			flush()
			current = strings.TrimSpace(title)
			if _, twice := queries[current]; twice || current == "" {
				return nil, fmt.Errorf("%s:%d: the query name %q is empty or used twice", name, number+1, current)
			}
		}
		flush()
	}
	return queries, nil
}

// MustParse is Parse for embedded files, where an error is a defect of the build.
func MustParse(files fs.FS) Queries {
	queries, err := Parse(files)
	if err != nil {
		panic(err)
	}
	return queries
}

// Text returns a statement; an unknown name is a defect and panics.
func (q Queries) Text(name string) string {
	text, ok := q[name]
	if !ok {
		panic("sqlfile: no query named " + name)
	}
	return text
}
