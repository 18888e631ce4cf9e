package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/channels"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/wire"
)

// Close codes. 4000 to 4099: mend and come again; 4100 and above: reconnect and resume.
const (
	CloseBadFrame     = 4000 // the frame could not be read; the reason names it
	CloseUnauthorized = 4001 // the ticket is not good; get another
	CloseNoHello      = 4002 // no hello within the deadline
	CloseVersion      = 4003 // a protocol version that is not spoken here
	CloseSlow         = 4100 // too much waits: reconnect and resume
	CloseStopping     = 4101 // this node stops: reconnect and resume
)

// Limits of a socket.
const (
	helloDeadline = 5 * time.Second
	writeDeadline = 10 * time.Second
	// readDeadline closes a socket without a ping; clients ping every 15 s.
	readDeadline = 60 * time.Second
	// pageSize is how many messages one read of a resume takes.
	pageSize = 200
	// burst and refill bound how fast one socket may send frames that cost work.
	burst  = 40
	refill = 50 * time.Millisecond
	// awayFor is after how long a customer who comes back is greeted anew.
	awayFor = 30 * time.Minute
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
	// Agent says what a customer may know of an agent.
	Agent func(id string) *wire.Agent
	// Signal takes a session's signalling from the customer; nil where media is off.
	Signal func(ctx context.Context, conversation uuid.UUID, session string, s wire.Signal) error
	// Session is the conversation's open remote session, nil when there is none.
	Session func(ctx context.Context, conversation uuid.UUID) *wire.Session
	// Release names the content in use; nil says nothing.
	Release func() string
	Node    string
	Clock   func() time.Time
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
	s := &Server{config: config, sockets: map[*socket]bool{}, byConv: map[uuid.UUID]map[*socket]bool{}}
	s.work, s.stop = context.WithCancel(context.Background())
	s.upgrader = websocket.Upgrader{
		ReadBufferSize: 512, WriteBufferPool: &sync.Pool{}, WriteBufferSize: 4096,
		HandshakeTimeout: helloDeadline, CheckOrigin: s.originAllowed,
	}
	return s
}

// originAllowed accepts the server's own pages, listed origins, and programs
// that send no origin at all (they need a ticket like everybody).
func (s *Server) originAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	return u.Host == r.Host || slices.Contains(s.config.Origins, origin)
}

// ServeHTTP upgrades and returns at once: a socket costs one goroutine, its reader.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	conn.SetReadLimit(channels.MaxFrame)
	k := &socket{server: s, conn: conn, origin: r.Header.Get("Origin"), tokens: burst, filled: time.Now()}
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
		k.close(CloseStopping, "reconnect and resume")
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

// socket is one connection. Its reader is the one goroutine that always lives;
// the writer and the pump live only while they have work.
type socket struct {
	server       *Server
	conn         *websocket.Conn
	origin       string
	who          auth.Identity
	conversation uuid.UUID
	device       string
	watch        *assistant.Watch

	tokens int
	filled time.Time

	mu       sync.Mutex
	queue    [][]byte
	queued   int
	writing  bool
	closed   bool
	pumping  bool
	dirty    bool
	sent     int64 // highest seq sent; only the pump writes it
	state    wire.State
	hasState bool
}

func (k *socket) read() {
	defer k.leave()
	_ = k.conn.SetReadDeadline(time.Now().Add(helloDeadline))
	frame, ok := k.next()
	if !ok {
		k.close(CloseNoHello, "no hello came in time") // a socket that has ended is left as it is
		return
	}
	if frame.Type != "hello" {
		k.close(CloseNoHello, "the first frame must be hello")
		return
	}
	if !k.hello(frame) {
		return
	}
	for {
		_ = k.conn.SetReadDeadline(time.Now().Add(readDeadline))
		frame, ok := k.next()
		if !ok {
			return
		}
		k.take(frame)
	}
}

