package convtest_test

import (
	"flag"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/scenes"
)

var times = flag.Int("times", 2, "how often all conversation tests are played and compared")

func TestTheSameEveryTime(t *testing.T) {
	t.Parallel()
	set, understand := load(t)
	rep := convtest.Repeat(t.Context(), set, scenes.FS, []string{"scenes"}, understand, *times)
	for _, c := range rep.Cases {
		if strings.HasPrefix(c.Failure, "not the same") {
			t.Errorf("%s:%d %s: %s", c.File, c.Line, c.Name, c.Failure)
		}
	}
	t.Logf("%d conversations %d times over in %.1f s", len(rep.Cases), *times, rep.Seconds)
}

// TestACaseThatDiffersIsFound plays with an understanding that changes its mind.
func TestACaseThatDiffersIsFound(t *testing.T) {
	t.Parallel()
	set, understand := load(t)
	var n atomic.Int64
	fickle := func(text, locale string, now time.Time) dialogue.Understanding {
		u := understand(text, locale, now)
		if n.Add(1)%2 == 0 {
			u.Acts = append(u.Acts, "whim")
		}
		return u
	}
	files := fstest.MapFS{"scenes/01-balance/tests/a.yaml": {Data: []byte("- name: 问余额\n  steps:\n    - say: 查余额\n")}}
	rep := convtest.Repeat(t.Context(), set, files, []string{"scenes"}, fickle, 2)
	if rep.Failed != 1 || !strings.Contains(rep.Cases[0].Failure, "decision 1 of") {
		t.Errorf("got %+v, want one case that is not the same", rep.Cases)
	}
}
