package console

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/release"
)

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// ReleaseRow is one line of the history.
type ReleaseRow struct {
	ID          string          `json:"id"`
	Parent      string          `json:"parent,omitempty"`
	Status      string          `json:"status" enum:"draft,review,approved,published,refused"`
	Title       string          `json:"title"`
	Author      string          `json:"author"`
	Authors     []string        `json:"authors" nullable:"false" doc:"everyone whose edits are in it; none of them may approve it"`
	Approver    string          `json:"approver,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	Current     bool            `json:"current"`
	Working     bool            `json:"working" doc:"the gate is running or waits to run"`
	Step        string          `json:"step,omitempty"`
	Done        int             `json:"done"`
	Total       int             `json:"total"`
	Gate        *release.Report `json:"gate,omitempty"`
	CreatedAt   time.Time       `json:"created_at"`
	ApprovedAt  *time.Time      `json:"approved_at,omitempty"`
	PublishedAt *time.Time      `json:"published_at,omitempty"`
	// May says what the caller may do with it now.
	May []string `json:"may" nullable:"false" enum:"approve,refuse,publish,rollback,recheck"`
}

// ReleaseList is the history, newest first.
type ReleaseList struct {
	Current  string       `json:"current"`
	Previous string       `json:"previous,omitempty"`
	Releases []ReleaseRow `json:"releases" nullable:"false"`
	Next     int64        `json:"next,omitempty" doc:"give this back as before for older ones"`
}

// ReleaseView is one release with what it changes.
type ReleaseView struct {
	ReleaseRow
	Against string      `json:"against" doc:"the release it is compared with"`
	Changes []ChangeRow `json:"changes" nullable:"false"`
}

// ChangeRow is one changed file.
type ChangeRow struct {
	Path string `json:"path"`
	Kind string `json:"kind" enum:"added,changed,deleted"`
	Diff string `json:"diff" doc:"lines with -, + or a space in front"`
	// Fields are the same by field; missing for tables and other files without any.
	Fields []FieldChange `json:"fields,omitempty"`
}

// NodeRow is one node and the release it answers from.
type NodeRow struct {
	ID        string    `json:"id"`
	Addr      string    `json:"addr"`
	Release   string    `json:"release"`
	Current   bool      `json:"current" doc:"it answers from the current release"`
	Alive     bool      `json:"alive"`
	Draining  bool      `json:"draining"`
	StartedAt time.Time `json:"started_at"`
	BeatAt    time.Time `json:"beat_at"`
}

// NodeList is all nodes seen within a day.
type NodeList struct {
	Current string    `json:"current"`
	Nodes   []NodeRow `json:"nodes" nullable:"false"`
}

// DraftList is all drafts.
type DraftList struct {
	Drafts []DraftState `json:"drafts" nullable:"false"`
}

// Propose asks for a candidate of drafts.
type Propose struct {
	Title string   `json:"title" minLength:"1" maxLength:"200"`
	Paths []string `json:"paths,omitempty" doc:"which drafts; all when empty"`
}

// Reason says why.
type Reason struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000"`
}

func (s *Console) releaseRoutes(a *httpapi.API) {
	httpapi.Route(a, staff(), op(http.MethodGet, "/drafts", "drafts", "List drafts"), s.listDrafts)
	httpapi.Route(a, editors(), op(http.MethodPost, "/drafts/discard", "draft-discard", "Throw a draft away"), func(ctx context.Context, in *struct {
		Body struct {
			Path string `json:"path"`
			Base string `json:"base"`
		}
	},
	) (*body[Done], error) {
		return done(s.Releases.Discard(ctx, who(ctx), in.Body.Path, in.Body.Base))
	})
	httpapi.Route(a, staff(), op(http.MethodGet, "/releases", "releases", "The history of releases"), func(ctx context.Context, in *struct {
		Before int64 `query:"before"`
		Limit  int   `query:"limit" default:"30" minimum:"1" maximum:"200"`
	},
	) (*body[ReleaseList], error) {
		return out(s.history(ctx, in.Before, in.Limit))
	})
	httpapi.Route(a, editors(), op(http.MethodPost, "/releases", "propose", "Propose drafts as a release; its gate starts"), func(ctx context.Context, in *struct{ Body Propose }) (*body[ReleaseView], error) {
		r, err := s.Releases.Propose(ctx, who(ctx), in.Body.Title, in.Body.Paths...)
		if err != nil {
			return nil, refused(err)
		}
		return out(s.release(ctx, r.ID))
	})
	httpapi.Route(a, staff(), op(http.MethodGet, "/releases/{id}", "release", "One release with its difference, gate report and progress"), func(ctx context.Context, in *byID) (*body[ReleaseView], error) {
		return out(s.release(ctx, in.ID))
	})
	act := func(name, summary string, roles []auth.Role, do func(context.Context, string, string) error) {
		httpapi.Route(a, roles, op(http.MethodPost, "/releases/{id}/"+name, "release-"+name, summary), func(ctx context.Context, in *byID) (*body[ReleaseView], error) {
			if err := do(ctx, who(ctx), in.ID); err != nil {
				return nil, refused(err)
			}
			return out(s.release(ctx, in.ID))
		})
	}
	act("approve", "Approve as the second person", approvers(), s.Releases.Approve)
	act("publish", "Publish an approved release on every node", approvers(), s.Releases.Publish)
	act("rollback", "Make an earlier release current again", approvers(), s.Releases.Rollback)
	act("recheck", "Run the gate again", editors(), s.Releases.Recheck)
	httpapi.Route(a, staff(), op(http.MethodPost, "/releases/{id}/refuse", "release-refuse", "Send a candidate back; an editor may take back their own"), s.refuseRelease)
	httpapi.Route(a, staff(), op(http.MethodGet, "/nodes", "nodes", "Which release every node answers from"), s.listNodes)
}

