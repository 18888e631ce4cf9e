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
	prepayKind  = "loan_prepay"
	prepayFace  = fen.Fen(200_000_00) // above this L3
	prepayLeast = fen.Fen(10_000_00)  // of a part
	prepayLast  = 60                  // days ahead
)

// PrepayQuoteIn asks what an early repayment does. No amount means all of it, no
// date the earliest.
type PrepayQuoteIn struct {
	CustomerIn
	Loan   string `json:"loan" maxLength:"60"`
	Amount string `json:"amount,omitempty" maxLength:"20"`
	Date   string `json:"date,omitempty" maxLength:"10"`
	Mode   string `json:"mode,omitempty"`
}

// PrepayQuote is what it costs and, both ways, what it saves.
type PrepayQuote struct {
	Amount       string   `json:"amount" doc:"Of the principal"`
	All          bool     `json:"all"`
	Fee          string   `json:"fee"`
	FeeWhy       string   `json:"fee_why"`
	FeeWhyEN     string   `json:"fee_why_en"`
	Total        string   `json:"total" doc:"What the account must hold that day"`
	Date         string   `json:"date"`
	Earliest     string   `json:"earliest"`
	PayTail      string   `json:"pay_tail"`
	Available    string   `json:"available" doc:"In that account today"`
	Short        bool     `json:"short" doc:"It does not hold the total today"`
	OldPayment   string   `json:"old_payment"`
	OldMonths    int      `json:"old_months"`
	NewMonths    int      `json:"new_months" doc:"With a shorter term, same instalment"`
	ShorterSaves string   `json:"shorter_saves" doc:"Interest saved by a shorter term"`
	NewPayment   string   `json:"new_payment" doc:"With a lower instalment, same term"`
	LowerSaves   string   `json:"lower_saves"`
	Level        string   `json:"level" enum:"L2,L3"`
	Refusal      *Refusal `json:"refusal" doc:"Why it would be refused; null when it would not"`
}

// PrepayIn books an early repayment.
type PrepayIn struct {
	CustomerIn
	Loan      string `json:"loan" maxLength:"60"`
	Amount    string `json:"amount" maxLength:"20"`
	Mode      string `json:"mode" enum:"shorter,lower,settle"`
	Date      string `json:"date" format:"date"`
	Reference string `json:"reference" maxLength:"100"`
}

// Prepay is the booking as made; the money is taken on its date.
type Prepay struct {
	Number  string `json:"number"`
	Time    string `json:"time"`
	Loan    string `json:"loan"`
	Name    string `json:"name"`
	NameEN  string `json:"name_en"`
	Amount  string `json:"amount"`
	Fee     string `json:"fee"`
	Total   string `json:"total"`
	Mode    string `json:"mode"`
	Date    string `json:"date"`
	PayTail string `json:"pay_tail"`
}

func (p Prepay) number() string { return p.Number }

func (b *Bank) prepayQuote(ctx context.Context, in PrepayQuoteIn) (PrepayQuote, error) {
	r, err := b.loanOf(ctx, b.pool, in.Customer, in.Loan)
	if err != nil {
		return PrepayQuote{}, err
	}
	return b.prepaying(ctx, b.pool, in.Customer, r, in.Amount, in.Date)
}

// prepaying judges an early repayment and works it out.
func (b *Bank) prepaying(ctx context.Context, db querier, customer string, r record[loan], sum, day string) (PrepayQuote, error) {
	l, now := r.Value, b.now()
	owed, err := b.owed(ctx, db, customer, l)
	if err != nil {
		return PrepayQuote{}, err
	}
	amount := owed
	if sum != "" {
		if amount, err = amountOf("amount", sum); err != nil {
			return PrepayQuote{}, err
		}
	}
	earliest := now.AddDate(0, 0, 1)
	for dayOff(earliest) {
		earliest = earliest.AddDate(0, 0, 1)
	}
	if day == "" {
		day = earliest.Format(time.DateOnly)
	}
	when, err := time.ParseInLocation(time.DateOnly, day, now.Location())
	if err != nil {
		return PrepayQuote{}, badField("date", day, err)
	}
	pays, _, err := one[accountRow](ctx, b, db, "Account", l.PayAccount, customer)
	if err != nil {
		return PrepayQuote{}, err
	}
	payment := instalment(owed, l.Rate, l.Months)
	out := PrepayQuote{
		Amount: amount.String(), All: amount == owed, Fee: "0.00", FeeWhy: "放款已满一年，不收违约金", FeeWhyEN: "no charge after the first year", Date: day,
		Earliest: earliest.Format(time.DateOnly), PayTail: pays.Tail, Available: pays.available().String(), OldPayment: payment.String(), OldMonths: l.Months,
		Level: "L2",
	}
	fee := fen.Fen(0)
	drawn, err := time.Parse(time.DateOnly, l.DrawnOn)
	if err != nil {
		return PrepayQuote{}, fmt.Errorf("read loan %s: %w", r.ID, err)
	}
	switch {
	case l.Product != "mortgage":
		out.FeeWhy, out.FeeWhyEN = "这类贷款提前还不收违约金", "this kind of loan has no charge"
	case when.Before(drawn.AddDate(1, 0, 0)):
		fee = amount / 100
		out.FeeWhy, out.FeeWhyEN = "放款不满一年，收提前还款本金的1%，"+drawn.AddDate(1, 0, 0).Format(time.DateOnly)+"起不收",
			"1% of the amount in the first year, nothing from "+drawn.AddDate(1, 0, 0).Format(time.DateOnly)
	}
	out.Fee, out.Total, out.Short = fee.String(), (amount + fee).String(), amount+fee > pays.available()
	if amount > prepayFace {
		out.Level = "L3"
	}
	left := max(0, owed-amount)
	interestBy := func(p fen.Fen, pay fen.Fen, n int) fen.Fen { return max(0, pay*fen.Fen(n)-p) }
	before := interestBy(owed, payment, l.Months)
	out.NewMonths = instalments(left, payment, l.Rate)
	lower := fen.Fen(0)
	if left > 0 {
		lower = instalment(left, l.Rate, l.Months)
	}
	out.NewPayment = lower.String()
	out.ShorterSaves = max(0, before-interestBy(left, payment, out.NewMonths)).String()
	out.LowerSaves = max(0, before-interestBy(left, lower, l.Months)).String()
	out.Refusal, err = b.mayPrepay(ctx, db, customer, r, amount, owed, when, earliest)
	return out, err
}

