package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/release"
)

// FlowVersion is a release that changed a flow.
type FlowVersion struct {
	Release     string     `json:"release"`
	Status      string     `json:"status" enum:"draft,review,approved,published"`
	Title       string     `json:"title"`
	Author      string     `json:"author"`
	Approver    string     `json:"approver,omitempty"`
	At          time.Time  `json:"at" doc:"when it was proposed"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	Live        bool       `json:"live" doc:"customers have the flow as it is in this one"`
}

// FlowVersions is the releases in which a flow changed, newest first.
type FlowVersions struct {
	Draft    *DraftState   `json:"draft,omitempty" doc:"a draft stands over the published flow"`
	Versions []FlowVersion `json:"versions" nullable:"false"`
}

// FlowComparison is what lies between two versions of a flow.
type FlowComparison struct {
	From string `json:"from"`
	To   string `json:"to"`
	Diff string `json:"diff" doc:"lines with -, + or a space in front"`
	// Graph is missing where one of the texts can't be read as a flow.
	Graph *flow.Comparison `json:"graph,omitempty"`
}

// maxVersions bounds the list.
const maxVersions = 200

func (s *Console) versionRoutes(a *httpapi.API) {
	httpapi.Route(a, staff(), op(http.MethodGet, "/flows/{id}/versions", "flow-versions", "The releases in which a flow changed"), func(ctx context.Context, in *byID) (*body[FlowVersions], error) {
		return out(s.flowVersions(ctx, in.ID))
	})
	httpapi.Route(a, staff(), op(http.MethodGet, "/flows/{id}/compare", "flow-compare", "Two versions of a flow, as text and as one graph"), func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"80"`
		From string `query:"from" required:"true" doc:"a release, or draft"`
		To   string `query:"to" required:"true" doc:"a release, or draft"`
	},
	) (*body[FlowComparison], error) {
		return out(s.compareFlow(ctx, in.ID, in.From, in.To))
	})
}

func (s *Console) flowVersions(ctx context.Context, id string) (FlowVersions, error) {
	v := FlowVersions{Versions: []FlowVersion{}}
	p, b, err := s.flowFile(ctx, id)
	if err != nil {
		return v, err
	}
	entry := b.entries[p]
	if entry.Draft != nil {
		state := stateOf(entry)
		v.Draft = &state
	}
	list, err := s.Releases.Versions(ctx, p, maxVersions)
	if err != nil {
		return v, err
	}
	live := slices.IndexFunc(list, func(o release.Version) bool { return o.Status == release.Published && o.Hash == entry.Published })
	for i, o := range list {
		v.Versions = append(v.Versions, FlowVersion{
			Release: o.ID, Status: string(o.Status), Title: o.Title, Author: o.Author, Approver: o.Approver, At: o.CreatedAt, PublishedAt: o.PublishedAt, Live: i == live,
		})
	}
	return v, nil
}

func (s *Console) compareFlow(ctx context.Context, id, from, to string) (FlowComparison, error) {
	v := FlowComparison{From: from, To: to}
	p, b, err := s.flowFile(ctx, id)
	if err != nil {
		return v, err
	}
	text := func(version string) ([]byte, error) {
		if version == "draft" {
			return b.text[p], nil
		}
		files, err := s.Releases.Files(ctx, version)
		if err != nil {
			return nil, err
		}
		return fileIn(files, p), nil
	}
	before, err := text(from)
	if err != nil {
		return v, err
	}
	after, err := text(to)
	if err != nil {
		return v, err
	}
	v.Diff, v.Graph = release.Lines(before, after), flow.Compare(before, after)
	return v, nil
}
