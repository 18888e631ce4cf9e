package release

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Seed makes the shipped files the first published release. It is run at every
// start, by every node: later it adds newer shipped files as a candidate, when
// nobody has edited anything, and compiles the current release for this
// program where an older one did not.
func (s *Service) Seed(ctx context.Context, shipped fs.FS) error {
	// One node does it; the others wait and find it done.
	conn, err := s.Pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(7464385)"); err != nil {
		return fmt.Errorf("seed: wait for the other node: %w", err)
	}
	defer func() {
		// The lock must go even when ctx has ended: the connection is used again.
		if _, err := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(7464385)"); err != nil {
			_ = conn.Conn().Close(context.WithoutCancel(ctx))
		}
	}()
	content, err := readAll(shipped)
	if err != nil {
		return err
	}
	p, err := s.Current(ctx)
	if err == nil {
		err := s.ensureCompiled(ctx, p.Current)
		var old *ContentError
		if errors.As(err, &old) {
			return s.succeed(ctx, p, content, old)
		}
		if err != nil {
			return err
		}
		return s.offerNewer(ctx, p, content)
	}
	return s.first(ctx, content)
}

// succeed publishes the shipped files in the place of those an older program had
// shipped and this one can't compile. What people here have edited is never put
// aside: then the program does not start, and says what to do.
func (s *Service) succeed(ctx context.Context, p Pointer, content map[string][]byte, cause *ContentError) error {
	current, err := s.Get(ctx, p.Current)
	if err != nil {
		return err
	}
	if current.Author != Shipped {
		return fmt.Errorf("release %s was edited here and is too old for this program (start the program before this one, add to the content what is named here, publish it, then start this one again): %w", p.Current, cause)
	}
	id, err := s.add(ctx, content, p.Current, "新程序带来的内容 / content of a newer program", "")
	if err != nil {
		return err
	}
	if err := s.ensureCompiled(ctx, id); err != nil {
		return err
	}
	return s.publishShipped(ctx, id, "MovePointer", map[string]any{"instead_of": p.Current, "why": "it is too old for this program"})
}

func (s *Service) first(ctx context.Context, content map[string][]byte) error {
	id := "r1"
	if _, err := s.Get(ctx, id); err != nil { // a start that was cut off has left it
		id, err = s.add(ctx, content, "", "随产品发布的内容 / shipped content", "")
		if err != nil {
			return err
		}
	}
	if err := s.ensureCompiled(ctx, id); err != nil {
		return err
	}
	return s.publishShipped(ctx, id, "AddPointer", nil)
}

// publishShipped makes a release of the program's own the current one; point is the
// statement that does it.
func (s *Service) publishShipped(ctx context.Context, id, point string, detail map[string]any) error {
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		now := s.Clock()
		if _, err := tx.Exec(ctx, s.sql.Text("Publish"), id, now); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
		if _, err := tx.Exec(ctx, s.sql.Text(point), id, Shipped, now); err != nil {
			return fmt.Errorf("set the pointer: %w", err)
		}
		return s.record(ctx, tx, Shipped, "release.published", id, detail)
	})
	if err != nil {
		return fmt.Errorf("publish the shipped content: %w", err)
	}
	s.tell()
	return nil
}

// add stores a whole set of files as a release of the program's own.
func (s *Service) add(ctx context.Context, content map[string][]byte, parent, title, job string) (string, error) {
	id := ""
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		hashes := map[string]string{}
		batch := &pgx.Batch{}
		for p, b := range content {
			hashes[p] = Hash(b)
			batch.Queue(s.sql.Text("AddBlob"), hashes[p], b)
		}
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("store the files: %w", err)
		}
		var err error
		id, err = s.insert(ctx, tx, parent, title, Shipped, []string{Shipped}, hashes, job)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("add the shipped content: %w", err)
	}
	return id, nil
}

