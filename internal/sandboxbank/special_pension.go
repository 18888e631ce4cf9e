package sandboxbank

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	pensionYearly = fen.Fen(12_000_00)
	pensionAge    = 60 // from here on the account can't be opened
)

// pensionPaid is what a customer paid in one year, the year of LastOn.
type pensionPaid struct {
	LastOn string `json:"last_on"`
	Paid   string `json:"paid"`
}

// PensionQuoteIn asks what a payment would save; Rate is the marginal tax rate.
type PensionQuoteIn struct {
	CustomerIn
	Account string `json:"account,omitempty" maxLength:"40" doc:"Paid from"`
	Amount  string `json:"amount,omitempty" maxLength:"16"`
	Rate    string `json:"rate,omitempty" maxLength:"4" doc:"0, 3, 10, 20, 25, 30, 35 or 45 per cent"`
}

// PensionQuote is the answer; nothing has moved.
type PensionQuote struct {
	Has      bool     `json:"has" doc:"The customer has the account"`
	Account  string   `json:"account"`
	Tail     string   `json:"tail"`
	Balance  string   `json:"balance"`
	Year     string   `json:"year"`
	Limit    string   `json:"limit"`
	Paid     string   `json:"paid" doc:"This year"`
	Left     string   `json:"left" doc:"Of this year's limit"`
	Saved    string   `json:"saved" doc:"This year's income tax that the payment saves"`
	Later    string   `json:"later" doc:"The 3 per cent due on it when it is drawn"`
	Worth    bool     `json:"worth" doc:"More is saved than is due later"`
	Refusal  *Refusal `json:"refusal"`
	OpenWhy  *Refusal `json:"open_refusal" doc:"Why the account can't be opened; null when it can"`
	PayableY string   `json:"payable_age" doc:"The age from which it is paid out"`
}

// PensionOpenIn opens the account, bound to a current account.
type PensionOpenIn struct {
	CustomerIn
	Account   string `json:"account" maxLength:"40"`
	Reference string `json:"reference" maxLength:"80"`
}

// PensionPayIn pays in.
type PensionPayIn struct {
	CustomerIn
	Account   string `json:"account" maxLength:"40"`
	Amount    string `json:"amount" maxLength:"16"`
	Reference string `json:"reference" maxLength:"80"`
}

// PensionDone is an opened account or a payment.
type PensionDone struct {
	Number  string `json:"number"`
	Time    string `json:"time"`
	Tail    string `json:"tail"`
	Amount  string `json:"amount"`
	Left    string `json:"left"`
	Balance string `json:"balance" doc:"Of the account paid from"`
	Year    string `json:"year"`
}

func (p PensionDone) number() string { return p.Number }

// pensionOf is the customer's pension account, and what was paid this year.
func (b *Bank) pensionOf(ctx context.Context, db querier, customer string) (account accountRow, has bool, paid fen.Fen, recordID string, err error) {
	rows, err := many[accountRow](ctx, b, db, "AccountsOf", customer)
	if err != nil {
		return accountRow{}, false, 0, "", err
	}
	for _, r := range rows {
		if r.Kind == "pension" {
			account, has = r, true
		}
	}
	records, err := recordsOf[pensionPaid](ctx, b, db, customer, "pension_paid")
	if err != nil {
		return accountRow{}, false, 0, "", err
	}
	year := b.now().Format("2006")
	for _, r := range records {
		recordID = r.ID
		if len(r.Value.LastOn) >= 4 && r.Value.LastOn[:4] == year {
			if paid, err = fen.Parse(r.Value.Paid); err != nil {
				return accountRow{}, false, 0, "", fmt.Errorf("read %s: %w", r.ID, err)
			}
		}
	}
	return account, has, paid, recordID, nil
}

