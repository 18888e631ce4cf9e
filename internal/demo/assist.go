package demo

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"time"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// Assist is the scripted colleague of assisted scenes: it comes to every session
// and review that a flow asks for, ticks the check list and lets it pass, and
// reads what it can off a picture, so that a stranger sees the scene go on. It
// says that it is scripted.
type Assist struct {
	Engine *assistant.Engine
	Log    *slog.Logger
	Clock  func() time.Time
	// After is how long a request waits before it is taken up (4 s), Takes how
	// long the check lasts (6 s).
	After, Takes time.Duration
}

// Run works until ctx ends.
func (a *Assist) Run(ctx context.Context) error {
	if a.After == 0 {
		a.After = 4 * time.Second
	}
	if a.Takes == 0 {
		a.Takes = 6 * time.Second
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

// look takes up what has waited for long enough, and ends what has lasted.
func (a *Assist) look(ctx context.Context) error {
	open, err := a.Engine.Requests(ctx)
	if err != nil {
		return err
	}
	for _, r := range open {
		waited := a.Clock().Sub(r.At)
		switch {
		case waited < a.After:
		case waited < a.After+a.Takes:
			if r.Kind != "capture" { // told again each second under the same id: it is heard once
				err = a.tell(ctx, r, assistant.SessionEvent{State: "started"})
			}
		default:
			err = a.answer(ctx, r)
		}
		if err != nil {
			a.Log.Warn("the scripted colleague could not answer; it is tried again", "conversation", r.Conversation, "error", err)
		}
	}
	return nil
}

func (a *Assist) answer(ctx context.Context, r assistant.Request) error {
	e := assistant.SessionEvent{State: "ended", Outcome: flow.OutcomePassed}
	for _, it := range r.Items {
		e.Items = append(e.Items, dialogue.Ticked{ID: it.ID, OK: true, At: r.At.Add(a.After + a.Takes)})
	}
	if r.Kind == "capture" {
		e.Outcome = ""
		fields, err := a.read(ctx, r)
		if err != nil {
			return err
		}
		e.Fields = fields
	}
	if err := a.tell(ctx, r, e); err != nil {
		return err
	}
	_, err := a.Engine.TakeRequest(ctx, r.ID)
	return err
}

// tell gives one word to the conversation; its id makes a repeat harmless.
func (a *Assist) tell(ctx context.Context, r assistant.Request, e assistant.SessionEvent) error {
	e.Session, e.Ref, e.Role = fmt.Sprintf("demo-%d", r.ID), r.Ref, r.Role
	e.By = dialogue.AgentView{ID: "demo-reviewer", Name: "小核（脚本演示）", Number: "9001"}
	if slices.Contains(r.Not, e.By.ID) {
		e.By = dialogue.AgentView{ID: "demo-authoriser", Name: "小权（脚本演示）", Number: "9002"}
	}
	limited, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err := a.Engine.Ask(limited, r.Subject, r.Conversation, assistant.Input{ID: fmt.Sprintf("scripted:assist:%d:%s", r.ID, e.State), Body: e})
	return err
}

var lastDigits = regexp.MustCompile(`\d{4}$`)

// read is what can be read off a picture that nobody took: the digits of the
// card the customer spoke of, unsurely, so that they are asked.
func (a *Assist) read(ctx context.Context, r assistant.Request) (map[string]dialogue.Field, error) {
	look, err := a.Engine.LookIn(ctx, "demo-reviewer", "own", r.Conversation)
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
