package entity

import (
	"regexp"
	"slices"
	"strings"
)

// Role is what a message does with a person or a sum that it names. It is found
// by the grammar around the name, once, so that nobody behind has to guess it
// from the order of the words: 我妈让我给我爸转五百 gives 我爸 and mentions 我妈.
type Role string

// The roles. The empty one is a name or a sum that stands by itself: an answer.
const (
	Given Role = "given" // meant for the business: to whom, how much, as what it is corrected
	Aside Role = "aside" // only mentioned: who asked for it, who shall know, what was paid before
	More  Role = "more"  // a difference: by so much more than what stands
	Less  Role = "less"  // a difference: by so much less
	Count Role = "count" // counts things and is no money: 四十亩
	About Role = "about" // not exact: 五百左右, 五六百 (with Upto)
)

// roles gives persons and sums their roles.
func (s *scan) roles() {
	for k := range s.out {
		e := &s.out[k]
		switch {
		case e.Bad != "" || e.Role != "":
		case e.Kind == Person && s.apposed(k):
			e.Role = Aside // 我同事老王: the name says who it is
		case e.Kind == Person && s.joined(k):
			e.Role = s.out[k-1].Role // 给妈和爸
		case e.Kind == Person && k > 1 && s.out[k-2].Kind == Person && isSum(s.out[k-1].Kind) && s.between(k-1) == "":
			e.Role = s.out[k-2].Role // 给妈五百爸三百
		case e.Kind == Person && latin(s.get(s.from[k])):
			e.Role = englishRole(s.sides(k))
		case e.Kind == Person:
			e.Role = personRole(s.sides(k))
		case isSum(e.Kind):
			e.Role = sumRole(e.Kind, s.sides(k))
			if e.Upto != "" && e.Role != More && e.Role != Less {
				e.Role = About
			}
		}
	}
}

func isSum(k Kind) bool { return k == Amount || k == Number }

// sides are what stands to the left and to the right of an entity in its clause.
type sides struct{ left, right string }

func (s *scan) sides(k int) sides {
	from := s.from[k]
	for j := k; j > 0 && s.apposed(j-1); j-- {
		from = s.from[j-1]
	}
	left, right := s.text.Norm[:s.at[from]], s.text.Norm[s.at[s.to[k]]:]
	for _, m := range []string{",", "。", ";", "!", "?", ". ", "\n", " and ", " but "} {
		if i := strings.LastIndex(left, m); i >= 0 {
			left = left[i+len(m):]
		}
		if i := strings.Index(right, m); i >= 0 {
			right = right[:i]
		}
	}
	return sides{strings.TrimSpace(left), strings.TrimSpace(right)}
}

// between is what stands between two entities that follow one another.
func (s *scan) between(k int) string {
	return strings.TrimSpace(s.text.Norm[s.at[s.to[k]]:s.at[s.from[k+1]]])
}

// apposed says that the person behind k says who k is: 我同事老王.
func (s *scan) apposed(k int) bool {
	return k+1 < len(s.out) && s.out[k].Kind == Person && s.out[k+1].Kind == Person && s.between(k) == "" && s.to[k] == s.from[k+1] &&
		s.get(s.from[k+1]) != '我' && !s.has(s.from[k+1], kin()...)
}

// joined says that k stands in a list with the person before it: 妈和爸.
func (s *scan) joined(k int) bool {
	if k > 0 && s.out[k-1].Kind == Person && s.between(k-1) == "," && eachAfter.MatchString(s.sides(k).right) {
		return true // 给老王,小李各转两百
	}
	return k > 0 && s.out[k-1].Kind == Person && (slices.Contains(joiners(), s.between(k-1)) || s.between(k-1) == "" && !s.apposed(k-1))
}

var eachAfter = regexp.MustCompile(`^(?:各|都|分别|每人|一人|每个人)`)

func joiners() []string {
	return []string{"和", "跟", "与", "及", "以及", "还有", "、", "and", "&", "as well as", ", and"}
}

// listed says that at i the next of a list may stand: behind 给妈和, or behind
// the sum of the one before, 给妈五百爸三百.
func (s *scan) listed(i int) bool {
	if len(s.out) == 0 || s.plain {
		return false
	}
	k := len(s.out) - 1
	gap := strings.TrimSpace(s.text.Norm[s.at[s.to[k]]:s.at[i]])
	switch {
	case s.out[k].Kind == Person:
		return slices.Contains(joiners(), gap)
	case isSum(s.out[k].Kind):
		return k > 0 && s.out[k-1].Kind == Person && strings.Trim(gap, ",、;和 ") == ""
	}
	return false
}

