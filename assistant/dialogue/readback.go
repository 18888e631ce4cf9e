package dialogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

var (
	// elsewhen speaks of another time, or of what another person says: a value in
	// such a sentence is no value for what is being read back.
	elsewhen = regexp.MustCompile(`上次|上回|上个?月|上周|昨天|前天|以前|之前|去年|前年|那次|那会儿|下次|下回|下周|下个月|明年|已经|收到|到账|(转|付|汇|打|存|还|买|缴|花|扣|借|取)(了|过|走)|(^|[^我想])说|告诉|知道|每(个)?(月|年|天|周)|\b(last|next) (time|week|month|year)\b|\b(yesterday|already|received|said|says|told|knows?|earlier|every|each|usually|used to)\b`)
	// corrector ends what stands before a value that is to count.
	corrector = regexp.MustCompile(`(改|换|改成|换成|改为|应该|应该是|应是|转|转账|付|付款|汇|打|存|存入|买|取|赎|赎回|缴|充|交|贷|借|投|提|调|设|给|转给|付给|汇给|用|选|按|就|还款|要转|要付|要存|凑)(成|为|到|个|出|入)?$|(^|[,。;就还])是$|(我说|转|付|汇|存|买|还|取|缴|要)的(金额|钱数|数)?(是|应该是)$|\b(to|make it|make that|send|transfer|pay|use|using|from|it's|it is|should be|change|buy|save|repay|withdraw|instead)( the| my| cny| rmb| [¥￥])?$`)
	// chosen takes one of several ways.
	chosen = regexp.MustCompile(`改|换|我?要|选|用|还是|就|按|不如|\b(instead|rather|change|prefer|use|take)\b`)
	// changedMind wants something else and does not say what.
	changedMind = regexp.MustCompile(`(改|变)(变|了)?(个)?主意|想法变|变卦|反悔|(我)?(想|要)改(一下|点|个)?(东西|地方|内容|信息)?$|^(那|我|就|先|再|帮我|给我|请|麻烦)*(改|换|修改|更改)(一)?(下|改|点)?(吧|呗|啊|呀)?$|chang(ed|ing) my mind|second thoughts|^(no,? |ok,? |please |then |let'?s |let me |i want to |i need to |i'd like to |i have to |i must |can (i|you|we) |could (i|you|we) |may i )*(change|edit|correct|modify|amend)( it| this| that| something| things| the details?| them)?( first| please| again)?\??$`)
	// filledIn says that a box was filled, which it tells by itself.
	filledIn = regexp.MustCompile(`^(我)?(都|已经)?(填|输|写|弄|搞)?(好|完|完成)(了|啦|咯)(啊|呀)?$|^(i'm |i am |all )?(done|finished)$`)
	// carries follows a value that is to count: 工资卡付, 三千吧.
	carries = regexp.MustCompile(`^(元|块钱?|的)?(那|这)?(张|个)?(卡|账户)?(吧|付|支付|付款|出钱|才对|就(行|好|够)了?|好了|够了|足够)|^( yuan| please| instead|$)`)
	// fillers stand around a bare answer and say nothing.
	fillers = regexp.MustCompile(`[,。!;~、"“”.\s¥￥]|还是|那就|就|那|嗯|哦|呃|啊|吧|呀|哈|嘛|好了|好的?|元|块钱?|钱|人民币|行|是|我|要|个|的|\b(just|please|yuan|cny|rmb|ok|then|maybe|um|well|the|my)\b`)
	// plainDeny denies what was read back, and not what somebody shall do.
	plainDeny = regexp.MustCompile(`^(不对|不是|错|不,|no\b|wrong|incorrect)`)
	// asksFirst asks whether a change is possible: it wants one, perhaps.
	asksFirst = regexp.MustCompile(`能不能|可不可以|可以(不|吗|么)|能(改|换|转|存|付|买|还|多|少|用|给)|行不行|行吗|行么|好吗|好不好|要不要?|是不是(该|要|得)|\b(can|could|may|shall|should) (i|we|you)\b|what if i|would it be`)
	// chat is told and not asked for: people, feelings, the day.
	chat = regexp.MustCompile(`[我你您他她它咱这那的了呢是有在挺很太真都也还没]|\b(i|he|she|it|we|they|my|his|her|is|was|are|has|had|the|this|that)\b`)
	// demands wants something, which is more than a remark.
	demands = regexp.MustCompile(`帮|请|给我|替我|不是|不对|错|我要|我想|想要|麻烦|快点?|赶紧|马上|怎么|什么|[把搞弄改换整]|不行|不要|(^|[^特级区分性个])别|\b(please|want|need|can|could|would|don't|do not|make|change|get|give|let)\b`)
)

