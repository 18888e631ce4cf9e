package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/scenes"
	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/wire"
)

// throughSockets are the conversation tests that are also played through a real
// node, by scene.
func throughSockets() map[string][]string {
	return map[string][]string{
		"06-lost-card":    {"几张卡先选", "一句话说清哪张"},
		"08-pin-reset":    {"几张卡选一张，再改", "核对时问看不看得到"},
		"11-credit-repay": {"全额还清，核对、验证、回执", "核对时改金额，重新核对", "三次没对上，锁住并找人"},
		"12-instalment":   {"先看年化，再选期数，再确认", "核对时改期数"},
		"13-transfer": {
			"一句话说全，核对、验证、回单", "核对时改金额，重新核对", "改了以后旧按钮作废", "好的，另外要手续费吗", "嗯不算同意", "别转了，问一次再取消",
			"验证后改金额，旧安全框作废", "验证码错一次再对", "英文改口", "改了金额又确认，旧安全框不开新的一笔",
		},
		"18-payees":         {"一步步加一个收款人", "核对时改户名，账号重新填、重新核对", "账号发在聊天里，遮住、说明，再给安全框", "账号三次填错，锁住并找人"},
		"38-statements":     {"邮箱读回，密码另发", "填了邮箱找人，问的话里也有邮箱"},
		"15-revoke":         {"撤掉次日到账的一笔", "核对时改成另一笔"},
		"27-loan-prepay":    {"核对时改金额，重新算"},
		"20-mandates":       {"先说后果，再停", "核对时改成另一项，只停后面那项"},
		"21-bills":          {"缴自己家的水费，按应缴的数", "核对时改金额", "验证码过期，重新核对再验证"},
		"24-withdraw-early": {"先说少多少利息，再取"},
		"33-wealth-redeem":  {"快赎实时到账"},
		"14-scheduled":      {"核对时改金额", "算了不约"},
		"42-ecny":           {"充值，核对、验证、只充一次", "核对时改金额"},
	}
}

// scriptedBank serves the scripted bank of the case that is being played in the
// form of the bank's API: 422 for a refusal, POST /v1/<operation with "/" for ".">,
// acts under a key.
type scriptedBank struct {
	key  *rsa.PrivateKey
	live atomic.Pointer[convtest.Live]
}

