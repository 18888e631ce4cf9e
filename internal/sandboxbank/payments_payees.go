package sandboxbank

import (
	"context"
	"errors"
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

// draftLife is how long a checked payee may wait to be added.
const draftLife = 30 * time.Minute

// PayeeCheckIn names a new payee; the account number is in the secure box that
// the reference stands for.
type PayeeCheckIn struct {
	CustomerIn
	Name      string `json:"name" maxLength:"200" doc:"As the receiving bank knows it"`
	Reference string `json:"reference" maxLength:"100" doc:"Of a box begun for payees.check at L1"`
}

// PayeeCheck is a payee that can be added.
type PayeeCheck struct {
	Draft  string `json:"draft" doc:"Stands for the name with its number in bank.payee_add; half an hour, once"`
	Name   string `json:"name"`
	Tail   string `json:"tail"`
	Bank   string `json:"bank" doc:"Read from the number"`
	BankEN string `json:"bank_en"`
}

// PayeeAddIn names a checked payee.
type PayeeAddIn struct {
	CustomerIn
	Name      string `json:"name" maxLength:"200" doc:"As it was checked"`
	Draft     string `json:"draft" maxLength:"60"`
	Alias     string `json:"alias,omitempty" maxLength:"200"`
	Reference string `json:"reference,omitempty" maxLength:"100"`
}

// payeeDraft is what a check keeps: all of a payee that must not be said again.
type payeeDraft struct {
	Name, Number, Bank string
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
	b.served(business{
		operation: "payees.check", level: "L1", bound: []string{"name"},
		secrets: []SecureField{{Name: "account_no", Label: "对方账号", LabelEN: "The payee's account number", DigitsMin: 12, DigitsMax: 19}},
		subject: func(_ context.Context, _ pgx.Tx, _ customerRow, bound map[string]string) (string, error) {
			_, err := payeeName(bound["name"]) // before anybody types a number for nothing
			return "核对收款账号", err
		},
	})
	change(b, api, business{
		operation: "bank.payee_add", summary: "Add a payee", bound: []string{"name", "draft"},
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

// payeeName is a name as it can be kept.
func payeeName(s string) (string, error) {
	name := strings.TrimSpace(s)
	if n := utf8.RuneCountInString(name); n < 2 || n > 40 || strings.ContainsAny(name, "0123456789\n<>{}") {
		return "", refuse("payee_name", "户名要和对方开户时的一样，2到40个字，不含数字。请再说一遍户名。",
			"The name must be the one at the payee's bank, 2 to 40 characters without digits. Please give it again.")
	}
	return name, nil
}

// judgePayee reads a new payee's bank off the number, or says why it can't be kept.
func (b *Bank) judgePayee(ctx context.Context, db querier, customer string, d payeeDraft) (payeeDraft, error) {
	bank, ok := bankOf(d.Number)
	if !ok {
		return d, refuse("payee_bank_unknown", "从这个账号认不出是哪家银行，可能少了或错了几位，没有添加。请对照卡片再填一次。",
			"No bank issues numbers like this one; some digits may be missing or wrong. Please enter it again from the card.")
	}
	d.Bank = bank
	rows, err := many[payeeRow](ctx, b, db, "PayeesOf", customer)
	if err != nil {
		return d, err
	}
	for _, row := range rows {
		if row.AccountNo == d.Number {
			return d, refuse("payee_exists", "这个账号已经在名册里了，户名是"+row.Name+"，不用再加。", "This account is on your list already, as "+row.Name+".")
		}
	}
	if _, own, err := value[bool](ctx, b, db, "OwnAccountNumber", d.Number, customer); err != nil || own {
		return d, orRefuse(err, refuse("payee_own", "这是您自己的账户，不用加成收款人，没有添加。", "This account is your own, so it was not added as a payee."))
	}
	owner, known, err := value[string](ctx, b, db, "AccountNumberOwner", d.Number, bank)
	if err != nil {
		return d, err
	}
	if known && owner != d.Name {
		return d, refuse("name_mismatch", "这个账号的户名和您说的对不上，没有添加。请向对方核对户名和账号，来路不明的账号不要转。",
			"The name does not belong to that account number, so it was not added. Please check both with the payee.")
	}
	return d, nil
}

// payeesCheck takes the number out of its box and judges it. The box is used up
// whatever comes of it: each number is typed into a box of its own.
func (b *Bank) payeesCheck(ctx context.Context, in PayeeCheckIn) (PayeeCheck, error) {
	var out PayeeCheck
	var no *Refusal
	err := pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		var err error
		out, err = b.checkPayee(ctx, tx, in)
		if errors.As(err, &no) {
			return nil // what was used up or counted stays so
		}
		return err
	})
	if err == nil && no != nil {
		err = no
	}
	return out, err
}

func (b *Bank) checkPayee(ctx context.Context, tx pgx.Tx, in PayeeCheckIn) (PayeeCheck, error) {
	if _, err := b.lockedCustomer(ctx, tx, in.Customer); err != nil {
		return PayeeCheck{}, err
	}
	a := act{operation: "payees.check", now: b.now()}
	box, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L1", map[string]string{"name": in.Name})
	if err != nil {
		return PayeeCheck{}, err
	}
	name, err := payeeName(in.Name)
	if err != nil {
		return PayeeCheck{}, err
	}
	d, err := b.judgePayee(ctx, tx, in.Customer, payeeDraft{Name: name, Number: box.AccountNo})
	var no *Refusal
	if errors.As(err, &no) && (no.Code == "payee_bank_unknown" || no.Code == "name_mismatch") {
		return PayeeCheck{}, b.missed(ctx, tx, a, box, no)
	}
	if err != nil {
		return PayeeCheck{}, err
	}
	id := "pd-" + randomHex(12)
	if err := b.addRecord(ctx, tx, a, in.Customer, "payee_draft", id, "open", d); err != nil {
		return PayeeCheck{}, err
	}
	return PayeeCheck{Draft: id, Name: d.Name, Tail: tailOf(d.Number), Bank: d.Bank, BankEN: bankEN(d.Bank)}, nil
}

func (b *Bank) payeeAdd(ctx context.Context, tx pgx.Tx, a act, in PayeeAddIn) (Done, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return Done{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"name": in.Name, "draft": in.Draft}); err != nil {
		return Done{}, err
	}
	draft, ok, err := recordOf[payeeDraft](ctx, b, tx, in.Customer, "payee_draft", in.Draft)
	if err != nil || !ok || draft.Status != "open" || a.now.Sub(draft.CreatedAt) > draftLife || draft.Value.Name != strings.TrimSpace(in.Name) {
		return Done{}, orRefuse(err, refuse("payee_draft_gone", "刚才核对过的账号已经失效，没有添加。请再填一次账号。",
			"The account that was checked is no longer held, so nothing was added. Please enter its number again."))
	}
	d, err := b.judgePayee(ctx, tx, in.Customer, draft.Value)
	if err != nil {
		return Done{}, err
	}
	aliases, no := aliasesWith(nil, in.Alias)
	if no != nil && in.Alias != "" {
		return Done{}, no
	}
	number, err := b.number(ctx, tx, "Y", a.now)
	if err != nil {
		return Done{}, err
	}
	if _, err := tx.Exec(ctx, b.q("AddPayee"), number, in.Customer, d.Name, nonNil(aliases), d.Bank, d.Number); err != nil {
		return Done{}, fmt.Errorf("add the payee: %w", err)
	}
	if err := b.changeRecord(ctx, tx, a, in.Draft, "used", d); err != nil {
		return Done{}, err
	}
	b.told(a, customer, number, d.Name, fmt.Sprintf("您已添加收款人%s（%s 尾号%s）。非本人操作请速联系我行。", d.Name, d.Bank, tailOf(d.Number)))
	return Done{Number: number, Time: a.now.Format(time.RFC3339), Name: d.Name, NameEN: d.Name}, nil
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
