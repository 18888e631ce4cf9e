package handoff

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pingdui/pingdui/assistant"
)

// tellLimit is how many conversations are told at once.
const tellLimit = 32

// tellLoop gives the conversations their events.
func (d *Desk) tellLoop(ctx context.Context) {
	ticker := time.NewTicker(d.config.SweepEvery)
	defer ticker.Stop()
	var running sync.WaitGroup
	defer running.Wait()
	slots := make(chan struct{}, tellLimit)
	for {
		events, err := d.store.leaseEvents(ctx, d.now(), d.now().Add(2*d.config.TellDeadline), tellLimit)
		if err != nil && ctx.Err() == nil {
			d.config.Log.Warn("conversations could not be told of their handoff; they are told later", "error", err)
		}
		for _, e := range events {
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return
			}
			running.Go(func() {
				defer func() { <-slots }()
				d.tell(ctx, e)
				poke(d.tells) // the next of this conversation may go
			})
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-d.tells:
		}
	}
}

// tell gives one event to its conversation and notes that it was answered.
func (d *Desk) tell(ctx context.Context, e event) {
	limited, cancel := context.WithTimeout(ctx, d.config.TellDeadline)
	defer cancel()
	r, err := d.config.Conversations.Ask(limited, e.Subject, e.Conversation, e.input())
	lost := errors.Is(err, assistant.ErrNotFound) || errors.Is(err, assistant.ErrConflict)
	if lost {
		// Telling it again would fail for ever and hold up what follows.
		d.config.Log.Error("a conversation can't be told of its handoff", "conversation", e.Conversation, "event", e.input().ID, "error", err)
	}
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), d.config.TellDeadline)
	defer stop()
	if lost || err == nil && r.Turn != 0 {
		err = d.store.told(last, e, d.now())
	} else {
		err = d.store.untell(last, e, d.now().Add(d.config.SweepEvery))
	}
	if err != nil {
		d.config.Log.Warn("what was told could not be noted; it is told again, which is harmless", "error", err)
	}
}

// TellAll tells everything that is to be told now; for tests and for stopping.
func (d *Desk) TellAll(ctx context.Context) error {
	for {
		events, err := d.store.leaseEvents(ctx, d.now(), d.now().Add(2*d.config.TellDeadline), tellLimit)
		if err != nil || len(events) == 0 {
			return err
		}
		for _, e := range events {
			d.tell(ctx, e)
		}
	}
}
