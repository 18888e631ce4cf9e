// Package knowledgedb holds the SQL of the knowledge base. Only
// knowledge may import it.
package knowledgedb

import (
	"embed"

	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

//go:embed *.sql
var files embed.FS

// Queries returns the statements by name.
func Queries() sqlfile.Queries { return sqlfile.MustParse(files) }
