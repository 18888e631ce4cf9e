package convtest_test

import (
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/scenes"
)

// kinds is a small release that has every step kind whose answer comes from
// outside, with the sentences of the shipped one.
var kinds = sync.OnceValues(func() (fstest.MapFS, *content.Set) {
	files := fstest.MapFS{}
	take := func(from fs.FS, want func(string) bool) {
		err := fs.WalkDir(from, ".", func(p string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !want(p) {
				return err
			}
			b, err := fs.ReadFile(from, p)
			files[p] = &fstest.MapFile{Data: b}
			return err
		})
		if err != nil {
			panic(err)
		}
	}
	take(os.DirFS("testdata/kinds"), func(string) bool { return true })
	take(scenes.FS, func(p string) bool {
		return p == "operations.yaml" || p == "phrases.yaml" || p == "wording.yaml" || strings.HasPrefix(p, "employees/") || p == "tables/holidays.csv"
	})
	set, problems := content.Compile(files)
	if len(problems) > 0 {
		panic(problems[0].String())
	}
	return files, set
})

func TestStepsThatWaitForSomebodyOutside(t *testing.T) {
	t.Parallel()
	files, set := kinds()
	rep := convtest.Run(t.Context(), set, files, []string{"scenes"}, understanding(set))
	for _, c := range rep.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if !c.Passed {
				t.Errorf("%s:%d: %s", c.File, c.Line, c.Failure)
			}
		})
	}
	if rep.Passed < 35 {
		t.Errorf("%d cases", rep.Passed)
	}
}
