package intents_test

import (
	"testing"

	"github.com/pingdui/pingdui/intents"
)

// ordinary are lines of every day, short and long, on which the rules are timed.
var ordinary = []string{
	"给妈转五百", "查一下余额", "不对，是三千，不是三千五", "我想把这个月的信用卡账单还了，从尾号6688那张卡扣，全额还",
	"上个月给房东转的房租好像没到账，他说没收到，帮我查一下是怎么回事，回单能不能发我一份", "send 3500 to my son from my salary card, please",
	"你好，请问我想给在外地上大学的孩子每个月一号自动转生活费两千块，要带什么证件到网点办吗，还是手机上就能开，手续费多少",
	"医院催押金了，我妈明天手术，先转两万给市一院住院处，快点",
}

// A message is weighed by hundreds of expressions; each looks only where its own
// words stand.
func BenchmarkScams(b *testing.B) {
	d := intents.NewDetectors()
	for i := 0; b.Loop(); i++ {
		d.Scams(ordinary[i%len(ordinary)])
	}
}

func BenchmarkAlarms(b *testing.B) {
	d := intents.NewDetectors()
	for i := 0; b.Loop(); i++ {
		d.Alarms(ordinary[i%len(ordinary)])
	}
}

func BenchmarkActs(b *testing.B) {
	d := intents.NewDetectors()
	for i := 0; b.Loop(); i++ {
		d.Acts(ordinary[i%len(ordinary)])
	}
}
