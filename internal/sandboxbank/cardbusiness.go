package sandboxbank

import "github.com/danielgtaylor/huma/v2"

// cardRoutes serves what is done with cards besides losing them.
func (b *Bank) cardRoutes(huma.API) {}
