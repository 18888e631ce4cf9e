package sandboxbank

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// customerRow is a customer as stored.
type customerRow struct {
	ID, Name, Title, TitleEN       string
	BornOn                         time.Time
	Edition, Locale, Phone, Rating string
	Region, Manager                string
	IDKind                         string     `db:"id_kind"`
	IDExpiresOn                    *time.Time `db:"id_expires_on"`
	SingleLimitFen, DailyLimitFen  fen.Fen
}

func (c customerRow) age(now time.Time) int {
	age := now.Year() - c.BornOn.Year()
	if now.Month() < c.BornOn.Month() || (now.Month() == c.BornOn.Month() && now.Day() < c.BornOn.Day()) {
		age--
	}
	return age
}

// idExpired is true from the day after the document's last day.
func (c customerRow) idExpired(now time.Time) bool {
	return c.IDExpiresOn != nil && c.IDExpiresOn.Format(time.DateOnly) < now.Format(time.DateOnly)
}

// accountRow is an account as stored.
type accountRow struct {
	ID, Customer, Kind, Name, NameEN, Tail, Currency, Status, StatusReason string
	BalanceFen, FrozenFen, CreditFen                                       fen.Fen
	Term, Rate                                                             string
	MaturesOn                                                              *time.Time
	BillFen, BillMinFen                                                    fen.Fen
	BillDueOn                                                              *time.Time
}

// available is what may be spent now: the balance without what is frozen, or
// what is left of a credit line; a loan has none.
func (a accountRow) available() fen.Fen {
	switch {
	case a.Kind == "mortgage" || a.Status == "frozen":
		return 0
	case a.Kind == "credit":
		return max(0, a.CreditFen+a.BalanceFen-a.FrozenFen)
	default:
		return max(0, a.BalanceFen-a.FrozenFen)
	}
}

func (a accountRow) view() Account {
	return Account{
		ID: a.ID, Kind: a.Kind, Name: a.Name, NameEN: a.NameEN, Tail: a.Tail, Currency: a.Currency, Status: a.Status,
		StatusReason: a.StatusReason, Balance: a.BalanceFen.String(), Available: a.available().String(), Frozen: a.FrozenFen.String(),
		Term: a.Term, Rate: a.Rate, MaturesOn: date(a.MaturesOn),
		Bill: some(a.BillFen), BillMin: some(a.BillMinFen), BillDueOn: date(a.BillDueOn),
	}
}

func date(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

func some(f fen.Fen) string {
	if f == 0 {
		return ""
	}
	return f.String()
}

// payeeRow is a saved payee as stored.
type payeeRow struct {
	ID, Name       string
	Aliases        []string
	Relation, Bank string
	AccountNo      string
	Account        string
	NameMismatch   bool
	PaidCount      int
}

func (p payeeRow) tail() string { return p.AccountNo[len(p.AccountNo)-4:] }

func (p payeeRow) view() Payee {
	alias := ""
	if len(p.Aliases) > 0 {
		alias = p.Aliases[0]
	}
	return Payee{
		ID: p.ID, Name: p.Name, Alias: alias, Aliases: p.Aliases, Relation: p.Relation, Bank: p.Bank, BankEN: bankEN(p.Bank), AccountTail: p.tail(),
		FirstTime: p.PaidCount == 0,
	}
}

// bankEN is a bank's English name; a bank without one keeps its own.
func bankEN(name string) string {
	switch name {
	case ownBank:
		return "Demo Bank"
	case "江海银行":
		return "Jianghai Bank"
	case "远山农商银行":
		return "Yuanshan Rural Commercial Bank"
	}
	return name
}

// cardRow is a card as stored, its PIN left out.
type cardRow struct {
	ID, Customer, Account, Kind, Name, NameEN, Tail, Status string
	LossUntil                                               *time.Time
	PINSetAt                                                time.Time `db:"pin_set_at"`
}

func (c cardRow) view() Card {
	return Card{ID: c.ID, Tail: c.Tail, Kind: c.Kind, Name: c.Name, NameEN: c.NameEN, Status: c.Status, Account: c.Account}
}

func (b *Bank) customer(ctx context.Context, db querier, id string) (customerRow, error) {
	c, ok, err := one[customerRow](ctx, b, db, "Customer", id)
	if err == nil && !ok {
		err = unknownCustomer()
	}
	return c, err
}

func (b *Bank) accountsList(ctx context.Context, in AccountsListIn) (AccountsList, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return AccountsList{}, err
	}
	rows, err := many[accountRow](ctx, b, b.pool, "AccountsOf", in.Customer)
	if err != nil {
		return AccountsList{}, err
	}
	out, total := AccountsList{Accounts: []Account{}}, fen.Fen(0)
	for _, row := range rows {
		if in.Kind != "" && row.Kind != in.Kind {
			continue
		}
		out.Accounts = append(out.Accounts, row.view())
		if row.Kind != "credit" && row.Kind != "mortgage" {
			total += row.BalanceFen
		}
	}
	out.Total = total.String()
	return out, nil
}

