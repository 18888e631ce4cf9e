package evidence

import (
	"bytes"
	"cmp"
	"errors"
	"slices"

	"github.com/google/uuid"
)

// Verify checks segments against the installation's public keys and, unless it is
// nil, an export of anchors. No data key is needed. The error is for files that
// can't be read at all; what is wrong with them stands in the report.
//
// Without anchors a file that was cut off and given no end is told from a whole
// one, but not from one that is still being written.
func Verify(files []File, keys Keys, anchors []Anchor) (Report, error) {
	if len(files) == 0 {
		return Report{}, errors.New("evidence: no file is given")
	}
	report := Report{Anchored: anchors != nil, Findings: []Finding{}}
	known := map[place3]Anchor{}
	for _, a := range anchors {
		known[place3{a.Session, a.Segment, a.Counter}] = a
	}
	var walks []*walk
	for _, f := range files {
		w := &walk{file: f, keys: keys, report: &report, anchors: known, seen: map[uint64]seal{}, doubtful: map[uint64]bool{}}
		if err := w.run(); err != nil {
			return report, err
		}
		walks = append(walks, w)
	}
	slices.SortStableFunc(walks, func(a, b *walk) int {
		return cmp.Or(bytes.Compare(a.session[:], b.session[:]), cmp.Compare(a.segment, b.segment))
	})
	for _, w := range walks {
		report.Files = append(report.Files, w.checked())
	}
	links(&report, walks, anchors)
	return report, nil
}

// place3 names a seal.
type place3 struct {
	session uuid.UUID
	segment uint32
	counter uint64
}

// walk goes through one file.
type walk struct {
	file    File
	keys    Keys
	report  *Report
	anchors map[place3]Anchor

	head    header
	session uuid.UUID // as the first good seal says, else the header
	segment uint32

	hash     Hash            // of the place before
	sure     bool            // hash can be relied on
	next     uint64          // counter that should come
	seen     map[uint64]seal // good seals
	doubtful map[uint64]bool // places with a finding of their own
	last     seal            // the newest good one
	ended    bool
}

func (w *walk) run() error {
	head, raw, ok, err := w.file.header()
	if err != nil {
		return err
	}
	w.head, w.session, w.segment = head, head.session, head.segment
	if raw == nil {
		w.find(FaultCut, 0, 0, 0)
		return nil
	}
	w.hash, w.sure = sumOf(raw), true
	at := int64(headerSize)
	for at < w.file.Size {
		r, ok, err := w.file.record(at)
		if err != nil {
			return err
		}
		if ok {
			value := w.keys.check(r.raw, &r.seal)
			if w.plausible(r, value) {
				w.take(r, value, true)
				at = r.next
				continue
			}
		}
		if r, ok, err = w.search(at + 1); err != nil {
			return err
		}
		if !ok {
			w.rest(at)
			break
		}
		w.find(FaultUnreadable, w.next, max(w.next, r.seal.counter), at)
		for c := w.next; c <= r.seal.counter && c < w.next+skipMax; c++ {
			w.doubtful[c] = true
		}
		w.take(r, signatureGood, false)
		at = r.next
	}
	if !ok && len(w.seen) == 0 {
		w.find(FaultHeader, 0, 0, 0)
	}
	w.end()
	return nil
}

// skipMax bounds how many places one finding covers: no session has more blocks.
const skipMax = 1 << 20

// rest names what stands at the end and is no record.
func (w *walk) rest(at int64) {
	if w.ended {
		w.find(FaultAfterEnd, w.next, w.next, at)
		return
	}
	w.find(FaultCut, w.next, w.next, at)
	w.doubtful[w.next] = true
}

// plausible says whether the record's place is right. A seal that is not good
// must at least look like the one that should stand there; else its block's
// length is what was changed, and taking it would name the wrong place.
func (w *walk) plausible(r record, value signature) bool {
	if value == signatureGood || value == signatureStale {
		return true
	}
	alike := 0
	for _, same := range []bool{
		r.seal.session == w.session && r.seal.segment == w.segment,
		r.seal.counter == w.next, r.seal.hash == chain(w.hash, r.block), r.next == w.file.Size,
	} {
		if same {
			alike++
		}
	}
	return alike >= 2
}

