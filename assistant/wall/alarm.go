package wall

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/postgres"
)

// The kinds of alarm.
const (
	Wait   = "wait"   // somebody waits longer than threshold seconds
	Low    = "rate"   // 接通率 of the last 30 minutes is below threshold percent
	Nobody = "nobody" // nobody on duty serves a queue that is open
	Silent = "silent" // an agent has left a customer without words for threshold seconds
)

const (
	// alarmLock lets one node at a time raise and end alarms.
	alarmLock = 7464392
	// alarmsMax is how many alarms are shown, and how many silent conversations
	// are told of at a time.
	alarmsMax = 200
	// rateSample is how many requests of half an hour a low rate must be made of.
	rateSample = 10
)

// Rule is when a kind of alarm is raised; one for a queue goes before the one for
// all, whose Queue is empty.
type Rule struct {
	Kind, Queue string
	Enabled     bool
	Threshold   int // seconds; Low: percent; Nobody: 0
	SetBy       string
	SetAt       time.Time
}

// Alarm is one thing that is wrong.
type Alarm struct {
	ID               uuid.UUID
	Kind, Queue      string
	Object           string // the queue, or a handoff's id
	Agent, Name      string // Silent only
	Threshold, Value int    // Value as it was at the last look
	RaisedAt         time.Time
	AckedBy          string
	AckedAt          *time.Time
}

// ruleOf is the rule for a queue; nil when there is none, or it is switched off.
func ruleOf(rules []Rule, kind, queue string) *Rule {
	var found *Rule
	for i, r := range rules {
		if r.Kind == kind && (r.Queue == queue || r.Queue == "" && found == nil) {
			found = &rules[i]
		}
	}
	if found == nil || !found.Enabled {
		return nil
	}
	return found
}

// wrong is what the queues' counts say is wrong now.
func wrong(c Counts) []Alarm {
	var out []Alarm
	for _, q := range c.Queues {
		add := func(r *Rule, value int) {
			out = append(out, Alarm{Kind: r.Kind, Queue: q.Queue, Object: q.Queue, Threshold: r.Threshold, Value: value})
		}
		if r := ruleOf(c.Rules, Wait, q.Queue); r != nil && q.WaitsSince != nil {
			if waited := int(c.At.Sub(*q.WaitsSince) / time.Second); waited > r.Threshold {
				add(r, waited)
			}
		}
		if r := ruleOf(c.Rules, Low, q.Queue); r != nil && q.Half.Asked >= rateSample && q.Half.Percent() < r.Threshold {
			add(r, q.Half.Percent())
		}
		if r := ruleOf(c.Rules, Nobody, q.Queue); r != nil && q.On == 0 && (q.Open || q.Waiting > 0) {
			add(r, q.Waiting)
		}
	}
	return out
}

// silence is the shortest time of any rule after which an agent is silent; false
// when no rule is on.
func silence(rules []Rule) (time.Duration, bool) {
	shortest, on := 0, false
	for _, r := range rules {
		if r.Kind == Silent && r.Enabled && (!on || r.Threshold < shortest) {
			shortest, on = r.Threshold, true
		}
	}
	return time.Duration(shortest) * time.Second, on
}

