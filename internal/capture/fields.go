package capture

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/pingdui/pingdui/assistant/dialogue"
)

// sureFrom is how sure the reader must be of each word of a line (0 to 100) for
// what stands there to be shown as read; below it is asked.
const sureFrom = 70

// label is how documents name a field; the first group is its value.
type label struct {
	pattern *regexp.Regexp
	// value turns what stands behind the label into the field's value; "" is none.
	value func(string) string
	// bare finds the value where no label stands; it is never sure. Nil: nowhere.
	bare func([]Line) string
}

func labels() map[string]label {
	named := func(words string) *regexp.Regexp {
		return regexp.MustCompile(`(?i)(?:` + words + `)\s*[:：;.,，]?\s*(.+)$`)
	}
	return map[string]label{
		"name":        {named(`姓名|名称|材料名称|逝者|死者|\bnames?\b`), plain, nil},
		"payee":       {named(`收款方|收款人|收款单位|出卖人|卖方|甲方|\bpayee\b|pay to`), plain, bareFirm},
		"authority":   {named(`签发机关|发证机关|authority`), plain, nil},
		"income":      {named(`月收入|收入|月薪|income`), plain, nil},
		"place":       {named(`地点|地址|位置|\baddress\b|\bplace\b`), plain, nil},
		"amount":      {named(`金额|合计|总计|实付|实收|amount|total`), money, nil},
		"date":        {named(`死亡日期|死亡时间|日期|\bdate\b`), day, nil},
		"valid_until": {named(`有效期限?至?|valid until|date of expiry|expires?`), until, machineUntil},
		"card_tail":   {named(`卡号|card(?: no\.?| number)?`), tail, bareTail},
	}
}

// find reads fields off lines. A field that is not there has no value.
func find(fields []string, lines []Line) map[string]dialogue.Field {
	known := labels()
	out := make(map[string]dialogue.Field, len(fields))
	for _, name := range fields {
		out[name] = dialogue.Field{}
		l, ok := known[name]
		if !ok {
			continue
		}
		for i, line := range lines {
			m := l.pattern.FindStringSubmatchIndex(line.Text)
			from := 0
			switch {
			case m != nil:
				from = m[2]
			case i+1 < len(lines) && l.pattern.MatchString(line.Text+" x"): // the label alone, above its value
				line = lines[i+1]
			default:
				continue
			}
			if value := l.value(line.Text[from:]); value != "" {
				out[name] = dialogue.Field{Value: value, Sure: line.sure(from, len(line.Text)) >= sureFrom}
				break
			}
		}
		if out[name].Value == "" && l.bare != nil {
			out[name] = dialogue.Field{Value: l.bare(lines)}
		}
	}
	return out
}

const valueMax = 40 // letters: more is a sentence, no value

// plain is a value of words.
func plain(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsPunct(r) && !strings.ContainsRune(")）》」”", r) || unicode.IsSpace(r) || unicode.IsSymbol(r)
	})
	if n := len([]rune(s)); n == 0 || n > valueMax {
		return ""
	}
	return s
}

var sum = regexp.MustCompile(`(\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．](\d{2}))?`)

// money is a sum with two places.
func money(s string) string {
	m := sum.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	cents := m[2]
	if cents == "" {
		cents = "00"
	}
	return strings.NewReplacer(",", "", "，", "").Replace(m[1]) + "." + cents
}

var dates = regexp.MustCompile(`((?:19|20)\d{2})\s*[-.年/．。]\s*(\d{1,2})\s*[-.月/．。]\s*(\d{1,2})`)

func iso(m []string) string {
	two := func(s string) string {
		if len(s) == 1 {
			return "0" + s
		}
		return s
	}
	return m[1] + "-" + two(m[2]) + "-" + two(m[3])
}

// day is the first day that stands in s.
func day(s string) string {
	if m := dates.FindStringSubmatch(s); m != nil {
		return iso(m)
	}
	return ""
}

// until is the last day of a period, or 长期.
func until(s string) string {
	if strings.Contains(s, "长期") {
		return "长期"
	}
	if all := dates.FindAllStringSubmatch(s, -1); len(all) > 0 {
		return iso(all[len(all)-1])
	}
	return ""
}

var digitRuns = regexp.MustCompile(`\d[\d ]{2,}\d`)

// tail is the last four digits of a card's number.
func tail(s string) string {
	all := digitRuns.FindAllString(s, -1)
	if len(all) == 0 {
		return ""
	}
	last := strings.ReplaceAll(all[len(all)-1], " ", "")
	if len(last) < 4 {
		return ""
	}
	return last[len(last)-4:]
}

// bareTail is the tail of the one long number on the picture.
func bareTail(lines []Line) string {
	found := ""
	for _, l := range lines {
		for _, run := range digitRuns.FindAllString(l.Text, -1) {
			digits := strings.ReplaceAll(run, " ", "")
			if len(digits) < 12 {
				continue
			}
			if found != "" {
				return ""
			}
			found = digits[len(digits)-4:]
		}
	}
	return found
}

var firm = regexp.MustCompile(`[^:：]{2,}(?:公司|医院|大学|学院|学校|中心|事务所)$`)

// bareFirm is the first line that ends as firms are called, without the label that
// could not be read before it.
func bareFirm(lines []Line) string {
	for _, l := range lines {
		if m := firm.FindString(strings.TrimSpace(l.Text)); m != "" {
			return plain(m)
		}
	}
	return ""
}

// machineUntil reads the expiry out of the second line of a passport's machine
// readable zone (ICAO 9303 part 4): positions 22 to 27 YYMMDD, 28 its check digit.
func machineUntil(lines []Line) string {
	for _, l := range lines {
		s := strings.ToUpper(strings.ReplaceAll(l.Text, " ", ""))
		if len(s) != 44 {
			continue
		}
		date := s[21:27]
		if strings.Trim(date, "0123456789") != "" || !checks(date, s[27]) {
			continue
		}
		return "20" + date[:2] + "-" + date[2:4] + "-" + date[4:]
	}
	return ""
}

// checks says whether a check digit is right: weights 7, 3, 1, modulo 10 (ICAO 9303
// part 3).
func checks(digits string, check byte) bool {
	sum := 0
	for i, r := range []byte(digits) {
		sum += int(r-'0') * []int{7, 3, 1}[i%3]
	}
	return byte('0'+sum%10) == check
}
