package flow

import (
	"fmt"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// Bounds of one expression: its size when compiled, what it may allocate when
// it runs.
const (
	maxNodes  = 200
	maxMemory = 20_000
)

// Expr is an expression of a flow, compiled and type-checked at load.
type Expr struct {
	src   string
	prog  *vm.Program
	names map[string]bool
}

// Reads says whether the expression reads a name (slot or result).
func (e *Expr) Reads(name string) bool { return e != nil && e.names[name] }

// String is the source.
func (e *Expr) String() string {
	if e == nil {
		return ""
	}
	return e.src
}

// Names are the top-level values the expression reads.
func (e *Expr) Names() map[string]bool {
	if e == nil {
		return nil
	}
	return e.names
}

// Eval runs the expression. A nil Expr is nil.
func (e *Expr) Eval(env map[string]any) (any, error) {
	if e == nil {
		return nil, nil
	}
	m := vm.VM{MemoryBudget: maxMemory}
	v, err := m.Run(e.prog, env)
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", e.src, err)
	}
	return v, nil
}

// True runs a condition; a nil Expr is true.
func (e *Expr) True(env map[string]any) (bool, error) {
	if e == nil {
		return true, nil
	}
	v, err := e.Eval(env)
	if err != nil {
		return false, err
	}
	b, _ := v.(bool)
	return b, nil
}

// compileExpr compiles src against the names in env; cond asks for a boolean.
func compileExpr(src string, env types.Map, cond bool) (*Expr, error) {
	tree, err := parser.Parse(src)
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", src, err)
	}
	names := namesOf{}
	ast.Walk(&tree.Node, names)
	opts := []expr.Option{
		expr.Env(env), expr.MaxNodes(maxNodes),
		expr.Function("fen", func(p ...any) (any, error) {
			n, err := Fen(str(p[0]))
			if err != nil {
				return 0, nil //nolint:nilerr // an unset amount counts as nothing; checks say so in words
			}
			return int(n), nil
		}, new(func(any) int)),
		expr.Function("yuan", func(p ...any) (any, error) {
			n, ok := p[0].(int)
			if !ok {
				return "", nil
			}
			sign := ""
			if n < 0 {
				sign, n = "-", -n
			}
			return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100), nil
		}, new(func(int) string)),
	}
	if cond {
		opts = append(opts, expr.AsBool())
	}
	prog, err := expr.Compile(src, opts...)
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", src, err)
	}
	return &Expr{src: src, prog: prog, names: names}, nil
}

type namesOf map[string]bool

// Visit collects identifiers; those of closures (#) have no name.
func (n namesOf) Visit(node *ast.Node) {
	if id, ok := (*node).(*ast.IdentifierNode); ok {
		n[id.Value] = true
	}
}
