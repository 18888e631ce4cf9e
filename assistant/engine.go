package assistant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/vault"
)

// Mind decides. It is pure: the same content, state, context and event always
// give the same step. State is opaque to the engine and kept sealed.
type Mind interface {
	// Release names the content that Step would use now.
	Release() string
	// Step takes one event. An empty state is a new conversation's.
	Step(c dialogue.Context, state []byte, ev dialogue.Event) (Step, error)
	// Understand is called once for each text, outside Step; its result is kept
	// in the turn's record.
	Understand(text string, now time.Time, state []byte) dialogue.Understanding
}

// Step is what a Mind decided.
type Step struct {
	State   []byte
	Effects []dialogue.Effect
	View    View
}

// View is what the outside may know of where a conversation stands.
type View struct {
	Flow      string     `json:"flow,omitempty"`
	FlowTitle string     `json:"flow_title,omitempty"`
	Step      string     `json:"step,omitempty"`
	StepTitle string     `json:"step_title,omitempty"`
	Slots     []flow.Row `json:"slots,omitempty"`
	Queue     string     `json:"queue,omitempty"` // waiting in this queue
	Place     int        `json:"place,omitempty"`
	WaitS     int        `json:"wait_s,omitempty"`
	// Due is when a booked call-back is due.
	Due     time.Time `json:"due,omitzero"`
	Reason  string    `json:"reason,omitempty"`
	Session string    `json:"session,omitempty"`
	// Employee is who serves now; empty where the mind has no say in it.
	Employee string `json:"employee,omitempty"`
}

// Bank reads from and acts on the bank's core.
type Bank interface {
	// Read runs an operation that changes nothing.
	Read(ctx context.Context, operation string, args map[string]any) dialogue.Result
	// Act runs an irreversible operation under a key; the same key never runs it
	// twice. Outcome is done, refused or unknown.
	Act(ctx context.Context, key, operation string, args map[string]any) dialogue.Result
	// Ask tells what became of a key: done, refused, unknown (no answer), or
	// failed when the bank never saw it.
	Ask(ctx context.Context, key, operation string) dialogue.Result
}

// Searcher finds passages that may answer.
type Searcher interface {
	Search(ctx context.Context, q Query) ([]dialogue.Passage, error)
}

// Query is one question to the knowledge base, with what limits the answer.
type Query struct {
	Text string
	// Article is preferred where it answers: the understood intent names it.
	Article  string
	Locale   string
	Edition  string
	Audience []string // what may be read: customer, private, staff …
	Region   string
	Now      time.Time
	// Draft takes one whole checked sentence of an answer that is still being
	// written; nil where nobody looks on.
	Draft func(sentence string)
}

// Draft is one sentence of an answer that still streams. It has no seq and is
// gone when the turn's messages come.
type Draft struct {
	Conversation uuid.UUID `json:"conversation"`
	Input        string    `json:"input"`
	Attempt      int       `json:"attempt"`
	N            int       `json:"n"`
	Text         string    `json:"text"`
}

// Bus carries hints between nodes.
type Bus interface {
	Publish(subject string, body []byte)
}

// Config plugs the engine together and bounds it. Zero limits take the defaults.
type Config struct {
	Pool   *pgxpool.Pool
	Master vault.Master
	Mind   Mind
	Bank   Bank
	Search Searcher
	Bus    Bus
	Log    *slog.Logger
	// Mask replaces secrets in a customer's text and says whether there was one.
	Mask func(text string) (string, bool)
	// MaskRow makes the masked copy of any text for consoles and analytics.
	MaskRow func(text string) string
	// Audience says what a customer may be answered from, and their region.
	Audience func(dialogue.Customer) (audience []string, region string)
	// Needs makes opening needs from the bank's facts; muted are the kinds the
	// customer has switched off.
	Needs func(facts json.RawMessage, muted []string, now time.Time) []dialogue.Need
	// Draft shows a sentence of a streaming answer to whoever looks on; nil
	// switches streaming off.
	Draft func(Draft)
	// Watched says whether somebody else sees the screen of a conversation's
	// customer now; nil says never.
	Watched func(ctx context.Context, conversation uuid.UUID) bool
	// Recalled says whether a version of a flow, by its hash, was taken back: an
	// action of it that the bank has not seen is not run any more; nil says never.
	Recalled func(hash string) bool
	// AgentsOn says whether people are on duty for a queue.
	AgentsOn func() bool
	// Hours are when the people of each queue can call back; nil offers none.
	Hours map[string]dialogue.Hours
	Clock func() time.Time
	Zone  *time.Location

	// Node is this incarnation's id; HTTPAddr and ClusterAddr say where it is reached.
	Node, HTTPAddr, ClusterAddr string

	// BeatEvery is the heartbeat; a node is dead after DeadAfter without one.
	BeatEvery, DeadAfter time.Duration
	// SweepEvery is how often stranded inputs, wakes and actions are looked for.
	SweepEvery time.Duration
	// TurnDeadline bounds everything outside that one turn waits for.
	TurnDeadline time.Duration
	// StoreDeadline bounds how long an input waits for the database.
	StoreDeadline time.Duration
	// MaxWaiting is how many inputs one conversation may have waiting.
	MaxWaiting int
	// Committers is how many commits run at once; each takes up to GroupSize turns.
	Committers, GroupSize int
	// ActionLease is how long one try of an action may take.
	ActionLease time.Duration

	// MovableClock lets a conversation be held as of another time (demo only).
	MovableClock bool

	// Faults plants defects for the harness that proves the tests catch them.
	Faults Faults
}

