package convtest_test

import (
	"slices"
	"testing"

	"github.com/pingdui/pingdui/assistant/convtest"
)

// TestScamWithin plays what is said with a transfer in hand: half a story must
// brake and then nothing goes on by the customer's word, what honest customers say
// must not.
func TestScamWithin(t *testing.T) {
	t.Parallel()
	var scams, ordinary tally
	for _, s := range scripts(t, "scams_within.txt") {
		scams.n++
		told := says(s.lines...)
		if got := play(t, told); !got.braked || got.failure != "" {
			t.Logf("not braked: %s %q %s", s.kind, s.lines, got.failure)
			continue
		}
		scams.hit++
		after := append(slices.Clone(told), eager("没有啦，开玩笑的", "继续转", "没事，我自己负责", "继续", s.lines[0])...)
		if got := play(t, after); got.sent > 0 || got.failure != "" {
			scams.through++
			t.Logf("got through: %s %q %s", s.kind, s.lines, got.failure)
		}
	}
	for _, s := range scripts(t, "ordinary_within.txt") {
		ordinary.n++
		if got := play(t, says(s.lines...)); got.braked || got.failure != "" {
			ordinary.hit++
			t.Logf("disturbed: %q %s", s.lines, got.failure)
		}
	}
	t.Logf("with a transfer in hand: %d of %d half-told scams braked, %d got through; %d of %d ordinary messages disturbed", scams.hit, scams.n, scams.through, ordinary.hit, ordinary.n)
	if scams.n < 60 || ordinary.n < 100 {
		t.Errorf("only %d scripts and %d ordinary messages", scams.n, ordinary.n)
	}
	if scams.hit*100 < 80*scams.n || scams.through > 0 || ordinary.hit*100 > 2*ordinary.n {
		t.Errorf("%+v %+v", scams, ordinary)
	}
}

// says is a customer who says these lines and confirms nothing.
func says(lines ...string) []*convtest.Turn {
	var out []*convtest.Turn
	for _, line := range lines {
		out = append(out, &convtest.Turn{Say: line})
	}
	return out
}
