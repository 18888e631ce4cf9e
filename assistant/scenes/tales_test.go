package scenes_test

import (
	"os"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/scenes"
	"github.com/pingdui/pingdui/intents"
)

// Every kind of fraud is told in many words, in both languages, and nothing that
// the brake is measured on was learned.
func TestTales(t *testing.T) {
	t.Parallel()
	set, problems := content.Compile(scenes.FS)
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	if content.NoTale != intents.NoTale {
		t.Errorf("what is no tale is called %s and %s", content.NoTale, intents.NoTale)
	}
	if len(set.Tales) < 15 {
		t.Errorf("%d kinds", len(set.Tales))
	}
	learned := map[string]string{}
	for name, tale := range set.Tales {
		if len(tale.Examples["zh"]) < 60 || len(tale.Examples["en"]) < 20 {
			t.Errorf("%s: %d zh and %d en", name, len(tale.Examples["zh"]), len(tale.Examples["en"]))
		}
		for _, list := range tale.Examples {
			for _, text := range list {
				learned[text] = name
			}
		}
	}
	for _, file := range []string{"scams_fresh", "scams_second", "scams_third", "ordinary_fresh", "ordinary_second", "ordinary_third", "scams_within", "ordinary_within"} {
		raw, err := os.ReadFile("../convtest/testdata/" + file + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(raw), "\n") {
			_, told, _ := strings.Cut(" | "+line, " | ")
			if _, rest, ok := strings.Cut(told, " | "); ok {
				told = rest
			}
			told, _, _ = strings.Cut(told, " => ")
			for _, text := range append(strings.Split(told, " / "), strings.ReplaceAll(told, " / ", "，")) {
				if kind := learned[text]; kind != "" && len([]rune(text)) > 12 {
					t.Errorf("%s holds what was learned as %s: %s", file, kind, text)
				}
			}
		}
	}
}
