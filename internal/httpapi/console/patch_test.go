package console

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/internal/release"
	"github.com/pingdui/pingdui/knowledge"
)

const commented = `# Deposits, kept by the product team.
id: deposits-test
title: {zh: 定期存款, en: Time deposits}
group: deposits
owner: 存款产品部 # ask them first
audience: [customer]
question: {zh: 定期存款怎么存, en: "How do I open one?"}
# Spoken questions below.
similar:
  zh: [定期咋存, 存死期] # two for now
  en: [open a fixed deposit]
valid: {from: 2026-01-01, until: ""}
answer:
  zh: 在手机银行“存款”里选期限就行。
  # English is checked by the branch abroad.
  en: Choose a term under Deposits.
versions:
  - from: 2026-11-30
    until: ""
    answer: {zh: 新利率。} # from the board
  - from: 2027-01-01
    until: ""
    answer: {zh: 更新的利率。}
source: 《存款手册》
keywords: [定期]
`

func TestASaveByFieldsChangesItsLinesAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*knowledge.Article)
		diff   []string
	}{
		{"nothing", func(*knowledge.Article) {}, nil},
		{"one wording", func(a *knowledge.Article) { a.Answer["zh"] = "在“存款”里选期限，100元起。" }, []string{"-  zh: 在手机银行“存款”里选期限就行。", "+  zh: 在“存款”里选期限，100元起。"}},
		{"an inline title", func(a *knowledge.Article) { a.Title["en"] = "Deposits: a guide" }, []string{"-title: {zh: 定期存款, en: Time deposits}", `+title: {zh: 定期存款, en: "Deposits: a guide"}`}},
		{"a scalar keeps its remark", func(a *knowledge.Article) { a.Owner = "零售部" }, []string{"-owner: 存款产品部 # ask them first", "+owner: 零售部 # ask them first"}},
		{"one question more", func(a *knowledge.Article) { a.Similar["zh"] = append(a.Similar["zh"], "想存个定期") }, []string{"-  zh: [定期咋存, 存死期] # two for now", "+  zh: [定期咋存, 存死期, 想存个定期] # two for now"}},
		{"a new wording", func(a *knowledge.Article) { a.Answer["zh-elder"] = "选期限就行。" }, []string{"+  zh-elder: 选期限就行。"}},
		{"a new field", func(a *knowledge.Article) { a.Flow = "deposit" }, []string{"+flow: deposit"}},
		{"a field gone", func(a *knowledge.Article) { a.Keywords = nil }, []string{"-keywords: [定期]"}},
		{"a version gone", func(a *knowledge.Article) { a.Versions = a.Versions[:1] }, []string{"-  - from: 2027-01-01", `-    until: ""`, "-    answer: {zh: 更新的利率。}"}},
		{"the second version's wording", func(a *knowledge.Article) { a.Versions[1].Answer["zh"] = "再新的利率。" }, []string{"-    answer: {zh: 更新的利率。}", "+    answer: {zh: 再新的利率。}"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, problems := knowledge.Parse("", []byte(commented))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			c.change(a)
			got, err := patch([]byte(commented), a)
			if err != nil {
				t.Fatal(err)
			}
			var changed []string
			for line := range strings.Lines(release.Lines([]byte(commented), got)) {
				if line[0] == '-' || line[0] == '+' {
					changed = append(changed, strings.TrimRight(line, "\n"))
				}
			}
			if strings.Join(changed, "\n") != strings.Join(c.diff, "\n") {
				t.Errorf("the diff is\n%s\nwant\n%s\nof\n%s", strings.Join(changed, "\n"), strings.Join(c.diff, "\n"), got)
			}
			back, problems := knowledge.Parse("", got)
			if len(problems) > 0 {
				t.Fatalf("it does not read: %v\n%s", problems, got)
			}
			if again, err := patch(got, back); err != nil || string(again) != string(got) {
				t.Errorf("saved again it changes: %v\n%s", err, again)
			}
		})
	}
}

func TestEveryShippedArticleIsSavedUnchangedAndByOneLine(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../../assistant/scenes/articles/*/*.yaml")
	if err != nil || len(paths) < 60 {
		t.Fatal(len(paths), err)
	}
	for _, p := range paths {
		raw, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		a, problems := knowledge.Parse("", raw)
		if len(problems) > 0 {
			t.Fatal(p, problems)
		}
		if got, err := patch(raw, a); err != nil || string(got) != string(raw) {
			t.Errorf("%s is not kept: %v\n%s", p, err, release.Lines(raw, got))
		}
		a.Answer["zh"] += "另外，请以网点公示为准：见“公告”。"
		got, err := patch(raw, a)
		if err != nil {
			t.Fatal(p, err)
		}
		n := 0
		for line := range strings.Lines(release.Lines(raw, got)) {
			n += b2i(line[0] == '-' || line[0] == '+')
		}
		if n != 2 {
			t.Errorf("%s: one wording changed %d lines\n%s", p, n, release.Lines(raw, got))
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestChangesAreShownByField(t *testing.T) {
	t.Parallel()
	after := strings.NewReplacer("选期限就行", "选期限", "存死期]", "想存个定期]", "owner: 存款产品部", "owner: 零售部").Replace(commented)
	got := fieldChanges([]byte(commented), []byte(after))
	want := []FieldChange{
		{Field: "owner", Before: "存款产品部", After: "零售部"},
		{Field: "similar.zh", Removed: []string{"存死期"}, Added: []string{"想存个定期"}},
		{Field: "answer.zh", Before: "在手机银行“存款”里选期限就行。", After: "在手机银行“存款”里选期限。"},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i].Field != want[i].Field || got[i].Before != want[i].Before || got[i].After != want[i].After || strings.Join(got[i].Added, "|") != strings.Join(want[i].Added, "|") || strings.Join(got[i].Removed, "|") != strings.Join(want[i].Removed, "|") {
			t.Errorf("%d: %+v, want %+v", i, got[i], want[i])
		}
	}
}
