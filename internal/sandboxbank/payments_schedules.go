package sandboxbank

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	scheduleMost  = 370 // days ahead a first run may be
	secondTryHour = 18  // when a run that found too little money is tried again
)

// schedule is a transfer that waits for its day, once or again and again.
type schedule struct {
	Payee     string `json:"payee"`
	PayeeName string `json:"payee_name"`
	Account   string `json:"account"`
	Amount    string `json:"amount"`
	Memo      string `json:"memo"`
	Every     string `json:"every"` // once, next_day, weekly, monthly
	Day       int    `json:"day"`   // of the month, of a monthly one
	Until     string `json:"until"` // the last day it may run; empty: until stopped
	Next      string `json:"next"`
	Last      string `json:"last"` // what became of the last run
	LastEN    string `json:"last_en"`
}

// ScheduleIn orders transfers for later.
type ScheduleIn struct {
	CustomerIn
	Account   string `json:"account" maxLength:"40"`
	Payee     string `json:"payee" maxLength:"40"`
	Amount    string `json:"amount" maxLength:"16"`
	Every     string `json:"every" enum:"once,next_day,weekly,monthly"`
	Date      string `json:"date,omitempty" maxLength:"10" doc:"The first day; left out with next_day, or where Day says it"`
	Day       string `json:"day,omitempty" maxLength:"10" doc:"monthly: the day of the month"`
	Until     string `json:"until,omitempty" maxLength:"10" doc:"The last day; left out: until stopped"`
	Memo      string `json:"memo,omitempty" maxLength:"100"`
	Reference string `json:"reference,omitempty" maxLength:"100"`
}

// ScheduleQuote is when a schedule would run.
type ScheduleQuote struct {
	First   string   `json:"first"`
	When    string   `json:"when" doc:"In words: 每月31日, 没有31日的月份按月底"`
	WhenEN  string   `json:"when_en"`
	Dates   []string `json:"dates" nullable:"false" doc:"The first runs, three at most"`
	Note    string   `json:"note" doc:"What a holiday or a short month does to it"`
	NoteEN  string   `json:"note_en"`
	Level   string   `json:"level" enum:"L2,L3"`
	Refusal *Refusal `json:"refusal"`
}

// Schedule is one that waits, or one that ran and can no longer be revoked.
type Schedule struct {
	ID          string `json:"id"`
	Name        string `json:"name" doc:"The payee"`
	NameEN      string `json:"name_en"`
	Amount      string `json:"amount"`
	AccountTail string `json:"account_tail"`
	When        string `json:"when"`
	WhenEN      string `json:"when_en"`
	Next        string `json:"next"`
	Every       string `json:"every"`
	Last        string `json:"last" doc:"What became of the last run; empty when it went well or there was none"`
	LastEN      string `json:"last_en"`
	Revocable   bool   `json:"revocable"`
}

// Schedules is every one.
type Schedules struct {
	Schedules []Schedule `json:"schedules" nullable:"false"`
}

// ScheduleRevokeIn ends a schedule.
type ScheduleRevokeIn struct {
	CustomerIn
	Schedule  string `json:"schedule" maxLength:"60"`
	Reference string `json:"reference,omitempty" maxLength:"100"`
}

// ScheduleDone is a schedule that was made or ended.
type ScheduleDone struct {
	Done
	Amount string `json:"amount"`
	First  string `json:"first"`
	When   string `json:"when"`
	WhenEN string `json:"when_en"`
}

func (b *Bank) scheduleRoutes(api huma.API) {
	read(b, api, "schedules.quote", "When a scheduled transfer would run", b.schedulesQuote)
	read(b, api, "schedules.list", "Transfers that wait for their day", b.schedulesList)
	read(b, api, "transfers.revocable", "What was ordered lately, and whether it can still be revoked", b.transfersRevocable)
	change(b, api, business{
		operation: "bank.schedule_add", summary: "Order transfers for later", bound: []string{"account", "payee", "amount", "every"}, subject: b.scheduleSubject,
	}, b.scheduleAdd)
	change(b, api, business{
		operation: "bank.schedule_revoke", summary: "End a transfer that has not run", bound: []string{"schedule"},
		subject: func(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
			r, err := b.waiting(ctx, tx, customer.ID, bound["schedule"])
			return fmt.Sprintf("撤销给%s的转账%s元", r.Value.PayeeName, r.Value.Amount), err
		},
	}, b.scheduleRevoke)
}

