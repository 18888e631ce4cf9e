package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	cutOff     = 15             // hour after which an order counts for the next trading day
	coolFor    = 24 * time.Hour // in which a purchase may be taken back
	quickADay  = fen.Fen(10_000_00)
	wayQuick   = "quick"
	wayOrderly = "normal"
)

// holding is what a customer holds of a product, as kept.
type holding struct {
	Product  string `json:"product"`
	Account  string `json:"account"`
	Cost     string `json:"cost"`
	Value    string `json:"value"`
	Since    string `json:"since"`
	OpensOn  string `json:"opens_on"` // not redeemable before; empty: every trading day
	Reason   string `json:"reason"`
	ReasonEN string `json:"reason_en"`
	QuickOn  string `json:"quick_on,omitempty"` // the day of Quick
	Quick    string `json:"quick,omitempty"`    // taken quickly on that day
}

// Holding is what a customer holds of a product.
type Holding struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	NameEN      string `json:"name_en"`
	Rating      string `json:"rating"`
	Cost        string `json:"cost"`
	Value       string `json:"value"`
	Profit      string `json:"profit" doc:"Negative: a loss"`
	Gap         string `json:"gap" doc:"The gain or loss without its sign"`
	Loss        bool   `json:"loss"`
	Since       string `json:"since"`
	OpensOn     string `json:"opens_on" doc:"Not redeemable before; empty: every trading day"`
	Redemption  string `json:"redemption"`
	RedemEN     string `json:"redemption_en"`
	Quick       bool   `json:"quick"`
	Reason      string `json:"reason" doc:"Why its value is what it is"`
	ReasonEN    string `json:"reason_en"`
	AccountTail string `json:"account_tail"`
}

// Holdings is everything a customer holds.
type Holdings struct {
	Holdings []Holding `json:"holdings" nullable:"false"`
	Total    string    `json:"total"`
	Profit   string    `json:"profit"`
	Gap      string    `json:"gap" doc:"The gain or loss without its sign"`
	Loss     bool      `json:"loss"`
}

// BuyQuoteIn asks what a purchase needs.
type BuyQuoteIn struct {
	CustomerIn
	Account string `json:"account" maxLength:"40"`
	Product string `json:"product" maxLength:"40"`
	Amount  string `json:"amount" maxLength:"16"`
}

// BuyQuote is the answer; nothing has moved.
type BuyQuote struct {
	TradeOn   string   `json:"trade_on" doc:"The trading day the order counts for"`
	Next      bool     `json:"next" doc:"That is not today"`
	CoolUntil string   `json:"cool_until"`
	Refusal   *Refusal `json:"refusal"`
}

// WealthBuyIn orders a purchase.
type WealthBuyIn struct {
	BuyQuoteIn
	Reference string `json:"reference" maxLength:"100"`
}

// WealthBuy is an order that was taken.
type WealthBuy struct {
	Number       string `json:"number"`
	Time         string `json:"time"`
	Name         string `json:"name"`
	NameEN       string `json:"name_en"`
	Amount       string `json:"amount"`
	TradeOn      string `json:"trade_on"`
	CoolUntil    string `json:"cool_until"`
	AccountTail  string `json:"account_tail"`
	BalanceAfter string `json:"balance_after"`
}

func (w WealthBuy) number() string { return w.Number }

// RedeemQuoteIn asks what a redemption brings. The way is quick (at once, up to
// a limit a product and day) or normal.
type RedeemQuoteIn struct {
	CustomerIn
	Holding string `json:"holding" maxLength:"60"`
	Amount  string `json:"amount" maxLength:"16"`
	Way     string `json:"way" enum:"quick,normal"`
}

// RedeemQuote is the answer.
type RedeemQuote struct {
	Arrival   string   `json:"arrival"`
	ArrivalEN string   `json:"arrival_en"`
	QuickLeft string   `json:"quick_left" doc:"Of today's quick redemption; 0.00 where there is none"`
	Refusal   *Refusal `json:"refusal"`
}