// next reads one frame; false when the socket has ended.
func (k *socket) next() (wire.FromCustomer, bool) {
	var frame wire.FromCustomer
	kind, raw, err := k.conn.ReadMessage()
	if err != nil {
		var closed *websocket.CloseError
		if !errors.As(err, &closed) && errors.Is(err, websocket.ErrReadLimit) {
			k.close(websocket.CloseMessageTooBig, "a frame may have 64 kB at most")
		}
		return frame, false
	}
	if kind != websocket.TextMessage || !utf8.Valid(raw) {
		k.close(CloseBadFrame, "frames are JSON text in UTF-8")
		return frame, false
	}
	if err := json.Unmarshal(raw, &frame); err != nil {
		k.close(CloseBadFrame, "the frame is not the JSON of docs/protocol.md")
		return frame, false
	}
	return frame, true
}

func (k *socket) hello(frame wire.FromCustomer) bool {
	s := k.server
	if frame.V != wire.Version {
		k.close(CloseVersion, "this server speaks version 1")
		return false
	}
	ctx, cancel := context.WithTimeout(s.work, helloDeadline)
	defer cancel()
	who, err := s.config.Keeper.Redeem(ctx, frame.Ticket, k.origin)
	if errors.Is(err, auth.ErrUnauthorized) || err == nil && !who.Has(auth.Customer, auth.Anonymous) {
		k.close(CloseUnauthorized, "the ticket is not good: get another one")
		return false
	}
	if err != nil {
		s.config.Log.Warn("a socket could not be opened", "error", err)
		k.close(CloseStopping, "not available now: try again")
		return false
	}
	k.who, k.device = who, clip(frame.Device, 64)
	conversation, err := s.config.Engine.Open(ctx, who.Subject, frame.Conversation, s.config.First, oneOf(frame.Locale, "zh", "en"), oneOf(frame.Edition, "standard", "elder"))
	if errors.Is(err, assistant.ErrNotFound) && frame.Conversation != "" {
		// A client that remembers another person's conversation starts with its own.
		conversation, err = s.config.Engine.Open(ctx, who.Subject, "", s.config.First, oneOf(frame.Locale, "zh", "en"), oneOf(frame.Edition, "standard", "elder"))
		frame.LastSeq = 0
	}
	if err != nil {
		s.config.Log.Warn("a conversation could not be opened", "error", err)
		k.close(CloseStopping, "not available now: try again")
		return false
	}
	standing, err := s.config.Engine.Hub().Now(ctx, conversation)
	if err != nil {
		k.close(CloseStopping, "not available now: try again")
		return false
	}
	k.conversation = conversation
	k.sent = min(max(frame.LastSeq, 0), standing.LastSeq)
	state := k.stateOf(ctx, standing)
	release := ""
	if s.config.Release != nil {
		release = s.config.Release()
	}
	k.send(wire.ToCustomer{Type: "welcome", Welcome: &wire.Welcome{
		Release: release, V: wire.Version, Conversation: conversation.String(), LastSeq: standing.LastSeq, Node: s.config.Node,
		Customer: who.Name, Employees: s.config.Employees(standing.Locale, standing.Edition), State: state,
		Locale: standing.Locale, Edition: standing.Edition,
	}})
	k.state, k.hasState = state, true
	s.mu.Lock()
	if s.byConv[conversation] == nil {
		s.byConv[conversation] = map[*socket]bool{}
	}
	s.byConv[conversation][k] = true
	s.mu.Unlock()
	k.watch = s.config.Engine.Hub().OnWake(conversation, k.wake)
	k.wake()
	back := s.config.Clock().Sub(standing.UpdatedAt) > awayFor
	moved := standing.Device != "" && k.device != "" && standing.Device != k.device
	if standing.LastSeq == 0 || back || moved {
		k.handle("open:"+uuid.NewString(), assistant.BusinessEvent{Name: "opened"})
	}
	return true
}

