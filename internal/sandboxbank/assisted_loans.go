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

// reviewMost is the daily limit two colleagues may grant on video.
const reviewMost = fen.Fen(5_000_000_00)

// CheckedIn is a change that one person of the bank has checked the customer for
// and, where Second is named, another has authorised.
type CheckedIn struct {
	CustomerIn
	Review    string `json:"review" maxLength:"40" doc:"The number of the check; each counts once"`
	Second    string `json:"second,omitempty" maxLength:"40" doc:"The number of the other person's authorisation"`
	Reference string `json:"reference" maxLength:"80"`
}

// LimitReviewIn asks what a reviewed limit needs, or for the limit itself.
type LimitReviewIn struct {
	CustomerIn
	Amount string `json:"amount" maxLength:"16" doc:"A day"`
	Days   string `json:"days" enum:"1,7,30"`
}

// LimitReviewQuote says whether a review is the way to a limit.
type LimitReviewQuote struct {
	Now     string   `json:"now"`
	Most    string   `json:"most" doc:"What the customer may set alone"`
	Alone   bool     `json:"alone" doc:"No review is needed"`
	Until   string   `json:"until" doc:"The last day; then the old limit returns"`
	Refusal *Refusal `json:"refusal"`
}

// LimitRaiseIn is a limit that was reviewed.
type LimitRaiseIn struct {
	CheckedIn
	Amount  string `json:"amount" maxLength:"16"`
	Days    string `json:"days" enum:"1,7,30"`
	Purpose string `json:"purpose" enum:"house,medical,study,business,other"`
	Payee   string `json:"payee" maxLength:"40" doc:"Who stands on the proof"`
}

// ReliefAskIn asks what a way to ease a loan would do.
type ReliefAskIn struct {
	LoanIn
	Plan   string `json:"plan" enum:"delay,extend,interest"`
	Months string `json:"months" enum:"3,6,12"`
}

// ReliefRow is one thing that would change.
type ReliefRow struct {
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
	Now    string `json:"now"`
	Then   string `json:"then"`
}

// ReliefQuote is what a way to ease a loan would do, and cost.
type ReliefQuote struct {
	After      string      `json:"after"`
	AfterEN    string      `json:"after_en"`
	NextDue    string      `json:"next_due"`
	NextAmount string      `json:"next_amount"`
	Extra      string      `json:"extra" doc:"More interest in all"`
	Rows       []ReliefRow `json:"rows" nullable:"false"`
	Refusal    *Refusal    `json:"refusal"`
}

// ReliefIn is a plan that was talked over and authorised.
type ReliefIn struct {
	CheckedIn
	Loan   string `json:"loan" maxLength:"60"`
	Reason string `json:"reason" enum:"job,illness,business,disaster,other"`
	Plan   string `json:"plan" enum:"delay,extend,interest"`
	Months string `json:"months" enum:"3,6,12"`
	Paper  string `json:"paper" maxLength:"30"`
}

// ReliefDone is a plan in effect.
type ReliefDone struct {
	Done
	After   string `json:"after"`
	AfterEN string `json:"after_en"`
}

// relief is a plan as kept; it runs until its last day.
type relief struct {
	Loan, Plan, Reason, Paper, Until string
}

// assistedLoanRoutes serves limits and loans that need people to look at them.
func (b *Bank) assistedLoanRoutes(api huma.API) {
	read(b, api, "limits.review_quote", "What a limit above self-service needs", b.limitReviewQuote)
	change(b, api, business{
		operation: "bank.limit_review_raise", summary: "Raise a limit for some days, after a check and an authorisation", level: "L4",
		bound: []string{"amount", "days", "purpose", "review", "second"},
		subject: func(_ context.Context, _ pgx.Tx, _ customerRow, bound map[string]string) (string, error) {
			return fmt.Sprintf("审核后把每日限额调高到%s元，%s天", bound["amount"], bound["days"]), nil
		},
	}, b.limitReviewRaise)
	read(b, api, "loans.relief_quote", "What easing a loan would do", func(ctx context.Context, in ReliefAskIn) (ReliefQuote, error) {
		r, err := b.loanOf(ctx, b.pool, in.Customer, in.Loan)
		if err != nil {
			return ReliefQuote{}, err
		}
		return b.reliefOf(ctx, b.pool, in, r)
	})
	change(b, api, business{
		operation: "bank.loan_relief", summary: "Ease a loan, after a talk and an authorisation", level: "L4",
		bound: []string{"loan", "plan", "months", "review", "second"}, subject: b.reliefSubject,
	}, b.loanRelief)
	b.assistedAccountRoutes(api)
	b.assistedSignRoutes(api)
	b.assistedVisitRoutes(api)
	b.assistedFarmRoutes(api)
}

// checked uses up the step-up and the check behind a change. pair wants a second
// person's authorisation, which can't be the check itself.
func (b *Bank) checked(ctx context.Context, tx pgx.Tx, a act, in CheckedIn, pair bool, bound map[string]string) error {
	_, err := b.checkedProof(ctx, tx, a, in, pair, bound)
	return err
}

