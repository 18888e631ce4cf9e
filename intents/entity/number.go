package entity

import (
	"strconv"
	"strings"

	"github.com/pingdui/pingdui/internal/zh"
)

// micro is the fixed point of numbers: millionths, enough for rates, and up to
// nine trillion whole.
const micro = 1_000_000

const maxWhole = 1_000_000_000_000 // larger is too_large

// num is a number as read.
type num struct {
	v        int64 // ×10⁶
	decimals int   // digits behind the point, as written
	grouped  bool  // written 1,200
	scaled   bool  // has 百 or more, k, w, hundred …: reads as an amount by itself
	digits   bool  // ASCII digits only
	huge     bool  // does not fit
	broken   bool  // written as no number is: 1,00 or 12.345.6 or 1e9
}

// number is the last rule: a bare number. Alone in a message it may be a code too.
func (s *scan) number(i int) int {
	if !s.wordStart(i) && isDigit(s.get(i)) {
		return i
	}
	n, end := s.num(i)
	if end <= i {
		return i
	}
	if !n.digits && end-i == 1 && !s.alone(i, end) && !s.counted(end) && !s.isSum(i, end) {
		return i // 一 in 一下, 两 in words: no number
	}
	if n.broken {
		return s.add(Number, "", "malformed", i, end)
	}
	if n.digits && latin(s.get(end)) {
		return i // 3d, 4g
	}
	if n.huge {
		return s.add(Number, "", "too_large", i, end)
	}
	if i > 0 && (s.get(i-1) == '-' || s.get(i-1) == '负') && (i == 1 || !isDigit(s.get(i-2)) && !latin(s.get(i-2))) {
		return s.add(Number, "", "not_positive", i-1, end) // a sign, not the dash of 2-3 or a-1
	}
	if s.before(i, "minus", "negative") {
		return s.add(Number, "", "not_positive", i, end)
	}
	s.add(Number, n.String(), "", i, end)
	if n.digits && n.decimals == 0 && !n.grouped && end-i >= 4 && end-i <= 8 && s.alone(i, end) {
		s.add(Code, string(s.r[i:end]), "", i, end)
	}
	return end
}

// isSum says that the one digit word in [i, j) is a sum by what stands around
// it: 转三, 改成零.
func (s *scan) isSum(i, j int) bool {
	return s.before(i, "转", "汇", "付", "改成", "改为", "改到", "换成") && (j == len(s.r) || strings.ContainsRune(",。.!;、~ ", s.get(j)))
}

func (s *scan) counted(i int) bool {
	return s.has(i, "个", "张", "笔", "次", "期", "份", "位", "人", "条", "户", "岁", "月")
}

// String is the shortest decimal.
func (n num) String() string {
	whole, frac := n.v/micro, n.v%micro
	out := strconv.FormatInt(whole, 10)
	if frac == 0 {
		return out
	}
	f := strconv.FormatInt(frac+micro, 10)[1:]
	return out + "." + strings.TrimRight(f, "0")
}

// num reads a number of any spelling at i; end is i when there is none.
func (s *scan) num(i int) (n num, end int) {
	r := s.get(i)
	switch {
	case isDigit(r):
		return s.digitNum(i)
	case latin(r) && s.wordStart(i):
		return s.englishNum(i)
	default:
		return s.hanNum(i)
	}
}

// digitNum reads 3500, 1,200.50, 3.5万, 3万5, 1k, 2w, 3千5.
func (s *scan) digitNum(i int) (n num, end int) {
	j := i
	var whole int64
	for count := 0; isDigit(s.get(j)) || (s.get(j) == ',' && count > 0 && s.group(j)); j++ {
		if s.r[j] == ',' {
			n.grouped = true
			continue
		}
		count++
		if whole = whole*10 + int64(s.r[j]-'0'); whole > maxWhole {
			n.huge, whole = true, maxWhole
		}
	}
	n.digits = true
	n.v = whole * micro
	if s.get(j) == '.' && isDigit(s.get(j+1)) {
		j++
		for scale := int64(micro / 10); isDigit(s.get(j)); j++ {
			n.v += int64(s.r[j]-'0') * scale
			scale /= 10
			n.decimals++
		}
	}
	if k := s.brokenOff(j); k > j {
		n.broken = true
		return n, k
	}
	return s.scale(n, j)
}

