package desk

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/channels"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/wire"
)

// Sessions opens and ends remote sessions. Each call checks that who asks may.
type Sessions interface {
	// Offer offers a session in a conversation the agent owns.
	Offer(ctx context.Context, conversation uuid.UUID, agent string) (wire.Session, error)
	// End ends a session; by is the staff id.
	End(ctx context.Context, session, by string) error
	// Signal takes signalling from a member of staff; from is the staff id.
	Signal(ctx context.Context, session, from string, s wire.Signal) error
	// Visit brings a supervisor into the conversation's session, changes as what they
	// are there (listen, whisper, barge), or takes them out (leave).
	Visit(ctx context.Context, conversation uuid.UUID, staff, mode string) (wire.Session, error)
}

// Staff is what the channel needs to know of a member of staff.
type Staff struct {
	Person  wire.Person
	Profile handoff.Profile
}

// Config plugs the channel together. Engine, Desk, Keeper and Staff are needed.
type Config struct {
	Engine *assistant.Engine
	Desk   *handoff.Desk
	Keeper *auth.Keeper
	Log    *slog.Logger
	// Origins may open the socket beside the server's own host.
	Origins []string
	// Staff finds a member of staff by id.
	Staff func(id string) (Staff, bool)
	// Customer makes the masked profile for a role; nil shows what the
	// conversation knows.
	Customer func(ctx context.Context, standing assistant.Standing, who auth.Identity) wire.Customer
	// Sessions is nil where media is off.
	Sessions Sessions
	// Reviews is what flows ask of staff; nil where media is off.
	Reviews Reviews
	// Session is the conversation's open remote session, nil when there is none.
	Session func(ctx context.Context, conversation uuid.UUID) *wire.Session
	// Secret replaces secrets in what an agent types and says whether there was one.
	Secret func(text string) (string, bool)
	// Mask hides personal data in what a desk shows.
	Mask  func(text string) string
	Clock func() time.Time
}

// Server opens sockets.
type Server struct {
	config   Config
	upgrader websocket.Upgrader
	work     context.Context
	stop     context.CancelFunc
	mu       sync.Mutex
	sockets  map[*socket]bool
	wg       sync.WaitGroup
}

// New makes the channel.
func New(config Config) *Server {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Mask == nil {
		config.Mask = func(s string) string { return s }
	}
	if config.Secret == nil {
		config.Secret = func(s string) (string, bool) { return s, false }
	}
	s := &Server{config: config, sockets: map[*socket]bool{}}
	s.work, s.stop = context.WithCancel(context.Background())
	s.upgrader = websocket.Upgrader{
		ReadBufferSize: 512, WriteBufferPool: &sync.Pool{}, WriteBufferSize: 4096, HandshakeTimeout: channels.HelloDeadline,
		CheckOrigin: func(r *http.Request) bool { return channels.OriginAllowed(r, config.Origins) },
	}
	return s
}

// ServeHTTP upgrades and returns at once.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	k := &socket{
		server: s, conn: channels.NewConn(conn), origin: r.Header.Get("Origin"), bucket: channels.NewBucket(burst, refill),
		cases: map[uuid.UUID]*caseView{}, rings: map[uuid.UUID]bool{},
	}
	s.mu.Lock()
	if s.work.Err() != nil {
		s.mu.Unlock()
		_ = conn.Close()
		return
	}
	s.sockets[k] = true
	s.wg.Add(1)
	s.mu.Unlock()
	go func() {
		defer s.wg.Done()
		k.read()
	}()
}

// Close tells every desk to reconnect elsewhere and waits until all have left.
func (s *Server) Close() {
	s.mu.Lock()
	s.stop()
	open := make([]*socket, 0, len(s.sockets))
	for k := range s.sockets {
		open = append(open, k)
	}
	s.mu.Unlock()
	for _, k := range open {
		k.conn.Close(channels.CloseStopping, "reconnect and resume")
	}
	s.wg.Wait()
}

// Open is how many sockets are open.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}

// Send gives a frame to every socket of a member of staff on this node: session
// and signal frames. It says whether anybody was there.
func (s *Server) Send(staff string, frame wire.ToStaff) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := false
	for k := range s.sockets {
		if k.staff() == staff {
			k.send(frame)
			found = true
		}
	}
	return found
}

// Refresh makes every desk that shows a conversation read it anew.
func (s *Server) Refresh(conversation uuid.UUID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.sockets {
		k.wakeCase(conversation)
	}
}

func (s *Server) forget(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sockets, k)
}