// checkedProof is checked for a change whose secure box asked for a secret.
func (b *Bank) checkedProof(ctx context.Context, tx pgx.Tx, a act, in CheckedIn, pair bool, bound map[string]string) (proof, error) {
	if pair && (in.Second == "" || in.Second == in.Review) {
		return proof{}, refuse("second_missing", "这项业务要另一位同事授权，没有办理。", "Another colleague has to authorise this; nothing was done.")
	}
	id := "seen-" + strings.ReplaceAll(in.Review, "/", "-") + "-" + in.Customer
	if _, used, err := recordOf[map[string]string](ctx, b, tx, in.Customer, "review", id); err != nil || used {
		return proof{}, orRefuse(err, refuse("review_used", "这次核身已经用过，请重新核身。", "That identity check has been used. Please be checked again."))
	}
	bound["review"] = in.Review
	if pair {
		bound["second"] = in.Second
	}
	p, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L4", bound)
	if err != nil {
		return proof{}, err
	}
	return p, b.addRecord(ctx, tx, a, in.Customer, "review", id, "used", bound)
}

func (b *Bank) judgeReview(ctx context.Context, db querier, in LimitReviewIn) (LimitReviewQuote, error) {
	all, err := b.limitsOf(ctx, db, in.Customer)
	if err != nil {
		return LimitReviewQuote{}, err
	}
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return LimitReviewQuote{}, err
	}
	mobile := all[0]
	now, err := amountOf("now", mobile.Daily)
	if err != nil {
		return LimitReviewQuote{}, err
	}
	alone, err := amountOf("most", mobile.Most)
	if err != nil {
		return LimitReviewQuote{}, err
	}
	days := map[string]int{"1": 0, "7": 6, "30": 29}[in.Days]
	out := LimitReviewQuote{Now: mobile.Daily, Most: mobile.Most, Alone: amount <= alone, Until: b.now().AddDate(0, 0, days).Format(time.DateOnly)}
	switch {
	case amount <= now:
		out.Refusal = refuse("limit_direction", "现在的限额是每天"+mobile.Daily+"元，已经不低于这个数，不用调。", "The limit is CNY "+mobile.Daily+" a day already, so nothing has to be raised.")
	case amount > reviewMost:
		out.Refusal = refuse("limit_review_most", fmt.Sprintf("视频审核最多能调到每天%s元，再多请到网点柜台转。", reviewMost),
			fmt.Sprintf("By video it can be raised to CNY %s a day at most; for more please visit a branch.", reviewMost))
	}
	return out, nil
}

func (b *Bank) limitReviewQuote(ctx context.Context, in LimitReviewIn) (LimitReviewQuote, error) {
	return b.judgeReview(ctx, b.pool, in)
}

// limitReviewRaise keeps the raise as any other: it ends by itself.
func (b *Bank) limitReviewRaise(ctx context.Context, tx pgx.Tx, a act, in LimitRaiseIn) (LimitDone, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return LimitDone{}, err
	}
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return LimitDone{}, err
	}
	q, err := b.judgeReview(ctx, tx, LimitReviewIn{CustomerIn: in.CustomerIn, Amount: in.Amount, Days: in.Days})
	if err != nil || q.Refusal != nil {
		return LimitDone{}, orRefuse(err, q.Refusal)
	}
	if err := b.checked(ctx, tx, a, in.CheckedIn, true, map[string]string{"amount": amount.String(), "days": in.Days, "purpose": in.Purpose}); err != nil {
		return LimitDone{}, err
	}
	number, err := b.number(ctx, tx, "L", a.now)
	if err != nil {
		return LimitDone{}, err
	}
	if err := b.keepRecord(ctx, tx, a.now, in.Customer, "limit_raise", raiseID(in.Customer, "mobile"), "active", limitRaise{Amount: amount.String(), Until: q.Until}); err != nil {
		return LimitDone{}, err
	}
	l := channels()[0]
	b.told(a, customer, number, "", fmt.Sprintf("您的%s每日限额经审核调到%s元，到%s自动恢复，编号%s。非本人操作请速联系我行。", l.name, amount, q.Until, number))
	return LimitDone{Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: l.name, NameEN: l.nameEN}, Amount: amount.String(), Until: q.Until}, nil
}

