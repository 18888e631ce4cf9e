package intents

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/pingdui/pingdui/internal/zh"
)

// The alarms: what must be heard in any state, whatever was asked.
const (
	AlarmAgent       = "agent"       // asks for a person
	AlarmFraud       = "fraud"       // card used by another, was deceived
	AlarmAnger       = "anger"       //
	AlarmSelfHarm    = "self_harm"   //
	AlarmDanger      = "danger"      // in danger from others
	AlarmComplaint   = "complaint"   //
	AlarmMinor       = "minor"       // the customer is under eighteen
	AlarmBereavement = "bereavement" // a customer has died
	AlarmRobot       = "robot"       // asks whether this is a machine
)

// detector finds one alarm: what calls it, once what only looks like it is blanked out.
type detector struct {
	name  string
	traps *pattern
	calls *pattern
}

const (
	kinZH  = `(爸|妈|父亲|母亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|老伴|老公|老婆|丈夫|妻子|爱人|先生|太太|儿子|女儿|哥|姐|弟|妹|公公|婆婆|岳父|岳母|亲人|家人|老人)`
	someZH = `(真人|活人|人工客服|人工服务|人工坐席|人工|客服人员|人工客服人员|坐席|座席|专员|工作人员|柜员|客户经理|值班经理|客服|经理|领导|主管|大堂|活的人)`
	// mothers are the things of somebody's mother, which are no curse: 我妈的账号.
	mothers      = `(我|我们|俺|咱|咱们|孩|公|婆|妇|子|儿|女|友|学|事|邻居|爸|老)妈的|[你他她]妈妈的|(给|往|到|向|查|看|帮|替|用|从|是|把|转|问|跟|和)(下|一下|到|给|成)?[你他她]妈的` + mothersThing + `|(^|[^你他她尼])妈的` + mothersThing
	mothersThing = `(银行)?(账|帐|卡|户|号|手机|电话|名字|姓名|钱|尾号|存折|存款|生日|药|医|病|生活费|养老|退休|工资|身份证|社保|医保|微信|余额|信用卡|定期|那)`
	// wentAway is no death: what follows says where they went (走了，去北京了), what
	// they have no more (没了工作), or that they are to be paid.
	wentAway = `走了?[,。]?(他|她|人|就|又|已经|刚|这次|是|现在|今天|昨天|早上)*(天津|(去|回|上|往|飞)(了)?(天津|[^世那另天了,。?!西])|出(差|国|门|远门|院|去)|搬(家|去|到|走)|打工|旅游|到[^,。?!现今]{1,6}去)|((坐|开|搭|骑|乘|赶)[^,。?!]{1,4}|出差|出国|下班|上班|回(家|国|去)|已经出门|提前|匆匆)走了|` +
		`没了[^,。?!怎咋能要该可好以之半几一二两三四五六七八九十0-9他她的我你吗呢啊呀吧留办取继想去今昨前上刚已现就][^,。?!怎咋能要该可取办]{0,4}([,。!]|$)|(走|没)了[,。]?[^,。?!]{0,4}给(他|她)(再|也|先)?(转|汇|打|寄|充|买)[^了过的]`
	// uncalled takes a call for a person back: 转人工不用, 人工呢？算了. 转人工算了 does not.
	uncalled = `(转|找|叫|接|换)?` + someZH + `(呢|吗|嘛|吧)?[,?!。]*(就|也|先|都|是)?(不用|不必|不需要|用不着|免)(再)?(转|接|找|叫|麻烦)?(了|吧|啦)*([,。!?]|$)|` + someZH + `(呢|吗|在吗)?[,?!。]+(唉|哎|那)?(算了|不找|不转|不叫|不等)`
	// otherPayee is somebody else to be paid: 换个人，给爸.
	otherPayee = `(换|改)(一)?(个|成别|成另一个|别)?人(吧|了)?[,。 ]*(,|是|要|就|改|我要|那就)*(转给|付给|汇给|打给|给|转到|收款?|付款|转账?|汇|打给)|(change|switch)( it| that| the payee)? to (another|a different|someone else)( person)?[,. ]*(to|pay|send|give)|(another|a different) (person|payee),? (to|pay|send)`
	someEN     = `(human( being)?|(live |human |real |customer service )?agent|real person|live person|person|representative|rep|operator|someone|somebody|staff|advisor|customer service|manager|supervisor)`
)

