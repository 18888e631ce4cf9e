package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant"
)

// HintSubject is the subject on which desks tell each other to look; the body
// means nothing and a lost hint costs a second.
const HintSubject = "pingdui.desk"

// The states of a handoff.
const (
	StateBooked     = "booked" // due later: not in the waiting order yet
	StateQueued     = "queued"
	StateRinging    = "ringing"
	StateAccepted   = "accepted"
	StateHandedBack = "handed_back"
	StateCancelled  = "cancelled"
	StateClosed     = "closed"
)

// What an agent may say of being there.
const (
	PresenceReady = "ready" // may be rung
	PresenceBusy  = "busy"  // on duty, not rung; may take from the list
	PresenceAway  = "away"
	// PresenceWrapUp is shown, never said: the agent writes up a conversation and
	// is not rung, until WrapUp or its queue's time ends it.
	PresenceWrapUp = "wrapup"
)

// The errors of a seat. Channels turn each into words.
var (
	// ErrTaken: another agent has it, or is being rung.
	ErrTaken = errors.New("another colleague has this customer")
	// ErrGone: the customer no longer waits.
	ErrGone = errors.New("the customer no longer waits")
	// ErrFull: the agent has as many conversations as the seat holds.
	ErrFull = errors.New("the seat is full: hand one back first")
	// ErrNotYours: the conversation is not this agent's.
	ErrNotYours = errors.New("the conversation is not yours")
	// ErrOffDuty: the agent has no lease, or the seat only looks on.
	ErrOffDuty = errors.New("not on duty")
	// ErrNotHere: a call-back is taken before its time only while the customer is
	// in the chat.
	ErrNotHere = errors.New("the customer is not in the chat: the call-back keeps its time")
)

// Handoff is one request for a person.
type Handoff struct {
	ID           uuid.UUID
	Conversation uuid.UUID
	Subject      string
	Queue        string
	Reason       string // masked
	Urgent       bool
	Edition      string
	Locale       string
	Employee     string
	Customer     string // masked
	View         View
	State        string
	Agent        string
	RingUntil    *time.Time
	Attempts     int
	Tried        []string
	Place        int
	WaitS        int
	ToldAt       *time.Time
	LostAt       *time.Time
	AloneSince   *time.Time
	Note         string
	Since        time.Time
	RungAt       *time.Time
	AcceptedAt   *time.Time
	EndedAt      *time.Time
	Needs        Needs
	// Passed is the last transfer; nil when there was none.
	Passed *Passed
	// Guest is a second agent: rung until GuestUntil, there when that is nil.
	Guest      string
	GuestUntil *time.Time
	HeldAt     *time.Time // the customer was asked to hold on
	Codes      []string   // what it was about, by the wrap-up
	WrappedAt  *time.Time
	// DueAt is when a call-back is due. It is kept once the customer waits: they
	// were promised that time.
	DueAt *time.Time

	version int64 // in a list that is shown
}

// Passed is a transfer with its context.
type Passed struct {
	By   string    `json:"by"`   // staff id
	Name string    `json:"name"` // of By
	To   string    `json:"to,omitempty"`
	Note string    `json:"note"`
	At   time.Time `json:"at"`
}

// View is where the conversation stood when it asked, masked.
type View struct {
	Flow, FlowTitle, Step, StepTitle string
	Age                              int
}

// Conversations is the engine's door: it handles an input and waits until it is
// answered, whichever node does it.
type Conversations interface {
	Ask(ctx context.Context, subject string, conversation uuid.UUID, in assistant.Input) (assistant.Receipt, error)
}

// Bus carries hints between nodes, this one included.
type Bus interface {
	Publish(subject string, body []byte)
}

