package demo_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/internal/demo"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/vault"
)

// handing is a mind that asks for a person on 人工.
type handing struct{}

func (handing) Release() string { return "r1" }

func (handing) Understand(string, time.Time, []byte) dialogue.Understanding {
	return dialogue.Understanding{Language: "zh"}
}

func (handing) Step(_ dialogue.Context, state []byte, ev dialogue.Event) (assistant.Step, error) {
	step := assistant.Step{State: state, View: assistant.View{Flow: "transfer", FlowTitle: "转账"}}
	switch ev := ev.(type) {
	case dialogue.Said:
		step.Effects = []dialogue.Effect{dialogue.Say{Message: flow.Message{Kind: flow.KindText, Text: "好的"}}}
		if ev.Text == "人工" {
			step.Effects = append(step.Effects, dialogue.Handoff{Queue: "general", Reason: "客户要人工"})
		}
	case dialogue.HandoffChanged:
		step.Effects = []dialogue.Effect{dialogue.Say{Message: flow.Message{Kind: flow.KindNotice, Text: string(ev.State)}}}
	}
	return step, nil
}

// A scripted customer and a scripted agent play a whole service through the real
// engine and desk.
func TestScriptedService(t *testing.T) {
	t.Parallel()
	master, err := vault.LoadMaster("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pool := postgrestest.New(t)
	engine, err := assistant.New(assistant.Config{Pool: pool, Master: master, Mind: handing{}, Node: "one", SweepEvery: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	desk, err := handoff.New(handoff.Config{Pool: pool, Conversations: engine, Node: "one", SweepEvery: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	cast, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	member, _ := cast.Member("A04")
	log := slog.New(slog.DiscardHandler)
	standIn := &demo.StandIn{Engine: engine, Desk: desk, Profile: member.Profile(time.Now()), Log: log, After: 100 * time.Millisecond}
	caller := demo.NewCaller(engine, "xiaoan", log, time.Now)
	ctx, cancel := context.WithCancel(t.Context())
	var parts sync.WaitGroup
	for _, run := range []func(context.Context) error{engine.Run, desk.Run, standIn.Run, caller.Run} {
		parts.Go(func() {
			if err := run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	defer func() { cancel(); parts.Wait() }()
	// The hall opens once the scripted agent sits there.
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for !desk.OnDuty() {
		<-ticker.C
	}
	v, err := caller.Come(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	watch := engine.Hub().Watch(v.Conversation)
	defer watch.Close()
	deadline := time.After(20 * time.Second)
	for {
		messages, err := engine.Messages(t.Context(), "c:"+v.Customer, v.Conversation, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var story strings.Builder
		for _, m := range messages {
			story.WriteString(m.Author + ":" + m.Content.Text + "\n")
		}
		if strings.Contains(story.String(), "system:handed_back") {
			agents := strings.Count(story.String(), "\nagent:")
			if agents != 2 || !strings.Contains(story.String(), "customer:主要是想问一次最多能转多少") || !strings.Contains(story.String(), "工号880204") {
				t.Errorf("the service went\n%s", story.String())
			}
			break
		}
		select {
		case <-watch.C:
		case <-deadline:
			t.Fatalf("the service did not end:\n%s", story.String())
		}
	}
	// Everybody may come once; the same one not again so soon.
	for range len(demo.Scripts()) - 1 {
		if _, err := caller.Come(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := caller.Come(t.Context()); !errors.Is(err, demo.ErrNobodyFree) {
		t.Errorf("one customer too many: %v", err)
	}
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	cast, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	today := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	a, _ := cast.Member("A03")
	p := a.Profile(today)
	if len(p.Certificates) != 1 || !p.Certificates[0].Until.Equal(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("A03's certificates: %+v", p.Certificates)
	}
	m, _ := cast.Member("M01")
	if got := m.Profile(today).Customers; len(got) != 1 || got[0] != "c:C005" {
		t.Errorf("M01's customers: %v", got)
	}
}