var (
	// tellTo ends with what makes whoever follows somebody who is told.
	tellTo = regexp.MustCompile(`(?:电话|招呼|短信|微信|消息|信息|邮件|留言|报告|讲|说|道)给$`)
	// moveTo ends with a verb that moves money and 给 or a place.
	moveTo = regexp.MustCompile(`(?:转|汇|打|付|划|拨|发|送|挪|支|还|存|寄|匀|改|换)[^,。]{0,14}?(?:给|到|进|入|往|至)$|往$`)
	giveTo = regexp.MustCompile(`给$`)
	// moveWho ends with a verb whose object may be a person: 转老王五百, 收款人改成爸.
	moveWho = regexp.MustCompile(`(?:转账?|汇|打|付|改成|改为|改到|换成|换作|改|换|收款(?:人|方)(?:改成|改为|换成|是|为|叫)?|户名(?:是|为)?|对方是)$|(?:^|[^归])还$`)
	// forWhom begins with something done for somebody, which pays another: 给我妈买药.
	forWhom = regexp.MustCompile(`^(?:买|说|讲|听|看病|看看|治|交|缴|充|报|过|庆|当|换|养|找|请|订|租|配|补|查|还(?:房贷|车贷|信用卡|花呗|贷款|款|钱|债)|打(?:个|了个?|一个)?(?:电话|招呼)|发(?:个|了个?|一个|一条|条)?(?:短信|微信|消息|信息|邮件))`)
	// paidTo begins with a payment that is past: 昨天给爸转过了.
	paidTo = regexp.MustCompile(`^(?:转|汇|打|付|还|给)(?:了|过)`)
	// arranges begins with an order made for somebody: a transfer to them, or something else.
	arranges = regexp.MustCompile(`^(?:办|设|弄|做|搞|安排|约|定|开)`)
	movesIn  = regexp.MustCompile(`转|汇|打(?:钱|款)|付款`)
	// asideTo ends with what makes whoever follows a bystander.
	asideTo = regexp.MustCompile(`(?:跟|和|与|同|对|问|告诉|让|叫|请|替|帮|代|代表|为|为了|因为|由于|瞒着?|背着|听|听说|据|陪|带|接|照顾|像|按|照|按照|除了|凭|被|骗|找|求|催|劝|欠|通知|提醒|感谢|谢谢|祝|怕|见|到|在|向|是)(?:过|了|一下|一声)?$`)
	askedOf = regexp.MustCompile(`向$`)
	isWho   = regexp.MustCompile(`是$`)
	// opens is all that may stand before the subject of a clause.
	opens = regexp.MustCompile(`^(?:那个?|嗯|哦|哎|就|是|因为|所以|昨天|今天|刚才|刚刚|上次|前天|最近|现在|但是?|可是?|对了|其实|好像|正好|既然|反正|不过|喂|你好|您好|不是|不对| )*$`)
	// noSubject begins with what may follow a payee that stands in front: 老王转五百, 老王那里.
	noSubject = regexp.MustCompile(`^(?:[转汇打付划拨的那这和与跟及、各都每分一二两三四五六七八九十百千万几0-9¥$ 吧啊呀哈呢啦嘛]|也(?:转|汇|打|给|要?[一二两三四五六七八九十百千万0-9])|还有|收款|账|帐|卡|名下|再转|先转|来[一二两三四五六七八九十百千万0-9])`)
)

// personRole finds the role of a person named in Chinese.
func personRole(c sides) Role {
	switch {
	case tellTo.MatchString(c.left):
		return Aside
	case moveTo.MatchString(c.left):
		return Given
	case giveTo.MatchString(c.left):
		if paidTo.MatchString(c.right) || forWhom.MatchString(c.right) || arranges.MatchString(c.right) && !movesIn.MatchString(c.right) {
			return Aside
		}
		return Given
	case askedOf.MatchString(c.left):
		if movesIn.MatchString(c.right) {
			return Given
		}
		return Aside
	case isWho.MatchString(c.left):
		if c.right != "" && !noSubject.MatchString(c.right) {
			return Aside // 是我妈让我转的
		}
		return ""
	case moveWho.MatchString(c.left):
		return Given
	case asideTo.MatchString(c.left):
		return Aside
	case c.right != "" && opens.MatchString(c.left) && !noSubject.MatchString(c.right):
		return Aside // 我爸住院了, 我妈让我 …
	}
	return ""
}