// Config plugs a desk together and bounds it. Zero limits take the defaults.
type Config struct {
	Pool          *pgxpool.Pool
	Conversations Conversations
	Bus           Bus // nil: sweeps only
	Log           *slog.Logger
	Clock         func() time.Time
	Node          string // unique to this run of the program
	// Queues say who serves what; nil takes DefaultQueues.
	Queues map[string]Queue
	// Open says whether people serve a queue at this hour; nil is always.
	Open func(queue string, now time.Time) bool
	// Zone is the bank's, for the hours of queues; nil is UTC.
	Zone *time.Location
	// Mask hides personal data in what the waiting list shows; nil hides nothing.
	Mask func(string) string

	// Took hears how long a part of a decision took: read (what changed, one round
	// trip), plan (pure), write (a transaction of the planner, its plan within). Nil
	// but in a bench.
	Took func(part string, took time.Duration)

	// SweepEvery is how often the desk looks without a hint (1 s).
	SweepEvery time.Duration
	// RingFor is how long one agent is rung (20 s).
	RingFor time.Duration
	// LeaseFor is how long an agent stays on duty without a renewal (10 s); the
	// node renews at a third of it. It is also how long a cut socket may take to
	// come back before its customers return to the queue.
	LeaseFor time.Duration
	// PlaceEvery is how often a customer who is next is told a new place at most
	// (5 s); at place 10 it is half as often.
	PlaceEvery time.Duration
	// AgainAfter is how long after a ring the next round over the same agents starts (10 s).
	AgainAfter time.Duration
	// AloneFor is how long who waits already is kept when nobody is on duty (30 s).
	AloneFor time.Duration
	// TellDeadline bounds one telling of a conversation (10 s).
	TellDeadline time.Duration
	// ListLimit is how many waiting customers a desk shows (100).
	ListLimit int
	// ListEvery is how often desks see a changed waiting list at most (1 s);
	// what concerns a seat itself is shown at once.
	ListEvery time.Duration
	// HereFor is how long after their last deed a customer counts as being in the
	// chat (2 min).
	HereFor time.Duration
	// PaceEvery is how often the queues' pace is read anew (5 s).
	PaceEvery time.Duration
}

// Desk is one node's part of the desk.
type Desk struct {
	config Config
	store  *store
	rules  rules
	kicks  chan struct{}
	tells  chan struct{}
	onDuty atomic.Int64

	// reading lets one look at the rows at a time, so that an older one can't
	// overwrite a newer one; after is where the next
	// begins, empty for the start. asked counts who
	// wanted a look, answered whose wish the last one fulfilled.
	reading  sync.Mutex
	after    string
	asked    atomic.Int64
	answered int64
	waiting  atomic.Bool // the outbox held something at the last look
	paced    time.Time   // when the pace was read last

	mu     sync.Mutex
	hall   *hall
	seats  map[*Seat]bool
	agents map[string][]*Seat // seats of an agent
	list   []Handoff          // the waiting list as desks show it
	booked []Handoff          // and the call-backs that are due next
	stale  bool               // it has changed since desks were told
	listed time.Time          // when they were told last
	renew  time.Time          // when leases were renewed last
}

// New makes a desk; Run brings it to life.
func New(config Config) (*Desk, error) {
	if config.Pool == nil || config.Conversations == nil || config.Node == "" {
		return nil, errors.New("handoff: Config needs Pool, Conversations and Node")
	}
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&config.SweepEvery, time.Second)
	set(&config.RingFor, 20*time.Second)
	set(&config.LeaseFor, 10*time.Second)
	set(&config.PlaceEvery, 5*time.Second)
	set(&config.AgainAfter, 10*time.Second)
	set(&config.AloneFor, 30*time.Second)
	set(&config.TellDeadline, 10*time.Second)
	set(&config.ListEvery, time.Second)
	set(&config.PaceEvery, 5*time.Second)
	set(&config.HereFor, 2*time.Minute)
	if config.ListLimit == 0 {
		config.ListLimit = 100
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Queues == nil {
		config.Queues = DefaultQueues()
	}
	if config.Zone == nil {
		config.Zone = time.UTC
	}
	if config.Took == nil {
		config.Took = func(string, time.Duration) {}
	}
	if config.Mask == nil {
		config.Mask = func(s string) string { return s }
	}
	return &Desk{
		config: config,
		store:  newStore(config.Pool),
		rules: rules{
			open: config.Open, ringFor: config.RingFor, placeEvery: config.PlaceEvery, again: config.AgainAfter, aloneFor: config.AloneFor,
			zone: config.Zone,
		},
		kicks: make(chan struct{}, 1), tells: make(chan struct{}, 1),
		hall: newHall(config.Queues), seats: map[*Seat]bool{}, agents: map[string][]*Seat{},
	}, nil
}

