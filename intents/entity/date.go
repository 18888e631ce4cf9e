package entity

import (
	"fmt"
	"time"
)

const dateForm = "2006-01-02"

// day is a date as read: a day that may not exist, or a period.
type day struct {
	y, m, d  int
	from, to time.Time // a period, when from is set
	bad      string
}

func (s *scan) today() time.Time {
	y, m, d := s.now.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, s.now.Location())
}

func onDay(t time.Time) day { y, m, d := t.Date(); return day{y: y, m: int(m), d: d} }

func period(from, to time.Time) day { return day{from: from, to: to} }

func (d day) value() string {
	if !d.from.IsZero() {
		return d.from.Format(dateForm) + "/" + d.to.Format(dateForm)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.y, d.m, d.d)
}

// check sets bad when the day is on no calendar.
func (d day) check() day {
	if d.from.IsZero() && (d.m < 1 || d.m > 12 || d.d < 1 || d.d > monthDays(d.y, d.m)) {
		d.bad = "no_such_date"
	}
	return d
}

func monthDays(y, m int) int { return time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day() }

// dateTime reads a date, a period, a time of day, or a date with its time.
func (s *scan) dateTime(i int) int {
	if (isDigit(s.get(i)) || latin(s.get(i))) && !s.wordStart(i) {
		return i
	}
	if s.aBit(i) {
		return i
	}
	d, end := s.date(i)
	if end > i && !d.from.IsZero() {
		return s.add(Period, d.value(), "", i, end)
	}
	dated := end > i
	if !dated {
		d = onDay(s.today())
		end = i
	}
	c, tEnd := s.clock(s.opt(s.spaces(end), "的", "at", ",", "在"), dated)
	if tEnd < 0 {
		if !dated {
			return i
		}
		return s.add(Date, d.value(), d.bad, i, s.dayPart(end))
	}
	if !dated {
		// A time in English may be followed by its day: 3pm tomorrow.
		if later, e := s.date(s.opt(s.spaces(tEnd), "on")); e > s.spaces(tEnd) && later.from.IsZero() && latin(s.get(i+1)) || e > s.spaces(tEnd) && s.get(tEnd-1) == 'm' && later.from.IsZero() {
			d, tEnd, dated = later, e, true
		}
	}
	at := c.on(d, s.now, dated)
	return s.add(DateTime, at, d.bad, i, tEnd)
}

// date reads a day or a period at i.
func (s *scan) date(i int) (day, int) {
	rules := [...]func(int) (day, int){s.isoDate, s.ago, s.named, s.week, s.span, s.month, s.year, s.monthDay, s.englishDate}
	for _, rule := range rules {
		if d, end := rule(i); end > i {
			return d.check(), end
		}
	}
	return day{}, i
}

// small reads a whole number up to limit at i.
func (s *scan) small(i, limit int) (v, end int) {
	if isDigit(s.get(i)) {
		end = i
		for isDigit(s.get(end)) && end-i < 5 {
			v = v*10 + int(s.r[end]-'0')
			end++
		}
		if s.get(end) == '.' && isDigit(s.get(end+1)) || isDigit(s.get(end)) || v > limit {
			return 0, i
		}
		return v, end
	}
	n, end := s.num(i)
	if end <= i || n.decimals > 0 || n.huge || n.v/micro > int64(limit) {
		return 0, i
	}
	return int(n.v / micro), end
}

// isoDate reads 2026-03-31, 2026/3/31, 2026.3.31, 20260331 is left to numbers.
func (s *scan) isoDate(i int) (day, int) {
	y, j := s.small(i, 2200)
	sep := s.get(j)
	if j-i != 4 || y < 1900 || (sep != '-' && sep != '/' && sep != '.') {
		return day{}, i
	}
	m, k := s.small(j+1, 99)
	if k == j+1 || s.get(k) != sep || !isDigit(s.get(k+1)) {
		return day{}, i
	}
	d, end := s.small(k+1, 99)
	if end == k+1 || !isDigit(s.get(end-1)) {
		return day{}, i
	}
	return day{y: y, m: m, d: d}, end
}

// named reads 今天, 大后天, 月底, tomorrow …
func (s *scan) named(i int) (day, int) {
	t := s.today()
	names := [...]struct {
		text string
		days int
	}{
		{"今天", 0},
		{"今日", 0},
		{"今晚", 0},
		{"今早", 0},
		{"今儿", 0},
		{"当天", 0},
		{"明天", 1},
		{"明日", 1},
		{"明早", 1},
		{"明晚", 1},
		{"明儿", 1},
		{"后天", 2},
		{"后日", 2},
		{"大后天", 3},
		{"昨天", -1},
		{"昨日", -1},
		{"昨晚", -1},
		{"昨儿", -1},
		{"前天", -2},
		{"大前天", -3},
		{"today", 0},
		{"tonight", 0},
		{"tomorrow", 1},
		{"the day after tomorrow", 2},
		{"day after tomorrow", 2},
		{"yesterday", -1},
		{"the day before yesterday", -2},
		{"day before yesterday", -2},
	}
	best, days := i, 0
	for _, n := range names {
		if e := s.lit(i, n.text); e > best {
			best, days = e, n.days
		}
	}
	if best > i {
		return onDay(t.AddDate(0, 0, days)), best
	}
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
	if e, _ := s.any(i, "月底", "月末", "本月底", "这个月底", "本月末", "这月底", "end of the month", "the end of the month", "end of this month", "month end"); e > 0 && s.get(i-1) != '个' {
		if s.before(i, "每", "每月", "每月的", "每个月", "每个月的", "每到", "按") {
			return day{}, i // a day of every month is no date
		}
		return onDay(first.AddDate(0, 1, -1)), e
	}
	if e, _ := s.any(i, "年底", "今年底", "年末", "end of the year"); e > 0 {
		return day{y: t.Year(), m: 12, d: 31}, e
	}
	return day{}, i
}

