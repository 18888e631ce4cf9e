package sandboxbank_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/sandboxbank"
)

const token = "a-service-token-for-tests"

// bank is a running core with a client that knows nothing but its HTTP.
type bank struct {
	t    *testing.T
	core *sandboxbank.Bank
	url  string

	mu  sync.Mutex
	now time.Time
}

// opening is the moment every test begins at.
func opening() time.Time {
	return time.Date(2026, 11, 22, 10, 30, 0, 0, time.FixedZone("CST", 8*3600))
}

// seededDatabase is a database with the cast in it, from which each test's is
// copied: most of a start's time goes into stretching the cast's passwords.
type seededDatabase struct {
	once sync.Once
	url  string
}

var seeded seededDatabase

func seededPool(t *testing.T) *pgxpool.Pool {
	t.Helper()
	seeded.once.Do(func() {
		url := postgrestest.BareURL(t)
		pool, err := pgxpool.New(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		core, err := sandboxbank.New(t.Context(), sandboxbank.Config{Pool: pool, Token: token, Clock: opening, Demo: true})
		if err != nil {
			t.Fatal(err)
		}
		defer core.Close()
		if err := core.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		seeded.url = url
	})
	if seeded.url == "" {
		t.Fatal("the cast could not be put in, see another test")
	}
	pool, err := pgxpool.New(t.Context(), postgrestest.Copy(t, seeded.url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func start(t *testing.T) *bank {
	t.Helper()
	b := &bank{t: t, now: opening()}
	core, err := sandboxbank.New(t.Context(), sandboxbank.Config{Pool: seededPool(t), Token: token, Clock: b.clock, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := core.Seed(t.Context()); err != nil { // once more: it changes nothing
		t.Fatal(err)
	}
	b.core, b.url = core, serve(t, core)
	t.Cleanup(func() {
		audit, err := core.Audit(context.WithoutCancel(t.Context()))
		if err != nil || !audit.Sound() || audit.Journals < 1000 {
			t.Errorf("the ledger is not sound: %+v, %v", audit, err)
		}
	})
	return b
}

func serve(t *testing.T, core *sandboxbank.Bank) string {
	t.Helper()
	server := httptest.NewServer(core.Handler())
	t.Cleanup(func() { core.Close(); server.Close() })
	return server.URL
}

func (b *bank) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bank) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

type args map[string]any

// send makes one request and gives status and body.
func (b *bank) send(method, path, key string, body any) (int, map[string]any, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, bytes.NewReader(text))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = res.Body.Close() }() // read to its end, or of no use
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil, err
	}
	out := map[string]any{}
	if len(raw) > 0 && json.Unmarshal(raw, &out) != nil {
		return res.StatusCode, map[string]any{"raw": string(raw)}, nil
	}
	return res.StatusCode, out, nil
}

// want makes a request that must answer with that status.
func (b *bank) want(status int, path, key string, body any) map[string]any {
	b.t.Helper()
	got, out, err := b.send(http.MethodPost, path, key, body)
	if err != nil || got != status {
		b.t.Fatalf("POST %s %v: status %d, %v, %v; want %d", path, body, got, out, err, status)
	}
	return out
}

// refused makes an act that must be refused with that code.
func (b *bank) refused(code, path, key string, body any) map[string]any {
	b.t.Helper()
	out := b.want(http.StatusUnprocessableEntity, path, key, body)
	if out["code"] != code || out["text"] == "" || out["text_en"] == "" {
		b.t.Fatalf("POST %s %v: refused with %v, want %s", path, body, out, code)
	}
	return out
}

// codes gives the codes the tray showed for a step-up.
func (b *bank) codes(ref string) map[string]string {
	out := map[string]string{}
	ctx, cancel := context.WithTimeout(b.t.Context(), 5*time.Second)
	defer cancel()
	for _, e := range b.core.Events(ctx, 0, "") {
		if e.Ref == ref {
			out[e.Field] = e.Code
		}
	}
	return out
}

func (b *bank) seal(values map[string]string) map[string]string {
	b.t.Helper()
	_, key, err := b.send(http.MethodGet, "/v1/secure/key", "", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	der, err := base64.StdEncoding.DecodeString(key["spki"].(string))
	if err != nil {
		b.t.Fatal(err)
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		b.t.Fatal(err)
	}
	out := map[string]string{}
	for name, value := range values {
		sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public.(*rsa.PublicKey), []byte(value), nil)
		if err != nil {
			b.t.Fatal(err)
		}
		out[name] = base64.StdEncoding.EncodeToString(sealed)
	}
	return out
}

func (b *bank) begin(customer, operation, level string, in args) string {
	b.t.Helper()
	out := b.want(http.StatusOK, "/v1/stepup/begin", "", args{"customer": customer, "operation": operation, "args": in, "level": level})
	return out["ref"].(string)
}

func (b *bank) submit(ref string, values map[string]string) string {
	b.t.Helper()
	out := b.want(http.StatusOK, "/v1/secure/submit", "", args{"ref": ref, "ciphertexts": b.seal(values)})
	return out["reference"].(string)
}

// order is a transfer's body with its step-up done right.
func (b *bank) order(customer, account, payee, amount, level string) args {
	b.t.Helper()
	in := args{"account": account, "payee": payee, "amount": amount}
	ref := b.begin(customer, "bank.transfer", level, in)
	in["customer"], in["reference"] = customer, b.submit(ref, b.codes(ref))
	return in
}

func (b *bank) ledger(customer string) sandboxbank.Ledger {
	b.t.Helper()
	out, err := sandboxbank.FetchLedger(b.t.Context(), b.url, token, customer, false)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func key(n int) string { return fmt.Sprintf("act-%08d", n) }

func names(out map[string]any, list, field string) []string {
	var all []string
	for _, one := range out[list].([]any) {
		all = append(all, fmt.Sprint(one.(map[string]any)[field]))
	}
	return all
}
