package flow

import (
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Problem is one thing wrong with a content file: where, what, and what to do.
type Problem struct {
	File   string `json:"file"`
	Line   int    `json:"line"`   // 1 is the first; 0 when the file as a whole is meant
	Column int    `json:"column"` // 1 is the first
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

// String is the problem in one line: file:line:column: text (remedy).
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s (%s)", p.File, p.Line, p.Column, p.Text, p.Remedy)
}

// SourceFile is a parsed YAML file in which problems can be placed.
type SourceFile struct {
	Path string
	file *ast.File
}

// Decode reads YAML strictly (unknown and doubled keys are errors) into v, and
// returns the source for placing later problems. With a problem v is unusable.
func Decode(path string, data []byte, v any) (*SourceFile, []Problem) {
	src := &SourceFile{Path: path}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return src, []Problem{src.fromError(err)}
	}
	src.file = file
	if err := yaml.UnmarshalWithOptions(data, v, yaml.Strict()); err != nil {
		return src, []Problem{src.fromError(err)}
	}
	return src, nil
}

func (s *SourceFile) fromError(err error) Problem {
	p := Problem{File: s.Path, Line: 1, Column: 1, Text: err.Error(), Remedy: "改好 YAML；每个键见 docs/flows.md / correct the YAML; docs/flows.md shows every key"}
	var ye yaml.Error
	if errors.As(err, &ye) {
		p.Text = ye.GetMessage()
		if tk := ye.GetToken(); tk != nil && tk.Position != nil {
			p.Line, p.Column = tk.Position.Line, tk.Position.Column
		}
	}
	return p
}

// At places a problem at a YAML path such as $.steps[3].call.args; where the
// path does not exist, at its nearest parent.
func (s *SourceFile) At(path, text, remedy string) Problem {
	p := Problem{File: s.Path, Line: 1, Column: 1, Text: text, Remedy: remedy}
	for s.file != nil && path != "" && path != "$" {
		if yp, err := yaml.PathString(path); err == nil {
			if n, err := yp.FilterFile(s.file); err == nil && n != nil && n.GetToken() != nil {
				p.Line, p.Column = n.GetToken().Position.Line, n.GetToken().Position.Column
				return p
			}
		}
		path = parentPath(path)
	}
	return p
}

func parentPath(p string) string {
	for i := len(p) - 1; i > 0; i-- {
		if p[i] == '.' || p[i] == '[' {
			return p[:i]
		}
	}
	return ""
}

// Texts hands every text of a YAML file to check, but for what stands below one of
// the keys in skip, and places what check finds wrong (a text and a remedy).
func Texts(path string, data []byte, skip []string, check func(text string) (wrong, remedy string)) []Problem {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil // who reads the file for its content says so
	}
	v := &texts{path: path, skip: skip, check: check}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			ast.Walk(v, doc.Body)
		}
	}
	return v.problems
}

type texts struct {
	path     string
	skip     []string
	check    func(string) (string, string)
	problems []Problem
}

// Visit implements ast.Visitor.
func (v *texts) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.MappingValueNode:
		if slices.Contains(v.skip, n.Key.GetToken().Value) {
			return nil
		}
	case *ast.StringNode:
		v.text(n, n.Value)
	case *ast.LiteralNode:
		v.text(n, n.Value.Value)
		return nil
	}
	return v
}

func (v *texts) text(n ast.Node, text string) {
	wrong, remedy := v.check(text)
	if at := n.GetToken(); wrong != "" && at != nil && at.Position != nil {
		v.problems = append(v.problems, Problem{File: v.path, Line: at.Position.Line, Column: at.Position.Column, Text: wrong, Remedy: remedy})
	}
}
