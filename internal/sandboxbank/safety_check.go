package sandboxbank

import (
	"context"
	"regexp"
	"strings"
)

// SafetyCheckIn is what a stranger gave: a phone number, a link, or a payee's
// name with the last four digits of the account. Anybody may ask.
type SafetyCheckIn struct {
	Customer string `json:"customer,omitempty" maxLength:"20"`
	What     string `json:"what" minLength:"1" maxLength:"200"`
}

// SafetyCheck is what is known of it. It never names a person.
type SafetyCheck struct {
	Kind    string `json:"kind" enum:"phone,link,account,unclear"`
	Verdict string `json:"verdict" enum:"reported,ours,unknown,unclear" doc:"unknown: nobody has reported it, which does not make it safe"`
	Shown   string `json:"shown" doc:"What was looked up"`
	Text    string `json:"text"`
	TextEN  string `json:"text_en"`
}

// reported is one thing that customers and the police have told the bank of.
type reported struct{ what, why, whyEN string }

// reports are the fictional reports of the demonstration.
func reports() []reported {
	return []reported{
		{"17000004821", "多人反映冒充银行客服，要求共享屏幕", "several people say it posed as the bank and asked them to share the screen"},
		{"17100009365", "多人反映以刷单返利诱导垫资", "several people were lured into paying in advance for fake orders"},
		{"02100005500", "冒充公检法，要求转到“安全账户”", "it posed as the police and asked for a transfer to a “safe account”"},
		{"shili-bank-jifen.example", "仿冒本行积分兑换页面，骗取验证码", "it copies our points page to get codes"},
		{"kuaidai-vip.example", "以贷款前交保证金为由收款", "it takes a deposit before a loan that never comes"},
		{"鑫汇通商贸8870", "近期多次收到被骗资金，已被举报", "money of victims went there several times lately"},
	}
}

var (
	phoneIn = regexp.MustCompile(`(?:\+?86[- ]?)?(1\d{10}|0\d{2,3}-?\d{7,8}|400-?\d{3}-?\d{4}|9\d{4})`)
	linkIn  = regexp.MustCompile(`(?i)(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,10})(?:/\S*)?`)
	payeeIn = regexp.MustCompile(`([\p{Han}（）()]{2,30}?)[^\d\p{Han}]*(?:尾号|后四位|账号|卡号)?[^\d\p{Han}]{0,4}(\d{4})(?:\D|$)`)
)

// lookedUp finds in a text what can be looked up.
func lookedUp(text string) (kind, what string) {
	if m := linkIn.FindStringSubmatch(text); m != nil {
		return "link", strings.ToLower(m[1])
	}
	if m := phoneIn.FindStringSubmatch(text); m != nil {
		return "phone", strings.ReplaceAll(m[1], "-", "")
	}
	if m := payeeIn.FindStringSubmatch(text); m != nil {
		return "account", strings.TrimSuffix(strings.TrimSuffix(m[1], "尾号"), "账号") + m[2]
	}
	return "unclear", ""
}

func (b *Bank) safetyCheck(_ context.Context, in SafetyCheckIn) (SafetyCheck, error) {
	kind, what := lookedUp(in.What)
	out := SafetyCheck{Kind: kind, Shown: what}
	if kind == "unclear" {
		out.Verdict = "unclear"
		out.Text = "我没看出要查的号码或网址。请只发电话、网址，或收款户名加账号后四位。"
		out.TextEN = "I found no number or link in it. Send only the phone number, the link, or the payee's name with the last four digits."
		return out, nil
	}
	if kind == "phone" && (what == "4000000000" || what == "95500") || kind == "link" && (what == "bank.example" || strings.HasSuffix(what, ".bank.example")) {
		out.Verdict = "ours"
		out.Text = "这是本行的官方渠道。但来电号码可以伪造，真的客服不会要密码、验证码，也不会让您转账。"
		out.TextEN = "It is one of our own. A caller's number can be faked, though: we never ask for codes or for a transfer."
		return out, nil
	}
	for _, r := range reports() {
		if r.what == what || kind == "link" && strings.HasSuffix(what, "."+r.what) {
			out.Verdict = "reported"
			out.Text = "有人举报过：" + r.why + "。请不要再联系，不要转账。"
			out.TextEN = "It has been reported: " + r.whyEN + ". Stop the contact and pay nothing."
			return out, nil
		}
	}
	out.Verdict = "unknown"
	out.Text = "目前没有查到举报记录，但查不到不等于安全。凡是要您转账、给验证码、共享屏幕的，都先停下。"
	out.TextEN = "No report is known, which does not make it safe. Whoever wants a transfer, a code or your screen: stop first."
	return out, nil
}
