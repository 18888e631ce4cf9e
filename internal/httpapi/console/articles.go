package console

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/release"
	"github.com/pingdui/pingdui/knowledge"
)

// DraftState is what an editor must know of a file beside its text.
type DraftState struct {
	Path      string    `json:"path"`
	Base      string    `json:"base" doc:"give this back when saving"`
	State     string    `json:"state" enum:"published,draft,new,deleted"`
	Author    string    `json:"author,omitempty" doc:"who saved the draft last"`
	Proposed  string    `json:"proposed,omitempty" doc:"the candidate that holds the draft as it is"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
}

func stateOf(e release.Entry) DraftState {
	s := DraftState{Path: e.Path, Base: e.Hash, State: "published"}
	if d := e.Draft; d != nil {
		s.Author, s.Proposed, s.UpdatedAt, s.State = d.Author, d.Proposed, d.UpdatedAt, "draft"
		if d.Deleted {
			s.State = "deleted"
		} else if e.Published == "" {
			s.State = "new"
		}
	}
	return s
}

// ArticleRow is one line of the list of articles.
type ArticleRow struct {
	ID       string     `json:"id"`
	Title    string     `json:"title"`
	Question string     `json:"question"`
	Group    string     `json:"group"`
	Owner    string     `json:"owner"`
	Audience []string   `json:"audience" nullable:"false"`
	From     string     `json:"from"`
	Until    string     `json:"until"`
	Expired  bool       `json:"expired"`
	Expiring bool       `json:"expiring" doc:"within 30 days"`
	Similar  int        `json:"similar"`
	Flow     string     `json:"flow,omitempty"`
	File     DraftState `json:"file"`
}

// ArticleList is the list with what it can be filtered by.
type ArticleList struct {
	Articles []ArticleRow `json:"articles" nullable:"false"`
	Total    int          `json:"total"`
	Groups   []string     `json:"groups" nullable:"false"`
}

// ArticleView is one article with its file and who quotes its numbers.
type ArticleView struct {
	Article  *knowledge.Article `json:"article"`
	YAML     string             `json:"yaml"`
	Comments bool               `json:"comments" doc:"the file holds comments; a save by fields keeps those of the lines it does not change"`
	File     DraftState         `json:"file"`
	Diff     string             `json:"diff,omitempty" doc:"from the published text to the draft"`
	Changed  []FieldChange      `json:"changed,omitempty" doc:"the same by field"`
	Quoted   []Quote            `json:"quoted" nullable:"false"`
	Problems []string           `json:"problems" nullable:"false"`
}

// Quote is another place that holds one of the article's numbers.
type Quote struct {
	Path   string `json:"path"`
	Title  string `json:"title"`
	Number string `json:"number"`
	Line   int    `json:"line"`
	Text   string `json:"text"`
}

// ArticleSave is a draft, by fields or as YAML; exactly one of the two.
type ArticleSave struct {
	Base         string             `json:"base" doc:"as it was opened; empty for a new article"`
	Article      *knowledge.Article `json:"article,omitempty"`
	YAML         string             `json:"yaml,omitempty" maxLength:"262144"`
	DropComments bool               `json:"drop_comments,omitempty" doc:"save by fields though the file's comments are lost"`
}

// PreviewLine is what one question of an article would find now.
type PreviewLine struct {
	Question string  `json:"question"`
	Kind     string  `json:"kind" enum:"question,similar"`
	Article  string  `json:"article" doc:"what comes first; empty for nothing"`
	Title    string  `json:"title"`
	Score    float64 `json:"score"`
	Place    int     `json:"place" doc:"place of this article, 0 when not among the first five"`
	Answers  bool    `json:"answers" doc:"this article comes first and is sure enough to answer"`
}

// Preview is the outcome for all its questions, in the published release.
type Preview struct {
	Release   string        `json:"release"`
	Threshold float64       `json:"threshold"`
	Lines     []PreviewLine `json:"lines" nullable:"false"`
}

type articleFilter struct {
	Q        string `query:"q" maxLength:"200" doc:"words in id, title, questions or answers"`
	Group    string `query:"group"`
	Audience string `query:"audience"`
	State    string `query:"state" enum:"published,draft,new,deleted,"`
	Expiring bool   `query:"expiring" doc:"only those that expire within 30 days"`
	Offset   int    `query:"offset" minimum:"0"`
	Limit    int    `query:"limit" minimum:"0" maximum:"500" default:"100"`
}

type byID struct {
	ID string `path:"id" maxLength:"80"`
}

type saveArticle struct {
	ID   string `path:"id" maxLength:"80"`
	Body ArticleSave
}

type baseOnly struct {
	ID   string `path:"id" maxLength:"80"`
	Base string `query:"base"`
}

func (s *Console) articleRoutes(a *httpapi.API) {
	httpapi.Route(a, staff(), op(http.MethodGet, "/articles", "articles", "List articles"), s.listArticles)
	httpapi.Route(a, staff(), op(http.MethodGet, "/articles/{id}", "article", "One article with its versions and who quotes its numbers"), s.getArticle)
	httpapi.Route(a, editors(), op(http.MethodPost, "/articles", "article-new", "Draft a new article"), func(ctx context.Context, in *struct{ Body ArticleSave }) (*body[ArticleView], error) {
		return out(s.saveArticle(ctx, "", in.Body))
	})
	httpapi.Route(a, editors(), op(http.MethodPut, "/articles/{id}", "article-save", "Save an article's draft"), func(ctx context.Context, in *saveArticle) (*body[ArticleView], error) {
		return out(s.saveArticle(ctx, in.ID, in.Body))
	})
	httpapi.Route(a, editors(), op(http.MethodDelete, "/articles/{id}", "article-delete", "Draft the deletion of an article"), s.deleteArticle)
	httpapi.Route(a, staff(), op(http.MethodPost, "/articles/{id}/preview", "article-preview", "What each of its questions finds now"), s.previewArticle)
	imp := op(http.MethodPost, "/import", "import", "Import a file as drafts; its name and group stand in the query")
	imp.MaxBodyBytes = knowledge.MaxImport + 1
	httpapi.Route(a, editors(), imp, s.importFile)
}

func zhOf(t knowledge.Text) string { return cmp.Or(t["zh"], t["en"]) }

func (s *Console) row(it *item) ArticleRow {
	a := it.article
	today := s.Clock().In(s.Zone).Format(time.DateOnly)
	soon := s.Clock().In(s.Zone).AddDate(0, 0, 30).Format(time.DateOnly)
	r := ArticleRow{ID: a.ID, Title: zhOf(a.Title), Question: zhOf(a.Question), Group: a.Group, Owner: a.Owner, Audience: a.Audience, From: a.Valid.From, Until: a.Valid.Until, Flow: a.Flow, File: stateOf(it.entry)}
	if r.Audience == nil {
		r.Audience = []string{}
	}
	for _, l := range a.Similar {
		r.Similar += len(l)
	}
	r.Expired = r.Until != "" && r.Until < today
	r.Expiring = r.Until != "" && !r.Expired && r.Until <= soon
	return r
}

func (s *Console) listArticles(ctx context.Context, in *articleFilter) (*body[ArticleList], error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return nil, refused(err)
	}
	list := ArticleList{Articles: []ArticleRow{}, Groups: []string{}}
	words := strings.Fields(strings.ToLower(in.Q))
	for _, it := range b.articles {
		r := s.row(it)
		if !slices.Contains(list.Groups, r.Group) {
			list.Groups = append(list.Groups, r.Group)
		}
		text := strings.ToLower(string(b.text[it.entry.Path]))
		if in.Group != "" && r.Group != in.Group || in.Audience != "" && !slices.Contains(r.Audience, in.Audience) || in.State != "" && r.File.State != in.State || in.Expiring && !r.Expiring ||
			slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			continue
		}
		list.Articles = append(list.Articles, r)
	}
	slices.Sort(list.Groups)
	slices.SortFunc(list.Articles, func(x, y ArticleRow) int { return cmp.Compare(x.ID, y.ID) })
	list.Total = len(list.Articles)
	list.Articles = list.Articles[min(in.Offset, list.Total):]
	list.Articles = list.Articles[:min(in.Limit, len(list.Articles))]
	return out(list, nil)
}

func (s *Console) getArticle(ctx context.Context, in *byID) (*body[ArticleView], error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return nil, refused(err)
	}
	return out(s.view(ctx, b, in.ID))
}

func (s *Console) view(ctx context.Context, b *bench, id string) (ArticleView, error) {
	it := b.articles[id]
	if it == nil {
		return ArticleView{}, absent("这条知识")
	}
	text := b.text[it.entry.Path]
	v := ArticleView{Article: it.article, YAML: string(text), Comments: knowledge.HasComments(text), File: stateOf(it.entry), Quoted: b.quotes(it), Problems: []string{}}
	if _, problems := knowledge.Parse(it.entry.Path, text); len(problems) > 0 {
		for _, p := range problems {
			v.Problems = append(v.Problems, p.Error())
		}
	}
	if e := it.entry; e.Draft != nil && e.Published != "" {
		old, err := s.Releases.Blobs(ctx, e.Published)
		if err != nil {
			return v, err
		}
		v.Diff = release.Lines(old[e.Published], text)
		v.Changed = fieldChanges(old[e.Published], text)
	}
	return v, nil
}

// telling is a number that would be wrong elsewhere when it changes here: with
// a unit or a point, not a bare small count.
var telling = regexp.MustCompile(`\d[\d,]*(?:\.\d+)?(?:%|万|元|天|笔|个工作日| yuan| days)`)

// titleOf is what people call a file: an article by its title, all else by its name.
func (b *bench) titleOf(p string) string {
	for _, it := range b.articles {
		if it.entry.Path == p {
			return zhOf(it.article.Title)
		}
	}
	return strings.TrimSuffix(path.Base(p), path.Ext(p))
}

// quotes finds other files that hold an article's telling numbers, at most 50.
func (b *bench) quotes(it *item) []Quote {
	found := []Quote{}
	numbers := telling.FindAllString(strings.Join([]string{it.article.Answer["zh"], it.article.Answer["en"]}, "\n"), -1)
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	paths := make([]string, 0, len(b.text))
	for p := range b.text {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for _, p := range paths {
		if p == it.entry.Path {
			continue
		}
		for n, line := range bytes.Split(b.text[p], []byte("\n")) {
			for _, number := range numbers {
				i := bytes.Index(line, []byte(number))
				if i < 0 || i > 0 && (line[i-1] == '.' || line[i-1] >= '0' && line[i-1] <= '9') || !sharesKeyword(it.article, line) {
					continue
				}
				if len(found) < 50 {
					found = append(found, Quote{Path: p, Title: b.titleOf(p), Number: number, Line: n + 1, Text: strings.TrimSpace(string(line))})
				}
				break
			}
		}
	}
	return found
}

func sharesKeyword(a *knowledge.Article, line []byte) bool {
	return slices.ContainsFunc(a.Keywords, func(k string) bool { return k != "" && bytes.Contains(line, []byte(k)) })
}

func (s *Console) saveArticle(ctx context.Context, id string, in ArticleSave) (ArticleView, error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return ArticleView{}, err
	}
	if (in.Article == nil) == (in.YAML == "") {
		return ArticleView{}, bad("请给出 article 或 yaml 其中之一 / give either article or yaml")
	}
	text := []byte(in.YAML)
	lost := false
	if in.Article != nil {
		was := b.articles[in.Article.ID]
		if was != nil && len(b.text[was.entry.Path]) > 0 {
			before := b.text[was.entry.Path]
			text, err = patch(before, in.Article)
			lost = comments(text) < comments(before)
		} else {
			text, err = knowledge.Encode(in.Article)
		}
		if err != nil {
			return ArticleView{}, invalid([]string{err.Error()})
		}
	}
	a, problems := knowledge.Parse("", text)
	if len(problems) > 0 {
		return ArticleView{}, invalid(places(problems))
	}
	path := a.Path()
	if _, problems := knowledge.Parse(path, text); len(problems) > 0 {
		return ArticleView{}, invalid(places(problems))
	}
	if !slug(a.ID) || !slug(a.Group) {
		return ArticleView{}, bad("编号和分组只用小写字母、数字和连字符 / use lower-case letters, digits and dashes")
	}
	old := b.articles[a.ID]
	switch {
	case id == "" && old != nil && old.entry.Hash != "":
		return ArticleView{}, httpapi.Refuse(http.StatusConflict, "exists", "编号 "+a.ID+" 已经有了，换一个编号或去编辑那一条 / the id is taken")
	case id != "" && a.ID != id:
		return ArticleView{}, bad("编号不能改；请新建一条，再删除旧的 / an id can't be changed: make a new article")
	case id != "" && old == nil:
		return ArticleView{}, absent("这条知识")
	case id != "" && old.entry.Path != path:
		return ArticleView{}, bad("分组不能改；请新建一条，再删除旧的 / a group can't be changed: make a new article")
	}
	if t := a.Table; t != nil && b.text["tables/"+t.Name+".csv"] == nil {
		return ArticleView{}, invalid([]string{path + ": 没有表 " + t.Name + "（先新建这张表，或核对名称）/ no such table"})
	}
	if lost && !in.DropComments {
		return ArticleView{}, httpapi.Refuse(http.StatusConflict, "comments", "这次修改会删掉带注释的几行，注释也会丢失；请改用 YAML 编辑，或确认丢弃注释（drop_comments）/ some of the file's comments would be lost with the lines they stand on")
	}
	if _, err := s.Releases.Save(ctx, who(ctx), path, in.Base, text); err != nil {
		return ArticleView{}, err
	}
	if b, err = s.work.now(ctx); err != nil {
		return ArticleView{}, err
	}
	return s.view(ctx, b, a.ID)
}

func places(problems []knowledge.Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Error())
	}
	return all
}

func (s *Console) deleteArticle(ctx context.Context, in *baseOnly) (*body[Done], error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return nil, refused(err)
	}
	it := b.articles[in.ID]
	if it == nil {
		return nil, absent("这条知识")
	}
	_, err = s.Releases.Save(ctx, who(ctx), it.entry.Path, in.Base, nil)
	return done(err)
}

func (s *Console) previewArticle(ctx context.Context, in *byID) (*body[Preview], error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return nil, refused(err)
	}
	it := b.articles[in.ID]
	if it == nil {
		return nil, absent("这条知识")
	}
	p, err := s.Releases.Current(ctx)
	if err != nil {
		return nil, refused(err)
	}
	view := Preview{Release: p.Current, Threshold: knowledge.Threshold, Lines: []PreviewLine{}}
	try := func(kind, locale, text string) error {
		if text == "" || len(view.Lines) >= 40 {
			return nil
		}
		hits, err := s.Knowledge.Search(ctx, p.Current, knowledge.Query{Text: text, Locale: locale, Audience: it.article.Audience, At: s.Clock()})
		if err != nil {
			return err
		}
		line := PreviewLine{Question: text, Kind: kind}
		for i, h := range hits {
			if i == 0 {
				line.Article, line.Title, line.Score = h.Article, h.Title, h.Score
			}
			if h.Article == in.ID {
				line.Place = i + 1
			}
		}
		line.Answers = line.Place == 1 && line.Score >= knowledge.Threshold
		view.Lines = append(view.Lines, line)
		return nil
	}
	for _, locale := range []string{"zh", "en"} {
		if err := try("question", locale, it.article.Question[locale]); err != nil {
			return nil, refused(err)
		}
		for _, q := range it.article.Similar[locale] {
			if err := try("similar", locale, q); err != nil {
				return nil, refused(err)
			}
		}
	}
	return out(view, nil)
}
