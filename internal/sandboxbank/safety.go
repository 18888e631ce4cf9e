package sandboxbank

import "github.com/danielgtaylor/huma/v2"

// safetyRoutes serves checks of strangers, emergency stops and devices.
func (b *Bank) safetyRoutes(huma.API) {}
