package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/release"
)

// FlowVersionRow is one version of a flow.
type FlowVersionRow struct {
	Path      string     `json:"path"`
	Hash      string     `json:"hash" doc:"SHA-256 of the file; running conversations keep to it"`
	Release   string     `json:"release" doc:"the release it first stood in"`
	Current   bool       `json:"current" doc:"what new conversations begin with"`
	Recalled  bool       `json:"recalled"`
	Reason    string     `json:"reason,omitempty"`
	ChangedBy string     `json:"changed_by,omitempty"`
	ChangedAt *time.Time `json:"changed_at,omitempty"`
}

// FlowVersionList is every version of every flow.
type FlowVersionList struct {
	Versions []FlowVersionRow `json:"versions" nullable:"false"`
}

// FlowRecall takes a version back or lets it run again.
type FlowRecall struct {
	Recalled bool   `json:"recalled"`
	Reason   string `json:"reason,omitempty" maxLength:"500" doc:"needed to recall"`
}

func (s *Console) recallRoutes(a *httpapi.API) {
	httpapi.Route(a, staff(), op(http.MethodGet, "/flow-versions", "all-flow-versions", "List the versions of every flow"), func(ctx context.Context, _ *struct{}) (*body[FlowVersionList], error) {
		return out(s.recalls(ctx))
	})
	httpapi.Route(a, approvers(), op(http.MethodPut, "/flow-versions/{hash}/recall", "flow-recall", "Recall a version of a flow: who is in it goes to a person, on every node within ten seconds"), s.recallFlow)
}

func (s *Console) recalls(ctx context.Context) (FlowVersionList, error) {
	list, err := s.Releases.FlowVersions(ctx)
	if err != nil {
		return FlowVersionList{}, err
	}
	v := FlowVersionList{Versions: []FlowVersionRow{}}
	for _, f := range list {
		v.Versions = append(v.Versions, FlowVersionRow{
			Path: f.Path, Hash: f.Hash, Release: f.First, Current: f.Current, Recalled: f.Recalled, Reason: f.Reason, ChangedBy: f.ChangedBy, ChangedAt: f.ChangedAt,
		})
	}
	return v, nil
}

func (s *Console) recallFlow(ctx context.Context, in *struct {
	Hash string `path:"hash" pattern:"^[0-9a-f]{64}$"`
	Body FlowRecall
},
) (*body[FlowVersionList], error) {
	if in.Body.Recalled && in.Body.Reason == "" {
		return nil, bad("收回要写明原因 / say why it is recalled")
	}
	err := s.Releases.Recall(ctx, who(ctx), in.Hash, in.Body.Recalled, in.Body.Reason)
	if errors.Is(err, release.ErrUnknownFlow) {
		return nil, absent("这个流程版本")
	}
	if err != nil {
		return nil, refused(err)
	}
	return out(s.recalls(ctx))
}
