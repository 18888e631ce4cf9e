package knowledge_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/pingdui/pingdui/knowledge"
)

const faq = `问题,相似问,答案,分类
怎么开户,"开个户|办张卡
开户要啥",带身份证到网点。,账户
,没有问题,有答案,账户
怎么销户,,,账户
引号"坏了,x,y,账户
"没有收尾,x,y,账户
怎么换卡,,"先预约,
再到网点。",账户
怎么开户,,再说一遍。,账户
多,了,一,列,啊
日期不对,,答案,账户
`

func TestImportCSV(t *testing.T) {
	t.Parallel()
	out, report, err := knowledge.Import(t.Context(), "faq.csv", "faq", "运营", strings.NewReader(faq), nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines []int
	for _, p := range report.Problems {
		lines = append(lines, p.Line)
		if p.File != "faq.csv" || p.Remedy == "" || p.Raw == "" {
			t.Errorf("%+v", p)
		}
	}
	if want := []int{4, 5, 6, 7, 10, 11}; len(lines) != len(want) {
		t.Errorf("bad lines %v, want %v", lines, want)
	} else {
		for i := range want {
			if lines[i] != want[i] {
				t.Errorf("bad lines %v, want %v", lines, want)
				break
			}
		}
	}
	if len(out) != 3 || report.Imported != 3 || report.Lines != len(out)+len(report.Problems) {
		t.Fatalf("%d articles of %d lines, %d problems", len(out), report.Lines, len(report.Problems))
	}
	a := out[0].Article
	if a.Group != "zhang-hu" || len(a.Similar["zh"]) != 3 || out[1].Article.Answer["zh"] != "先预约,\n再到网点。" {
		t.Errorf("%+v", a)
	}
	for _, o := range out {
		if _, problems := knowledge.Parse(o.Path, o.Content); len(problems) > 0 {
			t.Errorf("%s: %v", o.Path, problems)
		}
	}
}

func TestImportOthers(t *testing.T) {
	t.Parallel()
	gbk, _ := simplifiedchinese.GB18030.NewEncoder().String("问题,答案\n怎么开户,带身份证\n")
	book := excelize.NewFile()
	for cell, v := range map[string]string{"A1": "question", "B1": "answer", "A2": "怎么开户", "B2": "带身份证", "A3": "没有答案"} {
		_ = book.SetCellValue("Sheet1", cell, v)
	}
	var xlsx bytes.Buffer
	if err := book.Write(&xlsx); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, file, text string
		articles, bad    int
		refused          bool
	}{
		{"GBK", "a.csv", gbk, 1, 0, false},
		{"a workbook", "a.xlsx", xlsx.String(), 1, 1, false},
		{"Markdown", "a.md", "前言\n\n# 开户\n\n## 要带什么\n\n带身份证。\n\n```\n# 不是标题\n```\n\n## 多久办好\n\n十分钟。\n", 2, 1, false},
		{"HTML", "a.html", "<h1>开户</h1><p>带身份证 <a href='javascript:alert(1)'>点这里</a></p><script>alert(1)</script><h2>多久</h2><p>十分钟</p>", 2, 0, false},
		{"no such column", "a.csv", "a,b\n1,2\n", 0, 0, true},
		{"empty", "a.csv", "", 0, 0, true},
		{"not a workbook", "a.xlsx", "PK nothing", 0, 0, true},
		{"a format it does not know", "a.pdf", "%PDF", 0, 0, true},
		{"too large", "a.csv", "问题,答案\n" + strings.Repeat("x", knowledge.MaxImport), 0, 0, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out, report, err := knowledge.Import(t.Context(), c.file, "faq", "运营", strings.NewReader(c.text), nil)
			if (err != nil) != c.refused || len(out) != c.articles || len(report.Problems) != c.bad {
				t.Errorf("%d articles, %+v, %v", len(out), report.Problems, err)
			}
			for _, o := range out {
				if s := string(o.Content); strings.Contains(s, "javascript") || strings.Contains(s, "alert") {
					t.Errorf("%s", s)
				}
			}
		})
	}
}
