package scenes_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// What the list of scenes asks of these lines.
const (
	leastLines = 0.85
	mostBegun  = 0.01
)

// TestSceneLines says each line of testdata/scene-lines.tsv as the first message
// of a fresh conversation, as `pingdui eval scenes` does with a running product,
// and holds what becomes of them to the floors below.
func TestSceneLines(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/scene-lines.tsv")
	if err != nil {
		t.Fatal(err)
	}
	a := newAsker(t)
	set := a.mind.Current().Set
	risky := map[string]bool{}
	number := map[string]string{}
	for _, sc := range set.Scenes {
		number[sc.ID] = sc.Number
		risky[sc.Number] = risky[sc.Number] || sc.Risk == "money" || sc.Risk == "identity"
	}
	type tally struct{ n, right, asked, begun, known int }
	var all tally
	by := map[string]*tally{}
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		c := strings.SplitN(line, "\t", 3)
		g, err := a.ask(t.Context(), probe{text: c[2]})
		if err != nil {
			t.Fatal(err)
		}
		began, isFlow := strings.CutPrefix(g.what, "flow:")
		began = number[began]
		right, asked, begun, known := false, false, false, false
		switch {
		case isFlow:
			right = began == c[0]
			begun = !right && risky[began]
			known = c[0] == "none"
		case c[0] == "none":
			known = g.sure
			right = !g.sure
		default:
			asked = slices.ContainsFunc(g.flows, func(f string) bool { return number[f] == c[0] })
		}
		for _, key := range []string{"", "style " + c[1], "scene " + c[0]} {
			x := &all
			if key != "" {
				if by[key] == nil {
					by[key] = &tally{}
				}
				x = by[key]
			}
			x.n++
			x.right += b2i(right)
			x.asked += b2i(asked)
			x.begun += b2i(begun)
			x.known += b2i(known)
		}
		if !right && !asked {
			t.Logf("%-5s %-7s %s: %s [%s] offers %v %s", c[0], c[1], c[2], g.what, began, g.flows, top(a, c[2]))
		}
	}
	names := make([]string, 0, len(by))
	for k := range by {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		x := by[k]
		t.Logf("%-14s %4d right %5.1f %% asked %5.1f %%", k, x.n, 100*float64(x.right)/float64(x.n), 100*float64(x.asked)/float64(x.n))
	}
	if both := float64(all.right+all.asked) / float64(all.n); both < leastLines || float64(all.begun)/float64(all.n) > mostBegun {
		t.Errorf("right or asked %.3f (at least %.2f), money or identity wrongly begun %d of %d (at most %.3f)", both, leastLines, all.begun, all.n, mostBegun)
	}
	t.Logf("all %d: right %.1f %% asked %.1f %% both %.1f %%; wrongly begun %d, none as known %d", all.n, 100*float64(all.right)/float64(all.n), 100*float64(all.asked)/float64(all.n), 100*float64(all.right+all.asked)/float64(all.n), all.begun, all.known)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func top(a *asker, text string) string {
	u := a.mind.Understand(text, startTime, nil)
	out := fmt.Sprintf("in=%.2f", a.mind.Current().Understand.Understand(text, startTime).InScope)
	for _, s := range u.Intents[:min(3, len(u.Intents))] {
		out += " " + s.Intent + fmt.Sprintf(" %.2f", s.P)
	}
	return out
}
