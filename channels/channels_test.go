package channels

import (
	"fmt"
	"testing"

	"github.com/pingdui/pingdui/assistant"
)

// Who wrote something that can't be taken reads the sentence and the remedy, not
// which error of the program it was.
func TestBadInputIsTheSentenceAlone(t *testing.T) {
	t.Parallel()
	const sentence = "文字 text 是空的 / text is empty"
	bad := fmt.Errorf("%w: "+sentence, assistant.ErrBadInput)
	for _, err := range []error{bad, fmt.Errorf("handle c-1: %w", bad)} {
		if e, status := Error(err); e.Code != "bad_input" || e.Message != sentence || status != 422 {
			t.Errorf("%v: %+v %d", err, e, status)
		}
	}
}
