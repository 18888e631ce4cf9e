package convtest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/scenes"
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

// scripted are conversations that reach every scene's own steps: the lines of
// its tests, in their order, for the generator to break off and mix.
var scripted = sync.OnceValue(func() []*convtest.Case {
	cases, problems := convtest.Load(scenes.FS, "scenes")
	if len(problems) > 0 {
		panic(problems[0].String())
	}
	return cases
})

// walks generates a conversation out of a scene's own one: it goes along for a
// while, between its steps anything else may happen, and what is asked of others
// is answered in any way.
func walks(t *rapid.T, cases []*convtest.Case) *convtest.Case {
	from := cases[rapid.IntRange(0, len(cases)-1).Draw(t, "case")]
	c := &convtest.Case{Name: "walk of " + from.Name, As: from.As, Edition: from.Edition, Locale: from.Locale, Employee: from.Employee, Closed: from.Closed, Bank: from.Bank, Knowledge: from.Knowledge}
	c.UseFixturesOf(from)
	stop := len(from.Steps) - rapid.IntRange(0, len(from.Steps)).Draw(t, "cut")
	for _, step := range from.Steps[:stop] {
		own := *step
		own.Expect, own.Try = convtest.Expect{}, true
		c.Steps = append(c.Steps, &own)
		if rapid.IntRange(0, 5).Draw(t, "between") == 5 {
			c.Steps = append(c.Steps, anything(t))
		}
	}
	for range rapid.IntRange(0, 8).Draw(t, "after") {
		c.Steps = append(c.Steps, anything(t))
	}
	if len(c.Steps) == 0 {
		c.Steps = append(c.Steps, anything(t))
	}
	return c
}

// anything is one thing that may happen at any moment.
func anything(t *rapid.T) *convtest.Turn {
	turn := &convtest.Turn{Try: true, Hold: rapid.IntRange(0, 3).Draw(t, "hold") == 0}
	switch rapid.IntRange(0, 12).Draw(t, "kind") {
	case 0, 1, 2, 3:
		turn.TapAny = rapid.IntRange(1, 1000).Draw(t, "tap")
	case 4:
		turn.Secure = map[string]string{"sms_code": "246810", "new_pin": "739201", "new_pin_again": "739201"}
	case 5:
		outcome := rapid.SampledFrom([]string{"passed", "refused", "unsafe", "failed", "", "nonsense"}).Draw(t, "outcome")
		turn.Session = &convtest.SessionTurn{
			Outcome: outcome, Reason: rapid.SampledFrom([]string{"", "理由"}).Draw(t, "reason"), Items: rapid.SampledFrom([]convtest.Names{{"all"}, {"face"}, {"no face"}, nil}).Draw(t, "items"),
			State: rapid.SampledFrom([]string{"started", "checking", "dropped", "ended", "ended", "failed"}).Draw(t, "state"), By: rapid.SampledFrom([]string{"A01", "A02", ""}).Draw(t, "by"),
			Fields: rapid.SampledFrom([]map[string]string{nil, {"card_tail": "4521"}, {"card_tail": "4521?"}, {"name": "李伟", "valid_until": "2036-05-01?"}}).Draw(t, "fields"),
		}
	case 6:
		turn.Event = &convtest.EventTurn{Name: rapid.SampledFrom([]string{"money.arrived", "nobody.waits"}).Draw(t, "event"), Value: map[string]string{"payer": "老客户"}}
	case 7:
		turn.Sign, turn.SignOld = true, rapid.Bool().Draw(t, "old")
	case 8:
		turn.Tick, turn.After = true, rapid.SampledFrom([]string{"1s", "11m", "40m", "30h", "200h"}).Draw(t, "after")
	case 9:
		turn.Open, turn.NewDevice = true, true
	case 10:
		turn.Recall = rapid.IntRange(0, 4).Draw(t, "recall") == 0
		turn.Say = "继续"
	case 11:
		turn.Desk = rapid.SampledFrom([]string{"queued", "accepted", "handed_back", "closed"}).Draw(t, "desk")
	default:
		turn.Say = rapid.SampledFrom(lines()).Draw(t, "line")
	}
	return turn
}

// Every conversation test as it stands, and every scene and step kind walked
// through at random: the recorded inputs give the same state again, step by step
// and across restarts, nothing runs without its read-back, its factor and, at L4,
// its check, and nothing of a recalled version runs.
func TestAnyWalkThroughAnySceneReplays(t *testing.T) {
	t.Parallel()
	set, understand := load(t)
	files, small := kinds()
	others, problems := convtest.Load(files, "scenes")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	smallUnderstand := understanding(small)
	seen := map[string]int{}
	for _, c := range scripted() {
		res := convtest.RunCase(noCancel(), set, c, understand)
		if diff := cmp.Diff(encode(t, replay(t, set, res.Trace)), encode(t, res.Final)); diff != "" {
			t.Fatalf("%s %s: replay differs: %s", c.Scene(), c.Name, diff)
		}
		checked(t, set, res.Trace, seen)
	}
	rapid.Check(t, func(t *rapid.T) {
		for _, w := range []struct {
			set        *content.Set
			understand convtest.Understand
			cases      []*convtest.Case
		}{{set, understand, scripted()}, {set, understand, scripted()}, {set, understand, scripted()}, {small, smallUnderstand, others}} {
			res := convtest.RunCase(noCancel(), w.set, walks(t, w.cases), w.understand)
			if !res.Passed {
				t.Fatal(res.Failure)
			}
			if diff := cmp.Diff(encode(t, replay(t, w.set, res.Trace)), encode(t, res.Final)); diff != "" {
				t.Fatalf("replay differs: %s", diff)
			}
			checked(t, w.set, res.Trace, seen)
		}
	})
	t.Logf("%v", seen)
	for _, what := range []string{"act", "act at L4", "session", "capture", "review", "started"} {
		if seen[what] == 0 {
			t.Errorf("no conversation saw: %s", what)
		}
	}
}

// checked holds every action against what came before it.
func checked(t interface{ Fatalf(string, ...any) }, set *content.Set, trace []convtest.Traced, seen map[string]int) {
	passed := map[string]bool{} // reviews that a person let pass
	committed := map[string]bool{}
	for _, x := range trace {
		if x.Afresh {
			clear(passed)
			clear(committed)
		}
		if e, ok := x.Event.(dialogue.SessionChanged); ok && e.Outcome == flow.OutcomePassed && e.State == "ended" {
			passed[e.Session] = true
		}
		for _, fx := range x.Effects {
			switch e := fx.(type) {
			case dialogue.Session:
				seen[e.Kind]++
			case dialogue.Note:
				if e.Kind == dialogue.NoteStarted {
					seen["started"]++
				}
			case dialogue.Act:
				seen["act"]++
				key := fmt.Sprint(e.Instance, e.Step, e.Visit)
				if committed[key] {
					t.Fatalf("action %s committed twice", key)
				}
				committed[key] = true
				if slices.Contains(x.Context.Recalled, e.Hash) {
					t.Fatalf("%s of a recalled version", e.Operation)
				}
				f := set.Pinned(e.Hash)
				call := f.Step(e.Step).Call
				if call.Level.AtLeast(flow.Level2) && e.Reference == "" {
					t.Fatalf("%s without a factor", e.Operation)
				}
				if call.Level == flow.Level4 {
					seen["act at L4"]++
					if review, _ := e.Args["review"].(string); !passed[review] {
						t.Fatalf("%s with a check %q that nobody passed", e.Operation, review)
					}
				}
			}
		}
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
		if x.Afresh {
			st = dialogue.State{}
		}
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
