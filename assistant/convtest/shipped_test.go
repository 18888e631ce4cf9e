package convtest_test

import (
	"context"
	"sync"
	"testing"

	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/scenes"
)

func noCancel() context.Context { return context.Background() }

// played is the run of all shipped conversation tests, once for all that look at it.
var played = sync.OnceValue(func() convtest.Report {
	set, understand := shipped()
	return convtest.Run(noCancel(), set, scenes.FS, []string{"scenes"}, understand)
})

func TestShippedScenes(t *testing.T) {
	t.Parallel()
	rep := played()
	for _, c := range rep.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if !c.Passed {
				t.Errorf("%s:%d: %s", c.File, c.Line, c.Failure)
			}
		})
	}
	t.Log(rep.Summary())
}
