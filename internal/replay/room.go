package replay

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/media/evidence"
	"github.com/pingdui/pingdui/media/export"
)

// Limits of a reason, in characters.
const (
	ReasonMin = 4
	ReasonMax = 300
)

// The reasons why something is not opened; httpapi turns each into an answer.
var (
	ErrReason    = errors.New("请写明理由，4 到 300 字，不写客户信息 / say why, in 4 to 300 characters, without customer data")
	ErrRunning   = errors.New("这场会话还在录制，结束后再打开 / it is still being recorded: open it when it has ended")
	ErrDestroyed = errors.New("这份录制的密钥已按规定销毁，内容不能再播放；文件仍可核验 / its key was destroyed by rule: it can't be played any more, its files can still be checked")
	ErrElsewhere = errors.New("录制文件不在这台机器上，请在录制它的节点上打开，或把录制目录设为共用 / its files are on another machine: open it there, or share the folder of recordings")
	ErrBusy      = errors.New("同时打开的录制已到上限，请先关闭一份或稍后再试 / too many recordings are open: close one or try again later")
	ErrFull      = errors.New("回放目录空间已到上限，请等其他人看完再打开 / the folder for playing is full: try again when others have finished")
	ErrClosed    = errors.New("这次打开已经结束，请重新打开并写明理由 / this opening has ended: open it again and say why")
)

// Auditor writes down who did what.
type Auditor interface {
	Write(ctx context.Context, actor, action, object string, detail any) error
}

// Config says what is opened and within which limits. Zero limits take the defaults.
type Config struct {
	Archive    remote.Archive
	Keys       remote.Keys
	Recordings string // the folder of sealed files
	Folder     string // where playable files lie while somebody looks
	Audit      Auditor
	Mask       func(string) string // a reason that it changes holds customer data; nil changes nothing
	Clock      func() time.Time
	Logger     *slog.Logger
	MaxOpen    int           // openings at a time, 16
	MaxEach    int           // of one person, 3: the oldest gives way
	MaxBytes   int64         // of the folder, 8 GiB
	Idle       time.Duration // without use, an hour
	Life       time.Duration // of an opening, 8 hours
}

// Room keeps the openings of this node.
type Room struct {
	config Config
	own    string // this program's part of the folder
	making chan struct{}

	mu       sync.Mutex
	openings map[string]*Opening
	copies   map[uuid.UUID]*playable
}

// Opening is one person's look at one recorded session.
type Opening struct {
	ID      string
	Who     string // s:…
	Reason  string
	Session remote.Recorded
	Opened  time.Time
	Expires time.Time
	// Manifest says what can be played; without files where nothing can.
	Manifest export.Manifest
	// Problem is why the playable files could not be made, for people; empty when they could.
	Problem string
	// LengthMS is the recording's length as its anchors tell it: what is damaged or
	// missing at the end counts.
	LengthMS int64

	secret [sha256.Size]byte
	copy   *playable
	used   time.Time
	busy   int // files that are being given
}

// New makes the room. Run must run for anything to be removed.
func New(c Config) (*Room, error) {
	if c.Recordings == "" || c.Folder == "" || c.Audit == nil || c.Keys == nil {
		return nil, errors.New("replay: both folders, keys and the audit log are needed")
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Mask == nil {
		c.Mask = func(s string) string { return s }
	}
	or(&c.MaxOpen, 16)
	or(&c.MaxEach, 3)
	or(&c.MaxBytes, 8<<30)
	or(&c.Idle, time.Hour)
	or(&c.Life, 8*time.Hour)
	r := &Room{config: c, making: make(chan struct{}, 1), openings: map[string]*Opening{}, copies: map[uuid.UUID]*playable{}}
	r.own = filepath.Join(c.Folder, uuid.NewString())
	return r, os.MkdirAll(r.own, 0o700)
}

func or[T int | int64 | time.Duration](v *T, otherwise T) {
	if *v == 0 {
		*v = otherwise
	}
}

// Refused notes that somebody was not let in.
func (r *Room) Refused(ctx context.Context, who string, session uuid.UUID, why string) error {
	return r.config.Audit.Write(ctx, who, "evidence.refused", object(session), map[string]any{"why": why})
}

func object(session uuid.UUID) string { return "session:" + session.String() }

// Open opens a session for somebody and gives the secret its files are asked for with.
func (r *Room) Open(ctx context.Context, who string, session uuid.UUID, reason string) (Opening, string, error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < ReasonMin || n > ReasonMax || r.config.Mask(reason) != reason {
		return Opening{}, "", errors.Join(ErrReason, r.Refused(ctx, who, session, "reason"))
	}
	rec, err := r.recorded(ctx, session)
	if err != nil {
		return Opening{}, "", err
	}
	if rec.Running {
		return Opening{}, "", ErrRunning
	}
	if err := r.config.Audit.Write(ctx, who, "evidence.open", object(session), map[string]any{"why": reason, "conversation": rec.Conversation}); err != nil {
		return Opening{}, "", err
	}
	o := &Opening{ID: uuid.NewString(), Who: who, Reason: reason, Session: rec}
	select {
	case r.making <- struct{}{}: // one is made at a time: it reads and writes the whole recording
	case <-ctx.Done():
		return Opening{}, "", ctx.Err()
	}
	defer func() { <-r.making }()
	if o.copy, err = r.playable(ctx, who, rec); err != nil {
		return Opening{}, "", err
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw)
	secret := base64.RawURLEncoding.EncodeToString(raw)
	now := r.config.Clock()
	o.secret, o.Opened, o.used, o.Expires = sha256.Sum256([]byte(secret)), now, now, now.Add(r.config.Life)
	o.Manifest, o.Problem, o.LengthMS = o.copy.manifest, o.copy.problem, o.copy.length
	r.mu.Lock()
	o.copy.holders++
	r.openings[o.ID] = o
	r.mu.Unlock()
	return *o, secret, nil
}

func (r *Room) recorded(ctx context.Context, session uuid.UUID) (remote.Recorded, error) {
	found, err := r.config.Archive.Recorded(ctx, remote.RecordedFilter{Session: session, Limit: 1})
	if err != nil {
		return remote.Recorded{}, err
	}
	if len(found) == 0 {
		return remote.Recorded{}, os.ErrNotExist
	}
	return found[0], nil
}

// Look gives somebody's own opening back.
func (r *Room) Look(who, id string) (Opening, error) {
	o, err := r.take(id, func(o *Opening) bool { return o.Who == who })
	if err != nil {
		return Opening{}, err
	}
	defer r.leave(o)
	return *o, nil
}

// Close ends somebody's own opening.
func (r *Room) Close(who, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o := r.openings[id]; o != nil && o.Who == who {
		r.drop(o)
	}
}

// take finds an opening and keeps it until leave.
func (r *Room) take(id string, mine func(*Opening) bool) (*Opening, error) {
	now := r.config.Clock()
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.openings[id]
	if o == nil || !mine(o) || !now.Before(o.Expires) {
		return nil, ErrClosed
	}
	o.used = now
	o.busy++
	return o, nil
}

func (r *Room) leave(o *Opening) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o.busy--
	o.used = r.config.Clock()
}

