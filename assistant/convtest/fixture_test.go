package convtest

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pingdui/pingdui/assistant/dialogue"
)

func TestAScenesOwnBankAnswersItsOperations(t *testing.T) {
	t.Parallel()
	f, problems := LoadFixtures(fstest.MapFS{
		"scenes/20-mandates/bank.yaml": {Data: []byte(`
reads:
  mandates.list:
    - when: {customer: C001}
      value: {mandates: []}
    - value: {mandates: [{id: m1, merchant: 示例自来水}], for: "${customer}"}
acts:
  bank.mandate_stop:
    level: L2
    answers:
      - when: {mandate: m2}
        refused: {code: in_arrears, text: 还有欠费, text_en: Arrears}
      - value: {number: "${number}", mandate: "${mandate}"}
`)},
	})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	b := newBank(nil, f)
	if got := string(b.read("mandates.list", map[string]any{"customer": "C002"}).value); !strings.Contains(got, "示例自来水") || !strings.Contains(got, `"for":"C002"`) {
		t.Errorf("read %s", got)
	}
	if got := string(b.read("mandates.list", map[string]any{"customer": "C001"}).value); got != `{"mandates":[]}` {
		t.Errorf("the narrower answer is first: got %s", got)
	}
	if got := b.read("nobody.knows", nil); got.outcome != dialogue.Failed {
		t.Errorf("an unknown operation gave %v", got.outcome)
	}
	act := func(mandate, code string) answer {
		ref := b.fill("box-1", map[string]string{"sms_code": code})
		return b.act(ref, dialogue.Act{Operation: "bank.mandate_stop", Args: map[string]any{"mandate": mandate}, Reference: ref})
	}
	if got := act("m1", "000000"); got.code != "wrong_code" {
		t.Errorf("a wrong code gave %q", got.code)
	}
	if got := act("m2", "246810"); got.outcome != dialogue.Refused || got.code != "in_arrears" {
		t.Errorf("the refusal is %v %q", got.outcome, got.code)
	}
	if got := act("m1", "246810"); got.outcome != dialogue.Done || !strings.Contains(string(got.value), `"mandate":"m1"`) {
		t.Errorf("the act gave %v %s", got.outcome, got.value)
	}
}

func TestAnOperationBelongsToOneScene(t *testing.T) {
	t.Parallel()
	one := []byte("reads:\n  x.list:\n    - value: {}\n")
	_, problems := LoadFixtures(fstest.MapFS{"scenes/a/bank.yaml": {Data: one}, "scenes/b/bank.yaml": {Data: one}})
	if len(problems) != 1 || !strings.Contains(problems[0].String(), "x.list") {
		t.Errorf("got %v, want one problem that names the operation", problems)
	}
}
