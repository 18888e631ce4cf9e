package console

import (
	"cmp"
	"context"
	"io/fs"
	"net/http"
	"time"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/httpapi"
)

// Runs counts what customers did in flows.
type Runs interface {
	Reach(ctx context.Context, flow string, since time.Time) ([]assistant.StepReach, []assistant.Way, error)
	Volumes(ctx context.Context, since time.Time) ([]assistant.Volume, error)
}

// FlowReach is how far the customers who began a flow got.
type FlowReach struct {
	Days  int         `json:"days"`
	Steps []StepReach `json:"steps" nullable:"false"`
	Ways  []WayReach  `json:"ways" nullable:"false"`
}

// StepReach is one step: of those who reached it, how many it was the last for.
type StepReach struct {
	Step      string `json:"step"`
	Reached   int    `json:"reached"`
	WentOn    int    `json:"went_on"`
	Cancelled int    `json:"cancelled" doc:"called it off there"`
	Abandoned int    `json:"abandoned" doc:"no word for half an hour"`
	Waiting   int    `json:"waiting" doc:"still there"`
	Ended     int    `json:"ended" doc:"the flow ended there"`
}

// WayReach is how many went from one step to another, forth or back.
type WayReach struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int    `json:"count"`
}

// FlowRun asks for a run-through: lines from the start, played against a text
// or the published flow with a bank that only pretends.
type FlowRun struct {
	YAML    string    `json:"yaml,omitempty" maxLength:"262144" doc:"the flow as it stands in the editor; empty: as customers have it"`
	As      string    `json:"as,omitempty" maxLength:"20" doc:"a customer of the tests' cast, C001 to C012; anonymous for a visitor"`
	Edition string    `json:"edition,omitempty" enum:"standard,elder,"`
	Locale  string    `json:"locale,omitempty" enum:"zh,en,"`
	Lines   []RunLine `json:"lines" nullable:"false" maxItems:"60"`
}

// RunLine is one thing the customer does; exactly one field is set.
type RunLine struct {
	Begin  bool              `json:"begin,omitempty" doc:"begin the flow itself; only as the first line"`
	Say    string            `json:"say,omitempty" maxLength:"1000"`
	Tap    string            `json:"tap,omitempty" maxLength:"200" doc:"a label on offer"`
	Secure map[string]string `json:"secure,omitempty" doc:"fills the secure box; the tests' code is 246810"`
}

// FlowRan is a run-through.
type FlowRan struct {
	Turns []RunTurn `json:"turns" nullable:"false"`
}

// RunTurn is one line and what followed from it.
type RunTurn struct {
	Said  []RunSaid  `json:"said" nullable:"false"`
	Path  []RunVisit `json:"path" nullable:"false"`
	Calls []RunCall  `json:"calls" nullable:"false"`
	Slots []RunSlot  `json:"slots" nullable:"false" doc:"what is filled in so far"`
	Flow  string     `json:"flow" doc:"where the conversation stands afterwards; empty when no flow runs"`
	Step  string     `json:"step"`
	Ended string     `json:"ended,omitempty" enum:"finished,cancelled"`
	Why   string     `json:"why,omitempty" doc:"the result, or why it was cancelled"`
	// Problem is why the line could not be played.
	Problem string `json:"problem,omitempty"`
}

// RunSaid is one message that the customer reads.
type RunSaid struct {
	Text    string     `json:"text"`
	Title   string     `json:"title,omitempty" doc:"of its card"`
	Amount  string     `json:"amount,omitempty" doc:"of its card"`
	Rows    []RunSlot  `json:"rows" nullable:"false" doc:"of its card"`
	Taps    []string   `json:"taps" nullable:"false" doc:"labels on offer"`
	Secrets []RunField `json:"secrets" nullable:"false" doc:"boxes of a secure box"`
}

// RunField is one box of a secure box.
type RunField struct {
	Name  string `json:"name"`
	Label string `json:"label"`
}

// RunSlot is one labelled value.
type RunSlot struct {
	Name  string `json:"name,omitempty"`
	Label string `json:"label"`
	Value string `json:"value"`
	By    string `json:"by,omitempty" doc:"customer, agent or system"`
}

// RunVisit is one step come to.
type RunVisit struct {
	Flow    string `json:"flow"`
	Step    string `json:"step"`
	Skipped bool   `json:"skipped,omitempty"`
}

// RunCall is one call that the bank would have got.
type RunCall struct {
	Operation string         `json:"operation"`
	Args      map[string]any `json:"args"`
}

func (s *Console) runRoutes(a *httpapi.API) {
	httpapi.Route(a, staff(), op(http.MethodGet, "/flows/{id}/reach", "flow-reach", "How many reached each step, went on, or left there"), func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"80"`
		Days int    `query:"days" default:"30" minimum:"1" maximum:"366"`
	},
	) (*body[FlowReach], error) {
		return out(s.reach(ctx, in.ID, in.Days))
	})
	httpapi.Route(a, staff(), op(http.MethodPost, "/flows/{id}/run", "flow-run", "Play lines against a text or the published flow; no bank is asked and nothing is kept"), func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"80"`
		Body FlowRun
	},
	) (*body[FlowRan], error) {
		return out(s.run(ctx, in.ID, in.Body))
	})
}

