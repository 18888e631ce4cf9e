package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// CloseAskIn asks what closing an account would do.
type CloseAskIn struct {
	CustomerIn
	Account string `json:"account" maxLength:"40"`
	To      string `json:"to,omitempty" maxLength:"40" doc:"The customer's account that receives the balance"`
}

// CloseQuote is what closing an account does, or why it can't be closed.
type CloseQuote struct {
	Balance  string    `json:"balance"`
	Interest string    `json:"interest"`
	Total    string    `json:"total"`
	Mandates []Mandate `json:"mandates" nullable:"false" doc:"What stops with it"`
	Refusal  *Refusal  `json:"refusal"`
}

// CloseIn closes an account, after a check and an authorisation.
type CloseIn struct {
	CheckedIn
	Account string `json:"account" maxLength:"40"`
	To      string `json:"to" maxLength:"40"`
}

// CloseDone is an account that was closed.
type CloseDone struct {
	Done
	Tail   string `json:"tail"`
	ToTail string `json:"to_tail"`
	Amount string `json:"amount"`
}

// accountFee is what an account owes the bank, as kept.
type accountFee struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	NameEN  string `json:"name_en"`
	Amount  string `json:"amount"`
}

func (b *Bank) assistedCloseRoutes(api huma.API) {
	read(b, api, "accounts.others", "The customer's accounts that can take another one's balance", b.accountsOthers)
	read(b, api, "accounts.close_quote", "What closing an account does", func(ctx context.Context, in CloseAskIn) (CloseQuote, error) {
		out, _, err := b.judgeClose(ctx, b.pool, in)
		return out, err
	})
	change(b, api, business{
		operation: "bank.account_close", summary: "Close an account, after a check and an authorisation", level: "L4", bound: []string{"account", "to", "review", "second"},
		subject: func(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
			a, ok, err := one[accountRow](ctx, b, tx, "Account", bound["account"], c.ID)
			if err != nil || !ok {
				return "", orRefuse(err, unknownAccount())
			}
			return fmt.Sprintf("注销尾号%s的账户", a.Tail), nil
		},
	}, b.accountClose)
}

func (b *Bank) accountsOthers(ctx context.Context, in CloseAskIn) (AccountsList, error) {
	rows, err := many[accountRow](ctx, b, b.pool, "AccountsOf", in.Customer)
	if err != nil {
		return AccountsList{}, err
	}
	out := AccountsList{Accounts: []Account{}}
	for _, a := range rows {
		if a.ID != in.Account && (a.Kind == "debit" || a.Kind == "passbook") && a.Status == "normal" {
			out.Accounts = append(out.Accounts, a.view())
		}
	}
	return out, nil
}

// judgeClose says what stands in the way of closing an account: an order or a
// limit on it, money on its way, a debt, a loan or a transfer that it pays.
func (b *Bank) judgeClose(ctx context.Context, db querier, in CloseAskIn) (CloseQuote, accountRow, error) {
	out := CloseQuote{Mandates: []Mandate{}}
	a, ok, err := one[accountRow](ctx, b, db, "Account", in.Account, in.Customer)
	if err != nil || !ok {
		return out, a, orRefuse(err, unknownAccount())
	}
	interest := simple(max(0, a.BalanceFen), demandRate, daysBetween(settledOn(b.now()), b.now()))
	out.Balance, out.Interest, out.Total = a.BalanceFen.String(), interest.String(), (a.BalanceFen + interest).String()
	mandates, err := recordsOf[mandate](ctx, b, db, in.Customer, "mandate")
	if err != nil {
		return out, a, err
	}
	for _, r := range mandates {
		if m := r.Value; m.Account == a.ID && r.Status == "active" {
			out.Mandates = append(out.Mandates, Mandate{
				ID: r.ID, Merchant: m.Merchant, MerchantEN: m.MerchantEN, Service: m.Service, ServiceEN: m.ServiceEN, AccountTail: a.Tail, LastAmount: m.LastAmount, LastOn: m.LastOn, Since: m.Since,
			})
		}
	}
	fees, err := recordsOf[accountFee](ctx, b, db, in.Customer, "account_fee")
	if err != nil {
		return out, a, err
	}
	loans, err := b.loansOf(ctx, db, in.Customer)
	if err != nil {
		return out, a, err
	}
	plans, err := recordsOf[schedule](ctx, b, db, in.Customer, "schedule")
	if err != nil {
		return out, a, err
	}
	zh, en := "尾号"+a.Tail+"的账户", "The account ending "+a.Tail
	switch {
	case a.Kind != "debit" && a.Kind != "passbook":
		out.Refusal = refuse("account_kind", "这个账户不能在这里销，请换一个活期账户。", "This account can't be closed here. Please choose a current account.")
	case a.Status == "frozen" || a.Status == "restricted":
		out.Refusal = refuse(a.Status, zh+"正被限制，解除以后才能销户。", en+" is under a restriction; it can be closed once that ends.")
	case in.To == in.Account:
		out.Refusal = refuse("same_account", "余额要转到另一个账户。", "The balance has to go to another account.")
	case a.FrozenFen > 0:
		out.Refusal = refuse("in_transit", fmt.Sprintf("%s还有%s元在途，结清以后才能销户。", zh, a.FrozenFen), fmt.Sprintf("%s still has CNY %s pending; it can be closed after that.", en, a.FrozenFen))
	}
	for _, f := range fees {
		if out.Refusal == nil && f.Value.Account == a.ID && f.Status == "open" {
			out.Refusal = refuse("owes", zh+"欠"+f.Value.Name+f.Value.Amount+"元，交清以后才能销户。", en+" owes CNY "+f.Value.Amount+" ("+f.Value.NameEN+"), which comes first.")
		}
	}
	for _, l := range loans {
		if out.Refusal == nil && l.Value.PayAccount == a.ID && l.Status == "active" {
			out.Refusal = refuse("repays_loan", zh+"还在还"+l.Value.Name+"，先把还款换到别的卡再销。", en+" repays "+l.Value.NameEN+"; have another card pay it first.")
		}
	}
	for _, s := range plans {
		if out.Refusal == nil && s.Value.Account == a.ID && s.Status == "active" {
			out.Refusal = refuse("scheduled", zh+"还有预约转账没执行，先撤销再销户。", en+" still has a scheduled transfer; revoke it first.")
		}
	}
	return out, a, nil
}

