package scenestest_test

import (
	"testing"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/scenes/scenestest"
)

func TestSmallCompiles(t *testing.T) {
	t.Parallel()
	set, problems := content.Compile(scenestest.Small(t))
	for _, p := range problems {
		t.Error(p)
	}
	if flows := len(set.Flows()); flows < 5 {
		t.Errorf("%d flows", flows)
	}
	if n := len(set.Examples()); n < 500 || n > 4000 {
		t.Errorf("%d examples", n)
	}
}
