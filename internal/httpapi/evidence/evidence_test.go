package evidence_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pion/rtp"
	"go.uber.org/goleak"

	"github.com/pingdui/pingdui/internal/audit"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/httpapi"
	api "github.com/pingdui/pingdui/internal/httpapi/evidence"
	"github.com/pingdui/pingdui/internal/mask"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/internal/replay"
	"github.com/pingdui/pingdui/internal/vault"
	"github.com/pingdui/pingdui/media/evidence"
)

func TestMain(m *testing.M) {
	httpapi.UseProblems()
	// The test's database server lives as long as the process.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/pingdui/pingdui/internal/postgres.(*Cluster).supervise"))
}

// house is an installation with recordings and staff.
type house struct {
	t          *testing.T
	pool       *pgxpool.Pool
	server     *httptest.Server
	keeper     *auth.Keeper
	room       *replay.Room
	audit      *audit.Log
	master     vault.Master
	recordings string
	playable   string

	mu  sync.Mutex
	now time.Time
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

var seed = bytes.Repeat([]byte{7}, ed25519.SeedSize)

// Current is the installation's signing key.
func (h *house) Current() (crypto.Signer, error) { return ed25519.NewKeyFromSeed(seed), nil }

// Anchor stores what a seal says.
func (h *house) Anchor(ctx context.Context, anchors []evidence.Anchor) error {
	return postgres.InTx(ctx, h.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		for _, a := range anchors {
			if _, err := tx.Exec(ctx, "INSERT INTO evidence_anchor VALUES ($1, $2, $3, 'c:C008', $4, $5, $6, $7) ON CONFLICT DO NOTHING",
				a.Session, a.Segment, a.Counter, a.State.String(), a.At, a.Hash[:], a.Key[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (h *house) exec(text string, args ...any) {
	h.t.Helper()
	err := postgres.InTx(h.t.Context(), h.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		_, err := tx.Exec(h.t.Context(), text, args...)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func newHouse(t *testing.T, limits replay.Config) *house {
	t.Helper()
	h := &house{t: t, pool: postgrestest.New(t), recordings: t.TempDir(), playable: t.TempDir(), now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	var err error
	if h.master, err = vault.LoadMaster(strings.Repeat("ab", 32), ""); err != nil {
		t.Fatal(err)
	}
	h.exec("INSERT INTO subject (id, data_key, created_at) VALUES ('c:C008', decode(repeat('00', 32), 'hex'), now())")
	h.exec("INSERT INTO installation_secret (name, value) VALUES ('evidence.2026-10-01T00:00:00Z', $1)", seed)
	h.audit = audit.New(h.pool, h.clock)
	h.keeper = auth.New([]byte("0123456789abcdef"), h.pool, h.clock)
	archive := remote.NewArchive(h.pool)
	limits.Archive, limits.Keys, limits.Recordings, limits.Folder = archive, h.master, h.recordings, h.playable
	limits.Audit, limits.Mask, limits.Clock = h.audit, mask.Text, h.clock
	if h.room, err = replay.New(limits); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	api.Register(httpapi.New(mux, h.keeper), api.Config{
		Room: h.room, Archive: archive, Zone: time.UTC,
		People: func(_ context.Context, subject, staff string) (api.MaskedCustomer, api.StaffMember) {
			return api.MaskedCustomer{Name: "王**", Number: strings.TrimPrefix(subject, "c:")}, api.StaffMember{ID: staff, Name: "何芳", Number: "880202"}
		},
		Staff: func(text string) []string {
			if text == "880202" {
				return []string{"A02"}
			}
			return nil
		},
		Customers: func(text string) []string { return []string{"c:" + text} },
	})
	h.server = httptest.NewServer(mux)
	t.Cleanup(func() { http.DefaultClient.CloseIdleConnections(); h.server.Close() })
	return h
}

// record makes a session of so many seconds with sound, a picture and facts; each
// of the ends is a segment's.
func (h *house) record(agent string, seconds int, ends ...string) uuid.UUID {
	h.t.Helper()
	session, conversation := uuid.New(), uuid.New()
	key := bytes.Repeat([]byte{9}, evidence.KeySize)
	h.exec("INSERT INTO conversation (id, subject, speaker, created_at, updated_at) VALUES ($1, 'c:C008', 'bot', now(), now())", conversation)
	h.exec(`INSERT INTO session (id, conversation, subject, agent, code, state, node, offered_at, started_at, ended_at)
		VALUES ($1, $2, 'c:C008', $3, '4821', 'ended', 'n1', $4, $4, $4)`, session, conversation, agent, h.clock())
	var after *evidence.Anchor
	for n, end := range ends {
		start := h.clock()
		name := fmt.Sprintf("%s-%d.pdev", session, n+1)
		h.exec(`INSERT INTO evidence_segment (session, segment, subject, node, file, wrapped_key, state, started_at, ended_at, bytes, flow, title)
			VALUES ($1, $2, 'c:C008', 'n1', $3, $4, $5, $6, CASE WHEN $5 = 'running' THEN NULL ELSE $6::timestamptz END, 1000, 'pin_remote', '密码重置')`,
			session, n+1, name, h.master.Wrap("recording:"+session.String(), key), end, start)
		log, err := evidence.Create(h.t.Context(), evidence.Config{
			Path: filepath.Join(h.recordings, name), Session: session, Segment: uint32(n + 1), After: after, Key: key, Signer: h, Anchors: h, Every: time.Hour, Clock: h.clock,
		})
		h.must(err)
		add := func(kind evidence.Kind, track uint16, raw string) {
			h.must(log.Append(h.t.Context(), evidence.Frame{Kind: kind, Track: track, Payload: []byte(raw)}))
		}
		add(evidence.KindTrack, 1, `{"person":"customer","source":"mic","codec":"opus","rate":48000}`)
		add(evidence.KindTranscript, 0, `{"seq":1,"author":"customer","text":"我忘了密码"}`)
		for i := range seconds * 10 {
			raw, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 5, SequenceNumber: uint16(i), Timestamp: uint32(i * 4800)}, Payload: []byte{0xf8, byte(i), 1}}).Marshal()
			h.must(err)
			h.must(log.Append(h.t.Context(), evidence.Frame{Kind: evidence.KindRTP, Track: 1, Payload: raw}))
			h.pass(100 * time.Millisecond)
			if i%10 == 9 {
				h.must(log.Seal(h.t.Context()))
			}
		}
		h.must(log.Close(h.t.Context()))
		anchors, err := remote.NewArchive(h.pool).Anchors(h.t.Context(), session)
		h.must(err)
		after = &anchors[len(anchors)-1]
		h.pass(5 * time.Second)
	}
	return session
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

type answered struct {
	StatusCode int
	Header     http.Header
}

// ask calls a route; cookie is what a browser would send.
func (h *house) ask(as string, role auth.Role, method, path, body, cookie string, headers ...string) (answered, string) {
	h.t.Helper()
	request, err := http.NewRequestWithContext(h.t.Context(), method, h.server.URL+"/api/v1/evidence"+path, strings.NewReader(body))
	h.must(err)
	if as != "" {
		token, _ := h.keeper.Token(auth.Identity{Subject: "s:" + as, Roles: []auth.Role{role}})
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if cookie != "" {
		request.Header.Set("Cookie", cookie)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(request)
	h.must(err)
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	h.must(err)
	return answered{answer.StatusCode, answer.Header}, string(raw)
}

// open opens a session as a supervisor and gives the opening and its cookie.
func (h *house) open(as string, session uuid.UUID, want int) (api.Opening, string) {
	h.t.Helper()
	answer, body := h.ask(as, auth.Supervisor, "POST", "/sessions/"+session.String()+"/openings", `{"reason":"客户投诉复核"}`, "")
	if answer.StatusCode != want {
		h.t.Fatalf("open: %d %s, want %d", answer.StatusCode, body, want)
	}
	var o api.Opening
	if want == http.StatusOK {
		h.must(json.Unmarshal([]byte(body), &o))
		cookie := answer.Header.Get("Set-Cookie")
		if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") || !strings.Contains(cookie, "/openings/"+o.ID+"/") {
			h.t.Errorf("the cookie is %q", cookie)
		}
		name, _, _ := strings.Cut(cookie, ";")
		return o, name
	}
	return o, ""
}

func (h *house) noted(action string) []audit.Entry {
	h.t.Helper()
	list, err := h.audit.List(h.t.Context(), audit.Filter{Action: action, Limit: 50})
	h.must(err)
	return list
}

func TestListAndSearch(t *testing.T) {
	t.Parallel()
	h := newHouse(t, replay.Config{})
	first := h.record("A01", 3, "closed")
	h.pass(24 * time.Hour)
	second := h.record("A02", 2, "crashed", "closed")
	h.pass(time.Hour)
	third := h.record("A02", 1, "running")
	list := func(query string) []api.Recording {
		answer, body := h.ask("S01", auth.Supervisor, "GET", "/sessions"+query, "", "")
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", query, answer.StatusCode, body)
		}
		var out api.RecordingList
		h.must(json.Unmarshal([]byte(body), &out))
		return out.Sessions
	}
	all := list("")
	if len(all) != 3 || all[0].Session != third.String() || all[0].State != "recording" || all[1].State != "crashed" || all[1].Segments != 2 || all[2].State != "closed" {
		t.Fatalf("the list is %+v", all)
	}
	if r := all[2]; r.LengthMS < 2900 || r.LengthMS > 3100 || r.Customer.Name != "王**" || r.Title != "密码重置" || r.Agent.Number != "880202" {
		t.Errorf("the first one is %+v", r)
	}
	for query, want := range map[string][]uuid.UUID{
		"?agent=880202": {third, second}, "?agent=nobody": nil, "?customer=C008": {third, second, first}, "?customer=C001": nil,
		"?from=2026-11-23": {third, second}, "?to=2026-11-22": {first}, "?conversation=" + all[2].Conversation: {first}, "?before=" + all[1].StartedAt.Format(time.RFC3339): {first},
	} {
		var ids, wanted []string
		for _, r := range list(query) {
			ids = append(ids, r.Session)
		}
		for _, id := range want {
			wanted = append(wanted, id.String())
		}
		if !slices.Equal(ids, wanted) {
			t.Errorf("%s gives %v, want %v", query, ids, wanted)
		}
	}
	for _, role := range []auth.Role{auth.Agent, auth.Editor, auth.Approver, auth.Customer} {
		if answer, _ := h.ask("X", role, "GET", "/sessions", "", ""); answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s reads the list: %d", role, answer.StatusCode)
		}
	}
	if answer, _ := h.ask("", "", "GET", "/sessions", "", ""); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody reads the list: %d", answer.StatusCode)
	}
	h.open("S01", third, http.StatusConflict)
}

func TestOpeningIsGuardedAndNoted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, replay.Config{})
	session := h.record("A02", 3, "closed")
	path := "/sessions/" + session.String() + "/openings"
	if answer, body := h.ask("A02", auth.Agent, "POST", path, `{"reason":"客户投诉复核"}`, ""); answer.StatusCode != http.StatusForbidden {
		t.Errorf("an agent opens: %d %s", answer.StatusCode, body)
	}
	for _, reason := range []string{"", "复核", "   a b ", strings.Repeat("长", 301), "客户身份证11010119900307803X"} {
		raw, _ := json.Marshal(map[string]string{"reason": reason})
		if answer, body := h.ask("S01", auth.Supervisor, "POST", path, string(raw), ""); answer.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("reason %q: %d %s", reason, answer.StatusCode, body)
		}
	}
	if n := h.noted("evidence.refused"); len(n) != 6 || n[5].Actor != "s:A02" || !strings.Contains(string(n[5].Detail), "role") || n[0].Object != "session:"+session.String() {
		t.Errorf("refusals noted: %+v", n)
	}
	if files, _ := filepath.Glob(h.playable + "/*/*"); len(files) != 0 || len(h.noted("evidence.open")) != 0 {
		t.Fatalf("something was made: %v", files)
	}
	o, cookie := h.open("S01", session, http.StatusOK)
	if n := h.noted("evidence.open"); len(n) != 1 || n[0].Actor != "s:S01" || !strings.Contains(string(n[0].Detail), "客户投诉复核") || n[0].Object != "session:"+session.String() {
		t.Errorf("the opening is noted as %+v", n)
	}
	if len(o.Files) != 1 || o.Files[0].File != "customer-mic.webm" || o.LengthMS < 2900 || len(o.Parts) != 1 || o.Events != "events.jsonl" {
		t.Fatalf("opened %+v", o)
	}
	file := "/openings/" + o.ID + "/files/customer-mic.webm"
	answer, whole := h.ask("", "", "GET", file, "", cookie)
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Cache-Control") != "no-store, private" || answer.Header.Get("Content-Type") != "video/webm" || answer.Header.Get("Accept-Ranges") != "bytes" {
		t.Fatalf("the file: %d %v", answer.StatusCode, answer.Header)
	}
	answer, part := h.ask("", "", "GET", file, "", cookie, "Range", "bytes=10-29")
	if answer.StatusCode != http.StatusPartialContent || part != whole[10:30] || answer.Header.Get("Content-Range") != fmt.Sprintf("bytes 10-29/%d", len(whole)) {
		t.Errorf("a range: %d %q %v", answer.StatusCode, part, answer.Header)
	}
	if _, events := h.ask("", "", "GET", "/openings/"+o.ID+"/files/events.jsonl", "", cookie); !strings.Contains(events, `"kind":"transcript"`) {
		t.Errorf("the events are %s", events)
	}
	other, otherCookie := h.open("S02", session, http.StatusOK)
	for what, c := range map[string]string{"no cookie": "", "another opening's": otherCookie, "a guess": "pingdui_evidence=" + strings.Repeat("A", 43)} {
		if answer, body := h.ask("S01", auth.Supervisor, "GET", file, "", c); answer.StatusCode != http.StatusGone {
			t.Errorf("%s: %d %.80s", what, answer.StatusCode, body)
		}
	}
	for _, name := range []string{"..%2f..%2fkeys.json", "nothing.webm", "%2e%2e"} {
		if answer, _ := h.ask("", "", "GET", "/openings/"+o.ID+"/files/"+name, "", cookie); answer.StatusCode == http.StatusOK {
			t.Errorf("%s is given", name)
		}
	}
	for _, method := range []string{"GET", "POST"} {
		path := map[string]string{"GET": "/openings/" + o.ID, "POST": "/openings/" + o.ID + "/check"}[method]
		if answer, _ := h.ask("S02", auth.Supervisor, method, path, "", ""); answer.StatusCode != http.StatusGone {
			t.Errorf("another one's opening: %s %d", method, answer.StatusCode)
		}
	}
	// Both look at one copy; it goes when the last has gone.
	if made, _ := filepath.Glob(h.playable + "/*/*"); len(made) != 1 {
		t.Errorf("made %v", made)
	}
	h.ask("S02", auth.Supervisor, "DELETE", "/openings/"+other.ID, "", "")
	if answer, _ := h.ask("", "", "GET", file, "", cookie); answer.StatusCode != http.StatusOK {
		t.Errorf("after the other one has closed: %d", answer.StatusCode)
	}
	h.pass(59 * time.Minute)
	h.ask("S01", auth.Supervisor, "GET", "/openings/"+o.ID, "", "") // used
	h.pass(59 * time.Minute)
	h.room.Sweep()
	if answer, _ := h.ask("", "", "GET", file, "", cookie); answer.StatusCode != http.StatusOK {
		t.Errorf("used within the hour: %d", answer.StatusCode)
	}
	for range 100 { // the server ends a request a moment after its answer: that is a use
		h.pass(time.Hour)
		h.room.Sweep()
		if made, _ := filepath.Glob(h.playable + "/*/*"); len(made) == 0 {
			break
		}
	}
	if answer, _ := h.ask("", "", "GET", file, "", cookie); answer.StatusCode != http.StatusGone {
		t.Errorf("an hour without use: %d", answer.StatusCode)
	}
	if made, _ := filepath.Glob(h.playable + "/*/*"); len(made) != 0 {
		t.Errorf("still there: %v", made)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	h := newHouse(t, replay.Config{MaxOpen: 3, MaxEach: 2, MaxBytes: 2500}) // a recording counts as 1000 bytes before it is made
	var sessions []uuid.UUID
	for range 2 {
		sessions = append(sessions, h.record("A02", 1, "closed"))
	}
	one, cookie := h.open("S01", sessions[0], http.StatusOK)
	h.pass(time.Second)
	h.open("S01", sessions[0], http.StatusOK)
	h.pass(time.Second)
	h.open("S01", sessions[0], http.StatusOK) // the oldest of their own gives way
	if answer, _ := h.ask("", "", "GET", "/openings/"+one.ID+"/files/events.jsonl", "", cookie); answer.StatusCode != http.StatusGone {
		t.Errorf("a third of one person: the first is %d", answer.StatusCode)
	}
	h.open("S02", sessions[0], http.StatusOK)
	h.open("S03", sessions[0], http.StatusTooManyRequests)

	small := newHouse(t, replay.Config{MaxBytes: 999})
	small.open("S01", small.record("A02", 1, "closed"), http.StatusTooManyRequests)

	life := newHouse(t, replay.Config{Life: time.Minute})
	o, c := life.open("S01", life.record("A02", 1, "closed"), http.StatusOK)
	life.pass(time.Minute)
	if answer, _ := life.ask("", "", "GET", "/openings/"+o.ID+"/files/events.jsonl", "", c); answer.StatusCode != http.StatusGone {
		t.Errorf("beyond its life: %d", answer.StatusCode)
	}
}

// TestATamperedFileIsNamed: with the second of the recording, in both languages,
// also in a second segment; the pack says so too.
func TestATamperedFileIsNamed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, replay.Config{})
	session := h.record("A02", 4, "closed", "closed")
	o, cookie := h.open("S01", session, http.StatusOK)
	check := func() api.Checked {
		answer, body := h.ask("S01", auth.Supervisor, "POST", "/openings/"+o.ID+"/check", "", "")
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("check: %d %s", answer.StatusCode, body)
		}
		var out api.Checked
		h.must(json.Unmarshal([]byte(body), &out))
		return out
	}
	if c := check(); !c.OK || c.Files != 2 || c.Seals < 8 {
		t.Fatalf("untouched: %+v", c)
	}
	path := filepath.Join(h.recordings, session.String()+"-2.pdev")
	raw, err := os.ReadFile(path)
	h.must(err)
	raw[len(raw)-142-142-50] ^= 1 // in the last block of the second segment
	h.must(os.WriteFile(path, raw, 0o600))
	c := check()
	// Segment 2 begins at 4 s and a pause of 5; its last block is its fourth second.
	if c.OK || len(c.Findings) != 1 || c.Findings[0].Fault != "block_changed" || c.Findings[0].Segment != 2 || c.Findings[0].FromMS < 11_900 || c.Findings[0].ToMS > 13_100 ||
		c.Findings[0].Text == "" || c.Findings[0].TextEN == "" {
		t.Errorf("the check says %+v", c)
	}
	if n := h.noted("evidence.verify"); len(n) != 2 || !strings.Contains(string(n[0].Detail), `false`) {
		t.Errorf("checks noted: %+v", n)
	}
	answer, body := h.ask("", "", "GET", "/openings/"+o.ID+"/pack", "", cookie)
	if answer.StatusCode != http.StatusOK || !strings.Contains(answer.Header.Get("Content-Disposition"), session.String()) {
		t.Fatalf("pack: %d %v", answer.StatusCode, answer.Header)
	}
	unpacked, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	h.must(err)
	content := map[string]string{}
	for _, f := range unpacked.File {
		in, err := f.Open()
		h.must(err)
		raw, err := io.ReadAll(in)
		h.must(err)
		content[f.Name] = string(raw)
	}
	for name, part := range map[string]string{
		"sealed/" + session.String() + "-1.pdev": "PDEVID1", "sealed/keys.json": `"public"`, "sealed/anchors.jsonl": `"counter":1`, "check.json": "block_changed",
		"playable/customer-mic.webm": "webm", "playable/events.jsonl": "transcript", "playable/manifest.json": "customer-mic", "FORMAT.md": "The evidence file, byte by byte",
		"README.md": "怎样不依赖我们核验", "SHA256SUMS": "playable/events.jsonl",
	} {
		if !strings.Contains(content[name], part) {
			t.Errorf("%s has no %q in it", name, part)
		}
	}
	// What an outsider does with it: the same finding from the pack alone.
	keys, err := evidence.ReadKeys(strings.NewReader(content["sealed/keys.json"]))
	h.must(err)
	anchors, err := evidence.ReadAnchors(strings.NewReader(content["sealed/anchors.jsonl"]))
	h.must(err)
	var files []evidence.File
	for name, raw := range content {
		if strings.HasSuffix(name, ".pdev") {
			files = append(files, evidence.File{Name: name, R: strings.NewReader(raw), Size: int64(len(raw))})
		}
	}
	report, err := evidence.Verify(files, keys, anchors)
	if err != nil || len(report.Findings) != 1 {
		t.Errorf("from the pack: %v %v", report.Findings, err)
	}
	if n := h.noted("evidence.pack"); len(n) != 1 || n[0].Actor != "s:S01" {
		t.Errorf("the pack is noted as %+v", n)
	}
}