func weekday(r rune) int {
	switch r {
	case '日', '天', '末':
		return 7
	}
	if d := hanDigit(r); d >= 1 && d <= 6 {
		return d
	}
	if r >= '1' && r <= '7' {
		return int(r - '0')
	}
	return 0
}

// monday is the first day of t's week.
func monday(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }

// week reads 下周一, 这周五, 上周, 星期三, next Monday, last week.
func (s *scan) week(i int) (day, int) {
	t := s.today()
	shift, j := 0, i
	given := false
	prefixes := [...]struct {
		text  string
		shift int
	}{
		{"下下", 2}, {"下下个", 2}, {"下", 1}, {"下个", 1}, {"下一", 1}, {"这", 0}, {"这个", 0}, {"本", 0}, {"上", -1}, {"上个", -1}, {"上一", -1}, {"上上", -2}, {"上上个", -2},
	}
	for _, p := range prefixes {
		if e := s.lit(i, p.text); e > j {
			j, shift, given = e, p.shift, true
		}
	}
	if e, _ := s.any(j, "周", "星期", "礼拜"); e > 0 {
		start := monday(t).AddDate(0, 0, 7*shift)
		if w := weekday(s.get(e)); w > 0 && !s.has(e+1, "年", "个", "期") {
			at := start.AddDate(0, 0, w-1)
			if s.get(e) == '末' {
				return period(start.AddDate(0, 0, 5), start.AddDate(0, 0, 6)), e + 1
			}
			if !given && at.Before(t) {
				at = at.AddDate(0, 0, 7)
			}
			return onDay(at), e + 1
		}
		if given {
			return period(start, start.AddDate(0, 0, 6)), e
		}
		return day{}, i
	}
	return s.englishWeek(i)
}

func (s *scan) englishWeek(i int) (day, int) {
	t := s.today()
	shift, j, given := 0, i, false
	if e, which := s.any(i, "this", "next", "last", "on", "coming"); e > 0 {
		j = s.spaces(e)
		shift = [...]int{0, 1, -1, 0, 0}[which]
		given = which < 3
	}
	if e := s.lit(j, "week"); e > 0 && given {
		start := monday(t).AddDate(0, 0, 7*shift)
		return period(start, start.AddDate(0, 0, 6)), e
	}
	names := [...]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri"}
	e, w := s.any(j, names[:]...)
	if e < 0 || (w > 6 && !given) {
		return day{}, i
	}
	at := monday(t).AddDate(0, 0, w%7+7*shift)
	if shift == 0 && at.Before(t) {
		at = at.AddDate(0, 0, 7)
	}
	return onDay(at), e
}

// month reads 下个月15号, 上个月, 本月底, 下月初, next month.
func (s *scan) month(i int) (day, int) {
	t := s.today()
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
	e, which := s.any(i, "这个月", "本月", "这月", "当月", "下个月", "下月", "下一个月", "下下个月", "上个月", "上月", "上一个月", "上上个月", "this month", "next month", "last month")
	if e < 0 {
		return day{}, i
	}
	shift := [...]int{0, 0, 0, 0, 1, 1, 1, 2, -1, -1, -1, -2, 0, 1, -1}[which]
	m := first.AddDate(0, shift, 0)
	k := s.opt(e, "的")
	if b, which := s.any(k, "底", "末", "月底", "初", "月初", "中旬", "中"); b > 0 {
		switch {
		case which <= 2:
			return onDay(m.AddDate(0, 1, -1)), b
		case which <= 4:
			return onDay(m), b
		}
		return day{y: m.Year(), m: int(m.Month()), d: 15}, b
	}
	if d, b := s.small(k, 99); b > k && s.has(b, "号", "日") {
		return day{y: m.Year(), m: int(m.Month()), d: d}, b + 1
	}
	return period(m, m.AddDate(0, 1, -1)), e
}

