package console

import (
	"context"
	"net/http"
	"slices"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/httpapi"
)

// FlowSave is a flow as it shall be.
type FlowSave struct {
	Base string `json:"base" doc:"as it was opened"`
	YAML string `json:"yaml" minLength:"1" maxLength:"262144"`
}

// FlowText is the text of a flow as it stands in an editor, saved or not.
type FlowText struct {
	YAML string `json:"yaml" maxLength:"262144"`
}

// FlowEdit is one change made on the graph of a text.
type FlowEdit struct {
	YAML   string      `json:"yaml" maxLength:"262144"`
	Change flow.Change `json:"change"`
}

// FlowDrawing is what the compiler makes of a text.
type FlowDrawing struct {
	// Graph is missing when the text can't be read at all.
	Graph    *flow.Graph   `json:"graph,omitempty" doc:"missing when the text can't be read at all"`
	Problems []FlowProblem `json:"problems" nullable:"false"`
}

// FlowProblem is one thing wrong with a text.
type FlowProblem struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
	Step   string `json:"step,omitempty" doc:"the step it stands in, or that asks for the slot it stands in"`
}

// FlowEdited is a text after a change: every line that the change is not about
// is as it was.
type FlowEdited struct {
	YAML    string      `json:"yaml"`
	Drawing FlowDrawing `json:"drawing"`
}

func (s *Console) drawingRoutes(a *httpapi.API) {
	httpapi.Route(a, staff(), op(http.MethodPost, "/flows/{id}/graph", "flow-graph", "Compile a text and draw its graph; nothing is saved"), func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"80"`
		Body FlowText
	},
	) (*body[FlowDrawing], error) {
		p, _, err := s.flowFile(ctx, in.ID)
		if err != nil {
			return nil, refused(err)
		}
		return out(draw(p, []byte(in.Body.YAML)), nil)
	})
	httpapi.Route(a, editors(), op(http.MethodPost, "/flows/{id}/edit", "flow-edit", "Make a change on the graph of a text; nothing is saved"), func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"80"`
		Body FlowEdit
	},
	) (*body[FlowEdited], error) {
		p, _, err := s.flowFile(ctx, in.ID)
		if err != nil {
			return nil, refused(err)
		}
		text, err := flow.Edit([]byte(in.Body.YAML), in.Body.Change)
		if err != nil {
			return nil, bad(err.Error())
		}
		return out(FlowEdited{YAML: string(text), Drawing: draw(p, text)}, nil)
	})
}

// flowFile finds a flow's file and the content it stands in.
func (s *Console) flowFile(ctx context.Context, id string) (string, *bench, error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return "", nil, err
	}
	p := b.flowPath(id)
	if p == "" {
		return "", nil, absent("这个流程")
	}
	return p, b, nil
}

// draw compiles a text and puts each problem to its step.
func draw(path string, text []byte) FlowDrawing {
	g, problems := flow.Draw(path, text)
	d := FlowDrawing{Graph: g, Problems: []FlowProblem{}}
	for _, p := range problems {
		d.Problems = append(d.Problems, FlowProblem{Line: p.Line, Column: p.Column, Text: p.Text, Remedy: p.Remedy, Step: stepAt(g, p.Line)})
	}
	return d
}

// stepAt is the step that a line belongs to; empty for none.
func stepAt(g *flow.Graph, line int) string {
	if g == nil {
		return ""
	}
	for _, n := range g.Nodes {
		if n.Line > 0 && line >= n.Line && line <= n.Until {
			return n.ID
		}
	}
	for _, n := range g.Nodes {
		if slices.ContainsFunc(n.Texts, func(w flow.Wording) bool { return w.Line == line }) {
			return n.ID
		}
	}
	return ""
}

// checkFlow is check for a flow: what is wrong with it comes alone, without what
// other files then miss.
func (b *bench) checkFlow(p string, text []byte) error {
	if _, problems := flow.Parse(p, text); len(problems) > 0 {
		var own []string
		for _, q := range problems {
			own = append(own, q.String())
		}
		return invalid(own)
	}
	return b.check(p, text)
}

func (s *Console) saveFlow(ctx context.Context, id string, in FlowSave) (FlowView, error) {
	p, b, err := s.flowFile(ctx, id)
	if err != nil {
		return FlowView{}, err
	}
	if err := b.checkFlow(p, []byte(in.YAML)); err != nil {
		return FlowView{}, err
	}
	if _, err := s.Releases.Save(ctx, who(ctx), p, in.Base, []byte(in.YAML)); err != nil {
		return FlowView{}, err
	}
	return s.flow(ctx, id)
}
