package sandboxbank

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// depositTerms is what the bank keeps of a deposit besides its account; its id
// is the account's with "-M".
type depositTerms struct {
	Account    string `json:"account"`
	Product    string `json:"product"`     // time, call or cd
	AtMaturity string `json:"at_maturity"` // renew, principal or demand
	Partials   int    `json:"partials"`    // early withdrawals of a part so far
	Pledged    string `json:"pledged"`     // why nothing may be taken out; empty when free
	PledgedEN  string `json:"pledged_en"`
}

const depositKind = "deposit_terms"

// deposit is a deposit with its terms.
type deposit struct {
	account accountRow
	terms   depositTerms
}

// Deposit is one time, call or large deposit of a customer.
type Deposit struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	NameEN       string `json:"name_en"`
	Tail         string `json:"tail"`
	Product      string `json:"product" enum:"time,call,cd"`
	Balance      string `json:"balance"`
	Rate         string `json:"rate" doc:"Per cent a year"`
	MaturesOn    string `json:"matures_on"`
	DaysLeft     int    `json:"days_left"`
	AtMaturity   string `json:"at_maturity" enum:"renew,principal,demand"`
	AtMaturityZH string `json:"at_maturity_name" doc:"In words"`
	AtMaturityEN string `json:"at_maturity_name_en"`
}

// DepositsList is every deposit, the one that matures first first.
type DepositsList struct {
	Deposits []Deposit `json:"deposits" nullable:"false"`
}

// depositRoutes serves deposits and cash.
func (b *Bank) depositRoutes(api huma.API) {
	read(b, api, "deposits.list", "Every deposit of a customer", b.depositsList)
	read(b, api, "deposits.products", "What can be opened, with the rates", b.depositProducts)
	read(b, api, "deposits.try", "What a deposit would yield, without a customer", b.depositTry)
	read(b, api, "deposits.open_quote", "What opening a deposit would need and yield", b.depositOpenQuote)
	read(b, api, "deposits.maturity_quote", "What changing the instruction at maturity would do", b.depositMaturityQuote)
	read(b, api, "deposits.early_quote", "What withdrawing early would cost", b.depositEarlyQuote)
	read(b, api, "cash.branches", "Where cash can be booked", b.cashBranches)
	read(b, api, "cash.quote", "Whether a cash booking is possible and what to bring", b.cashQuote)
	change(b, api, business{
		operation: "bank.deposit_open", summary: "Open a deposit", bound: []string{"account", "amount", "product", "term", "at_maturity"},
		subject: b.depositOpenSubject,
	}, b.depositOpen)
	change(b, api, business{
		operation: "bank.deposit_maturity", summary: "Change what happens when a deposit matures", bound: []string{"deposit", "at_maturity"},
		subject: b.depositMaturitySubject,
	}, b.depositMaturity)
	change(b, api, business{
		operation: "bank.deposit_withdraw", summary: "Withdraw a deposit early", bound: []string{"deposit", "account", "amount", "purpose"},
		subject: b.depositWithdrawSubject,
	}, b.depositWithdraw)
	change(b, api, business{operation: "bank.cash_book", summary: "Book a large cash withdrawal"}, b.cashBook)
}

func unknownDeposit() *Refusal {
	return refuse("deposit_unknown", "没有查到这笔定期，请重新选择。", "That deposit was not found. Please choose again.")
}

// atMaturity says an instruction in words.
func atMaturity(code string) (zh, en string) {
	switch code {
	case "renew":
		return "本息一起转存", "renew principal and interest"
	case "principal":
		return "本金转存、利息转活期", "renew the principal, pay the interest out"
	default:
		return "本息转活期", "pay everything to the current account"
	}
}

// depositsOf reads a customer's deposits with their terms. One without terms of
// its own is a time deposit that renews.
func (b *Bank) depositsOf(ctx context.Context, db querier, customer string) ([]deposit, error) {
	accounts, err := many[accountRow](ctx, b, db, "AccountsOf", customer)
	if err != nil {
		return nil, err
	}
	kept, err := recordsOf[depositTerms](ctx, b, db, customer, depositKind)
	if err != nil {
		return nil, err
	}
	var out []deposit
	for _, a := range accounts {
		if a.Kind != "deposit" || a.BalanceFen == 0 {
			continue
		}
		d := deposit{account: a, terms: depositTerms{Account: a.ID, Product: "time", AtMaturity: "renew"}}
		for _, k := range kept {
			if k.Value.Account == a.ID {
				d.terms = k.Value
			}
		}
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(x, y deposit) int { return strings.Compare(date(x.account.MaturesOn), date(y.account.MaturesOn)) })
	return out, nil
}

