package evidence

import (
	"bytes"
	"context"
	"crypto"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func file(name string, raw []byte) File {
	return File{Name: name, R: bytes.NewReader(raw), Size: int64(len(raw))}
}

func read(tb testing.TB, key []byte, files ...File) []Frame {
	tb.Helper()
	r, err := Open(files, key)
	if err != nil {
		tb.Fatal(err)
	}
	var out []Frame
	for f, err := range r.Frames(time.Time{}, time.Time{}) {
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

func clean(tb testing.TB, o *office, files ...File) {
	tb.Helper()
	for _, anchors := range [][]Anchor{nil, o.anchors()} {
		report, err := Verify(files, o.keys(), anchors)
		if err != nil {
			tb.Fatal(err)
		}
		for _, f := range report.Findings {
			tb.Errorf("false alarm (anchors %v): %s", anchors != nil, f)
		}
	}
}

// TestReadBack is the property: what was written is what is read, in order, and
// none of it stands in the file.
func TestReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		o := newOffice(1)
		l, path := o.create(t, t.TempDir(), 1, 1, nil)
		var want []Frame
		for range rapid.IntRange(0, 30).Draw(r, "steps") {
			switch rapid.IntRange(0, 5).Draw(r, "step") {
			case 0:
				if err := l.Seal(t.Context()); err != nil {
					r.Fatal(err)
				}
			case 1:
				o.pass(time.Duration(rapid.IntRange(-1000, 5000).Draw(r, "ms")) * time.Millisecond)
			default:
				f := Frame{
					Kind: Kind(rapid.Uint16().Draw(r, "kind")), Track: rapid.Uint16().Draw(r, "track"),
					Payload: append([]byte("CANARY"), rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(r, "payload")...),
				}
				if err := l.Append(t.Context(), f); err != nil {
					r.Fatal(err)
				}
				want = append(want, f)
			}
		}
		if err := l.Close(t.Context()); err != nil {
			r.Fatal(err)
		}
		raw := load(t, path)
		if bytes.Contains(raw, []byte("CANARY")) {
			r.Fatal("a payload stands in the file in clear")
		}
		clean(t, o, file("x", raw))
		got := read(t, dataKey(1), file("x", raw))
		if len(got) != len(want) {
			r.Fatalf("%d frames were read, %d written", len(got), len(want))
		}
		last := time.Time{}
		for i, f := range got {
			if f.Kind != want[i].Kind || f.Track != want[i].Track || !bytes.Equal(f.Payload, want[i].Payload) {
				r.Fatalf("frame %d is %+v, want %+v", i, f, want[i])
			}
			if f.At.Before(last) {
				r.Fatalf("frame %d is from before the one in front of it", i)
			}
			last = f.At
		}
	})
}

