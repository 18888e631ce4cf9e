package intents

import (
	"regexp"
	"slices"
	"strings"
)

// Dialogue acts: what a message does in a conversation, apart from its intent.
const (
	ActAffirm      = "affirm"       // agrees, maybe among other things
	ActAffirmExact = "affirm_exact" // agrees and says nothing else: may confirm a read-back
	ActDeny        = "deny"         // says no
	ActCancel      = "cancel"       // wants the thing dropped
	ActRepeat      = "repeat"       // wants to hear it again
	ActWait        = "wait"         // needs a moment
	ActQuestion    = "question"     // looks like a question
	ActNegated     = "negated"      // the thing named is not wanted: 别转了
	ActCorrection  = "correction"   // changes what was said: 改成五百
	ActResume      = "resume"       // wants to go on
	ActHelp        = "help"         // needs help with using this
)

type act struct {
	name  string
	traps *pattern
	calls *pattern
}

func acts() []act {
	re := compile
	none := re(`\x00`)
	return []act{
		{
			ActDeny, re(`(不要|别)(再)?(忘|急|着急|担心)|不转不行|不(错|过|好意思|少|久|客气|限|同|如|管|论|足)|是不是|对不对|行不行|可不可以|要不要|好不好|能不能|no (problem|worries|doubt)|没(问题|错|事|关系)`),
			re(`^(嗯|哦|额|那|我|呃|啊|都|先|还是)?(不|不是|不对|不行|不要|不用|不可以|不同意|不确认|不好|不想|不需要|不必|没有|没|否|别|先不|唔系|唔要|莫|甭)(了|的|啊|呀|吧|要|用|谢谢|是|这个|这样)*$|^(不对|不是的?|不行|不要|不用了?|不同意|不确认|别)|^(no|nope|nah|not really|no thanks?( you)?|don't|do not|incorrect|that's wrong)\b`),
		},
		{
			ActCancel, re(`(别|不要|不用|不想|先别|不|没有?|没说要)取消|取消(不了|后|的话|费|要|手续)|(怎么|如何|能|可以|能不能|可不可以)(才能)?取消|算了(一下|算|下|一算|一笔)|(计|预|清|估|核|打|就|说了)算了(?:[^吧$])|(don't|do not|can i|how (do|can) i) (cancel|stop)|can i stop`),
			re(`算了|算咯|算啦|(不|唔)(想)?(办|转|弄|搞|存|买|取|还|交|要|用|做|缴|汇|查|换|开|申请|挂失|操作)了|别(办|转|弄|搞|存|买|取|还|交|做|缴|汇|开|查)了?|^(我要|我想|帮我|请|给我|那就?|先|全部?|都|麻烦)?取消(了|吧|掉|这笔|这个|本次|当前|刚才(的|那个|那笔)?|转账|办理|操作|流程|业务|申请|一下|重来|这次)*$|^(退出|停止|停|打住|停下|不搞了|不弄了|不整了|拉倒吧?|作罢|放弃)(吧|了|办理|操作)*$|先不(办|转|弄|存|买|要|搞|还)|下次再(说|办|弄)|改天再|回头再(说|办)|以后再(说|办)|\b(cancel|abort)( it| this| that| the transfer| everything| please| the payment)?$|never ?mind|forget (it|about it)|^stop( it| this)?$|call it off|not (now|anymore)|don't (do|send|transfer|pay) (it|that|this)`),
		},
		{
			ActRepeat, re(`重复(扣|转|支付|交易|付款|还款|缴|收)|(扣|转|付|收|缴)[^,。]{0,2}(了)?重复|耳[^,。?!]{0,6}听?不(太)?(见|清|到)|听不(见|清|到)[^。?!]{0,8}(陪|打字|文字|同事)|repeat(ed)? (charge|payment|transaction)`),
			re(`再(说|讲|念|读|报|重复|发)(一|1)?(遍|次|下|回|一下)|重(新|复)?(说|讲|念|复一)(一)?(遍|下|次)?$|^重复(一下|一遍)?$|重复一(遍|下|次)|没(有)?(听|看)(清|懂|到|明白|见)|听不(清|懂|到|见)|(你)?(刚才|刚刚|刚)(说|讲)(的)?(是)?(什么|啥|的什么)|说(的)?(什么|啥)$|你说(什么|啥)|^(啥|什么|啊|咩)$|pardon|say (that|it) again|repeat( that| it| please)?( again)?$|come again|didn't (catch|hear|get) (that|it|you)|what did you say`),
		},
		{
			ActWait, re(`等(额|级|待期|于|多久|几天|多长)|要等|得等|(还|需)要?等(多|几)|平等|wait(ing)? (time|list|period)|how long.{0,20}wait|(been|still|am|i'm) waiting`),
			re(`(稍|请|先|你|您)?等(一|1)?(下|等|会|一下|会儿|一会|一会儿|阵)|等我|稍等|稍候|慢(点|着|一点)|别急|先别急|(再|得|要|先)(仔细|好好)?(想想|想一想|想一下|考虑|琢磨|合计|商量)|考虑(考虑|一下|下)(再|吧|$)|(let me|need to|i'll|want to|have to) (sleep|think)|think (about it|it over)|我(去)?(找|拿|看|问|想)(一)?(下|一下|找|看|想|问)$|让我想|容我|hold on|^wait\b|wait a|one (moment|sec|second|minute)|(just )?a (sec|second|moment|minute)\b|give me a|let me (check|find|see|think)|hang on|brb`),
		},
		{
			ActNegated, re(`是不是|要不要|能不能|可不可以|行不行|对不对|好不好|有没有|会不会|用不用|需不需要|该不该|` + negatedTraps + `不(错|过|好意思|少|久|客气|限|同|如|管|论|足|到账|能|了解|知道|懂|会|明白|太|见|清楚|够|对劲)|没(问题|错|关系|事|到|收|有到|钱)|why (don't|can't)|don't (know|understand|have|remember)|can't|not sure|haven't|hasn't|no problem`),
			re(`(别|不要|不用|不是(要|想|让|说)?|并不|没(有)?(要|想|说|让|打算)|不想|不需要|不必|无需|先不|先别|甭|莫要?|唔好|唔要|唔使|暂不|不)(再|给|帮|把|真)?(我|你|他|她|老.|小.)?(的)?(卡|钱|账户)?(转|挂失|取消|办|买|存|取|还|冻结|锁|汇|交|开|关|销|申请|充|改|换|打|发|操作|执行|确认|提交|继续|查|问|赎回|理财|贷款|分期|人工|投诉|举报|缴|付|动|扣|续|预约|这|那)|不(转|办|买|存|取|还|汇|交|要|弄|搞)(了|这|那|$)|别(转|办|买|存|取|还|汇|交|弄|搞|动)|` + refusals + `|(don't|do not|not|never|no longer|didn't|did not) (want|need|going|wanna|mean|ask|wish|report|transfer|send|pay|block|freeze|cancel|open|close|buy|do|make|asking|looking)|` + refusalsEN),
		},
		{
			ActCorrection, re(`是不是|不是很|不是太|(怎么|如何|能|可以|想|能不能|可不可以|我要|要|帮我)(改|修改|更改|更换|换)(密码|手机|预留|地址|名|职业|绑定|还款日|限额|卡面)|改密码|错过|不错|没错|没有错|actually want|转错(账|人|了人|钱)|(转|汇|打|存)错了?(账|人|卡|钱|户)|wrong (account|person|transfer|pin|password|amount was)`),
			re(`^不对|不对[,。,]|改(成|为|到|一下|下|回)|换(成|为|一张|张|个|一个|到|另|别)|(说|搞|写|弄|打|输|填|讲|选|点)错|^错了|错了[,。,]|更正|应该是|不是[^,。?]{1,14}[,。,]?(而)?是|是[^,。?不]{1,12}[,。,]?不是|我(的意思)?是说|我指的是|是另(外)?(一)?(张|个|位)|另外一(张|个)|还是(转|给|用|改|选)[^?吗]|少转|多转|不要[^,。?]{1,10}[,。,]?(要|用|改)|(不要|不是|不|别)(给|转给|汇给)[^,。?]{1,8}[,。,](是|要|改)?(给|转|汇)|(i|i'd) (meant|mean)\b|^actually\b|(change|make|switch|correct) (it|that|the \w+) to|make (it|that)|\binstead\b|^no,? (it's|the|to|i)|not [^,.?]{1,20}, (but )?[\w]|i said|rather than|that's (wrong|not right)|typo`),
		},
		{
			ActResume, re(`(不|别|不要|不想|先别|不用)(再)?继续|继续教育|(自动|手动)?续存`),
			re(`^(那|好|好的|嗯|请|我们|咱们|行)?,?(继续|接着)(吧|办|办理|来|转|填|弄|刚才|之前|上次|往下|下去|啊|转账|的|那个|操作)*|继续(办|刚才|之前|上次|转账|填|往下)|(回到|接着|返回)(刚才|之前|上次|上面|转账)|刚才(那个|那笔|没办完|的)(继续|接着|业务|办)|办到哪|^(please )?(continue|resume|go on|carry on|proceed|keep going)\b|back to (the|my) (transfer|form)|where (were we|did we)|pick up where`),
		},
		{
			ActHelp, none,
			re(`^帮助$|帮帮我|帮(我)?(个)?忙|(怎么|如何|咋)(用|使用|操作|弄|搞|填)(这个|啊|呢|呀|的|$|你)|不会(弄|用|操作|搞|填|办|点)|看不懂|搞不懂|弄不明白|不知道怎么(弄|办|填|操作|用)|你(们)?(能|会|可以)(做|干|办|帮我做|帮我|处理)(些)?(什么|啥|哪些|点什么)|有(什么|哪些)(功能|服务|业务可以)|能(办|做|干)(些)?(什么|啥|哪些)|使用说明|\bhelp\b|how does this work|what can (you|i) do|i('m| am) (lost|stuck|confused)`),
		},
	}
}

