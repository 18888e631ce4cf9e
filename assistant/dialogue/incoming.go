package dialogue

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// Money that is to come from somebody else, and money that is not to move yet, are
// no order to send any: the one can't be done here, the other begins nothing.

// Who else: a person is □ here, so that 给我爸 is never 给我.
const (
	elseZH = `(?:□|他们?|她们?|对方|人家|别人)`
	meZH   = `(?:我|俺|咱)`
	sumZH  = `(?:钱|款|账|债|点|些|个|笔|那|[0-9一二两三四五六七八九十百千万几])`
	elseEN = `(?:□|him|her|them|someone|somebody|people|(?:my|the) \w+|[a-z]+(?: [a-z]+)?)`
)

var (
	// theyPay is that somebody else pays the customer: 让我妈给我转五百, 叫老王还钱.
	theyPay = regexp.MustCompile(`(?:让|叫|催|喊|劝|逼|(?:要|求|请|找|等|通知|提醒|跟|和|麻烦|拜托)[^,。;!?我俺咱给帮替往向]{0,3}?` + elseZH + `|` + elseZH + `(?:要|想|说|会|能|得|该|准备|打算|怎么|咋|如何)+)[^,。;!?我俺咱]{0,12}?(?:` +
		`给` + meZH + `(?:再|先|也|多|就|把)*(?:转|汇|打|付|寄|拨|划|还|发|补|` + sumZH + `)|(?:转|汇|打|付|还|退|发|寄|拨|划|补|给)(?:回|点|些)?[^,。;!?□]{0,6}?(?:给|到|进|回)?` + meZH + `(?:$|[^□])|还(?:钱|款|账|债|$)|往` + meZH + `[^,。;!?□]{0,8}?(?:转|汇|打|付|存)|(?:还|转|打|汇|退|付)(?:回来|过来))`)
	// askedFor is money asked of somebody, or taken from theirs: 找老王要五百, 从我妈卡里转五百给我.
	askedFor = regexp.MustCompile(`(?:跟|向|找|问|管|和|朝)` + elseZH + `[^,。;!?]{0,4}?(?:要|收|讨|借)(?:回|` + sumZH + `)|从` + elseZH + `(?:那|的|账户|帐户|卡|存折|手|里|上|儿|边)*[^,。;!?]{0,4}?(?:转|扣|划|拿|取|要|收)[^,。;!?]{0,8}?(?:给` + meZH + `(?:$|[^□])|到` + meZH + `|过来|出来|回来)|收` + elseZH + `的?` + sumZH)
	// owesMe is a debt to the customer, and claims asks for it.
	owesMe = regexp.MustCompile(`(?:欠|该|借|差)(?:着|了|走了?)?` + meZH + `(?:$|[^□])|\bowes? me\b`)
	claims = regexp.MustCompile(`催|讨|要回|追|怎么要|咋要|(?:不|没|还没|不肯|赖着|什么时候|啥时候|何时|该|快|能)(?:有)?还|怎么办|还(?:我|钱|给我)|\b(?:get|ask|remind|make|how|collect|claim|back)\b`)
	theyEN = regexp.MustCompile(`\b(?:make|have|get|ask|tell|let|want|need|remind|force|like) ` + elseEN + ` (?:to )?(?:please )?(?:send|transfer|pay|give|wire|return|repay)\b[^,.;?!]{0,24}\b(?:me|my account|back)\b`)
	fromEN = regexp.MustCompile(`\b(?:collect|request|take|draw|pull|get|receive|borrow|withdraw|claim|transfer|move|send)\b[^,.;?!]{0,24}\bfrom (?:□|him|her|them|someone else|somebody else)(?:'s?\b[^,.;?!]{0,12})?(?:$|[ ,.!?])`)
	noEN   = regexp.MustCompile(`\b(?:have|get|want|need|like|let|make|ask|tell) (?:to|me|you|i|it|this|that|the bank)\b`)
	// itsMoney is that a message without a sum speaks of money.
	itsMoney = regexp.MustCompile(`钱|款|债|账|工资|红包|房租|学费|生活费|零花|\b(?:money|cash|rent|loan|back)\b`)
	// otherCase is what other business hears: what was sent already or sent wrongly, what
	// was taken by fraud, a refund of a shop's or the bank's, a call and a message.
	otherCase = regexp.MustCompile(`(?:转|汇|打|付|发|寄|存)(?:了|过|来了|过来了|错)|到账|没到|到了|收到|[转汇打付]错|误转|骗|盗|冒充|退款|退货|商家|平台|银行|你们|客服|扣了|刷了|消费|电话|短信|消息|验证码|让我(?:给|转|汇|打|付|替|帮|把|先)|\b(?:sent|paid|received|arrived|refund|merchant|scam|wrong|bank|call|text|message|code)\b`)
)