// reliefOf works out a plan. Interest runs on through a pause and is spread over
// what is left; the customer sees all of it before anything is agreed.
func (b *Bank) reliefOf(ctx context.Context, db querier, in ReliefAskIn, r record[loan]) (ReliefQuote, error) {
	out := ReliefQuote{Rows: []ReliefRow{}, NextAmount: "0.00", Extra: "0.00"}
	running, err := recordsOf[relief](ctx, b, db, in.Customer, "relief")
	if err != nil {
		return out, err
	}
	for _, x := range running {
		if x.Value.Loan == in.Loan && x.Status == "active" && x.Value.Until >= b.now().Format(time.DateOnly) {
			out.Refusal = refuse("relief_running", "这笔贷款已经有一个安排在执行，到"+x.Value.Until+"结束以后才能再申请。",
				"A plan runs for this loan already; another can be asked for after "+x.Value.Until+".")
			return out, nil
		}
	}
	l := r.Value
	if behind := l.arrears() != nil; behind && in.Plan == "interest" {
		out.Refusal = refuse("interest_overdue", "这笔有逾期，不能只还利息，可以先缓几个月或拉长年限。", "It is overdue, so interest only is not possible; a pause or a longer term is.")
		return out, nil
	}
	principal, err := b.owed(ctx, db, in.Customer, l)
	if err != nil {
		return out, err
	}
	due, err := time.Parse(time.DateOnly, l.NextDue)
	if err != nil {
		return out, fmt.Errorf("read loan %s: %w", r.ID, err)
	}
	n := map[string]int{"3": 3, "6": 6, "12": 12}[in.Months]
	now, interest := instalment(principal, l.Rate, l.Months), monthly(principal, l.Rate)
	then, next := now, due
	var extra fen.Fen
	switch in.Plan {
	case "delay":
		next, extra = due.AddDate(0, n, 0), interest*fen.Fen(n)
		then = instalment(principal+extra, l.Rate, l.Months)
		out.After = fmt.Sprintf("月供暂停%s个月，%s起每月还%s元", in.Months, next.Format(time.DateOnly), then)
		out.AfterEN = fmt.Sprintf("instalments pause for %s months; from %s CNY %s is due a month", in.Months, next.Format(time.DateOnly), then)
	case "extend":
		then = instalment(principal, l.Rate, l.Months+n)
		extra = then*fen.Fen(l.Months+n) - now*fen.Fen(l.Months)
		out.After = fmt.Sprintf("年限延长%s个月，每月还%s元", in.Months, then)
		out.AfterEN = fmt.Sprintf("the term grows by %s months and CNY %s is due a month", in.Months, then)
	default:
		then, extra = interest, interest*fen.Fen(n)
		out.After = fmt.Sprintf("前%s个月只还利息，每月%s元，本金往后顺延", in.Months, then)
		out.AfterEN = fmt.Sprintf("for %s months only the interest, CNY %s a month; the principal moves back", in.Months, then)
	}
	out.NextDue, out.NextAmount, out.Extra = next.Format(time.DateOnly), then.String(), max(0, extra).String()
	out.Rows = []ReliefRow{
		{Name: "下一期", NameEN: "Next instalment", Now: l.NextDue, Then: out.NextDue},
		{Name: "每月还款", NameEN: "A month", Now: now.String(), Then: then.String()},
		{Name: "总利息多付", NameEN: "More interest in all", Now: "0.00", Then: out.Extra},
	}
	return out, nil
}

func (b *Bank) reliefSubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	r, err := b.loanOf(ctx, tx, customer.ID, bound["loan"])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("调整尾号%s的贷款的还款安排，%s个月", r.Value.Tail, bound["months"]), nil
}

// loanRelief puts a plan into effect: a pause moves the next instalment, the
// other two lengthen the term.
func (b *Bank) loanRelief(ctx context.Context, tx pgx.Tx, a act, in ReliefIn) (ReliefDone, error) {
	customer, r, err := b.lockLoan(ctx, tx, in.Customer, in.Loan)
	if err != nil {
		return ReliefDone{}, err
	}
	q, err := b.reliefOf(ctx, tx, ReliefAskIn{LoanIn: LoanIn{CustomerIn: in.CustomerIn, Loan: in.Loan}, Plan: in.Plan, Months: in.Months}, r)
	if err != nil || q.Refusal != nil {
		return ReliefDone{}, orRefuse(err, q.Refusal)
	}
	if err := b.checked(ctx, tx, a, in.CheckedIn, true, map[string]string{"loan": in.Loan, "plan": in.Plan, "months": in.Months}); err != nil {
		return ReliefDone{}, err
	}
	number, err := b.number(ctx, tx, "H", a.now)
	if err != nil {
		return ReliefDone{}, err
	}
	n := map[string]int{"3": 3, "6": 6, "12": 12}[in.Months]
	l := r.Value
	l.NextDue = q.NextDue
	if in.Plan != "delay" {
		l.Months += n
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, "active", l); err != nil {
		return ReliefDone{}, err
	}
	kept := relief{Loan: in.Loan, Plan: in.Plan, Reason: in.Reason, Paper: in.Paper, Until: a.now.AddDate(0, n, 0).Format(time.DateOnly)}
	if err := b.addRecord(ctx, tx, a, in.Customer, "relief", "relief-"+number, "active", kept); err != nil {
		return ReliefDone{}, err
	}
	b.told(a, customer, number, "", fmt.Sprintf("您尾号%s的贷款已调整：%s。编号%s。", l.Tail, q.After, number))
	return ReliefDone{Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: l.Name, NameEN: l.NameEN}, After: q.After, AfterEN: q.AfterEN}, nil
}
