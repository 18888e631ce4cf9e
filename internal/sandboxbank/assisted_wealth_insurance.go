package sandboxbank

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// thinkDays is how long a customer may take an insurance back in full.
const thinkDays = 15

// policy is an insurance of another company that the (fictional) bank sells.
type policy struct {
	id, name, nameEN string
	what, whatEN     string
	years            []string // for which premiums may be paid
	least            fen.Fen  // premium a year
	oldest           int
}

func policies() []policy {
	return []policy{
		{"IN0001", "示例安稳两全保险", "Example Endowment", "活到期满或身故都给付", "pays at the end or on death", []string{"3", "5"}, 10000_00, 70},
		{"IN0002", "示例长青年金保险", "Example Annuity", "到约定年纪起按年领", "pays every year from an agreed age", []string{"5", "10"}, 5000_00, 60},
		{"IN0003", "示例安心重疾保险", "Example Critical Illness", "确诊约定的重病给付", "pays on an agreed illness", []string{"10"}, 1000_00, 55},
	}
}

// Policy is an insurance as customers see it.
type Policy struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
	What   string `json:"what"`
	WhatEN string `json:"what_en"`
	Least  string `json:"least" doc:"Smallest premium a year"`
}

// Policies is every insurance that is sold.
type Policies struct {
	Policies []Policy `json:"policies" nullable:"false"`
}

// PolicyIn is what a customer wants to be insured with.
type PolicyIn struct {
	CustomerIn
	Account     string `json:"account" maxLength:"40"`
	Policy      string `json:"policy" maxLength:"40"`
	Years       string `json:"years" enum:"3,5,10" doc:"For which the premium is paid"`
	Amount      string `json:"amount" maxLength:"16" doc:"The premium a year"`
	Beneficiary string `json:"beneficiary" maxLength:"60"`
}

// PolicyQuote is what it costs.
type PolicyQuote struct {
	Total      string   `json:"total" doc:"All premiums together"`
	ThinkUntil string   `json:"think_until" doc:"Taken back in full until this day"`
	Surrender  string   `json:"surrender" doc:"About what is left when it is given up after a year"`
	Refusal    *Refusal `json:"refusal"`
}

// PolicyApplyIn applies for an insurance, after a recording and a second person.
type PolicyApplyIn struct {
	PolicyIn
	Review     string `json:"review" maxLength:"40"`
	Authorised string `json:"authorised" maxLength:"40"`
	Signature  string `json:"signature" maxLength:"100"`
	Reference  string `json:"reference" maxLength:"100"`
}

// PolicyApplied is an application that was taken.
type PolicyApplied struct {
	Number       string `json:"number"`
	Time         string `json:"time"`
	Name         string `json:"name"`
	NameEN       string `json:"name_en"`
	Amount       string `json:"amount"`
	Beneficiary  string `json:"beneficiary"`
	ThinkUntil   string `json:"think_until"`
	AccountTail  string `json:"account_tail"`
	BalanceAfter string `json:"balance_after"`
}

func (p PolicyApplied) number() string { return p.Number }

func (b *Bank) policyList(_ context.Context, _ CustomerIn) (Policies, error) {
	out := Policies{Policies: []Policy{}}
	for _, p := range policies() {
		out.Policies = append(out.Policies, Policy{ID: p.id, Name: p.name, NameEN: p.nameEN, What: p.what, WhatEN: p.whatEN, Least: p.least.String()})
	}
	return out, nil
}

// insurable judges an application; nil when it may be made.
func (b *Bank) insurable(ctx context.Context, db querier, c customerRow, in PolicyIn, amount fen.Fen) (accountRow, policy, *Refusal, error) {
	var p policy
	for _, one := range policies() {
		if one.id == in.Policy {
			p = one
		}
	}
	if p.id == "" {
		return accountRow{}, p, refuse("policy_unknown", "没有查到这个保险，请重新选择。", "That insurance was not found. Please choose again."), nil
	}
	a, ok, err := one[accountRow](ctx, b, db, "Account", in.Account, c.ID)
	if err != nil || !ok {
		return a, p, unknownAccount(), err
	}
	no, err := b.paused(ctx, db, c.ID, b.now())
	if err != nil || no != nil {
		return a, p, no, err
	}
	fits := false
	for _, y := range p.years {
		fits = fits || y == in.Years
	}
	switch {
	case c.age(b.now()) > p.oldest:
		no = refuse("age_above", fmt.Sprintf("%s最多%d岁投保，不能卖给您。", p.name, p.oldest), fmt.Sprintf("%s is sold up to age %d, so not to you.", p.nameEN, p.oldest))
	case !fits:
		no = refuse("years_unfit", p.name+"没有这个交费年数，请换一个年数。", p.nameEN+" has no such number of years. Please choose another.")
	case a.Kind != "debit" && a.Kind != "passbook" || a.Status != "normal":
		no = refuse("account_unusable", "尾号"+a.Tail+"的账户现在不能付款，请换一个账户。", "The account ending "+a.Tail+" can't pay now. Please use another.")
	case amount < p.least:
		no = refuse("below_least", fmt.Sprintf("%s每年至少交%s元，请改金额。", p.name, p.least), fmt.Sprintf("%s takes at least CNY %s a year. Please change the amount.", p.nameEN, p.least))
	case amount > a.available():
		no = refuse("insufficient_balance", fmt.Sprintf("尾号%s的账户可用%s元，不够。", a.Tail, a.available()), fmt.Sprintf("The account ending %s has CNY %s available, not enough.", a.Tail, a.available()))
	}
	return a, p, no, nil
}

