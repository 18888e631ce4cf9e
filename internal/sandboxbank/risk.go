package sandboxbank

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// The rules of the risk service. A payee is new until the first transfer is a day
// old; what went to a new payee within that day counts together, so that a sum
// can't be split.
const (
	riskDay    = 24 * time.Hour
	warnLarge  = fen.Fen(10_000_00) // to a new payee
	elderLarge = fen.Fen(20_000_00) // to a new payee of a customer of elderFrom: held
)

// RiskCheckIn is what is about to happen: the six facts, what the conversation
// sounded like, and whether the customer was warned of this payee and answered.
type RiskCheckIn struct {
	CustomerIn
	Account     string          `json:"account" maxLength:"40"`
	Transaction RiskTransaction `json:"transaction"`
	Device      string          `json:"device" maxLength:"100"`
	Place       string          `json:"place" maxLength:"100" doc:"Where the customer is on the network"`
	Operation   string          `json:"operation" maxLength:"60" example:"bank.transfer"`
	Scams       []string        `json:"scams" nullable:"false" maxItems:"40" doc:"Kinds of fraud the conversation sounds like; those that end with ? are hints"`
	Told        bool            `json:"told" doc:"The customer was warned of this payee and has answered"`
}

// RiskTransaction is what the money is to do. The core judges by what it knows of
// the payee itself; name and first are the caller's view.
type RiskTransaction struct {
	Payee  string `json:"payee,omitempty" maxLength:"40"`
	Name   string `json:"name,omitempty" maxLength:"60"`
	Amount string `json:"amount,omitempty" maxLength:"20"`
	First  bool   `json:"first"`
}

// RiskCheck is the verdict.
type RiskCheck struct {
	Verdict string `json:"verdict" enum:"allow,warn,hold,block"`
	Code    string `json:"code,omitempty"`
	Text    string `json:"text,omitempty" doc:"Why, as a whole sentence in Chinese"`
	TextEN  string `json:"text_en,omitempty" doc:"The same in English"`
	Until   string `json:"until,omitempty" doc:"hold only: when it ends by itself, RFC 3339"`
}

// riskHold is money to one payee that is held, as kept. It knows the payee by the
// account number: saved again under another name it is the same. Without a number
// every new payee is held.
type riskHold struct {
	Number string    `json:"number"`
	Until  time.Time `json:"until"`
	Code   string    `json:"code"`
	Told   string    `json:"told,omitempty"` // what the conversation sounded like
}

// riskRoutes serves the risk service.
func (b *Bank) riskRoutes(api huma.API) {
	read(b, api, "risk.check", "Whether money may move; a hold is remembered for the customer and the payee", b.riskCheck)
}

// riskCheck judges. It is a read of the interface because it needs no key: asked
// twice it is the same hold.
func (b *Bank) riskCheck(ctx context.Context, in RiskCheckIn) (RiskCheck, error) {
	out := RiskCheck{Verdict: "allow"}
	now := b.now()
	var events []Event
	err := pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		events, out = nil, RiskCheck{Verdict: "allow"}
		customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
		if err != nil || !ok {
			return orRefuse(err, unknownCustomer())
		}
		a := act{operation: "risk.check", now: now, events: &events}
		if in.Transaction.Payee == "" {
			if !scammed(in.Scams) || ownMoney(in.Operation) {
				return nil
			}
			out = b.holdWord("scam", now.Add(riskDay))
			return b.keepHold(ctx, tx, a, in, payeeRow{}, out.Code)
		}
		payee, ok, err := one[payeeRow](ctx, b, tx, "Payee", in.Transaction.Payee, in.Customer)
		if err != nil || !ok {
			return orRefuse(err, unknownPayee())
		}
		if out, err = b.standing(ctx, tx, in.Customer, payee, now); err != nil || out.Verdict != "allow" {
			return err
		}
		amount, err := fen.Parse(in.Transaction.Amount)
		if err != nil {
			return badField("transaction.amount", in.Transaction.Amount, err)
		}
		lately, fresh, err := b.paidLately(ctx, tx, in.Customer, payee, now)
		if err != nil {
			return err
		}
		switch sum := amount + lately; {
		case scammed(in.Scams):
			out = b.holdWord("scam", now.Add(riskDay))
		case fresh && customer.age(now) >= elderFrom && sum >= elderLarge:
			out = b.holdWord("elder_first", now.Add(riskDay))
		case fresh && sum >= warnLarge && !in.Told:
			out = RiskCheck{
				Verdict: "warn", Code: "first_large",
				Text:   fmt.Sprintf("您以前没有给%s（尾号%s）转过账，这次金额又比较大。", payee.Name, payee.tail()),
				TextEN: fmt.Sprintf("You have not paid %s (ending %s) before and this is a large sum.", payee.Name, payee.tail()),
			}
		}
		if out.Verdict != "hold" {
			return nil
		}
		return b.keepHold(ctx, tx, a, in, payee, out.Code)
	})
	if err != nil {
		return RiskCheck{}, err
	}
	b.tray.publish(events...)
	return out, nil
}