func (k *socket) take(frame wire.FromCustomer) {
	s := k.server
	switch frame.Type {
	case "ping":
		k.send(wire.ToCustomer{Type: "pong"})
		return
	case "seen":
		return // rendered marks are the client's own; a send frame carries Seen
	}
	if !k.allowed() {
		k.fail(frame.ID, wire.Error{Code: "busy", Message: "发得太快了，请稍候 / too fast, wait a second", RetryAfter: 1})
		return
	}
	switch frame.Type {
	case "send":
		k.handle(frame.ID, assistant.CustomerMessage{Text: frame.Text, Seen: frame.Seen})
	case "tap":
		k.handle(frame.ID, assistant.CustomerMessage{Tap: clip(frame.Action, 512), Seen: frame.Seen})
	case "edit":
		k.handle(frame.ID, assistant.FieldEdit{Slot: clip(frame.Slot, 64), Value: clip(frame.Value, 2000), By: "customer"})
	case "employee":
		k.handle(frame.ID, assistant.BusinessEvent{Name: "employee", Value: map[string]string{"employee": clip(frame.Employee, 32)}})
	case "settings":
		k.handle(frame.ID, assistant.BusinessEvent{Name: "settings", Value: map[string]string{"locale": frame.Locale, "edition": frame.Edition, "on": clip(frame.On, 40)}})
	case "mute":
		ctx, cancel := context.WithTimeout(s.work, writeDeadline)
		defer cancel()
		if err := s.config.Engine.Mute(ctx, k.who.Subject, frame.Need); err != nil {
			e, _ := channels.Error(err)
			k.fail(frame.ID, e)
			return
		}
		k.send(wire.ToCustomer{Type: "accepted", ID: frame.ID})
	case "signal":
		if s.config.Signal == nil || frame.Signal == nil {
			k.fail(frame.ID, wire.Error{Code: "bad_input", Message: "没有进行中的远程会话 / no session is open"})
			return
		}
		ctx, cancel := context.WithTimeout(s.work, writeDeadline)
		defer cancel()
		if err := s.config.Signal(ctx, k.conversation, frame.Session, *frame.Signal); err != nil {
			k.fail(frame.ID, wire.Error{Code: "bad_input", Message: err.Error()})
		}
	default:
		k.fail(frame.ID, wire.Error{Code: "bad_frame", Message: "frame type " + clip(frame.Type, 32) + " is not one of docs/protocol.md"})
	}
}

// handle gives an input to the engine and reports what becomes of it.
func (k *socket) handle(id string, body assistant.Body) {
	err := k.server.config.Engine.Handle(k.server.work, k.who.Subject, k.conversation, assistant.Input{ID: id, Device: k.device, Body: body}, assistant.Watcher{
		Accepted: func(r assistant.Receipt) {
			k.send(wire.ToCustomer{Type: "accepted", ID: id, Seq: r.LastSeq, Replayed: r.Replayed})
		},
		Done: func(r assistant.Receipt, err error) {
			if err != nil {
				e, _ := channels.Error(err)
				k.fail(id, e)
				return
			}
			if r.Turn != 0 && !r.Replayed {
				k.wake()
			}
		},
	})
	if err != nil {
		e, _ := channels.Error(err)
		k.fail(id, e)
	}
}

func (k *socket) fail(id string, e wire.Error) {
	k.send(wire.ToCustomer{Type: "error", ID: id, Error: &e})
}

// allowed is a token bucket; only the reader uses it.
func (k *socket) allowed() bool {
	if gained := int(time.Since(k.filled) / refill); gained > 0 {
		k.tokens = min(burst, k.tokens+gained)
		k.filled = k.filled.Add(time.Duration(gained) * refill)
	}
	if k.tokens == 0 {
		return false
	}
	k.tokens--
	return true
}

// wake starts the pump, or makes a running one look again.
func (k *socket) wake() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return
	}
	k.dirty = true
	if !k.pumping {
		k.pumping = true
		go k.pump()
	}
}

