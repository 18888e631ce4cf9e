package entity

import (
	"time"
)

// unit reads a unit of time: its years, months and days.
func (s *scan) unit(i int) (y, m, d, end int) {
	e, which := s.any(i, "年", "个月", "月", "周", "个星期", "星期", "个礼拜", "礼拜", "天", "日", "years", "year", "months", "month", "weeks", "week", "days", "day", "yrs", "yr")
	if e < 0 {
		return 0, 0, 0, i
	}
	switch which {
	case 0, 10, 11, 18, 19:
		return 1, 0, 0, e
	case 1, 2, 12, 13:
		return 0, 1, 0, e
	case 3, 4, 5, 6, 7, 14, 15:
		return 0, 0, 7, e
	}
	return 0, 0, 1, e
}

// ago reads 三天后, 3个月前, in 3 days, two weeks ago, 13年前.
func (s *scan) ago(i int) (day, int) {
	j := i
	in := s.lit(i, "in")
	if in > 0 {
		j = s.spaces(in)
	}
	n, k := s.count(j)
	if k == j {
		return day{}, i
	}
	y, m, d, e := s.unit(s.spaces(k))
	if e <= k {
		return day{}, i
	}
	sign := 1
	if in < 0 {
		var which, end int
		if end, which = s.any(s.spaces(e), "后", "以后", "之后", "前", "以前", "之前", "ago", "later", "from now", "from today"); end < 0 {
			return day{}, i
		}
		if which >= 3 && which <= 6 {
			sign = -1
		}
		if s.has(end, "三", "几") && which == 3 {
			return day{}, i
		}
		e = end
	}
	t := s.today()
	if y > 0 && sign < 0 {
		if n == half {
			return onDay(t.AddDate(0, -6, 0)), e
		}
		start := time.Date(t.Year()-n, 1, 1, 0, 0, 0, 0, t.Location())
		return period(start, start.AddDate(1, 0, -1)), e
	}
	if n == half {
		return onDay(t.AddDate(0, sign*6*y, sign*15*m)), e
	}
	return onDay(addMonths(t, sign*n*(12*y+m)).AddDate(0, 0, sign*n*d)), e
}

// addMonths stays within the month it comes to: 31 January plus one is 28 February.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, t.Location())
	return first.AddDate(0, 0, min(t.Day(), monthDays(first.Year(), int(first.Month())))-1)
}

// half is the count of 半年 and 半个月.
const half = -1

func (s *scan) count(i int) (n, end int) {
	if s.get(i) == '半' {
		return half, i + 1
	}
	if e, _ := s.any(i, "a", "an"); e > 0 {
		return 1, e
	}
	return s.small(i, 1000)
}

// span reads 最近三个月, 近半年, 过去一年, last 3 months.
func (s *scan) span(i int) (day, int) {
	e, _ := s.any(i, "最近", "近", "过去", "这", "前", "last", "past", "the last", "the past", "previous", "recent")
	if e < 0 {
		return day{}, i
	}
	j := s.opt(s.spaces(e), "的", "这")
	n, k := s.count(j)
	if k == j || s.has(i, "这") && n < 2 && n != half {
		return day{}, i
	}
	y, m, d, end := s.unit(s.spaces(k))
	if end <= k || (s.get(end-1) == '月' && s.get(end-2) != '个' && hanDigit(s.get(k-1)) < 0 && m == 1 && s.get(k) == '月') {
		return day{}, i
	}
	t := s.today()
	if n == half {
		return period(addMonths(t, -6*y).AddDate(0, 0, 1-15*m), t), end
	}
	return period(addMonths(t, -n*(12*y+m)).AddDate(0, 0, 1-n*d), t), end
}
