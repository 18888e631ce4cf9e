package evidence

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// KeySize is the length of a session's data key, in bytes.
const KeySize = 32

// ErrEnded is given once a log has been closed or has failed.
var ErrEnded = errors.New("evidence: the recording has ended")

// Config says what a segment is and where it goes.
type Config struct {
	Path    string // of the new file; one that is there is refused
	Session uuid.UUID
	Segment uint32  // from 1
	After   *Anchor // the last anchor of the segment before; nil for the first
	Key     []byte  // the session's data key, KeySize bytes
	Signer  Signer
	Anchors Anchors
	// Every is the longest time between two seals; 0 means a second.
	Every time.Duration
	// AnchorWithin is how long an anchor may stay unstored before the recording
	// ends; 0 means a minute.
	AnchorWithin time.Duration
	Clock        func() time.Time // nil is time.Now
}

// anchorWait bounds one attempt to store anchors: meanwhile blocks wait, and the
// next one is due within the second.
const anchorWait = 500 * time.Millisecond

// Log is a segment being written. Its methods may be called from anywhere.
type Log struct {
	config Config
	aead   cipher.AEAD
	file   *os.File

	mu     sync.Mutex
	filled []byte            // the block being filled: room for its head, then frames
	spare  []byte            // the other block; nil while it is being written
	space  chan struct{}     // closed when there is room again
	lost   map[uint16]uint64 // packets that found no room, by track
	last   int64             // time of the newest frame or seal
	ended  error
	frames uint64
	size   int64

	wake    chan struct{}
	orders  chan order
	closing chan struct{} // Close gave up waiting: the writer ends by itself
	giveUp  sync.Once
	done    chan struct{}

	// The writer's own.
	counter uint64 // of the next seal
	hash    Hash
	pending []Anchor
}

// order asks the writer to seal now, or to close.
type order struct {
	ctx   context.Context //nolint:containedctx // it bounds the order
	close bool
	done  chan error
}

