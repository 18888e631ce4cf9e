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

// heldFor is how long money rests when a customer insists on a payment that the
// safety desk has warned of.
const heldFor = 24 * time.Hour

// RecordedQuote is what a purchase after a recorded explanation needs.
type RecordedQuote struct {
	BuyQuote
	Needed bool `json:"needed" doc:"A recording is needed; otherwise the customer buys alone"`
}

// WealthRecordedIn orders a purchase that was explained on a recorded video and
// allowed by a second person.
type WealthRecordedIn struct {
	BuyQuoteIn
	Review     string `json:"review" maxLength:"40" doc:"The number of the recording; each counts once"`
	Authorised string `json:"authorised" maxLength:"40" doc:"The number of the second person's check"`
	Signature  string `json:"signature" maxLength:"100" doc:"Of the signed risk statement"`
	Reference  string `json:"reference" maxLength:"100"`
}

// RiskInterviewIn keeps the rating of answers that a person asked for.
type RiskInterviewIn struct {
	AssessIn
	Review    string `json:"review" maxLength:"40" doc:"The number of the recorded interview; each counts once"`
	Reference string `json:"reference" maxLength:"100"`
}

// heldTransfer is a transfer that the bank's rules stopped before it was booked,
// as kept.
type heldTransfer struct {
	Account  string `json:"account"`
	Payee    string `json:"payee"`
	Amount   string `json:"amount"`
	At       string `json:"at"`
	Reason   string `json:"reason"`
	ReasonEN string `json:"reason_en"`
}

// Held is a transfer that waits for a person's decision.
type Held struct {
	ID          string `json:"id"`
	Name        string `json:"name" doc:"The payee"`
	NameEN      string `json:"name_en"`
	Amount      string `json:"amount"`
	AccountTail string `json:"account_tail"`
	PayeeTail   string `json:"payee_tail"`
	At          string `json:"at"`
	Reason      string `json:"reason"`
	ReasonEN    string `json:"reason_en"`
}

// HeldList is every transfer that waits.
type HeldList struct {
	Transfers []Held `json:"transfers" nullable:"false"`
}

// HeldReleaseIn lets a held transfer go, after a check and a second person.
type HeldReleaseIn struct {
	CustomerIn
	Transfer   string `json:"transfer" maxLength:"60"`
	Review     string `json:"review" maxLength:"40"`
	Authorised string `json:"authorised" maxLength:"40"`
	Reference  string `json:"reference" maxLength:"100"`
}

// HeldDropIn gives a held transfer up: nothing is paid.
type HeldDropIn struct {
	CustomerIn
	Transfer string `json:"transfer" maxLength:"60"`
}

// HeldDrop is a held transfer that was given up.
type HeldDrop struct {
	Number string `json:"number"`
	Time   string `json:"time"`
	Name   string `json:"name"`
	Amount string `json:"amount"`
}

func (h HeldDrop) number() string { return h.Number }

// DissuadeIn writes down how a talk about a payment that smells of fraud ended.
type DissuadeIn struct {
	CustomerIn
	Outcome   string `json:"outcome" enum:"stopped,insisted" doc:"insisted: money out rests for a day"`
	Story     string `json:"story" enum:"police,romance,invest,loan,refund,family,other"`
	Shared    string `json:"shared" enum:"yes,no" doc:"Whether the screen was shared"`
	Review    string `json:"review" maxLength:"40" doc:"The number of the talk"`
	Signature string `json:"signature,omitempty" maxLength:"100" doc:"Of the signed warning, when insisted"`
}

// Dissuade is a talk that was written down.
type Dissuade struct {
	Number string `json:"number"`
	Time   string `json:"time"`
	Until  string `json:"until" doc:"Until when nothing goes out; empty: nothing is held"`
}

func (d Dissuade) number() string { return d.Number }