func detectors() []detector {
	re := compile
	return []detector{
		{
			AlarmAgent,
			re(otherPayee + `|人工智能|人工(费|成本|耳蜗|授精|湖|降雨|草坪|心脏|录入|手续费|智障|审核要|审核需|审核多)|纯人工|半人工|人工(客服)?(服务)?(的)?(几点|什么时候|时间|上班|下班|收费|要钱|电话|热线|多少|是什么|啥时候|在线吗)|` +
				`(不是|没有|没|不用|不需要|无需|先不|先别|不想|不必|别|不要|甭|莫|唔使|不)(再)?(是)?(要|想|需要|说|让你)*(找|转|用|接|换|叫|给我转|帮我转)?(到|成|去)?` + someZH + `|` +
				uncalled + `|取消(转)?人工|(刚才|刚刚|上次|昨天|之前|前几天|那个|有个)(的|那个|有个|你们)?` + someZH + `|` + someZH + `(刚才|刚刚|上次|昨天|之前)?(跟我|和我|给我|已经|就)?(说过|说的|说我|说要|告诉|办好|办的|答复|讲过|帮我办)|(是|像)` + someZH + `(还是|吗)|(是)?机器人?还是` + someZH +
				`|(客户)?经理(的)?(电话|微信|是谁)|客服(电话|热线|号码|微信)|找(工作人员)?的(电话)?|找人代|转给(客户)?经理|给(客户)?经理(转|汇|打)|(travel|estate|insurance|real estate|shipping|tax) agents?|human (resources|error|rights)|in person|(don't|do not|dont|no) (need|want) (for )?(to )?(talk to |speak to |speak with )?(an? |any )?` + someEN + `|no need for (an? )?` + someEN +
				`|not (asking for |looking for )?(an? )?(human|agent)|send (money )?to (a person|someone|somebody)|pay (someone|somebody)|are you (an? )?(real |live )?` + someEN + `|is (this|it) (an? )?` + someEN + `|someone (else )?(used|stole|took|is using|has)|(send|sent|transfer|pay|paid|money)[^.?!]{0,20}to someone|转给(客服|经理|坐席|专员)[^,。?!]{0,4}[0-9零一二两三四五六七八九十百千万]|(如果|要是|假如)(我)?转人工|转人工(要|得)(排|等)(多久|几)`),
			re(`^(我要|要|请|给我|帮我|转|找|接|快|快点|赶紧|麻烦|那|请转|直接)*(人工|真人|活人|人工客服|人工服务|客服|坐席|转人工|人工坐席)(服务|吧|啊|呢|谢谢|客服|在吗|在不在|台|帮忙|处理|快点|来)*$|转(接|到|给|去|下|一下|个)?(到|一下)?` + someZH + `|(要|找|叫|喊|请|换|接|让|派|搵|揾|寻|联系|呼叫|来|需要|想跟|想和|跟|和|同|有|搞)(一下|下|你们的?|到|通|个|一个|位|一位|名|那个)?(人工|真人|活人|人工客服|人工服务|坐席|座席|专员|工作人员|柜员|客户经理|值班经理|客服|经理出来|你们经理|你们领导|领导|主管|活的)` +
				`|(找|叫|喊|换|来|派|搵|揾|寻|要)(个|一个|位)(真|活|懂的|管事的|会的|能办事的|懂事的)?人(来|跟|帮|给|同|和|说|处理|接|吧|嘛|吗|行|$)|找人(帮|来|处理|跟|说)|让人(来|给我打)|有(没有)?(个)?(真|活)?人(在)?(吗|么|啊|呀|能|帮|管|没|理我|接)|换人|(不|别|不想|不要|懒得|唔想)(再)?(跟|和|要|用|同|想跟|想和)?(你这个?|这个)?(机器人?|智能客服|自动(回复|客服))|(跟|和|同|与)(真|活)?人(工)?(说|聊|谈|讲|沟通|对话|通话)|人呢$|没人(管|理|接)|叫你们(的)?(经理|领导|主管|人)|(叫|找|喊|派|来|换)(一)?个?[^,。?!]{0,4}(会办事|懂|懂行|能做主|管事|能办)的|(安排|派)[^,。?!]{0,4}(工作人员|专员|同事|客服)[^,。?!]{0,2}(联系|来|跟|给|帮)|有(没有)?(人工|客服|坐席|工作人员)(在|吗|么)|^(人工)+$|(要|找|需要)(个|一个|位)?人(教|听|聊|帮|来弄)|(转|换)(一)?个人(吧|$)|(要求|需要|申请|排个?|排一下)人工|(客户经理|经理|客服|坐席|柜员|主管)(在吗|在不在)|换(成|到|为)?(人工|真人)|人工(在|有)吗|(请|要|给我|帮我|直接|马上|赶紧|快点|麻烦)(给我|帮我)?(转|接|上)?人工` +
				`|^(an? )?` + `(human|agent|live agent|real person|representative|operator|customer service)( please| now)?$|(talk|speak|chat|connect|transfer|switch|put|hand|pass|escalate|get|give|want|need|call|find)( me| this| us)?( through| over| on| up)?( to| with| for)?( an?| the| your| some)? ?` + someEN + `( |$)|(human|agent|operator|representative),? please|live (support|person|chat|help)|(person|human|someone|somebody|agent)( that| who)? i can (talk|speak|chat)|(can|could|will|would) (a |an )?(human|real person|person|agent) (help|assist|call|answer)|stop (this|the) bot|no (more )?(bots?|robots?)`),
		},
		{
			AlarmFraud,
			re(`(防|预防|防止|避免|防范|谨防|识别|怎么看|分辨|辨别|鉴别)[^,。?!]{0,6}(诈骗|盗刷|被骗|骗子|电诈|上当)|反诈(骗)?|(盗刷|诈骗|欺诈)(险|保险|保障|案例|宣传|讲座|知识|手段有|类型)|(没|没有|不是|不会|并没有|怕|担心|以免|免得|会不会|容易)(被)?(人)?(盗刷|被盗|骗|诈骗|上当|受骗)|你们?(银行|就|都|这些|全)?(就|都)?(是)?骗(子|人)|(讲座|新闻|电视|报纸|听说|知道|宣传|防骗|案例)[^。?!]{0,12}(刷单|诈骗|被骗|骗子|骗局|安全账户|冒充)[^,。?!]{0,8}|(刷单|安全账户|诈骗|冒充[^,。]{0,4})[^,。?!]{0,6}(骗局|骗人的|假的)[^,。?!]{0,6}(知道|听说|懂|清楚|不会上当)|(不是|没有?|没在|又不)(什么|在|去|搞)?刷单|(好多|很多|不少|那么多|好些)(的)?人(都)?(被骗|上当|受骗)|骗子(实在|真|真是|也|可)?(太|好|很|真|越来越|这么|那么)多|(fraud|scam|phishing) (protection|prevention|insurance|policy|department hours)|(prevent|avoid|protect (me |myself )?(from|against)|stop) (fraud|scams?|phishing)|(not|wasn't|isn't) (a )?(scam|fraud|stolen)`),
			re(`盗刷|盗用|被盗|被(人|别人|他人)?(骗|诈骗|偷|转走|刷走|划走|刷了|登录了)|(一下子|突然|莫名)[^,。?!]{0,4}(没了|少了)|我没(有)?(消费|刷|取)过(这笔|钱)?$|骗(了我|走|去了|我(的)?钱|我转|我把|我说)|受骗|上当|诈骗|骗子|电信诈骗|遇到骗|不是我(本人)?(刷|转|买|消费|操作|用|办|花|付|弄)|我(根本|从来|都|压根)?没(有)?(刷|消费|转|买|操作|花|用)过?(这|那|卡|钱|啊)?[^?吗]{0,8}(扣|少|没了|不见|交易|出去|记录|消费)|安全账户|冒充(公检法|客服|警察|领导|我|银行)|刷单|(钱|存款|余额)[^,。]{0,6}(被转走|不见了|不翼而飞|被偷|莫名)|有人(在)?(拿|用|刷|动|盗|登)(着|了)?我(的)?(卡|账|信用卡|钱|手机银行)|(拿|用|偷|刷)(着|了)?我(的)?[^,。?!]{0,3}卡[^?!]{0,12}(我(都|又|也|根本|并)?(没(有)?|不)(同意|答应|允许|授权|知情|知道)|没(有)?经(过)?我)|(偷偷|私自|擅自|背着我)(拿|用|刷|动)(了|着)?我(的)?[^,。?!]{0,3}(卡|钱|账)|(莫名其妙|无缘无故|平白无故)[^,。]{0,6}(扣|少|转走|刷|消费)|陌生[^,。]{0,4}(转走|消费|交易|扣款|扣钱)|(账户|账号|卡)(好像)?被(人)?(黑|盗|登录|刷|异地)|信息泄露.{0,6}(钱|刷)|(有人|电话|短信|对方|陌生人?|自称|微信)[^,。]{0,10}中(了)?(大|头|一等|二等)?奖` +
				`|\bscam(med|mer|mers|s)?\b|\bfraud(ulent)?\b|\bstolen?\b|hacked|unauthori[sz]ed|phish|(wasn't|was not|not|didn't|did not) (me|make|authori[sz]e|recogni[sz]e|do)[^.?!]{0,20}(transaction|payment|charge|purchase|withdrawal)|(someone|somebody) (else )?(is |has )?(used|using|stole|took|emptied)`),
		},
		{
			AlarmAnger,
			re(mothers + `|垃圾(短信|分类|邮件|袋|费|桶)|笑死|操作|操心|体操|滚动|滚存|利滚利|翻滚|有病(假|历|人)|(不|别|没)(生气|着急|烦)|无语(音|言)`),
			re(`气死|气炸|什么(破|鬼|烂|玩意|东西)|破(银行|系统|app|机器|玩意)|烂(银行|系统|透)|垃圾|傻(逼|x|b|叉)|煞笔|妈的|他妈|尼玛|特么|我(操|靠|艹)|操你|卧槽|滚(开|蛋|$|远)|废物|烦(死|人|透)|太差(了|劲)|差劲|有病(吧|啊|是)|神经病|混蛋|王八蛋|受够|忍无可忍|智障|弱智|脑残|坑(人|爹|死)|骗子银行|你们?(银行|就|都)(就|都)?(是)?骗(子|人)|浪费我?(的)?时间|耍(我|人)|搞什么(鬼|名堂|飞机)|狗屁|放屁|丢人|真(恶心|无语)|无语(了|$|死)|火大|窝火|岂有此理|太过分|欺负人|糊弄(我|人|谁)|吃屎|白痴|没用的东西|一点用都没|说了(几|好几|多少|八百|一百|无数|两|三|四|五|八|十)(遍|次|百遍)` +
				`|\bwtf\b|\bf+u+c+k|\bshit\b|bullshit|ridiculous|\b(terrible|awful|worst|horrible) (service|bank|app|experience|support|bot)|\buseless\b|\bstupid\b|\bidiots?\b|\b(so|really|very) (angry|annoyed|frustrated|mad)\b|\b(service|bank|app|bot|system) is (so |really |very |just )?(terrible|awful|horrible|the worst|useless|rubbish)|furious|fed up|pissed|damn (it|bank|app|you)|this is (a )?(joke|outrageous)|sick of`),
		},
		{
			AlarmSelfHarm,
			re(`(想死|爱死|笑死)你|想死我了|气得?想死|(电脑|手机|程序|系统)[^,。]{0,3}(死|自杀)|自杀险|(防|预防)自杀|跳楼价|不想(再)?活在[^,。?!世]{0,4}(贷|债|欠款|账单|月供|利息|花呗|信用卡)[^,。?!世]{0,4}(里|中|下)|想不开(通|户|卡|机|设|了户|发票|票)|suicide squad`),
			re(`不想(再)?活|不想活|想死|自杀|轻生|活不下去|活不成|活够了|跳楼|跳河|跳桥|割腕|上吊|结束(自己|我)?(的)?(生命|一切|这条命)|不如死|死了算|死了一了百了|一了百了|活着(没有?|还有什么|有什么)(什么)?(意思|意义|劲)|(准备|买|攒)(好)?(了)?[^,。?!]{0,4}安眠药|站在(桥|楼|楼顶|天台|窗)(上|边|顶)|让我(去)?死|不想在这(个)?世|了结自己|了断|安眠药.{0,4}(吃|一瓶)|吃(了)?(一瓶|很多|好多)?安眠药|喝农药|寻短见|想不开|不想在这个世上|活着太累|死给你们看|kill(ing)? myself|suicid|end(ing)? (my life|it all)|(want|wanna|going) to die|don't want to (live|be alive)|hurt(ing)? myself|self[- ]harm|better off dead|no reason to live`),
		},
		{
			AlarmDanger,
			re(`救命(钱|稻草|恩人|药|的钱)|刀(具|片|架|削)|抢(红包|购|券|劫险)|威胁到|(防|预防)(抢劫|绑架)|绑架险`),
			re(`救命|绑架|拿(着)?刀|持刀|有刀|被(人)?(控制|关(起来|在)|扣(住|在这)|挟持|劫持|跟踪|绑|堵在|打了)|(威胁|恐吓|逼|逼迫|胁迫|强迫)(着)?我|把我(关|锁|绑|扣|控制)(起来|住|在|了)|(在)?跟踪我|(堵在|堵着)(我)?(们)?(家|门)|要(砍|弄死|杀)(人|我|了我)|人身(安全|危险)|抢劫|有人(要)?(打|杀|害|砍)我|要(杀|砍|弄死)我|家暴|传销窝|不让我(走|出门|离开)|人身安全|限制.{0,2}自由|着火了|快报警|帮我报警|暴力催收|上门(打|堵|威胁)|held hostage|kidnap|threaten(ing|ed)? (me|to kill)|at (knife|gun) ?point|has a (gun|knife)|being (robbed|followed|attacked|held)|help me.{0,20}(danger|police)|call the police|i('m| am) in danger|force?ing me to|forced me to`),
		},
		{
			AlarmComplaint,
			re(`(不|不是|没|没有|没想|不想|不会|别|并非|撤销|撤回)(要|来|想|再)?投诉|投诉(率|量|统计|排名)|曝光(过度|补偿|时间|不足)|not complaining|(no|not a|without any) complaints?`),
			re(`投诉|举报(你们|他|她|这个|银行|柜员|客服|经理)|银保监|银监|金融监管|监管(部门|局|总局)|(^|[^0-9])(12378|12345|12315)($|[^0-9])|消费者(权益)?(保护)?(协会|局)|消保|曝光|找(媒体|记者)|发(抖音|微博|小红书|网上)|起诉(你们|银行)|告(你们|银行)|法院见|律师函|差评|要个说法|给(我|个|我个|我一个)说法($|[^律])|讨(个)?说法|维权|你们领导.{0,4}(电话|负责)|\bcomplain(t|ts|ing)?\b|ombudsman|\bregulator\b|\bsue (you|the bank)|my lawyer (will|is going)|lawyer will (sue|be in touch)|bad review|take legal action`),
		},
		{
			AlarmBereavement,
			re(`(没|没有|还没|并没|并未|未)(有)?(去世|过世|死亡|身故)|身故(保险|保障|赔付|受益|责任)|走了(一趟|一遍|半天|很远|以后|流程|过来|进来|好久|好远|几)|走了(半|一|两|三|四|五|六|十|好几|[0-9]+)?(个)?(多)?(小时|分钟|天|公里|里路|站|圈|步)|` + wentAway + `|不在了(手机|网点)|(手机|网点|卡|钱|app|电话|号码)[^,。]{0,3}(不在了|没了)|(battery|phone|computer|laptop|app) (has |just )?died|died laughing|dying to|(like|as if) .{0,10}died`),
			re(`去世|过世|离世|辞世|病故|身故|亡故|逝世|走了的老|已故|过身|死亡证明|遗产|遗属|丧葬|遗嘱|继承(人|权|公证|存款|账户)|(存款|遗产|账户|房产)[^,。?!]{0,2}继承|(户主|客户|存款人|持卡人|已经?)[^,。?!]{0,4}死亡|死者|逝者|` + kinZH + `[^,。?!]{0,6}(走了|不在了|没了|死了|去了那边)|(取|领|提)[^,。]{0,6}(死者|逝者)|passed away|\bdeceased\b|(my|our) (late|dead) (husband|wife|mother|father|mom|dad|son|daughter|brother|sister)|(husband|wife|mother|father|mom|dad|mum|son|daughter|brother|sister|grandmother|grandfather|parent) (has |just |recently )?(died|is dead)|death certificate|\binherit|estate of (my|the)`),
		},
		{
			AlarmRobot,
			re(`(^|[^是])(不是|别跟|不要|不想)[^,。]{0,4}机器人(说|聊|服务|$)|(收款人|对方|户主|付款人|人脸|识别|认证)[^,。?!]{0,6}真人|扫地机器人|机器人(基金|概念|行业|产业|板块|股)|robot(ics)? (fund|stock|vacuum)`),
			re(`(你|您|那边|对面|这边|这里)(到底|究竟|其实)?(是不是|是|该不会是|不会是|难道是)(个|一个|真的?)*(机器人?|真人|活人|人工智能|人工|ai|人|程序|电脑|智能客服|自动回复)(吗|吧|么|嘛|啊|呀|还是|不|$)|是(真人|人|机器人?|ai|人工|活人)(还是|吗|在)|是人(是|还是)(机器|鬼|狗|ai)|机器人(吗|吧|么)|^机器人$|真人吗|是人吗|(跟|和)(真)?人(说话|聊|聊天|对话|讲话)?还是(跟|和)?(机器|ai|电脑|程序)|(机器|自动)(自动)?回复(的)?(吗|吧|么)|不是(真|活)人(吧|吗|么|$)|是真人客服(吗|吧|么)|你(是)?有(感情|意识)|你是谁|are you (an? )?(real |actual |live |human )?(robot|bot|human|person|machine|ai|computer|chatbot|real)|is (this|it|that) (an? )?(real |live |actual )?(robot|bot|human|person|machine|ai|chatbot)|(talking|chatting|speaking) (to|with) (an? )?(real |live |actual )?(bot|human|person|robot|machine|ai|computer)`),
		},
	}
}

