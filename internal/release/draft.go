package release

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Edited is a draft: one file as editors want it next.
type Edited struct {
	Path      string
	BaseHash  string // of the published file it was made from; empty for a new one
	Hash      string // empty when Deleted
	Deleted   bool
	Author    string // who saved last
	Authors   []string
	Proposed  string // the candidate that holds it as it is now; empty for none
	Version   int64
	UpdatedAt time.Time
}

// Entry is one file as an editor sees it: the published one with its draft.
type Entry struct {
	Path      string
	Hash      string // what an editor opens: the draft's, else the published; empty when deleted
	Published string // empty for a new file
	Draft     *Edited
}

// ConflictError says that somebody else's text stands where an editor wanted
// to save: nothing was saved, and nothing is lost.
type ConflictError struct {
	Path   string
	By     string // who saved in between; empty when a release did
	Theirs []byte // what stands there now; nil when it is deleted
	Hash   string // of Theirs: what to give as base to save over it
	Diff   string // from theirs to what was to be saved
}

// Error is the sentence for the editor.
func (e *ConflictError) Error() string {
	who := e.By
	if who == "" {
		who = "新版本 / a release"
	}
	return fmt.Sprintf("%s 已经改过 %s；请看差异，合并后再保存 / %s has changed it: see the difference, merge and save again", who, e.Path, who)
}

// Tree lists every file with its draft, by path.
func (s *Service) Tree(ctx context.Context) ([]Entry, error) {
	p, err := s.Current(ctx)
	if err != nil {
		return nil, err
	}
	published, err := s.hashes(ctx, s.Pool, p.Current)
	if err != nil {
		return nil, err
	}
	drafts, err := s.Drafts(ctx)
	if err != nil {
		return nil, err
	}
	all := map[string]Entry{}
	for path, h := range published {
		all[path] = Entry{Path: path, Hash: h, Published: h}
	}
	for _, d := range drafts {
		all[d.Path] = Entry{Path: d.Path, Hash: d.Hash, Published: published[d.Path], Draft: &d}
	}
	out := make([]Entry, 0, len(all))
	for _, path := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[path])
	}
	return out, nil
}

// Drafts lists all drafts by path.
func (s *Service) Drafts(ctx context.Context) ([]Edited, error) {
	rows, err := s.Pool.Query(ctx, s.sql.Text("Drafts"))
	if err != nil {
		return nil, fmt.Errorf("list the drafts: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[Edited])
	if err != nil {
		return nil, fmt.Errorf("list the drafts: %w", err)
	}
	return out, nil
}

// Save keeps a draft. base is the hash of what the editor opened (empty: a new
// file); when something else stands there by now a *ConflictError is returned.
// A nil content means that the file is to be deleted.
func (s *Service) Save(ctx context.Context, author, path, base string, content []byte) (hash string, err error) {
	if err := checkPath(path); err != nil {
		return "", err
	}
	if len(content) > maxFile {
		return "", fmt.Errorf("%s 有 %d 字节，每个文件不超过 1 MiB / a file has at most 1 MiB", path, len(content))
	}
	if content != nil {
		hash = Hash(content)
	}
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		published, draft, err := s.lock(ctx, tx, path)
		if err != nil {
			return err
		}
		now, by := published, ""
		if draft != nil {
			now, by = draft.Hash, draft.Author
		}
		if now != base {
			return s.conflict(ctx, tx, path, now, by, content)
		}
		if hash == now && content != nil {
			return nil
		}
		action := "draft.saved"
		if content == nil {
			action = "draft.deleted"
		} else if _, err := tx.Exec(ctx, s.sql.Text("AddBlob"), hash, content); err != nil {
			return fmt.Errorf("keep the text of %s: %w", path, err)
		}
		if published == hash {
			// Back to what is published: there is nothing left to propose.
			if _, err := tx.Exec(ctx, s.sql.Text("DropDraft"), path); err != nil {
				return fmt.Errorf("drop the draft of %s: %w", path, err)
			}
			return s.record(ctx, tx, author, "draft.discarded", path, map[string]string{"was": now})
		}
		from := published
		if draft != nil {
			from = draft.BaseHash
		}
		if _, err := tx.Exec(ctx, s.sql.Text("SaveDraft"), pgx.NamedArgs{"path": path, "base": from, "hash": hash, "author": author, "now": s.Clock()}); err != nil {
			return fmt.Errorf("save the draft of %s: %w", path, err)
		}
		return s.record(ctx, tx, author, action, path, map[string]string{"from": now, "to": hash})
	})
	if err != nil {
		return "", fmt.Errorf("save %s: %w", path, err)
	}
	return hash, nil
}

// Discard throws a draft away; base is its hash, as the editor saw it.
func (s *Service) Discard(ctx context.Context, author, path, base string) error {
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		_, draft, err := s.lock(ctx, tx, path)
		if err != nil {
			return err
		}
		if draft == nil {
			return ErrNotFound
		}
		if draft.Hash != base {
			return s.conflict(ctx, tx, path, draft.Hash, draft.Author, nil)
		}
		if _, err := tx.Exec(ctx, s.sql.Text("DropDraft"), path); err != nil {
			return fmt.Errorf("drop the draft: %w", err)
		}
		return s.record(ctx, tx, author, "draft.discarded", path, map[string]string{"was": draft.Hash})
	})
	if err != nil {
		return fmt.Errorf("discard %s: %w", path, err)
	}
	return nil
}

// lock reads what stands at a path and keeps others from changing its draft.
func (s *Service) lock(ctx context.Context, tx pgx.Tx, path string) (published string, draft *Edited, err error) {
	if _, err := tx.Exec(ctx, s.sql.Text("LockPath"), path); err != nil {
		return "", nil, fmt.Errorf("lock %s: %w", path, err)
	}
	rows, err := tx.Query(ctx, s.sql.Text("PublishedHash"), path)
	if err != nil {
		return "", nil, fmt.Errorf("read %s: %w", path, err)
	}
	published, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", nil, fmt.Errorf("read %s: %w", path, err)
	}
	rows, err = tx.Query(ctx, s.sql.Text("LockDraft"), path)
	if err != nil {
		return "", nil, fmt.Errorf("read the draft: %w", err)
	}
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Edited])
	if errors.Is(err, pgx.ErrNoRows) {
		return published, nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("read the draft: %w", err)
	}
	return published, &d, nil
}

func (s *Service) conflict(ctx context.Context, tx pgx.Tx, path, hash, by string, mine []byte) error {
	c := &ConflictError{Path: path, By: by, Hash: hash}
	if hash != "" {
		if err := tx.QueryRow(ctx, "SELECT bytes FROM blob WHERE hash = $1", hash).Scan(&c.Theirs); err != nil {
			return fmt.Errorf("read what stands there: %w", err)
		}
	}
	c.Diff = Lines(c.Theirs, mine)
	return c
}
