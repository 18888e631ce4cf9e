package mask_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/intents/entity"
	"github.com/pingdui/pingdui/internal/mask"
)

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"尾号6688那张卡转3500元":               "尾号6688那张卡转3500元",
		"转一千二百三十四块":                     "转一千二百三十四块",
		"¥1,200,000.50":                 "¥1,200,000.50",
		"明天下午三点，2026-03-31":             "明天下午三点，2026-03-31",
		"从2026-03-01到2026-03-31":        "从2026-03-01到2026-03-31",
		"2026-03-31 15:30:00":           "2026-03-31 15:30:00",
		"三笔：3500, 2000, 4000":           "三笔：3500, 2000, 4000",
		"打96110":                        "打96110",
		"我忘了密码":                         "我忘了密码",
		"密码错了3次":                        "密码错了3次",
		"重置密码要5元吗":                      "重置密码要5元吗",
		"13812345678":                   "138****5678",
		"密码是123456":                     "密码是******",
		"验证码 8831":                      "验证码 ******",
		"驗證碼：８８３１":                      "驗證碼：******",
		"my pin is 4321":                "my pin is ******",
		"my password is hunter2":        "my password is ******",
		"123456是我的密码":                   "******是我的密码",
		"8831 is my pin":                "****** is my pin",
		"支付密码改成 一二三四五六":                 "支付密码改成 ******",
		"验证码收到了,是 7 7 2 1 9 0":          "验证码收到了,是 ******",
		"mail me at Li.Wei@example.com": "mail me at l***@example.com",
		"4111 1111 1111 1111":           "************1111",
		"11010519491231002X":            "1****************X",
	} {
		if got := mask.Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]mask.Kind{
		"你好":                         nil,
		"我手机13812345678":             nil,
		"密码123456 卡4111111111111111": {mask.Secret, mask.Card},
		"身份证11010519491231002X":      {mask.ID},
	} {
		if _, got := mask.Secrets(in); !slices.Equal(got, want) {
			t.Errorf("Secrets(%q) = %v, want %v", in, got, want)
		}
	}
}

// A phone and a mail address are for the business that asks for them: only what
// others read is without them.
func TestSecretsLeavesWhatABusinessAsksFor(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"发到Li.Wei@example.com":                "发到Li.Wei@example.com",
		"新号１３９ 1111 2222":                     "新号１３９ 1111 2222",
		"13812345678 a@b.cn 6222021234567890": "13812345678 a@b.cn ************7890",
		"0571-88881234是骗子吗":                   "0571-88881234是骗子吗",
		"00852 9123 4567打来的":                  "00852 9123 4567打来的",
		"2016.05.01-2036.05.01":               "2016.05.01-2036.05.01",
		"密码123456，回我13812345678":              "密码******，回我13812345678",
		"电话13812345678身份证11010519491231002X":  "电话13812345678身份证1****************X",
	} {
		got, _ := mask.Secrets(in)
		if got != want {
			t.Errorf("Secrets(%q) = %q, want %q", in, got, want)
		}
		if others := mask.Text(got); strings.Contains(others, "88881234") || strings.Contains(others, "9123") || strings.Contains(others, "13812345678") || strings.Contains(others, "Wei@") {
			t.Errorf("Text(%q) = %q", got, others)
		}
	}
}

// spellings are the ways people write a long number.
func spellings() []func(string) string {
	every := func(n int, sep string) func(string) string {
		return func(d string) string {
			var b strings.Builder
			for i, r := range d {
				if i > 0 && i%n == 0 {
					b.WriteString(sep)
				}
				b.WriteRune(r)
			}
			return b.String()
		}
	}
	swap := func(digits string) func(string) string {
		rs := []rune(digits)
		return func(d string) string {
			return strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return rs[r-'0']
				}
				return r
			}, d)
		}
	}
	wide := swap("０１２３４５６７８９")
	return []func(string) string{
		func(d string) string { return d },
		every(4, " "), every(4, "-"), every(3, " "), every(4, "."), every(1, " "), every(4, "  "), every(4, "\u3000"), every(6, "/"), every(4, "·"), every(4, "，"),
		wide, func(d string) string { return wide(every(4, " ")(d)) },
		swap("零一二三四五六七八九"), swap("〇壹贰叁肆伍陆柒捌玖"), swap("零幺二三四五六七八九"),
		func(d string) string { return every(4, " ")(swap("零一二三四五六七八九")(d)) },
		swap("⓪①②③④⑤⑥⑦⑧⑨"), swap("٠١٢٣٤٥٦٧٨٩"), every(5, "\u200b"), every(4, "_"), every(2, "—"), strings.ToLower,
	}
}

