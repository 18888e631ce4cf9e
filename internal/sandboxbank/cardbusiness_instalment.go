package sandboxbank

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	instalmentLeast = fen.Fen(500_00)
	instalmentShare = 90 // per cent of what is left of the bill, at most
)

// instalmentTerms are how often one may pay, with the fee of each payment in 1/100 %.
func instalmentTerms() []struct{ n, fee int } {
	return []struct{ n, fee int }{{3, 62}, {6, 58}, {12, 55}, {24, 54}}
}

// InstalmentQuoteIn asks for the plans.
type InstalmentQuoteIn struct {
	CustomerIn
	Card   string `json:"card" maxLength:"40" doc:"The card's account"`
	Amount string `json:"amount,omitempty" maxLength:"16" doc:"Left out: as much as can be"`
}

// InstalmentPlan is one way to pay.
type InstalmentPlan struct {
	ID       string `json:"id" doc:"How many payments"`
	Name     string `json:"name"`
	NameEN   string `json:"name_en"`
	FeeRate  string `json:"fee_rate" doc:"Per cent of the amount, each time"`
	FeeEach  string `json:"fee_each"`
	FeeTotal string `json:"fee_total"`
	Monthly  string `json:"monthly" doc:"The first payment: principal and fee; the last takes the odd fen"`
	Annual   string `json:"annual" doc:"Per cent a year, worked out from the payments (simple interest)"`
}

// InstalmentQuote is every plan; nothing is agreed.
type InstalmentQuote struct {
	Plans   []InstalmentPlan `json:"plans" nullable:"false"`
	Amount  string           `json:"amount"`
	Most    string           `json:"most" doc:"As much as can be"`
	DueOn   string           `json:"due_on"`
	Refusal *Refusal         `json:"refusal"`
}

// InstalmentOpenIn agrees to a plan.
type InstalmentOpenIn struct {
	CustomerIn
	Card      string `json:"card" maxLength:"40"`
	Amount    string `json:"amount" maxLength:"16"`
	Plan      string `json:"plan" enum:"3,6,12,24"`
	Reference string `json:"reference" maxLength:"100"`
}

// InstalmentOpen is a plan that runs.
type InstalmentOpen struct {
	Number   string `json:"number"`
	Time     string `json:"time"`
	Amount   string `json:"amount"`
	Plan     string `json:"plan"`
	Monthly  string `json:"monthly"`
	FeeTotal string `json:"fee_total"`
	Annual   string `json:"annual"`
	CardTail string `json:"card_tail"`
	FirstOn  string `json:"first_on"`
	BillLeft string `json:"bill_left" doc:"What is still due this time"`
}

func (r InstalmentOpen) number() string { return r.Number }

type billInstalment struct {
	Account string `json:"account"`
	Amount  string `json:"amount"`
	Plan    string `json:"plan"`
	Monthly string `json:"monthly"`
	On      string `json:"on"`
}

func planOf(amount fen.Fen, n, fee int) InstalmentPlan {
	each := (amount*fen.Fen(fee) + 5_000) / 10_000
	monthly := amount/fen.Fen(n) + each
	return InstalmentPlan{
		ID: fmt.Sprint(n), Name: fmt.Sprintf("%d期", n), NameEN: fmt.Sprintf("%d instalments", n), FeeRate: fmt.Sprintf("0.%02d", fee),
		FeeEach: each.String(), FeeTotal: (each * fen.Fen(n)).String(), Monthly: monthly.String(), Annual: fmt.Sprintf("%.1f", yearly(n, fee)),
	}
}

// yearly is twelve times the monthly rate at which n payments of principal and
// fee are worth what was borrowed, in per cent, found by halving.
func yearly(n, fee int) float64 {
	pay := 1/float64(n) + float64(fee)/10_000
	low, high := 0.0, 0.1
	for range 60 {
		rate := (low + high) / 2
		if worth := pay * (1 - math.Pow(1+rate, -float64(n))) / rate; worth > 1 {
			low = rate
		} else {
			high = rate
		}
	}
	return low * 1200
}

