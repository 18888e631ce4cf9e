package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"github.com/pingdui/pingdui/media/evidence"
)

const (
	// window is how many packets of a source are put in order, and reach is how
	// long a packet that is missing is waited for: as long as it can be sent again.
	window = 1024
	reach  = 2 * time.Second
	// gapTold is the shortest time without sound that stands in the manifest;
	// stillTold the same of a picture, which may well stand still for a second.
	gapTold   = 500 * time.Millisecond
	stillTold = 5 * time.Second
	// tracksMax bounds the sources of a session.
	tracksMax = 64
)

// Manifest says what was exported.
type Manifest struct {
	Session  uuid.UUID `json:"session"`
	Started  time.Time `json:"started"` // zero of every file
	LengthMS int64     `json:"length_ms"`
	Parts    []Part    `json:"parts"`
	Files    []File    `json:"files"`
	// Events is the file with everything that isn't sound or picture, a JSON
	// object {"at_ms", "kind", "track", "body"} a line.
	Events string `json:"events"`
}

// Part is one segment of the recording; between two nothing was recorded.
type Part struct {
	Segment uint32 `json:"segment"`
	FromMS  int64  `json:"from_ms"`
	ToMS    int64  `json:"to_ms"`
	End     string `json:"end"` // closed, crashed, or running when it has no end
	Damaged int64  `json:"damaged_bytes,omitempty"`
}

// File is one source.
type File struct {
	Name    string `json:"file"` // empty: there was nothing that could be shown
	Person  string `json:"person"`
	Source  string `json:"source"`
	Codec   string `json:"codec"`
	Frames  int    `json:"frames"`  // written, without silence
	Lost    int    `json:"lost"`    // packets that never came
	Dropped int    `json:"dropped"` // frames that could not be decoded or lie outside
	FirstMS int64  `json:"first_ms"`
	LastMS  int64  `json:"last_ms"`
	Gaps    []Gap  `json:"gaps"`
	Sizes   []Size `json:"sizes,omitempty"`
}

// Gap is a time without sound, or with a picture that stands still.
type Gap struct {
	FromMS int64 `json:"from_ms"`
	ToMS   int64 `json:"to_ms"`
}

// Size is a picture's from a moment on.
type Size struct {
	AtMS   int64 `json:"at_ms"`
	Width  int   `json:"width"`
	Height int   `json:"height"`
}

func (f *File) gap(from, to time.Duration) {
	f.Gaps = append(f.Gaps, Gap{from.Milliseconds(), to.Milliseconds()})
}

func (f *File) seen(at time.Duration) {
	if f.Frames == 0 {
		f.FirstMS = at.Milliseconds()
	}
	f.LastMS = at.Milliseconds()
}

// track is one source on its way into a file. Sources of one person and kind in
// several segments are one.
type track struct {
	info  evidence.TrackInfo
	runs  []*run
	first unwrapper // of the first pass
	again unwrapper // of the second
	last  time.Duration

	file    File
	out     *os.File
	sink    sink
	waiting []packet
	next    placed // of the packet that should come
	begun   bool
}

// sink writes packets in order.
type sink interface {
	packet(at time.Duration, payload []byte, lost bool) error
	close() error
}

type packet struct {
	placed
	came    time.Duration
	marker  bool
	payload []byte
}

// Export writes a session's files into a folder, which must be there, and gives
// back the manifest it wrote as manifest.json. Files that are there are refused.
func Export(r *evidence.Reader, folder string) (_ Manifest, err error) {
	spans := r.Spans()
	start, end := spans[0].From, spans[len(spans)-1].To
	m := Manifest{Session: r.Session(), Started: start, LengthMS: end.Sub(start).Milliseconds(), Files: []File{}, Events: "events.jsonl"}
	for _, s := range spans {
		m.Parts = append(m.Parts, Part{Segment: s.Segment, FromMS: s.From.Sub(start).Milliseconds(), ToMS: s.To.Sub(start).Milliseconds(), End: s.End.String(), Damaged: s.Stopped})
	}
	e := &exporter{reader: r, folder: folder, start: start, length: end.Sub(start), tracks: map[trackName]*track{}}
	defer func() { err = errors.Join(err, e.abandon(err)) }()
	if err := e.plan(); err != nil {
		return m, err
	}
	if err := e.play(); err != nil {
		return m, err
	}
	for _, t := range e.order {
		m.Files = append(m.Files, t.file)
	}
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, fmt.Errorf("write the manifest: %w", err)
	}
	return m, e.create("manifest.json", func(out io.Writer) error {
		_, err := out.Write(append(raw, '\n'))
		return err
	})
}