func (b *Bank) mayPrepay(ctx context.Context, db querier, customer string, r record[loan], amount, owed fen.Fen, when, earliest time.Time) (*Refusal, error) {
	if no := r.Value.arrears(); no != nil {
		return no, nil
	}
	booked, err := recordsOf[Prepay](ctx, b, db, customer, prepayKind)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(booked, func(p record[Prepay]) bool { return p.Status == "active" && p.Value.Loan == r.ID }); i >= 0 {
		p := booked[i].Value
		return refuse("prepay_booked", "这笔贷款已经约了"+p.Date+"提前还"+p.Amount+"元，编号"+p.Number+"，扣款以后才能再约。",
			"CNY "+p.Amount+" is booked for "+p.Date+" already, number "+p.Number+". Book again after that."), nil
	}
	switch {
	case amount > owed:
		return refuse("above_owed", fmt.Sprintf("这笔贷款还剩本金%s元，还不了这么多，可以改金额或全部结清。", owed), fmt.Sprintf("CNY %s is still owed. Change the amount, or repay it all.", owed)), nil
	case amount < owed && amount < prepayLeast:
		return refuse("below_minimum", fmt.Sprintf("部分提前还最少%s元，可以改金额。", prepayLeast), fmt.Sprintf("A part is CNY %s at least. Please change the amount.", prepayLeast)), nil
	case daysBetween(earliest, when) < 0:
		return refuse("too_soon", "最早能约"+earliest.Format(time.DateOnly)+"，要留出一个工作日。", "The earliest day is "+earliest.Format(time.DateOnly)+"."), nil
	case daysBetween(b.now(), when) > prepayLast:
		return refuse("too_late", fmt.Sprintf("最多提前%d天约，请换一个近点的日子。", prepayLast), fmt.Sprintf("Bookings open %d days ahead. Please choose a nearer day.", prepayLast)), nil
	case dayOff(when):
		return refuse("day_off", "这天是休息日，不办提前还款，请换一个工作日。", "That is no working day. Please choose another."), nil
	}
	return nil, nil
}

func (b *Bank) prepaySubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	r, err := b.loanOf(ctx, tx, customer.ID, bound["loan"])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s约%s提前还%s元", r.Value.Name, bound["date"], bound["amount"]), nil
}

// loanPrepay books an early repayment. Nothing is taken before its day: an account
// that holds too little then is left alone and the booking lapses.
func (b *Bank) loanPrepay(ctx context.Context, tx pgx.Tx, a act, in PrepayIn) (Prepay, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return Prepay{}, err
	}
	customer, r, err := b.lockLoan(ctx, tx, in.Customer, in.Loan)
	if err != nil {
		return Prepay{}, err
	}
	q, err := b.prepaying(ctx, tx, in.Customer, r, in.Amount, in.Date)
	if err != nil {
		return Prepay{}, err
	}
	bound := map[string]string{"loan": in.Loan, "amount": amount.String(), "mode": in.Mode, "date": in.Date}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, q.Level, bound); err != nil {
		return Prepay{}, err
	}
	if q.Refusal != nil {
		return Prepay{}, q.Refusal
	}
	if (in.Mode == "settle") != q.All {
		return Prepay{}, refuse("mode", "全部结清和部分提前还不能混着办，请重新核对。", "Settling it all and repaying a part are different; please check again.")
	}
	number, err := b.number(ctx, tx, "P", a.now)
	if err != nil {
		return Prepay{}, err
	}
	out := Prepay{
		Number: number, Time: a.now.Format(time.RFC3339), Loan: in.Loan, Name: r.Value.Name, NameEN: r.Value.NameEN, Amount: q.Amount, Fee: q.Fee, Total: q.Total,
		Mode: in.Mode, Date: in.Date, PayTail: q.PayTail,
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, prepayKind, number, "active", out); err != nil {
		return Prepay{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: number, Amount: q.Total, AccountTail: q.PayTail})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】%s已约%s提前还%s元，请当天在尾号%s的账户留足%s元，编号%s。", r.Value.Name, in.Date, q.Amount, q.PayTail, q.Total, number),
	})
	return out, nil
}