func (o *Opening) knows(secret string) bool {
	sum := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(sum[:], o.secret[:]) == 1
}

// Served is a file that is being given; Close must be called.
type Served struct {
	*os.File
	Changed time.Time
	leave   func()
}

// Close ends it.
func (s Served) Close() error {
	s.leave()
	return s.File.Close()
}

// File gives one of the playable files of an opening, by its secret.
func (r *Room) File(id, secret, name string) (Served, error) {
	o, err := r.take(id, func(o *Opening) bool { return o.knows(secret) })
	if err != nil {
		return Served{}, err
	}
	if !o.copy.names[name] {
		r.leave(o)
		return Served{}, os.ErrNotExist
	}
	file, err := os.Open(filepath.Join(o.copy.folder, name))
	if err != nil {
		r.leave(o)
		return Served{}, err
	}
	return Served{file, o.Opened, func() { r.leave(o) }}, nil
}

// drop ends an opening, with the room's lock held; what nobody looks at any more
// is removed.
func (r *Room) drop(o *Opening) {
	delete(r.openings, o.ID)
	o.copy.holders--
	if o.copy.holders > 0 {
		return
	}
	delete(r.copies, o.copy.session)
	if err := os.RemoveAll(o.copy.folder); err != nil {
		r.config.Logger.Error("playable files of a recording could not be removed: remove the folder by hand", "folder", o.copy.folder, "error", err)
	}
}

// sweepEvery is how often what nobody uses is looked for; leftover is how old a
// folder of a program that has gone must be to be removed.
const (
	sweepEvery = time.Minute
	leftover   = 10 * sweepEvery
)

// Run removes what nobody uses until the context ends, and then everything.
func (r *Room) Run(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		r.Sweep()
		select {
		case <-ticker.C:
		case <-ctx.Done():
			r.mu.Lock()
			defer r.mu.Unlock()
			r.openings, r.copies = map[string]*Opening{}, map[uuid.UUID]*playable{}
			return os.RemoveAll(r.own)
		}
	}
}

// Sweep removes what nobody uses any more, also of programs that have gone.
func (r *Room) Sweep() {
	now := r.config.Clock()
	r.mu.Lock()
	for _, o := range r.openings {
		if o.busy == 0 && (now.Sub(o.used) >= r.config.Idle || !now.Before(o.Expires)) {
			r.drop(o)
		}
	}
	r.mu.Unlock()
	_ = os.Chtimes(r.own, now, now) // others see by it that we live
	folders, err := os.ReadDir(r.config.Folder)
	if err != nil {
		r.config.Logger.Error("the folder for playing can't be read", "folder", r.config.Folder, "error", err)
	}
	for _, f := range folders {
		path := filepath.Join(r.config.Folder, f.Name())
		info, err := f.Info()
		if _, named := uuid.Parse(f.Name()); err != nil || named != nil || path == r.own || now.Sub(info.ModTime()) < leftover {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			r.config.Logger.Error("playable files that a program left could not be removed: remove the folder by hand", "folder", path, "error", err)
		}
	}
}

// files are the sealed files of a session that lie here.
func (r *Room) files(rec remote.Recorded) ([]evidence.File, func(), error) {
	var open []*os.File
	closeAll := func() {
		for _, f := range open {
			_ = f.Close() // only read
		}
	}
	var out []evidence.File
	for _, name := range rec.Files {
		file, err := os.Open(filepath.Join(r.config.Recordings, name)) //nolint:gosec // the table's check lets no other names in
		if errors.Is(err, os.ErrNotExist) {
			continue // the checker names a missing segment
		}
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		open = append(open, file)
		info, err := file.Stat()
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		out = append(out, evidence.File{Name: name, R: file, Size: info.Size()})
	}
	if len(out) == 0 {
		return nil, nil, ErrElsewhere
	}
	return out, closeAll, nil
}
