package dialogue

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

// What is said about something bad that may be going on: read from the words
// alone, like the cues, and heard in any state.
var (
	// notMine says that what is being done is somebody else's doing.
	notMine = regexp.MustCompile(`不是我(本人|自己)?(在|要|想|让|叫)?(操作|弄|办|改|换|重置|转|申请|发起|点|要求|做|干|汇|付)|不是(我)?本人(操作|办|要|在)|^(这|那)?(个|笔)?(都|可|根本)?不是我(啊|呀|的|弄的|做的)?$|我(根本|从来|都|又|可)?没(有)?(操作|申请|发起|要求)过?|(it|this|that)( is|'s| was)?( not|n't| wasn't| isn't) me\b|not (done )?by me\b|(isn't|wasn't|not) (me|mine) (doing|asking)|i (didn't|did not|never) (ask for|request|start|asked for|requested|started) (this|it|that|any|a )`)
	// notAsked says that this was never asked for.
	notAsked = regexp.MustCompile(`我(根本|从来|都|又|可|真)?(没|没有)(要|想|说|让你们?)?过?(要)?(改|换|重置|转|办)|i (didn't|did not|never) (ask|want|wanted|asked) to\b`)
	// scamTale is a story that is always a fraud; the money may still be there.
	scamTale = regexp.MustCompile(`安全账户|安全帐户|公安|公检法|检察院|法院|警察|中(了)?(大|头|一等)?奖|刷单|冒充|涉案|洗钱|safe account|lottery|won a prize|police`)
	// moneyGone says that money has left, or a card is in other hands.
	moneyGone = regexp.MustCompile(`(已经|刚才|刚刚|刚|都|全)[^,。?!]{0,10}(转|汇|打|付|给|交|填)|(转|汇|打|付)(走|出去|过去|过|了)|骗(走|了|去)|被(人)?(骗|盗|偷|刷|转|划)|少了|没了|不见|盗刷|盗用|不是我|给了(他|她|对方)|\b(sent|transferred|paid|gone|stole|stolen|took|emptied|gave)\b`)
	// fearsScam asks whether this may be a fraud.
	fearsScam = regexp.MustCompile(`(会不会|是不是|不会|该不会|怕|担心|有没有可能|感觉|好像)[^,。?!]{0,8}(骗|诈骗|上当|套路)|(骗子|骗局|骗人|诈骗|被骗)[^,。?!]{0,4}(吗|吧|呢|么)|\b(is|could|might|isn't|was) (this|it|that|he|she|they|the)( [a-z]+){0,4}? (be )?(a )?(scam|scammer|fraud|real|genuine)|\bam i being (scammed|cheated)|\bwill i (be|get) (scammed|cheated)|^(a )?(scam|fraud) ?\?`)
	// allFine takes an alarm back.
	allFine = regexp.MustCompile(`^(好了|现在|那|哦|嗯|我)?,?((没事|没什么事|没事儿|没啥事|不要紧|虚惊一场|没被骗|没上当|搞错|弄错|误会)(了|啦|的|一场)*,?)+(,?(谢谢|不用了|再见))*$|^(sorry,? )?((it's|i'm|everything is|all is|that's) ?(fine|ok|okay|all right|nothing)|(it's |it was |that was )?(a )?false alarm)( now)?$|^never ?mind$`)
	// foundIt says that what was lost has turned up.
	foundIt    = regexp.MustCompile(`找(到|着|回来)(了|啦)|(包|兜|口袋|家|抽屉|车|钱包|衣服)(里|里面|上)[^,。?!]{0,3}找(到|着)|(卡|它)?(在|就在)[^,。?!]{0,4}(包|兜|口袋|家|抽屉|车|钱包|衣服)(里|里面|上)(呢|了|啊)?$|\b(i )?(have |'ve )?(just )?found (it|my card|the card)|(it|my card|the card) (was|is) in my\b|turned up`)
	notFound   = regexp.MustCompile(`(没|没有|还没|未|不|找不)(有)?(找)?(到|着)|(not|haven't|can't|didn't) (found|find)|要是|如果|万一|\bif\b`)
	goodbyeSay = regexp.MustCompile(`再见|再会|拜|^88+$|晚安|回头|下次|改天|明天|走了|挂了|先走|没(有|别|其他|什么|啥)?(的)?(事|问题)|没有了|没了|不打扰|问完|就这(样|些)|先这样|不聊|不用了|\b(bye|goodbye|see you|see ya|good night|later|farewell|cheers|have a (nice|good))\b|that's (all|it)|that is all|nothing (else|more)|i'm done|take care`)
	// hearsay reports another's yes, which is none: 我儿子说确认.
	hearsay = regexp.MustCompile(`^(我|他|她|我们|俺)?[^,。?!没不别]{0,5}(说|讲|让我|叫我|要我)(,|:|是|了|可以|要|点|按|就)*(确认|同意|可以|行|好的?|转吧?|没问题)(的|了|吧|转出|转账)*$|\b(says?|said|told me to|tells me to) (yes|ok|okay|to )?(confirm|go ahead)?$`)
	// theOther means the other of two.
	theOther = regexp.MustCompile(`^(不对,?|不,?)?(不是|不要)(他|她|这个人?|这位|这一个|这一位)(,?(是|要|选|换)?(另|别)(外)?(的)?(一)?(个|位|人)?)?(吧|啊|呀)?$|^(不对,?|不,?)?(是|要|选|换|给)?(另|另外)(那|的)?(一)?(个|位)(人|老.|小.)?(吧|啊|呀)?$|^(no,? )?(the )?other (one|person)$|^(no,? )?not (him|her|that one)$`)
	// mishap says that something has happened to a card.
	mishap = regexp.MustCompile(`(丢|弄丢|丢失|不见|掉)了|被(人)?(偷|盗|抢|吞)|偷了|盗刷|吞(了|卡)|\blost\b|\bstolen\b`)
	// whyNot asks why something does not work; it fills nothing in.
	whyNot = regexp.MustCompile(`为(什么|啥|何)|(怎么|咋)(就|还|老|总|又|会)?(不|没|用不|办不|转不|回事|被)|\bwhy\b|how come`)
	// bareLoss is the name of the emergency business and nothing else.
	bareLoss = regexp.MustCompile(`^(那)?(你|您)?(就|先)?(我)?(要|想|想要|需要|请|快|马上|赶紧|帮我|给我|办理?|申请)*(口头|紧急|临时)?(挂失|报失)(一下|卡|银行卡|我的卡)?(吧|啊|了)?$`)
	// sameAgain sends more to who was last paid or named.
	sameAgain = regexp.MustCompile(`(再|又|还)?给(他|她|ta|对方|那个人|这个人)(再|又|也)?(转|汇|打)|再(转|汇|打)[^,。?!]{0,8}给(他|她|ta|对方)|\b(send|pay|give) (him|her) (another )?\d`)
)

