package dialogue

import (
	"regexp"
	"slices"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// A payment that the family may not hear of is how a fraud sounds; a present that
// whoever gets it may not hear of yet is how a present sounds.
const (
	noSecret = iota
	secretGift
	secretPayment
)

var (
	// hushes keeps something from somebody, hushFamily from the whole family or anybody.
	hushes     = regexp.MustCompile(`(?:别|不要|不能|不许|不准|甭|莫|不想让|不让|先不)(?:再|先)?(?:告诉|跟|和|对|同|让|叫|给)[^,。;!?]{1,8}|瞒着|保密|\b(?:don't|do not|never|not to) (?:tell|let)\b|\bkeep (?:it|this) (?:a )?(?:secret|from)\b|\bsecret\b`)
	hushFamily = regexp.MustCompile(`(?:别|不要|不能|不许|不准|甭|莫|不想让|不想|不让|先不)(?:再|先)?(?:告诉|跟|和|对|同|让|叫|给)(?:我|我们|咱)?(?:们)?(?:家里人?|家人|家属|任何人)|瞒着(?:我|我们)?(?:家里人?|家人|所有人)|\b(?:don't|do not|never|not to) (?:tell|let) (?:(?:my|the) )?(?:family|folks|relatives|anyone|anybody)\b|\bkeep (?:it|this) from my family\b`)
	present    = regexp.MustCompile(`惊喜|礼物|礼品|生日|纪念日|给(?:他|她)(?:们)?(?:买|订|准备|挑|选)|\b(?:surprise|gift|present|birthday|anniversary)\b`)
)

// secret says what a message wants kept secret: a present, or a payment.
func (d *decider) secret(e Said) int {
	text := folded(e.Text)
	switch {
	case !hushes.MatchString(text) && !hushFamily.MatchString(text):
		return noSecret
	case present.MatchString(text) || d.keptFromPayee(e):
		return secretGift
	case !hushFamily.MatchString(text):
		return noSecret
	case d.paysSomebody():
		return secretPayment
	}
	if v := d.verdict(e, startP); v.flow != nil && paysOut(v.flow) {
		return secretPayment
	}
	return noSecret
}

// keptFromPayee says that who shall not hear of a payment is who gets it.
func (d *decider) keptFromPayee(e Said) bool {
	var given []string
	if in := d.top(); in != nil && d.paysSomebody() {
		for _, s := range d.flowOf(in).Slots {
			if v := in.Slots[s.Name]; s.Kind == "payee" && v.Raw != "" {
				alias, _ := v.Item["alias"].(string)
				given = append(given, entity.Kin(v.Raw), entity.Kin(alias))
			}
		}
	}
	for _, x := range e.Understanding.Entities {
		if x.Kind == entity.Person && x.Role == entity.Given {
			given = append(given, entity.Kin(x.Value))
		}
	}
	return slices.ContainsFunc(e.Understanding.Entities, func(x entity.Entity) bool {
		return x.Kind == entity.Person && x.Role == entity.Aside && slices.Contains(given, entity.Kin(x.Value))
	})
}

// thinksOver wants time to think, also behind a yes: 可以，让我考虑一下再说.
var thinksOver = regexp.MustCompile(`^(?:可以的?|行|好|嗯|哦|噢|中|成|那|的|吧|啊|呀|,|不过|但是?|让我|容我|等我?|我们?|俺|咱|先|再|还是?|就|得|要|需要|好好|仔细|自己|回去|回头|跟[^,。;!?]{1,4}|和[^,。;!?]{1,4})*(?:考虑|琢磨|合计|掂量|斟酌|寻思|商量|想想|想一想|想一下|想一会儿?|想好|想清楚|想明白|缓缓|缓一缓|想)(?:考虑|琢磨|合计|掂量|斟酌|寻思|商量|一下|下|一会儿?|一阵|阵子?|两天|一晚|清楚|好|了|,|之后|以后|我)*(?:再(?:说|定|决定|看|办|转|弄|确认|告诉你?|回复|来|联系)?)?(?:吧|啊|呀|哈|了|,|谢谢|不急)*$` +
	`|^(?:yes|ok|okay|sure|fine|alright|all right|well|hmm|good|right|but|,|\.| )*(?:let me|i'?ll|i will|i need to|i want to|i have to|i'd like to|give me (?:some )?time to)(?: first)? (?:think|sleep|consider|mull)\b[^,.;?!]{0,24}$`)

// ponders gives time to who asks for it: no yes, no no, and what is read back stands.
func (d *decider) ponders(e Said) bool {
	in := d.top()
	if in == nil || in.Suspended || in.Acting != "" || has(e, ActQuestion) || !thinksOver.MatchString(folded(e.Text)) {
		return false
	}
	d.st.Fails = 0
	d.aside(flow.Message{Kind: flow.KindText, Text: d.phrase("wait")})
	return true
}