// bareChange is 改28号, change it to 600: a value that is changed, and nothing said
// of what it is in any other business.
var bareChange = regexp.MustCompile(`^(?:不对|不是|错了?|等等|那|就|还是|先|都|帮我|给我|请|麻烦|我要?|想|要|把|它|日子|日期|时间|,| )*(?:改|换|变|调|\bchange|\bmake|\bswitch|\bset)(?:一?下)?(?:成|到|为|作|在|it|that|this|to|the|day| )*□(?:吧|呗|啊|呀|好了?|就行|转|的|,|谢谢|please|instead| )*$`)

// onlyChanges says that a message changes a value to another one and nothing else:
// it is about the business in hand, whatever else is changed in such words.
func onlyChanges(e Said) bool {
	list := e.Understanding.Entities
	return len(list) == 1 && list[0].Start >= 0 && list[0].End <= len(e.Text) && bareChange.MatchString(folded(e.Text[:list[0].Start]+"□"+e.Text[list[0].End:]))
}

// atReadBack takes what is said while something is read back and waits for a yes,
// as a good clerk hears it: what finds fault opens what is wrong, what speaks of
// another option changes nothing, a value that nobody said is to count is asked
// about, and a remark is heard. False leaves the message to the form.
func (d *decider) atReadBack(p *Pending, e Said) bool {
	in := d.top()
	if in == nil || in.ID != p.Instance || in.Suspended || in.Acting != "" {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	if hearsay.MatchString(folded(e.Text)) {
		return false
	}
	if d.objection(in, f, e) || d.otherSum(in, f, p, e) {
		return true
	}
	if p.Kind != PendingConfirm && p.Kind != PendingSecure && p.Kind != PendingDoubt {
		return false
	}
	if p.Kind == PendingSecure && objects.MatchString(folded(e.Text)) && brief(folded(e.Text)) && !has(e, ActQuestion) && len(d.read(in, f, e).values) == 0 {
		d.unbox(in, f)
		d.askWhat(in, f)
		return true
	}
	if p.Kind == PendingSecure && filledIn.MatchString(folded(e.Text)) {
		d.retry()
		return true
	}
	if changedMind.MatchString(folded(e.Text)) && !has(e, ActCancel) && len(d.read(in, f, e).values) == 0 {
		d.askWhat(in, f)
		return true
	}
	return d.anotherOption(in, f, e) || d.doubts(in, f, p, e) || d.remarked(in, f, e)
}

// asking says that a message asks something; a 呢 alone does not.
func asking(e Said) bool {
	text := folded(e.Text)
	return has(e, ActQuestion) && (!strings.HasSuffix(text, "呢") || askWord.MatchString(text))
}

var askWord = regexp.MustCompile(`什么|怎|多少|多久|哪|谁|几|吗|能不能|可不可以|是不是|有没有|行不行|要不要|为啥|咋`)

// doubts asks about values that would overwrite what was read back although
// nothing says that they are to: a clerk never guesses money.
func (d *decider) doubts(in *Instance, f *flow.Flow, p *Pending, e Said) bool {
	if has(e, ActCancel) {
		return false
	}
	got := d.read(in, f, e)
	if v := d.verdict(e, switchP); v.flow != nil && v.flow.ID != in.Flow && (!d.staysIn(in, f, e, got) || v.flow.Emergency || d.complete(v.flow, e)) {
		return false // another business, said plainly
	}
	changed := d.changes(in, f, got.values)
	if got.bad != "" || got.many != "" || got.sure || len(changed) == 0 || !d.doubtful(f, e, got, changed) {
		return false
	}
	changed = d.forgetPeople(f, e, got, changed)
	if len(changed) == 0 { // somebody was spoken of, and nothing else given
		d.heardRemark()
		return true
	}
	if asking(e) && !asksFirst.MatchString(folded(e.Text)) {
		d.question(e, d.verdict(e, switchP)) // 还最低会怎样: told, not done
		return true
	}
	d.askDoubt(in, f, p, got.values, changed)
	return true
}

// otherSum takes the sum that stands beside the one read back: 五百不够，八百.
func (d *decider) otherSum(in *Instance, f *flow.Flow, p *Pending, e Said) bool {
	got := d.read(in, f, e)
	s := f.Slot(got.many)
	if s == nil || s.Kind != "amount" || in.Slots[s.Name].ID == "" || has(e, ActCancel) {
		return false
	}
	other := ""
	for _, x := range e.Understanding.Entities {
		switch {
		case x.Kind != entity.Amount && x.Kind != entity.Number || x.Bad != "" || x.Value == in.Slots[s.Name].ID:
		case other != "" && other != x.Value:
			return false
		default:
			other = x.Value
		}
	}
	if _, err := flow.Fen(other); err != nil || other == "" {
		return false
	}
	got.values[s.Name] = Value{Raw: other, ID: other, By: "customer", Turn: d.c.Turn}
	if asking(e) || elsewhen.MatchString(folded(e.Text)) {
		d.askDoubt(in, f, p, got.values, []string{s.Name})
		return true
	}
	d.filled(in, f, filling{values: got.values})
	return true
}

// changes are the slots that hold a value and would hold another one.
func (d *decider) changes(in *Instance, f *flow.Flow, values map[string]Value) []string {
	trial, noted := cloned([]Instance{*in})[0], len(d.out)
	changed := d.apply(&trial, f, values)
	d.out = d.out[:noted]
	return slices.DeleteFunc(changed, func(name string) bool { return in.Slots[name].ID == "" })
}

// doubtful says that at least one of the values came without a sign that it is
// to replace what stands.
func (d *decider) doubtful(f *flow.Flow, e Said, got filling, changed []string) bool {
	text := folded(e.Text)
	if has(e, ActCorrection) || plainDeny.MatchString(text) || ownNo(f, e, got) {
		return false
	}
	if elsewhen.MatchString(text) || asking(e) || has(e, ActNegated) {
		return true
	}
	return slices.ContainsFunc(changed, func(name string) bool { return !signed(f.Slot(name), e, got.values[name]) })
}

// signed says that the words around a value make it one that counts: a verb of
// this business, the slot's own name, or that nothing else was said.
func signed(s *flow.Slot, e Said, v Value) bool {
	text := strings.ToLower(e.Text)
	from, to := place(text, e, v)
	if from < 0 {
		return brief(text) || chosen.MatchString(text)
	}
	before, after := strings.TrimRight(text[:from], " 了"), text[to:]
	if i := strings.LastIndexFunc(before, endsClause); i >= 0 {
		before = strings.TrimLeftFunc(before[i:], endsClause)
	}
	if i := strings.IndexFunc(after, endsClause); i >= 0 {
		after = after[:i]
	}
	rest := fillers.ReplaceAllString(before, "") + "|" + fillers.ReplaceAllString(after, "")
	return rest == "|" || corrector.MatchString(before) || carries.MatchString(after) && len([]rune(before)) < 3 || mentions(before+" "+after, s)
}

func endsClause(r rune) bool { return strings.ContainsRune(",，.。;；!！?？、\n", r) }

// place is where a value stands in a message; -1 when it can't be told.
func place(text string, e Said, v Value) (from, to int) {
	for _, x := range e.Understanding.Entities {
		if (x.Value == v.ID || x.Value == v.Raw || x.Text == v.Raw) && x.Start >= 0 && x.End <= len(text) && x.Start < x.End {
			return x.Start, x.End
		}
	}
	if i := strings.Index(text, strings.ToLower(v.Raw)); v.Raw != "" && i >= 0 && len(v.Raw) < len(text) {
		return i, i + len(v.Raw)
	}
	return -1, -1
}

// forgetPeople takes people who are only spoken of out of doubtful values: nobody
// asks whether 我姐人很好 is to be the payee.
func (d *decider) forgetPeople(f *flow.Flow, e Said, got filling, changed []string) []string {
	return slices.DeleteFunc(changed, func(name string) bool {
		s := f.Slot(name)
		if s.Kind != "payee" && s.Kind != "person" || asksFirst.MatchString(folded(e.Text)) || signed(s, e, got.values[name]) {
			return false
		}
		delete(got.values, name)
		return true
	})
}

// askDoubt asks one question that holds both readings. What was read back stands:
// a yes to this question is none to that.
func (d *decider) askDoubt(in *Instance, f *flow.Flow, p *Pending, values map[string]Value, changed []string) {
	trial := cloned([]Instance{*in})[0]
	var labels, now, old []string
	for _, name := range changed {
		s := f.Slot(name)
		labels, old = append(labels, d.pick(s.Label)), append(old, d.show(in, f, s))
		trial.Slots[name] = d.likely(in, s, values[name])
		now = append(now, d.show(&trial, f, s))
	}
	sep := "、"
	if d.locale() == "en" {
		sep = ", "
		for i := range labels {
			labels[i] = strings.ToLower(labels[i])
		}
	}
	label, to, from := strings.Join(labels, sep), strings.Join(now, sep), strings.Join(old, sep)
	yes := d.offer(Offer{Kind: offerChange, Instance: in.ID, Values: values}, d.phrase("tap_change_to", "value", to), flow.StylePlain)
	no := d.offer(Offer{Kind: offerUnchanged, Instance: in.ID}, d.phrase("tap_unchanged", "value", from), flow.StylePlain)
	m := flow.Message{Kind: flow.KindAsk, Text: d.phrase("doubt", "label", label, "value", to), Actions: []flow.Action{yes, no}}
	d.st.Fails = 0
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingDoubt, Instance: in.ID, Step: in.Step, Hash: p.Hash, Offer: yes.ID, Other: no.ID, Prompt: &m}
}

