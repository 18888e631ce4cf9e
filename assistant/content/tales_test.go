package content_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/scenes"
)

// What is taught as a fraud is named, translated, stands once, and has its opposite.
func TestTalesAreRefused(t *testing.T) {
	t.Parallel()
	const tale = "name: NAME\nlabel: {zh: 例子, en: example}\nexamples:\n  zh:\n    - 说我中奖了先交税\n    - TEXT\n"
	phrases, err := fs.ReadFile(scenes.FS, "phrases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	with := func(name, text string) string {
		return strings.NewReplacer("NAME", name, "TEXT", text).Replace(tale)
	}
	for name, c := range map[string]struct {
		one, two, file string
		line           int
		text           string
	}{
		"no opposite":      {with("prize", "a"), "", "scams", 1, "named none"},
		"twice":            {with("prize", "a"), with("prize", "b"), "scams/2.yaml", 1, "stands twice"},
		"one sentence two": {with("prize", "a"), with("none", "a"), "scams/2.yaml", 6, "also stands in prize"},
		"no name":          {with("", "a"), with("none", "b"), "scams/1.yaml", 1, "no name"},
		"no English":       {strings.Replace(with("prize", "a"), ", en: example", "", 1), with("none", "b"), "scams/1.yaml", 2, "no wording for en"},
		"an unknown key":   {with("prize", "a") + "kind: scam\n", with("none", "b"), "scams/1.yaml", 7, "kind"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{"phrases.yaml": {Data: phrases}, "scams/1.yaml": {Data: []byte(c.one)}}
			if c.two != "" {
				files["scams/2.yaml"] = &fstest.MapFile{Data: []byte(c.two)}
			}
			_, problems := content.Compile(files)
			for _, p := range problems {
				if p.File == c.file && p.Line == c.line && strings.Contains(p.Text, c.text) && p.Remedy != "" {
					return
				}
			}
			t.Errorf("want %q at %s:%d, got %v", c.text, c.file, c.line, problems)
		})
	}
}
