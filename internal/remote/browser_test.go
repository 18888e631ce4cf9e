package remote_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media"
	"github.com/pingdui/pingdui/media/evidence"
	"github.com/pingdui/pingdui/media/export"
)

// TestMarkStaysOnItsTargetInChromium plays customer and agent in two real
// pages: the customer's own tab is shared through our server, the agent draws
// around what it sees there, and the mark must stand on the same thing on the
// customer's page, also after scroll and resize. Directly, and through TURN.
func TestMarkStaysOnItsTargetInChromium(t *testing.T) {
	t.Parallel()
	web, err := filepath.Abs("../../web")
	must(t, err)
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("no Chromium here: `make browser` installs it")
	}
	if _, err := os.Stat(filepath.Join(web, "node_modules", "playwright-core")); err != nil {
		t.Fatal("the web packages are not installed: `make setup` does it")
	}
	for _, way := range []string{"direct", "relay-udp", "relay-tcp"} { //nolint:paralleltest // one browser at a time is enough for the machine
		t.Run(way, func(t *testing.T) {
			folder := ""
			if way == "direct" {
				folder = t.TempDir()
			}
			o := newOfficeRecording(t, postgrestest.New(t), "n1", nil, media.Config{
				UDPAddr: "127.0.0.2:0", TurnAddr: "127.0.0.1:0", Secret: []byte("a secret of the tests, 32 bytes!"),
			}, folder)
			o.mu.Lock()
			o.real = true
			o.mu.Unlock()
			b := serve(t, o)
			ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
			defer cancel()
			play := exec.CommandContext(ctx, "node", "test/rtc/play.mjs", b.URL, chromium, way)
			play.Dir = web
			said, err := play.CombinedOutput()
			t.Logf("%s", said)
			if err != nil {
				t.Fatal(err)
			}
			if folder != "" {
				o.shown(folder)
			}
		})
	}
}

// shown looks at what was recorded of a session that has ended: the shared tab,
// as a file that can be played.
func (o *office) shown(folder string) {
	o.t.Helper()
	files, _ := shelf(o.t, folder)
	if len(files) != 1 {
		o.t.Fatalf("%d files were recorded", len(files))
	}
	id := files[0].Name[:36]
	o.checked(id, folder)
	key, err := remote.NewArchive(o.pool).Key(o.t.Context(), uuid.MustParse(id), o.master)
	must(o.t, err)
	r, err := evidence.Open(files, key)
	must(o.t, err)
	m, err := export.Export(r, o.t.TempDir())
	must(o.t, err)
	o.t.Logf("exported %+v", m)
	for _, f := range m.Files {
		if f.Source == "screen" && f.Name != "" && f.Frames > 10 && len(f.Sizes) > 0 && f.LastMS > f.FirstMS+1000 && f.LastMS <= m.LengthMS {
			return
		}
	}
	o.t.Errorf("no shared tab was recorded: %+v", m)
}

// serve carries signals between pages and the service: events down, posts up.
func serve(t *testing.T, o *office) *httptest.Server {
	t.Helper()
	ways := map[string]chan wire.Signal{"customer": make(chan wire.Signal, 1000), "agent": make(chan wire.Signal, 1000)}
	done := make(chan struct{})
	var pumping sync.WaitGroup
	pumping.Add(1)
	go func() {
		defer pumping.Done()
		for {
			select {
			case f := <-o.out:
				select {
				case ways[f.to] <- f.Signal:
				default:
				}
			case <-done:
				return
			}
		}
	}()
	mux := http.NewServeMux()
	session := ""
	var mu sync.Mutex
	mux.HandleFunc("POST /offer", func(w http.ResponseWriter, r *http.Request) {
		s, err := o.service.Offer(r.Context(), o.conversation, "8001")
		mu.Lock()
		session = s.ID
		mu.Unlock()
		answer(w, err)
	})
	mux.HandleFunc("POST /signal/{role}", func(w http.ResponseWriter, r *http.Request) {
		var s wire.Signal
		if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&s); err != nil {
			answer(w, err)
			return
		}
		mu.Lock()
		id := session
		mu.Unlock()
		if o.recorder != nil && s.Kind == "share" {
			answer(w, errors.Join(
				o.service.Signal(r.Context(), id, "8001", wire.Signal{Kind: "record", Body: `{"consent":true}`}),
				o.service.CustomerSignal(r.Context(), o.conversation, id, wire.Signal{Kind: "record", Body: `{"consent":true}`}),
			))
		}
		if r.PathValue("role") == "agent" {
			answer(w, o.service.Signal(r.Context(), id, "8001", s))
			return
		}
		answer(w, o.service.CustomerSignal(r.Context(), o.conversation, id, s))
	})
	mux.HandleFunc("GET /events/{role}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		flush := http.NewResponseController(w)
		_ = flush.Flush()
		for {
			select {
			case s := <-ways[r.PathValue("role")]:
				raw, err := json.Marshal(s)
				if err != nil {
					return
				}
				_, _ = fmt.Fprintf(w, "data: %s\n\n", raw)
				_ = flush.Flush()
			case <-r.Context().Done():
				return
			case <-done:
				return
			}
		}
	})
	b := httptest.NewServer(mux)
	t.Cleanup(func() {
		close(done)
		b.Close()
		pumping.Wait()
	})
	return b
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}
