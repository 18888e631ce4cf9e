package bank_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pingdui/pingdui/internal/bank"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/sandboxbank"
)

const token = "a-service-token-for-tests"

type world struct {
	t      *testing.T
	core   *sandboxbank.Bank
	client *bank.Client
	// fault is what the next acts meet on their way: see FaultHeader.
	fault atomic.Value
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	w.fault.Store("")
	core, err := sandboxbank.New(t.Context(), sandboxbank.Config{Pool: postgrestest.Bare(t), Token: token, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := core.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	handler := core.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if fault := w.fault.Load().(string); fault != "" {
			r.Header.Set(sandboxbank.FaultHeader, fault)
		}
		handler.ServeHTTP(rw, r)
	}))
	t.Cleanup(func() { core.Close(); server.Close() })
	w.core = core
	w.client, err = bank.New(bank.Config{URL: server.URL, Token: token, TripAfter: 50})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// verified does the step-up for a transfer by the client alone.
func (w *world) verified(args map[string]any, level string, spoil bool) string {
	w.t.Helper()
	up, no, err := w.client.Begin(w.t.Context(), bank.StepUpRequest{Customer: "C002", Operation: "bank.transfer", Args: args, Level: level})
	if err != nil || no != nil {
		w.t.Fatal(no, err)
	}
	raw, err := w.client.SecureKey(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	var key struct{ Kid, SPKI string }
	if err := json.Unmarshal(raw, &key); err != nil {
		w.t.Fatal(err)
	}
	der, err := base64.StdEncoding.DecodeString(key.SPKI)
	if err != nil {
		w.t.Fatal(err)
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		w.t.Fatal(err)
	}
	sealed := map[string]string{}
	for _, e := range w.core.Events(w.t.Context(), 0, "C002") {
		if e.Ref != up.Ref {
			continue
		}
		if spoil {
			e.Code = string('0'+(e.Code[0]-'0'+1)%10) + e.Code[1:]
		}
		box, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public.(*rsa.PublicKey), []byte(e.Code), nil)
		if err != nil {
			w.t.Fatal(err)
		}
		sealed[e.Field] = base64.StdEncoding.EncodeToString(box)
	}
	reference, no, err := w.client.SecureSubmit(w.t.Context(), up.Ref, key.Kid, sealed)
	if err != nil || no != nil || len(up.Fields) != len(sealed) {
		w.t.Fatal(up, no, err)
	}
	return reference
}

func order(amount string) map[string]any {
	return map[string]any{"customer": "C002", "account": "C002-A1", "payee": "C002-Y1", "amount": amount}
}

func TestClient(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	value, no, err := w.client.Read(ctx, "accounts.list", map[string]any{"customer": "C002"})
	if err != nil || no != nil || !json.Valid(value) {
		t.Fatal(no, err)
	}
	if _, no, err = w.client.Read(ctx, "accounts.list", map[string]any{"customer": "C999"}); err != nil || no == nil || no.Code != "customer_unknown" {
		t.Errorf("unknown customer: %v, %v", no, err)
	}
	if _, _, err = w.client.Read(ctx, "transfer.quote", order("-1")); !errors.Is(err, bank.ErrRequest) {
		t.Errorf("bad amount: %v", err)
	}
	if _, _, err = w.client.Read(ctx, "no.such", nil); !errors.Is(err, bank.ErrRequest) {
		t.Errorf("no such operation: %v", err)
	}

	reference := w.verified(order("12.5"), "L2", false)
	done := w.client.Act(ctx, "key-00000001", "bank.transfer", order("12.5"), reference)
	again := w.client.Act(ctx, "key-00000001", "bank.transfer", order("12.5"), reference)
	if done.Status != bank.Done || string(done.Value) != string(again.Value) {
		t.Errorf("done %+v, again %+v", done, again)
	}
	wrong := w.client.Act(ctx, "key-00000002", "bank.transfer", order("13"), w.verified(order("13"), "L2", true))
	var refusal bank.Refusal
	if err := json.Unmarshal(wrong.Value, &refusal); err != nil || wrong.Status != bank.Refused || wrong.Code != "wrong_code" || *refusal.TriesLeft != 2 {
		t.Errorf("wrong code %+v, %v", wrong, err)
	}
	if bad := w.client.Act(ctx, "key-00000003", "bank.transfer", order("1.234"), "sr_x"); bad.Status != bank.Refused || bad.Code != "bad_request" {
		t.Errorf("malformed: %+v", bad)
	}
	if other := w.client.Act(ctx, "key-00000001", "bank.transfer", order("99"), reference); other.Status != bank.Unknown {
		t.Errorf("a key used for something else: %+v", other)
	}
	if none := w.client.Ask(ctx, "key-00000009"); none.Status != bank.None {
		t.Errorf("unseen key: %+v", none)
	}
}