// incoming answers who wants money of somebody else's: nobody's account is drawn on
// from here but one's own. What is being done stays as it is.
func (d *decider) incoming(e Said) bool {
	if has(e, ActCancel) || len(e.Understanding.Alarms) > 0 {
		return false
	}
	text := withoutNames(e)
	sum := slices.ContainsFunc(e.Understanding.Entities, isSum)
	if !sum && !itsMoney.MatchString(text) || otherCase.MatchString(text) {
		return false
	}
	owed := owesMe.MatchString(text) && claims.MatchString(owesMe.ReplaceAllString(text, ""))
	english := theyEN.MatchString(text) && !noEN.MatchString(text) || fromEN.MatchString(text)
	if !owed && (has(e, ActNegated) || !english && !theyPay.MatchString(text) && !askedFor.MatchString(text)) {
		return false
	}
	if v := d.verdict(e, startP); v.flow != nil && !pays(v.flow) {
		return false // a card, a will, a quarrel: its own business
	}
	d.st.Fails = 0
	d.sayPhrase(flow.KindAnswer, "incoming", nil)
	d.retry()
	return true
}

// withoutNames is a text for the cues in which every person is a □.
func withoutNames(e Said) string {
	text := e.Text
	for _, x := range slices.Backward(e.Understanding.Entities) {
		if x.Kind == entity.Person && x.Start >= 0 && x.End <= len(text) && x.Start < x.End {
			text = text[:x.Start] + "□" + text[x.End:]
		}
	}
	return folded(text)
}

var (
	// notYet says that something is not to be done yet, verb by verb.
	notYet = regexp.MustCompile(`(先|暂时|暂|现在|今天|眼下|还|)(?:别|不要|不用|甭|不)(?:急着|着急|忙着|忙|急)?(?:给[^,。;!?]{1,6}?)?(转账|转|汇|打|付|缴费|缴|交|还|充值|充|存|取|买)(?:账|款|钱)?`)
	// untilThen waits for something: 等她电话, 等我说.
	untilThen = regexp.MustCompile(`^(?:要|得|我|先|再|还|且)*等|再(?:说|转|办|缴|交|还|充|定)|到时候|回头|until|till|wait`)
	orders    = regexp.MustCompile(`转|汇|打|付|缴|交|还|充|存|取|买`)
	notYetEN  = regexp.MustCompile(`\b(?:don't|do not|dont) (send|transfer|pay|repay|top up|wire)\b[^,.;?!]{0,20}\b(?:yet|now|for now)\b|\b(?:send|transfer|pay|repay)\b.*\bbut (?:not|don't)\b[^,.;]{0,14}\b(?:yet|now)\b|\bhold off (?:on )?(?:the |that |this )?(?:sending|paying|payment|transfer)\b`)
)

// sameDeed puts the verbs of one business together.
func sameDeed(verb string) string {
	for _, kind := range []string{"转汇打付", "缴交充", "还", "存", "取", "买"} {
		if strings.ContainsAny(verb, kind) {
			return kind
		}
	}
	return verb
}

// holdsBack takes an order that is to wait for a word of the customer's: 我妈让我转五百,
// 先别转，等她电话. Nothing is begun; what else is ordered beside it is.
func (d *decider) holdsBack(e Said) bool {
	if in := d.top(); in != nil && !in.Suspended || has(e, ActQuestion) || len(e.Understanding.Alarms) > 0 {
		return false
	}
	text := folded(e.Text)
	verb, waits, other := "", false, false
	for _, c := range clause.FindAllString(text, -1) {
		m := notYet.FindStringSubmatch(c)
		switch {
		case m != nil:
			verb, waits = m[2], waits || m[1] != ""
			other = other || orders.MatchString(strings.Replace(c, m[0], "", 1))
		case untilThen.MatchString(c) && (!orders.MatchString(c) || strings.Contains(c, "再")):
			waits = true
		case verb != "":
			other = other || orders.MatchString(c) // 先别还信用卡，给我妈转五百
		}
	}
	if verb == "" && notYetEN.MatchString(text) {
		d.sayPhrase(flow.KindText, "held_back", nil, "verb", "")
		return true
	}
	if verb == "" || !waits || other {
		return false
	}
	for _, c := range clause.FindAllString(text, -1) {
		if o := orders.FindString(c); o != "" && !notYet.MatchString(c) && !untilThen.MatchString(c) && sameDeed(o) != sameDeed(verb) {
			return false // another order, which is to be done
		}
	}
	d.st.Fails = 0
	d.sayPhrase(flow.KindText, "held_back", nil, "verb", verb)
	return true
}
