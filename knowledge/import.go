package knowledge

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/pingdui/pingdui/internal/zh"
)

// Limits of one import.
const (
	MaxImport        = 20 << 20  // bytes of the file
	maxUnpacked      = 200 << 20 // bytes a workbook may unpack to
	maxImportRows    = 20_000
	maxImportProblem = 1_000 // problems listed one by one
)

// Imported is one article read from a file, ready to be saved as a draft.
type Imported struct {
	Article *Article
	Path    string
	Content []byte
	Line    int // where it stands in the file; of a workbook, the row
}

// ImportReport says what became of every line of a file.
type ImportReport struct {
	File     string    `json:"file"`
	Lines    int       `json:"lines"`    // lines, rows or sections with content
	Imported int       `json:"imported"` // articles made
	Problems []BadLine `json:"problems"` // lines left out, each with its text
}

// BadLine is a line that was left out: nothing of it is lost, Raw is all of it.
type BadLine struct {
	Problem
	Raw string `json:"raw"`
}

// ErrImport is returned for a file that can't be read at all.
var ErrImport = errors.New("文件不能导入 / the file can't be imported")

// Import reads a file of questions and answers (CSV, XLSX) or a document (Markdown,
// HTML; one article a heading). name decides the kind; group is where new
// articles go when the file does not say. Bad lines are reported and left out,
// the rest is returned. progress may be nil.
func Import(ctx context.Context, name, group, owner string, r io.Reader, progress func(done, total int)) ([]Imported, ImportReport, error) {
	report := ImportReport{File: path.Base(name), Problems: []BadLine{}}
	data, err := io.ReadAll(io.LimitReader(r, MaxImport+1))
	if err != nil {
		return nil, report, fmt.Errorf("read %s: %w", report.File, err)
	}
	if len(data) > MaxImport {
		return nil, report, fmt.Errorf("%w: %s 超过 20 MiB，请拆成几个文件 / it is larger than 20 MiB: split it", ErrImport, report.File)
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	in := &importer{report: &report, group: group, owner: owner, norm: zh.New(), seen: map[string]int{}, progress: progress}
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".csv":
		err = in.csv(ctx, data)
	case ".xlsx":
		err = in.xlsx(ctx, data)
	case ".md", ".markdown", ".txt":
		err = in.markdown(ctx, decoded(data))
	case ".html", ".htm":
		err = in.html(ctx, decoded(data))
	default:
		err = fmt.Errorf("%w: 不认识 %q；可用 CSV、XLSX、Markdown、HTML / use CSV, XLSX, Markdown or HTML", ErrImport, ext)
	}
	report.Imported = len(in.out)
	return in.out, report, err
}

type importer struct {
	report       *ImportReport
	group, owner string
	norm         *zh.Normalizer
	out          []Imported
	seen         map[string]int // id → line
	progress     func(done, total int)
}

func (in *importer) bad(line int, raw, remedy, format string, args ...any) {
	if len(in.report.Problems) > maxImportProblem {
		return
	}
	if len(in.report.Problems) == maxImportProblem {
		format, args, remedy, raw = "还有更多有问题的行 / there are more bad lines", nil, "先改好上面的再导入 / mend those above first", ""
	}
	in.report.Problems = append(in.report.Problems, BadLine{
		Problem: Problem{File: in.report.File, Line: line, Column: 1, Text: fmt.Sprintf(format, args...), Remedy: remedy}, Raw: strings.ToValidUTF8(raw, "�"),
	})
}

// decoded makes UTF-8 of what a spreadsheet program saved: a byte order mark goes,
// GB 18030 is converted.
func decoded(data []byte) string {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if utf8.Valid(data) {
		return string(data)
	}
	if out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data); err == nil {
		return string(out)
	}
	return strings.ToValidUTF8(string(data), "�")
}

