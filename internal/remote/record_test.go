package remote_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media"
	"github.com/pingdui/pingdui/media/evidence"
)

// packet gives the recorder a packet as the media server does.
func (o *office) packet(id, peer string, kind media.Kind, payload string) {
	o.recorder.Tap(media.Tapped{Room: id, Peer: peer, Kind: kind, Packet: &rtp.Packet{
		Header: rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: 7, Timestamp: 90_000, SSRC: 5}, Payload: []byte(payload),
	}})
}

// shelf is what lies in a folder of recordings.
func shelf(t *testing.T, folder string) (files []evidence.File, keys evidence.Keys) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.pdev"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"CANARY", "王女士", "consent", "customer"} {
			if bytes.Contains(raw, []byte(word)) {
				t.Errorf("%q stands in the file in clear", word)
			}
		}
		files = append(files, evidence.File{Name: filepath.Base(name), R: bytes.NewReader(raw), Size: int64(len(raw))})
	}
	list, err := os.Open(filepath.Join(folder, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = list.Close() }()
	if keys, err = evidence.ReadKeys(list); err != nil {
		t.Fatal(err)
	}
	return files, keys
}

func (o *office) checked(id string, folder string) evidence.Report {
	o.t.Helper()
	files, keys := shelf(o.t, folder)
	anchors, err := remote.NewArchive(o.pool).Anchors(o.t.Context(), uuid.MustParse(id))
	if err != nil {
		o.t.Fatal(err)
	}
	report, err := evidence.Verify(files, keys, anchors)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, f := range report.Findings {
		o.t.Errorf("a fault in a recording nobody touched: %s", f)
	}
	return report
}

// told is the recording in words: a frame a line.
func (o *office) told(id, folder string) []string {
	o.t.Helper()
	files, _ := shelf(o.t, folder)
	key, err := remote.NewArchive(o.pool).Key(o.t.Context(), uuid.MustParse(id), o.master)
	if err != nil {
		o.t.Fatal(err)
	}
	r, err := evidence.Open(files, key)
	if err != nil {
		o.t.Fatal(err)
	}
	var out []string
	for f, err := range r.Frames(time.Time{}, time.Time{}) {
		if err != nil {
			o.t.Fatal(err)
		}
		text := string(f.Payload)
		if f.Kind == evidence.KindRTP {
			text = text[12:]
		}
		if f.Kind == evidence.KindSenderReport {
			text = ""
		}
		out = append(out, fmt.Sprintf("%s %d %s", f.Kind, f.Track, text))
	}
	return out
}

