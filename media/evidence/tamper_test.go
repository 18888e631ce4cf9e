package evidence

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

var tamperings = flag.Int("tamperings", 1000, "how many random tamperings are tried")

// cabinet is a few sessions' files with all that belongs to them.
type cabinet struct {
	files   [][]byte
	records [][]record // of each file
	anchors []Anchor
	keys    Keys
	office  *office
}

func (c *cabinet) clone() *cabinet {
	out := *c
	out.files = slices.Clone(c.files)
	for i := range out.files {
		out.files[i] = bytes.Clone(out.files[i])
	}
	out.anchors = slices.Clone(c.anchors)
	return &out
}

// list is the files given to the checker: all that were touched, and the other
// parts of their sessions.
func (c *cabinet) list(start *cabinet) []File {
	var out []File
	for i, raw := range c.files {
		touched := !bytes.Equal(raw, start.files[i])
		if i <= 1 { // two segments of one session
			touched = !bytes.Equal(c.files[0], start.files[0]) || !bytes.Equal(c.files[1], start.files[1])
		}
		if raw != nil && (touched || len(c.anchors) != len(start.anchors) || c.keys.Keys[0].To != nil) {
			out = append(out, file(string(rune('a'+i)), raw))
		}
	}
	return out
}

// newCabinet has session 1 in two segments, the first one crashed and recovered,
// and sessions 2 and 3 of equal length.
func newCabinet(t *testing.T) *cabinet {
	t.Helper()
	o := newOffice(1)
	c := &cabinet{office: o}
	dir := t.TempDir()
	l, path := o.create(t, dir, 1, 1, nil)
	o.fill(t, l, 7)
	abandon(t, l)
	got, err := Recover(t.Context(), Recovery{Path: path, Anchored: 7, Signer: o, Anchors: o, Clock: o.clock})
	if err != nil {
		t.Fatal(err)
	}
	c.files = append(c.files, load(t, path))
	for _, one := range []struct {
		id      byte
		segment uint32
		after   *Anchor
	}{{1, 2, &got.Last}, {2, 1, nil}, {3, 1, nil}} {
		l, path := o.create(t, dir, one.id, one.segment, one.after)
		o.fill(t, l, 8)
		if err := l.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.files = append(c.files, load(t, path))
	}
	for _, raw := range c.files {
		var records []record
		if _, _, err := file("", raw).sound(func(r record) error { records = append(records, r); return nil }); err != nil {
			t.Fatal(err)
		}
		c.records = append(c.records, records)
	}
	c.keys, c.anchors = o.keys(), o.anchors()
	return c
}

// crime is one way to tamper. It says what a checker must find, between which
// blocks of which file, and whether nothing else may be named.
type crime struct {
	name string
	do   func(r *rand.Rand, c *cabinet) (file int, lo, hi uint64, faults []Fault)
	// wide crimes touch more than one place.
	wide bool
	// bare ones are found without anchors as well.
	bare bool
}

// pick chooses a file and a record that is neither the first nor the last.
func (c *cabinet) pick(r *rand.Rand) (file, n int) {
	file = r.IntN(len(c.files))
	return file, 1 + r.IntN(len(c.records[file])-2)
}

func splice(raw []byte, from, to int64, with []byte) []byte {
	return slices.Concat(raw[:from], with, raw[to:])
}

// forged is the records from one on, sealed anew by a key.
func forged(o *office, records []record, before Hash, change func(r *record)) []byte {
	var out []byte
	for i := range records {
		r := records[i]
		change(&r)
		s := r.seal
		if before = chain(before, r.block); s.counter == 0 {
			before = s.hash
		}
		s.hash = before
		raw, err := s.sign(o)
		if err != nil {
			panic(err)
		}
		out = slices.Concat(out, r.block, raw)
	}
	return out
}

func flip(r *rand.Rand, block []byte) []byte {
	out := bytes.Clone(block)
	if len(out) > 0 {
		out[blockHead+r.IntN(len(out)-blockHead)] ^= byte(1 + r.IntN(255))
	}
	return out
}

var content = []Fault{FaultBlock, FaultUnreadable, FaultCut}

