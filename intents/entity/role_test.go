package entity_test

import (
	"strings"
	"testing"

	"github.com/pingdui/pingdui/intents/entity"
)

// TestRoles says who is given and who is only mentioned, how much is a sum, a
// difference or a rough word: person or sum, a mark of its role, in order.
// + given, - aside, > more, < less, ~ about, # a count, nothing for an answer by itself.
func TestRoles(t *testing.T) {
	t.Parallel()
	for _, c := range strings.Split(strings.TrimSpace(roles), "\n") {
		in, want, ok := strings.Cut(c, " → ")
		if !ok {
			t.Fatalf("line without an arrow: %q", c)
		}
		marks := map[entity.Role]string{entity.Given: "+", entity.Aside: "-", entity.More: ">", entity.Less: "<", entity.About: "~", entity.Count: "#"}
		var got []string
		for _, e := range entity.Extract(in, now(t)) {
			switch e.Kind { //nolint:exhaustive // the others have no role
			case entity.Person, entity.Amount, entity.Number, entity.CardTail:
				v := marks[e.Role] + strings.TrimSuffix(e.Value, ".00")
				if e.Upto != "" {
					v += ".." + strings.TrimSuffix(e.Upto, ".00")
				}
				got = append(got, v)
			}
		}
		if strings.Join(got, " ") != strings.TrimSpace(want) {
			t.Errorf("%q\n got %s\nwant %s", in, strings.Join(got, " "), want)
		}
	}
}

const roles = `
给妈转五百 → +妈 500
我妈让我给我爸转五百 → -我妈 +我爸 500
我儿子要结婚，给我爸转三千 → -我儿子 +我爸 3000
替我妈给房东转两千 → -我妈 +房东 2000
跟我爸说一声，给我妈转五百 → -我爸 +我妈 500
我爸住院了，转五千给我妈 → -我爸 5000 +我妈
我哥说他急用，你帮我打两千给我姐 → -我哥 2000 +我姐
老王刚才来电话，转三百到小李卡上 → -老王 300 +小李
听我老婆说房租到期了，给房东汇三千 → -我老婆 +房东 3000
我问过我妈了，钱转给我弟 → -我妈 +我弟
给我妈买药，转五百给李医生 → -我妈 500 +李医生
打电话给我爸之前先给我妈转五百 → -我爸 +我妈 500
别让我爸知道 → -我爸
不要告诉我老婆 → -我老婆
代我妈还老王三百 → -我妈 +老王 300
转老王五百 → +老王 500
把五百打到我妈那 → 500 +我妈
收款人改成爸 → +爸
向老王转五百 → +老王 500
老王 → 老王
老王五百 → 老王 500
是我妈让我转的 → -我妈
帮我转给我妈的房东 → +我妈的房东
改给儿子的老师 → +儿子的老师
给王建军的儿子转五百 → +王建军的儿子 500
给我爸的同事转三百 → +我爸的同事 300
给我儿子班主任转三百 → +我儿子班主任 300
给我妈的卡转五百 → +我妈 500
给我哥哥转五百 → +我哥哥 500
给我同事老王转五百 → -我同事 +老王 500
给妈和爸各转五百 → +妈 +爸 500
给老王、小李、儿子各转一百 → +老王 +小李 +儿子 100
转账 妈 500 → +妈 500
妈和爸，各五百 → 妈 爸 500
给妈多转一点 → +妈
给妈五百爸三百 → +妈 500 +爸 300
给老王，小李各转一百 → +老王 +小李 100
昨天给爸转过了，今天给妈转五百 → -爸 +妈 500
send Li Wei's landlord 500 → +Li Wei's landlord 500
make it 100 more → >100
100 less please → <100
my mother asked me to send 500 to Li Wei → -my mother 500 +Li Wei
my dad is in hospital, send 5000 to my mom → -my dad 5000 +my mom
tell my wife nothing and pay my landlord 2000 → -my wife +my landlord 2000
send my mother's landlord 500 → +my mother's landlord 500
I talked to my son, transfer 300 to my daughter → -my son 300 +my daughter
send 500 each to my mother and my father → 500 +my mother +my father
加两百 → >200
再加三百 → >300
多转两百 → >200
少转五十 → <50
减一百 → <100
金额加五千 → >5000
add 200 to that → >200
200 more → >200
take off 50 → <50
加到八百 → +800
减到三百 → +300
五六百 → ~500..600
加五六百 → >500..600
三四千块 → ~3000..4000
一两万 → ~10000..20000
五百左右 → ~500
大概五百 → ~500
about 500 → ~500
五百多块 → ~500
五百六 → 560
工资卡里还有八千呢 → -8000
上次那三百收到了 → -300
我今年65了 → -65
种了四十亩 → #40
养了三百头猪 → #300
挂失6688 → 6688
6688丢了 → 6688
block 4410 → 4410
不是从6688 → 6688
从5000改成6000 → 5000 +6000
转6688 → 6688
转6688元 → 6688
`
