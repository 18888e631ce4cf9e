package knowledge

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
)

// Text is a wording by locale: zh, en, and zh-elder for short sentences.
type Text map[string]string

// Article is one thing the bank says, as its YAML file holds it.
type Article struct {
	ID       string              `yaml:"id" json:"id"`
	Title    Text                `yaml:"title" json:"title"`
	Group    string              `yaml:"group" json:"group"`
	Owner    string              `yaml:"owner" json:"owner"`
	Audience []string            `yaml:"audience" json:"audience"`
	Question Text                `yaml:"question" json:"question"`
	Similar  map[string][]string `yaml:"similar,omitempty" json:"similar,omitempty"`
	Valid    Span                `yaml:"valid" json:"valid"`
	Answer   Text                `yaml:"answer" json:"answer"`
	Versions []Version           `yaml:"versions,omitempty" json:"versions,omitempty"`
	Variants []Variant           `yaml:"variants,omitempty" json:"variants,omitempty"`
	Table    *TableRef           `yaml:"table,omitempty" json:"table,omitempty"`
	Flow     string              `yaml:"flow,omitempty" json:"flow,omitempty"`
	// Facts are the kinds of the bank's facts about a customer that answer this
	// for them in person (account_limited: why it is); said first to who is
	// signed in.
	Facts    []string `yaml:"facts,omitempty,flow" json:"facts,omitempty"`
	Source   string   `yaml:"source" json:"source"`
	Keywords []string `yaml:"keywords,omitempty" json:"keywords,omitempty"`
}

// Span is a span of days, both inclusive, as 2006-01-02; empty is open.
type Span struct {
	From  string `yaml:"from" json:"from"`
	Until string `yaml:"until" json:"until"`
}

// Version is the wording for a span of days; on those days it replaces the
// answer, the variants and the elders' wording.
type Version struct {
	From   string `yaml:"from" json:"from"`
	Until  string `yaml:"until" json:"until"`
	Answer Text   `yaml:"answer" json:"answer"`
}

// Variant is the wording for an audience or a region.
type Variant struct {
	Audience string `yaml:"audience,omitempty" json:"audience,omitempty"`
	Region   string `yaml:"region,omitempty" json:"region,omitempty"`
	Answer   Text   `yaml:"answer" json:"answer"`
}

// TableRef names rows of a table: those whose column Key holds one of Values.
type TableRef struct {
	Name   string   `yaml:"name" json:"name"`
	Key    string   `yaml:"key" json:"key"`
	Values []string `yaml:"values,flow" json:"values"`
}

// Path is where the article's file stands in a release.
func (a *Article) Path() string { return "articles/" + a.Group + "/" + a.ID + ".yaml" }

// Problem is one thing wrong with a file: where, what, and what to do.
type Problem struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

// Error makes a Problem an error.
func (p Problem) Error() string {
	return fmt.Sprintf("%s:%d: %s (%s)", p.File, p.Line, p.Text, p.Remedy)
}

// Limits of one article.
const (
	maxArticle  = 256 << 10 // bytes of the file
	maxQuestion = 500       // bytes of a question
	maxAnswer   = 20_000    // bytes of a wording
	maxSimilar  = 500       // similar questions of one locale
)

// Parse reads an article strictly. With problems the article is not usable.
func Parse(file string, data []byte) (*Article, []Problem) {
	a := &Article{}
	if len(data) > maxArticle {
		return nil, []Problem{{File: file, Line: 1, Column: 1, Text: fmt.Sprintf("文件有 %d 字节 / the file has %d bytes", len(data), len(data)), Remedy: "每条知识不超过 256 KiB，请拆开 / keep an article below 256 KiB"}}
	}
	if err := yaml.UnmarshalWithOptions(data, a, yaml.Strict()); err != nil {
		p := Problem{File: file, Line: 1, Column: 1, Text: err.Error(), Remedy: "请按 YAML 语法改正这一行 / correct this line"}
		var ye yaml.Error
		if errors.As(err, &ye) {
			p.Text = ye.GetMessage()
			if tk := ye.GetToken(); tk != nil && tk.Position != nil {
				p.Line, p.Column = tk.Position.Line, tk.Position.Column
			}
		}
		return nil, []Problem{p}
	}
	return a, a.check(file, data)
}

// HasComments says whether a YAML file holds comments, which are lost when it
// is written anew from its fields.
func HasComments(data []byte) bool {
	f, err := parser.ParseBytes(data, parser.ParseComments)
	if err != nil {
		return false
	}
	plain, err := parser.ParseBytes(data, 0)
	return err == nil && len(f.String()) != len(plain.String())
}

// Encode writes an article as its file.
func Encode(a *Article) ([]byte, error) {
	var b bytes.Buffer
	if err := yaml.NewEncoder(&b, yaml.Indent(2), yaml.UseSingleQuote(false)).Encode(a); err != nil {
		return nil, fmt.Errorf("write article %s: %w", a.ID, err)
	}
	return b.Bytes(), nil
}