// assistedWealthRoutes serves wealth and safety business that a person takes part in.
func (b *Bank) assistedWealthRoutes(api huma.API) {
	read(b, api, "wealth.recorded_quote", "What a purchase needs that is explained on a recorded video", b.recordedQuote)
	read(b, api, "transfers.held", "Transfers that wait for a person's decision", b.heldList)
	change(b, api, business{
		operation: "bank.wealth_buy_recorded", summary: "Buy after a recorded explanation and a second person's word", level: "L4",
		bound: []string{"account", "product", "amount", "review", "authorised", "signature"}, subject: b.recordedSubject,
	}, b.wealthBuyRecorded)
	read(b, api, "wealth.review_brief", "What a manager and a customer look at together", b.reviewBrief)
	change(b, api, business{operation: "bank.review_note", summary: "Keep a note of a look at the holdings"}, b.reviewNote)
	read(b, api, "insurance.list", "Every insurance that is sold", b.policyList)
	read(b, api, "insurance.quote", "What an insurance costs", b.policyQuote)
	change(b, api, business{
		operation: "bank.insurance_apply", summary: "Apply for an insurance after a recording and a second person's word", level: "L4",
		bound: []string{"account", "policy", "years", "amount", "beneficiary", "review", "authorised", "signature"}, subject: b.policySubject,
	}, b.policyApply)
	change(b, api, business{
		operation: "bank.risk_interview", summary: "Keep a risk rating that a person asked for", level: "L4",
		bound: []string{"answers", "review"}, subject: b.interviewSubject,
	}, b.riskInterview)
	change(b, api, business{
		operation: "bank.held_release", summary: "Let a held transfer go", level: "L4",
		bound: []string{"transfer", "review", "authorised"}, subject: b.heldSubject,
	}, b.heldRelease)
	change(b, api, business{operation: "bank.held_drop", summary: "Give a held transfer up"}, b.heldDrop)
	change(b, api, business{operation: "bank.dissuade", summary: "Write down how a talk about a likely fraud ended"}, b.dissuade)
}

// checkUsed uses a check by a person up for a business.
func (b *Bank) checkUsed(ctx context.Context, tx pgx.Tx, a act, customer, review string) error {
	id := "seen-" + strings.ReplaceAll(review, "/", "-") + "-" + customer
	if _, used, err := recordOf[struct{}](ctx, b, tx, customer, "review", id); err != nil || used {
		return orRefuse(err, refuse("review_used", "这次核实已经用过，请重新核实。", "That check has been used. Please be checked again."))
	}
	return b.addRecord(ctx, tx, a, customer, "review", id, "used", map[string]string{"review": review, "for": a.operation})
}

// secondPerson refuses an authorisation by the check that it is to confirm.
func secondPerson(review, authorised string) *Refusal {
	if review == "" || authorised == "" || review == authorised {
		return refuse("second_person", "这笔要由另一位同事授权，还没有授权。", "Another colleague has to authorise this; that has not happened.")
	}
	return nil
}

func (b *Bank) recordedQuote(ctx context.Context, in BuyQuoteIn) (RecordedQuote, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return RecordedQuote{}, err
	}
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return RecordedQuote{}, err
	}
	_, p, no, err := b.buyable(ctx, b.pool, c, in.Account, in.Product, amount, true)
	now := b.now()
	day := tradeDay(now)
	return RecordedQuote{Needed: needsRecording(p, c, now), BuyQuote: BuyQuote{
		TradeOn: day.Format(time.DateOnly), Next: !day.Equal(midnight(now)), CoolUntil: now.Add(coolFor).Format(time.RFC3339), Refusal: no,
	}}, err
}

func (b *Bank) recordedSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	amount, err := amountOf("args.amount", bound["amount"])
	if err != nil {
		return "", err
	}
	_, p, no, err := b.buyable(ctx, tx, c, bound["account"], bound["product"], amount, true)
	if err != nil || no != nil {
		return "", orRefuse(err, no)
	}
	return fmt.Sprintf("双录后买%s%s元", p.name, amount), nil
}

// wealthBuyRecorded is the purchase of scene 32 with the recording, the signed
// statement and the second person it needs.
func (b *Bank) wealthBuyRecorded(ctx context.Context, tx pgx.Tx, a act, in WealthRecordedIn) (WealthBuy, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return WealthBuy{}, err
	}
	if no := secondPerson(in.Review, in.Authorised); no != nil {
		return WealthBuy{}, no
	}
	bound := map[string]string{
		"account": in.Account, "product": in.Product, "amount": amount.String(), "review": in.Review, "authorised": in.Authorised, "signature": in.Signature,
	}
	return b.buy(ctx, tx, a, in.BuyQuoteIn, amount, true, func() error {
		if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L4", bound); err != nil {
			return err
		}
		return b.checkUsed(ctx, tx, a, in.Customer, in.Review)
	})
}

