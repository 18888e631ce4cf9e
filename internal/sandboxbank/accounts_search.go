package sandboxbank

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	shownMost   = 20 // rows of one answer; the sums are of all that match
	lookBack    = 30 // days that are meant when nothing is said
	archiveKind = "archived_booking"
)

// archived is a booking of a year that the ledger no longer holds.
type archived struct {
	On       string `json:"on"`
	Tail     string `json:"tail"`
	Party    string `json:"party"`
	Amount   string `json:"amount"`
	Negative bool   `json:"out"`
	Memo     string `json:"memo"`
	Category string `json:"category"`
}

// SearchIn is what a customer says of bookings; every field but the customer may
// be left out. Amount and Category are exact.
type SearchIn struct {
	CustomerIn
	Account   string `json:"account,omitempty" maxLength:"40"`
	Party     string `json:"party,omitempty" maxLength:"60" doc:"A name, an alias, a relation, or part of a merchant's name"`
	Day       string `json:"day,omitempty" maxLength:"10" doc:"2026-11-03; before period and month"`
	Period    string `json:"period,omitempty" maxLength:"12" doc:"week, last_week, this_month, last_month, 3m, 6m, this_year, last_year, all, a year (2013) or a calendar year so many years ago (-13y)"`
	Month     string `json:"month,omitempty" maxLength:"2" doc:"01 to 12: of the period's year, else the latest"`
	Direction string `json:"direction,omitempty" maxLength:"3" doc:"in or out"`
	Amount    string `json:"amount,omitempty" maxLength:"16"`
	Category  string `json:"category,omitempty" maxLength:"20"`
	Count     string `json:"count,omitempty" maxLength:"3" doc:"How many to show, at most 20"`
}

// Found is a booking that matches.
type Found struct {
	Number   string `json:"number" doc:"Empty for the archive"`
	Time     string `json:"time"`
	On       string `json:"on"`
	Tail     string `json:"tail"`
	Amount   string `json:"amount" doc:"Positive; see out"`
	Signed   string `json:"signed" doc:"+12.00 or -12.00"`
	Out      bool   `json:"out"`
	Party    string `json:"party"`
	Memo     string `json:"memo"`
	Category string `json:"category"`
}

// PartySum is what one counterparty got and gave.
type PartySum struct {
	Party  string `json:"party"`
	Count  int    `json:"count"`
	SumIn  string `json:"sum_in"`
	SumOut string `json:"sum_out"`
}

// Search is the newest that match, with the count and the sums of all.
type Search struct {
	Found   []Found    `json:"found" nullable:"false"`
	Parties []PartySum `json:"parties" nullable:"false" doc:"Per counterparty, the largest first; at most 10"`
	Several bool       `json:"several" doc:"The name that was given means more than one person"`
	Count   int        `json:"count"`
	SumIn   string     `json:"sum_in"`
	SumOut  string     `json:"sum_out"`
	More    bool       `json:"more"`
	Span    string     `json:"span" doc:"The days that were searched, in words"`
	SpanEN  string     `json:"span_en"`
}

type moved struct {
	Found
	at     time.Time
	amount fen.Fen
}

// transactionsSearch looks through the ledger and the archive. One name may mean
// several payees: all of them are searched, and told apart in Parties.
func (b *Bank) transactionsSearch(ctx context.Context, in SearchIn) (Search, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return Search{}, err
	}
	from, to, span, spanEN, err := b.span(in)
	if err != nil {
		return Search{}, err
	}
	names, err := b.partyNames(ctx, in.Customer, in.Party)
	if err != nil {
		return Search{}, err
	}
	var exact fen.Fen
	if in.Amount != "" {
		if exact, err = amountOf("amount", in.Amount); err != nil {
			return Search{}, err
		}
	}
	all, err := b.movedBetween(ctx, in, from, to, exact)
	if err != nil {
		return Search{}, err
	}
	hits := slices.DeleteFunc(all, func(m moved) bool {
		return len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return strings.Contains(strings.ToLower(m.Party), n) })
	})
	slices.SortStableFunc(hits, func(x, y moved) int { return y.at.Compare(x.at) })
	return summed(hits, in, span, spanEN), nil
}

