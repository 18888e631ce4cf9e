package content_test

import (
	"testing"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/scenes"
)

func TestShippedContentCompiles(t *testing.T) {
	t.Parallel()
	set, problems := content.Compile(scenes.FS)
	for _, p := range problems {
		t.Error(p)
	}
	if len(set.Flows()) < 4 || len(set.Examples()) < 500 {
		t.Errorf("%d flows, %d examples", len(set.Flows()), len(set.Examples()))
	}
}
