package assistant_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/internal/postgres"
)

// told writes the turns of one conversation as the engine does, with what the
// dialogue noted in each, so many minutes ago.
func (w *world) told(t *testing.T, e *assistant.Engine, agoMinutes int, now time.Time, turns ...[]dialogue.Note) {
	t.Helper()
	subject := fmt.Sprint("c:", agoMinutes) // a conversation of its own
	conv, err := e.Open(t.Context(), subject, "", "xiaoda", "zh", "")
	if err != nil {
		t.Fatal(err)
	}
	err = postgres.InTx(t.Context(), w.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		for i, notes := range turns {
			raw, err := json.Marshal(notes)
			if err != nil {
				return err
			}
			_, err = tx.Exec(t.Context(), `INSERT INTO turn (conversation, seq, subject, input, first_seq, last_seq, record, notes, started_at, took_us)
				VALUES ($1, $2, $6, $3, 1, 1, '', $4, $5, 1)`, conv, 100+i, fmt.Sprint("t", i), string(raw), now.Add(time.Duration(i-agoMinutes)*time.Minute), subject)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func note(kind, step, text, instance string) dialogue.Note {
	return dialogue.Note{Kind: kind, Flow: "pay", Step: step, Text: text, Instance: instance}
}

func begun(instance string, steps ...string) []dialogue.Note {
	return append([]dialogue.Note{note(dialogue.NoteStarted, steps[0], "", instance)}, came(instance, steps...)...)
}

func came(instance string, steps ...string) []dialogue.Note {
	var out []dialogue.Note
	for _, s := range steps {
		out = append(out, note(dialogue.NoteStep, s, "", instance))
	}
	return out
}

// Five runs: one goes through, one goes back once and is called off, one is
// given up, one is still at it, one was long ago.
func TestReachCountsWhereRunsOfAFlowGotTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, _ := w.start(t, "a")
	now := time.Now()
	w.told(t, e, 300, now, begun("i1", "form"), append(came("i1", "check", "paid"), note(dialogue.NoteFinished, "paid", "done", "i1")))
	w.told(t, e, 200, now, begun("i1", "form", "check"), came("i1", "form", "check"), []dialogue.Note{note(dialogue.NoteCancelled, "check", "customer", "i1")},
		begun("i4", "form")) // begun anew in the same conversation, and given up
	w.told(t, e, 5, now, append(begun("i2", "form"), note(dialogue.NoteStep, "check", "skipped", "i2")))
	w.told(t, e, 60*24*40, now, begun("i1", "form"))
	w.told(t, e, 100, now, []dialogue.Note{{Kind: dialogue.NoteStep, Flow: "other", Step: "form", Instance: "i1"}, {Kind: dialogue.NoteStarted, Flow: "other", Step: "form", Instance: "i1"}})

	since := now.AddDate(0, 0, -30)
	steps, ways, err := e.Reach(t.Context(), "pay", since)
	if err != nil {
		t.Fatal(err)
	}
	want := []assistant.StepReach{
		{Step: "check", Reached: 2, Cancelled: 1},
		{Step: "form", Reached: 4, Abandoned: 1, Waiting: 1},
		{Step: "paid", Reached: 1, Ended: 1},
	}
	if !slices.Equal(steps, want) {
		t.Errorf("%+v\nwant %+v", steps, want)
	}
	wantWays := []assistant.Way{{Came: "check", Went: "form", Instances: 1}, {Came: "check", Went: "paid", Instances: 1}, {Came: "form", Went: "check", Instances: 3}}
	if !slices.Equal(ways, wantWays) {
		t.Errorf("%+v\nwant %+v", ways, wantWays)
	}
	volumes, err := e.Volumes(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	wantVolumes := []assistant.Volume{{Flow: "other", Started: 1, Abandoned: 1}, {Flow: "pay", Started: 4, Done: 1, Cancelled: 1, Abandoned: 1, Waiting: 1}}
	if !slices.Equal(volumes, wantVolumes) {
		t.Errorf("%+v\nwant %+v", volumes, wantVolumes)
	}
}
