package wall

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
	"github.com/pingdui/pingdui/internal/postgres/walldb"
)

const (
	// InTime is the wait within which an answer counts for 接通率. The statement
	// Answered says it too.
	InTime = 20 * time.Second
	// PageSize is how many agents or conversations a page holds.
	PageSize = 50
	// half is the shorter of the two windows of 接通率.
	half = 30 * time.Minute
	// fresh is how old counts may be that are shown to the next one who asks.
	fresh = time.Second
	// lookEvery is how often alarms are looked for.
	lookEvery = 5 * time.Second
	// lookWithin bounds one look.
	lookWithin = 10 * time.Second
)

// Errors of the room.
var (
	// ErrGone: the alarm has ended, or never was.
	ErrGone = errors.New("the alarm has ended")
	// ErrRule: a rule that makes no sense.
	ErrRule = errors.New("no such rule")
)

// Desk says how queues are served now.
type Desk interface {
	Serving() []handoff.Serving
}

// Audit writes down who did what, in the transaction that does it.
type Audit interface {
	Record(ctx context.Context, tx pgx.Tx, actor, action, object string, detail any) error
}

// Config plugs the wall together.
type Config struct {
	Pool  *pgxpool.Pool
	Desk  Desk
	Audit Audit
	Clock func() time.Time
	Zone  *time.Location // in which a day begins; nil is UTC
	Log   *slog.Logger
}

// Wall looks at the desk.
type Wall struct {
	config Config
	sql    sqlfile.Queries

	mu   sync.Mutex // one look at a time; who comes meanwhile gets its result
	last Counts

	paging sync.Mutex // the same for pages of conversations, which cost the most
	pages  map[LiveFilter]livePage
}

type livePage struct {
	at   time.Time
	rows []Live
}

// New makes a wall; Run looks for alarms.
func New(config Config) *Wall {
	if config.Zone == nil {
		config.Zone = time.UTC
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	return &Wall{config: config, sql: walldb.Queries(), pages: map[LiveFilter]livePage{}}
}

// Rate is 接通率 of one window: of Asked requests, InTime were answered within 20 s.
type Rate struct{ Asked, InTime int }

// Percent is the rate, -1 when nobody asked. It is rounded down: 80 is 80 or more.
func (r Rate) Percent() int {
	if r.Asked == 0 {
		return -1
	}
	return r.InTime * 100 / r.Asked
}

func (r Rate) and(o Rate) Rate { return Rate{r.Asked + o.Asked, r.InTime + o.InTime} }

// Queue is how one queue goes.
type Queue struct {
	handoff.Serving
	Waiting int
	// WaitsSince is when the longest wait began; nil when nobody waits.
	WaitsSince  *time.Time
	Booked, Due int // call-backs: all, and those due within 30 minutes
	Live        int // conversations with a person
	Today, Half Rate
}

// Counts are the wall without its lists.
type Counts struct {
	At          time.Time
	Queues      []Queue
	Today, Half Rate
	Presences   map[string]int // agents on duty: ready, busy, away, wrapup
	Alarms      []Alarm
	Rules       []Rule
}

// Counts counts, or gives what was counted within the last second.
func (w *Wall) Counts(ctx context.Context) (Counts, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.config.Clock()
	if age := now.Sub(w.last.At); !w.last.At.IsZero() && age >= 0 && age < fresh {
		return w.last, nil
	}
	out, err := w.count(ctx, now)
	if err != nil {
		return Counts{}, fmt.Errorf("count for the wall: %w", err)
	}
	w.last = out
	return out, nil
}

// stale makes the next look count anew.
func (w *Wall) stale() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = Counts{}
}

