package remote

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media"
)

// Engine is the conversations' door: a session's word enters as an input.
type Engine interface {
	Ask(ctx context.Context, subject string, conversation uuid.UUID, in assistant.Input) (assistant.Receipt, error)
}

// Bus carries frames between nodes. What is published reaches every node, the
// sender included; what is lost is asked for again by the clients.
type Bus interface {
	Publish(subject string, body []byte)
	// Subscribe calls f for each message of the subject, one at a time.
	Subscribe(subject string, f func(body []byte)) (stop func(), err error)
}

// People says how the two are called.
type People func(ctx context.Context, subject, agent string) (customer string, staff wire.Agent)

// Config is what sessions need.
type Config struct {
	Pool   *pgxpool.Pool
	Media  *media.Server
	Engine Engine
	Bus    Bus    // nil on a single node
	Node   string // this node's incarnation, as in table node
	People People // nil shows ids
	// ToCustomer gives a signal to the conversation's sockets on this node,
	// without waiting; false when there is none.
	ToCustomer func(conversation uuid.UUID, session string, s wire.Signal) bool
	// ToAgent gives a signal to the agent's desks on this node, without waiting;
	// false when there is none.
	ToAgent func(agent, session string, s wire.Signal) bool
	// Changed says that what sockets show of a session has changed; nil is silent.
	Changed func(conversation uuid.UUID, agent string)
	// Listed says that the board of reviews has changed; nil is silent.
	Listed func()
	// MaskName hides a customer's name from staff who look at the board; nil hides
	// nothing.
	MaskName func(name string) string
	// Chats lets a recording hold what is written and filled in meanwhile; nil: it
	// holds none of it.
	Chats Chats
	// Handles are the capture handles of tabs that may be shared.
	Handles []string
	// Origins are the origins such a tab may have; empty means any that carries
	// one of the handles.
	Origins []string
	// Recorder keeps the recordings; nil: this installation does not record.
	Recorder *Recorder
	// Grace is how long a person may be silent before the session ends; 0 means
	// 75 s: clients speak every 15 s and media outlives signalling by a minute.
	Grace time.Duration
	// AnswerWithin is how long an offer waits for the customer; 0 means 2 minutes.
	AnswerWithin time.Duration
	Clock        func() time.Time
	Logger       *slog.Logger
}

const (
	defaultGrace  = 75 * time.Second
	defaultAnswer = 2 * time.Minute
	sweepEvery    = 2 * time.Second
	tellWithin    = 15 * time.Second
)

// ErrNotOwner is given to an agent who does not own the conversation.
var ErrNotOwner = fmt.Errorf("%w: 这个会话不在您手上 / this conversation is not yours", assistant.ErrBadInput)

// Service keeps the sessions of this node and passes on what belongs to others.
type Service struct {
	config Config
	store  *store
	kick   chan struct{} // the conversation has something to hear
	asks   chan struct{} // flows ask something

	attending sync.Mutex // one look at requests at a time

	mu    sync.Mutex
	live  map[string]*session
	board board
}

