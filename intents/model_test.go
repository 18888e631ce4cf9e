package intents_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pingdui/pingdui/intents"
)

// small is a set as an editor starts with: few intents, few examples.
const small = `
balance	查一下余额
balance	我卡里还有多少钱
balance	看看账户余额
balance	余额还剩多少
balance	活期里面有多少钱
balance	帮我查查还有几个钱
balance	what is my balance
balance	how much money do I have
transfer	我要转账
transfer	给老王转五百块
transfer	帮我汇点钱给儿子
transfer	转三千到我妈卡上
transfer	给房东打房租
transfer	怎么把钱转给别人
transfer	transfer money to my son
transfer	send 500 to Wang
lost_card	卡丢了要挂失
lost_card	银行卡不见了
lost_card	我的卡被偷了赶紧停掉
lost_card	挂失信用卡
lost_card	钱包掉了卡在里面
lost_card	卡找不到了怎么办
lost_card	I lost my card
lost_card	my card is missing
reset_pin	忘了取款密码
reset_pin	密码忘记了怎么重置
reset_pin	重新设置卡密码
reset_pin	取钱密码想不起来了
reset_pin	改一下银行卡密码
reset_pin	密码输错被锁了
reset_pin	I forgot my pin
reset_pin	reset my card pin
rates	定期利率多少
rates	三年存款利息是多少
rates	存一年能拿多少利息
rates	大额存单利率
rates	现在存钱利率高吗
rates	定期存款到期能有多少利息
rates	what is the deposit rate
rates	interest rate for one year
`