// likely is a value as the bank knows it, where one option fits its words.
func (d *decider) likely(in *Instance, s *flow.Slot, v Value) Value {
	if s.Options == nil || v.ID != "" || s.Options.NeedsRaw() {
		return v
	}
	if m := matchOptions(in.Options[s.Name].Items, v.Raw); len(m) == 1 {
		v.ID, v.Item = fmt.Sprint(m[0]["id"]), m[0]
	}
	return v
}

var (
	keepsIt   = regexp.MustCompile(`^(不|没|别|先|都)*(用|要|必|是|改|变|换|有|动|对)*(改|变|换|动)?(了|的|吧|啊|呀)*$|还是(原来|刚才|之前|老)|原来的|照旧|不变|不改|别改|没说要改|\b(keep|leave|don't change|do not change|as it (is|was)|unchanged|no change)\b|^no\b`)
	changesIt = regexp.MustCompile(`^(对|是|嗯|好|那|就|要|得|,)*(改|换|变)(吧|成这个|一下|了|掉|啊|呀)*$|^(yes,? ?)?(change|switch)( it)?$`)
)

// answersDoubt takes the answer to 要把金额改成 … 吗. 确认 here agrees to the change
// at most, never to what was read back.
func (d *decider) answersDoubt(p *Pending, e Said) bool {
	text := folded(e.Text)
	in := d.top()
	if in == nil || in.ID != p.Instance || in.Suspended {
		return false
	}
	f := d.flowOf(in)
	switch {
	case f == nil || has(e, ActQuestion):
		return false
	case changesIt.MatchString(text):
		d.take(p.Offer)
	case text != "" && keepsIt.MatchString(text) && text != "对" && text != "是" && text != "要":
		d.take(p.Other)
	case len(d.read(in, f, e).values) > 0 || has(e, ActCancel):
		return d.keepsOld(in, f, p, e)
	case has(e, ActAffirm) && !has(e, ActNegated) && !has(e, ActDeny):
		d.take(p.Offer)
	case vagueYes.MatchString(text):
		d.retry()
	default:
		return d.atReadBack(p, e)
	}
	return true
}

