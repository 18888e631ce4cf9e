package sandboxbank

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// limitRaise is a higher limit for a while; it ends by itself after Until.
type limitRaise struct {
	Amount string `json:"amount"`
	Until  string `json:"until"` // the last day, 2006-01-02
}

// channelLimit is a limit that a customer has set for a channel.
type channelLimit struct {
	Amount string `json:"amount"`
}

// channel is a way to spend with a limit of its own a day.
type channel struct {
	id, name, nameEN string
	usual, most      fen.Fen // most is what a customer may raise it to alone
}

// The channels; what mobile transfers have a day stands in the customer's row.
func channels() []channel {
	return []channel{
		{"mobile", "手机银行转账", "Mobile transfers", 0, 500_000_00},
		{"quick", "网上快捷支付", "Online payments", 10_000_00, 50_000_00},
		{"atm", "自助机取现", "Cash machines", 20_000_00, 20_000_00},
	}
}

// Limit is one channel's limit.
type Limit struct {
	ID     string `json:"id" enum:"mobile,quick,atm"`
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
	Daily  string `json:"daily"`
	Single string `json:"single" doc:"A single transfer; empty when only the day counts"`
	Left   string `json:"left" doc:"Of today; empty when the core does not count it"`
	Most   string `json:"most" doc:"What can be raised to without a review"`
	Until  string `json:"until" doc:"A raise ends after this day; empty when none"`
}

// Limits is every channel's.
type Limits struct {
	Limits []Limit `json:"limits" nullable:"false"`
	Left   string  `json:"left" doc:"What can still be sent today by mobile"`
}

// LimitIn asks for another limit.
type LimitIn struct {
	CustomerIn
	Channel   string `json:"channel" enum:"mobile,quick,atm"`
	Amount    string `json:"amount" maxLength:"16" doc:"A day"`
	Days      string `json:"days,omitempty" maxLength:"2" doc:"How long a raise holds, today included; 1 when left out"`
	Reference string `json:"reference,omitempty" maxLength:"100"`
}

// LimitQuote says which way a change goes and what it needs.
type LimitQuote struct {
	Direction string   `json:"direction" enum:"lower,raise,same"`
	Now       string   `json:"now"`
	Until     string   `json:"until" doc:"The last day of a raise"`
	Refusal   *Refusal `json:"refusal"`
}

// LimitDone is a limit that was changed.
type LimitDone struct {
	Done
	Amount string `json:"amount"`
	Until  string `json:"until"`
}

func (b *Bank) limitRoutes(api huma.API) {
	read(b, api, "limits.list", "The limits of every channel", b.limitsList)
	read(b, api, "limits.quote", "What a change of limit needs", b.limitsQuote)
	change(b, api, business{operation: "bank.limit_lower", summary: "Lower a limit"}, b.limitSet("lower"))
	change(b, api, business{
		operation: "bank.limit_raise", summary: "Raise a limit for some days", level: "L3", bound: []string{"channel", "amount", "days"},
		subject: func(_ context.Context, _ pgx.Tx, _ customerRow, bound map[string]string) (string, error) {
			return fmt.Sprintf("把每日限额调高到%s元，%s天", bound["amount"], bound["days"]), nil
		},
	}, b.limitSet("raise"))
}

// raised is a customer with the limits that hold today.
func (b *Bank) raised(ctx context.Context, db querier, c customerRow) (customerRow, error) {
	r, err := b.raiseOf(ctx, db, c.ID, "mobile")
	if err != nil || r.Until == "" {
		return c, err
	}
	amount, err := fen.Parse(r.Amount)
	if err != nil {
		return c, fmt.Errorf("read the raised limit: %w", err)
	}
	c.DailyLimitFen, c.SingleLimitFen = max(c.DailyLimitFen, amount), max(c.SingleLimitFen, amount)
	return c, nil
}

// raiseOf is the raise of a channel that holds today; empty when none does.
func (b *Bank) raiseOf(ctx context.Context, db querier, customer, channel string) (limitRaise, error) {
	rows, err := recordsOf[limitRaise](ctx, b, db, customer, "limit_raise")
	if err != nil {
		return limitRaise{}, err
	}
	today := b.now().Format(time.DateOnly)
	for _, r := range rows {
		if r.ID == raiseID(customer, channel) && r.Status == "active" && r.Value.Until >= today {
			return r.Value, nil
		}
	}
	return limitRaise{}, nil
}

func raiseID(customer, channel string) string { return "LR-" + customer + "-" + channel }
func limitID(customer, channel string) string { return "LC-" + customer + "-" + channel }

func (b *Bank) limitsOf(ctx context.Context, db querier, id string) ([]Limit, error) {
	c, ok, err := one[customerRow](ctx, b, db, "Customer", id)
	if err != nil || !ok {
		return nil, orRefuse(err, unknownCustomer())
	}
	if c, err = b.raised(ctx, db, c); err != nil {
		return nil, err
	}
	own, err := recordsOf[channelLimit](ctx, b, db, id, "limit")
	if err != nil {
		return nil, err
	}
	spent, _, err := value[fen.Fen](ctx, b, db, "TransferredSince", id, midnight(b.now()))
	if err != nil {
		return nil, err
	}
	var out []Limit
	for _, ch := range channels() {
		r, err := b.raiseOf(ctx, db, id, ch.id)
		if err != nil {
			return nil, err
		}
		l := Limit{ID: ch.id, Name: ch.name, NameEN: ch.nameEN, Most: ch.most.String(), Until: r.Until, Daily: ch.usual.String()}
		if ch.id == "mobile" {
			l.Daily, l.Single, l.Left = c.DailyLimitFen.String(), c.SingleLimitFen.String(), max(0, c.DailyLimitFen-spent).String()
		} else {
			for _, o := range own {
				if o.ID == limitID(id, ch.id) {
					l.Daily = o.Value.Amount
				}
			}
			l.Daily = cmp.Or(r.Amount, l.Daily)
		}
		out = append(out, l)
	}
	return out, nil
}

