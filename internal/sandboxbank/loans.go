package sandboxbank

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const loanKind = "loan"

// loan is a loan as kept. Its principal is the mortgage account's balance where
// it has one of its own, else Principal.
type loan struct {
	Name       string `json:"name"`
	NameEN     string `json:"name_en"`
	Product    string `json:"product"` // mortgage, consumer or business
	Account    string `json:"account"` // its own account; may be empty
	Tail       string `json:"tail"`
	Principal  string `json:"principal"`
	Rate       string `json:"rate"`        // per cent a year, today
	LPR        string `json:"lpr"`         // what the rate was last set by
	Spread     int    `json:"spread"`      // basis points on top, may be negative
	NextLPR    string `json:"next_lpr"`    // what it will be set by
	RepricesOn string `json:"reprices_on"` // empty: a fixed rate
	DrawnOn    string `json:"drawn_on"`
	Months     int    `json:"months"` // instalments still to come
	NextDue    string `json:"next_due"`
	PayAccount string `json:"pay_account"`
	Overdue    string `json:"overdue"` // what is in arrears; empty or 0.00 for nothing
	DayChanged string `json:"day_changed"`
	NewDay     int    `json:"new_day"` // from the instalment after NextDue on; 0: the day stays
}

// Loan is one loan of a customer.
type Loan struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	NameEN     string `json:"name_en"`
	Product    string `json:"product" enum:"mortgage,consumer,business"`
	Tail       string `json:"tail"`
	Principal  string `json:"principal" doc:"Still owed"`
	Rate       string `json:"rate" doc:"Per cent a year"`
	Months     int    `json:"months" doc:"Instalments still to come"`
	NextDue    string `json:"next_due"`
	NextAmount string `json:"next_amount"`
	PayDay     int    `json:"pay_day"`
	PayTail    string `json:"pay_tail" doc:"The account that pays"`
	Overdue    string `json:"overdue"`
}

// LoansList is every loan.
type LoansList struct {
	Loans []Loan `json:"loans" nullable:"false"`
}

// loanRoutes serves loans.
func (b *Bank) loanRoutes(api huma.API) {
	read(b, api, "loans.list", "Every loan of a customer", b.loansList)
	read(b, api, "loans.plan", "What is due when, and where the rate comes from", b.loanPlan)
	read(b, api, "loans.prepay_quote", "What repaying early costs and saves", b.prepayQuote)
	read(b, api, "loans.change_quote", "What changing the day or the account does", b.loanChangeQuote)
	read(b, api, "loans.precheck", "A first look at a wish for a loan; promises nothing", b.loanPrecheck)
	change(b, api, business{
		operation: "bank.loan_prepay", summary: "Book an early repayment", bound: []string{"loan", "amount", "mode", "date"}, subject: b.prepaySubject,
	}, b.loanPrepay)
	change(b, api, business{
		operation: "bank.loan_change", summary: "Change the repayment day or account", bound: []string{"loan", "what", "value"}, subject: b.loanChangeSubject,
	}, b.loanChange)
}

func unknownLoan() *Refusal {
	return refuse("loan_unknown", "没有查到这笔贷款，请重新选择。", "That loan was not found. Please choose again.")
}

// owed is what is still to be repaid.
func (b *Bank) owed(ctx context.Context, db querier, customer string, l loan) (fen.Fen, error) {
	if l.Account != "" {
		a, ok, err := one[accountRow](ctx, b, db, "Account", l.Account, customer)
		if err != nil || !ok {
			return 0, orRefuse(err, unknownLoan())
		}
		return -a.BalanceFen, nil
	}
	return fen.Parse(l.Principal)
}

// instalment is the equal monthly payment of an annuity, rounded to the fen.
func instalment(principal fen.Fen, rate string, months int) fen.Fen {
	r := float64(bps(rate)) / 10_000 / 12
	if months <= 0 {
		return principal
	}
	if r == 0 {
		return principal / fen.Fen(months)
	}
	return fen.Fen(math.Round(float64(principal) * r / (1 - math.Pow(1+r, -float64(months)))))
}

// monthly is a month's interest.
func monthly(principal fen.Fen, rate string) fen.Fen {
	return fen.Fen(math.Round(float64(principal) * float64(bps(rate)) / 10_000 / 12))
}

// instalments counts how many payments of a size clear a principal.
func instalments(principal, payment fen.Fen, rate string) int {
	r := float64(bps(rate)) / 10_000 / 12
	if principal <= 0 {
		return 0
	}
	if r == 0 || payment <= monthly(principal, rate) {
		return int(math.Ceil(float64(principal) / float64(max(1, payment))))
	}
	return int(math.Ceil(-math.Log(1-float64(principal)*r/float64(payment)) / math.Log(1+r)))
}

func (b *Bank) loansOf(ctx context.Context, db querier, customer string) ([]record[loan], error) {
	return recordsOf[loan](ctx, b, db, customer, loanKind)
}

func (b *Bank) loanOf(ctx context.Context, db querier, customer, id string) (record[loan], error) {
	all, err := b.loansOf(ctx, db, customer)
	if err != nil {
		return record[loan]{}, err
	}
	for _, l := range all {
		if l.ID == id && l.Status == "active" {
			return l, nil
		}
	}
	return record[loan]{}, unknownLoan()
}

func (b *Bank) loansList(ctx context.Context, in CustomerIn) (LoansList, error) {
	all, err := b.loansOf(ctx, b.pool, in.Customer)
	if err != nil {
		return LoansList{}, err
	}
	out := LoansList{Loans: []Loan{}}
	for _, r := range all {
		if r.Status != "active" {
			continue
		}
		view, err := b.loanView(ctx, b.pool, in.Customer, r)
		if err != nil {
			return LoansList{}, err
		}
		out.Loans = append(out.Loans, view)
	}
	return out, nil
}

