// Package release keeps the content of the product as versions of named files:
// drafts, candidates, a gate, a second person, and one pointer that all nodes
// follow. It knows no room: what files mean, a Compiler and a Gate say.
//
// Invariants:
//   - The files and artefacts of a release never change; blobs are keyed by
//     their hash and written once.
//   - A release is compiled once for a version of the program; every node loads
//     the same bytes. Publishing and rolling back only move the pointer.
//   - Nobody approves a release that holds edits of their own; a CHECK of the
//     table says so too.
//   - A draft is saved only over what its editor has seen.
package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/internal/postgres/releasedb"
	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

// Status is where a release stands.
type Status string

// The states of a release.
const (
	Draft     Status = "draft"     // a candidate; the gate runs or was red
	Review    Status = "review"    // the gate is green; waits for a second person
	Approved  Status = "approved"  // may be published
	Published Status = "published" // is or was current
	Refused   Status = "refused"
)

// Shipped is the author of what the program brings along.
const Shipped = "shipped"

// Release is one version of the content.
type Release struct {
	ID          string
	Number      int64
	Parent      string // empty for the first
	Status      Status
	Title       string
	Author      string   // who proposed it
	Authors     []string // everyone whose edits are in it
	Approver    string
	Reason      string // why it was refused
	ContentHash string
	Working     bool // the gate is running or waits to
	Step        string
	Done, Total int
	Gate        *Report // nil until the gate has run
	CreatedAt   time.Time
	ApprovedAt  *time.Time
	PublishedAt *time.Time
}

// Report is the outcome of the gate.
type Report struct {
	Green   bool    `json:"green"`
	Checks  []Check `json:"checks"`
	Seconds float64 `json:"seconds"`
}

// Check is one part of the gate: what ran, how much of it failed, and how.
type Check struct {
	Name     string   `json:"name"`
	Passed   int      `json:"passed"`
	Failed   int      `json:"failed"`
	Problems []string `json:"problems"`
	Seconds  float64  `json:"seconds"`
}

// Progress is told how far a long step is; total 0 means not known.
type Progress func(step string, done, total int)

// Artefact is what a compiler made of files; kind is unique within a release.
type Artefact struct {
	Kind  string
	Bytes []byte
}

// Compiler turns files into artefacts. It is run once for a release and may
// also write tables of its own, keyed by the release. A *ContentError says that
// the files are at fault; any other error is tried again.
type Compiler interface {
	// Maker names the version of the recipe; another maker compiles anew.
	Maker() string
	Compile(ctx context.Context, release string, files fs.FS, progress Progress) ([]Artefact, error)
}

// Gate tests a compiled release before people look at it.
type Gate interface {
	Check(ctx context.Context, release string, files fs.FS, artefacts map[string][]byte, progress Progress) (Report, error)
}

// Auditor records who did what, inside the transaction that does it.
type Auditor interface {
	Record(ctx context.Context, tx pgx.Tx, actor, action, object string, detail any) error
}

// ContentError is returned by a Compiler for files that can't be used.
type ContentError struct{ Problems []string }

// Error is the first problem and how many there are.
func (e *ContentError) Error() string {
	if len(e.Problems) == 0 {
		return "the files can't be used"
	}
	return fmt.Sprintf("%d problems, the first: %s", len(e.Problems), e.Problems[0])
}

// The refusals. Each says what to do; the caller shows them as they are.
var (
	ErrNotFound    = errors.New("没有这个版本或文件 / no such release or file")
	ErrNothing     = errors.New("没有可以提交的草稿，先编辑再提交 / there are no drafts to propose")
	ErrOwnWork     = errors.New("不能审批自己的改动，请让另一位同事审批 / somebody else must approve your work")
	ErrWrongStatus = errors.New("版本的状态不允许这样做，请刷新后再看 / the release is in another state: reload")
	ErrStale       = errors.New("提交之后线上版本变了，请退回这个版本，再重新提交 / the published release has changed since: refuse this one and propose again")
	ErrUncompiled  = errors.New("这个版本还没有为当前程序编译，请先重新检查 / the release is not compiled for this program: run the gate again")
	ErrBadPath     = errors.New("文件路径不合规：只能在内容目录下，不含 .. / the path is not one of the content's folders")
)

// Config plugs the service together. Pool, Compiler and Node are needed.
type Config struct {
	Pool     *pgxpool.Pool
	Compiler Compiler
	Gate     Gate    // nil: compiling is all the gate there is
	Audit    Auditor // nil: not recorded
	Node     string
	Clock    func() time.Time
	Log      *slog.Logger
	// Changed is called after the pointer or somebody's duty has changed, to
	// hint the other nodes; nil: they find out by themselves.
	Changed func()
	// Lease is how long a job may go without a sign of life; 0 means 30 s.
	Lease time.Duration
}

// Service keeps releases. It is safe for concurrent use.
type Service struct {
	Config
	sql   sqlfile.Queries
	kick  chan struct{} // a job may be due
	moved chan struct{} // the pointer may have moved here
}

