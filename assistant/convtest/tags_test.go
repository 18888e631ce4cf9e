package convtest_test

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/scenes"
)

var dumped = flag.String("signs", "", "write what happened in each conversation here, one JSON object a line")

// TestTagsAreTrue holds the tags of a test against what happened in it.
func TestTagsAreTrue(t *testing.T) {
	t.Parallel()
	set, _ := load(t)
	known := map[string]bool{}
	for _, p := range convtest.Patterns() {
		known[p.Tag] = p.Tag != "combined"
	}
	for _, tag := range convtest.Wanted() {
		known[tag] = true
	}
	flows := map[string][]string{}
	for _, s := range set.Scenes {
		flows[path.Base(s.Dir)] = append(flows[path.Base(s.Dir)], s.ID)
	}
	cases, _ := convtest.Load(scenes.FS, "scenes")
	byPlace := map[string]*convtest.Case{}
	for _, c := range cases {
		byPlace[c.Scene()+" "+c.Name] = c
	}
	var lines []string
	for _, r := range played().Cases {
		c := byPlace[r.Scene+" "+r.Name]
		if c == nil || !r.Passed {
			continue
		}
		happened := signsOf(c, r, flows[r.Scene]...)
		for _, tag := range c.Tags {
			if known[tag] && !happened[tag] {
				t.Errorf("%s:%d %s: the tag %s is not true", r.File, r.Line, r.Name, tag)
			}
		}
		line, err := json.Marshal(map[string]any{"file": r.File, "line": r.Line, "scene": r.Scene, "locale": c.Locale, "tags": c.Tags, "signs": slices.Sorted(maps.Keys(happened))})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	if *dumped != "" {
		if err := os.WriteFile(*dumped, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// impossible are the patterns that a scene can't show, with the reason.
var impossible = map[string]string{
	"R21 wrong-code": "a talk against a fraud is written down at L1: no code is asked for",
}

// TestMoneyAndIdentityScenesHaveAllTheirTests: happy path, correction at the
// read-back, cancel, business refusal, wrong code three times, and a kill between
// call and answer.
func TestMoneyAndIdentityScenesHaveAllTheirTests(t *testing.T) {
	t.Parallel()
	set, _ := load(t)
	cases, _ := convtest.Load(scenes.FS, "scenes")
	has := map[string]map[string]bool{}
	for _, c := range cases {
		if has[c.Scene()] == nil {
			has[c.Scene()] = map[string]bool{}
		}
		for _, tag := range c.Tags {
			has[c.Scene()][tag] = true
		}
	}
	n := 0
	for _, s := range set.Scenes {
		if !convtest.Guarded(s) {
			continue
		}
		n++
		for _, tag := range convtest.Wanted() {
			why, not := impossible[s.Number+" "+tag]
			if not && has[path.Base(s.Dir)][tag] {
				t.Errorf("%s/tests: a test has the tag %s, which is said to be impossible: %s", s.Dir, tag, why)
			}
			if !not && !has[path.Base(s.Dir)][tag] {
				t.Errorf("%s/tests: no test has the tag %s", s.Dir, tag)
			}
		}
	}
	if n == 0 {
		t.Error("no scene moves money: this proves nothing")
	}
}

// TestEveryRepairPatternIsTested wants three tests in Chinese and one in English
// of each pattern, 15 of several together, and the table of the document current.
func TestEveryRepairPatternIsTested(t *testing.T) {
	t.Parallel()
	cases, _ := convtest.Load(scenes.FS, "scenes")
	for _, p := range convtest.Patterns() {
		zh, en := 0, 0
		for _, c := range cases {
			if slices.Contains(c.Tags, p.Tag) && c.Locale == "en" {
				en++
			} else if slices.Contains(c.Tags, p.Tag) {
				zh++
			}
		}
		want := 3
		if p.Tag == "combined" {
			want = 15
		}
		if zh < want || en < 1 {
			t.Errorf("%s: %d tests in Chinese, %d in English; want at least %d and 1", p.Tag, zh, en, want)
		}
	}
	doc, err := os.ReadFile("../../docs/conversation-tests.md")
	if err != nil {
		t.Fatal(err)
	}
	if table := convtest.RepairTable(cases); !strings.Contains(string(doc), table) {
		t.Errorf("docs/conversation-tests.md is not current: put what `pingdui test --repair-table` prints into it\n%s", table)
	}
}
