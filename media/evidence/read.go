package evidence

import (
	"cmp"
	"crypto/cipher"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Reader gives the frames of a session, to one caller at a time. It trusts the files: Verify first. A part
// that is damaged or cut ends its segment there, as Stopped says.
type Reader struct {
	aead     cipher.AEAD
	session  uuid.UUID
	segments []*segment
}

type segment struct {
	file    File
	head    header
	entries []entry
	end     seal
	rest    int64
}

// entry is a block in the index. Its frames came within (from, to].
type entry struct {
	at       int64
	counter  uint64
	from, to int64
	kinds    uint64 // bit k: it has frames of kind k; 0: not known yet
}

// Span is one segment's time.
type Span struct {
	Segment  uint32
	From, To time.Time
	End      State  // Closed, Crashed, or Running when there is no end
	Blocks   uint64 // that can be read
	Stopped  int64  // bytes behind the last sound seal; 0 in a whole file
}

// Open reads the index of a session's segments, in any order. The key is the
// session's data key.
func Open(files []File, key []byte) (*Reader, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("evidence: no file is given")
	}
	r := &Reader{aead: aead}
	for _, f := range files {
		s := &segment{file: f}
		previous := int64(0)
		var end int64
		s.head, end, err = f.sound(func(r record) error {
			if r.block != nil {
				s.entries = append(s.entries, entry{at: r.at, counter: r.seal.counter, from: previous, to: r.seal.at})
			}
			previous, s.end = r.seal.at, r.seal
			return nil
		})
		if err != nil {
			return nil, err
		}
		s.rest = f.Size - end
		if len(r.segments) > 0 && s.head.session != r.session {
			return nil, fmt.Errorf("%s belongs to session %s, the others to %s: give the files of one session", f.Name, s.head.session, r.session)
		}
		r.session = s.head.session
		r.segments = append(r.segments, s)
	}
	slices.SortFunc(r.segments, func(a, b *segment) int { return cmp.Compare(a.head.segment, b.head.segment) })
	for i := 1; i < len(r.segments); i++ {
		if r.segments[i].head.segment == r.segments[i-1].head.segment {
			return nil, fmt.Errorf("%s and %s are both segment %d: give each once", r.segments[i-1].file.Name, r.segments[i].file.Name, r.segments[i].head.segment)
		}
	}
	return r, nil
}

// SessionOf is whose segment a file is, as its header says.
func SessionOf(f File) (uuid.UUID, error) {
	head, _, ok, err := f.header()
	if err != nil {
		return uuid.UUID{}, err
	}
	if !ok {
		return uuid.UUID{}, fmt.Errorf("%s is no evidence file: it does not begin with the header of one", f.Name)
	}
	return head.session, nil
}

// Session is whose frames these are.
func (r *Reader) Session() uuid.UUID { return r.session }

// Spans are the segments in order.
func (r *Reader) Spans() []Span {
	out := make([]Span, 0, len(r.segments))
	for _, s := range r.segments {
		state := Running
		if s.end.state.final() {
			state = s.end.state
		}
		to := s.end.at
		if state == Crashed { // recovery wrote that, perhaps much later: nothing was kept in between
			to = s.head.started
			if n := len(s.entries); n > 0 {
				to = s.entries[n-1].to
			}
		}
		out = append(out, Span{
			Segment: s.head.segment, From: moment(s.head.started), To: moment(max(s.head.started, to)), End: state,
			Blocks: uint64(len(s.entries)), Stopped: s.rest,
		})
	}
	return out
}

// Frames gives the frames that came from one moment up to another, in the order
// they came; zero times leave that side open, no kinds means all. Only blocks
// that can hold such frames are decrypted. A payload is the caller's to keep.
func (r *Reader) Frames(from, to time.Time, kinds ...Kind) iter.Seq2[Frame, error] {
	return func(yield func(Frame, error) bool) {
		for _, s := range r.segments {
			for i := range s.entries {
				e := &s.entries[i]
				if (!from.IsZero() && e.to < from.UnixMicro()) || (!to.IsZero() && e.from > to.UnixMicro()) || !e.mayHave(kinds) {
					continue
				}
				frames, err := r.frames(s, e)
				if err != nil {
					yield(Frame{}, err)
					return
				}
				for _, f := range frames {
					if (!from.IsZero() && f.At.Before(from)) || (!to.IsZero() && f.At.After(to)) || (len(kinds) > 0 && !slices.Contains(kinds, f.Kind)) {
						continue
					}
					if !yield(f, nil) {
						return
					}
				}
			}
		}
	}
}

// mayHave is false when the block was seen to have none of the kinds.
func (e *entry) mayHave(kinds []Kind) bool {
	if len(kinds) == 0 || e.kinds == 0 {
		return true
	}
	for _, k := range kinds {
		if e.kinds&bit(k) != 0 {
			return true
		}
	}
	return false
}

// bit is a kind's in an entry; kinds beyond share the last one.
func bit(k Kind) uint64 { return 1 << min(k, 63) }

func (r *Reader) frames(s *segment, e *entry) ([]Frame, error) {
	raw, ok, err := s.file.block(e.at)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%s has changed while it was read", s.file.Name)
	}
	plain, err := r.aead.Open(raw[blockHead:blockHead], raw[5:blockHead], raw[blockHead:], place(s.head.session, s.head.segment, e.counter))
	if err != nil {
		return nil, fmt.Errorf("%s: block %d can't be decrypted (is this the session's key?): %w", s.file.Name, e.counter, err)
	}
	var out []Frame
	kinds := uint64(0)
	for len(plain) > 0 {
		var f Frame
		if f, plain, err = nextFrame(plain); err != nil {
			return nil, fmt.Errorf("%s: block %d: %w", s.file.Name, e.counter, err)
		}
		kinds |= bit(f.Kind)
		out = append(out, f)
	}
	e.kinds = kinds
	return out, nil
}
