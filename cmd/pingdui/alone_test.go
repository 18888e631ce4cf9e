package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/wire"
)

// Somebody alone in the demo tries an assisted scene: the scripted agent comes,
// checks in a session, the scripted second person authorises, and the customer
// gets to the read-back.
func TestAnAssistedSceneTriedAlone(t *testing.T) {
	t.Parallel()
	url := node(t, usedWhole(t), t.TempDir(), func(c *config.Config) { c.MediaAddr, c.TurnAddr = "127.0.0.2:0", "" })
	api := newClient(url)
	if _, err := api.signIn(t.Context(), "C002"); err != nil {
		t.Fatal(err)
	}
	conn, err := api.dial(t.Context(), wire.FromCustomer{Conversation: "new", Device: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // the test is over
	k := &talk{command: sayCommand{Within: time.Minute, Edition: "standard", Locale: "zh"}, client: api, conn: conn, frames: make(chan wire.ToCustomer, 256), accepted: map[string]int64{}}
	go k.read()
	if err := k.begin(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	tap := func(label string) string {
		for i := len(k.messages) - 1; i >= 0; i-- {
			for _, a := range k.messages[i].Actions {
				if strings.Contains(a.Label, label) {
					return a.ID
				}
			}
		}
		t.Fatalf("nothing to tap is called %s: %+v", label, k.messages[len(k.messages)-1])
		return ""
	}
	for _, text := range []string{"旧号停机了，验证码收不到，帮我换成新号", "13911112222"} {
		if _, err := k.say(ctx, line{Text: &text}); err != nil {
			t.Fatal(err)
		}
	}
	for _, label := range []string{"我自己要换", "现在开始"} {
		id := tap(label)
		if _, err := k.say(ctx, line{Tap: &id}); err != nil {
			t.Fatal(err)
		}
	}
	accepted := ""
	for {
		last := k.messages[len(k.messages)-1]
		if last.Card != nil && last.Card.Kind == "readback" {
			break
		}
		if s := k.state.Session; s != nil && s.State == "offered" && s.ID != accepted {
			accepted = s.ID
			if err := conn.WriteJSON(wire.FromCustomer{Type: "signal", Session: s.ID, Signal: &wire.Signal{Kind: "state", Body: `{"action":"accept"}`}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := k.next(ctx); err != nil {
			for _, m := range k.messages {
				t.Logf("%s %s: %s", m.Author, m.AuthorID, m.Text)
			}
			t.Fatalf("no read-back came: %v", err)
		}
	}
	said := ""
	for _, m := range k.messages {
		said += m.Author + " " + m.Text + "\n"
	}
	if accepted == "" || !strings.Contains(said, "脚本坐席") {
		t.Errorf("the read-back came without the scripted agent:\n%s", said)
	}
}
