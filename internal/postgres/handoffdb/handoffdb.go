// Package handoffdb holds the SQL of the desk. Only package handoff may import it.
package handoffdb

import (
	"embed"

	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

//go:embed *.sql
var files embed.FS

// Queries returns the desk's statements by name.
func Queries() sqlfile.Queries { return sqlfile.MustParse(files) }