// Look raises what is wrong and ends what no longer is. Another node that looks at
// the same time does it instead.
func (w *Wall) Look(ctx context.Context) error {
	now := w.config.Clock()
	counts, err := w.count(ctx, now)
	if err != nil {
		return fmt.Errorf("look for alarms: %w", err)
	}
	found := wrong(counts)
	if after, on := silence(counts.Rules); on {
		silent, err := read[Live](ctx, w, "Live", "", now.Add(-after), alarmsMax, 0)
		if err != nil {
			return err
		}
		for _, c := range silent {
			r, waited := ruleOf(counts.Rules, Silent, c.Queue), int(now.Sub(*c.SilentSince)/time.Second)
			if r != nil && waited > r.Threshold {
				found = append(found, Alarm{Kind: Silent, Queue: c.Queue, Object: c.ID.String(), Agent: c.Agent, Threshold: r.Threshold, Value: waited})
			}
		}
	}
	err = postgres.InTx(ctx, w.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		mine := false
		if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", alarmLock).Scan(&mine); err != nil || !mine {
			return err
		}
		var batch pgx.Batch
		there := make([]string, 0, len(found))
		for _, a := range found {
			there = append(there, a.Kind+" "+a.Object)
			batch.Queue(w.sql.Text("Raise"), uuid.New(), a.Kind, a.Queue, a.Object, a.Agent, a.Threshold, a.Value, now)
		}
		batch.Queue(w.sql.Text("Settle"), now, there)
		return tx.SendBatch(ctx, &batch).Close()
	})
	if err != nil {
		return fmt.Errorf("write alarms: %w", err)
	}
	return nil
}

// Run looks for alarms until the context ends. The first look comes after a while:
// a node that has just started has not yet read who is on duty.
func (w *Wall) Run(ctx context.Context) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
		look, cancel := context.WithTimeout(ctx, lookWithin)
		if err := w.Look(look); err != nil && ctx.Err() == nil {
			w.config.Log.Warn("alarms were not looked for", "error", err)
		}
		cancel()
	}
}

// Acknowledge notes who has seen an alarm; the first one stands. ErrGone when it
// has ended.
func (w *Wall) Acknowledge(ctx context.Context, id uuid.UUID, by string) error {
	err := postgres.InTx(ctx, w.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, w.sql.Text("Acknowledge"), id, by, w.config.Clock())
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			there := false
			if err := tx.QueryRow(ctx, w.sql.Text("AlarmThere"), id).Scan(&there); err != nil || there {
				return err
			}
			return ErrGone
		}
		return w.config.Audit.Record(ctx, tx, "s:"+by, "alarm.seen", "alarm "+id.String(), nil)
	})
	if err != nil {
		return fmt.Errorf("acknowledge an alarm: %w", err)
	}
	w.stale()
	return nil
}

// SetRule sets when a kind of alarm is raised, for a queue or (empty) for all.
func (w *Wall) SetRule(ctx context.Context, r Rule, by string) error {
	switch {
	case r.Kind != Wait && r.Kind != Low && r.Kind != Nobody && r.Kind != Silent:
		return fmt.Errorf("%w: kind is wait, rate, nobody or silent", ErrRule)
	case r.Kind == Low && (r.Threshold < 1 || r.Threshold > 100):
		return fmt.Errorf("%w: a rate's threshold lies between 1 and 100 percent", ErrRule)
	case (r.Kind == Wait || r.Kind == Silent) && (r.Threshold < 5 || r.Threshold > 86400):
		return fmt.Errorf("%w: a threshold lies between 5 and 86400 seconds", ErrRule)
	case r.Kind == Nobody && r.Threshold != 0:
		return fmt.Errorf("%w: nobody has no threshold", ErrRule)
	case r.Queue != "" && !w.known(r.Queue):
		return fmt.Errorf("%w: there is no queue %.32q", ErrRule, r.Queue)
	}
	err := postgres.InTx(ctx, w.config.Pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, w.sql.Text("SetRule"), r.Kind, r.Queue, r.Enabled, r.Threshold, by, w.config.Clock()); err != nil {
			return err
		}
		return w.config.Audit.Record(ctx, tx, "s:"+by, "alarm.rule", strings.TrimSpace("alarm_rule "+r.Kind+" "+r.Queue), map[string]any{"enabled": r.Enabled, "threshold": r.Threshold})
	})
	if err != nil {
		return fmt.Errorf("set an alarm's rule: %w", err)
	}
	w.stale()
	return nil
}

func (w *Wall) known(queue string) bool {
	for _, s := range w.config.Desk.Serving() {
		if s.Queue == queue {
			return true
		}
	}
	return false
}
