package dialogue

import (
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// A sum counts where a verb, its name or nothing at all stands around it.
func TestASumIsSigned(t *testing.T) {
	t.Parallel()
	s := &flow.Slot{Name: "amount", Kind: "amount", Label: flow.Text{"zh": "金额", "en": "Amount"}}
	for text, want := range map[string]bool{
		"六百吧": true, "就600": true, "改成六百元": true, "应该转六百": true, "金额六百元": true, "太多了，六百元就够": true, "我要转的是六百元": true,
		"make it 600 yuan": true, "send 600 yuan": true, "600 yuan please": true, "no, 600 yuan": true,
		"卡里还有六百元": false, "一共欠她六百元": false, "房租六百元一个月": false, "我工资是六百元": false, "I have 600 yuan at home": false, "the rent is 600 yuan": false,
	} {
		e := Said{Text: text, Understanding: Understanding{Entities: entity.Extract(text, noon)}}
		if got := signed(s, e, Value{Raw: "600.00", ID: "600.00"}); got != want {
			t.Errorf("%s: signed is %v", text, got)
		}
	}
}

func TestWhatIsDropped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"不贷了": true, "先不签了": true, "那我不赎回了": true, "算了，不投了": true, "理财不买了": true, "先不激活了吧": true, "这次不预约了": true,
		"不知道了": false, "不说了": false, "不够了": false, "备注不要了": false, "我不记得了": false, "不能转了吗": false,
	} {
		if got := drops(Said{Text: text}); got != want {
			t.Errorf("%s: dropped is %v", text, got)
		}
	}
}

// What is wrong is named outright, or by all else being right.
func TestWhereTheFaultIs(t *testing.T) {
	t.Parallel()
	f := &flow.Flow{Slots: []*flow.Slot{
		{Name: "payee", Kind: "payee", Label: flow.Text{"zh": "收款人", "en": "Payee"}},
		{Name: "amount", Kind: "amount", Label: flow.Text{"zh": "金额", "en": "Amount"}},
		{Name: "account", Kind: "account", Label: flow.Text{"zh": "付款账户", "en": "From account"}},
	}}
	for text, want := range map[string]string{
		"金额不对": "amount", "收款人写错了": "payee", "除了金额都对": "amount", "别的都对，就是卡不对": "account", "其他没问题，只有户名错了": "payee",
		"可以，但是钱从另一张卡出": "account", "收款账户不对": "payee", "人选错了": "payee", "转错人了": "payee", "钱多了": "amount", "换一张卡": "account",
		"the amount is wrong": "amount", "everything is right except the payee": "payee", "all correct, but the card": "account", "use another card": "account",
		"收款人是我妈": "", "金额没错": "", "都对": "", "the amount is right": "", "我妈说她人不错": "",
	} {
		got := ""
		if slots := slotsNamed(f, faultIn(folded(text))); faultIn(folded(text)) != "" && len(slots) > 0 {
			got = slots[0].Name
		}
		if got != want {
			t.Errorf("%s: %q is wrong, not %q", text, got, want)
		}
	}
}

func TestTheCodeThatDidNotCome(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"收不到验证码": true, "短信一直没来": true, "验证码过期了": true, "再发一个验证码": true, "码怎么还没到": true, "没收到短信": true,
		"I didn't get the code": true, "no text came": true, "the code hasn't arrived": true, "resend the code": true, "where is my code": true,
		"验证码是多少位": false, "多久到账": false, "我妈说收到了": false, "确认": false, "how long does it take": false,
	} {
		if got := noCode.MatchString(folded(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