func (b *Bank) accountsBalance(ctx context.Context, in AccountIn) (Account, error) {
	row, ok, err := one[accountRow](ctx, b, b.pool, "Account", in.Account, in.Customer)
	if err != nil {
		return Account{}, err
	}
	if !ok {
		return Account{}, unknownAccount()
	}
	return row.view(), nil
}

func (b *Bank) cardsList(ctx context.Context, in CustomerIn) (CardsList, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return CardsList{}, err
	}
	rows, err := many[cardRow](ctx, b, b.pool, "CardsOf", in.Customer)
	if err != nil {
		return CardsList{}, err
	}
	out := CardsList{Cards: []Card{}}
	for _, row := range rows {
		out.Cards = append(out.Cards, row.view())
	}
	return out, nil
}

func (b *Bank) payeesFind(ctx context.Context, in PayeesFindIn) (PayeesFind, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return PayeesFind{}, err
	}
	rows, err := many[payeeRow](ctx, b, b.pool, "PayeesOf", in.Customer)
	if err != nil {
		return PayeesFind{}, err
	}
	out := PayeesFind{Payees: []Payee{}}
	for _, row := range matchPayees(rows, in.Name) {
		out.Payees = append(out.Payees, row.view())
	}
	return out, nil
}

// matchPayees gives the payees a name may mean: those it is the name or an alias
// of, else those of that relation, else those whose name or alias holds it or is held by it. One
// character alone is never enough for the last.
func matchPayees(rows []payeeRow, name string) []payeeRow {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" {
		return rows
	}
	bare := name
	for _, my := range []string{"我的", "我们家", "我家", "我", "my "} {
		if rest, ok := strings.CutPrefix(name, my); ok && rest != "" {
			bare = strings.TrimSpace(rest)
			break
		}
	}
	pick := func(keep func(payeeRow) bool) []payeeRow {
		var out []payeeRow
		for _, row := range rows {
			if keep(row) {
				out = append(out, row)
			}
		}
		return out
	}
	same := func(s string) bool { return strings.EqualFold(s, name) || strings.EqualFold(s, bare) }
	if hits := pick(func(p payeeRow) bool { return same(p.Name) || slices.ContainsFunc(p.Aliases, same) }); hits != nil {
		return hits
	}
	if relation := relationOf(bare); relation != "" {
		return pick(func(p payeeRow) bool { return p.Relation == relation })
	}
	if len([]rune(bare)) < 2 {
		return nil
	}
	holds := func(s string) bool {
		s = strings.ToLower(s)
		return strings.Contains(s, bare) || (len([]rune(s)) > 1 && strings.Contains(bare, s)) // 我儿子李强
	}
	return pick(func(p payeeRow) bool { return holds(p.Name) || slices.ContainsFunc(p.Aliases, holds) })
}

// relationOf is the relation that a word for a relative or a landlord names.
func relationOf(word string) string {
	switch word {
	case "儿子", "小孩", "son":
		return "son"
	case "女儿", "闺女", "姑娘", "daughter":
		return "daughter"
	case "爸", "爸爸", "父亲", "老爸", "爹", "老爹", "dad", "father":
		return "father"
	case "妈", "妈妈", "母亲", "老妈", "娘", "mum", "mom", "mother":
		return "mother"
	case "老婆", "妻子", "太太", "媳妇", "爱人", "老伴", "wife":
		return "wife"
	case "老公", "丈夫", "先生", "husband":
		return "husband"
	case "孙女", "granddaughter":
		return "granddaughter"
	case "弟弟", "哥哥", "兄弟", "brother":
		return "brother"
	case "房东", "房主", "landlord":
		return "landlord"
	case "物业", "物业费", "property":
		return "property"
	case "供应商", "supplier":
		return "supplier"
	case "学校", "school":
		return "school"
	default:
		return ""
	}
}

func (b *Bank) customerProfile(ctx context.Context, in CustomerIn) (Profile, error) {
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return Profile{}, err
	}
	now := b.now()
	return Profile{
		ID: c.ID, Name: c.Name, Title: c.Title, TitleEN: c.TitleEN, Age: c.age(now), Edition: c.Edition, Locale: c.Locale,
		Phone: maskPhone(c.Phone), Rating: c.Rating, Region: c.Region, Manager: c.Manager, IDKind: c.IDKind,
		IDExpiresOn: date(c.IDExpiresOn), IDExpired: c.idExpired(now),
		SingleLimit: c.SingleLimitFen.String(), DailyLimit: c.DailyLimitFen.String(),
	}, nil
}

func maskPhone(phone string) string { return phone[:3] + "****" + phone[7:] }
