package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/internal/httpapi"
)

func TestReadyTellsOperatorsWhatToDoAndTheLogWhy(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	fault := errors.New("failed to connect to `user=postgres database=pingdui`: /tmp/x/.s.PGSQL.5432: connection refused")
	ready := httpapi.NewReady(slog.New(slog.NewTextHandler(&log, nil)))
	ready.Add("database", "数据库没有应答，请检查 / the database does not answer: check it", func(context.Context) error { return fault })
	ready.Add("content", "没有内容 / no release", func(context.Context) error { return nil })
	ask := func(want int) map[string]string {
		t.Helper()
		answer := httptest.NewRecorder()
		ready.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
		if answer.Code != want {
			t.Errorf("status %d, want %d", answer.Code, want)
		}
		var parts map[string]string
		if err := json.Unmarshal(answer.Body.Bytes(), &parts); err != nil {
			t.Fatal(err)
		}
		return parts
	}
	parts := ask(http.StatusServiceUnavailable)
	if !strings.Contains(parts["database"], "check it") || parts["content"] != "ok" {
		t.Errorf("got %v", parts)
	}
	for _, secret := range []string{"user=", "PGSQL", "connect"} {
		if strings.Contains(parts["database"], secret) {
			t.Errorf("%q of the cause is in the answer %q", secret, parts["database"])
		}
	}
	ask(http.StatusServiceUnavailable)
	if n := strings.Count(log.String(), "connection refused"); n != 1 {
		t.Errorf("the cause is %d times in the log, want once:\n%s", n, log.String())
	}
	fault = nil
	ask(http.StatusOK)
	if !strings.Contains(log.String(), "ready again") {
		t.Errorf("the return is not in the log:\n%s", log.String())
	}
}
