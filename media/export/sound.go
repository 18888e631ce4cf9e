package export

import (
	"io"
	"time"
)

// sound writes Opus packets. Where nothing was sent it writes coded silence.
type sound struct {
	out    io.Writer
	length time.Duration
	name   string
	file   *File
	w      *writer
	end    time.Duration // of what was written
}

// slack is how far two packets may be apart and still count as neighbours:
// timestamps of one run are exact, those of two runs are not.
const slack = 2500 * time.Microsecond

// packet takes the next packet in order; lost says that some before it are missing.
func (s *sound) packet(at time.Duration, payload []byte, _ bool) error {
	lasts := opusLasts(payload)
	if lasts == 0 {
		return nil
	}
	if at < s.end-slack || at+lasts > s.length+slack {
		s.file.Dropped++ // overlaps with what an older stream brought, or lies outside
		return nil
	}
	if err := s.silence(max(at, 0), true); err != nil {
		return err
	}
	at = max(at, s.end)
	s.file.seen(at)
	s.file.Frames++
	s.end = at + lasts
	return s.w.write(at, true, payload)
}

// open makes the file with its first packet, or with silence.
func (s *sound) open() (err error) {
	if s.w == nil {
		s.w, err = newWriter(s.out, s.length, audioEntry(s.name, 2))
	}
	return err
}

// silences are packets of coded silence, the longest first: CELT, full band.
//
//nolint:gochecknoglobals // a table
var silences = []struct {
	lasts time.Duration
	data  []byte
}{
	{20 * time.Millisecond, []byte{0xf8, 0xff, 0xfe}},
	{10 * time.Millisecond, []byte{0xf0, 0xff, 0xfe}},
	{5 * time.Millisecond, []byte{0xe8, 0xff, 0xfe}},
	{2500 * time.Microsecond, []byte{0xe0, 0xff, 0xfe}},
}

func (s *sound) silence(until time.Duration, told bool) error {
	if err := s.open(); err != nil {
		return err
	}
	if told && until-s.end >= gapTold {
		s.file.gap(s.end, until)
	}
	for _, one := range silences {
		for until-s.end >= one.lasts {
			if err := s.w.write(s.end, true, one.data); err != nil {
				return err
			}
			s.end += one.lasts
		}
	}
	return nil
}

func (s *sound) close() error {
	if err := s.silence(s.length, s.file.Frames > 0); err != nil {
		return err
	}
	return s.w.close()
}

// opusLasts is how long a packet sounds (RFC 6716, 3.1); 0 for none.
func opusLasts(payload []byte) time.Duration {
	if len(payload) == 0 {
		return 0
	}
	toc := payload[0]
	const us = time.Microsecond
	var frame time.Duration
	switch config := toc >> 3; {
	case config < 12: // SILK
		frame = []time.Duration{10_000 * us, 20_000 * us, 40_000 * us, 60_000 * us}[config&3]
	case config < 16: // hybrid
		frame = []time.Duration{10_000 * us, 20_000 * us}[config&1]
	default: // CELT
		frame = []time.Duration{2500 * us, 5000 * us, 10_000 * us, 20_000 * us}[config&3]
	}
	count := time.Duration(1)
	switch toc & 3 {
	case 1, 2:
		count = 2
	case 3:
		if len(payload) < 2 {
			return 0
		}
		count = time.Duration(payload[1] & 0x3f)
	}
	if lasts := frame * count; lasts <= 120*time.Millisecond { // the most a packet may hold
		return lasts
	}
	return 0
}
