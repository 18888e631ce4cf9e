package remote_test

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media"
)

// ear is one person's page with a real connection: it answers offers, sends sound
// whose bytes say when it was spoken, and keeps what it hears.
type ear struct {
	t      *testing.T
	name   string
	say    func(kind, body string) error
	pc     *webrtc.PeerConnection
	sound  *webrtc.TrackLocalStaticRTP
	number uint16
	sends  bool

	mu    sync.Mutex
	heard []byte // the first byte of each packet
}

func newEar(t *testing.T, name string, say func(kind, body string) error) *ear {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	must(t, err)
	e := &ear{t: t, name: name, say: say, pc: pc}
	t.Cleanup(func() { _ = pc.GracefulClose() })
	e.sound, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}, "mic", name)
	must(t, err)
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			e.mu.Lock()
			e.heard = append(e.heard, p.Payload[0])
			e.mu.Unlock()
		}
	})
	return e
}

func (e *ear) client() string { return "client-of-the-" + e.name }

// take does what a page does with a signal.
func (e *ear) take(s wire.Signal) {
	if s.Kind != "offer" {
		return
	}
	var offer struct {
		Client string
		Epoch  int
		N      int
		SDP    string
		Lines  []struct {
			Publish bool
		}
	}
	if err := json.Unmarshal([]byte(s.Body), &offer); err != nil || offer.Client != e.client() {
		return
	}
	for _, line := range offer.Lines {
		if line.Publish && !e.sends {
			e.sends = true
			_, err := e.pc.AddTransceiverFromTrack(e.sound, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
			must(e.t, err)
		}
	}
	must(e.t, e.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer.SDP}))
	answer, err := e.pc.CreateAnswer(nil)
	must(e.t, err)
	gathered := webrtc.GatheringCompletePromise(e.pc)
	must(e.t, e.pc.SetLocalDescription(answer))
	<-gathered
	raw, _ := json.Marshal(map[string]any{"client": e.client(), "epoch": offer.Epoch, "n": offer.N, "sdp": e.pc.LocalDescription().SDP})
	must(e.t, e.say("answer", string(raw)))
}

func (e *ear) speak(word byte) {
	e.number++
	_ = e.sound.WriteRTP(&rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: e.number, Timestamp: uint32(e.number) * 960}, Payload: []byte{word, 1, 2}})
}

func (e *ear) has(word byte) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.IndexByte(string(e.heard), word) >= 0
}

// until speaks a word again and again until somebody has heard it.
func until(t *testing.T, who *ear, word byte, by *ear) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	timer := time.NewTimer(deadline)
	defer timer.Stop()
	for !by.has(word) {
		select {
		case <-ticker.C:
			who.speak(word)
		case <-timer.C:
			t.Fatalf("the %s never heard %q of the %s", by.name, word, who.name)
		}
	}
}

