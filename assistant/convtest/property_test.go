package convtest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// lines are what generated customers say: every repair pattern among them.
func lines() []string {
	return []string{
		"给妈转五百", "给老王转三千", "转账", "查余额", "我的卡丢了", "取款密码忘了", "不对，三千", "改成八百", "不是老王是小李", "第二个", "第一个",
		"确认", "好的", "嗯", "随便", "算了", "别转了", "继续", "不办了", "再说一遍", "等一下", "好的，另外要手续费吗？", "多久到账？", "定期存款利率是多少？",
		"人工", "6688", "3519", "是另一张卡", "给爸转两万", "五百", "妈", "换卡", "啦啦啦", "查下余额，再给妈转一百", "不是挂失，就锁一下", "yes", "no, make it 300",
		"我不是要转账", "不对", "可以", "全部", "备注生活费", "用尾号3519", "换工资卡付", "转一百给他", "不用人工了", "换小安", "换小达", "改成1,00", "我不会弄", "请小达来办", "行", "确认转账五百", "不用了",
	}
}

// turns generates one conversation.
func turns(t *rapid.T) *convtest.Case {
	c := &convtest.Case{
		Name: "generated", As: rapid.SampledFrom([]string{"C001", "C002", "C002", "C002"}).Draw(t, "who"),
		Edition:  rapid.SampledFrom([]string{"standard", "elder"}).Draw(t, "edition"),
		Employee: rapid.SampledFrom([]string{"xiaoda", "xiaoda", "xiaoan"}).Draw(t, "employee"),
	}
	// Half of them begin with something that can end in an action.
	if rapid.Bool().Draw(t, "purpose") {
		c.Steps = append(c.Steps, &convtest.Turn{Say: rapid.SampledFrom([]string{"给妈转五百", "尾号6688的卡要挂失", "给爸转八百", "给儿子转一百"}).Draw(t, "first")})
		if rapid.Bool().Draw(t, "sure") {
			c.Steps = append(c.Steps, &convtest.Turn{Say: "确认"})
		}
	}
	n := rapid.IntRange(1, 25).Draw(t, "turns")
	for range n {
		turn := &convtest.Turn{Try: true, Hold: rapid.IntRange(0, 3).Draw(t, "hold") == 0, Unseen: rapid.IntRange(0, 5).Draw(t, "unseen") == 0}
		switch rapid.IntRange(0, 11).Draw(t, "kind") {
		case 0, 1, 2, 3:
			turn.TapAny = rapid.IntRange(1, 1000).Draw(t, "tap")
		case 4:
			turn.Secure = map[string]string{"sms_code": rapid.SampledFrom([]string{"246810", "000000"}).Draw(t, "code"), "new_pin": "739201", "new_pin_again": "739201"}
			turn.SecureOld = rapid.Bool().Draw(t, "old")
		case 5:
			turn.Edit = map[string]string{"amount": rapid.SampledFrom([]string{"1", "600", "0", "x"}).Draw(t, "edit")}
		case 6:
			switch rapid.IntRange(0, 5).Draw(t, "rare") {
			case 0:
				turn.Open, turn.NewDevice = true, true
			case 1:
				turn.Tick = true
			case 2:
				turn.Change = rapid.SampledFrom([]string{"xiaoan", "xiaoda"}).Draw(t, "to")
			case 3:
				turn.Replay = true
			case 4:
				turn.Desk = rapid.SampledFrom([]string{"queued", "accepted", "handed_back"}).Draw(t, "desk")
			case 5:
				turn.Say, turn.After = "确认", "45m"
			}
		default:
			turn.Say = rapid.SampledFrom(lines()).Draw(t, "line")
		}
		c.Steps = append(c.Steps, turn)
	}
	return c
}

func TestAnyConversationReplaysAndMovesMoneyOnlyAsReadBack(t *testing.T) {
	t.Parallel()
	set, understand := load(t)
	acts := 0
	rapid.Check(t, func(t *rapid.T) {
		res := convtest.RunCase(noCancel(), set, turns(t), understand)
		if !res.Passed {
			t.Fatal(res.Failure)
		}
		if diff := cmp.Diff(encode(t, replay(t, set, res.Trace)), encode(t, res.Final)); diff != "" {
			t.Fatalf("replay differs: %s", diff)
		}
		acts += readBackFirst(t, res.Trace)
	})
	if acts == 0 {
		t.Error("no generated conversation ran anything: the property proves nothing")
	}
	t.Logf("%d actions in generated conversations", acts)
}