// now is the clock at the database's precision, so that what is compared later
// is what was stored.
func (d *Desk) now() time.Time { return d.config.Clock().UTC().Truncate(time.Microsecond) }

// Kick makes the desk look now: for a hint on HintSubject or the engine's
// OutboxSubject. It never blocks.
func (d *Desk) Kick() { poke(d.kicks) }

func poke(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// changed tells every node to look.
func (d *Desk) changed() {
	d.Kick()
	poke(d.tells)
	if d.config.Bus != nil {
		d.config.Bus.Publish(HintSubject, nil)
	}
}

// OnDuty says whether any person is on duty now, for Config.AgentsOn of the
// engine; it is what the last look saw, at most a second old.
func (d *Desk) OnDuty() bool {
	return d.onDuty.Load() > 0 && (d.config.Open == nil || d.config.Open("general", d.now()))
}

// Run works until ctx ends.
func (d *Desk) Run(ctx context.Context) error {
	var parts sync.WaitGroup
	parts.Go(func() { d.tellLoop(ctx) })
	defer parts.Wait()
	ticker := time.NewTicker(d.config.SweepEvery)
	defer ticker.Stop()
	for {
		if err := d.Look(ctx); err != nil && ctx.Err() == nil {
			d.config.Log.Warn("the desk could not look; it looks again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		case <-d.kicks:
		}
	}
}

// Look does once whatever there is to do: renews leases, takes requests, settles
// rings and lost owners, rings, tells places, and shows the seats what changed.
func (d *Desk) Look(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, d.config.LeaseFor)
	defer cancel()
	err := errors.Join(d.renewLeases(limited), d.readPace(limited))
	for {
		done, planErr := d.decide(limited)
		if done > 0 {
			d.changed()
		}
		if done == 0 || planErr != nil {
			return errors.Join(err, planErr)
		}
	}
}

// request reads an outbox row into a new handoff.
func (d *Desk) request(o outboxRow) Handoff {
	var r assistant.HandoffRequest
	if err := json.Unmarshal(o.Body, &r); err != nil {
		// It still is a customer who wants a person.
		d.config.Log.Error("a request for a person could not be read whole", "conversation", o.Conversation, "error", err)
	}
	h := Handoff{
		ID: uuid.Must(uuid.NewV7()), Conversation: o.Conversation, Subject: o.Subject, Queue: queueName(r.Queue),
		Reason: clip(d.config.Mask(r.Reason), 500), Urgent: r.Urgent, Edition: r.Edition, Locale: r.Locale, Employee: r.Employee,
		Customer: MaskName(r.Customer.Name), State: StateQueued, Since: o.CreatedAt,
		View: View{
			Flow: r.View.Flow, FlowTitle: r.View.FlowTitle, Step: r.View.Step, StepTitle: d.config.Mask(r.View.StepTitle),
			Age: r.Customer.Age,
		},
		Needs: needsOf(r),
	}
	if !r.Due.IsZero() {
		due := r.Due.UTC()
		h.State, h.DueAt = StateBooked, &due
	}
	if h.Locale == "" {
		h.Locale = "zh"
	}
	// A conversation may live on another day (a demo, a test): it waits from now.
	if now := d.now(); h.Since.After(now) || now.Sub(h.Since) > time.Hour {
		h.Since = now
	}
	return h
}

// needsOf reads what a request asks of who serves it.
func needsOf(r assistant.HandoffRequest) Needs {
	n := Needs{
		Certificates: r.Needs.Certificates, Language: r.Needs.Language, Onsite: r.Needs.Onsite, Not: r.Needs.Not,
		Branch: r.Customer.Branch, VIP: r.Customer.VIP,
	}
	if r.Needs.Medium == MediumVoice || r.Needs.Medium == MediumVideo {
		n.Medium = r.Needs.Medium
	}
	return n
}

// queueName keeps what a queue may be called; anything else is general.
func queueName(name string) string {
	if name == "" || len(name) > 32 || name[0] < 'a' || name[0] > 'z' {
		return "general"
	}
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return "general"
		}
	}
	return name
}

func clip(text string, runes int) string {
	if all := []rune(text); len(all) > runes {
		return string(all[:runes])
	}
	return text
}