func summed(hits []moved, in SearchIn, span, spanEN string) Search {
	out := Search{Found: []Found{}, Parties: []PartySum{}, Count: len(hits), Span: span, SpanEN: spanEN}
	limit := shownMost
	if _, err := fmt.Sscan(in.Count, &limit); err != nil || limit < 1 || limit > shownMost {
		limit = shownMost
	}
	if in.Count != "" && len(hits) > limit { // the last ten are the ten, not all
		hits = hits[:limit]
		out.Count = limit
	}
	type sums struct {
		party    string
		n        int
		got, put fen.Fen
	}
	var per []*sums
	var got, put fen.Fen
	for i, m := range hits {
		k := slices.IndexFunc(per, func(s *sums) bool { return s.party == m.Party })
		if k < 0 {
			per, k = append(per, &sums{party: m.Party}), len(per)
		}
		per[k].n++
		if m.Out {
			put, per[k].put = put+m.amount, per[k].put+m.amount
		} else {
			got, per[k].got = got+m.amount, per[k].got+m.amount
		}
		if i < limit {
			out.Found = append(out.Found, m.Found)
		}
	}
	slices.SortStableFunc(per, func(x, y *sums) int { return int(min(1, max(-1, (y.got+y.put)-(x.got+x.put)))) })
	for i, s := range per {
		if i < 10 {
			out.Parties = append(out.Parties, PartySum{Party: s.party, Count: s.n, SumIn: s.got.String(), SumOut: s.put.String()})
		}
	}
	out.Several = in.Party != "" && len(per) > 1
	out.SumIn, out.SumOut, out.More = got.String(), put.String(), len(hits) > limit
	return out
}

// movedBetween reads both books, newest ledger first; without who it was with.
func (b *Bank) movedBetween(ctx context.Context, in SearchIn, from, to *time.Time, exact fen.Fen) ([]moved, error) {
	rows, err := many[transactionRow](ctx, b, b.pool, "Transactions", in.Customer, in.Account, from, to, "", in.Direction, exact, exact, in.Category)
	if err != nil {
		return nil, err
	}
	var all []moved
	for _, r := range rows {
		at := r.BookedAt.In(b.cfg.Zone)
		m := moved{at: at, amount: max(r.AmountFen, -r.AmountFen), Found: Found{
			Number: r.Number, Time: at.Format(time.RFC3339), On: at.Format(time.DateOnly), Tail: r.Tail, Out: r.AmountFen < 0, Party: r.Party, Memo: r.Memo, Category: r.Category,
		}}
		m.Amount = m.amount.String()
		all = append(all, m)
	}
	old, err := recordsOf[archived](ctx, b, b.pool, in.Customer, archiveKind)
	if err != nil {
		return nil, err
	}
	account := ""
	if in.Account != "" {
		row, ok, err := one[accountRow](ctx, b, b.pool, "Account", in.Account, in.Customer)
		if err != nil || !ok {
			return nil, orRefuse(err, unknownAccount())
		}
		account = row.Tail
	}
	for _, r := range old {
		v := r.Value
		at, err := time.ParseInLocation(time.DateOnly, v.On, b.cfg.Zone)
		if err != nil {
			return nil, fmt.Errorf("read the archive's %s: %w", r.ID, err)
		}
		amount, err := fen.Parse(v.Amount)
		if err != nil {
			return nil, fmt.Errorf("read the archive's %s: %w", r.ID, err)
		}
		if from != nil && at.Before(*from) || to != nil && !at.Before(*to) || account != "" && v.Tail != account || exact > 0 && amount != exact ||
			in.Category != "" && v.Category != in.Category || in.Direction == "in" && v.Negative || in.Direction == "out" && !v.Negative {
			continue
		}
		all = append(all, moved{at: at, amount: amount, Found: Found{
			Time: at.Format(time.RFC3339), On: v.On, Tail: v.Tail, Amount: amount.String(), Out: v.Negative, Party: v.Party, Memo: v.Memo, Category: v.Category,
		}})
	}
	for i := range all {
		all[i].Signed = "+" + all[i].Amount
		if all[i].Out {
			all[i].Signed = "-" + all[i].Amount
		}
	}
	return all, nil
}