// WealthRedeemIn orders a redemption.
type WealthRedeemIn struct {
	RedeemQuoteIn
	Reference string `json:"reference" maxLength:"100"`
}

// WealthRedeem is a redemption that was taken.
type WealthRedeem struct {
	Number      string `json:"number"`
	Time        string `json:"time"`
	Name        string `json:"name"`
	NameEN      string `json:"name_en"`
	Amount      string `json:"amount"`
	Left        string `json:"left" doc:"Still held"`
	Arrival     string `json:"arrival"`
	ArrivalEN   string `json:"arrival_en"`
	AccountTail string `json:"account_tail"`
}

func (w WealthRedeem) number() string { return w.Number }

// tradeDay is the trading day that an order at a time counts for.
func tradeDay(now time.Time) time.Time {
	day := midnight(now)
	if now.Hour() >= cutOff {
		day = day.AddDate(0, 0, 1)
	}
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || day.Month() == time.January && day.Day() == 1 {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// needsRecording says whether the risks must be explained on a recorded video.
func needsRecording(p product, c customerRow, now time.Time) bool {
	return p.rating >= "R4" || c.age(now) >= elderFrom
}

// buyable judges a purchase; nil when it may be made.
// What needs a recorded explanation may be made once there is one.
func (b *Bank) buyable(ctx context.Context, db querier, c customerRow, account, id string, amount fen.Fen, recorded bool) (accountRow, product, *Refusal, error) {
	p, known := productOf(id)
	if !known {
		return accountRow{}, p, refuse("product_unknown", "没有查到这只产品，请重新选择。", "That product was not found. Please choose again."), nil
	}
	a, ok, err := one[accountRow](ctx, b, db, "Account", account, c.ID)
	if err != nil || !ok {
		return a, p, unknownAccount(), err
	}
	state, err := b.ratingState(ctx, db, c)
	if err != nil {
		return a, p, nil, err
	}
	no, err := b.paused(ctx, db, c.ID, b.now())
	if err != nil || no != nil {
		return a, p, no, err
	}
	switch {
	case p.state != "sale":
		no = refuse("sold_out", p.name+"已经售罄，可以看看期限相近的别的产品。", p.nameEN+" is sold out. Look at another of a like term.")
	case state == "none":
		no = refuse("no_rating", "您还没有做过风险测评，测评之后才能买。", "You have no risk rating yet; it comes before a purchase.")
	case state == "expired":
		no = refuse("rating_expired", "您的风险测评已过期，重新测评后才能买。", "Your risk rating has expired; please be assessed again first.")
	case p.rating > c.Rating:
		no = refuse("rating_too_low", fmt.Sprintf("这只产品是%s，您的测评是%s，高于您的承受能力，不能卖给您。", p.rating, c.Rating),
			fmt.Sprintf("It is rated %s and you are rated %s, so we may not sell it to you.", p.rating, c.Rating))
	case !recorded && needsRecording(p, c, b.now()):
		no = refuse("needs_recording", "这笔要由理财经理在视频里逐句讲清风险、录音录像后才能买。", "A colleague has to explain the risks on a recorded video first.")
	case a.Kind != "debit" && a.Kind != "passbook" || a.Status != "normal":
		no = refuse("account_unusable", "尾号"+a.Tail+"的账户现在不能付款，请换一个账户。", "The account ending "+a.Tail+" can't pay now. Please use another.")
	case amount < p.least:
		no = refuse("below_least", fmt.Sprintf("%s %s元起购，请改金额。", p.name, p.least), fmt.Sprintf("%s starts at CNY %s. Please change the amount.", p.nameEN, p.least))
	case amount > a.available():
		no = refuse("insufficient_balance", fmt.Sprintf("尾号%s的账户可用%s元，不够。", a.Tail, a.available()), fmt.Sprintf("The account ending %s has CNY %s available, not enough.", a.Tail, a.available()))
	}
	return a, p, no, nil
}

func (b *Bank) buyQuote(ctx context.Context, in BuyQuoteIn) (BuyQuote, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return BuyQuote{}, err
	}
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return BuyQuote{}, err
	}
	_, _, no, err := b.buyable(ctx, b.pool, c, in.Account, in.Product, amount, false)
	now := b.now()
	day := tradeDay(now)
	return BuyQuote{
		TradeOn: day.Format(time.DateOnly), Next: !day.Equal(midnight(now)), CoolUntil: now.Add(coolFor).Format(time.RFC3339), Refusal: no,
	}, err
}

