package seed_test

import (
	"testing"
	"time"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
	"github.com/pingdui/pingdui/internal/sandboxbank/seed"
)

// The cast is sound on any day the demo may be started on.
func TestCast(t *testing.T) {
	t.Parallel()
	cast, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(cast) != 12 {
		t.Fatalf("%d customers, want 12", len(cast))
	}
	zone := time.FixedZone("CST", 8*3600)
	for days := 0; days < 800; days += 7 {
		today := time.Date(2026, 11, 22+days, 0, 0, 1, 0, zone)
		for _, c := range cast {
			born, err := c.BornOn(today)
			if err != nil {
				t.Fatal(err)
			}
			if birthday := born.AddDate(c.Age, 0, 0); birthday.After(today) || !birthday.AddDate(1, 0, 1).After(today) {
				t.Errorf("%s is born on %s: not %d on %s", c.ID, born, c.Age, today)
			}
			past, err := c.Expand(today)
			if err != nil {
				t.Error(err)
			}
			sums, kinds := map[string]fen.Fen{}, map[string]string{}
			for _, a := range c.Accounts {
				kinds[a.ID] = a.Kind
			}
			for _, b := range past {
				sums[b.Account] += b.Amount
				if kind := kinds[b.Account]; sums[b.Account] < 0 && kind != "credit" && kind != "mortgage" {
					t.Errorf("%s: %s is overdrawn on %s", c.ID, b.Account, b.At)
				}
				if !b.At.Before(today) {
					t.Errorf("%s: %s is booked in the future, %s", c.ID, b.Party, b.At)
				}
			}
			for _, a := range c.Accounts {
				if sums[a.ID] != fen.Fen(a.Balance) {
					t.Errorf("%s: the past sums to %s, the balance is %s", a.ID, sums[a.ID], fen.Fen(a.Balance))
				}
			}
		}
	}
}
