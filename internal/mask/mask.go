// Package mask is the one masker of personal data: card and ID numbers, phones,
// mail addresses, and codes and PINs that are said as such. It works on what
// people write: with spaces or dashes, in full width, in Chinese digits.
//
// It has two doors. Secrets is for what comes in: it takes out what nobody may
// type in a chat and leaves a phone or a mail address, which a business may ask
// for, to the customer's own sealed record. Text is for everything that goes to
// anybody but the customer and the bank: staff, consoles, logs, a model.
//
// Ordinary amounts, dates, order numbers of other lengths and card tails
// (尾号6688) stay as they are: they are what agents and logs need.
package mask

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pingdui/pingdui/intents/entity"
	"github.com/pingdui/pingdui/internal/zh"
)

// Kind names what was masked.
type Kind string

// The kinds. Card, ID and Secret are secrets in a chat: nobody needs to type
// them there, so the customer is told and asked for them in the secure box.
const (
	Card   Kind = "card"   // a full card or account number
	ID     Kind = "id"     // an ID number
	Secret Kind = "secret" // a PIN, password or one-time code said as such
	Phone  Kind = "phone"
	Mail   Kind = "mail"
)

type hit struct {
	from, to int // bytes of the original
	kind     Kind
	text     string // what stands there instead
}

// Text masks a text. What can't be told from something secret is masked: a
// number of 12 or more digits is never an amount that a customer types.
func Text(s string) string {
	masked, _ := mask(s, func(Kind) bool { return true })
	return masked
}

// Secrets masks what is a secret in a chat (card, ID, secret) and says which there
// were, each kind once, in the order of the text; nil when there was none. Phones
// and mail addresses stay: whoever shows the text to others uses Text.
func Secrets(s string) (masked string, found []Kind) {
	masked, hits := mask(s, func(k Kind) bool { return k == Card || k == ID || k == Secret })
	seen := map[Kind]bool{}
	for _, h := range hits {
		if !seen[h.kind] {
			seen[h.kind] = true
			found = append(found, h.kind)
		}
	}
	return masked, found
}

// mask replaces what is of a kind that is wanted, and says what it replaced.
func mask(s string, wanted func(Kind) bool) (string, []hit) {
	if !interesting(s) {
		return s, nil
	}
	var hits []hit
	var out strings.Builder
	for len(s) > 0 {
		// The normaliser cuts long texts; a masker must not, so it goes on piece
		// by piece, at a place where no number is cut in two.
		piece := s[:cut(s)]
		s = s[len(piece):]
		found := slices.DeleteFunc(scan(piece), func(h hit) bool { return !wanted(h.kind) })
		at := 0
		for _, h := range found {
			out.WriteString(piece[at:h.from])
			out.WriteString(h.text)
			at = h.to
		}
		out.WriteString(piece[at:])
		hits = append(hits, found...)
	}
	return out.String(), hits
}

// interesting is false for texts without a digit, a Chinese digit, an @ or a
// word that announces a secret: most of what is logged.
func interesting(s string) bool {
	for _, r := range s {
		if r >= '0' && r <= '9' || r == '@' || r >= 0x80 && (unicode.IsDigit(r) || value(r) >= 0 || r == '＠' || unicode.Is(unicode.No, r) || r == '密' || r == '口') {
			return true
		}
	}
	return secretWord.MatchString(s)
}

// cut gives the length of the next piece: all of a short text, else up to the
// last place within limits that is no digit and no separator.
func cut(s string) int {
	const most = zh.MaxRunes - 100
	n, end, safe := 0, len(s), 0
	for i, r := range s {
		if n++; n > most {
			end = i
			break
		}
		if unicode.IsLetter(r) && value(r) < 0 {
			safe = i
		}
	}
	if end == len(s) {
		return end
	}
	if safe > 0 {
		return safe
	}
	return end
}

