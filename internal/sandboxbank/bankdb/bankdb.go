// Package bankdb holds the bank core's SQL: one named query a block of the .sql
// files beside it.
package bankdb

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.sql
var files embed.FS

// Queries is every query by its name.
type Queries map[string]string

// Load reads the embedded files. A name that stands twice is an error.
func Load() (Queries, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("list the queries: %w", err)
	}
	all := Queries{}
	for _, entry := range entries {
		text, err := files.ReadFile(entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read the queries: %w", err)
		}
		for i, block := range strings.Split("\n"+string(text), "\n-- name: ") {
			if i == 0 {
				continue
			}
			name, query, _ := strings.Cut(block, "\n")
			name = strings.TrimSpace(name)
			if _, twice := all[name]; twice {
				return nil, fmt.Errorf("%s: query %s stands twice", entry.Name(), name)
			}
			all[name] = strings.TrimSpace(query)
		}
	}
	return all, nil
}

// Get returns the query of that name. It panics on an unknown one, which is a
// mistake in the program and is met by the first test that runs the line.
func (q Queries) Get(name string) string {
	query, ok := q[name]
	if !ok {
		panic("bankdb: no query is named " + name)
	}
	return query
}
