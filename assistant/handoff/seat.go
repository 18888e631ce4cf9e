package handoff

import (
	"context"
	"errors"
	"fmt"
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
	// Branch is where the agent belongs; its customers come here first.
	Branch string
	// Home is an agent who works at home; a request may leave these out.
	Home bool
	// Capacity is how many conversations at once; 0 is 3. One of them at most may
	// be a session of voice or video.
	Capacity int
}

const defaultCapacity = 3

// Situation is what one seat sees.
type Situation struct {
	Presence string
	Waiting  []Handoff // everybody who waits, the most urgent first, rung ones included
	Booked   []Handoff // call-backs, the one due next first
	Ringing  []Handoff // rung at this seat
	Owned    []Handoff // accepted by this seat, or joined as a guest
	Asked    []Handoff // asked to join as a guest
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
	certificates := p.Certificates
	if certificates == nil {
		certificates = []Certificate{}
	}
	if err := d.holdLease(ctx); err != nil {
		return nil, err
	}
	now := d.now()
	state := ""
	err := d.store.tx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, d.store.sql.Text("Join"), p.Agent, d.config.Node, now.Add(d.config.LeaseFor), p.Capacity, p.Name, p.Number, p.Certificate,
			list(p.Skills), list(p.Languages), certificates, list(p.Customers), now, p.Branch, p.Home).Scan(&state)
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
	if s.agent != "" {
		d.agents[s.agent] = append(d.agents[s.agent], s)
	}
	return s
}

// drop forgets a seat and says whether it was its agent's last one here.
func (d *Desk) drop(s *Seat) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.seats, s)
	if s.agent == "" {
		return false
	}
	d.agents[s.agent] = slices.DeleteFunc(d.agents[s.agent], func(o *Seat) bool { return o == s })
	if len(d.agents[s.agent]) > 0 {
		return false
	}
	delete(d.agents, s.agent)
	return true
}

// Leave closes the seat. An agent without another one here keeps the lease until
// it ends, so that a cut socket can come back to its customers.
func (s *Seat) Leave(ctx context.Context) {
	d := s.desk
	if !d.drop(s) {
		return
	}
	if _, err := d.store.exec(ctx, "Disconnect", s.agent, d.config.Node, d.now().Add(d.config.LeaseFor)); err != nil {
		d.config.Log.Warn("a seat could not be noted as left; its lease ends with this node's", "agent", s.agent, "error", err)
	}
	d.changed()
}

// Now is what the seat sees.
func (s *Seat) Now() Situation {
	d := s.desk
	d.mu.Lock()
	defer d.mu.Unlock()
	out := Situation{Waiting: d.list, Booked: d.booked}
	if s.agent == "" {
		return out
	}
	out.Presence = d.hall.presence(s.agent)
	for _, r := range d.hall.hands[s.agent] {
		switch {
		case r.Guest == s.agent && r.GuestUntil != nil:
			out.Asked = append(out.Asked, r.Handoff)
		case r.State == StateAccepted:
			out.Owned = append(out.Owned, r.Handoff)
		case r.State == StateRinging:
			out.Ringing = append(out.Ringing, r.Handoff)
		}
	}
	for _, part := range [][]Handoff{out.Owned, out.Ringing, out.Asked} {
		slices.SortFunc(part, func(a, b Handoff) int { return before(&a, &b) })
	}
	return out
}

// Presence says ready, busy or away.
func (s *Seat) Presence(ctx context.Context, state string) error {
	if s.agent == "" {
		return ErrOffDuty
	}
	if state != PresenceReady && state != PresenceBusy && state != PresenceAway {
		return fmt.Errorf("%w: presence is ready, busy or away", assistant.ErrBadInput)
	}
	n, err := s.desk.store.exec(ctx, "SetPresence", s.agent, state, s.desk.now())
	if err != nil {
		return fmt.Errorf("set the presence of %s: %w", s.agent, err)
	}
	if n == 0 {
		return ErrOffDuty
	}
	return s.after(ctx)
}

// after shows a change of this seat at once, here and elsewhere.
func (s *Seat) after(ctx context.Context) error {
	s.desk.changed()
	return s.desk.refresh(ctx)
}

// holder is an agent on duty who acts on a customer, with what is in hand.
type holder struct {
	Name, Number, Certificate string
	Capacity, Active          int
}

func (m *holder) view(agent string) dialogue.AgentView {
	return dialogue.AgentView{ID: agent, Name: m.Name, Number: m.Number, Certificate: m.Certificate}
}

