package media

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// Kind is what a source carries.
type Kind string

// The kinds of source.
const (
	Mic    Kind = "mic"
	Cam    Kind = "cam"
	Screen Kind = "screen"
	Doc    Kind = "doc"
)

// Valid says whether the kind is one of ours.
func (k Kind) Valid() bool { return k == Mic || k == Cam || k == Screen || k == Doc }

// Video says whether the kind is a picture.
func (k Kind) Video() bool { return k != Mic }

const (
	videoRing = 512 // about two seconds of a shared screen
	audioRing = 64
	// keyFrameMax bounds what is kept of one key frame, in packets.
	keyFrameMax = 400
	// pliEvery is the shortest time between two requests for a key frame.
	pliEvery = 500 * time.Millisecond
)

// source is one thing a person sends. It outlives the person's connections.
type source struct {
	peer  string
	kind  Kind
	clock func() time.Time
	tap   func(Tapped) // nil: nobody listens

	packets, bytes atomic.Uint64
	dropped        atomic.Uint64 // not allowed

	mu       sync.Mutex
	allowed  bool
	audience audience
	feed     int // number of the connection's stream that is taken
	ring     *ring
	newest   uint16
	begun    bool // newest is set
	era      uint8
	key      []packet // the newest key frame, whole or as far as it has come
	keyTail  uint16   // first number of the key frame
	keyAt    time.Time
	sinks    []*sink
	askPLI   func() // of the connection that feeds it; nil when none does
	askedPLI time.Time
}

func newSource(peer string, kind Kind, clock func() time.Time) *source {
	size := uint16(videoRing)
	if !kind.Video() {
		size = audioRing
	}
	return &source{peer: peer, kind: kind, clock: clock, ring: newRing(size)}
}

// attach begins a new stream of packets: numbers may start anywhere.
// The number it returns must be given with each of them: packets that an older
// connection still brings are dropped.
func (s *source) attach(askPLI func()) (feed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
	s.feed++
	s.askPLI = askPLI
	s.askedPLI = time.Time{}
	return s.feed
}

// detach ends a feed, unless a newer one has taken its place.
func (s *source) detach(feed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.feed == feed {
		s.askPLI = nil
	}
}

// live says whether the source was ever sent.
func (s *source) live() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.feed > 0
}

// forget drops what was kept and makes every receiver wait for a fresh start.
func (s *source) forget() {
	s.ring.clear()
	s.begun = false
	s.key = s.key[:0]
	s.era++
	for _, k := range s.sinks {
		k.resync()
	}
}

// allow opens or closes the source. Closing forgets every packet: nothing that
// was kept may be replayed to anybody.
func (s *source) allow(allowed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.allowed == allowed {
		return
	}
	s.allowed = allowed
	s.forget()
	if allowed {
		s.requestKey(true)
	}
}

// restrict changes who may receive the source. What was kept is forgotten: it was
// for others.
func (s *source) restrict(who audience) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audience = who
	s.forget()
	s.requestKey(true)
}

// write takes one packet from the person's connection and forwards it.
func (s *source) write(feed int, in *rtp.Packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if feed != s.feed {
		return
	}
	if !s.allowed {
		s.dropped.Add(1)
		return
	}
	s.packets.Add(1)
	s.bytes.Add(uint64(len(in.Payload)))
	// A packet without payload probes the line; it is numbered like everything
	// else and forwarded, so that receivers see no gap.
	fresh := !s.begun || after(in.SequenceNumber, s.newest)
	if !fresh && s.newest-in.SequenceNumber >= s.ring.size {
		return // too old to be of use
	}
	if old := s.ring.get(in.SequenceNumber); old != nil {
		return // a duplicate
	}
	p := s.ring.put(packet{seq: in.SequenceNumber, timestamp: in.Timestamp, marker: in.Marker, payload: in.Payload})
	if fresh {
		s.newest, s.begun = p.seq, true
	}
	if s.tap != nil && s.audience == nil {
		s.tap(Tapped{Peer: s.peer, Kind: s.kind, Packet: in})
	}
	start := s.kind.Video() && keyFrame(p.payload)
	s.keepKey(p, start)
	now := s.clock()
	for _, k := range s.sinks {
		if s.audience.has(k.to) && k.forward(p, start, now) {
			s.requestKey(false)
		}
	}
}

// report gives the tap a sender report of the person's connection.
func (s *source) report(feed int, in *rtcp.SenderReport) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tap != nil && s.audience == nil && s.allowed && feed == s.feed {
		s.tap(Tapped{Peer: s.peer, Kind: s.kind, Report: in})
	}
}

// keepKey copies the packets of the newest key frame out of the ring's reach.
func (s *source) keepKey(p *packet, start bool) {
	switch {
	case !s.kind.Video():
		return
	case start && (len(s.key) == 0 || after(p.seq, s.keyTail)):
		s.key = s.key[:0]
		s.keyTail, s.keyAt = p.seq, s.clock()
	case len(s.key) == 0 || p.timestamp != s.key[0].timestamp || !after(p.seq, s.keyTail) || len(s.key) >= keyFrameMax:
		return
	}
	at := len(s.key)
	for at > 0 && after(s.key[at-1].seq, p.seq) {
		at--
	}
	s.key = slices.Insert(s.key, at, *p)
	s.key[at].payload = slices.Clone(p.payload) // the ring will use its buffer again
}

// keyWhole says whether every packet of the key frame is there.
func (s *source) keyWhole() bool {
	if len(s.key) == 0 || !s.key[len(s.key)-1].marker {
		return false
	}
	return int(s.key[len(s.key)-1].seq-s.key[0].seq) == len(s.key)-1
}

// add gives the source a receiver.
func (s *source) add(k *sink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sinks = append(s.sinks, k)
}

func (s *source) remove(k *sink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, other := range s.sinks {
		if other == k {
			s.sinks = append(s.sinks[:i:i], s.sinks[i+1:]...)
			return
		}
	}
}

// start begins forwarding to a receiver whose line is up; false when the line
// does not take packets yet.
func (s *source) start(k *sink) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	if !s.kind.Video() || !s.allowed || !s.begun || !s.audience.has(k.to) {
		k.begin()
		return true
	}
	if !s.keyWhole() {
		k.begin()
		s.requestKey(false)
		return true
	}
	if s.followed() {
		for seq := s.key[0].seq; !after(seq, s.newest); seq++ {
			if p := s.ring.get(seq); p != nil && !k.replay(p, now) {
				return false
			}
		}
		k.follow()
		return true
	}
	for i := range s.key {
		if !k.replay(&s.key[i], now) {
			return false
		}
	}
	k.begin() // one picture at once, then wait for a key frame
	s.requestKey(false)
	return true
}

// followed says whether the ring has all that came since the key frame.
func (s *source) followed() bool {
	if s.newest-s.key[0].seq >= s.ring.size/2 {
		return false
	}
	for seq := s.key[0].seq; !after(seq, s.newest); seq++ {
		if s.ring.get(seq) == nil {
			return false
		}
	}
	return true
}

// keyWanted is a receiver's request for a key frame.
func (s *source) keyWanted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requestKey(false)
}

// refresh asks for a key frame when the newest one is older than that.
func (s *source) refresh(older time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.allowed && s.clock().Sub(s.keyAt) >= older {
		s.requestKey(false)
	}
}

func (s *source) requestKey(now bool) {
	at := s.clock()
	if s.askPLI == nil || !s.kind.Video() || (!now && at.Sub(s.askedPLI) < pliEvery) {
		return
	}
	s.askedPLI = at
	s.askPLI()
}