func (b *Bank) pensionOpenable(c customerRow, has bool, now time.Time) *Refusal {
	switch {
	case has:
		return refuse("pension_exists", "您已经有个人养老金账户了，一人只能开一个，直接缴存就行。", "You have a personal pension account already; one a person is allowed. You can pay in.")
	case c.age(now) >= pensionAge:
		return refuse("pension_age", "已到领取养老金的年龄，不能再开个人养老金账户。可以看看定期存款。", "From the age at which pensions are drawn the account can't be opened. A time deposit may suit you.")
	case c.IDKind != "id_card":
		return refuse("pension_insured", "开户要先在国内参加基本养老保险，凭护照要到网点核对参保信息。", "You must be insured in the basic pension first; with a passport a branch has to check this.")
	case c.idExpired(now):
		return refuse("id_expired", "您留存的身份证件已过有效期，更新证件后就可以开。", "Your identity document on file has expired. Update it first.")
	}
	return nil
}

func pensionOver(left fen.Fen) *Refusal {
	if left == 0 {
		return refuse("pension_full", "今年的12000元额度已经缴满，明年1月1日起可以再缴。", "This year's CNY 12,000 is paid in full. You can pay again from 1 January.")
	}
	return refuse("pension_limit", fmt.Sprintf("每年最多缴12000元，今年还能缴%s元。", left), fmt.Sprintf("CNY 12,000 a year is the most; CNY %s is left this year.", left))
}

func noPension() *Refusal {
	return refuse("pension_none", "您还没有个人养老金账户，要先开户。", "You have no personal pension account yet. It has to be opened first.")
}

func (b *Bank) pensionQuote(ctx context.Context, in PensionQuoteIn) (PensionQuote, error) {
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return PensionQuote{}, err
	}
	account, has, paid, _, err := b.pensionOf(ctx, b.pool, in.Customer)
	if err != nil {
		return PensionQuote{}, err
	}
	now := b.now()
	left := max(0, pensionYearly-paid)
	out := PensionQuote{
		Has: has, Account: account.ID, Tail: account.Tail, Balance: account.BalanceFen.String(), Year: now.Format("2006"), Limit: pensionYearly.String(),
		Paid: paid.String(), Left: left.String(), Saved: "0.00", Later: "0.00", OpenWhy: b.pensionOpenable(c, has, now), PayableY: strconv.Itoa(pensionAge),
	}
	if in.Amount == "" {
		return out, nil
	}
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return PensionQuote{}, err
	}
	rate, err := strconv.Atoi("0" + in.Rate)
	if err != nil || rate > 45 {
		return PensionQuote{}, badField("rate", in.Rate, fmt.Errorf("must be a tax rate in per cent"))
	}
	saved, later := amount*fen.Fen(rate)/100, amount*3/100
	out.Saved, out.Later, out.Worth = saved.String(), later.String(), saved > later
	switch {
	case !has:
		out.Refusal = noPension()
	case amount > left:
		out.Refusal = pensionOver(left)
	case in.Account != "":
		var no *Refusal
		if _, err := b.current(ctx, b.pool, in.Customer, in.Account, amount); isRefusal(err, &no) {
			out.Refusal = no
		} else if err != nil {
			return PensionQuote{}, err
		}
	}
	return out, nil
}

func (b *Bank) pensionOpenSubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	a, err := b.current(ctx, tx, customer.ID, bound["account"], 0)
	if err != nil {
		return "", err
	}
	_, has, _, _, err := b.pensionOf(ctx, tx, customer.ID)
	if err != nil {
		return "", err
	}
	if no := b.pensionOpenable(customer, has, b.now()); no != nil {
		return "", no
	}
	return "开立个人养老金账户（绑定尾号" + a.Tail + "）", nil
}