var (
	toEN      = regexp.MustCompile(`\b(?:to|pay|send|give|wire|transfer|payee(?: is)?|recipient(?: is)?)(?: the)?$`)
	talkToEN  = regexp.MustCompile(`\b(?:talk(?:ed|ing)?|sp(?:eak|oke|oken)|said|say|listen(?:ed)?|according|promised?|explain(?:ed)?|show(?:n|ed)?|wrote|write|thanks|due|married|next|close|belongs?|went|go|going|owed?) to(?: the)?$`)
	asideEN   = regexp.MustCompile(`\b(?:tell|told|ask|asked|with|without|from|by|because|let|thank|thanks|call|called|about|like|as|behalf of|inform|remind)$`)
	subjectEN = regexp.MustCompile(`^(?:has|have|had|is|was|are|were|ask(?:s|ed)|told|tells|said|says|want(?:s|ed)|need(?:s|ed)|just|will|would|can|could|called|calls|got|gets|who|may|might|must|should|did|does|keeps?|lent|lost|fell)\b`)
)

// englishRole finds the role of a person named in English.
func englishRole(c sides) Role {
	switch {
	case talkToEN.MatchString(c.left) || asideEN.MatchString(c.left):
		return Aside
	case toEN.MatchString(c.left):
		return Given
	case subjectEN.MatchString(c.right):
		return Aside
	}
	return ""
}

var (
	moreZH  = regexp.MustCompile(`(?:加|加上|增加|追加|添上?|涨|提高|上调|多(?:转|给|打|付|存|汇|还|买|取|投|贷|借|申请|来|要)|^(?:那|就|再|还是|要不|给我|帮我|金额|钱)*多)(?:个|它)?$`)
	lessZH  = regexp.MustCompile(`(?:减|减去|减少|减掉|扣减|降|降低|下调|少(?:转|给|打|付|存|汇|还|买|取|投|贷|借|申请|来|要)|^(?:那|就|再|还是|要不|给我|帮我|金额|钱)*少)(?:个|它)?$`)
	moreEN  = regexp.MustCompile(`(?:\b(?:add|plus|increase (?:it|that|the amount)(?: by)?|raise (?:it|that|the amount)(?: by)?|by another|another|an extra|an additional|up by)) ?(?:cny|rmb|¥)?$`)
	lessEN  = regexp.MustCompile(`\b(?:subtract|deduct|take off|reduce (?:it|that|the amount)(?: by)?|lower (?:it|that|the amount)(?: by)?|down by) ?(?:cny|rmb|¥)?$`)
	moreEnd = regexp.MustCompile(`^(?:yuan |rmb |cny )?(?:more|extra|on top)\b`)
	lessEnd = regexp.MustCompile(`^(?:yuan |rmb |cny )?(?:less|fewer|off)\b`)
	// payOff and offDebt name so much of a debt, no difference: pay 1000 off my card.
	payOff  = regexp.MustCompile(`\b(?:re)?pay(?:ing)?\b[^,.;]*$`)
	offDebt = regexp.MustCompile(`^(?:yuan |rmb |cny )?off\b`)
	// nearTo and nearEnd make a sum a rough one.
	nearTo  = regexp.MustCompile(`(?:大概|大约|约莫?|差不多|将近|接近|不到|估计|around|about|roughly|approximately|nearly|almost)(?:是|要|有|转|汇|打)? ?(?:cny|rmb|¥)?$`)
	nearEnd = regexp.MustCompile(`^(?:块钱|块|元)?(?:左右|上下|来块|出头|多块|多元|多钱|多点|多吧?$|以内|or so\b|ish\b)`)
	// handful ends with what makes the sum behind it a rough one: 百八十块, 小一万.
	handful = regexp.MustCompile(`(?:^|[^0-9零一二两三四五六七八九十百千万几])(?:百|千|万|小)$`)
	// wasTo ends with what makes a sum one that is, was or would be, and not the
	// one that is to be moved.
	wasTo = regexp.MustCompile(`(?:(?:还|就|只|里|里面|卡上|账上|手上|手里|余额)(?:有|剩下?)|余额(?:是|还?有)?|只?剩下?|欠(?:我|他|她|你|了)?|花了?|收了|收到了?|[赚挣亏]了?|扣了?|涨了|借了|(?:转|付|汇|打|还|给|存|买|取|交|缴)(?:了|过)|(?:上次|上回|之前|昨天|前天|刚才|那次)(?:的|那|转|那笔)?|工资(?:是|有)?|年薪|还要|又要|说要|[她他妈爸]要|今年|虚岁|\b(?:have|had|has|left|owe[sd]?|owes me|spent|received|got|earned|earns?|last time|balance(?: is)?))$`)
	// counters count things, not money.
	counters = regexp.MustCompile(`^(?:张|个|位|次|天|遍|种|条|点|号|年|月|日|分|秒|亩|头|只|口|匹|株|棵|斤|公斤|吨|米|平|人|户|家|岁|期|笔|份|栋|辆|台|部|件|把|包|袋|箱|瓶|杯|公里|里|周|季|倍|%|名|层|间|年级|路|mu\b|heads?\b|pigs?\b|cows?\b|sheep\b|chickens?\b|acres?\b|days?\b|months?\b|years?\b|weeks?\b|people\b|times\b|cards?\b|animals?\b)`)
	aged     = regexp.MustCompile(`^(?:了|岁)`)
	sumTo    = regexp.MustCompile(`(?:改成|改为|改到|换成|加到|减到|降到|提到|金额(?:是|为)?|一共|总共|应该是|make it|change it to|instead)$`)
)

