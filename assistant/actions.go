package assistant

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/internal/postgres"
)

type actionRow struct {
	ID, Conversation        uuid.UUID
	Subject, Instance, Step string
	Visit                   int
	Operation               string
	Args                    []byte
	Status                  string
	Result                  []byte
	Attempts                int
	CreatedAt               time.Time
}

const (
	actionsAtOnce   = 8
	unknownRetry    = 2 * time.Second
	tellUnknownFrom = 2 // attempts after which the customer is told that it isn't known yet
)

// actionLoop runs due actions: those just committed, those whose worker died,
// those whose outcome isn't known.
func (e *Engine) actionLoop(ctx context.Context) {
	ticker := time.NewTicker(e.config.SweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-e.kick:
		}
		for {
			n, err := e.runActions(ctx)
			if err != nil && ctx.Err() == nil {
				e.config.Log.Warn("due actions could not be run", "error", err)
			}
			if err != nil || n < actionsAtOnce {
				break
			}
		}
	}
}

func (e *Engine) runActions(ctx context.Context) (int, error) {
	if e.config.Bank == nil {
		return 0, nil
	}
	var due []actionRow
	err := postgres.InTx(ctx, e.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, e.store.sql.Text("LeaseActions"), e.config.Node, e.config.ActionLease.Seconds(), e.config.Clock(), actionsAtOnce)
		if err != nil {
			return err
		}
		due, err = pgx.CollectRows(rows, pgx.RowToStructByName[actionRow])
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("lease actions: %w", err)
	}
	done := make(chan struct{}, len(due))
	for _, row := range due {
		e.running.Add(1)
		go func() {
			defer e.running.Done()
			defer func() { done <- struct{}{} }()
			if err := e.runAction(ctx, row); err != nil && ctx.Err() == nil {
				e.config.Log.Warn("an action is tried again", "action", row.ID, "operation", row.Operation, "error", err)
			}
		}()
	}
	for range due {
		<-done
	}
	return len(due), nil
}

// runAction calls the bank with the row's id as key, keeps the outcome, and
// hands it to the conversation as an input. Each part may be repeated.
func (e *Engine) runAction(ctx context.Context, row actionRow) error {
	ctx, cancel := context.WithTimeout(ctx, e.config.ActionLease*3/4)
	defer cancel()
	key, err := e.store.key(ctx, row.Subject)
	if err != nil {
		return err
	}
	var result dialogue.Result
	switch row.Status {
	case "done", "refused":
		plain, err := key.Open(row.Result, "result")
		if err != nil {
			return err
		}
		if err := json.Unmarshal(plain, &result); err != nil {
			return fmt.Errorf("result of action %s: %w", row.ID, err)
		}
	default:
		plain, err := key.Open(row.Args, "action")
		if err != nil {
			return err
		}
		var args actionArgs
		if err := json.Unmarshal(plain, &args); err != nil {
			return fmt.Errorf("arguments of action %s: %w", row.ID, err)
		}
		result = e.callBank(ctx, row, args)
		if result.Outcome == dialogue.Done || result.Outcome == dialogue.Refused {
			err = e.inEngine(ctx, "FinishAction", row.ID, string(result.Outcome), key.Seal(marshal(result), "result"), e.config.Clock())
		} else {
			err = e.inEngine(ctx, "UnknownAction", row.ID, e.config.Clock().Add(unknownRetry))
		}
		if err != nil {
			return err
		}
	}
	id := "action:" + row.ID.String()
	final := result.Outcome == dialogue.Done || result.Outcome == dialogue.Refused
	if !final {
		if row.Attempts < tellUnknownFrom {
			return nil
		}
		id += ":unknown"
	}
	s, err := encode(Input{ID: id, Body: ActionResult{
		Action: row.ID.String(), Instance: row.Instance, Step: row.Step, Visit: row.Visit,
		Outcome: result.Outcome, Code: result.Code, Value: result.Value,
	}})
	if err != nil {
		return err
	}
	// The input is stored before the row is closed: a crash between the two
	// reports it again under the same id.
	conv, err := e.store.read(ctx, row.Conversation)
	if err != nil {
		return err
	}
	if _, err := e.store.keep(ctx, conv, &s, 0); err != nil {
		return err
	}
	if final {
		if err := e.inEngine(ctx, "ReportAction", row.ID); err != nil {
			return err
		}
	}
	return e.post(row.Conversation, item{recover: true})
}

// callBank asks first where an earlier try may have reached the bank.
func (e *Engine) callBank(ctx context.Context, row actionRow, args actionArgs) dialogue.Result {
	bankKey := row.ID.String()
	if e.config.Faults.KeyFromMessage {
		bankKey = fmt.Sprintf("%s-%d", args.Input, row.Attempts)
	}
	if row.Attempts > 1 && !e.config.Faults.KeyFromMessage {
		if result := e.config.Bank.Ask(ctx, bankKey, row.Operation); result.Outcome != dialogue.Failed {
			return result
		}
	}
	if args.Flow != "" && e.config.Recalled != nil && e.config.Recalled(args.Flow) {
		return dialogue.Result{Outcome: dialogue.Refused, Code: "recalled"}
	}
	with := ownArgs(row.Subject, args.Args)
	if args.Reference != "" {
		with["reference"] = args.Reference
	}
	return e.config.Bank.Act(ctx, bankKey, row.Operation, with)
}

func (e *Engine) inEngine(ctx context.Context, query string, args ...any) error {
	return postgres.InTx(ctx, e.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, e.store.sql.Text(query), args...)
		return err
	})
}

func noteNames(notes []dialogue.Note) []dialogue.Note {
	if notes == nil {
		return []dialogue.Note{}
	}
	return notes
}
