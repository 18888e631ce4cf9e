package seed

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// Line is one habit of a customer's money: what is booked, how often, how much.
type Line struct {
	Account  string `yaml:"account"`
	Party    string `yaml:"party"`
	Payee    string `yaml:"payee"`
	Memo     string `yaml:"memo"`
	Category string `yaml:"category"`
	// Amount is one figure or a range: "-20.00..-60.00".
	Amount string `yaml:"amount"`
	// Every is month, week or day (day: about Times times a week), or once.
	Every string `yaml:"every"`
	Day   int    `yaml:"day"`   // month: day of the month; week: 0 Sunday … 6
	Ago   int    `yaml:"ago"`   // once: days before today
	Times int    `yaml:"times"` // day: bookings a week, 1 to 7
	// Months is how far back it goes; 0 means 5.
	Months int `yaml:"months"`
}

// Booking is one line of an account's past.
type Booking struct {
	At       time.Time
	Account  string
	Party    string
	Payee    string
	Memo     string
	Category string
	Amount   fen.Fen
	Opening  bool
}

// Expand gives every booking of the customer's past in the order of time. Each
// account opens with what makes today's balance come out as the file says.
func (c Customer) Expand(today time.Time) ([]Booking, error) {
	seed := fnv.New64a()
	_, _ = seed.Write([]byte(c.ID)) // a hash's Write never fails
	dice := rand.New(rand.NewPCG(seed.Sum64(), 75))
	midnight := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, today.Location())
	var past []Booking
	first := midnight
	for _, line := range c.History {
		from, to, err := line.span()
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", c.ID, line.Party, err)
		}
		days, err := line.days(midnight, dice)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", c.ID, line.Party, err)
		}
		for _, day := range days {
			amount := from
			if to > from {
				amount += fen.Fen(dice.Int64N(int64(to-from) + 1))
			}
			if day.Before(first) {
				first = day
			}
			past = append(past, Booking{
				At: day.Add(time.Duration(8*3600+dice.IntN(13*3600)) * time.Second), Account: line.Account,
				Party: line.Party, Payee: line.Payee, Memo: line.Memo, Category: line.Category, Amount: amount,
			})
		}
	}
	slices.SortStableFunc(past, func(a, b Booking) int { return a.At.Compare(b.At) })
	var opening []Booking
	for _, account := range c.Accounts {
		start := fen.Fen(account.Balance)
		for _, b := range past {
			if b.Account == account.ID {
				start -= b.Amount
			}
		}
		if account.Kind != "credit" && account.Kind != "mortgage" {
			var saved *Booking
			if start, saved = neverOverdrawn(account.ID, start, past); saved != nil {
				past = append(past, *saved)
			}
		}
		if start != 0 {
			opening = append(opening, Booking{
				At: first.AddDate(0, 0, -1), Account: account.ID, Party: "期初余额", Category: "opening", Amount: start, Opening: true,
			})
		}
	}
	past = append(opening, past...)
	slices.SortStableFunc(past, func(a, b Booking) int { return a.At.Compare(b.At) })
	return past, nil
}

// neverOverdrawn raises an account's opening balance where the past would have
// overdrawn it; what is too much then goes into savings right after the last
// time that needed it. How much comes in and goes out depends on where today falls in
// the month, so that no fixed file is right on every day.
func neverOverdrawn(account string, start fen.Fen, past []Booking) (fen.Fen, *Booking) {
	running, lowest := start, min(start, 0)
	var back time.Time // when the balance was last back from below zero
	for _, b := range past {
		if b.Account != account {
			continue
		}
		below := running < 0
		if running += b.Amount; below && running >= 0 {
			back = b.At
		}
		lowest = min(lowest, running)
	}
	if lowest == 0 {
		return start, nil
	}
	return start - lowest, &Booking{
		At: back.Add(time.Second), Account: account, Party: "青禾货币基金", Memo: "转入零钱理财", Category: "wealth", Amount: lowest,
	}
}

// span is the line's smallest and largest amount.
func (l Line) span() (from, to fen.Fen, err error) {
	a, b, isRange := strings.Cut(l.Amount, "..")
	if from, err = parse(a); err != nil {
		return 0, 0, err
	}
	to = from
	if isRange {
		if to, err = parse(b); err != nil {
			return 0, 0, err
		}
	}
	return min(from, to), max(from, to), nil
}

// days is when the line was booked, oldest first, all before today's midnight.
func (l Line) days(midnight time.Time, dice *rand.Rand) ([]time.Time, error) {
	start := midnight.AddDate(0, -cmp.Or(l.Months, 5), 0)
	var days []time.Time
	switch l.Every {
	case "once":
		if l.Ago < 1 {
			return nil, fmt.Errorf("ago must be at least 1 day, not %d", l.Ago)
		}
		return []time.Time{midnight.AddDate(0, 0, -l.Ago)}, nil
	case "month":
		for day := start; day.Before(midnight); day = day.AddDate(0, 0, 1) {
			if day.Day() == l.Day {
				days = append(days, day)
			}
		}
	case "week":
		for day := start; day.Before(midnight); day = day.AddDate(0, 0, 1) {
			if int(day.Weekday()) == l.Day {
				days = append(days, day)
			}
		}
	case "day":
		for day := start; day.Before(midnight); day = day.AddDate(0, 0, 1) {
			if dice.IntN(7) < l.Times {
				days = append(days, day)
			}
		}
	default:
		return nil, fmt.Errorf("every must be month, week, day or once, not %q", l.Every)
	}
	return days, nil
}