// csv reads records one by one. A broken record costs its first line only: the
// next line is tried as a new record.
func (in *importer) csv(ctx context.Context, data []byte) error {
	all := strings.Split(strings.ReplaceAll(decoded(data), "\r\n", "\n"), "\n")
	var columns []string
	for at := 0; at < len(all); {
		r := csv.NewReader(strings.NewReader(strings.Join(all[at:], "\n")))
		r.FieldsPerRecord = -1
		base := at
		for at < len(all) {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("import: %w", err)
			}
			if len(in.report.Problems) > maxImportProblem {
				return nil
			}
			record, err := r.Read()
			if errors.Is(err, io.EOF) {
				return in.header(columns)
			}
			var pe *csv.ParseError
			if errors.As(err, &pe) {
				line := base + pe.StartLine
				in.report.Lines++
				in.bad(line, all[line-1], "检查引号是否成对，逗号是否在引号内 / balance the quotes", "这一行的 CSV 格式有误 / malformed CSV: %v", pe.Err)
				at = line
				break
			}
			if err != nil {
				return fmt.Errorf("read %s: %w", in.report.File, err)
			}
			line, _ := r.FieldPos(0)
			raw := strings.Join(record, ",")
			if columns == nil {
				columns = record
				if err := in.header(columns); err != nil {
					return err
				}
				continue
			}
			in.row(columns, record, base+line, raw)
			if done := base + line; done%200 == 0 {
				in.progress(done, len(all))
			}
		}
	}
	return in.header(columns)
}

func (in *importer) xlsx(ctx context.Context, data []byte) error {
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if err != nil {
		return fmt.Errorf("%w: %s 打不开，请另存为 .xlsx 后重试 / save it as .xlsx again: %w", ErrImport, in.report.File, err)
	}
	defer book.Close() //nolint:errcheck // only read
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return fmt.Errorf("%w: %s 没有工作表 / it has no sheet", ErrImport, in.report.File)
	}
	rows, err := book.Rows(sheets[0])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrImport, err)
	}
	defer rows.Close() //nolint:errcheck // only read
	var columns []string
	for n := 1; rows.Next(); n++ {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("import: %w", err)
		}
		if n > maxImportRows {
			in.bad(n, "", "拆成几个文件 / split the file", "超过 %d 行，其余未读 / more than %d rows, the rest is not read", maxImportRows, maxImportRows)
			break
		}
		record, err := rows.Columns()
		if err != nil {
			in.bad(n, "", "检查这一行的单元格 / check the cells", "第 %d 行读不出来 / the row can't be read: %v", n, err)
			continue
		}
		if columns == nil {
			columns = record
			if err := in.header(columns); err != nil {
				return err
			}
			continue
		}
		in.row(columns, record, n, strings.Join(record, ","))
		in.progress(n, 0)
	}
	return in.header(columns)
}

// names are what columns may be called.
func names() map[string][]string {
	return map[string][]string{
		"question": {"question", "问题", "标准问", "标准问题"}, "similar": {"similar", "相似问", "相似问题", "相似问法", "扩展问"},
		"answer": {"answer", "答案", "标准答案", "回答"}, "question_en": {"question_en", "英文问题"}, "answer_en": {"answer_en", "英文答案"},
		"group": {"group", "分组", "分类", "类别"}, "audience": {"audience", "受众", "对象"}, "source": {"source", "来源", "出处"},
		"id": {"id", "编号"}, "title": {"title", "标题"}, "owner": {"owner", "负责人", "责任部门"}, "keywords": {"keywords", "关键词"},
		"from": {"from", "valid_from", "生效日期", "起日"}, "until": {"until", "valid_until", "失效日期", "止日"},
	}
}

func find(columns []string, field string) int {
	return slices.IndexFunc(columns, func(c string) bool {
		return slices.Contains(names()[field], strings.ToLower(strings.TrimSpace(c)))
	})
}

