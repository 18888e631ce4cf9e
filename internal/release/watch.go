package release

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Watch is how a node follows the pointer.
type Watch struct {
	// Every is how often the pointer is looked at; 0 means 2 s. It bounds how
	// late a node is when every hint is lost.
	Every time.Duration
	// Hints wake the watch at once; nil: only the clock does.
	Hints <-chan struct{}
	// Load makes a release this node's own; it is called again, at the next
	// look, until it succeeds.
	Load func(ctx context.Context, r Release) error
	// Leave is told which digital employees are off duty, at first and at every
	// change; nil: nobody asks.
	Leave func(employees []string)
	// Recall is told which versions of flows were taken back, at first and at
	// every change; nil: nobody asks.
	Recall func(hashes []string)
}

// Watch follows the pointer until ctx ends. What can't be read or loaded is
// logged and tried again: a node goes on with what it has.
func (s *Service) Watch(ctx context.Context, w Watch) error {
	if w.Every == 0 {
		w.Every = 2 * time.Second
	}
	tick := time.NewTicker(w.Every)
	defer tick.Stop()
	var seq, duty int64 = -1, -1
	for {
		if err := s.follow(ctx, w, &seq, &duty); err != nil && ctx.Err() == nil {
			s.Log.Warn("the published release was not taken over; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-s.moved:
		case <-w.Hints:
		}
	}
}

func (s *Service) follow(ctx context.Context, w Watch, seq, duty *int64) error {
	p, err := s.Current(ctx)
	if err != nil {
		return err
	}
	if p.DutySeq != *duty && w.Recall != nil {
		hashes, err := s.Recalled(ctx)
		if err != nil {
			return err
		}
		w.Recall(hashes)
	}
	if p.DutySeq != *duty && w.Leave != nil {
		list, err := s.Duties(ctx)
		if err != nil {
			return err
		}
		away := []string{}
		for _, d := range list {
			if d.OnLeave {
				away = append(away, d.Employee)
			}
		}
		w.Leave(away)
	}
	*duty = p.DutySeq
	if p.Seq == *seq {
		return nil
	}
	r, err := s.Get(ctx, p.Current)
	if err != nil {
		return err
	}
	if err := w.Load(ctx, r); err != nil {
		return fmt.Errorf("load %s: %w", r.ID, err)
	}
	*seq = p.Seq
	return nil
}

// Duty is whether a digital employee is on duty, and who said so.
type Duty struct {
	Employee  string
	OnLeave   bool
	Reason    string
	ChangedBy string
	ChangedAt time.Time
}

// Duties lists everyone who was ever sent off duty.
func (s *Service) Duties(ctx context.Context) ([]Duty, error) {
	rows, err := s.Pool.Query(ctx, s.sql.Text("Duties"))
	if err != nil {
		return nil, fmt.Errorf("list who is on duty: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[Duty])
	if err != nil {
		return nil, fmt.Errorf("list who is on duty: %w", err)
	}
	return out, nil
}

// SetDuty sends a digital employee off duty (停岗) or back; every node follows
// through its watch.
func (s *Service) SetDuty(ctx context.Context, who, employee string, onLeave bool, reason string) error {
	action := "employee.on_duty"
	if onLeave {
		action = "employee.on_leave"
	}
	err := s.change(ctx, who, action, employee, map[string]string{"reason": reason}, func(tx pgx.Tx) (int64, error) {
		if _, err := tx.Exec(ctx, s.sql.Text("SetDuty"), employee, onLeave, reason, who, s.Clock()); err != nil {
			return 0, err
		}
		tag, err := tx.Exec(ctx, s.sql.Text("TurnDuty"))
		return tag.RowsAffected(), err
	})
	if err == nil {
		s.tell()
	}
	return err
}
