package media

import (
	"fmt"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

const (
	// quietBeforeRestart is how long a line may be silent before a new way is searched.
	quietBeforeRestart = 3 * time.Second
	// restartsMax is how many searches in a row may fail.
	restartsMax = 5
	// gatherWait bounds the gathering of our own addresses, which are all known.
	gatherWait = 2 * time.Second
	// bindRetry and bindTries are how often a line that has just come up is
	// tried: pion tells of it a moment before it takes packets.
	bindRetry = 2 * time.Millisecond
	bindTries = 500
	// candidatesMax bounds what waits for an answer.
	candidatesMax = 64
)

// peer is one connection of one person. What has no lock belongs to the queue.
type peer struct {
	room  *room
	id    string
	epoch int
	pc    *webrtc.PeerConnection
	queue *queue

	done    chan struct{}
	running sync.WaitGroup

	mu      sync.Mutex
	stopped bool
	slots   map[Kind]*webrtc.RTPTransceiver

	sinks       map[*source]*outgoing
	number      int
	negotiating bool
	again       bool // something changed while an answer was awaited
	restartNext bool
	restarts    int
	offered     *Offer
	candidates  []webrtc.ICECandidateInit
}

type outgoing struct {
	sink        *sink
	transceiver *webrtc.RTPTransceiver
}

func newPeer(r *room, id string) (*peer, error) {
	pc, err := r.server.api.NewPeerConnection(webrtc.Configuration{
		BundlePolicy: webrtc.BundlePolicyMaxBundle, RTCPMuxPolicy: webrtc.RTCPMuxPolicyRequire,
	})
	if err != nil {
		return nil, fmt.Errorf("make a media connection: %w", err)
	}
	p := &peer{
		room: r, id: id, pc: pc, queue: newQueue(), done: make(chan struct{}),
		slots: map[Kind]*webrtc.RTPTransceiver{}, sinks: map[*source]*outgoing{},
	}
	pc.OnTrack(p.receive)
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) { p.queue.post(func() { p.changed(state) }) })
	return p, nil
}

// begin starts the queue; what was posted before runs then.
func (p *peer) begin() {
	p.enter(func() { p.queue.run(p.done) })
}

// enter runs f in a goroutine that stop waits for; not at all after stop.
func (p *peer) enter(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return
	}
	p.running.Add(1)
	go func() {
		defer p.running.Done()
		f()
	}()
}

// stop ends the connection. It returns at once; the janitor does the waiting.
func (p *peer) stop() {
	p.mu.Lock()
	if p.stopped {
		p.mu.Unlock()
		return
	}
	p.stopped = true
	close(p.done)
	p.mu.Unlock()
	p.room.server.janitor.take(p.pc, p.room.name, p.id, func() {
		p.running.Wait()
		for s, out := range p.sinks {
			s.remove(out.sink)
		}
	})
}

func (p *peer) tell(event Event) {
	event.Room, event.Peer, event.Epoch = p.room.name, p.id, p.epoch
	p.room.server.events.send(event)
}

func (p *peer) warn(what string, err error) {
	select {
	case <-p.done: // a connection that is closing refuses everything
	default:
		p.room.server.config.Logger.Warn("media: "+what, "room", p.room.name, "peer", p.id, "error", err)
	}
}

