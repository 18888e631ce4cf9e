package media

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/transport/v4"
	"github.com/pion/webrtc/v4"

	"github.com/pingdui/pingdui/media/relay"
)

// Config says where the media server stands.
type Config struct {
	// UDPAddr is host:port; port 0 picks one. An unspecified host listens on
	// every IPv4 address of the machine.
	UDPAddr string
	// Ports is the number of UDP ports, 1 to 4, counted up from UDPAddr's; 0 means 2.
	// One socket would make everybody wait for one slow write.
	Ports int
	// PublicIP is the address clients reach the server at; empty means the one
	// it is bound to.
	PublicIP string
	// TurnAddr is where TURN listens, UDP and TCP; empty switches it off.
	TurnAddr string
	// Secret signs TURN credentials; at least 16 bytes, shared by all nodes.
	Secret []byte
	// Logger gets what operators should see; nil is silent.
	Logger *slog.Logger
	// Tap is given every fresh packet of an allowed source, in the order they
	// come, and its sender reports; what is not allowed it never sees. It is
	// called where packets are forwarded: it must not wait, and keeps nothing of
	// what it is given. nil listens to nothing.
	Tap func(Tapped)
	// Clock is time.Now when nil.
	Clock func() time.Time
	// Net is the network; nil is the machine's own.
	Net transport.Net
}

// Errors of the server's calls.
var (
	ErrNoRoom  = errors.New("media: the room or the person in it is not there")
	ErrFull    = errors.New("media: the room is full")
	ErrStale   = errors.New("media: the answer belongs to an older offer or connection")
	ErrClosed  = errors.New("media: the server is closing")
	ErrUnknown = errors.New("media: no such kind of source")
)

// PeopleMax is how many people a room holds: customer, agent, supervisor, family.
const PeopleMax = 4

// Server forwards the packets of rooms.
type Server struct {
	config  Config
	api     *webrtc.API
	ports   *ports
	turn    *relay.Server
	events  *events
	janitor *janitor

	done    chan struct{}
	running sync.WaitGroup

	mu     sync.Mutex
	rooms  map[string]*room
	closed bool
}

// New starts the server and, when an address is given, TURN in front of it.
func New(ctx context.Context, config Config) (*Server, error) {
	if config.Ports == 0 {
		config.Ports = 2
	}
	if config.Ports < 1 || config.Ports > 4 {
		return nil, fmt.Errorf("media: %d UDP ports are asked for; 1 to 4 are possible", config.Ports)
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	s := &Server{
		config: config, rooms: map[string]*room{}, events: newEvents(), done: make(chan struct{}),
		janitor: newJanitor(config.Logger),
	}
	var err error
	if s.ports, err = openPorts(config); err != nil {
		return nil, err
	}
	if s.api, err = newAPI(config, s.ports); err != nil {
		s.ports.close()
		return nil, err
	}
	if config.TurnAddr != "" {
		s.turn, err = relay.New(ctx, relay.Config{
			Addr: config.TurnAddr, PublicIP: config.PublicIP, Peers: s.ports.reachable(config.PublicIP),
			Secret: config.Secret, Live: s.live, Logger: config.Logger,
		})
		if err != nil {
			s.ports.close()
			return nil, err
		}
	}
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		s.events.run(s.done)
	}()
	return s, nil
}

// Events tells what happens, in order. It must be read; it is closed by Close.
func (s *Server) Events() <-chan Event { return s.events.out }

// Addrs are the UDP addresses the server is bound to.
func (s *Server) Addrs() []netip.AddrPort { return s.ports.addrs() }

// TurnAddr is where TURN listens; not valid when it is off.
func (s *Server) TurnAddr() netip.AddrPort {
	if s.turn == nil {
		return netip.AddrPort{}
	}
	return s.turn.Addr()
}

// ICEServer is one entry of a client's RTCConfiguration.iceServers.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// ICEServers are the servers a person in a room may use, with credentials that
// end with the room. Without TURN there are none: the server's own addresses
// stand in its offers.
func (s *Server) ICEServers(room, peer string) ([]ICEServer, error) {
	if s.turn == nil {
		return []ICEServer{}, nil
	}
	c, err := s.turn.Credentials(room, peer)
	if err != nil {
		return nil, err
	}
	return []ICEServer{{URLs: c.URLs, Username: c.Username, Credential: c.Password}}, nil
}

func (s *Server) live(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.rooms[name]
	return ok
}

// Refresh asks the senders of a room's pictures for a key frame, where the newest
// one is older than that, so that who listens can see.
func (s *Server) Refresh(name string, older time.Duration) error {
	r, err := s.room(name)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range r.sources {
		one.refresh(older)
	}
	return nil
}