// brokenOff gives the end of what is written like a number but is none, where
// the digits before j are its beginning: 1,00 and 1,0000 (no group of three),
// 12.345.6 (two points), 1e9. It is j when there is nothing of the kind. A
// full-width comma and one before a counted thing (500,3天后到吗) separate.
func (s *scan) brokenOff(j int) int {
	k := j
	for {
		switch {
		case (s.get(k) == ',' && s.originalByte(k) == ',' || s.get(k) == '.') && isDigit(s.get(k+1)):
		case s.get(k) == 'e' && k == j && isDigit(s.get(k+1)):
		default:
			if k > j && (k == len(s.r) || !zh.IsHan(s.r[k]) && !latin(s.r[k]) || s.has(k, "元", "块", "万", "千", "给", "到", "吧", "yuan", "rmb", "cny")) {
				return k
			}
			return j
		}
		for k++; isDigit(s.get(k)); k++ {
		}
	}
}

// originalByte is the first byte of rune i as it was written.
func (s *scan) originalByte(i int) byte {
	from, _ := s.text.Span(s.at[i], s.at[i+1])
	return s.text.Orig[from]
}

// group says whether the comma at j separates exactly three digits.
func (s *scan) group(j int) bool {
	return isDigit(s.get(j+1)) && isDigit(s.get(j+2)) && isDigit(s.get(j+3)) && !isDigit(s.get(j+4))
}

// scale reads what multiplies a digit number, and a shorthand digit behind it.
func (s *scan) scale(n num, j int) (num, int) {
	unit := int64(1)
	k := j
	for done := false; !done; {
		switch s.get(k) {
		case '百', '佰':
			unit *= 100
		case '千', '仟':
			unit *= 1000
		case '万':
			unit *= 10_000
		case '亿':
			unit *= 100_000_000
		default:
			done = true
			continue
		}
		k++
	}
	if k == j && s.has(k, "k", "w") {
		unit = 1000
		if s.get(k) == 'w' {
			unit = 10_000
		}
		k++
	}
	if k == j {
		return n, j
	}
	n.digits, n.scaled = false, true
	if n.decimals > 0 && unit > 1 {
		n.decimals = 0
	}
	n.mul(unit)
	// 3万5 and 3万5千: the rest counts in the next lower unit, or its own.
	if isDigit(s.get(k)) || hanDigit(s.get(k)) >= 0 {
		rest, end := s.num(k)
		whole := rest.v / micro
		switch {
		case rest.huge || rest.decimals > 0:
		case whole < 10 && end == k+1 && unit >= 100:
			n.v += whole * (unit / 10) * micro
			k = end
		case whole < unit && rest.scaled:
			n.v += rest.v
			k = end
		}
	}
	return n, k
}

func (n *num) mul(unit int64) {
	if n.v > maxWhole*micro/unit {
		n.huge = true
		return
	}
	n.v *= unit
}

func hanDigit(r rune) int {
	switch r {
	case '零', '〇', '○':
		return 0
	case '一', '壹', '幺', '弌':
		return 1
	case '二', '两', '贰', '俩', '貳':
		return 2
	case '三', '叁', '参', '仨':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆':
		return 6
	case '七', '柒':
		return 7
	case '八', '捌':
		return 8
	case '九', '玖':
		return 9
	}
	return -1
}

func hanUnit(r rune) int64 {
	switch r {
	case '十', '拾':
		return 10
	case '百', '佰':
		return 100
	case '千', '仟':
		return 1000
	}
	return 0
}

// hanNum reads 三千五 (3500), 三千零五 (3005), 两万三, 十五, 三点一五, 三点五万,
// 叁仟伍佰, and digit by digit 二零二六.
func (s *scan) hanNum(i int) (n num, end int) {
	if hanDigit(s.get(i)) < 0 && s.get(i) != '十' && s.get(i) != '拾' {
		return num{}, i
	}
	if spelled, j := s.spelled(i); j-i >= 2 && hanUnit(s.get(j)) == 0 && s.get(j) != '万' && s.get(j) != '亿' {
		if s.get(j) == '点' && hanDigit(s.get(j+1)) >= 0 && !s.whole {
			return s.hanDecimals(num{v: spelled * micro}, j)
		}
		return num{v: spelled * micro, huge: spelled >= maxWhole}, j
	}
	var total, section, digit int64
	var last int64 // the unit just read, absolute; 0 behind 零
	pending := false
	j := i
loop:
	for ; j < len(s.r); j++ {
		r := s.r[j]
		d, u := hanDigit(r), hanUnit(r)
		switch {
		case d == 0:
			if pending {
				break loop
			}
			if j+1 >= len(s.r) || (hanDigit(s.r[j+1]) <= 0 && hanUnit(s.r[j+1]) != 10) {
				if j == i {
					j++
				}
				break loop
			}
			last = 0
		case d > 0:
			if pending {
				break loop
			}
			digit, pending = int64(d), true
		case u > 0:
			if !pending {
				if u != 10 || (j > i && last != 0) {
					break loop
				}
				digit = 1
			} else if last != 0 && u >= last && last < 10_000 {
				break loop
			}
			section += digit * u
			digit, pending, last = 0, false, u
			n.scaled = n.scaled || u >= 100
		case r == '万' || r == '亿':
			big := int64(10_000)
			if r == '亿' {
				big = 100_000_000
			}
			if pending {
				section += shorthand(digit, last)
			}
			if section == 0 && total == 0 {
				break loop
			}
			if r == '亿' {
				total = (total + section) * big
			} else {
				total += section * big
			}
			if total > maxWhole {
				n.huge, total = true, maxWhole
			}
			section, digit, pending, last, n.scaled = 0, 0, false, big, true
		default:
			break loop
		}
	}
	if pending && last >= 100 && s.counts(j) {
		j, pending = j-1, false // 五万三年: five hundred centuries are not meant
	}
	if pending {
		section += shorthand(digit, last)
	}
	n.v = (total + section) * micro
	if s.get(j) == '点' && hanDigit(s.get(j+1)) >= 0 && !s.whole {
		return s.hanDecimals(n, j)
	}
	return n, j
}

