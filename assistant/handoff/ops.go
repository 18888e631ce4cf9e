package handoff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
)

// Limits of what an agent says about a conversation.
const (
	noteMin   = 2
	noteMax   = 1000
	codesMax  = 5
	transferS = 60 * time.Second // how long a person asked for by name is waited for
)

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// The errors of what an agent asks of others.
var (
	// ErrNoSuch: the person is not on duty, or the queue is not one.
	ErrNoSuch = errors.New("nobody there by that name")
	// ErrBusy: a colleague is asked or here already.
	ErrBusy = errors.New("a colleague is asked already")
)

// Target is where a conversation is passed to: a person on duty or a queue.
type Target struct{ Agent, Queue string }

// Transfer gives an owned conversation to a person or a queue, with a note that
// who takes it reads. The customer waits at the head meanwhile and the digital
// employee goes on; when the person does not come within a minute, the queue does.
func (s *Seat) Transfer(ctx context.Context, id uuid.UUID, to Target, note string) error {
	note = strings.TrimSpace(note)
	if n := len([]rune(note)); n < noteMin || n > noteMax {
		return fmt.Errorf("%w: a transfer needs a note of %d to %d characters, so that nothing is asked twice", assistant.ErrBadInput, noteMin, noteMax)
	}
	if (to.Agent == "") == (to.Queue == "") {
		return fmt.Errorf("%w: a transfer goes to a person or to a queue", assistant.ErrBadInput)
	}
	if _, known := s.desk.config.Queues[to.Queue]; to.Queue != "" && !known || to.Agent != "" && (to.Agent == s.agent || !s.desk.here(to.Agent)) {
		return ErrNoSuch
	}
	_, err := s.move(ctx, id, func(r row, me *holder, now time.Time) (change, error) {
		c := change{before: r, after: r.Handoff, idle: s.agent}
		if r.State != StateAccepted || r.Agent != s.agent {
			return c, ErrNotYours
		}
		passed := &Passed{By: s.agent, To: to.Agent + to.Queue, Note: s.desk.config.Mask(note), At: now}
		if me != nil {
			passed.Name = me.Name
		}
		c.after.requeue()
		c.after.Passed, c.after.LostAt, c.after.Tried = passed, nil, []string{s.agent}
		c.after.Needs.Agent, c.after.Needs.AgentUntil = to.Agent, time.Time{}
		if to.Agent != "" {
			c.after.Needs.AgentUntil = now.Add(transferS)
		} else {
			c.after.Queue = to.Queue
		}
		c.tell = []assistant.HandoffEvent{{State: dialogue.HandoffHandedBack, Reason: dialogue.ReasonTransferred}}
		return c, nil
	})
	return err
}

// here says whether an agent is on duty.
func (d *Desk) here(agent string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.hall.presence(agent) != ""
}

// Colleague is another agent on duty.
type Colleague struct {
	Agent, Name, Number, Presence string
	Skills                        []string
	Free                          int // conversations that fit in yet
}

// Colleagues are others on duty, the ready ones first, at most limit.
func (d *Desk) Colleagues(not string, limit int) []Colleague {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Colleague
	for _, s := range d.hall.seats {
		if presence := d.hall.presence(s.Agent); presence != "" && s.Agent != not {
			out = append(out, Colleague{
				Agent: s.Agent, Name: s.Name, Number: s.Number, Presence: presence, Skills: s.Skills, Free: max(0, s.Capacity-s.Active),
			})
		}
	}
	slices.SortFunc(out, func(a, b Colleague) int {
		return cmp.Or(byReady(a, b), cmp.Compare(b.Free, a.Free), cmp.Compare(a.Agent, b.Agent))
	})
	return out[:min(len(out), limit)]
}

func byReady(a, b Colleague) int {
	switch ready := a.Presence == PresenceReady; {
	case ready == (b.Presence == PresenceReady):
		return 0
	case ready:
		return -1
	}
	return 1
}

// QueueNames are the queues a conversation can be passed to.
func (d *Desk) QueueNames() []string { return slices.Sorted(maps.Keys(d.config.Queues)) }

// Invite asks a colleague to join an owned conversation; the customer hears of it
// when the colleague comes.
func (s *Seat) Invite(ctx context.Context, id uuid.UUID, agent string) error {
	if agent == "" || agent == s.agent || !s.desk.here(agent) {
		return ErrNoSuch
	}
	_, err := s.move(ctx, id, func(r row, _ *holder, now time.Time) (change, error) {
		c := change{before: r, after: r.Handoff}
		switch {
		case r.State != StateAccepted || r.Agent != s.agent:
			return c, ErrNotYours
		case r.Guest == agent:
			return c, errStale
		case r.Guest != "":
			return c, ErrBusy
		}
		until := now.Add(s.desk.config.RingFor)
		c.after.Guest, c.after.GuestUntil = agent, &until
		return c, nil
	})
	return err
}