func (s *Console) refuseRelease(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"80"`
	Body Reason
},
) (*body[ReleaseView], error) {
	r, err := s.Releases.Get(ctx, in.ID)
	if err != nil {
		return nil, refused(err)
	}
	if me := auth.From(ctx); !me.Has(approvers()...) && r.Author != me.Subject {
		return nil, httpapi.Refuse(http.StatusForbidden, "forbidden", "只有审批人或提交人能退回 / only an approver or who proposed it")
	}
	if err := s.Releases.Refuse(ctx, who(ctx), in.ID, in.Body.Reason); err != nil {
		return nil, refused(err)
	}
	return out(s.release(ctx, in.ID))
}

func (s *Console) listDrafts(ctx context.Context, _ *struct{}) (*body[DraftList], error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return nil, refused(err)
	}
	return out(DraftList{Drafts: b.drafts("")}, nil)
}

// drafts are all drafts, or those one person has worked on, by path.
func (b *bench) drafts(author string) []DraftState {
	list := []DraftState{}
	for _, e := range b.entries {
		if e.Draft != nil && (author == "" || slices.Contains(e.Draft.Authors, author)) {
			list = append(list, stateOf(e))
		}
	}
	slices.SortFunc(list, func(x, y DraftState) int { return y.UpdatedAt.Compare(x.UpdatedAt) })
	return list
}

func (s *Console) releaseRow(ctx context.Context, r release.Release, p release.Pointer) ReleaseRow {
	v := ReleaseRow{
		ID: r.ID, Parent: r.Parent, Status: string(r.Status), Title: r.Title, Author: r.Author, Authors: r.Authors, Approver: r.Approver, Reason: r.Reason,
		Current: r.ID == p.Current, Working: r.Working, Step: r.Step, Done: r.Done, Total: r.Total, Gate: r.Gate,
		CreatedAt: r.CreatedAt, ApprovedAt: r.ApprovedAt, PublishedAt: r.PublishedAt, May: []string{},
	}
	me := auth.From(ctx)
	may := func(what string, ok bool) {
		if ok {
			v.May = append(v.May, what)
		}
	}
	approver := me.Has(approvers()...)
	own := r.Author == me.Subject || slices.Contains(r.Authors, me.Subject)
	open := r.Status == release.Draft || r.Status == release.Review || r.Status == release.Approved
	may("approve", approver && !own && r.Status == release.Review)
	may("refuse", open && (approver || r.Author == me.Subject))
	may("publish", approver && r.Status == release.Approved && r.Parent == p.Current)
	may("rollback", approver && r.Status == release.Published && !v.Current)
	may("recheck", me.Has(editors()...) && r.Status == release.Draft && !r.Working)
	return v
}

func (s *Console) history(ctx context.Context, before int64, limit int) (ReleaseList, error) {
	p, err := s.Releases.Current(ctx)
	if err != nil {
		return ReleaseList{}, err
	}
	list, err := s.Releases.History(ctx, before, limit)
	if err != nil {
		return ReleaseList{}, err
	}
	v := ReleaseList{Current: p.Current, Previous: p.Previous, Releases: []ReleaseRow{}}
	for _, r := range list {
		v.Releases = append(v.Releases, s.releaseRow(ctx, r, p))
	}
	if len(list) == limit {
		v.Next = list[len(list)-1].Number
	}
	return v, nil
}

func (s *Console) release(ctx context.Context, id string) (ReleaseView, error) {
	r, err := s.Releases.Get(ctx, id)
	if err != nil {
		return ReleaseView{}, err
	}
	p, err := s.Releases.Current(ctx)
	if err != nil && !errors.Is(err, release.ErrNotFound) {
		return ReleaseView{}, err
	}
	v := ReleaseView{ReleaseRow: s.releaseRow(ctx, r, p), Against: r.Parent, Changes: []ChangeRow{}}
	if r.Parent == "" {
		return v, nil // the first: all of it is new
	}
	changes, err := s.Releases.Diff(ctx, r.Parent, id)
	if err != nil {
		return ReleaseView{}, err
	}
	before, err := s.Releases.Files(ctx, r.Parent)
	if err != nil {
		return ReleaseView{}, err
	}
	after, err := s.Releases.Files(ctx, id)
	if err != nil {
		return ReleaseView{}, err
	}
	for _, c := range changes {
		row := ChangeRow{Path: c.Path, Kind: c.Kind, Diff: c.Diff}
		if strings.HasSuffix(c.Path, ".yaml") && c.Kind == "changed" {
			row.Fields = fieldChanges(fileIn(before, c.Path), fileIn(after, c.Path))
		}
		v.Changes = append(v.Changes, row)
	}
	return v, nil
}

// fileIn is a file's text; nil where it is missing.
func fileIn(files fs.FS, path string) []byte {
	raw, err := fs.ReadFile(files, path)
	if err != nil {
		return nil
	}
	return raw
}

func (s *Console) listNodes(ctx context.Context, _ *struct{}) (*body[NodeList], error) {
	p, err := s.Releases.Current(ctx)
	if err != nil {
		return nil, refused(err)
	}
	list, err := s.Releases.Nodes(ctx)
	if err != nil {
		return nil, refused(err)
	}
	v := NodeList{Current: p.Current, Nodes: []NodeRow{}}
	for _, n := range list {
		v.Nodes = append(v.Nodes, NodeRow{ID: n.ID, Addr: n.HTTPAddr, Release: n.Release, Current: n.Release == p.Current, Alive: n.Alive, Draining: n.Draining, StartedAt: n.StartedAt, BeatAt: n.BeatAt})
	}
	return out(v, nil)
}
