package sandboxbank

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

// act is what every act knows of itself while its transaction runs.
type act struct {
	key       string
	operation string
	now       time.Time
	events    *[]Event // published once the transaction is committed
}

func (a act) tell(e Event) {
	e.At = a.now
	*a.events = append(*a.events, e)
}

// bankAct is an act's business: it gives a result, or a *Refusal, or an error
// that undoes everything. What it wrote before a Refusal is kept (a counted try).
type bankAct[I, O any] func(ctx context.Context, tx pgx.Tx, a act, in I) (O, error)

type operationRow struct {
	Operation, Customer string
	BodyHash            []byte
	Status, Code        string
	Number              string
	Answer              json.RawMessage
	At                  time.Time
}

// run gives an idempotency key its one answer. The key's advisory lock is held to
// the end of the transaction: the same key sent twice at once waits, and a
// question about the key can tell "running" from "never seen".
func run[I, O any](ctx context.Context, b *Bank, operation, customer, key string, in I, do bankAct[I, O]) (O, error) {
	var out O
	body, err := json.Marshal(in)
	if err != nil {
		return out, fmt.Errorf("hash the body: %w", err)
	}
	hash := sha256.Sum256(append([]byte(operation+"\n"), body...))
	var events []Event
	var no *Refusal
	err = pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		events, no = nil, nil
		if _, err := tx.Exec(ctx, b.q("TakeKey"), key); err != nil {
			return fmt.Errorf("take the key: %w", err)
		}
		before, seen, err := one[operationRow](ctx, b, tx, "OperationByKey", key)
		if err != nil {
			return err
		}
		if seen {
			if !bytes.Equal(before.BodyHash, hash[:]) && before.Code != "cancelled" {
				return huma.Error409Conflict("this Idempotency-Key was used for another request")
			}
			out, no, err = recorded[O](before)
			return err
		}
		a := act{key: key, operation: operation, now: b.now(), events: &events}
		var number string
		out, err = do(ctx, tx, a, in)
		answer := any(out)
		status, code := "done", ""
		if errors.As(err, &no) {
			status, code, answer = "refused", no.Code, no
		} else if err != nil {
			return err
		} else {
			number = numberOf(answer)
		}
		text, err := json.Marshal(answer)
		if err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
		if _, err := tx.Exec(ctx, b.q("RecordOperation"), key, operation, customer, hash[:], status, code, number, text, a.now); err != nil {
			return fmt.Errorf("record the operation: %w", err)
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	b.tray.publish(events...)
	if no != nil {
		return out, no
	}
	return out, nil
}

// recorded gives again what a key was answered.
func recorded[O any](row operationRow) (out O, no *Refusal, err error) {
	if row.Status == "refused" {
		no = &Refusal{}
		if err := json.Unmarshal(row.Answer, no); err != nil {
			return out, nil, fmt.Errorf("read the recorded refusal: %w", err)
		}
		return out, no, nil
	}
	if err := json.Unmarshal(row.Answer, &out); err != nil {
		return out, nil, fmt.Errorf("read the recorded answer: %w", err)
	}
	return out, nil, nil
}

// operationState tells what became of a key. A key whose transaction still runs
// is "running", never "none".
func (b *Bank) operationState(ctx context.Context, key string) (OperationState, error) {
	out := OperationState{Key: key, Status: "none"}
	err := pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		free, _, err := value[bool](ctx, b, tx, "TryKey", key)
		if err != nil {
			return err
		}
		row, seen, err := one[operationRow](ctx, b, tx, "OperationByKey", key)
		switch {
		case err != nil:
			return err
		case seen:
			out.Status, out.Operation, out.Code, out.Answer = row.Status, row.Operation, row.Code, row.Answer
		case !free:
			out.Status = "running"
		}
		return nil
	})
	return out, err
}

// cancelOperation makes sure that a key never acts from now on: a key not seen
// yet is recorded as refused (cancelled); one that was seen keeps its answer.
func (b *Bank) cancelOperation(ctx context.Context, key string) (OperationState, error) {
	out := OperationState{Key: key}
	err := pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, b.q("TakeKey"), key); err != nil {
			return fmt.Errorf("take the key: %w", err)
		}
		row, seen, err := one[operationRow](ctx, b, tx, "OperationByKey", key)
		if err != nil {
			return err
		}
		if !seen {
			no := refuse("cancelled", "已经停下，没有办理，钱没有动。", "Stopped in time. Nothing was done and no money has moved.")
			text, err := json.Marshal(no)
			if err != nil {
				return fmt.Errorf("write the answer: %w", err)
			}
			row = operationRow{Operation: "operations.cancel", Status: "refused", Code: no.Code, Answer: text}
			if _, err := tx.Exec(ctx, b.q("RecordOperation"), key, row.Operation, "", make([]byte, 32), row.Status, row.Code, "", text, b.now()); err != nil {
				return fmt.Errorf("record the cancelled key: %w", err)
			}
		}
		out.Status, out.Operation, out.Code, out.Answer = row.Status, row.Operation, row.Code, row.Answer
		return nil
	})
	return out, err
}

// badField is a 400 that names the field and quotes what stood there. It is RFC
// 9457 whatever huma.NewError the process has set: in the demo the product's own
// API sets one, and the core's callers look for the place in the answer.
func badField(field, got string, why error) error {
	return &huma.ErrorModel{
		Status: http.StatusBadRequest, Title: http.StatusText(http.StatusBadRequest), Detail: "invalid request",
		Errors: []*huma.ErrorDetail{{Message: why.Error(), Location: "body." + field, Value: got}},
	}
}
