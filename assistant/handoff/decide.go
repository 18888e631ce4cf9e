package handoff

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/internal/postgres"
)

// refresh reads what changed and calls the seats that it concerns. Of several
// who ask at once one reads for all: whose look begins after the others asked.
func (d *Desk) refresh(ctx context.Context) error {
	ticket := d.asked.Add(1)
	d.reading.Lock()
	defer d.reading.Unlock()
	if d.answered >= ticket {
		return nil
	}
	upTo := d.asked.Load()
	var batch pgx.Batch
	postgres.AsEngine().Queue(&batch)
	began := time.Now()
	err := d.read(ctx, d.config.Pool, &batch)
	d.config.Took("read", time.Since(began))
	if err != nil {
		return err
	}
	d.answered = upTo
	return nil
}

// sender is a pool or a transaction.
type sender interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// read brings the hall up to date, in one round trip with what the batch holds;
// reading is held.
func (d *Desk) read(ctx context.Context, from sender, batch *pgx.Batch) error {
	now := d.now()
	all := d.after == ""
	var n news
	d.store.news(batch, cmp.Or(d.after, "0"), now, &n)
	if err := from.SendBatch(ctx, batch).Close(); err != nil {
		d.after = ""
		return fmt.Errorf("look at the desk: %w", err)
	}
	d.after = n.after
	d.waiting.Store(n.asked)
	d.mu.Lock()
	defer d.mu.Unlock()
	if all {
		paces := d.hall.paces
		d.hall = newHall(d.config.Queues)
		d.hall.paces = paces
	}
	d.hall.nodes = n.nodes
	concerned := map[string]bool{}
	for _, p := range n.presence {
		concerned[p.Agent] = true
		d.hall.seat(p)
	}
	for _, r := range n.handoffs {
		if was := d.hall.open[r.ID]; was != nil {
			concerned[was.Agent], concerned[was.Guest] = true, true
		}
		concerned[r.Agent], concerned[r.Guest] = true, true
		d.hall.take(r)
	}
	d.hall.at(now)
	d.onDuty.Store(int64(d.hall.duty))
	d.show(now, concerned)
	return nil
}

// show calls the seats that something concerns; mu is held.
func (d *Desk) show(now time.Time, concerned map[string]bool) {
	d.list = d.listOf(d.list, d.hall.order)
	d.booked = d.listOf(d.booked, d.hall.booked)
	if since := now.Sub(d.listed); d.stale && (since < 0 || since >= d.config.ListEvery) {
		d.listed, d.stale = now, false
		for s := range d.seats {
			s.wake()
		}
		return
	}
	for agent := range concerned {
		for _, s := range d.agents[agent] {
			s.wake()
		}
	}
}

// listOf is the beginning of rows as desks show it; was where nothing of it changed.
func (d *Desk) listOf(was []Handoff, rows []*row) []Handoff {
	rows = rows[:min(len(rows), d.config.ListLimit)]
	if slices.EqualFunc(rows, was, func(r *row, h Handoff) bool { return r.ID == h.ID && r.Version == h.version }) {
		return was
	}
	d.stale = true
	out := make([]Handoff, len(rows))
	for i, r := range rows {
		out[i] = r.Handoff
		out[i].version = r.Version
		if r.DueAt != nil { // read by people
			at := r.DueAt.In(d.config.Zone)
			out[i].DueAt = &at
		}
	}
	return out
}

func (s *Seat) wake() {
	if s.call != nil {
		s.call()
	}
}

// renewLeases keeps this node's agents on duty, and takes over those who have a
// socket here and whose own node no longer holds them.
func (d *Desk) renewLeases(ctx context.Context) error {
	now := d.now()
	d.mu.Lock()
	due := len(d.agents) > 0 && now.Sub(d.renew) >= d.config.LeaseFor/3
	orphans := []string{}
	if due {
		for agent := range d.agents {
			if s := d.hall.seats[agent]; s != nil && (!s.Connected || s.Node != d.config.Node && !d.hall.onDuty(s)) {
				orphans = append(orphans, agent)
			}
		}
	}
	d.mu.Unlock()
	if !due {
		return nil
	}
	if err := d.holdLease(ctx); err != nil {
		return err
	}
	if len(orphans) == 0 {
		return nil
	}
	if _, err := d.store.exec(ctx, "Adopt", orphans, d.config.Node, now); err != nil {
		return fmt.Errorf("take over the agents with a socket here: %w", err)
	}
	return nil
}

