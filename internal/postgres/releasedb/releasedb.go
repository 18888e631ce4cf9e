// Package releasedb holds the SQL of releases and drafts. Only
// internal/release may import it.
package releasedb

import (
	"embed"

	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

//go:embed *.sql
var files embed.FS

// Queries returns the statements by name.
func Queries() sqlfile.Queries { return sqlfile.MustParse(files) }
