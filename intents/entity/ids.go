package entity

import (
	"strings"
	"time"
)

// run reads digits with the separators people put between them; han allows
// digits said in Chinese.
func (s *scan) run(i int, han bool) (digits string, end int) {
	var b strings.Builder
	j := i
	end = i
	for ; j < len(s.r); j++ {
		r := s.r[j]
		switch d := hanDigit(r); {
		case isDigit(r):
			b.WriteRune(r)
			end = j + 1
		case han && d >= 0 && r != '两':
			b.WriteByte(byte('0' + d))
			end = j + 1
		case (r == ' ' || r == '-' || r == '.' || r == '·') && end == j && b.Len() > 0 && len(b.String()) < 30:
		default:
			return b.String(), end
		}
	}
	return b.String(), end
}

// longDigits reads phones, ID numbers and full card numbers.
func (s *scan) longDigits(i int) int {
	r := s.get(i)
	if !isDigit(r) && hanDigit(r) < 0 && r != '+' || isDigit(s.get(i-1)) {
		return i
	}
	j := i
	if r == '+' {
		if j = s.lit(i, "+86"); j < 0 {
			return i
		}
		j = s.spaces(s.opt(j, "-"))
	}
	digits, end := s.run(j, true)
	n := len(digits)
	if n < 11 {
		return i
	}
	if n == 17 && s.get(end) == 'x' && !latin(s.get(end+1)) {
		return s.idNumber(digits+"X", i, end+1)
	}
	if n == 13 && strings.HasPrefix(digits, "86") && Phonelike(digits[2:]) {
		digits, n = digits[2:], 11
	}
	switch {
	case n == 11 && Phonelike(digits):
		return s.add(Phone, digits, "", i, end)
	case n == 18 && idShaped(digits):
		return s.idNumber(digits, i, end)
	case n == 15 && idShaped15(digits):
		return s.add(IDNumber, to18(digits), "", i, end)
	case n >= 12 && n <= 19 && Luhn(digits):
		return s.add(CardFull, digits, "", i, end)
	case n >= 16 && n <= 19:
		return s.add(CardFull, "", "bad_check_digit", i, end)
	}
	return i
}

// Phonelike says whether eleven digits can be a mainland mobile number.
func Phonelike(d string) bool { return len(d) == 11 && d[0] == '1' && d[1] >= '3' && d[1] <= '9' }

// Luhn checks a card number's last digit (ISO/IEC 7812-1, annex B).
func Luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		v := int(d[len(d)-1-i] - '0')
		if v < 0 || v > 9 {
			return false
		}
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return len(d) > 0 && sum%10 == 0 && strings.Trim(d, "0") != ""
}

// IDCheck gives the check character of the first 17 digits of an ID number
// (GB 11643-1999, ISO 7064 MOD 11-2), or 0 when they are not digits.
func IDCheck(d string) byte {
	if len(d) < 17 {
		return 0
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		if d[i] < '0' || d[i] > '9' {
			return 0
		}
		sum += w * int(d[i]-'0')
	}
	return "10X98765432"[sum%11]
}

func idShaped(d string) bool {
	return region(d) && (d[6:8] == "19" || d[6:8] == "20" || d[6:8] == "18") && d[10:12] <= "19" && d[12:14] <= "39"
}

func region(d string) bool { return d[0] >= '1' && d[0] <= '8' && d[1] >= '1' && d[1] <= '7' }

func idShaped15(d string) bool {
	_, err := time.Parse("060102", d[6:12])
	return region(d) && err == nil
}

func to18(d string) string {
	long := d[:6] + "19" + d[6:]
	return long + string(IDCheck(long))
}

func (s *scan) idNumber(d string, i, end int) int {
	if _, err := time.Parse("20060102", d[6:14]); err != nil {
		if d[17] != 'X' && Luhn(d) {
			return s.add(CardFull, d, "", i, end)
		}
		return s.add(IDNumber, "", "no_such_date", i, end)
	}
	if IDCheck(d) != d[17] {
		if d[17] != 'X' && Luhn(d) {
			return s.add(CardFull, d, "", i, end)
		}
		return s.add(IDNumber, "", "bad_check_digit", i, end)
	}
	return s.add(IDNumber, d, "", i, end)
}

// cardTail reads 尾号6688, 后四位是6688, 尾号是9那张, ending in 6688, 6688那张.
func (s *scan) cardTail(i int) int {
	if e, _ := s.any(i, "尾号", "尾数", "末四位", "后四位", "末尾", "卡尾", "卡号后四位", "卡号末四位", "最后四位", "后4位", "末4位", "卡号尾号", "ending", "ends", "last four digits", "last 4 digits", "last four", "last 4"); e > 0 && (!latin(s.get(i)) || s.wordStart(i)) {
		j := s.spaces(e)
		for {
			k := s.spaces(s.opt(j, "号码", "是", "为", "的", "是个", ":", "in", "with", "are", "is", "of", "数字"))
			if k == j {
				break
			}
			j = k
		}
		d, end := s.run(j, true)
		if len(d) >= 1 && len(d) <= 4 {
			return s.add(CardTail, d, "", i, end)
		}
		return i
	}
	if isDigit(s.get(i)) && s.wordStart(i) {
		d, end := s.run(i, false)
		if len(d) == 4 && end == i+4 && s.has(s.spaces(end), "那张", "这张", "结尾", "的卡", "那个卡", "的那张", "卡", "尾号", "card") && !s.has(s.spaces(end), "卡路里") {
			return s.add(CardTail, d, "", i, end)
		}
	}
	return i
}

// secretCode reads digits that are said to be a code or a PIN.
func (s *scan) secretCode(i int) int {
	e, _ := s.any(i, "验证码", "校验码", "动态码", "短信码", "密码", "取款密码", "支付密码", "口令", "pin", "code", "otp", "passcode", "password", "verification code", "pin code")
	if e < 0 || (latin(s.get(i)) && !s.wordStart(i)) {
		return i
	}
	j := s.spaces(e)
	for {
		k := s.spaces(s.opt(j, "是", "为", ":", "=", "是不是", "改成", "改为", "设成", "设为", "就是", "is", "to", "应该是", "我的"))
		if k == j {
			break
		}
		j = k
	}
	d, end := s.run(j, true)
	if len(d) < 4 || len(d) > 8 || s.has(end, "元", "块", "年") {
		return i
	}
	return s.add(Code, d, "", j, end)
}
