package release

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/jackc/pgx/v5"
)

// maxFile bounds one file of a release, in bytes.
const maxFile = 1 << 20

type fileRow struct{ Path, Hash string }

type blobRow struct {
	Path, Hash string
	Bytes      []byte
}

// Files gives the files of a release.
func (s *Service) Files(ctx context.Context, id string) (fs.FS, error) {
	rows, err := s.Pool.Query(ctx, s.sql.Text("FilesWithBytes"), id)
	if err != nil {
		return nil, fmt.Errorf("read the files of %s: %w", id, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[blobRow])
	if err != nil {
		return nil, fmt.Errorf("read the files of %s: %w", id, err)
	}
	if len(list) == 0 {
		return nil, ErrNotFound
	}
	content := map[string][]byte{}
	for _, f := range list {
		content[f.Path] = f.Bytes
	}
	return InMemory(content)
}

// InMemory makes a file system of files by path: a zip archive that is never
// compressed, so that every rule of fs.FS is kept by the library.
func InMemory(files map[string][]byte) (fs.FS, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range slices.Sorted(maps.Keys(files)) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: p, Method: zip.Store})
		if err != nil {
			return nil, fmt.Errorf("hold %s in memory: %w", p, err)
		}
		if _, err := f.Write(files[p]); err != nil {
			return nil, fmt.Errorf("hold %s in memory: %w", p, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("hold files in memory: %w", err)
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return nil, fmt.Errorf("hold files in memory: %w", err)
	}
	return r, nil
}

// hashes are the files of a release by path.
func (s *Service) hashes(ctx context.Context, q querier, id string) (map[string]string, error) {
	rows, err := q.Query(ctx, s.sql.Text("Files"), id)
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", id, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[fileRow])
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", id, err)
	}
	out := make(map[string]string, len(list))
	for _, f := range list {
		out[f.Path] = f.Hash
	}
	return out, nil
}

// Blobs reads files by their hash.
func (s *Service) Blobs(ctx context.Context, hashes ...string) (map[string][]byte, error) {
	rows, err := s.Pool.Query(ctx, s.sql.Text("Blobs"), hashes)
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	type blob struct {
		Hash  string
		Bytes []byte
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[blob])
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	out := make(map[string][]byte, len(list))
	for _, b := range list {
		out[b.Hash] = b.Bytes
	}
	return out, nil
}

// Artefacts loads what a release was compiled into for this program, and
// checks every hash. ErrUncompiled when there is nothing.
func (s *Service) Artefacts(ctx context.Context, id string) (map[string][]byte, error) {
	rows, err := s.Pool.Query(ctx, s.sql.Text("Artefacts"), id, s.Compiler.Maker())
	if err != nil {
		return nil, fmt.Errorf("read the artefacts of %s: %w", id, err)
	}
	type artefact struct {
		Kind, Hash string
		Bytes      []byte
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[artefact])
	if err != nil {
		return nil, fmt.Errorf("read the artefacts of %s: %w", id, err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: %w", id, ErrUncompiled)
	}
	out := make(map[string][]byte, len(list))
	for _, a := range list {
		if Hash(a.Bytes) != a.Hash {
			return nil, fmt.Errorf("artefact %s of %s is damaged: its hash is not %s", a.Kind, id, a.Hash)
		}
		out[a.Kind] = a.Bytes
	}
	return out, nil
}

// Change is one file that differs between two releases.
type Change struct {
	Path string
	Kind string // added, changed, deleted
	Diff string // lines with -, + or a space in front, and … for what is the same
}

// Diff compares two releases; an empty from compares with nothing.
func (s *Service) Diff(ctx context.Context, from, to string) ([]Change, error) {
	a, err := s.hashes(ctx, s.Pool, from)
	if err != nil {
		return nil, err
	}
	b, err := s.hashes(ctx, s.Pool, to)
	if err != nil {
		return nil, err
	}
	var need []string
	changes := map[string]string{}
	for p, h := range a {
		if b[p] == "" {
			changes[p] = "deleted"
			need = append(need, h)
		} else if b[p] != h {
			changes[p] = "changed"
			need = append(need, h, b[p])
		}
	}
	for p, h := range b {
		if a[p] == "" {
			changes[p] = "added"
			need = append(need, h)
		}
	}
	text, err := s.Blobs(ctx, need...)
	if err != nil {
		return nil, err
	}
	out := []Change{}
	for _, p := range slices.Sorted(maps.Keys(changes)) {
		out = append(out, Change{Path: p, Kind: changes[p], Diff: Lines(text[a[p]], text[b[p]])})
	}
	return out, nil
}

// checkPath refuses paths that can't be a content file.
func checkPath(p string) error {
	if !fs.ValidPath(p) || p == "." || len(p) > 300 || path.Clean(p) != p {
		return fmt.Errorf("%w: %q", ErrBadPath, p)
	}
	switch path.Ext(p) {
	case ".yaml", ".csv", ".md", ".txt":
		return nil
	}
	return fmt.Errorf("%w: %q", ErrBadPath, p)
}