// search looks for the next good seal from a place on.
func (w *walk) search(from int64) (record, bool, error) {
	const window = 1 << 16
	for at := from; at+sealSize <= w.file.Size; at += window {
		n := int(min(window+sealSize-1, w.file.Size-at))
		raw, _, err := w.file.read(at, n)
		if err != nil {
			return record{}, false, err
		}
		for i := 0; i+sealSize <= n && i < window; i++ {
			if raw[i] != typeSeal {
				continue
			}
			s := parseSeal(raw[i : i+sealSize])
			if s.state < Opened || s.state > Crashed || w.keys.check(raw[i:i+sealSize], &s) != signatureGood {
				continue
			}
			return record{at: at + int64(i), next: at + int64(i) + sealSize, raw: raw[i : i+sealSize], seal: s}, true, nil
		}
	}
	return record{}, false, nil
}

// take checks one record; whole is false when its block could not be read.
func (w *walk) take(r record, value signature, whole bool) {
	if w.ended {
		w.find(FaultAfterEnd, w.next, w.next, r.at)
	}
	if value == signatureGood && r.raw[0] != typeSeal {
		value = signatureBad // the one byte no signature is over
	}
	if value != signatureGood {
		fault := map[signature]Fault{signatureBad: FaultSeal, signatureUnknown: FaultKey, signatureStale: FaultKeyTime}[value]
		w.find(fault, w.next, w.next, r.at)
		w.doubtful[w.next] = true
		if w.next > 0 {
			w.hash, w.sure = chain(w.hash, r.block), w.sure && whole
		}
		w.next++
		return
	}
	s := r.seal
	if len(w.seen) == 0 && s.counter == 0 && w.next == 0 {
		w.session, w.segment = s.session, s.segment
	}
	if s.session != w.session || s.segment != w.segment {
		w.find(FaultForeign, w.next, w.next, r.at)
		w.doubtful[w.next] = true
		w.sure = false
		w.next++
		return
	}
	w.good(r, s, whole)
}

// good checks a record whose seal is this segment's own.
func (w *walk) good(r record, s seal, whole bool) {
	c := s.counter
	if _, again := w.seen[c]; again {
		w.find(FaultRepeated, c, c, r.at)
		return
	}
	if c < w.next && !w.doubtful[c] {
		w.find(FaultOrder, c, c, r.at)
	}
	before, sure := w.before(c)
	w.seen[c] = s
	want := before
	if c > 0 {
		want = chain(before, r.block)
	}
	switch {
	case !whole: // named already
	case !fits(s.state, c, r.block != nil), sure && want != s.hash:
		fault := FaultBlock
		if c == 0 {
			fault = FaultHeader
		}
		w.find(fault, c, c, r.at)
	}
	w.anchored(s, r.at)
	w.hash, w.sure, w.next = s.hash, true, c+1
	if len(w.seen) == 1 || c > w.last.counter {
		w.last = s
	}
	if s.state.final() {
		w.ended = true
	}
}

// before is h of the place before a counter, if it is known for sure.
func (w *walk) before(c uint64) (Hash, bool) {
	if c == 0 {
		raw, ok, err := w.file.read(0, headerSize)
		return sumOf(raw), ok && err == nil
	}
	if s, ok := w.seen[c-1]; ok {
		return s.hash, true
	}
	if a, ok := w.anchors[place3{w.session, w.segment, c - 1}]; ok {
		return a.Hash, true
	}
	return w.hash, w.sure && c == w.next
}

func (w *walk) anchored(s seal, at int64) {
	if !w.report.Anchored {
		return
	}
	a, ok := w.anchors[place3{s.session, s.segment, s.counter}]
	if !ok {
		w.find(FaultNoAnchor, s.counter, s.counter, at)
		return
	}
	if a.Hash != s.hash || a.State != s.state || a.Key != s.key || a.At.UnixMicro() != s.at {
		w.find(FaultAnchor, s.counter, s.counter, at)
	}
}

