package sandboxbank

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// recordRow is one thing the bank keeps for a customer besides accounts, cards
// and payees: a mandate, a schedule, a holding, a case. Kind says what Body is.
type recordRow struct {
	ID, Customer, Kind, Status string
	Body                       json.RawMessage
	CreatedAt, UpdatedAt       time.Time
}

// record is a recordRow with its body read.
type record[T any] struct {
	recordRow
	Value T
}

func opened[T any](row recordRow) (record[T], error) {
	out := record[T]{recordRow: row}
	if err := json.Unmarshal(row.Body, &out.Value); err != nil {
		return out, fmt.Errorf("read %s %s: %w", row.Kind, row.ID, err)
	}
	return out, nil
}

// recordsOf lists a customer's records of a kind, oldest first.
func recordsOf[T any](ctx context.Context, b *Bank, db querier, customer, kind string) ([]record[T], error) {
	rows, err := many[recordRow](ctx, b, db, "Records", customer, kind)
	if err != nil {
		return nil, err
	}
	out := make([]record[T], 0, len(rows))
	for _, row := range rows {
		r, err := opened[T](row)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// recordOf reads one of a customer's records and locks it until tx ends; false
// when the customer has none of that kind and id.
func recordOf[T any](ctx context.Context, b *Bank, tx pgx.Tx, customer, kind, id string) (record[T], bool, error) {
	row, ok, err := one[recordRow](ctx, b, tx, "RecordLocked", customer, kind, id)
	if err != nil || !ok {
		return record[T]{}, false, err
	}
	r, err := opened[T](row)
	return r, err == nil, err
}

// addRecord keeps something new under an id that no other record has.
func (b *Bank) addRecord(ctx context.Context, tx pgx.Tx, a act, customer, kind, id, status string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write %s %s: %w", kind, id, err)
	}
	if _, err := tx.Exec(ctx, b.q("AddRecord"), id, customer, kind, status, text, a.now); err != nil {
		return fmt.Errorf("keep %s %s: %w", kind, id, err)
	}
	return nil
}

// changeRecord gives a record that is locked a new status and body.
func (b *Bank) changeRecord(ctx context.Context, tx pgx.Tx, a act, id, status string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write record %s: %w", id, err)
	}
	if _, err := tx.Exec(ctx, b.q("ChangeRecord"), id, status, text, a.now); err != nil {
		return fmt.Errorf("change record %s: %w", id, err)
	}
	return nil
}
