// Package remotedb holds the SQL of remote sessions. Only internal/remote may
// import it.
package remotedb

import (
	"embed"

	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

//go:embed *.sql
var files embed.FS

// Queries returns the statements by name.
func Queries() sqlfile.Queries { return sqlfile.MustParse(files) }
