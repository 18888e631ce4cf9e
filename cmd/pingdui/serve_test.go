package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/pingdui/pingdui/assistant/scenes/scenestest"
	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/httpapi/console"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/wire"
)

// lines is where a node's progress goes: it says when the box has come.
type lines struct {
	url chan string
}

var address = regexp.MustCompile(`http://[0-9.:]+`)

func (l *lines) say(text string) {
	if found := address.FindString(text); found != "" {
		l.url <- found
	}
}

// node starts the whole program on free ports and a database of the test's.
func node(t *testing.T, database, data string, change ...func(*config.Config)) string {
	t.Helper()
	url, stop := startNode(t, database, data, change...)
	t.Cleanup(stop)
	return url
}

// startNode is node for who stops it in time.
func startNode(t *testing.T, database, data string, change ...func(*config.Config)) (string, func()) {
	t.Helper()
	c := config.Default()
	c.Demo, c.Addr, c.Data, c.DatabaseURL, c.SampleBankAddr = true, "127.0.0.1:0", data, database, "off"
	for _, f := range change {
		f(&c)
	}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &lines{url: make(chan string, 1)}
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, c, slog.New(slog.DiscardHandler), l.say) }()
	select {
	case url := <-l.url:
		return url, func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("the node did not end cleanly: %v", err)
			}
		}
	case err := <-ended:
		cancel()
		t.Fatalf("the node did not start: %v", err)
	case <-time.After(6 * time.Minute): // under the race detector beside others
		cancel()
		t.Fatal("the node did not start")
	}
	return "", nil
}

// startedDatabase is one on which the program has started once: the cast is in
// and the first release is trained, which is most of the time of a first start.
type startedDatabase struct {
	once sync.Once
	url  string
}

// started has a small part of the shipped content, startedWhole has all.
var started, startedWhole startedDatabase

// used returns a database of the test's own on which the program has run before.
func used(t *testing.T) string {
	t.Helper()
	return started.copy(t, func(c *config.Config) { c.Content = smallContent(t) })
}