// Detectors hold the compiled patterns. Build once with NewDetectors, share freely.
type Detectors struct {
	zh       *zh.Normalizer
	list     []detector
	minor    [3]*regexp.Regexp
	acts     []act
	scams    []scam
	harmless []*pattern
	pressed  *pattern
}

// NewDetectors compiles the patterns; it costs some milliseconds.
func NewDetectors() *Detectors {
	return &Detectors{
		zh: zh.New(), list: detectors(), acts: acts(), scams: append(scams(), signs()...), harmless: harmless(), pressed: pressed(),
		minor: [3]*regexp.Regexp{
			regexp.MustCompile(`(?:^|[^a-z一-龥])(?:我|本人|人家)(?:今年|才|只有|刚|现在|刚满|今年才|还|还只有|是个|是)*(\d{1,2}|[一二三四五六七八九]|十[一二三四五六七八九]?)(?:周)?岁`),
			regexp.MustCompile(`我(是|还是|只是)(个|一个|一名)?(小学生|初中生|高中生|中学生|未成年人?|小孩|小朋友|孩子$)|我(还)?(没|没有|不|不到|未)(满|到|够)?(18|十八)|我(还)?未成年|我(还)?没(有)?成年|我(现在|今年|正在)?(上|读|念)(小学|初中|高中|初[一二三]|高[一二三])[一-龥]{0,3}$|(^|[^家孩子儿女弟妹孙])我今年(1[0-7]|[1-9])$|我?还?差[^,。?!]{0,6}(满|到)(18|十八)|i('m| am) (a minor|under (18|eighteen|age)|not (yet )?18|in (primary|middle|high) school)`),
			regexp.MustCompile(`\bi('m| am) (only |just )?(\d{1,2})( years? old| yo\b|$|[,.!])`),
		},
	}
}