func (b *Bank) interviewSubject(_ context.Context, _ pgx.Tx, _ customerRow, bound map[string]string) (string, error) {
	if len(bound["answers"]) != questions {
		return "", badField("args.answers", bound["answers"], fmt.Errorf("must have %d letters", questions))
	}
	return "提交视频风险测评", nil
}

// riskInterview keeps what a person asked: the age alone is no reason against it.
func (b *Bank) riskInterview(ctx context.Context, tx pgx.Tx, a act, in RiskInterviewIn) (RiskSubmit, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return RiskSubmit{}, orRefuse(err, unknownCustomer())
	}
	no, err := b.assessable(ctx, tx, c, a.now)
	if err != nil || no != nil && no.Code != "age_65" {
		return RiskSubmit{}, orRefuse(err, no)
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L4", map[string]string{"answers": in.Answers, "review": in.Review}); err != nil {
		return RiskSubmit{}, err
	}
	if err := b.checkUsed(ctx, tx, a, in.Customer, in.Review); err != nil {
		return RiskSubmit{}, err
	}
	return b.rate(ctx, tx, a, in.Customer, in.Answers)
}

func (b *Bank) heldList(ctx context.Context, in CustomerIn) (HeldList, error) {
	rows, err := recordsOf[heldTransfer](ctx, b, b.pool, in.Customer, "held_transfer")
	if err != nil {
		return HeldList{}, err
	}
	out := HeldList{Transfers: []Held{}}
	for _, r := range rows {
		if r.Status != "held" {
			continue
		}
		v := r.Value
		account, _, err := one[accountRow](ctx, b, b.pool, "Account", v.Account, in.Customer)
		if err != nil {
			return HeldList{}, err
		}
		payee, _, err := one[payeeRow](ctx, b, b.pool, "Payee", v.Payee, in.Customer)
		if err != nil {
			return HeldList{}, err
		}
		out.Transfers = append(out.Transfers, Held{
			ID: r.ID, Name: payee.Name, NameEN: payee.Name, Amount: v.Amount, AccountTail: account.Tail, PayeeTail: payee.tail(), At: v.At, Reason: v.Reason, ReasonEN: v.ReasonEN,
		})
	}
	return out, nil
}

func noHeld() *Refusal {
	return refuse("held_unknown", "这笔转账已经处理过，不在等核实。", "That transfer has been dealt with and waits no more.")
}

// heldOrder reads a held transfer as the order it is.
func (b *Bank) heldOrder(ctx context.Context, tx pgx.Tx, customer, id string) (record[heldTransfer], order, error) {
	r, ok, err := recordOf[heldTransfer](ctx, b, tx, customer, "held_transfer", id)
	if err != nil || !ok || r.Status != "held" {
		return r, order{}, orRefuse(err, noHeld())
	}
	amount, err := amountOf("amount", r.Value.Amount)
	if err != nil {
		return r, order{}, err
	}
	o, err := b.load(ctx, tx, "CustomerLocked", CustomerIn{Customer: customer}, r.Value.Account, r.Value.Payee, amount)
	return r, o, err
}

func (b *Bank) heldSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	_, o, err := b.heldOrder(ctx, tx, c.ID, bound["transfer"])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("放行给%s（尾号%s）的%s元", o.payee.Name, o.payee.tail(), o.amount), nil
}