func smallContent(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, scenestest.Small(t)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// usedWhole is used with the whole shipped content.
func usedWhole(t *testing.T) string {
	t.Helper()
	return startedWhole.copy(t)
}

func (s *startedDatabase) copy(t *testing.T, change ...func(*config.Config)) string {
	t.Helper()
	s.once.Do(func() {
		url := postgrestest.URL(t)
		_, stop := startNode(t, url, t.TempDir(), change...)
		stop()
		s.url = url
	})
	if s.url == "" {
		t.Fatal("the first start failed in another test")
	}
	return postgrestest.Copy(t, s.url)
}

// scriptedModel answers in the form of the OpenAI API, token by token, citing
// the first passage; it remembers what it was asked.
func scriptedModel(t *testing.T, asked chan<- string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		asked <- string(raw)
		w.Header().Set("Content-Type", "text/event-stream")
		for _, token := range []string{"这件事", "请到网点", "办理。[1]", "带上", "有效证件。[1]"} {
			part, err := json.Marshal(map[string]any{"choices": []any{map[string]any{"index": 0, "delta": map[string]string{"content": token}}}})
			if err != nil {
				t.Error(err)
			}
			_, _ = fmt.Fprintf(w, "data: %s\n\n", part)
		}
		_, _ = io.WriteString(w, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1"
}

func connect(t *testing.T, url, as string) (*client, *websocket.Conn, wire.Welcome) {
	t.Helper()
	api := newClient(url)
	if _, err := api.signIn(t.Context(), as); err != nil {
		t.Fatal(err)
	}
	conn, err := api.dial(t.Context(), wire.FromCustomer{Conversation: "new", Device: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	var f wire.ToCustomer
	if err := conn.ReadJSON(&f); err != nil || f.Welcome == nil {
		t.Fatalf("no welcome: %+v, %v", f, err)
	}
	return api, conn, *f.Welcome
}

func TestAModelsAnswerStreamsAsCheckedDraftsAndIsMarked(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 8)
	model := scriptedModel(t, asked)
	url := node(t, usedWhole(t), t.TempDir(), func(c *config.Config) { c.ModelURL, c.ModelName = model, "scripted" })
	// What the knowledge base answers by itself never reaches a model: these have
	// something near, and no answer.
	var drafts []string
	generated := false
	for _, question := range []string{"跟我聊天的内容你们会不会存着，我手机13812345678", "跟我聊天的内容你们会不会存着"} {
		_, conn, _ := connect(t, url, "anonymous")
		if err := conn.WriteJSON(wire.FromCustomer{Type: "send", ID: "q1", Text: question}); err != nil {
			t.Fatal(err)
		}
		drafts = nil
		for {
			_ = conn.SetReadDeadline(time.Now().Add(40 * time.Second))
			var f wire.ToCustomer
			if err := conn.ReadJSON(&f); err != nil {
				t.Fatalf("no answer: %v (drafts %q)", err, drafts)
			}
			if f.Type == "draft" {
				drafts = append(drafts, f.Draft.Text)
			}
			if f.Type == "message" && f.Message.Author == "bot" && f.Message.Input == "q1" {
				generated = f.Message.Generated && f.Message.Source != nil && strings.Contains(f.Message.Text, "请到网点")
				break
			}
		}
		if generated {
			break
		}
	}
	if !generated {
		t.Fatal("no question was answered by the model with a source")
	}
	if len(drafts) != 2 {
		t.Errorf("drafts %q, want two whole sentences", drafts)
	}
	if body := <-asked; strings.Contains(body, "13812345678") {
		t.Error("a phone number went to the model")
	}
}

func TestDutyAndReleaseReachEveryNode(t *testing.T) {
	t.Parallel()
	database, data := used(t), t.TempDir()
	first := node(t, database, data)
	second := node(t, database, data)
	admin := newClient(first)
	if _, err := admin.signIn(t.Context(), "D01"); err != nil {
		t.Fatal(err)
	}
	if err := admin.call(t.Context(), http.MethodPut, "/api/v1/console/employees/xiaoda/duty", map[string]any{"on_leave": true, "reason": "测试"}, nil); err != nil {
		t.Fatal(err)
	}
	wait(t, 50*time.Second, "停岗 on the other node", func() bool {
		_, conn, welcome := connect(t, second, "C002")
		defer conn.Close() //nolint:errcheck // only looked at
		for _, e := range welcome.Employees {
			if e.ID == "xiaoda" {
				return !e.OnDuty
			}
		}
		return false
	})
	// A question nothing answers, an article for it, a second person, and both
	// nodes answer from it; one click takes it back.
	editor, approver := newClient(first), newClient(first)
	for who, c := range map[string]*client{"E01": editor, "E02": approver} {
		if _, err := c.signIn(t.Context(), who); err != nil {
			t.Fatal(err)
		}
	}
	article := map[string]any{"base": "", "article": map[string]any{
		"id": "branch-umbrella", "group": "branch", "owner": "网点管理部", "audience": []string{"customer"},
		"title": map[string]string{"zh": "网点借雨伞", "en": "Borrowing an umbrella"}, "question": map[string]string{"zh": "下雨了网点能借雨伞吗", "en": "Can I borrow an umbrella?"},
		"similar": map[string][]string{"zh": {"有没有爱心伞", "借把伞行不行", "雨伞在哪借", "忘带伞了能借吗"}, "en": {"umbrella please"}},
		"answer":  map[string]string{"zh": "可以，大堂有爱心伞，登记姓名就能借，七天内还回任一网点。", "en": "Yes, ask in the hall; return it to any branch within seven days."},
		"source":  "《网点服务规范》", "valid": map[string]string{"from": "2026-01-01", "until": ""},
	}}
	if err := editor.call(t.Context(), http.MethodPost, "/api/v1/console/articles", article, nil); err != nil {
		t.Fatal(err)
	}
	var release struct {
		ID string `json:"id"`
	}
	if err := editor.call(t.Context(), http.MethodPost, "/api/v1/console/releases", map[string]any{"title": "雨伞", "paths": []string{}}, &release); err != nil {
		t.Fatal(err)
	}
	wait(t, 10*time.Minute, "the gate", func() bool {
		var r struct {
			Status string `json:"status"`
		}
		if err := editor.call(t.Context(), http.MethodGet, "/api/v1/console/releases/"+release.ID, nil, &r); err != nil {
			t.Fatal(err)
		}
		return r.Status == "review"
	})
	if err := editor.call(t.Context(), http.MethodPost, "/api/v1/console/releases/"+release.ID+"/approve", struct{}{}, nil); err == nil {
		t.Error("somebody approved their own work")
	}
	for _, act := range []string{"approve", "publish"} {
		if err := approver.call(t.Context(), http.MethodPost, "/api/v1/console/releases/"+release.ID+"/"+act, struct{}{}, nil); err != nil {
			t.Fatalf("%s: %v", act, err)
		}
	}
	for _, url := range []string{first, second} {
		wait(t, 50*time.Second, "the new answer on "+url, func() bool { return strings.Contains(ask(t, url, "下雨了网点能借雨伞吗"), "爱心伞") })
	}
	if err := approver.call(t.Context(), http.MethodPost, "/api/v1/console/releases/r1/rollback", struct{}{}, nil); err != nil {
		t.Fatal(err)
	}
	wait(t, 50*time.Second, "the roll-back", func() bool { return !strings.Contains(ask(t, second, "下雨了网点能借雨伞吗"), "爱心伞") })
	var tried console.TryResult
	if err := editor.call(t.Context(), http.MethodPost, "/api/v1/console/try", map[string]any{"text": "三年定期利率多少", "edition": "elder", "on": "2026-12-01"}, &tried); err != nil {
		t.Fatal(err)
	}
	if len(tried.Passages) == 0 || len(tried.Understood.Intents) == 0 || len(tried.Steps) != 3 {
		t.Errorf("the try-it pane shows %+v", tried)
	}
}

// ask asks one question in a fresh conversation over REST.
func ask(t *testing.T, url, text string) string {
	t.Helper()
	c := newClient(url)
	if _, err := c.signIn(t.Context(), "anonymous"); err != nil {
		t.Fatal(err)
	}
	var history wire.History
	if err := c.call(t.Context(), http.MethodPost, "/api/v1/conversations", struct{}{}, &history); err != nil {
		t.Fatal(err)
	}
	var accepted wire.Accepted
	if err := c.call(t.Context(), http.MethodPost, "/api/v1/conversations/"+history.Conversation+"/inputs", map[string]string{"id": "q", "text": text}, &accepted); err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, m := range accepted.Messages {
		if m.Author == "bot" {
			said += m.Text + "\n"
		}
	}
	return said
}

func wait(t *testing.T, most time.Duration, what string, done func() bool) {
	t.Helper()
	began := time.Now()
	defer func() { t.Logf("%s after %s", what, time.Since(began)) }()
	deadline := time.After(most)
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for !done() {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("%s did not come within %s", what, most)
		}
	}
}

func TestCommandsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args    []string
		environ []string
		in      string
		code    int
		want    []string
	}{
		{args: []string{"serve", "--wrong"}, code: 2, want: []string{"--wrong"}},
		{args: []string{"serve", "--demo", "--addr", "0.0.0.0:0"}, code: 1, want: []string{"loopback"}},
		{args: []string{"serve"}, code: 1, want: []string{"bank_url", "--demo"}},
		{args: []string{"serve", "--demo"}, environ: []string{"PINGDUI_DATABASE_URLS=x"}, code: 1, want: []string{"PINGDUI_DATABASE_URLS"}},
		{args: []string{"say", "--as", "C001", "--url", "http://127.0.0.1:1"}, code: 1, want: []string{"http://127.0.0.1:1", "serve --demo"}},
		{args: []string{"sandbox-bank", "ledger", "--customer", "C001", "--data", "/nonexistent"}, code: 1, want: []string{"/nonexistent"}},
		{args: []string{"test", "nope"}, code: 1, want: []string{"nope"}},
		{args: []string{"serve", "--demo"}, environ: []string{"PINGDUI_LOG_LEVEL=loud"}, code: 1, want: []string{"log_level", "loud"}},
		{args: []string{"test", "--content", "/nonexistent"}, code: 1, want: []string{"/nonexistent"}},
	} {
		var out, errOut bytes.Buffer
		code := run(t.Context(), c.args, c.environ, strings.NewReader(c.in), &out, &errOut)
		if code != c.code {
			t.Errorf("%v ended with %d, want %d: %s", c.args, code, c.code, errOut.String())
		}
		for _, want := range c.want {
			if !strings.Contains(errOut.String(), want) {
				t.Errorf("%v: %q is missing in %q", c.args, want, errOut.String())
			}
		}
	}
}

func TestConversationTestsPassFromTheCommandLine(t *testing.T) {
	t.Parallel()
	var out, errOut bytes.Buffer
	if code := run(t.Context(), []string{"test", "--json", "--content", smallContent(t), "scenes/01-balance", "scenes/08-pin-reset"}, nil, strings.NewReader(""), &out, &errOut); code != 0 {
		t.Fatalf("ended with %d: %s", code, errOut.String())
	}
	var report struct{ Scenes, Passed, Failed int }
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	if report.Scenes != 2 || report.Passed < 20 || report.Failed != 0 {
		t.Errorf("got %+v", report)
	}
}