// Open makes a room. Opening one that is open changes nothing.
func (s *Server) Open(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	if _, ok := s.rooms[name]; !ok {
		s.rooms[name] = newRoom(s, name)
	}
	return nil
}

// Join gives a person a new connection in an open room and returns its epoch.
// A connection the person had is ended; what they sent keeps its place.
func (s *Server) Join(name, person string) (int, error) {
	r, err := s.room(name)
	if err != nil {
		return 0, err
	}
	return r.join(person)
}

// Answer gives back a person's answer to the offer of that epoch and number.
func (s *Server) Answer(name, person string, epoch, number int, sdp string) error {
	p, err := s.peer(name, person, epoch)
	if err != nil {
		return err
	}
	p.queue.post(func() { p.answer(number, sdp) })
	return nil
}

// Candidate adds one ICE candidate of a person.
func (s *Server) Candidate(name, person string, epoch int, candidate webrtc.ICECandidateInit) error {
	p, err := s.peer(name, person, epoch)
	if err != nil {
		return err
	}
	p.queue.post(func() { p.candidate(candidate) })
	return nil
}

// Want makes room for a source that a person is going to send; an offer with a
// line for it follows. Asking again changes nothing.
func (s *Server) Want(name, person string, kind Kind) error {
	if !kind.Valid() {
		return ErrUnknown
	}
	p, err := s.peer(name, person, 0)
	if err != nil {
		return err
	}
	p.queue.post(func() { p.want(kind) })
	return nil
}

// Allow opens or closes a person's source. Sources are closed at first, and
// Close drops everything that was kept of it at once.
func (s *Server) Allow(name, person string, kind Kind, allowed bool) error {
	if !kind.Valid() {
		return ErrUnknown
	}
	r, err := s.room(name)
	if err != nil {
		return err
	}
	r.source(person, kind).allow(allowed)
	return nil
}

// Audience says who in the room may receive what a person sends, from now on: these
// and nobody else, the tap (Config.Tap) left out too; without a name nobody. It may be
// said before the person joins. Nothing that was sent for one audience is replayed to
// another.
func (s *Server) Audience(name, person string, only ...string) error {
	who := audience{}
	for _, id := range only {
		who[id] = true
	}
	return s.hear(name, person, who)
}

// Everybody ends what Audience said: everybody in the room receives the person, and
// the tap does.
func (s *Server) Everybody(name, person string) error { return s.hear(name, person, nil) }

func (s *Server) hear(name, person string, who audience) error {
	r, err := s.room(name)
	if err != nil {
		return err
	}
	r.audience(person, who)
	return nil
}

// Restart begins a new search for a way to the person (ICE restart).
func (s *Server) Restart(name, person string) error {
	p, err := s.peer(name, person, 0)
	if err != nil {
		return err
	}
	p.queue.post(func() { p.restart() })
	return nil
}

// Resend tells the offer again that a person has not answered yet, if there is
// one: their signalling may have been away when it was made.
func (s *Server) Resend(name, person string) error {
	p, err := s.peer(name, person, 0)
	if err != nil {
		return err
	}
	p.queue.post(func() { p.resend() })
	return nil
}

// Leave ends a person's connection and what they sent.
func (s *Server) Leave(name, person string) error {
	r, err := s.room(name)
	if err != nil {
		return err
	}
	return r.leave(person)
}

// Shut ends a room and everybody's connection.
func (s *Server) Shut(name string) {
	s.mu.Lock()
	r := s.rooms[name]
	delete(s.rooms, name)
	s.mu.Unlock()
	if r != nil {
		r.shut()
	}
}

func (s *Server) room(name string) (*room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	r, ok := s.rooms[name]
	if !ok {
		return nil, ErrNoRoom
	}
	return r, nil
}

// peer finds a person's connection; epoch 0 means whichever is current.
func (s *Server) peer(name, person string, epoch int) (*peer, error) {
	r, err := s.room(name)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.peers[person]
	if !ok {
		return nil, ErrNoRoom
	}
	if epoch != 0 && epoch != p.epoch {
		return nil, ErrStale
	}
	return p, nil
}

// Close ends every room, TURN and the ports, and waits for all of it.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	rooms := s.rooms
	s.rooms = map[string]*room{}
	s.mu.Unlock()
	for _, r := range rooms {
		r.shut()
	}
	close(s.done)
	s.running.Wait()
	s.janitor.wait()
	var err error
	if s.turn != nil {
		err = s.turn.Close()
	}
	s.ports.close()
	return err
}
