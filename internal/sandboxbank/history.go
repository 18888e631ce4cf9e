package sandboxbank

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

type transactionRow struct {
	ID                         int64
	Number                     string
	BookedAt                   time.Time
	Kind, Account, Tail        string
	AmountFen, BalanceAfterFen fen.Fen
	Party, Memo, Category      string
}

// transactionsList gives one page of what matches, and the sums of all of it.
func (b *Bank) transactionsList(ctx context.Context, in TransactionsIn) (Transactions, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return Transactions{}, err
	}
	from, err := b.day("from", in.From, 0)
	if err != nil {
		return Transactions{}, err
	}
	to, err := b.day("to", in.To, 1)
	if err != nil {
		return Transactions{}, err
	}
	var least, most fen.Fen
	if in.Min != "" {
		if least, err = amountOf("min", in.Min); err != nil {
			return Transactions{}, err
		}
	}
	if in.Max != "" {
		if most, err = amountOf("max", in.Max); err != nil {
			return Transactions{}, err
		}
	}
	rows, err := many[transactionRow](ctx, b, b.pool, "Transactions", in.Customer, in.Account, from, to, in.Counterparty, in.Direction, least, most, in.Text)
	if err != nil {
		return Transactions{}, err
	}
	out := Transactions{Transactions: []Transaction{}, Count: len(rows)}
	var sumIn, sumOut fen.Fen
	limit := in.Limit
	if limit == 0 {
		limit = 50
	}
	for i, row := range rows {
		if row.AmountFen > 0 {
			sumIn += row.AmountFen
		} else {
			sumOut -= row.AmountFen
		}
		if i < in.Offset || i >= in.Offset+limit {
			continue
		}
		out.Transactions = append(out.Transactions, Transaction{
			Number: row.Number, Time: row.BookedAt.In(b.cfg.Zone).Format(time.RFC3339), Account: row.Account, Tail: row.Tail,
			Amount: row.AmountFen.String(), BalanceAfter: row.BalanceAfterFen.String(), Counterparty: row.Party, Memo: row.Memo, Category: row.Category,
		})
	}
	out.SumIn, out.SumOut, out.More = sumIn.String(), sumOut.String(), in.Offset+limit < len(rows)
	return out, nil
}

// day reads a day and gives the midnight that begins it, or plus days later; nil
// when none was given.
func (b *Bank) day(field, s string, plus int) (*time.Time, error) {
	if s == "" {
		return nil, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, s, b.cfg.Zone)
	if err != nil {
		return nil, badField(field, s, fmt.Errorf("must be a date such as 2026-01-31"))
	}
	t = t.AddDate(0, 0, plus)
	return &t, nil
}

func (b *Bank) receipt(ctx context.Context, in ReceiptIn) (Receipt, error) {
	text, ok, err := value[json.RawMessage](ctx, b, b.pool, "Receipt", in.Customer, in.Number)
	if err != nil {
		return Receipt{}, err
	}
	if !ok {
		return Receipt{}, refuse("receipt_unknown", "没有查到这个回单号。", "There is no receipt of that number.")
	}
	var out Receipt
	if err := json.Unmarshal(text, &out); err != nil {
		return Receipt{}, fmt.Errorf("read the receipt: %w", err)
	}
	return out, nil
}

// Entry is one line of a customer's ledger.
type Entry struct {
	Number       string `json:"number"`
	Time         string `json:"time"`
	Kind         string `json:"kind" enum:"opening,history,transfer"`
	Key          string `json:"key" doc:"The idempotency key that booked it; empty for what was there at the start"`
	Account      string `json:"account"`
	AccountTail  string `json:"account_tail"`
	Amount       string `json:"amount"`
	BalanceAfter string `json:"balance_after"`
	Counterparty string `json:"counterparty"`
	Memo         string `json:"memo"`
}

// OperationEntry is one act that was asked for, whatever became of it.
type OperationEntry struct {
	Key       string `json:"key"`
	Operation string `json:"operation"`
	Status    string `json:"status" enum:"done,refused"`
	Code      string `json:"code"`
	Number    string `json:"number"`
	Time      string `json:"time"`
}

// Ledger is what really happened to a customer's money and cards, newest first.
type Ledger struct {
	Customer   string           `json:"customer"`
	Accounts   []Account        `json:"accounts" nullable:"false"`
	Cards      []Card           `json:"cards" nullable:"false"`
	Entries    []Entry          `json:"entries" nullable:"false"`
	Operations []OperationEntry `json:"operations" nullable:"false"`
}

// LedgerIn asks for a customer's ledger.
type LedgerIn struct {
	CustomerIn
	All bool `json:"all,omitempty" doc:"With what was booked before the bank was started"`
}

const ledgerMost = 5000

// Ledger reads a customer's ledger; all adds the seeded past.
func (b *Bank) Ledger(ctx context.Context, customer string, all bool) (Ledger, error) {
	accounts, err := b.accountsList(ctx, AccountsListIn{CustomerIn: CustomerIn{Customer: customer}})
	if err != nil {
		return Ledger{}, err
	}
	cards, err := b.cardsList(ctx, CustomerIn{Customer: customer})
	if err != nil {
		return Ledger{}, err
	}
	type entryRow struct {
		Number                     string
		BookedAt                   time.Time
		Kind, Operation            string
		Account, Tail              string
		AmountFen, BalanceAfterFen fen.Fen
		Party, Memo                string
	}
	rows, err := many[entryRow](ctx, b, b.pool, "LedgerEntries", customer, all, ledgerMost)
	if err != nil {
		return Ledger{}, err
	}
	type opRow struct {
		Key, Operation, Status, Code, Number string
		At                                   time.Time
	}
	ops, err := many[opRow](ctx, b, b.pool, "OperationsOf", customer, ledgerMost)
	if err != nil {
		return Ledger{}, err
	}
	out := Ledger{Customer: customer, Accounts: accounts.Accounts, Cards: cards.Cards, Entries: []Entry{}, Operations: []OperationEntry{}}
	for _, r := range rows {
		out.Entries = append(out.Entries, Entry{
			Number: r.Number, Time: r.BookedAt.In(b.cfg.Zone).Format(time.RFC3339), Kind: r.Kind, Key: r.Operation, Account: r.Account,
			AccountTail: r.Tail, Amount: r.AmountFen.String(), BalanceAfter: r.BalanceAfterFen.String(), Counterparty: r.Party, Memo: r.Memo,
		})
	}
	for _, o := range ops {
		out.Operations = append(out.Operations, OperationEntry{
			Key: o.Key, Operation: o.Operation, Status: o.Status, Code: o.Code, Number: o.Number, Time: o.At.In(b.cfg.Zone).Format(time.RFC3339),
		})
	}
	return out, nil
}

// Audit is the state of the whole ledger. Sound means that every journal sums to
// zero, and that every kept balance is the sum of its postings.
type Audit struct {
	Journals   int64   `json:"journals"`
	Postings   int64   `json:"postings"`
	TotalFen   fen.Fen `json:"total_fen"`
	Unbalanced int64   `json:"unbalanced"`
	Drifted    int64   `json:"drifted"`
}

// Sound is true when nothing is wrong.
func (a Audit) Sound() bool { return a.TotalFen == 0 && a.Unbalanced == 0 && a.Drifted == 0 }

// Audit checks the whole ledger.
func (b *Bank) Audit(ctx context.Context) (Audit, error) {
	a, _, err := one[Audit](ctx, b, b.pool, "AuditLedger")
	return a, err
}
