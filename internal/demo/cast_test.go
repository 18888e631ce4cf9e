package demo_test

import (
	"testing"
	"time"

	"github.com/pingdui/pingdui/internal/demo"
)

func TestTheCastIsWhole(t *testing.T) {
	t.Parallel()
	cast, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(cast.Customers) != 12 || len(cast.Staff) < 14 {
		t.Fatalf("%d customers and %d staff", len(cast.Customers), len(cast.Staff))
	}
	soon := 0
	for _, s := range cast.Staff {
		if s.Name.ZH == "" || s.Name.EN == "" || s.Role == "" || s.Number == "" {
			t.Errorf("%s has no name, role or number", s.ID)
		}
		if until := s.Certificate.Expires(time.Now()); !until.IsZero() && time.Until(until) < 8*24*time.Hour {
			soon++
		}
	}
	if soon == 0 {
		t.Error("nobody's certificate ends this week")
	}
	if c, ok := cast.Customer("王秀英"); !ok || c.ID != "C001" {
		t.Errorf("王秀英 is %+v", c)
	}
}