// value is the digit that r stands for, -1 for none. It knows Chinese digits,
// their formal forms and 幺; full width is folded before.
func value(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	switch r {
	case '零', '〇', '○':
		return 0
	case '一', '壹', '幺':
		return 1
	case '二', '贰', '貳':
		return 2
	case '三', '叁':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆', '陸':
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

var (
	mail       = regexp.MustCompile(`[a-z0-9._%+\-]{1,64} ?@ ?[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,4}`)
	secretWord = regexp.MustCompile(`(?i)验证码|校验码|动态码|短信码|密码|口令|安全码|cvv2?|\bcvc\b|\bpin\b|\botp\b|passcode|password|pwd|verification code|security code|\bcode\b`)
	// said is a word for a secret and what leads from it to the value.
	said  = regexp.MustCompile(`(?:验证码|校验码|动态码|短信码|取款密码|支付密码|登录密码|交易密码|银行卡密码|密码|口令|安全码|cvv2?|cvc|\bpin\b|\botp\b|passcode|password|\bpwd\b|verification code|security code|\bcode\b)(?: |:|=|是|为|就是|应该是|改成|改为|设成|设为|设置为|换成|我|的|发|来|了|收到|收到的|输入|填|,|、|"|“|'|is|was|to|number|no\.?|-)*`)
	dates = regexp.MustCompile(`(?:^|[^0-9.\-/ ] ?|[^0-9.\-/] )((?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|/(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])))(?:$|[^0-9.\-/])`)
	// period is what stands on an ID card: 2016.05.01-2036.05.01.
	period = regexp.MustCompile(`\b(?:19|20)\d\d\.?(?:0[1-9]|1[0-2])\.?(?:0[1-9]|[12]\d|3[01]) ?[-—–~] ?20\d\d\.?(?:0[1-9]|1[0-2])\.?(?:0[1-9]|[12]\d|3[01])\b`)
	// behind reads 123456是我的密码 and 8831 is my pin.
	behind = regexp.MustCompile(`^ ?,?(?:就)?(?:是|为|is|as)(?: |我|的|你|发|刚|收到|那个|这个|my|the|银行卡|卡|支付|取款|登录|交易|短信|手机|card|bank|atm)*(?:验证码|校验码|动态码|密码|口令|安全码|pin|otp|password|passcode|code)`)
)

// run is a stretch of digits with what people put between them.
type run struct {
	from, to int // bytes of the folded text
	digits   string
	ends     []int // folded end of each digit
	listed   bool  // a comma stands between: maybe several numbers in a list
}

func separator(r rune) bool {
	return strings.ContainsRune(" -.·_/,、—–‐‑−*()|~", r)
}

func runs(s string) []run {
	var out []run
	var cur run
	gap := 0
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			cur.digits = b.String()
			out = append(out, cur)
		}
		cur, gap = run{}, 0
		b.Reset()
	}
	for i, r := range s {
		v := value(r)
		switch {
		case v >= 0:
			if b.Len() == 0 {
				cur.from = i
			}
			b.WriteByte(byte('0' + v))
			cur.to = i + utf8.RuneLen(r)
			cur.ends = append(cur.ends, cur.to)
			gap = 0
		case b.Len() > 0 && separator(r) && gap < 2:
			gap++
			cur.listed = cur.listed || r == ',' || r == '、'
		case r == 'x' && len(cur.ends) == 17:
			b.WriteByte('X')
			cur.to = i + 1
			cur.ends = append(cur.ends, cur.to)
			flush()
		default:
			flush()
		}
	}
	flush()
	return out
}

// scan finds what must be masked in one piece, in order, without overlaps.
func scan(piece string) []hit {
	t := zh.New().Normalize(piece)
	var hits []hit
	taken := make([]bool, len(t.Norm)+1)
	add := func(from, to int, kind Kind, text string) {
		for i := from; i < to; i++ {
			if taken[i] {
				return
			}
		}
		for i := from; i < to; i++ {
			taken[i] = true
		}
		a, b := t.Span(from, to)
		hits = append(hits, hit{a, b, kind, text})
	}
	for _, m := range said.FindAllStringIndex(t.Norm, -1) {
		if to, ok := secretValue(t.Norm, m[1]); ok {
			add(m[1], to, Secret, "******")
		}
	}
	for _, m := range mail.FindAllStringIndex(t.Norm, -1) {
		at := strings.IndexByte(t.Norm[m[0]:m[1]], '@')
		add(m[0], m[1], Mail, t.Norm[m[0]:m[0]+1]+"***"+strings.TrimSpace(t.Norm[m[0]+at:m[1]]))
	}
	for _, r := range runs(withoutDates(t.Norm)) {
		maskRun(t.Norm, r, add)
	}
	sortHits(hits)
	return hits
}

// withoutDates blanks out dates that stand by themselves, so that a date and
// the time or number behind it don't look like one long number.
func withoutDates(s string) string {
	if !strings.Contains(s, "20") && !strings.Contains(s, "19") {
		return s
	}
	b := []byte(s)
	for _, m := range period.FindAllStringIndex(s, -1) {
		for i := m[0]; i < m[1]; i++ {
			b[i] = '#'
		}
	}
	for _, m := range dates.FindAllStringSubmatchIndex(s, -1) {
		for i := m[2]; i < m[3]; i++ {
			b[i] = '#'
		}
	}
	return string(b)
}

