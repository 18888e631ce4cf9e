package evidence

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
)

// Anchor is what a seal says, kept apart from the file: who changes the file
// can't change this too.
type Anchor struct {
	Session uuid.UUID `json:"session"`
	Segment uint32    `json:"segment"`
	Counter uint64    `json:"counter"`
	State   State     `json:"state"`
	At      time.Time `json:"at"` // to the microsecond
	Hash    Hash      `json:"hash"`
	Key     KeyID     `json:"key"`
}

// Anchors stores anchors where nobody can change them. It is called once a
// second for each recording, after the seals are on the disk, in order; what was
// refused is given again, so storing one a second time must change nothing.
type Anchors interface {
	Anchor(ctx context.Context, anchors []Anchor) error
}

// anchorLine is the longest line of an export of anchors.
const anchorLine = 4096

// ReadAnchors reads an export: one anchor as JSON a line, in any order.
func ReadAnchors(r io.Reader) ([]Anchor, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, anchorLine)
	out := []Anchor{}
	n := 0
	for lines.Scan() {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var a Anchor
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			return nil, fmt.Errorf("line %d of the anchors is no anchor: %w", n, err)
		}
		out = append(out, a)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d of the anchors can't be read (a line has at most %d bytes): %w", n+1, anchorLine, err)
	}
	return out, nil
}

// WriteAnchors writes an export.
func WriteAnchors(w io.Writer, anchors []Anchor) error {
	encoder := json.NewEncoder(w)
	for _, a := range anchors {
		a.At = a.At.UTC()
		if err := encoder.Encode(a); err != nil {
			return fmt.Errorf("write the anchors: %w", err)
		}
	}
	return nil
}