func encode(t interface{ Fatal(...any) }, s dialogue.State) string {
	b, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// replay decides the recorded events again.
func replay(t interface{ Fatal(...any) }, set *content.Set, trace []convtest.Traced) dialogue.State {
	var st dialogue.State
	for _, x := range trace {
		before := encode(t, st)
		next, fx, err := dialogue.Step(set, st, x.Context, x.Event)
		if err != nil {
			t.Fatal(err)
		}
		if encode(t, st) != before {
			t.Fatal("Step wrote to the state it was given")
		}
		if diff := cmp.Diff(fx, x.Effects); diff != "" {
			t.Fatal("effects differ: " + diff)
		}
		b, err := json.Marshal(next)
		if err != nil {
			t.Fatal(err)
		}
		st = dialogue.State{}
		if err := json.Unmarshal(b, &st); err != nil {
			t.Fatal(err)
		}
	}
	return st
}

// readBackFirst checks every action against what the customer saw: the last
// read-back shows this amount and this option, a plain yes came after it, and
// one yes ran one action. It knows nothing of hashes.
func readBackFirst(t interface{ Fatalf(string, ...any) }, trace []convtest.Traced) int {
	type readback struct {
		message flow.Message
		yes     bool
		cards   map[string]bool // stopped on this read-back
	}
	shown := map[string]*readback{} // by flow instance
	last, n := "", 0
	seen := map[string]bool{}
	for _, x := range trace {
		switch e := x.Event.(type) {
		case dialogue.Tapped:
			if part := strings.Split(e.ID, "|"); part[0] == "yes" && shown[part[1]] != nil {
				r := shown[part[1]]
				r.yes = r.yes || slices.ContainsFunc(r.message.Actions, func(a flow.Action) bool { return a.ID == e.ID })
			}
		case dialogue.ActionDone:
			// Only the box was wrong: the bank did nothing and the yes still stands.
			if r := shown[e.Instance]; r != nil && e.Outcome == dialogue.Refused && (e.Code == "wrong_code" || e.Code == "mismatch" || e.Code == "weak_pin") {
				r.yes = true
			}
		case dialogue.Said:
			// Money moves on a plain 确认 alone.
			if r := shown[last]; r != nil && slices.Contains(e.Understanding.Acts, dialogue.ActAffirmExact) && (r.message.Card.Amount == nil || e.Text == "确认") {
				r.yes = true
			}
		}
		for _, fx := range x.Effects {
			switch e := fx.(type) {
			case dialogue.Say:
				if e.Message.Kind == flow.KindConfirm {
					last = strings.Split(e.Message.Actions[0].ID, "|")[1]
					shown[last] = &readback{message: e.Message, cards: map[string]bool{}}
				}
			case dialogue.Act:
				n++
				key := fmt.Sprint(e.Instance, e.Step, e.Visit)
				if seen[key] {
					t.Fatalf("action %s committed twice", key)
				}
				seen[key] = true
				r := shown[e.Instance]
				if r == nil || !r.yes {
					t.Fatalf("%s ran without a yes to a read-back", e.Operation)
				}
				if a, ok := e.Args["amount"].(string); ok && r.message.Card.Amount.Figures != flow.Money(a, "zh") && r.message.Card.Amount.Figures != flow.Money(a, "en") {
					t.Fatalf("%s of %s after a read-back of %s", e.Operation, a, r.message.Card.Amount.Figures)
				}
				if e.Operation != "bank.card_loss" && e.Reference == "" {
					t.Fatalf("%s without a factor", e.Operation)
				}
				r.yes = false
				if e.Operation == "bank.card_loss" {
					// One yes stops each of the cards that were read back, once.
					card := fmt.Sprint(e.Args["card"])
					if r.cards[card] {
						t.Fatalf("%s was stopped twice on one yes", card)
					}
					r.cards[card] = true
					r.yes = len(r.cards) < strings.Count(r.message.Card.Rows[0].Value, "尾号")
				}
			}
		}
	}
	return n
}
