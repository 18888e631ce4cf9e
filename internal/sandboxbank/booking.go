package sandboxbank

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// booking is money from one account to another; customers' and the bank's own
// accounts alike.
type booking struct {
	number, kind    string // kind is what moved it: transfer, bill_pay, repay …
	customer, payee string // payee may be empty
	from, to        string
	amount          fen.Fen // more than zero
	party           string  // the other side as a statement shows it
	memo, category  string
}

// book writes a journal with its two postings and gives the new balance of from.
// It refuses nothing: who calls it has judged, and the ledger's constraints undo
// what should not be.
func (b *Bank) book(ctx context.Context, tx pgx.Tx, a act, k booking) (fen.Fen, error) {
	var journal int64
	if err := tx.QueryRow(ctx, b.q("InsertJournal"), k.number, a.now, k.kind, k.customer, orNull(k.payee), a.key, k.party, k.memo, k.category).
		Scan(&journal); err != nil {
		return 0, fmt.Errorf("book the journal: %w", err)
	}
	var after, theirs fen.Fen
	if err := tx.QueryRow(ctx, b.q("InsertPosting"), journal, k.from, -k.amount).Scan(&after); err != nil {
		return 0, fmt.Errorf("post to the payer: %w", err)
	}
	if err := tx.QueryRow(ctx, b.q("InsertPosting"), journal, k.to, k.amount).Scan(&theirs); err != nil {
		return 0, fmt.Errorf("post to the payee: %w", err)
	}
	return after, nil
}
