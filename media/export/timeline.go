package export

import (
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

const (
	// jump is how far a timestamp may be from where the clock says it should be
	// before it counts as a new run.
	jump = 2 * time.Second
	// late is how far sender reports may be from what the packets say.
	late = time.Second
)

// run is a stretch of packets of one stream whose timestamps hang together.
type run struct {
	ssrc    uint32
	stamp   uint32        // of its first packet
	least   time.Duration // when the first packet would have come with the least delay
	reports []report
	base    time.Duration // when the first packet was made, on the session's timeline
}

// report is what a sender report says: which timestamp belongs to which moment
// of the sender's clock.
type report struct {
	offset time.Duration // of its timestamp from the run's first
	ntp    time.Time
	came   time.Duration
}

// unwrapper counts the numbers of a source up without wrapping. Given the same
// packets it does the same: it is used twice.
type unwrapper struct {
	rate  int
	runs  int
	ssrc  uint32
	seq   uint16
	stamp uint32
	ext   int64 // of seq, from 0 in each run
	ticks int64 // of stamp, from 0 in each run
	came  time.Duration
}

// placed is where a packet belongs.
type placed struct {
	run   int
	ext   int64
	ticks int64
}

// place says where the next packet that came belongs.
func (u *unwrapper) place(h *rtp.Header, came time.Duration) placed {
	step := int64(int16(h.SequenceNumber - u.seq))
	ticks := int64(int32(h.Timestamp - u.stamp))
	passed := came - u.came
	off := u.duration(ticks) - passed
	fresh := u.runs == 0 || h.SSRC != u.ssrc
	switch {
	case fresh:
	case step > 0:
		fresh = off > jump || off < -jump
	default: // sent again, or overtaken
		fresh = u.duration(ticks) < -jump || ticks > 0 || step < -window
	}
	if fresh {
		u.runs++
		u.ssrc, u.seq, u.stamp, u.ext, u.ticks, u.came = h.SSRC, h.SequenceNumber, h.Timestamp, 0, 0, came
		return placed{run: u.runs - 1}
	}
	out := placed{run: u.runs - 1, ext: u.ext + step, ticks: u.ticks + ticks}
	if step > 0 {
		u.seq, u.stamp, u.ext, u.ticks, u.came = h.SequenceNumber, h.Timestamp, out.ext, out.ticks, came
	}
	return out
}

func (u *unwrapper) duration(ticks int64) time.Duration {
	return time.Duration(ticks) * time.Second / time.Duration(u.rate)
}

// note takes a packet's time into its run.
func (t *track) note(h *rtp.Header, came time.Duration) {
	at := t.first.place(h, came)
	if at.run == len(t.runs) {
		t.runs = append(t.runs, &run{ssrc: h.SSRC, stamp: h.Timestamp, least: came})
	}
	r := t.runs[at.run]
	r.least = min(r.least, came-t.first.duration(at.ticks))
	t.last = max(t.last, came)
}

// noteReport takes a sender report into the run that is going on.
func (t *track) noteReport(s *rtcp.SenderReport, came time.Duration) {
	if len(t.runs) == 0 || s.NTPTime == 0 {
		return
	}
	r := t.runs[len(t.runs)-1]
	if r.ssrc != s.SSRC {
		return
	}
	ticks := t.first.ticks + int64(int32(s.RTPTime-t.first.stamp))
	r.reports = append(r.reports, report{offset: t.first.duration(ticks), ntp: fromNTP(s.NTPTime), came: came})
}

// fromNTP is the moment of a 64-bit NTP timestamp (RFC 3550, 4).
func fromNTP(n uint64) time.Time {
	const fromUnix = 2_208_988_800
	nanos := (n & 0xffffffff) * 1_000_000_000 >> 32
	return time.Unix(int64(n>>32)-fromUnix, int64(nanos)) //nolint:gosec // 32 bits each
}

// settle gives every run its place. The sources of a person share a clock: their
// reports tell how far it is from ours, by the report that was delayed least.
func settle(tracks []*track) {
	type clock struct {
		offset time.Duration // ours minus theirs
		known  bool
	}
	epoch := time.Unix(0, 0)
	clocks := map[string]*clock{}
	for _, t := range tracks {
		c := clocks[t.info.Person]
		if c == nil {
			c = &clock{}
			clocks[t.info.Person] = c
		}
		for _, r := range t.runs {
			for _, s := range r.reports {
				if offset := s.came - s.ntp.Sub(epoch); !c.known || offset < c.offset {
					c.offset, c.known = offset, true
				}
			}
		}
	}
	for _, t := range tracks {
		for _, r := range t.runs {
			r.base = r.least
			if len(r.reports) == 0 {
				continue
			}
			middle := r.reports[len(r.reports)/2]
			base := middle.ntp.Sub(epoch) + clocks[t.info.Person].offset - middle.offset
			if off := base - r.least; off < late && off > -late {
				r.base = base
			}
		}
	}
}
