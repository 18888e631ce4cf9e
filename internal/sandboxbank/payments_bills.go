package sandboxbank

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	billMost = fen.Fen(5_000_00) // a prepayment at once
	topUpMin = fen.Fen(10_00)    // a mobile top-up
	topUpMax = fen.Fen(1_000_00) //
)

// bill is an account with a utility, a school or a property manager, as kept.
type bill struct {
	Type      string `json:"type"` // electricity, water, gas, phone, property, tuition
	Number    string `json:"number"`
	Company   string `json:"name"`
	CompanyEN string `json:"name_en"`
	Owner     string `json:"owner"`
	Address   string `json:"address"`
	AddressEN string `json:"address_en"`
	Due       string `json:"due"` // 0.00 when nothing is
	Label     string `json:"label"`
	LabelEN   string `json:"label_en"`
}

// BillsIn asks for the accounts a customer has paid for.
type BillsIn struct {
	CustomerIn
	Type string `json:"type,omitempty" maxLength:"20"`
}

// Bill is one of them.
type Bill struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Name   string `json:"name" doc:"自己家 电费"`
	NameEN string `json:"name_en"`
	Tail   string `json:"tail" doc:"Last four digits of the number"`
	Due    string `json:"due"`
}

// Bills is every one.
type Bills struct {
	Bills []Bill `json:"bills" nullable:"false"`
}

// BillFindIn looks an account up, by its id in the list or by its number.
type BillFindIn struct {
	CustomerIn
	Type   string `json:"type" enum:"electricity,water,gas,phone,property,tuition"`
	Number string `json:"number,omitempty" maxLength:"200"`
	Bill   string `json:"bill,omitempty" maxLength:"60"`
}

// BillFound is what is owed there and, masked, by whom.
type BillFound struct {
	ID        string   `json:"id"`
	Type      string   `json:"type"`
	Number    string   `json:"number"`
	Company   string   `json:"name"`
	CompanyEN string   `json:"name_en"`
	Owner     string   `json:"owner" doc:"Masked: the first name hidden"`
	Address   string   `json:"address"`
	AddressEN string   `json:"address_en"`
	Due       string   `json:"due"`
	Fixed     bool     `json:"fixed" doc:"Only the sum that is due can be paid"`
	Own       bool     `json:"own" doc:"The customer has paid for it before"`
	Refusal   *Refusal `json:"refusal"`
}

// BillPayIn pays.
type BillPayIn struct {
	CustomerIn
	Bill      string `json:"bill" maxLength:"60" doc:"The id that bills.find gave"`
	Account   string `json:"account" maxLength:"40"`
	Amount    string `json:"amount" maxLength:"16"`
	Reference string `json:"reference,omitempty" maxLength:"100"`
}

// BillQuote says whether it would be paid.
type BillQuote struct {
	Refusal *Refusal `json:"refusal"`
}

// BillPaid is the receipt.
type BillPaid struct {
	Done
	Amount       string `json:"amount"`
	BillNumber   string `json:"bill_number"`
	AccountTail  string `json:"account_tail"`
	BalanceAfter string `json:"balance_after"`
	Owner        string `json:"owner"`
}

func (b *Bank) billRoutes(api huma.API) {
	read(b, api, "bills.list", "What the customer has paid bills for", b.billsList)
	read(b, api, "bills.find", "Whose account that is and what is owed", b.billsFind)
	read(b, api, "bills.quote", "Whether a bill would be paid", b.billsQuote)
	change(b, api, business{
		operation: "bank.bill_pay", summary: "Pay a bill", bound: []string{"bill", "account", "amount"},
		subject: func(ctx context.Context, tx pgx.Tx, _ customerRow, bound map[string]string) (string, error) {
			r, err := b.utilityOf(ctx, tx, bound["bill"])
			return fmt.Sprintf("向%s（户号尾号%s）缴费%s元", r.Value.Company, tailOf(r.Value.Number), bound["amount"]), err
		},
	}, b.billPay)
}

func tailOf(number string) string { return number[max(0, len(number)-4):] }

func billKind(kind string) (zh, en string) {
	switch kind {
	case "electricity":
		return "电费", "electricity"
	case "water":
		return "水费", "water"
	case "gas":
		return "燃气费", "gas"
	case "phone":
		return "话费", "mobile"
	case "property":
		return "物业费", "property fee"
	default:
		return "学费", "tuition"
	}
}