// want adds a line on which the person can send.
func (p *peer) want(kind Kind) {
	p.mu.Lock()
	_, ok := p.slots[kind]
	p.mu.Unlock()
	if ok {
		return
	}
	codec := webrtc.RTPCodecTypeVideo
	if !kind.Video() {
		codec = webrtc.RTPCodecTypeAudio
	}
	t, err := p.pc.AddTransceiverFromKind(codec, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	if err != nil {
		p.warn("add a line", err)
		return
	}
	p.mu.Lock()
	p.slots[kind] = t
	p.mu.Unlock()
	p.negotiate()
}

// subscribe adds a line on which the person gets a source.
func (p *peer) subscribe(s *source) {
	if _, ok := p.sinks[s]; ok {
		return
	}
	k := newSink(s, p.id, s.peer+"-"+string(s.kind))
	t, err := p.pc.AddTransceiverFromTrack(k, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		p.warn("add a receiver", err)
		return
	}
	p.sinks[s] = &outgoing{sink: k, transceiver: t}
	s.add(k)
	p.enter(func() { p.readControl(k, t.Sender()) })
	p.enter(func() { p.startSink(k) })
	p.negotiate()
}

func (p *peer) unsubscribe(s *source) {
	out, ok := p.sinks[s]
	if !ok {
		return
	}
	delete(p.sinks, s)
	s.remove(out.sink)
	if err := p.pc.RemoveTrack(out.transceiver.Sender()); err != nil {
		p.warn("remove a receiver", err)
		return
	}
	p.negotiate()
}

// startSink waits for the line and gives the receiver its first picture.
func (p *peer) startSink(k *sink) {
	select {
	case <-k.bound:
	case <-p.done:
		return
	}
	ticker := time.NewTicker(bindRetry)
	defer ticker.Stop()
	for range bindTries {
		if k.source.start(k) {
			return
		}
		select {
		case <-ticker.C:
		case <-p.done:
			return
		}
	}
}

// readControl reads what a receiver reports until the sender ends.
func (p *peer) readControl(k *sink, sender *webrtc.RTPSender) {
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		k.control(packets, p.room.server.config.Clock())
	}
}

// receive is pion's word that a person's source has its first packet.
func (p *peer) receive(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	p.mu.Lock()
	var kind Kind
	for k, t := range p.slots {
		if t.Receiver() == receiver {
			kind = k
		}
	}
	p.mu.Unlock()
	if kind == "" {
		return
	}
	s := p.room.source(p.id, kind)
	ssrc := uint32(track.SSRC())
	feed := s.attach(func() {
		_ = p.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}}) // asked again when nothing comes
	})
	p.enter(func() { p.readReports(s, feed, ssrc, receiver) })
	p.enter(func() { p.readPackets(s, feed, track) })
	p.tell(Event{Kind: Started, Source: kind})
	p.room.published(s)
}

func (p *peer) readPackets(s *source, feed int, track *webrtc.TrackRemote) {
	defer s.detach(feed)
	buffer := make([]byte, 1600)
	var in rtp.Packet
	for {
		n, _, err := track.Read(buffer)
		if err != nil {
			return
		}
		if err := in.Unmarshal(buffer[:n]); err != nil {
			continue // not a packet: a stranger's noise
		}
		s.write(feed, &in)
	}
}

// readReports keeps the sender reports flowing into pion's bookkeeping, and to
// who listens.
func (p *peer) readReports(s *source, feed int, ssrc uint32, receiver *webrtc.RTPReceiver) {
	buffer := make([]byte, 1600)
	for {
		n, _, err := receiver.Read(buffer)
		if err != nil {
			return
		}
		if s.tap == nil {
			continue
		}
		packets, err := rtcp.Unmarshal(buffer[:n])
		if err != nil {
			continue // not a report: a stranger's noise
		}
		for _, one := range packets {
			if report, ok := one.(*rtcp.SenderReport); ok && report.SSRC == ssrc {
				s.report(feed, report)
			}
		}
	}
}

// changed follows the state of the line.
func (p *peer) changed(state webrtc.PeerConnectionState) {
	switch state {
	case webrtc.PeerConnectionStateConnected:
		p.restarts = 0
		p.tell(Event{Kind: Connected})
	case webrtc.PeerConnectionStateDisconnected:
		p.tell(Event{Kind: Disconnected})
		p.enter(p.restartWhenQuiet)
	case webrtc.PeerConnectionStateFailed:
		if p.pc.ICEConnectionState() != webrtc.ICEConnectionStateFailed || p.restarts >= restartsMax {
			p.tell(Event{Kind: Failed, Reason: "ice " + p.pc.ICEConnectionState().String()})
			return
		}
		p.restart()
	default:
	}
}

func (p *peer) restartWhenQuiet() {
	timer := time.NewTimer(quietBeforeRestart)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.done:
		return
	}
	p.queue.post(func() {
		if p.pc.ConnectionState() == webrtc.PeerConnectionStateDisconnected {
			p.restart()
		}
	})
}