// Alarms names what must be heard at once in a text, in a fixed order; nil for
// almost every message. It knows what only looks like an alarm:
// 我不是要人工，我问人工智能理财 gives none.
func (d *Detectors) Alarms(text string) []string {
	s := fold(d.zh, text)
	var out []string
	own := ownStory(s)
	for _, x := range d.list {
		rest := s
		if x.name == AlarmFraud {
			rest = own
		}
		rest = x.traps.ReplaceAllString(rest, "□")
		for _, clause := range clauses(rest) {
			if x.calls.MatchString(clause) {
				out = append(out, x.name)
				break
			}
		}
	}
	if d.isMinor(s) {
		out = append(out, AlarmMinor)
	}
	return out
}

func (d *Detectors) isMinor(s string) bool {
	if d.minor[1].MatchString(s) {
		return true
	}
	if m := d.minor[0].FindStringSubmatch(s); m != nil {
		return age(m[1]) < 18
	}
	if m := d.minor[2].FindStringSubmatch(s); m != nil {
		return age(m[3]) < 18
	}
	return false
}

func age(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	tens, ones, ok := strings.Cut(s, "十")
	if !ok {
		tens, ones = "", s
	}
	n := 0
	if ok {
		n = 10
		if tens != "" {
			n *= strings.Index("一二三四五六七八九", tens)/3 + 1
		}
	}
	if ones != "" {
		n += strings.Index("一二三四五六七八九", ones)/3 + 1
	}
	return n
}

// fold normalises for patterns: no spaces between Chinese characters.
func fold(n *zh.Normalizer, text string) string {
	s := n.Fold(text)
	if !strings.Contains(s, " ") {
		return s
	}
	r := []rune(s)
	out := make([]rune, 0, len(r))
	for i, c := range r {
		if c == ' ' && i > 0 && i+1 < len(r) && (zh.IsHan(r[i-1]) || zh.IsHan(r[i+1])) {
			continue
		}
		out = append(out, c)
	}
	return strings.ReplaceAll(string(out), "’", "'")
}

// clauses cuts at the marks that end a thought.
func clauses(s string) []string {
	out := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",。.;!?、:~…()（）", r) })
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}
