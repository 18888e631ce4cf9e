package flow

import (
	"strings"
	"time"
)

// Tidy mends what comes of putting one sentence into another, and writes sums
// as money is written: 。， is ，, 。。 is 。, 1000000.00 is 1,000,000.00.
func Tidy(s string) string {
	s = strings.NewReplacer("。。", "。", "。，", "，", "。；", "；", "，，", "，", "，。", "。").Replace(s)
	if !strings.Contains(s, ".") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && isDigit(s[j]) {
			j++
		}
		if j == i {
			b.WriteByte(s[i])
			i++
			continue
		}
		sum := j-i > 3 && j+2 < len(s) && s[j] == '.' && isDigit(s[j+1]) && isDigit(s[j+2]) && (j+3 == len(s) || !isDigit(s[j+3]) && s[j+3] != '.')
		if i > 0 && strings.IndexByte(".,-/:*", s[i-1]) >= 0 || !sum {
			b.WriteString(s[i:j])
			i = j
			continue
		}
		for k := i; k < j; k++ {
			if k > i && (j-k)%3 == 0 {
				b.WriteByte(',')
			}
			b.WriteByte(s[k])
		}
		i = j
	}
	return b.String()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// Spoken writes every RFC 3339 time in a text as a clerk would say it at the
// time now: 今天17:30, 明天09:00, 11月27日10:05, with the year where it is another.
// What is no time stays as it is.
func Spoken(s, locale string, now time.Time) string {
	const shape = "2006-01-02T15:04:05"
	for i := 0; i+len(shape) < len(s); i++ {
		if !isDigit(s[i]) || i > 0 && isDigit(s[i-1]) || s[i+10] != 'T' || s[i+4] != '-' {
			continue
		}
		end := i + len(shape)
		for end < len(s) && strings.IndexByte("0123456789.:+-Z", s[end]) >= 0 {
			end++
		}
		for ; end > i+len(shape); end-- { // a mark behind it is none of its own
			if t, err := time.Parse(time.RFC3339, s[i:end]); err == nil {
				said := clock(t.In(now.Location()), locale, now)
				s = s[:i] + said + s[end:]
				i += len(said) - 1
				break
			}
		}
	}
	return s
}

// clock names a time of day, and the day where it is not plain.
func clock(t time.Time, locale string, now time.Time) string {
	day := func(d time.Time) string { return d.Format(time.DateOnly) }
	en := locale == "en"
	switch {
	case day(t) == day(now):
		if en {
			return "today " + t.Format("15:04")
		}
		return "今天" + t.Format("15:04")
	case day(t) == day(now.AddDate(0, 0, 1)):
		if en {
			return "tomorrow " + t.Format("15:04")
		}
		return "明天" + t.Format("15:04")
	case en && t.Year() == now.Year():
		return t.Format("2 Jan, 15:04")
	case en:
		return t.Format("2 Jan 2006, 15:04")
	case t.Year() == now.Year():
		return t.Format("1月2日15:04")
	}
	return t.Format("2006年1月2日15:04")
}
