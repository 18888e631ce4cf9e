package intents

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
)

// The artefact: magic, version, SHA-256 of the payload, payload. All numbers
// are little-endian. The version changes whenever features or layout change: a
// model must never read texts otherwise than it was trained to.
const (
	artefactMagic   = "PDIM"
	artefactVersion = 3
	artefactHeader  = len(artefactMagic) + 4 + sha256.Size
	maxArtefact     = 256 << 20 // bytes
	maxFeatures     = 8 << 20
	maxLexicon      = 1 << 20
)

// ErrArtefact is wrapped by every error of Load: the bytes are no model, of
// another version, damaged, or beyond the limits.
var ErrArtefact = errors.New("intents: not a usable model artefact")

// MarshalBinary gives the artefact: the same model gives the same bytes.
func (m *Model) MarshalBinary() ([]byte, error) {
	b := m.append(nil)
	if m.tales != nil {
		b = m.tales.append(append(b, 1))
	} else {
		b = append(b, 0)
	}
	sum := sha256.Sum256(b)
	out := make([]byte, 0, artefactHeader+len(b))
	out = append(out, artefactMagic...)
	out = binary.LittleEndian.AppendUint32(out, artefactVersion)
	out = append(out, sum[:]...)
	return append(out, b...), nil
}

// append appends one model to the payload.
func (m *Model) append(b []byte) []byte {
	le := binary.LittleEndian
	u32 := func(n int) { b = le.AppendUint32(b, uint32(n)) } //nolint:gosec // lengths are bounded in training
	f32 := func(fs []float32) { b = appendFloats(b, fs) }
	u32(m.examples)
	u32(len(m.words))
	b = append(b, m.words...)
	han := byte(0)
	if m.extractor.han {
		han = 1
	}
	b = append(b, han)
	for _, f := range m.cal.numbers() {
		b = le.AppendUint64(b, math.Float64bits(*f))
	}
	u32(len(m.intents))
	for _, name := range m.intents {
		u32(len(name))
		b = append(b, name...)
	}
	u32(len(m.vocab.features))
	for _, f := range m.vocab.features {
		b = le.AppendUint64(b, uint64(f))
	}
	f32([]float32{m.vocab.unknown})
	f32(m.vocab.idf)
	f32(m.weights.bias)
	f32(m.weights.w)
	u32(len(m.near.class))
	for _, c := range m.near.class {
		b = le.AppendUint16(b, c)
	}
	u32(len(m.near.ex))
	for _, s := range m.near.start {
		b = le.AppendUint32(b, uint32(s)) //nolint:gosec // ascending from 0
	}
	for _, e := range m.near.ex {
		b = le.AppendUint16(b, e)
	}
	return append(b, m.near.val...)
}

//go:norace // a loop over millions of numbers of its own
func appendFloats(b []byte, fs []float32) []byte {
	b = slices.Grow(b, 4*len(fs))
	for _, f := range fs {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return b
}

func (c *calibration) numbers() []*float64 {
	return []*float64{&c.Scale, &c.Near, &c.Middle, &c.Spread, &c.Correct}
}

// Hash names an artefact: the hex SHA-256 that stands in its header, empty when it has none.
func Hash(artefact []byte) string {
	if len(artefact) < artefactHeader {
		return ""
	}
	return hex.EncodeToString(artefact[len(artefactMagic)+4 : artefactHeader])
}

// Load reads an artefact. It checks version, hash and every length before it
// believes any of them; hostile bytes cost no more memory than they have.
func Load(data []byte) (*Model, error) {
	if len(data) < artefactHeader || len(data) > maxArtefact || string(data[:4]) != artefactMagic {
		return nil, fmt.Errorf("%w: no model header in %d bytes", ErrArtefact, len(data))
	}
	if v := binary.LittleEndian.Uint32(data[4:]); v != artefactVersion {
		return nil, fmt.Errorf("%w: version %d, this program reads %d; train again", ErrArtefact, v, artefactVersion)
	}
	payload := data[artefactHeader:]
	if sum := sha256.Sum256(payload); !bytes.Equal(sum[:], data[8:artefactHeader]) {
		return nil, fmt.Errorf("%w: the hash does not match, the bytes are damaged", ErrArtefact)
	}
	r := &reader{b: payload}
	m := r.model()
	switch more := r.take(1, 1, "models"); {
	case len(more) != 1 || more[0] == 0:
	case more[0] == 1:
		m.tales = r.model()
	default:
		r.fail("neither one model nor two")
	}
	if r.err != nil {
		return nil, r.err
	}
	if len(r.b) != 0 {
		return nil, fmt.Errorf("%w: %d bytes too many", ErrArtefact, len(r.b))
	}
	return m, nil
}

type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrArtefact, what)
	}
}