func (b *Bank) pensionOpen(ctx context.Context, tx pgx.Tx, a act, in PensionOpenIn) (PensionDone, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return PensionDone{}, orRefuse(err, unknownCustomer())
	}
	_, has, _, _, err := b.pensionOf(ctx, tx, in.Customer)
	if err != nil {
		return PensionDone{}, err
	}
	if no := b.pensionOpenable(c, has, a.now); no != nil {
		return PensionDone{}, no
	}
	if _, err := b.current(ctx, tx, in.Customer, in.Account, 0); err != nil {
		return PensionDone{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L3", map[string]string{"account": in.Account}); err != nil {
		return PensionDone{}, err
	}
	number, err := b.number(ctx, tx, "G", a.now)
	if err != nil {
		return PensionDone{}, err
	}
	tail, err := b.newAccount(ctx, tx, in.Customer, in.Customer+"-"+number, "pension", "个人养老金账户", "Personal pension account", number)
	if err != nil {
		return PensionDone{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.pension_open", Number: number, AccountTail: tail})
	a.tell(Event{Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone), Text: fmt.Sprintf("【示例银行】您的个人养老金账户（尾号%s）已开立。退休前不能取出。", tail)})
	return PensionDone{Number: number, Time: a.now.Format(time.RFC3339), Tail: tail, Amount: "0.00", Left: pensionYearly.String(), Balance: "0.00", Year: a.now.Format("2006")}, nil
}

func (b *Bank) pensionPaySubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	amount, err := amountOf("args.amount", bound["amount"])
	if err != nil {
		return "", err
	}
	_, _, _, err = b.pensionPayable(ctx, tx, customer.ID, bound["account"], amount)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("向个人养老金账户缴存%s元，退休前不能取出", amount), nil
}

// pensionPayable judges a payment and gives the account paid from, the pension
// account and what is left of the year afterwards.
func (b *Bank) pensionPayable(ctx context.Context, db querier, customer, account string, amount fen.Fen) (from, to accountRow, left fen.Fen, err error) {
	to, has, paid, _, err := b.pensionOf(ctx, db, customer)
	if err != nil {
		return from, to, 0, err
	}
	if !has {
		return from, to, 0, noPension()
	}
	if left = max(0, pensionYearly-paid); amount > left {
		return from, to, left, pensionOver(left)
	}
	from, err = b.current(ctx, db, customer, account, amount)
	return from, to, left - amount, err
}

func (b *Bank) pensionPay(ctx context.Context, tx pgx.Tx, a act, in PensionPayIn) (PensionDone, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return PensionDone{}, err
	}
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return PensionDone{}, orRefuse(err, unknownCustomer())
	}
	_, _, paid, paidID, err := b.pensionOf(ctx, tx, in.Customer)
	if err != nil {
		return PensionDone{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L3", map[string]string{"account": in.Account, "amount": amount.String()}); err != nil {
		return PensionDone{}, err
	}
	if err := b.lockAccounts(ctx, tx, in.Account); err != nil {
		return PensionDone{}, err
	}
	from, to, left, err := b.pensionPayable(ctx, tx, in.Customer, in.Account, amount)
	if err != nil {
		return PensionDone{}, err
	}
	number, err := b.number(ctx, tx, "G", a.now)
	if err != nil {
		return PensionDone{}, err
	}
	after, err := b.book(ctx, tx, a, booking{
		number: number, kind: "pension_pay", customer: in.Customer, from: from.ID, to: to.ID, amount: amount, party: "个人养老金账户", memo: "个人养老金缴存", category: "pension_saving",
	})
	if err != nil {
		return PensionDone{}, err
	}
	body := pensionPaid{LastOn: a.now.Format(time.DateOnly), Paid: (paid + amount).String()}
	if paidID != "" {
		err = b.changeRecord(ctx, tx, a, paidID, "active", body)
	} else {
		err = b.addRecord(ctx, tx, a, in.Customer, "pension_paid", in.Customer+"-"+number, "active", body)
	}
	if err != nil {
		return PensionDone{}, err
	}
	a.tell(Event{Kind: EventLedger, Customer: in.Customer, Operation: "bank.pension_pay", Number: number, Amount: (-amount).String(), AccountTail: from.Tail, Counterparty: "个人养老金账户", BalanceAfter: after.String()})
	a.tell(Event{Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone), Text: fmt.Sprintf("【示例银行】您向个人养老金账户缴存%s元，今年还能缴%s元。", amount, left)})
	return PensionDone{Number: number, Time: a.now.Format(time.RFC3339), Tail: to.Tail, Amount: amount.String(), Left: left.String(), Balance: after.String(), Year: a.now.Format("2006")}, nil
}
