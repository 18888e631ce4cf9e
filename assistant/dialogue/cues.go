package dialogue

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// The cues of the talk itself: what is said about the conversation and not about
// a business. They are few, fixed and safe to read from the words alone.
var (
	// agentTraps only look like a person that is asked for or sent away.
	agentTraps  = regexp.MustCompile(`人工(智能|费|成本|手续费|湖|降雨|耳蜗)|(travel|estate|insurance) agents?`)
	leavesAgent = regexp.MustCompile(`(不用|不要|不需要|不必|不找|不转|不接|不想要|别|取消|先不|撤销|撤回|退出)(再)?(给我|帮我)?(转|找|接|等|排|叫)?(了)?(人工|真人|客服|坐席|同事|排队|队伍)|不排(队|了)|(不|别|不想|不用|懒得)(再)?(等|排)(人工|客服|队)|` +
		`never ?mind (the |an? )?(agent|person|human|queue|colleague)|(cancel|leave|exit|quit|get out of) (the )?queue|(don't|do not|no longer) (need|want) (an? |the )?(agent|person|human|colleague)|stop waiting|no need for (an? )?(agent|person|human)`)
	stopsWaiting = regexp.MustCompile(`^(我|那|算了|好了)?,?(不|别|不想|不用|懒得)(再)?(等|排)(下去)?了?(吧|啊|了)?$|^(i'm |i am )?(not|done|tired of) (waiting|going to wait)|^i('ll| will) not wait`)
	// deniesAgent says that no person is wanted, and goes on with what is.
	deniesAgent = regexp.MustCompile(`^(我|俺)?(不是|没|没有|不|并不是)(要|想|想要|说|让你)?(找|转|接|叫)?(人工|真人|客服|坐席)[,。;! ]+(?P<zh>.{2,})$|^(i('m| am)? )?(not|don't) (asking for|want|looking for|need) (an? )?(agent|human|person)[,.;! ]+(?P<en>.{3,})$`)
	// onlyAsking says that nothing is to be done, a question is all.
	onlyAsking = regexp.MustCompile(`(不是|没有?|没打算|不|并不)(真)?(要|想|说|打算)[^,。;]{1,12}[,。; ]+(?P<zh>(我)?(就|只|就是|只是|是|光|单)?(想|要|来)?(问|咨询|了解|知道|打听|看看|请教).+)$|(?P<en>(just|only) (asking|wondering|curious|want to know|want to ask).+)$`)
	// happened says that something has happened to a card, or that it is to be
	// stopped now.
	happened = regexp.MustCompile(`丢了|弄丢|丢失了|掉了|不见|找不到|没了|忘在|落在|被偷|偷了|偷走|被盗|盗刷|被抢|抢走|被骗|吞了|吞卡|被吞|捡|(帮我|给我|我要|我想|请)(先|马上|赶紧|快)?(办)?(挂|停|锁|冻)|马上|赶紧|赶快|立即|立刻|快点|挂失吧|\blost\b|stolen|stole|missing|can't find|cannot find|robbed|swallowed|ate my|kept my|right now|(please|i want to|i need to|i would like to) (report|block|stop|freeze|lock)`)
	// purseGone says that a purse with what is in it is gone: the cards are the
	// first to be stopped, whatever else the words resemble.
	purseGone = regexp.MustCompile(`(钱包|手提包|皮夹|钱夹|卡包|包)(好像|可能)?(丢|掉|不见|找不到|没了|被偷|被抢|被盗)|(丢|掉|弄丢|偷|抢)(了|走了?)(我的?)?(钱包|手提包|皮夹|卡包)|(lost|stole|took|can't find|missing) (my )?(purse|wallet|handbag)|(purse|wallet|handbag) (is |was |has been )?(gone|lost|stolen|missing)`)
	// asksTerms asks what a thing costs, how long it holds, what it is.
	asksTerms  = regexp.MustCompile(`多少钱|收费|要钱|收钱|费用|手续费|工本费|免费|几天|几日|多久|多长时间|有效|过期|区别|什么意思|需要什么|要带什么|能不能解|怎么解|\bfees?\b|\bcosts?\b|charge|how (much|long|many days)|valid|free\b|difference|expire`)
	robotAsked = regexp.MustCompile(`^(are you )?(an? )?(ro)?bot ?\?*$|^(机器人|真人|人工智能|ai|human|machine|real person) ?\?+$|^(a )?(robot|machine|bot|human) or (a )?(person|human|machine|robot)`)
	// helpless can't do it, whatever it is.
	helpless    = regexp.MustCompile(`^(哎呀?|唉|可是|但是|啊|那|这个?|我|俺|我还是|我真的?|还是|都|实在|太难了,?)*(不会|不太会|不懂怎么|不知道怎么|弄不|搞不|整不|学不|不晓得咋|不晓得怎么)(弄|操作|用|搞|填|整|点|来|好|会|懂|明白|清楚|定|了|办)+(这个?|啊|呀|了|嘛|哦|呢|的|手机)*$|^(我不会|俺不会|我看不懂|看不懂)(这个?)?(啊|呀|了|嘛|哦)*$|(i )?(can't|cannot|can not) (do|manage|figure out|work out|handle) (this|it|that)|(i )?don't know how( to do (this|it))?$|(this|it)('s| is) too (hard|difficult|complicated)( for me)?`)
	largerType  = regexp.MustCompile(`字.{0,3}(再)?(大(一)?点|大些|放大|调大|变大|太小|小了|看不清)|放大(一点)?字|(bigger|larger) (text|font|letters|print|type)|(text|font|letters).{0,12}(bigger|larger|too small)`)
	relativeSum = regexp.MustCompile(`全部|全转|全都|全额|所有的?钱|余额都|都转|剩下的|剩余的?|一半|半数|三分之|\b(all|half)\b|everything|the (rest|whole)`)
	pronounZH   = regexp.MustCompile(`(给|转给|付给|汇给|打给)(他|她|ta|对方|那个人|这个人|同一个人|刚才那(个人|位))`)
	pronounEN   = regexp.MustCompile(`\b(to|pay|send|give) (him|her|them|the same person)\b`)
	// allOf takes every option there is.
	allOf = regexp.MustCompile(`全部|全都|所有(的)?(卡)?|都(挂|停|锁|丢|偷|要|没了|不见|被偷|在里面|掉)|(两|三|几)张(卡)?都|每(一)?张|^都(是|要|吧|有|挂)?$|\bboth\b|\ball (of them|of my|my|cards|the cards|three|four)|^all( of them)?$`)
	// vagueYes is something like a yes that moves no money.
	vagueYes = regexp.MustCompile(`^(嗯|恩|哦|噢|额|呃|唔|行|好|可以|随便|都行|都可以|都好|看着办|无所谓|不错|没错|没毛病|whatever|hmm+|mm+|uh huh|fine|k)+(的|吧|啊|呀|了|嘛|哦)*$`)
	// objects finds a fault without saying what is right.
	objects = regexp.MustCompile(`不对|错了|有误|(弄|搞|写|填|选|看)错|不是(这|那)(个|位|笔|样)|\b(wrong|incorrect|mistake)\b`)
	// reluctant agrees as one does who would rather not: no read-back is confirmed by it.
	reluctant = regexp.MustCompile(`^(嗯|哦|噢|额|呃|那|那就|就|先|,)*(好|行|可以|这样|就这样|先这样)(吧|呗|咯|喽)$`)
	// plainYes confirms money, and nothing else does (D12).
	plainYes = regexp.MustCompile(`^(我)?(确认|确认转出|确认转账|确认付款)$|^(yes,? ?|i )?confirm(ed)?( it| transfer| the transfer)?$`)
)