func (s *Console) reach(ctx context.Context, id string, days int) (FlowReach, error) {
	v := FlowReach{Days: days, Steps: []StepReach{}, Ways: []WayReach{}}
	_, b, err := s.flowFile(ctx, id)
	if err != nil || s.Runs == nil {
		return v, err
	}
	steps, ways, err := s.Runs.Reach(ctx, id, s.Clock().AddDate(0, 0, -days))
	if err != nil {
		return v, err
	}
	compiled := b.set.Flow(id)
	for _, r := range steps {
		// A sub-flow says nothing when it ends; its end steps do.
		if compiled != nil && compiled.Step(r.Step) != nil && compiled.Step(r.Step).Kind == "end" {
			r.Ended, r.Abandoned, r.Waiting = r.Ended+r.Abandoned+r.Waiting, 0, 0
		}
		v.Steps = append(v.Steps, StepReach{
			Step: r.Step, Reached: r.Reached, Cancelled: r.Cancelled, Abandoned: r.Abandoned, Waiting: r.Waiting, Ended: r.Ended,
			WentOn: r.Reached - r.Cancelled - r.Abandoned - r.Waiting - r.Ended,
		})
	}
	for _, w := range ways {
		v.Ways = append(v.Ways, WayReach{From: w.Came, To: w.Went, Count: w.Instances})
	}
	return v, nil
}

func (s *Console) run(ctx context.Context, id string, in FlowRun) (FlowRan, error) {
	v := FlowRan{Turns: []RunTurn{}}
	p, b, err := s.flowFile(ctx, id)
	if err != nil {
		return v, err
	}
	if s.Understand == nil {
		return v, httpapi.Refuse(http.StatusServiceUnavailable, "unavailable", "还没有装好任何发布，暂时不能试跑 / no release is loaded yet: try again later")
	}
	var files fs.FS
	if in.YAML == "" {
		current, err := s.Releases.Current(ctx)
		if err != nil {
			return v, err
		}
		files, err = s.Releases.Files(ctx, current.Current)
		if err != nil {
			return v, err
		}
	} else {
		if err := b.checkFlow(p, []byte(in.YAML)); err != nil {
			return v, err
		}
		if files, err = b.with(p, []byte(in.YAML)); err != nil {
			return v, err
		}
	}
	set, _ := content.Compile(files)
	if set.Flow(id) == nil {
		return v, absent("这个流程")
	}
	lines := make([]convtest.Line, 0, len(in.Lines))
	for _, l := range in.Lines {
		line := convtest.Line{Say: l.Say, Tap: l.Tap, Secure: l.Secure}
		if l.Begin {
			line = convtest.Line{Begin: id}
		}
		lines = append(lines, line)
	}
	understand := func(text, locale string, at time.Time) dialogue.Understanding { return s.Understand(text, at) }
	who := convtest.Case{As: in.As, Edition: cmp.Or(in.Edition, "standard"), Locale: cmp.Or(in.Locale, "zh")}
	for _, t := range convtest.Play(ctx, set, files, who, lines, understand) {
		v.Turns = append(v.Turns, runTurn(t))
	}
	return v, nil
}

func runTurn(t convtest.Played) RunTurn {
	r := RunTurn{Said: []RunSaid{}, Path: []RunVisit{}, Calls: []RunCall{}, Slots: runSlots(t.Slots), Flow: t.Flow, Step: t.Step, Ended: t.Ended, Why: t.Why, Problem: t.Problem}
	for _, m := range t.Said {
		r.Said = append(r.Said, runSaid(m))
	}
	for _, visit := range t.Path {
		r.Path = append(r.Path, RunVisit{Flow: visit.Flow, Step: visit.Step, Skipped: visit.Skipped})
	}
	for _, c := range t.Calls {
		r.Calls = append(r.Calls, RunCall{Operation: c.Operation, Args: c.Args})
	}
	return r
}

func runSaid(m flow.Message) RunSaid {
	s := RunSaid{Text: m.Text, Rows: []RunSlot{}, Taps: []string{}, Secrets: []RunField{}}
	if c := m.Card; c != nil {
		s.Title, s.Rows = c.Title, runSlots(c.Rows)
		if c.Amount != nil {
			s.Amount = c.Amount.Figures
		}
		for _, o := range c.Options {
			s.Taps = append(s.Taps, o.Label)
		}
		if c.Secure != nil {
			for _, f := range c.Secure.Fields {
				s.Secrets = append(s.Secrets, RunField{Name: f.Name, Label: f.Label})
			}
		}
	}
	for _, a := range m.Actions {
		s.Taps = append(s.Taps, a.Label)
	}
	return s
}

func runSlots(rows []flow.Row) []RunSlot {
	out := []RunSlot{}
	for _, r := range rows {
		out = append(out, RunSlot{Name: r.Name, Label: r.Label, Value: r.Value, By: r.By})
	}
	return out
}