var crimes = []crime{
	{"a byte of the header", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, _ := c.pick(r)
		c.files[f][r.IntN(headerSize)] ^= byte(1 + r.IntN(255))
		return f, 0, 0, []Fault{FaultHeader}
	}, true, true},
	{"a byte of a block", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		x := c.records[f][n]
		c.files[f][x.at+int64(r.IntN(len(x.block)))] ^= byte(1 + r.IntN(255))
		return f, x.seal.counter, x.seal.counter, content
	}, false, true},
	{"a byte of a seal", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f := r.IntN(len(c.files))
		x := c.records[f][r.IntN(len(c.records[f]))]
		c.files[f][x.next-1-int64(r.IntN(sealSize))] ^= byte(1 + r.IntN(255))
		return f, x.seal.counter, x.seal.counter + 1, []Fault{FaultSeal, FaultKey, FaultUnreadable, FaultCut, FaultNoEnd}
	}, true, true},
	{"any byte", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f := r.IntN(len(c.files))
		c.files[f][r.IntN(len(c.files[f]))] ^= byte(1 << r.IntN(8))
		return f, 0, 20, nil
	}, true, true},
	{"cut anywhere", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f := r.IntN(len(c.files))
		n := r.IntN(len(c.files[f]))
		lost := uint64(0)
		for _, x := range c.records[f] {
			if x.next <= int64(n) {
				lost = x.seal.counter + 1
			}
		}
		c.files[f] = c.files[f][:n]
		return f, lost, 20, []Fault{FaultCut, FaultNoEnd, FaultTail, FaultHeader}
	}, true, true},
	{"cut at a seal", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		c.files[f] = c.files[f][:c.records[f][n].at]
		return f, uint64(n), uint64(n), []Fault{FaultTail, FaultNoEnd}
	}, true, true},
	{"cut at a seal and ended by a stranger", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		x := c.records[f][n]
		end := x
		end.block, end.seal.state = nil, Closed
		c.files[f] = append(c.files[f][:x.at:x.at], forged(newOffice(66), []record{end}, c.records[f][n-1].seal.hash, func(*record) {})...)
		return f, uint64(n), uint64(n), []Fault{FaultKey}
	}, true, true},
	{"cut at a seal and ended with the true key", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		x := c.records[f][n]
		end := x
		end.block, end.seal.state = nil, Closed
		c.files[f] = append(c.files[f][:x.at:x.at], forged(c.office, []record{end}, c.records[f][n-1].seal.hash, func(*record) {})...)
		return f, uint64(n), 20, []Fault{FaultAnchor, FaultTail}
	}, true, false},
	{"the whole chain with another key", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		c.files[f] = append(c.files[f][:headerSize:headerSize], forged(newOffice(66), c.records[f], Hash{}, func(x *record) {
			if x.seal.counter == uint64(n) {
				x.block = flip(r, x.block)
			}
		})...)
		return f, 0, 20, []Fault{FaultKey}
	}, true, true},
	{"a stranger's key with the id of the true one", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		raw := forged(newOffice(66), c.records[f][n:], c.records[f][n-1].seal.hash, func(x *record) { x.block = flip(r, x.block) })
		public := c.keys.Keys[0].ID
		wrong := newOffice(66).keys().Keys[0].ID
		c.files[f] = append(c.files[f][:c.records[f][n].at:c.records[f][n].at], bytes.ReplaceAll(raw, wrong[:], public[:])...)
		return f, uint64(n), 20, []Fault{FaultSeal}
	}, true, true},
	{"the rest of the chain with the true key", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		c.files[f] = append(c.files[f][:c.records[f][n].at:c.records[f][n].at], forged(c.office, c.records[f][n:], c.records[f][n-1].seal.hash, func(x *record) {
			if x.seal.counter == uint64(n) {
				x.block = flip(r, x.block)
			}
		})...)
		return f, uint64(n), 20, []Fault{FaultAnchor}
	}, true, false},
	{"a block taken out", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		m := min(len(c.records[f])-1, n+1+r.IntN(3))
		c.files[f] = splice(c.files[f], c.records[f][n].at, c.records[f][m].at, nil)
		return f, uint64(n), uint64(m - 1), []Fault{FaultMissing}
	}, false, true},
	{"a block without its seal", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		x := c.records[f][n]
		c.files[f] = splice(c.files[f], x.at, x.at+int64(len(x.block)), nil)
		return f, uint64(n), uint64(n), []Fault{FaultBlock}
	}, false, true},
	{"a seal without its block", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		x := c.records[f][n]
		c.files[f] = splice(c.files[f], x.next-sealSize, x.next, nil)
		return f, uint64(n), uint64(n + 1), []Fault{FaultSeal, FaultUnreadable, FaultKey, FaultCut, FaultMissing}
	}, true, true},
	{"two blocks in each other's place", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		m := 1 + r.IntN(len(c.records[f])-2)
		if m == n {
			n, m = 1, 2
		}
		n, m = min(n, m), max(n, m)
		raw, x, y := c.files[f], c.records[f][n], c.records[f][m]
		c.files[f] = slices.Concat(raw[:x.at], raw[y.at:y.next], raw[x.next:y.at], raw[x.at:x.next], raw[y.next:])
		return f, uint64(n), uint64(m), []Fault{FaultOrder}
	}, false, true},
	{"a block twice", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		x := c.records[f][n]
		to := c.records[f][1+r.IntN(len(c.records[f])-1)].at
		if to < x.next {
			to = x.next
		}
		c.files[f] = splice(c.files[f], to, to, c.files[f][x.at:x.next])
		return f, uint64(n), uint64(n), []Fault{FaultRepeated}
	}, false, true},
	{"a block of another session", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, g := 2, 3
		n := 1 + r.IntN(len(c.records[f])-2)
		x, y := c.records[f][n], c.records[g][n]
		c.files[f] = splice(c.files[f], x.at, x.next, c.files[g][y.at:y.next])
		return f, uint64(n), uint64(n), []Fault{FaultForeign}
	}, false, true},
	{"a block of another session under the old seal", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, g := 2, 3
		n := 1 + r.IntN(len(c.records[f])-2)
		x, y := c.records[f][n], c.records[g][n]
		c.files[f] = splice(c.files[f], x.at, x.at+int64(len(x.block)), y.block)
		return f, uint64(n), uint64(n), []Fault{FaultBlock}
	}, false, true},
	{"the tails of two sessions", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, g := 2, 3
		n, m := 1+r.IntN(len(c.records[f])-2), 1+r.IntN(len(c.records[g])-2)
		a, b := c.files[f], c.files[g]
		x, y := c.records[f][n].at, c.records[g][m].at
		c.files[f], c.files[g] = slices.Concat(a[:x], b[y:]), slices.Concat(b[:y], a[x:])
		return f, uint64(n), 20, []Fault{FaultForeign}
	}, true, true},
	{"the tails of two segments", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, g := 0, 1
		n := 1 + r.IntN(len(c.records[f])-2)
		a, b := c.files[f], c.files[g]
		x, y := c.records[f][n].at, c.records[g][n].at
		c.files[f], c.files[g] = slices.Concat(a[:x], b[y:]), slices.Concat(b[:y], a[x:])
		return f, uint64(n), 20, []Fault{FaultForeign}
	}, true, true},
	{"the header of another session", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		c.files[2] = slices.Concat(c.files[3][:headerSize], c.files[2][headerSize:])
		return 2, 0, 0, []Fault{FaultHeader}
	}, true, true},
	{"bytes put in", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		x := c.records[f][n]
		more := make([]byte, 1+r.IntN(300))
		for i := range more {
			more[i] = byte(r.IntN(256))
		}
		at := x.at + int64(r.IntN(len(x.block)))
		c.files[f] = splice(c.files[f], at, at, more)
		return f, uint64(n), uint64(n), []Fault{FaultBlock, FaultUnreadable, FaultSeal, FaultKey}
	}, true, true},
	{"bytes taken out", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		x := c.records[f][n]
		at := x.at + int64(r.IntN(len(x.block)))
		c.files[f] = splice(c.files[f], at, min(at+1+int64(r.IntN(300)), int64(len(c.files[f]))), nil)
		return f, uint64(n), 20, []Fault{FaultBlock, FaultUnreadable, FaultSeal, FaultKey, FaultCut, FaultMissing, FaultTail, FaultNoEnd}
	}, true, true},
	{"a stretch of zeros", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		x := c.records[f][n]
		at := x.at + int64(r.IntN(len(x.block)))
		clear(c.files[f][at:min(at+64+int64(r.IntN(900)), int64(len(c.files[f])))])
		return f, uint64(n), 20, []Fault{FaultBlock, FaultUnreadable, FaultSeal, FaultKey, FaultCut, FaultTail, FaultNoEnd}
	}, true, true},
	{"something behind the end", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		x := c.records[f][n]
		more := c.files[f][x.at:x.next]
		if r.IntN(2) == 0 {
			more = []byte("more")
		}
		c.files[f] = append(c.files[f], more...)
		return f, 0, 20, []Fault{FaultAfterEnd, FaultRepeated}
	}, true, true},
	{"a segment that is not there", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f := r.IntN(2)
		c.files[f] = nil
		return f, 0, 0, []Fault{FaultSegment}
	}, true, false},
	{"a segment that follows another one", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		head := c.files[1][:headerSize]
		binary.BigEndian.PutUint64(head[44:], uint64(r.IntN(8)))
		sum := sumOf(head)
		first := c.records[1][0]
		first.seal.hash = sum
		rest := forged(c.office, c.records[1][1:], sum, func(*record) {})
		raw, err := first.seal.sign(c.office)
		if err != nil {
			panic(err)
		}
		c.files[1] = slices.Concat(head, raw, rest)
		return 1, 0, 0, []Fault{FaultLink}
	}, true, true},
	{"an anchor that is not there", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f := r.IntN(len(c.files))
		x := c.records[f][r.IntN(len(c.records[f]))].seal
		c.anchors = slices.DeleteFunc(c.anchors, func(a Anchor) bool {
			return a.Session == x.session && a.Segment == x.segment && a.Counter == x.counter
		})
		return f, x.counter, x.counter, []Fault{FaultNoAnchor}
	}, false, false},
	{"a key that was not in use", func(r *rand.Rand, c *cabinet) (int, uint64, uint64, []Fault) {
		f, n := c.pick(r)
		to := moment(c.records[f][n].seal.at).Add(-time.Microsecond)
		c.keys.Keys = slices.Clone(c.keys.Keys)
		c.keys.Keys[0].To = &to
		return f, uint64(n), 20, []Fault{FaultKeyTime}
	}, true, true},
}

