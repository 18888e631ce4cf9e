package evidence

import (
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkOffer is one packet of a picture on its way into the log, sealing and
// the disk included.
func BenchmarkOffer(b *testing.B) {
	o := newOffice(1)
	l, err := Create(b.Context(), Config{Path: filepath.Join(b.TempDir(), "a.pdev"), Session: session(1), Segment: 1, Key: dataKey(1), Signer: o, Anchors: o, Every: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	packet := Frame{Kind: KindRTP, Track: 1, Payload: make([]byte, 1200)}
	b.SetBytes(int64(len(packet.Payload)))
	n := 0
	for b.Loop() {
		if !l.Offer(packet) {
			b.Fatal("no room")
		}
		if n++; n%250 == 0 { // a second of 2.4 Mbit/s
			if err := l.Seal(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := l.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}