// Faults are defects that a test can plant; the zero value plants none.
type Faults struct {
	AckBeforeCommit bool // acknowledge before the input is durable
	KeyFromMessage  bool // make the bank's key from the message, not the action
	DropTurn        bool // lose one turn in ten after acknowledging it
	LoseHints       bool // never tell other nodes
	ResumeOffByOne  bool // resume one message too late
}

func (c *Config) defaults() error {
	if c.Pool == nil || c.Mind == nil || c.Node == "" {
		return errors.New("assistant: Config needs Pool, Mind and Node")
	}
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&c.BeatEvery, time.Second)
	set(&c.DeadAfter, 3*time.Second)
	set(&c.SweepEvery, 500*time.Millisecond)
	set(&c.TurnDeadline, 15*time.Second)
	set(&c.StoreDeadline, 30*time.Second)
	set(&c.ActionLease, 20*time.Second)
	if c.MaxWaiting == 0 {
		c.MaxWaiting = 64
	}
	if c.Committers == 0 {
		c.Committers = 3
	}
	if c.GroupSize == 0 {
		c.GroupSize = 64
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Mask == nil {
		c.Mask = func(text string) (string, bool) { return text, false }
	}
	if c.MaskRow == nil {
		c.MaskRow = func(text string) string { return text }
	}
	if c.Audience == nil {
		c.Audience = func(dialogue.Customer) ([]string, string) { return []string{"customer"}, "" }
	}
	if c.Watched == nil {
		c.Watched = func(context.Context, uuid.UUID) bool { return false }
	}
	if c.AgentsOn == nil {
		c.AgentsOn = func() bool { return true }
	}
	return nil
}

// Engine runs the conversations this node owns.
type Engine struct {
	config Config
	store  *store
	hub    *Hub

	commits chan *commit
	kick    chan struct{} // actions may be due

	// work is cancelled last: what runs is finished after taking has stopped.
	work     context.Context
	stopWork context.CancelCauseFunc
	running  sync.WaitGroup

	mu        sync.Mutex
	boxes     map[uuid.UUID]*mailbox
	stopping  bool
	committed int64 // turns, for DropTurn
}

// New makes an engine; Run brings it to life.
func New(config Config) (*Engine, error) {
	if err := config.defaults(); err != nil {
		return nil, err
	}
	e := &Engine{
		config:  config,
		store:   newStore(config.Pool, config.Master, config.Clock, config.DeadAfter),
		commits: make(chan *commit, 1024),
		kick:    make(chan struct{}, 1),
		boxes:   map[uuid.UUID]*mailbox{},
	}
	e.hub = newHub(e)
	e.work, e.stopWork = context.WithCancelCause(context.Background())
	return e, nil
}

// Hub is where channels watch conversations.
func (e *Engine) Hub() *Hub { return e.hub }

// Watcher is told what becomes of an input; both may be nil. Accepted is called
// once the input is durable; Done once it is answered, or with the error that
// kept it out. They are called from the conversation's goroutine and must not block.
type Watcher struct {
	Accepted func(Receipt)
	Done     func(Receipt, error)
}

// Handle is the one door. The input is queued in order; Handle returns at once.
// subject must own the conversation.
func (e *Engine) Handle(ctx context.Context, subject string, conversation uuid.UUID, in Input, w Watcher) error {
	if m, ok := in.Body.(CustomerMessage); ok && m.Text != "" {
		m.Text, m.Secret = e.config.Mask(m.Text)
		in.Body = m
	}
	s, err := encode(in)
	if err != nil {
		return err
	}
	if err := e.store.own(ctx, subject, conversation); err != nil {
		return err
	}
	return e.post(conversation, item{stored: s, watch: w})
}

