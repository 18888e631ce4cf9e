package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// RepayQuoteIn asks what a repayment would do.
type RepayQuoteIn struct {
	CustomerIn
	Card     string `json:"card" maxLength:"40" doc:"The card's account"`
	Currency string `json:"currency" enum:"CNY,USD"`
	Choice   string `json:"choice" enum:"full,min,own"`
	Amount   string `json:"amount,omitempty" maxLength:"16" doc:"Choice own only"`
	Account  string `json:"account" maxLength:"40" doc:"The paying account"`
}

// RepayQuote is the answer; nothing has moved.
type RepayQuote struct {
	Amount        string   `json:"amount" doc:"In the bill's currency"`
	Cost          string   `json:"cost" doc:"What leaves the paying account, in yuan"`
	Rate          string   `json:"rate" doc:"Yuan for 100 US dollars; empty for a bill in yuan"`
	Left          string   `json:"left" doc:"Of the bill after it, in its currency"`
	InterestDay   string   `json:"interest_day" doc:"What the rest would cost a day; empty when nothing is left"`
	InterestMonth string   `json:"interest_month" doc:"In thirty days"`
	BelowMin      bool     `json:"below_min" doc:"Less than the minimum: a late charge and a late mark may follow"`
	LateFee       string   `json:"late_fee" doc:"That charge"`
	Pending       string   `json:"pending" doc:"Paid before and not posted yet; empty for none"`
	DueOn         string   `json:"due_on"`
	Refusal       *Refusal `json:"refusal"`
}

// CreditRepayIn orders a repayment.
type CreditRepayIn struct {
	CustomerIn
	Card      string `json:"card" maxLength:"40"`
	Currency  string `json:"currency" enum:"CNY,USD"`
	Account   string `json:"account" maxLength:"40"`
	Amount    string `json:"amount" maxLength:"16" doc:"In the bill's currency"`
	Reference string `json:"reference" maxLength:"100"`
}

// CreditRepay is a repayment that was made.
type CreditRepay struct {
	Number       string `json:"number"`
	Time         string `json:"time"`
	Amount       string `json:"amount"`
	Currency     string `json:"currency"`
	Cost         string `json:"cost"`
	CardTail     string `json:"card_tail"`
	AccountTail  string `json:"account_tail"`
	Left         string `json:"left"`
	BalanceAfter string `json:"balance_after"`
}

func (r CreditRepay) number() string { return r.Number }

// cardInterest is what is owed costs in so many days, at 0.05% a day, to the nearest fen.
func cardInterest(left fen.Fen, days int) fen.Fen { return (left*fen.Fen(days)*5 + 5_000) / 10_000 }

func cardPaid() *Refusal {
	return refuse("nothing_due", "这张卡的本期账单已经还清，不用再还。", "This card's bill is paid. There is nothing to repay.")
}

// repayment is what judges an amount towards a bill.
func repayment(c CreditBill, currency string, amount fen.Fen) (left, cost fen.Fen, no *Refusal) {
	if currency == "USD" {
		switch {
		case c.usd == 0:
			return 0, 0, refuse("no_usd", "这张卡没有美元欠款，请还人民币账单。", "This card owes no US dollars. Repay the bill in yuan.")
		case amount > c.usd:
			return 0, 0, refuse("over_owed", "多于美元欠款"+c.usd.String()+"美元，请改成不超过它的数。", "More than the USD "+c.usd.String()+" that are owed. Please pay no more than that.")
		}
		return c.usd - amount, usdCost(amount), nil
	}
	switch {
	case c.owed == 0:
		return 0, 0, cardPaid()
	case amount > c.owed:
		return 0, 0, refuse("over_owed", "多于这张卡的全部欠款"+c.owed.Yuan()+"，多还的不计利息。请改成不超过它的数。",
			"More than the CNY "+c.owed.String()+" owed on this card, and what is over earns nothing. Please pay no more than that.")
	}
	return max(0, c.remaining-amount), amount, nil
}