// secretValue says where the secret that starts at i ends: four to eight
// digits, or a password of letters and digits.
func secretValue(s string, i int) (end int, ok bool) {
	rest := s[i:]
	for _, r := range runs(rest) {
		if r.from != 0 {
			break
		}
		if n := len(r.digits); n >= 3 && n <= 10 {
			after := rest[r.to:]
			if r1, _ := utf8.DecodeRuneInString(after); !word(r1) {
				if strings.HasPrefix(after, "元") || strings.HasPrefix(after, "块") || strings.HasPrefix(after, "次") || strings.HasPrefix(after, "位") {
					return 0, false
				}
				return i + r.to, true
			}
		}
	}
	n, digits := 0, false
	for n < len(rest) && (word(rune(rest[n])) || strings.ContainsRune("!@#$%^&*_-", rune(rest[n]))) {
		digits = digits || rest[n] >= '0' && rest[n] <= '9'
		n++
	}
	return i + n, n >= 4 && n <= 32 && digits
}

func word(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }

// maskRun masks what a stretch of digits holds: the whole as one number, or a
// phone, ID or card at its start or end when two numbers stand side by side.
func maskRun(s string, r run, add func(from, to int, kind Kind, text string)) {
	n := len(r.digits)
	if n >= 4 && n <= 8 && behind.MatchString(s[r.to:]) {
		add(r.from, r.to, Secret, "******")
		return
	}
	if n < 11 || receipt(s, r) {
		return
	}
	if kind, text := whole(r.digits); kind != "" && (!r.listed || checked(r.digits)) {
		add(r.from, r.to, kind, text)
		return
	}
	if strings.HasPrefix(r.digits, "86") && n == 13 && entity.Phonelike(r.digits[2:]) {
		add(r.from, r.to, Phone, phone(r.digits[2:]))
		return
	}
	// Several numbers in one run: cut greedily from the left, the longest first.
	for i := 0; i+11 <= n; {
		step := 1
		for _, size := range [...]int{18, 19, 16, 17, 15, 14, 13, 12, 11} {
			if i+size > n {
				continue
			}
			part := r.digits[i : i+size]
			kind, text := whole(part)
			if kind == "" || r.listed && !checked(part) || (kind == Card && size < 19 && !entity.Luhn(part) && i+size != n) {
				continue
			}
			from := r.from
			if i > 0 {
				from = r.ends[i] - 1
				for from > r.from && !utf8.RuneStart(s[from]) {
					from--
				}
			}
			add(from, r.ends[i+size-1], kind, text)
			step = size
			break
		}
		i += step
	}
}

// receipt says that a run of digits is a receipt's number, one letter and a date
// in front: T2026112200001. Customers name it and agents need it.
func receipt(s string, r run) bool {
	if r.from == 0 || r.to-r.from != len(r.digits) || s[r.from-1] < 'a' || s[r.from-1] > 'z' || r.from > 1 && word(rune(s[r.from-2])) {
		return false
	}
	return receiptDate.MatchString(r.digits)
}

var receiptDate = regexp.MustCompile(`^20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{5,8}$`)

// dialled is a line with its area code, or a number from abroad (0571 8888 1234,
// 00852 9123 4567): customers ask whose it is. No card begins so.
var dialled = regexp.MustCompile(`^(0[3-9]\d\d[2-8]\d{7}|00[1-9]\d{9,12})$`)

// whole says what a number is, by its length and check digit alone.
func whole(d string) (kind Kind, text string) {
	n := len(d)
	switch {
	case n == 11 && entity.Phonelike(d):
		return Phone, phone(d)
	case n == 18 && (d[17] == 'X' || entity.IDCheck(d) == d[17] || !entity.Luhn(d)):
		return ID, d[:1] + strings.Repeat("*", 16) + d[17:]
	case n == 15 && !entity.Luhn(d):
		return ID, d[:1] + strings.Repeat("*", 13) + d[14:]
	case dialled.MatchString(d):
		return Phone, strings.Repeat("*", n-4) + d[n-4:]
	case n >= 12 && n <= 19:
		return Card, strings.Repeat("*", n-4) + d[n-4:]
	}
	return "", ""
}

// checked says that a number carries a check digit that fits, or is a phone:
// amounts in a list (3500, 2000, 4000) hardly ever do.
func checked(d string) bool {
	return len(d) == 11 && entity.Phonelike(d) || len(d) == 18 && entity.IDCheck(d) == d[17] || len(d) >= 13 && entity.Luhn(d)
}

func phone(d string) string { return d[:3] + "****" + d[7:] }

func sortHits(h []hit) {
	for i := 1; i < len(h); i++ {
		for j := i; j > 0 && h[j].from < h[j-1].from; j-- {
			h[j], h[j-1] = h[j-1], h[j]
		}
	}
}
