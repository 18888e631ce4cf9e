package evidence

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Kind says what a frame's payload is. The log itself does not look into it.
type Kind uint16

// The kinds of frame. Numbers are never used again for something else.
const (
	KindTrack        Kind = 1  // what a track number stands for: TrackInfo as JSON
	KindRTP          Kind = 2  // an RTP packet as it came
	KindSenderReport Kind = 3  // an RTCP sender report as it came
	KindAnnotation   Kind = 4  // a mark on what is shared, JSON
	KindCobrowse     Kind = 5  // a co-browse event, JSON
	KindConsent      Kind = 6  // who agreed to what, or took it back, JSON
	KindScript       Kind = 7  // a step of the script or check list, JSON
	KindDisclosure   Kind = 8  // a statement read aloud, and its answer, JSON
	KindTranscript   Kind = 9  // a line of chat or speech, JSON
	KindStill        Kind = 10 // a picture with its type in front, see docs/evidence-format.md
	KindSignature    Kind = 11 // a drawn signature bound to a document, JSON
	KindState        Kind = 12 // a change of the session or of a source, JSON
	KindGap          Kind = 13 // packets that were not taken: Gap as JSON
)

// String is the kind's name in reports.
func (k Kind) String() string {
	names := [...]string{"", "track", "rtp", "sender_report", "annotation", "cobrowse", "consent", "script", "disclosure", "transcript", "still", "signature", "state", "gap"}
	if k == 0 || int(k) >= len(names) {
		return fmt.Sprintf("kind %d", uint16(k))
	}
	return names[k]
}

// TrackInfo is the payload of KindTrack. It comes before the track's first packet.
type TrackInfo struct {
	Person string `json:"person"` // who sends: customer, agent, …
	Source string `json:"source"` // mic, cam, screen or doc
	Codec  string `json:"codec"`  // opus or vp8
	Rate   int    `json:"rate"`   // of the RTP clock, in Hz
}

// Gap is the payload of KindGap: packets of the frame's track that came before
// the frame and found no room.
type Gap struct {
	Packets uint64 `json:"packets"`
}

// Frame is one thing that happened.
type Frame struct {
	Kind    Kind
	Track   uint16    // of media; 0 for the session as a whole
	At      time.Time // when it came, to the microsecond; set by the log
	Payload []byte
}

// State is what a seal says of its segment.
type State uint8

// The states of a seal.
const (
	Opened  State = 1 // the first one, counter 0, without a block
	Running State = 2 // behind a block
	Closed  State = 3 // the last one, ended in order, without a block
	Crashed State = 4 // the last one, written by recovery, without a block
)

// String is the state's name in anchors and reports.
func (s State) String() string {
	switch s {
	case Opened:
		return "opened"
	case Running:
		return "running"
	case Closed:
		return "closed"
	case Crashed:
		return "crashed"
	}
	return fmt.Sprintf("state %d", uint8(s))
}

func (s State) final() bool { return s == Closed || s == Crashed }

// MarshalText writes the name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name.
func (s *State) UnmarshalText(text []byte) error {
	for _, known := range []State{Opened, Running, Closed, Crashed} {
		if known.String() == string(text) {
			*s = known
			return nil
		}
	}
	return fmt.Errorf("%q is no state of a seal: use opened, running, closed or crashed", text)
}

// Hash is a SHA-256.
type Hash [sha256.Size]byte

// MarshalText writes it in hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

// UnmarshalText reads it.
func (h *Hash) UnmarshalText(text []byte) error { return unhex(h[:], text, "a hash") }

func unhex(into, text []byte, what string) error {
	if len(text) != 2*len(into) {
		return fmt.Errorf("%s has %d hexadecimal digits, not %d", what, 2*len(into), len(text))
	}
	if _, err := hex.Decode(into, text); err != nil {
		return fmt.Errorf("%s is not hexadecimal: %w", what, err)
	}
	return nil
}

// Sizes and limits, in bytes.
const (
	headerSize    = 84
	blockHead     = 5 + nonceSize // type, length, nonce
	nonceSize     = 12
	tagSize       = 16
	sealSize      = 142
	sealSigned    = sealSize - 64 // what the signature covers
	frameHead     = 16
	PayloadMax    = 1 << 20 // of one frame
	blockMax      = 4 << 20 // of frames in a block: a fuller one is sealed at once
	blockCipher   = blockMax + tagSize
	typeBlock     = 'B'
	typeSeal      = 'S'
	cipherAESGCM  = 1
	magic         = "PDEVID1\n"
	signingPrefix = "pingdui evidence seal 1\n"
)

// header begins a segment.
type header struct {
	cipher   uint32
	session  uuid.UUID
	segment  uint32
	started  int64
	previous link
}

