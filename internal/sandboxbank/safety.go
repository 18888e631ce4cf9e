package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	pauseFor   = 30 * time.Minute // how long money rests on a first word of fraud
	recentDays = 3                // transfers of so many days are shown to choose from
	stopReason = "本人申请紧急止付"
)

// pause is money out held for a short while, as kept; it ends by itself.
type pause struct {
	Until time.Time `json:"until"`
}

// Pause says until when nothing goes out.
type Pause struct {
	Until   string `json:"until"`
	Minutes int    `json:"minutes" doc:"Left of it"`
}

// RecentTransfer is a transfer that may have gone to a fraudster. Name is the
// payee's with the amount, so that either finds it.
type RecentTransfer struct {
	ID     string `json:"id" doc:"The receipt's number"`
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
	Amount string `json:"amount"`
	Tail   string `json:"tail"`
	Time   string `json:"time"`
}

// RecentTransfers is what went out in the last days, newest first.
type RecentTransfers struct {
	Transfers []RecentTransfer `json:"transfers" nullable:"false"`
}

// FraudStopIn stops money out until a person has looked. It needs no step-up: it
// only protects.
type FraudStopIn struct {
	CustomerIn
	Happened  string `json:"happened" enum:"paid,told,shared,doubt"`
	Transfer  string `json:"transfer,omitempty" maxLength:"40" doc:"Receipt number of the transfer to the fraudster"`
	Reference string `json:"reference,omitempty" maxLength:"100"`
}

// FraudStop is a stop that holds until a colleague lifts it on video.
type FraudStop struct {
	Number   string `json:"number"`
	Time     string `json:"time"`
	Accounts string `json:"accounts" doc:"Tails of the accounts stopped, joined with 、"`
	Party    string `json:"party" doc:"Who was paid; empty when no transfer was named"`
	Amount   string `json:"amount"`
}

func (f FraudStop) number() string { return f.Number }

// fraudCase is a stop as kept.
type fraudCase struct {
	Happened string `json:"happened"`
	Transfer string `json:"transfer"`
	Party    string `json:"party"`
	Amount   string `json:"amount"`
}

// safetyRoutes serves checks of strangers, emergency stops and devices.
func (b *Bank) safetyRoutes(api huma.API) {
	read(b, api, "safety.pause", "Hold money out for half an hour; again while it holds changes nothing", b.safetyPause)
	read(b, api, "safety.recent_transfers", "Transfers of the last days", b.recentTransfers)
	read(b, api, "safety.check", "What is known of a number, an account or a link", b.safetyCheck)
	read(b, api, "devices.list", "Where the customer is signed in", b.devicesList)
	change(b, api, business{operation: "bank.fraud_stop", summary: "Stop money out until a person has looked"}, b.fraudStop)
	change(b, api, business{
		operation: "bank.device_remove", summary: "Sign a device out for good", level: "L3", bound: []string{"device"}, subject: b.deviceSubject,
	}, b.deviceRemove)
	change(b, api, business{
		operation: "bank.login_password", summary: "Set the login password", level: "L3", bound: []string{"what"},
		subject: func(context.Context, pgx.Tx, customerRow, map[string]string) (string, error) {
			return "修改登录密码", nil
		},
		secrets: []SecureField{
			{Name: "new_pin", Label: "新登录密码", LabelEN: "New login password", Digits: 6},
			{Name: "new_pin_again", Label: "再输一次新登录密码", LabelEN: "New login password again", Digits: 6},
		},
	}, b.loginPassword)
}

// pausedUntil is when a pause ends that holds now; false when none does.
func (b *Bank) pausedUntil(ctx context.Context, db querier, customer string, now time.Time) (time.Time, bool, error) {
	rows, err := recordsOf[pause](ctx, b, db, customer, "safety_pause")
	if err != nil {
		return time.Time{}, false, err
	}
	for _, r := range rows {
		if r.Status == "active" && now.Before(r.Value.Until) {
			return r.Value.Until, true, nil
		}
	}
	return time.Time{}, false, nil
}

// paused is the refusal of money out while a pause holds, nil when none does.
func (b *Bank) paused(ctx context.Context, db querier, customer string, now time.Time) (*Refusal, error) {
	until, holds, err := b.pausedUntil(ctx, db, customer, now)
	if err != nil || !holds {
		return nil, err
	}
	at := until.In(b.cfg.Zone).Format("15:04")
	return refuse("paused", "您刚说可能遇到诈骗，转出已暂停到"+at+"。请等安全专席的同事核实，或到时再办。",
		"Money out is held until "+at+" because you said that this may be a fraud. Wait for the safety desk or come back then."), nil
}

