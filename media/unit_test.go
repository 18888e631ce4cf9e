package media

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// line is a track's writer that keeps what it was given.
type line struct{ out []rtp.Header }

func (l *line) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	l.out = append(l.out, *h)
	return len(payload) + 12, nil
}
func (l *line) Write(b []byte) (int, error) { return len(b), nil }

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	s := newSource("customer", Screen, func() time.Time { return now })
	s.allowed = true
	feed := s.attach(func() {})
	k := newSink(s, "somebody", "x")
	l := &line{}
	k.writer, k.rate = l, 90000
	s.add(k)
	s.start(k)
	s.write(feed, &rtp.Packet{Header: rtp.Header{SequenceNumber: 9, Marker: true}, Payload: []byte{0x10, 0, 0, 0}})
	if len(l.out) != 1 {
		t.Fatalf("%d packets left", len(l.out))
	}
	lost := l.out[0].SequenceNumber
	ask := func() {
		k.control([]rtcp.Packet{&rtcp.TransportLayerNack{Nacks: rtcp.NackPairsFromSequenceNumbers([]uint16{lost})}}, now)
	}
	for step, want := range []struct {
		wait time.Duration
		sent int
	}{{0, 2}, {0, 2}, {99 * time.Millisecond, 2}, {time.Millisecond, 3}, {100 * time.Millisecond, 4}, {time.Second, 4}, {time.Hour, 4}} {
		now = now.Add(want.wait)
		ask()
		if len(l.out) != want.sent {
			t.Fatalf("step %d: %d packets left, want %d", step, len(l.out), want.sent)
		}
	}
	k.rtt.Store(int64(10 * time.Millisecond)) // the gap is now 2·RTT
	s.write(feed, &rtp.Packet{Header: rtp.Header{SequenceNumber: 10}, Payload: []byte{0x10, 1, 0, 0}})
	lost = l.out[len(l.out)-1].SequenceNumber
	ask()
	now = now.Add(19 * time.Millisecond)
	ask()
	if len(l.out) != 6 {
		t.Fatalf("%d packets left, want 6", len(l.out))
	}
	now = now.Add(time.Millisecond)
	ask()
	if len(l.out) != 7 {
		t.Fatalf("%d packets left, want 7", len(l.out))
	}
}

func TestKeyFrame(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		payload []byte
		want    bool
	}{
		"plain key":                {[]byte{0x10, 0x00}, true},
		"plain delta":              {[]byte{0x10, 0x01}, false},
		"not the start":            {[]byte{0x00, 0x00}, false},
		"later partition":          {[]byte{0x11, 0x00}, false},
		"short picture id":         {[]byte{0x90, 0x80, 0x05, 0x00}, true},
		"long picture id":          {[]byte{0x90, 0x80, 0x85, 0x01, 0x00}, true},
		"picture, tl0, tid":        {[]byte{0x90, 0xe0, 0x85, 0x01, 0x07, 0x20, 0x00}, true},
		"picture, tl0, tid, delta": {[]byte{0x90, 0xe0, 0x85, 0x01, 0x07, 0x20, 0x01}, false},
		"cut short":                {[]byte{0x90, 0x80}, false},
		"cut in the picture id":    {[]byte{0x90, 0x80, 0x85, 0x01}, false},
		"empty":                    {nil, false},
	} {
		if got := keyFrame(c.payload); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 500_000_000)
	seconds := uint64(now.Unix()) + 2_208_988_800
	middle := uint32(seconds<<16) | 0x8000
	got := roundTrip(rtcp.ReceptionReport{LastSenderReport: middle - 0x2000, Delay: 0x1000}, now)
	if got != 62_500*time.Microsecond {
		t.Fatalf("got %s", got)
	}
	if got := roundTrip(rtcp.ReceptionReport{}, now); got != 0 {
		t.Fatalf("got %s without a sender report", got)
	}
}

// FuzzWrite feeds a source any payloads and numbers: it may not fall over, and
// what leaves must never repeat a number.
func FuzzWrite(f *testing.F) {
	f.Add([]byte{0x90, 0xe0, 0x85, 0x01, 0x07, 0x20, 0x00}, uint16(65535), uint16(3))
	f.Add([]byte{}, uint16(0), uint16(60000))
	f.Fuzz(func(t *testing.T, payload []byte, first, step uint16) {
		s := newSource("p", Cam, time.Now)
		s.allowed = true
		feed := s.attach(func() {})
		k := newSink(s, "somebody", "x")
		l := &line{}
		k.writer, k.rate = l, 90000
		s.add(k)
		s.start(k)
		for i := range uint16(20) {
			s.write(feed, &rtp.Packet{Header: rtp.Header{SequenceNumber: first + i*step, Timestamp: uint32(i), Marker: i%2 == 0}, Payload: payload})
			if i == 10 {
				s.allow(false)
				s.allow(true)
			}
		}
		seen := map[uint16]bool{}
		for _, h := range l.out {
			if seen[h.SequenceNumber] {
				t.Fatalf("number %d left twice", h.SequenceNumber)
			}
			seen[h.SequenceNumber] = true
		}
	})
}