// joins is Accept for a colleague who was asked to join.
func (s *Seat) joins(r row, me *holder, now time.Time) (change, error) {
	c := change{before: r, after: r.Handoff}
	switch {
	case r.GuestUntil == nil:
		return c, errStale // is here already
	case me == nil:
		return c, ErrOffDuty
	case !r.GuestUntil.After(now):
		return c, ErrGone
	}
	c.after.GuestUntil = nil
	c.tell = []assistant.HandoffEvent{{State: dialogue.HandoffJoined, Agent: me.view(s.agent)}}
	return c, nil
}

// LeaveCase takes this agent out of a conversation of two; who stays owns it.
func (s *Seat) LeaveCase(ctx context.Context, id uuid.UUID) error {
	_, err := s.move(ctx, id, func(r row, me *holder, now time.Time) (change, error) {
		c := change{before: r, after: r.Handoff, idle: s.agent}
		there := r.Guest != "" && r.GuestUntil == nil
		switch {
		case r.State != StateAccepted || !there || r.Agent != s.agent && r.Guest != s.agent:
			return c, ErrNotYours
		case r.Agent == s.agent: // the guest becomes the owner
			guest, err := s.desk.colleague(r.Guest)
			if err != nil {
				return c, err
			}
			c.after.Agent, c.after.HeldAt = r.Guest, nil
			c.tell = []assistant.HandoffEvent{{State: dialogue.HandoffLeft, Agent: s.view(me)}, {State: dialogue.HandoffAccepted, Agent: guest, Reason: dialogue.ReasonStays}}
		default:
			c.tell = []assistant.HandoffEvent{{State: dialogue.HandoffLeft, Agent: s.view(me)}}
		}
		c.after.Guest = ""
		return c, nil
	})
	return err
}

func (s *Seat) view(me *holder) dialogue.AgentView {
	if me == nil {
		return dialogue.AgentView{ID: s.agent}
	}
	return me.view(s.agent)
}

// colleague is what a customer may know of another agent on duty.
func (d *Desk) colleague(agent string) (dialogue.AgentView, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.hall.seats[agent]; s != nil && d.hall.onDuty(s) {
		return s.view(), nil
	}
	return dialogue.AgentView{}, ErrNoSuch
}

// Hold asks the customer to hold on, or ends that; the customer is told. Twice is
// no error.
func (s *Seat) Hold(ctx context.Context, id uuid.UUID, on bool) error {
	_, err := s.move(ctx, id, func(r row, me *holder, now time.Time) (change, error) {
		c := change{before: r, after: r.Handoff}
		switch {
		case r.State != StateAccepted || r.Agent != s.agent:
			return c, ErrNotYours
		case (r.HeldAt != nil) == on:
			return c, errStale
		}
		c.after.HeldAt = nil
		state := dialogue.HandoffResumed
		if on {
			c.after.HeldAt, state = &now, dialogue.HandoffHeld
		}
		c.tell = []assistant.HandoffEvent{{State: state, Agent: s.view(me)}}
		return c, nil
	})
	return err
}

// WrapUp writes up a conversation that this agent handed back: what it was about,
// and a note. It ends the wrap-up; it may be said again to mend it.
func (s *Seat) WrapUp(ctx context.Context, id uuid.UUID, codes []string, note string) error {
	if len(codes) == 0 || len(codes) > codesMax {
		return fmt.Errorf("%w: a wrap-up has 1 to %d codes", assistant.ErrBadInput, codesMax)
	}
	for _, code := range codes {
		if !codeForm.MatchString(code) {
			return fmt.Errorf("%w: the code %.32q is not one: small letters, digits and -", assistant.ErrBadInput, code)
		}
	}
	_, err := s.move(ctx, id, func(r row, _ *holder, now time.Time) (change, error) {
		c := change{before: r, after: r.Handoff}
		if r.State != StateHandedBack || r.Agent != s.agent {
			return c, ErrNotYours
		}
		c.after.Codes, c.after.WrappedAt = codes, &now
		if note != "" {
			c.after.Note = clip(s.desk.config.Mask(note), 4000)
		}
		return c, nil
	})
	if err != nil {
		return err
	}
	if _, err := s.desk.store.exec(ctx, "EndWrapUp", s.agent, s.desk.now()); err != nil {
		return fmt.Errorf("end the wrap-up of %s: %w", s.agent, err)
	}
	return s.after(ctx)
}

// SetMedium says by which medium a conversation is served now, so that a seat in a
// session of voice or video takes no second one. Anybody who owns it may say so.
func (s *Seat) SetMedium(ctx context.Context, id uuid.UUID, medium string) error {
	_, err := s.move(ctx, id, func(r row, _ *holder, _ time.Time) (change, error) {
		c := change{before: r, after: r.Handoff}
		if r.State != StateAccepted || r.Agent != s.agent || r.Needs.Medium == medium {
			return c, errStale
		}
		c.after.Needs.Medium = medium
		return c, nil
	})
	return err
}

// lockSeat reads what an agent on duty has in hand; nil off duty.
func (s *store) lockSeat(ctx context.Context, tx pgx.Tx, agent string, now time.Time) (*holder, error) {
	return one[holder](ctx, tx, s.sql.Text("LockSeat"), agent, now)
}
