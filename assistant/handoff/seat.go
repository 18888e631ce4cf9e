package handoff

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
)

// Profile is what routing knows of an agent.
type Profile struct {
	Agent        string // staff id
	Name, Number string
	Certificate  string // as customers see it
	Skills       []string
	Languages    []string
	Certificates []Certificate
	// Customers are the subjects whose own manager this is.
	Customers []string
	// Capacity is how many conversations at once; 0 is 3.
	Capacity int
}

const defaultCapacity = 3

// Situation is what one seat sees.
type Situation struct {
	Presence string
	Waiting  []Handoff // everybody who waits, the most urgent first, rung ones included
	Ringing  []Handoff // rung at this seat
	Owned    []Handoff // accepted by this seat
}

// snapshot is what the desk last saw, for the seats of this node.
type snapshot struct {
	open     []Handoff
	versions map[uuid.UUID]int64
	presence map[string]string
}

func (s snapshot) same(o snapshot) bool {
	return maps.Equal(s.versions, o.versions) && maps.Equal(s.presence, o.presence)
}

// Seat is one open desk: an agent's, or one that only looks on.
type Seat struct {
	desk  *Desk
	agent string
	call  func()
}

// Join puts an agent on duty at this node, away until Presence says otherwise,
// or as before when the agent comes back within the lease. changed is called
// when Now may give something new; it must not block.
func (d *Desk) Join(ctx context.Context, p Profile, changed func()) (*Seat, error) {
	if p.Capacity <= 0 {
		p.Capacity = defaultCapacity
	}
	list := func(v []string) []string {
		if v == nil {
			return []string{}
		}
		return v
	}
	certificates := p.Certificates
	if certificates == nil {
		certificates = []Certificate{}
	}
	now := d.now()
	state := ""
	err := d.store.tx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, d.store.sql.Text("Join"), p.Agent, d.config.Node, now.Add(d.config.LeaseFor), p.Capacity, p.Name, p.Number, p.Certificate,
			list(p.Skills), list(p.Languages), certificates, list(p.Customers), now).Scan(&state)
	})
	if err != nil {
		return nil, fmt.Errorf("put %s on duty: %w", p.Agent, err)
	}
	s := d.add(&Seat{desk: d, agent: p.Agent, call: changed})
	if err := d.refresh(ctx); err != nil {
		s.Leave(ctx)
		return nil, err
	}
	d.changed()
	return s, nil
}

// Watch opens a seat that only looks on.
func (d *Desk) Watch(ctx context.Context, changed func()) (*Seat, error) {
	s := d.add(&Seat{desk: d, call: changed})
	if err := d.refresh(ctx); err != nil {
		s.Leave(ctx)
		return nil, err
	}
	return s, nil
}

func (d *Desk) add(s *Seat) *Seat {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seats[s] = true
	return s
}

// Leave closes the seat. An agent without another one here keeps the lease until
// it ends, so that a cut socket can come back to its customers.
func (s *Seat) Leave(ctx context.Context) {
	d := s.desk
	d.mu.Lock()
	delete(d.seats, s)
	others := s.agent == ""
	for other := range d.seats {
		others = others || other.agent == s.agent
	}
	d.mu.Unlock()
	if others {
		return
	}
	if _, err := d.config.Pool.Exec(ctx, d.store.sql.Text("Disconnect"), s.agent, d.config.Node); err != nil {
		d.config.Log.Warn("a seat could not be noted as left; its lease ends by itself", "agent", s.agent, "error", err)
	}
	d.changed()
}

// Now is what the seat sees.
func (s *Seat) Now() Situation {
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	out := Situation{Presence: s.desk.seen.presence[s.agent]}
	for _, h := range s.desk.seen.open {
		mine := s.agent != "" && h.Agent == s.agent
		switch {
		case mine && h.State == StateAccepted:
			out.Owned = append(out.Owned, h)
		case h.State == StateQueued || h.State == StateRinging:
			out.Waiting = append(out.Waiting, h)
			if mine {
				out.Ringing = append(out.Ringing, h)
			}
		}
	}
	return out
}

// refresh reads what this node's seats show and calls them when it is new.
func (d *Desk) refresh(ctx context.Context) error {
	// One at a time: an older look must not overwrite a newer one.
	d.refreshing.Lock()
	defer d.refreshing.Unlock()
	d.mu.Lock()
	agents := make([]string, 0, len(d.seats))
	for s := range d.seats {
		if !slices.Contains(agents, s.agent) {
			agents = append(agents, s.agent)
		}
	}
	d.mu.Unlock()
	slices.Sort(agents)
	seen, onDuty, err := d.store.look(ctx, d.now(), agents, d.config.ListLimit)
	if err != nil {
		return err
	}
	d.onDuty.Store(onDuty)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.seen.same(seen) {
		return nil
	}
	d.seen = seen
	for s := range d.seats {
		if s.call != nil {
			s.call()
		}
	}
	return nil
}

// renewLeases keeps this node's agents on duty.
func (d *Desk) renewLeases(ctx context.Context) error {
	now := d.now()
	d.mu.Lock()
	agents := []string{}
	for s := range d.seats {
		if s.agent != "" {
			agents = append(agents, s.agent)
		}
	}
	due := len(agents) > 0 && now.Sub(d.renew) >= d.config.LeaseFor/3
	d.mu.Unlock()
	if !due {
		return nil
	}
	if _, err := d.config.Pool.Exec(ctx, d.store.sql.Text("Renew"), agents, d.config.Node, now.Add(d.config.LeaseFor), now); err != nil {
		return fmt.Errorf("renew the leases of the agents here: %w", err)
	}
	d.mu.Lock()
	d.renew = now
	d.mu.Unlock()
	return nil
}

