package intents_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/intents"
)

// alarmLines are "alarms | text"; - is none.
const alarmLines = `
agent | 人工
agent | 转人工
agent | 我要人工
agent | 人工客服
agent | 转人工服务谢谢
agent | 找个真人来
agent | 我不想跟机器人说
agent | 叫你们经理来
agent | 能不能找个人跟我说
agent | 有没有人啊，帮帮我
agent | 帮我接一下客服
agent | 喊个人来嘛
agent | 你们有人吗
agent | 請轉人工
agent | 我要找客户经理
agent | 别啰嗦了，人工！
agent | 直接给我转人工坐席
agent | 换人，你听不懂
agent | 让我跟真人说话
agent | 我耳朵不好，找人帮我
agent | I want to talk to a human
agent | agent please
agent | can I speak with a real person
agent | connect me to an agent
agent | get me a representative
agent | human
- | 我不是要人工，我问人工智能理财
- | 人工智能基金怎么样
- | 不用转人工
- | 别转人工，你来办就行
- | 人工客服几点上班
- | 人工费怎么算
- | 不要人工，自己办
- | 刚才人工说可以办
- | 上次客服告诉我三天到账
- | 我没说要人工
- | 取消人工
- | 先不找人工
- | 转给王经理五百
- | 我在人工湖边上的网点
- | 客户经理的电话是多少
- | I don't need an agent
- | my travel agent charged me
- | what does human resources do
- | send 500 to someone I know
fraud | 我的卡被盗刷了
fraud | 我被骗了五千
fraud | 这笔不是我刷的
fraud | 有人用我的卡买东西
fraud | 对方说转到安全账户
fraud | 他冒充公检法
fraud | 我钱莫名其妙少了三千
fraud | 我遇到骗子了
fraud | 刷单被骗
fraud | my card was stolen
fraud | there is an unauthorized charge
fraud | I got scammed
- | 怎么防止诈骗
- | 有没有盗刷险
- | 我没被骗
- | 反诈中心电话
- | 防骗知识
- | do you offer fraud protection
anger | 你们这什么破系统
anger | 气死我了
anger | 垃圾银行
anger | 浪费我时间
anger | 我都说了三遍了
anger | 真是受够了
anger | this is ridiculous
anger | your bot is useless
- | 收到垃圾短信怎么办
- | 怎么操作
- | 利滚利是多少
- | 我不着急
self_harm | 我不想活了
self_harm | 活着没意思
self_harm | 欠这么多我只能去死，想跳楼
self_harm | 不如死了算了
self_harm | I want to kill myself
self_harm | I don't want to live
- | 想死你了
- | 手机程序自杀了
danger | 救命
danger | 有人拿刀逼我转钱
danger | 我被人控制了
danger | 他威胁我
danger | 不让我走，快报警
danger | someone is threatening me
- | 这是我救命的钱
- | 怎么抢红包
complaint | 我要投诉
complaint | 我要投訴你們
complaint | 我去银保监举报你们
complaint | 给我个说法
complaint | 再不解决我就打12378
complaint | I want to make a complaint
- | 我不是要投诉
- | 不想投诉，就问一下
- | no complaints, thanks
minor | 我今年15岁能办卡吗
minor | 我是初中生
minor | 我还没满18
minor | 我才十六岁
minor | I'm 14 years old
minor | i am under 18
- | 我儿子12岁能办卡吗
- | 我今年72岁
- | 我二十岁
- | I'm 34 years old
bereavement | 我父亲上个月去世了
bereavement | 我爸走了，他的存款怎么取
bereavement | 老伴没了，卡怎么办
bereavement | 怎么继承存款，需要死亡证明吗
bereavement | my husband passed away
bereavement | my mother died last week
- | 我妈走了一趟网点
- | 手机不在了
- | my phone died
- | 我爸不在家
robot | 你是机器人吗
robot | 你是真人还是机器人
robot | 是真人吗
robot | 你到底是不是人
robot | are you a robot?
robot | am I talking to a human?
- | 机器人基金涨了吗
- | 扫地机器人分期
- | 查余额
- | 给老王转三百
- | 好的
- | what is my balance
fraud anger | 垃圾银行，我的卡被盗刷了你们不管
agent anger | 气死了，转人工
agent complaint | 我要投诉，找你们经理来
`

