package entity

import "strconv"

// amount reads sums of money: a currency sign or word before or behind, 块 and
// 毛 in their spoken forms, or a number so large in words (三千五, 2万, 1k) that
// nothing else is counted so.
func (s *scan) amount(i int) int {
	start, j, minus := i, i, false
	if e, _ := s.any(i, "-", "负", "minus", "negative"); e > 0 && !isDigit(s.get(i-1)) && !latin(s.get(i-1)) {
		minus, j = true, s.spaces(e)
	}
	cur, signEnd := s.currencyBefore(j)
	signAt := j
	if signEnd > j {
		j = s.spaces(signEnd)
		if s.get(j) == '-' {
			minus, j = true, j+1
		}
	}
	if isDigit(s.get(j)) && !s.wordStart(j) && signEnd <= signAt {
		return i
	}
	n, end := s.num(j)
	if end <= j {
		if signEnd > signAt && signAt == i && len(cur) == 3 && s.currencyWord(i) {
			return s.add(Currency, cur, "", i, signEnd) // 美元, usd: named without a sum
		}
		return i
	}
	if n.broken {
		return s.brokenSum(start, end)
	}
	numAt := j
	money := signEnd > signAt
	v, decimals := n.v, n.decimals
	k := s.spaces(end)
	unit, unitEnd := "", k
	switch s.get(k) {
	case '块', '元', '圆':
		money = true
		end, v, decimals = s.jiao(k+1, v, decimals)
	case '角', '毛':
		if n.v >= 100*micro {
			break
		}
		money = true
		v /= 10
		decimals = 1
		end = k + 1
		if d := s.oneDigit(end); d >= 0 && !isDigit(s.get(end+1)) {
			v += int64(d) * micro / 100
			end = s.opt(end+1, "分")
		}
		end = s.opt(end, "钱")
	case '分':
		if s.get(k+1) == '钱' {
			money, v, decimals, end = true, v/100, 2, k+2
		}
	default:
		unit, unitEnd = s.currencyAfter(k)
		if unit != "" {
			money = true
		}
	}
	if !money && ((!n.scaled && !n.grouped && n.decimals != 2) || s.notMoney(end)) {
		return i
	}
	if !money && s.get(end) == '%' {
		return i
	}
	from := start
	if signEnd > signAt && cur != "CNY¥" {
		if minus {
			start = numAt
		}
		s.add(Currency, cur, "", signAt, signEnd)
		from = numAt
	}
	s.add(Amount, yuan(v), badAmount(v, decimals, minus, n.huge), from, end)
	if unit != "" {
		if unit != "CNY¥" {
			s.add(Currency, unit, "", k, unitEnd)
		} else {
			last := &s.out[len(s.out)-1]
			_, last.End = s.text.Span(s.at[k], s.at[unitEnd])
			last.Text = s.text.Orig[last.Start:last.End]
		}
		end = unitEnd
	}
	_ = start
	return end
}

// brokenSum records what looks like a sum and is written as no number is.
func (s *scan) brokenSum(i, j int) int {
	unit, end := s.currencyAfter(s.spaces(j))
	if unit == "" {
		end = s.opt(j, "元", "块钱", "块")
	}
	return s.add(Amount, "", "malformed", i, end)
}

// jiao reads what may follow 块 or 元 at j: 5毛, 五, 半, 5角2分, 钱, 整.
func (s *scan) jiao(j int, v int64, decimals int) (end int, sum int64, places int) {
	if s.get(j) == '半' {
		return s.opt(j+1, "钱"), v + micro/2, 1
	}
	if s.has(j, "零", "〇") && s.oneDigit(j+1) >= 0 && s.get(j+2) == '分' {
		return j + 3, v + int64(s.oneDigit(j+1))*micro/100, 2
	}
	if d := s.oneDigit(j); d >= 0 && !isDigit(s.get(j+1)) && !s.has(j+1, "个", "张", "笔", "次", "号", "月", "点", "年", "天", "千", "百", "万", "十", "下", "起") {
		v += int64(d) * micro / 10
		j++
		places = 1
		if s.has(j, "毛", "角") {
			j++
		}
		if c := s.oneDigit(j); c >= 0 && !isDigit(s.get(j+1)) {
			v += int64(c) * micro / 100
			j = s.opt(j+1, "分")
			places = 2
		}
		return s.opt(j, "钱"), v, places
	}
	return s.opt(s.opt(s.opt(j, "人民币"), "钱"), "整", "正"), v, decimals
}

func (s *scan) oneDigit(i int) int {
	if isDigit(s.get(i)) {
		return int(s.r[i] - '0')
	}
	return hanDigit(s.get(i))
}

func badAmount(v int64, decimals int, minus, huge bool) string {
	switch {
	case huge || v > maxWhole*micro:
		return "too_large"
	case minus || v <= 0:
		return "not_positive"
	case decimals > 2:
		return "too_many_decimals"
	}
	return ""
}

// yuan is a sum with two places.
func yuan(v int64) string {
	cents := v / (micro / 100)
	c := strconv.FormatInt(cents%100+100, 10)[1:]
	return strconv.FormatInt(cents/100, 10) + "." + c
}

