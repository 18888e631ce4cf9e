package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/httpapi"
)

// program is what assemble made: a handler, parts that run, and how they end.
type program struct {
	handler http.Handler
	parts   []func(context.Context) error
	// stopTaking is called first when the program ends, close last.
	stopTaking, close func()
}

// readiness answers /readyz: 200 only when a message could be answered now.
type readiness struct {
	checks []struct {
		name  string
		check func(context.Context) error
	}
}

func (r *readiness) add(name string, check func(context.Context) error) {
	r.checks = append(r.checks, struct {
		name  string
		check func(context.Context) error
	}{name, check})
}

func (r *readiness) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := context.WithTimeout(req.Context(), 2*time.Second)
	defer cancel()
	answer := map[string]string{}
	status := http.StatusOK
	for _, c := range r.checks {
		answer[c.name] = "ok"
		if err := c.check(ctx); err != nil {
			answer[c.name] = err.Error()
			status = http.StatusServiceUnavailable
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

// assemble is the only place that knows every room: it plugs each into the next.
func assemble(ctx context.Context, c config.Config, db *database, addr string, log *slog.Logger, step func(string)) (*program, error) {
	mux := http.NewServeMux()
	ready := &readiness{}
	ready.add("database", db.pool.Ping)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.Handle("GET /readyz", ready)
	static, err := pages()
	if err != nil {
		return nil, err
	}
	mux.Handle("/", static)
	key, err := auth.Secret(ctx, db.pool, "tokens")
	if err != nil {
		return nil, err
	}
	httpapi.UseProblems()
	httpapi.New(mux, auth.New(key, db.pool, time.Now))
	p := &program{handler: mux, stopTaking: func() {}, close: func() {}}
	return p, nil
}

type openapiCommand struct{}

// Run prints the document.
func (openapiCommand) Run(s *session) error {
	httpapi.UseProblems()
	api := httpapi.New(http.NewServeMux(), nil)
	raw, err := json.MarshalIndent(api.Huma.OpenAPI(), "", "  ")
	if err != nil {
		return err
	}
	_, err = s.out.Write(append(raw, '\n'))
	return err
}
