package console

import (
	"cmp"
	"context"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/httpapi"
)

// FlowRow is one flow with its scene.
type FlowRow struct {
	ID        string      `json:"id"`
	Number    string      `json:"number"`
	Name      string      `json:"name"`
	NameEn    string      `json:"name_en"`
	Group     string      `json:"group"`
	GroupEn   string      `json:"group_en"`
	Risk      string      `json:"risk"`
	Identity  string      `json:"identity"`
	Owner     string      `json:"owner"`
	Employees []string    `json:"employees" nullable:"false"`
	Steps     int         `json:"steps"`
	Tests     int         `json:"tests" doc:"conversation tests of the scene"`
	Hash      string      `json:"hash"`
	File      DraftState  `json:"file"`
	Volume    *FlowVolume `json:"volume,omitempty" doc:"in the last 30 days; missing when it was never begun"`
}

// FlowVolume is how often a flow was begun and how that ended.
type FlowVolume struct {
	Started   int `json:"started"`
	Done      int `json:"done"`
	Otherwise int `json:"otherwise" doc:"refused by the bank, or an outcome that is not known yet"`
	Cancelled int `json:"cancelled" doc:"the customer called it off"`
	Abandoned int `json:"abandoned" doc:"no word for half an hour"`
	Waiting   int `json:"waiting" doc:"still busy with it"`
}

// FlowList is all flows.
type FlowList struct {
	Flows []FlowRow `json:"flows" nullable:"false"`
	Days  int       `json:"days" doc:"what the volumes count"`
}

// FlowView is a flow's files as they stand, and its graph.
type FlowView struct {
	FlowRow
	Purpose   string            `json:"purpose"`
	PurposeEn string            `json:"purpose_en"`
	YAML      string            `json:"yaml" doc:"the flow itself"`
	Drawing   FlowDrawing       `json:"drawing"`
	Published string            `json:"published,omitempty" doc:"the flow as customers have it, where the draft differs"`
	Files     map[string]string `json:"files" doc:"by path: flow.yaml, scene.yaml, intents.yaml and the tests"`
}

// volumeDays is how far back the list counts.
const volumeDays = 30

func (s *Console) flowRoutes(a *httpapi.API) {
	httpapi.Route(a, staff(), op(http.MethodGet, "/flows", "flows", "List flows with how often they were begun"), func(ctx context.Context, _ *struct{}) (*body[FlowList], error) {
		return out(s.listFlows(ctx))
	})
	httpapi.Route(a, staff(), op(http.MethodGet, "/flows/{id}", "flow", "One flow with its graph and its files"), func(ctx context.Context, in *byID) (*body[FlowView], error) {
		return out(s.flow(ctx, in.ID))
	})
	httpapi.Route(a, editors(), op(http.MethodPut, "/flows/{id}", "flow-save", "Save a flow as a draft"), func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"80"`
		Body FlowSave
	},
	) (*body[FlowView], error) {
		return out(s.saveFlow(ctx, in.ID, in.Body))
	})
	s.drawingRoutes(a)
	s.runRoutes(a)
	s.versionRoutes(a)
}

func (s *Console) listFlows(ctx context.Context) (FlowList, error) {
	list := FlowList{Flows: []FlowRow{}, Days: volumeDays}
	b, err := s.work.now(ctx)
	if err != nil {
		return list, err
	}
	volumes := map[string]assistant.Volume{}
	if s.Runs != nil {
		found, err := s.Runs.Volumes(ctx, s.Clock().AddDate(0, 0, -volumeDays))
		if err != nil {
			return list, err
		}
		for _, v := range found {
			volumes[v.Flow] = v
		}
	}
	for _, f := range b.flows() {
		if v, ok := volumes[f.ID]; ok {
			f.Volume = &FlowVolume{Started: v.Started, Done: v.Done, Otherwise: v.Otherwise, Cancelled: v.Cancelled, Abandoned: v.Abandoned, Waiting: v.Waiting}
		}
		list.Flows = append(list.Flows, f.FlowRow)
	}
	return list, nil
}

func (b *bench) flows() []FlowView {
	var list []FlowView
	for _, sc := range b.set.Scenes {
		f := FlowView{
			FlowRow: FlowRow{
				ID: sc.ID, Number: sc.Number, Name: sc.Name["zh"], NameEn: sc.Name["en"], Group: sc.Group["zh"], GroupEn: sc.Group["en"],
				Risk: sc.Risk, Identity: sc.Identity, Owner: sc.Owner, Employees: sc.Employees,
			},
			Purpose: sc.Purpose["zh"], PurposeEn: sc.Purpose["en"], Files: map[string]string{},
		}
		if f.Employees == nil {
			f.Employees = []string{}
		}
		f.File = stateOf(b.entries[path.Join(sc.Dir, "flow.yaml")])
		if compiled := b.set.Flow(sc.ID); compiled != nil {
			f.Steps, f.Hash = len(compiled.Steps), compiled.Hash
		}
		for p, text := range b.text {
			if strings.HasPrefix(p, sc.Dir+"/") {
				f.Files[p] = string(text)
				if strings.HasPrefix(p, sc.Dir+"/tests/") {
					f.Tests += strings.Count("\n"+string(text), "\n- ")
				}
			}
		}
		list = append(list, f)
	}
	slices.SortFunc(list, func(x, y FlowView) int {
		return cmp.Or(cmp.Compare(sceneOrder(x.Number), sceneOrder(y.Number)), cmp.Compare(x.ID, y.ID))
	})
	return list
}

// sceneOrder sorts 2 before 13, and R1 behind them all.
func sceneOrder(number string) int {
	digits := strings.TrimLeft(number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 1 << 20
	}
	if digits != number {
		n += 1 << 10
	}
	return n
}

// flowPath is the file of a flow; empty when there is no such scene.
func (b *bench) flowPath(id string) string {
	for _, sc := range b.set.Scenes {
		if sc.ID == id {
			return path.Join(sc.Dir, "flow.yaml")
		}
	}
	return ""
}

func (s *Console) flow(ctx context.Context, id string) (FlowView, error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return FlowView{}, err
	}
	list := b.flows()
	i := slices.IndexFunc(list, func(f FlowView) bool { return f.ID == id })
	if i < 0 {
		return FlowView{}, absent("这个流程")
	}
	f := list[i]
	f.YAML = string(b.text[f.File.Path])
	f.Drawing = draw(f.File.Path, []byte(f.YAML))
	if e := b.entries[f.File.Path]; e.Draft != nil && e.Published != "" {
		old, err := s.Releases.Blobs(ctx, e.Published)
		if err != nil {
			return f, err
		}
		f.Published = string(old[e.Published])
	}
	return f, nil
}