// link names a seal of an earlier segment.
type link struct {
	segment uint32 // 0: there is none
	counter uint64
	hash    Hash
}

func (h header) bytes() []byte {
	out := make([]byte, 0, headerSize)
	out = append(out, magic...)
	out = binary.BigEndian.AppendUint32(out, h.cipher)
	out = append(out, h.session[:]...)
	out = binary.BigEndian.AppendUint32(out, h.segment)
	out = binary.BigEndian.AppendUint64(out, uint64(h.started))
	out = binary.BigEndian.AppendUint32(out, h.previous.segment)
	out = binary.BigEndian.AppendUint64(out, h.previous.counter)
	return append(out, h.previous.hash[:]...)
}

func parseHeader(raw []byte) (header, bool) {
	if len(raw) < headerSize || string(raw[:8]) != magic {
		return header{}, false
	}
	h := header{
		cipher: binary.BigEndian.Uint32(raw[8:]), session: uuid.UUID(raw[12:28]), segment: binary.BigEndian.Uint32(raw[28:]),
		started:  int64(binary.BigEndian.Uint64(raw[32:])),
		previous: link{segment: binary.BigEndian.Uint32(raw[40:]), counter: binary.BigEndian.Uint64(raw[44:]), hash: Hash(raw[52:84])},
	}
	return h, h.cipher == cipherAESGCM
}

// seal closes a block.
type seal struct {
	session   uuid.UUID
	segment   uint32
	counter   uint64
	state     State
	at        int64 // microseconds since 1970
	hash      Hash
	key       KeyID
	signature [64]byte
}

func (s *seal) bytes() []byte {
	out := make([]byte, 0, sealSize)
	out = append(out, typeSeal)
	out = append(out, s.session[:]...)
	out = binary.BigEndian.AppendUint32(out, s.segment)
	out = binary.BigEndian.AppendUint64(out, s.counter)
	out = append(out, byte(s.state))
	out = binary.BigEndian.AppendUint64(out, uint64(s.at))
	out = append(out, s.hash[:]...)
	out = append(out, s.key[:]...)
	return append(out, s.signature[:]...)
}

func parseSeal(raw []byte) seal {
	return seal{
		session: uuid.UUID(raw[1:17]), segment: binary.BigEndian.Uint32(raw[17:]), counter: binary.BigEndian.Uint64(raw[21:]),
		state: State(raw[29]), at: int64(binary.BigEndian.Uint64(raw[30:])), hash: Hash(raw[38:70]),
		key: KeyID(raw[70:78]), signature: [64]byte(raw[78:142]),
	}
}

// signed is what a seal's signature covers.
func signed(raw []byte) []byte { return append([]byte(signingPrefix), raw[:sealSigned]...) }

func (s *seal) anchor() Anchor {
	return Anchor{Session: s.session, Segment: s.segment, Counter: s.counter, State: s.state, At: moment(s.at), Hash: s.hash, Key: s.key}
}

func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// sumOf is h_0, of the header.
func sumOf(header []byte) Hash { return sha256.Sum256(header) }

// chain is h_i of a block that follows h_{i-1}; block is empty for a seal that
// stands alone.
func chain(before Hash, block []byte) Hash {
	h := sha256.New()
	h.Write(before[:])
	h.Write(block)
	return Hash(h.Sum(nil))
}

// place is the context a block is encrypted in: it can't be read in another one.
func place(session uuid.UUID, segment uint32, counter uint64) []byte {
	out := append(make([]byte, 0, 28), session[:]...)
	out = binary.BigEndian.AppendUint32(out, segment)
	return binary.BigEndian.AppendUint64(out, counter)
}

func appendFrame(out []byte, f Frame, at int64) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(f.Payload))) //nolint:gosec // at most PayloadMax
	out = binary.BigEndian.AppendUint16(out, uint16(f.Kind))
	out = binary.BigEndian.AppendUint16(out, f.Track)
	out = binary.BigEndian.AppendUint64(out, uint64(at))
	return append(out, f.Payload...)
}

var errFrame = errors.New("a frame in the block is cut or too long")

// nextFrame takes the first frame off; its payload is part of raw.
func nextFrame(raw []byte) (Frame, []byte, error) {
	if len(raw) < frameHead {
		return Frame{}, nil, errFrame
	}
	n := binary.BigEndian.Uint32(raw)
	if n > PayloadMax || int(n) > len(raw)-frameHead {
		return Frame{}, nil, errFrame
	}
	end := frameHead + int(n)
	return Frame{
		Kind: Kind(binary.BigEndian.Uint16(raw[4:])), Track: binary.BigEndian.Uint16(raw[6:]),
		At: moment(int64(binary.BigEndian.Uint64(raw[8:]))), Payload: raw[frameHead:end:end],
	}, raw[end:], nil
}
