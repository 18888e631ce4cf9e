package evidence

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// office is an installation: a key, a clock and a place for anchors.
type office struct {
	key ed25519.PrivateKey

	mu      sync.Mutex
	now     time.Time
	stored  []Anchor
	refuse  bool
	refused int
}

func newOffice(seed byte) *office {
	raw := make([]byte, ed25519.SeedSize)
	raw[0] = seed
	return &office{key: ed25519.NewKeyFromSeed(raw), now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
}

func (o *office) Current() (crypto.Signer, error) { return o.key, nil }

func (o *office) Anchor(_ context.Context, anchors []Anchor) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse {
		o.refused++
		return errors.New("the database is away")
	}
	for _, a := range anchors {
		again := false
		for _, b := range o.stored {
			again = again || (a.Session == b.Session && a.Segment == b.Segment && a.Counter == b.Counter)
		}
		if !again {
			o.stored = append(o.stored, a)
		}
	}
	return nil
}

func (o *office) anchors() []Anchor {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Anchor{}, o.stored...)
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

func (o *office) keys() Keys {
	public, _ := o.key.Public().(ed25519.PublicKey)
	return Keys{Keys: []PublicKey{{ID: IDOf(public), Public: public, From: o.now.Add(-time.Hour * 24)}}}
}

func dataKey(n byte) []byte {
	out := make([]byte, KeySize)
	out[3] = n
	return out
}

func session(n byte) uuid.UUID {
	return uuid.UUID{0: 0x5e, 6: 0x40, 8: 0x80, 15: n}
}

// create begins a segment that seals only when told to.
func (o *office) create(tb testing.TB, dir string, id byte, segment uint32, after *Anchor) (*Log, string) {
	tb.Helper()
	path := filepath.Join(dir, fmt.Sprintf("%s-%d.pdev", session(id), segment))
	l, err := Create(tb.Context(), Config{
		Path: path, Session: session(id), Segment: segment, After: after, Key: dataKey(id),
		Signer: o, Anchors: o, Every: time.Hour, Clock: o.clock,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return l, path
}

// fill writes blocks a second apart.
func (o *office) fill(tb testing.TB, l *Log, blocks int) {
	tb.Helper()
	for i := range blocks {
		for n := range 1 + i%3 {
			if err := l.Append(tb.Context(), Frame{Kind: KindState, Payload: fmt.Appendf(nil, `{"block":%d,"n":%d}`, i, n)}); err != nil {
				tb.Fatal(err)
			}
			if !l.Offer(Frame{Kind: KindRTP, Track: 1, Payload: []byte("a canary of a packet")}) {
				tb.Fatal("a packet was not taken")
			}
		}
		o.pass(time.Second)
		if err := l.Seal(tb.Context()); err != nil {
			tb.Fatal(err)
		}
	}
}

// abandon ends a log as a crash does: nothing more is written.
func abandon(tb testing.TB, l *Log) {
	tb.Helper()
	l.mu.Lock()
	_ = l.file.Close()
	l.filled = appendFrame(l.filled, Frame{Kind: KindState}, l.now())
	l.mu.Unlock()
	_ = l.Seal(tb.Context())
	<-l.Done()
}

func load(tb testing.TB, path string) []byte {
	tb.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}
