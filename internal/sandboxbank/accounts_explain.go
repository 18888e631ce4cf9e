package sandboxbank

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const debitsMost = 8 // as many as one can choose from

// merchant is what the acquirer knows of a name on a statement.
type merchant struct {
	Descriptor string `json:"descriptor"`
	Name       string `json:"name"`
	NameEN     string `json:"name_en"`
	Service    string `json:"service"`
	ServiceEN  string `json:"service_en"`
}

// DebitsRecentIn asks for what went out.
type DebitsRecentIn struct {
	CustomerIn
	Amount string `json:"amount,omitempty" maxLength:"16" doc:"Only of this amount, where there is one"`
}

// Debit is money that went out, with as much as the bank knows of it.
type Debit struct {
	ID        string `json:"id" doc:"The booking's number"`
	Name      string `json:"name" doc:"As the statement shows it"`
	NameEN    string `json:"name_en"`
	Amount    string `json:"amount"`
	On        string `json:"on"`
	Time      string `json:"time"`
	Tail      string `json:"tail"`
	Merchant  string `json:"merchant" doc:"Who is behind the name; the name itself where nobody is known"`
	MerchEN   string `json:"merchant_en"`
	Known     bool   `json:"known" doc:"The merchant is registered with the acquirer"`
	Service   string `json:"service"`
	ServiceEN string `json:"service_en"`
	How       string `json:"how"`
	HowEN     string `json:"how_en"`
	Way       string `json:"way" enum:"mandate,renewal,transfer,own,card"`
	Mandate   string `json:"mandate" doc:"Way mandate: the direct debit's merchant as mandates.list names it; else empty"`
	Times     int    `json:"times" doc:"How often the same name took money within a year"`
}

// DebitsRecent is the newest of each name, first what is taken by itself.
type DebitsRecent struct {
	Debits []Debit `json:"debits" nullable:"false"`
}

func (b *Bank) debitsRecent(ctx context.Context, in DebitsRecentIn) (DebitsRecent, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return DebitsRecent{}, err
	}
	from := b.now().AddDate(-1, 0, 0)
	rows, err := many[transactionRow](ctx, b, b.pool, "Transactions", in.Customer, "", &from, (*time.Time)(nil), "", "out", fen.Fen(0), fen.Fen(0), "")
	if err != nil {
		return DebitsRecent{}, err
	}
	known, err := recordsOf[merchant](ctx, b, b.pool, in.Customer, "merchant")
	if err != nil {
		return DebitsRecent{}, err
	}
	mandates, err := recordsOf[mandate](ctx, b, b.pool, in.Customer, "mandate")
	if err != nil {
		return DebitsRecent{}, err
	}
	var exact fen.Fen
	if in.Amount != "" {
		if exact, err = amountOf("amount", in.Amount); err != nil {
			return DebitsRecent{}, err
		}
	}
	times := map[string]int{}
	var all, fits []Debit
	for _, r := range rows {
		if times[r.Party]++; times[r.Party] > 1 && exact == 0 {
			continue
		}
		d := b.debit(r, known, mandates)
		if all = append(all, d); -r.AmountFen == exact {
			fits = append(fits, d)
		}
	}
	if len(fits) > 0 {
		all = fits
	}
	out := DebitsRecent{Debits: []Debit{}}
	slices.SortStableFunc(all, func(x, y Debit) int { return unasked(y) - unasked(x) })
	for i, d := range all {
		if i < debitsMost {
			d.Times = times[d.Name]
			out.Debits = append(out.Debits, d)
		}
	}
	return out, nil
}

func unasked(d Debit) int {
	if d.Way == "mandate" || d.Way == "renewal" {
		return 1
	}
	return 0
}

// debit explains a booking: by the acquirer's register, by the customer's own
// mandates, else by what kind of booking it is.
func (b *Bank) debit(r transactionRow, known []record[merchant], mandates []record[mandate]) Debit {
	at := r.BookedAt.In(b.cfg.Zone)
	d := Debit{
		ID: r.Number, Name: r.Party, NameEN: r.Party, Amount: (-r.AmountFen).String(), On: at.Format(time.DateOnly), Time: at.Format(time.RFC3339), Tail: r.Tail,
		Merchant: r.Party, MerchEN: r.Party, Service: r.Memo, ServiceEN: r.Memo,
	}
	for _, m := range known {
		if m.Value.Descriptor == r.Party {
			d.Merchant, d.MerchEN, d.Service, d.ServiceEN, d.Known = m.Value.Name, m.Value.NameEN, m.Value.Service, m.Value.ServiceEN, true
			d.NameEN = m.Value.NameEN
		}
	}
	for _, m := range mandates {
		if m.Status == "active" && (m.Value.Merchant == d.Merchant || m.Value.Merchant == r.Party) {
			d.Way, d.Mandate = "mandate", m.Value.Merchant
			d.How, d.HowEN = "您在"+m.Value.Since+"签过代扣，由商户自动扣", "by a direct debit you agreed to on "+m.Value.Since
			return d
		}
	}
	switch {
	case r.Category == subscriptions:
		d.Way, d.How, d.HowEN = "renewal", "商户的自动续费", "an automatic renewal of the merchant"
	case r.Category == "own" || strings.HasPrefix(r.Number, "R"):
		d.Way, d.How, d.HowEN = "own", "转到您自己的账户", "to an account of your own"
	case r.Category == "transfer" || r.Kind == "transfer":
		d.Way, d.How, d.HowEN = "transfer", "从您的账户转出", "a transfer from your account"
	case r.Category == "loan" || r.Category == "credit":
		d.Way, d.How, d.HowEN = "own", "归还您在本行的贷款或信用卡", "a repayment of your own loan or credit card"
	default:
		d.Way, d.How, d.HowEN = "card", "刷卡或快捷支付", "a card or online payment"
	}
	return d
}
