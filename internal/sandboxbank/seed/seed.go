// Package seed holds the sandbox bank's cast: who they are, what they own and
// how their money moved. Everything is fictional. It is pure: files in, records
// out; every date is relative to a given day, every random figure comes from a
// generator that the customer's number seeds, so that a second run gives the same.
package seed

import (
	"embed"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

//go:embed customers/*.yaml
var files embed.FS

// Customer is one person of the cast.
type Customer struct {
	ID          string    `yaml:"id"`
	Name        string    `yaml:"name"`
	Title       string    `yaml:"title"`
	TitleEN     string    `yaml:"title_en"`
	Age         int       `yaml:"age"`
	Birthday    string    `yaml:"birthday"` // 01-02
	Edition     string    `yaml:"edition"`
	Locale      string    `yaml:"locale"`
	Phone       string    `yaml:"phone"`
	Rating      string    `yaml:"rating"`
	Region      string    `yaml:"region"`
	Manager     string    `yaml:"manager"`
	IDKind      string    `yaml:"id_kind"`
	IDExpiresIn *int      `yaml:"id_expires_in"` // days from today; absent: long-term
	SingleLimit Amount    `yaml:"single_limit"`
	DailyLimit  Amount    `yaml:"daily_limit"`
	Password    string    `yaml:"payment_password"`
	PIN         string    `yaml:"pin"` // of each card that names none
	Accounts    []Account `yaml:"accounts"`
	Cards       []Card    `yaml:"cards"`
	Payees      []Payee   `yaml:"payees"`
	History     []Line    `yaml:"history"`
}

// Account is one account as it stands today.
type Account struct {
	ID           string `yaml:"id"`
	Kind         string `yaml:"kind"`
	Name         string `yaml:"name"`
	NameEN       string `yaml:"name_en"`
	Tail         string `yaml:"tail"`
	Currency     string `yaml:"currency"`
	Status       string `yaml:"status"`
	StatusReason string `yaml:"status_reason"`
	Balance      Amount `yaml:"balance"`
	Frozen       Amount `yaml:"frozen"`
	Credit       Amount `yaml:"credit"`
	Term         string `yaml:"term"`
	Rate         string `yaml:"rate"`
	MaturesIn    *int   `yaml:"matures_in"` // days from today
	Bill         Amount `yaml:"bill"`
	BillMin      Amount `yaml:"bill_min"`
	BillDueIn    *int   `yaml:"bill_due_in"` // days from today
}

// Card is one card.
type Card struct {
	ID      string `yaml:"id"`
	Account string `yaml:"account"`
	Kind    string `yaml:"kind"`
	Name    string `yaml:"name"`
	NameEN  string `yaml:"name_en"`
	Tail    string `yaml:"tail"`
	Status  string `yaml:"status"`
	PIN     string `yaml:"pin"`
}

// Payee is one saved payee.
type Payee struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Aliases  []string `yaml:"aliases"`
	Relation string   `yaml:"relation"`
	Bank     string   `yaml:"bank"`
	Number   string   `yaml:"number"`
	Account  string   `yaml:"account"` // an account of the cast's
	Mismatch bool     `yaml:"mismatch"`
	Paid     int      `yaml:"paid"` // transfers before the history begins
}

// Amount is money in a seed file: a decimal in quotes, "-" in front of what is owed.
type Amount fen.Fen

// UnmarshalYAML reads the decimal.
func (a *Amount) UnmarshalYAML(text []byte) error {
	var s string
	if err := yaml.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("an amount in quotes is expected: %w", err)
	}
	n, err := parse(s)
	*a = Amount(n)
	return err
}

func parse(s string) (fen.Fen, error) {
	sign := fen.Fen(1)
	if len(s) > 0 && s[0] == '-' {
		sign, s = -1, s[1:]
	}
	if s == "0.00" || s == "0" {
		return 0, nil
	}
	n, err := fen.Parse(s)
	if err != nil {
		return 0, fmt.Errorf("amount %q %w", s, err)
	}
	return sign * n, nil
}

// Load reads the embedded files, in order of their names.
func Load() ([]Customer, error) {
	entries, err := files.ReadDir("customers")
	if err != nil {
		return nil, fmt.Errorf("list the cast: %w", err)
	}
	var all []Customer
	for _, entry := range entries {
		text, err := files.ReadFile("customers/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read the cast: %w", err)
		}
		var some []Customer
		if err := yaml.UnmarshalWithOptions(text, &some, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// BornOn is the birthday that makes the customer Age years old on today.
func (c Customer) BornOn(today time.Time) (time.Time, error) {
	day, err := time.ParseInLocation("01-02", c.Birthday, today.Location())
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: birthday %q is not MM-DD: %w", c.ID, c.Birthday, err)
	}
	born := time.Date(today.Year()-c.Age, day.Month(), day.Day(), 0, 0, 0, 0, today.Location())
	if born.AddDate(c.Age, 0, 0).After(today) {
		born = born.AddDate(-1, 0, 0)
	}
	return born, nil
}
