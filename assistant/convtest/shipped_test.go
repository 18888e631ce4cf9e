package convtest_test

import (
	"context"
	"testing"

	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/scenes"
)

func noCancel() context.Context { return context.Background() }

func TestShippedScenes(t *testing.T) {
	t.Parallel()
	set, understand := load(t)
	rep := convtest.Run(t.Context(), set, scenes.FS, []string{"scenes"}, understand)
	for _, c := range rep.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if !c.Passed {
				t.Errorf("%s:%d: %s", c.File, c.Line, c.Failure)
			}
		})
	}
	repair := 0
	for _, c := range rep.Cases {
		for _, tag := range c.Tags {
			if tag == "repair" {
				repair++
			}
		}
	}
	t.Logf("%d scenes, %d passed, %d failed, %d about repair, %.2f s", rep.Scenes, rep.Passed, rep.Failed, repair, rep.Seconds)
}