// take gives n elements of size bytes each; nil after any error.
func (r *reader) take(n, size int, what string) []byte {
	if r.err != nil || n < 0 || n > len(r.b)/size {
		r.fail(what)
		return nil
	}
	out := r.b[:n*size]
	r.b = r.b[n*size:]
	return out
}

func (r *reader) count(limit int, what string) int {
	b := r.take(1, 4, what)
	if b == nil {
		return 0
	}
	n := binary.LittleEndian.Uint32(b)
	if uint64(n) > uint64(limit) { //nolint:gosec // limits are positive
		r.fail(fmt.Sprintf("%d %s, at most %d", n, what, limit))
		return 0
	}
	return int(n)
}

//go:norace // a loop over millions of numbers of its own
func (r *reader) floats(n int, what string) []float32 {
	b := r.take(n, 4, what)
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		if f := float64(out[i]); math.IsNaN(f) || math.IsInf(f, 0) {
			r.fail(what + " that is no number")
		}
	}
	return out
}

//go:norace // a loop over millions of numbers of its own
func (r *reader) shorts(n, below int, what string) []uint16 {
	b := r.take(n, 2, what)
	out := make([]uint16, len(b)/2)
	for i := range out {
		if out[i] = binary.LittleEndian.Uint16(b[2*i:]); int(out[i]) >= below {
			r.fail(what + " out of range")
		}
	}
	return out
}

func (r *reader) model() *Model {
	m := &Model{vocab: &vocabulary{}, near: &neighbours{}}
	m.examples = r.count(maxExamples, "examples")
	m.words = string(r.take(r.count(maxLexicon, "bytes of lexicon"), 1, "lexicon"))
	han := r.take(1, 1, "language")
	m.extractor = newExtractor(m.words, len(han) == 1 && han[0] == 1)
	for _, f := range m.cal.numbers() {
		if b := r.take(1, 8, "calibration"); b != nil {
			*f = math.Float64frombits(binary.LittleEndian.Uint64(b))
			if math.IsNaN(*f) || math.IsInf(*f, 0) {
				r.fail("calibration that is no number")
			}
		}
	}
	k := r.count(maxIntents, "intents")
	if k == 0 {
		r.fail("no intents")
	}
	for range k {
		m.intents = append(m.intents, string(r.take(r.count(maxName, "bytes of a name"), 1, "name")))
	}
	n := r.count(maxFeatures, "features")
	b := r.take(n, 8, "features")
	m.vocab.features = make([]feature, len(b)/8)
	for i := range m.vocab.features {
		m.vocab.features[i] = feature(binary.LittleEndian.Uint64(b[8*i:]))
		if m.vocab.features[i].block() >= blockCount {
			r.fail("a feature of no block")
			break
		}
	}
	if u := r.floats(1, "unknown"); len(u) == 1 {
		m.vocab.unknown = u[0]
	}
	m.vocab.idf = r.floats(n, "idf")
	m.weights = weights{classes: k, bias: r.floats(k, "bias"), w: r.floats(n*k, "weights")}
	ex := r.count(maxNeighbours, "neighbours")
	m.near.class = r.shorts(ex, k, "neighbour")
	post := r.count(maxArtefact, "postings")
	b = r.take(n+1, 4, "postings")
	m.near.start = make([]int32, len(b)/4)
	for i := range m.near.start {
		m.near.start[i] = int32(binary.LittleEndian.Uint32(b[4*i:])) //nolint:gosec // checked next
		if m.near.start[i] < 0 || int(m.near.start[i]) > post || (i > 0 && m.near.start[i] < m.near.start[i-1]) {
			r.fail("postings out of order")
			break
		}
	}
	m.near.ex = r.shorts(post, max(ex, 1), "posting")
	m.near.val = append([]uint8{}, r.take(post, 1, "posting values")...)
	if r.err != nil {
		return nil
	}
	if int(m.near.start[n]) != post {
		r.fail("postings that don't end")
		return nil
	}
	if !m.vocab.index() {
		r.fail("a feature that stands twice")
		return nil
	}
	return m
}
