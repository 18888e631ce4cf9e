package flow

import (
	"bytes"
	"fmt"
	"strings"
	"text/template"
	"text/template/parse"
	"time"
)

// maxText bounds one rendered sentence, in bytes.
const maxText = 4000

// Pick chooses the wording for a locale ("zh", "en") and edition ("elder" or
// anything else): zh-elder, then zh, then Chinese, then whatever there is.
func (t Text) Pick(locale, edition string) string {
	return t[t.key(locale, edition)]
}

func (t Text) key(locale, edition string) string {
	if edition == "elder" {
		if _, ok := t[locale+"-elder"]; ok {
			return locale + "-elder"
		}
	}
	if _, ok := t[locale]; ok {
		return locale
	}
	return "zh"
}

// Template is a Text whose wordings hold {{ … }} and were compiled at load.
type Template struct {
	text  Text
	tmpls map[string]*template.Template
	names map[string]bool
}

// CompileText compiles every wording of a text. A template may use fields,
// if/else, and, or, not, eq, ne and the functions money, words, tail, tails, date,
// count, mask; anything else is an error that names the wording.
func CompileText(t Text) (*Template, error) {
	c := &Template{text: t, tmpls: make(map[string]*template.Template, len(t)), names: map[string]bool{}}
	for key, wording := range t {
		if !strings.Contains(wording, "{{") {
			continue
		}
		tm, err := template.New(key).Option("missingkey=zero").Funcs(funcs(key)).Parse(wording)
		if err != nil {
			return nil, fmt.Errorf("wording %s: %w", key, err)
		}
		if len(tm.Templates()) > 1 {
			return nil, fmt.Errorf("wording %s: define is not allowed", key)
		}
		if err := c.walk(tm.Root); err != nil {
			return nil, fmt.Errorf("wording %s: %w", key, err)
		}
		c.tmpls[key] = tm
	}
	return c, nil
}

// Empty says that there is nothing to say.
func (t *Template) Empty() bool { return t == nil || len(t.text) == 0 }

// Names are the top-level values the template reads.
func (t *Template) Names() map[string]bool {
	if t == nil {
		return nil
	}
	return t.names
}

// Text is the source the template was compiled from.
func (t *Template) Text() Text {
	if t == nil {
		return nil
	}
	return t.text
}

// Render fills the wording for locale and edition with env. An empty template
// renders as the empty string.
func (t *Template) Render(locale, edition string, env map[string]any) (string, error) {
	if t.Empty() {
		return "", nil
	}
	key := t.text.key(locale, edition)
	tm, ok := t.tmpls[key]
	if !ok {
		return t.text[key], nil
	}
	var b bytes.Buffer
	if err := tm.Execute(&limited{b: &b, left: maxText}, env); err != nil {
		return "", fmt.Errorf("text %q: %w", t.text[key], err)
	}
	return Tidy(strings.ReplaceAll(b.String(), "<no value>", "")), nil
}

// limited refuses to grow beyond a bound: a value from outside can't blow a
// sentence up.
type limited struct {
	b    *bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, fmt.Errorf("text longer than %d bytes", maxText)
	}
	l.left -= len(p)
	return l.b.Write(p)
}

func funcs(key string) template.FuncMap {
	locale, _, _ := strings.Cut(key, "-")
	return template.FuncMap{
		"money": func(v any) string { return Money(str(v), locale) },
		"words": func(v any) string { return Words(str(v)) },
		"tail":  func(v any) string { return tail(v, locale) },
		"date":  func(v any) string { return date(str(v), locale) },
		"tails": func(v any) string { return tails(v, locale) },
		"count": func(v any) int { return count(v) },
		"mask":  func(v any) string { return maskName(str(v)) },
	}
}

func str(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	default:
		return fmt.Sprint(x)
	}
}

func count(v any) int {
	if l, ok := v.([]any); ok {
		return len(l)
	}
	return 0
}

// tail names a card or an account by its last digits, as a clerk would.
func tail(v any, locale string) string {
	s := str(v)
	if m, ok := v.(map[string]any); ok {
		s = str(m["tail"])
		if s == "" {
			s = str(m["account_tail"])
		}
	}
	if len(s) > 4 {
		s = s[len(s)-4:]
	}
	switch {
	case s == "":
		return ""
	case locale == "en":
		return "ending " + s
	}
	return "尾号" + s
}

// tails names several cards or accounts in one breath.
func tails(v any, locale string) string {
	list, _ := v.([]any)
	var out []string
	for _, x := range list {
		m, _ := x.(map[string]any)
		out = append(out, strings.TrimSpace(str(m["name"])+" "+tail(m, locale)))
	}
	if locale == "en" {
		return strings.Join(out, ", ")
	}
	return strings.Join(out, "、")
}

func date(s, locale string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		d, derr := time.Parse(time.DateOnly, s)
		if derr != nil {
			return s
		}
		if locale == "en" {
			return d.Format("2 Jan 2006")
		}
		return d.Format("2006年1月2日")
	}
	if locale == "en" {
		return t.Format("2 Jan 2006, 15:04")
	}
	return t.Format("2006年1月2日 15:04")
}

// maskName keeps the last character of a name: *强.
func maskName(s string) string {
	r := []rune(s)
	if len(r) < 2 {
		return s
	}
	return strings.Repeat("*", len(r)-1) + string(r[len(r)-1])
}

// walk admits only what a sentence needs and collects the names it reads.
func (t *Template) walk(n parse.Node) error {
	switch x := n.(type) {
	case nil:
		return nil
	case *parse.ListNode:
		if x == nil {
			return nil
		}
		for _, c := range x.Nodes {
			if err := t.walk(c); err != nil {
				return err
			}
		}
		return nil
	case *parse.TextNode, *parse.StringNode, *parse.NumberNode, *parse.BoolNode, *parse.CommentNode:
		return nil
	case *parse.ActionNode:
		return t.walk(x.Pipe)
	case *parse.IfNode:
		if err := t.walk(x.Pipe); err != nil {
			return err
		}
		if err := t.walk(x.List); err != nil {
			return err
		}
		return t.walk(x.ElseList)
	case *parse.PipeNode:
		if len(x.Decl) > 0 {
			return fmt.Errorf("variables are not allowed")
		}
		for _, c := range x.Cmds {
			for _, a := range c.Args {
				if err := t.walk(a); err != nil {
					return err
				}
			}
		}
		return nil
	case *parse.FieldNode:
		t.names[x.Ident[0]] = true
		return nil
	case *parse.IdentifierNode:
		switch x.Ident {
		case "money", "words", "tail", "tails", "date", "count", "mask", "and", "or", "not", "eq", "ne":
			return nil
		}
		return fmt.Errorf("function %s is not allowed", x.Ident)
	default:
		return fmt.Errorf("%s is not allowed in a text", n)
	}
}
