package content

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pingdui/pingdui/assistant/flow"
)

// operationsFile says what the bank can be asked.
const operationsFile = "operations.yaml"

// operation is one thing that a flow may call.
type operation struct {
	Args         []string `yaml:"args"`
	Irreversible bool     `yaml:"irreversible"`
}

// operations checks that the flows call only what the bank has, with arguments it
// takes: a slip of the pen would otherwise be found by a customer. What changes
// something at the bank must say so, or it would run without a read-back.
func (c *compiler) operations() {
	b, ok := c.read(operationsFile)
	if !ok {
		return
	}
	var known map[string]operation
	_, problems := flow.Decode(operationsFile, b, &known)
	c.problems = append(c.problems, problems...)
	if len(problems) > 0 {
		return
	}
	for _, f := range c.set.Flows() {
		for i, id := range f.Covers {
			if c.missing(id) {
				c.problems = append(c.problems, f.At(fmt.Sprintf("$.covers[%d]", i), fmt.Sprintf("没有流程 %[1]q / covers flow %[1]q, which does not exist", id), nearest(id, maps.Keys(c.set.flows))))
			}
		}
		for i, s := range f.Slots {
			if s.Options != nil && s.Options.Call != "" {
				at := fmt.Sprintf("$.slots[%d].options", i)
				c.calls(known, f, at+".call", at+".args", s.Options.Call, s.Options.Args)
			}
		}
		for i, s := range f.Steps {
			if s.Call == nil {
				continue
			}
			at := fmt.Sprintf("$.steps[%d].call", i)
			c.calls(known, f, at+".operation", at+".args", s.Call.Operation, s.Call.Args)
			if known[s.Call.Operation].Irreversible && !s.Call.Irreversible {
				c.problems = append(c.problems, f.At(at, fmt.Sprintf("步骤 %[1]s：%[2]s 会在银行改动东西，却没写明 / step %[1]s: %[2]s changes something at the bank and does not say so", s.ID, s.Call.Operation), "加上 irreversible: true / add irreversible: true"))
			}
		}
	}
}

// calls checks one call of a flow, whose name and arguments stand at two places.
func (c *compiler) calls(known map[string]operation, f *flow.Flow, at, argsAt, name string, args map[string]string) {
	o, ok := known[name]
	if !ok {
		c.problems = append(c.problems, f.At(at, fmt.Sprintf("银行没有接口 %[1]q / the bank has no operation %[1]q", name), nearest(name, maps.Keys(known))))
		return
	}
	for _, arg := range slices.Sorted(maps.Keys(args)) {
		if !slices.Contains(o.Args, arg) {
			c.problems = append(c.problems, f.At(argsAt+"."+arg, fmt.Sprintf("%[1]s 没有参数 %[2]q / %[1]s takes no argument %[2]q", name, arg), nearest(arg, slices.Values(o.Args))))
		}
	}
}
