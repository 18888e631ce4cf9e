package media

import (
	"errors"
	"time"

	"github.com/pion/webrtc/v4"
)

// negotiate makes an offer, or notes that one is due after the answer that is awaited.
func (p *peer) negotiate() {
	if p.negotiating {
		p.again = true
		return
	}
	p.offer(nil)
}

// restart searches a new way to the person.
func (p *peer) restart() {
	if p.pc.RemoteDescription() == nil {
		p.resend() // nothing was agreed on yet
		return
	}
	if p.negotiating {
		p.restartNext = true
		p.resend()
		return
	}
	p.restarts++
	p.offer(&webrtc.OfferOptions{ICERestart: true})
}

func (p *peer) resend() {
	if p.negotiating && p.offered != nil {
		p.tell(Event{Kind: Offered, Offer: p.offered})
	}
}

func (p *peer) offer(options *webrtc.OfferOptions) {
	description, err := p.pc.CreateOffer(options)
	if err != nil {
		p.warn("make an offer", err)
		return
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(description); err != nil {
		p.warn("take our own offer", err)
		return
	}
	timer := time.NewTimer(gatherWait)
	defer timer.Stop()
	select {
	case <-gathered: // the addresses are the bound ports: this is at once
	case <-timer.C:
		p.warn("gather our addresses", errors.New("took too long"))
	case <-p.done:
		return
	}
	p.number++
	p.negotiating = true
	p.offered = &Offer{SDP: p.pc.LocalDescription().SDP, Number: p.number, Lines: p.lines()}
	p.tell(Event{Kind: Offered, Offer: p.offered})
}

// lines says what each media line is for.
func (p *peer) lines() []Line {
	lines := []Line{}
	p.mu.Lock()
	for kind, t := range p.slots {
		lines = append(lines, Line{MID: t.Mid(), Kind: kind, Peer: p.id, Publish: true})
	}
	p.mu.Unlock()
	for s, out := range p.sinks {
		lines = append(lines, Line{MID: out.transceiver.Mid(), Kind: s.kind, Peer: s.peer})
	}
	return lines
}

func (p *peer) answer(number int, sdp string) {
	if !p.negotiating || number != p.number {
		return // of an offer that was answered already
	}
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp}); err != nil {
		p.warn("take an answer", err)
		p.tell(Event{Kind: Failed, Reason: "the answer could not be used"})
		return
	}
	p.negotiating, p.offered = false, nil
	for _, c := range p.candidates {
		p.add(c)
	}
	p.candidates = nil
	switch {
	case p.restartNext:
		p.restartNext, p.again = false, false
		p.restart()
	case p.again:
		p.again = false
		p.offer(nil)
	}
}

func (p *peer) candidate(c webrtc.ICECandidateInit) {
	if p.negotiating { // it may belong to the answer that is on its way
		if len(p.candidates) < candidatesMax {
			p.candidates = append(p.candidates, c)
		}
		return
	}
	p.add(c)
}

func (p *peer) add(c webrtc.ICECandidateInit) {
	if err := p.pc.AddICECandidate(c); err != nil {
		p.warn("add a candidate", err)
	}
}