// sumRole finds the role of a sum, or of a number that might be one.
func sumRole(kind Kind, c sides) Role {
	switch {
	case kind == Number && counters.MatchString(c.right):
		return Count
	case moreEnd.MatchString(c.right):
		return More
	case lessEnd.MatchString(c.right) && (!payOff.MatchString(c.left) || !offDebt.MatchString(c.right)):
		return Less
	case sumTo.MatchString(c.left):
		return Given
	case nearTo.MatchString(c.left) && (moreZH.MatchString(nearTo.ReplaceAllString(c.left, "")) || lessZH.MatchString(nearTo.ReplaceAllString(c.left, ""))):
		return sumRole(kind, sides{nearTo.ReplaceAllString(c.left, ""), c.right}) // 再加大概两百
	case moreZH.MatchString(c.left) || moreEN.MatchString(c.left):
		return More
	case lessZH.MatchString(c.left) || lessEN.MatchString(c.left):
		return Less
	case nearTo.MatchString(c.left) || nearEnd.MatchString(c.right) || kind == Amount && handful.MatchString(c.left):
		return About
	case wasTo.MatchString(c.left), kind == Number && aged.MatchString(c.right):
		return Aside
	}
	return ""
}

// ofPerson gives the end of a person who is named by another: 我妈的房东, 儿子老师,
// my mother's landlord. It is e where [i, e) names the person itself.
func (s *scan) ofPerson(i, e int) int {
	if e <= i || s.plain {
		return e
	}
	for {
		next := s.ofOne(i, e)
		if next == e || next-i > maxOfPerson {
			return e
		}
		e = next
	}
}

const maxOfPerson = 40 // runes

func (s *scan) ofOne(i, e int) int {
	if latin(s.get(i)) {
		if (s.get(e) == '\'' || s.get(e) == '’') && s.get(e+1) == 's' && s.get(e+2) == ' ' {
			if w, end := s.word(e + 3); w != "" && !slices.Contains([]string{"account", "card", "bank", "number", "money", "place", "rent", "name"}, w) {
				return end
			}
		}
		return e
	}
	j := s.opt(e, "的")
	if end, _ := s.any(j, others()...); end > 0 && (j > e || !s.has(e, kinOnly()...)) && s.personEnds(end) {
		return end
	}
	if j == e || !s.before(i, "给", "改成", "换成", "转到", "打到", "汇到") {
		return e
	}
	k := j
	for k < len(s.r) && k-j <= 6 && !strings.ContainsRune("转汇打付划拨存充,。!?;、 0123456789一二两三四五六七八九十百千万¥那这上吧啊呀", s.get(k)) {
		k++
	}
	noun := string(s.r[j:min(k, len(s.r))])
	if k-j < 2 || k-j > 6 || strings.ContainsAny(noun, "账帐户卡号钱款费租折") || notWhom.MatchString(noun) {
		return e
	}
	return k
}

