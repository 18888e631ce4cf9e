package knowledge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Document is the source of an answer, as its reader may see it.
type Document struct {
	Article string   `json:"article"`
	Title   string   `json:"title"`
	Text    string   `json:"text"`
	Origin  string   `json:"origin"` // the regulation or price list it comes from
	From    string   `json:"from"`
	Until   string   `json:"until"`
	Columns []string `json:"columns,omitempty"`
	Rows    []string `json:"rows,omitempty"` // the rows that are quoted, on the day asked about
}

// ErrNoSource is returned for a passage that does not exist or that this reader
// may not see; which of the two is not said.
var ErrNoSource = errors.New("没有这份资料，或您无权查看 / no such source, or it may not be shown to you")

// Source opens a passage for a reader. Of q, Audience, Locale, Edition, Region
// and At count.
func (b *Base) Source(ctx context.Context, release, passage string, q Query) (Document, error) {
	s, err := b.shelf(ctx, release)
	if err != nil {
		return Document{}, err
	}
	q.zone = b.zone
	if q.At.IsZero() {
		q.At = b.clock()
	}
	if name, ok := strings.CutPrefix(passage, "table:"); ok {
		t := s.Tables[name]
		if t == nil || t.Lookup == nil || len(t.Lookup.Asks) == 0 || len(q.Audience) == 0 {
			return Document{}, fmt.Errorf("%w: %s", ErrNoSource, passage)
		}
		all := make([]int, len(t.Rows))
		for i := range all {
			all[i] = i
		}
		title := pick(t.Lookup.Source, q.locale())
		return Document{Title: title, Origin: title, Columns: t.Columns, Rows: t.show(t.current(all, q), q)}, nil
	}
	for _, id := range sorted(s.Articles) {
		a := s.Articles[id]
		for _, u := range a.units() {
			// The day does not count: what was answered from once stays open to
			// whom it was shown.
			if u.Kind != kindAnswer || s.passage(&u) != passage || !u.visible(q, max(u.Valid.From, "0001-01-01")) {
				continue
			}
			d := Document{Article: id, Title: u.Title, Text: u.Text, Origin: a.Source, From: u.Valid.From, Until: u.Valid.Until}
			if t := s.table(a); t != nil {
				rows := t.current(t.of(a.Table), q)
				d.Columns, d.Rows = t.Columns, t.show(rows, q)
			}
			return d, nil
		}
	}
	return Document{}, fmt.Errorf("%w: %s", ErrNoSource, passage)
}

// passage is the key of a wording, as Index stored it.
func (s *shelf) passage(u *unit) string {
	sum := sha256.Sum256([]byte(s.Concepts))
	return u.id(s.Embedder, hex.EncodeToString(sum[:8]))
}

// Article gives an article of a release as it was indexed; nil when there is none.
func (b *Base) Article(ctx context.Context, release, id string) (*Article, error) {
	s, err := b.shelf(ctx, release)
	if err != nil {
		return nil, err
	}
	return s.Articles[id], nil
}
