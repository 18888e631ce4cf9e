package sandboxbank

import "github.com/danielgtaylor/huma/v2"

// documentRoutes serves receipts, statements and certificates.
func (b *Bank) documentRoutes(huma.API) {}
