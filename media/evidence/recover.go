package evidence

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"
)

// ErrDamaged is given for a file that lost more than a crash can take. It is left
// as it is: Verify says what is wrong with it.
var ErrDamaged = errors.New("evidence: the file is damaged, not only cut off")

// Recovery is what a crashed recording needs to get its end.
type Recovery struct {
	Path     string
	Anchored uint64 // counter of the last anchor that was stored
	Signer   Signer
	Anchors  Anchors
	Clock    func() time.Time // nil is time.Now
}

// Recovered says what recovery found.
type Recovered struct {
	Session uuid.UUID
	Segment uint32
	Counter uint64 // of the last seal a writer made before the crash
	Last    Anchor // of the file's end, which a next segment names
	Cut     int64  // bytes that were cut off
	Whole   bool   // nothing had to be done: the file had its end
}

// Recover gives a file that has no end one: it cuts what follows the last whole
// seal and writes a signed seal that says "crashed". Anchors that were not stored
// any more are stored now. A file whose end is there is left alone.
func Recover(ctx context.Context, config Recovery) (_ Recovered, err error) {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	file, err := os.OpenFile(config.Path, os.O_RDWR, 0) //nolint:gosec // the caller names it
	if err != nil {
		return Recovered{}, fmt.Errorf("recover a recording: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return Recovered{}, fmt.Errorf("recover a recording: %w", err)
	}
	var last seal
	var late []Anchor
	found := false
	head, end, err := File{Name: config.Path, R: file, Size: info.Size()}.sound(func(r record) error {
		last, found = r.seal, true
		if r.seal.counter > config.Anchored {
			late = append(late, r.seal.anchor())
		}
		return nil
	})
	if err != nil {
		return Recovered{}, err
	}
	out := Recovered{Session: head.session, Segment: head.segment, Counter: last.counter, Last: last.anchor(), Cut: info.Size() - end}
	if !found || last.counter < config.Anchored || (last.state.final() && out.Cut > 0) {
		return out, fmt.Errorf("%w: %s is sound up to seal %d only, and seal %d was anchored", ErrDamaged, config.Path, last.counter, config.Anchored)
	}
	if out.Whole = last.state.final(); !out.Whole {
		s := seal{
			session: head.session, segment: head.segment, counter: last.counter + 1, state: Crashed,
			at: max(last.at, config.Clock().UnixMicro()), hash: chain(last.hash, nil),
		}
		raw, err := s.sign(config.Signer)
		if err != nil {
			return out, err
		}
		if err := file.Truncate(end); err != nil {
			return out, fmt.Errorf("recover a recording: %w", err)
		}
		if _, err := file.WriteAt(raw, end); err != nil {
			return out, fmt.Errorf("recover a recording: %w", err)
		}
		if err := file.Sync(); err != nil {
			return out, fmt.Errorf("recover a recording: %w", err)
		}
		late = append(late, s.anchor())
		out.Last = s.anchor()
	}
	if len(late) > 0 {
		if err := config.Anchors.Anchor(ctx, late); err != nil {
			return out, fmt.Errorf("store the anchors: %w", err)
		}
	}
	return out, nil
}