func (b *Bank) policyQuote(ctx context.Context, in PolicyIn) (PolicyQuote, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return PolicyQuote{}, err
	}
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return PolicyQuote{}, err
	}
	years, err := strconv.Atoi(in.Years)
	if err != nil {
		return PolicyQuote{}, badField("years", in.Years, err)
	}
	_, _, no, err := b.insurable(ctx, b.pool, c, in, amount)
	return PolicyQuote{
		Total: (amount * fen.Fen(years)).String(), Surrender: (amount * 45 / 100).String(), ThinkUntil: b.now().AddDate(0, 0, thinkDays).Format(time.DateOnly), Refusal: no,
	}, err
}

func (b *Bank) policySubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	amount, err := amountOf("args.amount", bound["amount"])
	if err != nil {
		return "", err
	}
	_, p, no, err := b.insurable(ctx, tx, c, PolicyIn{Account: bound["account"], Policy: bound["policy"], Years: bound["years"]}, amount)
	if err != nil || no != nil {
		return "", orRefuse(err, no)
	}
	return fmt.Sprintf("投保%s，每年%s元", p.name, amount), nil
}

// policyApply takes the first premium; the insurer's answer follows by itself.
func (b *Bank) policyApply(ctx context.Context, tx pgx.Tx, a act, in PolicyApplyIn) (PolicyApplied, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return PolicyApplied{}, err
	}
	if no := secondPerson(in.Review, in.Authorised); no != nil {
		return PolicyApplied{}, no
	}
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return PolicyApplied{}, orRefuse(err, unknownCustomer())
	}
	if _, err := many[accountRow](ctx, b, tx, "LockAccounts", []string{in.Account, clearing}); err != nil {
		return PolicyApplied{}, err
	}
	from, p, no, err := b.insurable(ctx, tx, c, in.PolicyIn, amount)
	if err != nil || no != nil {
		return PolicyApplied{}, orRefuse(err, no)
	}
	bound := map[string]string{
		"account": in.Account, "policy": in.Policy, "years": in.Years, "amount": amount.String(), "beneficiary": in.Beneficiary,
		"review": in.Review, "authorised": in.Authorised, "signature": in.Signature,
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L4", bound); err != nil {
		return PolicyApplied{}, err
	}
	if err := b.checkUsed(ctx, tx, a, in.Customer, in.Review); err != nil {
		return PolicyApplied{}, err
	}
	number, err := b.number(ctx, tx, "I", a.now)
	if err != nil {
		return PolicyApplied{}, err
	}
	after, err := b.book(ctx, tx, a, booking{
		number: number, kind: "insurance", customer: in.Customer, from: from.ID, to: clearing, amount: amount, party: p.name, memo: "首年保费", category: "insurance",
	})
	if err != nil {
		return PolicyApplied{}, err
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "policy", number, "applied", in.PolicyIn); err != nil {
		return PolicyApplied{}, err
	}
	until := a.now.AddDate(0, 0, thinkDays).Format(time.DateOnly)
	a.tell(Event{
		Kind: EventLedger, Customer: in.Customer, Operation: a.operation, Number: number, Amount: (-amount).String(), AccountTail: from.Tail,
		Counterparty: p.name, BalanceAfter: after.String(),
	})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone),
		Text: fmt.Sprintf("【示例银行】您投保%s，首年保费%s元，编号%s。这是保险不是存款，%s前犹豫期内退保全额退还。", p.name, amount, number, until),
	})
	return PolicyApplied{
		Number: number, Time: a.now.Format(time.RFC3339), Name: p.name, NameEN: p.nameEN, Amount: amount.String(), Beneficiary: in.Beneficiary,
		ThinkUntil: until, AccountTail: from.Tail, BalanceAfter: after.String(),
	}, nil
}
