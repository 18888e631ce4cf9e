package assistant_test

import (
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant"
)

// An action that was committed before its flow's version was recalled, and that
// the bank has not seen, is refused: the bank is not called.
func TestAnActionOfARecalledFlowIsNotRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, _ := w.start(t, "a", func(c *assistant.Config) { c.Recalled = func(hash string) bool { return hash == "flow-1" } })
	conv := open(t, a)
	watch := a.Hub().Watch(conv)
	defer watch.Close()
	if _, err := ask(t, a, conv, "p1", "pay"); err != nil {
		t.Fatal(err)
	}
	deadline := time.After(10 * time.Second)
	for {
		got := texts(t, a, conv)
		if len(got) == 2 && got[1] == "done:1:refused" {
			break
		}
		select {
		case <-watch.C:
		case <-deadline:
			t.Fatalf("no outcome was reported: %v", got)
		}
	}
	w.bank.mu.Lock()
	defer w.bank.mu.Unlock()
	if len(w.bank.keys) != 0 {
		t.Errorf("the bank saw %d keys of a recalled flow", len(w.bank.keys))
	}
}
