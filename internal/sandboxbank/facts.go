package sandboxbank

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	maturingWithin = 7              // days before a deposit matures that it is told
	billWithin     = 5              // days before a bill is due
	failedWithin   = 72 * time.Hour // how long a refused transfer is worth a word
	debitWithin    = 45             // days
	subscriptions  = "subscription" //
)

// facts gives what the customer may have come for, most pressing first.
func (b *Bank) customerFacts(ctx context.Context, in CustomerIn) (Facts, error) {
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return Facts{}, err
	}
	accounts, err := many[accountRow](ctx, b, b.pool, "AccountsOf", in.Customer)
	if err != nil {
		return Facts{}, err
	}
	cards, err := many[cardRow](ctx, b, b.pool, "CardsOf", in.Customer)
	if err != nil {
		return Facts{}, err
	}
	now := b.now()
	out := Facts{Facts: []Fact{}}
	for _, card := range cards {
		out.Facts = append(out.Facts, cardFacts(card)...)
	}
	failed, err := b.failedFact(ctx, in.Customer, now)
	if err != nil {
		return Facts{}, err
	}
	out.Facts = append(out.Facts, failed...)
	for _, account := range accounts {
		out.Facts = append(out.Facts, accountFacts(account, now)...)
	}
	if c.idExpired(now) {
		out.Facts = append(out.Facts, Fact{
			Kind: "id_expired", Text: "您留存的身份证件已过期，更新后才能转账", TextEN: "Your identity document has expired; update it to transfer again",
			Reason: "证件有效期到" + date(c.IDExpiresOn), ReasonEN: "Valid until " + date(c.IDExpiresOn), Date: date(c.IDExpiresOn), Days: daysTo(*c.IDExpiresOn, now),
		})
	}
	debits, err := b.unknownDebits(ctx, in.Customer, now)
	if err != nil {
		return Facts{}, err
	}
	out.Facts = append(out.Facts, debits...)
	return out, nil
}

func cardFacts(card cardRow) []Fact {
	switch card.Status {
	case "locked":
		return []Fact{{
			Kind: "card_locked", Text: "您尾号" + card.Tail + "的卡因密码输错被锁定，可以重置密码", TextEN: "Your card ending " + card.Tail + " is locked after wrong PINs; you can reset the PIN",
			Reason: "卡片当前处于锁定状态", ReasonEN: "The card is locked at present", Card: card.ID, Tail: card.Tail,
		}}
	case "lost", "captured":
		until := ""
		if card.LossUntil != nil {
			until = card.LossUntil.Format(time.DateOnly)
		}
		return []Fact{{
			Kind: "card_lost", Text: "您尾号" + card.Tail + "的卡已挂失，可以办理补卡", TextEN: "Your card ending " + card.Tail + " is reported lost; you can ask for a new one",
			Reason: "口头挂失有有效期", ReasonEN: "A report by word of mouth lapses", Card: card.ID, Tail: card.Tail, Date: until,
		}}
	default:
		return nil
	}
}

