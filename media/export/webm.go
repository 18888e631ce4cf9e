package export

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/at-wat/ebml-go"
	"github.com/at-wat/ebml-go/webm"
)

const (
	// clusterTime and clusterBytes bound what is kept of a file before it is written.
	clusterTime  = 2 * time.Second
	clusterBytes = 1 << 20
	trackVideo   = 1
	trackAudio   = 2
)

// writer writes a WebM with one track. Its times are milliseconds from zero and
// never go back.
type writer struct {
	out     *bufio.Writer
	start   int64
	blocks  []ebml.Block
	size    int
	cluster bool
}

type segmentHead struct {
	Info   webm.Info   `ebml:"Info"`
	Tracks webm.Tracks `ebml:"Tracks"`
}

func newWriter(out io.Writer, length time.Duration, entry webm.TrackEntry) (*writer, error) {
	w := &writer{out: bufio.NewWriterSize(out, 1<<16)}
	entry.TrackNumber, entry.TrackUID = 1, 1
	head := struct {
		Header  webm.EBMLHeader `ebml:"EBML"`
		Segment segmentHead     `ebml:"Segment,size=unknown"`
	}{
		Header: *webm.DefaultEBMLHeader,
		Segment: segmentHead{
			Info:   webm.Info{TimecodeScale: uint64(time.Millisecond), MuxingApp: "pingdui", WritingApp: "pingdui", Duration: float64(length.Milliseconds())},
			Tracks: webm.Tracks{TrackEntry: []webm.TrackEntry{entry}},
		},
	}
	if err := ebml.Marshal(&head, w.out); err != nil {
		return nil, fmt.Errorf("write a WebM: %w", err)
	}
	return w, nil
}

func videoEntry(name string, width, height int) webm.TrackEntry {
	return webm.TrackEntry{Name: name, CodecID: "V_VP8", TrackType: trackVideo, Video: &webm.Video{PixelWidth: uint64(width), PixelHeight: uint64(height)}} //nolint:gosec // 14 bits
}

// opusHead is the identification header of RFC 7845, 5.1: one channel, 48 kHz,
// nothing to skip. Two channels are told by the packets themselves.
func opusHead(channels byte) []byte {
	return []byte{'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, channels, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0}
}

func audioEntry(name string, channels byte) webm.TrackEntry {
	return webm.TrackEntry{
		Name: name, CodecID: "A_OPUS", CodecPrivate: opusHead(channels), SeekPreRoll: uint64(80 * time.Millisecond), TrackType: trackAudio,
		Audio: &webm.Audio{SamplingFrequency: 48_000, Channels: uint64(channels)},
	}
}

// write adds a frame at a time of the file.
func (w *writer) write(at time.Duration, key bool, data []byte) error {
	ms := at.Milliseconds()
	if w.cluster && (ms-w.start >= clusterTime.Milliseconds() || w.size >= clusterBytes) {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if !w.cluster {
		w.cluster, w.start = true, ms
	}
	w.blocks = append(w.blocks, ebml.Block{TrackNumber: 1, Timecode: int16(ms - w.start), Keyframe: key, Data: [][]byte{data}}) //nolint:gosec // at most clusterTime
	w.size += len(data)
	return nil
}

func (w *writer) flush() error {
	if !w.cluster {
		return nil
	}
	one := struct {
		Cluster webm.Cluster `ebml:"Cluster"`
	}{webm.Cluster{Timecode: uint64(w.start), SimpleBlock: w.blocks}} //nolint:gosec // never below zero
	if err := ebml.Marshal(&one, w.out); err != nil {
		return fmt.Errorf("write a WebM: %w", err)
	}
	w.cluster, w.blocks, w.size = false, nil, 0
	return nil
}

func (w *writer) close() error { return errors.Join(w.flush(), w.out.Flush()) }
