package remote

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/media"
	"github.com/pingdui/pingdui/media/evidence"
)

// Keys keeps the data keys of recordings wrapped.
type Keys interface {
	Wrap(name string, key []byte) []byte
	Unwrap(name string, wrapped []byte) ([]byte, error)
}

// RecorderConfig says where recordings go.
type RecorderConfig struct {
	Pool   *pgxpool.Pool
	Folder string // of the files, made when it is not there
	Node   string // this node's incarnation, as in table node
	Keys   Keys
	Clock  func() time.Time // nil is time.Now
	Logger *slog.Logger     // nil is silent
}

// Recorder keeps the sealed logs of the sessions of this node.
type Recorder struct {
	config  RecorderConfig
	store   *store
	signing *signing

	mu      sync.RWMutex
	running map[string]*recording
}

// recording is one segment being written.
type recording struct {
	log     *evidence.Log
	session uuid.UUID
	segment int
	// unfollow ends the reading of the chat; nil when nothing is read.
	unfollow func()

	mu     sync.Mutex
	tracks map[trackKey]uint16
	packet []byte
}

type trackKey struct {
	person string
	source media.Kind
}

type segmentRow struct {
	Session uuid.UUID `db:"session"`
	Segment int       `db:"segment"`
	Subject string    `db:"subject"`
	Node    string    `db:"node"`
	File    string    `db:"file"`
	Key     []byte    `db:"wrapped_key"`
}

type anchorRow struct {
	Session uuid.UUID `db:"session"`
	Segment int       `db:"segment"`
	Counter int64     `db:"counter"`
	State   string    `db:"state"`
	At      time.Time `db:"at"`
	Hash    []byte    `db:"hash"`
	Key     []byte    `db:"key"`
}

func (r anchorRow) anchor() (evidence.Anchor, error) {
	out := evidence.Anchor{Session: r.Session, Segment: uint32(r.Segment), Counter: uint64(r.Counter), At: r.At.UTC()} //nolint:gosec // the table's checks
	if len(r.Hash) != len(out.Hash) || len(r.Key) != len(out.Key) {
		return out, fmt.Errorf("anchor %d of session %s is too short", r.Counter, r.Session)
	}
	out.Hash, out.Key = evidence.Hash(r.Hash), evidence.KeyID(r.Key)
	return out, out.State.UnmarshalText([]byte(r.State))
}

