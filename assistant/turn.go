package assistant

import (
	"context"
	"errors"
)

// maxCrashes is how often an input may fail to be decided before the customer
// gets an apology and a person. maxAttempts is the same where only the row knows
// of the runs: some of them ended because their node did, so it is higher.
const (
	maxCrashes  = 2
	maxAttempts = 8
)

// errMind: deciding failed or panicked; the input itself is to blame, or we are.
var errMind = errors.New("the turn could not be decided")

// attempt is one try of one input: load, run, commit. It is the only place that
// knows the order of the steps.
func (e *Engine) attempt(box *mailbox, in *stored, accepted func(Receipt)) (Receipt, error) {
	if box.conv == nil {
		ctx, cancel := context.WithTimeout(e.work, e.config.TurnDeadline)
		defer cancel()
		conv, err := e.store.claim(ctx, e.config.Node, box.id)
		if err != nil {
			return Receipt{}, err
		}
		if !conv.mine {
			return e.forward(ctx, conv, in, accepted)
		}
		box.conv = conv
		if err := e.earlier(ctx, box, in, accepted); err != nil {
			return Receipt{}, err
		}
	}
	return e.turn(box, in, accepted)
}

// earlier answers what an earlier owner left or another node stored before in. A
// long row must not cost in its place in it: it is made durable before the row
// is worked off, and each turn of it has a deadline of its own.
func (e *Engine) earlier(ctx context.Context, box *mailbox, in *stored, accepted func(Receipt)) error {
	waiting, err := e.store.unanswered(ctx, box.conv)
	if err != nil || len(waiting) == 0 {
		return err
	}
	if !in.durable {
		fresh, err := e.store.keep(ctx, box.conv, in, 0)
		if err != nil {
			return err
		}
		in.durable = true // fresh or not: it stands, and turn finds out what became of it
		if fresh {
			accepted(Receipt{Conversation: box.id, ID: in.id})
		}
	}
	for i := range waiting {
		if waiting[i].id == in.id {
			if waiting[i].hash != in.hash {
				return ErrConflict
			}
			return nil // its turn is now
		}
		if _, err := e.turn(box, &waiting[i], func(Receipt) {}); err != nil {
			return err
		}
	}
	return nil
}

// turn answers one input of a conversation this node owns.
func (e *Engine) turn(box *mailbox, in *stored, accepted func(Receipt)) (Receipt, error) {
	ctx, cancel := context.WithTimeout(e.work, e.config.TurnDeadline)
	defer cancel()
	conv := box.conv
	started := e.config.Clock()
	if in.durable {
		attempts, err := e.store.countAttempt(ctx, conv, in.id)
		if errors.Is(err, errGuard) {
			return e.replay(ctx, conv, in)
		}
		if err != nil {
			return Receipt{}, err
		}
		in.attempts = attempts
	}
	durable := func() error {
		if in.durable {
			return nil
		}
		fresh, err := e.store.keep(ctx, conv, in, 0)
		if err != nil {
			return err
		}
		if !fresh {
			return errDuplicate
		}
		accepted(Receipt{Conversation: conv.id, ID: in.id})
		return nil
	}
	run, err := e.run(ctx, conv, in, started, durable)
	if errors.Is(err, errMind) {
		in.crashes++
		e.config.Log.Error("a turn could not be decided", "conversation", conv.id, "input", in.id, "attempt", in.attempts, "error", err)
		if err := durable(); err != nil && !errors.Is(err, errDuplicate) {
			return Receipt{}, err
		}
		return Receipt{}, err
	}
	if err == nil && e.dropped(in) {
		return Receipt{Conversation: conv.id, ID: in.id, Turn: conv.turn, LastSeq: conv.last}, nil
	}
	if err == nil {
		err = e.commit(ctx, conv, in, run)
	}
	switch {
	case errors.Is(err, errDuplicate):
		in.durable = true
		return e.replay(ctx, conv, in)
	case err != nil:
		return Receipt{}, err
	}
	box.conv = run.after
	e.published(run)
	return Receipt{Conversation: conv.id, ID: in.id, Turn: run.after.turn, FirstSeq: run.after.last - int64(len(run.messages)) + 1, LastSeq: run.after.last}, nil
}

// replay answers an id that was seen before: from its turn when it has one,
// by running it when it has none, never when the body differs.
func (e *Engine) replay(ctx context.Context, conv *conversation, in *stored) (Receipt, error) {
	row, err := e.store.find(ctx, conv.subject, conv.id, in.id)
	if err != nil {
		return Receipt{}, err
	}
	if row == nil {
		return Receipt{}, errGuard
	}
	if string(row.BodyHash) != string(in.hash[:]) {
		return Receipt{}, ErrConflict
	}
	if row.Answered == 0 {
		in.durable = true
		return Receipt{}, errGuard // stored by another node meanwhile: run it from there
	}
	return Receipt{Conversation: conv.id, ID: in.id, Turn: row.Answered, FirstSeq: row.FirstSeq, LastSeq: row.LastSeq, Replayed: true}, nil
}

// forward stores the input for the node that owns the conversation and tells it.
// The row is bounded here as it is in the mailbox: an owner that is slow or dead
// must not be left a row without end.
func (e *Engine) forward(ctx context.Context, conv *conversation, in *stored, accepted func(Receipt)) (Receipt, error) {
	fresh, err := e.store.keep(ctx, conv, in, e.config.MaxWaiting)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Conversation: conv.id, ID: in.id}
	if !fresh {
		row, err := e.store.find(ctx, conv.subject, conv.id, in.id)
		switch {
		case err != nil:
			return r, err
		case row == nil:
			return r, ErrBusy
		case string(row.BodyHash) != string(in.hash[:]):
			return r, ErrConflict
		}
		in.durable = true
		r.Turn, r.FirstSeq, r.LastSeq, r.Replayed = row.Answered, row.FirstSeq, row.LastSeq, row.Answered != 0
	}
	accepted(r)
	e.hub.publish(hint{Kind: hintInput, Conversation: conv.id, Node: conv.owner})
	return r, nil
}

// dropped is a planted defect: one turn in ten is acknowledged and lost.
func (e *Engine) dropped(in *stored) bool {
	if !e.config.Faults.DropTurn || in.kind != "message" {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.committed++
	return e.committed%10 == 0
}