// TestRefreshAsksWhereAKeyFrameIsOld: once, and only of what may be seen.
func TestRefreshAsksWhereAKeyFrameIsOld(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	s := newSource("customer", Screen, func() time.Time { return now })
	asked := 0
	feed := s.attach(func() { asked++ })
	s.refresh(0)
	if asked != 0 {
		t.Error("a picture nobody may see was asked for")
	}
	s.allow(true)
	asked = 0
	now = now.Add(time.Second)
	s.write(feed, &rtp.Packet{Header: rtp.Header{SequenceNumber: 1, Marker: true}, Payload: []byte{0x10, 0, 0, 0}})
	for _, step := range []struct {
		wait time.Duration
		want int
	}{{3 * time.Second, 0}, {time.Second, 1}, {0, 1}, {pliEvery, 2}} {
		now = now.Add(step.wait)
		s.refresh(4 * time.Second)
		if asked != step.want {
			t.Errorf("asked %d times, want %d", asked, step.want)
		}
	}
}

// TestTapHearsWhatMayBeForwarded: fresh packets of an allowed source, once each,
// and nothing before, between or from an older connection.
func TestTapHearsWhatMayBeForwarded(t *testing.T) {
	t.Parallel()
	s := newSource("customer", Screen, time.Now)
	var packets []uint16
	reports := 0
	s.tap = func(x Tapped) {
		if x.Report != nil {
			reports++
			return
		}
		packets = append(packets, x.Packet.SequenceNumber)
	}
	old := s.attach(func() {})
	feed := s.attach(func() {})
	send := func(feed int, seq uint16) {
		s.write(feed, &rtp.Packet{Header: rtp.Header{SequenceNumber: seq}, Payload: []byte{0x10, 1, 0, 0}})
		s.report(feed, &rtcp.SenderReport{})
	}
	send(feed, 1)
	s.allow(true)
	send(old, 2)
	send(feed, 3)
	send(feed, 5)
	send(feed, 3)
	send(feed, 4)
	s.allow(false)
	send(feed, 6)
	if want := []uint16{3, 5, 4}; !slices.Equal(packets, want) || reports != 4 {
		t.Errorf("tapped %v and %d reports, want %v and 4", packets, reports, want)
	}
}

// Of a source whose audience grows smaller nothing leaves any more to those who are
// out of it, though their lines are still there, nor is anything sent again.
func TestAnAudienceHoldsAtOnce(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	s := newSource("supervisor", Mic, func() time.Time { return now })
	s.allowed = true
	taped := 0
	s.tap = func(Tapped) { taped++ }
	feed := s.attach(func() {})
	lines := map[string]*line{"agent": {}, "customer": {}}
	sinks := map[string]*sink{}
	for to, l := range lines {
		k := newSink(s, to, to)
		k.writer, k.rate = l, 48000
		s.add(k)
		s.start(k)
		sinks[to] = k
	}
	say := func(n uint16) {
		s.write(feed, &rtp.Packet{Header: rtp.Header{SequenceNumber: n, Timestamp: uint32(n) * 960}, Payload: []byte{1}})
	}
	say(1)
	s.restrict(audience{"agent": true})
	say(2)
	say(3)
	s.restrict(nil)
	sinks["customer"].control([]rtcp.Packet{&rtcp.TransportLayerNack{Nacks: rtcp.NackPairsFromSequenceNumbers([]uint16{lines["customer"].out[0].SequenceNumber})}}, now)
	say(4)
	if len(lines["agent"].out) != 4 || len(lines["customer"].out) != 2 || taped != 2 {
		t.Errorf("the agent got %d packets, the customer %d, the tap %d", len(lines["agent"].out), len(lines["customer"].out), taped)
	}
	s.restrict(audience{})
	say(5)
	if len(lines["agent"].out) != 4 || len(lines["customer"].out) != 2 || taped != 2 {
		t.Error("a packet for nobody went to somebody")
	}
}
