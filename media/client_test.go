package media_test

import (
	"context"
	"encoding/binary"
	"sync"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/transport/v4"
	"github.com/pion/webrtc/v4"

	"github.com/pingdui/pingdui/media"
)

const deadline = 20 * time.Second

// stage is a server whose events go to the clients they are for.
type stage struct {
	server *media.Server
	mu     sync.Mutex
	actors map[string]*actor
	told   chan media.Event
}

func newStage(t *testing.T, config media.Config) *stage {
	t.Helper()
	if config.UDPAddr == "" {
		config.UDPAddr = "127.0.0.2:0"
	}
	config.Secret = []byte("a secret of the tests, 32 bytes!")
	server, err := media.New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{server: server, actors: map[string]*actor{}, told: make(chan media.Event, 4096)}
	var reading sync.WaitGroup
	reading.Add(1)
	go func() {
		defer reading.Done()
		for event := range server.Events() {
			s.mu.Lock()
			a := s.actors[event.Room+"/"+event.Peer]
			s.mu.Unlock()
			if event.Kind == media.Offered && a != nil {
				a.offered(event)
			}
			if event.Kind == media.Connected && a != nil {
				select {
				case a.open <- struct{}{}:
				default:
				}
			}
			s.told <- event
		}
	}()
	t.Cleanup(func() {
		s.mu.Lock()
		actors := s.actors
		s.actors = map[string]*actor{}
		s.mu.Unlock()
		for _, a := range actors {
			a.close()
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		reading.Wait()
	})
	return s
}

// wait reads events until one is found.
func (s *stage) wait(t *testing.T, what string, found func(media.Event) bool) media.Event {
	t.Helper()
	timer := time.NewTimer(deadline)
	defer timer.Stop()
	for {
		select {
		case event := <-s.told:
			if found(event) {
				return event
			}
		case <-timer.C:
			t.Fatalf("%s did not come", what)
		}
	}
}

// actor is a person with a pion client.
type actor struct {
	t      *testing.T
	stage  *stage
	room   string
	name   string
	pc     *webrtc.PeerConnection
	video  *webrtc.TrackLocalStaticRTP
	heard  chan heard
	states chan webrtc.PeerConnectionState
	open   chan struct{} // the server's side is up
	mu     sync.Mutex
	epoch  int
}

// heard is one packet a person was sent, with whose it is.
type heard struct {
	stream string
	*rtp.Packet
}

type actorConfig struct {
	relay bool
	urls  func([]string) []string // picks among the TURN addresses
	net   transport.Net
}

func (s *stage) enter(t *testing.T, room, name string, config actorConfig) *actor {
	t.Helper()
	if err := s.server.Open(room); err != nil {
		t.Fatal(err)
	}
	codecs := &webrtc.MediaEngine{}
	chain := &interceptor.Registry{}
	if err := codecs.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	if err := webrtc.RegisterDefaultInterceptors(codecs, chain); err != nil {
		t.Fatal(err)
	}
	var settings webrtc.SettingEngine
	settings.SetSRTPReplayProtectionWindow(1024) // as browsers have it
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetRelayAcceptanceMinWait(0)
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	settings.LoggerFactory = quiet
	if config.net != nil {
		settings.SetNet(config.net)
	}
	setup := webrtc.Configuration{}
	servers, err := s.server.ICEServers(room, name)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range servers {
		urls := one.URLs
		if config.urls != nil {
			urls = config.urls(urls)
		}
		if config.relay {
			setup.ICEServers = append(setup.ICEServers, webrtc.ICEServer{URLs: urls, Username: one.Username, Credential: one.Credential})
		}
	}
	if config.relay {
		setup.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(codecs), webrtc.WithInterceptorRegistry(chain), webrtc.WithSettingEngine(settings)).NewPeerConnection(setup)
	if err != nil {
		t.Fatal(err)
	}
	a := &actor{t: t, stage: s, room: room, name: name, pc: pc, heard: make(chan heard, 8192), states: make(chan webrtc.PeerConnectionState, 64), open: make(chan struct{}, 1)}
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		select {
		case a.states <- state:
		default:
		}
	})
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			select {
			case a.heard <- heard{track.ID(), p}:
			default:
			}
		}
	})
	pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c == nil {
			return
		}
		a.mu.Lock()
		epoch := a.epoch
		a.mu.Unlock()
		_ = s.server.Candidate(room, name, epoch, c.ToJSON())
	})
	s.mu.Lock()
	s.actors[room+"/"+name] = a
	s.mu.Unlock()
	if _, err := s.server.Join(room, name); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *actor) offered(event media.Event) {
	a.mu.Lock()
	a.epoch = event.Epoch
	a.mu.Unlock()
	if err := a.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: event.Offer.SDP}); err != nil {
		a.t.Errorf("%s takes the offer: %v", a.name, err)
		return
	}
	answer, err := a.pc.CreateAnswer(nil)
	if err != nil {
		a.t.Errorf("%s answers: %v", a.name, err)
		return
	}
	if err := a.pc.SetLocalDescription(answer); err != nil {
		a.t.Errorf("%s takes its answer: %v", a.name, err)
		return
	}
	if err := a.stage.server.Answer(a.room, a.name, event.Epoch, event.Offer.Number, answer.SDP); err != nil {
		a.t.Errorf("%s gives its answer: %v", a.name, err)
	}
}