// keepsOld takes the standing value said once more: 还是五百.
func (d *decider) keepsOld(in *Instance, f *flow.Flow, p *Pending, e Said) bool {
	got := d.read(in, f, e)
	if len(got.values) == 0 || got.bad != "" || len(d.changes(in, f, got.values)) > 0 {
		return len(got.values) > 0 && d.atReadBack(p, e)
	}
	d.take(p.Other)
	return true
}

// settled takes one of the two taps of a doubt that is still open.
func (d *decider) settled(o *Offer) {
	p, in := d.st.Pending, d.top()
	if p == nil || p.Kind != PendingDoubt || p.Offer != o.ID && p.Other != o.ID || in == nil || in.ID != o.Instance {
		d.stale()
		return
	}
	f := d.flowOf(in)
	d.st.Pending = nil
	if f == nil || o.Kind == offerUnchanged {
		d.run()
		return
	}
	d.filled(in, f, filling{values: o.Values})
}

// isSafe says that a card is where it should be.
var isSafe = regexp.MustCompile(`没事|没丢|还在|好好的|在(家|包|手|身)|安全|没问题|\b(fine|safe|still have|not lost|with me)\b`)

// isThat says which one it is.
var isThat = regexp.MustCompile(`(的|应该|其实|那|就)是|\b(it's|it is|is the|lost is)\b`)

