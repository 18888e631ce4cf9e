package dialogue

import (
	"fmt"
	"time"
)

// Hours are when people of a queue can call back: every day from From until Until,
// both counted from midnight. The zero value is never.
type Hours struct {
	From  time.Duration `json:"from"`
	Until time.Duration `json:"until"`
}

// Bounds of what may be booked.
const (
	SlotFor   = 30 * time.Minute // a slot
	SlotAhead = 15 * time.Minute // it begins so much later at least
	SlotDays  = 7                // and so many days later at most
)

// ParseHours reads 08:00-22:00; 24:00 is the day's end.
func ParseHours(text string) (Hours, error) {
	var h [4]int
	if n, err := fmt.Sscanf(text, "%02d:%02d-%02d:%02d", &h[0], &h[1], &h[2], &h[3]); err != nil || n != 4 || len(text) != len("08:00-22:00") {
		return Hours{}, fmt.Errorf("hours %q: write them like 08:00-22:00", text)
	}
	at := func(hour, minute int) time.Duration {
		return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	}
	out := Hours{From: at(h[0], h[1]), Until: at(h[2], h[3])}
	if h[1] > 59 || h[3] > 59 || out.Until > 24*time.Hour || out.Until-out.From < SlotFor {
		return Hours{}, fmt.Errorf("hours %q: they begin and end on one day and hold half an hour at least", text)
	}
	return out, nil
}

// Known says whether there are any.
func (h Hours) Known() bool { return h.Until > h.From }

// String writes them like 8:00-22:00.
func (h Hours) String() string { return h.clock(h.From) + "-" + h.clock(h.Until) }

func (h Hours) clock(at time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(at.Hours()), int(at.Minutes())%60)
}

// Open says whether at lies within them; its own zone counts.
func (h Hours) Open(at time.Time) bool {
	since := at.Sub(midnight(at, 0))
	return since >= h.From && since < h.Until
}

// Slot is the first slot that begins at from or later and may still be booked at
// now; false when none of the next days has one. The zone is that of now.
func (h Hours) Slot(now, from time.Time) (time.Time, bool) {
	if !h.Known() {
		return time.Time{}, false
	}
	if soon := now.Add(SlotAhead); from.Before(soon) {
		from = soon
	}
	last := now.AddDate(0, 0, SlotDays)
	for day := range SlotDays + 1 {
		begin := midnight(now, day)
		for at := h.From; at+SlotFor <= h.Until; at += SlotFor {
			slot := begin.Add(at)
			if slot.After(last) {
				return time.Time{}, false
			}
			if !slot.Before(from) {
				return slot, true
			}
		}
	}
	return time.Time{}, false
}

// Slots are the next n slots from a time on, soonest first.
func (h Hours) Slots(now, from time.Time, n int) []time.Time {
	var out []time.Time
	for at, ok := h.Slot(now, from); ok && len(out) < n; at, ok = h.Slot(now, at.Add(SlotFor)) {
		out = append(out, at)
	}
	return out
}

// midnight begins the day that lies so many days after at's.
func midnight(at time.Time, days int) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, at.Location())
}
