package media

import (
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

const (
	// sentMap is how many of the last packets sent to a receiver can be asked for again.
	sentMap = 512
	// answersMax is how often one packet is sent again.
	answersMax = 3
	// answerGap bounds the time within which a packet is not sent a second time.
	answerGap = 100 * time.Millisecond
)

// sent is what a receiver was sent under one of its sequence numbers.
type sent struct {
	out, in  uint16
	era      uint8
	answers  uint8
	valid    bool
	stamp    uint32
	answered int64 // nanoseconds since the Unix epoch
}

type sinkState uint8

const (
	sinkIdle    sinkState = iota // the line is not up
	sinkWaiting                  // for a key frame
	sinkRunning
)

// sink is one receiver of one source: the track of a connection towards a
// person. Everything but the counters is guarded by the source's lock.
type sink struct {
	source *source
	to     string // the person who receives
	id     string

	state   sinkState
	rebase  bool // the next packet starts a new stretch of numbers
	offset  uint16
	base    uint16 // first incoming number of the stretch
	shift   uint32 // of timestamps
	last    uint16 // newest number sent
	stamp   uint32 // newest timestamp sent
	stampAt time.Time
	any     bool // something was sent
	history [sentMap]sent

	writer  webrtc.TrackLocalWriter
	ssrc    uint32
	payload uint8
	rate    uint32
	bound   chan struct{} // gets a token each time the line comes up

	rtt            atomic.Int64 // nanoseconds; 0 when not known
	packets, bytes atomic.Uint64
	again          atomic.Uint64 // answers to NACKs
}

func newSink(source *source, to, id string) *sink {
	return &sink{source: source, to: to, id: id, last: uint16(rand.Uint32()), stamp: rand.Uint32(), bound: make(chan struct{}, 1)} //nolint:gosec // numbers on the wire, no secrets
}

// Bind is called by pion when the line is up.
func (k *sink) Bind(line webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	want := webrtc.MimeTypeVP8
	if !k.source.kind.Video() {
		want = webrtc.MimeTypeOpus
	}
	for _, codec := range line.CodecParameters() {
		if codec.MimeType != want {
			continue
		}
		k.source.mu.Lock()
		k.writer, k.ssrc, k.payload, k.rate = line.WriteStream(), uint32(line.SSRC()), uint8(codec.PayloadType), codec.ClockRate
		k.source.mu.Unlock()
		select {
		case k.bound <- struct{}{}:
		default:
		}
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind is called by pion when the line goes.
func (k *sink) Unbind(webrtc.TrackLocalContext) error {
	k.source.mu.Lock()
	defer k.source.mu.Unlock()
	k.state, k.writer = sinkIdle, nil
	return nil
}

// ID, RID, StreamID and Kind are asked by pion.
func (k *sink) ID() string { return k.id }

// RID is empty: no simulcast is sent.
func (k *sink) RID() string { return "" }

// StreamID groups the sources of one person, so that browsers keep lips in step;
// screen and document are groups of their own.
func (k *sink) StreamID() string {
	if k.source.kind == Mic || k.source.kind == Cam {
		return k.source.peer
	}
	return k.source.peer + "-" + string(k.source.kind)
}

// Kind is audio or video.
func (k *sink) Kind() webrtc.RTPCodecType {
	if k.source.kind.Video() {
		return webrtc.RTPCodecTypeVideo
	}
	return webrtc.RTPCodecTypeAudio
}

// resync makes the receiver go on with the next usable packet of a new stretch.
func (k *sink) resync() {
	k.rebase = true
	if k.state == sinkRunning {
		k.state = sinkWaiting
	}
}

// begin waits for a key frame (or, for sound, any packet).
func (k *sink) begin() {
	k.rebase = true
	k.state = sinkWaiting
}

// follow goes on after a replay that ended at the newest packet.
func (k *sink) follow() { k.state = sinkRunning }

// forward sends one fresh packet; true when a key frame is needed.
func (k *sink) forward(p *packet, keyStart bool, now time.Time) bool {
	switch k.state {
	case sinkIdle:
		return false
	case sinkWaiting:
		if k.source.kind.Video() && !keyStart {
			return true
		}
		k.state, k.rebase = sinkRunning, true
	case sinkRunning:
	}
	k.send(p, now)
	return false
}

// replay sends one kept packet; false when the line does not take it.
func (k *sink) replay(p *packet, now time.Time) bool {
	if k.writer == nil {
		return false
	}
	return k.send(p, now) > 0
}

func (k *sink) send(p *packet, now time.Time) int {
	offset, base, shift := k.offset, k.base, k.shift
	if k.rebase || !k.any {
		offset = p.seq - (k.last + 1)
		base = p.seq
		shift = p.timestamp - (k.stamp + k.elapsed(now))
	} else if p.seq != base && !after(p.seq, base) {
		return 0 // from before the stretch: the receiver never misses it
	}
	out, stamp := p.seq-offset, p.timestamp-shift
	n := k.write(out, stamp, p)
	if n == 0 {
		return 0
	}
	k.offset, k.base, k.shift, k.rebase = offset, base, shift, false
	if !k.any || after(out, k.last) {
		k.last, k.stamp, k.stampAt = out, stamp, now
	}
	k.any = true
	k.history[out%sentMap] = sent{out: out, in: p.seq, era: k.source.era, valid: true, stamp: stamp}
	k.packets.Add(1)
	k.bytes.Add(uint64(len(p.payload)))
	return n
}

// elapsed is the time since the last packet in ticks of the clock, at least one.
func (k *sink) elapsed(now time.Time) uint32 {
	if !k.any {
		return 1
	}
	return max(1, uint32(now.Sub(k.stampAt).Seconds()*float64(k.rate)))
}

func (k *sink) write(out uint16, stamp uint32, p *packet) int {
	if k.writer == nil {
		return 0
	}
	n, err := k.writer.WriteRTP(&rtp.Header{
		Version: 2, PayloadType: k.payload, SequenceNumber: out, Timestamp: stamp, SSRC: k.ssrc, Marker: p.marker,
	}, p.payload)
	if err != nil {
		return 0 // the connection's state tells of it; a packet that can't leave is dropped, never waited for
	}
	return n
}

// control handles what a receiver reports about this track.
func (k *sink) control(packets []rtcp.Packet, now time.Time) {
	for _, report := range packets {
		switch report := report.(type) {
		case *rtcp.TransportLayerNack:
			for _, pair := range report.Nacks {
				pair.Range(func(out uint16) bool { k.answer(out, now); return true })
			}
		case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
			k.source.keyWanted()
		case *rtcp.ReceiverReport:
			for _, block := range report.Reports {
				if rtt := roundTrip(block, now); rtt > 0 && block.SSRC == k.ssrc {
					k.rtt.Store(int64(rtt))
				}
			}
		}
	}
}

// answer sends a lost packet again, within the limits.
func (k *sink) answer(out uint16, now time.Time) {
	k.source.mu.Lock()
	defer k.source.mu.Unlock()
	entry := &k.history[out%sentMap]
	if !entry.valid || entry.out != out || entry.era != k.source.era || entry.answers >= answersMax {
		return
	}
	gap := answerGap
	if rtt := time.Duration(k.rtt.Load()); rtt > 0 {
		gap = min(gap, 2*rtt)
	}
	if entry.answers > 0 && now.Sub(time.Unix(0, entry.answered)) < gap {
		return
	}
	p := k.source.ring.get(entry.in)
	if p == nil {
		return
	}
	if k.write(out, entry.stamp, p) > 0 {
		entry.answers++
		entry.answered = now.UnixNano()
		k.again.Add(1)
	}
}

// roundTrip is the time from a sender report to the receiver's word on it
// (RFC 3550, 6.4.1); 0 when it can't be told.
func roundTrip(block rtcp.ReceptionReport, now time.Time) time.Duration {
	if block.LastSenderReport == 0 {
		return 0
	}
	const fromUnixToNTP = 2_208_988_800
	seconds := uint64(now.Unix()) + fromUnixToNTP
	middle := uint32(seconds<<16) | uint32(uint64(now.Nanosecond())<<16/1_000_000_000)
	ticks := int32(middle - block.LastSenderReport - block.Delay)
	if ticks <= 0 {
		return 0
	}
	return time.Duration(ticks) * time.Second >> 16
}
