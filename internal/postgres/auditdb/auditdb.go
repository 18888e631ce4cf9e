// Package auditdb holds the SQL of the audit log. Only
// internal/audit may import it.
package auditdb

import (
	"embed"

	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

//go:embed *.sql
var files embed.FS

// Queries returns the statements by name.
func Queries() sqlfile.Queries { return sqlfile.MustParse(files) }