// Create begins a segment: the file with its opening seal is on the disk and
// anchored when it returns. Close must be called.
func Create(ctx context.Context, config Config) (*Log, error) {
	if config.Signer == nil || config.Anchors == nil || config.Segment == 0 {
		return nil, errors.New("evidence: signer, anchors and a segment number from 1 are needed")
	}
	aead, err := newAEAD(config.Key)
	if err != nil {
		return nil, err
	}
	if config.Every == 0 {
		config.Every = time.Second
	}
	if config.AnchorWithin == 0 {
		config.AnchorWithin = time.Minute
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	l := &Log{
		config: config, aead: aead, filled: make([]byte, blockHead), spare: make([]byte, blockHead),
		space: make(chan struct{}), lost: map[uint16]uint64{},
		wake: make(chan struct{}, 1), orders: make(chan order), closing: make(chan struct{}), done: make(chan struct{}),
	}
	if err := l.open(ctx); err != nil {
		return nil, err
	}
	go l.run()
	return l, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("evidence: a data key has %d bytes, not %d", KeySize, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("evidence: cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("evidence: cipher: %w", err)
	}
	return aead, nil
}

func (l *Log) open(ctx context.Context) (err error) {
	head := header{cipher: cipherAESGCM, session: l.config.Session, segment: l.config.Segment}
	if a := l.config.After; a != nil {
		head.previous = link{segment: a.Segment, counter: a.Counter, hash: a.Hash}
	}
	l.file, err = os.OpenFile(l.config.Path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the caller names it
	if err != nil {
		return fmt.Errorf("begin a recording: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.file.Close(), os.Remove(l.config.Path))
		}
	}()
	head.started = l.now()
	raw := head.bytes()
	l.hash = sumOf(raw)
	if err := l.write(raw, Opened, head.started); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(l.config.Path)); err != nil {
		return err
	}
	return l.anchor(ctx)
}

// syncFolder makes a new name durable.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the folder of the configured file
	if err != nil {
		return fmt.Errorf("begin a recording: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// now never goes back within a segment.
func (l *Log) now() int64 {
	l.last = max(l.last, l.config.Clock().UnixMicro())
	return l.last
}

// Append takes a fact. While the disk is behind it waits, as long as the context
// allows: facts are never dropped. At is set by the log.
func (l *Log) Append(ctx context.Context, f Frame) error {
	for {
		l.mu.Lock()
		ok, err := l.add(f)
		space := l.space
		l.mu.Unlock()
		if ok || err != nil {
			return err
		}
		select {
		case <-space:
		case <-l.done:
		case <-ctx.Done():
			return fmt.Errorf("evidence: the disk is behind: %w", context.Cause(ctx))
		}
	}
}

// Offer takes a packet and never waits. A packet that finds no room, because the
// disk is behind, is counted, and a gap frame tells of it; false then, and when
// the recording has ended.
func (l *Log) Offer(f Frame) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ok, err := l.add(f)
	if !ok && err == nil {
		l.lost[f.Track]++
	}
	return ok
}

// add puts a frame into the block; false when it is full.
func (l *Log) add(f Frame) (bool, error) {
	if l.ended != nil {
		return false, l.ended
	}
	if len(f.Payload) > PayloadMax {
		return false, fmt.Errorf("evidence: a %s of %d bytes is larger than a frame's %d", f.Kind, len(f.Payload), PayloadMax)
	}
	if len(l.filled)-blockHead+frameHead+len(f.Payload) > blockMax {
		select {
		case l.wake <- struct{}{}:
		default:
		}
		return false, nil
	}
	l.filled = appendFrame(l.filled, f, l.now())
	l.frames++
	return true, nil
}

// Seal closes the block at once instead of within a second, and returns when it
// is on the disk and anchored.
func (l *Log) Seal(ctx context.Context) error { return l.order(ctx, false) }

// Close seals what is left, ends the segment and waits until all of it is on the
// disk and anchored. Closing a log that has ended changes nothing. When the
// context ends first, the log ends as soon as the disk lets it: see Done.
func (l *Log) Close(ctx context.Context) error {
	err := l.order(ctx, true)
	if errors.Is(err, ErrEnded) && l.Err() == nil {
		return nil
	}
	if err != nil {
		l.giveUp.Do(func() { close(l.closing) })
	}
	return err
}

func (l *Log) order(ctx context.Context, end bool) error {
	o := order{ctx: ctx, close: end, done: make(chan error, 1)}
	select {
	case l.orders <- o:
		return <-o.done
	case <-l.done:
		return errors.Join(ErrEnded, l.Err())
	case <-ctx.Done():
		return fmt.Errorf("evidence: the disk is behind: %w", context.Cause(ctx))
	}
}

// Done is closed when the recording has ended.
func (l *Log) Done() <-chan struct{} { return l.done }

// Err is why the recording ended by itself; nil while it runs and after Close.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(l.ended, errFailed) {
		return l.ended
	}
	return nil
}

// Size is the number of frames taken and of bytes on the disk.
func (l *Log) Size() (frames uint64, bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.frames, l.size
}

var errFailed = errors.New("evidence: the recording failed")

func (l *Log) run() {
	defer close(l.done)
	ticker := time.NewTicker(l.config.Every)
	defer ticker.Stop()
	for {
		ctx, o := context.Background(), order{}
		select {
		case <-ticker.C:
		case <-l.wake:
		case o = <-l.orders:
			ctx = o.ctx
		case <-l.closing:
			o = order{close: true}
		}
		err := l.step(ctx, o)
		if o.done != nil {
			o.done <- err
		}
		if o.close && err == nil {
			return
		}
		if errors.Is(err, errFailed) {
			return
		}
	}
}

// step writes what there is. Only what can't be mended ends the recording.
func (l *Log) step(ctx context.Context, o order) error {
	if err := l.flush(); err != nil {
		return l.fail(err)
	}
	if o.close {
		l.mu.Lock()
		more := len(l.filled) > blockHead // came since the flush
		if !more {
			l.ended = ErrEnded
		}
		at := l.now()
		l.mu.Unlock()
		if more {
			return l.step(ctx, o)
		}
		l.hash = chain(l.hash, nil)
		if err := errors.Join(l.write(nil, Closed, at), l.file.Close()); err != nil {
			return l.fail(err)
		}
		return l.settle(ctx)
	}
	err := l.anchor(ctx)
	if err != nil && l.config.Clock().Sub(l.pending[0].At) > l.config.AnchorWithin {
		return l.fail(err)
	}
	return err
}

// settle stores the last anchors; the file is complete, so there is nothing else
// to do until the context ends.
func (l *Log) settle(ctx context.Context) error {
	retry := time.NewTicker(100 * time.Millisecond)
	defer retry.Stop()
	within := time.NewTimer(l.config.AnchorWithin)
	defer within.Stop()
	for {
		err := l.anchor(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-within.C:
			return l.fail(err)
		case <-ctx.Done():
			return l.fail(err)
		case <-retry.C:
		}
	}
}

func (l *Log) fail(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = fmt.Errorf("%w: %w", errFailed, err)
	_ = l.file.Close() // what is in it stands; recovery gives it its end
	return l.ended
}

// flush takes the filled block and writes it with its seal.
func (l *Log) flush() error {
	l.mu.Lock()
	block := l.filled
	if len(block) == blockHead && len(l.lost) == 0 {
		l.mu.Unlock()
		return nil
	}
	l.filled, l.spare = l.spare, nil
	at := l.now()
	for _, track := range sortedTracks(l.lost) {
		raw, err := json.Marshal(Gap{Packets: l.lost[track]})
		if err != nil {
			panic("evidence: a gap can't be written: " + err.Error()) // a defect: plain fields
		}
		l.filled = appendFrame(l.filled, Frame{Kind: KindGap, Track: track, Payload: raw}, at)
		l.frames++
	}
	clear(l.lost)
	close(l.space)
	l.space = make(chan struct{})
	l.mu.Unlock()

	if len(block) > blockHead {
		if err := l.seal(&block, at); err != nil {
			return err
		}
	}
	const keep = 1 << 20 // a burst's memory is given back
	if cap(block) > keep {
		block = make([]byte, blockHead)
	}
	l.mu.Lock()
	l.spare = block[:blockHead]
	l.mu.Unlock()
	return nil
}

func sortedTracks(lost map[uint16]uint64) []uint16 {
	out := make([]uint16, 0, len(lost))
	for track := range lost {
		out = append(out, track)
	}
	slices.Sort(out)
	return out
}

// seal encrypts a block where it stands and writes it.
func (l *Log) seal(block *[]byte, at int64) error {
	raw := *block
	frames := raw[blockHead:]
	raw[0] = typeBlock
	binary.BigEndian.PutUint32(raw[1:], uint32(len(frames)+tagSize)) //nolint:gosec // at most blockMax
	nonce := raw[5:blockHead]
	_, _ = rand.Read(nonce)
	cipher := l.aead.Seal(frames[:0], nonce, frames, place(l.config.Session, l.config.Segment, l.counter))
	if len(cipher) > 0 && cap(raw) >= blockHead+len(cipher) {
		raw = raw[:blockHead+len(cipher)]
	} else {
		raw = append(raw[:blockHead], cipher...)
	}
	l.hash = chain(l.hash, raw)
	*block = raw
	return l.write(raw, Running, at)
}

// write appends bytes and the seal over them, and waits for the disk.
func (l *Log) write(raw []byte, state State, at int64) error {
	s := seal{session: l.config.Session, segment: l.config.Segment, counter: l.counter, state: state, at: at, hash: l.hash}
	sealed, err := s.sign(l.config.Signer)
	if err != nil {
		return err
	}
	for _, part := range [][]byte{raw, sealed} {
		if _, err := l.file.Write(part); err != nil {
			return fmt.Errorf("write a recording: %w", err)
		}
	}
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("write a recording: %w", err)
	}
	l.mu.Lock()
	l.size += int64(len(raw) + len(sealed))
	l.mu.Unlock()
	l.pending = append(l.pending, s.anchor())
	l.counter++
	return nil
}

// anchor hands on what has not been stored yet.
func (l *Log) anchor(ctx context.Context) error {
	if len(l.pending) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), anchorWait)
	defer cancel()
	if err := l.config.Anchors.Anchor(ctx, l.pending); err != nil {
		return fmt.Errorf("store the anchors: %w", err)
	}
	l.pending = nil
	return nil
}