func (b *Bank) buySubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	amount, err := amountOf("args.amount", bound["amount"])
	if err != nil {
		return "", err
	}
	_, p, no, err := b.buyable(ctx, tx, c, bound["account"], bound["product"], amount, false)
	if err != nil || no != nil {
		return "", orRefuse(err, no)
	}
	return fmt.Sprintf("买%s%s元", p.name, amount), nil
}

func (b *Bank) wealthBuy(ctx context.Context, tx pgx.Tx, a act, in WealthBuyIn) (WealthBuy, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return WealthBuy{}, err
	}
	bound := map[string]string{"account": in.Account, "product": in.Product, "amount": amount.String()}
	return b.buy(ctx, tx, a, in.BuyQuoteIn, amount, false, func() error {
		_, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L3", bound)
		return err
	})
}

// buy makes a purchase that is judged fit and proven.
func (b *Bank) buy(ctx context.Context, tx pgx.Tx, a act, in BuyQuoteIn, amount fen.Fen, recorded bool, proven func() error) (WealthBuy, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return WealthBuy{}, orRefuse(err, unknownCustomer())
	}
	if _, err := many[accountRow](ctx, b, tx, "LockAccounts", []string{in.Account, clearing}); err != nil {
		return WealthBuy{}, err
	}
	from, p, no, err := b.buyable(ctx, tx, c, in.Account, in.Product, amount, recorded)
	if err != nil || no != nil {
		return WealthBuy{}, orRefuse(err, no)
	}
	if err := proven(); err != nil {
		return WealthBuy{}, err
	}
	number, err := b.number(ctx, tx, "B", a.now)
	if err != nil {
		return WealthBuy{}, err
	}
	after, err := b.book(ctx, tx, a, booking{
		number: number, kind: "wealth_buy", customer: in.Customer, from: from.ID, to: clearing, amount: amount, party: p.name, memo: "申购", category: "wealth",
	})
	if err != nil {
		return WealthBuy{}, err
	}
	day := tradeDay(a.now)
	kept := holding{Product: p.id, Account: from.ID, Cost: amount.String(), Value: amount.String(), Since: day.Format(time.DateOnly), Reason: "刚买入，还没有涨跌", ReasonEN: "just bought"}
	if p.days > 0 {
		kept.OpensOn = day.AddDate(0, 0, p.days).Format(time.DateOnly)
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "holding", number, "active", kept); err != nil {
		return WealthBuy{}, err
	}
	a.tell(Event{
		Kind: EventLedger, Customer: in.Customer, Operation: a.operation, Number: number, Amount: (-amount).String(), AccountTail: from.Tail,
		Counterparty: p.name, BalanceAfter: after.String(),
	})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone),
		Text: fmt.Sprintf("【示例银行】您申购%s%s元已受理，按%s的净值确认，编号%s。理财非存款，有风险。", p.name, amount, day.Format("1月2日"), number),
	})
	return WealthBuy{
		Number: number, Time: a.now.Format(time.RFC3339), Name: p.name, NameEN: p.nameEN, Amount: amount.String(), TradeOn: day.Format(time.DateOnly),
		CoolUntil: a.now.Add(coolFor).Format(time.RFC3339), AccountTail: from.Tail, BalanceAfter: after.String(),
	}, nil
}

