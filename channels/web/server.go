package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/channels"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/wire"
)

// Config plugs the channel together.
type Config struct {
	Engine *assistant.Engine
	Keeper *auth.Keeper
	Log    *slog.Logger
	// Origins may open the socket beside the server's own host.
	Origins []string
	// Employees lists the digital employees a customer may meet, in a language and edition.
	Employees func(locale, edition string) []wire.Employee
	// First names the employee a new conversation starts with.
	First string
	// Staff lets members of staff in, each to a conversation of their own; nil keeps them out.
	Staff *Staff
	// Agent says what a customer may know of an agent.
	Agent func(id string) *wire.Agent
	// Signal takes a session's signalling from the customer; nil where media is off.
	Signal func(ctx context.Context, conversation uuid.UUID, session string, s wire.Signal) error
	// Session is the conversation's open remote session, nil when there is none.
	Session func(ctx context.Context, conversation uuid.UUID) *wire.Session
	// Release names the content in use; nil says nothing.
	Release func() string
	// Needs are the kinds of opening needs a customer may switch off; empty takes any.
	Needs []string
	// Slots are the slots of a flow's form; nil takes any.
	Slots func(flow string) []string
	// Dated says that settings may carry a time to hold the conversation as of.
	Dated bool
	Node  string
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
	byConv   map[uuid.UUID]map[*socket]bool
	wg       sync.WaitGroup
}

// New makes the channel.
func New(config Config) *Server {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{config: config, sockets: map[*socket]bool{}, byConv: map[uuid.UUID]map[*socket]bool{}}
	s.work, s.stop = context.WithCancel(context.Background())
	s.upgrader = websocket.Upgrader{
		ReadBufferSize: 512, WriteBufferPool: &sync.Pool{}, WriteBufferSize: 4096, HandshakeTimeout: channels.HelloDeadline,
		CheckOrigin: func(r *http.Request) bool { return channels.OriginAllowed(r, config.Origins) },
	}
	return s
}

// ServeHTTP upgrades and returns at once: a socket costs one goroutine, its reader.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	place, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		place = r.RemoteAddr
	}
	k := &socket{server: s, conn: channels.NewConn(conn), origin: r.Header.Get("Origin"), place: place, bucket: channels.NewBucket(burst, refill)}
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

// Close tells every client to reconnect elsewhere and waits for the readers.
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

// Send gives a frame that is not a message to every socket of a conversation on
// this node: drafts, signals. It says whether anybody was there.
func (s *Server) Send(conversation uuid.UUID, frame wire.ToCustomer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.byConv[conversation] {
		k.send(frame)
	}
	return len(s.byConv[conversation]) > 0
}

// Refresh makes every socket of a conversation read its state anew.
func (s *Server) Refresh(conversation uuid.UUID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.byConv[conversation] {
		k.wake()
	}
}

func (s *Server) attach(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byConv[k.conversation] == nil {
		s.byConv[k.conversation] = map[*socket]bool{}
	}
	s.byConv[k.conversation][k] = true
}

func (s *Server) forget(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sockets, k)
	if k.conversation != uuid.Nil {
		delete(s.byConv[k.conversation], k)
		if len(s.byConv[k.conversation]) == 0 {
			delete(s.byConv, k.conversation)
		}
	}
}