// New makes the service; Run must be running for it to work.
func New(config Config) (*Service, error) {
	if config.Pool == nil || config.Media == nil || config.Engine == nil || config.ToCustomer == nil || config.ToAgent == nil || config.Node == "" {
		return nil, errors.New("remote: pool, media, engine, node and both ways out are needed")
	}
	if config.People == nil {
		config.People = func(_ context.Context, subject, agent string) (string, wire.Agent) {
			return subject, wire.Agent{Name: agent}
		}
	}
	if config.Changed == nil {
		config.Changed = func(uuid.UUID, string) {}
	}
	if len(config.Handles) == 0 {
		config.Handles = []string{"pingdui-samplebank", "pingdui-chat"}
	}
	if config.Grace == 0 {
		config.Grace = defaultGrace
	}
	if config.AnswerWithin == 0 {
		config.AnswerWithin = defaultAnswer
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{config: config, store: newStore(config.Pool), kick: make(chan struct{}, 1), asks: make(chan struct{}, 1), live: map[string]*session{}}, nil
}

// Offer offers a session to the customer of a conversation the agent owns.
// Offering again while one is open gives that one back.
func (s *Service) Offer(ctx context.Context, conversation uuid.UUID, agent string) (wire.Session, error) {
	code, err := rand.Int(rand.Reader, big.NewInt(10_000))
	if err != nil {
		return wire.Session{}, fmt.Errorf("draw a code: %w", err)
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return wire.Session{}, fmt.Errorf("make a session id: %w", err)
	}
	now := s.config.Clock()
	r, err := one[row](ctx, s.store, "Offer", id, conversation, agent, fmt.Sprintf("%04d", code), s.config.Node, now)
	if errors.Is(err, assistant.ErrNotFound) {
		return s.standing(ctx, conversation, agent)
	}
	if err != nil {
		return wire.Session{}, err
	}
	if _, err := s.store.exec(ctx, r, now, note{"offered", "agent " + agent, nil}, ""); err != nil {
		return wire.Session{}, err
	}
	x := s.keep(ctx, r, now)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tellState()
	s.changed(x.row) // a page that came to the conversation without this session's signals must draw it
	return x.wire(), nil
}

// standing is the open session of the agent's own conversation, or the reason
// why there is none.
func (s *Service) standing(ctx context.Context, conversation uuid.UUID, agent string) (wire.Session, error) {
	owns, err := s.store.owns(ctx, conversation, agent)
	if err != nil {
		return wire.Session{}, err
	}
	if !owns {
		return wire.Session{}, ErrNotOwner
	}
	r, err := one[row](ctx, s.store, "OpenOf", conversation)
	if err != nil {
		return wire.Session{}, err
	}
	if r.Agent != agent {
		return wire.Session{}, fmt.Errorf("%w: 上一场远程会话还没有结束 / an older session is still open", assistant.ErrConflict)
	}
	return toWire(r), nil
}

func (s *Service) keep(ctx context.Context, r row, now time.Time) *session {
	customer, agent := s.config.People(ctx, r.Subject, r.Agent)
	x := newSession(s, r, customer, agent, now)
	s.mu.Lock()
	s.live[r.ID.String()] = x
	s.mu.Unlock()
	return x
}

func (s *Service) local(id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live[id]
}

func (s *Service) locals() []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*session, 0, len(s.live))
	for _, x := range s.live {
		out = append(out, x)
	}
	return out
}

// Session is the conversation's open session as its sockets show it; nil when
// there is none.
func (s *Service) Session(ctx context.Context, conversation uuid.UUID) *wire.Session {
	r, err := one[row](ctx, s.store, "OpenOf", conversation)
	if err != nil {
		if !errors.Is(err, assistant.ErrNotFound) {
			s.config.Logger.Error("the open session can't be read", "conversation", conversation, "error", err)
		}
		return nil
	}
	out := toWire(r)
	out.Review = s.progress(ctx, conversation, r.Agent)
	return &out
}

func toWire(r row) wire.Session {
	present := r.Present
	if present == nil {
		present = []string{}
	}
	out := wire.Session{ID: r.ID.String(), Code: r.Code, State: r.State, Sharing: r.Sharing, Present: present}
	if v := r.Visitor; v != nil {
		out.Visitor = &wire.SessionVisitor{Name: v.Name, Number: v.Number, Mode: v.Mode}
	}
	return out
}

// End ends a session of the agent.
func (s *Service) End(ctx context.Context, id, by string) error {
	return s.Signal(ctx, id, by, signal("end", endBody{By: roleAgent, Reason: "agent"}))
}

// Signal takes a frame of a member of staff: of the agent whose session it is, or
// of the supervisor who is in it.
func (s *Service) Signal(ctx context.Context, id, from string, frame wire.Signal) error {
	return s.take(ctx, id, frame, from, func(_ uuid.UUID, agent string) string {
		if agent == from {
			return roleAgent
		}
		return roleSupervisor
	})
}

// CustomerSignal takes a frame that came over a signed-in socket of the conversation.
func (s *Service) CustomerSignal(ctx context.Context, conversation uuid.UUID, id string, frame wire.Signal) error {
	return s.take(ctx, id, frame, "", func(in uuid.UUID, _ string) string {
		if in == conversation {
			return roleCustomer
		}
		return ""
	})
}

// take checks whose session it is and hands the frame to the node it lives on.
// role says as who somebody speaks, empty for nobody; a supervisor must be there.
func (s *Service) take(ctx context.Context, id string, frame wire.Signal, by string, role func(conversation uuid.UUID, agent string) string) error {
	key, err := uuid.Parse(id)
	if err != nil {
		return assistant.ErrNotFound
	}
	if x := s.local(key.String()); x != nil {
		return x.handle(ctx, role(x.row.Conversation, x.row.Agent), by, frame) // not the whole row: the rest of it changes under the lock
	}
	r, err := one[row](ctx, s.store, "Read", key)
	if err != nil {
		return err
	}
	as := role(r.Conversation, r.Agent)
	if as == "" || as == roleSupervisor && (r.Visitor == nil || r.Visitor.ID != by) || r.State == "ended" {
		return assistant.ErrNotFound
	}
	if s.config.Bus == nil || r.Node == s.config.Node {
		return assistant.ErrNotFound
	}
	if len(frame.Body) > bodyMax {
		return bad("内容过长", "the signal is too large")
	}
	s.publishIn(r, inbound{Role: as, By: by, Signal: frame})
	return nil
}

