package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/channels/rest"
	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/wire"
)

// Outside the demo the bank's own app signs its customers in.
func TestTheBanksAppGetsShortTokensForItsCustomers(t *testing.T) {
	t.Parallel()
	core := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "{}", http.StatusServiceUnavailable) // the conversation goes on without the bank
	}))
	t.Cleanup(core.Close)
	const secret = "0123456789abcdef0123456789abcdef"
	url := node(t, used(t), t.TempDir(), func(c *config.Config) {
		c.Demo, c.BankURL, c.BankToken, c.TokenSecret, c.TokenLife = false, core.URL, "x", secret, 2*time.Minute
	})
	if _, err := newClient(url).signIn(t.Context(), "C002"); err == nil {
		t.Error("the demo's sign-in is open outside the demo")
	}
	type request struct {
		at               time.Time
		nonce, signature string
		body             string
	}
	good := func() request {
		r := request{at: time.Now(), nonce: uuid.NewString(), body: `{"customer":"C002","name":"李伟"}`}
		r.signature = rest.SignToken(secret, r.at, r.nonce, []byte(r.body))
		return r
	}
	ask := func(r request) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1/tokens", strings.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		for name, value := range map[string]string{"X-Pingdui-Time": strconv.FormatInt(r.at.Unix(), 10), "X-Pingdui-Nonce": r.nonce, "X-Pingdui-Signature": r.signature} {
			req.Header.Set(name, value)
		}
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close() //nolint:errcheck // it was read
		raw, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(raw)
	}
	first := good()
	status, raw := ask(first)
	var token wire.Token
	if err := json.NewDecoder(bytes.NewReader([]byte(raw))).Decode(&token); err != nil || status != http.StatusOK {
		t.Fatalf("status %d: %s", status, raw)
	}
	if life := time.Until(token.ExpiresAt); token.Subject != "c:C002" || life > 2*time.Minute || life < time.Minute {
		t.Errorf("got %+v, good for %s", token, life)
	}
	c := newClient(url)
	c.token = token.Token
	var history wire.History
	if err := c.call(t.Context(), http.MethodPost, "/api/v1/conversations", struct{}{}, &history); err != nil || len(history.Messages) == 0 {
		t.Errorf("the token does not open a conversation: %+v, %v", history, err)
	}
	change := func(f func(*request)) request {
		r := good()
		f(&r)
		return r
	}
	sign := func(r *request) { r.signature = rest.SignToken(secret, r.at, r.nonce, []byte(r.body)) }
	for _, one := range []struct {
		name   string
		r      request
		status int
		want   string
	}{
		{"the same request again", first, http.StatusUnauthorized, "used before"},
		{"another secret", change(func(r *request) { r.signature = rest.SignToken("another", r.at, r.nonce, []byte(r.body)) }), http.StatusUnauthorized, "X-Pingdui-Signature"},
		{"no signature", change(func(r *request) { r.signature = "" }), http.StatusUnauthorized, "X-Pingdui-Signature"},
		{"another customer than was signed", change(func(r *request) { r.body = `{"customer":"C001"}` }), http.StatusUnauthorized, "X-Pingdui-Signature"},
		{"a clock behind", change(func(r *request) { r.at = r.at.Add(-62 * time.Second); sign(r) }), http.StatusUnauthorized, "clocks differ"},
		{"a clock ahead", change(func(r *request) { r.at = r.at.Add(65 * time.Second); sign(r) }), http.StatusUnauthorized, "clocks differ"},
		{"a short nonce", change(func(r *request) { r.nonce = "short"; sign(r) }), http.StatusUnauthorized, "X-Pingdui-Nonce"},
		{"no customer number", change(func(r *request) { r.body = `{"customer":"s:A01"}`; sign(r) }), http.StatusUnprocessableEntity, "customer"},
	} {
		if status, raw := ask(one.r); status != one.status || !strings.Contains(raw, one.want) {
			t.Errorf("%s: %d %s, want %d with %q", one.name, status, raw, one.status, one.want)
		}
	}
	// Fifty at once with one nonce: one is answered.
	same := good()
	results := make(chan int, 50)
	for range 50 {
		go func() { status, _ := ask(same); results <- status }()
	}
	taken := 0
	for range 50 {
		if <-results == http.StatusOK {
			taken++
		}
	}
	if taken != 1 {
		t.Errorf("one nonce was taken %d times", taken)
	}
}
