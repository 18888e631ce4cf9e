package sandboxbank

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// execer is a pool or a transaction that writes.
type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// PayeeAddIn names a new payee.
type PayeeAddIn struct {
	CustomerIn
	Name      string `json:"name" maxLength:"200" doc:"As the receiving bank knows it"`
	AccountNo string `json:"account_no" maxLength:"200" doc:"Digits; spaces and hyphens are dropped"`
	Alias     string `json:"alias,omitempty" maxLength:"200"`
	Reference string `json:"reference,omitempty" maxLength:"100"`
}

// PayeeCheck is what the core says of a payee before it is kept.
type PayeeCheck struct {
	Name    string   `json:"name"`
	Tail    string   `json:"tail"`
	Bank    string   `json:"bank" doc:"Read from the number"`
	BankEN  string   `json:"bank_en"`
	Refusal *Refusal `json:"refusal" doc:"Why it would not be kept; null when it would"`
}

// PayeeIn names a saved payee.
type PayeeIn struct {
	CustomerIn
	Payee string `json:"payee" maxLength:"40"`
}

// PayeeAliasIn gives a payee another alias.
type PayeeAliasIn struct {
	PayeeIn
	Alias string `json:"alias" maxLength:"200"`
}

func (b *Bank) payeeRoutes(api huma.API) {
	read(b, api, "payees.check", "Whether a payee can be added, and at which bank", b.payeesCheck)
	change(b, api, business{
		operation: "bank.payee_add", summary: "Add a payee", bound: []string{"name", "account_no"},
		subject: func(_ context.Context, _ pgx.Tx, _ customerRow, bound map[string]string) (string, error) {
			return "添加收款人" + strings.TrimSpace(bound["name"]), nil
		},
	}, b.payeeAdd)
	change(b, api, business{operation: "bank.payee_remove", summary: "Remove a payee"}, b.payeeRemove)
	change(b, api, business{operation: "bank.payee_alias", summary: "Give a payee an alias"}, b.payeeAlias)
}

// bankOf is the bank that issues numbers of this beginning.
func bankOf(number string) (string, bool) {
	for prefix, name := range map[string]string{"6229": ownBank, "6217": "江海银行", "6230": "远山农商银行", "8100": ownBank} {
		if strings.HasPrefix(number, prefix) {
			return name, true
		}
	}
	return "", false
}

func plainNumber(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }

// judgePayee reads a new payee's bank off the number and says why it can't be kept.
func (b *Bank) judgePayee(ctx context.Context, db querier, in PayeeAddIn) (PayeeCheck, error) {
	name, number := strings.TrimSpace(in.Name), plainNumber(in.AccountNo)
	out := PayeeCheck{Name: name}
	no := func(code, zh, en string) (PayeeCheck, error) {
		out.Refusal = refuse(code, zh, en)
		return out, nil
	}
	if n := utf8.RuneCountInString(name); n < 2 || n > 40 || strings.ContainsAny(name, "0123456789\n<>{}") {
		return no("payee_name", "户名要和对方开户时的一样，2到40个字，不含数字。请再说一遍户名。",
			"The name must be the one at the payee's bank, 2 to 40 characters without digits. Please give it again.")
	}
	if len(number) < 12 || len(number) > 19 || !isDigits(number, len(number)) {
		return no("payee_number", "账号应该是12到19位数字，请对照着卡片再报一遍账号。", "An account number has 12 to 19 digits. Please give it again from the card.")
	}
	out.Tail = number[len(number)-4:]
	bank, ok := bankOf(number)
	if !ok {
		return no("payee_bank_unknown", "从这个账号认不出是哪家银行，可能少了或错了几位。请核对账号，或请人工协助。",
			"No bank issues numbers like this one; some digits may be missing or wrong. Please check it or ask a person.")
	}
	out.Bank, out.BankEN = bank, bankEN(bank)
	rows, err := many[payeeRow](ctx, b, db, "PayeesOf", in.Customer)
	if err != nil {
		return out, err
	}
	for _, row := range rows {
		if row.AccountNo == number {
			return no("payee_exists", "这个账号已经在名册里了，户名是"+row.Name+"，不用再加。", "This account is on your list already, as "+row.Name+".")
		}
	}
	owner, known, err := value[string](ctx, b, db, "AccountNumberOwner", number, bank)
	if err != nil {
		return out, err
	}
	if known && owner != name {
		return no("name_mismatch", "这个账号的户名和您说的对不上，没有添加。请向对方核对户名和账号，来路不明的账号不要转。",
			"The name does not belong to that account number, so it was not added. Please check both with the payee.")
	}
	return out, nil
}

