package entity

import (
	"strings"

	"github.com/pingdui/pingdui/internal/zh"
)

// surnames are the common ones; those that begin many everyday words (余 额,
// 方 便) are left to the places behind 给 where only a name can stand.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁房蒲滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"

const doubleSurnames = "欧阳 上官 司马 诸葛 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 东方 独孤 南宫"

func surname(r rune) bool { return r != 0 && strings.ContainsRune(surnames, r) }

// nameStops end a given name: what follows 给王强 is a verb or a number.
const nameStops = "转汇打的交付存账帐还充发送借了去过个这那要把我你他她它一二三四五六七八九十百千万两几多少元块钱¥$0123456789,。!?、;: ()（）和跟吗吧呢啊呀啦嘛是不没有在到从用给向先生女士小姐总老师经理最近上下前今昨后每再又也就都还需想帮查看说行银卡号汇款收付户"

// kin are people named by what they are to the customer.
func kin() []string {
	return []string{
		"儿子", "女儿", "闺女", "老婆", "老公", "妻子", "丈夫", "媳妇", "爱人", "对象", "男朋友", "女朋友", "爸爸", "妈妈", "爸", "妈", "父亲", "母亲", "父母", "爸妈",
		"爷爷", "奶奶", "外公", "外婆", "姥姥", "姥爷", "哥哥", "姐姐", "弟弟", "妹妹", "哥", "姐", "弟", "妹", "孙子", "孙女", "外孙", "外孙女", "孩子", "公公", "婆婆", "岳父", "岳母",
		"叔叔", "阿姨", "舅舅", "姑姑", "大伯", "表哥", "表姐", "表弟", "表妹", "侄子", "侄女", "外甥", "女婿", "儿媳", "同事", "朋友", "老板", "领导", "同学", "室友", "邻居", "房东", "家人", "大儿子", "小儿子", "大女儿", "小女儿", "二姐", "大姐", "大哥", "二哥", "嫂子", "姐夫", "老伴", "老爸", "老妈",
		"娘", "爹", "老娘", "老爹", "姆妈",
	}
}

// ours are the words that make a relative one of the customer's, longer ones first.
func ours() []string {
	return []string{"我的", "我们家", "我们", "我家", "我", "咱们家", "咱们", "咱家", "咱", "俺们", "俺家", "俺", "阿拉"}
}

// Kin is the usual word for a relative, whatever the customer calls them: 俺娘,
// 阿拉姆妈 and 老太太 are 妈. Anybody else keeps the name, without 我 before it.
func Kin(name string) string {
	name = strings.TrimPrefix(strings.ToLower(name), "my ")
	for _, w := range ours() {
		if rest, ok := strings.CutPrefix(name, w); ok {
			if rest != "" {
				name = rest
			}
			break
		}
	}
	switch name {
	case "妈妈", "母亲", "老母亲", "老妈", "娘", "老娘", "阿妈", "阿娘", "姆妈", "妈咪", "老太太":
		return "妈"
	case "爸爸", "父亲", "老父亲", "老爸", "爹", "老爹", "阿爸", "阿爹", "老爷子", "老头子", "老汉儿":
		return "爸"
	case "mum", "mummy", "mommy", "mama", "mother":
		return "mom"
	case "daddy", "papa", "father":
		return "dad"
	}
	if r := []rune(name); len(r) == 2 && r[0] == r[1] {
		return string(r[:1]) // 哥哥
	}
	return name
}

// Sound is a name in toneless syllables without a gap: Wang Jianjun and 王建军 are one.
func Sound(name string) string { return strings.Join(zh.New().Pinyin(strings.ToLower(name)), "") }

// person reads who is meant: 老王, 我儿子, 房东, 王秀英, my son, John Smith.
func (s *scan) person(i int) int {
	r := s.get(i)
	if latin(r) {
		return s.englishPerson(i)
	}
	if !zh.IsHan(r) {
		return i
	}
	after := s.afterPayee(i) || s.listed(i)
	if e := s.ofPerson(i, s.mine(i, after)); e > i {
		return s.add(Person, string(s.r[i:e]), "", i, e)
	}
	if e := s.ofPerson(i, s.called(i, after)); e > i {
		return s.add(Person, string(s.r[i:e]), "", i, e)
	}
	if after || s.wholeName(i) {
		if e := s.ofPerson(i, s.fullName(i)); e > i {
			return s.add(Person, string(s.r[i:e]), "", i, e)
		}
	}
	return i
}

// afterPayee says whether what stands before i makes i a person.
func (s *scan) afterPayee(i int) bool {
	return s.atPlace(i) || s.before(i, "给", "转给", "汇给", "打给", "付给", "还给", "借给", "寄给", "发给", "转到", "收款人", "收款人是", "户名", "户名是", "对方是", "叫", "向", "替", "帮", "跟", "和", "是我的", "改成", "改为", "换成", "不是", "是", "收到", "来自", "名字是", "款人")
}

