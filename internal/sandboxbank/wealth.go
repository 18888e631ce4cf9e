package sandboxbank

import "github.com/danielgtaylor/huma/v2"

// wealthRoutes serves products, holdings and risk ratings.
func (b *Bank) wealthRoutes(huma.API) {}
