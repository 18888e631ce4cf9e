package sandboxbank

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// OpenQuoteIn asks what opening a deposit needs and yields.
type OpenQuoteIn struct {
	CustomerIn
	Account    string `json:"account" maxLength:"40"`
	Product    string `json:"product" maxLength:"10"`
	Term       string `json:"term" maxLength:"10"`
	Amount     string `json:"amount" maxLength:"20"`
	AtMaturity string `json:"at_maturity" enum:"renew,principal,demand"`
}

// OpenQuote is what a deposit would be.
type OpenQuote struct {
	DepositTry
	Available    string `json:"available"`
	AtMaturityZH string `json:"at_maturity_name"`
	AtMaturityEN string `json:"at_maturity_name_en"`
}

// OpenIn opens a deposit.
type OpenIn struct {
	CustomerIn
	Account    string `json:"account" maxLength:"40"`
	Product    string `json:"product" maxLength:"10"`
	Term       string `json:"term" maxLength:"10"`
	Amount     string `json:"amount" maxLength:"20"`
	AtMaturity string `json:"at_maturity" enum:"renew,principal,demand"`
	Reference  string `json:"reference" maxLength:"100"`
}

// Opened is its receipt.
type Opened struct {
	Number       string `json:"number"`
	Time         string `json:"time"`
	Name         string `json:"name"`
	NameEN       string `json:"name_en"`
	Tail         string `json:"tail"`
	Amount       string `json:"amount"`
	Rate         string `json:"rate"`
	Interest     string `json:"interest"`
	MaturesOn    string `json:"matures_on"`
	AccountTail  string `json:"account_tail"`
	BalanceAfter string `json:"balance_after"`
}

func (o Opened) number() string { return o.Number }

func (b *Bank) depositOpenQuote(ctx context.Context, in OpenQuoteIn) (OpenQuote, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return OpenQuote{}, err
	}
	customer, ok, err := one[customerRow](ctx, b, b.pool, "Customer", in.Customer)
	if err != nil || !ok {
		return OpenQuote{}, orRefuse(err, unknownCustomer())
	}
	a, o, no, err := b.mayOpen(ctx, b.pool, customer, in.Account, in.Product, in.Term, amount)
	if err != nil {
		return OpenQuote{}, err
	}
	out := OpenQuote{Available: a.available().String()}
	if no == nil {
		out.DepositTry = b.tried(o, amount)
	}
	out.Refusal = no
	out.AtMaturityZH, out.AtMaturityEN = atMaturity(in.AtMaturity)
	return out, nil
}

// mayOpen says why a deposit would not be opened.
func (b *Bank) mayOpen(ctx context.Context, db querier, customer customerRow, account, product, term string, amount fen.Fen) (accountRow, offer, *Refusal, error) {
	a, no, err := b.payingAccount(ctx, db, customer, account, true)
	if err != nil || no != nil {
		return a, offer{}, no, err
	}
	o, no := fits(product, term, amount)
	switch {
	case no != nil:
	case o.soldOut:
		no = refuse("sold_out", "这一档大额存单今天的额度已售完，可以换一个期限，或存普通定期。", "This certificate is sold out for today. Choose another term or an ordinary time deposit.")
	case amount > a.available():
		no = refuse("insufficient_balance", fmt.Sprintf("尾号%s的账户可用%s元，不够存这么多。", a.Tail, a.available()),
			fmt.Sprintf("The account ending %s has CNY %s available, which is not enough.", a.Tail, a.available()))
	}
	return a, o, no, nil
}

func (b *Bank) depositOpenSubject(_ context.Context, _ pgx.Tx, _ customerRow, bound map[string]string) (string, error) {
	o, ok := offered(bound["product"], bound["term"])
	if !ok {
		_, no := fits(bound["product"], bound["term"], 0)
		return "", no
	}
	zh, _ := productName(o.product)
	term, _ := termName(o.term)
	return fmt.Sprintf("存%s%s%s元", term, zh, bound["amount"]), nil
}

func (b *Bank) depositOpen(ctx context.Context, tx pgx.Tx, a act, in OpenIn) (Opened, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return Opened{}, err
	}
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return Opened{}, orRefuse(err, unknownCustomer())
	}
	if _, err := many[accountRow](ctx, b, tx, "LockAccounts", []string{in.Account}); err != nil {
		return Opened{}, err
	}
	bound := map[string]string{"account": in.Account, "amount": amount.String(), "product": in.Product, "term": in.Term, "at_maturity": in.AtMaturity}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", bound); err != nil {
		return Opened{}, err
	}
	from, o, no, err := b.mayOpen(ctx, tx, customer, in.Account, in.Product, in.Term, amount)
	if err != nil || no != nil {
		return Opened{}, orRefuse(err, no)
	}
	number, err := b.number(ctx, tx, "F", a.now)
	if err != nil {
		return Opened{}, err
	}
	t := b.tried(o, amount)
	ends := matures(a.now, o.term)
	id, tail := in.Customer+"-"+number, number[len(number)-4:]
	name, nameEN := t.Name, strings.ToUpper(t.NameEN[:1])+t.NameEN[1:]
	if _, err := tx.Exec(ctx, b.q("SeedAccount"), id, in.Customer, "deposit", name, nameEN, tail, "CNY", "normal", "", fen.Fen(0), fen.Fen(0), 50, o.term, t.Rate,
		fen.Fen(0), fen.Fen(0)); err != nil {
		return Opened{}, fmt.Errorf("open the deposit: %w", err)
	}
	if o.product != "call" {
		if _, err := tx.Exec(ctx, b.q("SeedDates"), id, ends, nil); err != nil {
			return Opened{}, fmt.Errorf("date the deposit: %w", err)
		}
	}
	after, err := b.book(ctx, tx, a, booking{
		number: number, kind: "deposit", customer: in.Customer, from: in.Account, to: id, amount: amount, party: name, memo: "存定期", category: "deposit",
	})
	if err != nil {
		return Opened{}, err
	}
	if err := b.keepTerms(ctx, tx, a, in.Customer, depositTerms{Account: id, Product: o.product, AtMaturity: in.AtMaturity}); err != nil {
		return Opened{}, err
	}
	a.tell(Event{
		Kind: EventLedger, Customer: in.Customer, Operation: a.operation, Number: number, Amount: (-amount).String(), AccountTail: from.Tail,
		Counterparty: name, BalanceAfter: after.String(),
	})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】您于%s存入%s%s元，年利率%s%%，编号%s。", a.now.Format("1月2日15:04"), name, amount, t.Rate, number),
	})
	return Opened{
		Number: number, Time: a.now.Format(time.RFC3339), Name: name, NameEN: nameEN, Tail: tail, Amount: amount.String(), Rate: t.Rate, Interest: t.Interest,
		MaturesOn: t.MaturesOn, AccountTail: from.Tail, BalanceAfter: after.String(),
	}, nil
}