// TestASupervisorInASession brings a supervisor into a recorded session of two, each
// with a real connection. What is said carries its name, so that what reaches whom,
// and the recorder, is known packet for packet.
func TestASupervisorInASession(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	taped := map[byte]bool{}
	o := newOfficeWith(t, postgrestest.New(t), "n1", nil, media.Config{UDPAddr: "127.0.0.2:0", Tap: func(p media.Tapped) {
		if p.Packet != nil && len(p.Packet.Payload) > 0 {
			mu.Lock()
			defer mu.Unlock()
			taped[p.Packet.Payload[0]] = true
		}
	}})
	offered, err := o.service.Offer(t.Context(), o.conversation, "8001")
	must(t, err)
	id := offered.ID
	visit := func(mode string) error {
		_, err := o.service.Visit(t.Context(), o.conversation, "S01", mode)
		return err
	}
	staff := func(from string) func(kind, body string) error {
		return func(kind, body string) error {
			return o.service.Signal(t.Context(), id, from, wire.Signal{Kind: kind, Body: body})
		}
	}
	if err := visit(remote.Listen); !errors.Is(err, remote.ErrNotLive) {
		t.Errorf("a session that is only offered was visited: %v", err)
	}
	must(t, o.customer(id, "state", `{"action":"accept"}`))
	o.input("started")

	customer := newEar(t, "customer", func(kind, body string) error { return o.customer(id, kind, body) })
	agent, supervisor := newEar(t, "agent", staff("8001")), newEar(t, "S01", staff("S01"))
	ears := map[string]*ear{"customer": customer, "agent": agent, "S01": supervisor}
	states := make(chan out, 1000)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case f := <-o.out:
				if f.Kind == "state" || f.Kind == "end" {
					states <- f
				} else if e := ears[f.to]; e != nil {
					e.take(f.Signal)
				}
			case <-done:
				return
			}
		}
	}()
	t.Cleanup(func() { close(done); <-ended })
	told := func(to, part string) {
		t.Helper()
		timer := time.NewTimer(deadline)
		defer timer.Stop()
		for {
			select {
			case f := <-states:
				if f.to == to && strings.Contains(f.Body, part) {
					return
				}
			case <-timer.C:
				t.Fatalf("the %s was not told %s", to, part)
			}
		}
	}
	join := func(e *ear) {
		t.Helper()
		must(t, e.say("want", `{"join":true,"client":"`+e.client()+`"}`))
	}
	mic := `{"kind":"mic","on":true}`
	for _, e := range []*ear{customer, agent} {
		join(e)
		must(t, e.say("want", mic))
	}
	until(t, customer, 'c', agent)
	until(t, agent, 'a', customer)

	// Who was not let in is nobody here.
	if err := supervisor.say("want", `{"join":true,"client":"client-of-the-S01"}`); !errors.Is(err, assistant.ErrNotFound) {
		t.Errorf("a supervisor joined without a visit: %v", err)
	}
	// Listening: seen by the customer first, hears both, is heard by nobody.
	must(t, visit(remote.Listen))
	told("customer", `"present":["王女士","李晓","唐慧 880101"],"visitor":{"name":"唐慧","number":"880101","mode":"listen"}`)
	join(supervisor)
	until(t, customer, 'c', supervisor)
	until(t, agent, 'a', supervisor)
	refused(t, "a listener speaks", supervisor.say("want", mic))
	refused(t, "a listener draws", supervisor.say("mark", `{"id":"m","shape":"tap","source":"screen","points":[{"x":0,"y":0}]}`))
	refused(t, "a listener records", supervisor.say("record", `{"consent":true}`))
	_, err = o.service.Visit(t.Context(), o.conversation, "8001", remote.Listen)
	refused(t, "the agent listens to their own session", err)
	if _, err := o.service.Visit(t.Context(), o.conversation, "S02", remote.Listen); !errors.Is(err, remote.ErrVisited) {
		t.Errorf("a second supervisor came: %v", err)
	}
	if err := staff("S02")("end", ""); !errors.Is(err, assistant.ErrNotFound) {
		t.Errorf("a stranger ended something: %v", err)
	}

	// Whispering: the agent hears it; not the customer, not the recorder.
	must(t, visit(remote.Whisper))
	told("customer", `"mode":"whisper"`)
	must(t, supervisor.say("want", mic))
	until(t, supervisor, 'w', agent)
	for range 20 {
		supervisor.speak('w')
	}
	until(t, agent, 'b', customer) // what came later has come: the whisper has not
	if customer.has('w') {
		t.Error("the customer heard a whisper")
	}
	// Barging in: told first, then heard by both, and recorded.
	must(t, visit(remote.Barge))
	told("customer", `"mode":"barge"`)
	until(t, supervisor, 'x', customer)
	until(t, supervisor, 'y', agent)
	// And back to a whisper.
	must(t, visit(remote.Whisper))
	until(t, supervisor, 'v', agent)
	until(t, agent, 'd', customer)
	if customer.has('w') || customer.has('v') {
		t.Error("the customer heard a whisper")
	}
	mu.Lock()
	for word, want := range map[byte]bool{'c': true, 'a': true, 'w': false, 'x': true, 'v': false} {
		if taped[word] != want {
			t.Errorf("%q on the recorder's tap: %v", word, taped[word])
		}
	}
	mu.Unlock()
	// Left: gone from the list, and the two go on.
	must(t, visit(remote.Leave))
	told("S01", `"by":"supervisor"`)
	told("customer", `"present":["王女士","李晓"]}`)
	until(t, agent, 'e', customer)
	must(t, visit(remote.Leave))
	// A page that goes silent does not stay on the list.
	must(t, visit(remote.Listen))
	told("customer", `"mode":"listen"`)
	for range 3 {
		o.pass(40 * time.Second)
		must(t, o.customer(id, "state", `{"action":"here"}`))
		must(t, agent.say("state", `{"action":"here"}`))
	}
	told("S01", `"reason":"gone"`)
	must(t, visit(remote.Barge))
	must(t, agent.say("end", ""))
	told("S01", `"by":"agent"`)
}