func (b *Bank) holdings(ctx context.Context, in CustomerIn) (Holdings, error) {
	rows, err := recordsOf[holding](ctx, b, b.pool, in.Customer, "holding")
	if err != nil {
		return Holdings{}, err
	}
	out := Holdings{Holdings: []Holding{}}
	var total, profit fen.Fen
	for _, r := range rows {
		p, known := productOf(r.Value.Product)
		if r.Status != "active" || !known {
			continue
		}
		cost, err := amountOf("cost", r.Value.Cost)
		if err != nil {
			return Holdings{}, err
		}
		worth, err := amountOf("value", r.Value.Value)
		if err != nil {
			return Holdings{}, err
		}
		account, _, err := one[accountRow](ctx, b, b.pool, "Account", r.Value.Account, in.Customer)
		if err != nil {
			return Holdings{}, err
		}
		total, profit = total+worth, profit+worth-cost
		out.Holdings = append(out.Holdings, Holding{
			ID: r.ID, Name: p.name, NameEN: p.nameEN, Rating: p.rating, Cost: cost.String(), Value: worth.String(), Profit: (worth - cost).String(), Gap: max(worth-cost, cost-worth).String(),
			Loss: worth < cost, Since: r.Value.Since, OpensOn: r.Value.OpensOn, Redemption: p.redemption, RedemEN: p.redemEN, Quick: p.quick,
			Reason: r.Value.Reason, ReasonEN: r.Value.ReasonEN, AccountTail: account.Tail,
		})
	}
	out.Total, out.Profit, out.Gap, out.Loss = total.String(), profit.String(), max(profit, -profit).String(), profit < 0
	return out, nil
}

// redeemable judges a redemption of a holding.
func (b *Bank) redeemable(r record[holding], amount fen.Fen, way string, now time.Time) (p product, quickLeft fen.Fen, no *Refusal, err error) {
	p, _ = productOf(r.Value.Product)
	worth, err := amountOf("value", r.Value.Value)
	if err != nil {
		return p, 0, nil, err
	}
	today := now.Format(time.DateOnly)
	if p.quick {
		quickLeft = quickADay
		if r.Value.QuickOn == today {
			taken, err := amountOf("quick", r.Value.Quick)
			if err != nil {
				return p, 0, nil, err
			}
			quickLeft = max(0, quickADay-taken)
		}
	}
	switch {
	case r.Value.OpensOn > today:
		no = refuse("closed", p.name+"还在封闭期，"+r.Value.OpensOn+"起才能赎回。", p.nameEN+" can't be redeemed before "+r.Value.OpensOn+".")
	case amount > worth:
		no = refuse("over_holding", fmt.Sprintf("您持有%s元，赎不了这么多，请改金额。", worth), fmt.Sprintf("You hold CNY %s. Please redeem less.", worth))
	case way == wayQuick && !p.quick:
		no = refuse("no_quick", p.name+"不支持快赎，可以改普通赎回。", p.nameEN+" has no quick redemption. Please use the normal way.")
	case way == wayQuick && amount > quickLeft:
		no = refuse("quick_limit", fmt.Sprintf("快赎每天每只最多1万元，今天还能快赎%s元，其余可走普通赎回。", quickLeft),
			fmt.Sprintf("Quick redemption is up to CNY 10,000 a product and day; CNY %s is left. Use the normal way for the rest.", quickLeft))
	}
	return p, quickLeft, no, nil
}

func arrivalOf(p product, way string) (zh, en string) {
	switch {
	case way == wayQuick:
		return "实时到账", "arrives at once"
	case p.quick:
		return "下一个交易日到账", "arrives on the next trading day"
	default:
		return "两到三个交易日到账", "arrives in two or three trading days"
	}
}

func noHolding() *Refusal {
	return refuse("holding_unknown", "没有查到这笔持仓，请重新选择。", "That holding was not found. Please choose again.")
}