// MaturityIn changes what happens at maturity.
type MaturityIn struct {
	CustomerIn
	Deposit    string `json:"deposit" maxLength:"40"`
	AtMaturity string `json:"at_maturity" enum:"renew,principal,demand"`
	Reference  string `json:"reference,omitempty" maxLength:"100"`
}

// Maturity is the instruction before and after.
type Maturity struct {
	Number    string   `json:"number"`
	Time      string   `json:"time"`
	Name      string   `json:"name"`
	NameEN    string   `json:"name_en"`
	Tail      string   `json:"tail"`
	Before    string   `json:"before"`
	BeforeEN  string   `json:"before_en"`
	After     string   `json:"after"`
	AfterEN   string   `json:"after_en"`
	MaturesOn string   `json:"matures_on"`
	Refusal   *Refusal `json:"refusal" doc:"Why it would be refused; null when it would not"`
}

func (m Maturity) number() string { return m.Number }

func (d deposit) instruct(code string, now time.Time) Maturity {
	view := d.view(now)
	out := Maturity{Name: view.Name, NameEN: view.NameEN, Tail: view.Tail, MaturesOn: view.MaturesOn}
	out.Before, out.BeforeEN = atMaturity(d.terms.AtMaturity)
	out.After, out.AfterEN = atMaturity(code)
	switch {
	case d.account.MaturesOn == nil:
		out.Refusal = refuse("no_maturity", "通知存款没有到期日，不用设到期处理，要用钱时先通知再取。", "A call deposit has no maturity; give notice when you need the money.")
	case d.terms.AtMaturity == code:
		out.Refusal = refuse("unchanged", "这笔定期现在就是"+out.Before+"，不用改。", "This deposit is already set to "+out.BeforeEN+".")
	case d.terms.Pledged != "" && code == "demand":
		out.Refusal = refuse("pledged", "这笔定期正用于"+d.terms.Pledged+"，解除以后才能改成转活期。", "This deposit backs "+d.terms.PledgedEN+"; it can be paid out once that ends.")
	case d.daysLeft(now) == 0:
		out.Refusal = refuse("maturing_today", "这笔定期今天到期，已经按原来的方式在处理，今天改不了。", "This deposit matures today and is being handled as it was set.")
	}
	return out
}

func (b *Bank) depositMaturityQuote(ctx context.Context, in MaturityIn) (Maturity, error) {
	d, err := b.depositOf(ctx, b.pool, in.Customer, in.Deposit)
	if err != nil {
		return Maturity{}, err
	}
	return d.instruct(in.AtMaturity, b.now()), nil
}

func (b *Bank) depositMaturitySubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	d, err := b.depositOf(ctx, tx, customer.ID, bound["deposit"])
	if err != nil {
		return "", err
	}
	zh, _ := atMaturity(bound["at_maturity"])
	return "尾号" + d.account.Tail + "的定期到期改为" + zh, nil
}

func (b *Bank) depositMaturity(ctx context.Context, tx pgx.Tx, a act, in MaturityIn) (Maturity, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return Maturity{}, orRefuse(err, unknownCustomer())
	}
	d, err := b.depositOf(ctx, tx, in.Customer, in.Deposit)
	if err != nil {
		return Maturity{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"deposit": in.Deposit, "at_maturity": in.AtMaturity}); err != nil {
		return Maturity{}, err
	}
	out := d.instruct(in.AtMaturity, a.now)
	if out.Refusal != nil {
		return Maturity{}, out.Refusal
	}
	if out.Number, err = b.number(ctx, tx, "D", a.now); err != nil {
		return Maturity{}, err
	}
	d.terms.AtMaturity = in.AtMaturity // and nothing else
	if err := b.keepTerms(ctx, tx, a, in.Customer, d.terms); err != nil {
		return Maturity{}, err
	}
	out.Time = a.now.Format(time.RFC3339)
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: out.Number, AccountTail: out.Tail})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】您尾号%s的定期到期处理已于%s改为%s，编号%s。", out.Tail, a.now.Format("1月2日15:04"), out.After, out.Number),
	})
	return out, nil
}