func (s *Service) insert(ctx context.Context, tx pgx.Tx, parent, title, author string, authors []string, files map[string]string, job string) (string, error) {
	if _, err := tx.Exec(ctx, s.sql.Text("LockNumbers")); err != nil {
		return "", fmt.Errorf("lock the numbers: %w", err)
	}
	var number int64
	if err := tx.QueryRow(ctx, s.sql.Text("NextNumber")).Scan(&number); err != nil {
		return "", fmt.Errorf("take a number: %w", err)
	}
	id := fmt.Sprintf("r%d", number)
	var from *string
	if parent != "" {
		from = &parent
	}
	batch := &pgx.Batch{}
	batch.Queue(s.sql.Text("AddRelease"), pgx.NamedArgs{
		"id": id, "number": number, "parent": from, "title": title, "author": author, "authors": authors, "content_hash": contentHash(files), "job": job, "now": s.Clock(),
	})
	for _, p := range slices.Sorted(maps.Keys(files)) {
		batch.Queue(s.sql.Text("AddFile"), id, p, files[p])
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return "", fmt.Errorf("store release %s: %w", id, err)
	}
	return id, nil
}

// offerNewer adds the files of a newer program as a candidate, unless somebody
// has edited content here: then theirs stays and nothing is offered.
func (s *Service) offerNewer(ctx context.Context, p Pointer, content map[string][]byte) error {
	hashes := map[string]string{}
	for path, b := range content {
		hashes[path] = Hash(b)
	}
	var latest, latestHash string
	if err := s.Pool.QueryRow(ctx, s.sql.Text("LatestShipped")).Scan(&latest, &latestHash); err != nil {
		return fmt.Errorf("read the last shipped release: %w", err)
	}
	drafts, err := s.Drafts(ctx)
	if err != nil {
		return err
	}
	current, err := s.Get(ctx, p.Current)
	if err != nil {
		return err
	}
	if latestHash == contentHash(hashes) || current.Author != Shipped || len(drafts) > 0 {
		return nil
	}
	if _, err := s.add(ctx, content, p.Current, "新程序带来的内容 / content of a newer program", "gate"); err != nil {
		return err
	}
	s.wake()
	return nil
}

func readAll(files fs.FS) (map[string][]byte, error) {
	content := map[string][]byte{}
	err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || checkPath(p) != nil {
			return err
		}
		b, err := fs.ReadFile(files, p)
		content[p] = b
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the shipped content: %w", err)
	}
	return content, nil
}

// Propose makes a candidate of drafts (all of them when paths is empty) and
// has the gate run. Drafts that were made from files that have changed since
// are refused by name.
func (s *Service) Propose(ctx context.Context, author, title string, paths ...string) (Release, error) {
	title = strings.TrimSpace(title)
	if title == "" || len(title) > 200 {
		return Release{}, fmt.Errorf("请写一个 1 到 200 字节的标题 / give it a title of 1 to 200 bytes")
	}
	id := ""
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		p, err := s.pointer(ctx, tx, "LockPointer")
		if err != nil {
			return err
		}
		if paths == nil {
			paths = []string{}
		}
		rows, err := tx.Query(ctx, s.sql.Text("LockDrafts"), paths)
		if err != nil {
			return fmt.Errorf("read the drafts: %w", err)
		}
		drafts, err := pgx.CollectRows(rows, pgx.RowToStructByName[Edited])
		if err != nil {
			return fmt.Errorf("read the drafts: %w", err)
		}
		drafts = slices.DeleteFunc(drafts, func(d Edited) bool { return d.Proposed != "" })
		if len(drafts) == 0 {
			return ErrNothing
		}
		files, err := s.hashes(ctx, tx, p.Current)
		if err != nil {
			return err
		}
		authors := []string{author}
		var taken []string
		for _, d := range drafts {
			if files[d.Path] != d.BaseHash {
				return s.conflict(ctx, tx, d.Path, files[d.Path], "", s.draftText(ctx, tx, d.Hash))
			}
			if d.Deleted {
				delete(files, d.Path)
			} else {
				files[d.Path] = d.Hash
			}
			authors, taken = append(authors, d.Authors...), append(taken, d.Path)
		}
		slices.Sort(authors)
		if id, err = s.insert(ctx, tx, p.Current, title, author, slices.Compact(authors), files, "gate"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, s.sql.Text("MarkProposed"), id, taken); err != nil {
			return fmt.Errorf("mark the drafts: %w", err)
		}
		return s.record(ctx, tx, author, "release.proposed", id, map[string]any{"title": title, "files": taken})
	})
	if err != nil {
		return Release{}, fmt.Errorf("propose: %w", err)
	}
	s.wake()
	return s.Get(ctx, id)
}

