package media

// packet is one RTP packet as it arrived, without its header extensions, which
// are numbered differently in each connection.
type packet struct {
	seq       uint16
	timestamp uint32
	marker    bool
	payload   []byte
}

// ring keeps the newest packets of a source by sequence number. Slots keep
// their buffers, so that a running source allocates nothing.
type ring struct {
	slots []slot
	size  uint16
}

type slot struct {
	packet
	filled bool
}

// newRing makes a ring; size must be a power of two, so that the place of a
// number survives its wrap-around.
func newRing(size uint16) *ring { return &ring{slots: make([]slot, size), size: size} }

// put copies a packet into its place and returns the copy. It is good until
// size further packets have come.
func (r *ring) put(p packet) *packet {
	s := &r.slots[p.seq%r.size]
	buffer := append(s.payload[:0], p.payload...)
	s.packet, s.filled = p, true
	s.payload = buffer
	return &s.packet
}

// get returns the packet of a number, or nil when it never came or is gone.
func (r *ring) get(seq uint16) *packet {
	s := &r.slots[seq%r.size]
	if !s.filled || s.seq != seq {
		return nil
	}
	return &s.packet
}

// clear forgets everything and keeps the buffers.
func (r *ring) clear() {
	for i := range r.slots {
		r.slots[i].filled = false
	}
}

// keyFrame says whether a VP8 payload starts a key frame (RFC 7741, 4.2 and 4.3).
func keyFrame(payload []byte) bool {
	if len(payload) < 1 {
		return false
	}
	first := payload[0]
	if first&0x10 == 0 || first&0x07 != 0 { // not the start of partition 0
		return false
	}
	at := 1
	if first&0x80 != 0 { // extended control bits
		if len(payload) < 2 {
			return false
		}
		bits := payload[1]
		at = 2
		if bits&0x80 != 0 { // picture id, of one or two bytes
			if len(payload) <= at {
				return false
			}
			if payload[at]&0x80 != 0 {
				at++
			}
			at++
		}
		if bits&0x40 != 0 { // TL0PICIDX
			at++
		}
		if bits&0x30 != 0 { // TID, KEYIDX
			at++
		}
	}
	return len(payload) > at && payload[at]&0x01 == 0
}

// after says whether a comes after b, wrap-around respected (RFC 1982).
func after(a, b uint16) bool { return a != b && a-b < 0x8000 }