// folded is a text for the cues: one width, one case, no marks at its ends, and
// no spaces between Chinese characters.
func folded(text string) string {
	s := strings.ReplaceAll(entity.Fold(text), "’", "'")
	s = strings.TrimFunc(s, func(r rune) bool { return strings.ContainsRune(" ,.。!;~…、\"“”'", r) })
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		s = strings.ReplaceAll(s, " ", "")
	}
	return s
}

// leaves takes the wish to wait for a person no longer. It touches nothing that
// is being filled in.
func (d *decider) leaves(e Said) bool {
	s := agentTraps.ReplaceAllString(folded(e.Text), "□")
	queued := d.st.Handoff.State == HandoffQueued
	if p := d.st.Pending; !queued && p != nil && (p.Kind == PendingAgent || p.Kind == PendingChoose) {
		return false // an answer to whether a person shall help
	}
	if deniesAgent.MatchString(s) || strings.Contains(s, "□") || !leavesAgent.MatchString(s) && (!queued || !stopsWaiting.MatchString(s)) {
		return false
	}
	d.leaveQueue()
	return true
}

// leaveQueue takes the request for a person back; the bot goes on where it was.
func (d *decider) leaveQueue() {
	if d.st.Handoff.State != HandoffQueued {
		d.sayPhrase(flow.KindNotice, "queue_not_waiting", nil)
		d.retry()
		return
	}
	d.emit(CancelHandoff{})
	d.st.Handoff, d.st.Left = HandoffInfo{}, true
	d.sayPhrase(flow.KindNotice, "handoff_cancelled", nil)
	if d.noMeeting(flow.OutcomeFailed) {
		return
	}
	d.retry()
}

