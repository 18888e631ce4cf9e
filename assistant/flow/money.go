package flow

import (
	"fmt"
	"strconv"
	"strings"
)

// Fen reads a decimal amount ("3000", "-12.5", "1,200.50") as integer fen. An
// amount with more than two decimals or beyond 10^15 fen is an error.
func Fen(s string) (int64, error) {
	t := strings.ReplaceAll(strings.TrimSpace(s), ",", "")
	neg := strings.HasPrefix(t, "-")
	t = strings.TrimPrefix(t, "-")
	whole, frac, _ := strings.Cut(t, ".")
	if whole == "" || len(whole) > 13 || len(frac) > 2 {
		return 0, fmt.Errorf("amount %q: not a decimal with at most two places", s)
	}
	n, err := strconv.ParseUint(whole+(frac + "00")[:2], 10, 63)
	if err != nil {
		return 0, fmt.Errorf("amount %q: not a decimal", s)
	}
	if neg {
		return -int64(n), nil //nolint:gosec // bounded by 63 bits above
	}
	return int64(n), nil //nolint:gosec // bounded by 63 bits above
}

// Money writes a decimal amount in figures: ¥3,000.00 in Chinese, CNY 3,000.00
// in English. What is no amount is returned unchanged.
func Money(s, locale string) string {
	n, err := Fen(s)
	if err != nil {
		return s
	}
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	figures := fmt.Sprintf("%s.%02d", group(n/100), n%100)
	if locale == "en" {
		return sign + "CNY " + figures
	}
	return sign + "¥" + figures
}

func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Words writes a decimal amount in the banker's capitals: 叁仟元整, 壹佰零伍元叁角,
// 叁仟元零伍分. Empty for what is no amount or is negative.
func Words(s string) string {
	n, err := Fen(s)
	if err != nil || n < 0 {
		return ""
	}
	digits := []rune("零壹贰叁肆伍陆柒捌玖")
	yuan, jiao, fen := n/100, n/10%10, n%10
	var b strings.Builder
	if yuan > 0 {
		b.WriteString(capitals(yuan) + "元")
	} else if jiao == 0 && fen == 0 {
		return "零元整"
	}
	switch {
	case jiao == 0 && fen == 0:
		b.WriteString("整")
	case jiao == 0:
		if yuan > 0 {
			b.WriteString("零")
		}
		b.WriteString(string(digits[fen]) + "分")
	default:
		b.WriteString(string(digits[jiao]) + "角")
		if fen > 0 {
			b.WriteString(string(digits[fen]) + "分")
		}
	}
	return b.String()
}

// capitals writes a positive whole number: groups of four digits with 万, 亿 and
// one 零 for any run of zeros inside.
func capitals(n int64) string {
	digits := []rune("零壹贰叁肆伍陆柒捌玖")
	units := []string{"", "拾", "佰", "仟"}
	groups := []string{"", "万", "亿", "万亿"}
	var parts []int64
	for ; n > 0; n /= 10000 {
		parts = append(parts, n%10000)
	}
	var b strings.Builder
	zero := false
	for g := len(parts) - 1; g >= 0; g-- {
		p := parts[g]
		if p == 0 {
			zero = b.Len() > 0
			continue
		}
		for u := 3; u >= 0; u-- {
			d := p
			for range u {
				d /= 10
			}
			d %= 10
			if d == 0 {
				zero = zero || b.Len() > 0
				continue
			}
			if zero {
				b.WriteString("零")
				zero = false
			}
			b.WriteString(string(digits[d]) + units[u])
		}
		b.WriteString(groups[g])
		zero = false
		if p%10 == 0 && g > 0 {
			zero = true
		}
	}
	return b.String()
}
