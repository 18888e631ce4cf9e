package sandboxbank

import "github.com/danielgtaylor/huma/v2"

// paymentRoutes serves transfers that wait, their progress, payees, limits and bills.
func (b *Bank) paymentRoutes(huma.API) {}