// mine reads 我儿子, 我爸, and 儿子, 爸, 房东 behind 给.
func (s *scan) mine(i int, after bool) int {
	j := i
	if e, _ := s.any(i, ours()...); e > 0 {
		j = e
	} else if !after && !s.kinList(i) && !s.spaced(i) && !s.alone(i, len(s.r)) && !s.alone(i, i+2) && !s.alone(i, i+1) {
		return i
	}
	e, _ := s.any(j, kin()...)
	if e < 0 {
		if j == i && after {
			if e, _ = s.any(i, "物业", "公司", "学校", "供应商"); e > 0 {
				return e
			}
		}
		return i
	}
	if j == i && !s.strongPayee(i) && !s.alone(i, e) && !s.kinList(i) && !s.spaced(i) {
		return i
	}
	return e
}

// kinList says that at i begins a list of relatives and nothing before it: 妈和爸各五百.
func (s *scan) kinList(i int) bool {
	e, _ := s.any(i, kin()...)
	if s.plain || e < 0 || strings.Trim(s.text.Norm[:s.at[i]], " ,就是给") != "" {
		return false
	}
	j := s.opt(e, joiners()...)
	next, _ := s.any(j, kin()...)
	return j > e && next > 0
}

// spaced says that a relative stands between spaces, as one writes in short: 转账 妈 500.
func (s *scan) spaced(i int) bool {
	e, _ := s.any(i, kin()...)
	return !s.plain && e > 0 && (i == 0 || s.get(i-1) == ' ') && (s.get(e) == ' ' || e == len(s.r)) && (i > 0 || e < len(s.r))
}

// strongPayee is afterPayee without the words that stand before anything.
func (s *scan) strongPayee(i int) bool {
	return s.before(i, "给", "收款人", "收款人是", "户名", "户名是", "向", "替", "改成", "换成", "不是", "是", "转到", "收到", "来自") || s.atPlace(i) || s.listed(i)
}

// atPlace says that what stands before i sends money to the place of somebody: 打到我妈那.
func (s *scan) atPlace(i int) bool {
	return !s.plain && s.before(i, "打到", "汇到", "存到", "划到", "付到", "打进", "转进", "转入", "汇入", "往")
}

// called reads 老王, 小李, 阿强, 王总, 李老师, 张先生.
func (s *scan) called(i int, after bool) int {
	a, b := s.get(i), s.get(i+1)
	title := func(j int) int {
		e, _ := s.any(j, "先生", "女士", "小姐", "总", "老师", "经理", "阿姨", "叔叔", "师傅", "医生", "叔", "哥", "姐", "律师", "老板", "主任", "工", "太太", "大爷", "大妈", "奶奶", "爷爷")
		return e
	}
	switch {
	case (a == '老' || a == '小') && surname(b) && !s.has(i, "老师", "老人", "小时", "小区", "小额", "小米", "小白", "小明明", "老和", "小于", "小费", "小卖", "小车", "小包", "小方", "小数", "老路", "小路", "小商", "小农", "小程序", "小安", "小达", "老车", "小麦", "小全", "小应", "小管", "小文", "老毛", "小毛病", "小时候", "小金库", "小游戏", "小康", "老华", "老房", "小房", "小关", "小段"):
		return i + 2
	case (a == '老' || a == '小') && surname(b) && after && s.strongPayee(i):
		return i + 2
	case a == '阿' && zh.IsHan(b) && after && !s.has(i, "阿姨", "阿里"):
		return i + 2
	case surname(a) && (after || i == 0 || s.alone(i, len(s.r))):
		if e := title(i + 1); e > 0 && !s.has(i, "和总", "白工", "成工", "全总", "时总", "金总额") {
			return e
		}
		if zh.IsHan(b) && !strings.ContainsRune(nameStops, b) {
			if e := title(i + 2); e > 0 && e-i >= 4 {
				return e
			}
		}
	}
	return i
}

// fullName reads a surname and one or two characters behind it.
func (s *scan) fullName(i int) int {
	const most = 2 // characters of a given name
	var given int  // where it begins
	if e, _ := s.any(i, strings.Fields(doubleSurnames)...); e > 0 {
		given = e
	} else if surname(s.get(i)) {
		given = i + 1
	} else {
		return i
	}
	if s.has(i, everyday()...) {
		return i
	}
	j := given
	for j < given+most && zh.IsHan(s.get(j)) && (!strings.ContainsRune(nameStops, s.get(j)) || s.smallName(i, j)) && !s.has(j, "明天", "明日", "明早", "明晚", "明年") {
		j++
	}
	if j == given {
		return i
	}
	return j
}