func (b *Bank) redeemQuote(ctx context.Context, in RedeemQuoteIn) (RedeemQuote, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return RedeemQuote{}, err
	}
	rows, err := recordsOf[holding](ctx, b, b.pool, in.Customer, "holding")
	if err != nil {
		return RedeemQuote{}, err
	}
	for _, r := range rows {
		if r.ID == in.Holding && r.Status == "active" {
			p, left, no, err := b.redeemable(r, amount, in.Way, b.now())
			out := RedeemQuote{QuickLeft: left.String(), Refusal: no}
			out.Arrival, out.ArrivalEN = arrivalOf(p, in.Way)
			return out, err
		}
	}
	return RedeemQuote{}, noHolding()
}

func (b *Bank) redeemSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	amount, err := amountOf("args.amount", bound["amount"])
	if err != nil {
		return "", err
	}
	r, ok, err := recordOf[holding](ctx, b, tx, c.ID, "holding", bound["holding"])
	if err != nil || !ok || r.Status != "active" {
		return "", orRefuse(err, noHolding())
	}
	p, _, no, err := b.redeemable(r, amount, bound["way"], b.now())
	if err != nil || no != nil {
		return "", orRefuse(err, no)
	}
	return fmt.Sprintf("赎回%s%s元", p.name, amount), nil
}

// wealthRedeem pays a quick redemption at once; of a normal one the holding is
// less from now on and the money follows when the price is known.
func (b *Bank) wealthRedeem(ctx context.Context, tx pgx.Tx, a act, in WealthRedeemIn) (WealthRedeem, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return WealthRedeem{}, err
	}
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return WealthRedeem{}, orRefuse(err, unknownCustomer())
	}
	r, ok, err := recordOf[holding](ctx, b, tx, in.Customer, "holding", in.Holding)
	if err != nil || !ok || r.Status != "active" {
		return WealthRedeem{}, orRefuse(err, noHolding())
	}
	p, left, no, err := b.redeemable(r, amount, in.Way, a.now)
	if err != nil || no != nil {
		return WealthRedeem{}, orRefuse(err, no)
	}
	bound := map[string]string{"holding": in.Holding, "amount": amount.String(), "way": in.Way}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", bound); err != nil {
		return WealthRedeem{}, err
	}
	account, ok, err := one[accountRow](ctx, b, tx, "Account", r.Value.Account, in.Customer)
	if err != nil || !ok {
		return WealthRedeem{}, orRefuse(err, unknownAccount())
	}
	number, err := b.number(ctx, tx, "Q", a.now)
	if err != nil {
		return WealthRedeem{}, err
	}
	kept := r.Value
	worth, err := amountOf("value", kept.Value)
	if err != nil {
		return WealthRedeem{}, err
	}
	cost, err := amountOf("cost", kept.Cost)
	if err != nil {
		return WealthRedeem{}, err
	}
	kept.Cost, kept.Value = (cost - cost*amount/worth).String(), (worth - amount).String()
	if in.Way == wayQuick {
		kept.QuickOn, kept.Quick = a.now.Format(time.DateOnly), (quickADay - left + amount).String()
		if _, err := b.book(ctx, tx, a, booking{
			number: number, kind: "wealth_redeem", customer: in.Customer, from: clearing, to: account.ID, amount: amount, party: p.name, memo: "快赎", category: "wealth",
		}); err != nil {
			return WealthRedeem{}, err
		}
	}
	status := "active"
	if amount == worth {
		status = "ended"
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, status, kept); err != nil {
		return WealthRedeem{}, err
	}
	out := WealthRedeem{
		Number: number, Time: a.now.Format(time.RFC3339), Name: p.name, NameEN: p.nameEN, Amount: amount.String(), Left: kept.Value, AccountTail: account.Tail,
	}
	out.Arrival, out.ArrivalEN = arrivalOf(p, in.Way)
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.wealth_redeem", Number: number, AccountTail: account.Tail, Counterparty: p.name})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone),
		Text: fmt.Sprintf("【示例银行】您赎回%s%s元已受理，%s，编号%s。", p.name, amount, out.Arrival, number),
	})
	return out, nil
}
