package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// readyWithin bounds one answer of Ready; each part has all of it.
const readyWithin = 2 * time.Second

// Ready answers /readyz: 200 only when a message could be answered now. Each
// part is "ok" or a sentence for operators with what to do; the cause, which may
// name users, hosts and files, goes to the log alone.
type Ready struct {
	log   *slog.Logger
	parts []readyPart
	mu    sync.Mutex
	down  map[string]bool
}

type readyPart struct {
	name, sentence string
	check          func(context.Context) error
}

// NewReady makes the answer; log gets a line when a part fails and when it is back.
func NewReady(log *slog.Logger) *Ready { return &Ready{log: log, down: map[string]bool{}} }

// Add adds a part: sentence is what is answered while check fails.
func (r *Ready) Add(name, sentence string, check func(context.Context) error) {
	r.parts = append(r.parts, readyPart{name, sentence, check})
}

// errLate says that a part did not answer in time.
var errLate = errors.New("no answer in time")

// ServeHTTP asks every part at once.
func (r *Ready) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), readyWithin, errLate)
	defer cancel()
	faults := make([]error, len(r.parts))
	var asked sync.WaitGroup
	for i, part := range r.parts {
		asked.Go(func() { faults[i] = part.check(ctx) })
	}
	asked.Wait()
	answer := map[string]string{}
	status := http.StatusOK
	for i, part := range r.parts {
		answer[part.name] = "ok"
		if faults[i] != nil {
			answer[part.name] = part.sentence
			status = http.StatusServiceUnavailable
		}
		if req.Context().Err() == nil { // who asked has not hung up
			r.note(part.name, faults[i])
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

// note logs a part's fault once, and its return.
func (r *Ready) note(name string, fault error) {
	r.mu.Lock()
	was := r.down[name]
	r.down[name] = fault != nil
	r.mu.Unlock()
	switch {
	case fault != nil && !was:
		r.log.Error("not ready", "part", name, "error", fault)
	case fault == nil && was:
		r.log.Info("ready again", "part", name)
	}
}
