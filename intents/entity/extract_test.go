package entity_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/pingdui/pingdui/intents/entity"
)

// now is a Wednesday.
func now(tb testing.TB) time.Time {
	tb.Helper()
	return time.Date(2026, 3, 11, 10, 30, 0, 0, time.FixedZone("CST", 8*3600))
}

// show writes entities as kind=value or kind!bad, in order.
func show(es []entity.Entity) string {
	var out []string
	for _, e := range es {
		if e.Bad != "" {
			out = append(out, string(e.Kind)+"!"+e.Bad)
		} else {
			out = append(out, string(e.Kind)+"="+e.Value)
		}
	}
	return strings.Join(out, " ")
}

func TestExtract(t *testing.T) {
	t.Parallel()
	for _, c := range strings.Split(strings.TrimSpace(golden), "\n") {
		in, want, ok := strings.Cut(c, " → ")
		if !ok {
			t.Fatalf("golden line without an arrow: %q", c)
		}
		want = strings.TrimSpace(want)
		if want == "-" {
			want = ""
		}
		if got := show(entity.Extract(in, now(t))); got != want {
			t.Errorf("%q\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestOffsetsAreOfTheOriginal(t *testing.T) {
	t.Parallel()
	in := "  請轉給老王 ５００ 塊錢！！"
	for _, e := range entity.Extract(in, now(t)) {
		if in[e.Start:e.End] != e.Text {
			t.Errorf("%v: %q", e, in[e.Start:e.End])
		}
	}
	es := entity.Extract(in, now(t))
	if got := show(es); got != "person=老王 amount=500.00" || es[1].Text != "５００ 塊錢" {
		t.Errorf("%s %q", got, es[len(es)-1].Text)
	}
}

func FuzzExtract(f *testing.F) {
	for _, line := range strings.Split(strings.TrimSpace(golden), "\n") {
		in, _, _ := strings.Cut(line, " → ")
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, e := range entity.Extract(s, now(t)) {
			if e.Start < 0 || e.End > len(s) || e.Start >= e.End || s[e.Start:e.End] != e.Text {
				t.Fatalf("%+v of %q", e, s)
			}
			if utf8.ValidString(s) && (!utf8.RuneStart(s[e.Start]) || (e.End < len(s) && !utf8.RuneStart(s[e.End]))) {
				t.Fatalf("%+v is not on rune boundaries of %q", e, s)
			}
			if e.Start < last && e.Kind != entity.Code {
				t.Fatalf("%+v overlaps in %q", e, s)
			}
			last = e.End
			if (e.Bad == "") == (e.Value == "") {
				t.Fatalf("%+v: exactly one of Value and Bad", e)
			}
		}
	})
}

func BenchmarkExtract(b *testing.B) {
	for b.Loop() {
		entity.Extract("明天下午三点给老王转三千五，从尾号6688那张卡", now(b))
	}
}