// TestTamperings tries random tamperings: each is found and named, with anchors
// and, where that is possible, without.
func TestTamperings(t *testing.T) {
	t.Parallel()
	start := newCabinet(t)
	clean(t, start.office, start.list(&cabinet{files: make([][]byte, len(start.files))})...)
	for _, anchors := range [][]Anchor{nil, start.anchors} {
		if err := agrees(t, start, &cabinet{files: make([][]byte, len(start.files))}, anchors); err != nil {
			t.Fatalf("the checker made from the document: %v", err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for n := range *tamperings {
		one := crimes[n%len(crimes)]
		c := start.clone()
		f, lo, hi, faults := one.do(r, c)
		if f < len(c.files) && bytes.Equal(c.files[f], start.files[f]) && len(c.anchors) == len(start.anchors) && c.keys.Keys[0].To == nil {
			continue // nothing was changed
		}
		for _, anchors := range [][]Anchor{c.anchors, nil} {
			if anchors == nil && !one.bare {
				continue
			}
			report, err := Verify(c.list(start), c.keys, anchors)
			if err != nil {
				t.Fatal(err)
			}
			id, segment := start.records[f][0].seal.session, start.records[f][0].seal.segment
			if agrees(t, c, start, anchors) == nil {
				t.Fatalf("seed %d, number %d: %s was not found by the checker made from the document", seed, n, one.name)
			}
			if !named(report, id, segment, lo, hi, faults) {
				t.Fatalf("seed %d, number %d: %s (file %d, blocks %d to %d; anchors %v) was not named, only %v", seed, n, one.name, f, lo, hi, anchors != nil, report.Findings)
			}
			for _, finding := range report.Findings {
				if !one.wide && (finding.Session != id || finding.Segment != segment || finding.From < lo || finding.To > hi) {
					t.Fatalf("seed %d, number %d: %s (file %d, blocks %d to %d; anchors %v): something else was named: %s", seed, n, one.name, f, lo, hi, anchors != nil, finding)
				}
			}
		}
	}
}

// agrees asks the checker that was made from the document.
func agrees(t *testing.T, c, start *cabinet, anchors []Anchor) error {
	t.Helper()
	keys, err := json.Marshal(c.keys)
	if err != nil {
		t.Fatal(err)
	}
	var lines []byte
	if anchors != nil {
		var out bytes.Buffer
		if err := WriteAnchors(&out, anchors); err != nil {
			t.Fatal(err)
		}
		if again, err := ReadAnchors(bytes.NewReader(out.Bytes())); err != nil || !slices.Equal(again, anchors) {
			t.Fatalf("anchors read back: %v", err)
		}
		lines = out.Bytes()
	}
	var files [][]byte
	for _, f := range c.list(start) {
		raw := make([]byte, f.Size)
		if _, err := f.R.ReadAt(raw, 0); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		files = append(files, raw)
	}
	return independent(files, keys, lines)
}

func named(report Report, id uuid.UUID, segment uint32, lo, hi uint64, faults []Fault) bool {
	for _, f := range report.Findings {
		if (faults == nil || slices.Contains(faults, f.Fault)) && (f.Fault == FaultCut || f.Fault == FaultHeader || f.Session == id && f.Segment == segment) && f.From <= hi && f.To >= lo {
			return true
		}
	}
	return false
}

func TestFindingsAreSentences(t *testing.T) {
	t.Parallel()
	c := newCabinet(t)
	x := c.records[2][5]
	c.files[2][x.at+40] ^= 1
	report, err := Verify([]File{file("x", c.files[2])}, c.keys, c.anchors)
	if err != nil || len(report.Findings) != 1 {
		t.Fatal(report.Findings, err)
	}
	const want = "第 1 段 第 5 块（0:00:04.0–0:00:05.0）：内容被改动 / segment 1, block 5 (0:00:04.0–0:00:05.0): the content was changed"
	if got := report.Findings[0].String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
