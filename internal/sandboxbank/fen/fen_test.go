package fen_test

import (
	"errors"
	"testing"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"3000": "3000.00", "3000.5": "3000.50", "0.01": "0.01", "007.10": "7.10",
		"100000000000": "100000000000.00",
	} {
		got, err := fen.Parse(in)
		if err != nil || got.String() != want {
			t.Errorf("Parse(%q) = %s, %v; want %s", in, got, err, want)
		}
	}
	for in, want := range map[string]error{
		"": fen.ErrForm, ".5": fen.ErrForm, "5.": fen.ErrForm, "-5": fen.ErrForm, "+5": fen.ErrForm, "1e3": fen.ErrForm,
		"1,000": fen.ErrForm, " 5": fen.ErrForm, "３": fen.ErrForm, "0": fen.ErrRange, "0.00": fen.ErrRange,
		"3.456": fen.ErrDecimals, "100000000000.01": fen.ErrRange, "99999999999999999999": fen.ErrRange, "1.2.3": fen.ErrForm,
	} {
		if got, err := fen.Parse(in); !errors.Is(err, want) {
			t.Errorf("Parse(%q) = %s, %v; want %v", in, got, err, want)
		}
	}
	if s := fen.Fen(-5).String(); s != "-0.05" {
		t.Errorf("String(-5) = %s", s)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1", "0.01", "12345.67", "-1", "1e9", "１２", "100000000000.00", "", "..", "9223372036854775807"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := fen.Parse(s)
		if err != nil {
			if got != 0 {
				t.Fatalf("Parse(%q) gave %d beside %v", s, got, err)
			}
			return
		}
		if got <= 0 || got > fen.Max {
			t.Fatalf("Parse(%q) = %d is out of range", s, got)
		}
		again, err := fen.Parse(got.String())
		if err != nil || again != got {
			t.Fatalf("Parse(%q) = %d, but its own text %q gives %d, %v", s, got, got, again, err)
		}
	})
}

func TestYuan(t *testing.T) {
	t.Parallel()
	for f, want := range map[fen.Fen]string{0: "¥0.00", 5: "¥0.05", 99_999: "¥999.99", 100_000: "¥1,000.00", 5_000_000: "¥50,000.00", -123_456_789: "-¥1,234,567.89"} {
		if got := f.Yuan(); got != want {
			t.Errorf("%d: %s, want %s", f, got, want)
		}
	}
}