// protests says that a customer in the middle of something that needs a proof
// of identity says that it is not their doing.
func (d *decider) protests(e Said) bool {
	in := d.top()
	if in == nil || in.Acting != "" || has(e, ActCorrection) || d.mishears(e) {
		return false
	}
	f := d.flowOf(in)
	if f == nil || f.Emergency || !proves(f) {
		return false
	}
	s := folded(e.Text)
	secure := d.st.Pending != nil && d.st.Pending.Kind == PendingSecure
	return notMine.MatchString(s) || secure && !moves(f) && notAsked.MatchString(s)
}

// proves says that a flow has a step-up.
func proves(f *flow.Flow) bool {
	for _, s := range f.Steps {
		if s.StepUp != nil {
			return true
		}
	}
	return false
}

// disown ends for good what somebody else may have begun: its box opens nothing
// any more and nobody is asked whether to go on with it.
func (d *decider) disown(e Said) {
	if !notMine.MatchString(folded(e.Text)) && !notAsked.MatchString(folded(e.Text)) {
		return
	}
	in := d.top()
	if in == nil || in.Acting != "" {
		return
	}
	if f := d.flowOf(in); f == nil || f.Emergency || !proves(f) {
		return
	}
	for in.Parent != "" && d.instance(in.Parent) != nil {
		in = d.instance(in.Parent)
	}
	d.st.Alarm = "disowned" // who holds the phone can't send the desk away with 没事了
	d.drop(in, NoteCancelled, "disowned")
	d.st.Pending = nil
}

// insists takes a further protest while the loss is being stopped: it is about
// what was cancelled, never about the report.
func (d *decider) insists(e Said) bool {
	in := d.top()
	if in == nil || in.Suspended || in.Acting != "" {
		return false
	}
	s := folded(e.Text)
	f := d.flowOf(in)
	if f == nil || !f.Emergency || strings.ContainsAny(s, "挂锁停") || !notMine.MatchString(s) && !notAsked.MatchString(s) {
		return false
	}
	d.sayPhrase(flow.KindText, "protest_heard", nil)
	d.retry()
	return true
}

