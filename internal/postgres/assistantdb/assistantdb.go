// Package assistantdb holds the SQL of the engine. Only package assistant may
// import it.
package assistantdb

import (
	"embed"

	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

//go:embed *.sql
var files embed.FS

// Queries returns the engine's statements by name.
func Queries() sqlfile.Queries { return sqlfile.MustParse(files) }
