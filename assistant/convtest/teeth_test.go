package convtest_test

import (
	"io/fs"
	"path"
	"regexp"
	"testing"

	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/scenes"
)

var flowID = regexp.MustCompile(`(?m)^flow: \S+`)

// TestAnothersFlowIsNoticed gives each scene the flow of the next one, under its
// own id: its tests must fail, or they say nothing about the flow.
func TestAnothersFlowIsNoticed(t *testing.T) {
	t.Parallel()
	set, understand := load(t)
	cases, _ := convtest.Load(scenes.FS, "scenes")
	byScene, passes := map[string][]*convtest.Case{}, map[string]bool{}
	for _, c := range cases {
		byScene[c.Scene()] = append(byScene[c.Scene()], c)
	}
	for _, c := range played().Cases {
		passes[c.Scene+" "+c.Name] = c.Passed
	}
	for i, scene := range set.Scenes {
		other := set.Scenes[(i+1)%len(set.Scenes)]
		t.Run(scene.ID, func(t *testing.T) {
			t.Parallel()
			text, err := fs.ReadFile(scenes.FS, other.Dir+"/flow.yaml")
			if err != nil {
				t.Fatal(err)
			}
			f, problems := flow.Parse(scene.Dir+"/flow.yaml", flowID.ReplaceAll(text, []byte("flow: "+scene.ID)))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			wrong, folder := set.Replace(f), path.Base(scene.Dir)
			caught := 0
			for _, c := range byScene[folder] {
				if res := convtest.RunCase(t.Context(), wrong, c, understand); !res.Passed && passes[folder+" "+c.Name] {
					caught++
				}
			}
			if caught == 0 {
				t.Errorf("none of the %d tests of %s fails with the flow of %s in its place", len(byScene[folder]), folder, other.ID)
			}
			t.Logf("%d of %d tests fail with the flow of %s", caught, len(byScene[folder]), other.ID)
		})
	}
}
