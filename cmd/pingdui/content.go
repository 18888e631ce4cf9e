package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/mind"
	"github.com/pingdui/pingdui/assistant/scenes"
	"github.com/pingdui/pingdui/channels/rest"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/wire"
)

func (r *rooms) loadContent(ctx context.Context, _ *program) error {
	set, model, err := mind.Train(ctx, scenes.FS)
	if err != nil {
		return err
	}
	r.mind.Use(mind.Load(set.Hash[:12], set, model, nil))
	return nil
}

func (r *rooms) searcher() assistant.Searcher { return nil }

// audience is what a customer may be answered from.
func (r *rooms) audience(c dialogue.Customer) []string {
	out := []string{"customer"}
	if known, ok := r.cast.Customer(c.ID); ok {
		out = append(out, known.Audience...)
	}
	return out
}

// agentsOn says whether people are on duty.
func (r *rooms) agentsOn() bool { return true }

func (r *rooms) source(context.Context, auth.Identity, string, string) (wire.SourceDocument, error) {
	return wire.SourceDocument{}, rest.ErrNoSource
}

func sortedEmployees(set *content.Set) []string {
	return slices.Sorted(maps.Keys(set.Employees))
}

// traceOf makes the wire form of what a turn did.
func traceOf(record assistant.TurnRecord, actions []assistant.ActionStatus) *wire.Trace {
	t := &wire.Trace{
		Flow: record.View.Flow, Step: record.View.Step, Slots: map[string]string{}, Called: []wire.Called{}, Notes: []string{},
		Intents: []wire.Scored{}, Release: record.Release, Employee: record.Employee, TookUS: record.TookUS, QueueKey: record.View.Queue,
	}
	for _, row := range record.View.Slots {
		t.Slots[row.Name] = row.Value
	}
	for _, o := range record.Outside {
		t.Called = append(t.Called, wire.Called{Operation: o.Operation, Outcome: string(o.Outcome)})
	}
	for _, act := range record.Acts {
		operation, key, _ := strings.Cut(act, "=")
		outcome := "pending"
		for _, a := range actions {
			if a.ID.String() == key {
				outcome = a.Status
			}
		}
		t.Called = append(t.Called, wire.Called{Operation: operation, Key: key, Outcome: outcome})
	}
	for _, n := range record.Notes {
		t.Notes = append(t.Notes, strings.TrimSpace(n.Kind+" "+n.Flow+" "+n.Step+" "+n.Text))
	}
	if record.Understanding != nil {
		for _, s := range record.Understanding.Intents {
			t.Intents = append(t.Intents, wire.Scored{Intent: s.Intent, P: s.P})
		}
	}
	if record.View.Queue != "" {
		t.Handoff = &wire.Queue{Place: record.View.Place, WaitS: record.View.WaitS}
	}
	return t
}