func (in *importer) header(columns []string) error {
	if columns == nil {
		return fmt.Errorf("%w: %s 是空的 / it is empty", ErrImport, in.report.File)
	}
	if find(columns, "question") < 0 || find(columns, "answer") < 0 {
		return fmt.Errorf("%w: %s:1 首行要有“问题”和“答案”两列（现在是 %s）/ the first row must name the columns question and answer", ErrImport, in.report.File, strings.Join(columns, "、"))
	}
	return nil
}

func (in *importer) row(columns, record []string, line int, raw string) {
	if strings.TrimSpace(strings.Join(record, "")) == "" {
		return
	}
	in.report.Lines++
	cell := func(field string) string {
		if i := find(columns, field); i >= 0 && i < len(record) {
			return strings.TrimSpace(record[i])
		}
		return ""
	}
	if len(record) > len(columns) {
		in.bad(line, raw, "内容里的逗号要放在引号内 / quote text that holds commas", "有 %d 列，首行只有 %d 列 / more columns than the first row", len(record), len(columns))
		return
	}
	a := &Article{
		ID: cell("id"), Title: Text{"zh": cell("title")}, Group: cell("group"), Owner: cell("owner"), Source: cell("source"),
		Question: Text{"zh": cell("question")}, Answer: Text{"zh": cell("answer")}, Valid: Span{cell("from"), cell("until")},
		Audience: parts(cell("audience")), Keywords: parts(cell("keywords")),
	}
	if s := parts(cell("similar")); len(s) > 0 {
		a.Similar = map[string][]string{"zh": s}
	}
	if s := cell("question_en"); s != "" {
		a.Question["en"] = s
	}
	if s := cell("answer_en"); s != "" {
		a.Answer["en"] = s
	}
	in.add(a, line, raw)
}

// parts cuts a cell that holds several texts.
func parts(cell string) []string {
	var out []string
	for _, s := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("\n|；;", r) }) {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// add fills what the file left open, checks the article and takes it.
func (in *importer) add(a *Article, line int, raw string) {
	question := a.Question["zh"]
	if a.ID == "" {
		sum := sha256.Sum256([]byte(in.norm.Fold(question)))
		a.ID = "import-" + hex.EncodeToString(sum[:5])
	}
	if a.Group == "" {
		a.Group = in.group
	}
	a.Group = strings.Join(in.norm.Pinyin(a.Group), "-")
	if a.Title["zh"] == "" {
		a.Title = Text{"zh": question}
	}
	if a.Owner == "" {
		a.Owner = in.owner
	}
	if a.Source == "" {
		a.Source = in.report.File
	}
	if len(a.Audience) == 0 {
		a.Audience = []string{"customer"}
	}
	for i, s := range a.Audience {
		switch s {
		case "客户":
			a.Audience[i] = "customer"
		case "员工":
			a.Audience[i] = "staff"
		}
	}
	if question == "" || a.Answer["zh"] == "" {
		in.bad(line, raw, "问题和答案都要填 / fill both question and answer", "缺问题或答案 / question or answer is missing")
		return
	}
	if len(question) > maxQuestion {
		in.bad(line, raw, "问题不超过 500 字节 / at most 500 bytes", "问题太长 / the question is too long")
		return
	}
	if first, twice := in.seen[a.ID]; twice {
		in.bad(line, raw, "合并到那一行的相似问 / merge it with that line", "与第 %d 行是同一个问题或编号 / the same question or id as line %d", first, first)
		return
	}
	content, err := Encode(a)
	if err != nil {
		in.bad(line, raw, "检查特殊字符 / check for special characters", "%v", err)
		return
	}
	if _, problems := Parse(a.Path(), content); len(problems) > 0 {
		in.bad(line, raw, problems[0].Remedy, "%s", problems[0].Text)
		return
	}
	in.seen[a.ID] = line
	in.out = append(in.out, Imported{Article: a, Path: a.Path(), Content: content, Line: line})
}