// Run does what goes on beside the frames until the context ends.
func (s *Service) Run(ctx context.Context) error {
	stop, err := s.listen(ctx)
	if err != nil {
		return err
	}
	defer stop()
	var working sync.WaitGroup
	working.Add(1)
	go func() {
		defer working.Done()
		s.reports(ctx)
	}()
	working.Go(func() { s.attend(ctx) })
	defer working.Wait()
	ticker := time.NewTicker(min(sweepEvery, s.config.Grace/2))
	defer ticker.Stop()
	for {
		select {
		case event, ok := <-s.config.Media.Events():
			if !ok {
				return nil
			}
			if x := s.local(event.Room); x != nil {
				x.media(ctx, event)
			}
		case <-ticker.C:
			s.sweep(ctx)
		case <-ctx.Done():
			return s.leave(ctx)
		}
	}
}

// leave ends the sessions of a node that stops: their packets went through it.
func (s *Service) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellWithin)
	defer cancel()
	for _, x := range s.locals() {
		if err := x.end(ctx, "system", "node"); err != nil {
			return err
		}
	}
	return nil
}

// sweep ends what nobody ends: silent people, unanswered offers, conversations
// handed back, nodes that have gone.
func (s *Service) sweep(ctx context.Context) {
	now := s.config.Clock()
	for _, x := range s.locals() {
		x.checkRecording(ctx)
		x.checkVisitor(ctx, now)
		if reason := x.overdue(now); reason != "" {
			s.warn("end a silent session", x.end(ctx, "system", reason))
		}
	}
	disowned, err := many[row](ctx, s.store, "Disowned", s.config.Node)
	s.warn("look for sessions handed back", err)
	for _, r := range disowned {
		if x := s.local(r.ID.String()); x != nil {
			s.warn("end a session handed back", x.end(ctx, "system", "handed_back"))
		}
	}
	if s.config.Recorder != nil {
		s.warn("recover recordings", s.config.Recorder.recover(ctx))
	}
	orphans, err := many[row](ctx, s.store, "Orphans", s.config.Node, now)
	s.warn("look for sessions of gone nodes", err)
	for _, r := range orphans {
		s.deliver(r, signal("end", endBody{By: "system", Reason: "node"}), "")
		s.changed(r)
	}
	if len(orphans) > 0 {
		s.hear()
	}
}

func (s *Service) hear() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

func (s *Service) warn(what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		s.config.Logger.Error("remote: "+what, "error", err)
	}
}

// reports tells conversations what became of their sessions, exactly once: the
// input's id is the session's, and the row says what was heard.
func (s *Service) reports(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		due, err := many[unreported](ctx, s.store, "Unreported", s.config.Node)
		s.warn("look for unreported sessions", err)
		for _, u := range due {
			s.warn("tell a conversation of its session", s.report(ctx, u))
		}
		select {
		case <-s.kick:
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s *Service) report(ctx context.Context, u unreported) error {
	state, mark := "started", "started"
	var result map[string]string
	if u.State == "ended" {
		state, mark, result = "ended", "ended", map[string]string{"by": u.EndedBy}
		if !u.Begun {
			state = "failed"
		}
	}
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	event := assistant.SessionEvent{Session: u.ID.String(), State: state, Result: result}
	waits, err := one[count](ctx, s.store, "OpenRequestOf", u.Conversation)
	if err != nil {
		return err
	}
	if waits.Count > 0 { // a session of the agent's own is no answer to what the flow asked
		event.Ref = u.ID.String()
	}
	if _, err := s.config.Engine.Ask(ctx, u.Subject, u.Conversation, assistant.Input{ID: "session:" + u.ID.String() + ":" + state, Body: event}); err != nil {
		return fmt.Errorf("session %s %s: %w", u.ID, state, err)
	}
	_, err = s.store.exec(ctx, row{ID: u.ID}, time.Time{}, note{}, "Reported", u.ID, mark)
	return err
}