// holdLease renews the node's lease when it is due.
func (d *Desk) holdLease(ctx context.Context) error {
	now := d.now()
	d.mu.Lock()
	due := now.Sub(d.renew) >= d.config.LeaseFor/3
	d.mu.Unlock()
	if !due {
		return nil
	}
	if _, err := d.store.exec(ctx, "Renew", d.config.Node, now.Add(d.config.LeaseFor)); err != nil {
		return fmt.Errorf("renew the lease of this node's agents: %w", err)
	}
	d.mu.Lock()
	d.renew = now
	d.mu.Unlock()
	return nil
}

// decide takes requests, settles, rings and tells, and says how much was done. It
// looks first without the planner's lock: mostly there is nothing to do.
func (d *Desk) decide(ctx context.Context) (int, error) {
	if err := d.refresh(ctx); err != nil {
		return 0, err
	}
	if !d.waiting.Load() && len(d.plan()) == 0 {
		return 0, nil
	}
	done, began := 0, time.Now()
	mine, err := d.store.deciding(ctx, func(tx pgx.Tx) error {
		taken, err := d.store.take(ctx, tx, d.now(), d.request, d.cancel)
		if err != nil {
			return err
		}
		// What was taken is seen too, though nobody else sees it yet: if the
		// transaction fails everything is read anew.
		d.reading.Lock()
		err = d.read(ctx, tx, &pgx.Batch{})
		d.reading.Unlock()
		if err != nil {
			return err
		}
		planned, err := d.store.write(ctx, tx, d.plan(), d.now())
		done = taken + planned
		return err
	})
	if mine {
		d.config.Took("write", time.Since(began))
	}
	switch {
	case err != nil:
		d.forget()
		return 0, fmt.Errorf("plan the desk: %w", err)
	case !mine:
		// Another node decides; it may have looked too early to see what was seen here.
		time.AfterFunc(lookAgain, d.Kick)
		return 0, nil
	case done > 0:
		return done, d.refresh(ctx) // who is rung sees it now, not after the next round
	}
	return 0, nil
}

// lookAgain is how long another node is given to decide.
const lookAgain = 20 * time.Millisecond

// plan decides over what was read.
func (d *Desk) plan() []change {
	d.mu.Lock()
	defer d.mu.Unlock()
	began := time.Now()
	defer func() { d.config.Took("plan", time.Since(began)) }()
	return d.hall.plan(d.rules)
}

// forget makes the next look read everything: the rows may be other than thought.
func (d *Desk) forget() {
	d.reading.Lock()
	defer d.reading.Unlock()
	d.after = ""
}

// readPace reads now and then how the queues go.
func (d *Desk) readPace(ctx context.Context) error {
	now := d.now()
	d.mu.Lock()
	names := slices.Collect(maps.Keys(d.hall.lines))
	since := now.Sub(d.paced)
	d.mu.Unlock()
	if len(names) == 0 || since >= 0 && since < d.config.PaceEvery {
		return nil
	}
	paces, err := d.store.pace(ctx, now.Add(-2*time.Hour), names)
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.paced, d.hall.paces = now, paces
	d.mu.Unlock()
	return nil
}

// cancel is the customer having taken the request back, accepted meanwhile or not.
func (d *Desk) cancel(r row, now time.Time) change {
	c := change{before: r, after: r.Handoff, tell: []assistant.HandoffEvent{{State: dialogue.HandoffCancelled}}}
	c.after.State, c.after.RingUntil, c.after.EndedAt = StateCancelled, nil, &now
	c.after.Guest, c.after.GuestUntil, c.after.HeldAt = "", nil, nil
	return c
}
