package intents_test

import (
	"strings"
	"testing"

	"github.com/pingdui/pingdui/intents"
)

const splitLines = `
查下余额，再给老王转500 | 查下余额 / 给老王转500
先查余额然后转三千给我儿子 | 先查余额 / 转三千给我儿子
把卡挂失了再补一张新卡 | 把卡挂失了 / 补一张新卡
check my balance and transfer 500 to my son | check my balance / transfer 500 to my son
交一下电费，另外查查信用卡账单 | 交一下电费 / 查查信用卡账单
帮我查下余额 | 帮我查下余额
转500给老王，备注房租 | 转500给老王，备注房租
给爸和妈各转三千 | 给爸和妈各转三千
给老王转500，用储蓄卡 | 给老王转500，用储蓄卡
再说一遍余额 | 再说一遍余额
我想转账，怎么弄 | 我想转账，怎么弄
transfer to Mom and Dad | transfer to Mom and Dad
给老王转三百，再给小李转五百 | 给老王转三百 / 给小李转五百
查一下余额；再查一下明细 | 查一下余额 / 查一下明细
好的，另外要手续费吗 | 好的，另外要手续费吗
`

func TestSplitRequests(t *testing.T) {
	t.Parallel()
	for _, line := range strings.Split(strings.TrimSpace(splitLines), "\n") {
		text, want, _ := strings.Cut(line, " | ")
		if got := strings.Join(intents.SplitRequests(text), " / "); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