// pauseMoney takes the fear of a fraud at a read-back of money: the warning
// comes first, and the confirmation is not offered again before the customer
// has said how to go on.
func (d *decider) pauseMoney(e Said) bool {
	in, p := d.top(), d.st.Pending
	if in == nil || in.Suspended || in.Acting != "" || p == nil || p.Kind != PendingConfirm && p.Kind != PendingSecure {
		return false
	}
	f := d.flowOf(in)
	s := folded(e.Text)
	if f == nil || !moves(f) || !fearsScam.MatchString(s) || moneyGone.MatchString(fearsScam.ReplaceAllString(s, "")) {
		return false
	}
	wait := d.offer(Offer{Kind: offerPause, Instance: in.ID}, d.phrase("tap_pause"), flow.StylePrimary)
	no := d.offer(Offer{Kind: offerForget, Instance: in.ID}, d.phrase("tap_no_money"), flow.StylePlain)
	m := flow.Message{Kind: flow.KindAsk, Text: d.phrase("scam_pause"), Actions: []flow.Action{wait, no, d.agentOffer()}}
	in.Suspended = true
	d.note(NoteSuspended, in.Flow, in.Step, "scam")
	d.st.Fails = 0
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingPause, Instance: in.ID, Offer: wait.ID, Other: no.ID, Prompt: &m}
	return true
}

// answersPause takes what is said to 先放一放，还是不转了. Only the wish to go on
// leads back to the read-back; a yes does not.
func (d *decider) answersPause(p *Pending, e Said) bool {
	switch {
	case has(e, ActQuestion):
		return false
	case has(e, ActCancel) || has(e, ActNegated) || has(e, ActDeny):
		d.take(p.Other)
	case has(e, ActResume):
		d.resume(p.Instance)
	case has(e, ActWait) || has(e, ActAffirmExact) && !plainYes.MatchString(folded(e.Text)):
		d.take(p.Offer)
	case has(e, ActAffirm):
		d.retry()
	default:
		return false
	}
	return true
}

// paused puts the money aside until the customer says 继续.
func (d *decider) paused(id string) {
	in := d.instance(id)
	if in == nil {
		d.stale()
		return
	}
	in.Suspended = true
	d.st.Pending = nil
	d.sayPhrase(flow.KindText, "paused", []flow.Action{d.offer(Offer{Kind: offerForget, Instance: id}, d.phrase("tap_no_money"), flow.StylePlain)})
}

// scamOnly says that a fraud is told of before anything was lost: there is no
// card to stop.
func scamOnly(e Said) bool {
	s := folded(e.Text)
	return scamTale.MatchString(s) && !moneyGone.MatchString(s)
}

// stands down: an alarm of fraud, or the loss report it began, is taken back.
func (d *decider) standsDown(e Said) bool {
	in := d.top()
	s := folded(e.Text)
	emergency := false
	if in != nil && !in.Suspended && in.Acting == "" {
		f := d.flowOf(in)
		emergency = f != nil && f.Emergency && !acted(in, f)
	}
	found := emergency && foundIt.MatchString(s) && !notFound.MatchString(s) && !has(e, ActQuestion)
	fine := (emergency || d.st.Alarm == "fraud" && d.st.Handoff.State == HandoffQueued) && allFine.MatchString(s)
	if !found && !fine {
		return false
	}
	key := "alarm_over"
	if found {
		key = "found_again"
	}
	if fine && d.st.Alarm == "fraud" && d.st.Handoff.State == HandoffQueued {
		d.emit(CancelHandoff{})
		d.st.Handoff, d.st.Left = HandoffInfo{}, true
	}
	d.st.Alarm = ""
	d.sayPhrase(flow.KindText, key, nil)
	if emergency {
		d.drop(in, NoteCancelled, "customer")
	}
	if d.top() == nil || !d.top().Suspended {
		d.run()
	}
	return true
}

// acted says that something that can't be undone by itself has been done.
func acted(in *Instance, f *flow.Flow) bool {
	return slices.ContainsFunc(f.Steps, func(s *flow.Step) bool {
		if s.Call == nil || !s.Call.Irreversible {
			return false
		}
		_, done := in.Results[s.Call.Save]
		return done
	})
}

// otherOne takes 不是他, 另一个 where a payee was to be chosen from two.
func (d *decider) otherOne(in *Instance, e Said) bool {
	if in == nil || in.Suspended || in.Acting != "" || !theOther.MatchString(folded(e.Text)) {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	for _, s := range f.Slots {
		list := in.Options[s.Name].Items
		if s.Kind != "payee" || len(list) != 2 {
			continue
		}
		v := in.Slots[s.Name]
		p := d.st.Pending
		if v.Item == nil && (p == nil || p.Slot != s.Name) {
			continue
		}
		other := list[1]
		if v.Item != nil && v.Item["id"] == other["id"] {
			other = list[0]
		}
		d.choose(in, s, other, v.Raw, "customer")
		d.note(NoteCorrected, in.Flow, in.Step, s.Name)
		d.st.Pending = nil
		d.rewind(in, f, []string{s.Name})
		d.run()
		return true
	}
	return false
}