// anotherOption answers what is said of a card or account that is not the one
// read back (我尾号3519的没丢吧): that one is left alone, and this goes on.
func (d *decider) anotherOption(in *Instance, f *flow.Flow, e Said) bool {
	if has(e, ActCorrection) && !asking(e) || len(e.Understanding.Parts) > 1 {
		return false
	}
	if v := d.verdict(e, switchP); asksFirst.MatchString(folded(e.Text)) || v.kind == knowledge || v.flow != nil && v.flow.ID != in.Flow || d.ownWords(in, f, e) != nil {
		return false
	}
	for _, s := range f.Slots {
		v := in.Slots[s.Name]
		other := d.optionNamed(in, s, v, e)
		if other == nil {
			continue
		}
		if isThat.MatchString(folded(e.Text)) && !has(e, ActNegated) && !asking(e) { // 丢的是3519
			d.choose(in, s, other, "", "customer")
			d.st.Pending = nil
			d.note(NoteCorrected, in.Flow, in.Step, s.Name)
			d.rewind(in, f, []string{s.Name})
			d.sayPhrase(flow.KindText, "corrected", nil)
			d.run()
			return true
		}
		if !has(e, ActNegated) && !asking(e) && !has(e, ActDeny) && !isSafe.MatchString(folded(e.Text)) {
			return false
		}
		trial := *in
		trial.Slots = map[string]Value{s.Name: {ID: "other", Item: other}}
		d.st.Fails = 0
		d.sayPhrase(flow.KindText, "only_this", nil, "this", d.show(in, f, s), "other", d.show(&trial, f, s))
		d.retry()
		return true
	}
	return false
}

// optionNamed is the one option a message names by its tail or its name, where it
// is not among those that were chosen; nil else.
func (d *decider) optionNamed(in *Instance, s *flow.Slot, v Value, e Said) map[string]any {
	if s.Kind != "card" || s.Options == nil || v.Item == nil {
		return nil
	}
	var found map[string]any
	for _, it := range in.Options[s.Name].Items {
		hit := nameHeard([]map[string]any{it}, e.Text) == 0
		for _, x := range e.Understanding.Entities {
			digits := strings.TrimSuffix(x.Value, ".00")
			hit = hit || isDigits(digits) && len(digits) == 4 && tailOf(it) == digits
		}
		if !hit {
			continue
		}
		chosen := it["id"] == v.Item["id"] || slices.ContainsFunc(v.All, func(o map[string]any) bool { return o["id"] == it["id"] })
		if chosen || found != nil {
			return nil
		}
		found = it
	}
	return found
}

// remarked hears a remark that gives nothing and asks nothing. It is no failure.
func (d *decider) remarked(in *Instance, f *flow.Flow, e Said) bool {
	u := e.Understanding
	text := folded(e.Text)
	acts := slices.DeleteFunc(slices.Clone(u.Acts), func(a string) bool { return a == ActQuestion && !asking(e) })
	if got := d.read(in, f, e); got.bad != "" || got.many != "" || len(d.changes(in, f, got.values)) > 0 || got.sure {
		return false
	}
	if len(acts) > 0 || demands.MatchString(text) || len(chat.FindAllString(text, 2)) < 1 {
		return false
	}
	if slices.ContainsFunc(u.Entities, func(x entity.Entity) bool { return x.Kind == entity.Amount && x.Role != entity.Aside || x.Bad != "" }) && !elsewhen.MatchString(text) {
		return false
	}
	if v := d.verdict(e, switchP); v.kind != unsure && v.kind != none && v.kind != near {
		return false
	}
	if han := strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }); han < 0 && len(strings.Fields(text)) < 3 || han >= 0 && len([]rune(text)) < 4 {
		return false
	}
	d.heardRemark()
	return true
}

func (d *decider) heardRemark() {
	d.st.Fails = 0
	d.sayPhrase(flow.KindText, "remark_heard", nil)
	d.retry()
}