func (s *Service) draftText(ctx context.Context, tx pgx.Tx, hash string) []byte {
	var b []byte
	_ = tx.QueryRow(ctx, "SELECT bytes FROM blob WHERE hash = $1", hash).Scan(&b) // a deletion has none
	return b
}

// change runs one guarded step of a release; no row changed means the guard said no.
func (s *Service) change(ctx context.Context, who, action, id string, detail any, step func(pgx.Tx) (int64, error)) error {
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		n, err := step(tx)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrWrongStatus
		}
		return s.record(ctx, tx, who, action, id, detail)
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", action, id, err)
	}
	return nil
}

// Approve is the second person's word.
func (s *Service) Approve(ctx context.Context, who, id string) error {
	r, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if r.Author == who || slices.Contains(r.Authors, who) {
		return ErrOwnWork
	}
	return s.change(ctx, who, "release.approved", id, nil, func(tx pgx.Tx) (int64, error) {
		tag, err := tx.Exec(ctx, s.sql.Text("Approve"), id, who, s.Clock())
		return tag.RowsAffected(), err
	})
}

// Refuse sends a candidate back; its drafts can be edited and proposed again.
func (s *Service) Refuse(ctx context.Context, who, id, reason string) error {
	if strings.TrimSpace(reason) == "" || len(reason) > 2000 {
		return fmt.Errorf("请写明退回的原因 / say why it is refused")
	}
	return s.change(ctx, who, "release.refused", id, map[string]string{"reason": reason}, func(tx pgx.Tx) (int64, error) {
		tag, err := tx.Exec(ctx, s.sql.Text("Refuse"), id, reason)
		if err != nil {
			return 0, err
		}
		_, err = tx.Exec(ctx, s.sql.Text("Unpropose"), id)
		return tag.RowsAffected(), err
	})
}

// Publish makes an approved release current on every node. It is compiled
// already: only the pointer moves.
func (s *Service) Publish(ctx context.Context, who, id string) error {
	err := s.change(ctx, who, "release.published", id, nil, func(tx pgx.Tx) (int64, error) {
		p, err := s.pointer(ctx, tx, "LockPointer")
		if err != nil {
			return 0, err
		}
		r, err := s.get(ctx, tx, id)
		if err != nil {
			return 0, err
		}
		if r.Status != Approved {
			return 0, ErrWrongStatus
		}
		if r.Parent != p.Current {
			return 0, ErrStale
		}
		if err := s.compiled(ctx, tx, id); err != nil {
			return 0, err
		}
		now := s.Clock()
		tag, err := tx.Exec(ctx, s.sql.Text("Publish"), id, now)
		if err != nil || tag.RowsAffected() == 0 {
			return 0, err
		}
		if _, err := tx.Exec(ctx, s.sql.Text("SettleDrafts"), id); err != nil {
			return 0, err
		}
		tag, err = tx.Exec(ctx, s.sql.Text("MovePointer"), id, who, now)
		return tag.RowsAffected(), err
	})
	if err == nil {
		s.tell()
	}
	return err
}

// Rollback makes an earlier published release current again.
func (s *Service) Rollback(ctx context.Context, who, id string) error {
	detail := map[string]string{}
	err := s.change(ctx, who, "release.rolled_back", id, detail, func(tx pgx.Tx) (int64, error) {
		p, err := s.pointer(ctx, tx, "LockPointer")
		if err != nil {
			return 0, err
		}
		detail["from"] = p.Current
		r, err := s.get(ctx, tx, id)
		if err != nil {
			return 0, err
		}
		if r.Status != Published || id == p.Current {
			return 0, ErrWrongStatus
		}
		if err := s.compiled(ctx, tx, id); err != nil {
			return 0, err
		}
		tag, err := tx.Exec(ctx, s.sql.Text("MovePointer"), id, who, s.Clock())
		return tag.RowsAffected(), err
	})
	if err == nil {
		s.tell()
	}
	return err
}

func (s *Service) compiled(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}, id string,
) error {
	var ok bool
	if err := q.QueryRow(ctx, s.sql.Text("HasArtefacts"), id, s.Compiler.Maker()).Scan(&ok); err != nil {
		return fmt.Errorf("look for the artefacts of %s: %w", id, err)
	}
	if !ok {
		return ErrUncompiled
	}
	return nil
}
