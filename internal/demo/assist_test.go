package demo_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/demo"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/vault"
)

// checking is a mind that asks for a picture, or takes that back.
type checking struct{ handing }

func (checking) Step(_ dialogue.Context, state []byte, ev dialogue.Event) (assistant.Step, error) {
	step := assistant.Step{State: state}
	say := func(text string) dialogue.Effect {
		return dialogue.Say{Message: flow.Message{Kind: flow.KindText, Text: text}}
	}
	switch ev := ev.(type) {
	case dialogue.Said:
		ref := "i1/" + ev.Text
		step.Effects = []dialogue.Effect{say("好的"), dialogue.Session{
			Ref: ref, Kind: "capture", Medium: "photo", Fields: []string{"card_tail"},
		}}
		if ev.Text == "withdrawn" {
			step.Effects = append(step.Effects, dialogue.Withdraw{Ref: ref})
		}
	case dialogue.SessionChanged:
		step.Effects = []dialogue.Effect{say(fmt.Sprintf("%s %s %s %d", ev.Ref, ev.State, ev.By.ID, len(ev.Fields)))}
	}
	return step, nil
}

// The scripted colleague answers what a flow asked for, once, and leaves alone
// what was taken back.
func TestScriptedColleagueAnswersRequests(t *testing.T) {
	t.Parallel()
	master, err := vault.LoadMaster("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := assistant.New(assistant.Config{Pool: postgrestest.New(t), Master: master, Mind: checking{}, Node: "one", SweepEvery: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- engine.Run(ctx) }()
	assist := demo.Assist{Engine: engine, Log: slog.New(slog.DiscardHandler), Clock: time.Now, After: time.Millisecond}
	go func() { ended <- assist.Run(ctx) }()
	defer func() {
		stop()
		for range 2 {
			if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
	}()
	conversation, err := engine.Open(ctx, "c:C001", "", "xiaoda", "zh", "standard")
	if err != nil {
		t.Fatal(err)
	}
	watch := engine.Hub().Watch(conversation)
	defer watch.Close()
	for _, text := range []string{"withdrawn", "kept"} {
		if _, err := engine.Ask(ctx, "c:C001", conversation, assistant.Input{ID: text, Body: assistant.CustomerMessage{Text: text}}); err != nil {
			t.Fatal(err)
		}
	}
	var said []string
	deadline := time.After(30 * time.Second)
	for !strings.Contains(strings.Join(said, "\n"), "ended") {
		select {
		case <-watch.C:
		case <-deadline:
			t.Fatalf("the colleague did not answer: %q", said)
		}
		messages, err := engine.Messages(ctx, "c:C001", conversation, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		said = nil
		for _, m := range messages {
			said = append(said, m.Content.Text)
		}
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"i1/kept ended demo-reader 1"} {
		if strings.Count(all, want) != 1 {
			t.Errorf("%q stands %d times in %q", want, strings.Count(all, want), said)
		}
	}
	if strings.Contains(all, "i1/withdrawn") {
		t.Errorf("what was taken back was answered: %q", said)
	}
	// A request is taken off only when its answer is committed, so just after.
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		open, err := engine.Requests(ctx)
		if err == nil && len(open) == 0 {
			break
		}
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("still open: %v, %v", open, err)
		}
	}
}