// instalmentRefusal says why a part of a bill can't be put into instalments.
func (b *Bank) instalmentRefusal(ctx context.Context, db querier, customer string, c CreditBill, amount fen.Fen, now time.Time) (*Refusal, error) {
	running, err := recordsOf[billInstalment](ctx, b, db, customer, "bill_instalment")
	if err != nil {
		return nil, err
	}
	for _, r := range running {
		if r.Status == "running" && r.Value.Account == c.ID && r.Value.On >= c.StatementOn {
			return refuse("already_instalment", "这期账单已经办过分期，一期账单只能办一次。", "This bill is in instalments already; each bill can be once."), nil
		}
	}
	most := c.remaining * instalmentShare / 100
	switch {
	case c.remaining == 0:
		return cardPaid(), nil
	case c.account.BillDueOn != nil && daysTo(*c.account.BillDueOn, now) < 1:
		return refuse("instalment_late", "账单分期要在到期还款日前一天办，这期已经来不及，请按时还款，有困难可以找同事商量。",
			"Instalments are agreed at the latest the day before the bill is due. Please repay in time, or ask a colleague."), nil
	case most < instalmentLeast:
		return refuse("bill_too_small", "这期账单可分期的不到500元，不能分期。", "Less than CNY 500 of this bill could be put into instalments, so it can't."), nil
	case amount < instalmentLeast:
		return refuse("amount_too_small", "分期最少500元，请改一个金额。", "The least is CNY 500. Please change the amount."), nil
	case amount > most:
		return refuse("amount_too_large", "这期最多可以分"+most.Yuan()+"，请改一个金额。", "At most CNY "+most.String()+" of this bill. Please change the amount."), nil
	}
	return nil, nil
}

func (b *Bank) instalmentQuote(ctx context.Context, in InstalmentQuoteIn) (InstalmentQuote, error) {
	c, err := b.creditBill(ctx, b.pool, in.Customer, in.Card)
	if err != nil {
		return InstalmentQuote{}, err
	}
	most := c.remaining * instalmentShare / 100
	amount := most
	if in.Amount != "" {
		if amount, err = amountOf("amount", in.Amount); err != nil {
			return InstalmentQuote{}, err
		}
	}
	out := InstalmentQuote{Plans: []InstalmentPlan{}, Amount: amount.String(), Most: most.String(), DueOn: c.DueOn}
	if out.Refusal, err = b.instalmentRefusal(ctx, b.pool, in.Customer, c, amount, b.now()); err != nil || out.Refusal != nil {
		return out, err
	}
	for _, t := range instalmentTerms() {
		out.Plans = append(out.Plans, planOf(amount, t.n, t.fee))
	}
	return out, nil
}

func (b *Bank) instalmentSubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	c, err := b.creditBill(ctx, tx, customer.ID, bound["card"])
	if err != nil {
		return "", err
	}
	return "尾号" + c.Tail + "的信用卡账单" + bound["amount"] + "元分" + bound["plan"] + "期", nil
}

func (b *Bank) instalmentOpen(ctx context.Context, tx pgx.Tx, a act, in InstalmentOpenIn) (InstalmentOpen, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return InstalmentOpen{}, err
	}
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return InstalmentOpen{}, orRefuse(err, unknownCustomer())
	}
	c, err := b.creditBill(ctx, tx, in.Customer, in.Card)
	if err != nil {
		return InstalmentOpen{}, err
	}
	if no, err := b.instalmentRefusal(ctx, tx, in.Customer, c, amount, a.now); err != nil || no != nil {
		return InstalmentOpen{}, orRefuse(err, no)
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"card": in.Card, "amount": amount.String(), "plan": in.Plan}); err != nil {
		return InstalmentOpen{}, err
	}
	var plan InstalmentPlan
	for _, t := range instalmentTerms() {
		if fmt.Sprint(t.n) == in.Plan {
			plan = planOf(amount, t.n, t.fee)
		}
	}
	number, err := b.number(ctx, tx, "I", a.now)
	if err != nil {
		return InstalmentOpen{}, err
	}
	today := a.now.Format(time.DateOnly)
	if err := b.addRecord(ctx, tx, a, in.Customer, "bill_instalment", number, "running", billInstalment{
		Account: in.Card, Amount: amount.String(), Plan: in.Plan, Monthly: plan.Monthly, On: today,
	}); err != nil {
		return InstalmentOpen{}, err
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "credit_repaid", number+"-B", "instalment", repaid{
		Account: in.Card, Amount: amount.String(), Currency: "CNY", On: today, From: "账单分期",
	}); err != nil {
		return InstalmentOpen{}, err
	}
	first := a.now
	if c.account.BillDueOn != nil {
		first = *c.account.BillDueOn
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.instalment_open", Number: number, AccountTail: c.Tail})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】您尾号%s的信用卡账单%s元已办%s期分期，每期约%s元，编号%s。", c.Tail, amount, in.Plan, plan.Monthly, number),
	})
	return InstalmentOpen{
		Number: number, Time: a.now.Format(time.RFC3339), Amount: amount.String(), Plan: in.Plan, Monthly: plan.Monthly, FeeTotal: plan.FeeTotal,
		Annual: plan.Annual, CardTail: c.Tail, FirstOn: first.AddDate(0, 1, 0).Format(time.DateOnly), BillLeft: (c.remaining - amount).String(),
	}, nil
}
