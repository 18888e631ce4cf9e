package flow_test

import (
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

func TestTidy(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"余额不够。，今天还能转": "余额不够，今天还能转", "好。。": "好。", "共1000000.00元。": "共1,000,000.00元。", "CNY 4836.20 is due": "CNY 4,836.20 is due",
		"¥1,200.50": "¥1,200.50", "利率3.15%": "利率3.15%", "尾号6688": "尾号6688", "版本2026.11.22": "版本2026.11.22", "999.00": "999.00",
	} {
		if got := flow.Tidy(in); got != want {
			t.Errorf("Tidy(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSpoken(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))
	for in, want := range map[string][2]string{
		"2026-11-22T09:30:00+08:00 的牌价": {"今天09:30 的牌价", "today 09:30 的牌价"},
		"至2026-11-22T09:30:00Z。":        {"至今天17:30。", "至today 17:30。"},
		"2026-11-23T09:30:00+08:00":     {"明天09:30", "tomorrow 09:30"},
		"2026-12-27T10:05:00+08:00止":    {"12月27日10:05止", "27 Dec, 10:05止"},
		"2027-12-27T10:05:00.5+08:00":   {"2027年12月27日10:05", "27 Dec 2027, 10:05"},
		"单号2026112200000001":            {"单号2026112200000001", "单号2026112200000001"},
	} {
		if got := flow.Spoken(in, "zh", now); got != want[0] {
			t.Errorf("%q: %q, want %q", in, got, want[0])
		}
		if got := flow.Spoken(in, "en", now); got != want[1] {
			t.Errorf("%q: %q, want %q", in, got, want[1])
		}
	}
}
