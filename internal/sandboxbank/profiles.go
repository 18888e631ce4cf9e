package sandboxbank

import "github.com/danielgtaylor/huma/v2"

// profileRoutes serves customers' data, branches and appointments.
func (b *Bank) profileRoutes(huma.API) {}