func unknownBill(kind string) *Refusal {
	zh, en := billKind(kind)
	return refuse("bill_unknown", "没有查到这个"+zh+"户号，可能报错了位数。请对照账单再报一遍。", "No "+en+" account has that number. Please give it again from a bill.")
}

func (b *Bank) billsList(ctx context.Context, in BillsIn) (Bills, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return Bills{}, err
	}
	rows, err := recordsOf[bill](ctx, b, b.pool, in.Customer, "bill")
	if err != nil {
		return Bills{}, err
	}
	out := Bills{Bills: []Bill{}}
	for _, r := range rows {
		v := r.Value
		if r.Status != "saved" || in.Type != "" && v.Type != in.Type {
			continue
		}
		zh, en := billKind(v.Type)
		out.Bills = append(out.Bills, Bill{ID: r.ID, Type: v.Type, Name: v.Label + " " + zh, NameEN: v.LabelEN + " " + en, Tail: tailOf(v.Number), Due: v.Due})
	}
	return out, nil
}

// utilityOf finds an account by its id, whoever pays for it: children pay for parents.
func (b *Bank) utilityOf(ctx context.Context, db querier, id string) (record[bill], error) {
	rows, err := many[recordRow](ctx, b, db, "RecordsByID", id, "bill")
	if err != nil || len(rows) == 0 {
		return record[bill]{}, orRefuse(err, refuse("bill_unknown", "没有查到这个户号，请重新报一遍。", "That account was not found. Please give its number again."))
	}
	return opened[bill](rows[0])
}

func (b *Bank) billsFind(ctx context.Context, in BillFindIn) (BillFound, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return BillFound{}, err
	}
	out := BillFound{Type: in.Type}
	number := plainNumber(in.Number)
	var rows []recordRow
	var err error
	if in.Bill != "" {
		rows, err = many[recordRow](ctx, b, b.pool, "RecordsByID", in.Bill, "bill")
	} else {
		rows, err = many[recordRow](ctx, b, b.pool, "RecordsByField", "bill", "number", number)
	}
	if err != nil {
		return out, err
	}
	for _, row := range rows {
		r, err := opened[bill](row)
		if err != nil {
			return out, err
		}
		if v := r.Value; v.Type == in.Type {
			return BillFound{
				ID: r.ID, Type: v.Type, Number: v.Number, Company: v.Company, CompanyEN: v.CompanyEN, Owner: hiddenName(v.Owner), Address: v.Address, AddressEN: v.AddressEN,
				Due: v.Due, Fixed: fixedBill(v.Type), Own: row.Customer == in.Customer && r.Status == "saved", Refusal: utilityDue(v),
			}, nil
		}
	}
	out.Number, out.Refusal = number, unknownBill(in.Type)
	return out, nil
}

// hiddenName shows a stranger enough of a name to know it again: *国庆.
func hiddenName(name string) string {
	r := []rune(name)
	if len(r) < 2 || len(r) > 4 {
		return name // a company
	}
	return "*" + string(r[1:])
}

// fixedBill says that exactly what is due is paid; power, gas and phones take
// money in advance.
func fixedBill(kind string) bool { return kind == "water" || kind == "property" || kind == "tuition" }

func utilityDue(v bill) *Refusal {
	if fixedBill(v.Type) && v.Due == "0.00" {
		zh, en := billKind(v.Type)
		return refuse("nothing_due", "这一户的"+zh+"现在没有欠费，不用缴。", "Nothing is due for this "+en+" account.")
	}
	return nil
}

