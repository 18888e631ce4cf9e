package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	certPeriod = "period" // freezes the amount until a day
	certNoDay  = "none"   // the until of a certificate for today alone
)

// CertificateIn asks for a deposit certificate. A point certificate says what is
// there today (until is none); a period one freezes the amount until a day.
type CertificateIn struct {
	CustomerIn
	Account  string `json:"account" maxLength:"40"`
	Amount   string `json:"amount" maxLength:"16"`
	Kind     string `json:"kind" enum:"point,period"`
	Until    string `json:"until" maxLength:"10" doc:"none, or the day until which the amount is frozen"`
	Language string `json:"language" enum:"zh,en"`
}

// CertificateQuote is what it means for the money.
type CertificateQuote struct {
	Available string   `json:"available" doc:"Of the account now"`
	Left      string   `json:"left" doc:"Still usable afterwards"`
	Fee       string   `json:"fee"`
	Refusal   *Refusal `json:"refusal"`
}

// CertificateIssueIn orders a certificate.
type CertificateIssueIn struct {
	CertificateIn
	Reference string `json:"reference" maxLength:"100"`
}

// CertificateIssue is a certificate that was issued, with the code by which
// anybody may check it.
type CertificateIssue struct {
	Number string `json:"number"`
	Time   string `json:"time"`
	Amount string `json:"amount"`
	Until  string `json:"until"`
	Tail   string `json:"tail"`
	Left   string `json:"left"`
	Check  string `json:"check" doc:"Code of the check page"`
}

func (c CertificateIssue) number() string { return c.Number }

func (b *Bank) certificateOf(ctx context.Context, db querier, in CertificateIn) (accountRow, fen.Fen, CertificateQuote, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return accountRow{}, 0, CertificateQuote{}, err
	}
	account, ok, err := one[accountRow](ctx, b, db, "Account", in.Account, in.Customer)
	if err != nil || !ok {
		return account, 0, CertificateQuote{}, orRefuse(err, unknownAccount())
	}
	out := CertificateQuote{Available: account.available().String(), Left: account.available().String(), Fee: fen.Fen(0).String()}
	today := b.now()
	switch {
	case account.Kind == "credit" || account.Kind == "mortgage" || account.Status != "normal":
		out.Refusal = refuse("account_unusable", "尾号"+account.Tail+"的账户现在不能开证明，请换一个账户。", "No certificate can be made of the account ending "+account.Tail+". Choose another.")
	case amount > account.available():
		out.Refusal = refuse("insufficient_balance", fmt.Sprintf("尾号%s的账户可用%s元，开不了这么多，请改金额。", account.Tail, account.available()),
			fmt.Sprintf("The account ending %s has CNY %s available. Please choose less.", account.Tail, account.available()))
	case in.Kind == certPeriod:
		until, err := time.ParseInLocation(time.DateOnly, in.Until, today.Location())
		if err != nil {
			return account, 0, out, badField("until", in.Until, err)
		}
		if !until.After(today) {
			out.Refusal = refuse("until_past", "冻结到的日子要在今天以后。", "The day must lie ahead.")
		} else if until.After(today.AddDate(1, 0, 0)) {
			out.Refusal = refuse("until_far", "最长冻结一年，请选一年以内的日子。", "A year is the longest. Please choose an earlier day.")
		}
		out.Left = max(0, account.available()-amount).String()
	}
	return account, amount, out, nil
}

func (b *Bank) certificateQuote(ctx context.Context, in CertificateIn) (CertificateQuote, error) {
	_, _, out, err := b.certificateOf(ctx, b.pool, in)
	return out, err
}

func (b *Bank) certificateSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	in := CertificateIn{CustomerIn: CustomerIn{Customer: c.ID}, Account: bound["account"], Amount: bound["amount"], Kind: bound["kind"], Until: bound["until"], Language: bound["language"]}
	_, amount, out, err := b.certificateOf(ctx, tx, in)
	if err != nil || out.Refusal != nil {
		return "", orRefuse(err, out.Refusal)
	}
	if in.Kind == certPeriod {
		return fmt.Sprintf("开存款证明并冻结%s元到%s", amount, in.Until), nil
	}
	return fmt.Sprintf("开%s元存款证明", amount), nil
}

func (b *Bank) certificateIssue(ctx context.Context, tx pgx.Tx, a act, in CertificateIssueIn) (CertificateIssue, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return CertificateIssue{}, orRefuse(err, unknownCustomer())
	}
	if _, err := many[accountRow](ctx, b, tx, "LockAccounts", []string{in.Account}); err != nil {
		return CertificateIssue{}, err
	}
	account, amount, quote, err := b.certificateOf(ctx, tx, in.CertificateIn)
	if err != nil || quote.Refusal != nil {
		return CertificateIssue{}, orRefuse(err, quote.Refusal)
	}
	bound := map[string]string{"account": in.Account, "amount": amount.String(), "kind": in.Kind, "until": in.Until, "language": in.Language}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", bound); err != nil {
		return CertificateIssue{}, err
	}
	number, err := b.number(ctx, tx, "C", a.now)
	if err != nil {
		return CertificateIssue{}, err
	}
	if in.Kind == certPeriod {
		if _, err := tx.Exec(ctx, b.q("FreezePart"), account.ID, amount); err != nil {
			return CertificateIssue{}, fmt.Errorf("freeze the amount: %w", err)
		}
	}
	out := CertificateIssue{
		Number: number, Time: a.now.Format(time.RFC3339), Amount: amount.String(), Until: in.Until, Tail: account.Tail, Left: quote.Left, Check: randomHex(4),
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "certificate", number, "issued", out); err != nil {
		return CertificateIssue{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.certificate_issue", Number: number, AccountTail: account.Tail})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone),
		Text: fmt.Sprintf("【示例银行】存款证明%s已开具，金额%s元，尾号%s。", number, amount, account.Tail),
	})
	return out, nil
}
