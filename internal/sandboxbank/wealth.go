package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

const (
	questions   = 6  // of the questionnaire
	assessADay  = 2  // assessments a day
	elderFrom   = 65 // years: a first assessment and every purchase want a person
	ratingYears = 1
)

// wealthRoutes serves products, holdings and risk ratings.
func (b *Bank) wealthRoutes(api huma.API) {
	read(b, api, "wealth.products", "Every product of the shelf", b.wealthProducts)
	read(b, api, "wealth.advise", "At most three products that suit", b.wealthAdvise)
	read(b, api, "wealth.assess_check", "Whether the customer may be assessed now", b.assessCheck)
	read(b, api, "wealth.assess_quote", "What rating answers give, and where they contradict", b.assessQuote)
	read(b, api, "wealth.buy_quote", "What a purchase needs", b.buyQuote)
	read(b, api, "wealth.holdings", "What the customer holds", b.holdings)
	read(b, api, "wealth.redeem_quote", "What a redemption brings and when", b.redeemQuote)
	change(b, api, business{
		operation: "bank.risk_submit", summary: "Keep a risk rating", bound: []string{"answers"}, subject: b.riskSubject,
	}, b.riskSubmit)
	change(b, api, business{
		operation: "bank.wealth_buy", summary: "Buy a wealth product", level: "L3", bound: []string{"account", "product", "amount"}, subject: b.buySubject,
	}, b.wealthBuy)
	change(b, api, business{
		operation: "bank.wealth_redeem", summary: "Redeem a holding", bound: []string{"holding", "amount", "way"}, subject: b.redeemSubject,
	}, b.wealthRedeem)
}

// AssessIn are answers in the order of the questions: experience, income,
// knowledge, horizon, goal, loss; a letter a to d each.
type AssessIn struct {
	CustomerIn
	Answers string `json:"answers" pattern:"^[a-d]{6}$" example:"bbcbcb"`
}

// AssessCheck is whether an assessment may begin.
type AssessCheck struct {
	Rating  string   `json:"rating"`
	State   string   `json:"state" enum:"valid,none,expired"`
	Refusal *Refusal `json:"refusal" doc:"age_65, daily_limit; null when it may"`
}

// AssessQuote is what answers give.
type AssessQuote struct {
	Rating        string   `json:"rating"`
	Contradiction string   `json:"contradiction" doc:"Where two answers don't go together; empty when they do"`
	Contrary      string   `json:"contradiction_en"`
	Refusal       *Refusal `json:"refusal"`
}

// RiskSubmitIn keeps the rating that answers give.
type RiskSubmitIn struct {
	AssessIn
	Reference string `json:"reference" maxLength:"100"`
}

// RiskSubmit is a rating that was kept.
type RiskSubmit struct {
	Number string `json:"number"`
	Time   string `json:"time"`
	Rating string `json:"rating"`
	Until  string `json:"until"`
}

func (r RiskSubmit) number() string { return r.Number }

// ratingOf weighs answers. Who can bear no loss, or needs the money soon, is
// rated by that whatever the rest says.
func ratingOf(answers string) string {
	sum := 0
	for i := range len(answers) {
		sum += int(answers[i]-'a') + 1
	}
	level := 5
	for i, most := range []int{9, 12, 16, 20} {
		if sum <= most {
			level = i + 1
			break
		}
	}
	horizon, loss := int(answers[3]-'a')+1, int(answers[5]-'a')+1
	level = min(level, loss+1)
	if loss == 1 {
		level = 1
	}
	if horizon == 1 {
		level = min(level, 2)
	}
	return fmt.Sprintf("R%d", level)
}

