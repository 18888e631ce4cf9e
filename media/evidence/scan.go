package evidence

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// File is a segment as it lies somewhere.
type File struct {
	Name string // for reports
	R    io.ReaderAt
	Size int64
}

// read gives n bytes at a place; false when the file has fewer.
func (f File) read(at int64, n int) ([]byte, bool, error) {
	if at < 0 || at+int64(n) > f.Size {
		return nil, false, nil
	}
	raw := make([]byte, n)
	if got, err := f.R.ReadAt(raw, at); err != nil && (!errors.Is(err, io.EOF) || got < n) {
		return nil, false, fmt.Errorf("read %s: %w", f.Name, err)
	}
	return raw, true, nil
}

// header reads the start of the file; false when it is no segment.
func (f File) header() (header, []byte, bool, error) {
	raw, ok, err := f.read(0, headerSize)
	if err != nil || !ok {
		return header{}, nil, false, err
	}
	h, ok := parseHeader(raw)
	return h, raw, ok, nil
}

// block reads the block at a place, head and all; false when none stands there
// whole.
func (f File) block(at int64) ([]byte, bool, error) {
	head, ok, err := f.read(at, blockHead)
	if err != nil || !ok || head[0] != typeBlock {
		return nil, false, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n < tagSize+frameHead || n > blockCipher {
		return nil, false, nil
	}
	return f.read(at, blockHead+int(n))
}

// record is a block with its seal, or a seal that stands alone.
type record struct {
	at    int64 // of the first byte
	next  int64 // of the first byte behind
	block []byte
	raw   []byte // of the seal
	seal  seal
}

// record reads what stands at a place; false when it isn't whole. A seal is taken
// as one by its place, whatever its bytes say.
func (f File) record(at int64) (record, bool, error) {
	out := record{at: at}
	block, ok, err := f.block(at)
	if err != nil {
		return out, false, err
	}
	sealAt := at
	if ok {
		out.block = block
		sealAt += int64(len(block))
	}
	raw, whole, err := f.read(sealAt, sealSize)
	if err != nil || !whole || (!ok && raw[0] != typeSeal) {
		return out, false, err
	}
	out.raw, out.seal, out.next = raw, parseSeal(raw), sealAt+sealSize
	return out, true, nil
}

// sound walks the records that are what a writer made, from the start, and calls
// each for every one; it returns where the last one ends. Signatures are not
// checked here.
func (f File) sound(each func(record) error) (header, int64, error) {
	head, raw, ok, err := f.header()
	if err != nil {
		return head, 0, err
	}
	if !ok {
		return head, 0, fmt.Errorf("%s is no evidence file: it does not begin with the header of one", f.Name)
	}
	at, hash, counter, ended := int64(headerSize), sumOf(raw), uint64(0), false
	for !ended {
		r, ok, err := f.record(at)
		if err != nil {
			return head, at, err
		}
		if !ok {
			break
		}
		if counter > 0 {
			hash = chain(hash, r.block)
		}
		s := r.seal
		if r.raw[0] != typeSeal || s.session != head.session || s.segment != head.segment || s.counter != counter || s.hash != hash || !fits(s.state, counter, r.block != nil) {
			break
		}
		if err := each(r); err != nil {
			return head, at, err
		}
		at, ended = r.next, s.state.final()
		counter++
	}
	return head, at, nil
}

// fits says whether a seal of that state may stand there.
func fits(state State, counter uint64, block bool) bool {
	switch state {
	case Opened:
		return counter == 0 && !block
	case Running:
		return counter > 0 && block
	case Closed, Crashed:
		return counter > 0 && !block
	}
	return false
}