// end names what should have come and did not.
func (w *walk) end() {
	top, any := uint64(0), false
	for c := range w.seen {
		top, any = max(top, c), true
	}
	for c := uint64(0); any && c < top && c < skipMax; c++ {
		if _, ok := w.seen[c]; !ok && !w.doubtful[c] {
			w.find(FaultMissing, c, c, -1)
		}
	}
	after := top + 1
	if !any {
		after = 0
	}
	last, more := uint64(0), false
	for at := range w.anchors {
		if at.session == w.session && at.segment == w.segment && at.counter >= after {
			last, more = max(last, at.counter), true
		}
	}
	if more && !w.covered(after, last) {
		w.find(FaultTail, after, last, w.file.Size)
	}
	if !w.ended {
		w.find(FaultNoEnd, after, after, w.file.Size)
	}
}

// covered says whether all of those places have a finding of their own.
func (w *walk) covered(from, to uint64) bool {
	for c := from; c <= to && c < from+skipMax; c++ {
		if !w.doubtful[c] {
			return false
		}
	}
	return true
}

// find notes a finding with the time it is about.
func (w *walk) find(fault Fault, from, to uint64, at int64) {
	f := Finding{Fault: fault, File: w.file.Name, Session: w.session, Segment: w.segment, From: from, To: to, Second: w.second(from, -1), Until: w.second(to, 0), Offset: at}
	w.report.add(f)
}

// second is when a block ended (shift 0) or began (shift -1), in seconds of the
// segment, from the seals and anchors that are known; -1 otherwise.
func (w *walk) second(counter uint64, shift int) float64 {
	start, ok := w.time(0)
	if !ok {
		start = w.head.started
	}
	for c := counter; ; c-- {
		if shift == 0 || c < counter || c == 0 {
			if at, ok := w.time(c); ok && at >= start {
				return float64(at-start) / 1e6
			}
			if shift == 0 {
				return -1
			}
		}
		if c == 0 || counter-c > 1000 {
			return -1
		}
	}
}

func (w *walk) time(counter uint64) (int64, bool) {
	if s, ok := w.seen[counter]; ok {
		return s.at, true
	}
	if a, ok := w.anchors[place3{w.session, w.segment, counter}]; ok {
		return a.At.UnixMicro(), true
	}
	return 0, false
}

func (w *walk) checked() Checked {
	out := Checked{File: w.file.Name, Session: w.session, Segment: w.segment, Started: moment(w.head.started), Seals: len(w.seen), Bytes: w.file.Size}
	if out.Seals > 0 {
		out.Ended, out.State = moment(w.last.at), w.last.state.String()
	}
	return out
}

// links checks that the segments are those of their sessions and follow each
// other. A segment may name an earlier seal than the last one of the segment
// before: the one that was anchored when the next began.
func links(report *Report, walks []*walk, anchors []Anchor) {
	type part struct {
		session uuid.UUID
		segment uint32
	}
	have, top := map[part]*walk{}, map[uuid.UUID]uint32{}
	var sessions []uuid.UUID
	for _, w := range walks {
		p := part{w.session, w.segment}
		if have[p] != nil {
			report.add(Finding{Fault: FaultSegmentTwice, File: w.file.Name, Session: p.session, Segment: p.segment, Offset: -1})
			continue
		}
		have[p] = w
		if len(w.seen) == 0 {
			continue // its number is only what an unsealed header says
		}
		if _, ok := top[p.session]; !ok {
			sessions = append(sessions, p.session)
		}
		top[p.session] = max(top[p.session], p.segment)
	}
	for _, a := range anchors {
		if at, ok := top[a.Session]; ok {
			top[a.Session] = max(at, a.Segment)
		}
	}
	for _, id := range sessions {
		for n := uint32(1); n <= top[id] && n < 1<<16; n++ {
			w := have[part{id, n}]
			if w == nil {
				report.add(Finding{Fault: FaultSegment, Session: id, Segment: n, Second: -1, Until: -1, Offset: -1})
				continue
			}
			if !w.follows(have[part{id, n - 1}]) {
				w.find(FaultLink, 0, 0, 0)
			}
		}
	}
}

// follows says whether the segment's header names a seal of the one before it,
// which may not be there.
func (w *walk) follows(before *walk) bool {
	to := w.head.previous
	if w.segment <= 1 {
		return to == link{}
	}
	if to.segment == 0 || to.segment >= w.segment {
		return false
	}
	if before == nil || before.segment != to.segment {
		return true // that it is missing is a finding of its own
	}
	s, ok := before.seen[to.counter]
	return !ok && before.doubtful[to.counter] || ok && s.hash == to.hash
}