// onDay is the day of that number in a month, the last one where the month is shorter.
func onDay(year int, month time.Month, day int, zone *time.Location) time.Time {
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, zone).Day()
	return time.Date(year, month, min(day, last), 0, 0, 0, 0, zone)
}

// after is the run that follows one on a day; empty when there is none.
func (s schedule) after(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	next := ""
	switch s.Every {
	case "weekly":
		next = at.AddDate(0, 0, 7).Format(time.DateOnly)
	case "monthly":
		next = onDay(at.Year(), at.Month()+1, s.Day, time.UTC).Format(time.DateOnly)
	}
	if s.Until != "" && next > s.Until {
		return ""
	}
	return next
}

// inWords says when a schedule runs.
func (s schedule) inWords() (zh, en string) {
	at, err := time.Parse(time.DateOnly, s.Next)
	if err != nil {
		return "", ""
	}
	switch s.Every {
	case "weekly":
		zh, en = "每周"+[]string{"日", "一", "二", "三", "四", "五", "六"}[at.Weekday()], "every "+at.Weekday().String()
	case "monthly":
		zh, en = fmt.Sprintf("每月%d日", s.Day), fmt.Sprintf("on day %d of every month", s.Day)
		switch {
		case s.Day == 31:
			zh, en = "每月最后一天（没有31日的月份在月底那天）", "on the last day of every month (day 31 where there is one)"
		case s.Day > 28:
			zh, en = zh+"（没有这一天的月份在月底那天）", en+" (the last day of a shorter month)"
		}
	case "next_day":
		return "次日到账", "on the next day"
	default:
		return "只转一次", "once"
	}
	if s.Until != "" {
		zh, en = zh+"，到"+s.Until+"为止", en+", until "+s.Until
	}
	return zh, en
}

// planned reads an order into a schedule with its first day; a Refusal says what
// does not fit.
func (b *Bank) planned(in ScheduleIn, o order, now time.Time) (schedule, *Refusal) {
	s := schedule{Payee: in.Payee, PayeeName: o.payee.Name, Account: in.Account, Amount: o.amount.String(), Memo: in.Memo, Every: in.Every, Until: in.Until}
	today := now.Format(time.DateOnly)
	switch day, err := strconv.ParseFloat(in.Day, 64); {
	case in.Every == "next_day":
		s.Next = now.AddDate(0, 0, 1).Format(time.DateOnly)
	case in.Every == "monthly" && in.Date == "" && in.Day != "":
		if err != nil || day < 1 || day > 31 || day != float64(int(day)) {
			return s, refuse("day_form", "每月几号要在1到31之间，请再说一个日子。", "The day of the month must be from 1 to 31. Please name another.")
		}
		s.Day = int(day)
		s.Next = onDay(now.Year(), now.Month(), s.Day, now.Location()).Format(time.DateOnly)
		if s.Next <= today {
			s.Next = s.after(s.Next)
		}
	default:
		at, err := time.Parse(time.DateOnly, in.Date)
		if err != nil {
			return s, refuse("date_form", "没有听清日期，请再说一遍，比如“12月1号”。", "Please give the date again, such as 1 December.")
		}
		s.Next, s.Day = in.Date, at.Day()
		if n := int(day); n > s.Day && n <= 31 && onDay(at.Year(), at.Month(), n, at.Location()).Equal(at) {
			s.Day = n // the last day, from a shorter month on
		}
	}
	switch {
	case s.Next <= today:
		return s, refuse("date_past", "预约要从明天起。今天就转的话，直接说“转账”就行。", "A schedule begins tomorrow at the earliest. To send it today, just ask for a transfer.")
	case s.Next > now.AddDate(0, 0, scheduleMost).Format(time.DateOnly):
		return s, refuse("date_far", "最多可以预约到一年以后，请说一个近些的日子。", "A schedule can begin within a year. Please name an earlier day.")
	case s.Until != "" && s.Until < s.Next:
		return s, refuse("until_past", "截止日在第一次之前，请再说一个截止日。", "The last day lies before the first. Please name another.")
	}
	return s, nil
}