// pump sends what was committed since the last message sent.
func (k *socket) pump() {
	for {
		k.mu.Lock()
		if !k.dirty || k.closed {
			k.pumping = false
			k.mu.Unlock()
			return
		}
		k.dirty = false
		k.mu.Unlock()
		if err := k.catchUp(); err != nil && k.server.work.Err() == nil {
			k.server.config.Log.Warn("a socket could not catch up and is closed", "error", err)
			k.close(CloseStopping, "reconnect and resume")
		}
	}
}

func (k *socket) catchUp() error {
	s := k.server
	ctx, cancel := context.WithTimeout(s.work, writeDeadline)
	defer cancel()
	for {
		messages, err := s.config.Engine.Messages(ctx, k.who.Subject, k.conversation, k.sent, pageSize)
		if err != nil {
			return err
		}
		for _, m := range messages {
			out := channels.Message(m)
			k.send(wire.ToCustomer{Type: "message", Message: &out})
			k.sent = m.Seq
		}
		if len(messages) < pageSize {
			break
		}
	}
	standing, err := s.config.Engine.Hub().Now(ctx, k.conversation)
	if err != nil {
		return err
	}
	state := k.stateOf(ctx, standing)
	if !k.hasState || !sameState(state, k.state) {
		k.state, k.hasState = state, true
		k.send(wire.ToCustomer{Type: "state", State: &state})
	}
	k.send(wire.ToCustomer{Type: "caught_up", Seq: k.sent})
	return nil
}

func sameState(a, b wire.State) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

func (k *socket) stateOf(ctx context.Context, standing assistant.Standing) wire.State {
	state := wire.State{
		Speaker: standing.Speaker, Employee: standing.Employee, Locale: standing.Locale, Edition: standing.Edition, Flow: standing.View.FlowTitle, Step: standing.View.StepTitle,
	}
	if standing.Speaker == "agent" && k.server.config.Agent != nil {
		state.Agent = k.server.config.Agent(standing.Agent)
	}
	if standing.Speaker == "queue" {
		state.Queue = &wire.Queue{Place: standing.View.Place, WaitS: standing.View.WaitS}
	}
	if k.server.config.Session != nil {
		state.Session = k.server.config.Session(ctx, standing.Conversation)
	}
	return state
}

// send queues a frame and starts the writer if it rests.
func (k *socket) send(frame wire.ToCustomer) {
	raw, err := json.Marshal(frame)
	if err != nil {
		k.server.config.Log.Error("a frame could not be written", "type", frame.Type, "error", err)
		return
	}
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return
	}
	if k.queued+len(raw) > channels.MaxQueued {
		k.mu.Unlock()
		k.close(CloseSlow, "too much waits: reconnect and resume")
		return
	}
	k.queue = append(k.queue, raw)
	k.queued += len(raw)
	if !k.writing {
		k.writing = true
		go k.write()
	}
	k.mu.Unlock()
}

func (k *socket) write() {
	for {
		k.mu.Lock()
		if len(k.queue) == 0 || k.closed {
			k.writing = false
			k.queue = nil
			k.mu.Unlock()
			return
		}
		raw := k.queue[0]
		k.queue = k.queue[1:]
		k.queued -= len(raw)
		k.mu.Unlock()
		_ = k.conn.SetWriteDeadline(time.Now().Add(writeDeadline))
		if err := k.conn.WriteMessage(websocket.TextMessage, raw); err != nil {
			k.close(websocket.CloseAbnormalClosure, "")
		}
	}
}

// close ends the socket with a code; a control frame may be written beside the writer.
func (k *socket) close(code int, reason string) {
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return
	}
	k.closed = true
	k.mu.Unlock()
	if code != websocket.CloseAbnormalClosure {
		_ = k.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
	}
	_ = k.conn.Close()
}

func (k *socket) leave() {
	k.close(websocket.CloseNormalClosure, "")
	if k.watch != nil {
		k.watch.Close()
	}
	s := k.server
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

func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}

func oneOf(text string, allowed ...string) string {
	if slices.Contains(allowed, text) {
		return text
	}
	return ""
}