// publish makes a video source and waits until the line is up.
func (a *actor) publish(kind media.Kind) {
	a.t.Helper()
	var err error
	a.video, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, string(kind), a.name)
	if err != nil {
		a.t.Fatal(err)
	}
	sender, err := a.pc.AddTrack(a.video)
	if err != nil {
		a.t.Fatal(err)
	}
	go func() {
		buffer := make([]byte, 1500)
		for {
			if _, _, err := sender.Read(buffer); err != nil {
				return
			}
		}
	}()
	if err := a.stage.server.Allow(a.room, a.name, kind, true); err != nil {
		a.t.Fatal(err)
	}
	if err := a.stage.server.Want(a.room, a.name, kind); err != nil {
		a.t.Fatal(err)
	}
	a.up()
}

func (a *actor) up() {
	a.t.Helper()
	timer := time.NewTimer(deadline)
	defer timer.Stop()
	for {
		select {
		case state := <-a.states:
			if state == webrtc.PeerConnectionStateConnected {
				select {
				case <-a.open:
				case <-timer.C:
					a.t.Fatalf("the server is not connected to %s", a.name)
				}
				return
			}
		case <-timer.C:
			a.t.Fatalf("%s is not connected", a.name)
		}
	}
}

func (a *actor) close() {
	_ = a.pc.GracefulClose()
}

// frame writes one video frame of n packets whose payloads carry their number.
func (a *actor) frame(first uint16, n int, timestamp uint32, key bool) {
	a.t.Helper()
	for i := range n {
		payload := make([]byte, 100)
		if i == 0 {
			payload[0] = 0x10
		}
		if !key {
			payload[1] = 1
		}
		binary.BigEndian.PutUint16(payload[2:], first+uint16(i))
		if err := a.video.WriteRTP(&rtp.Packet{
			Header:  rtp.Header{Version: 2, SequenceNumber: first + uint16(i), Timestamp: timestamp, Marker: i == n-1},
			Payload: payload,
		}); err != nil {
			a.t.Fatal(err)
		}
	}
}

func number(p *rtp.Packet) uint16 { return binary.BigEndian.Uint16(p.Payload[2:]) }

// hear waits for the next packet a person is sent.
func (a *actor) hear(ctx context.Context) heard {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	select {
	case p := <-a.heard:
		return p
	case <-ctx.Done():
		a.t.Fatalf("%s hears nothing", a.name)
		return heard{}
	}
}