// Ask handles an input and waits for its answer, whichever node gives it.
func (e *Engine) Ask(ctx context.Context, subject string, conversation uuid.UUID, in Input) (Receipt, error) {
	type outcome struct {
		receipt Receipt
		err     error
	}
	done := make(chan outcome, 1)
	watch := e.hub.Watch(conversation)
	defer watch.Close()
	err := e.Handle(ctx, subject, conversation, in, Watcher{Done: func(r Receipt, err error) { done <- outcome{r, err} }})
	if err != nil {
		return Receipt{}, err
	}
	var r Receipt
	select {
	case out := <-done:
		if out.err != nil || out.receipt.Turn != 0 {
			return out.receipt, out.err
		}
		r = out.receipt
	case <-ctx.Done():
		return Receipt{}, fmt.Errorf("%w: %w", ErrUnavailable, context.Cause(ctx))
	}
	// Another node runs it: its hint, or the comparing sweep, wakes the watch.
	for {
		found, err := e.store.receipt(ctx, subject, conversation, in.ID)
		if err != nil {
			return r, err
		}
		if found.Turn != 0 {
			found.Replayed = r.Replayed
			return found, nil
		}
		select {
		case <-watch.C:
		case <-ctx.Done():
			return r, nil
		}
	}
}

// FreshConversation asks Open for a new conversation whatever there is.
const FreshConversation = "new"

// Receipt says what became of an input; its Turn is 0 when it isn't known or runs.
func (e *Engine) Receipt(ctx context.Context, subject string, conversation uuid.UUID, input string) (Receipt, error) {
	if err := e.store.own(ctx, subject, conversation); err != nil {
		return Receipt{}, err
	}
	r, err := e.store.receipt(ctx, subject, conversation, input)
	if err != nil {
		return r, errors.Join(ErrUnavailable, err)
	}
	r.Replayed = r.Turn != 0
	return r, nil
}

// Open finds the conversation to go on with, or makes one. An empty id means
// the subject's latest.
func (e *Engine) Open(ctx context.Context, subject, id, employee, locale, edition string) (uuid.UUID, error) {
	return e.store.open(ctx, subject, id, employee, locale, edition)
}

// Messages reads messages after a seq, at most limit.
func (e *Engine) Messages(ctx context.Context, subject string, conversation uuid.UUID, after int64, limit int) ([]Message, error) {
	if err := e.store.own(ctx, subject, conversation); err != nil {
		return nil, err
	}
	if e.config.Faults.ResumeOffByOne && after > 0 {
		after++
	}
	return e.store.messages(ctx, subject, conversation, after, limit)
}

// Mute switches a kind of opening need off for a subject (不再提示).
func (e *Engine) Mute(ctx context.Context, subject, need string) error {
	if len(need) > 64 {
		return fmt.Errorf("%w: the kind of need is too long", ErrBadInput)
	}
	return e.store.mute(ctx, subject, need)
}

// Run takes work until ctx ends, then finishes what runs, gives its
// conversations back and returns.
func (e *Engine) Run(ctx context.Context) error {
	if err := e.beat(ctx); err != nil && ctx.Err() == nil {
		return err // stopped before it began is no error
	}
	var parts sync.WaitGroup
	part := func(f func(context.Context)) {
		parts.Add(1)
		go func() { defer parts.Done(); f(e.work) }()
	}
	for range e.config.Committers {
		part(e.commitLoop)
	}
	part(e.beatLoop)
	part(e.sweepLoop)
	part(e.actionLoop)
	part(e.hub.compareLoop)
	<-ctx.Done()
	e.mu.Lock()
	e.stopping = true
	e.mu.Unlock()
	drained := make(chan struct{})
	go func() { e.running.Wait(); close(drained) }()
	select {
	case <-drained:
	case <-time.After(e.config.TurnDeadline):
		e.config.Log.Warn("turns still ran when the node stopped; another node answers them")
	}
	last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := e.store.leave(last, e.config.Node); err != nil {
		e.config.Log.Warn("conversations were not given back; they are taken when the heartbeat is old", "error", err)
	}
	e.stopWork(ErrStopping)
	parts.Wait()
	return nil
}

// Owned is how many conversations this node holds in memory.
func (e *Engine) Owned() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.boxes)
}

func marshal(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("assistant: %T can't be written as JSON: %v", v, err)) // a defect of ours: all our types can
	}
	return raw
}
