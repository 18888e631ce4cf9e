package assistant_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/postgres"
)

// What a person chose holds for every later conversation, and stands or falls
// with the turn that took it.
func TestSettingsAreKeptWithTheTurnThatTookThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, _ := w.start(t, "a")
	conv := open(t, a)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	choose := func(id, locale, edition string) error {
		_, err := a.Ask(ctx, "c:1", conv, assistant.Input{ID: id, Body: assistant.BusinessEvent{
			Name: "settings", Value: map[string]string{"locale": locale, "edition": edition},
		}})
		return err
	}
	kept := func() (locale, edition string) {
		t.Helper()
		err := postgres.InTx(ctx, w.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
			return tx.QueryRow(ctx, "SELECT locale, edition FROM subject WHERE id = 'c:1'").Scan(&locale, &edition)
		})
		if err != nil {
			t.Fatal(err)
		}
		return locale, edition
	}
	if err := choose("s1", "en", ""); err != nil {
		t.Fatal(err)
	}
	if locale, edition := kept(); locale != "en" || edition != "standard" {
		t.Errorf("after choosing English: %s, %s", locale, edition)
	}
	if err := choose("s2", "", "elder"); err != nil {
		t.Fatal(err)
	}
	if locale, edition := kept(); locale != "en" || edition != "elder" {
		t.Errorf("after choosing the elder edition: %s, %s", locale, edition)
	}
	next, err := a.Open(ctx, "c:1", assistant.FreshConversation, "xiaoan", "", "")
	if err != nil {
		t.Fatal(err)
	}
	standing, err := a.Hub().Now(ctx, next)
	if err != nil {
		t.Fatal(err)
	}
	if standing.Locale != "en" || standing.Edition != "elder" {
		t.Errorf("a new conversation speaks %s in the %s edition", standing.Locale, standing.Edition)
	}
	// A refused turn leaves what was chosen before: the conversation is taken
	// away while the choice is on its way.
	err = postgres.InTx(ctx, w.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO node (id, http_addr, cluster_addr, started_at, beat_at) VALUES ('mute', '', '', now(), now() + interval '1 hour')`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "UPDATE conversation SET owner = 'mute', epoch = epoch + 1 WHERE id = $1", conv)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Handle(ctx, "c:1", conv, assistant.Input{ID: "s3", Body: assistant.BusinessEvent{
		Name: "settings", Value: map[string]string{"locale": "zh", "edition": "standard"},
	}}, assistant.Watcher{Accepted: func(assistant.Receipt) { cancel() }}); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done() // stored for the silent owner, not answered
	ctx = t.Context()
	if locale, edition := kept(); locale != "en" || edition != "elder" {
		t.Errorf("a choice that no turn took is kept: %s, %s", locale, edition)
	}
}

// What a flow shows the customer holds as if they had chosen it.
func TestAnEditionThatAFlowSetsIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, _ := w.start(t, "a")
	conv := open(t, a)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, want := range []string{"elder", "standard"} {
		if _, err := a.Ask(ctx, "c:1", conv, assistant.Input{ID: "show-" + want, Body: assistant.CustomerMessage{Text: "show " + want}}); err != nil {
			t.Fatal(err)
		}
		standing, err := a.Hub().Now(ctx, conv)
		if err != nil {
			t.Fatal(err)
		}
		if standing.Edition != want {
			t.Errorf("this conversation shows %s, not %s", standing.Edition, want)
		}
		next, err := a.Open(ctx, "c:1", assistant.FreshConversation, "xiaoan", "", "")
		if err != nil {
			t.Fatal(err)
		}
		if standing, err = a.Hub().Now(ctx, next); err != nil || standing.Edition != want {
			t.Errorf("a new conversation shows %s, %v; want %s", standing.Edition, err, want)
		}
	}
}
