package intents

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/internal/zh"
)

// everyPattern is every pattern of the detectors by name.
func everyPattern() map[string]*pattern {
	out := map[string]*pattern{}
	d := NewDetectors()
	for _, x := range d.list {
		out["alarm "+x.name], out["alarm trap "+x.name] = x.calls, x.traps
	}
	for _, x := range d.acts {
		out["act "+x.name], out["act trap "+x.name] = x.calls, x.traps
	}
	for _, x := range d.scams {
		out["sure "+x.name], out["hint "+x.name] = x.sure, x.hint
	}
	out["pressed"] = d.pressed
	for i, x := range d.harmless {
		out["harmless "+string(rune('a'+i))] = x
	}
	return out
}

// everyLine are lines that customers say: scripts and tales of frauds, ordinary
// transfers, the sentences of the intents.
func everyLine(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, glob := range []string{"../assistant/convtest/testdata/*.txt", "../assistant/scenes/scams/*.yaml", "../assistant/scenes/scenes/*/intents.yaml", "../assistant/scenes/scenes/*/tests/*.yaml"} {
		list, err := filepath.Glob(glob)
		if err != nil || len(list) == 0 {
			t.Fatal(glob, err)
		}
		files = append(files, list...)
	}
	var out []string
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		for in := bufio.NewScanner(f); in.Scan(); {
			if line := strings.Trim(in.Text(), " -\""); line != "" {
				out = append(out, line)
			}
		}
		f.Close() //nolint:errcheck,gosec // only read
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// What a pattern says is what its expression says, whatever was looked for first.
func TestPrefilterHidesNoMatch(t *testing.T) {
	t.Parallel()
	lines := everyLine(t)
	const every = 20 // all of them take a minute and more
	for i := range len(lines) / every {
		lines[i] = lines[i*every]
	}
	lines = lines[:len(lines)/every]
	n := zh.New()
	hits := 0
	patterns := everyPattern()
	for _, line := range lines {
		for _, s := range append(clauses(fold(n, line)), fold(n, line)) {
			for name, p := range patterns {
				want := p.whole().MatchString(s)
				if got := p.MatchString(s); got != want {
					t.Fatalf("%s: %q: %v, the expression says %v", name, s, got, want)
				}
				if want {
					hits++
				}
			}
		}
	}
	t.Logf("%d lines, %d patterns, %d matches", len(lines), len(patterns), hits)
	if hits < 500 {
		t.Errorf("only %d matches", hits)
	}
}

// The literals of an expression are those it can't do without.
func TestNeeds(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]struct{ holds, lacks string }{
		`安全(账|帐)(户|号)`:              {"转到安全帐号", "安全的户"},
		`刷(单|信誉)|垫付[^。]{0,4}返`:      {"垫付就返", "垫付"},
		`(换)?新号`:                    {"新号", "换号"},
		`\bscam(med|s)?\b`:          {"a scam", "a spam"},
		`[^a-z](ab)+c`:              {" ababc", "abab"},
		`^(我|他)?(转|汇)[0-9]{1,3}元?$`: {"我转5", "我5"},
	} {
		p := compile(expr)
		if !p.MatchString(want.holds) {
			t.Errorf("%s does not see %s", expr, want.holds)
		}
		for _, a := range p.alts {
			if a.possible(want.lacks) {
				t.Errorf("%s is run over %s: %q", expr, want.lacks, a.sets)
			}
		}
	}
}