type trackName struct{ person, source string }

type exporter struct {
	reader *evidence.Reader
	folder string
	start  time.Time
	length time.Duration
	tracks map[trackName]*track
	order  []*track
	made   []string
}

// sources follows what the track numbers of the frames stand for.
type sources struct {
	e  *exporter
	by map[uint16]*track
}

// take reads a frame that says what a number stands for.
func (s *sources) take(f evidence.Frame) error {
	var info evidence.TrackInfo
	if err := json.Unmarshal(f.Payload, &info); err != nil {
		return fmt.Errorf("what track %d stands for can't be read: %w", f.Track, err)
	}
	if info.Rate <= 0 || info.Rate > 1_000_000 || (info.Codec != "opus" && info.Codec != "vp8") || !plain(info.Person) || !plain(info.Source) {
		return fmt.Errorf("track %d is of a kind that can't be exported: %.200s", f.Track, f.Payload)
	}
	name := trackName{info.Person, info.Source}
	t := s.e.tracks[name]
	if t == nil {
		if len(s.e.tracks) >= tracksMax {
			return fmt.Errorf("the session has more than %d sources", tracksMax)
		}
		t = &track{info: info, first: unwrapper{rate: info.Rate}, again: unwrapper{rate: info.Rate}}
		t.file = File{Person: info.Person, Source: info.Source, Codec: info.Codec, Gaps: []Gap{}}
		s.e.tracks[name] = t
		s.e.order = append(s.e.order, t)
	}
	s.by[f.Track] = t
	return nil
}