// mayWait says why a transfer could not be ordered for later. What the balance and
// the limits will be on the day nobody knows: they are judged when it runs.
func (b *Bank) mayWait(ctx context.Context, db querier, o order, now time.Time) (*Refusal, error) {
	o.limit = fen.Max
	no, err := b.judge(ctx, db, o, now)
	if err != nil || no == nil || no.Code == "insufficient_balance" {
		return nil, err
	}
	return no, nil
}

func (b *Bank) schedulesQuote(ctx context.Context, in ScheduleIn) (ScheduleQuote, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return ScheduleQuote{}, err
	}
	o, err := b.load(ctx, b.pool, "Customer", in.CustomerIn, in.Account, in.Payee, amount)
	if err != nil {
		return ScheduleQuote{}, err
	}
	now := b.now()
	out := ScheduleQuote{Dates: []string{}, Level: o.level()}
	s, no := b.planned(in, o, now)
	if out.Refusal = no; no != nil {
		return out, nil //nolint:nilerr // a refusal is the answer, not a fault
	}
	if out.Refusal, err = b.mayWait(ctx, b.pool, o, now); err != nil {
		return ScheduleQuote{}, err
	}
	out.First = s.Next
	out.When, out.WhenEN = s.inWords()
	for day := s.Next; day != "" && len(out.Dates) < 3; day = s.after(day) {
		out.Dates = append(out.Dates, day)
	}
	out.Note, out.NoteEN = "遇节假日照常转", "It runs on holidays too"
	if o.payee.Bank != ownBank && amount > largeFrom {
		out.Note, out.NoteEN = "遇节假日顺延到下一个工作日", "On a holiday it waits for the next working day"
	}
	return out, nil
}

func (b *Bank) scheduleSubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	amount, err := amountOf("args.amount", bound["amount"])
	if err != nil {
		return "", err
	}
	o, err := b.load(ctx, tx, "Customer", CustomerIn{Customer: customer.ID}, bound["account"], bound["payee"], amount)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("预约向%s（尾号%s）转账，每次%s元", o.payee.Name, o.payee.tail(), amount), nil
}

func (b *Bank) scheduleAdd(ctx context.Context, tx pgx.Tx, a act, in ScheduleIn) (ScheduleDone, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return ScheduleDone{}, err
	}
	o, err := b.load(ctx, tx, "CustomerLocked", in.CustomerIn, in.Account, in.Payee, amount)
	if err != nil {
		return ScheduleDone{}, err
	}
	bound := map[string]string{"account": in.Account, "payee": in.Payee, "amount": amount.String(), "every": in.Every}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, o.level(), bound); err != nil {
		return ScheduleDone{}, err
	}
	s, no := b.planned(in, o, a.now)
	if no == nil {
		if no, err = b.mayWait(ctx, tx, o, a.now); err != nil {
			return ScheduleDone{}, err
		}
	}
	if no == nil {
		if no, err = b.riskRefusal(ctx, tx, in.Customer, o.payee, a.now); err != nil {
			return ScheduleDone{}, err
		}
	}
	if no != nil {
		return ScheduleDone{}, no
	}
	number, err := b.number(ctx, tx, "S", a.now)
	if err != nil {
		return ScheduleDone{}, err
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "schedule", number, "active", s); err != nil {
		return ScheduleDone{}, err
	}
	zh, en := s.inWords()
	b.told(a, o.customer, number, o.payee.Name, fmt.Sprintf("您已预约%s起向%s转账%s元（%s），编号%s。", s.Next, o.payee.Name, amount, zh, number))
	return ScheduleDone{
		Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: o.payee.Name, NameEN: o.payee.Name}, Amount: amount.String(), First: s.Next, When: zh, WhenEN: en,
	}, nil
}

func (b *Bank) schedulesList(ctx context.Context, in CustomerIn) (Schedules, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return Schedules{}, err
	}
	if err := b.RunDue(ctx); err != nil {
		return Schedules{}, err
	}
	return b.schedulesOf(ctx, in)
}