// Accept makes a waiting customer this agent's: one who rings here, or one of
// the list whom nobody is rung for. Of several who accept at once one owns, the
// others get ErrTaken. A call-back is taken before its time only while the customer
// is in the chat (ErrNotHere). Accepting what one owns already is no error.
func (s *Seat) Accept(ctx context.Context, id uuid.UUID) (Handoff, error) {
	here := false
	if s.desk.isBooked(id) {
		var err error
		if here, err = s.desk.store.present(ctx, id, s.desk.now().Add(-s.desk.config.HereFor)); err != nil {
			return Handoff{}, err
		}
	}
	return s.move(ctx, id, func(r row, me *holder, now time.Time) (change, error) {
		if r.State == StateAccepted && r.Guest == s.agent {
			return s.joins(r, me, now)
		}
		c := change{before: r, after: r.Handoff}
		switch {
		case r.State == StateAccepted && r.Agent == s.agent:
			return c, errStale
		case r.State == StateAccepted, r.State == StateRinging && r.Agent != s.agent:
			return c, ErrTaken
		case r.State != StateBooked && !r.waits():
			return c, ErrGone
		case r.State == StateBooked && !here:
			return c, ErrNotHere
		case me == nil:
			return c, ErrOffDuty
		case r.State != StateRinging && me.Active >= me.Capacity:
			return c, ErrFull
		}
		c.after.State, c.after.Agent, c.after.RingUntil, c.after.AcceptedAt, c.after.LostAt = StateAccepted, s.agent, nil, &now, nil
		c.after.AloneSince, c.after.Tried, c.after.DueAt = nil, nil, nil
		c.tell = []assistant.HandoffEvent{{State: dialogue.HandoffAccepted, Agent: me.view(s.agent)}}
		return c, nil
	})
}

// Decline gives a ring back; the next agent is rung.
func (s *Seat) Decline(ctx context.Context, id uuid.UUID) error {
	_, err := s.move(ctx, id, func(r row, _ *holder, _ time.Time) (change, error) {
		c := change{before: r, after: r.Handoff}
		if r.State == StateAccepted && r.Guest == s.agent && r.GuestUntil != nil {
			c.after.Guest, c.after.GuestUntil = "", nil
			return c, nil
		}
		if r.State != StateRinging || r.Agent != s.agent {
			return c, errStale // it rings here no more: that is what was wanted
		}
		c.after.unring()
		return c, nil
	})
	return err
}

// HandBack gives a conversation back to the digital employee, with a note that
// stays with the handoff. Handing back twice is no error.
func (s *Seat) HandBack(ctx context.Context, id uuid.UUID, note string) error {
	_, err := s.move(ctx, id, func(r row, _ *holder, now time.Time) (change, error) {
		c := change{before: r, after: r.Handoff, idle: s.agent}
		if r.State == StateHandedBack && r.Agent == s.agent {
			return c, errStale
		}
		if r.State != StateAccepted || r.Agent != s.agent {
			return c, ErrNotYours
		}
		c.after.State, c.after.EndedAt, c.after.Note = StateHandedBack, &now, clip(note, 4000)
		c.after.Guest, c.after.GuestUntil, c.after.HeldAt = "", nil, nil
		c.wrap = queueOf(s.desk.config.Queues, r.Queue).WrapUp
		c.tell = []assistant.HandoffEvent{{State: dialogue.HandoffHandedBack}}
		return c, nil
	})
	return err
}

// move runs one guarded step of one handoff. decide gives errStale where there
// is nothing to do.
func (s *Seat) move(ctx context.Context, id uuid.UUID, decide func(row, *holder, time.Time) (change, error)) (Handoff, error) {
	d := s.desk
	if s.agent == "" {
		return Handoff{}, ErrOffDuty
	}
	now := d.now()
	var after Handoff
	err := d.store.tx(ctx, func(tx pgx.Tx) error {
		r, err := one[row](ctx, tx, d.store.sql.Text("Lock"), id)
		if err != nil {
			return err
		}
		if r == nil {
			return ErrGone
		}
		me, err := d.store.lockSeat(ctx, tx, s.agent, now)
		if err != nil {
			return err
		}
		after = r.Handoff
		c, err := decide(*r, me, now)
		if err != nil {
			return err
		}
		after = c.after
		return d.store.change(ctx, tx, c, now)
	})
	if errors.Is(err, errStale) {
		return after, nil
	}
	if err != nil {
		return Handoff{}, err
	}
	if err := s.after(ctx); err != nil {
		d.config.Log.Warn("the change stands but could not be shown at once", "error", err)
	}
	return after, nil
}