func (b *Bank) repayQuote(ctx context.Context, in RepayQuoteIn) (RepayQuote, error) {
	customer, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return RepayQuote{}, err
	}
	c, err := b.creditBill(ctx, b.pool, in.Customer, in.Card)
	if err != nil {
		return RepayQuote{}, err
	}
	out := RepayQuote{DueOn: c.DueOn}
	var amount fen.Fen
	switch {
	case in.Choice == "own":
		if amount, err = amountOf("amount", in.Amount); err != nil {
			return RepayQuote{}, err
		}
	case in.Currency == "USD":
		amount = c.usd
	case in.Choice == "min":
		amount = c.minimum
	default:
		amount = c.remaining
	}
	if amount == 0 {
		out.Refusal = cardPaid()
		if in.Choice == "min" && c.remaining > 0 {
			out.Refusal = refuse("min_paid", "本期最低还款额已经还够了，还可以还全部或自定金额。", "The minimum is paid already. You can still pay the rest or another amount.")
		}
		return out, nil
	}
	left, cost, no := repayment(c, in.Currency, amount)
	out.Amount, out.Cost, out.Left, out.Refusal = amount.String(), cost.String(), left.String(), no
	if c.Pending != fen.Fen(0).String() {
		out.Pending = c.Pending
	}
	if no != nil {
		return out, nil //nolint:nilerr // a refusal is the answer, not a fault
	}
	if in.Currency == "USD" {
		out.Rate = c.Rate
	} else if left > 0 {
		out.InterestDay, out.InterestMonth = cardInterest(left, 1).String(), cardInterest(left, 30).String()
		if amount < c.minimum {
			out.BelowMin, out.LateFee = true, max(10_00, (c.minimum-amount)/20).String()
		}
	}
	account, ok, err := one[accountRow](ctx, b, b.pool, "Account", in.Account, in.Customer)
	if err != nil || !ok {
		return RepayQuote{}, orRefuse(err, unknownAccount())
	}
	out.Refusal = cardPayer(account, customer, cost, b.now())
	return out, nil
}

func (b *Bank) repaySubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	c, err := b.creditBill(ctx, tx, customer.ID, bound["card"])
	if err != nil {
		return "", err
	}
	unit := "元"
	if bound["currency"] == "USD" {
		unit = "美元"
	}
	return "还尾号" + c.Tail + "的信用卡" + bound["amount"] + unit, nil
}

// creditRepay books a repayment. Yuan go to the card's account; dollars are bought
// at the bank's rate and settled with the card scheme.
func (b *Bank) creditRepay(ctx context.Context, tx pgx.Tx, a act, in CreditRepayIn) (CreditRepay, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return CreditRepay{}, err
	}
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return CreditRepay{}, orRefuse(err, unknownCustomer())
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{
		"card": in.Card, "currency": in.Currency, "account": in.Account, "amount": amount.String(),
	}); err != nil {
		return CreditRepay{}, err
	}
	target := in.Card
	if in.Currency == "USD" {
		target = clearing
	}
	locked, err := many[accountRow](ctx, b, tx, "LockAccounts", []string{in.Account, target})
	if err != nil {
		return CreditRepay{}, err
	}
	var payer accountRow
	for _, row := range locked {
		if row.ID == in.Account && row.Customer == in.Customer {
			payer = row
		}
	}
	if payer.ID == "" {
		return CreditRepay{}, unknownAccount()
	}
	c, err := b.creditBill(ctx, tx, in.Customer, in.Card)
	if err != nil {
		return CreditRepay{}, err
	}
	left, cost, no := repayment(c, in.Currency, amount)
	if no != nil {
		return CreditRepay{}, no
	}
	if no := cardPayer(payer, customer, cost, a.now); no != nil {
		return CreditRepay{}, no
	}
	number, err := b.number(ctx, tx, "K", a.now)
	if err != nil {
		return CreditRepay{}, err
	}
	after, err := b.book(ctx, tx, a, booking{
		number: number, kind: "credit_repay", customer: in.Customer, from: in.Account, to: target, amount: cost,
		party: c.Name + "还款", memo: "尾号" + c.Tail, category: "credit",
	})
	if err != nil {
		return CreditRepay{}, err
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "credit_repaid", number, "done", repaid{
		Account: in.Card, Amount: amount.String(), Currency: in.Currency, On: a.now.Format(time.DateOnly), From: "尾号" + payer.Tail,
	}); err != nil {
		return CreditRepay{}, err
	}
	a.tell(Event{
		Kind: EventLedger, Customer: in.Customer, Operation: "bank.credit_repay", Number: number, Amount: (-cost).String(),
		AccountTail: payer.Tail, Counterparty: c.Name, BalanceAfter: after.String(),
	})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】您尾号%s的账户%s还尾号%s的信用卡，扣款%s元，编号%s。", payer.Tail, a.now.Format("1月2日15:04"), c.Tail, cost, number),
	})
	return CreditRepay{
		Number: number, Time: a.now.Format(time.RFC3339), Amount: amount.String(), Currency: in.Currency, Cost: cost.String(), CardTail: c.Tail,
		AccountTail: payer.Tail, Left: left.String(), BalanceAfter: after.String(),
	}, nil
}
