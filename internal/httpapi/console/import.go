package console

import (
	"bytes"
	"cmp"
	"context"

	"github.com/pingdui/pingdui/knowledge"
)

type importFile struct {
	Name    string `query:"name" required:"true" maxLength:"200" doc:"the file's name; its ending says what it is"`
	Group   string `query:"group" maxLength:"80" doc:"where new articles go when the file does not say"`
	Commit  bool   `query:"commit" doc:"false: only report what would be imported"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// ImportResult tells what became of a file.
type ImportResult struct {
	knowledge.ImportReport
	Articles []ImportedRow `json:"articles" nullable:"false"`
	Saved    int           `json:"saved"`
}

// ImportedRow is one article of the file.
type ImportedRow struct {
	ID       string `json:"id"`
	Question string `json:"question"`
	Path     string `json:"path"`
	Line     int    `json:"line"`
	Saved    bool   `json:"saved"`
	Reason   string `json:"reason,omitempty" doc:"why it was not saved"`
}

func (s *Console) importFile(ctx context.Context, in *importFile) (*body[ImportResult], error) {
	group := cmp.Or(in.Group, "imported")
	made, report, err := knowledge.Import(ctx, in.Name, group, who(ctx), bytes.NewReader(in.RawBody), nil)
	if err != nil {
		return nil, refused(err)
	}
	b, err := s.work.now(ctx)
	if err != nil {
		return nil, refused(err)
	}
	result := ImportResult{ImportReport: report, Articles: []ImportedRow{}}
	for _, m := range made {
		row := ImportedRow{ID: m.Article.ID, Question: zhOf(m.Article.Question), Path: m.Path, Line: m.Line}
		if old := b.articles[m.Article.ID]; old != nil {
			row.Reason = "编号已有，未覆盖；请在列表里编辑那一条 / the id is taken, nothing was overwritten"
		} else if in.Commit {
			if _, err := s.Releases.Save(ctx, who(ctx), m.Path, "", m.Content); err != nil {
				row.Reason = refused(err).Error()
			} else {
				row.Saved = true
				result.Saved++
			}
		}
		result.Articles = append(result.Articles, row)
	}
	return out(result, nil)
}
