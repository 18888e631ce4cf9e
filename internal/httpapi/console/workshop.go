package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/internal/release"
	"github.com/pingdui/pingdui/knowledge"
)

// workshop is the content as editors see it: the published files with all
// drafts over them. What was read once is kept by hash, which never goes stale.
type workshop struct {
	releases *release.Service

	mu    sync.Mutex
	blobs map[string][]byte
	size  int
	last  *bench
}

// maxKept bounds the files kept, in bytes; beyond it all are read anew.
const maxKept = 64 << 20

func newWorkshop(r *release.Service) *workshop {
	return &workshop{releases: r, blobs: map[string][]byte{}}
}

// bench is one state of the content; immutable.
type bench struct {
	key      string
	entries  map[string]release.Entry
	text     map[string][]byte
	files    fs.FS
	articles map[string]*item // by id
	set      *content.Set
	problems []string
}

type item struct {
	article *knowledge.Article
	entry   release.Entry
}

// now gives the content as it is.
func (w *workshop) now(ctx context.Context) (*bench, error) {
	tree, err := w.releases.Tree(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the content: %w", err)
	}
	h := sha256.New()
	for _, e := range tree {
		_, _ = fmt.Fprintln(h, e.Path, e.Hash, e.Published)
		if e.Draft != nil {
			_, _ = fmt.Fprintln(h, e.Draft.Author, e.Draft.Version, e.Draft.Proposed)
		}
	}
	key := hex.EncodeToString(h.Sum(nil))
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last != nil && w.last.key == key {
		return w.last, nil
	}
	if w.size > maxKept {
		w.blobs, w.size = map[string][]byte{}, 0
	}
	var missing []string
	for _, e := range tree {
		if e.Hash != "" && w.blobs[e.Hash] == nil {
			missing = append(missing, e.Hash)
		}
	}
	if len(missing) > 0 {
		found, err := w.releases.Blobs(ctx, missing...)
		if err != nil {
			return nil, fmt.Errorf("read the content: %w", err)
		}
		for h, b := range found {
			w.blobs[h] = b
			w.size += len(b)
		}
	}
	b := &bench{key: key, entries: map[string]release.Entry{}, text: map[string][]byte{}, articles: map[string]*item{}}
	for _, e := range tree {
		b.entries[e.Path] = e
		if e.Hash != "" {
			b.text[e.Path] = w.blobs[e.Hash]
		}
	}
	if b.files, err = release.InMemory(b.text); err != nil {
		return nil, fmt.Errorf("read the content: %w", err)
	}
	for p, raw := range b.text {
		if ok, _ := path.Match("articles/*/*.yaml", p); !ok {
			continue
		}
		a, problems := knowledge.Parse(p, raw)
		if a == nil {
			b.problems = append(b.problems, problems[0].Error())
			a = &knowledge.Article{ID: strings.TrimSuffix(path.Base(p), ".yaml"), Group: path.Base(path.Dir(p))}
		}
		b.articles[a.ID] = &item{article: a, entry: b.entries[p]}
	}
	set, problems := content.Compile(b.files)
	b.set = set
	for _, p := range problems {
		b.problems = append(b.problems, p.String())
	}
	w.last = b
	return b, nil
}

// with is the content with one file changed, for checking it before it is saved.
func (b *bench) with(p string, text []byte) (fs.FS, error) {
	all := make(map[string][]byte, len(b.text)+1)
	for k, v := range b.text {
		all[k] = v
	}
	all[p] = text
	files, err := release.InMemory(all)
	if err != nil {
		return nil, fmt.Errorf("check the file: %w", err)
	}
	return files, nil
}

// check compiles all content with one file changed and gives what is wrong
// with that file or because of it.
func (b *bench) check(p string, text []byte) error {
	files, err := b.with(p, text)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, s := range b.problems {
		known[s] = true
	}
	var fresh []string
	_, problems := content.Compile(files)
	for _, q := range problems {
		if s := q.String(); q.File == p || !known[s] {
			fresh = append(fresh, s)
		}
	}
	if len(fresh) > 0 {
		return invalid(fresh)
	}
	return nil
}

// rewrite changes values of a YAML file and keeps its comments and the order
// of its keys. lost says that some comment could not be kept.
func rewrite(text []byte, v any, change func()) (out []byte, lost bool, err error) {
	comments := yaml.CommentMap{}
	if err := yaml.UnmarshalWithOptions(text, v, yaml.UseOrderedMap(), yaml.CommentToMap(comments)); err != nil {
		return nil, false, invalid([]string{yaml.FormatError(err, false, false)})
	}
	change()
	out, err = yaml.MarshalWithOptions(v, yaml.WithComment(comments), yaml.Indent(2), yaml.IndentSequence(true))
	if err != nil {
		return nil, false, fmt.Errorf("write the file: %w", err)
	}
	return out, strings.Count(string(out), "#") < strings.Count(string(text), "#"), nil
}
