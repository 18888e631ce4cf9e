package release_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/internal/audit"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/internal/release"
)

// joiner compiles files into one artefact that holds them all; a file that
// says BROKEN can't be compiled, one that says RED does not pass the gate.
type joiner struct {
	mu      sync.Mutex
	ran     map[string]int
	maker   string
	refuses string // what this maker can no longer compile
}

func (j *joiner) Maker() string { return "joiner" + j.maker }

func (j *joiner) Compile(_ context.Context, id string, files fs.FS, progress release.Progress) ([]release.Artefact, error) {
	j.mu.Lock()
	j.ran[id]++
	j.mu.Unlock()
	progress("join", 0, 1)
	all, err := joined(files)
	if strings.Contains(all, "BROKEN") || j.refuses != "" && strings.Contains(all, j.refuses) {
		return nil, &release.ContentError{Problems: []string{"a.yaml:1: BROKEN (mend it)"}}
	}
	return []release.Artefact{{Kind: "joined", Bytes: []byte(all)}}, err
}

func (j *joiner) Check(_ context.Context, _ string, _ fs.FS, artefacts map[string][]byte, _ release.Progress) (release.Report, error) {
	bad := strings.Count(string(artefacts["joined"]), "RED")
	return release.Report{Green: bad == 0, Checks: []release.Check{{Name: "conversation tests", Passed: 1, Failed: bad, Problems: []string{}}}}, nil
}

func joined(files fs.FS) (string, error) {
	var b strings.Builder
	err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(files, p)
		b.WriteString(p + "=" + string(raw) + "\n")
		return err
	})
	return b.String(), err
}

func shipped() fstest.MapFS {
	return fstest.MapFS{"a.yaml": {Data: []byte("one\ntwo\nthree\n")}, "articles/g/b.yaml": {Data: []byte("b\n")}, "scenes/1/flow.yaml": {Data: []byte("flow")}, "embed.go": {Data: []byte("no content")}}
}

func open(t *testing.T) (*release.Service, *joiner, *pgxpool.Pool) {
	t.Helper()
	pool := postgrestest.New(t)
	j := &joiner{ran: map[string]int{}}
	s := node(t, pool, j, "n1")
	if err := s.Seed(t.Context(), shipped()); err != nil {
		t.Fatal(err)
	}
	return s, j, pool
}

func node(t *testing.T, pool *pgxpool.Pool, j *joiner, name string) *release.Service {
	t.Helper()
	s, err := release.New(release.Config{Pool: pool, Compiler: j, Gate: j, Audit: audit.New(pool, time.Now), Node: name})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return s
}

// settled waits for the gate of a candidate.
func settled(t *testing.T, s *release.Service, id string) release.Release {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := s.Get(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Working {
			return r
		}
		<-tick.C
	}
}

func save(t *testing.T, s *release.Service, who, path, base, text string) string {
	t.Helper()
	h, err := s.Save(t.Context(), who, path, base, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func hashOf(t *testing.T, s *release.Service, path string) string {
	t.Helper()
	tree, err := s.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range tree {
		if e.Path == path {
			return e.Hash
		}
	}
	return ""
}

// publish takes drafts all the way.
func publish(t *testing.T, s *release.Service, title string) release.Release {
	t.Helper()
	r, err := s.Propose(t.Context(), "s:editor", title)
	if err != nil {
		t.Fatal(err)
	}
	if r = settled(t, s, r.ID); r.Status != release.Review {
		t.Fatalf("%s is %s: %+v", r.ID, r.Status, r.Gate)
	}
	if err := s.Approve(t.Context(), "s:approver", r.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), "s:approver", r.ID); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSecondPerson(t *testing.T) {
	t.Parallel()
	s, j, pool := open(t)
	save(t, s, "s:helper", "a.yaml", hashOf(t, s, "a.yaml"), "one\n2\nthree\n")
	r, err := s.Propose(t.Context(), "s:editor", "two is 2")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), "s:approver", r.ID); !errors.Is(err, release.ErrWrongStatus) {
		t.Errorf("published unapproved: %v", err)
	}
	settled(t, s, r.ID)
	for _, who := range []string{"s:editor", "s:helper"} { // who proposed, and whose edit it holds
		if err := s.Approve(t.Context(), who, r.ID); !errors.Is(err, release.ErrOwnWork) {
			t.Errorf("%s approved: %v", who, err)
		}
		if _, err := pool.Exec(t.Context(), "UPDATE release SET status = 'approved', approver = $1 WHERE id = $2", who, r.ID); err == nil || !strings.Contains(err.Error(), "second_person") {
			t.Errorf("the table let %s approve: %v", who, err)
		}
	}
	if err := s.Approve(t.Context(), "s:approver", r.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), "s:editor", r.ID); err != nil {
		t.Fatal(err)
	}
	if p, _ := s.Current(t.Context()); p.Current != r.ID || p.Previous != "r1" {
		t.Errorf("pointer %+v", p)
	}
	if drafts, _ := s.Drafts(t.Context()); len(drafts) != 0 {
		t.Errorf("drafts left: %+v", drafts)
	}
	diff, err := s.Diff(t.Context(), "r1", r.ID)
	if err != nil || len(diff) != 1 || diff[0].Diff != " one\n-two\n+2\n three\n" {
		t.Errorf("%+v, %v", diff, err)
	}
	if j.ran[r.ID] != 1 {
		t.Errorf("compiled %d times", j.ran[r.ID])
	}
	if _, err := pool.Exec(t.Context(), "UPDATE release_file SET path = 'x.yaml'"); err == nil {
		t.Error("the files of a release can be changed")
	}
	entries, err := audit.New(pool, time.Now).List(t.Context(), audit.Filter{Action: "release.", Limit: 50})
	if err != nil || len(entries) != 4 {
		t.Errorf("%d lines in the log, %v", len(entries), err)
	}
	if _, err := pool.Exec(t.Context(), "DELETE FROM audit"); err == nil {
		t.Error("the log can be deleted")
	}
}