// NewRecorder makes the folder and the signing key of this time, and publishes
// the public keys beside the recordings.
func NewRecorder(ctx context.Context, config RecorderConfig) (*Recorder, error) {
	if config.Pool == nil || config.Folder == "" || config.Node == "" || config.Keys == nil {
		return nil, errors.New("remote: a recorder needs pool, folder, node and keys")
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(config.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("the folder of recordings can't be made: see that this user may write there, or set recordings (%w)", err)
	}
	r := &Recorder{config: config, store: newStore(config.Pool), running: map[string]*recording{}}
	r.signing = &signing{store: r.store, clock: config.Clock}
	return r, r.renew(ctx)
}

// renew has the keys of this time at hand and published.
func (r *Recorder) renew(ctx context.Context) error {
	if err := r.signing.refresh(ctx); err != nil {
		return err
	}
	return r.signing.publish(r.config.Folder)
}

// stored are the anchors of one session's files.
type stored struct {
	store   *store
	subject string
}

// Anchor stores anchors, each once.
func (s stored) Anchor(ctx context.Context, anchors []evidence.Anchor) error {
	err := s.store.tx(ctx, func(tx pgx.Tx) error {
		batch := &pgx.Batch{}
		text := s.store.queries.Text("Anchor")
		for _, a := range anchors {
			batch.Queue(text, a.Session, a.Segment, a.Counter, s.subject, a.State.String(), a.At, a.Hash[:], a.Key[:])
		}
		return tx.SendBatch(ctx, batch).Close()
	})
	if err != nil {
		return fmt.Errorf("store anchors: %w", err)
	}
	return nil
}

func keyOf(session uuid.UUID) string { return "recording:" + session.String() }

// start begins the next segment of a session; form is what it is for.
func (r *Recorder) start(ctx context.Context, x row, form Form) (*recording, error) {
	if err := r.renew(ctx); err != nil {
		return nil, err
	}
	fresh := make([]byte, evidence.KeySize)
	_, _ = rand.Read(fresh)
	segment, err := one[segmentRow](ctx, r.store, "BeginSegment", x.ID, x.Subject, r.config.Node, r.config.Keys.Wrap(keyOf(x.ID), fresh), r.config.Clock(), form.Flow, clip(form.Title))
	if err != nil {
		return nil, err
	}
	log, err := r.create(ctx, segment)
	if err != nil {
		_, drop := r.store.exec(context.WithoutCancel(ctx), x, time.Time{}, note{}, "DropSegment", x.ID, segment.Segment)
		return nil, errors.Join(err, drop)
	}
	rec := &recording{log: log, session: x.ID, segment: segment.Segment, tracks: map[trackKey]uint16{}}
	r.mu.Lock()
	r.running[x.ID.String()] = rec
	r.mu.Unlock()
	return rec, nil
}

func (r *Recorder) create(ctx context.Context, segment segmentRow) (*evidence.Log, error) {
	key, err := r.config.Keys.Unwrap(keyOf(segment.Session), segment.Key)
	if err != nil {
		return nil, err
	}
	config := evidence.Config{
		Path: filepath.Join(r.config.Folder, segment.File), Session: segment.Session, Segment: uint32(segment.Segment), //nolint:gosec // the table's checks
		Key: key, Signer: r.signing, Anchors: stored{r.store, segment.Subject}, Clock: r.config.Clock,
	}
	if segment.Segment > 1 {
		last, err := one[anchorRow](ctx, r.store, "LastAnchor", segment.Session, segment.Segment-1)
		if err != nil {
			return nil, err
		}
		after, err := last.anchor()
		if err != nil {
			return nil, err
		}
		config.After = &after
	}
	return evidence.Create(ctx, config)
}

// stop ends a segment.
func (r *Recorder) stop(ctx context.Context, rec *recording) error {
	r.mu.Lock()
	delete(r.running, rec.session.String())
	r.mu.Unlock()
	err := rec.log.Close(ctx)
	if err != nil {
		return err // recovery gives the file its end
	}
	frames, bytes := rec.log.Size()
	_, err = r.store.exec(ctx, row{ID: rec.session}, time.Time{}, note{}, "EndSegment", rec.session, rec.segment, "closed", r.config.Clock(), int64(frames), bytes) //nolint:gosec // a count
	return err
}

// Tap takes the packets of sessions that are recorded; the others it forgets.
// It is media.Config.Tap and never waits.
func (r *Recorder) Tap(t media.Tapped) {
	r.mu.RLock()
	rec := r.running[t.Room]
	r.mu.RUnlock()
	if rec != nil {
		rec.tap(t)
	}
}

func (rec *recording) tap(t media.Tapped) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	track, ok := rec.track(trackKey{t.Peer, t.Kind})
	if !ok {
		return // the disk is behind: the log counts what follows
	}
	if t.Report != nil {
		if raw, err := t.Report.Marshal(); err == nil {
			rec.log.Offer(evidence.Frame{Kind: evidence.KindSenderReport, Track: track, Payload: raw})
		}
		return
	}
	if n := t.Packet.MarshalSize(); n > len(rec.packet) {
		rec.packet = make([]byte, max(n, 1600))
	}
	if n, err := t.Packet.MarshalTo(rec.packet); err == nil {
		rec.log.Offer(evidence.Frame{Kind: evidence.KindRTP, Track: track, Payload: rec.packet[:n]})
	}
}

