package console

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pingdui/pingdui/internal/httpapi"
)

func itoa(n int) string { return strconv.Itoa(n) }

// TableRow is one line of the list of tables.
type TableRow struct {
	Name    string     `json:"name"`
	Rows    int        `json:"rows"`
	Columns []string   `json:"columns" nullable:"false"`
	File    DraftState `json:"file"`
}

// TableList is all tables.
type TableList struct {
	Tables []TableRow `json:"tables" nullable:"false"`
}

// TableView is one table.
type TableView struct {
	TableRow
	Cells    [][]string `json:"cells" nullable:"false"`
	QuotedBy []string   `json:"quoted_by" nullable:"false" doc:"articles that quote its rows"`
}

// TableSave is a table as it shall be.
type TableSave struct {
	Base    string     `json:"base"`
	Columns []string   `json:"columns" minItems:"1" maxItems:"60"`
	Cells   [][]string `json:"cells" maxItems:"20000"`
}

func (s *Console) tableRoutes(a *httpapi.API) {
	httpapi.Route(a, staff(), op(http.MethodGet, "/tables", "tables", "List tables"), func(ctx context.Context, _ *struct{}) (*body[TableList], error) {
		b, err := s.work.now(ctx)
		if err != nil {
			return nil, refused(err)
		}
		list := TableList{Tables: []TableRow{}}
		for _, name := range b.set.Tables {
			if t, err := b.table(name); err == nil {
				list.Tables = append(list.Tables, t.TableRow)
			}
		}
		return out(list, nil)
	})
	httpapi.Route(a, staff(), op(http.MethodGet, "/tables/{name}", "table", "One table"), func(ctx context.Context, in *byName) (*body[TableView], error) {
		b, err := s.work.now(ctx)
		if err != nil {
			return nil, refused(err)
		}
		return out(b.table(in.Name))
	})
	httpapi.Route(a, editors(), op(http.MethodPut, "/tables/{name}", "table-save", "Save a table as a draft"), func(ctx context.Context, in *struct {
		Name string `path:"name" maxLength:"80"`
		Body TableSave
	},
	) (*body[TableView], error) {
		return out(s.saveTable(ctx, in.Name, in.Body))
	})
	s.recallRoutes(a)
}

func (b *bench) table(name string) (TableView, error) {
	p := "tables/" + name + ".csv"
	text := b.text[p]
	if text == nil {
		return TableView{}, absent("这张表")
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		return TableView{}, invalid([]string{p + ": 表格格式有误 / the table is malformed"})
	}
	v := TableView{TableRow: TableRow{Name: name, Rows: len(all) - 1, Columns: all[0], File: stateOf(b.entries[p])}, Cells: all[1:], QuotedBy: []string{}}
	if v.Cells == nil {
		v.Cells = [][]string{}
	}
	for id, it := range b.articles {
		if it.article.Table != nil && it.article.Table.Name == name {
			v.QuotedBy = append(v.QuotedBy, id)
		}
	}
	slices.Sort(v.QuotedBy)
	return v, nil
}

func (s *Console) saveTable(ctx context.Context, name string, in TableSave) (TableView, error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return TableView{}, err
	}
	if !slug(name) {
		return TableView{}, bad("表名只用小写字母、数字和下划线 / use lower-case letters, digits and _")
	}
	p := "tables/" + name + ".csv"
	var problems []string
	for i, c := range in.Columns {
		if strings.TrimSpace(c) == "" || slices.Index(in.Columns, c) != i {
			problems = append(problems, p+":1: 第 "+itoa(i+1)+" 列没有名字或重名（每列起一个不同的名字）/ a column without a name of its own")
		}
	}
	from, until := slices.Index(in.Columns, "from"), slices.Index(in.Columns, "until")
	for i, row := range in.Cells {
		if len(row) != len(in.Columns) {
			problems = append(problems, p+":"+itoa(i+2)+": 有 "+itoa(len(row))+" 格，应为 "+itoa(len(in.Columns))+" 格 / the row is not as long as the header")
			continue
		}
		for _, at := range []int{from, until} {
			if at >= 0 && row[at] != "" && !isDay(row[at]) {
				problems = append(problems, p+":"+itoa(i+2)+": 日期 "+row[at]+" 写成 2026-11-30 / write the date as 2026-11-30")
			}
		}
		if from >= 0 && until >= 0 && row[until] != "" && row[until] < row[from] {
			problems = append(problems, p+":"+itoa(i+2)+": 止日早于起日 / until is before from")
		}
	}
	for id, it := range b.articles {
		if t := it.article.Table; t != nil && t.Name == name && !slices.Contains(in.Columns, t.Key) {
			problems = append(problems, p+":1: 知识 "+id+" 按列 "+t.Key+" 引用这张表，不能去掉这一列 / article "+id+" needs the column")
		}
	}
	if len(problems) > 0 {
		slices.Sort(problems)
		return TableView{}, invalid(problems[:min(50, len(problems))])
	}
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	if err := cmp.Or(w.Write(in.Columns), w.WriteAll(in.Cells)); err != nil {
		return TableView{}, err
	}
	if _, err := s.Releases.Save(ctx, who(ctx), p, in.Base, text.Bytes()); err != nil {
		return TableView{}, err
	}
	if b, err = s.work.now(ctx); err != nil {
		return TableView{}, err
	}
	return b.table(name)
}
