// Package capturedb holds the SQL of captured pictures. Only internal/capture may
// import it.
package capturedb

import (
	"embed"

	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

//go:embed *.sql
var files embed.FS

// Queries returns the statements by name.
func Queries() sqlfile.Queries { return sqlfile.MustParse(files) }