func (b *Bank) limitsList(ctx context.Context, in CustomerIn) (Limits, error) {
	all, err := b.limitsOf(ctx, b.pool, in.Customer)
	if err != nil {
		return Limits{}, err
	}
	return Limits{Limits: all, Left: all[0].Left}, nil
}

func (b *Bank) judgeLimit(ctx context.Context, db querier, in LimitIn) (LimitQuote, Limit, error) {
	all, err := b.limitsOf(ctx, db, in.Customer)
	if err != nil {
		return LimitQuote{}, Limit{}, err
	}
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return LimitQuote{}, Limit{}, err
	}
	var l Limit
	for _, x := range all {
		if x.ID == in.Channel {
			l = x
		}
	}
	now, err := fen.Parse(l.Daily)
	if err != nil {
		return LimitQuote{}, l, fmt.Errorf("read the limit: %w", err)
	}
	most, err := fen.Parse(l.Most)
	if err != nil {
		return LimitQuote{}, l, fmt.Errorf("read the limit: %w", err)
	}
	out := LimitQuote{Direction: "lower", Now: l.Daily}
	switch {
	case amount == now:
		out.Direction = "same"
	case amount > now:
		out.Direction = "raise"
		days := map[string]int{"": 0, "1": 0, "7": 6, "30": 29}[in.Days]
		out.Until = b.now().AddDate(0, 0, days).Format(time.DateOnly)
		switch {
		case in.Channel == "atm":
			out.Refusal = refuse("limit_fixed", "自助机取现每天最多20000元，这是统一规定，不能调高。需要更多现金可以预约网点取款。",
				"Cash machines give at most CNY 20,000 a day by rule; it cannot be raised. For more, book cash at a branch.")
		case amount > most:
			out.Refusal = refuse("limit_review", fmt.Sprintf("自己最多能调到每天%s元，再高要由同事视频审核用途证明后才能调。", l.Most),
				fmt.Sprintf("You can raise it to CNY %s a day yourself. Above that a colleague reviews the purpose by video.", l.Most))
		}
	}
	return out, l, nil
}

func (b *Bank) limitsQuote(ctx context.Context, in LimitIn) (LimitQuote, error) {
	out, _, err := b.judgeLimit(ctx, b.pool, in)
	return out, err
}

// limitSet lowers a limit for good, or raises it for some days. Each does only
// its own direction, so that nothing raises a limit without L3.
func (b *Bank) limitSet(direction string) func(context.Context, pgx.Tx, act, LimitIn) (LimitDone, error) {
	return func(ctx context.Context, tx pgx.Tx, a act, in LimitIn) (LimitDone, error) {
		customer, err := b.lockedCustomer(ctx, tx, in.Customer)
		if err != nil {
			return LimitDone{}, err
		}
		amount, err := amountOf("amount", in.Amount)
		if err != nil {
			return LimitDone{}, err
		}
		if direction == "raise" {
			bound := map[string]string{"channel": in.Channel, "amount": amount.String(), "days": in.Days}
			if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L3", bound); err != nil {
				return LimitDone{}, err
			}
		}
		q, l, err := b.judgeLimit(ctx, tx, in)
		if err != nil || q.Refusal != nil {
			return LimitDone{}, orRefuse(err, q.Refusal)
		}
		if q.Direction != direction {
			return LimitDone{}, refuse("limit_direction", "限额刚有变化，现在是每天"+q.Now+"元。请重新核对。", "The limit has changed meanwhile; it is CNY "+q.Now+" a day now. Please check again.")
		}
		number, err := b.number(ctx, tx, "L", a.now)
		if err != nil {
			return LimitDone{}, err
		}
		raise := limitRaise{Amount: amount.String(), Until: q.Until}
		status := "active"
		if direction == "lower" {
			status = "ended"
			if in.Channel == "mobile" {
				if _, err := tx.Exec(ctx, b.q("SetLimits"), in.Customer, min(customer.SingleLimitFen, amount), amount); err != nil {
					return LimitDone{}, fmt.Errorf("set the limits: %w", err)
				}
			} else if err := b.keepRecord(ctx, tx, a.now, in.Customer, "limit", limitID(in.Customer, in.Channel), "active", channelLimit{Amount: amount.String()}); err != nil {
				return LimitDone{}, err
			}
		}
		if err := b.keepRecord(ctx, tx, a.now, in.Customer, "limit_raise", raiseID(in.Customer, in.Channel), status, raise); err != nil {
			return LimitDone{}, err
		}
		until := ""
		if q.Until != "" {
			until = "，到" + q.Until + "自动恢复"
		}
		b.told(a, customer, number, "", fmt.Sprintf("您的%s每日限额已改为%s元%s，编号%s。非本人操作请速联系我行。", l.Name, amount, until, number))
		return LimitDone{Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: l.Name, NameEN: l.NameEN}, Amount: amount.String(), Until: q.Until}, nil
	}
}