// judgeBill says why a bill would not be paid.
func judgeBill(v bill, a accountRow, amount fen.Fen) *Refusal {
	if no := utilityDue(v); no != nil {
		return no
	}
	switch {
	case fixedBill(v.Type) && amount.String() != v.Due:
		return refuse("bill_amount", "这一项要按应缴的"+v.Due+"元缴，不能多也不能少。", "Exactly CNY "+v.Due+" is due; neither more nor less can be paid.")
	case v.Type == "phone" && (amount < topUpMin || amount > topUpMax):
		return refuse("top_up_range", "话费一次充10到1000元，请换一个金额。", "A top-up is CNY 10 to 1,000. Please choose another amount.")
	case amount > billMost && !fixedBill(v.Type):
		return refuse("bill_most", "一次最多预缴5000元，请减少金额。", "At most CNY 5,000 can be paid in advance. Please pay less.")
	case a.Kind != "debit" && a.Kind != "passbook":
		return refuse("account_kind", "这个账户不能直接缴费，请换一个活期账户。", "Bills cannot be paid from this account. Please choose a current account.")
	case a.Status != "normal":
		return refuse(a.Status, "尾号"+a.Tail+"的账户现在不能付款，请换一个账户，或问我原因。", "The account ending "+a.Tail+" cannot pay at present. Choose another, or ask me why.")
	case amount > a.available():
		return refuse("insufficient_balance", fmt.Sprintf("尾号%s的账户可用余额%s元，不够缴这一笔。", a.Tail, a.available()),
			fmt.Sprintf("The account ending %s has CNY %s available, which is not enough.", a.Tail, a.available()))
	}
	return nil
}

func (b *Bank) billsQuote(ctx context.Context, in BillPayIn) (BillQuote, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return BillQuote{}, err
	}
	r, err := b.utilityOf(ctx, b.pool, in.Bill)
	if err != nil {
		return BillQuote{}, err
	}
	a, ok, err := one[accountRow](ctx, b, b.pool, "Account", in.Account, in.Customer)
	if err != nil || !ok {
		return BillQuote{}, orRefuse(err, unknownAccount())
	}
	return BillQuote{Refusal: judgeBill(r.Value, a, amount)}, nil
}

func (b *Bank) billPay(ctx context.Context, tx pgx.Tx, a act, in BillPayIn) (BillPaid, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return BillPaid{}, err
	}
	if _, err := b.lockedCustomer(ctx, tx, in.Customer); err != nil {
		return BillPaid{}, err
	}
	bound := map[string]string{"bill": in.Bill, "account": in.Account, "amount": amount.String()}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", bound); err != nil {
		return BillPaid{}, err
	}
	found, err := b.utilityOf(ctx, tx, in.Bill)
	if err != nil {
		return BillPaid{}, err
	}
	r, ok, err := recordOf[bill](ctx, b, tx, found.Customer, "bill", in.Bill) // locked: two can't pay the same debt
	if err != nil || !ok {
		return BillPaid{}, orRefuse(err, unknownBill(found.Value.Type))
	}
	if _, ok, err := one[accountRow](ctx, b, tx, "Account", in.Account, in.Customer); err != nil || !ok {
		return BillPaid{}, orRefuse(err, unknownAccount())
	}
	locked, err := many[accountRow](ctx, b, tx, "LockAccounts", []string{in.Account, clearing})
	if err != nil {
		return BillPaid{}, err
	}
	var account accountRow
	for _, row := range locked {
		if row.ID == in.Account {
			account = row
		}
	}
	if no := judgeBill(r.Value, account, amount); no != nil {
		return BillPaid{}, no
	}
	number, err := b.number(ctx, tx, "B", a.now)
	if err != nil {
		return BillPaid{}, err
	}
	zh, _ := billKind(r.Value.Type)
	after, err := b.book(ctx, tx, a, booking{
		number: number, kind: "bill_pay", customer: in.Customer, from: account.ID, to: clearing, amount: amount,
		party: r.Value.Company, memo: strings.TrimSpace(zh + " 户号尾号" + tailOf(r.Value.Number)), category: "living",
	})
	if err != nil {
		return BillPaid{}, err
	}
	due, err := fen.Parse(r.Value.Due)
	if err != nil {
		due = 0 // nothing is due: paid in advance
	}
	v := r.Value
	v.Due = max(0, due-amount).String()
	if err := b.changeRecord(ctx, tx, a, r.ID, r.Status, v); err != nil {
		return BillPaid{}, err
	}
	a.tell(Event{
		Kind: EventLedger, Customer: in.Customer, Operation: "bank.bill_pay", Number: number, Amount: (-amount).String(), AccountTail: account.Tail,
		Counterparty: v.Company, BalanceAfter: after.String(),
	})
	return BillPaid{
		Done:   Done{Number: number, Time: a.now.Format(time.RFC3339), Name: v.Company, NameEN: v.CompanyEN},
		Amount: amount.String(), BillNumber: v.Number, AccountTail: account.Tail, BalanceAfter: after.String(), Owner: hiddenName(v.Owner),
	}, nil
}