func (b *Bank) payeesCheck(ctx context.Context, in PayeeAddIn) (PayeeCheck, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return PayeeCheck{}, err
	}
	return b.judgePayee(ctx, b.pool, in)
}

func (b *Bank) payeeAdd(ctx context.Context, tx pgx.Tx, a act, in PayeeAddIn) (Done, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return Done{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"name": in.Name, "account_no": in.AccountNo}); err != nil {
		return Done{}, err
	}
	check, err := b.judgePayee(ctx, tx, in)
	if err != nil || check.Refusal != nil {
		return Done{}, orRefuse(err, check.Refusal)
	}
	aliases, no := aliasesWith(nil, in.Alias)
	if no != nil && in.Alias != "" {
		return Done{}, no
	}
	number, err := b.number(ctx, tx, "Y", a.now)
	if err != nil {
		return Done{}, err
	}
	if _, err := tx.Exec(ctx, b.q("AddPayee"), number, in.Customer, check.Name, nonNil(aliases), check.Bank, plainNumber(in.AccountNo)); err != nil {
		return Done{}, fmt.Errorf("add the payee: %w", err)
	}
	b.told(a, customer, number, check.Name, fmt.Sprintf("您已添加收款人%s（%s 尾号%s）。非本人操作请速联系我行。", check.Name, check.Bank, check.Tail))
	return Done{Number: number, Time: a.now.Format(time.RFC3339), Name: check.Name, NameEN: check.Name}, nil
}

// payeeRemove takes a payee off the list. The row stays: the ledger names it.
func (b *Bank) payeeRemove(ctx context.Context, tx pgx.Tx, a act, in PayeeIn) (Done, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return Done{}, err
	}
	p, ok, err := one[payeeRow](ctx, b, tx, "Payee", in.Payee, in.Customer)
	if err != nil || !ok {
		return Done{}, orRefuse(err, refuse("payee_gone", "名册里已经没有这位收款人了。", "This payee is no longer on your list."))
	}
	schedules, err := recordsOf[schedule](ctx, b, tx, in.Customer, "schedule")
	if err != nil {
		return Done{}, err
	}
	for _, s := range schedules {
		if s.Status == "active" && s.Value.Payee == in.Payee {
			return Done{}, refuse("payee_scheduled", "还有给"+p.Name+"的预约或定期转账没到日子，先撤掉那一笔，再删收款人。",
				"A scheduled transfer to "+p.Name+" is still waiting. Cancel that first, then remove the payee.")
		}
	}
	number, err := b.number(ctx, tx, "Y", a.now)
	if err != nil {
		return Done{}, err
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "payee_removed", "gone-"+p.ID, "ended", map[string]string{"name": p.Name}); err != nil {
		return Done{}, err
	}
	b.told(a, customer, number, p.Name, fmt.Sprintf("您已删除收款人%s（尾号%s）。", p.Name, p.tail()))
	return Done{Number: number, Time: a.now.Format(time.RFC3339), Name: p.Name, NameEN: p.Name}, nil
}

// aliasesWith puts a new alias first. An alias is data, whatever it says.
func aliasesWith(old []string, alias string) ([]string, *Refusal) {
	alias = strings.TrimSpace(alias)
	if n := utf8.RuneCountInString(alias); n < 1 || n > 20 || strings.ContainsAny(alias, "\n<>{}") {
		return nil, refuse("alias_form", "别名1到20个字，不要带特殊符号。请换一个。", "An alias has 1 to 20 characters and no special signs. Please choose another.")
	}
	return append([]string{alias}, slices.DeleteFunc(slices.Clone(old), func(s string) bool { return s == alias })...), nil
}

func (b *Bank) payeeAlias(ctx context.Context, tx pgx.Tx, a act, in PayeeAliasIn) (Done, error) {
	p, ok, err := one[payeeRow](ctx, b, tx, "Payee", in.Payee, in.Customer)
	if err != nil || !ok {
		return Done{}, orRefuse(err, unknownPayee())
	}
	aliases, no := aliasesWith(p.Aliases, in.Alias)
	if no != nil {
		return Done{}, no
	}
	number, err := b.number(ctx, tx, "Y", a.now)
	if err != nil {
		return Done{}, err
	}
	if _, err := tx.Exec(ctx, b.q("PayeeAliases"), p.ID, aliases); err != nil {
		return Done{}, fmt.Errorf("change the aliases: %w", err)
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: number, Counterparty: p.Name})
	return Done{Number: number, Time: a.now.Format(time.RFC3339), Name: p.Name, NameEN: p.Name}, nil
}
