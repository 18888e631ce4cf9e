// Package walldb holds the SQL of the supervisors' wall. Only package wall may
// import it.
package walldb

import (
	"embed"

	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

//go:embed *.sql
var files embed.FS

// Queries returns the wall's statements by name.
func Queries() sqlfile.Queries { return sqlfile.MustParse(files) }
