package sandboxbank

import "github.com/danielgtaylor/huma/v2"

// accountRoutes serves the accounts' own business: looking things up,
// explanations, restrictions.
func (b *Bank) accountRoutes(api huma.API) {
	read(b, api, "transactions.search", "Bookings of the ledger and of the archive, by what a customer says of them", b.transactionsSearch)
	read(b, api, "debits.recent", "Money that went out lately, each with who took it and how", b.debitsRecent)
	read(b, api, "accounts.restrictions", "Why an account can't be used as usual, and the way out", b.accountsRestrictions)
	b.alertRoutes(api)
}