const (
	// business are the verbs of what is done here.
	business = `转|汇|付|打款|打钱|挂失|重置|改|换|修改|办|买|存|取|提|还|缴|交|冻结|锁|停用|停卡|注销|销户|销卡|申请|充|赎回|开通|开户|关闭|关掉|签约|解约|扣|续|预约|登记|绑定|查|报失`
	// refusals say, with a word or two between, that a business is not wanted:
	// 不要给妈转100, 不用重置密码, 千万别挂失我的卡. What names how it is to be done
	// (不要用这张卡转) corrects and refuses nothing.
	refusals   = `(千万别|千万不要|不要|不用|不必|不需要|用不着|没必要|无需|不想|不打算|没想|没要|没有要|没有想|没说要|没打算|别|甭|莫|先别|先不|暂不)[^,。?!;用从拿的]{0,8}?(` + business + `)`
	refusalsEN = `(don't|do not|dont|no need to|need not|needn't|never|please don't|not to|no longer) ((you|ever|please|want to|wish to|have to|need to|you dare) )?(reset|change|transfer|send|pay|report|block|freeze|lock|cancel|open|close|buy|move|stop|withdraw|renew|repay|apply|order|replace|give|wire|start)`
	// negatedTraps hold words of refusal and refuse nothing: 不要忘了给妈转100,
	// 不转不行, 不用密码能转吗, 别的卡.
	negatedTraps = `莫(名|非|过)|(千万|可)?(不要|别|莫|不能|不可)(再)?忘(了|记|掉)?|(不要|别)(着急|急|慌|担心|怕|紧张|客气|忘|光|只|总|老是)|不[^,。?!]{1,3}(不行|不可|可不行|怎么行)|不得不|非[^,。]{1,4}不可|(不用|不要|不)[^,。?!;]{1,6}(也)?(能|可以|会)[^,。?!;]{0,6}(吗|么|不|吧|$)|别(的|人|处|家|名|墅)|(特|级|区|识|性|分|告|个|类)别|不要紧|不想[^,。]{0,3}都难|don't forget( to)?|do not forget( to)?|never forget|`
)

