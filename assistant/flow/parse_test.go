package flow_test

import (
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant/flow"
)

const good = `flow: pay
name: {zh: 付款, en: payment}
level: L1
slots:
  - name: amount
    kind: amount
    label: {zh: 金额, en: Amount}
    ask: {zh: 多少？, en: "How much?"}
steps:
  - id: form
    ask: amount
  - id: check
    confirm:
      for: do
      text: {zh: "付 {{ money .amount }}？", en: "Pay {{ money .amount }}?"}
      yes: {zh: 确认, en: "Yes"}
  - id: code
    stepup:
      for: do
      level: '"L2"'
      title: {zh: 验证, en: Check}
      text: {zh: 请验证, en: Please verify}
  - id: do
    call:
      operation: bank.pay
      irreversible: true
      level: L2
      args: {amount: amount}
      doing: {zh: 办理中, en: Working}
      on: {refused: end, unknown: end}
  - id: end
    end: {result: done}
`

func TestParseGoodFlow(t *testing.T) {
	t.Parallel()
	f, problems := flow.Parse("pay.yaml", []byte(good))
	if len(problems) > 0 || f.Hash == "" || f.Step("do") == nil {
		t.Fatalf("%v %+v", problems, f)
	}
	if !f.Step("check").Uses("amount") {
		t.Error("the confirm does not use what its call uses")
	}
}

// A box may stand before a read, and then no way leads past it; a read is
// confirmed by nobody.
func TestParseBoxOfARead(t *testing.T) {
	t.Parallel()
	read := strings.Replace(good, "  - id: check\n", `  - id: box
    stepup: {for: look, level: '"L1"', title: {zh: 账号, en: Number}, text: {zh: 请填, en: Please enter}}
  - id: look
    call: {operation: payees.check, save: found}
  - id: check
`, 1)
	f, problems := flow.Parse("pay.yaml", []byte(read))
	if len(problems) > 0 || f.Box(f.Step("look")) != f.Step("box") {
		t.Fatalf("%v", problems)
	}
	for old, want := range map[string]string{
		"  - id: box\n": "past it", "for: look": "is no irreversible call",
	} {
		bad := strings.Replace(read, old, old+"    when: amount == \"1\"\n", 1)
		if old == "for: look" {
			bad = strings.Replace(read, "confirm:\n      for: do", "confirm:\n      for: look", 1)
		}
		_, problems := flow.Parse("pay.yaml", []byte(bad))
		if len(problems) == 0 || !strings.Contains(problems[0].Text, want) {
			t.Errorf("%q: %v, want %q", old, problems, want)
		}
	}
}

func TestParseNamesPlaceAndRemedy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, new string
		line     int
		text     string
	}{
		"unknown key":          {"careful", "x", 0, ""},
		"unknown alarm":        {"level: L1\n", "level: L1\nhears: [complaints]\n", 4, `hears: unknown word "complaints"`},
		"unknown mishap":       {"level: L1\n", "level: L1\nemergency: true\nstops: [fire]\n", 5, `stops: unknown word "fire"`},
		"stops nothing":        {"level: L1\n", "level: L1\nstops: [loss]\n", 4, "emergency flow only"},
		"unknown slot":         {"ask: amount", "ask: amounts", 11, `asks for "amounts"`},
		"unknown step":         {"refused: end", "refused: nowhere", 23, `leads to "nowhere"`},
		"unreachable":          {"  - id: end\n    end: {result: done}\n", "  - id: end\n    end: {result: done}\n  - id: lost\n    end: {result: done}\n", 33, "can't be reached"},
		"no english":           {`{zh: 验证, en: Check}`, `{zh: 验证}`, 21, "no wording for en"},
		"no confirm":           {"  - id: check\n", "  - id: check\n    when: amount == \"1\"\n", 0, "without its read-back"},
		"no stepup":            {"  - id: code\n", "  - id: code\n    when: amount == \"1\"\n", 0, "without a step-up"},
		"no level":             {"      level: L2\n", "", 0, "has no identity level"},
		"two kinds":            {"    ask: amount\n", "    ask: amount\n    end: {result: done}\n", 0, "two kinds"},
		"an address":           {"operation: bank.pay", "operation: https://evil.example/x", 0, "no operation's name"},
		"a bare word":          {"operation: bank.pay", "operation: pay", 0, "no operation's name"},
		"bad expression":       {"args: {amount: amount}", "args: {amount: totals}", 0, "totals"},
		"unknown name in text": {"{{ money .amount }}？", "{{ money .total }}？", 0, `reads "total"`},
		"function in text":     {"{{ money .amount }}？", "{{ printf .amount }}？", 0, "printf"},
		"read-back hides":      {"付 {{ money .amount }}？\", en: \"Pay {{ money .amount }}?", "付款？\", en: \"Pay?", 14, "without amount"},
		"unknown level":        {"      level: L2\n", "      level: L9\n", 0, "has no identity level"},
		"L4 unreviewed":        {"      level: L2\n", "      level: L4\n", 23, "without a person having checked"},
		"runs off the end":     {"  - id: end\n    end: {result: done}\n", "  - id: end\n    say: {text: {zh: 好, en: ok}}\n", 0, "runs off the end"},
		"loop over one":        {"    ask: amount\n", "    loop: {slot: amount, to: form}\n", 0, "takes no more than one"},
		"loop":                 {"  - id: end\n    end: {result: done}\n", "  - id: end\n    say: {text: {zh: 好, en: ok}}\n    next: again\n  - id: again\n    branch:\n      - {when: amount == \"1\", next: bye}\n      - {next: end}\n  - id: bye\n    end: {result: done}\n", 0, "waits for nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := strings.Replace(good, c.old, c.new, 1)
			if name == "unknown key" {
				src = strings.Replace(good, "level: L1", "level: L1\nlevels: L2", 1)
				c.line, c.text = 4, "levels"
			}
			_, problems := flow.Parse("pay.yaml", []byte(src))
			if len(problems) == 0 {
				t.Fatal("no problem")
			}
			for _, p := range problems {
				if strings.Contains(p.Text, c.text) && p.Line > 0 && strings.Contains(p.Remedy, " / ") && (c.line == 0 || p.Line == c.line) {
					return
				}
			}
			t.Errorf("want %q at line %d, got %v", c.text, c.line, problems)
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("flow: x\nsteps: [{id: a, branch: [{next: a}]}]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		fl, problems := flow.Parse("f.yaml", b)
		if fl == nil && len(problems) == 0 {
			t.Error("neither a flow nor a problem")
		}
	})
}