func accountFacts(a accountRow, now time.Time) []Fact {
	var out []Fact
	if a.BillDueOn != nil && a.BillFen > 0 {
		if days := daysTo(*a.BillDueOn, now); days >= 0 && days <= billWithin {
			out = append(out, Fact{
				Kind: "bill_due", Text: fmt.Sprintf("您尾号%s的信用卡%s到期还款，本期应还%s", a.Tail, inDays(days), a.BillFen.Yuan()),
				TextEN: fmt.Sprintf("CNY %s is due on your credit card ending %s %s", a.BillFen, a.Tail, inDaysEN(days)),
				Reason: "还款日是" + a.BillDueOn.Format("1月2日"), ReasonEN: "Due on " + date(a.BillDueOn), Account: a.ID, Tail: a.Tail,
				Amount: a.BillFen.String(), Date: date(a.BillDueOn), Days: days,
			})
		}
	}
	if a.MaturesOn != nil {
		if days := daysTo(*a.MaturesOn, now); days >= 0 && days <= maturingWithin {
			out = append(out, Fact{
				Kind: "deposit_maturing", Text: fmt.Sprintf("您尾号%s的%s%s到期，本金%s", a.Tail, a.Name, inDays(days), a.BalanceFen.Yuan()),
				TextEN: fmt.Sprintf("Your %s ending %s (CNY %s) matures %s", strings.ToLower(a.NameEN), a.Tail, a.BalanceFen, inDaysEN(days)),
				Reason: "到期日是" + a.MaturesOn.Format("1月2日"), ReasonEN: "Matures on " + date(a.MaturesOn), Account: a.ID, Tail: a.Tail,
				Amount: a.BalanceFen.String(), Date: date(a.MaturesOn), Days: days,
			})
		}
	}
	if a.Status != "normal" {
		word, wordEN := "受到限制", "limited"
		switch a.Status {
		case "frozen":
			word, wordEN = "已被冻结", "frozen"
		case "dormant":
			word, wordEN = "是睡眠户", "dormant"
		}
		out = append(out, Fact{
			Kind: "account_limited", Text: "您尾号" + a.Tail + "的账户" + word + "，可以了解原因和解除办法", TextEN: "Your account ending " + a.Tail + " is " + wordEN + "; see why and what to do",
			Reason: a.StatusReason, ReasonEN: "The account's status is " + a.Status, Account: a.ID, Tail: a.Tail, Code: a.Status,
		})
	}
	return out
}

func (b *Bank) failedFact(ctx context.Context, customer string, now time.Time) ([]Fact, error) {
	type failed struct {
		Code   string
		Answer json.RawMessage
		At     time.Time
	}
	f, ok, err := one[failed](ctx, b, b.pool, "FailedTransfer", customer, now.Add(-failedWithin))
	if err != nil || !ok {
		return nil, err
	}
	var no Refusal
	if err := json.Unmarshal(f.Answer, &no); err != nil {
		return nil, fmt.Errorf("read the recorded refusal: %w", err)
	}
	at := f.At.In(b.cfg.Zone)
	return []Fact{{
		Kind: "transfer_failed", Text: at.Format("1月2日15:04") + "有一笔转账没有成功，可以看看原因", TextEN: "A transfer on " + at.Format("2 Jan 15:04") + " did not go through; see why",
		Reason: no.Text, ReasonEN: no.TextEN, Code: f.Code, Date: at.Format(time.DateOnly), Days: daysTo(at, now),
	}}, nil
}

// unknownDebits are charges by subscription that a customer may not recognise.
func (b *Bank) unknownDebits(ctx context.Context, customer string, now time.Time) ([]Fact, error) {
	from := now.AddDate(0, 0, -debitWithin)
	rows, err := many[transactionRow](ctx, b, b.pool, "Transactions", customer, "", &from, (*time.Time)(nil), "", "out", fen.Fen(0), fen.Fen(0), subscriptions)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	r := rows[0]
	at := r.BookedAt.In(b.cfg.Zone)
	return []Fact{{
		Kind: "unknown_debit", Text: fmt.Sprintf("%s有一笔%s的自动扣款%s，不认得可以查", at.Format("1月2日"), r.Party, (-r.AmountFen).Yuan()),
		TextEN: fmt.Sprintf("%s took CNY %s on %s; ask if you don't recognise it", r.Party, -r.AmountFen, at.Format("2 Jan")),
		Reason: "连续几个月由同一商户自动扣款", ReasonEN: "The same merchant has charged you for months", Account: r.Account, Tail: r.Tail,
		Amount: (-r.AmountFen).String(), Date: at.Format(time.DateOnly), Days: daysTo(at, now),
	}}, nil
}

// daysTo counts whole days of the calendar from now to the day of t.
func daysTo(t, now time.Time) int {
	a := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	z := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return int(z.Sub(a) / (24 * time.Hour))
}

func inDays(days int) string {
	if days == 0 {
		return "今天"
	}
	return fmt.Sprintf("还有%d天", days)
}

func inDaysEN(days int) string {
	switch days {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	default:
		return fmt.Sprintf("in %d days", days)
	}
}