// affirmWords agree; longest first where one begins another.
const affirmWords = `确认转出|确认转账|确认办理|确认提交|确认无误|确认支付|确认还款|确认挂失|确认购买|我确认|确认|确定|没问题|没有问题|没错|好的呀|好的|好滴|好嘞|好啊|好呀|好吧|好勒|好哒|好|对头|对的|对呀|对啊|对|是的|是啊|是呀|就是|正是|是|可以的|可以|行的|行啊|行吧|行|中|要得|得嘞|成|同意|办吧|转吧|就这样|就这么办|就这么定|就转这个|去办吧|提交|准确|正确|无误|妥|係|冇问题|yes please|yes|yeah|yep|yup|ok|okay|okey|sure|confirmed|confirm|correct|go ahead|do it|right|that's right|that is right|that's correct|agreed|agree|i confirm|i agree|of course|absolutely|sounds good|looks good|proceed|fine`

// Acts names what a message does. affirm_exact is given only when agreement is
// all there is, and never for 随便, 都行 or 嗯: these may mean anything.
func (d *Detectors) Acts(text string) []string {
	s := fold(d.zh, text)
	var out []string
	question := isQuestion(s)
	agrees, exact := affirms(s)
	if exact && question {
		exact = false
	}
	if agrees {
		out = append(out, ActAffirm)
	}
	if exact {
		out = append(out, ActAffirmExact)
	}
	for _, a := range d.acts {
		rest := a.traps.ReplaceAllString(s, "□")
		hit := a.calls.MatchString(rest)
		if a.name != ActCorrection && !hit {
			hit = slices.ContainsFunc(clauses(rest), a.calls.MatchString)
		}
		if a.name == ActNegated && !hit {
			hit = allIsWell(s)
		}
		if !hit || (exact && a.name != ActResume) {
			continue
		}
		out = append(out, a.name)
	}
	if question {
		out = append(out, ActQuestion)
	}
	return out
}

