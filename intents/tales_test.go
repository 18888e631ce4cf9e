package intents_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pingdui/pingdui/intents"
)

// told is a small set of tales: one kind of fraud and what sounds near to it.
const told = `
prize	说我中奖了要先交税
prize	中了一等奖让我打保证金
prize	客服说奖品要交手续费才寄
prize	they say I won and must pay tax first
none	公司抽奖中了个杯子
none	给儿子转学费
none	中奖的彩票在哪里兑
none	send 500 to Wang
`

func taught(tb testing.TB) *intents.Model {
	tb.Helper()
	examples, err := intents.ReadTSV(strings.NewReader(small), "small.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	tales, err := intents.ReadTSV(strings.NewReader(told), "told.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range examples { // what is asked of a bank is none, as in a release
		tales = append(tales, intents.Example{Intent: intents.NoTale, Text: e.Text})
	}
	m, err := intents.Train(context.Background(), examples, intents.Config{Tales: tales})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// What was taught is heard after the artefact was written and read; without tales
// the rules speak alone, and nothing is a tale.
func TestTale(t *testing.T) {
	t.Parallel()
	raw, err := taught(t).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	m, err := intents.Load(raw)
	if err != nil {
		t.Fatal(err)
	}
	if kind, p := m.Tale("说我中了大奖，让我先交税"); kind != "prize" || p < 0.6 {
		t.Errorf("%s %.2f", kind, p)
	}
	if kind, p := m.Tale("给儿子转学费"); p > 0.4 {
		t.Errorf("%s %.2f", kind, p)
	}
	if kind, p := train(t).Tale("说我中了大奖，让我先交税"); kind != "" || p != 0 {
		t.Errorf("untaught: %s %.2f", kind, p)
	}
	const police = "公安说我涉嫌洗钱，要我把钱转到安全账户"
	for name, model := range map[string]*intents.Model{"taught": m, "untaught": train(t)} {
		u := intents.NewUnderstander(model, intents.NewDetectors(), intents.Config{}).Understand(police, time.Unix(1_770_000_000, 0))
		if len(u.Scams) == 0 || strings.TrimSuffix(u.Scams[0], "?") != "safe_account" { // a sign at least: no tale speaks for it
			t.Errorf("%s: %v", name, u.Scams)
		}
	}
	if u := intents.NewUnderstander(m, intents.NewDetectors(), intents.Config{}).Understand("查一下余额", time.Unix(1_770_000_000, 0)); u.Scams != nil {
		t.Errorf("an ordinary question: %v", u.Scams)
	}
}
