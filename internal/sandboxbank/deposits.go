package sandboxbank

import "github.com/danielgtaylor/huma/v2"

// depositRoutes serves deposits and cash.
func (b *Bank) depositRoutes(huma.API) {}
