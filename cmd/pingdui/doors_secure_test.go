package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pingdui/pingdui/internal/wire"
)

// pay brings a customer to the secure box of a transfer.
func pay(t *testing.T, url string) *talk {
	t.Helper()
	api := newClient(url)
	if _, err := api.signIn(t.Context(), "C002"); err != nil {
		t.Fatal(err)
	}
	conn, err := api.dial(t.Context(), wire.FromCustomer{Conversation: "new", Device: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	k := &talk{command: sayCommand{Within: time.Minute}, client: api, conn: conn, frames: make(chan wire.ToCustomer, 256), accepted: map[string]int64{}}
	go k.read()
	if err := k.begin(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{`{"text":"给王建军转537"}`, `{"text":"确认"}`} {
		l, err := parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.say(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		if k.secure != nil {
			return k
		}
	}
	t.Fatal("no secure box came")
	return nil
}

func secureBox(t *testing.T, url string) {
	t.Helper()
	k := pay(t, url)
	codes := map[string]string{"sms_code": fromTray}
	if err := k.codes(t.Context(), codes); err != nil {
		t.Fatal(err)
	}
	sealed := func(values map[string]string) wire.SecureBox {
		t.Helper()
		box, err := k.seal(t.Context(), values)
		if err != nil {
			t.Fatal(err)
		}
		box.Conversation, box.ID = k.conversation, "box-"+time.Now().Format(time.RFC3339Nano)
		return box
	}
	post := func(ref string, box wire.SecureBox) (int, string) {
		t.Helper()
		raw, err := json.Marshal(box)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1/secure/"+ref, bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+k.client.token)
		req.Header.Set("Content-Type", "application/json")
		answer, err := k.client.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close() //nolint:errcheck // it was read
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(body)
	}
	with := func(change func(*wire.SecureBox)) wire.SecureBox {
		box := sealed(codes)
		change(&box)
		return box
	}
	foreign := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 256))
	for _, c := range []struct {
		name   string
		ref    string
		box    wire.SecureBox
		status int
		want   []string
	}{
		{"missing field", k.secure.Ref, with(func(b *wire.SecureBox) { b.Values = map[string]string{} }), http.StatusBadRequest, []string{"短信验证码", "values.sms_code"}},
		{"extra field", k.secure.Ref, with(func(b *wire.SecureBox) { b.Values["pin"] = b.Values["sms_code"] }), http.StatusBadRequest, []string{"pin is not a field"}},
		{"no base64", k.secure.Ref, with(func(b *wire.SecureBox) { b.Values["sms_code"] = "@@" }), http.StatusBadRequest, []string{"sms_code", "base64"}},
		{"another key's cipher", k.secure.Ref, with(func(b *wire.SecureBox) { b.Values["sms_code"] = foreign }), http.StatusBadRequest, []string{"sms_code", "encrypted to the bank core's key", "no try was counted"}},
		{"five digits", k.secure.Ref, sealed(map[string]string{"sms_code": "12345"}), http.StatusBadRequest, []string{"短信验证码", "6 digits", "no try was counted"}},
		{"unknown key id", k.secure.Ref, with(func(b *wire.SecureBox) { b.KeyID = "nope" }), http.StatusBadRequest, []string{"key_id"}},
		{"no key id", k.secure.Ref, with(func(b *wire.SecureBox) { b.KeyID = "" }), http.StatusBadRequest, []string{"key_id"}},
		{"the server's own id", k.secure.Ref, with(func(b *wire.SecureBox) { b.ID = "action:1" }), http.StatusUnprocessableEntity, []string{"action:"}},
		{"no such box", "su_0", sealed(codes), http.StatusNotFound, []string{"没有这个安全框"}},
	} {
		for range 2 { // more than three wrong tries in all: none may count
			status, body := post(c.ref, c.box)
			if status != c.status {
				t.Errorf("%s: status %d, want %d: %s", c.name, status, c.status, body)
			}
			mustHold(t, body, c.want...)
		}
	}
	l, err := parse(`{"secure":{"sms_code":"12345"}}`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.say(t.Context(), l); err == nil || !strings.Contains(err.Error(), "6 digits") {
		t.Errorf("say let five digits through: %v", err)
	}
	// After all of these the right code still pays.
	l.Secure = &map[string]string{}
	out, err := k.say(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(out.Called); n == 0 || out.Called[n-1].Outcome != "done" {
		t.Errorf("the transfer was not done: %+v", out)
	}
	status, body := post(k.secure.Ref, sealed(codes))
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a used box: status %d: %s", status, body)
	}
	mustHold(t, body, "已经用过", "has been used")
}
