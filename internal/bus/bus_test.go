package bus_test

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

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

func TestAnOperatorsOwnNATS(t *testing.T) {
	t.Parallel()
	own, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	own.Start()
	defer own.Shutdown()
	if !own.ReadyForConnections(10 * time.Second) {
		t.Fatal("the operator's NATS did not start")
	}
	var nodes []*bus.Bus
	for _, name := range []string{"a", "b"} {
		b, err := bus.Open(bus.Config{URL: own.ClientURL(), Name: name})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		nodes = append(nodes, b)
	}
	heard := make(chan *bus.Hint, 1)
	stop, err := nodes[1].Subscribe("hint", heard)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if err := nodes[1].Flush(); err != nil {
		t.Fatal(err)
	}
	nodes[0].Publish("hint", []byte("x"))
	select {
	case hint := <-heard:
		if string(hint.Data) != "x" {
			t.Errorf("got %q", hint.Data)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("no hint arrived over the operator's NATS")
	}
}
