package knowledge

import (
	"context"
	"fmt"
	"strings"

	htmltomarkdown "github.com/JohannesKaufmann/html-to-markdown/v2"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// html makes Markdown of a page without its scripts, styles and events.
func (in *importer) html(ctx context.Context, page string) error {
	clean := bluemonday.UGCPolicy().Sanitize(page)
	md, err := htmltomarkdown.ConvertString(clean)
	if err != nil {
		return fmt.Errorf("%w: %s 不是可读的 HTML / it is not readable HTML: %w", ErrImport, in.report.File, err)
	}
	return in.markdown(ctx, md)
}

// section is what stands under one heading.
type section struct {
	trail []string // headings from the top
	line  int
	body  string
}

// markdown makes one article of each heading that has text under it.
func (in *importer) markdown(ctx context.Context, md string) error {
	list := sections([]byte(md))
	for i, s := range list {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("import: %w", err)
		}
		in.progress(i+1, len(list))
		body := strings.TrimSpace(s.body)
		if body == "" {
			continue // a heading of headings
		}
		in.report.Lines++
		if len(s.trail) == 0 {
			in.bad(s.line, body, "给它加一个标题 / give it a heading", "第一个标题之前的文字没有归属 / text before the first heading")
			continue
		}
		question := s.trail[len(s.trail)-1]
		in.add(&Article{
			Title: Text{"zh": strings.Join(s.trail, " / ")}, Question: Text{"zh": question}, Answer: Text{"zh": body},
			Source: in.report.File + " " + strings.Join(s.trail, " / "),
		}, s.line, body)
	}
	if len(list) == 0 {
		return fmt.Errorf("%w: %s 没有内容 / it is empty", ErrImport, in.report.File)
	}
	return nil
}

func sections(src []byte) []section {
	doc := goldmark.DefaultParser().Parse(text.NewReader(src))
	var out []section
	var trail []string
	var levels []int
	start, line := 0, 1
	var current []string
	flush := func(end int) {
		if end > start {
			out = append(out, section{trail: current, line: line, body: string(src[start:end])})
		}
	}
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if !ok || h.Lines().Len() == 0 {
			continue
		}
		at := h.Lines().At(0)
		begin := strings.LastIndexByte(string(src[:at.Start]), '\n') + 1
		flush(begin)
		for len(levels) > 0 && levels[len(levels)-1] >= h.Level {
			levels, trail = levels[:len(levels)-1], trail[:len(trail)-1]
		}
		levels, trail = append(levels, h.Level), append(trail, strings.TrimSpace(string(at.Value(src))))
		current = append([]string{}, trail...)
		line = 1 + strings.Count(string(src[:begin]), "\n")
		start = len(src)
		if i := strings.IndexByte(string(src[at.Stop:]), '\n'); i >= 0 {
			start = at.Stop + i + 1
		}
		// A heading underlined with = or - has one more line.
		if rest := string(src[start:]); h.Level <= 2 && src[begin] != '#' {
			if i := strings.IndexByte(rest, '\n'); i >= 0 {
				start += i + 1
			}
		}
	}
	flush(len(src))
	return out
}