func digits(rng *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + rng.IntN(10)))
	}
	return b.String()
}

func number(rng *rand.Rand, kind int) string {
	switch kind {
	case 0:
		d := fmt.Sprintf("%d%d%s%04d%02d%02d%s", 1+rng.IntN(6), 1+rng.IntN(5), digits(rng, 4), 1930+rng.IntN(80), 1+rng.IntN(12), 1+rng.IntN(28), digits(rng, 3))
		return d + string(entity.IDCheck(d))
	case 1:
		d := "62" + digits(rng, 13+rng.IntN(4))
		for c := '0'; c <= '9'; c++ {
			if entity.Luhn(d + string(c)) {
				return d + string(c)
			}
		}
		return d + "0"
	default:
		return fmt.Sprintf("1%d%s", 3+rng.IntN(7), digits(rng, 9))
	}
}

// TestNoneLeft writes 10,000 generated numbers in every spelling into sentences
// and looks for five digits of the middle in what is left.
func TestNoneLeft(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 7))
	around := []string{"%s", "我的号码是%s，请查一下", "卡号%s", "call me %s please", "给%s转500元", "%s谢谢", "身份证：%s。", "尾号6688，全号%s"}
	sp := spellings()
	for i := range 10_000 {
		d := number(rng, i%3)
		text := fmt.Sprintf(around[rng.IntN(len(around))], sp[i%len(sp)](d))
		got := mask.Text(text)
		if len(leftover(got)) > 6 && !strings.Contains(got, "*") {
			t.Fatalf("%q → %q", text, got)
		}
		if strings.Contains(leftover(got), d[2:len(d)-2]) {
			t.Fatalf("%q → %q", text, got)
		}
	}
}

// leftover is all digits of a text, in any spelling, joined.
func leftover(s string) string {
	from := []string{"零0", "〇0", "一1", "壹1", "幺1", "二2", "贰2", "三3", "叁3", "四4", "肆4", "五5", "伍5", "六6", "陆6", "七7", "柒7", "八8", "捌8", "九9", "玖9"}
	for i := range 10 {
		for _, z := range []rune{'０', '٠'} {
			from = append(from, string(z+rune(i))+string(rune('0'+i)))
		}
		if i > 0 {
			from = append(from, string('①'+rune(i-1))+string(rune('0'+i)))
		}
	}
	from = append(from, "⓪0")
	for _, f := range from {
		r := []rune(f)
		s = strings.ReplaceAll(s, string(r[0]), string(r[1]))
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == 'X' || r == 'x' {
			return r
		}
		return -1
	}, s)
}

func TestLongTextIsMaskedToTheEnd(t *testing.T) {
	t.Parallel()
	in := strings.Repeat("好的，", 3000) + "卡号4111111111111111" + strings.Repeat("呢", 3000) + "13812345678"
	got := mask.Text(in)
	if strings.Contains(got, "4111111111111111") || strings.Contains(got, "13812345678") || !strings.HasPrefix(got, "好的，好的，") {
		t.Error("the end of a long text was not masked")
	}
}

func TestHandler(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	log := slog.New(mask.Handler(slog.NewTextHandler(&b, nil))).With("phone", "13812345678").WithGroup("g")
	log.Info("card 4111111111111111", "err", fmt.Errorf("bad 11010519491231002X"), "n", 42, "pin", "9753", "raw", int64(13987654321), slog.Group("x", "y", "密码是123456"))
	for _, secret := range []string{"13812345678", "4111111111111111", "11010519491231002X", "9753", "13987654321", "123456"} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("%s is in the log: %s", secret, b.String())
		}
	}
	if !strings.Contains(b.String(), "g.n=42") {
		t.Errorf("ordinary values must stay: %s", b.String())
	}
}

func FuzzText(f *testing.F) {
	f.Add("密码是123456，卡4111 1111 1111 1111")
	f.Add("\xff１３８12345678")
	f.Fuzz(func(t *testing.T, s string) {
		masked, _ := mask.Secrets(s)
		if again := mask.Text(masked); len(again) > 4*len(masked)+64 {
			t.Fatalf("masking grows: %q", again)
		}
	})
}

func BenchmarkText(b *testing.B) {
	for b.Loop() {
		mask.Text("给老王转500元，从尾号6688那张卡")
	}
}
