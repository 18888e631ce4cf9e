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

// classThreeMost is what a class III account may hold.
const classThreeMost = fen.Fen(2_000_00)

// accountClass is an account's class as kept; without one the first current
// account of a customer is class I and the others are class II.
type accountClass struct {
	Class string `json:"class"`
}

// ClassedAccount is a current account with its class.
type ClassedAccount struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	NameEN  string `json:"name_en"`
	Tail    string `json:"tail"`
	Class   string `json:"class" enum:"I,II,III"`
	ClassZH string `json:"class_zh"`
}

// ClassedAccounts is every current account.
type ClassedAccounts struct {
	Accounts []ClassedAccount `json:"accounts" nullable:"false"`
}

// ClassAskIn asks what another class needs.
type ClassAskIn struct {
	CustomerIn
	Account string `json:"account" maxLength:"40"`
	To      string `json:"to" enum:"I,II,III"`
	Tax     string `json:"tax" enum:"china,other,both"`
}

// ClassQuote says what another class means, or why a branch has to do it.
type ClassQuote struct {
	Before   string   `json:"before"`
	After    string   `json:"after"`
	Limits   string   `json:"limits"`
	LimitsEN string   `json:"limits_en"`
	Refusal  *Refusal `json:"refusal"`
}

// ClassIn gives an account another class, after a check by a person.
type ClassIn struct {
	CheckedIn
	Account string `json:"account" maxLength:"40"`
	To      string `json:"to" enum:"I,II,III"`
	Job     string `json:"job" maxLength:"40"`
	Tax     string `json:"tax" enum:"china,other,both"`
}

// ClassDone is an account in its new class.
type ClassDone struct {
	Done
	Tail  string `json:"tail"`
	After string `json:"after"`
}

func (b *Bank) assistedAccountRoutes(api huma.API) {
	read(b, api, "accounts.classes", "Current accounts with their class", func(ctx context.Context, in CustomerIn) (ClassedAccounts, error) {
		all, err := b.classesOf(ctx, b.pool, in.Customer)
		return ClassedAccounts{Accounts: all}, err
	})
	read(b, api, "accounts.class_quote", "What another class needs", func(ctx context.Context, in ClassAskIn) (ClassQuote, error) {
		return b.judgeClass(ctx, b.pool, in)
	})
	change(b, api, business{
		operation: "bank.account_class", summary: "Give an account another class, after a check by a person", level: "L4", bound: []string{"account", "to", "tax", "review"},
		subject: func(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
			a, ok, err := one[accountRow](ctx, b, tx, "Account", bound["account"], c.ID)
			if err != nil || !ok {
				return "", orRefuse(err, unknownAccount())
			}
			return fmt.Sprintf("尾号%s的账户改为%s", a.Tail, className(bound["to"])), nil
		},
	}, b.accountClass)
	b.assistedCloseRoutes(api)
}

func className(class string) string {
	return map[string]string{"I": "一类账户", "II": "二类账户", "III": "三类账户"}[class]
}

func (b *Bank) classesOf(ctx context.Context, db querier, customer string) ([]ClassedAccount, error) {
	rows, err := many[accountRow](ctx, b, db, "AccountsOf", customer)
	if err != nil {
		return nil, err
	}
	own, err := recordsOf[accountClass](ctx, b, db, customer, "account_class")
	if err != nil {
		return nil, err
	}
	out := []ClassedAccount{}
	for _, a := range rows {
		if a.Kind != "debit" {
			continue
		}
		class := "II"
		if len(out) == 0 {
			class = "I"
		}
		for _, r := range own {
			if r.ID == "r10-"+a.ID {
				class = r.Value.Class
			}
		}
		out = append(out, ClassedAccount{ID: a.ID, Name: a.Name, NameEN: a.NameEN, Tail: a.Tail, Class: class, ClassZH: className(class)})
	}
	return out, nil
}