// year reads 去年, 去年十月, 明年3月1号, 2023年, 今年上半年.
func (s *scan) year(i int) (day, int) {
	t := s.today()
	y, j := 0, i
	if e, which := s.any(i, "今年", "本年", "去年", "明年", "前年", "后年", "this year", "last year", "next year"); e > 0 {
		y, j = t.Year()+[...]int{0, 0, -1, 1, -2, 2, 0, -1, 1}[which], e
	} else if v, e := s.small(i, 2200); e-i == 4 && v >= 1900 && s.get(e) == '年' {
		y, j = v, e+1
	} else if v, e := s.small(i, 99); e-i == 2 && isDigit(s.get(i)) && v >= 10 && s.get(e) == '年' && isDigit(s.get(e+1)) {
		y, j = 2000+v, e+1 // 23年5月
	}
	if j == i {
		return day{}, i
	}
	k := s.opt(j, "的")
	if d, e := s.monthOf(k, y); e > k {
		return d, e
	}
	if d, e := s.part(k, y, t); e > k {
		return d, e
	}
	if e, _ := s.any(k, "底", "年底"); e > 0 {
		return day{y: y, m: 12, d: 31}, e
	}
	if e, _ := s.any(k, "以来", "至今"); e > 0 {
		return period(time.Date(y, 1, 1, 0, 0, 0, 0, t.Location()), t), e
	}
	return period(time.Date(y, 1, 1, 0, 0, 0, 0, t.Location()), time.Date(y, 12, 31, 0, 0, 0, 0, t.Location())), j
}

// part reads a half or quarter of year y.
func (s *scan) part(i, y int, t time.Time) (day, int) {
	e, which := s.any(i, "上半年", "下半年", "一季度", "二季度", "三季度", "四季度", "第一季度", "第二季度", "第三季度", "第四季度")
	if e < 0 {
		return day{}, i
	}
	from, months := 1, 6
	switch {
	case which == 1:
		from = 7
	case which >= 2:
		from, months = (which-2)%4*3+1, 3
	}
	start := time.Date(y, time.Month(from), 1, 0, 0, 0, 0, t.Location())
	return period(start, start.AddDate(0, months, -1)), e
}

// monthOf reads 3月31日, 十月, 3月底 of year y at i.
func (s *scan) monthOf(i, y int) (day, int) {
	m, j := s.small(i, 99)
	if j == i || s.get(j) != '月' {
		return day{}, i
	}
	j++
	if d, k := s.small(j, 99); k > j && !s.has(k, "月", "个", "笔", "块", "元", "万") && (s.has(k, "号", "日") || isDigit(s.get(j)) || k-j > 1) {
		return day{y: y, m: m, d: d}, s.opt(k, "号", "日")
	}
	if e, which := s.any(j, "底", "末", "初", "中旬", "上旬"); e > 0 && m >= 1 && m <= 12 {
		return day{y: y, m: m, d: [...]int{monthDays(y, m), monthDays(y, m), 1, 15, 1}[which]}, e
	}
	if m < 1 || m > 12 {
		return day{y: y, m: m, d: 1}, s.opt(j, "份")
	}
	start := time.Date(y, time.Month(m), 1, 0, 0, 0, 0, s.now.Location())
	return period(start, start.AddDate(0, 1, -1)), s.opt(j, "份")
}

// monthDay reads 3月31日, 十月, 31号 and halves without a year.
func (s *scan) monthDay(i int) (day, int) {
	t := s.today()
	if d, e := s.part(i, t.Year(), t); e > i {
		return d, e
	}
	if d, e := s.monthOf(i, t.Year()); e > i {
		return s.nearestYear(d), e
	}
	d, j := s.small(i, 99)
	if j == i || !s.has(j, "号", "日") || s.has(j, "号线", "号楼", "号房", "号店", "号机", "号卡", "号柜", "日元", "日均", "号码") {
		return day{}, i
	}
	if s.before(i, "月", "每月") && s.before(i, "每月", "每个月") {
		return day{}, i // a day of every month is no date
	}
	y, m := t.Year(), int(t.Month())
	if d < t.Day() {
		y, m = nextMonth(y, m)
	}
	for range 2 {
		if d > monthDays(y, m) && d <= 31 {
			y, m = nextMonth(y, m)
		}
	}
	return day{y: y, m: m, d: d}, j + 1
}

func nextMonth(y, m int) (ny, nm int) {
	if m == 12 {
		return y + 1, 1
	}
	return y, m + 1
}

// nearestYear gives a day without a year the year that brings it within half a
// year of now; 2月29日 stays in this year and may not exist.
func (s *scan) nearestYear(d day) day {
	t := s.today()
	if !d.from.IsZero() {
		// A month by itself is mostly asked about, so it is the last one of its name.
		if d.from.After(t) {
			d.from = d.from.AddDate(-1, 0, 0)
			d.to = d.from.AddDate(0, 1, -1)
		}
		return d
	}
	if d.m < 1 || d.m > 12 || d.d < 1 || d.d > monthDays(d.y, d.m) {
		return d
	}
	at := time.Date(d.y, time.Month(d.m), d.d, 0, 0, 0, 0, t.Location())
	switch {
	case at.Before(t.AddDate(0, -6, 0)):
		d.y++
	case at.After(t.AddDate(0, 6, 0)):
		d.y--
	}
	return d
}