var (
	// notLost says that nothing has happened to a card or a password: 卡没丢, 密码没忘.
	notLost = regexp.MustCompile(`(没|没有|并没有|并没|又没|根本没|不是)(把)?[^,。?!]{0,4}?(弄丢|丢失|丢|被偷|被盗|被抢|忘记|忘|被吞|吞|掉)(了)?|(not|isn't|wasn't|hasn't|haven't|never) (been )?(lost|stolen|missing|forgotten|swallowed)( my| the)?|(didn't|did not) (lose|forget)( my| the)? (card|pin|password|wallet|it)`)
	// mishap says that something has.
	mishap      = regexp.MustCompile(`丢|掉了|不见|找不到|没了|被偷|被盗|盗刷|被抢|忘了|忘记|吞|lost|stolen|missing|forgot|swallowed`)
	mishapAsked = regexp.MustCompile(`(有没有|是不是|会不会|丢没丢|有没|要是|如果|万一|if )`)
)

// allIsWell says that a message takes a mishap back and tells of no other one.
func allIsWell(s string) bool {
	rest := notLost.ReplaceAllString(s, "□")
	return rest != s && !mishap.MatchString(rest) && !mishapAsked.MatchString(s)
}

var (
	affirmStart = regexp.MustCompile(`^(?:` + affirmWords + `)`)
	affirmOnly  = regexp.MustCompile(`^(?:(?:嗯嗯|嗯|哦|噢|那|那就|就|我|都|挺|谢谢|谢谢你|多谢|辛苦了|麻烦了|麻烦|请|please|thanks|thank you|吧|啊|呀|了|的|哈|啦|嘛|哦|呢| |,|。|\.|!|~|` + affirmWords + `)\s*)+$`)
	affirmAny   = regexp.MustCompile(affirmWords)
	// vague agrees to nothing in particular: 随便, 都行, 都可以, 你看着办, 嗯.
	vague    = regexp.MustCompile(`随便|都行|都可以|都好|都成|无所谓|看着办|whatever|either|i guess|maybe|应该(对|是|可以|行)|可能|好像|大概`)
	notAgree = regexp.MustCompile(`^(?:好(?:像|多|久|几|不|吗|卡|难|烦|慢|人|用|贵|奇|吧\?|心|友|说|意思|评|差)|对(?:了|不|方|账|公|于|面|象|吗|比|私|我|应)|是(?:不|否|吗|什|怎|谁|哪|多|几|给|转|老|小|我|他|她|尾|另|\d|一|二|三|四|五|六|七|八|九|十|两|上|下|张|王|李)|可以(?:吗|不|么|查|转|办|用|帮|在|提|取|贷|分|给|买|退|怎|换|改|撤)|行(?:吗|不|么|长|业|号|情|内)|确(?:认|定)(?:一下|下|书|函|信|.{0,8}(?:吗|多少|什么|怎么|是不是))|中(?:国|行|午|间|信|签|奖|文|秋|的|转|度|级)|成(?:都|本|功|立|人|交)|就是[^,。]|正确的|提交(?:什|后|哪|材|资|申|怎|了)|同意书|妥协|ok吗|right\b.{3,}|confirm (?:my|the|your|if|that|whether|with)|fine (?:for|of|print)|correct (?:my|the|an)|sure\?|do it (?:again|yourself|tomorrow|later)|confirmed (?:my|the)|proceed to)`)
	asks     = regexp.MustCompile(`\?|吗|么$|呢$|嘛\?|什么|怎么|怎样|咋|多少|多久|多长|多大|几(号|点|天|个|时|次|张|笔|年|月|块|分|成)|哪|谁|为(什么|啥|何)|是否|如何|啥|能不能|可不可以|有没有|要不要|是不是|行不行|对不对|好不好|会不会|需不需要|用不用|能否|可否|请问|点解|点样|几多|边个|(^|[,.!] ?)(what|how|when|where|which|who|why|whose|can (i|you|we)|could (i|you)|do (i|you|we)|does|did|is (it|there|this|that|my)|are (there|you|my)|will (i|it|you|there)|would|should i|may i|am i|has my|have you|and (what|how))\b`)
)

