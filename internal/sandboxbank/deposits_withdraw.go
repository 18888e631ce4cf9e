package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// EarlyQuoteIn asks what an early withdrawal costs. No amount means all of it.
type EarlyQuoteIn struct {
	CustomerIn
	Deposit string `json:"deposit" maxLength:"40"`
	Account string `json:"account" maxLength:"40"`
	Amount  string `json:"amount,omitempty" maxLength:"20"`
	Purpose string `json:"purpose" enum:"self,known,first" doc:"For oneself, for somebody paid before, for somebody new"`
}

// EarlyQuote is what an early withdrawal gives and loses.
type EarlyQuote struct {
	Amount     string   `json:"amount"`
	All        bool     `json:"all"`
	Interest   string   `json:"interest" doc:"At the demand rate, for the days kept"`
	Arrives    string   `json:"arrives" doc:"Principal and interest"`
	AtMaturity string   `json:"at_maturity_interest" doc:"What the same sum would earn by waiting"`
	Loss       string   `json:"loss"`
	DemandRate string   `json:"demand_rate"`
	DaysLeft   int      `json:"days_left"`
	MaturesOn  string   `json:"matures_on"`
	Left       string   `json:"left" doc:"What stays in the deposit, at its old rate"`
	Level      string   `json:"level" enum:"L2,L3"`
	Refusal    *Refusal `json:"refusal" doc:"Why it would be refused; null when it would not"`
}

// WithdrawIn withdraws a deposit early.
type WithdrawIn struct {
	CustomerIn
	Deposit   string `json:"deposit" maxLength:"40"`
	Account   string `json:"account" maxLength:"40"`
	Amount    string `json:"amount" maxLength:"20"`
	Purpose   string `json:"purpose" enum:"self,known,first"`
	Reference string `json:"reference" maxLength:"100"`
}

// Withdrawal is its receipt.
type Withdrawal struct {
	Number       string `json:"number"`
	Time         string `json:"time"`
	Amount       string `json:"amount"`
	Interest     string `json:"interest"`
	Arrives      string `json:"arrives"`
	DepositTail  string `json:"deposit_tail"`
	AccountTail  string `json:"account_tail"`
	Left         string `json:"left"`
	BalanceAfter string `json:"balance_after" doc:"Of the account that received it"`
}

func (w Withdrawal) number() string { return w.Number }

func (b *Bank) depositEarlyQuote(ctx context.Context, in EarlyQuoteIn) (EarlyQuote, error) {
	customer, ok, err := one[customerRow](ctx, b, b.pool, "Customer", in.Customer)
	if err != nil || !ok {
		return EarlyQuote{}, orRefuse(err, unknownCustomer())
	}
	d, err := b.depositOf(ctx, b.pool, in.Customer, in.Deposit)
	if err != nil {
		return EarlyQuote{}, err
	}
	amount := d.account.BalanceFen
	if in.Amount != "" {
		if amount, err = amountOf("amount", in.Amount); err != nil {
			return EarlyQuote{}, err
		}
	}
	out := d.early(amount, in.Purpose, b.now())
	_, no, err := b.payingAccount(ctx, b.pool, customer, in.Account, false)
	if err != nil {
		return EarlyQuote{}, err
	}
	if out.Refusal = no; no == nil {
		out.Refusal = d.mayWithdraw(amount, b.now())
	}
	return out, nil
}

// early works out what a sum gets now and what it would get by waiting.
func (d deposit) early(amount fen.Fen, purpose string, now time.Time) EarlyQuote {
	a := d.account
	held := 0
	whole := fen.Fen(0)
	if a.MaturesOn != nil && a.Term != "" {
		began := a.MaturesOn.AddDate(0, -months(a.Term), 0)
		held = max(0, daysBetween(began, now))
		whole = yield(amount, a.Rate, a.Term)
	}
	interest := simple(amount, demandRate, held)
	return EarlyQuote{
		Amount: amount.String(), All: amount == a.BalanceFen, Interest: interest.String(), Arrives: (amount + interest).String(), AtMaturity: whole.String(),
		Loss: max(0, whole-interest).String(), DemandRate: demandRate, DaysLeft: d.daysLeft(now), MaturesOn: date(a.MaturesOn),
		Left: max(0, a.BalanceFen-amount).String(), Level: withdrawLevel(amount, purpose),
	}
}

// withdrawLevel asks for more where much goes out, or where it is for somebody
// the customer never paid before: the pattern of most scams.
func withdrawLevel(amount fen.Fen, purpose string) string {
	if amount > faceFrom || purpose == "first" {
		return "L3"
	}
	return "L2"
}

