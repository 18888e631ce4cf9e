package sandboxbank

import "github.com/danielgtaylor/huma/v2"

// accountRoutes serves the accounts' own business: explanations, restrictions, alerts.
func (b *Bank) accountRoutes(huma.API) {}