// plain says whether a name may stand in a file's name.
func plain(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// plan is the first pass: what there is, and when.
func (e *exporter) plan() error {
	s := sources{e, map[uint16]*track{}}
	for f, err := range e.reader.Frames(time.Time{}, time.Time{}, evidence.KindTrack, evidence.KindRTP, evidence.KindSenderReport) {
		if err != nil {
			return err
		}
		came := f.At.Sub(e.start)
		t := s.by[f.Track]
		switch {
		case f.Kind == evidence.KindTrack:
			if err := s.take(f); err != nil {
				return err
			}
		case t == nil: // of no known source
		case f.Kind == evidence.KindRTP:
			var h rtp.Header
			if _, err := h.Unmarshal(f.Payload); err == nil {
				t.note(&h, came)
			}
		default:
			var report rtcp.SenderReport
			if report.Unmarshal(f.Payload) == nil {
				t.noteReport(&report, came)
			}
		}
	}
	settle(e.order)
	return nil
}

// play is the second pass: it writes the files.
func (e *exporter) play() error {
	for _, t := range e.order {
		if err := e.open(t); err != nil {
			return err
		}
	}
	err := e.create("events.jsonl", e.playInto)
	for _, t := range e.order {
		if t.out == nil {
			continue
		}
		if err == nil {
			err = t.drain(true)
		}
		if err == nil {
			err = t.sink.close()
		}
		name := t.out.Name()
		err = errors.Join(err, t.out.Close())
		t.out = nil
		if t.file.Frames == 0 { // nothing to show
			t.file.Name = ""
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}

func (e *exporter) playInto(events io.Writer) error {
	s := sources{e, map[uint16]*track{}}
	lines := json.NewEncoder(events)
	for f, err := range e.reader.Frames(time.Time{}, time.Time{}) {
		if err != nil {
			return err
		}
		came := f.At.Sub(e.start)
		switch f.Kind {
		case evidence.KindRTP:
			if t := s.by[f.Track]; t != nil {
				if err := t.take(f.Payload, came); err != nil {
					return err
				}
			}
			continue
		case evidence.KindSenderReport:
			continue
		case evidence.KindTrack:
			if err := s.take(f); err != nil {
				return err
			}
		default:
		}
		if err := lines.Encode(event(f, came)); err != nil {
			return fmt.Errorf("write the events: %w", err)
		}
	}
	return nil
}

// event is a frame as a line: its body as it is when it is JSON, else base64.
func event(f evidence.Frame, came time.Duration) any {
	out := struct {
		AtMS  int64  `json:"at_ms"`
		Kind  string `json:"kind"`
		Track uint16 `json:"track,omitempty"`
		Body  any    `json:"body"`
	}{came.Milliseconds(), f.Kind.String(), f.Track, f.Payload}
	if json.Valid(f.Payload) {
		out.Body = json.RawMessage(f.Payload)
	}
	return out
}

func (e *exporter) open(t *track) (err error) {
	t.file.Name = t.info.Person + "-" + t.info.Source + ".webm"
	if t.out, err = e.file(t.file.Name); err != nil {
		return err
	}
	name := t.info.Person + " " + t.info.Source
	if t.info.Codec == "opus" {
		t.sink = &sound{out: t.out, length: e.length, name: name, file: &t.file}
	} else {
		t.sink = &picture{out: t.out, length: e.length, name: name, file: &t.file}
	}
	return nil
}

func (e *exporter) file(name string) (*os.File, error) {
	path := filepath.Join(e.folder, name)
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // plain names in the named folder
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	e.made = append(e.made, path)
	return out, nil
}

func (e *exporter) create(name string, write func(io.Writer) error) error {
	out, err := e.file(name)
	if err != nil {
		return err
	}
	return errors.Join(write(out), out.Close())
}

// abandon takes away what a failed export has made.
func (e *exporter) abandon(failed error) error {
	if failed == nil {
		return nil
	}
	var problems []error
	for _, t := range e.order {
		if t.out != nil {
			problems = append(problems, t.out.Close())
		}
	}
	for _, path := range e.made {
		if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// take puts a packet into the window and writes what is due.
func (t *track) take(raw []byte, came time.Duration) error {
	var in rtp.Packet
	if err := in.Unmarshal(raw); err != nil {
		return nil //nolint:nilerr // what isn't a packet can't be shown
	}
	p := packet{placed: t.again.place(&in.Header, came), came: came, marker: in.Marker, payload: slices.Clone(in.Payload)}
	at, again := slices.BinarySearchFunc(t.waiting, p, func(a, b packet) int {
		if a.run != b.run {
			return a.run - b.run
		}
		return int(a.ext - b.ext)
	})
	if again || t.begun && (p.run < t.next.run || p.run == t.next.run && p.ext < t.next.ext) {
		return nil // a second time, or too late
	}
	t.waiting = slices.Insert(t.waiting, at, p)
	return t.drain(false)
}

// drain writes the packets in order, up to one that may still come.
func (t *track) drain(all bool) error {
	for len(t.waiting) > 0 {
		p := t.waiting[0]
		follows := t.begun && p.run == t.next.run && p.ext == t.next.ext
		newest := t.waiting[len(t.waiting)-1]
		if !all && !follows && newest.run == p.run && len(t.waiting) < window && newest.came-p.came < reach {
			return nil
		}
		t.waiting = t.waiting[1:]
		lost := t.begun && !follows
		if lost && p.run == t.next.run {
			t.file.Lost += int(p.ext - t.next.ext)
		}
		t.begun, t.next = true, placed{run: p.run, ext: p.ext + 1}
		if err := t.write(p, lost); err != nil {
			return err
		}
	}
	return nil
}

func (t *track) write(p packet, lost bool) error {
	at := t.runs[p.run].base + t.again.duration(p.ticks)
	if err := t.sink.packet(at, p.payload, lost); err != nil {
		return err
	}
	if v, ok := t.sink.(*picture); ok && p.marker {
		return v.whole()
	}
	return nil
}