// counts says whether what stands at i is counted by the one digit before it.
func (s *scan) counts(i int) bool {
	return s.has(i, "年", "个", "天", "周", "月", "张", "笔", "期")
}

// shorthand gives a last digit its place: 5 behind 千 is five hundred.
func shorthand(digit, last int64) int64 {
	if last >= 10 {
		return digit * last / 10
	}
	return digit
}

// hanDecimals reads 点一五 at j, and 万 behind it.
func (s *scan) hanDecimals(n num, j int) (num, int) {
	scale := int64(micro / 10)
	for j++; hanDigit(s.get(j)) >= 0; j++ {
		n.v += int64(hanDigit(s.r[j])) * scale
		scale /= 10
		n.decimals++
	}
	m, end := s.scale(n, j)
	return m, end
}

// spelled reads digits said one by one: 二零二六, 六六八八.
func (s *scan) spelled(i int) (v int64, end int) {
	for end = i; ; end++ {
		d := hanDigit(s.get(end))
		if d < 0 || s.get(end) == '两' {
			return v, end
		}
		if v = v*10 + int64(d); v > maxWhole {
			v = maxWhole
		}
	}
}

// englishNum reads two thousand, one hundred and twenty, a thousand, half a million.
func (s *scan) englishNum(i int) (n num, end int) {
	var total, section int64
	j, end, some := i, i, false
	for {
		w, e := s.word(j)
		if v := englishSmall(w); v >= 0 && (!some || section%100 == 0 || (section%10 == 0 && section%100 >= 20 && v < 10)) {
			section += v
			some = true
		} else if u := englishUnit(w); u > 0 && (some || i == j) {
			if !some {
				return num{}, i
			}
			if u == 100 {
				section *= 100
			} else {
				total += max(section, 1) * u
				section = 0
			}
			n.scaled = true
		} else if w == "a" && !some {
			if _, e2 := s.word(s.spaces(e)); englishUnit(s.wordAt(s.spaces(e))) == 0 || e2 == e {
				return num{}, i
			}
			section, some = 1, true
		} else if w == "and" && some && n.scaled && englishSmall(s.wordAt(s.spaces(e))) >= 0 {
			j = s.spaces(e)
			continue
		} else {
			break
		}
		if total+section > maxWhole {
			return num{huge: true}, e
		}
		end = e
		j = s.spaces(e)
		if s.get(e) == '-' {
			j = e + 1
		}
	}
	n.v = (total + section) * micro
	return n, end
}

func (s *scan) word(i int) (string, int) {
	j := i
	for latin(s.get(j)) {
		j++
	}
	return string(s.r[min(i, len(s.r)):j]), j
}

func (s *scan) wordAt(i int) string { w, _ := s.word(i); return w }

func englishSmall(w string) int64 {
	switch w {
	case "twenty":
		return 20
	case "thirty":
		return 30
	case "forty", "fourty": //nolint:misspell // customers misspell it
		return 40
	case "fifty":
		return 50
	case "sixty":
		return 60
	case "seventy":
		return 70
	case "eighty":
		return 80
	case "ninety":
		return 90
	}
	for i, x := range [...]string{
		"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
		"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
	} {
		if x == w {
			return int64(i)
		}
	}
	return -1
}

func englishUnit(w string) int64 {
	switch w {
	case "hundred":
		return 100
	case "thousand", "grand":
		return 1000
	case "million":
		return 1_000_000
	}
	return 0
}
