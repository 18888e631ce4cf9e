package assistant

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/postgres"
)

// patience is how long after their last word somebody counts as still busy with
// a flow.
const patience = 30 * time.Minute

// StepReach is how many runs of a flow came to a step, and of how many it was
// the last: Cancelled there, Abandoned (no word for half an hour), Waiting
// (still busy) or Ended as the flow says.
type StepReach struct {
	Step      string
	Reached   int
	Cancelled int
	Abandoned int
	Waiting   int
	Ended     int
}

// Way is how many runs of a flow went from one step to another, forth or back.
type Way struct {
	Came, Went string
	Instances  int
}

// Volume is how often a flow was begun and how that ended; Otherwise is a
// refusal or an outcome not known.
type Volume struct {
	Flow      string
	Started   int
	Done      int
	Otherwise int
	Cancelled int
	Abandoned int
	Waiting   int
}

// Reach counts where the runs of a flow got to since a time, from the records
// of its turns.
func (e *Engine) Reach(ctx context.Context, flow string, since time.Time) ([]StepReach, []Way, error) {
	var steps []StepReach
	var ways []Way
	args := pgx.NamedArgs{"flow": flow, "since": since, "idle": e.config.Clock().Add(-patience)}
	err := postgres.InTx(ctx, e.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, e.store.sql.Text("FlowReach"), args)
		if err != nil {
			return err
		}
		if steps, err = pgx.CollectRows(rows, pgx.RowToStructByName[StepReach]); err != nil {
			return err
		}
		if rows, err = tx.Query(ctx, e.store.sql.Text("FlowWays"), args); err != nil {
			return err
		}
		ways, err = pgx.CollectRows(rows, pgx.RowToStructByName[Way])
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("count the steps of %s: %w", flow, err)
	}
	return steps, ways, nil
}

// Volumes counts the runs of every flow that was begun since a time.
func (e *Engine) Volumes(ctx context.Context, since time.Time) ([]Volume, error) {
	var out []Volume
	err := postgres.InTx(ctx, e.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, e.store.sql.Text("FlowVolumes"), pgx.NamedArgs{"since": since, "idle": e.config.Clock().Add(-patience)})
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[Volume])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count the runs: %w", err)
	}
	return out, nil
}
