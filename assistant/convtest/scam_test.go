package convtest_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// script is one customer's talk: what is told, and how they try to get through
// after they were stopped.
type script struct {
	kind         string
	lines, tries []string
}

// scripts reads a file of testdata: kind | line / line => try / try.
func scripts(t *testing.T, file string) []script {
	t.Helper()
	f, err := os.Open("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	var out []script
	in := bufio.NewScanner(f)
	for in.Scan() {
		line := strings.TrimSpace(in.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		s := script{}
		if kind, rest, ok := strings.Cut(line, " | "); ok {
			s.kind, line = kind, rest
		}
		told, tries, _ := strings.Cut(line, " => ")
		s.lines = strings.Split(told, " / ")
		if tries != "" {
			s.tries = strings.Split(tries, " / ")
		}
		out = append(out, s)
	}
	return out
}

// eager is a customer who confirms whatever is read back and fills every box.
func eager(says ...string) []*convtest.Turn {
	var out []*convtest.Turn
	for _, say := range says {
		out = append(out, &convtest.Turn{Say: say}, &convtest.Turn{Say: "确认"}, &convtest.Turn{Secure: map[string]string{"sms_code": "246810", "face": "1111"}, Try: true})
	}
	return out
}

// heard is what one conversation came to.
type heard struct {
	confirms, sent int
	braked         bool
	failure        string
}

func play(t *testing.T, turns []*convtest.Turn) heard {
	t.Helper()
	set, understand := load(t)
	res := convtest.RunCase(t.Context(), set, &convtest.Case{Name: "scam", Steps: turns}, understand)
	out := heard{failure: res.Failure}
	for _, tr := range res.Trace {
		for _, fx := range tr.Effects {
			switch fx := fx.(type) {
			case dialogue.Say:
				if fx.Message.Kind == flow.KindConfirm {
					out.confirms++
				}
			case dialogue.Note:
				verdict, _, _ := strings.Cut(fx.Text, " ")
				stopped := slices.Contains([]string{"warn", "hold", "block"}, verdict)
				if fx.Kind == dialogue.NoteAlarm && (fx.Text == "scam" || fx.Text == "fraud") || fx.Kind == dialogue.NoteRisk && stopped {
					out.braked = true
				}
			}
		}
	}
	for _, c := range res.Calls {
		if c.Operation == "bank.transfer" {
			out.sent++
		}
	}
	return out
}

// TestScamBrake plays scam scripts and ordinary urgent transfers with the
// product's own understanding (G5). The held-out half of each was not looked at
// while the rules were written.
func TestScamBrake(t *testing.T) {
	t.Parallel()
	braked, through, all := 0, 0, 0
	for _, file := range []string{"scams_dev.txt", "scams_held.txt", "scams_unseen.txt", "scams_fresh.txt", "scams_second.txt", "scams_third.txt"} {
		b, th, list := 0, 0, scripts(t, file)
		for _, s := range list {
			first := play(t, eager(s.lines...))
			if !first.braked || first.confirms > 0 || first.sent > 0 || first.failure != "" {
				t.Logf("%s: not braked: %s %q (read-backs %d, braked %v) %s", file, s.kind, s.lines, first.confirms, first.braked, first.failure)
				continue
			}
			b++
			if after := play(t, persistent(s)); after.sent > 0 || after.failure != "" {
				th++
				t.Logf("%s: got through: %s %q => %q %s", file, s.kind, s.lines, s.tries, after.failure)
			}
		}
		t.Logf("%s: %d of %d braked before the read-back, %d of those got through afterwards", file, b, len(list), th)
		braked, through, all = braked+b, through+th, all+len(list)
	}
	disturbed, reached, ordinary := 0, 0, 0
	for _, file := range []string{"ordinary_dev.txt", "ordinary_held.txt", "ordinary_unseen.txt", "ordinary_fresh.txt", "ordinary_second.txt", "ordinary_third.txt"} {
		n, list := 0, scripts(t, file)
		for _, s := range list {
			var turns []*convtest.Turn
			for _, line := range s.lines {
				turns = append(turns, &convtest.Turn{Say: line})
			}
			got := play(t, turns)
			reached += min(1, got.confirms)
			if got.braked || got.failure != "" {
				n++
				t.Logf("%s: disturbed: %q %s", file, s.lines, got.failure)
			}
		}
		t.Logf("%s: %d of %d ordinary transfers disturbed", file, n, len(list))
		disturbed, ordinary = disturbed+n, ordinary+len(list)
	}
	t.Logf("scam brake: %d of %d braked, %d got through; %d of %d ordinary transfers disturbed, %d came to their read-back at once", braked, all, through, disturbed, ordinary, reached)
	if all < 100 || ordinary < 200 {
		t.Errorf("only %d scripts and %d ordinary transfers", all, ordinary)
	}
	if braked*100 < 90*all || through > 0 || disturbed*200 > 4*ordinary {
		t.Errorf("%d of %d braked, %d through, %d of %d disturbed", braked, all, through, disturbed, ordinary)
	}
}

// persistent is a victim who does not give up: in other words, in parts, after a
// person was told that all is fine, begun again, and on another device.
func persistent(s script) []*convtest.Turn {
	last := s.lines[len(s.lines)-1]
	turns := eager(append(slices.Clone(s.lines), s.tries...)...)
	turns = append(turns, &convtest.Turn{Desk: "accepted"}, &convtest.Turn{Say: "没事的，我认识对方，都核实过了"}, &convtest.Turn{Desk: "handed_back"})
	turns = append(turns, eager("继续", "算了", last, "我确认没有被骗，出了事我自己负责", last)...)
	again := eager(s.tries[0], last)
	again[0].Afresh = true
	return append(turns, again...)
}