func TestAlarms(t *testing.T) {
	t.Parallel()
	d := intents.NewDetectors()
	for _, line := range strings.Split(strings.TrimSpace(alarmLines), "\n") {
		want, text, _ := strings.Cut(line, " | ")
		got := strings.Join(d.Alarms(text), " ")
		if got == "" {
			got = "-"
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// actLines are "acts that must be there [!acts that must not] | text"; = means exactly.
const actLines = `
=affirm affirm_exact | 确认
=affirm affirm_exact | 好的
=affirm affirm_exact | 好的，谢谢
=affirm affirm_exact | 对
=affirm affirm_exact | 可以
=affirm affirm_exact | 是的，没错
=affirm affirm_exact | 确认转出
=affirm affirm_exact | 嗯，好的
=affirm affirm_exact | 行吧
=affirm affirm_exact | 確認
=affirm affirm_exact | yes
=affirm affirm_exact | OK!
=affirm affirm_exact | yes, go ahead
=affirm affirm_exact | 要得
=affirm affirm_exact | 对对对
= | 嗯
= | 随便
= | 都行
= | 都可以
= | 无所谓
= | whatever
= | 好像是
affirm question !affirm_exact | 好的,另外要手续费吗?
affirm question !affirm_exact | 好的另外要手续费吗
affirm !affirm_exact | 可以，但是改成明天
question !affirm | 可以吗
question !affirm | 好吗？
question !affirm | 行不行
question !affirm | 是不是要手续费
!affirm | 好像不对
!affirm | 对不起
!affirm | 对了我想问下
!affirm | 确认一下余额
!affirm | 行业基金
question !affirm | 可以查余额吗
deny | 不
deny | 不是
deny | 不对
deny | 不用了
deny | no
deny | 不要，谢谢
!deny | 不错
!deny | 是不是到账了
!deny | no problem
cancel | 算了
cancel | 取消
cancel | 不办了
cancel | 我不转了
cancel | 别转了
cancel | 帮我取消吧
cancel | 取消这笔
cancel | 算了，下次再说
cancel | never mind
cancel | cancel it
cancel | forget it
cancel | 退出
!cancel | 取消免密支付
!cancel | 怎么取消自动还款
!cancel | 别取消
!cancel | 取消要手续费吗
!cancel | 帮我算一下利息
repeat | 再说一遍
repeat | 没听清
repeat | 你刚才说什么
repeat | 没看懂
repeat | say that again
repeat | pardon?
!repeat | 重复扣款了
!repeat | 再转一遍
wait | 等一下
wait | 等等，我找下卡
wait | 稍等
wait | 慢点说
wait | hold on
wait | one moment please
!wait | 等额本息
!wait | 要等多久
!wait | 等额本金怎么算
question | 余额多少
question | 手续费怎么收
question | 那利率呢
question | 能不能转
question | what is the fee
question | can i do it tomorrow
question | 几点开门
!question | 给老王转五百
!question | transfer 500 to my son
negated | 别转了
negated | 我不是要挂失
negated | 不要转给老王
negated | 先别提交
negated | 不想买理财
negated | 我没要取消
negated | 唔好转
negated | I don't want to transfer
negated | do not send it
!negated | 是不是要挂失
!negated | 不错
!negated | 能不能转账
!negated | 转不了账
!negated | 没收到钱
correction | 不对，是另一张卡
correction | 改成五百
correction | 换成储蓄卡
correction | 不是三千是五千
correction | 我说错了，是老李
correction | 错了，是明天
correction | actually make it 500
correction | no, the other card
correction | I meant Tuesday
correction | 换一张卡
!correction | 我要改密码
!correction | 改手机号
!correction | 是不是五百
!correction | 我转错账了怎么办
!correction | 余额不足
resume | 继续
resume | 继续办吧
resume | 接着转
resume | 回到刚才的转账
resume | continue
resume | 好，继续
!resume | 不继续了
help | 帮助
help | 你能做什么
help | 我不会弄
help | help
help | what can you do
!help | 查余额
`

func TestActs(t *testing.T) {
	t.Parallel()
	d := intents.NewDetectors()
	for _, line := range strings.Split(strings.TrimSpace(actLines), "\n") {
		want, text, _ := strings.Cut(line, " | ")
		got := d.Acts(text)
		if exact, ok := strings.CutPrefix(want, "="); ok {
			if strings.Join(got, " ") != strings.TrimSpace(exact) {
				t.Errorf("%s: got %v, want exactly %q", text, got, exact)
			}
			continue
		}
		for _, w := range strings.Fields(want) {
			not, no := strings.CutPrefix(w, "!")
			if no == slices.Contains(got, strings.TrimPrefix(w, "!")) {
				t.Errorf("%s: got %v, want %q (%s)", text, got, w, not)
			}
		}
	}
}
