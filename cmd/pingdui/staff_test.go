package main

import (
	"context"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant/scenes"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/knowledge"
)

// procedures are the shipped articles that only staff may read.
func procedures(t *testing.T) []*knowledge.Article {
	t.Helper()
	paths, err := fs.Glob(scenes.FS, "articles/*/staff-*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []*knowledge.Article
	for _, p := range paths {
		raw, err := fs.ReadFile(scenes.FS, p)
		if err != nil {
			t.Fatal(err)
		}
		a, problems := knowledge.Parse(p, raw)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		out = append(out, a)
	}
	if len(out) < 10 {
		t.Fatalf("only %d procedures are shipped", len(out))
	}
	return out
}

// told asks over an open socket and gives what came back, until all was sent.
func told(t *testing.T, conn *websocket.Conn, id, text string) []wire.Message {
	t.Helper()
	if err := conn.WriteJSON(wire.FromCustomer{Type: "send", ID: id, Text: text, Seen: 1 << 40}); err != nil {
		t.Fatal(err)
	}
	var out []wire.Message
	done := false
	for {
		_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
		var f wire.ToCustomer
		if err := conn.ReadJSON(&f); err != nil {
			t.Fatalf("no answer to %q: %v", text, err)
		}
		switch {
		case f.Type == "error":
			t.Fatalf("%q was refused: %+v", text, f.Error)
		case f.Type == "message" && f.Message.Input == id && f.Message.Author != "customer":
			out = append(out, *f.Message)
			done = true
		case f.Type == "caught_up" && done:
			return out
		}
	}
}

func TestOnlyStaffReadProceduresAndNothingIsDoneForThem(t *testing.T) {
	t.Parallel()
	database := usedWhole(t)
	url := node(t, database, t.TempDir())
	list := procedures(t)

	// Each procedure answers a colleague, marked, and no customer, signed in or not.
	staff, colleague, welcome := connect(t, url, "A01")
	if len(welcome.Employees) != 1 || welcome.Employees[0].ID != "xiaoban" || welcome.State.Employee != "xiaoban" {
		t.Errorf("a colleague is served by %+v", welcome.Employees)
	}
	found := 0
	for i, a := range list {
		secret := string([]rune(a.Answer["zh"])[:16])
		for _, m := range told(t, colleague, "s"+a.ID, a.Question["zh"]) {
			if m.Source != nil && m.Source.Article == a.ID {
				if !m.Source.Internal {
					t.Errorf("%s is not marked as internal", a.ID)
				}
				found++
			}
		}
		as := []string{"anonymous", "C002", "C001"}[i%3]
		asker, customer, met := connect(t, url, as)
		for _, e := range met.Employees {
			if e.ID == "xiaoban" {
				t.Error("a customer meets 小伴")
			}
		}
		if i == 0 {
			// Not by calling for her either.
			if err := customer.WriteJSON(wire.FromCustomer{Type: "employee", ID: "e", Employee: "xiaoban"}); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range told(t, customer, "c", a.Question["zh"]) {
			if strings.Contains(m.Text, secret) || m.AuthorID == "xiaoban" || m.Source != nil && (m.Source.Internal || m.Source.Article == a.ID) {
				t.Errorf("%s was told to %s: %s", a.ID, as, m.Text)
			}
		}
		_ = customer.Close()
		_ = asker
	}
	if found < len(list)*2/3 {
		t.Errorf("only %d of %d procedures answered their own question", found, len(list))
	}

	// No business begins, and nobody is rung.
	for i, text := range []string{"给老王转两千", "查余额", "我的卡丢了，马上挂失", "人工", "转人工", "重置密码", "我被骗了，钱刚转出去"} {
		said := told(t, colleague, "b"+string(rune('a'+i)), text)
		for _, m := range said {
			if m.Kind == "confirm" || m.Kind == "secure" || m.Card != nil || m.AuthorID != "xiaoban" {
				t.Errorf("%q was answered with %+v", text, m)
			}
		}
		if strings.Contains(text, "人工") && !strings.Contains(said[0].Text, "S01") {
			t.Errorf("%q names no supervisor: %s", text, said[0].Text)
		}
	}
	if said := told(t, colleague, "no", "给老王转两千"); !strings.Contains(said[0].Text, "不替客户办业务") {
		t.Errorf("a transfer was answered with %s", said[0].Text)
	}
	conversation := uuid.MustParse(welcome.Conversation)
	db, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.WithoutCancel(t.Context())) //nolint:errcheck // only read from
	var speaker string
	var rings, actions int
	err = pgx.BeginFunc(t.Context(), db, func(tx pgx.Tx) error {
		if err := postgres.AsEngine().Set(t.Context(), tx); err != nil {
			return err
		}
		const text = `SELECT speaker, (SELECT count(*) FROM handoff WHERE conversation = $1) + (SELECT count(*) FROM outbox WHERE conversation = $1),
			(SELECT count(*) FROM action WHERE conversation = $1) FROM conversation WHERE id = $1`
		return tx.QueryRow(t.Context(), text, conversation).Scan(&speaker, &rings, &actions)
	})
	if err != nil || speaker != "bot" || rings != 0 || actions != 0 {
		t.Errorf("after all this: speaker %s, %d asked for, %d actions, %v", speaker, rings, actions, err)
	}

	// Neither side opens the other's conversation, whatever it asks for.
	_, customer, theirs := connect(t, url, "C003")
	told(t, customer, "x", "我想查一下余额")
	for _, c := range []struct{ as, wants string }{{"A01", theirs.Conversation}, {"S01", welcome.Conversation}, {"C003", welcome.Conversation}, {"anonymous", welcome.Conversation}} {
		api := newClient(url)
		if _, err := api.signIn(t.Context(), c.as); err != nil {
			t.Fatal(err)
		}
		conn, err := api.dial(t.Context(), wire.FromCustomer{Conversation: c.wants, Device: "other"})
		if err != nil {
			t.Fatal(err)
		}
		var f wire.ToCustomer
		if err := conn.ReadJSON(&f); err != nil || f.Welcome == nil || f.Welcome.Conversation == c.wants {
			t.Errorf("%s opened the conversation %s: %+v %v", c.as, c.wants, f.Welcome, err)
		}
		_ = conn.Close()
		if err := api.call(t.Context(), http.MethodGet, "/api/v1/conversations/"+c.wants+"/messages", nil, nil); err == nil {
			t.Errorf("%s read the messages of %s", c.as, c.wants)
		}
	}
	var history wire.History
	if err := staff.call(t.Context(), http.MethodGet, "/api/v1/conversations/"+welcome.Conversation+"/messages", nil, &history); err != nil || len(history.Messages) == 0 {
		t.Errorf("a colleague can't read their own conversation: %v", err)
	}
	if err := staff.call(t.Context(), http.MethodPost, "/api/v1/conversations", struct{}{}, nil); err == nil {
		t.Error("staff opened a conversation through the customers' REST channel")
	}
}

func TestAStaffCompanionOffDutyDoesNotAnswer(t *testing.T) {
	t.Parallel()
	url := node(t, usedWhole(t), t.TempDir())
	admin := newClient(url)
	if _, err := admin.signIn(t.Context(), "D01"); err != nil {
		t.Fatal(err)
	}
	if err := admin.call(t.Context(), http.MethodPut, "/api/v1/console/employees/xiaoban/duty", map[string]any{"on_leave": true, "reason": "测试"}, nil); err != nil {
		t.Fatal(err)
	}
	_, colleague, _ := connect(t, url, "E01")
	n := 0
	wait(t, 20*time.Second, "停岗 of 小伴", func() bool {
		n++
		said := told(t, colleague, "q"+string(rune('a'+n%26))+string(rune('a'+n/26)), "视频重置密码的步骤")
		return len(said) == 1 && strings.Contains(said[0].Text, "已停岗") && said[0].Source == nil
	})
}