// keep refuses what its own intent is made of: 不用锁, 别停, don't block it.
var keep = regexp.MustCompile(`(不用|不要|不必|别|甭|不需要|先别|先不|没让你)(再|给我|帮我|把[^,。]{0,5})*(锁|冻|停|取消|撤|删|关|解|收回)|(no need to|don't|do not|never|not to) (please )?(block|lock|freeze|stop|cancel|remove|delete|turn off|switch off)`)

// refuses says that a message denies what an intent is about. An intent of
// denials (不是挂失，就锁一下; 别再扣了) is refused only in words of its own. In a
// message of several clauses it is enough that another business is denied, or
// that what is not denied says the same.
func (d *decider) refuses(e Said, in *content.Intent) bool {
	u := e.Understanding
	apart := u.Affirmed != nil && u.Denied != nil
	if in == nil {
		return !apart || len(d.guesses(Said{Understanding: *u.Denied})) > 0
	}
	if in.Negated {
		return keep.MatchString(folded(e.Text))
	}
	if !apart {
		return true
	}
	f := d.set.Topic(in)
	yes, no := d.topics(Said{Text: u.Affirmed.Text, Understanding: *u.Affirmed}), d.topics(Said{Text: u.Denied.Text, Understanding: *u.Denied})
	wanted := len(yes) > 0 && yes[0].flow == f && f != nil
	denied := len(no) > 0 && no[0].flow == f && no[0].p >= startP
	return denied && !wanted || !wanted && (len(no) == 0 || no[0].p < switchP)
}

// affirmed is a message without what it denies, where that alone says what is
// wanted; else the message.
func (d *decider) affirmed(e Said) Said {
	u := e.Understanding
	if u.Affirmed == nil || !has(e, ActNegated) && !has(e, ActCancel) {
		return e
	}
	yes := Said{Text: u.Affirmed.Text, Understanding: *u.Affirmed, Delivered: e.Delivered}
	if v := d.verdict(yes, startP); v.kind == runs || v.kind == knowledge || v.kind == near || len(d.guesses(yes)) > 0 {
		yes.Understanding.Alarms = u.Alarms
		return yes
	}
	return e
}

