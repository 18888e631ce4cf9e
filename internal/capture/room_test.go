package capture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/audit"
	"github.com/pingdui/pingdui/internal/capture"
	"github.com/pingdui/pingdui/internal/capture/papertest"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/vault"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/pingdui/pingdui/internal/postgres.(*Cluster).supervise"))
}

// asking is a mind that asks for what it is told, a film after the word film, and
// takes back what follows the word gone.
type asking struct{}

func (asking) Release() string { return "r1" }

func (asking) Understand(string, time.Time, []byte) dialogue.Understanding {
	return dialogue.Understanding{Language: "zh"}
}

func (asking) Step(_ dialogue.Context, state []byte, ev dialogue.Event) (assistant.Step, error) {
	step := assistant.Step{State: state}
	say := func(text string) {
		step.Effects = append(step.Effects, dialogue.Say{Message: flow.Message{Kind: flow.KindText, Text: text}})
	}
	switch ev := ev.(type) {
	case dialogue.Said:
		of, fields := "document", []string{"name", "valid_until"}
		if strings.HasPrefix(ev.Text, "film") {
			of, fields = "video", nil
		}
		say("好的")
		step.Effects = append(step.Effects, dialogue.Session{Ref: ev.Text, Kind: "capture", Medium: of, Fields: fields, Title: "证件"})
		if strings.HasPrefix(ev.Text, "gone") {
			step.Effects = append(step.Effects, dialogue.Withdraw{Ref: ev.Text})
		}
	case dialogue.SessionChanged:
		say(fmt.Sprintf("heard %s %s %s name=%s until=%s", ev.Ref, ev.State, ev.Reason, ev.Fields["name"].Value, ev.Fields["valid_until"].Value))
	}
	return step, nil
}

// studio is a conversation with a room beside it.
type studio struct {
	t            *testing.T
	engine       *assistant.Engine
	room         *capture.Room
	audit        *audit.Log
	conversation uuid.UUID
}

const who = "c:C001"