// count reads everything in one round trip.
func (w *Wall) count(ctx context.Context, now time.Time) (Counts, error) {
	out := Counts{At: now, Presences: map[string]int{}}
	local := now.In(w.config.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, w.config.Zone)
	var answered []answeredRow
	var open []openRow
	var presences []presenceRow
	var batch pgx.Batch
	postgres.AsEngine().Queue(&batch)
	collect(&batch, &answered, w.sql.Text("Answered"), now, day, now.Add(-half))
	collect(&batch, &open, w.sql.Text("Open"), now)
	collect(&batch, &presences, w.sql.Text("Presences"), now)
	collect(&batch, &out.Rules, w.sql.Text("Rules"))
	collect(&batch, &out.Alarms, w.sql.Text("Alarms"), alarmsMax)
	if err := w.config.Pool.SendBatch(ctx, &batch).Close(); err != nil {
		return Counts{}, err
	}
	for _, p := range presences {
		out.Presences[p.Presence] = p.Count
	}
	at := map[string]int{}
	of := func(name string) *Queue {
		i, ok := at[name]
		if !ok { // a queue that is in no file any more still has rows
			i = len(out.Queues)
			at[name] = i
			out.Queues = append(out.Queues, Queue{Serving: handoff.Serving{Queue: name}})
		}
		return &out.Queues[i]
	}
	for _, s := range w.config.Desk.Serving() {
		of(s.Queue).Serving = s
	}
	for _, r := range answered {
		q := of(r.Queue)
		q.Today, q.Half = Rate{r.TodayAsked, r.TodayInTime}, Rate{r.HalfAsked, r.HalfInTime}
		out.Today, out.Half = out.Today.and(q.Today), out.Half.and(q.Half)
	}
	for _, r := range open {
		q := of(r.Queue)
		q.Waiting, q.WaitsSince, q.Booked, q.Due, q.Live = r.Waiting, r.WaitsSince, r.Booked, r.Due, r.Live
	}
	return out, nil
}

type answeredRow struct {
	Queue                                          string
	TodayAsked, TodayInTime, HalfAsked, HalfInTime int
}

type openRow struct {
	Queue      string
	Waiting    int
	WaitsSince *time.Time
	Booked     int
	Due        int
	Live       int
}

type presenceRow struct {
	Presence string
	Count    int
}

// collect queues a statement whose rows fill into.
func collect[T any](batch *pgx.Batch, into *[]T, query string, args ...any) {
	batch.Queue(query, args...).Query(func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	})
}

// Agent is one on duty.
type Agent struct {
	Agent, Name, Number, Presence string
	Skills                        []string
	Capacity                      int
	Home                          bool
	IdleSince                     time.Time // when the last conversation ended
	Serves                        int       // conversations in hand
	Queues                        []string  // theirs
	Longest                       *time.Time
}

// AgentFilter chooses agents; what is empty chooses all. After is the last page's
// last agent.
type AgentFilter struct{ Presence, Skill, Text, After string }

// Agents is a page of those on duty, by id.
func (w *Wall) Agents(ctx context.Context, f AgentFilter) (page []Agent, more bool, err error) {
	page, err = read[Agent](ctx, w, "Agents", w.config.Clock(), f.Presence, f.Skill, f.Text, f.After, PageSize+1)
	return cut(page), len(page) > PageSize, err
}

// Live is one conversation with a person.
type Live struct {
	ID, Conversation    uuid.UUID // the handoff's and the conversation's
	Queue               string
	Customer            string // masked
	Agent, Name, Number string
	Guest               string
	AcceptedAt          time.Time
	HeldAt              *time.Time
	Flow, Step          string // where it stood when it asked for a person, masked
	Session             *uuid.UUID
	Code, SessionState  string
	SilentSince         *time.Time // the customer waits for words since then
}

// LiveFilter chooses conversations; Skip is how many were shown.
type LiveFilter struct {
	Queue string
	Skip  int
}

// Live is a page of conversations with a person, the longest silent first. To know
// who is silent every conversation is looked at: a page is read once a second at
// most, whoever asks.
func (w *Wall) Live(ctx context.Context, f LiveFilter) (page []Live, more bool, err error) {
	w.paging.Lock()
	defer w.paging.Unlock()
	now := w.config.Clock()
	for other, p := range w.pages {
		if age := now.Sub(p.at); age < 0 || age >= fresh {
			delete(w.pages, other)
		}
	}
	p, ok := w.pages[f]
	if !ok {
		rows, err := read[Live](ctx, w, "Live", f.Queue, nil, PageSize+1, f.Skip)
		if err != nil {
			return nil, false, err
		}
		p = livePage{now, rows}
		w.pages[f] = p
	}
	return cut(p.rows), len(p.rows) > PageSize, nil
}

func cut[T any](page []T) []T { return page[:min(len(page), PageSize)] }

func read[T any](ctx context.Context, w *Wall, name string, args ...any) (out []T, err error) {
	var batch pgx.Batch
	postgres.AsEngine().Queue(&batch)
	collect(&batch, &out, w.sql.Text(name), args...)
	if err := w.config.Pool.SendBatch(ctx, &batch).Close(); err != nil {
		return nil, fmt.Errorf("read the wall's %s: %w", name, err)
	}
	return out, nil
}
