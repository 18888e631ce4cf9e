package sandboxbank

import (
	"context"
	"time"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// product is a wealth product of the (fictional) shelf.
type product struct {
	id, name, nameEN       string
	rating                 string
	days                   int // how long money is tied; 0: redeemable every trading day
	least                  fen.Fen
	benchmark, benchmarkEN string
	redemption, redemEN    string
	quick                  bool
	state                  string // sale, sold_out, ended
}

// shelf is what is sold.
func shelf() []product {
	return []product{
		{"SL0001", "示例日日盈", "Example Daily", "R1", 0, 100, "近七日年化1.42%", "last seven days 1.42% a year", "每日可赎，次一交易日到账", "redeemable daily, paid the next trading day", true, "sale"},
		{"SL0016", "示例薪金宝", "Example Payroll Cash", "R1", 0, 1, "近七日年化1.38%", "last seven days 1.38% a year", "每日可赎，可快赎", "redeemable daily, quick redemption", true, "sale"},
		{"SL0002", "示例周周安", "Example Weekly", "R2", 7, 1000_00, "1.60%—1.90%", "1.60%—1.90%", "每周三开放", "open every Wednesday", false, "sale"},
		{"SL0003", "示例月月稳", "Example Monthly", "R2", 30, 1000_00, "1.75%—2.10%", "1.75%—2.10%", "每月15日开放", "open on the 15th of each month", false, "sale"},
		{"SL0004", "示例半年添利", "Example Half-Year", "R2", 180, 10000_00, "2.00%—2.40%", "2.00%—2.40%", "封闭期内不可赎回", "not redeemable before the end", false, "sale"},
		{"SL0005", "示例年年丰", "Example One-Year", "R2", 365, 10000_00, "2.20%—2.60%", "2.20%—2.60%", "封闭期内不可赎回", "not redeemable before the end", false, "sold_out"},
		{"SL0006", "示例十八月增强", "Example 18-Month Plus", "R3", 540, 10000_00, "2.40%—3.20%", "2.40%—3.20%", "封闭期内不可赎回", "not redeemable before the end", false, "sale"},
		{"SL0009", "示例均衡配置", "Example Balanced", "R3", 0, 1000_00, "沪深300×40%+中债×60%", "CSI 300 ×40%+ChinaBond ×60%", "每日可赎，T+2到账", "redeemable daily, paid on T+2", false, "sale"},
		{"SL0010", "示例红利优选", "Example Dividend", "R4", 0, 1000_00, "中证红利×80%+活期×20%", "CSI Dividend ×80%+demand rate ×20%", "每日可赎，T+3到账", "redeemable daily, paid on T+3", false, "sale"},
		{"SL0012", "示例量化全市场", "Example Quant All-Market", "R5", 90, 100000_00, "中证全指", "CSI All Share", "每季度开放", "open every quarter", false, "sale"},
	}
}

func productOf(id string) (product, bool) {
	for _, p := range shelf() {
		if p.id == id {
			return p, true
		}
	}
	return product{}, false
}

// Product is a wealth product as customers see it. The benchmark is no promise.
type Product struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	NameEN       string `json:"name_en"`
	Rating       string `json:"rating"`
	Days         int    `json:"days" doc:"How long money is tied; 0: every trading day"`
	Least        string `json:"least" doc:"Smallest purchase"`
	Benchmark    string `json:"benchmark"`
	BenchmarkEN  string `json:"benchmark_en"`
	Redemption   string `json:"redemption"`
	RedemptionEN string `json:"redemption_en"`
	Quick        bool   `json:"quick"`
	SoldOut      bool   `json:"sold_out"`
	Why          string `json:"why" doc:"Why it fits what was asked for"`
	WhyEN        string `json:"why_en"`
}

func (p product) view() Product {
	return Product{
		ID: p.id, Name: p.name, NameEN: p.nameEN, Rating: p.rating, Days: p.days, Least: p.least.String(), Benchmark: p.benchmark, BenchmarkEN: p.benchmarkEN,
		Redemption: p.redemption, RedemptionEN: p.redemEN, Quick: p.quick, SoldOut: p.state == "sold_out",
	}
}

// Products is the shelf.
type Products struct {
	Products []Product `json:"products" nullable:"false"`
}

// AdviseIn is what a customer wants of money.
type AdviseIn struct {
	CustomerIn
	Horizon string `json:"horizon" enum:"any,short,middle,long" doc:"any: must be reachable every day; short to 3 months, middle to 1 year, long beyond"`
	Amount  string `json:"amount,omitempty" maxLength:"16"`
}

// Advice is at most three products within the customer's rating.
type Advice struct {
	Rating   string    `json:"rating" doc:"Empty: never rated"`
	State    string    `json:"state" enum:"valid,none,expired"`
	Withheld int       `json:"withheld" doc:"How many would fit but are above the rating"`
	Products []Product `json:"products" nullable:"false"`
}

const mostAdvised = 3

func (b *Bank) wealthProducts(_ context.Context, _ CustomerIn) (Products, error) {
	out := Products{Products: []Product{}}
	for _, p := range shelf() {
		out.Products = append(out.Products, p.view())
	}
	return out, nil
}

// wealthAdvise never names what is above the customer's rating.
func (b *Bank) wealthAdvise(ctx context.Context, in AdviseIn) (Advice, error) {
	customer, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return Advice{}, err
	}
	var amount fen.Fen
	if in.Amount != "" {
		if amount, err = amountOf("amount", in.Amount); err != nil {
			return Advice{}, err
		}
	}
	out := Advice{Rating: customer.Rating, Products: []Product{}}
	if out.State, err = b.ratingState(ctx, b.pool, customer); err != nil || out.State != "valid" {
		return out, err
	}
	for _, p := range shelf() {
		if p.state != "sale" || !p.fits(in.Horizon) || amount > 0 && amount < p.least {
			continue
		}
		if p.rating > customer.Rating {
			out.Withheld++
			continue
		}
		if len(out.Products) < mostAdvised {
			v := p.view()
			v.Why, v.WhyEN = p.why(in.Horizon)
			out.Products = append(out.Products, v)
		}
	}
	return out, nil
}

func (p product) fits(horizon string) bool {
	switch horizon {
	case "any":
		return p.days == 0
	case "short":
		return p.days <= 92
	case "middle":
		return p.days >= 30 && p.days <= 365 || p.days == 0 && p.rating >= "R3"
	default:
		return p.days >= 180 || p.days == 0 && p.rating >= "R3"
	}
}

func (p product) why(horizon string) (zh, en string) {
	switch {
	case p.days == 0 && p.rating == "R1":
		return "随时能取，波动小", "reachable every trading day, hardly moves"
	case p.days == 0:
		return "每日可赎，但净值会涨跌", "redeemable daily, but its value goes up and down"
	case horizon == "long":
		return "期限长，到期前取不出", "long term, not reachable before the end"
	default:
		return "期限对得上，开放前取不出", "the term fits; not reachable before it opens"
	}
}

// rating is until when a rating holds, as kept beside the customer's.
type rating struct {
	Until string `json:"until"` // 2006-01-02
}

func (b *Bank) ratingState(ctx context.Context, db querier, c customerRow) (string, error) {
	if c.Rating == "" {
		return "none", nil
	}
	rows, err := recordsOf[rating](ctx, b, db, c.ID, "rating")
	if err != nil || len(rows) == 0 {
		return "valid", err
	}
	if rows[len(rows)-1].Value.Until < b.now().Format(time.DateOnly) {
		return "expired", nil
	}
	return "valid", nil
}
