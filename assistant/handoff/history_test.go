package handoff

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// dies marks a context whose work ends with its node.
type dies struct{}

// watched is one call under way, with the changes it wrote.
type watched struct {
	client  int
	call    int64
	done    int64
	mu      sync.Mutex
	changes []change
}

type watchKey struct{}

// wrote is a store's wrote: it adds a change to the call that made it.
func wrote(ctx context.Context, c change) {
	if w, ok := ctx.Value(watchKey{}).(*watched); ok {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.changes = append(w.changes, c)
	}
}

// move is one step of the register that holds a conversation's owner: from one
// to another, or a read where both are the same.
type move struct {
	from, to string
	maybe    bool // the call failed: it may have been written or not
	torn     bool // from one owner to another who was not there beside them
}

// history is who owned which conversation, as calls saw it.
type history struct {
	began time.Time
	mu    sync.Mutex
	next  int
	moves map[string][]porcupine.Operation // by conversation
}

func (h *history) begin(ctx context.Context) (context.Context, *watched) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next++
	w := &watched{client: h.next, call: time.Since(h.began).Nanoseconds()}
	return context.WithValue(ctx, watchKey{}, w), w
}

func owner(h Handoff) string {
	if h.State == StateAccepted {
		return h.Agent
	}
	return ""
}

func (h *history) end(w *watched, err error) {
	w.done = time.Since(h.began).Nanoseconds()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.changes {
		if from, to := owner(c.before.Handoff), owner(c.after); from != to {
			m := move{from: from, to: to, maybe: err != nil, torn: from != "" && to != "" && c.before.Guest != to}
			done := w.done
			if m.maybe {
				done = math.MaxInt64 // the database may finish it later
			}
			h.add(c.after.Conversation.String(), w, m, done)
		}
	}
}

func (h *history) read(w *watched, conversation, agent string) {
	h.add(conversation, w, move{from: agent, to: agent}, w.done)
}

func (h *history) add(conversation string, w *watched, m move, done int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.moves == nil {
		h.moves = map[string][]porcupine.Operation{}
	}
	h.moves[conversation] = append(h.moves[conversation], porcupine.Operation{ClientId: w.client, Input: m, Call: w.call, Return: done})
}

// register is what a conversation's owner may do: nobody owns it from whom it was
// not taken.
func register() porcupine.Model {
	model := porcupine.NondeterministicModel{
		Init: func() []any { return []any{""} },
		Step: func(state, input, _ any) []any {
			m, ok := input.(move)
			if !ok {
				return nil
			}
			switch {
			case m.torn:
				return nil
			case m.maybe && state == m.from:
				return []any{m.from, m.to}
			case m.maybe:
				return []any{state}
			case state == m.from:
				return []any{m.to}
			}
			return nil
		},
	}
	return model.ToModel()
}

// check says how many moves there were, all of them possible.
func (h *history) check(t *testing.T) int {
	t.Helper()
	n := 0
	for conversation, moves := range h.moves {
		n += len(moves)
		if got := porcupine.CheckOperationsTimeout(register(), moves, 30*time.Second); got != porcupine.Ok {
			t.Errorf("conversation %s: no register can have this history (%s): %+v", conversation, got, moves)
		}
	}
	return n
}

// The check itself finds two owners.
func TestTheHistoryFindsTwoOwners(t *testing.T) {
	t.Parallel()
	at := func(m move, call, done int64) porcupine.Operation {
		return porcupine.Operation{ClientId: int(call), Input: m, Call: call, Return: done}
	}
	for name, test := range map[string]struct {
		moves []porcupine.Operation
		want  bool
	}{
		"one after the other":       {[]porcupine.Operation{at(move{to: "a"}, 1, 2), at(move{from: "a"}, 3, 4), at(move{to: "b"}, 5, 6)}, true},
		"two at once":               {[]porcupine.Operation{at(move{to: "a"}, 1, 2), at(move{to: "b"}, 3, 4)}, false},
		"taken from who had it not": {[]porcupine.Operation{at(move{to: "a"}, 1, 2), at(move{from: "b"}, 3, 4)}, false},
		"given back or not":         {[]porcupine.Operation{at(move{to: "a"}, 1, 2), at(move{from: "a", maybe: true}, 3, math.MaxInt64), at(move{to: "b"}, 5, 6)}, true},
	} {
		if got := porcupine.CheckOperations(register(), test.moves); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
