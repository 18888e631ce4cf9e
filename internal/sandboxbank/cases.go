package sandboxbank

import "github.com/danielgtaylor/huma/v2"

// caseRoutes serves complaints and other cases.
func (b *Bank) caseRoutes(huma.API) {}
