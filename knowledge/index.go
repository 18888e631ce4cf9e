package knowledge

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pgvector/pgvector-go"

	"github.com/pingdui/pingdui/internal/lexicon"
	"github.com/pingdui/pingdui/internal/postgres/knowledgedb"
	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

// Maker is the version of the recipe that Index follows; a release indexed by
// another one must be indexed again.
const Maker = "knowledge-3"

// Config plugs the knowledge base together.
type Config struct {
	Pool *pgxpool.Pool
	// Embedder makes the vectors; nil means NewHashed.
	Embedder Embedder
	Clock    func() time.Time
	// Zone is where a day begins and ends; nil means UTC.
	Zone *time.Location
	// HeldOut is how many questions Index leaves out one by one to calibrate the
	// scores and measure itself; 0 means 800. Fewer are faster and less exact.
	HeldOut int
}

// Base is the knowledge base. It is safe for concurrent use.
type Base struct {
	pool    *pgxpool.Pool
	sql     sqlfile.Queries
	embed   Embedder
	clock   func() time.Time
	zone    *time.Location
	heldOut int
	mu      sync.Mutex
	loaded  map[string]*shelf // by release
	history []string          // releases in loaded, oldest first
}

// shelf is what a node holds of one release; immutable.
type shelf struct {
	Articles map[string]*Article
	Tables   map[string]*table
	Concepts string
	Embedder string
	Stats    stats
	Model    calibration
	Linear   linear

	analyser *analyser
}

// keepShelves is how many releases a node holds: the current, the one before
// and two that somebody looks at.
const keepShelves = 4

// New makes a knowledge base.
func New(c Config) (*Base, error) {
	if c.Pool == nil {
		return nil, errors.New("knowledge: Config needs Pool")
	}
	if c.Embedder == nil {
		c.Embedder = NewHashed()
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.HeldOut <= 0 {
		c.HeldOut = maxHeldOut
	}
	return &Base{heldOut: c.HeldOut, pool: c.Pool, sql: knowledgedb.Queries(), embed: c.Embedder, clock: c.Clock, zone: c.Zone, loaded: map[string]*shelf{}}, nil
}

// Maker names the recipe and the embedder.
func (b *Base) Maker() string { return Maker + "+" + b.embed.ID() }

// Report is what Index made, and how well it finds its own questions.
type Report struct {
	Articles int       `json:"articles"`
	Passages int       `json:"passages"`
	Fresh    int       `json:"fresh"` // passages no earlier release had
	Tables   int       `json:"tables"`
	Quality  Quality   `json:"quality"`
	Problems []Problem `json:"problems"`
	Seconds  float64   `json:"seconds"`
}

// ErrProblems is returned when articles or tables can't be read; the Report
// says which.
var ErrProblems = errors.New("knowledge: some files can't be indexed")

// Index makes the passages of a release, once. It may be repeated; the outcome
// is the same. Nothing is written when a file is unusable.
func (b *Base) Index(ctx context.Context, release string, files fs.FS) (Report, error) {
	started := b.clock()
	s, units, problems, err := b.read(ctx, files)
	report := Report{Problems: problems, Passages: len(units)}
	if err != nil {
		return report, err
	}
	report.Articles, report.Tables = len(s.Articles), len(s.Tables)
	if len(problems) > 0 {
		return report, fmt.Errorf("%w: %w", ErrProblems, problems[0])
	}
	s.Model, s.Linear, report.Quality, err = calibrate(ctx, &s.Stats, units, s.analyser, b.vectors, negatives(files), b.heldOut)
	if err != nil {
		return report, err
	}
	if report.Fresh, err = b.write(ctx, release, s, units); err != nil {
		return report, err
	}
	report.Seconds = b.clock().Sub(started).Seconds()
	b.forget(release)
	return report, nil
}

// read makes a shelf and its passages, tokens and vectors included.
func (b *Base) read(ctx context.Context, files fs.FS) (*shelf, []unit, []Problem, error) {
	s := &shelf{Articles: map[string]*Article{}, Concepts: lexicon.Shipped, Embedder: b.embed.ID()}
	if raw, err := fs.ReadFile(files, conceptsFile); err == nil {
		s.Concepts = string(raw)
	}
	s.analyser = newAnalyser(s.Concepts)
	var problems []Problem
	s.Tables, problems = readTables(files)
	paths, err := fs.Glob(files, "articles/*/*.yaml")
	if err != nil {
		return nil, nil, nil, fmt.Errorf("list the articles: %w", err)
	}
	var units []unit
	for _, p := range paths {
		raw, err := fs.ReadFile(files, p)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("read %s: %w", p, err)
		}
		a, bad := Parse(p, raw)
		problems = append(problems, bad...)
		if len(bad) > 0 {
			continue
		}
		if _, twice := s.Articles[a.ID]; twice {
			problems = append(problems, Problem{File: p, Line: 1, Column: 1, Text: "编号 " + a.ID + " 用了两次 / the id is used twice", Remedy: "换一个编号 / take another id"})
			continue
		}
		problems = append(problems, s.checkTable(p, raw, a)...)
		s.Articles[a.ID] = a
		units = append(units, a.units()...)
	}
	texts, tokens := make([]string, len(units)), make([][]string, len(units))
	share(len(units), func(i int) {
		texts[i] = units[i].indexed()
		tokens[i] = s.analyser.tokens(texts[i])
	})
	vectors, err := b.vectors(ctx, texts, tokens)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("make the vectors with %s: %w", b.embed.ID(), err)
	}
	for i := range units {
		units[i].tokens, units[i].vector = tokens[i], vectors[i]
	}
	s.Stats = count(units)
	return s, units, problems, nil
}

