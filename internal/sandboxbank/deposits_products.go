package sandboxbank

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	demandRate  = "0.05"
	cdMinimum   = fen.Fen(200_000_00)
	timeMinimum = fen.Fen(50_00)
	callMinimum = fen.Fen(50_000_00)
	newRates    = "2026-11-30" // the day the rates change
)

// offer is a deposit on sale: what it pays now and from newRates on.
type offer struct {
	product, term, rate, next string
	soldOut                   bool
}

func offers() []offer {
	return []offer{
		{"time", "P3M", "0.65", "0.60", false},
		{"time", "P6M", "0.85", "0.80", false},
		{"time", "P1Y", "0.95", "0.90", false},
		{"time", "P2Y", "1.05", "1.00", false},
		{"time", "P3Y", "1.25", "1.20", false},
		{"time", "P5Y", "1.30", "1.25", false},
		{"call", "P1D", "0.10", "0.10", false},
		{"call", "P7D", "0.30", "0.25", false},
		{"cd", "P6M", "0.95", "0.90", false},
		{"cd", "P1Y", "1.10", "1.05", false},
		{"cd", "P2Y", "1.20", "1.15", false},
		{"cd", "P3Y", "1.55", "1.45", true},
	}
}

func productName(product string) (zh, en string) {
	switch product {
	case "call":
		return "通知存款", "Call deposit"
	case "cd":
		return "大额存单", "Large certificate of deposit"
	default:
		return "定期存款", "Time deposit"
	}
}

// termName says an ISO 8601 duration as a customer does.
func termName(term string) (zh, en string) {
	n, _ := strconv.Atoi(strings.Trim(term, "PYMD"))
	unit := map[byte][2]string{'Y': {"年", "year"}, 'M': {"个月", "month"}, 'D': {"天", "day"}}[term[len(term)-1]]
	if n != 1 {
		unit[1] += "s"
	}
	return fmt.Sprintf("%d%s", n, unit[0]), fmt.Sprintf("%d %s", n, unit[1])
}

// months are a term's whole months; 0 for days.
func months(term string) int {
	n, _ := strconv.Atoi(strings.Trim(term, "PYMD"))
	switch {
	case strings.HasSuffix(term, "Y"):
		return 12 * n
	case strings.HasSuffix(term, "M"):
		return n
	}
	return 0
}

// yield is what a deposit pays in its term at a rate.
func yield(amount fen.Fen, rate, term string) fen.Fen {
	if m := months(term); m > 0 {
		return simpleMonths(amount, rate, m)
	}
	n, _ := strconv.Atoi(strings.Trim(term, "PYMD"))
	return simple(amount, rate, n)
}

// offered finds what is sold under a product and a term; 12 months are a year.
func offered(product, term string) (offer, bool) {
	for _, o := range offers() {
		if o.product == product && (o.term == term || months(term) > 0 && months(o.term) == months(term)) {
			return o, true
		}
	}
	return offer{}, false
}

// terms lists a product's terms for a sentence.
func terms(product string) (zh, en string) {
	var all, allEN []string
	for _, o := range offers() {
		if o.product == product {
			z, e := termName(o.term)
			all, allEN = append(all, z), append(allEN, e)
		}
	}
	return strings.Join(all, "、"), strings.Join(allEN, ", ")
}

// rateOn is what an offer pays on a day.
func (o offer) rateOn(day string) string {
	if day >= newRates {
		return o.next
	}
	return o.rate
}

func minimumOf(product string) fen.Fen {
	switch product {
	case "cd":
		return cdMinimum
	case "call":
		return callMinimum
	default:
		return timeMinimum
	}
}

// DepositProductsIn may name a product.
type DepositProductsIn struct {
	Customer string `json:"customer,omitempty" maxLength:"20"`
	Product  string `json:"product,omitempty" maxLength:"10"`
}

// DepositOffer is one row of the rate table.
type DepositOffer struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	NameEN  string `json:"name_en"`
	Product string `json:"product"`
	Term    string `json:"term"`
	Rate    string `json:"rate"`
	Next    string `json:"next_rate" doc:"From next_from on"`
	Minimum string `json:"minimum"`
	SoldOut bool   `json:"sold_out"`
}

// DepositOffers is the rate table.
type DepositOffers struct {
	Offers   []DepositOffer `json:"offers" nullable:"false"`
	NextFrom string         `json:"next_from" doc:"When the rates change; empty when nothing is announced"`
}