// track is the number of a source, told to the log before its first packet.
func (rec *recording) track(key trackKey) (uint16, bool) {
	if n, ok := rec.tracks[key]; ok {
		return n, true
	}
	n := uint16(len(rec.tracks) + 1) //nolint:gosec // a room has a few sources
	info := evidence.TrackInfo{Person: key.person, Source: string(key.source), Codec: "vp8", Rate: 90_000}
	if !key.source.Video() {
		info.Codec, info.Rate = "opus", 48_000
	}
	raw, err := json.Marshal(info)
	if err != nil || !rec.log.Offer(evidence.Frame{Kind: evidence.KindTrack, Track: n, Payload: raw}) {
		return 0, false
	}
	rec.tracks[key] = n
	return n, true
}

// fact appends what is not a packet. It may wait for the disk, as long as the
// context allows.
func (rec *recording) fact(ctx context.Context, kind evidence.Kind, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("record a %s: %w", kind, err)
	}
	return rec.log.Append(ctx, evidence.Frame{Kind: kind, Payload: raw})
}

// add appends a fact to a session's recording, if there is one.
func (r *Recorder) add(ctx context.Context, id string, kind evidence.Kind, body json.RawMessage) error {
	r.mu.RLock()
	rec := r.running[id]
	r.mu.RUnlock()
	if rec == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, factWithin)
	defer cancel()
	if err := rec.fact(ctx, kind, body); !errors.Is(err, evidence.ErrEnded) {
		return err
	}
	return nil // it has just ended
}

// recover gives the recordings of nodes that have gone their end. Files that lie
// on another machine are left to it.
func (r *Recorder) recover(ctx context.Context) error {
	rows, err := many[segmentRow](ctx, r.store, "LostSegments", r.config.Node)
	if err != nil {
		return err
	}
	var problems []error
	for _, s := range rows {
		if _, err := os.Stat(filepath.Join(r.config.Folder, s.File)); errors.Is(err, os.ErrNotExist) {
			continue
		}
		ours, err := r.store.exec(ctx, row{ID: s.Session}, time.Time{}, note{}, "ClaimSegment", s.Session, s.Segment, s.Node, r.config.Node)
		if err == nil && ours {
			err = r.mend(ctx, s)
		}
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// abandoned gives a recording that failed its end, where that is possible.
func (r *Recorder) abandoned(ctx context.Context, rec *recording) error {
	select {
	case <-rec.log.Done():
	default:
		return errors.New("the disk is behind: the file gets its end when it catches up, or at the next start")
	}
	rows, err := many[segmentRow](ctx, r.store, "Segments", rec.session)
	if err != nil {
		return err
	}
	for _, s := range rows {
		if s.Segment == rec.segment {
			return r.mend(ctx, s)
		}
	}
	return assistant.ErrNotFound
}

func (r *Recorder) mend(ctx context.Context, s segmentRow) error {
	path := filepath.Join(r.config.Folder, s.File)
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("recover a recording: %w", err)
	}
	last, err := one[anchorRow](ctx, r.store, "LastAnchor", s.Session, s.Segment)
	if err != nil && !errors.Is(err, assistant.ErrNotFound) {
		return err
	}
	anchored := uint64(0)
	if last.Segment == s.Segment {
		anchored = uint64(last.Counter) //nolint:gosec // the table's checks
	}
	state := "crashed"
	got, err := evidence.Recover(ctx, evidence.Recovery{Path: path, Anchored: anchored, Signer: r.signing, Anchors: stored{r.store, s.Subject}, Clock: r.config.Clock})
	switch {
	case errors.Is(err, evidence.ErrDamaged):
		r.config.Logger.Error("a recording is damaged, not only cut off: look at it with `pingdui session verify`", "file", s.File, "error", err)
		state = "damaged"
	case err != nil:
		return err
	case got.Whole && got.Last.State == evidence.Closed:
		state = "closed"
	}
	_, err = r.store.exec(ctx, row{ID: s.Session}, time.Time{}, note{}, "EndSegment", s.Session, s.Segment, state, r.config.Clock(), 0, info.Size()-got.Cut)
	return err
}
