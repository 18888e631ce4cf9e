package sandboxbank

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// EventKind says what an Event of the tray tells of.
type EventKind string

// The kinds of event.
const (
	EventSMS    EventKind = "sms"    // a text message went out; Code when it carries one
	EventToken  EventKind = "token"  // the customer's mobile token shows a code
	EventLedger EventKind = "ledger" // money moved
	EventChange EventKind = "change" // something else was changed
)

// Event is one thing the demo tray shows. It lives in memory only: codes in clear
// are never written down.
type Event struct {
	ID           int64     `json:"id"`
	At           time.Time `json:"at"`
	Kind         EventKind `json:"kind" enum:"sms,token,ledger,change"`
	Customer     string    `json:"customer"`
	Text         string    `json:"text,omitempty"`
	To           string    `json:"to,omitempty" doc:"sms: masked number"`
	Code         string    `json:"code,omitempty" doc:"sms, token: the code in clear"`
	Field        string    `json:"field,omitempty" doc:"sms, token: the secure field the code is for"`
	Ref          string    `json:"ref,omitempty" doc:"sms, token: the step-up it belongs to"`
	Operation    string    `json:"operation,omitempty"`
	Number       string    `json:"number,omitempty"`
	Amount       string    `json:"amount,omitempty" doc:"ledger: negative is money out"`
	AccountTail  string    `json:"account_tail,omitempty"`
	Counterparty string    `json:"counterparty,omitempty"`
	BalanceAfter string    `json:"balance_after,omitempty"`
}

// trayMost is how many events are kept for readers that come late.
const trayMost = 500

// tray keeps the last events and wakes whoever waits for the next.
type tray struct {
	mu     sync.Mutex
	last   int64
	events []Event
	wake   chan struct{}
	closed bool
}

func newTray() *tray { return &tray{wake: make(chan struct{})} }

func (t *tray) publish(events ...Event) {
	if len(events) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range events {
		t.last++
		e.ID = t.last
		t.events = append(t.events, e)
	}
	if over := len(t.events) - trayMost; over > 0 {
		t.events = append([]Event(nil), t.events[over:]...)
	}
	if !t.closed {
		close(t.wake)
		t.wake = make(chan struct{})
	}
}

func (t *tray) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.closed = true
		close(t.wake)
	}
}

// since gives the events after an id, and what to wait on for more.
func (t *tray) since(after int64, customer string) (events []Event, wake <-chan struct{}, open bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range t.events {
		if e.ID > after && (customer == "" || e.Customer == customer) {
			events = append(events, e)
		}
	}
	return events, t.wake, !t.closed
}

// Events gives the tray's events after an id, waiting for one until ctx ends.
// customer is empty for everybody's. With nothing new it gives none and no error.
func (b *Bank) Events(ctx context.Context, after int64, customer string) []Event {
	for {
		events, wake, open := b.tray.since(after, customer)
		if len(events) > 0 || !open {
			return events
		}
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		}
	}
}

// serveEvents answers GET /demo/events: a stream of server-sent events when the
// client asks for one, else a long poll {"events": […]} of at most wait seconds.
func (b *Bank) serveEvents(w http.ResponseWriter, r *http.Request) {
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if last, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil {
		after = last
	}
	customer := r.URL.Query().Get("customer")
	if !strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		wait, _ := strconv.Atoi(r.URL.Query().Get("wait"))
		ctx, cancel := context.WithTimeout(r.Context(), time.Duration(min(max(wait, 0), 30))*time.Second)
		defer cancel()
		events := b.Events(ctx, after, customer)
		if events == nil {
			events = []Event{}
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(map[string][]Event{"events": events}); err != nil {
			b.cfg.Log.DebugContext(r.Context(), "the tray's reader has gone", "error", err)
		}
		return
	}
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	if err := out.Flush(); err != nil {
		return
	}
	for {
		ctx, cancel := context.WithTimeout(r.Context(), 15*time.Second)
		events := b.Events(ctx, after, customer)
		cancel()
		_, _, open := b.tray.since(after, customer)
		if r.Context().Err() != nil || (!open && len(events) == 0) {
			return
		}
		if err := out.SetWriteDeadline(time.Now().Add(10 * time.Second)); err != nil {
			return
		}
		text := strings.Builder{}
		if len(events) == 0 {
			text.WriteString(": still here\n\n")
		}
		for _, e := range events {
			line, err := json.Marshal(e)
			if err != nil {
				return
			}
			fmt.Fprintf(&text, "id: %d\nevent: %s\ndata: %s\n\n", e.ID, e.Kind, line)
			after = e.ID
		}
		if _, err := w.Write([]byte(text.String())); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
	}
}