// smallName says that the 小 at j is part of the name that begins at i, 王小明,
// and begins no word: 王小姐, 王小时候.
func (s *scan) smallName(i, j int) bool {
	next := s.get(j + 1)
	return s.get(j) == '小' && j == i+1 && zh.IsHan(next) && !strings.ContainsRune(nameStops, next) && !s.has(j, "小时", "小区", "小额", "小费", "小孩", "小学", "小店")
}

// wholeName says whether the whole message is a name, as the answer to 转给谁.
// Surnames that begin orders and everyday words more often than names don't count:
// 查余额 is no Mr Zha.
func (s *scan) wholeName(i int) bool {
	if strings.ContainsRune("查应单解管项全时连向", s.get(i)) {
		return false
	}
	e := s.fullName(i)
	return e > i && e-i >= 2 && s.alone(i, e)
}

// everyday are words that begin with a surname and are none.
func everyday() []string {
	return []string{
		"余额", "方便", "安全", "高兴", "黄金", "金额", "白天", "明天", "何时", "谢谢", "常用", "都行", "周一", "周二", "周三", "周四", "周五", "周六", "周日", "周末", "马上", "万一", "成功", "单独", "于是", "全部", "时间", "计算",
		"应该", "多少", "关闭", "关于", "任何", "任意", "连接", "游客", "管理", "解冻", "解锁", "解除", "解释", "费用", "贺卡", "文件", "路费", "向下", "查询", "查看", "查一", "查下", "查账", "房贷", "房东", "房租", "车贷", "车险", "米面", "商户", "商家", "景区", "农行", "农民", "司机", "包括", "宁愿", "左边", "康复", "温馨", "武汉", "江苏", "金融",
		"石油", "高额", "高级", "高中", "田地", "钱包", "钱款", "严重", "白金", "华为", "毕业", "和谐", "冷静", "时候", "项目", "简单", "支付", "易付", "申请", "申购", "欧元", "项下", "全额", "和平", "师傅", "纪念", "成都", "安徽", "马来", "石家", "金卡", "单位", "单子", "单笔", "许可", "于今", "年前", "万元", "关掉", "关了", "高一点", "和我", "阳光", "明白", "明细", "时段", "应还", "明年", "明早", "明晚", "连续", "连号", "安排", "成本", "季度", "梅雨", "水费", "童装", "陶瓷", "包年", "包月", "文字", "方式", "方案", "路上", "边上", "应急", "曾经", "贾宝", "戴上", "向我", "同意", "尚未", "谷歌", "游戏", "和他", "马云说", "荣誉", "党费", "党员", "席位", "卫生", "米粉", "古董", "车位", "连锁", "管家", "温度", "左右", "齐全", "易错",
	}
}

// englishPerson reads my son, the landlord, and a capitalised name behind to.
func (s *scan) englishPerson(i int) int {
	if !s.wordStart(i) {
		return i
	}
	if e := s.lit(i, "my"); e > 0 {
		j := s.spaces(e)
		if k, _ := s.any(j, "son", "daughter", "wife", "husband", "mother", "father", "mom", "mum", "dad", "brother", "sister", "landlord", "landlady", "friend", "boss", "parents", "grandson", "granddaughter", "grandmother", "grandma", "grandpa", "aunt", "uncle", "colleague", "roommate", "girlfriend", "boyfriend", "cousin"); k > 0 {
			k = s.ofPerson(i, k)
			return s.add(Person, string(s.r[i:k]), "", i, k)
		}
		return i
	}
	if !s.listed(i) && !s.before(i, "to", "pay", "send", "payee", "payee is") {
		return i
	}
	if e, _ := s.any(i, "landlord", "the landlord", "mom", "dad", "mum"); e > 0 {
		return s.add(Person, string(s.r[i:e]), "", i, e)
	}
	j := i
	for words := 0; words < 3; words++ {
		w, e := s.word(j)
		if w == "" || !s.capital(j) || stopName(w) {
			break
		}
		i2 := s.spaces(e)
		if words == 2 || !s.capital(i2) || !latin(s.get(i2)) || stopName(s.wordAt(i2)) {
			e = s.ofPerson(i, e)
			return s.add(Person, s.original(i, e), "", i, e)
		}
		j = i2
	}
	return i
}

func stopName(w string) bool {
	switch w {
	case "i", "the", "a", "my", "usd", "rmb", "cny", "eur", "gbp", "pin", "otp", "atm", "id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december", "english", "chinese", "from", "today", "tomorrow", "me", "you", "it":
		return true
	}
	return false
}

// capital says whether the original has a capital letter at rune i.
func (s *scan) capital(i int) bool {
	if i >= len(s.r) {
		return false
	}
	from, _ := s.text.Span(s.at[i], s.at[i+1])
	c := s.text.Orig[from]
	return c >= 'A' && c <= 'Z'
}

func (s *scan) original(i, j int) string {
	from, to := s.text.Span(s.at[i], s.at[j])
	return s.text.Orig[from:to]
}