// plan settles, rings and tells.
func (d *Desk) plan(ctx context.Context) (int, error) {
	now := d.now()
	return d.store.plan(ctx, now, now.Add(-2*time.Hour), func(rows []row, seats []seat, paces []pace) []change {
		return plan(now, rows, seats, paces, d.rules)
	})
}

// cancel is the customer having taken the request back, accepted meanwhile or not.
func (d *Desk) cancel(r row, now time.Time) change {
	c := change{before: r, after: r.Handoff, tell: []assistant.HandoffEvent{{State: dialogue.HandoffCancelled}}}
	c.after.State, c.after.RingUntil, c.after.EndedAt = StateCancelled, nil, &now
	return c
}

// Presence says ready, busy or away.
func (s *Seat) Presence(ctx context.Context, state string) error {
	if s.agent == "" {
		return ErrOffDuty
	}
	if state != PresenceReady && state != PresenceBusy && state != PresenceAway {
		return fmt.Errorf("%w: presence is ready, busy or away", assistant.ErrBadInput)
	}
	tag, err := s.desk.config.Pool.Exec(ctx, s.desk.store.sql.Text("SetPresence"), s.agent, state, s.desk.now())
	if err != nil {
		return fmt.Errorf("set the presence of %s: %w", s.agent, err)
	}
	if tag.RowsAffected() == 0 {
		return ErrOffDuty
	}
	return s.after(ctx)
}

// after shows a change of this seat at once, here and elsewhere.
func (s *Seat) after(ctx context.Context) error {
	s.desk.changed()
	return s.desk.refresh(ctx)
}

// Accept makes a waiting customer this agent's: one who rings here, or one of
// the list whom nobody is rung for. Of several who accept at once one owns, the
// others get ErrTaken. Accepting what one owns already is no error.
func (s *Seat) Accept(ctx context.Context, id uuid.UUID) (Handoff, error) {
	return s.move(ctx, id, func(r row, me *seat, now time.Time) (change, error) {
		c := change{before: r, after: r.Handoff}
		switch {
		case r.State == StateAccepted && r.Agent == s.agent:
			return c, errStale
		case r.State == StateAccepted, r.State == StateRinging && r.Agent != s.agent:
			return c, ErrTaken
		case r.State != StateQueued && r.State != StateRinging:
			return c, ErrGone
		case me == nil:
			return c, ErrOffDuty
		case r.State == StateQueued && me.Active >= me.Capacity:
			return c, ErrFull
		}
		c.after.State, c.after.Agent, c.after.RingUntil, c.after.AcceptedAt, c.after.LostAt = StateAccepted, s.agent, nil, &now, nil
		c.after.AloneSince, c.after.Tried = nil, nil
		c.tell = []assistant.HandoffEvent{{State: dialogue.HandoffAccepted, Agent: me.view()}}
		return c, nil
	})
}

// Decline gives a ring back; the next agent is rung.
func (s *Seat) Decline(ctx context.Context, id uuid.UUID) error {
	_, err := s.move(ctx, id, func(r row, _ *seat, _ time.Time) (change, error) {
		c := change{before: r, after: r.Handoff}
		if r.State != StateRinging || r.Agent != s.agent {
			return c, errStale // it rings here no more: that is what was wanted
		}
		c.after.State, c.after.Agent, c.after.RingUntil = StateQueued, "", nil
		c.after.Tried = append(slices.Clone(r.Tried), s.agent)
		return c, nil
	})
	return err
}

// HandBack gives a conversation back to the digital employee, with a note that
// stays with the handoff. Handing back twice is no error.
func (s *Seat) HandBack(ctx context.Context, id uuid.UUID, note string) error {
	_, err := s.move(ctx, id, func(r row, _ *seat, now time.Time) (change, error) {
		c := change{before: r, after: r.Handoff, idle: s.agent}
		if r.State == StateHandedBack && r.Agent == s.agent {
			return c, errStale
		}
		if r.State != StateAccepted || r.Agent != s.agent {
			return c, ErrNotYours
		}
		c.after.State, c.after.EndedAt, c.after.Note = StateHandedBack, &now, clip(note, 4000)
		c.tell = []assistant.HandoffEvent{{State: dialogue.HandoffHandedBack}}
		return c, nil
	})
	return err
}

// move runs one guarded step of one handoff. decide gives errStale where there
// is nothing to do.
func (s *Seat) move(ctx context.Context, id uuid.UUID, decide func(row, *seat, time.Time) (change, error)) (Handoff, error) {
	d := s.desk
	if s.agent == "" {
		return Handoff{}, ErrOffDuty
	}
	now := d.now()
	var after Handoff
	idle := ""
	err := d.store.tx(ctx, func(tx pgx.Tx) error {
		r, err := one[row](ctx, tx, d.store.sql.Text("Lock"), id)
		if err != nil {
			return err
		}
		if r == nil {
			return ErrGone
		}
		me, err := one[seat](ctx, tx, d.store.sql.Text("LockSeat"), s.agent, now)
		if err != nil {
			return err
		}
		after = r.Handoff
		c, err := decide(*r, me, now)
		if err != nil {
			return err
		}
		after, idle = c.after, c.idle
		return d.store.change(ctx, tx, c, now)
	})
	if errors.Is(err, errStale) {
		return after, nil
	}
	if err != nil {
		return Handoff{}, err
	}
	if idle != "" {
		if _, err := d.config.Pool.Exec(ctx, d.store.sql.Text("Idle"), idle, now); err != nil {
			d.config.Log.Warn("the line of idle agents is not up to date", "agent", idle, "error", err)
		}
	}
	if err := s.after(ctx); err != nil {
		d.config.Log.Warn("the change stands but could not be shown at once", "error", err)
	}
	return after, nil
}