// settledOn is the last day on which interest was paid: the 20th that ends a quarter.
func settledOn(now time.Time) time.Time {
	for m := 0; ; m++ {
		day := time.Date(now.Year(), now.Month()-time.Month(m), 20, 0, 0, 0, 0, now.Location())
		if day.Month()%3 == 0 && !day.After(now) {
			return day
		}
	}
}

func (b *Bank) accountClose(ctx context.Context, tx pgx.Tx, a act, in CloseIn) (CloseDone, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return CloseDone{}, err
	}
	if _, err := many[accountRow](ctx, b, tx, "LockAccounts", []string{in.Account, in.To}); err != nil {
		return CloseDone{}, err
	}
	q, from, err := b.judgeClose(ctx, tx, CloseAskIn{CustomerIn: in.CustomerIn, Account: in.Account, To: in.To})
	if err != nil || q.Refusal != nil {
		return CloseDone{}, orRefuse(err, q.Refusal)
	}
	to, no, err := b.payingAccount(ctx, tx, customer, in.To, false)
	if err != nil || no != nil {
		return CloseDone{}, orRefuse(err, no)
	}
	if err := b.checked(ctx, tx, a, in.CheckedIn, true, map[string]string{"account": in.Account, "to": in.To}); err != nil {
		return CloseDone{}, err
	}
	number, err := b.number(ctx, tx, "X", a.now)
	if err != nil {
		return CloseDone{}, err
	}
	if from.BalanceFen > 0 {
		if _, err := b.book(ctx, tx, a, booking{
			number: number, kind: "close", customer: in.Customer, from: from.ID, to: to.ID, amount: from.BalanceFen, party: to.Name, memo: "销户转出", category: "own",
		}); err != nil {
			return CloseDone{}, err
		}
	}
	interest, err := fen.Parse(q.Interest)
	if err != nil {
		return CloseDone{}, fmt.Errorf("read the interest: %w", err)
	}
	if interest > 0 {
		paid := a // a journal of its own, from the bank to the customer
		paid.key = a.key + "/interest"
		if _, err := b.book(ctx, tx, paid, booking{
			number: number + "-1", kind: "interest", customer: in.Customer, from: clearing, to: to.ID, amount: interest, party: ownBank, memo: "销户结息", category: "interest",
		}); err != nil {
			return CloseDone{}, err
		}
	}
	for _, m := range q.Mandates {
		r, ok, err := recordOf[mandate](ctx, b, tx, in.Customer, "mandate", m.ID)
		if err != nil || !ok {
			return CloseDone{}, orRefuse(err, unknownAccount())
		}
		if err := b.changeRecord(ctx, tx, a, r.ID, "ended", r.Value); err != nil {
			return CloseDone{}, err
		}
	}
	if _, err := tx.Exec(ctx, b.q("CloseAccount"), from.ID); err != nil {
		return CloseDone{}, fmt.Errorf("close the account: %w", err)
	}
	a.tell(Event{Kind: EventLedger, Customer: in.Customer, Operation: a.operation, Number: number, Amount: q.Total, AccountTail: to.Tail, Counterparty: from.Name})
	b.told(a, customer, number, "", fmt.Sprintf("您尾号%s的账户已销户，本息%s元转入尾号%s的账户，编号%s。非本人操作请速联系我行。", from.Tail, q.Total, to.Tail, number))
	return CloseDone{Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: from.Name, NameEN: from.NameEN}, Tail: from.Tail, ToTail: to.Tail, Amount: q.Total}, nil
}
