package export

import (
	"io"
	"time"

	"github.com/pion/rtp/codecs"
)

// picture puts VP8 frames together. After a loss it waits for a key frame: what
// refers to a lost frame would show what nobody saw.
type picture struct {
	out    io.Writer
	length time.Duration
	name   string
	file   *File
	w      *writer

	frame   []byte
	at      time.Duration
	open    bool // a frame is being put together
	waiting bool // for a key frame
	since   time.Duration
	last    time.Duration
	size    Size
}

// pictureMax bounds one frame.
const pictureMax = 8 << 20

// packet takes the next packet in order; lost says that some before it are missing.
func (p *picture) packet(at time.Duration, payload []byte, lost bool) error {
	if len(payload) == 0 {
		return nil // a probe of the line
	}
	var head codecs.VP8Packet
	data, err := head.Unmarshal(payload)
	begins := err == nil && head.S == 1 && head.PID == 0
	if lost || err != nil || (p.open && at != p.at && begins) || (!p.open && !begins) {
		p.miss()
	}
	if err != nil {
		return nil //nolint:nilerr // it is counted as lost
	}
	if begins {
		p.frame, p.at, p.open = p.frame[:0], at, true
	}
	if !p.open || at != p.at || len(p.frame)+len(data) > pictureMax {
		p.miss()
		return nil
	}
	p.frame = append(p.frame, data...)
	return nil
}

// whole is told when the frame's last packet has come.
func (p *picture) whole() error {
	if !p.open {
		return nil
	}
	p.open = false
	key := len(p.frame) >= 10 && p.frame[0]&1 == 0
	if p.waiting && !key || p.w == nil && !key {
		p.file.Dropped++
		return nil
	}
	if p.at < p.last || p.at > p.length+slack || p.at < 0 {
		p.file.Dropped++
		return nil
	}
	if key {
		size := Size{AtMS: p.at.Milliseconds(), Width: int(p.frame[6]) | int(p.frame[7]&0x3f)<<8, Height: int(p.frame[8]) | int(p.frame[9]&0x3f)<<8}
		if size.Width == 0 || size.Height == 0 {
			p.miss()
			return nil
		}
		if size.Width != p.size.Width || size.Height != p.size.Height {
			p.file.Sizes = append(p.file.Sizes, size)
			p.size = size
		}
		if p.waiting && p.w != nil && p.at-p.since < stillTold {
			p.file.gap(p.since, p.at)
		}
		p.waiting = false
	}
	if p.w == nil {
		w, err := newWriter(p.out, p.length, videoEntry(p.name, p.size.Width, p.size.Height))
		if err != nil {
			return err
		}
		p.w = w
	} else if p.at-p.last >= stillTold {
		p.file.gap(p.last, p.at)
	}
	p.last = p.at
	p.file.seen(p.at)
	p.file.Frames++
	return p.w.write(p.at, key, append([]byte(nil), p.frame...))
}

// miss begins to wait for a key frame.
func (p *picture) miss() {
	if p.open {
		p.file.Dropped++
	}
	p.open = false
	if !p.waiting { // what was shown last is shown until then
		p.waiting, p.since = true, p.last
	}
}

func (p *picture) close() error {
	if p.w == nil {
		return nil
	}
	if p.length-p.last >= stillTold {
		p.file.gap(p.last, p.length)
	}
	return p.w.close()
}
