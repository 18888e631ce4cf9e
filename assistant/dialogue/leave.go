package dialogue

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

// verbs are what is done in a bank, by one character.
const verbs = "转汇付挂重改换办买存取提还缴交冻锁停销申充赎开签解扣续约登绑查报贷投补激领退分借委托弄搞做"

var (
	// dropped drops what is being done by any verb of business: 不贷了, 先不签了.
	dropped = regexp.MustCompile(`^(那|我|我们|俺|还是|算了|就|先|暂时|今天|现在|这次|这个|这笔|唉|哎|嗯|吧|了|密码|卡|钱|理财|基金|贷款|合同|保险|产品|存款|名|字)*(不|先不|暂不|暂时不|不想|不打算|不准备|别)(再)?([` + verbs + `]|委托|赎回|重置|重设|挂失|面签|投保|贷款|激活|预约|分期|授权|补卡|升级|注销|理赔|协商)(款|卡|钱|账|户|保|单|约|回|手续)?了(吧|啊|呀|哈|嘛|谢谢)*$`)
	// notWanted says that one did not want or ask for something.
	notWanted = regexp.MustCompile(`(我|俺|咱)?(可|根本|又|从来|真)?(没|没有|不|并没|不是)(说|要|想|让|叫|打算|准备|需要|用|是要)(过|你|你们)?[^,。?!]{0,6}([` + verbs + `])|不是[^,。?!]{0,3}([` + verbs + `])|(不用|不必|不需要|用不着|别)(给我|帮我|再)?[^,。?!]{0,3}([` + verbs + `])|\b(don't|do not|didn't|did not|never|not) (want|wanted|ask|asked|mean|meant|need|say|said|trying|going|asking)\b`)
	// thisOne points to what is being done.
	thisOne = regexp.MustCompile(`这个|这笔|这项|这事|这样|那个|[办弄搞做]|操作|业务|\b(this|that|it)\b`)
	// mishearing says that one was misunderstood, before anything was agreed to.
	mishearing = regexp.MustCompile(`(没|没有|不是)(说|要|想|让|叫)(过|你|你们)?(要)?[^,。?!]{0,4}[` + verbs + `]|听错|理解错|搞错了?意思|弄错了?意思|不是这个意思|\b(didn't|did not|never) (ask|say|mean|want)( you)?( for| to)?\b|misunderst|misheard|not what i (said|asked|meant|want)`)
)

// drops says that a message drops what is being done in the words of its business.
func drops(e Said) bool {
	if has(e, ActQuestion) {
		return false
	}
	return slices.ContainsFunc(strings.FieldsFunc(folded(e.Text), func(r rune) bool { return strings.ContainsRune(",。;!", r) }), dropped.MatchString)
}

// ownNot refuses something by a word that is then looked for in the business in
// hand, with nothing else beside it: 还是别撤了吧, 我没说要止付.
var ownNot = regexp.MustCompile(`^(那|我|我们|俺|还是|算了|就|先|暂时|今天|现在|这次|唉|哎|嗯|吧|了|,)*(不|别|先不|先别|暂不|不想|不要|不打算|不准备|我?(可|又|根本)?(没|没有|不是)(说|想|让你|叫你|说过|打算)?(要|让|叫)?(你)?)(再)?(给?我)?([撤赎删踢调停充锁约置设改加添退解开关打分期止付重预取销移除换办转缴还存领申请绑挂失冻结提激活升级补寄登记评测买投保签]{1,4})(这个|那个|这笔|它)?(了|吧|啊|呀|哈|嘛|谢谢)*$`)

// dropsThis takes the refusal of the business in hand by a verb of its own, whatever
// is asked just then: it is no name, no choice and no other value. A choice that has
// these words keeps them.
func (d *decider) dropsThis(e Said) bool {
	in := d.top()
	if in == nil || in.Suspended || in.Acting != "" || has(e, ActQuestion) {
		return false
	}
	f, p := d.flowOf(in), d.st.Pending
	m := ownNot.FindStringSubmatch(folded(e.Text))
	if f == nil || m == nil || p == nil || !slices.Contains([]PendingKind{PendingSlot, PendingConfirm, PendingSecure, PendingCancel}, p.Kind) {
		return false // at any other question a no is its answer
	}
	verb := m[len(m)-3]
	if !d.ownVerb(f, verb) || !strings.Contains(f.Name["zh"], verb) && ownNo(f, e, d.read(in, f, e)) {
		return false // 到期不转存
	}
	if p.Kind == PendingCancel {
		d.take(p.Offer)
		return true
	}
	if p.Kind == PendingSecure {
		d.unbox(in, f)
	}
	d.cancel(false)
	return true
}