// judgeClass says what the law leaves to video and what to a branch.
func (b *Bank) judgeClass(ctx context.Context, db querier, in ClassAskIn) (ClassQuote, error) {
	customer, err := b.customer(ctx, db, in.Customer)
	if err != nil {
		return ClassQuote{}, err
	}
	all, err := b.classesOf(ctx, db, in.Customer)
	if err != nil {
		return ClassQuote{}, err
	}
	i := slices.IndexFunc(all, func(a ClassedAccount) bool { return a.ID == in.Account })
	if i < 0 {
		return ClassQuote{}, unknownAccount()
	}
	a, _, err := one[accountRow](ctx, b, db, "Account", in.Account, in.Customer)
	if err != nil {
		return ClassQuote{}, err
	}
	now := all[i]
	out := ClassQuote{Before: now.ClassZH, After: className(in.To)}
	switch in.To {
	case "I":
		out.Limits, out.LimitsEN = "转账按您的个人限额，功能齐全", "everything works, within your own limits"
	case "II":
		out.Limits, out.LimitsEN = "向别人每天转出最多1万元、每年20万元", "up to CNY 10,000 a day and 200,000 a year to others"
	default:
		out.Limits, out.LimitsEN = "余额最多2000元，每天最多转2000元", "at most CNY 2,000 in it and 2,000 a day"
	}
	switch first := slices.IndexFunc(all, func(x ClassedAccount) bool { return x.Class == "I" && x.ID != in.Account }); {
	case now.Class == in.To:
		out.Refusal = refuse("class_same", "这个账户现在就是"+out.After+"，不用改。", "The account is of that class already.")
	case a.Status != "normal":
		out.Refusal = refuse("account_restricted", "这个账户现在用不了，先解除限制或激活才能改类别。", "The account can't be used at present; that comes first.")
	case customer.idExpired(b.now()):
		out.Refusal = refuse("id_expired", "您留存的身份证件已过有效期，更新证件后就可以办理。", "Your identity document on file has expired. Update it and try again.")
	case in.Tax != "china":
		out.Refusal = refuse("tax_branch", "税收居民身份涉及境外的，要到网点当面填声明，视频办不了。", "With tax residence abroad the declaration is made at a branch; it can't be done by video.")
	case in.To == "I" && first >= 0:
		out.Refusal = refuse("class_one_only", "同一人只能有一个一类账户，您尾号"+all[first].Tail+"的已经是了。要换成这张，请到网点办。", "You may have one class I account and the one ending "+all[first].Tail+" is it. A branch can swap them.")
	case in.To == "I" && now.Class == "III":
		out.Refusal = refuse("class_steps", "三类账户不能直接升一类，可以先升二类，或到网点办。", "Class III can't become class I at once; go to class II first, or to a branch.")
	case in.To == "III" && a.BalanceFen > classThreeMost:
		out.Refusal = refuse("class_balance", "三类账户最多放2000元，先把多出来的钱转走才能降。", "Class III holds CNY 2,000 at most; move the rest first.")
	}
	return out, nil
}

func (b *Bank) accountClass(ctx context.Context, tx pgx.Tx, a act, in ClassIn) (ClassDone, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return ClassDone{}, err
	}
	q, err := b.judgeClass(ctx, tx, ClassAskIn{CustomerIn: in.CustomerIn, Account: in.Account, To: in.To, Tax: in.Tax})
	if err != nil || q.Refusal != nil {
		return ClassDone{}, orRefuse(err, q.Refusal)
	}
	row, _, err := one[accountRow](ctx, b, tx, "Account", in.Account, in.Customer)
	if err != nil {
		return ClassDone{}, err
	}
	if err := b.checked(ctx, tx, a, in.CheckedIn, false, map[string]string{"account": in.Account, "to": in.To, "tax": in.Tax}); err != nil {
		return ClassDone{}, err
	}
	number, err := b.number(ctx, tx, "K", a.now)
	if err != nil {
		return ClassDone{}, err
	}
	if err := b.keepRecord(ctx, tx, a.now, in.Customer, "account_class", "r10-"+in.Account, "active", accountClass{Class: in.To}); err != nil {
		return ClassDone{}, err
	}
	b.told(a, customer, number, "", fmt.Sprintf("您尾号%s的账户已由%s改为%s，编号%s。非本人操作请速联系我行。", row.Tail, q.Before, q.After, number))
	return ClassDone{Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: row.Name, NameEN: row.NameEN}, Tail: row.Tail, After: q.After}, nil
}
