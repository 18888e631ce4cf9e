package sandboxbank

import (
	"context"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// cardRoutes serves what is done with cards besides losing them.
func (b *Bank) cardRoutes(api huma.API) {
	read(b, api, "credit.bills", "Each credit card's bill, and what is due of them all", b.creditBills)
	read(b, api, "credit.repay_quote", "What a repayment would pay, leave and cost", b.repayQuote)
	read(b, api, "instalment.quote", "The plans for a part of a bill, each with its yearly rate", b.instalmentQuote)
	change(b, api, business{
		operation: "bank.credit_repay", summary: "Repay a credit card", bound: []string{"card", "currency", "account", "amount"}, subject: b.repaySubject,
	}, b.creditRepay)
	change(b, api, business{
		operation: "bank.instalment_open", summary: "Put a part of a bill into instalments", bound: []string{"card", "amount", "plan"}, subject: b.instalmentSubject,
	}, b.instalmentOpen)
	b.switchRoutes(api)
	b.replaceRoutes(api)
}

// creditBill is what a statement holds besides its sums, which the account has.
type creditBill struct {
	Account     string     `json:"account"`
	StatementOn string     `json:"statement_on"`
	USD         string     `json:"usd,omitempty"`
	Items       []BillItem `json:"items"`
}

// repaid is a payment towards a bill. A pending one comes from another bank and
// is not posted yet; instalments take their part off the bill as well.
type repaid struct {
	Account  string `json:"account"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	On       string `json:"on"`
	From     string `json:"from"`
}

// BillItem is one line of a statement.
type BillItem struct {
	On     string `json:"on"`
	Name   string `json:"name"`
	Amount string `json:"amount"`
}

// CreditBill is a credit card's bill as it stands now.
type CreditBill struct {
	ID           string     `json:"id" doc:"The card's account"`
	Kind         string     `json:"kind" enum:"credit"`
	Name         string     `json:"name"`
	NameEN       string     `json:"name_en"`
	Tail         string     `json:"tail"`
	StatementOn  string     `json:"statement_on"`
	DueOn        string     `json:"due_on"`
	Days         int        `json:"days" doc:"Until it is due; negative when past"`
	Bill         string     `json:"bill"`
	Min          string     `json:"min"`
	Paid         string     `json:"paid" doc:"Since the statement, posted"`
	Pending      string     `json:"pending" doc:"Paid but not posted yet"`
	PendingFrom  string     `json:"pending_from"`
	Remaining    string     `json:"remaining" doc:"Of the bill"`
	MinRemaining string     `json:"min_remaining"`
	USD          string     `json:"usd" doc:"What is left of the bill in US dollars; empty for none"`
	USDCost      string     `json:"usd_cost" doc:"That in yuan at today's rate"`
	Rate         string     `json:"rate" doc:"Yuan for 100 US dollars"`
	Owed         string     `json:"owed" doc:"All that is owed, billed or not"`
	Unbilled     string     `json:"unbilled"`
	Available    string     `json:"available"`
	State        string     `json:"state" enum:"paid,due,overdue"`
	Items        []BillItem `json:"items" nullable:"false"`

	bill, remaining, minimum, owed, usd fen.Fen
	account                             accountRow
}

// CreditBills is every card's bill.
type CreditBills struct {
	Cards     []CreditBill `json:"cards" nullable:"false"`
	Remaining string       `json:"remaining" doc:"Of all bills together"`
	Min       string       `json:"min" doc:"Of all together"`
	Next      string       `json:"next" doc:"The first day anything is due; empty for none"`
}

// usdPer100 is what the bank sells 100 US dollars for, in fen.
const usdPer100 = 709_15

func usdCost(usd fen.Fen) fen.Fen { return (usd*usdPer100 + 9_999) / 10_000 } // up to the next fen

func (b *Bank) creditBills(ctx context.Context, in CustomerIn) (CreditBills, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return CreditBills{}, err
	}
	all, err := b.cardBillsOf(ctx, b.pool, in.Customer)
	if err != nil {
		return CreditBills{}, err
	}
	var remaining, minimum fen.Fen
	out := CreditBills{Cards: []CreditBill{}}
	for _, c := range all {
		remaining, minimum = remaining+c.remaining, minimum+c.minimum
		if c.State != "paid" && (out.Next == "" || c.DueOn < out.Next) {
			out.Next = c.DueOn
		}
		out.Cards = append(out.Cards, c)
	}
	out.Remaining, out.Min = remaining.String(), minimum.String()
	return out, nil
}

// cardBillsOf works out every bill from the account, its statement and what was paid since.
func (b *Bank) cardBillsOf(ctx context.Context, db querier, customer string) ([]CreditBill, error) {
	accounts, err := many[accountRow](ctx, b, db, "AccountsOf", customer)
	if err != nil {
		return nil, err
	}
	bills, err := recordsOf[creditBill](ctx, b, db, customer, "credit_bill")
	if err != nil {
		return nil, err
	}
	paid, err := recordsOf[repaid](ctx, b, db, customer, "credit_repaid")
	if err != nil {
		return nil, err
	}
	var out []CreditBill
	for _, a := range accounts {
		if a.Kind != "credit" {
			continue
		}
		at := slices.IndexFunc(bills, func(r record[creditBill]) bool { return r.Value.Account == a.ID })
		var statement creditBill
		if at >= 0 {
			statement = bills[at].Value
		}
		c, err := b.cardBillOf(a, statement, paid)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func (b *Bank) cardBillOf(a accountRow, statement creditBill, paid []record[repaid]) (CreditBill, error) {
	c := CreditBill{
		ID: a.ID, Kind: a.Kind, Name: a.Name, NameEN: a.NameEN, Tail: a.Tail, StatementOn: statement.StatementOn, DueOn: date(a.BillDueOn), Items: statement.Items,
		Bill: a.BillFen.String(), Min: a.BillMinFen.String(), Available: a.available().String(), Rate: fen.Fen(usdPer100).String(), bill: a.BillFen, account: a,
	}
	if c.Items == nil {
		c.Items = []BillItem{}
	}
	if statement.USD != "" {
		var err error
		if c.usd, err = amountOf("usd", statement.USD); err != nil {
			return c, err
		}
	}
	var done, pending fen.Fen
	for _, r := range paid {
		if r.Value.Account != a.ID || r.Value.On < statement.StatementOn {
			continue
		}
		amount, err := amountOf("amount", r.Value.Amount)
		switch {
		case err != nil:
			return c, err
		case r.Value.Currency == "USD":
			c.usd = max(0, c.usd-amount)
		case r.Status == "pending":
			pending, c.PendingFrom = pending+amount, r.Value.From
		default:
			done += amount
		}
	}
	c.remaining, c.minimum, c.owed = max(0, a.BillFen-done), max(0, a.BillMinFen-done), max(0, -a.BalanceFen)
	c.Paid, c.Pending, c.Remaining, c.MinRemaining = done.String(), pending.String(), c.remaining.String(), c.minimum.String()
	c.Owed, c.Unbilled = c.owed.String(), max(0, c.owed-c.remaining).String()
	if c.usd > 0 {
		c.USD, c.USDCost = c.usd.String(), usdCost(c.usd).String()
	}
	c.State = "paid"
	if a.BillDueOn != nil {
		c.Days = daysTo(*a.BillDueOn, b.now())
	}
	if c.remaining > 0 || c.usd > 0 {
		if c.State = "due"; c.Days < 0 {
			c.State = "overdue"
		}
	}
	return c, nil
}

// creditBill is the bill of one card.
func (b *Bank) creditBill(ctx context.Context, db querier, customer, card string) (CreditBill, error) {
	all, err := b.cardBillsOf(ctx, db, customer)
	if err != nil {
		return CreditBill{}, err
	}
	i := slices.IndexFunc(all, func(c CreditBill) bool { return c.ID == card })
	if i < 0 {
		return CreditBill{}, unknownCard()
	}
	return all[i], nil
}

// cardPayer says why an account can't pay for the customer's own business.
func cardPayer(a accountRow, customer customerRow, need fen.Fen, now time.Time) *Refusal {
	switch {
	case !slices.Contains([]string{"debit", "passbook"}, a.Kind):
		return refuse("account_kind", "这个账户不能付款，请换一个活期账户。", "This account can't pay. Please choose a current account.")
	case a.Status == "frozen":
		return refuse("frozen", "尾号"+a.Tail+"的账户已被依法冻结，不能付款，请换一个账户。", "The account ending "+a.Tail+" is frozen. Please choose another.")
	case a.Status == "dormant":
		return refuse("dormant", "尾号"+a.Tail+"的账户是睡眠户，激活后才能付款，请换一个账户。", "The account ending "+a.Tail+" is dormant. Please choose another.")
	case a.Status == "restricted":
		return refuse("restricted", "尾号"+a.Tail+"的账户被限制了非柜面交易，不能付款，请换一个账户或申请视频核实。", "The account ending "+a.Tail+" is limited to the counter. Choose another or ask for a review by video.")
	case customer.idExpired(now):
		return refuse("id_expired", "您留存的身份证件已过有效期，更新证件后就能办。", "Your identity document has expired. Update it first.")
	case need > a.available():
		return refuse("insufficient_balance", "尾号"+a.Tail+"的账户可用"+a.available().Yuan()+"，不够。可以少付一些，或换一个账户。",
			"The account ending "+a.Tail+" has CNY "+a.available().String()+" available. Pay less or choose another account.")
	}
	return nil
}
