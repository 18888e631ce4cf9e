package sandboxbank

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	cashFrom   = fen.Fen(50_000_00)  // above this cash is booked
	cashMost   = fen.Fen(500_000_00) // most a branch prepares for one person a day
	cashLatest = 14                  // days ahead
	cashKind   = "cash_booking"
)

// CashBranch is a branch that pays out booked cash.
type CashBranch struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	NameEN    string `json:"name_en"`
	Address   string `json:"address"`
	AddressEN string `json:"address_en"`
	Hours     string `json:"hours"`
	Weekend   string `json:"weekend" doc:"Hours on days off; empty when closed"`
}

// CashBranches is every one.
type CashBranches struct {
	Branches []CashBranch `json:"branches" nullable:"false"`
}

func cashBranchList() []CashBranch {
	return []CashBranch{
		{"B001", "总行营业部", "Head Office Branch", "东城区示例大街1号", "1 Shili Street, Dongcheng", "09:00-17:00", "09:30-16:00"},
		{"B002", "金桥支行", "Jinqiao Branch", "西城区金桥路18号", "18 Jinqiao Road, Xicheng", "09:00-17:00", "09:30-16:00"},
		{"B003", "学知支行", "Xuezhi Branch", "海淀区学知路66号", "66 Xuezhi Road, Haidian", "09:00-17:00", "09:30-16:00"},
		{"B004", "望林支行", "Wanglin Branch", "朝阳区望林街9号", "9 Wanglin Street, Chaoyang", "09:00-17:00", ""},
	}
}

func (b *Bank) cashBranches(context.Context, CustomerIn) (CashBranches, error) {
	return CashBranches{Branches: cashBranchList()}, nil
}

// CashIn asks for cash on a day at a branch.
type CashIn struct {
	CustomerIn
	Account string `json:"account" maxLength:"40"`
	Branch  string `json:"branch" maxLength:"10"`
	Date    string `json:"date" format:"date"`
	Amount  string `json:"amount" maxLength:"20"`
	Use     string `json:"use" maxLength:"60" doc:"What the cash is for, in the customer's words"`
	Notes   string `json:"notes,omitempty" enum:"hundreds,mixed,small" doc:"Kind of notes; hundreds when empty"`
}

// CashQuote says whether it can be booked and what to bring.
type CashQuote struct {
	Needed   bool     `json:"needed" doc:"False: so little that nobody need book it"`
	Hours    string   `json:"hours"`
	Weekday  string   `json:"weekday"`
	NextOpen string   `json:"next_open" doc:"branch_closed only: the next day it is open"`
	Bring    string   `json:"bring"`
	BringEN  string   `json:"bring_en"`
	Refusal  *Refusal `json:"refusal" doc:"Why it would be refused; null when it would not"`
}

// CashBooking is the booking as made.
type CashBooking struct {
	Number   string `json:"number"`
	Time     string `json:"time"`
	Branch   string `json:"branch"`
	BranchEN string `json:"branch_en"`
	Date     string `json:"date"`
	Hours    string `json:"hours"`
	Amount   string `json:"amount"`
	Notes    string `json:"notes"`
	Bring    string `json:"bring"`
	BringEN  string `json:"bring_en"`
}

func (c CashBooking) number() string { return c.Number }

