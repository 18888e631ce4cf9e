package entity

import (
	"fmt"
	"time"
)

// clockTime is a time of day as read.
type clockTime struct {
	h, m  int
	exact bool // morning or afternoon was said, or 24-hour writing
	night bool // 晚上: twelve is the day's end
}

// on gives the time on a day. A time without a day is the next such time; one
// that may be morning or afternoon is taken in the bank's hours.
func (c clockTime) on(d day, now time.Time, dated bool) string {
	h := c.h
	if !c.exact && h >= 1 && h <= 7 {
		h += 12 // 三点 at a bank is the afternoon
	}
	if !dated {
		at := time.Date(d.y, time.Month(d.m), d.d, h, c.m, 0, 0, now.Location())
		if at.Before(now) {
			d = onDay(at.AddDate(0, 0, 1))
		}
	}
	if c.night && h == 24 {
		d, h = onDay(time.Date(d.y, time.Month(d.m), d.d+1, 0, 0, 0, 0, now.Location())), 0
	}
	return fmt.Sprintf("%04d-%02d-%02dT%02d:%02d", d.y, d.m, d.d, h, c.m)
}

// dayPart goes past 上午, 下午 and the like behind a date without a time.
func (s *scan) dayPart(i int) int {
	return s.opt(i, "上午", "下午", "早上", "晚上", "中午", "凌晨", "傍晚")
}

// clock reads a time of day at i: 下午三点半, 15:30, 3pm, at 3; dated says that
// a date stands before it. It gives -1 when there is none.
func (s *scan) clock(i int, dated bool) (clockTime, int) {
	i = s.spaces(i)
	j := i
	part, which := s.any(i, "凌晨", "早上", "上午", "早晨", "中午", "下午", "傍晚", "晚上", "夜里", "晚", "早")
	if part > 0 {
		j = s.spaces(part)
	} else if s.before(i, "今晚", "明晚", "昨晚") {
		which = 7
	} else if s.before(i, "今早", "明早") {
		which = 1
	}
	s.whole = true
	h, k := s.small(j, 24)
	s.whole = false
	if k == j {
		if part > 0 && which == 4 && dated {
			return clockTime{h: 12, exact: true}, part
		}
		return clockTime{}, -1
	}
	c := clockTime{h: h, exact: which >= 0}
	end := s.minutes(&c, k, dated || which >= 0)
	if end < 0 {
		return clockTime{}, -1
	}
	switch {
	case which == 4 && c.h < 11 && c.h > 0, which >= 5 && which <= 9 && c.h < 12 && which != 8:
		c.h += 12
	case which == 7 && c.h == 12:
		c.h, c.night = 24, true
	}
	if c.h > 24 || c.m > 59 || (c.h == 24 && !c.night) {
		return clockTime{}, -1
	}
	return c, end
}

// aBit says that 一点 at i is a little of something and no hour: 多转一点, 便宜一点.
func (s *scan) aBit(i int) bool {
	return !s.plain && s.has(i, "一点") && !s.has(i+2, "钟", "半", "整", "零", "十", "二", "三", "四", "五", "一刻", "前", "后", "之") && !isDigit(s.get(i+2)) &&
		!s.alone(i, i+2) && !s.before(i, "在", "到", "约", "是", "于", "改成", "改为")
}

// minutes reads what follows the hour at k: 点半, 点十五分, :30, pm.
func (s *scan) minutes(c *clockTime, k int, sure bool) int {
	end := -1
	switch r := s.get(k); {
	case r == ':' && isDigit(s.get(k+1)) && isDigit(s.get(k+2)) && !isDigit(s.get(k+3)):
		c.m, end = int(s.r[k+1]-'0')*10+int(s.r[k+2]-'0'), k+3
		c.exact = c.exact || c.h > 12 || c.h == 0 || s.r[k-1] != ' ' && s.get(k-2) == '0'
	case r == '点' || r == '时' && sure:
		end = k + 1
		switch {
		case s.get(end) == '半':
			c.m, end = 30, end+1
		case s.has(end, "一刻"):
			c.m, end = 15, end+2
		case s.has(end, "三刻"):
			c.m, end = 45, end+2
		case s.has(end, "钟", "整"):
			end++
		default:
			m, e := s.small(end, 59)
			switch {
			case e > end && s.get(e) == '分':
				c.m, end = m, e+1
			case e > end && sure && e-end >= 1:
				c.m, end = m, e
			case e > end && !isDigit(s.get(end)) && e-end >= 2 && m >= 10 && hanUnit(s.get(end+min(1, e-end-1))) == 10:
				c.m, end = m, e
			case e > end || hanDigit(s.get(end)) >= 0:
				return -1 // 三点五 is a decimal
			}
		}
		c.exact = c.exact || c.h > 12
	}
	pm := k
	if end > 0 {
		pm = end
	}
	if e, which := s.any(s.spaces(pm), "am", "pm", "a.m.", "p.m.", "a.m", "p.m", "o'clock"); e > 0 {
		if which != 6 {
			c.exact = true
		}
		switch {
		case which%2 == 1 && c.h < 12:
			c.h += 12
		case which%2 == 0 && which < 6 && c.h == 12:
			c.h = 0
		}
		return e
	}
	from := k
	for isDigit(s.get(from - 1)) {
		from--
	}
	if end < 0 && sure && from < k && s.before(from, "at") && !isDigit(s.get(k)) {
		return k // tomorrow at 3, tomorrow at 10
	}
	return end
}

