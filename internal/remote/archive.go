package remote

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/media/evidence"
)

// Archive reads what the database knows of recordings, for the commands.
type Archive struct{ store *store }

// NewArchive reads through a pool.
func NewArchive(pool *pgxpool.Pool) Archive { return Archive{newStore(pool)} }

// Anchors are all of a session.
func (a Archive) Anchors(ctx context.Context, session uuid.UUID) ([]evidence.Anchor, error) {
	rows, err := many[anchorRow](ctx, a.store, "Anchors", session)
	if err != nil {
		return nil, err
	}
	out := make([]evidence.Anchor, 0, len(rows))
	for _, r := range rows {
		one, err := r.anchor()
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// Key is a session's data key; assistant.ErrNotFound when there is none, or it
// was destroyed.
func (a Archive) Key(ctx context.Context, session uuid.UUID, keys Keys) ([]byte, error) {
	rows, err := many[segmentRow](ctx, a.store, "Segments", session)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].Key == nil {
		return nil, assistant.ErrNotFound
	}
	return keys.Unwrap(keyOf(session), rows[0].Key)
}

// PublicKeys is the list of the installation's public keys as its database has
// it: the published file beside the recordings can be changed by who can change them.
func (a Archive) PublicKeys(ctx context.Context) (evidence.Keys, error) {
	s := &signing{store: a.store}
	if err := s.read(ctx); err != nil {
		return evidence.Keys{}, err
	}
	return s.public(), nil
}

// Recorded is a recorded session.
type Recorded struct {
	ID           uuid.UUID
	Conversation uuid.UUID
	Subject      string
	Agent        string
	StartedAt    time.Time
	Segments     int
	Bytes        int64
	Running      bool // it is being recorded
	Crashed      bool // a segment ended with its program
	Damaged      bool // a file was found damaged when it was given its end
	Destroyed    bool // its data key is gone: nothing can be played
	LastTitle    *string
	LastFlow     *string
	LengthMS     int64 `db:"length_ms"` // of all segments, as their anchors say
	Files        []string
	Title        string // what it was for, masked
	Flow         string
	Role         string // of what a flow asked for; empty where it did not
	Outcome      string
}

// RecordedFilter chooses recorded sessions; what is empty chooses all.
type RecordedFilter struct {
	Session, Conversation uuid.UUID
	Since, Until          time.Time // of the beginning
	Agents, Subjects      []string  // one of these; nil: anybody
	Limit                 int
}

const recordedMost = 200

// Recorded lists recorded sessions, the newest first.
func (a Archive) Recorded(ctx context.Context, f RecordedFilter) ([]Recorded, error) {
	args := pgx.NamedArgs{
		"session": nil, "conversation": nil, "since": nil, "until": nil, "agents": f.Agents, "subjects": f.Subjects,
		"most": min(max(f.Limit, 1), recordedMost),
	}
	if f.Session != uuid.Nil {
		args["session"] = f.Session
	}
	if f.Conversation != uuid.Nil {
		args["conversation"] = f.Conversation
	}
	if !f.Since.IsZero() {
		args["since"] = f.Since
	}
	if !f.Until.IsZero() {
		args["until"] = f.Until
	}
	out, err := many[Recorded](ctx, a.store, "Recorded", args)
	if err != nil {
		return nil, fmt.Errorf("list recordings: %w", err)
	}
	return out, nil
}