func (b *scriptedBank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	live := b.live.Load()
	if live == nil {
		http.Error(w, "no case is played", http.StatusServiceUnavailable)
		return
	}
	args := map[string]any{}
	if r.Method == http.MethodPost && r.ContentLength > 0 {
		if err := json.NewDecoder(r.Body).Decode(&args); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	operation := strings.ReplaceAll(strings.TrimPrefix(r.URL.Path, "/v1/"), "/", ".")
	key := r.Header.Get("Idempotency-Key")
	switch {
	case operation == "secure.key":
		der, err := x509.MarshalPKIXPublicKey(&b.key.PublicKey)
		b.answer(w, map[string]string{"kid": "k1", "spki": base64.StdEncoding.EncodeToString(der)}, err)
	case operation == "secure.submit":
		ref, _ := args["ref"].(string)
		sealed, _ := args["ciphertexts"].(map[string]any)
		fields, err := b.open(sealed)
		b.answer(w, map[string]string{"reference": live.Fill(ref, fields)}, err)
	case operation == "customer.profile":
		c := live.Customer()
		b.answer(w, map[string]any{"name": c.Name, "title": c.Title, "age": c.Age}, nil)
	case operation == "customer.facts":
		b.answer(w, map[string]any{}, nil)
	case strings.HasPrefix(operation, "operations."):
		a, known := live.Ask(strings.TrimPrefix(operation, "operations."))
		if !known {
			a.Outcome = "none"
		}
		b.answer(w, map[string]any{"status": a.Outcome, "code": a.Code, "answer": a.Value}, nil)
	case key != "":
		reference, _ := args["reference"].(string)
		delete(args, "reference")
		b.told(w, live.Act(key, operation, args, reference))
	default:
		b.told(w, live.Read(operation, args))
	}
}

func (b *scriptedBank) open(sealed map[string]any) (map[string]string, error) {
	fields := map[string]string{}
	for name, value := range sealed {
		raw, err := base64.StdEncoding.DecodeString(fmt.Sprint(value))
		if err != nil {
			return nil, err
		}
		plain, err := rsa.DecryptOAEP(sha256.New(), nil, b.key, raw, nil)
		if err != nil {
			return nil, err
		}
		fields[name] = string(plain)
	}
	return fields, nil
}

func (b *scriptedBank) told(w http.ResponseWriter, a convtest.Answered) {
	status := map[dialogue.Outcome]int{dialogue.Done: http.StatusOK, dialogue.Refused: http.StatusUnprocessableEntity}[a.Outcome]
	if status == 0 {
		status = http.StatusServiceUnavailable
	}
	if len(a.Value) == 0 {
		a.Value = json.RawMessage(fmt.Sprintf(`{"code":%q,"text":"不行","text_en":"No"}`, a.Code))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(a.Value)
}

func (b *scriptedBank) answer(w http.ResponseWriter, v any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// TestConversationsThroughSocketsAndCommit plays conversation tests through a
// node: what the socket delivers is held against what the tests expect, and so
// are the rows.
func TestConversationsThroughSocketsAndCommit(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	bank := &scriptedBank{key: key}
	server := httptest.NewServer(bank)
	t.Cleanup(server.Close)
	database := usedWhole(t)
	url := node(t, database, t.TempDir(), func(c *config.Config) { c.BankURL, c.BankToken = server.URL, "scripted" })
	db, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	cases, problems := convtest.Load(scenes.FS, "scenes")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	byName := map[string]*convtest.Case{}
	for _, c := range cases {
		byName[c.Scene()+" "+c.Name] = c
	}
	n := 0
	for scene, names := range throughSockets() { //nolint:paralleltest // one after the other: there is one scripted bank
		for _, name := range names {
			c := byName[scene+" "+name]
			if c == nil || !c.Playable() {
				t.Errorf("%s: no playable case is called %q", scene, name)
				continue
			}
			n++
			t.Run(scene+" "+name, func(t *testing.T) { throughSocket(t, url, db, bank, c) })
		}
	}
	if n < 20 {
		t.Errorf("%d cases, want at least 20", n)
	}
	inClear(t, db, "liwei@qq.com", "6217000000005555", "6217 0000 0000 5555")
}

// inClear holds every column of every table against what customers typed: what is
// not sealed is for other eyes, masked copies, the outbox, handoffs, notes and the
// audit log among them.
func inClear(t *testing.T, db *pgx.Conn, typed ...string) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), db, func(tx pgx.Tx) error {
		if err := postgres.AsEngine().Set(t.Context(), tx); err != nil {
			return err
		}
		rows, err := tx.Query(t.Context(), `SELECT table_name FROM information_schema.tables WHERE table_schema = 'pingdui' AND table_type = 'BASE TABLE' ORDER BY 1`)
		if err != nil {
			return err
		}
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		if len(tables) < 20 {
			t.Errorf("only %d tables are looked through: %v", len(tables), tables)
		}
		for _, table := range tables {
			var n int
			text := "SELECT count(*) FROM " + pgx.Identifier{table}.Sanitize() + " AS r WHERE EXISTS (SELECT FROM unnest($1::text[]) s WHERE strpos(r::text, s) > 0)"
			if err := tx.QueryRow(t.Context(), text, typed).Scan(&n); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			if n > 0 {
				t.Errorf("%d rows of %s hold one of %q in clear", n, table, typed)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// throughSocket plays one case.
func throughSocket(t *testing.T, url string, db *pgx.Conn, bank *scriptedBank, c *convtest.Case) {
	t.Helper()
	live := convtest.NewLive(c)
	bank.live.Store(live)
	api := newClient(url)
	if _, err := api.signIn(t.Context(), live.Customer().ID); err != nil {
		t.Fatal(err)
	}
	conn, err := api.dial(t.Context(), wire.FromCustomer{Conversation: "new", Device: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // the test is over
	command := sayCommand{Within: time.Minute, Edition: c.Edition, Locale: c.Locale}
	k := &talk{command: command, client: api, conn: conn, frames: make(chan wire.ToCustomer, 256), accepted: map[string]int64{}}
	go k.read()
	if err := k.begin(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if err := live.Play(func(in convtest.Input) (convtest.Carried, error) { return carry(t.Context(), k, in) }); err != nil {
		t.Fatal(err)
	}
	committed(t, db, k, live)
}

// carry says one line through the socket.
func carry(ctx context.Context, k *talk, in convtest.Input) (convtest.Carried, error) {
	var l line
	switch {
	case in.Box != "":
		if k.secure != nil {
			k.secure.Ref = in.Box // an old box is filled as the page would: by its ref
		}
		l.Secure = &in.Fields
	case in.Tap != "":
		l.Tap = &in.Tap
	default:
		l.Text = &in.Say
	}
	from := len(k.messages)
	out, err := k.say(ctx, l)
	if err != nil {
		return convtest.Carried{}, err
	}
	back := convtest.Carried{Flow: out.Flow, Step: out.Step}
	for _, m := range k.messages[from:] {
		if m.Author == "customer" {
			continue
		}
		raw, err := json.Marshal(m)
		if err != nil {
			return back, err
		}
		var one flow.Message
		if err := json.Unmarshal(raw, &one); err != nil {
			return back, err
		}
		back.Messages = append(back.Messages, one)
	}
	return back, nil
}

// committed holds the rows against what was delivered and what the bank saw.
func committed(t *testing.T, db *pgx.Conn, k *talk, live *convtest.Live) {
	t.Helper()
	acts := 0
	for _, call := range live.Calls() {
		if call.Key != "" {
			acts++
		}
	}
	conversation := uuid.MustParse(k.conversation)
	var messages, last, turns, unanswered, actions, open int
	err := pgx.BeginFunc(t.Context(), db, func(tx pgx.Tx) error {
		if err := postgres.AsEngine().Set(t.Context(), tx); err != nil {
			return err
		}
		const text = `SELECT (SELECT count(*) FROM message WHERE conversation = $1), last_seq, (SELECT count(*) FROM turn WHERE conversation = $1),
			(SELECT count(*) FROM input WHERE conversation = $1 AND answered IS NULL),
			(SELECT count(*) FROM action WHERE conversation = $1), (SELECT count(*) FROM action WHERE conversation = $1 AND status NOT IN ('done', 'refused'))
			FROM conversation WHERE id = $1`
		return tx.QueryRow(t.Context(), text, conversation).Scan(&messages, &last, &turns, &unanswered, &actions, &open)
	})
	if err != nil {
		t.Fatal(err)
	}
	// What a turn hands on (a case, a person called) may be told in a turn of its
	// own just after: it is waited for, and nothing beyond it may come.
	within, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for len(k.messages) < messages && k.next(within) == nil {
	}
	if messages != len(k.messages) || last != messages || turns == 0 || unanswered != 0 {
		t.Errorf("%d messages were delivered; the rows hold %d up to %d, of %d turns, %d inputs without an answer", len(k.messages), messages, last, turns, unanswered)
	}
	if actions != acts || open != 0 {
		t.Errorf("the bank ran %d actions; the rows hold %d, %d of them open", acts, actions, open)
	}
}
