package console

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/pingdui/pingdui/internal/audit"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/release"
)

// Todo is what waits for the caller.
type Todo struct {
	Name     string       `json:"name"`
	Roles    []string     `json:"roles" nullable:"false"`
	Drafts   []DraftState `json:"drafts" nullable:"false" doc:"drafts I have worked on"`
	Approve  []ReleaseRow `json:"approve" nullable:"false" doc:"candidates that wait for my word"`
	Publish  []ReleaseRow `json:"publish" nullable:"false" doc:"approved, not yet published"`
	Mine     []ReleaseRow `json:"mine" nullable:"false" doc:"my open candidates"`
	Expiring []ArticleRow `json:"expiring" nullable:"false" doc:"articles that expire within 30 days"`
	Expired  int          `json:"expired"`
	Thin     int          `json:"thin" doc:"intents with too few examples"`
	Misses   *int         `json:"misses,omitempty" doc:"questions nothing answered in seven days"`
	Problems []string     `json:"problems" nullable:"false" doc:"what is wrong with the drafts as they stand"`
}

// DutyChange sends somebody off duty or back.
type DutyChange struct {
	OnLeave bool   `json:"on_leave"`
	Reason  string `json:"reason,omitempty" maxLength:"500" doc:"needed for 停岗"`
}

// AuditRow is one line of the audit log.
type AuditRow struct {
	ID     int64          `json:"id"`
	At     time.Time      `json:"at"`
	Actor  string         `json:"actor"`
	Action string         `json:"action"`
	Object string         `json:"object"`
	Detail map[string]any `json:"detail"`
}

// AuditList is lines of the log, newest first.
type AuditList struct {
	Entries []AuditRow `json:"entries" nullable:"false"`
	Next    int64      `json:"next,omitempty" doc:"give this back as before for older ones"`
}

func (s *Console) operationRoutes(a *httpapi.API) {
	httpapi.Route(a, staff(), op(http.MethodGet, "/me/todo", "todo", "What waits for me"), func(ctx context.Context, _ *struct{}) (*body[Todo], error) {
		return out(s.todo(ctx))
	})
	httpapi.Route(a, staff(), op(http.MethodPost, "/try", "try", "Every step of one message, as any customer, edition and day"), func(ctx context.Context, in *struct{ Body TryRequest }) (*body[TryResult], error) {
		return out(s.try(ctx, in.Body))
	})
	httpapi.Route(a, staff(), op(http.MethodGet, "/employees", "employees", "List digital employees"), func(ctx context.Context, _ *struct{}) (*body[EmployeeList], error) {
		return out(s.employees(ctx))
	})
	httpapi.Route(a, editors(), op(http.MethodPut, "/employees/{id}", "employee-save", "Save the draft of an employee's hours and colour"), s.saveEmployee)
	httpapi.Route(a, approvers(), op(http.MethodPut, "/employees/{id}/duty", "employee-duty", "停岗 or 上岗, on every node within ten seconds"), s.setDuty)
	httpapi.Route(a, approvers(), op(http.MethodGet, "/audit", "audit", "The audit log"), func(ctx context.Context, in *struct {
		Actor  string `query:"actor"`
		Action string `query:"action" doc:"a prefix, such as release."`
		Object string `query:"object"`
		Before int64  `query:"before"`
		Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"500"`
	},
	) (*body[AuditList], error) {
		list, err := s.Audit.List(ctx, audit.Filter{Actor: in.Actor, Action: in.Action, Object: in.Object, Before: in.Before, Limit: in.Limit})
		if err != nil {
			return nil, refused(err)
		}
		v := AuditList{Entries: []AuditRow{}}
		for _, e := range list {
			r := AuditRow{ID: e.ID, At: e.At, Actor: e.Actor, Action: e.Action, Object: e.Object, Detail: map[string]any{}}
			_ = json.Unmarshal(e.Detail, &r.Detail) // our own JSON
			v.Entries = append(v.Entries, r)
		}
		if len(list) == in.Limit {
			v.Next = list[len(list)-1].ID
		}
		return out(v, nil)
	})
}

func (s *Console) todo(ctx context.Context) (Todo, error) {
	me := auth.From(ctx)
	b, err := s.work.now(ctx)
	if err != nil {
		return Todo{}, err
	}
	t := Todo{Name: cmp.Or(me.Name, me.Subject), Roles: []string{}, Drafts: b.drafts(me.Subject), Approve: []ReleaseRow{}, Publish: []ReleaseRow{}, Mine: []ReleaseRow{}, Expiring: []ArticleRow{}, Problems: []string{}}
	for _, r := range me.Roles {
		t.Roles = append(t.Roles, string(r))
	}
	t.Problems = append(t.Problems, b.problems[:min(20, len(b.problems))]...)
	p, err := s.Releases.Current(ctx)
	if err != nil {
		return t, err
	}
	recent, err := s.Releases.History(ctx, 0, 100)
	if err != nil {
		return t, err
	}
	for _, r := range recent {
		row := s.releaseRow(ctx, r, p)
		row.Gate = nil
		if slices.Contains(row.May, "approve") {
			t.Approve = append(t.Approve, row)
		}
		if slices.Contains(row.May, "publish") {
			t.Publish = append(t.Publish, row)
		}
		if r.Author == me.Subject && r.Status != release.Published && r.Status != release.Refused {
			t.Mine = append(t.Mine, row)
		}
	}
	for _, it := range b.articles {
		switch r := s.row(it); {
		case r.Expiring:
			t.Expiring = append(t.Expiring, r)
		case r.Expired:
			t.Expired++
		}
	}
	slices.SortFunc(t.Expiring, func(x, y ArticleRow) int { return cmp.Or(cmp.Compare(x.Until, y.Until), cmp.Compare(x.ID, y.ID)) })
	for _, in := range b.set.Intents {
		if len(in.Examples["zh"]) < thin {
			t.Thin++
		}
	}
	if s.Misses != nil {
		list, err := s.misses(ctx)
		if err != nil {
			return t, err
		}
		t.Misses = &list.Open
	}
	return t, nil
}

func (s *Console) setDuty(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"80"`
	Body DutyChange
},
) (*body[EmployeeList], error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return nil, refused(err)
	}
	if b.set.Employees[in.ID] == nil {
		return nil, absent("这位数字员工")
	}
	if in.Body.OnLeave && in.Body.Reason == "" {
		return nil, bad("停岗要写明原因 / say why")
	}
	if err := s.Releases.SetDuty(ctx, who(ctx), in.ID, in.Body.OnLeave, in.Body.Reason); err != nil {
		return nil, refused(err)
	}
	return out(s.employees(ctx))
}