// TestWhatCantBePlayed has an honest word for each: no file here, a file that is
// none, a key that was destroyed.
func TestWhatCantBePlayed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, replay.Config{})
	gone, broken, destroyed := h.record("A02", 1, "closed"), h.record("A02", 2, "closed", "closed"), h.record("A02", 1, "closed")
	h.must(os.Remove(filepath.Join(h.recordings, gone.String()+"-1.pdev")))
	h.open("S01", gone, http.StatusConflict)
	h.exec("UPDATE evidence_segment SET wrapped_key = NULL WHERE session = $1", destroyed)
	h.open("S01", destroyed, http.StatusGone)
	h.open("S01", uuid.New(), http.StatusNotFound)
	// A segment whose header is gone is left out, the rest can be played.
	h.must(os.WriteFile(filepath.Join(h.recordings, broken.String()+"-2.pdev"), []byte("nothing"), 0o600))
	o, _ := h.open("S01", broken, http.StatusOK)
	if len(o.Parts) != 1 || len(o.Files) != 1 || o.LengthMS < 8900 || o.Problem != "" {
		t.Errorf("opened %+v", o)
	}
	h.must(os.WriteFile(filepath.Join(h.recordings, broken.String()+"-1.pdev"), []byte("nothing"), 0o600))
	h.ask("S01", auth.Supervisor, "DELETE", "/openings/"+o.ID, "", "")
	o, _ = h.open("S01", broken, http.StatusOK)
	if len(o.Files) != 0 || o.Problem == "" {
		t.Errorf("opened %+v", o)
	}
}
