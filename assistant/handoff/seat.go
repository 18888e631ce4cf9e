package handoff

import (
	"cmp"
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
	"github.com/pingdui/pingdui/internal/postgres"
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
	out := Situation{Waiting: d.list}
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
	if err := d.read(ctx, d.config.Pool, &batch); err != nil {
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
	waiting := d.hall.order
	waiting = waiting[:min(len(waiting), d.config.ListLimit)]
	if !slices.EqualFunc(waiting, d.list, func(r *row, h Handoff) bool { return r.ID == h.ID && r.Version == h.version }) {
		d.stale = true
		d.list = make([]Handoff, len(waiting))
		for i, r := range waiting {
			d.list[i] = r.Handoff
			d.list[i].version = r.Version
		}
	}
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
	done := 0
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
// others get ErrTaken. Accepting what one owns already is no error.
func (s *Seat) Accept(ctx context.Context, id uuid.UUID) (Handoff, error) {
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
		case r.State != StateQueued && r.State != StateRinging:
			return c, ErrGone
		case me == nil:
			return c, ErrOffDuty
		case r.State == StateQueued && me.Active >= me.Capacity:
			return c, ErrFull
		}
		c.after.State, c.after.Agent, c.after.RingUntil, c.after.AcceptedAt, c.after.LostAt = StateAccepted, s.agent, nil, &now, nil
		c.after.AloneSince, c.after.Tried = nil, nil
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