// schedulesOf lists what waits, without running what is due.
func (b *Bank) schedulesOf(ctx context.Context, in CustomerIn) (Schedules, error) {
	rows, err := recordsOf[schedule](ctx, b, b.pool, in.Customer, "schedule")
	if err != nil {
		return Schedules{}, err
	}
	out := Schedules{Schedules: []Schedule{}}
	for _, r := range rows {
		if r.Status != "active" {
			continue
		}
		account, _, err := one[accountRow](ctx, b, b.pool, "Account", r.Value.Account, in.Customer)
		if err != nil {
			return Schedules{}, err
		}
		s := r.Value
		v := Schedule{
			ID: r.ID, Name: s.PayeeName, NameEN: s.PayeeName, Amount: s.Amount, AccountTail: account.Tail, Next: s.Next, Every: s.Every,
			Last: s.Last, LastEN: s.LastEN, Revocable: true,
		}
		v.When, v.WhenEN = s.inWords()
		out.Schedules = append(out.Schedules, v)
	}
	return out, nil
}

// transfersRevocable is what waits, and behind it what went out lately: those have
// arrived or are on their way and no bank can take them back.
func (b *Bank) transfersRevocable(ctx context.Context, in CustomerIn) (Schedules, error) {
	out, err := b.schedulesList(ctx, in)
	if err != nil {
		return out, err
	}
	sent, err := b.sentLately(ctx, in.Customer, b.now().AddDate(0, 0, -7))
	if err != nil {
		return out, err
	}
	for _, m := range sent {
		at := m.at.In(b.cfg.Zone)
		out.Schedules = append(out.Schedules, Schedule{
			ID: m.number, Name: m.receipt.PayeeName, NameEN: m.receipt.PayeeName, Amount: m.receipt.Amount, AccountTail: m.receipt.AccountTail,
			When: at.Format("1月2日15:04") + "已转出", WhenEN: "sent " + at.Format("2 Jan 15:04"), Next: at.Format(time.DateOnly), Every: "once",
		})
	}
	return out, nil
}

// waiting reads a schedule that has not run to its end, and locks it.
func (b *Bank) waiting(ctx context.Context, tx pgx.Tx, customer, id string) (record[schedule], error) {
	r, ok, err := recordOf[schedule](ctx, b, tx, customer, "schedule", id)
	if err != nil {
		return r, err
	}
	switch {
	case !ok:
		return r, refuse("schedule_unknown", "没有查到这笔预约，请重新选择。", "That scheduled transfer was not found. Please choose again.")
	case r.Status == "done":
		return r, refuse("already_sent", "这笔到日子已经转出，撤不回来了。转错了的话我可以帮您联系收款行。",
			"It has run and the money has been sent; it cannot be revoked. If it was a mistake, we can contact the payee's bank.")
	case r.Status != "active":
		return r, refuse("already_revoked", "这笔之前已经撤销，不会再转。", "It has been revoked before and will not run.")
	}
	return r, nil
}

func (b *Bank) scheduleRevoke(ctx context.Context, tx pgx.Tx, a act, in ScheduleRevokeIn) (ScheduleDone, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return ScheduleDone{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"schedule": in.Schedule}); err != nil {
		return ScheduleDone{}, err
	}
	r, err := b.waiting(ctx, tx, in.Customer, in.Schedule)
	if err != nil {
		return ScheduleDone{}, err
	}
	number, err := b.number(ctx, tx, "S", a.now)
	if err != nil {
		return ScheduleDone{}, err
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, "ended", r.Value); err != nil {
		return ScheduleDone{}, err
	}
	s := r.Value
	zh, en := s.inWords()
	b.told(a, customer, number, s.PayeeName, fmt.Sprintf("您已撤销给%s的转账%s元（%s），没有扣款，编号%s。", s.PayeeName, s.Amount, zh, number))
	return ScheduleDone{
		Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: s.PayeeName, NameEN: s.PayeeName}, Amount: s.Amount, First: s.Next, When: zh, WhenEN: en,
	}, nil
}