// notMoney says that what is counted behind i is no money.
func (s *scan) notMoney(i int) bool {
	if !s.plain && s.has(s.spaces(i), "头", "株", "棵", "斤", "公斤", "匹", "平方", "平米") {
		return true
	}
	return s.has(s.spaces(i), "个", "人", "次", "天", "年", "月", "号", "笔", "张", "份", "股", "公里", "步", "岁", "户", "条", "家", "多个", "多人", "分钟", "小时",
		"积分", "米", "里", "字", "倍", "期", "克", "吨", "亩", "days", "people", "times", "years", "months", "points", "shares", "km", "号线", "%", "percent")
}

// currencyBefore reads a sign or word that stands before a sum. CNY¥ marks the
// bank's own sign, which is part of the amount and no currency that was named.
func (s *scan) currencyBefore(i int) (code string, end int) {
	if latin(s.get(i)) && !s.wordStart(i) {
		return "", i
	}
	words := [...]struct{ text, code string }{
		{"¥", "CNY¥"},
		{"$", "USD"},
		{"us$", "USD"},
		{"hk$", "HKD"},
		{"€", "EUR"},
		{"£", "GBP"},
		{"人民币", "CNY"},
		{"rmb", "CNY"},
		{"cny", "CNY"},
		{"usd", "USD"},
		{"eur", "EUR"},
		{"gbp", "GBP"},
		{"hkd", "HKD"},
		{"jpy", "JPY"},
		{"美元", "USD"},
		{"美金", "USD"},
		{"港币", "HKD"},
		{"港元", "HKD"},
		{"欧元", "EUR"},
		{"英镑", "GBP"},
		{"日元", "JPY"},
		{"澳元", "AUD"},
		{"加元", "CAD"},
		{"新加坡元", "SGD"},
		{"韩元", "KRW"},
		{"瑞郎", "CHF"},
		{"us dollars", "USD"},
		{"dollars", "USD"},
		{"euros", "EUR"},
		{"pounds", "GBP"},
	}
	best := i
	for _, w := range words {
		e := s.lit(i, w.text)
		if e < 0 && w.text == "rmb" || e < 0 && w.text == "usd" || e < 0 && w.text == "cny" {
			e = s.prefixBeforeDigit(i, w.text)
		}
		if e > best {
			best, code = e, w.code
		}
	}
	if best > i && s.has(i, "人民币") && s.before(i, "数字") {
		return "", i
	}
	return code, best
}

// prefixBeforeDigit allows rmb500.
func (s *scan) prefixBeforeDigit(i int, want string) int {
	j := i
	for _, r := range want {
		if s.get(j) != r {
			return -1
		}
		j++
	}
	if isDigit(s.get(j)) {
		return j
	}
	return -1
}

func (s *scan) currencyWord(i int) bool { r := s.get(i); return latin(r) || r >= 0x4E00 }

// currencyAfter reads a currency word behind a sum at i.
func (s *scan) currencyAfter(i int) (code string, end int) {
	words := [...]struct{ text, code string }{
		{"rmb", "CNY¥"},
		{"cny", "CNY¥"},
		{"yuan", "CNY¥"},
		{"kuai", "CNY¥"},
		{"人民币", "CNY¥"},
		{"大洋", "CNY¥"},
		{"bucks", "CNY¥"},
		{"美元", "USD"},
		{"美金", "USD"},
		{"刀", "USD"},
		{"usd", "USD"},
		{"dollars", "USD"},
		{"dollar", "USD"},
		{"us dollars", "USD"},
		{"港币", "HKD"},
		{"港元", "HKD"},
		{"hkd", "HKD"},
		{"欧元", "EUR"},
		{"eur", "EUR"},
		{"euros", "EUR"},
		{"euro", "EUR"},
		{"英镑", "GBP"},
		{"gbp", "GBP"},
		{"pounds", "GBP"},
		{"日元", "JPY"},
		{"jpy", "JPY"},
		{"yen", "JPY"},
		{"澳元", "AUD"},
		{"aud", "AUD"},
		{"加元", "CAD"},
		{"cad", "CAD"},
		{"新加坡元", "SGD"},
		{"sgd", "SGD"},
		{"韩元", "KRW"},
		{"瑞郎", "CHF"},
	}
	end = i
	for _, w := range words {
		if e := s.lit(i, w.text); e > end {
			end, code = e, w.code
		}
	}
	return code, end
}

// percent reads 3.15%, 百分之三点一五, 千分之五, 3.15 percent.
func (s *scan) percent(i int) int {
	if e, which := s.any(i, "百分之", "千分之", "万分之"); e > 0 {
		n, end := s.num(e)
		if end <= e || n.huge || n.broken {
			return i
		}
		for range which {
			n.v /= 10
		}
		return s.add(Percent, n.String(), "", i, end)
	}
	if isDigit(s.get(i)) && !s.wordStart(i) {
		return i
	}
	n, end := s.num(i)
	if end <= i || n.huge || n.broken {
		return i
	}
	if e, _ := s.any(s.spaces(end), "%", "percent", "per cent", "‰"); e > 0 {
		if s.get(e-1) == '‰' {
			n.v /= 10
		}
		return s.add(Percent, n.String(), "", i, e)
	}
	return i
}