func (b *Bank) loanView(ctx context.Context, db querier, customer string, r record[loan]) (Loan, error) {
	l := r.Value
	principal, err := b.owed(ctx, db, customer, l)
	if err != nil {
		return Loan{}, err
	}
	pays, _, err := one[accountRow](ctx, b, db, "Account", l.PayAccount, customer)
	if err != nil {
		return Loan{}, err
	}
	due, err := time.Parse(time.DateOnly, l.NextDue)
	if err != nil {
		return Loan{}, fmt.Errorf("read loan %s: %w", r.ID, err)
	}
	overdue := l.Overdue
	if overdue == "" {
		overdue = "0.00"
	}
	day := due.Day()
	if l.NewDay > 0 {
		day = l.NewDay
	}
	return Loan{
		ID: r.ID, Name: l.Name, NameEN: l.NameEN, Product: l.Product, Tail: l.Tail, Principal: principal.String(), Rate: l.Rate, Months: l.Months, NextDue: l.NextDue,
		NextAmount: instalment(principal, l.Rate, l.Months).String(), PayDay: day, PayTail: pays.Tail, Overdue: overdue,
	}, nil
}

// LoanIn names a loan.
type LoanIn struct {
	CustomerIn
	Loan string `json:"loan" maxLength:"60"`
}

// LoanDue is one instalment.
type LoanDue struct {
	Date      string `json:"date"`
	Amount    string `json:"amount"`
	Principal string `json:"principal"`
	Interest  string `json:"interest"`
	Left      string `json:"left"`
}

// LoanPlan is a loan, its next instalments and its rate, before and after it is
// set anew.
type LoanPlan struct {
	Loan
	Plan       []LoanDue `json:"plan" nullable:"false"`
	LPR        string    `json:"lpr" doc:"Empty: a fixed rate"`
	Spread     string    `json:"spread" doc:"减20个基点"`
	SpreadEN   string    `json:"spread_en"`
	RepricesOn string    `json:"reprices_on"`
	NextLPR    string    `json:"next_lpr"`
	NextRate   string    `json:"next_rate"`
	NextPay    string    `json:"next_payment" doc:"The instalment at the new rate"`
	Change     string    `json:"change" doc:"How much less a month; negative when more"`
}

func (b *Bank) loanPlan(ctx context.Context, in LoanIn) (LoanPlan, error) {
	r, err := b.loanOf(ctx, b.pool, in.Customer, in.Loan)
	if err != nil {
		return LoanPlan{}, err
	}
	view, err := b.loanView(ctx, b.pool, in.Customer, r)
	if err != nil {
		return LoanPlan{}, err
	}
	l := r.Value
	out := LoanPlan{Loan: view, Plan: []LoanDue{}, NextPay: view.NextAmount, Change: "0.00"}
	principal, err := b.owed(ctx, b.pool, in.Customer, l)
	if err != nil {
		return LoanPlan{}, err
	}
	payment := instalment(principal, l.Rate, l.Months)
	due, err := time.Parse(time.DateOnly, l.NextDue)
	if err != nil {
		return LoanPlan{}, fmt.Errorf("read loan %s: %w", r.ID, err)
	}
	left := principal
	for i := range min(6, l.Months) {
		interest := monthly(left, l.Rate)
		paid := min(payment-interest, left)
		left -= paid
		out.Plan = append(out.Plan, LoanDue{
			Date: due.AddDate(0, i, 0).Format(time.DateOnly), Amount: (paid + interest).String(), Principal: paid.String(), Interest: interest.String(), Left: left.String(),
		})
	}
	if l.RepricesOn != "" {
		out.LPR, out.RepricesOn, out.NextLPR = l.LPR, l.RepricesOn, l.NextLPR
		out.Spread, out.SpreadEN = spread(l.Spread)
		out.NextRate = fen.Fen(bps(l.NextLPR) + int64(l.Spread)).String()
		next := instalment(principal, out.NextRate, l.Months)
		out.NextPay, out.Change = next.String(), signed(payment-next)
	}
	return out, nil
}

func signed(n fen.Fen) string {
	if n < 0 {
		return "-" + (-n).String()
	}
	return n.String()
}

func spread(points int) (zh, en string) {
	switch {
	case points < 0:
		return fmt.Sprintf("减%d个基点", -points), fmt.Sprintf("minus %d basis points", -points)
	case points > 0:
		return fmt.Sprintf("加%d个基点", points), fmt.Sprintf("plus %d basis points", points)
	}
	return "不加不减", "nothing added"
}

// arrears says that a loan is behind; it is brought up to date first.
func (l loan) arrears() *Refusal {
	if l.Overdue == "" || l.Overdue == "0.00" {
		return nil
	}
	return refuse("overdue", "这笔贷款有"+l.Overdue+"元逾期未还，先还清逾期才能办。还款有困难可以请人工商量。",
		"CNY "+l.Overdue+" of this loan is overdue and comes first. If repaying is hard, a person can help.")
}

// lockLoan locks a loan for an act.
func (b *Bank) lockLoan(ctx context.Context, tx pgx.Tx, customer, id string) (customerRow, record[loan], error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", customer)
	if err != nil || !ok {
		return c, record[loan]{}, orRefuse(err, unknownCustomer())
	}
	r, ok, err := recordOf[loan](ctx, b, tx, customer, loanKind, id)
	if err != nil || !ok || r.Status != "active" {
		return c, r, orRefuse(err, unknownLoan())
	}
	return c, r, nil
}