// asked turns a message that denies a wish and asks something into the question
// alone: 我不是要人工，我问人工智能理财; 不是要挂失，就问问多少钱.
func asked(e Said, now time.Time) (Said, bool) {
	s := folded(e.Text)
	rest := ""
	for _, re := range []*regexp.Regexp{deniesAgent, onlyAsking} {
		if m := re.FindStringSubmatch(s); m != nil && rest == "" {
			rest = m[re.SubexpIndex("zh")] + m[re.SubexpIndex("en")]
		}
	}
	if rest == "" {
		return e, false
	}
	e.Text = rest
	u := e.Understanding
	u.Entities = entity.Extract(rest, now)
	u.Acts = slices.DeleteFunc(slices.Clone(u.Acts), func(a string) bool {
		return slices.Contains([]string{ActNegated, ActCancel, ActDeny, ActCorrection, ActHelp}, a)
	})
	if !slices.Contains(u.Acts, ActQuestion) {
		u.Acts = append(u.Acts, ActQuestion)
	}
	e.Understanding = u
	return e, true
}

// onlyAsks answers a message that asks and wants nothing done. A flow it denies
// is dropped where nothing would be lost.
func (d *decider) onlyAsks(e Said) bool {
	q, ok := asked(e, d.c.Now)
	if !ok {
		return false
	}
	v := d.verdict(q, startP)
	in := d.top()
	if in == nil || in.Suspended || in.Acting != "" {
		d.question(q, v)
		return true
	}
	f := d.flowOf(in)
	if f == nil || f.Careful || (v.flow == nil || v.flow.ID != in.Flow) && !denies(e.Text, q.Text, f) {
		d.question(q, v)
		return true
	}
	if a := d.answerOf(in, f, q, v); a != nil {
		d.st.Fails = 0
		d.say(flow.Message{Kind: flow.KindAnswer, Text: d.render(a.TextT, d.env(in, f))})
		d.note(NoteAnswered, in.Flow, in.Step, "flow")
		d.drop(in, NoteCancelled, "customer")
		d.sayPhrase(flow.KindText, "negated", nil)
		return true
	}
	d.drop(in, NoteCancelled, "customer")
	d.question(q, v)
	return true
}

// denies says that what a message denies before its question is this business.
func denies(text, question string, f *flow.Flow) bool {
	denied, _, _ := strings.Cut(folded(text), question)
	name := []rune(f.Name["zh"])
	for i := 0; i+1 < len(name); i++ {
		if strings.Contains(denied, string(name[i:i+2])) {
			return true
		}
	}
	return false
}

// termsOnly says that a message asks about an emergency business and that
// nothing has happened: 挂失收费吗 is no alarm.
func termsOnly(e Said) bool {
	s := folded(e.Text)
	return asksTerms.MatchString(s) && !happened.MatchString(s) || has(e, ActQuestion) && supposesFraud.MatchString(s)
}

// labelled takes the words of a chip for the chip. A read-back's yes has words
// of its own.
func (d *decider) labelled(e Said) bool {
	typed := folded(e.Text)
	if len([]rune(typed)) < 2 {
		return false
	}
	said := d.st.Said
	if p := d.st.Pending; p != nil && p.Prompt != nil {
		said = append(slices.Clone(said), *p.Prompt)
	}
	for i := len(said) - 1; i >= 0; i-- {
		for _, a := range said[i].Actions {
			if folded(a.Label) == typed && slices.ContainsFunc(d.st.Offers, func(o Offer) bool { return o.ID == a.ID }) {
				d.take(a.ID)
				return true
			}
		}
	}
	return false
}

// offerHelp answers 我不会弄: a person, in one tap or one word.
func (d *decider) offerHelp() {
	if d.st.Handoff.State == HandoffQueued {
		d.sayPhrase(flow.KindNotice, "handoff_already", []flow.Action{d.leaveTap()}, "place", d.st.Handoff.Place)
		d.retry()
		return
	}
	yes := d.agentOffer()
	yes.Style = flow.StylePrimary
	no := d.offer(Offer{Kind: offerSelf}, d.phrase("tap_self"), flow.StylePlain)
	m := flow.Message{Kind: flow.KindAsk, Text: d.phrase("help_person"), Actions: []flow.Action{yes, no}}
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingAgent, Offer: yes.ID, Other: no.ID, Prompt: &m}
}