// mayWithdraw says why the deposit would not pay a sum out early.
func (d deposit) mayWithdraw(amount fen.Fen, now time.Time) *Refusal {
	a := d.account
	left := a.BalanceFen - amount
	switch {
	case a.Status == "frozen":
		return refuse("frozen", "这笔定期已被依法冻结，暂时不能取，请到网点或请人工说明。", "This deposit is frozen by order of an authority. Please ask a person or a branch.")
	case d.terms.Pledged != "":
		return refuse("pledged", "这笔定期正用于"+d.terms.Pledged+"，解除以后才能取。", "This deposit backs "+d.terms.PledgedEN+" and can be withdrawn once that ends.")
	case a.MaturesOn != nil && daysBetween(now, *a.MaturesOn) <= 0:
		return refuse("matured", "这笔定期已经到期，不算提前取，按到期处理就行。", "This deposit has matured; that is no early withdrawal.")
	case left < 0:
		return refuse("too_much", fmt.Sprintf("这笔定期一共%s元，取不了这么多，可以改金额。", a.BalanceFen), fmt.Sprintf("This deposit holds CNY %s. Please change the amount.", a.BalanceFen))
	case left > 0 && d.terms.Partials > 0:
		return refuse("partial_once", "部分提前支取只能一次，这笔已经取过一次，现在只能全部取出。", "A part may be withdrawn once and that was done, so only all of it can be withdrawn now.")
	case left > 0 && left < minimumOf(d.terms.Product):
		least := minimumOf(d.terms.Product)
		return refuse("remain_minimum", fmt.Sprintf("取了以后剩下的不到起存金额%s元，可以少取一点，或者全部取出。", least),
			fmt.Sprintf("What is left would be below the minimum of CNY %s. Withdraw less, or all of it.", least))
	}
	return nil
}

func (b *Bank) depositWithdrawSubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	d, err := b.depositOf(ctx, tx, customer.ID, bound["deposit"])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("尾号%s的定期提前支取%s元", d.account.Tail, bound["amount"]), nil
}

func (b *Bank) depositWithdraw(ctx context.Context, tx pgx.Tx, a act, in WithdrawIn) (Withdrawal, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return Withdrawal{}, err
	}
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return Withdrawal{}, orRefuse(err, unknownCustomer())
	}
	if _, err := many[accountRow](ctx, b, tx, "LockAccounts", []string{in.Deposit, in.Account}); err != nil {
		return Withdrawal{}, err
	}
	d, err := b.depositOf(ctx, tx, in.Customer, in.Deposit)
	if err != nil {
		return Withdrawal{}, err
	}
	bound := map[string]string{"deposit": in.Deposit, "account": in.Account, "amount": amount.String(), "purpose": in.Purpose}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, withdrawLevel(amount, in.Purpose), bound); err != nil {
		return Withdrawal{}, err
	}
	to, no, err := b.payingAccount(ctx, tx, customer, in.Account, false)
	if err != nil || no != nil {
		return Withdrawal{}, orRefuse(err, no)
	}
	if no := d.mayWithdraw(amount, a.now); no != nil {
		return Withdrawal{}, no
	}
	quote := d.early(amount, in.Purpose, a.now)
	number, err := b.number(ctx, tx, "W", a.now)
	if err != nil {
		return Withdrawal{}, err
	}
	left, err := b.book(ctx, tx, a, booking{
		number: number, kind: "withdraw", customer: in.Customer, from: d.account.ID, to: to.ID, amount: amount, party: to.Name, memo: "定期提前支取", category: "deposit",
	})
	if err != nil {
		return Withdrawal{}, err
	}
	after := to.BalanceFen + amount
	if interest := simple(amount, demandRate, max(0, daysBetween(d.account.MaturesOn.AddDate(0, -months(d.account.Term), 0), a.now))); interest > 0 {
		// The interest is a journal of its own, from the bank to the customer.
		paid := a
		paid.key = a.key + "/interest"
		if _, err := b.book(ctx, tx, paid, booking{
			number: number + "-1", kind: "interest", customer: in.Customer, from: clearing, to: to.ID, amount: interest, party: ownBank, memo: "定期提前支取利息", category: "interest",
		}); err != nil {
			return Withdrawal{}, err
		}
		after += interest
	}
	if left > 0 {
		d.terms.Partials++
		if err := b.keepTerms(ctx, tx, a, in.Customer, d.terms); err != nil {
			return Withdrawal{}, err
		}
	}
	a.tell(Event{
		Kind: EventLedger, Customer: in.Customer, Operation: a.operation, Number: number, Amount: quote.Arrives, AccountTail: to.Tail,
		Counterparty: d.account.Name, BalanceAfter: after.String(),
	})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】您尾号%s的定期于%s提前支取%s元，本息%s元转入尾号%s的账户。", d.account.Tail, a.now.Format("1月2日15:04"), amount, quote.Arrives, to.Tail),
	})
	return Withdrawal{
		Number: number, Time: a.now.Format(time.RFC3339), Amount: amount.String(), Interest: quote.Interest, Arrives: quote.Arrives, DepositTail: d.account.Tail,
		AccountTail: to.Tail, Left: left.String(), BalanceAfter: after.String(),
	}, nil
}
