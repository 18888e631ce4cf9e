package flow

import (
	"reflect"
	"slices"

	"github.com/goccy/go-yaml"
)

// Comparison is two versions of a flow drawn as one graph: all steps and ways
// of the later one, and those that only the earlier one had.
type Comparison struct {
	Graph Graph `json:"graph"`
	// Nodes says of steps, by id, that they were added, removed or changed.
	Nodes map[string]string `json:"nodes" doc:"added, removed or changed, by step; those not named are the same"`
	// Edges says it of each edge of the graph, in their order.
	Edges []string `json:"edges" nullable:"false" doc:"added, removed or same, for each edge of the graph"`
	// Before are the steps that changed, as they were.
	Before map[string]Node `json:"before"`
}

// Compare draws two versions of a flow as one; nil when one can't be read. An
// empty version has no steps.
func Compare(before, after []byte) *Comparison {
	a, b := drawn(before), drawn(after)
	if a == nil || b == nil {
		return nil
	}
	c := &Comparison{Graph: *b, Nodes: map[string]string{}, Edges: []string{}, Before: map[string]Node{}}
	old, fresh := meanings(before), meanings(after)
	at := func(g *Graph, id string) int {
		return slices.IndexFunc(g.Nodes, func(n Node) bool { return n.ID == id && n.Kind != "missing" })
	}
	for _, n := range b.Nodes {
		switch i := at(a, n.ID); {
		case n.Kind == "missing":
		case i < 0:
			c.Nodes[n.ID] = "added"
		case !reflect.DeepEqual(old[n.ID], fresh[n.ID]):
			c.Nodes[n.ID], c.Before[n.ID] = "changed", a.Nodes[i]
		}
	}
	for i, n := range a.Nodes {
		if n.Kind == "missing" || at(b, n.ID) >= 0 {
			continue
		}
		c.Nodes[n.ID] = "removed"
		n.Line, n.Until = 0, 0
		// It stands where it stood: behind the step that was above it.
		place := 0
		if i > 0 {
			place = 1 + slices.IndexFunc(c.Graph.Nodes, func(o Node) bool { return o.ID == a.Nodes[i-1].ID })
		}
		c.Graph.Nodes = slices.Insert(c.Graph.Nodes, place, n)
	}
	for _, e := range b.Edges {
		c.Edges = append(c.Edges, word(has(a.Edges, e), "same", "added"))
	}
	for _, e := range a.Edges {
		if !has(b.Edges, e) {
			e.Path, e.Line = "", 0
			c.Graph.Edges, c.Edges = append(c.Graph.Edges, e), append(c.Edges, "removed")
		}
	}
	return c
}

func word(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

func drawn(data []byte) *Graph {
	if len(data) == 0 {
		return &Graph{Nodes: []Node{}, Edges: []Edge{}}
	}
	g, _ := Draw("", data)
	return g
}

// has says whether a way is among others; to the step below and to the same
// step by name is the same way.
func has(list []Edge, e Edge) bool {
	plain := func(e Edge) Edge {
		e.Path, e.Line = "", 0
		if e.Kind == "below" || e.Kind == "done" {
			e.Kind, e.Label = "next", ""
		}
		return e
	}
	return slices.ContainsFunc(list, func(o Edge) bool { return reflect.DeepEqual(plain(o), plain(e)) })
}

// meanings are the steps of a flow by id, without where they lead: the ways are
// compared by themselves. An ask step means its slots too.
func meanings(data []byte) map[string]any {
	var tree struct {
		Slots []map[string]any `yaml:"slots"`
		Steps []map[string]any `yaml:"steps"`
	}
	if yaml.Unmarshal(data, &tree) != nil {
		return nil
	}
	out := map[string]any{}
	for _, s := range tree.Steps {
		id, _ := s["id"].(string)
		asked, _ := s["ask"].([]any)
		if one, ok := s["ask"].(string); ok {
			asked = []any{one}
		}
		var slots []any
		for _, name := range asked {
			for _, slot := range tree.Slots {
				if slot["name"] == name {
					slots = append(slots, slot)
				}
			}
		}
		out[id] = []any{leadless(s), slots}
	}
	return out
}

// leadless is a value without the keys that say where to go.
func leadless(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, sub := range x {
			if !slices.Contains([]string{"next", "on", "codes", "failed", "to"}, k) {
				out[k] = leadless(sub)
			}
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, sub := range x {
			out[i] = leadless(sub)
		}
		return out
	}
	return v
}