func (b *Bank) depositOf(ctx context.Context, db querier, customer, id string) (deposit, error) {
	all, err := b.depositsOf(ctx, db, customer)
	if err != nil {
		return deposit{}, err
	}
	for _, d := range all {
		if d.account.ID == id {
			return d, nil
		}
	}
	return deposit{}, unknownDeposit()
}

// keepTerms writes a deposit's terms, for the first time or again.
func (b *Bank) keepTerms(ctx context.Context, tx pgx.Tx, a act, customer string, terms depositTerms) error {
	id := terms.Account + "-M"
	_, known, err := recordOf[depositTerms](ctx, b, tx, customer, depositKind, id)
	if err != nil {
		return err
	}
	if !known {
		return b.addRecord(ctx, tx, a, customer, depositKind, id, "active", terms)
	}
	return b.changeRecord(ctx, tx, a, id, "active", terms)
}

func (b *Bank) depositsList(ctx context.Context, in CustomerIn) (DepositsList, error) {
	all, err := b.depositsOf(ctx, b.pool, in.Customer)
	if err != nil {
		return DepositsList{}, err
	}
	out := DepositsList{Deposits: []Deposit{}}
	for _, d := range all {
		out.Deposits = append(out.Deposits, d.view(b.now()))
	}
	return out, nil
}

func (d deposit) view(now time.Time) Deposit {
	a := d.account
	zh, en := atMaturity(d.terms.AtMaturity)
	return Deposit{
		// 三年定期 is how a customer calls it; the account's own name is longer.
		ID: a.ID, Name: strings.TrimSuffix(a.Name, "存款"), NameEN: a.NameEN, Tail: a.Tail, Product: d.terms.Product, Balance: a.BalanceFen.String(), Rate: a.Rate,
		MaturesOn: date(a.MaturesOn), DaysLeft: d.daysLeft(now), AtMaturity: d.terms.AtMaturity, AtMaturityZH: zh, AtMaturityEN: en,
	}
}

// daysLeft are the days until the deposit matures, none for a call deposit.
func (d deposit) daysLeft(now time.Time) int {
	if d.account.MaturesOn == nil {
		return 0
	}
	return max(0, daysBetween(now, *d.account.MaturesOn))
}

// daysBetween counts calendar days, whatever the clock times and zones.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(to).Sub(day(from)).Hours() / 24)
}

// payingAccount reads an account that money may come from or go to; out says
// that it goes out, which more things forbid.
func (b *Bank) payingAccount(ctx context.Context, db querier, customer customerRow, id string, out bool) (accountRow, *Refusal, error) {
	a, ok, err := one[accountRow](ctx, b, db, "Account", id, customer.ID)
	if err != nil {
		return a, nil, err
	}
	if !ok {
		return a, unknownAccount(), nil
	}
	switch {
	case !slices.Contains([]string{"debit", "passbook"}, a.Kind):
		return a, refuse("account_kind", "请换一个活期账户，这个账户不能用。", "Please choose a current account; this one can't be used."), nil
	case a.Status == "frozen":
		return a, refuse("frozen", "尾号"+a.Tail+"的账户已被依法冻结，暂时不能办理，请到网点或请人工说明。",
			"The account ending "+a.Tail+" is frozen by order of an authority. Please ask a person or a branch."), nil
	case a.Status == "dormant":
		return a, refuse("dormant", "尾号"+a.Tail+"的账户长期未使用，激活后才能办理，或者换一个账户。",
			"The account ending "+a.Tail+" is dormant: activate it first or choose another."), nil
	case out && a.Status == "restricted":
		return a, refuse("restricted", "尾号"+a.Tail+"的账户被限制了非柜面交易，线上办不了，请到网点或申请视频核实。",
			"The account ending "+a.Tail+" is limited to branch business. Visit a branch or ask for a review by video."), nil
	case customer.idExpired(b.now()):
		return a, refuse("id_expired", "您留存的身份证件已过有效期，更新证件后就可以办理。",
			"Your identity document on file has expired. Update it and try again."), nil
	}
	return a, nil, nil
}

// simple is simple interest: rate in per cent a year for so many days, the year
// having 360, rounded down to the fen.
func simple(amount fen.Fen, rate string, days int) fen.Fen {
	return fen.Fen(int64(amount) * bps(rate) * int64(days) / (360 * 10_000))
}

// simpleMonths is simple interest for whole months.
func simpleMonths(amount fen.Fen, rate string, months int) fen.Fen {
	return fen.Fen(int64(amount) * bps(rate) * int64(months) / (12 * 10_000))
}

// bps reads a rate like 1.25 as basis points; the bank's own tables are well formed.
func bps(rate string) int64 {
	n, err := fen.Parse(rate)
	if err != nil {
		return 0
	}
	return int64(n)
}
