package assistant_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/internal/postgres"
)

// slowBank takes its time over every read.
type slowBank struct{ *ledger }

func (b slowBank) Read(ctx context.Context, operation string, args map[string]any) dialogue.Result {
	select {
	case <-time.After(50 * time.Millisecond):
	case <-ctx.Done():
		return dialogue.Result{Outcome: dialogue.Unknown}
	}
	return b.ledger.Read(ctx, operation, args)
}

// leftBehind makes a conversation whose owner is a node that died with a row of
// stored inputs. alive says whether its heart still seems to beat.
func (w *world) leftBehind(t *testing.T, e *assistant.Engine, row int, alive bool) uuid.UUID {
	t.Helper()
	conv := open(t, e)
	if _, err := ask(t, e, conv, "first", "m0"); err != nil {
		t.Fatal(err)
	}
	err := postgres.InTx(t.Context(), w.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		if alive {
			if _, err := tx.Exec(t.Context(), `INSERT INTO node (id, http_addr, cluster_addr, started_at, beat_at)
				VALUES ('mute', '', '', now(), now() + interval '1 hour')`); err != nil {
				return err
			}
		}
		_, err := tx.Exec(t.Context(), `UPDATE conversation SET owner = 'mute', epoch = epoch + 1 WHERE id = $1`, conv)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range row {
		accepted := make(chan error, 1)
		err := e.Handle(t.Context(), "c:1", conv, assistant.Input{ID: fmt.Sprint("row-", i), Body: assistant.CustomerMessage{Text: fmt.Sprint("look", i+1)}}, assistant.Watcher{
			Accepted: func(assistant.Receipt) { accepted <- nil },
			Done: func(_ assistant.Receipt, err error) {
				if err != nil {
					accepted <- err
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := <-accepted; err != nil {
			t.Fatal(err)
		}
	}
	return conv
}

// A row that grew while its owner was silent must not cost the next message its
// place: with deadlines shorter than the row takes, nothing is refused or lost.
func TestALongRowIsWorkedOffBeforeTheNextMessage(t *testing.T) {
	t.Parallel()
	const row = 60 // each takes 50 ms at the bank: together more than one turn may
	w := newWorld(t)
	a, _ := w.start(t, "a", func(c *assistant.Config) {
		c.MaxWaiting, c.TurnDeadline, c.StoreDeadline = row, 2*time.Second, time.Second
		c.Bank = slowBank{w.bank}
	})
	conv := w.leftBehind(t, a, row, true)
	if _, err := w.pool.Exec(t.Context(), "DELETE FROM node WHERE id = 'mute'"); err != nil {
		t.Fatal(err)
	}
	r, err := ask(t, a, conv, "last", "the last one")
	if err != nil || r.Turn == 0 {
		t.Fatalf("the message after the row: %+v, %v", r, err)
	}
	got := texts(t, a, conv)
	if len(got) != row+2 || got[len(got)-1] != fmt.Sprintf("%d:the last one", row+2) {
		t.Errorf("%d answers, the last %q; want %d, every one in its order", len(got), got[len(got)-1], row+2)
	}
}

// While another node owns a conversation and does not answer, its row has an end.
func TestTheRowOfASilentOwnerHasAnEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, _ := w.start(t, "a", func(c *assistant.Config) { c.MaxWaiting = 5 })
	conv := w.leftBehind(t, a, 5, true)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := a.Ask(ctx, "c:1", conv, assistant.Input{ID: "one more", Body: assistant.CustomerMessage{Text: "m"}})
	if !errors.Is(err, assistant.ErrBusy) {
		t.Errorf("the sixth input gave %v, want ErrBusy", err)
	}
	// The same id again is no new message: it is known, whatever waits.
	again := make(chan assistant.Receipt, 1)
	if err := a.Handle(ctx, "c:1", conv, assistant.Input{ID: "row-4", Body: assistant.CustomerMessage{Text: "look5"}}, assistant.Watcher{
		Accepted: func(r assistant.Receipt) { again <- r },
		Done: func(_ assistant.Receipt, err error) {
			if err != nil {
				t.Errorf("an accepted id sent again gave %v", err)
			}
		},
	}); err != nil {
		t.Fatal(err)
	}
	<-again
}