// ownVerb says that a verb is one of a business: of its name, or of what customers
// say who want it, or of one of its choices.
func (d *decider) ownVerb(f *flow.Flow, verb string) bool {
	if strings.Contains(f.Name["zh"], verb) {
		return true
	}
	for _, s := range f.Slots {
		for _, c := range s.Choices {
			if slices.Contains(c.Words, verb) || strings.Contains(c.Label["zh"], verb) {
				return true
			}
		}
	}
	said, all := 0, 0
	for name, in := range d.set.Intents {
		if d.set.FlowOf(name) != f || in.Negated {
			continue
		}
		for _, x := range in.Examples["zh"] {
			all++
			said += b2i(strings.Contains(x, verb))
		}
	}
	return said > 0 && said*ownShare >= all
}

// ownShare is which part of what is said of a business has a verb of its own.
const ownShare = 20

// deniesThis says that a message does not want the business that is being done, by
// its name, by its verb or by pointing to it: who says so at a read-back is asked
// whether to drop it, and not shown it again.
func (d *decider) deniesThis(in *Instance, f *flow.Flow, e Said, v verdict) bool {
	text := folded(e.Text)
	if in.Acting != "" || !notWanted.MatchString(text) && !mishearing.MatchString(text) {
		return false
	}
	name := map[string]any{"name": f.Name["zh"], "name_en": f.Name["en"]}
	if shared(text, name) > 0 || v.flow != nil && akin(f, v.flow) {
		return true
	}
	for _, m := range append(notWanted.FindAllString(text, -1), mishearing.FindAllString(text, -1)...) {
		for _, r := range verbs {
			if strings.ContainsRune(f.Name["zh"], r) && strings.ContainsRune(m, r) && !strings.ContainsRune("查办开", r) {
				return true
			}
		}
	}
	if v.flow != nil && v.flow.ID != in.Flow && sharedName(text, v.flow) {
		return false // 密码没忘: that one is named
	}
	return thisOne.MatchString(text)
}

func sharedName(text string, f *flow.Flow) bool {
	return shared(text, map[string]any{"name": f.Name["zh"], "name_en": f.Name["en"]}) > 0
}

// akin says that two businesses are about the same thing: 重置取款密码 and
// 视频核实重设密码.
func akin(a, b *flow.Flow) bool {
	return shared(a.Name["zh"], map[string]any{"name": b.Name["zh"]}) > 0
}

// mishears says that a customer takes back what the machine only thought it heard:
// nothing was agreed to yet, so nobody else's hand is in it.
func (d *decider) mishears(e Said) bool {
	p := d.st.Pending
	return p != nil && slices.Contains([]PendingKind{PendingConfirm, PendingDoubt, PendingFault}, p.Kind) && mishearing.MatchString(folded(e.Text))
}

// keepWish keeps what a message wants beside what it drops: 不想转了，帮我查余额.
func (d *decider) keepWish(in *Instance, e Said) {
	u := e.Understanding
	texts, parts := u.Parts, u.PartsUnderstood
	if u.Affirmed != nil {
		texts, parts = []string{u.Affirmed.Text}, []Understanding{*u.Affirmed}
	}
	if len(texts) != len(parts) {
		return
	}
	for i, part := range parts {
		yes := Said{Text: texts[i], Understanding: part, Delivered: e.Delivered}
		if has(yes, ActCancel) || has(yes, ActNegated) || has(yes, ActDeny) || drops(yes) || mishearing.MatchString(folded(yes.Text)) || objects.MatchString(folded(yes.Text)) || len(d.st.Later) >= maxLater {
			continue
		}
		v := d.verdict(yes, switchP)
		if v.kind == knowledge || v.kind == runs && v.flow.ID != in.Flow {
			d.st.Later = append(d.st.Later, Later{Said: yes})
		}
	}
}

// ownNo says that the no of a message stands in the words of a choice and is its
// value: 到期不转存.
func ownNo(f *flow.Flow, e Said, got filling) bool {
	text := strings.ToLower(e.Text)
	for name := range got.values {
		s := f.Slot(name)
		if s == nil || s.Kind != "choice" {
			continue
		}
		for _, c := range s.Choices {
			if c.Value == got.values[name].ID && slices.ContainsFunc(c.Words, func(w string) bool { return refusing.MatchString(w) && strings.Contains(text, w) }) {
				return true
			}
		}
	}
	return false
}

// refusing is a no inside the words of a choice.
var refusing = regexp.MustCompile(`不|别|取消|don't|not `)

// covered says that the second of two requests is part of the first one's business:
// 挂失转正式，再补一张卡.
func (d *decider) covered(first, second Understanding) bool {
	a, b := d.set.FlowOf(best(first).Intent), d.set.FlowOf(best(second).Intent)
	return a != nil && b != nil && slices.Contains(a.Covers, b.ID)
}