// check finds what YAML can't: missing fields, impossible dates, limits.
func (a *Article) check(file string, data []byte) []Problem {
	var out []Problem
	bad := func(key, remedy, format string, args ...any) {
		out = append(out, Problem{File: file, Line: lineOf(data, key), Column: 1, Text: fmt.Sprintf(format, args...), Remedy: remedy})
	}
	if a.ID == "" || strings.ContainsAny(a.ID, "/\\ \t\n.") || len(a.ID) > 80 {
		bad("id", "写成小写字母、数字和连字符 / lower-case letters, digits and dashes", "编号 id 缺失或不合规 / the id is missing or malformed")
	}
	if a.Group == "" || strings.ContainsAny(a.Group, "/\\ \t\n.") {
		bad("group", "填写分组，如 deposits / name a group", "分组 group 缺失或不合规 / the group is missing or malformed")
	}
	if len(out) == 0 && file != "" && file != a.Path() {
		bad("id", "移到 "+a.Path()+" / move it there", "编号和分组与文件位置不符 / id and group do not make this path")
	}
	for key, t := range map[string]Text{"title": a.Title, "question": a.Question, "answer": a.Answer} {
		if t["zh"] == "" {
			bad(key, "补上 zh: / add zh:", "%s 没有中文 / %s has no Chinese wording", key, key)
		}
		for locale := range t {
			if !slices.Contains([]string{"zh", "en", "zh-elder"}, locale) {
				bad(key, "只用 zh、en、zh-elder / use zh, en, zh-elder", "不认识的语言 %q / unknown locale", locale)
			}
		}
	}
	if len(a.Audience) == 0 {
		bad("audience", "写 [customer] 或 [staff] / say who may read it", "没有受众 / no audience")
	}
	for locale, list := range a.Similar {
		if len(list) > maxSimilar {
			bad("similar", "删到 500 条以内 / keep 500", "%s 有 %d 条相似问 / too many similar questions", locale, len(list))
		}
		for _, q := range list {
			if strings.TrimSpace(q) == "" || len(q) > maxQuestion {
				bad("similar", "每条 1 到 500 字节 / 1 to 500 bytes each", "相似问为空或过长 / an empty or overlong similar question")
			}
		}
	}
	for _, t := range a.wordings() {
		if len(t) > maxAnswer {
			bad("answer", "拆成几条知识 / split it", "答案有 %d 字节 / an answer has %d bytes", len(t), len(t))
		}
	}
	spans := []Span{a.Valid}
	for _, v := range a.Versions {
		spans = append(spans, Span{v.From, v.Until})
		if v.Answer["zh"] == "" {
			bad("versions", "补上 zh: / add zh:", "一个版本没有中文 / a version has no Chinese wording")
		}
	}
	for _, s := range spans {
		if err := s.check(); err != nil {
			bad("valid", "写成 2026-11-30，且止日不早于起日 / write 2026-11-30, until not before from", "日期有误 / bad date: %v", err)
		}
	}
	for _, v := range a.Variants {
		if (v.Audience == "") == (v.Region == "") || v.Answer["zh"] == "" {
			bad("variants", "每个变体写 audience 或 region 之一，并有 zh / either audience or region, and zh", "变体不完整 / an incomplete variant")
		}
	}
	if a.Table != nil && (a.Table.Name == "" || a.Table.Key == "" || len(a.Table.Values) == 0) {
		bad("table", "写全 name、key、values / name, key and values", "表格引用不完整 / an incomplete table reference")
	}
	return out
}

func (a *Article) wordings() []string {
	var out []string
	add := func(t Text) {
		for _, s := range t {
			out = append(out, s)
		}
	}
	add(a.Answer)
	for _, v := range a.Versions {
		add(v.Answer)
	}
	for _, v := range a.Variants {
		add(v.Answer)
	}
	return out
}

func (s Span) check() error {
	for _, d := range []string{s.From, s.Until} {
		if d == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			return fmt.Errorf("%q", d)
		}
	}
	if s.From != "" && s.Until != "" && s.Until < s.From {
		return fmt.Errorf("%s < %s", s.Until, s.From)
	}
	return nil
}

// holds says whether a day (2006-01-02) lies in the span.
func (s Span) holds(day string) bool {
	return (s.From == "" || s.From <= day) && (s.Until == "" || day <= s.Until)
}

// lineOf finds the line of a top-level key, 1 when it stands nowhere.
func lineOf(data []byte, key string) int {
	for i, line := range bytes.Split(data, []byte("\n")) {
		if bytes.HasPrefix(line, []byte(key+":")) {
			return i + 1
		}
	}
	return 1
}