// notWhom are things of somebody that are not somebody: 妈的微信, 老王的记录.
var notWhom = regexp.MustCompile(`记录|流水|明细|交易|微信|支付宝|手机|名字|名下|工资|利息|本金|备注|附言|银行`)

// personEnds says that a word for a person may end at i and is not the start of a longer one.
func (s *scan) personEnds(i int) bool {
	return !s.has(i, "费", "们的钱", "工资", "卡", "账")
}

// others are the words for a person by what they are to somebody else.
func others() []string {
	return append(kin(), "老师", "班主任", "医生", "大夫", "护工", "保姆", "月嫂", "律师", "中介", "司机", "教练", "师傅", "客户", "战友", "单位", "公司", "学校", "医院", "幼儿园", "养老院", "店", "同桌", "亲家", "家教", "邻居", "房客", "租客")
}

// kinOnly are words for kin that say again who is named, and name nobody else:
// 我哥哥 and 妈妈 are one person.
func kinOnly() []string {
	return []string{"爸", "妈", "哥", "姐", "弟", "妹", "爷", "奶", "公", "婆", "叔", "姑", "舅", "儿", "女", "老板", "朋友"}
}

// selfCorrects ends with what takes back the sum before it: 五百不不不六百.
var selfCorrects = regexp.MustCompile(`^[,。 ]*(?:哦|啊|呃|嗯|欸)*[, ]*(?:不+|不对|不是|错了|说错了|打错了|应该是|no|sorry|wait|i mean|make (?:it|that)|rather)(?:[, ]*(?:不|不对|不是|错了|是|应该是|no|sorry|i mean|make (?:it|that)))*[, ]*$`)

// SelfCorrects says that words between two values take the first of them back.
func SelfCorrects(between string) bool { return selfCorrects.MatchString(Fold(between)) }

// rangeSum reads a range said in one breath: 五六百, 三四千块, 七八万. It names no
// sum: Value is where it begins and Upto where it ends.
func (s *scan) rangeSum(i int) int {
	a, b := hanDigit(s.get(i)), hanDigit(s.get(i+1))
	if s.plain || a < 1 || b <= a || b-a > 2 || hanDigit(s.get(i-1)) >= 0 || hanUnit(s.get(i-1)) > 0 {
		return i
	}
	unit, j := int64(1), i+2
	for {
		switch r := s.get(j); {
		case hanUnit(r) > 0:
			unit *= hanUnit(r)
		case r == '万':
			unit *= 10_000
		default:
			end := s.opt(j, "块钱", "块", "元")
			if j == i+2 || end == j && (unit < 100 || s.notMoney(j)) || hanDigit(s.get(j)) >= 0 {
				return i
			}
			s.add(Amount, yuan(int64(a)*unit*micro), "", i, end)
			last := &s.out[len(s.out)-1]
			last.Upto = yuan(int64(b) * unit * micro)
			return end
		}
		j++
	}
}

// stoppedTail reads the tail of a card that is named with what is to be done
// with it or what became of it: 挂失6688, 6688丢了, block 4410, 从6688扣.
func (s *scan) stoppedTail(i int) int {
	if s.plain || !isDigit(s.get(i)) || !s.wordStart(i) {
		return i
	}
	d, end := s.run(i, false)
	if len(d) != 4 || end != i+4 || isDigit(s.get(end)) || s.get(end) == '.' || s.get(end) == ',' && isDigit(s.get(end+1)) {
		return i
	}
	after := s.spaces(end)
	if s.has(after, "元", "块", "万", "千", "年", "yuan", "rmb", "cny") {
		return i
	}
	switch {
	case s.before(i, "挂失", "冻结", "锁", "锁定", "锁住", "锁一下", "锁上", "锁掉", "停一下", "解锁", "解冻", "停用", "停掉", "注销", "补办", "block", "freeze", "lock", "unlock", "unfreeze"),
		s.has(after, "丢", "掉了", "不见", "被偷", "被盗", "被吞", "吞了", "找不到", "挂失", "冻结", "解锁", "is lost", "was lost", "was stolen", "is missing", "is gone"):
	case s.before(i, "从", "not from", "from") && !s.has(after, "改", "调", "涨", "升", "降", "提", "减", "变", "加", "到", "to"):
	default:
		return i
	}
	return s.add(CardTail, d, "", i, end)
}