func open(t *testing.T, reads bool) *studio {
	t.Helper()
	pool := postgrestest.New(t)
	master, err := vault.LoadMaster("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &studio{t: t, audit: audit.New(pool, time.Now)}
	s.engine, err = assistant.New(assistant.Config{Pool: pool, Master: master, Mind: asking{}, Node: "one", SweepEvery: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	reader, err := capture.FindTesseract()
	if err != nil {
		t.Fatal(err)
	}
	s.room = capture.New(capture.Config{Pool: pool, Engine: s.engine, Reader: reader, Audit: s.audit, Clock: time.Now, Logger: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(t.Context())
	var parts sync.WaitGroup
	parts.Go(func() { _ = s.engine.Run(ctx) })
	if reads {
		parts.Go(func() { _ = s.room.Run(ctx) })
	}
	t.Cleanup(func() { stop(); parts.Wait() })
	if s.conversation, err = s.engine.Open(ctx, who, "", "xiaoda", "zh", "standard"); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *studio) ask(ref string) {
	s.t.Helper()
	if _, err := s.engine.Ask(s.t.Context(), who, s.conversation, assistant.Input{ID: "ask " + ref, Body: assistant.CustomerMessage{Text: ref}}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *studio) keep(ref string, picture []byte) (uuid.UUID, error) {
	return s.room.Keep(s.t.Context(), who, s.conversation, ref, picture)
}

// heard waits for what the conversation heard of a request.
func (s *studio) heard(ref string) string {
	s.t.Helper()
	watch := s.engine.Hub().Watch(s.conversation)
	defer watch.Close()
	deadline := time.After(time.Minute)
	for {
		messages, err := s.engine.Messages(s.t.Context(), who, s.conversation, 0, 200)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, m := range messages {
			if strings.HasPrefix(m.Content.Text, "heard "+ref+" ") {
				return m.Content.Text
			}
		}
		select {
		case <-watch.C:
		case <-deadline:
			s.t.Fatalf("nothing was heard of %s", ref)
		}
	}
}

// A picture that a flow asks for is read, its conversation hears of it once, and who
// of the staff looks at it stands in the audit log.
func TestAPictureIsReadAndHeardOfOnce(t *testing.T) {
	t.Parallel()
	s := open(t, true)
	s.ask("id")
	page := papertest.Print(t, "居民身份证", "姓名：李玲", "有效期限：2016.05.01-2036.05.01")
	id, err := s.keep("id", page)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.heard("id"); got != "heard id ended  name=李玲 until=2036-05-01" {
		t.Errorf("the conversation hears %q", got)
	}
	again, err := s.keep("id", page)
	if err != nil || again != id {
		t.Errorf("the same picture sent twice is %v, %v; want %v", again, err, id)
	}
	if _, err := s.keep("id", papertest.Print(t, "别的")); !errors.Is(err, capture.ErrTaken) {
		t.Errorf("another picture for the same request gives %v", err)
	}
	list, err := s.room.Of(t.Context(), "s:A01", s.conversation)
	if err != nil || len(list) != 1 || list[0].ID != id || !list[0].Read || list[0].Fields["valid_until"].Value != "2036-05-01" {
		t.Fatalf("the desk sees %+v, %v", list, err)
	}
	kind, plain, err := s.room.Picture(t.Context(), "s:A01", s.conversation, id)
	if err != nil || kind != "image/jpeg" || len(plain) < 1000 {
		t.Errorf("the desk opens %s of %d bytes, %v", kind, len(plain), err)
	}
	if _, _, err := s.room.Picture(t.Context(), "s:A01", uuid.New(), id); !errors.Is(err, assistant.ErrNotFound) {
		t.Errorf("through another conversation it gives %v", err)
	}
	noted, err := s.audit.List(t.Context(), audit.Filter{Actor: "s:A01", Limit: 10})
	if err != nil || len(noted) != 2 {
		t.Errorf("the audit log holds %+v, %v", noted, err)
	}
}

// What is no picture, too small, far too large or asked for by nobody is refused with
// its reason, and nothing of it is kept.
func TestWhatIsNoPictureIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t, false)
	s.ask("id")
	s.ask("film")
	s.ask("gone")
	for _, c := range []struct {
		name, ref string
		sent      []byte
		want      error
	}{
		{"no request", "never", papertest.Print(t, "纸"), capture.ErrClosed},
		{"a request that was taken back", "gone", papertest.Print(t, "纸"), capture.ErrClosed},
		{"a page of HTML", "id", []byte("<html><script>alert(1)</script></html>"), capture.ErrPicture},
		{"nothing", "id", nil, capture.ErrPicture},
		{"half a picture", "id", papertest.Print(t, "纸")[:2000], capture.ErrPicture},
		{"a stamp", "id", drawn(t, 100, 100), capture.ErrSmall},
		{"a small file that says it is vast", "id", vast(t), capture.ErrLarge},
		{"too many bytes", "id", make([]byte, capture.MaxPicture+1), capture.ErrLarge},
		{"a picture where a film is wanted", "film", papertest.Print(t, "纸"), capture.ErrFilm},
	} {
		if _, err := s.keep(c.ref, c.sent); !errors.Is(err, c.want) {
			t.Errorf("%s gives %v, want %v", c.name, err, c.want)
		}
	}
	if list, err := s.room.Of(t.Context(), "s:A01", s.conversation); err != nil || len(list) != 0 {
		t.Errorf("kept: %+v, %v", list, err)
	}
	if _, err := s.room.Keep(t.Context(), "c:C002", s.conversation, "id", papertest.Print(t, "纸")); !errors.Is(err, capture.ErrClosed) {
		t.Errorf("another customer's picture gives %v", err)
	}
}

// A blank page where something should stand is asked for again; a film is kept as it
// is and nothing is read off it.
func TestABlankPageIsAskedForAgain(t *testing.T) {
	t.Parallel()
	s := open(t, true)
	s.ask("id")
	if _, err := s.keep("id", drawn(t, 800, 600)); err != nil {
		t.Fatal(err)
	}
	if got := s.heard("id"); got != "heard id failed blank name= until=" {
		t.Errorf("the conversation hears %q", got)
	}
	s.ask("film")
	if _, err := s.keep("film", append([]byte{0x1a, 0x45, 0xdf, 0xa3}, make([]byte, 5000)...)); err != nil {
		t.Fatal(err)
	}
	if got := s.heard("film"); got != "heard film ended  name= until=" {
		t.Errorf("the conversation hears %q", got)
	}
}

func drawn(t *testing.T, w, h int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewNRGBA(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// vast is a tiny PNG whose head says 60,000 by 60,000.
func vast(t *testing.T) []byte {
	t.Helper()
	out := drawn(t, 300, 300)
	head := out[12:29] // IHDR and its 13 bytes
	binary.BigEndian.PutUint32(head[4:], 60_000)
	binary.BigEndian.PutUint32(head[8:], 60_000)
	binary.BigEndian.PutUint32(out[29:], crc32.ChecksumIEEE(head))
	return out
}