// keepHold remembers a hold: of one payee, or of every new one where no payee is
// named yet.
func (b *Bank) keepHold(ctx context.Context, tx pgx.Tx, a act, in RiskCheckIn, payee payeeRow, code string) error {
	rows, err := recordsOf[riskHold](ctx, b, tx, in.Customer, "risk_hold")
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Status == "active" && a.now.Before(r.Value.Until) && r.Value.Number == payee.AccountNo && r.Value.Code == code {
			return nil
		}
	}
	number, err := b.number(ctx, tx, "H", a.now)
	if err != nil {
		return err
	}
	kept := riskHold{Number: payee.AccountNo, Until: a.now.Add(riskDay), Code: code, Told: strings.Join(in.Scams, " ")}
	if err := b.addRecord(ctx, tx, a, in.Customer, "risk_hold", number, "active", kept); err != nil {
		return err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: number, Counterparty: payee.Name})
	return nil
}

// scammed says that the signs add up: one sure one, or two hints.
func scammed(scams []string) bool {
	weight := 0
	for _, name := range scams {
		if weight++; !strings.HasSuffix(name, "?") {
			weight++
		}
	}
	return weight > 1
}

// ownMoney are the operations that leave the money with the customer: into the
// bank's own products, or back to what is owed.
func ownMoney(operation string) bool {
	return slices.Contains([]string{
		"bank.deposit_open", "bank.wealth_buy", "bank.loan_prepay", "bank.credit_repay", "bank.limit_lower", "bank.wallet_return",
		"bank.pension_pay", "bank.certificate_issue", "bank.instalment_open",
	}, operation)
}

// standing is the verdict that already stands for a payee: on the list, held, or
// new while another is held because of a scam, which is the same story.
func (b *Bank) standing(ctx context.Context, db querier, customer string, payee payeeRow, now time.Time) (RiskCheck, error) {
	for _, r := range reports() {
		if r.what == payee.Name+payee.tail() {
			return RiskCheck{
				Verdict: "block", Code: "listed",
				Text: "收款方被举报过：" + r.why + "。", TextEN: "The payee has been reported: " + r.whyEN + ".",
			}, nil
		}
	}
	rows, err := recordsOf[riskHold](ctx, b, db, customer, "risk_hold")
	if err != nil {
		return RiskCheck{}, err
	}
	for _, r := range rows {
		h := r.Value
		if r.Status == "active" && now.Before(h.Until) && (h.Number == payee.AccountNo || h.Code == "scam" && payee.PaidCount == 0) {
			return b.holdWord(h.Code, h.Until), nil
		}
	}
	return RiskCheck{Verdict: "allow"}, nil
}

func (b *Bank) holdWord(code string, until time.Time) RiskCheck {
	out := RiskCheck{
		Verdict: "hold", Code: code, Until: until.In(b.cfg.Zone).Format(time.RFC3339),
		Text:   "您说的情况和常见的诈骗很像。",
		TextEN: "What you told sounds like a common fraud.",
	}
	if code == "elder_first" {
		out.Text, out.TextEN = "第一次给这位收款人转，金额比较大。", "This is the first transfer to this payee and a large sum."
	}
	return out
}

// paidLately is what went to a payee within the last day, and whether the payee
// is new: nothing was ever paid before that day.
func (b *Bank) paidLately(ctx context.Context, db querier, customer string, payee payeeRow, now time.Time) (fen.Fen, bool, error) {
	type lately struct {
		SumFen fen.Fen
		Times  int64
	}
	l, _, err := one[lately](ctx, b, db, "PaidLately", customer, payee.ID, now.Add(-riskDay))
	return l.SumFen, int64(payee.PaidCount) <= l.Times, err
}

// riskRefusal is the refusal of an act whose payee is held or blocked: the core
// keeps to it even where nobody asked the risk service.
func (b *Bank) riskRefusal(ctx context.Context, db querier, customer string, payee payeeRow, now time.Time) (*Refusal, error) {
	v, err := b.standing(ctx, db, customer, payee, now)
	if err != nil || v.Verdict == "allow" {
		return nil, err
	}
	no := refuse("risk_"+v.Verdict, v.Text, v.TextEN)
	no.Until = v.Until
	return no, nil
}