// An answer lost after the commit is unknown, and done once the bank is asked.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := t.Context()
	reference := w.verified(order("70"), "L2", false)
	w.fault.Store("lost")
	lost := w.client.Act(ctx, "key-00000001", "bank.transfer", order("70"), reference)
	if lost.Status != bank.Unknown || !errors.Is(lost.Err, bank.ErrUnavailable) {
		t.Fatalf("lost: %+v", lost)
	}
	w.fault.Store("500")
	if asked := w.client.Ask(ctx, "key-00000001"); asked.Status != bank.Unknown {
		t.Errorf("asked while the bank is down: %+v", asked)
	}
	w.fault.Store("")
	asked := w.client.Ask(ctx, "key-00000001")
	if asked.Status != bank.Done {
		t.Errorf("asked: %+v", asked)
	}
	if late := w.client.Cancel(ctx, "key-00000001"); late.Status != bank.Done {
		t.Errorf("cancelled too late: %+v", late)
	}
	if off := w.client.Cancel(ctx, "key-00000002"); off.Status != bank.Refused || off.Code != "cancelled" {
		t.Errorf("cancelled in time: %+v", off)
	}
	ledger, err := w.core.Ledger(ctx, "C002", false)
	if err != nil || len(ledger.Entries) != 1 {
		t.Errorf("%d entries, %v", len(ledger.Entries), err)
	}
}

// Reads are tried again; a bank that stays away is given a rest and then one try.
func TestTriesAndRest(t *testing.T) {
	t.Parallel()
	var calls, failures atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1); failures.Add(-1) >= 0 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(`{}`))
	}))
	t.Cleanup(server.Close)
	var now atomic.Int64
	client, err := bank.New(bank.Config{
		URL: server.URL, Token: token, TripAfter: 4, RestFor: time.Second, Clock: func() time.Time { return time.Unix(now.Load(), 0) },
	})
	if err != nil {
		t.Fatal(err)
	}
	read := func() error { _, _, err := client.Read(t.Context(), "accounts.list", nil); return err }
	failures.Store(2)
	if err := read(); err != nil || calls.Load() != 3 {
		t.Errorf("two failures, then: %v after %d calls", err, calls.Load())
	}
	failures.Store(1000)
	for range 3 {
		if err := read(); !errors.Is(err, bank.ErrUnavailable) {
			t.Errorf("a bank that is away: %v", err)
		}
	}
	if got := calls.Load(); got != 7 { // 3 before, then 4 until the rest begins
		t.Errorf("%d calls, want 7", got)
	}
	if out := client.Act(t.Context(), "key-00000001", "bank.transfer", nil, ""); out.Status != bank.Unknown || calls.Load() != 7 {
		t.Errorf("act at rest: %+v", out)
	}
	now.Add(2)
	failures.Store(0)
	if err := read(); err != nil || calls.Load() != 8 {
		t.Errorf("after the rest: %v, %d calls", err, calls.Load())
	}
	if _, _, err := client.Begin(t.Context(), bank.StepUpRequest{}); err != nil {
		t.Errorf("begin: %v", err)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for _, cfg := range []bank.Config{
		{},
		{URL: "core.bank", Token: "x"},
		{URL: "ftp://core.bank", Token: "x"},
		{URL: "http://core.bank"},
		{URL: "http://core.bank", Token: "x", Paths: map[string]string{"a": "http://elsewhere"}},
	} {
		if _, err := bank.New(cfg); err == nil {
			t.Errorf("%+v was taken", cfg)
		}
	}
}