func TestTwoEditors(t *testing.T) {
	t.Parallel()
	s, _, _ := open(t)
	opened := hashOf(t, s, "a.yaml")
	save(t, s, "s:first", "a.yaml", opened, "one\nfirst\nthree\n")
	_, err := s.Save(t.Context(), "s:second", "a.yaml", opened, []byte("one\nsecond\nthree\n"))
	var c *release.ConflictError
	if !errors.As(err, &c) || c.By != "s:first" || string(c.Theirs) != "one\nfirst\nthree\n" || c.Diff != " one\n-first\n+second\n three\n" {
		t.Fatalf("%v: %+v", err, c)
	}
	save(t, s, "s:second", "a.yaml", c.Hash, "one\nfirst and second\nthree\n")
	drafts, _ := s.Drafts(t.Context())
	if len(drafts) != 1 || len(drafts[0].Authors) != 2 || drafts[0].Version != 2 {
		t.Errorf("%+v", drafts)
	}
	// New files, deletions and throwing away keep the same rule.
	save(t, s, "s:first", "n.yaml", "", "mine")
	if _, err := s.Save(t.Context(), "s:second", "n.yaml", "", []byte("theirs")); !errors.As(err, &c) {
		t.Errorf("a new file was overwritten: %v", err)
	}
	if err := s.Discard(t.Context(), "s:second", "n.yaml", opened); !errors.As(err, &c) {
		t.Errorf("another's draft was thrown away unseen: %v", err)
	}
	for _, bad := range []string{"../x.yaml", "/x.yaml", "x", "a//b.yaml", "x.exe", ""} {
		if _, err := s.Save(t.Context(), "s:first", bad, "", []byte("x")); !errors.Is(err, release.ErrBadPath) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	// Twenty at once over the same text: one wins, the others get its text.
	var wg sync.WaitGroup
	var mu sync.Mutex
	won, base := 0, hashOf(t, s, "articles/g/b.yaml")
	for i := range 20 {
		wg.Go(func() {
			_, err := s.Save(t.Context(), "s:e", "articles/g/b.yaml", base, []byte(strings.Repeat("x", i+1)))
			mu.Lock()
			defer mu.Unlock()
			var c *release.ConflictError
			if err == nil {
				won++
			} else if !errors.As(err, &c) || len(c.Theirs) == 0 {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d won", won)
	}
}

// A candidate goes stale when another is published first, and a draft that was
// edited after it was proposed survives the publishing.
func TestStaleAndSurviving(t *testing.T) {
	t.Parallel()
	s, _, _ := open(t)
	b := save(t, s, "s:editor", "articles/g/b.yaml", hashOf(t, s, "articles/g/b.yaml"), "B\n")
	slow, err := s.Propose(t.Context(), "s:editor", "b", "articles/g/b.yaml")
	if err != nil {
		t.Fatal(err)
	}
	settled(t, s, slow.ID)
	if err := s.Approve(t.Context(), "s:approver", slow.ID); err != nil {
		t.Fatal(err)
	}
	a := save(t, s, "s:editor", "a.yaml", hashOf(t, s, "a.yaml"), "A\n")
	r, err := s.Propose(t.Context(), "s:editor", "a")
	if err != nil {
		t.Fatal(err)
	}
	save(t, s, "s:editor", "a.yaml", a, "A and more\n")
	settled(t, s, r.ID)
	if err := errors.Join(s.Approve(t.Context(), "s:approver", r.ID), s.Publish(t.Context(), "s:approver", r.ID)); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), "s:approver", slow.ID); !errors.Is(err, release.ErrStale) {
		t.Fatalf("a candidate of an older release was published: %v", err)
	}
	if err := s.Refuse(t.Context(), "s:approver", slow.ID, "stale"); err != nil {
		t.Fatal(err)
	}
	drafts, _ := s.Drafts(t.Context())
	if len(drafts) != 2 || drafts[0].Hash != release.Hash([]byte("A and more\n")) || drafts[0].BaseHash != a || drafts[1].Hash != b {
		t.Fatalf("%+v", drafts)
	}
	publish(t, s, "both")
	if h := hashOf(t, s, "a.yaml"); h != release.Hash([]byte("A and more\n")) {
		t.Error("the later edit was lost")
	}
	if _, err := s.Propose(t.Context(), "s:editor", "again"); !errors.Is(err, release.ErrNothing) {
		t.Errorf("an empty candidate: %v", err)
	}
}

func TestGate(t *testing.T) {
	t.Parallel()
	s, j, _ := open(t)
	for text, check := range map[string]string{"RED": "conversation tests", "BROKEN": "compile"} {
		save(t, s, "s:editor", "a.yaml", hashOf(t, s, "a.yaml"), text)
		r, err := s.Propose(t.Context(), "s:editor", text)
		if err != nil {
			t.Fatal(err)
		}
		r = settled(t, s, r.ID)
		if r.Status != release.Draft || r.Gate == nil || r.Gate.Green || r.Gate.Checks[len(r.Gate.Checks)-1].Name != check {
			t.Errorf("%s: %s %+v", text, r.Status, r.Gate)
		}
		if err := s.Approve(t.Context(), "s:approver", r.ID); !errors.Is(err, release.ErrWrongStatus) {
			t.Errorf("a red candidate was approved: %v", err)
		}
		if err := s.Recheck(t.Context(), "s:editor", r.ID); err != nil {
			t.Fatal(err)
		}
		settled(t, s, r.ID)
		if err := s.Refuse(t.Context(), "s:editor", r.ID, "red"); err != nil {
			t.Fatal(err)
		}
	}
	_ = j
}

// Two nodes follow publishing, rolling back and 停岗 within ten seconds, with
// and without hints.
func TestWatch(t *testing.T) {
	t.Parallel()
	s, j, pool := open(t)
	other := node(t, pool, j, "n2")
	type seen struct {
		node, release, text string
		away, recalled      []string
	}
	events := make(chan seen, 100)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	fail := make(chan struct{}, 1)
	fail <- struct{}{} // the other node's first try to load fails
	for name, n := range map[string]*release.Service{"n1": s, "n2": other} {
		wg.Go(func() {
			_ = n.Watch(ctx, release.Watch{
				Every: 100 * time.Millisecond,
				Load: func(ctx context.Context, r release.Release) error {
					if name == "n2" {
						select {
						case <-fail:
							return errors.New("planted")
						default:
						}
					}
					made, err := n.Artefacts(ctx, r.ID)
					events <- seen{node: name, release: r.ID, text: string(made["joined"])}
					return err
				},
				Leave:  func(away []string) { events <- seen{node: name, away: away} },
				Recall: func(hashes []string) { events <- seen{node: name, recalled: hashes} },
			})
		})
	}
	both := func(what string, match func(seen) bool) {
		t.Helper()
		got := map[string]bool{}
		started := time.Now()
		deadline := time.After(10 * time.Second)
		for len(got) < 2 {
			select {
			case e := <-events:
				if match(e) {
					got[e.node] = true
				}
			case <-deadline:
				t.Fatalf("%s: only %v after 10 s", what, got)
			}
		}
		t.Logf("%s: both nodes after %v", what, time.Since(started).Round(time.Millisecond))
	}
	both("start", func(e seen) bool { return e.release == "r1" && strings.Contains(e.text, "two") })
	save(t, s, "s:editor", "a.yaml", hashOf(t, s, "a.yaml"), "new")
	r := publish(t, s, "new")
	both("publish", func(e seen) bool { return e.release == r.ID && strings.Contains(e.text, "a.yaml=new") })
	if err := other.Rollback(t.Context(), "s:approver", "r1"); err != nil {
		t.Fatal(err)
	}
	both("rollback", func(e seen) bool { return e.release == "r1" && strings.Contains(e.text, "two") })
	if err := s.SetDuty(t.Context(), "s:admin", "xiaoda", true, "检修"); err != nil {
		t.Fatal(err)
	}
	both("停岗", func(e seen) bool { return len(e.away) == 1 && e.away[0] == "xiaoda" })
	if j.ran["r1"] != 1 || j.ran[r.ID] != 1 {
		t.Errorf("compiled %v", j.ran)
	}
	versions, err := s.FlowVersions(t.Context())
	if err != nil || len(versions) != 1 || !versions[0].Current || versions[0].First != "r1" || versions[0].Recalled {
		t.Fatalf("versions %+v, %v", versions, err)
	}
	hash := versions[0].Hash
	if kept, err := s.FlowFiles(t.Context()); err != nil || len(kept) != 1 || kept[0].Hash != hash || string(kept[0].Bytes) != "flow" {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if err := other.Recall(t.Context(), "s:admin", hash, true, "读回漏了金额"); err != nil {
		t.Fatal(err)
	}
	both("recall", func(e seen) bool { return len(e.recalled) == 1 && e.recalled[0] == hash })
	if err := s.Recall(t.Context(), "s:admin", strings.Repeat("0", 64), true, "没有"); !errors.Is(err, release.ErrUnknownFlow) {
		t.Errorf("a version nobody has: %v", err)
	}
	if err := s.Recall(t.Context(), "s:admin", hash, false, ""); err != nil {
		t.Fatal(err)
	}
	both("let run again", func(e seen) bool { return e.recalled != nil && len(e.recalled) == 0 })
}

// What an older program shipped and this one can't compile gives way to what this
// one ships; what people have edited never does.
func TestContentThatIsTooOldGivesWay(t *testing.T) {
	t.Parallel()
	s, _, pool := open(t)
	stricter := func() *joiner { return &joiner{ran: map[string]int{}, maker: "2", refuses: "three"} }
	newer := fstest.MapFS{"a.yaml": {Data: []byte("one\ntwo\nfour\n")}}
	if err := node(t, pool, stricter(), "n2").Seed(t.Context(), newer); err != nil {
		t.Fatal(err)
	}
	if p, err := s.Current(t.Context()); err != nil || p.Current != "r2" {
		t.Errorf("current is %+v, %v", p, err)
	}
	save(t, s, "s:editor", "a.yaml", hashOf(t, s, "a.yaml"), "three of ours")
	publish(t, s, "ours")
	err := node(t, pool, stricter(), "n3").Seed(t.Context(), newer)
	if err == nil || !strings.Contains(err.Error(), "r3 was edited here") {
		t.Errorf("edited content gives %v", err)
	}
	if p, err := s.Current(t.Context()); err != nil || p.Current != "r3" {
		t.Errorf("current is %+v, %v", p, err)
	}
}

func TestSeedAgain(t *testing.T) {
	t.Parallel()
	s, j, pool := open(t)
	if err := s.Seed(t.Context(), shipped()); err != nil || j.ran["r1"] != 1 {
		t.Fatalf("%v, compiled %d times", err, j.ran["r1"])
	}
	newer := shipped()
	newer["c.yaml"] = &fstest.MapFile{Data: []byte("c")}
	if err := s.Seed(t.Context(), newer); err != nil {
		t.Fatal(err)
	}
	if r := settled(t, s, "r2"); r.Status != release.Review || r.Author != release.Shipped {
		t.Errorf("%+v", r)
	}
	if err := errors.Join(s.Approve(t.Context(), "s:a", "r2"), s.Publish(t.Context(), "s:a", "r2")); err != nil {
		t.Fatal(err)
	}
	// Edited content is left alone by a newer program, which compiles it for itself.
	save(t, s, "s:editor", "a.yaml", hashOf(t, s, "a.yaml"), "ours")
	publish(t, s, "ours")
	newest := &joiner{ran: map[string]int{}, maker: "2"}
	upgraded := node(t, pool, newest, "n9")
	if err := upgraded.Seed(t.Context(), shipped()); err != nil || newest.ran["r3"] != 1 {
		t.Errorf("%v, compiled %v", err, newest.ran)
	}
	if p, _ := s.Current(t.Context()); p.Current != "r3" {
		t.Errorf("pointer %+v", p)
	}
	if list, err := s.History(t.Context(), 0, 10); err != nil || len(list) != 3 || list[0].ID != "r3" {
		t.Errorf("%d releases, %v", len(list), err)
	}
}
