package zh_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pingdui/pingdui/internal/zh"
)

func TestFold(t *testing.T) {
	t.Parallel()
	n := zh.New()
	for in, want := range map[string]string{
		"ＡＢＣ１２３":                "abc123",
		"轉賬給老王":                 "转账给老王",
		"我要開戶，謝謝！！！":            "我要开户,谢谢!",
		"  Hello \t\n  World  ": "hello world",
		"￥１，２００．５０":             "¥1,200.50",
		"余额\u200b查询":            "余额查询",
		"匯款５００塊錢":               "汇款500块钱",
		"٣٤":                    "34",
		"cafe\u0301":            "café",
		"\xff\xfe卡":             "卡",
		"帳戶裡冇錢":                 "账户里没钱",
		"百分之三。。。":               "百分之三。",
		"":                      "",
	} {
		if got := n.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSpanLeadsBack(t *testing.T) {
	t.Parallel()
	n := zh.New()
	x := n.Normalize("  請轉 ５００ 塊！！給老王")
	i := strings.Index(x.Norm, "500")
	from, to := x.Span(i, i+3)
	if got := x.Orig[from:to]; got != "５００" {
		t.Errorf("span = %q", got)
	}
	i = strings.Index(x.Norm, "!")
	if from, to = x.Span(i, i+1); x.Orig[from:to] != "！！" {
		t.Errorf("span of repeated marks = %q", x.Orig[from:to])
	}
	if from, to = x.Span(4, 2); from != 0 || to != 0 {
		t.Error("an impossible span must be empty")
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	got := zh.New().Tokens("查 Visa卡余额3.15%, don't")
	want := []string{"查", "visa", "卡", "余", "卡余", "额", "余额", "3.15", "don't"}
	if !slices.Equal(got, want) {
		t.Errorf("Tokens = %q, want %q", got, want)
	}
}

func TestPinyin(t *testing.T) {
	t.Parallel()
	n := zh.New()
	a, b := n.Pinyin("转账abc"), n.Pinyin("轉帳ABC")
	if !slices.Equal(a, b) || !slices.Equal(a, []string{"zhuan", "zhang", "abc"}) {
		t.Errorf("Pinyin: %q %q", a, b)
	}
	if got := n.Pinyin("绿"); !slices.Equal(got, []string{"lv"}) {
		t.Errorf("Pinyin(绿) = %q", got)
	}
	if !n.IsSyllable("zhang") || n.IsSyllable("card") {
		t.Error("IsSyllable is wrong")
	}
}

func TestLongTextIsCut(t *testing.T) {
	t.Parallel()
	if got := utf8.RuneCountInString(zh.New().Fold(strings.Repeat("查余", 5000))); got != zh.MaxRunes {
		t.Errorf("kept %d runes", got)
	}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"", "轉賬", "a\u0301\u0301", "\xff", "ﷺ", "①½㎏", "가각", " ! ! "} {
		f.Add(s)
	}
	n := zh.New()
	f.Fuzz(func(t *testing.T, s string) {
		x := n.Normalize(s)
		if !utf8.ValidString(x.Norm) {
			t.Fatalf("not UTF-8: %q", x.Norm)
		}
		for i := 0; i < len(x.Norm); {
			_, size := utf8.DecodeRuneInString(x.Norm[i:])
			from, to := x.Span(i, i+size)
			if from >= to || to > len(s) || (!utf8.RuneStart(s[from]) && utf8.ValidString(s)) {
				t.Fatalf("span %d..%d of %q", from, to, s)
			}
			i += size
		}
		n.Tokens(s)
		n.Pinyin(s)
	})
}

func BenchmarkNormalize(b *testing.B) {
	n := zh.New()
	b.ReportAllocs()
	for b.Loop() {
		n.Normalize("帮我给老王转３５００块钱，从尾号６６８８那张卡")
	}
}

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		zh.New()
	}
}
