package entity

import (
	"strconv"
	"strings"
)

// term reads how long something lasts: 三年, 半年, 6个月, 7天, 两年半, 3 months.
func (s *scan) term(i int) int {
	if isDigit(s.get(i)) && !s.wordStart(i) || latin(s.get(i)) && !s.wordStart(i) {
		return i
	}
	n, k := s.count(i)
	if k == i || s.before(i, "第", "每", "-") {
		return i
	}
	j := s.spaces(k)
	if s.get(j) == '-' && latin(s.get(j+1)) {
		j++ // 3-year
	}
	// 一个半月, 两年半: the half stands inside or behind.
	if s.has(j, "个半月") && n != half {
		return s.add(Term, "P"+strconv.Itoa(n)+"M15D", "", i, j+3)
	}
	y, m, d, end := s.unit(j)
	if end <= j || s.get(j) == '月' || s.get(j) == '日' {
		return i
	}
	if y > 0 && n >= 1900 || s.has(end, "级", "纪", "龄", "代") && y > 0 {
		return i
	}
	if s.has(i, "a day", "a week", "a month", "a year") && s.before(i, "once", "twice", "times") {
		return i
	}
	months := 12*y + m
	switch {
	case n == half && y > 0:
		return s.add(Term, "P6M", "", i, end)
	case n == half && m > 0:
		return s.add(Term, "P15D", "", i, end)
	case n == half:
		return i
	case n == 0:
		return s.add(Term, "", "not_positive", i, end)
	case y > 0 && s.get(end) == '半':
		return s.add(Term, "P"+strconv.Itoa(n)+"Y6M", "", i, end+1)
	case y > 0:
		return s.add(Term, "P"+strconv.Itoa(n)+"Y", "", i, end)
	case months > 0:
		return s.add(Term, "P"+strconv.Itoa(n)+"M", "", i, end)
	}
	return s.add(Term, "P"+strconv.Itoa(n*d)+"D", "", i, end)
}

// ordinal reads 第二张, 最后一个, 倒数第二, the second one, the last.
func (s *scan) ordinal(i int) int {
	if e, which := s.any(i, "倒数第", "第"); e > 0 {
		n, end := s.small(e, 999)
		if end == e || n == 0 || s.has(end, "季度", "方", "时间") {
			return i
		}
		if which == 0 {
			n = -n
		}
		return s.add(Ordinal, strconv.Itoa(n), "", i, s.classifier(end))
	}
	if e, which := s.any(i, "最后一个", "最后一张", "最后一笔", "最后那个", "最后那张", "最后一条", "最后一项", "最后这个", "头一个", "头一张", "前者", "后者", "前面那个", "前一个", "后一个", "后面那个"); e > 0 {
		v := "-1"
		switch which {
		case 8, 9, 10, 13, 14:
			v = "1"
		case 12, 11, 15, 16:
			v = "2"
		}
		if which == 11 {
			v = "2"
		}
		return s.add(Ordinal, v, "", i, e)
	}
	if !latin(s.get(i)) && !isDigit(s.get(i)) || !s.wordStart(i) {
		return i
	}
	j := i
	if e := s.lit(i, "the"); e > 0 {
		j = s.spaces(e)
	}
	words := []string{"last", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}
	if e, which := s.any(j, words...); e > 0 {
		one := s.opt(s.spaces(e), "one", "card", "account", "option", "payee")
		if one == s.spaces(e) {
			if j == i && !s.alone(i, e) || s.has(one, "time", "name", "day", "minute", "hand", "four", "month", "week", "year") {
				return i
			}
			one = e
		}
		if which == 0 {
			which = -1
		}
		return s.add(Ordinal, strconv.Itoa(which), "", i, one)
	}
	if d, e := s.dayNumber(j); e > j && s.ordinalSuffix(j) && d > 0 {
		one := s.spaces(e)
		return s.add(Ordinal, strconv.Itoa(d), "", i, max(e, s.opt(one, "one", "card", "account")))
	}
	return i
}

func (s *scan) classifier(i int) int {
	return s.opt(i, "张", "个", "笔", "条", "款", "种", "位", "步", "项", "张卡", "次")
}

// account reads the bank's words for kinds of account.
func (s *scan) account(i int) int {
	if latin(s.get(i)) && !s.wordStart(i) {
		return i
	}
	terms := [...]struct{ text, value string }{
		{"活期", "savings"},
		{"储蓄卡", "savings"},
		{"借记卡", "savings"},
		{"储蓄账户", "savings"},
		{"活期账户", "savings"},
		{"工资卡", "savings"},
		{"银行卡账户", "savings"},
		{"savings", "savings"},
		{"savings account", "savings"},
		{"debit card", "savings"},
		{"checking account", "savings"},
		{"current account", "savings"},
		{"checking", "savings"},
		{"信用卡", "credit_card"},
		{"贷记卡", "credit_card"},
		{"credit card", "credit_card"},
		{"xyk", "credit_card"},
		{"定期", "deposit"},
		{"定存", "deposit"},
		{"存单", "deposit"},
		{"大额存单", "deposit"},
		{"定期存款", "deposit"},
		{"fixed deposit", "deposit"},
		{"time deposit", "deposit"},
		{"term deposit", "deposit"},
		{"certificate of deposit", "deposit"},
		{"房贷", "mortgage"},
		{"按揭", "mortgage"},
		{"住房贷款", "mortgage"},
		{"mortgage", "mortgage"},
		{"home loan", "mortgage"},
		{"车贷", "loan"},
		{"消费贷", "loan"},
		{"贷款", "loan"},
		{"loan", "loan"},
		{"存折", "passbook"},
		{"passbook", "passbook"},
		{"养老金", "pension"},
		{"个人养老金", "pension"},
		{"养老金账户", "pension"},
		{"pension", "pension"},
		{"理财", "wealth"},
		{"基金", "fund"},
		{"数字人民币钱包", "ecny"},
		{"数字人民币", "ecny"},
		{"数币钱包", "ecny"},
		{"社保卡", "social_card"},
	}
	best, value := i, ""
	for _, t := range terms {
		if e := s.lit(i, t.text); e > best {
			best, value = e, t.value
		}
	}
	if best == i {
		return i
	}
	if value == "deposit" && s.lit(i, "定期") == best && (s.has(best, "转账", "转给", "给", "汇款", "扣", "更换", "还款") || strings.HasSuffix(s.text.Norm[:s.at[i]], "不")) {
		return i // 定期转账, 不定期: every so often, no deposit
	}
	return s.add(Account, value, "", i, best)
}
