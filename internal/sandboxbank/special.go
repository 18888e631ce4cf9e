package sandboxbank

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// specialRoutes serves e-CNY, salaries, pensions and authorisations.
func (b *Bank) specialRoutes(api huma.API) {
	read(b, api, "salary.list", "Salary or pension payments of a month", b.salaryList)
	read(b, api, "pension.quote", "What may be paid into the personal pension and what it saves", b.pensionQuote)
	change(b, api, business{operation: "bank.pension_open", summary: "Open the personal pension account", level: "L3", bound: []string{"account"}, subject: b.pensionOpenSubject}, b.pensionOpen)
	change(b, api, business{operation: "bank.pension_pay", summary: "Pay into the personal pension account", level: "L3", bound: []string{"account", "amount"}, subject: b.pensionPaySubject}, b.pensionPay)
	b.walletRoutes(api)
	b.familyRoutes(api)
	b.socialRoutes(api)
}

// payroll is what the bank was told to expect for a customer.
type payroll struct {
	Payer    string `json:"payer"`
	PayerEN  string `json:"payer_en"`
	Sort     string `json:"sort"`
	Expected string `json:"expected"`
}

// SalaryIn asks for the payments of a month.
type SalaryIn struct {
	CustomerIn
	Sort  string `json:"sort" maxLength:"10" doc:"salary or pension"`
	Month string `json:"month" maxLength:"10" doc:"this, last, before, half (six months) or year"`
}

// Salary is what came in and what was expected and did not.
type Salary struct {
	Payments []SalaryPayment `json:"payments" nullable:"false"`
	Missing  []SalaryMissing `json:"missing" nullable:"false"`
	Sum      string          `json:"sum"`
	Month    string          `json:"month"`
	MonthEN  string          `json:"month_en"`
	Usual    string          `json:"usual" doc:"The day of the month on which it usually comes; empty when not known"`
}

// SalaryPayment is one payment.
type SalaryPayment struct {
	Time   string `json:"time"`
	Payer  string `json:"payer"`
	Amount string `json:"amount"`
	Tail   string `json:"tail"`
	Memo   string `json:"memo"`
}

// SalaryMissing is a payer whose list has not come to the bank.
type SalaryMissing struct {
	Payer    string `json:"payer"`
	PayerEN  string `json:"payer_en"`
	Expected string `json:"expected"`
}

func (b *Bank) salaryList(ctx context.Context, in SalaryIn) (Salary, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return Salary{}, err
	}
	now := b.now()
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	from, to := first, first.AddDate(0, 1, -1)
	switch in.Month {
	case "last":
		from, to = first.AddDate(0, -1, 0), first.AddDate(0, 0, -1)
	case "before":
		from, to = first.AddDate(0, -2, 0), first.AddDate(0, -1, -1)
	case "half":
		from = first.AddDate(0, -5, 0)
	case "year":
		from = time.Date(now.Year(), 1, 1, 0, 0, 0, 0, now.Location())
	}
	sort := "salary"
	if in.Sort == "pension" {
		sort = "pension"
	}
	list, err := b.transactionsList(ctx, TransactionsIn{CustomerIn: in.CustomerIn, From: from.Format(time.DateOnly), To: to.Format(time.DateOnly), Direction: "in", Text: sort, Limit: 60})
	if err != nil {
		return Salary{}, err
	}
	out := Salary{Payments: []SalaryPayment{}, Missing: []SalaryMissing{}, Sum: list.SumIn, Month: from.Format("2006年1月"), MonthEN: from.Format("January 2006")}
	if in.Month == "half" || in.Month == "year" {
		out.Month, out.MonthEN = from.Format("2006年1月")+"到"+to.Format("1月"), from.Format("January 2006")+" to "+to.Format("January")
	}
	for _, t := range list.Transactions {
		out.Payments = append(out.Payments, SalaryPayment{Time: t.Time, Payer: t.Counterparty, Amount: t.Amount, Tail: t.Tail, Memo: t.Memo})
		if at, err := time.Parse(time.RFC3339, t.Time); err == nil && out.Usual == "" {
			out.Usual = fmt.Sprintf("%d", at.In(now.Location()).Day())
		}
	}
	if out.Usual == "" {
		if out.Usual, err = b.usualPayday(ctx, in.CustomerIn, sort); err != nil {
			return Salary{}, err
		}
	}
	rolls, err := recordsOf[payroll](ctx, b, b.pool, in.Customer, "payroll")
	if err != nil {
		return Salary{}, err
	}
	for _, r := range rolls {
		due := r.Value.Expected
		paid := slices.ContainsFunc(out.Payments, func(p SalaryPayment) bool { return p.Payer == r.Value.Payer })
		if r.Status == "active" && r.Value.Sort == sort && !paid && due >= from.Format(time.DateOnly) && due <= to.Format(time.DateOnly) {
			out.Missing = append(out.Missing, SalaryMissing{Payer: r.Value.Payer, PayerEN: r.Value.PayerEN, Expected: due})
		}
	}
	return out, nil
}

// usualPayday is the day of the month of the last payment of all.
func (b *Bank) usualPayday(ctx context.Context, who CustomerIn, sort string) (string, error) {
	last, err := b.transactionsList(ctx, TransactionsIn{CustomerIn: who, Direction: "in", Text: sort, Limit: 1})
	if err != nil || len(last.Transactions) == 0 {
		return "", err
	}
	at, err := time.Parse(time.RFC3339, last.Transactions[0].Time)
	if err != nil {
		return "", fmt.Errorf("read the payday: %w", err)
	}
	return fmt.Sprintf("%d", at.In(b.cfg.Zone).Day()), nil
}

// current reads an account of the customer's that money may be taken from, or
// says why not; amount zero judges the account alone.
func (b *Bank) current(ctx context.Context, db querier, customer, id string, amount fen.Fen) (accountRow, error) {
	a, ok, err := one[accountRow](ctx, b, db, "Account", id, customer)
	if err != nil || !ok {
		return a, orRefuse(err, unknownAccount())
	}
	switch {
	case a.Kind != "debit" && a.Kind != "passbook":
		return a, refuse("account_kind", "这个账户不能付款，请换一个活期账户。", "This account can't pay. Please choose a current account.")
	case a.Status != "normal":
		return a, refuse("account_limited", "尾号"+a.Tail+"的账户现在受限，不能付款，请换一个账户或请人工说明。", "The account ending "+a.Tail+" is restricted for now. Please choose another or ask for a person.")
	case amount > a.available():
		return a, refuse("insufficient_balance", fmt.Sprintf("尾号%s的账户可用余额%s元，不够。", a.Tail, a.available()), fmt.Sprintf("The account ending %s has CNY %s available, which is not enough.", a.Tail, a.available()))
	}
	return a, nil
}

// lockAccounts locks accounts in one order, so that two acts never wait for
// each other.
func (b *Bank) lockAccounts(ctx context.Context, tx pgx.Tx, ids ...string) error {
	_, err := many[accountRow](ctx, b, tx, "LockAccounts", ids)
	return err
}

// newAccount opens an account of a kind for a customer and gives its last digits.
func (b *Bank) newAccount(ctx context.Context, tx pgx.Tx, customer, id, kind, name, nameEN, number string) (string, error) {
	tail := number[len(number)-4:]
	if _, err := tx.Exec(ctx, b.q("SeedAccount"), id, customer, kind, name, nameEN, tail, "CNY", "normal", "", fen.Fen(0), fen.Fen(0), 90, "", "", fen.Fen(0), fen.Fen(0)); err != nil {
		return "", fmt.Errorf("open the account: %w", err)
	}
	return tail, nil
}
