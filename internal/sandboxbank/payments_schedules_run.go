package sandboxbank

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// RunDue sends what is due. Too little money is tried again in the evening; then
// this run is given up, the customer told, and a standing one waits for its next
// day. Each run has a key of its own, so that it happens once however often
// RunDue is called.
func (b *Bank) RunDue(ctx context.Context) error {
	now := b.now()
	due, err := many[recordRow](ctx, b, b.pool, "SchedulesDue", now.Format(time.DateOnly))
	if err != nil {
		return err
	}
	for _, row := range due {
		r, err := opened[schedule](row)
		if err != nil {
			return err
		}
		part := "am"
		if now.Hour() >= secondTryHour || r.Value.Next < now.Format(time.DateOnly) {
			part = "pm"
		}
		in := ScheduleRevokeIn{CustomerIn: CustomerIn{Customer: row.Customer}, Schedule: row.ID}
		_, err = run(ctx, b, "bank.schedule_run", row.Customer, "run-"+row.ID+"-"+r.Value.Next+part, in, b.scheduleRun(part == "pm"))
		var no *Refusal
		if err != nil && !errors.As(err, &no) {
			return err
		}
	}
	return nil
}

func (b *Bank) scheduleRun(last bool) bankAct[ScheduleRevokeIn, Receipt] {
	return func(ctx context.Context, tx pgx.Tx, a act, in ScheduleRevokeIn) (Receipt, error) {
		r, err := b.waiting(ctx, tx, in.Customer, in.Schedule)
		if err != nil {
			return Receipt{}, err
		}
		s := r.Value
		amount, err := amountOf("amount", s.Amount)
		if err != nil {
			return Receipt{}, err
		}
		o, err := b.load(ctx, tx, "CustomerLocked", in.CustomerIn, s.Account, s.Payee, amount)
		if err != nil {
			return Receipt{}, err
		}
		target := o.payee.Account
		if target == "" {
			target = clearing
		}
		locked, err := many[accountRow](ctx, b, tx, "LockAccounts", []string{s.Account, target})
		if err != nil {
			return Receipt{}, err
		}
		for _, row := range locked {
			if row.ID == s.Account {
				o.account = row
			}
		}
		no, err := b.judge(ctx, tx, o, a.now)
		if err == nil && no == nil {
			no, err = b.riskRefusal(ctx, tx, in.Customer, o.payee, a.now)
		}
		if err != nil {
			return Receipt{}, err
		}
		day := s.Next
		if no != nil && no.Code == "insufficient_balance" && !last {
			b.told(a, o.customer, "", s.PayeeName, fmt.Sprintf("今天给%s的预约转账%s元因余额不足没有转出，%d点会再试一次，请及时存入。", s.PayeeName, s.Amount, secondTryHour))
			return Receipt{}, no
		}
		s.Next, s.Last, s.LastEN = s.after(day), "", ""
		status := "active"
		if s.Next == "" {
			s.Next, status = day, "done"
		}
		if no != nil {
			s.Last, s.LastEN = day+"没有转出："+no.Text, day+" was not sent: "+no.TextEN
			if status == "done" {
				status = "failed"
			}
			b.told(a, o.customer, "", s.PayeeName, fmt.Sprintf("%s给%s的预约转账%s元没有转出：%s", day, s.PayeeName, s.Amount, no.Text))
			if err := b.changeRecord(ctx, tx, a, r.ID, status, s); err != nil {
				return Receipt{}, err
			}
			return Receipt{}, no
		}
		if err := b.changeRecord(ctx, tx, a, r.ID, status, s); err != nil {
			return Receipt{}, err
		}
		return b.send(ctx, tx, a, o, target, s.Memo)
	}
}

// send books a transfer that was judged, and tells of it.
func (b *Bank) send(ctx context.Context, tx pgx.Tx, a act, o order, target, memo string) (Receipt, error) {
	number, err := b.number(ctx, tx, "T", a.now)
	if err != nil {
		return Receipt{}, err
	}
	after, err := b.book(ctx, tx, a, booking{
		number: number, kind: "transfer", customer: o.customer.ID, payee: o.payee.ID, from: o.account.ID, to: target, amount: o.amount,
		party: o.payee.Name, memo: memo, category: "transfer",
	})
	if err != nil {
		return Receipt{}, err
	}
	if _, err := tx.Exec(ctx, b.q("PayeePaid"), o.payee.ID); err != nil {
		return Receipt{}, fmt.Errorf("note that the payee was paid: %w", err)
	}
	arrival, arrivalEN := o.arrival(a.now)
	a.tell(Event{
		Kind: EventLedger, Customer: o.customer.ID, Operation: a.operation, Number: number, Amount: (-o.amount).String(),
		AccountTail: o.account.Tail, Counterparty: o.payee.Name, BalanceAfter: after.String(),
	})
	return Receipt{
		Number: number, Time: a.now.Format(time.RFC3339), Amount: o.amount.String(), PayeeName: o.payee.Name, PayeeBank: o.payee.Bank,
		PayeeBankEN: bankEN(o.payee.Bank), PayeeTail: o.payee.tail(), AccountTail: o.account.Tail, Fee: fen.Fen(0).String(), BalanceAfter: after.String(), Memo: memo,
		Arrival: arrival, ArrivalEN: arrivalEN,
	}, nil
}
