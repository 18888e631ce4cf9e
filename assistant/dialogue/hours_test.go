package dialogue

import (
	"testing"
	"time"
)

func TestSlots(t *testing.T) {
	t.Parallel()
	hours, err := ParseHours("08:00-22:00")
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("CST", 8*3600)
	at := func(text string) time.Time {
		got, err := time.ParseInLocation("01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return got.AddDate(2026, 0, 0)
	}
	for _, test := range []struct{ now, from, want string }{
		{"11-22 10:00", "11-22 10:00", "11-22 10:30"},
		{"11-22 10:16", "11-22 10:00", "11-22 11:00"}, // 15 minutes ahead at least
		{"11-22 10:15", "11-22 10:00", "11-22 10:30"},
		{"11-22 10:00", "11-22 15:10", "11-22 15:30"}, // never before what was asked
		{"11-22 10:00", "11-22 21:31", "11-23 08:00"}, // the last slot ends with the hours
		{"11-22 23:10", "11-22 23:10", "11-23 08:00"},
		{"11-22 02:00", "11-22 02:00", "11-22 08:00"},
		{"11-22 10:00", "11-29 10:00", "11-29 10:00"},
		{"11-22 10:00", "11-29 10:30", ""},
	} {
		got, ok := hours.Slot(at(test.now), at(test.from))
		if ok != (test.want != "") || ok && !got.Equal(at(test.want)) {
			t.Errorf("at %s from %s: %v %v, want %s", test.now, test.from, got, ok, test.want)
		}
	}
	if got := hours.Slots(at("11-22 21:00"), at("11-22 21:00"), 4); len(got) != 4 || !got[0].Equal(at("11-22 21:30")) || !got[3].Equal(at("11-23 09:00")) {
		t.Errorf("the next four: %v", got)
	}
	if got := (Hours{}).Slots(at("11-22 21:00"), at("11-22 21:00"), 4); got != nil {
		t.Errorf("no hours: %v", got)
	}
	for _, bad := range []string{"", "8:00-22:00", "22:00-08:00", "08:00-08:10", "08:00-25:00", "08:70-22:00", "08:00-22:00x"} {
		if _, err := ParseHours(bad); err == nil {
			t.Errorf("%q was taken for hours", bad)
		}
	}
}