// englishDate reads 31 February, March 3rd, the 15th, 15th of next month.
func (s *scan) englishDate(i int) (day, int) {
	t := s.today()
	j := i
	if e := s.lit(i, "the"); e > 0 {
		j = s.spaces(e)
	}
	if m, e := s.monthName(j); e > j {
		k := s.spaces(e)
		if s.get(k) == '.' {
			k = s.spaces(k + 1)
		}
		d, b := s.dayNumber(k)
		if b == k || d > 31 && b-k == 4 {
			if y, yEnd := s.small(k, 2200); yEnd-k == 4 && y >= 1900 {
				start := time.Date(y, time.Month(m), 1, 0, 0, 0, 0, t.Location())
				return period(start, start.AddDate(0, 1, -1)), yEnd
			}
			if e-j < 4 || s.has(j, "march", "may") {
				return day{}, i // may and mar are words of their own
			}
			start := time.Date(t.Year(), time.Month(m), 1, 0, 0, 0, 0, t.Location())
			return s.nearestYear(period(start, start.AddDate(0, 1, -1))), e
		}
		return s.withYear(m, d, b)
	}
	d, b := s.dayNumber(j)
	if b == j {
		return day{}, i
	}
	k := s.opt(s.spaces(b), "of")
	if m, e := s.monthName(s.spaces(k)); e > s.spaces(k) {
		return s.withYear(m, d, e)
	}
	if e, which := s.any(s.spaces(k), "next month", "this month", "last month"); e > 0 {
		first := time.Date(t.Year(), t.Month()+time.Month([...]int{1, 0, -1}[which]), 1, 0, 0, 0, 0, t.Location())
		return day{y: first.Year(), m: int(first.Month()), d: d}, e
	}
	if j > i && s.ordinalSuffix(j) && !s.has(s.spaces(b), "one", "card", "account", "payee", "option", "transaction", "time") {
		y, m := t.Year(), int(t.Month())
		if d < t.Day() {
			y, m = nextMonth(y, m)
		}
		return day{y: y, m: m, d: d}, b
	}
	return day{}, i
}

// withYear completes a day of month m that ends at e, with a year behind it where one is written.
func (s *scan) withYear(m, d, e int) (day, int) {
	k := s.spaces(s.opt(e, ","))
	if y, yEnd := s.small(k, 2200); yEnd-k == 4 && y >= 1900 {
		return day{y: y, m: m, d: d}, yEnd
	}
	return s.nearestYear(day{y: s.now.Year(), m: m, d: d}), e
}

// dayNumber reads 31, 31st, 3rd at i.
func (s *scan) dayNumber(i int) (d, end int) {
	for end = i; isDigit(s.get(end)) && end-i < 4; end++ {
		d = d*10 + int(s.r[end]-'0')
	}
	if end == i || end-i > 2 {
		return d, i
	}
	return d, s.opt(end, "st", "nd", "rd", "th")
}

func (s *scan) ordinalSuffix(i int) bool {
	for isDigit(s.get(i)) {
		i++
	}
	return s.has(i, "st", "nd", "rd", "th")
}

func (s *scan) monthName(i int) (m, end int) {
	if !s.wordStart(i) {
		return 0, i
	}
	long := [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}
	w, e := s.word(i)
	for k, name := range long {
		if w == name || (len(w) >= 3 && len(w) <= 4 && len(w) <= len(name) && w == name[:len(w)]) {
			return k + 1, e
		}
	}
	return 0, i
}

// joinPeriods makes one period of two dates with 到 between them.
func (s *scan) joinPeriods() {
	for k := 0; k+1 < len(s.out); k++ {
		a, b := s.out[k], s.out[k+1]
		if !dateLike(a) || !dateLike(b) || b.Start < a.End {
			continue
		}
		switch zhTrim(s.text.Orig[a.End:b.Start]) {
		case "到", "至", "-", "~", "—", "–", "to", "until", "till", "and":
		default:
			continue
		}
		from, to := a.Value[:10], b.Value[max(0, len(b.Value)-10):]
		if to < from {
			continue
		}
		end := b.End
		if rest := s.text.Orig[end:]; len(rest) >= 3 && rest[:3] == "号" {
			end += 3
		}
		s.out[k] = Entity{Kind: Period, Value: from + "/" + to, Text: s.text.Orig[a.Start:end], Start: a.Start, End: end}
		s.out = append(s.out[:k+1], s.out[k+2:]...)
	}
}

func dateLike(e Entity) bool { return (e.Kind == Date || e.Kind == Period) && e.Bad == "" }

func zhTrim(t string) string {
	for len(t) > 0 && t[0] == ' ' {
		t = t[1:]
	}
	for len(t) > 0 && t[len(t)-1] == ' ' {
		t = t[:len(t)-1]
	}
	return t
}
