package assistant

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/internal/postgres"
)

// HintSubject is the one subject hints travel on.
const HintSubject = "pingdui.hint"

type hintKind string

const (
	hintCommit hintKind = "commit" // a turn was committed
	hintInput  hintKind = "input"  // an input was stored for Node
)

// hint tells other nodes that there is something to read. It may be lost.
type hint struct {
	Kind         hintKind  `json:"kind"`
	Conversation uuid.UUID `json:"conversation"`
	LastSeq      int64     `json:"last_seq,omitempty"`
	Node         string    `json:"node,omitempty"` // input: whom it is for
	From         string    `json:"from"`
}

// Hub wakes whoever watches a conversation on this node.
type Hub struct {
	engine  *Engine
	mu      sync.Mutex
	watches map[uuid.UUID]map[*Watch]bool
	seen    map[uuid.UUID]int64 // highest seq hinted, of watched conversations
}

func newHub(e *Engine) *Hub {
	return &Hub{engine: e, watches: map[uuid.UUID]map[*Watch]bool{}, seen: map[uuid.UUID]int64{}}
}

// Watch is one watcher of one conversation. C gets a value when there may be
// something new; values that nobody takes are merged.
type Watch struct {
	C            chan struct{}
	call         func()
	hub          *Hub
	conversation uuid.UUID
}

// Watch starts watching.
func (h *Hub) Watch(conversation uuid.UUID) *Watch {
	return h.add(&Watch{C: make(chan struct{}, 1), hub: h, conversation: conversation})
}

// OnWake starts watching with a call instead of a channel: an idle watcher then
// needs no goroutine. f must not block and must not call the hub.
func (h *Hub) OnWake(conversation uuid.UUID, f func()) *Watch {
	return h.add(&Watch{call: f, hub: h, conversation: conversation})
}

func (h *Hub) add(w *Watch) *Watch {
	conversation := w.conversation
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.watches[conversation] == nil {
		h.watches[conversation] = map[*Watch]bool{}
	}
	h.watches[conversation][w] = true
	return w
}

// Close ends a watch.
func (w *Watch) Close() {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	delete(w.hub.watches[w.conversation], w)
	if len(w.hub.watches[w.conversation]) == 0 {
		delete(w.hub.watches, w.conversation)
		delete(w.hub.seen, w.conversation)
	}
}

func (h *Hub) wake(conversation uuid.UUID, lastSeq int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.watches[conversation] == nil {
		return
	}
	h.seen[conversation] = max(h.seen[conversation], lastSeq)
	for w := range h.watches[conversation] {
		if w.call != nil {
			w.call()
			continue
		}
		select {
		case w.C <- struct{}{}:
		default:
		}
	}
}

// Watched is how many conversations are watched here.
func (h *Hub) Watched() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.watches)
}

func (h *Hub) publish(message hint) {
	if h.engine.config.Bus == nil || h.engine.config.Faults.LoseHints {
		return
	}
	message.From = h.engine.config.Node
	h.engine.config.Bus.Publish(HintSubject, marshal(message))
}

// Deliver takes one hint of the bus.
func (h *Hub) Deliver(raw []byte) {
	var message hint
	if json.Unmarshal(raw, &message) != nil || message.From == h.engine.config.Node {
		return
	}
	switch message.Kind {
	case hintCommit:
		h.wake(message.Conversation, message.LastSeq)
	case hintInput:
		if message.Node == h.engine.config.Node {
			_ = h.engine.post(message.Conversation, item{recover: true}) // stopping: another node takes it
		}
	}
}

// published tells this node's watchers and the other nodes of a committed turn.
func (e *Engine) published(r *ran) {
	e.hub.wake(r.after.id, r.after.last)
	e.hub.publish(hint{Kind: hintCommit, Conversation: r.after.id, LastSeq: r.after.last})
	if len(r.acts) > 0 {
		select {
		case e.kick <- struct{}{}:
		default:
		}
	}
	if len(r.outbox) > 0 && e.config.Bus != nil {
		e.config.Bus.Publish(OutboxSubject, nil)
	}
}

// OutboxSubject says that an outbox row waits.
const OutboxSubject = "pingdui.outbox"

const compareEvery = 2 * time.Second

// compareLoop is the safety net under lost hints: every 2 s the last seq of
// every watched conversation is compared in one query.
func (h *Hub) compareLoop(ctx context.Context) {
	ticker := time.NewTicker(compareEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if h.engine.config.Faults.LoseHints {
			continue
		}
		if err := h.compare(ctx); err != nil && ctx.Err() == nil {
			h.engine.config.Log.Warn("watched conversations could not be compared", "error", err)
		}
	}
}

func (h *Hub) compare(ctx context.Context) error {
	h.mu.Lock()
	ids := make([]uuid.UUID, 0, len(h.watches))
	for id := range h.watches {
		ids = append(ids, id)
	}
	h.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	type row struct {
		ID      uuid.UUID
		LastSeq int64
	}
	var found []row
	err := postgres.InTx(ctx, h.engine.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, h.engine.store.sql.Text("LastSeqs"), ids)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, pgx.RowToStructByName[row])
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range found {
		h.mu.Lock()
		known := h.seen[r.ID]
		h.mu.Unlock()
		if r.LastSeq > known {
			h.wake(r.ID, r.LastSeq)
		}
	}
	return nil
}

// Now reads where a conversation stands, for the state frame and the desk.
func (h *Hub) Now(ctx context.Context, conversation uuid.UUID) (Standing, error) {
	c, err := h.engine.store.read(ctx, conversation)
	if err != nil {
		return Standing{}, err
	}
	return Standing{
		Conversation: c.id, Subject: c.subject, LastSeq: c.last, Turn: c.turn, Speaker: c.speaker, Agent: c.agent,
		Employee: c.employee, Locale: c.locale, Edition: c.edition, View: c.kept.View, Customer: c.kept.Customer,
		Device: c.device, UpdatedAt: c.updatedAt, Guest: c.kept.Guest,
	}, nil
}

// Standing is where a conversation stands.
type Standing struct {
	Conversation             uuid.UUID
	Subject                  string
	LastSeq, Turn            int64
	Speaker, Agent, Employee string
	Locale, Edition, Device  string
	UpdatedAt                time.Time
	View                     View
	Customer                 dialogue.Customer
	Guest                    string // a second agent who may speak too
}
