package content_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/scenes"
)

// What one file alone can't show is refused when a release is put together.
func TestAReleaseIsRefused(t *testing.T) {
	t.Parallel()
	const scene = "number: \"1\"\nid: ID\nname: {zh: 例, en: example}\nowner: 某部\nrisk: low\n"
	const intents = "- {name: ID, label: {zh: 例, en: example}, examples: {zh: [], en: []}}\n"
	const sub = "flow: ID\nname: {zh: 例, en: example}\nlevel: L1\nsteps:\n  - {id: a, subflow: {flow: TO}}\n  - {id: z, end: {result: done}}\n"
	for name, c := range map[string]struct {
		one, two, scene string
		file            string
		line            int
		text            string
	}{
		"a sub-flow that is not there":    {"nowhere", "", scene, "scenes/1/flow.yaml", 5, "does not exist"},
		"a sub-flow that is the flow":     {"one", "", scene, "scenes/1/flow.yaml", 5, "without end"},
		"two flows that run one another":  {"two", "one", scene, "scenes/1/flow.yaml", 5, "without end"},
		"a scene without an English name": {"two", "", strings.Replace(scene, ", en: example", "", 1), "scenes/1/scene.yaml", 3, "no wording for en"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{}
			put := func(path, text string) { files[path] = &fstest.MapFile{Data: []byte(text)} }
			phrases, err := fs.ReadFile(scenes.FS, "phrases.yaml")
			if err != nil {
				t.Fatal(err)
			}
			put("phrases.yaml", string(phrases))
			for dir, f := range map[string][2]string{"1": {"one", c.one}, "2": {"two", c.two}} {
				put("scenes/"+dir+"/scene.yaml", strings.ReplaceAll(c.scene, "ID", f[0]))
				put("scenes/"+dir+"/intents.yaml", strings.ReplaceAll(intents, "ID", f[0]))
				text := strings.ReplaceAll(sub, "ID", f[0])
				if f[1] == "" {
					text = strings.Replace(text, "  - {id: a, subflow: {flow: TO}}\n", "", 1)
				}
				put("scenes/"+dir+"/flow.yaml", strings.ReplaceAll(text, "TO", f[1]))
			}
			_, problems := content.Compile(files)
			for _, p := range problems {
				if p.File == c.file && p.Line == c.line && p.Column > 0 && strings.Contains(p.Text, c.text) && p.Remedy != "" {
					return
				}
			}
			t.Errorf("want %q at %s:%d, got %v", c.text, c.file, c.line, problems)
		})
	}
}

// A refused flow stands in its file: nothing else says that it is missing, and the
// remedy names what an expression may use.
func TestABrokenFlowIsRefusedOnce(t *testing.T) {
	t.Parallel()
	phrases, err := fs.ReadFile(scenes.FS, "phrases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for p, text := range map[string]string{
		"phrases.yaml":          string(phrases),
		"scenes/1/scene.yaml":   "number: \"1\"\nid: one\nname: {zh: 例, en: example}\nowner: 某部\nrisk: low\n",
		"scenes/1/intents.yaml": "- {name: one, label: {zh: 例, en: example}, examples: {zh: [], en: []}}\n",
		"scenes/1/flow.yaml":    "flow: one\nname: {zh: 例, en: example}\nlevel: L1\nsteps:\n  - {id: a, call: {operation: cards.list, args: {card: nosuch}, save: found}}\n  - {id: z, end: {result: done}}\n",
	} {
		files[p] = &fstest.MapFile{Data: []byte(text)}
	}
	_, problems := content.Compile(files)
	problems = slices.DeleteFunc(problems, func(p flow.Problem) bool { return p.File == "wording.yaml" || p.File == "operations.yaml" })
	if len(problems) != 1 || problems[0].Line != 5 || !strings.Contains(problems[0].Remedy, "found") {
		t.Errorf("want one problem whose remedy names found, got %v", problems)
	}
}