// safetyPause holds money out. It is a read of the interface because it needs no
// key: asked for twice it is the same pause, and it ends by itself.
func (b *Bank) safetyPause(ctx context.Context, in CustomerIn) (Pause, error) {
	now := b.now()
	out := Pause{}
	var events []Event
	err := pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
		if err != nil || !ok {
			return orRefuse(err, unknownCustomer())
		}
		until, holds, err := b.pausedUntil(ctx, tx, in.Customer, now)
		if err != nil {
			return err
		}
		if !holds {
			a := act{operation: "safety.pause", now: now, events: &events}
			number, err := b.number(ctx, tx, "Z", now)
			if err != nil {
				return err
			}
			until = now.Add(pauseFor)
			if err := b.addRecord(ctx, tx, a, in.Customer, "safety_pause", number, "active", pause{Until: until}); err != nil {
				return err
			}
			a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: number})
			a.tell(Event{
				Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
				Text: fmt.Sprintf("【示例银行】因您反映可能遇到诈骗，您名下转账已暂停到%s，到时自动恢复。", until.Format("15:04")),
			})
		}
		out = Pause{Until: until.In(b.cfg.Zone).Format(time.RFC3339), Minutes: int(until.Sub(now).Minutes())}
		return nil
	})
	if err != nil {
		return Pause{}, err
	}
	b.tray.publish(events...)
	return out, nil
}

type recentRow struct {
	Number    string
	BookedAt  time.Time
	Party     string
	AmountFen fen.Fen
	Tail      string
}

func (b *Bank) recentOf(ctx context.Context, db querier, customer string) ([]recentRow, error) {
	return many[recentRow](ctx, b, db, "RecentTransfers", customer, b.now().AddDate(0, 0, -recentDays))
}

func (b *Bank) recentTransfers(ctx context.Context, in CustomerIn) (RecentTransfers, error) {
	rows, err := b.recentOf(ctx, b.pool, in.Customer)
	if err != nil {
		return RecentTransfers{}, err
	}
	out := RecentTransfers{Transfers: []RecentTransfer{}}
	for _, r := range rows {
		out.Transfers = append(out.Transfers, RecentTransfer{
			ID: r.Number, Name: r.Party, NameEN: r.Party, Amount: r.AmountFen.String(), Tail: r.Tail, Time: r.BookedAt.In(b.cfg.Zone).Format(time.RFC3339),
		})
	}
	return out, nil
}

// fraudStop takes every account that can pay out of use, and asks the payee's
// bank to help when a transfer is named.
func (b *Bank) fraudStop(ctx context.Context, tx pgx.Tx, a act, in FraudStopIn) (FraudStop, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return FraudStop{}, orRefuse(err, unknownCustomer())
	}
	kept := fraudCase{Happened: in.Happened}
	if in.Transfer != "" {
		rows, err := b.recentOf(ctx, tx, in.Customer)
		if err != nil {
			return FraudStop{}, err
		}
		for _, r := range rows {
			if r.Number == in.Transfer {
				kept.Transfer, kept.Party, kept.Amount = r.Number, r.Party, r.AmountFen.String()
			}
		}
		if kept.Transfer == "" {
			return FraudStop{}, refuse("transfer_unknown", "没有查到这笔转账，请重新选择，或说“人工”由专席处理。",
				"That transfer was not found. Please choose again or ask for a person.")
		}
	}
	stopped, err := many[struct{ Tail string }](ctx, b, tx, "RestrictAccounts", in.Customer, stopReason)
	if err != nil {
		return FraudStop{}, err
	}
	if len(stopped) == 0 {
		return FraudStop{}, refuse("already_stopped", "您名下能转出的账户都已经停用，钱出不去，不用再办。",
			"Every account that could pay is stopped already. Nothing can go out.")
	}
	number, err := b.number(ctx, tx, "F", a.now)
	if err != nil {
		return FraudStop{}, err
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "fraud_case", number, "open", kept); err != nil {
		return FraudStop{}, err
	}
	out := FraudStop{Number: number, Time: a.now.Format(time.RFC3339), Party: kept.Party, Amount: kept.Amount}
	for i, s := range stopped {
		if i > 0 {
			out.Accounts += "、"
		}
		out.Accounts += s.Tail
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.fraud_stop", Number: number, Counterparty: kept.Party})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】已按您的要求紧急止付，尾号%s的账户只进不出，编号%s。请拨打110或96110报案。", out.Accounts, number),
	})
	return out, nil
}