func (s *shelf) checkTable(p string, raw []byte, a *Article) []Problem {
	if a.Table == nil {
		return nil
	}
	t := s.Tables[a.Table.Name]
	if t == nil || t.column(a.Table.Key) < 0 {
		return []Problem{{File: p, Line: lineOf(raw, "table"), Column: 1, Text: fmt.Sprintf("没有表 %s 或列 %s / no such table or column", a.Table.Name, a.Table.Key), Remedy: "核对 tables/ 下的表名和首行 / see the files in tables/ and their header"}}
	}
	return nil
}

// vectors embeds texts; the embedder without a model takes their tokens, which
// know the release's own concepts.
func (b *Base) vectors(ctx context.Context, texts []string, tokens [][]string) ([][]float32, error) {
	h, ok := b.embed.(*Hashed)
	if !ok {
		return b.embed.Embed(ctx, texts)
	}
	out := make([][]float32, len(texts))
	share(len(texts), func(i int) { out[i] = h.vector(texts[i], tokens[i]) })
	return out, ctx.Err()
}

func (b *Base) write(ctx context.Context, release string, s *shelf, units []unit) (fresh int, err error) {
	body, err := s.encode()
	if err != nil {
		return 0, err
	}
	concepts := sha256.Sum256([]byte(s.Concepts))
	conceptsID := hex.EncodeToString(concepts[:8])
	ids := make([]string, len(units))
	for i := range units {
		ids[i] = units[i].id(s.Embedder, conceptsID)
	}
	err = pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, b.sql.Text("KnownPassages"), ids)
		if err != nil {
			return fmt.Errorf("look for known passages: %w", err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return fmt.Errorf("look for known passages: %w", err)
		}
		known := map[string]bool{}
		for _, id := range list {
			known[id] = true
		}
		batch := &pgx.Batch{}
		batch.Queue(b.sql.Text("ClearRelease"), release)
		for i, u := range units {
			if !known[ids[i]] {
				known[ids[i]] = true
				fresh++
				batch.Queue(b.sql.Text("AddPassage"), ids[i], u.Article, u.Kind, u.Locale, u.Title, u.Text, u.tokens, unique(u.tokens), pgvector.NewVector(u.vector))
			}
			batch.Queue(b.sql.Text("AddReleasePassage"), release, ids[i], i, u.Article, u.Kind, u.Locale, u.Audience, u.Region, u.Edition, u.Variant, u.Dated, u.Valid.From, u.Valid.Until)
		}
		batch.Queue(b.sql.Text("SaveKnowledge"), release, b.Maker(), body, b.clock())
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("write the passages of %s: %w", release, err)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("index %s: %w", release, err)
	}
	return fresh, nil
}

func unique(tokens []string) []string {
	out := slices.Clone(tokens)
	slices.Sort(out)
	return slices.Compact(out)
}

func (s *shelf) encode() ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := gob.NewEncoder(z).Encode(s); err != nil {
		return nil, fmt.Errorf("write the release's knowledge: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("write the release's knowledge: %w", err)
	}
	return b.Bytes(), nil
}

// ErrNotIndexed is returned for a release that Index has not been run for.
var ErrNotIndexed = errors.New("knowledge: the release is not indexed")

// shelf gives what this node holds of a release, loading it on first use.
func (b *Base) shelf(ctx context.Context, release string) (*shelf, error) {
	b.mu.Lock()
	s := b.loaded[release]
	b.mu.Unlock()
	if s != nil {
		return s, nil
	}
	rows, err := b.pool.Query(ctx, b.sql.Text("LoadKnowledge"), release)
	if err != nil {
		return nil, fmt.Errorf("load the knowledge of %s: %w", release, err)
	}
	body, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[[]byte])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("%w: %s", ErrNotIndexed, release)
	}
	if err != nil {
		return nil, fmt.Errorf("load the knowledge of %s: %w", release, err)
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("the knowledge of %s is damaged: %w", release, err)
	}
	s = &shelf{}
	if err := gob.NewDecoder(io.LimitReader(z, 1<<30)).Decode(s); err != nil {
		return nil, fmt.Errorf("the knowledge of %s is damaged: %w", release, err)
	}
	s.analyser = newAnalyser(s.Concepts)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.loaded[release] == nil {
		b.loaded[release] = s
		b.history = append(b.history, release)
		if len(b.history) > keepShelves {
			delete(b.loaded, b.history[0])
			b.history = b.history[1:]
		}
	}
	return s, nil
}

func (b *Base) forget(release string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.loaded, release)
	b.history = slices.DeleteFunc(b.history, func(r string) bool { return r == release })
}

// Warm loads a release ahead of its first question.
func (b *Base) Warm(ctx context.Context, release string) error {
	_, err := b.shelf(ctx, release)
	return err
}

// negatives are lines that nothing answers: the examples of intents of kind none.
func negatives(files fs.FS) []string {
	raw, err := fs.ReadFile(files, "intents/none.yaml")
	if err != nil {
		return nil
	}
	var out []string
	for line := range strings.Lines(string(raw)) {
		if s, ok := strings.CutPrefix(strings.TrimSpace(line), "- "); ok {
			out = append(out, strings.Trim(s, `"'`))
		}
	}
	return out
}
