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

// fresh are the sets that nobody tuned on and nothing was learned from; each was
// written without sight of the product. dev, held and unseen are learned from
// (assistant/scenes/scams): of them only every fourth is played.
var fresh = []string{"fresh", "second", "third"}

// tally is what came of a list of scripts.
type tally struct{ n, hit, through int }

// TestScamBrake plays scam scripts and ordinary urgent transfers with the
// product's own understanding (G5).
func TestScamBrake(t *testing.T) {
	t.Parallel()
	var scams, ordinary tally
	for _, set := range append([]string{"dev", "held", "unseen"}, fresh...) {
		unseen := slices.Contains(fresh, set)
		s, o := brakes(t, "scams_"+set+".txt", unseen), disturbs(t, "ordinary_"+set+".txt", unseen)
		t.Logf("%s: %d of %d braked before the read-back, %d of those got through; %d of %d ordinary transfers disturbed", set, s.hit, s.n, s.through, o.hit, o.n)
		if !unseen && (s.hit*100 < 98*s.n || s.through > 0 || o.hit*100 > 2*o.n) {
			t.Errorf("%s: what was learned is not known: %+v %+v", set, s, o)
		}
		if unseen {
			scams = tally{scams.n + s.n, scams.hit + s.hit, scams.through + s.through}
			ordinary = tally{n: ordinary.n + o.n, hit: ordinary.hit + o.hit}
		}
	}
	t.Logf("scam brake, unseen scripts: %d of %d braked, %d got through; %d of %d ordinary transfers disturbed", scams.hit, scams.n, scams.through, ordinary.hit, ordinary.n)
	if scams.n < 100 || ordinary.n < 200 {
		t.Errorf("only %d scripts and %d ordinary transfers", scams.n, ordinary.n)
	}
	if scams.hit*100 < 90*scams.n || scams.through > 0 || ordinary.hit*200 > 4*ordinary.n {
		t.Errorf("%+v %+v", scams, ordinary)
	}
}

// sampled is a list, or every fourth of it.
func sampled(list []script, whole bool) (out []script) {
	for i, s := range list {
		if whole || i%4 == 0 {
			out = append(out, s)
		}
	}
	return out
}

// brakes counts the scripts that are stopped before anything is read back, and
// those of them that get through by going on.
func brakes(t *testing.T, file string, whole bool) (out tally) {
	t.Helper()
	for _, s := range sampled(scripts(t, file), whole) {
		out.n++
		first := play(t, eager(s.lines...))
		if !first.braked || first.confirms > 0 || first.sent > 0 || first.failure != "" {
			t.Logf("%s: not braked: %s %q (read-backs %d, braked %v) %s", file, s.kind, s.lines, first.confirms, first.braked, first.failure)
			continue
		}
		out.hit++
		if after := play(t, persistent(s)); after.sent > 0 || after.failure != "" {
			out.through++
			t.Logf("%s: got through: %s %q => %q %s", file, s.kind, s.lines, s.tries, after.failure)
		}
	}
	return out
}

// disturbs counts the ordinary transfers that are stopped.
func disturbs(t *testing.T, file string, whole bool) (out tally) {
	t.Helper()
	for _, s := range sampled(scripts(t, file), whole) {
		out.n++
		var turns []*convtest.Turn
		for _, line := range s.lines {
			turns = append(turns, &convtest.Turn{Say: line})
		}
		if got := play(t, turns); got.braked || got.failure != "" {
			out.hit++
			t.Logf("%s: disturbed: %q %s", file, s.lines, got.failure)
		}
	}
	return out
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