func train(tb testing.TB) *intents.Model {
	tb.Helper()
	examples, err := intents.ReadTSV(strings.NewReader(small), "small.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	m, err := intents.Train(context.Background(), examples, intents.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestPredictReachesTheIntentInAnySpelling(t *testing.T) {
	t.Parallel()
	m := train(t)
	for text, want := range map[string]string{
		"余额还有多少":        "balance",
		"查詢賬戶餘額":        "balance",
		"查余鹅":           "balance",
		"yu e duo shao": "balance",
		"chayue":        "balance",
		"麻烦您帮我看下卡里还有多少钱谢谢": "balance",
		"给小李转三百":              "transfer",
		"轉帳":                  "transfer",
		"专账给儿子":               "transfer",
		"zhuanzhang":          "transfer",
		"我的卡掉了":               "lost_card",
		"挂十":                  "lost_card",
		"guashi":              "lost_card",
		"密码忘啦":                "reset_pin",
		"利息多少":                "rates",
		"ＦＯＲＧＯＴ　ＰＩＮ":          "reset_pin",
		"trasnfer money":      "transfer", //nolint:misspell // a typing error is what is tested
		"i have lost my crad": "lost_card",
	} {
		p := m.Predict(text)
		if len(p.Scores) == 0 || p.Scores[0].Intent != want {
			t.Errorf("%s: %+v, want %s", text, p, want)
		}
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	m := train(t)
	for text, want := range map[string]intents.VerdictKind{
		"查一下余额": intents.Act, "我要转账": intents.Act, "卡丢了，我要挂失": intents.Act,
		"今天天气怎么样": intents.Reject, "who will win the election": intents.Reject, "讲个笑话": intents.Reject, "": intents.Reject, "？？？": intents.Reject, "asdkjh": intents.Reject,
	} {
		p := m.Predict(text)
		if got := intents.Decide(p, intents.Config{}); got.Kind != want {
			t.Errorf("%q: %s, want %s (%+v)", text, got.Kind, want, p)
		}
	}
	two := intents.Prediction{InScope: 0.9, Scores: []intents.Score{{Intent: "a", P: 0.45}, {Intent: "b", P: 0.4}}}
	if v := intents.Decide(two, intents.Config{}); v.Kind != intents.Ask || len(v.Intents) != 2 {
		t.Errorf("two near candidates: %+v", v)
	}
}

func TestArtefactIsDeterministicAndLoads(t *testing.T) {
	t.Parallel()
	m := train(t)
	a, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	b, _ := train(t).MarshalBinary()
	if !bytes.Equal(a, b) {
		t.Error("the same examples gave other bytes")
	}
	back, err := intents.Load(a)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"给老王转五百", "余额", "I lost my card"} {
		p, q := m.Predict(text), back.Predict(text)
		if p.InScope != q.InScope || p.Scores[0] != q.Scores[0] {
			t.Errorf("%s: %+v, loaded %+v", text, p, q)
		}
	}
	if len(intents.Hash(a)) != 64 {
		t.Error("an artefact has a hash")
	}
	for _, bad := range [][]byte{nil, a[:40], a[:len(a)-1], append(bytes.Clone(a), 0), func() []byte { x := bytes.Clone(a); x[len(x)/2] ^= 1; return x }(), func() []byte { x := bytes.Clone(a); x[4] = 9; return x }()} {
		if _, err := intents.Load(bad); !errors.Is(err, intents.ErrArtefact) {
			t.Errorf("damaged bytes: %v", err)
		}
	}
}

func TestTrainRefuses(t *testing.T) {
	t.Parallel()
	if _, err := intents.Train(context.Background(), nil, intents.Config{}); !errors.Is(err, intents.ErrNoExamples) {
		t.Errorf("no examples: %v", err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	gone := errors.New("the editor left")
	cancel(gone)
	if _, err := intents.Train(ctx, []intents.Example{{Intent: "a", Text: "x"}, {Intent: "b", Text: "y"}}, intents.Config{}); !errors.Is(err, gone) {
		t.Errorf("cancelled: %v", err)
	}
	m, err := intents.Train(context.Background(), []intents.Example{{Intent: "a", Text: "你好"}}, intents.Config{})
	if err != nil || m.Predict("你好").Scores[0].Intent != "a" {
		t.Errorf("one example: %v", err)
	}
}

func TestReadTSVNamesTheLine(t *testing.T) {
	t.Parallel()
	_, err := intents.ReadTSV(strings.NewReader("a\tb\n\nbad line\n"), "x.tsv")
	if err == nil || !strings.Contains(err.Error(), "x.tsv:3") {
		t.Errorf("%v", err)
	}
}

func TestEvaluate(t *testing.T) {
	t.Parallel()
	examples, _ := intents.ReadTSV(strings.NewReader(small), "small.tsv")
	test := []intents.Example{{Intent: "balance", Text: "余额有多少"}, {Intent: "transfer", Text: "转账给老李"}, {Intent: "balance", Text: "查一下余额"}}
	oos := []intents.Example{{Intent: "oos", Text: "明天下雨吗"}, {Intent: "oos", Text: "唱首歌"}}
	r, err := intents.Evaluate(context.Background(), examples, test, nil, oos, nil, intents.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Accuracy != 1 || r.Left != 1 || r.OOS == nil || r.OOS.AUROC != 1 || r.Intents != 5 {
		t.Errorf("%+v %+v", r, r.OOS)
	}
}

func TestUnderstand(t *testing.T) {
	t.Parallel()
	u := intents.NewUnderstander(train(t), intents.NewDetectors(), intents.Config{})
	x := u.Understand("查下余额，再给老王转500块", time.Date(2026, 3, 11, 10, 30, 0, 0, time.UTC))
	if len(x.Parts) != 2 || len(x.Entities) != 2 || x.Language != "zh" || len(x.Intents) == 0 {
		t.Errorf("%+v", x)
	}
	none := intents.NewUnderstander(nil, intents.NewDetectors(), intents.Config{})
	if y := none.Understand("转人工", time.Now()); len(y.Alarms) != 1 || y.Verdict.Kind != intents.Reject {
		t.Errorf("without a model: %+v", y)
	}
}

func FuzzLoad(f *testing.F) {
	a, _ := train(f).MarshalBinary()
	f.Add(a)
	f.Add([]byte("PDIM"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := intents.Load(b); err == nil {
			m.Predict("余额")
		}
	})
}

func FuzzUnderstand(f *testing.F) {
	f.Add("查下余额，再给老王转500")
	u := intents.NewUnderstander(train(f), intents.NewDetectors(), intents.Config{})
	f.Fuzz(func(t *testing.T, s string) {
		x := u.Understand(s, time.Unix(1_770_000_000, 0))
		if x.InScope < 0 || x.InScope > 1 {
			t.Fatalf("%+v", x)
		}
	})
}

func BenchmarkUnderstand(b *testing.B) {
	u := intents.NewUnderstander(train(b), intents.NewDetectors(), intents.Config{})
	for b.Loop() {
		u.Understand("明天下午给老王转三千五", time.Unix(1_770_000_000, 0))
	}
}