// heldRelease books what was held, when nothing else stands against it.
func (b *Bank) heldRelease(ctx context.Context, tx pgx.Tx, a act, in HeldReleaseIn) (Receipt, error) {
	if no := secondPerson(in.Review, in.Authorised); no != nil {
		return Receipt{}, no
	}
	r, o, err := b.heldOrder(ctx, tx, in.Customer, in.Transfer)
	if err != nil {
		return Receipt{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L4", map[string]string{"transfer": in.Transfer, "review": in.Review, "authorised": in.Authorised}); err != nil {
		return Receipt{}, err
	}
	target := o.payee.Account
	if target == "" {
		target = clearing
	}
	locked, err := many[accountRow](ctx, b, tx, "LockAccounts", []string{o.account.ID, target})
	if err != nil {
		return Receipt{}, err
	}
	for _, row := range locked {
		if row.ID == o.account.ID {
			o.account = row
		}
	}
	if no, err := b.judge(ctx, tx, o, a.now); err != nil || no != nil {
		return Receipt{}, orRefuse(err, no)
	}
	if err := b.checkUsed(ctx, tx, a, in.Customer, in.Review); err != nil {
		return Receipt{}, err
	}
	number, err := b.number(ctx, tx, "T", a.now)
	if err != nil {
		return Receipt{}, err
	}
	after, err := b.book(ctx, tx, a, booking{
		number: number, kind: "transfer", customer: in.Customer, payee: o.payee.ID, from: o.account.ID, to: target, amount: o.amount,
		party: o.payee.Name, memo: "核实后放行", category: "transfer",
	})
	if err != nil {
		return Receipt{}, err
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, "released", r.Value); err != nil {
		return Receipt{}, err
	}
	if _, err := tx.Exec(ctx, b.q("PayeePaid"), o.payee.ID); err != nil {
		return Receipt{}, fmt.Errorf("note that the payee was paid: %w", err)
	}
	out := Receipt{
		Number: number, Time: a.now.Format(time.RFC3339), Amount: o.amount.String(), PayeeName: o.payee.Name, PayeeBank: o.payee.Bank, PayeeBankEN: bankEN(o.payee.Bank),
		PayeeTail: o.payee.tail(), AccountTail: o.account.Tail, Fee: fen.Fen(0).String(), BalanceAfter: after.String(),
	}
	out.Arrival, out.ArrivalEN = o.arrival(a.now)
	a.tell(Event{
		Kind: EventLedger, Customer: in.Customer, Operation: "bank.held_release", Number: number, Amount: (-o.amount).String(),
		AccountTail: o.account.Tail, Counterparty: o.payee.Name, BalanceAfter: after.String(),
	})
	return out, nil
}

func (b *Bank) heldDrop(ctx context.Context, tx pgx.Tx, a act, in HeldDropIn) (HeldDrop, error) {
	r, o, err := b.heldOrder(ctx, tx, in.Customer, in.Transfer)
	if err != nil {
		return HeldDrop{}, err
	}
	number, err := b.number(ctx, tx, "Z", a.now)
	if err != nil {
		return HeldDrop{}, err
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, "dropped", r.Value); err != nil {
		return HeldDrop{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.held_drop", Number: number, Counterparty: o.payee.Name})
	return HeldDrop{Number: number, Time: a.now.Format(time.RFC3339), Name: o.payee.Name, Amount: o.amount.String()}, nil
}

// dissuade needs no step-up: it only protects. Who insists has signed the warning,
// and money out rests for a day, in which the anti-fraud centre may be asked.
func (b *Bank) dissuade(ctx context.Context, tx pgx.Tx, a act, in DissuadeIn) (Dissuade, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return Dissuade{}, orRefuse(err, unknownCustomer())
	}
	if in.Outcome == "insisted" && in.Signature == "" {
		return Dissuade{}, refuse("warning_unsigned", "风险告知书还没有签名，不能记录为坚持转账。", "The warning has not been signed, so insisting can't be recorded.")
	}
	number, err := b.number(ctx, tx, "D", a.now)
	if err != nil {
		return Dissuade{}, err
	}
	out := Dissuade{Number: number, Time: a.now.Format(time.RFC3339)}
	if in.Outcome == "insisted" {
		until := a.now.Add(heldFor)
		if err := b.addRecord(ctx, tx, a, in.Customer, "safety_pause", number+"-P", "active", pause{Until: until}); err != nil {
			return Dissuade{}, err
		}
		out.Until = until.In(b.cfg.Zone).Format(time.RFC3339)
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "dissuasion", number, in.Outcome, in); err != nil {
		return Dissuade{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.dissuade", Number: number})
	text := "请牢记：公检法不会要您转账，没有“安全账户”。"
	if out.Until != "" {
		text = "您坚持转账，我行已书面提示风险，转出暂停24小时核实，到时自动恢复。"
	}
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】安全专席与您的谈话已记录，编号%s。%s反诈专线96110。", number, text),
	})
	return out, nil
}
