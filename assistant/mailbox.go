package assistant

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
)

// item is one input on its way, with who waits for it.
type item struct {
	stored stored
	watch  Watcher
	// recover asks for what stands unanswered in the database; stored is empty.
	recover bool
}

// mailbox keeps the order of one conversation on this node. Its goroutine lives
// only while there is work.
type mailbox struct {
	id      uuid.UUID
	queue   []item
	busy    bool
	conv    *conversation // what we know of it; nil: not loaded, or not ours
	touched time.Time
}

// ErrBusy says that too many inputs of this conversation wait already.
var ErrBusy = errors.New("too many messages wait in this conversation; send it again in a second")

func (e *Engine) post(id uuid.UUID, it item) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopping {
		return ErrStopping
	}
	box := e.boxes[id]
	if box == nil {
		box = &mailbox{id: id}
		e.boxes[id] = box
	}
	if !it.recover && len(box.queue) >= e.config.MaxWaiting {
		return ErrBusy
	}
	if it.recover && len(box.queue) > 0 && box.queue[len(box.queue)-1].recover {
		return nil // the same look is already queued
	}
	box.queue = append(box.queue, it)
	box.touched = time.Now()
	if !box.busy {
		box.busy = true
		e.running.Add(1)
		go e.drain(box)
	}
	return nil
}

func (e *Engine) drain(box *mailbox) {
	defer e.running.Done()
	for {
		e.mu.Lock()
		if len(box.queue) == 0 {
			box.busy = false
			box.queue = nil
			if box.conv == nil {
				delete(e.boxes, box.id)
			}
			e.mu.Unlock()
			return
		}
		it := box.queue[0]
		box.queue = box.queue[1:]
		e.mu.Unlock()
		if it.recover {
			e.recoverBox(box)
			continue
		}
		e.process(box, it)
	}
}

// process takes one input to its end: answered here, stored for its owner, or
// refused. A lost guard or a database that is away is tried again within
// StoreDeadline; an input that isn't durable by then is refused, and the client
// still has it.
func (e *Engine) process(box *mailbox, it item) {
	deadline := time.Now().Add(e.config.StoreDeadline)
	wait := 20 * time.Millisecond
	accepted := func(r Receipt) {
		if it.watch.Accepted != nil {
			it.watch.Accepted(r)
			it.watch.Accepted = nil
		}
	}
	done := func(r Receipt, err error) {
		if err == nil {
			accepted(r)
		}
		if it.watch.Done != nil {
			it.watch.Done(r, err)
		}
	}
	if e.config.Faults.AckBeforeCommit {
		accepted(Receipt{Conversation: box.id, ID: it.stored.id})
	}
	for {
		r, err := e.attempt(box, &it.stored, accepted)
		switch {
		case err == nil:
			done(r, nil)
			return
		case errors.Is(err, ErrConflict), errors.Is(err, ErrNotFound), errors.Is(err, ErrBadInput), errors.Is(err, ErrBusy):
			done(Receipt{}, err)
			return
		}
		box.conv = nil // whatever was known may be wrong
		if e.work.Err() != nil || time.Now().After(deadline) {
			if it.stored.durable {
				// It was acknowledged; the sweep or another node answers it.
				done(Receipt{Conversation: box.id, ID: it.stored.id}, nil)
				return
			}
			e.config.Log.Error("an input was not taken", "conversation", box.id, "error", err)
			done(Receipt{}, errors.Join(ErrUnavailable, err))
			return
		}
		if !errors.Is(err, errGuard) {
			e.config.Log.Warn("a turn is tried again", "conversation", box.id, "error", err)
		}
		select {
		case <-e.work.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, time.Second)
	}
}

// recoverBox answers what stands unanswered, in its order.
func (e *Engine) recoverBox(box *mailbox) {
	ctx, cancel := context.WithTimeout(e.work, e.config.TurnDeadline)
	defer cancel()
	box.conv = nil
	conv, err := e.store.claim(ctx, e.config.Node, box.id)
	if err != nil {
		return // the sweep comes again
	}
	if !conv.mine {
		e.hub.publish(hint{Kind: hintInput, Conversation: box.id, Node: conv.owner})
		return
	}
	box.conv = conv
	waiting, err := e.store.unanswered(ctx, conv)
	if err != nil {
		e.config.Log.Warn("stranded inputs could not be read", "conversation", box.id, "error", err)
		return
	}
	for _, s := range waiting {
		e.process(box, item{stored: s})
	}
}