func affirms(s string) (agrees, exact bool) {
	t := strings.TrimSpace(s)
	if t == "" || vague.MatchString(t) || strings.Contains(t, "?") && len(clauses(t)) < 2 {
		return false, false
	}
	if affirmOnly.MatchString(t) && affirmAny.MatchString(t) && t != "就" && !notAgree.MatchString(t) {
		return true, true
	}
	head := strings.TrimSpace(strings.TrimLeft(t, "嗯哦噢那"))
	head = strings.TrimLeft(head, ", ")
	loc := affirmStart.FindStringIndex(head)
	if loc == nil || notAgree.MatchString(head) {
		return false, false
	}
	rest := head[loc[1]:]
	first := clauses(head)
	if len(first) > 0 && isQuestion(first[0]) && !strings.HasPrefix(strings.TrimLeft(rest, "的呀啊吧"), ",") && len(first) == 1 && !strings.HasPrefix(head, "好的") && !strings.HasPrefix(head, "是的") && !strings.HasPrefix(head, "对的") {
		return false, false
	}
	if word := head[:loc[1]]; word[0] < 0x80 && rest != "" && rest[0] >= 'a' && rest[0] <= 'z' {
		return false, false
	}
	return true, false
}

func isQuestion(s string) bool { return asks.MatchString(s) }
