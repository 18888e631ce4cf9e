package bus_test

import (
	"testing"
	"time"

	"github.com/pingdui/pingdui/internal/bus"
)

func TestTwoNodesHearEachOther(t *testing.T) {
	t.Parallel()
	first, err := bus.Open(bus.Config{Name: "a", ClusterAddr: "127.0.0.1:0", Secret: "s3cret-s3cret-s3cret"})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := bus.Open(bus.Config{Name: "b", ClusterAddr: "127.0.0.1:0", Secret: "s3cret-s3cret-s3cret", Routes: []string{first.ClusterAddr()}})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	heard := make(chan *bus.Hint, 64)
	stop, err := second.Subscribe("hint", heard)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if err := second.Flush(); err != nil {
		t.Fatal(err)
	}
	deadline := time.After(10 * time.Second)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case hint := <-heard:
			if string(hint.Data) != "x" {
				t.Errorf("got %q", hint.Data)
			}
			return
		case <-again.C: // routes come up by and by; hints may be lost until then
			first.Publish("hint", []byte("x"))
		case <-deadline:
			t.Fatal("no hint arrived")
		}
	}
}