// partyNames is what a counterparty's name may hold, in small letters: the payees
// that a name, an alias or a relation means, else the words themselves.
func (b *Bank) partyNames(ctx context.Context, customer, party string) ([]string, error) {
	if strings.TrimSpace(party) == "" {
		return nil, nil
	}
	rows, err := many[payeeRow](ctx, b, b.pool, "PayeesOf", customer)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range matchPayees(rows, party) {
		names = append(names, strings.ToLower(p.Name))
	}
	if names == nil {
		names = []string{strings.ToLower(strings.TrimSpace(party))}
	}
	return names, nil
}

// span is the days that are meant; nil for no bound. A calendar year so many
// years ago is that whole year, so that nothing of it is left out.
func (b *Bank) span(in SearchIn) (from, to *time.Time, zh, en string, err error) {
	now := b.now().In(b.cfg.Zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, b.cfg.Zone)
	first := func(year int, month time.Month) time.Time { return time.Date(year, month, 1, 0, 0, 0, 0, b.cfg.Zone) }
	days := func(start, end time.Time) (*time.Time, *time.Time, string, string, error) { // end is the day after
		last := end.AddDate(0, 0, -1)
		if start.Equal(last) {
			return &start, &end, start.Format("2006年1月2日"), start.Format("2 Jan 2006"), nil
		}
		return &start, &end, start.Format("2006年1月2日") + "至" + last.Format("2006年1月2日"), start.Format("2 Jan 2006") + " to " + last.Format("2 Jan 2006"), nil
	}
	if in.Day != "" {
		day, err := b.day("day", in.Day, 0)
		if err != nil {
			return nil, nil, "", "", err
		}
		return days(*day, day.AddDate(0, 0, 1))
	}
	year, back := 0, 0
	switch {
	case in.Period == "this_year":
		year = now.Year()
	case in.Period == "last_year":
		year = now.Year() - 1
	case strings.HasPrefix(in.Period, "-"):
		if _, err := fmt.Sscanf(in.Period, "-%dy", &back); err != nil || back < 1 || back > 60 {
			return nil, nil, "", "", badField("period", in.Period, fmt.Errorf("must be -1y to -60y"))
		}
		year = now.Year() - back
	default:
		if _, err := fmt.Sscanf(in.Period, "%4d", &year); err != nil || year < 1990 || year > now.Year() {
			year = 0
		}
	}
	if in.Month != "" {
		var month int
		if _, err := fmt.Sscanf(in.Month, "%d", &month); err != nil || month < 1 || month > 12 {
			return nil, nil, "", "", badField("month", in.Month, fmt.Errorf("must be 01 to 12"))
		}
		if year == 0 {
			if year = now.Year(); time.Month(month) > now.Month() {
				year--
			}
		}
		start := first(year, time.Month(month))
		return days(start, start.AddDate(0, 1, 0))
	}
	monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
	switch {
	case year > 0:
		return days(first(year, 1), first(year+1, 1))
	case in.Period == "week":
		return days(monday, today.AddDate(0, 0, 1))
	case in.Period == "last_week":
		return days(monday.AddDate(0, 0, -7), monday)
	case in.Period == "this_month":
		return days(first(now.Year(), now.Month()), today.AddDate(0, 0, 1))
	case in.Period == "last_month":
		return days(first(now.Year(), now.Month()-1), first(now.Year(), now.Month()))
	case in.Period == "3m":
		return days(today.AddDate(0, -3, 0), today.AddDate(0, 0, 1))
	case in.Period == "6m":
		return days(today.AddDate(0, -6, 0), today.AddDate(0, 0, 1))
	case in.Period == "all" || in.Period == "" && (in.Party != "" || in.Amount != "" || in.Count != ""):
		return nil, nil, "全部时间", "all time", nil
	case in.Period != "":
		return nil, nil, "", "", badField("period", in.Period, fmt.Errorf("is no period"))
	}
	return days(today.AddDate(0, 0, -lookBack), today.AddDate(0, 0, 1))
}