func (b *Bank) depositProducts(_ context.Context, in DepositProductsIn) (DepositOffers, error) {
	today := b.now().Format(time.DateOnly)
	out := DepositOffers{Offers: []DepositOffer{}, NextFrom: announced(today)}
	for _, o := range offers() {
		if in.Product != "" && o.product != in.Product {
			continue
		}
		zh, en := productName(o.product)
		tzh, ten := termName(o.term)
		out.Offers = append(out.Offers, DepositOffer{
			ID: o.product + "-" + o.term, Name: tzh + zh, NameEN: ten + " " + strings.ToLower(en), Product: o.product, Term: o.term, Rate: o.rateOn(today), Next: o.next,
			Minimum: minimumOf(o.product).String(), SoldOut: o.soldOut,
		})
	}
	return out, nil
}

func announced(today string) string {
	if today < newRates {
		return newRates
	}
	return ""
}

// DepositTryIn asks what a deposit yields. Nobody need be signed in.
type DepositTryIn struct {
	Customer string `json:"customer,omitempty" maxLength:"20"`
	Product  string `json:"product" maxLength:"10"`
	Term     string `json:"term" maxLength:"10"`
	Amount   string `json:"amount" maxLength:"20"`
	Currency string `json:"currency,omitempty" maxLength:"3"`
}

// DepositTry is what it yields, today and after an announced change.
type DepositTry struct {
	Name      string   `json:"name"`
	NameEN    string   `json:"name_en"`
	Rate      string   `json:"rate"`
	Interest  string   `json:"interest"`
	Total     string   `json:"total"`
	MaturesOn string   `json:"matures_on"`
	Minimum   string   `json:"minimum"`
	NextFrom  string   `json:"next_from" doc:"Empty when the rate does not change"`
	NextRate  string   `json:"next_rate"`
	NextYield string   `json:"next_interest"`
	Less      string   `json:"less" doc:"How much less the later deposit yields"`
	SoldOut   bool     `json:"sold_out"`
	Refusal   *Refusal `json:"refusal" doc:"Why it would be refused; null when it would not"`
}

func (b *Bank) depositTry(_ context.Context, in DepositTryIn) (DepositTry, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return DepositTry{}, err
	}
	o, no := fits(in.Product, in.Term, amount)
	if !slices.Contains([]string{"", "CNY"}, in.Currency) {
		no = refuse("currency", "外币存款的利率每天变，请到网点或请人工查。", "Rates for foreign currency change daily. Please ask a branch or a person.")
	}
	if no != nil {
		return DepositTry{Refusal: no}, nil //nolint:nilerr // a refusal is the answer, not a fault
	}
	return b.tried(o, amount), nil
}

// fits finds the offer and says why an amount or a term is none of it.
func fits(product, term string, amount fen.Fen) (offer, *Refusal) {
	o, ok := offered(product, term)
	zh, en := productName(product)
	if !ok {
		tzh, ten := terms(product)
		return o, refuse("no_such_term", zh+"没有这个期限，可选的有"+tzh+"。", "There is no such term. "+en+"s run for "+ten+".")
	}
	if least := minimumOf(product); amount < least {
		return o, refuse("below_minimum", fmt.Sprintf("%s起存%s元，可以加一点金额，或换普通定期。", zh, least), fmt.Sprintf("The minimum of a %s is CNY %s. Raise the sum or take an ordinary time deposit.", strings.ToLower(en), least))
	}
	return o, nil
}

func (b *Bank) tried(o offer, amount fen.Fen) DepositTry {
	now := b.now()
	today := now.Format(time.DateOnly)
	zh, en := productName(o.product)
	tzh, ten := termName(o.term)
	rate := o.rateOn(today)
	interest := yield(amount, rate, o.term)
	out := DepositTry{
		Name: tzh + zh, NameEN: ten + " " + strings.ToLower(en), Rate: rate, Interest: interest.String(), Total: (amount + interest).String(),
		MaturesOn: matures(now, o.term).Format(time.DateOnly), Minimum: minimumOf(o.product).String(), SoldOut: o.soldOut, NextRate: "", NextYield: "0.00", Less: "0.00",
	}
	if from := announced(today); from != "" && o.next != o.rate {
		later := yield(amount, o.next, o.term)
		out.NextFrom, out.NextRate, out.NextYield, out.Less = from, o.next, later.String(), (interest - later).String()
	}
	return out
}

// matures is the day a deposit of a term ends that begins on a day.
func matures(from time.Time, term string) time.Time {
	if m := months(term); m > 0 {
		end := from.AddDate(0, m, 0)
		if end.Day() != from.Day() { // the 31st into a shorter month: its last day
			end = end.AddDate(0, 0, -end.Day())
		}
		return end
	}
	n, _ := strconv.Atoi(strings.Trim(term, "PYMD"))
	return from.AddDate(0, 0, n)
}
