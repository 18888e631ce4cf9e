package export

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/at-wat/ebml-go"
	"github.com/at-wat/ebml-go/webm"
	"github.com/google/uuid"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"go.uber.org/goleak"

	"github.com/pingdui/pingdui/media/evidence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// studio records what is given to it at the times that are given.
type studio struct {
	t     *testing.T
	log   *evidence.Log
	path  string
	start time.Time
	now   time.Time
	next  []arrival
}

// arrival is a frame that comes at a time of the session.
type arrival struct {
	at    time.Duration
	frame evidence.Frame
}

func (s *studio) Current() (crypto.Signer, error) {
	return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), nil
}
func (s *studio) Anchor(context.Context, []evidence.Anchor) error { return nil }

func newStudio(t *testing.T) *studio {
	t.Helper()
	s := &studio{t: t, start: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	s.now = s.start
	s.path = filepath.Join(t.TempDir(), "a.pdev")
	var err error
	s.log, err = evidence.Create(t.Context(), evidence.Config{
		Path: s.path, Session: uuid.UUID{1}, Segment: 1, Key: make([]byte, evidence.KeySize), Signer: s, Anchors: s, Every: time.Hour,
		Clock: func() time.Time { return s.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// source is somebody's sound or picture.
type source struct {
	s     *studio
	track uint16
	rate  int
	ssrc  uint32
	seq   uint16
	stamp uint32        // at the session's beginning
	delay time.Duration // on the way to us
	ahead time.Duration // of the sender's clock
}

func (s *studio) source(track uint16, person, kind string) *source {
	x := &source{s: s, track: track, rate: 90_000, ssrc: uint32(track) * 1000, seq: 65_500, stamp: 0xffff_0000, delay: 30 * time.Millisecond, ahead: 7 * time.Hour}
	info := evidence.TrackInfo{Person: person, Source: kind, Codec: "vp8", Rate: 90_000}
	if kind == "mic" {
		x.rate, info.Codec, info.Rate = 48_000, "opus", 48_000
	}
	raw, err := json.Marshal(info)
	if err != nil {
		s.t.Fatal(err)
	}
	s.come(0, evidence.KindTrack, track, raw)
	return x
}

func (s *studio) come(at time.Duration, kind evidence.Kind, track uint16, payload []byte) {
	s.next = append(s.next, arrival{at, evidence.Frame{Kind: kind, Track: track, Payload: payload}})
}

func (x *source) ticks(at time.Duration) uint32 {
	return x.stamp + uint32(at.Microseconds()*int64(x.rate)/1_000_000)
}

// send is a packet made at a time, that comes a little later.
func (x *source) send(at time.Duration, marker bool, payload []byte) {
	x.sendLate(at, at+x.delay, marker, payload)
}

func (x *source) sendLate(at, comes time.Duration, marker bool, payload []byte) {
	raw, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: x.ssrc, SequenceNumber: x.seq, Timestamp: x.ticks(at), Marker: marker}, Payload: payload}).Marshal()
	if err != nil {
		x.s.t.Fatal(err)
	}
	x.seq++
	x.s.come(comes, evidence.KindRTP, x.track, raw)
}

func (x *source) report(at time.Duration) {
	theirs := x.s.start.Add(at + x.ahead)
	ntp := uint64(theirs.Unix()+2_208_988_800)<<32 | uint64(theirs.Nanosecond())<<32/1_000_000_000
	raw, err := (&rtcp.SenderReport{SSRC: x.ssrc, NTPTime: ntp, RTPTime: x.ticks(at)}).Marshal()
	if err != nil {
		x.s.t.Fatal(err)
	}
	x.s.come(at+x.delay, evidence.KindSenderReport, x.track, raw)
}

// voice is a packet of 20 ms with a number in it; picture one of a small frame.
func voice(n int) []byte { return []byte{0xf8, byte(n >> 8), byte(n)} }

func vp8(key bool, first bool, n int) []byte {
	head := byte(0)
	if first {
		head = 0x10
	}
	frame := []byte{1, 0, 0, byte(n >> 8), byte(n)}
	if key {
		frame = []byte{0, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0, byte(n >> 8), byte(n)}
	}
	return append([]byte{head}, frame...)
}

// end writes what has come, in the order it came, and exports it.
func (s *studio) end(length time.Duration) (Manifest, string) {
	s.t.Helper()
	slices.SortStableFunc(s.next, func(a, b arrival) int { return int(a.at - b.at) })
	for _, a := range s.next {
		if a.at > length {
			break
		}
		s.now = s.start.Add(a.at)
		if err := s.log.Append(s.t.Context(), a.frame); err != nil {
			s.t.Fatal(err)
		}
	}
	s.now = s.start.Add(length)
	if err := s.log.Close(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	file, err := os.Open(s.path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := evidence.Open([]evidence.File{{Name: s.path, R: file, Size: info.Size()}}, make([]byte, evidence.KeySize))
	if err != nil {
		s.t.Fatal(err)
	}
	folder := s.t.TempDir()
	m, err := Export(r, folder)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := Export(r, folder); !errors.Is(err, os.ErrExist) {
		s.t.Errorf("an export over another one: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "manifest.json")); err != nil {
		s.t.Errorf("the second export took away the first: %v", err)
	}
	return m, folder
}

// block is a frame in a file.
type block struct {
	at   time.Duration
	key  bool
	data []byte
}

type film struct {
	length time.Duration
	codec  string
	blocks []block
}

func load(t *testing.T, path string) film {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	var doc struct {
		Header  webm.EBMLHeader `ebml:"EBML"`
		Segment webm.Segment    `ebml:"Segment"`
	}
	if err := ebml.Unmarshal(file, &doc); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	out := film{length: time.Duration(doc.Segment.Info.Duration) * time.Millisecond, codec: doc.Segment.Tracks.TrackEntry[0].CodecID}
	last := time.Duration(-1)
	for _, c := range doc.Segment.Cluster {
		for _, b := range c.SimpleBlock {
			at := time.Duration(int64(c.Timecode)+int64(b.Timecode)) * time.Millisecond
			if at < last {
				t.Errorf("%s goes back from %s to %s", path, last, at)
			}
			last = at
			out.blocks = append(out.blocks, block{at, b.Keyframe, b.Data[0]})
		}
	}
	return out
}

func silent(b block) bool { return len(b.data) == 3 && b.data[1] == 0xff && b.data[2] == 0xfe }

// sounds is the sum of all packets, silence included.
func (f film) sounds() (sum time.Duration, spoken []block) {
	for _, b := range f.blocks {
		sum += opusLasts(b.data)
		if !silent(b) {
			spoken = append(spoken, b)
		}
	}
	return sum, spoken
}

func near(t *testing.T, what string, got, want, within time.Duration) {
	t.Helper()
	if got < want-within || got > want+within {
		t.Errorf("%s is %s, want %s within %s", what, got, want, within)
	}
}

// TestInStep: two sources of one person with different delays are in step by
// their sender reports; numbers and stamps wrap on the way.
func TestInStep(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	mic, cam := s.source(1, "customer", "mic"), s.source(2, "customer", "cam")
	cam.delay, cam.stamp = 250*time.Millisecond, 5
	other := s.source(3, "agent", "mic")
	other.ahead = -time.Hour
	const length = 20 * time.Second
	for n := range 900 {
		at := time.Second + time.Duration(n)*20*time.Millisecond
		mic.send(at, false, voice(n))
		other.send(at, false, voice(n))
		if n%2 == 0 { // two packets a picture
			cam.send(at, false, vp8(n%100 == 0, true, n))
			cam.send(at, true, vp8(false, false, n))
		}
		if n%250 == 100 {
			mic.report(at)
			cam.report(at)
		}
	}
	s.come(3*time.Second, evidence.KindState, 0, []byte(`{"event":"share.started"}`))
	s.come(4*time.Second, evidence.KindStill, 0, []byte{0xff, 1})
	m, folder := s.end(length)
	if m.LengthMS != length.Milliseconds() || len(m.Files) != 3 || len(m.Parts) != 1 || m.Parts[0].End != "closed" {
		t.Errorf("the manifest is %+v", m)
	}
	for _, name := range []string{"customer-mic.webm", "agent-mic.webm"} {
		f := load(t, filepath.Join(folder, name))
		sum, spoken := f.sounds()
		near(t, name, sum, length, 20*time.Millisecond)
		near(t, name+"'s duration", f.length, length, 0)
		if len(spoken) != 900 || f.codec != "A_OPUS" {
			t.Fatalf("%s has %d packets, %s", name, len(spoken), f.codec)
		}
		near(t, "the first word in "+name, spoken[0].at, time.Second+30*time.Millisecond, 5*time.Millisecond)
		near(t, "the last word in "+name, spoken[899].at, time.Second+899*20*time.Millisecond+30*time.Millisecond, 5*time.Millisecond)
	}
	f := load(t, filepath.Join(folder, "customer-cam.webm"))
	if len(f.blocks) != 450 || f.codec != "V_VP8" || !f.blocks[0].key || f.blocks[1].key {
		t.Fatalf("the picture has %d frames, %s", len(f.blocks), f.codec)
	}
	near(t, "the first picture", f.blocks[0].at, time.Second+30*time.Millisecond, 5*time.Millisecond)
	near(t, "the picture's duration", f.length, length, 0)
	events, err := os.ReadFile(filepath.Join(folder, "events.jsonl"))
	if err != nil || strings.Count(string(events), "\n") != 5 || !strings.Contains(string(events), `{"at_ms":3000,"kind":"state","body":{"event":"share.started"}}`) || !strings.Contains(string(events), `"body":"/wE="`) {
		t.Errorf("the events are %s, %v", events, err)
	}
}

// TestJump: a timestamp that jumps by half an hour makes nothing longer.
func TestJump(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]uint32{"forward": 48_000 * 1800, "back": ^uint32(48_000 * 1800), "half round": 1 << 31} {
		s := newStudio(t)
		mic := s.source(1, "customer", "mic")
		for n := range 500 {
			if n == 250 {
				mic.stamp += by
			}
			mic.send(time.Duration(n)*20*time.Millisecond, false, voice(n))
		}
		m, folder := s.end(10 * time.Second)
		sum, spoken := load(t, filepath.Join(folder, "customer-mic.webm")).sounds()
		near(t, name, sum, 10*time.Second, 25*time.Millisecond)
		if len(spoken) < 498 {
			t.Errorf("%s: %d packets are left: %+v", name, len(spoken), m.Files)
		}
	}
}

// TestReload: a new stream with other numbers goes on where it comes.
func TestReload(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	mic := s.source(1, "customer", "mic")
	for n := range 200 {
		at := time.Duration(n) * 20 * time.Millisecond
		if n >= 100 {
			at += 3 * time.Second
		}
		if n == 100 {
			mic.ssrc, mic.seq, mic.stamp = 77, 9, 123
		}
		mic.send(at, false, voice(n))
	}
	m, folder := s.end(9 * time.Second)
	sum, spoken := load(t, filepath.Join(folder, "customer-mic.webm")).sounds()
	near(t, "the sound", sum, 9*time.Second, 25*time.Millisecond)
	near(t, "the new stream", spoken[100].at, 5*time.Second+30*time.Millisecond, 5*time.Millisecond)
	if len(m.Files[0].Gaps) != 2 || m.Files[0].Gaps[0].FromMS < 2020 || m.Files[0].Gaps[0].ToMS > 5040 || m.Files[0].Lost != 0 {
		t.Errorf("told %+v", m.Files[0])
	}
}

// TestAnotherStreamIsAnotherRun: the new stream's numbers look as if they went on.
func TestAnotherStreamIsAnotherRun(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	mic := s.source(1, "customer", "mic")
	for n := range 200 {
		if n == 100 {
			mic.ssrc, mic.stamp = 77, mic.stamp+48_000 // a second ahead
		}
		mic.send(time.Duration(n)*20*time.Millisecond, false, voice(n))
	}
	_, folder := s.end(6 * time.Second)
	_, spoken := load(t, filepath.Join(folder, "customer-mic.webm")).sounds()
	near(t, "the new stream", spoken[100].at, 2*time.Second+30*time.Millisecond, 5*time.Millisecond)
}

// TestTooLate: what comes when its time has long been written is lost, and said so.
func TestTooLate(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	mic, cam := s.source(1, "customer", "mic"), s.source(2, "customer", "cam")
	for n := range 500 {
		at := time.Duration(n) * 20 * time.Millisecond
		comes := at + mic.delay
		if n == 50 {
			comes += 5 * time.Second
		}
		mic.sendLate(at, comes, false, voice(n))
		cam.sendLate(at, comes, true, vp8(n%100 == 0, true, n))
	}
	m, _ := s.end(11 * time.Second)
	if f := m.Files[0]; f.Lost != 1 || f.Frames != 499 {
		t.Errorf("told %+v", f)
	}
	if f := m.Files[1]; f.Lost != 1 || f.Frames != 450 { // until the key frame after it
		t.Errorf("told %+v", f)
	}
}

// TestPauses: DTX sends a packet now and then; the file stays as long as the session.
func TestPauses(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	mic := s.source(1, "customer", "mic")
	for at := time.Duration(0); at < 30*time.Second; at += 400 * time.Millisecond {
		mic.send(at, false, voice(int(at.Milliseconds())))
	}
	_, folder := s.end(30 * time.Second)
	sum, spoken := load(t, filepath.Join(folder, "customer-mic.webm")).sounds()
	near(t, "the sound", sum, 30*time.Second, 20*time.Millisecond)
	if len(spoken) != 75 {
		t.Errorf("%d packets", len(spoken))
	}
}

// TestLoss: 10 % of the packets never come, 10 % come late, some twice. The sound
// keeps its length and order; a picture with a hole is never shown.
func TestLoss(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 2))
	s := newStudio(t)
	mic, cam := s.source(1, "customer", "mic"), s.source(2, "customer", "cam")
	whole := map[int]bool{}
	lost, hole := 0, true
	send := func(x *source, at time.Duration, marker bool, payload []byte) bool {
		switch r.IntN(10) {
		case 0:
			x.seq++
			return false
		case 1:
			x.sendLate(at, at+x.delay+time.Duration(r.IntN(400))*time.Millisecond, marker, payload)
		case 2:
			x.send(at, marker, payload)
			x.seq--
			x.sendLate(at, at+x.delay+100*time.Millisecond, marker, payload)
		default:
			x.send(at, marker, payload)
		}
		return true
	}
	for n := range 1500 {
		at := time.Duration(n) * 20 * time.Millisecond
		if !send(mic, at, false, voice(n)) {
			lost++
		}
		if n%2 == 0 {
			key := n%40 == 0
			a, b := send(cam, at, false, vp8(key, true, n)), send(cam, at, true, vp8(false, false, n))
			hole = !a || !b || (hole && !key)
			whole[n] = !hole
		}
	}
	m, folder := s.end(31 * time.Second)
	sum, spoken := load(t, filepath.Join(folder, "customer-mic.webm")).sounds()
	near(t, "the sound", sum, 31*time.Second, 20*time.Millisecond)
	if len(spoken) != 1500-lost || m.Files[0].Lost < lost-3 || m.Files[0].Lost > lost {
		t.Errorf("%d packets of %d, %d told lost", len(spoken), 1500-lost, m.Files[0].Lost)
	}
	for i := 1; i < len(spoken); i++ {
		if a, b := int(spoken[i-1].data[1])<<8|int(spoken[i-1].data[2]), int(spoken[i].data[1])<<8|int(spoken[i].data[2]); a >= b {
			t.Fatalf("packet %d comes before %d", a, b)
		}
	}
	shown := 0
	for _, b := range load(t, filepath.Join(folder, "customer-cam.webm")).blocks {
		at := 10
		if b.data[0]&1 == 1 {
			at = 3
		}
		n := int(b.data[at])<<8 | int(b.data[at+1])
		if !whole[n] {
			t.Fatalf("picture %d is shown although it, or one it refers to, has a hole", n)
		}
		shown++
	}
	want := 0
	for _, ok := range whole {
		if ok {
			want++
		}
	}
	if shown < want-1 || shown == 0 {
		t.Errorf("%d pictures are shown, %d were whole", shown, want)
	}
}

// TestNothingToShow: a camera without a key frame gives no file, and the session
// its length.
func TestNothingToShow(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	cam := s.source(1, "customer", "cam")
	s.source(2, "agent", "mic")
	cam.send(time.Second, true, vp8(false, true, 1))
	m, folder := s.end(5 * time.Second)
	for _, f := range m.Files {
		if f.Name != "" {
			t.Errorf("%+v", f)
		}
	}
	if names, err := os.ReadDir(folder); err != nil || len(names) != 2 {
		t.Errorf("%v, %v", names, err)
	}
}

// TestSizes: a picture that changes its size is told.
func TestSizes(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	cam := s.source(1, "customer", "screen")
	for n := range 10 {
		frame := vp8(true, true, n)
		if n >= 5 {
			frame[1+6] = 128
		}
		cam.send(time.Duration(n)*time.Second, true, frame)
	}
	m, _ := s.end(10 * time.Second)
	if got := fmt.Sprint(m.Files[0].Sizes); got != "[{30 64 48} {5030 128 48}]" {
		t.Errorf("sizes %s", got)
	}
}

// FuzzPackets gives the exporter any packets: it may fail, but not fall over, and
// what it writes never goes back.
func FuzzPackets(f *testing.F) {
	f.Add([]byte{0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0x10, 0, 0, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0}, uint16(20))
	f.Fuzz(func(t *testing.T, raw []byte, ms uint16) {
		s := newStudio(t)
		s.source(1, "customer", "mic")
		s.source(2, "customer", "cam")
		at := time.Duration(0)
		for i := 0; i < len(raw); i += 30 {
			at += time.Duration(ms) * time.Millisecond
			part := raw[i:min(i+30, len(raw))]
			s.come(at, evidence.KindRTP, 1, part)
			s.come(at, evidence.KindRTP, 2, part)
			s.come(at, evidence.KindSenderReport, 2, part)
		}
		m, folder := s.end(at + time.Second)
		for _, one := range m.Files {
			if one.Name != "" {
				load(t, filepath.Join(folder, one.Name))
			}
		}
	})
}