func TestRecordingNeedsBothConsents(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "recordings")
	o := newOfficeRecording(t, postgrestest.New(t), "n1", nil, media.Config{UDPAddr: "127.0.0.2:0"}, folder)
	id := o.live()
	o.packet(id, "customer", media.Mic, "CANARY before")
	must(t, o.service.Record(t.Context(), id, evidence.KindTranscript, json.RawMessage(`"CANARY before"`)))
	must(t, o.agent(id, "record", `{"consent":true}`))
	o.wait("customer", "record", `{"given":{"agent":true}}`)
	o.packet(id, "customer", media.Mic, "CANARY one consent")
	if files, _ := shelf(t, folder); len(files) != 0 {
		t.Fatalf("%d files before the customer agreed", len(files))
	}
	refused(t, "what only the server says", o.customer(id, "record", `{"on":true}`))
	must(t, o.customer(id, "record", `{"consent":true}`))
	o.wait("agent", "record", `"on":true`)
	must(t, o.customer(id, "share", `{"kind":"screen","consent":true,"surface":"browser","handle":"pingdui-samplebank"}`))
	o.packet(id, "customer", media.Screen, "picture")
	o.recorder.Tap(media.Tapped{Room: id, Peer: "customer", Kind: media.Screen, Report: &rtcp.SenderReport{SSRC: 5, NTPTime: 1, RTPTime: 90_000}})
	o.packet(id, "agent", media.Mic, "voice")
	o.packet(uuid.NewString(), "agent", media.Mic, "CANARY of another room")
	must(t, o.agent(id, "mark", `{"id":"a","shape":"tap","source":"screen","points":[{"x":0.5,"y":0.5}],"view":1}`))
	must(t, o.customer(id, "share", `{"kind":"screen","consent":true,"surface":"browser","handle":"pingdui-samplebank","paused":true}`))
	must(t, o.service.Record(t.Context(), id, evidence.KindScript, json.RawMessage(`{"step":"read_aloud"}`)))
	must(t, o.customer(id, "record", `{"consent":false}`))
	o.wait("agent", "record", `{}`)
	o.packet(id, "customer", media.Screen, "CANARY after")
	must(t, o.agent(id, "unmark", `{}`))
	must(t, o.agent(id, "record", `{"consent":true}`))
	o.wait("customer", "record", `{"given":{"agent":true}}`)
	must(t, o.customer(id, "record", `{"consent":false}`)) // asked, and refused
	o.wait("agent", "record", `{}`)
	must(t, o.agent(id, "record", `{"consent":true}`))
	must(t, o.customer(id, "record", `{"consent":true}`))
	o.wait("agent", "record", `"on":true`)
	must(t, o.agent(id, "end", ""))
	o.input("ended")

	report := o.checked(id, folder)
	if len(report.Files) != 2 || report.Files[0].State != "closed" || report.Files[1].State != "closed" {
		t.Errorf("the files are %+v", report.Files)
	}
	told := o.told(id, folder)
	want := []string{
		`consent 0 {"by":"customer","given":true,"to":"recording"}`, `consent 0 {"by":"agent","given":true,"to":"recording"}`,
		`state 0 {"agent":"8001"`, `state 0 {"by":"customer","event":"share.started"`,
		`track 1 {"person":"customer","source":"screen","codec":"vp8","rate":90000}`, `rtp 1 picture`, `sender_report 1`,
		`track 2 {"person":"agent","source":"mic","codec":"opus","rate":48000}`, `rtp 2 voice`, `annotation 0 {"mark":{"id":"a"`,
		`state 0 {"by":"customer","event":"share.paused"`, `script 0 {"step":"read_aloud"}`, `consent 0 {"by":"customer","given":false`,
		`consent 0 {"by":"customer","given":true`, `consent 0 {"by":"agent","given":true`, `state 0 {"agent":"8001"`, `state 0 {"by":"agent","event":"ended"`,
	}
	if !slices.EqualFunc(told, want, strings.HasPrefix) {
		t.Errorf("the recording tells\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	var states []string
	must(t, postgres.InTx(t.Context(), o.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT array_agg(state || ' ' || frames || ' ' || (bytes > 500) ORDER BY segment) FROM evidence_segment").Scan(&states)
	}))
	if fmt.Sprint(states) != "[closed 13 true closed 4 true]" {
		t.Errorf("the rows are %v", states)
	}
}

// TestTheChatIsRecorded: what is said and filled in while it is recorded, nothing of
// before, the last words too; and who is there, masked.
func TestTheChatIsRecorded(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	o := newOfficeRecording(t, postgrestest.New(t), "n1", nil, media.Config{UDPAddr: "127.0.0.2:0"}, folder)
	id := o.live()
	form := remote.Form{Flow: "pin_remote", Title: "密码重置", Step: "card", StepTitle: "选卡"}
	o.says("CANARY before", form, false)
	must(t, o.agent(id, "record", `{"consent":true}`))
	must(t, o.customer(id, "record", `{"consent":true}`))
	o.wait("agent", "record", `"on":true`)
	form.Slots = []remote.Field{{Name: "card", Label: "卡片", Value: "尾号 0317", By: "agent"}}
	o.says("就这张", form, true)
	must(t, o.customer(id, "share", `{"kind":"screen","consent":true,"surface":"browser","handle":"pingdui-samplebank"}`))
	must(t, o.customer(id, "viewport", `{"n":1,"x":0,"y":100,"w":800,"h":600,"page_w":800,"page_h":2000,"dpr":1,"hidden":true}`))
	o.says("好了", form, false) // nobody is woken: the end looks once more
	o.says("谢谢", form, false)
	must(t, o.agent(id, "end", ""))
	o.input("ended")
	o.checked(id, folder)
	told := o.told(id, folder)
	var talk []string
	for _, line := range told {
		if strings.HasPrefix(line, "transcript") || strings.HasPrefix(line, `script 0 {"event":"form"`) {
			talk = append(talk, line)
		}
	}
	want := [][]string{
		{`"step":"card"`, `"slots":[]`}, {"transcript", "就这张"}, {`"step":"card"`, `"value":"尾号 0317","by":"agent"`}, {"transcript", "好了"}, {"transcript", "谢谢"},
	}
	if len(talk) != len(want) {
		t.Fatalf("the chat tells\n%s", strings.Join(talk, "\n"))
	}
	for i, parts := range want {
		for _, part := range parts {
			if !strings.Contains(talk[i], part) {
				t.Errorf("line %d is %s, want %s in it", i, talk[i], part)
			}
		}
	}
	all := strings.Join(told, "\n")
	for part, there := range map[string]bool{"CANARY": false, "王女士": false, "王**": true, `"event":"page.hidden"`: true, `{"viewport":{"n":1`: true} {
		if strings.Contains(all, part) != there {
			t.Errorf("%s in the recording: %v\n%s", part, !there, all)
		}
	}
	var flow, title string
	must(t, postgres.InTx(t.Context(), o.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT flow, title FROM evidence_segment").Scan(&flow, &title)
	}))
	if flow != "pin_remote" || title != "密码重置" {
		t.Errorf("it was for %s %s", flow, title)
	}
}