// New makes the service; Run works off its jobs.
func New(c Config) (*Service, error) {
	if c.Pool == nil || c.Compiler == nil || c.Node == "" {
		return nil, errors.New("release: Config needs Pool, Compiler and Node")
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Changed == nil {
		c.Changed = func() {}
	}
	if c.Lease == 0 {
		c.Lease = 30 * time.Second
	}
	return &Service{Config: c, sql: releasedb.Queries(), kick: make(chan struct{}, 1), moved: make(chan struct{}, 1)}, nil
}

// Hash is the key of a file's bytes.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// contentHash is over all paths and hashes of a release.
func contentHash(files map[string]string) string {
	h := sha256.New()
	for _, p := range slices.Sorted(maps.Keys(files)) {
		_, _ = fmt.Fprintf(h, "%s %s\n", p, files[p])
	}
	return hex.EncodeToString(h.Sum(nil))
}

type row struct {
	ID, Parent, Title, Author, Approver, Reason, ContentHash, Step string
	Number                                                         int64
	Status                                                         Status
	Authors                                                        []string
	Working                                                        bool
	Done, Total                                                    int
	Gate                                                           []byte
	CreatedAt                                                      time.Time
	ApprovedAt, PublishedAt                                        *time.Time
}

func (r row) release() (Release, error) {
	out := Release{
		ID: r.ID, Number: r.Number, Parent: r.Parent, Status: r.Status, Title: r.Title, Author: r.Author, Authors: r.Authors, Approver: r.Approver,
		Reason: r.Reason, ContentHash: r.ContentHash, Working: r.Working, Step: r.Step, Done: r.Done, Total: r.Total,
		CreatedAt: r.CreatedAt, ApprovedAt: r.ApprovedAt, PublishedAt: r.PublishedAt,
	}
	if r.Gate != nil {
		out.Gate = &Report{}
		if err := json.Unmarshal(r.Gate, out.Gate); err != nil {
			return out, fmt.Errorf("the gate report of %s can't be read: %w", r.ID, err)
		}
	}
	return out, nil
}

// Get reads one release.
func (s *Service) Get(ctx context.Context, id string) (Release, error) {
	return s.get(ctx, s.Pool, id)
}

func (s *Service) get(ctx context.Context, q querier, id string) (Release, error) {
	rows, err := q.Query(ctx, s.sql.Text("Release"), id)
	if err != nil {
		return Release{}, fmt.Errorf("read release %s: %w", id, err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[row])
	if errors.Is(err, pgx.ErrNoRows) {
		return Release{}, ErrNotFound
	}
	if err != nil {
		return Release{}, fmt.Errorf("read release %s: %w", id, err)
	}
	return r.release()
}

// History lists releases with a number below before (0: from the newest), newest first.
func (s *Service) History(ctx context.Context, before int64, limit int) ([]Release, error) {
	if before <= 0 {
		before = 1 << 62
	}
	rows, err := s.Pool.Query(ctx, s.sql.Text("History"), before, limit)
	if err != nil {
		return nil, fmt.Errorf("list the releases: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, fmt.Errorf("list the releases: %w", err)
	}
	out := make([]Release, 0, len(list))
	for _, r := range list {
		rel, err := r.release()
		if err != nil {
			return nil, err
		}
		out = append(out, rel)
	}
	return out, nil
}

// Pointer says which release is current.
type Pointer struct {
	Current, Previous string
	Seq, DutySeq      int64
	ChangedBy         string
	ChangedAt         time.Time
}

// Current reads the pointer; ErrNotFound before Seed has run.
func (s *Service) Current(ctx context.Context) (Pointer, error) {
	return s.pointer(ctx, s.Pool, "Pointer")
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func (s *Service) pointer(ctx context.Context, q querier, name string) (Pointer, error) {
	rows, err := q.Query(ctx, s.sql.Text(name))
	if err != nil {
		return Pointer{}, fmt.Errorf("read the release pointer: %w", err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Pointer])
	if errors.Is(err, pgx.ErrNoRows) {
		return p, ErrNotFound
	}
	if err != nil {
		return p, fmt.Errorf("read the release pointer: %w", err)
	}
	return p, nil
}

// record writes to the audit log, when there is one.
func (s *Service) record(ctx context.Context, tx pgx.Tx, actor, action, object string, detail any) error {
	if s.Audit == nil {
		return nil
	}
	if err := s.Audit.Record(ctx, tx, actor, action, object, detail); err != nil {
		return fmt.Errorf("record %s: %w", action, err)
	}
	return nil
}

// tell wakes this node's watch and hints the others.
func (s *Service) tell() {
	select {
	case s.moved <- struct{}{}:
	default:
	}
	s.Changed()
}

func (s *Service) wake() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// Node is one node and the release it answers from.
type Node struct {
	ID, HTTPAddr, Release string
	StartedAt, BeatAt     time.Time
	Draining, Alive       bool
}

// Nodes lists the nodes seen within a day.
func (s *Service) Nodes(ctx context.Context) ([]Node, error) {
	rows, err := s.Pool.Query(ctx, s.sql.Text("Nodes"))
	if err != nil {
		return nil, fmt.Errorf("list the nodes: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[Node])
	if err != nil {
		return nil, fmt.Errorf("list the nodes: %w", err)
	}
	return out, nil
}