func contradiction(answers string) (zh, en string) {
	horizon, goal, loss := answers[3], answers[4], answers[5]
	switch {
	case loss == 'a' && goal >= 'c':
		return "一题说一点亏损也受不了，一题又说要追求较高收益", "one answer bears no loss at all, another wants a high return"
	case horizon == 'a' && goal == 'd':
		return "一题说钱半年内要用，一题又说要长期高增值", "one answer needs the money within half a year, another wants long growth"
	case loss == 'd' && answers[0] == 'a':
		return "一题说没有投资经验，一题又说亏一半也能接受", "one answer has no experience, another would bear losing half"
	}
	return "", ""
}

// assessable says why no assessment may be made now, nil when it may.
func (b *Bank) assessable(ctx context.Context, db querier, c customerRow, now time.Time) (*Refusal, error) {
	if c.Rating == "" && c.age(now) >= elderFrom {
		return refuse("age_65", "您是65岁以上首次测评，要由同事在视频里一题一题问您，子女不能代答。",
			"From age 65 the first assessment is asked by a colleague on video; relatives may not answer."), nil
	}
	rows, err := recordsOf[rating](ctx, b, db, c.ID, "rating")
	if err != nil {
		return nil, err
	}
	today := 0
	for _, r := range rows {
		if r.Status == "assessed" && !r.CreatedAt.Before(midnight(now)) {
			today++
		}
	}
	if today >= assessADay {
		return refuse("assess_daily", "一天最多测两次，今天已经测满，明天再测。", "Two assessments a day are the most. Come back tomorrow."), nil
	}
	return nil, nil
}

func (b *Bank) assessCheck(ctx context.Context, in CustomerIn) (AssessCheck, error) {
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return AssessCheck{}, err
	}
	out := AssessCheck{Rating: c.Rating}
	if out.State, err = b.ratingState(ctx, b.pool, c); err != nil {
		return out, err
	}
	out.Refusal, err = b.assessable(ctx, b.pool, c, b.now())
	return out, err
}

func (b *Bank) assessQuote(ctx context.Context, in AssessIn) (AssessQuote, error) {
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return AssessQuote{}, err
	}
	out := AssessQuote{Rating: ratingOf(in.Answers)}
	out.Contradiction, out.Contrary = contradiction(in.Answers)
	out.Refusal, err = b.assessable(ctx, b.pool, c, b.now())
	return out, err
}

func (b *Bank) riskSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	if len(bound["answers"]) != questions {
		return "", badField("args.answers", bound["answers"], fmt.Errorf("must have %d letters", questions))
	}
	no, err := b.assessable(ctx, tx, c, b.now())
	if err != nil || no != nil {
		return "", orRefuse(err, no)
	}
	return "提交风险测评", nil
}

func (b *Bank) riskSubmit(ctx context.Context, tx pgx.Tx, a act, in RiskSubmitIn) (RiskSubmit, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return RiskSubmit{}, orRefuse(err, unknownCustomer())
	}
	if no, err := b.assessable(ctx, tx, c, a.now); err != nil || no != nil {
		return RiskSubmit{}, orRefuse(err, no)
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"answers": in.Answers}); err != nil {
		return RiskSubmit{}, err
	}
	return b.rate(ctx, tx, a, in.Customer, in.Answers)
}

// rate keeps the rating that answers give.
func (b *Bank) rate(ctx context.Context, tx pgx.Tx, a act, customer, answers string) (RiskSubmit, error) {
	number, err := b.number(ctx, tx, "A", a.now)
	if err != nil {
		return RiskSubmit{}, err
	}
	out := RiskSubmit{
		Number: number, Time: a.now.Format(time.RFC3339), Rating: ratingOf(answers), Until: a.now.AddDate(ratingYears, 0, 0).Format(time.DateOnly),
	}
	if _, err := tx.Exec(ctx, b.q("SetRating"), customer, out.Rating); err != nil {
		return RiskSubmit{}, fmt.Errorf("set the rating: %w", err)
	}
	if err := b.addRecord(ctx, tx, a, customer, "rating", number, "assessed", rating{Until: out.Until}); err != nil {
		return RiskSubmit{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: customer, Operation: a.operation, Number: number})
	return out, nil
}