// TestAnchorsAreInsertOnly: the program's own role can't change what is anchored,
// and a customer does not see another one's.
func TestAnchorsAreInsertOnly(t *testing.T) {
	t.Parallel()
	o := newOfficeRecording(t, postgrestest.New(t), "n1", nil, media.Config{UDPAddr: "127.0.0.2:0"}, t.TempDir())
	id := o.live()
	must(t, o.agent(id, "record", `{"consent":true}`))
	must(t, o.customer(id, "record", `{"consent":true}`))
	for _, statement := range []string{"UPDATE evidence_anchor SET counter = 99", "DELETE FROM evidence_anchor", "TRUNCATE evidence_anchor"} {
		err := postgres.InTx(t.Context(), o.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), statement)
			return err
		})
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "42501" { // insufficient_privilege
			t.Errorf("%s: %v", statement, err)
		}
	}
	for subject, want := range map[string]bool{"c:1": true, "c:2": false} {
		var anchors, segments int
		must(t, postgres.InTx(t.Context(), o.pool, postgres.AsSubject(subject), func(tx pgx.Tx) error {
			return tx.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM evidence_anchor), (SELECT count(*) FROM evidence_segment)").Scan(&anchors, &segments)
		}))
		if (anchors > 0) != want || (segments > 0) != want {
			t.Errorf("%s sees %d anchors and %d segments", subject, anchors, segments)
		}
	}
}

// TestARecordingOfALostNode: the file of a node that went without a word gets its
// end from the next one.
func TestARecordingOfALostNode(t *testing.T) {
	t.Parallel()
	pool, folder := postgrestest.New(t), t.TempDir()
	lost := newOfficeRecording(t, pool, "n1", nil, media.Config{UDPAddr: "127.0.0.2:0"}, t.TempDir())
	id := lost.live()
	must(t, lost.agent(id, "record", `{"consent":true}`))
	must(t, lost.customer(id, "record", `{"consent":true}`))
	// What the disk had when the power went, in the folder of the node that comes.
	var name string
	must(t, postgres.InTx(t.Context(), pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT file FROM evidence_segment").Scan(&name)
	}))
	raw, err := os.ReadFile(filepath.Join(lost.folder, name))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(folder, name), append(raw, "Bhalf a block"...), 0o600))
	next := newOfficeRecording(t, pool, "n2", nil, media.Config{UDPAddr: "127.0.0.2:0"}, folder)
	must(t, postgres.InTx(t.Context(), pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE node SET beat_at = now() - interval '1 minute' WHERE id = 'n1'")
		return err
	}))
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	end := time.NewTimer(deadline)
	defer end.Stop()
	for state := ""; state != "crashed"; {
		must(t, postgres.InTx(t.Context(), pool, postgres.AsEngine(), func(tx pgx.Tx) error {
			return tx.QueryRow(t.Context(), "SELECT state FROM evidence_segment").Scan(&state)
		}))
		select {
		case <-ticker.C:
		case <-end.C:
			t.Fatal("nobody gave the recording its end")
		}
	}
	next.master = lost.master
	report := next.checked(id, folder)
	if len(report.Files) != 1 || report.Files[0].State != "crashed" {
		t.Errorf("the file is %+v", report.Files)
	}
	if told := next.told(id, folder); len(told) < 2 || !strings.HasPrefix(told[0], "consent") {
		t.Errorf("what is left is %q", told)
	}
}

// TestSigningKeysChange: a new key each quarter, all of them published, and what
// the older ones signed is good.
func TestSigningKeysChange(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	o := newOfficeRecording(t, postgrestest.New(t), "n1", nil, media.Config{UDPAddr: "127.0.0.2:0"}, folder)
	ids := map[evidence.KeyID]bool{}
	for range 3 {
		id := o.live()
		must(t, o.agent(id, "record", `{"consent":true}`))
		must(t, o.customer(id, "record", `{"consent":true}`))
		must(t, o.agent(id, "end", ""))
		o.input("ended")
		anchors, err := remote.NewArchive(o.pool).Anchors(t.Context(), uuid.MustParse(id))
		must(t, err)
		ids[anchors[0].Key] = true
		files, keys := shelf(t, folder)
		files = slices.DeleteFunc(files, func(f evidence.File) bool { return !strings.HasPrefix(f.Name, id) })
		report, err := evidence.Verify(files, keys, anchors)
		if err != nil || !report.OK() {
			t.Errorf("%v, %v", report.Findings, err)
		}
		o.pass(91 * 24 * time.Hour)
	}
	if _, keys := shelf(t, folder); len(keys.Keys) != 3 || len(ids) != 3 || keys.Keys[0].To == nil || keys.Keys[2].To != nil {
		t.Errorf("%d keys signed, %+v are published", len(ids), keys.Keys)
	}
}