// dayOff says that a day is a weekend or a holiday; days worked instead are not.
func dayOff(day time.Time) bool {
	switch day.Format(time.DateOnly) {
	case "2027-01-01", "2027-01-02", "2027-01-03":
		return true
	}
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

func (b *Bank) cashQuote(ctx context.Context, in CashIn) (CashQuote, error) {
	customer, ok, err := one[customerRow](ctx, b, b.pool, "Customer", in.Customer)
	if err != nil || !ok {
		return CashQuote{}, orRefuse(err, unknownCustomer())
	}
	out, _, err := b.mayBook(ctx, b.pool, customer, in, b.now())
	return out, err
}

func (b *Bank) mayBook(ctx context.Context, db querier, customer customerRow, in CashIn, now time.Time) (CashQuote, CashBranch, error) {
	out := CashQuote{Needed: true}
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return out, CashBranch{}, err
	}
	day, err := time.ParseInLocation(time.DateOnly, in.Date, now.Location())
	if err != nil {
		return out, CashBranch{}, badField("date", in.Date, err)
	}
	i := slices.IndexFunc(cashBranchList(), func(c CashBranch) bool { return c.ID == in.Branch })
	if i < 0 {
		out.Refusal = refuse("branch_unknown", "没有查到这家网点，请重新选择。", "That branch was not found. Please choose again.")
		return out, CashBranch{}, nil
	}
	branch := cashBranchList()[i]
	out.Hours = branch.Hours
	if dayOff(day) {
		out.Hours = branch.Weekend
	}
	a, no, err := b.payingAccount(ctx, db, customer, in.Account, true)
	if err != nil {
		return out, branch, err
	}
	out.Bring, out.BringEN = bring(a, customer)
	booked, err := recordsOf[CashBooking](ctx, b, db, customer.ID, cashKind)
	if err != nil {
		return out, branch, err
	}
	ahead := daysBetween(now, day)
	switch {
	case no != nil:
		out.Refusal = no
	case amount > a.available():
		out.Refusal = refuse("insufficient_balance", fmt.Sprintf("尾号%s的账户可用%s元，取不了这么多。", a.Tail, a.available()), fmt.Sprintf("The account ending %s has CNY %s available.", a.Tail, a.available()))
	case amount <= cashFrom:
		out.Needed = false
	case amount > cashMost:
		out.Refusal = refuse("cash_limit", fmt.Sprintf("一家网点一天最多备%s元现金，可以分天取，或改用转账更安全。", cashMost), fmt.Sprintf("A branch prepares CNY %s a day at most. Take it on several days, or transfer it, which is safer.", cashMost))
	case ahead < 1:
		out.Refusal = refuse("too_soon", "超过五万的现金要提前一天约，最早约明天。", "Cash above 50,000 is booked a day ahead, so tomorrow at the earliest.")
	case ahead > cashLatest:
		out.Refusal = refuse("too_late", fmt.Sprintf("最多提前%d天预约，请换一个近点的日子。", cashLatest), fmt.Sprintf("Bookings open %d days ahead. Please choose a nearer day.", cashLatest))
	case out.Hours == "":
		for out.NextOpen == "" {
			if day = day.AddDate(0, 0, 1); !dayOff(day) {
				out.NextOpen = day.Format(time.DateOnly)
			}
		}
		out.Refusal = refuse("branch_closed", branch.Name+"这天不营业，最近的营业日是"+out.NextOpen+"，可以改日子或换一家网点。",
			branch.NameEN+" is closed that day. It is open again on "+out.NextOpen+"; change the day or the branch.")
	case slices.ContainsFunc(booked, func(r record[CashBooking]) bool { return r.Status == "active" && r.Value.Date == in.Date }):
		out.Refusal = refuse("booked_already", "您这天已经约过一笔取现了，可以换一天。", "You have booked cash for that day already. Choose another day.")
	}
	return out, branch, nil
}

// bring says what the customer takes along; the old often send somebody.
func bring(a accountRow, customer customerRow) (zh, en string) {
	what, whatEN := "本人身份证和尾号"+a.Tail+"的卡", "your ID and the card ending "+a.Tail
	if a.Kind == "passbook" {
		what, whatEN = "本人身份证和尾号"+a.Tail+"的存折", "your ID and the passbook ending "+a.Tail
	}
	if customer.IDKind == "passport" {
		what, whatEN = "本人护照和尾号"+a.Tail+"的卡", "your passport and the card ending "+a.Tail
	}
	return what + "；家人代取还要带代取人的身份证", whatEN + "; whoever collects it for you also brings their own ID"
}

// cashBook keeps a booking. No money moves before the counter.
func (b *Bank) cashBook(ctx context.Context, tx pgx.Tx, a act, in CashIn) (CashBooking, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return CashBooking{}, orRefuse(err, unknownCustomer())
	}
	q, branch, err := b.mayBook(ctx, tx, customer, in, a.now)
	if err != nil {
		return CashBooking{}, err
	}
	if q.Refusal != nil {
		return CashBooking{}, q.Refusal
	}
	number, err := b.number(ctx, tx, "Q", a.now)
	if err != nil {
		return CashBooking{}, err
	}
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return CashBooking{}, err
	}
	out := CashBooking{
		Number: number, Time: a.now.Format(time.RFC3339), Branch: branch.Name, BranchEN: branch.NameEN, Date: in.Date, Hours: q.Hours, Amount: amount.String(),
		Notes: in.Notes, Bring: q.Bring, BringEN: q.BringEN,
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, cashKind, number, "active", out); err != nil {
		return CashBooking{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: number, Amount: out.Amount})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】您已预约%s在%s取现%s元，请带%s。编号%s。", in.Date, branch.Name, amount, q.Bring, number),
	})
	return out, nil
}