func TestSealsBySecond(t *testing.T) {
	t.Parallel()
	o := newOffice(1)
	path := filepath.Join(t.TempDir(), "a.pdev")
	l, err := Create(t.Context(), Config{Path: path, Session: session(1), Segment: 1, Key: dataKey(1), Signer: o, Anchors: told{o, make(chan Anchor, 100)}, Every: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	anchors, _ := l.config.Anchors.(told)
	for n := range 4 {
		if a := <-anchors.out; a.Counter != uint64(n) {
			t.Fatalf("anchor %d came at place %d", a.Counter, n)
		}
		if err := l.Append(t.Context(), Frame{Kind: KindState, Payload: []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(t.Context()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if err := l.Append(t.Context(), Frame{}); !errors.Is(err, ErrEnded) {
		t.Errorf("a closed log says %v", err)
	}
	if l.Offer(Frame{}) {
		t.Error("a closed log took a packet")
	}
	frames, size := l.Size()
	if frames != 4 || size != int64(len(load(t, path))) {
		t.Errorf("%d frames, %d bytes", frames, size)
	}
}

// told gives every anchor to a channel.
type told struct {
	*office
	out chan Anchor
}

func (s told) Anchor(ctx context.Context, anchors []Anchor) error {
	for _, a := range anchors {
		s.out <- a
	}
	return s.office.Anchor(ctx, anchors)
}

// TestDiskBehind holds the writer up: packets are counted and told of, facts wait.
func TestDiskBehind(t *testing.T) {
	t.Parallel()
	o := newOffice(1)
	slow := &held{office: o, hold: make(chan struct{}), reached: make(chan struct{}, 10)}
	path := filepath.Join(t.TempDir(), "a.pdev")
	l, err := Create(t.Context(), Config{Path: path, Session: session(1), Segment: 1, Key: dataKey(1), Signer: slow, Anchors: o, Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	slow.mu.Lock()
	slow.on = true
	slow.mu.Unlock()
	packet := Frame{Kind: KindRTP, Track: 7, Payload: make([]byte, 100_000)}
	taken, lost := 0, 0
	for lost == 0 { // until the first block is full
		if l.Offer(packet) {
			taken++
		} else {
			lost++
		}
	}
	<-slow.reached // the writer has it now, and hangs
	for i := 0; i < 100; i++ {
		if l.Offer(packet) {
			taken++
		} else {
			lost++
		}
	}
	if most := 2 * blockMax / 100_000; taken > most || lost < 50 {
		t.Fatalf("%d packets taken and %d lost while the disk hung, memory allows %d", taken, lost, most)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if err := l.Append(ctx, packet); err == nil {
		t.Fatal("a fact was taken although there was no room")
	}
	fact := make(chan error, 1)
	go func() {
		fact <- l.Append(t.Context(), Frame{Kind: KindConsent, Payload: bytes.Repeat([]byte("f"), 100_000)})
	}()
	ctx, cancel = context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if err := l.Seal(ctx); err == nil {
		t.Fatal("a hanging disk is said to have sealed")
	}
	close(slow.hold)
	if err := <-fact; err != nil {
		t.Fatal(err)
	}
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	raw := load(t, path)
	packets, gaps, facts := 0, uint64(0), 0
	for _, f := range read(t, dataKey(1), file("x", raw)) {
		switch f.Kind {
		case KindRTP:
			packets++
		case KindConsent:
			facts++
		case KindGap:
			var g Gap
			if err := json.Unmarshal(f.Payload, &g); err != nil || f.Track != 7 {
				t.Errorf("gap %s on track %d: %v", f.Payload, f.Track, err)
			}
			gaps += g.Packets
		default:
			t.Errorf("a %s", f.Kind)
		}
	}
	if packets != taken || gaps != uint64(lost) || facts != 1 {
		t.Errorf("%d packets, %d told lost, %d facts; want %d, %d, 1", packets, gaps, facts, taken, lost)
	}
}

// TestCloseDoesNotWaitForEver: the disk hangs, Close gives up, and when the disk
// comes back the file gets its end all the same.
func TestCloseDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	o := newOffice(1)
	slow := &held{office: o, hold: make(chan struct{}), reached: make(chan struct{}, 10)}
	path := filepath.Join(t.TempDir(), "a.pdev")
	l, err := Create(t.Context(), Config{Path: path, Session: session(1), Segment: 1, Key: dataKey(1), Signer: slow, Anchors: o, Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	slow.mu.Lock()
	slow.on = true
	slow.mu.Unlock()
	if err := l.Append(t.Context(), Frame{Kind: KindState}); err != nil {
		t.Fatal(err)
	}
	sealed := make(chan error, 1)
	go func() { sealed <- l.Seal(t.Context()) }()
	<-slow.reached
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if err := l.Close(ctx); err == nil {
		t.Fatal("a hanging disk is said to have ended the file")
	}
	close(slow.hold)
	if err := <-sealed; err != nil {
		t.Fatal(err)
	}
	<-l.Done()
	clean(t, o, file("x", load(t, path)))
}

// TestAnchoredIsOnTheDisk: when an anchor is stored, everything it stands for has
// been synced, and nothing is written twice.
func TestAnchoredIsOnTheDisk(t *testing.T) {
	t.Parallel()
	o := newOffice(1)
	anchors := &witness{office: o}
	l, err := Create(t.Context(), Config{Path: filepath.Join(t.TempDir(), "a.pdev"), Session: session(1), Segment: 1, Key: dataKey(1), Signer: o, Anchors: anchors, Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	anchors.disk = l.file
	l.file = anchors
	o.fill(t, l, 3)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if anchors.early != 0 || anchors.synced != 4 {
		t.Errorf("%d anchors came before their bytes were synced; %d syncs", anchors.early, anchors.synced)
	}
}

// witness is a disk and a place for anchors that sees in which order they are used.
type witness struct {
	*office
	disk
	dirty         bool
	early, synced int
}

func (w *witness) Write(raw []byte) (int, error) {
	w.dirty = true
	return w.disk.Write(raw)
}

func (w *witness) Sync() error {
	w.dirty = false
	w.synced++
	return w.disk.Sync()
}

func (w *witness) Anchor(ctx context.Context, anchors []Anchor) error {
	if w.dirty {
		w.early++
	}
	return w.office.Anchor(ctx, anchors)
}

// held is a signer that hangs when it is told to.
type held struct {
	*office
	on      bool
	hold    chan struct{}
	reached chan struct{}
}

func (h *held) Current() (crypto.Signer, error) {
	h.mu.Lock()
	on := h.on
	h.mu.Unlock()
	if on {
		h.reached <- struct{}{}
		<-h.hold
	}
	return h.office.Current()
}

func TestAFailedWriteEndsTheRecording(t *testing.T) {
	t.Parallel()
	o := newOffice(1)
	path := filepath.Join(t.TempDir(), "a.pdev")
	l, err := Create(t.Context(), Config{Path: path, Session: session(1), Segment: 1, Key: dataKey(1), Signer: o, Anchors: o, Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	o.fill(t, l, 2)
	_ = l.file.Close() // what comes now can't be written
	if err := l.Append(t.Context(), Frame{Kind: KindState}); err != nil {
		t.Fatal(err)
	}
	if err := l.Seal(t.Context()); err == nil {
		t.Fatal("a block that was not written is said to be sealed")
	}
	<-l.Done()
	if !errors.Is(l.Err(), os.ErrClosed) {
		t.Errorf("told %v", l.Err())
	}
	if err := l.Append(t.Context(), Frame{}); err == nil || l.Err() == nil || l.Close(t.Context()) == nil {
		t.Error("the log goes on as if nothing had happened")
	}
	if _, err := Create(t.Context(), Config{Path: path, Session: session(1), Segment: 1, Key: dataKey(1), Signer: o, Anchors: o}); !errors.Is(err, os.ErrExist) {
		t.Errorf("a file that is there was taken: %v", err)
	}
}

func TestAnchorsAreStoredLaterOrTheRecordingEnds(t *testing.T) {
	t.Parallel()
	o := newOffice(1)
	l, path := o.create(t, t.TempDir(), 1, 1, nil)
	o.fill(t, l, 1)
	o.refuse = true
	for range 2 {
		if err := l.Append(t.Context(), Frame{Kind: KindState}); err != nil {
			t.Fatal(err)
		}
		if err := l.Seal(t.Context()); err == nil || l.Err() != nil {
			t.Fatalf("without a place for anchors: %v, %v", err, l.Err())
		}
	}
	o.mu.Lock()
	o.refuse = false
	o.mu.Unlock()
	o.fill(t, l, 1)
	clean2 := load(t, path)
	if n := len(o.anchors()); n != 5 {
		t.Fatalf("%d anchors were stored, want 5", n)
	}
	o.mu.Lock()
	o.refuse = true
	o.mu.Unlock()
	if err := l.Append(t.Context(), Frame{Kind: KindState}); err != nil {
		t.Fatal(err)
	}
	_ = l.Seal(t.Context())
	o.pass(2 * time.Minute)
	_ = l.Seal(t.Context())
	<-l.Done()
	if l.Err() == nil {
		t.Error("two minutes without an anchor did not end the recording")
	}
	if len(load(t, path)) <= len(clean2) {
		t.Error("the block without an anchor was not written")
	}
	if _, err := Create(t.Context(), Config{Path: path + "2", Session: session(1), Segment: 2, Key: dataKey(1), Signer: o, Anchors: o}); err == nil {
		t.Error("a recording began without an anchor")
	}
	if _, err := os.Stat(path + "2"); !errors.Is(err, os.ErrNotExist) {
		t.Error("what did not begin left a file")
	}
}

// TestCrash cuts a file at every byte of its last second: recovery gives it an
// end, what was anchored is there, and the checker is content.
func TestCrash(t *testing.T) {
	t.Parallel()
	o := newOffice(1)
	dir := t.TempDir()
	l, path := o.create(t, dir, 1, 1, nil)
	o.fill(t, l, 3)
	sealed := len(load(t, path))
	anchored := o.anchors()
	o.fill(t, l, 1)
	abandon(t, l)
	whole := load(t, path)
	for cut := sealed; cut <= len(whole); cut += 7 {
		raw := bytes.Clone(whole[:cut])
		if cut > sealed+40 && cut%2 == 0 {
			clear(raw[sealed+20:]) // pages that never came to the disk
		}
		o.stored = append([]Anchor{}, anchored...)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := Recover(t.Context(), Recovery{Path: path, Anchored: 3, Signer: o, Anchors: o, Clock: o.clock})
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if want := int64(cut - sealed); got.Whole || got.Counter != 3 && cut < len(whole) || (got.Cut != want && got.Counter == 3) {
			t.Fatalf("cut at %d: %+v", cut, got)
		}
		fixed := load(t, path)
		clean(t, o, file("x", fixed))
		if n := len(read(t, dataKey(1), file("x", fixed))); n < 12 {
			t.Fatalf("%d frames are left", n)
		}
		again, err := Recover(t.Context(), Recovery{Path: path, Anchored: got.Last.Counter, Signer: o, Anchors: o, Clock: o.clock})
		if err != nil || !again.Whole || !bytes.Equal(load(t, path), fixed) {
			t.Fatalf("recovered twice: %+v, %v", again, err)
		}
		// Another node goes on.
		next, _ := o.create(t, dir, 1, 2, &got.Last)
		o.fill(t, next, 2)
		if err := next.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		second := filepath.Join(dir, fmt.Sprintf("%s-2.pdev", session(1)))
		clean(t, o, file("y", load(t, second)), file("x", fixed))
		if err := os.Remove(second); err != nil {
			t.Fatal(err)
		}
	}
}

// TestACrashEndsWithWhatWasKept: recovery may come much later; the recording is no
// longer for that.
func TestACrashEndsWithWhatWasKept(t *testing.T) {
	t.Parallel()
	o := newOffice(1)
	l, path := o.create(t, t.TempDir(), 1, 1, nil)
	start := o.clock()
	o.fill(t, l, 3)
	abandon(t, l)
	last := o.clock()
	o.pass(time.Hour)
	if _, err := Recover(t.Context(), Recovery{Path: path, Anchored: 3, Signer: o, Anchors: o, Clock: o.clock}); err != nil {
		t.Fatal(err)
	}
	r, err := Open([]File{file("x", load(t, path))}, dataKey(1))
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Spans()[0]; s.End != Crashed || !s.From.Equal(start) || s.To.After(last) || s.To.Before(start.Add(time.Second)) {
		t.Errorf("it is from %s to %s (%s), recorded from %s to %s", s.From, s.To, s.End, start, last)
	}
}

func TestRecoveryLeavesDamageAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(1)
	l, path := o.create(t, t.TempDir(), 1, 1, nil)
	o.fill(t, l, 4)
	abandon(t, l)
	raw := load(t, path)
	for name, at := range map[string]int{"header": 40, "first block": headerSize + sealSize + 30, "last seal": len(raw) - 80} {
		bad := bytes.Clone(raw)
		bad[at] ^= 1
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Recover(t.Context(), Recovery{Path: path, Anchored: 4, Signer: o, Anchors: o}); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.Equal(load(t, path), bad) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestFramesByTimeAndKind(t *testing.T) {
	t.Parallel()
	o := newOffice(1)
	l, path := o.create(t, t.TempDir(), 1, 1, nil)
	start := o.clock()
	o.fill(t, l, 10)
	if err := l.Append(t.Context(), Frame{Kind: KindSignature, Payload: []byte("s")}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := Open([]File{file("x", load(t, path))}, dataKey(1))
	if err != nil {
		t.Fatal(err)
	}
	count := func(from, to time.Duration, kinds ...Kind) int {
		n := 0
		for f, err := range r.Frames(start.Add(from), start.Add(to), kinds...) {
			if err != nil {
				t.Fatal(err)
			}
			if f.At.Before(start.Add(from)) || f.At.After(start.Add(to)) {
				t.Errorf("a frame of %s", f.At)
			}
			n++
		}
		return n
	}
	if n := count(0, time.Hour, KindSignature); n != 1 {
		t.Errorf("%d signatures", n)
	}
	if n := count(3*time.Second, 4*time.Second, KindState); n != 1+2 {
		t.Errorf("%d states in the fourth and fifth second", n)
	}
	if n := count(0, 0); n != 2 {
		t.Errorf("%d frames in the first moment", n)
	}
	if n := count(time.Minute, time.Hour); n != 0 {
		t.Errorf("%d frames after the end", n)
	}
	spans := r.Spans()
	if len(spans) != 1 || spans[0].End != Closed || spans[0].Blocks != 11 || spans[0].To.Sub(spans[0].From) != 10*time.Second {
		t.Errorf("spans %+v", spans)
	}
	if _, err := Open([]File{file("x", load(t, path))}, make([]byte, 5)); err == nil {
		t.Error("a short key was taken")
	}
	wrong, err := Open([]File{file("x", load(t, path))}, dataKey(9))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range wrong.Frames(time.Time{}, time.Time{}) {
		if err == nil {
			t.Fatal("another key opened a block")
		}
	}
}

// FuzzFile gives reader, checker and frame decoder any bytes.
func FuzzFile(f *testing.F) {
	o := newOffice(1)
	dir := f.TempDir()
	l, path := o.create(f, dir, 1, 1, nil)
	o.fill(f, l, 3)
	if err := l.Close(f.Context()); err != nil {
		f.Fatal(err)
	}
	raw := load(f, path)
	f.Add(raw)
	f.Add(raw[:len(raw)-200])
	long := bytes.Clone(raw)
	binary.BigEndian.PutUint32(long[headerSize+sealSize+1:], 0xffffffff)
	f.Add(long)
	f.Fuzz(func(t *testing.T, raw []byte) {
		report, err := Verify([]File{file("x", raw)}, o.keys(), o.anchors())
		if err != nil {
			t.Fatal(err)
		}
		if report.OK() && !bytes.Equal(raw, load(t, path)) {
			t.Fatal("other bytes than those that were written are called whole")
		}
		if r, err := Open([]File{file("x", raw)}, dataKey(1)); err == nil {
			for _, err := range r.Frames(time.Time{}, time.Time{}) {
				if err != nil {
					break
				}
			}
		}
		for rest := raw; len(rest) > 0; {
			if _, rest, err = nextFrame(rest); err != nil {
				break
			}
		}
	})
}