// TestAFailedRecordingIsTold: the disk refuses, both hear it, the session goes on.
func TestAFailedRecordingIsTold(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "r")
	o := newOfficeRecording(t, postgrestest.New(t), "n1", nil, media.Config{UDPAddr: "127.0.0.2:0"}, folder)
	id := o.live()
	must(t, os.RemoveAll(folder))
	must(t, os.WriteFile(folder, nil, 0o600)) // no folder any more
	must(t, o.agent(id, "record", `{"consent":true}`))
	must(t, o.customer(id, "record", `{"consent":true}`))
	if f := o.wait("customer", "record", `reason`); !strings.Contains(f.Body, "不会留存") || strings.Contains(f.Body, `"on"`) {
		t.Errorf("told %s", f.Body)
	}
	must(t, o.customer(id, "share", `{"kind":"camera","consent":true}`))
	o.wait("agent", "share", `"allowed":true`)
	must(t, os.Remove(folder))
	must(t, os.Mkdir(folder, 0o700))
	must(t, o.agent(id, "record", `{"consent":true}`))
	must(t, o.customer(id, "record", `{"consent":true}`))
	o.wait("agent", "record", `"on":true`)
	must(t, o.agent(id, "end", ""))
	o.input("ended")
	o.checked(id, folder)
}

// TestTheCheckListIsRecorded: what is ticked, read aloud and answered stands in the
// recording, also when the agent's desk is on another node.
func TestTheCheckListIsRecorded(t *testing.T) {
	t.Parallel()
	pool, bus, folder := postgrestest.New(t), &local{subs: map[string][]chan []byte{}}, t.TempDir()
	o := newOfficeRecording(t, pool, "n1", bus, media.Config{UDPAddr: "127.0.0.2:0"}, folder)
	o.asks("session", demand("session", "reviewer", "video"))
	o.heard("started")
	// From here on: either node tells its own engine what it takes.
	other := newOfficeRecording(t, pool, "n2", bus, media.Config{UDPAddr: "127.0.0.2:0"}, t.TempDir())
	s, err := o.service.Offer(t.Context(), o.conversation, "8001")
	must(t, err)
	must(t, o.customer(s.ID, "state", `{"action":"accept"}`))
	r := o.request("8001")
	must(t, o.service.Tick(t.Context(), r.ID, "8001", "extra", "ok", "")) // before the consents
	must(t, o.agent(s.ID, "record", `{"consent":true}`))
	must(t, o.customer(s.ID, "record", `{"consent":true}`))
	o.wait("agent", "record", `"on":true`)
	must(t, o.service.Show(t.Context(), r.ID, "8001", "alone"))
	must(t, o.customer(s.ID, "script", `{"item":"alone","answer":"yes"}`))
	must(t, o.service.Tick(t.Context(), r.ID, "8001", "alone", "ok", ""))
	must(t, other.service.Tick(t.Context(), r.ID, "8001", "face", "ok", ""))
	// The bus is one queue for each node: what is sent after the tick comes after it.
	must(t, other.service.Signal(t.Context(), s.ID, "8001", wire.Signal{Kind: "end"}))
	o.wait("customer", "end", "agent")
	o.checked(s.ID, folder)
	var told []string
	for _, line := range o.told(s.ID, folder) {
		if strings.HasPrefix(line, "script") || strings.HasPrefix(line, "disclosure") {
			told = append(told, line)
		}
	}
	want := [][]string{
		{"script 0 ", `"event":"review.list"`, `"item":"extra","zh":"另外的说明","en":"Anything else","optional":true,"state":"ok","by":"8001"`},
		{"disclosure 0 ", `"event":"review.read"`, `"item":"alone"`, `"zh":"身边没有别人指挥"`},
		{"disclosure 0 ", `"event":"review.answer"`, `"answer":"yes"`},
		{"script 0 ", `"by":"8001"`, `"item":"alone"`, `"state":"ok"`},
		{"script 0 ", `"item":"face"`},
	}
	if len(told) != len(want) {
		t.Fatalf("told %q", told)
	}
	for i, parts := range want {
		for _, part := range parts {
			if !strings.Contains(told[i], part) {
				t.Errorf("line %d is %s, want %s in it", i, told[i], part)
			}
		}
	}
}
