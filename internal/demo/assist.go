package demo

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
)

// Assist is the scripted reader of pictures: it answers every capture that a flow
// asks for with what it can know, so that a stranger sees the scene go on. It says
// that it is scripted.
type Assist struct {
	Engine *assistant.Engine
	Log    *slog.Logger
	Clock  func() time.Time
	// After is how long a request waits before it is answered (6 s).
	After time.Duration
}

// Run works until ctx ends.
func (a *Assist) Run(ctx context.Context) error {
	if a.After == 0 {
		a.After = 6 * time.Second
	}
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		if err := a.look(ctx); err != nil && ctx.Err() == nil {
			a.Log.Warn("the scripted colleague could not look for requests", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// look answers what has waited for long enough.
func (a *Assist) look(ctx context.Context) error {
	open, err := a.Engine.Requests(ctx)
	if err != nil {
		return err
	}
	for _, r := range open {
		if a.Clock().Sub(r.At) < a.After {
			continue
		}
		if err := a.answer(ctx, r); err != nil {
			a.Log.Warn("the scripted colleague could not answer; it is tried again", "conversation", r.Conversation, "error", err)
		}
	}
	return nil
}

// answer gives what was read to the conversation; the input's id makes a repeat
// harmless.
func (a *Assist) answer(ctx context.Context, r assistant.Request) error {
	fields, err := a.read(ctx, r)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err = a.Engine.Ask(limited, r.Subject, r.Conversation, assistant.Input{ID: fmt.Sprintf("scripted:assist:%d:ended", r.ID), Body: assistant.SessionEvent{
		Session: fmt.Sprintf("demo-%d", r.ID), State: "ended", Ref: r.Ref, Role: r.Role, Fields: fields,
		By: dialogue.AgentView{ID: "demo-reader", Name: "小核（脚本演示）", Number: "9001"},
	}})
	if err != nil {
		return err
	}
	_, err = a.Engine.TakeRequest(ctx, r.ID)
	return err
}

var lastDigits = regexp.MustCompile(`\d{4}$`)

// read is what can be read off a picture that nobody took: the digits of the
// card the customer spoke of, unsurely, so that they are asked.
func (a *Assist) read(ctx context.Context, r assistant.Request) (map[string]dialogue.Field, error) {
	look, err := a.Engine.LookIn(ctx, "demo-reader", "own", r.Conversation)
	if err != nil {
		return nil, err
	}
	standing, err := look.Standing(ctx)
	if err != nil {
		return nil, err
	}
	fields := map[string]dialogue.Field{}
	for _, name := range r.Fields {
		fields[name] = dialogue.Field{}
		for _, row := range standing.View.Slots {
			if digits := lastDigits.FindString(row.Value); name == "card_tail" && digits != "" {
				fields[name] = dialogue.Field{Value: digits}
			}
		}
		if name == "name" && standing.Customer.Name != "" {
			fields[name] = dialogue.Field{Value: standing.Customer.Name, Sure: true}
		}
	}
	return fields, nil
}
