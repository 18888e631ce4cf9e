package assistant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/internal/postgres"
)

// TurnRecord is what decided a turn, with what it left.
type TurnRecord struct {
	Record
	Notes             []dialogue.Note
	Release, Employee string
	FirstSeq, LastSeq int64
	TookUS            int64
}

// TurnRecord reads the record of a turn of the subject's own conversation.
func (e *Engine) TurnRecord(ctx context.Context, subject string, conversation uuid.UUID, turn int64) (TurnRecord, error) {
	if err := e.store.own(ctx, subject, conversation); err != nil {
		return TurnRecord{}, err
	}
	key, err := e.store.key(ctx, subject)
	if err != nil {
		return TurnRecord{}, err
	}
	var out TurnRecord
	var record, notes []byte
	err = postgres.InTx(ctx, e.config.Pool, postgres.AsSubject(subject), func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, e.store.sql.Text("TurnRecord"), conversation, turn).
			Scan(&record, &notes, &out.Release, &out.Employee, &out.FirstSeq, &out.LastSeq, &out.TookUS)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return TurnRecord{}, ErrNotFound
	}
	if err != nil {
		return TurnRecord{}, fmt.Errorf("read the turn: %w", err)
	}
	plain, err := key.Open(record, "turn")
	if err != nil {
		return TurnRecord{}, err
	}
	if err := errors.Join(json.Unmarshal(plain, &out.Record), json.Unmarshal(notes, &out.Notes)); err != nil {
		return TurnRecord{}, fmt.Errorf("the turn's record: %w", err)
	}
	return out, nil
}

// ActionStatus is where one durable action stands.
type ActionStatus struct {
	ID        uuid.UUID
	Operation string
	Status    string
}

// Actions lists the durable actions of the subject's own conversation.
func (e *Engine) Actions(ctx context.Context, subject string, conversation uuid.UUID) ([]ActionStatus, error) {
	if err := e.store.own(ctx, subject, conversation); err != nil {
		return nil, err
	}
	var out []ActionStatus
	err := postgres.InTx(ctx, e.config.Pool, postgres.AsSubject(subject), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, e.store.sql.Text("ActionsOf"), conversation)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[ActionStatus])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the actions: %w", err)
	}
	return out, nil
}
