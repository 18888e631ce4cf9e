package sandboxbank

import "github.com/danielgtaylor/huma/v2"

// specialRoutes serves e-CNY, salaries, pensions, social cards and authorisations.
func (b *Bank) specialRoutes(huma.API) {}
