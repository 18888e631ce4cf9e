package sandboxbank

import "github.com/danielgtaylor/huma/v2"

// loanRoutes serves loans.
func (b *Bank) loanRoutes(huma.API) {}
