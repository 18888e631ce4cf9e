package assistant

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/postgres"
)

// beat says that this node lives.
func (e *Engine) beat(ctx context.Context) error {
	c := e.config
	if _, err := c.Pool.Exec(ctx, e.store.sql.Text("Beat"), c.Node, c.HTTPAddr, c.ClusterAddr, c.Clock(), c.Mind.Release(), false); err != nil {
		return fmt.Errorf("say that this node lives: %w", err)
	}
	return nil
}

func (e *Engine) beatLoop(ctx context.Context) {
	ticker := time.NewTicker(e.config.BeatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		limited, cancel := context.WithTimeout(ctx, e.config.DeadAfter)
		if err := e.beat(limited); err != nil && ctx.Err() == nil {
			e.config.Log.Warn("heartbeat missed", "error", err)
		}
		cancel()
	}
}

// NodeInfo is one node as the others see it.
type NodeInfo struct {
	ID, HTTPAddr, ClusterAddr, Release string
	Alive                              bool
}

// Nodes lists the nodes of the last hour.
func (e *Engine) Nodes(ctx context.Context) ([]NodeInfo, error) {
	rows, err := e.config.Pool.Query(ctx, e.store.sql.Text("Nodes"), e.config.DeadAfter.Seconds())
	if err != nil {
		return nil, fmt.Errorf("list the nodes: %w", err)
	}
	nodes, err := pgx.CollectRows(rows, pgx.RowToStructByName[NodeInfo])
	if err != nil {
		return nil, fmt.Errorf("list the nodes: %w", err)
	}
	return nodes, nil
}

// sweepLoop finds what nobody works on: inputs of dead nodes, due wakes; and
// lets go of conversations that have been quiet.
func (e *Engine) sweepLoop(ctx context.Context) {
	ticker := time.NewTicker(e.config.SweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := e.sweep(ctx); err != nil && ctx.Err() == nil {
			e.config.Log.Warn("the sweep failed", "error", err)
		}
		e.forget()
	}
}

func (e *Engine) sweep(ctx context.Context) error {
	type wake struct {
		ID     uuid.UUID
		WakeAt time.Time
	}
	var stranded []uuid.UUID
	var wakes []wake
	now := e.config.Clock()
	err := postgres.InTx(ctx, e.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, e.store.sql.Text("Stranded"), e.config.Node, e.config.DeadAfter.Seconds())
		if err != nil {
			return err
		}
		if stranded, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]); err != nil {
			return err
		}
		rows, err = tx.Query(ctx, e.store.sql.Text("DueWakes"), e.config.Node, e.config.DeadAfter.Seconds(), now)
		if err != nil {
			return err
		}
		wakes, err = pgx.CollectRows(rows, pgx.RowToStructByName[wake])
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range stranded {
		if !e.busy(id) {
			_ = e.post(id, item{recover: true})
		}
	}
	for _, w := range wakes {
		if e.busy(w.ID) {
			continue
		}
		s, err := encode(Input{ID: "timer:" + w.WakeAt.UTC().Format(time.RFC3339Nano), Body: Timer{At: w.WakeAt}})
		if err != nil {
			return err
		}
		_ = e.post(w.ID, item{stored: s})
	}
	return nil
}

// busy says whether a conversation is being worked on here.
func (e *Engine) busy(id uuid.UUID) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	box := e.boxes[id]
	return box != nil && box.busy
}

// quiet is after how long a conversation's state leaves the memory.
const quiet = time.Minute

func (e *Engine) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, box := range e.boxes {
		if !box.busy && time.Since(box.touched) > quiet {
			delete(e.boxes, id)
		}
	}
}
