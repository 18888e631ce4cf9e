package flow_test

import (
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant/flow"
)

const assisted = `flow: release
name: {zh: 解锁, en: release}
level: L1
slots:
  - {name: holder, kind: text, label: {zh: 姓名, en: Name}, ask: {zh: 姓名？, en: "Name?"}}
  - {name: day, kind: date, label: {zh: 日期, en: Day}, ask: {zh: 哪天？, en: "Which day?"}}
steps:
  - id: photo
    capture:
      of: photo
      title: {zh: 证件, en: ID}
      fields: {name: holder}
      save: front
  - id: meet
    session:
      role: tutor
      medium: video
      text: {zh: 请同事来, en: A colleague comes}
      save: met
  - id: check
    review:
      role: reviewer
      by: other
      title: {zh: 核对, en: Check}
      items:
        - {id: face, label: {zh: 人脸, en: Face}}
      text: {zh: 正在核对, en: Checking}
      on: {refused: no}
  - id: money
    wait:
      for: money.arrived
      within: 10m
      text: {zh: 等一下, en: Wait}
  - id: letter
    sign:
      title: {zh: 承诺书, en: Letter}
      document: {zh: 我承诺。, en: I promise.}
      save: signed
  - id: later
    schedule:
      at: day
      text: {zh: 到时候办, en: Then}
  - id: readback
    confirm:
      for: release
      text: {zh: "给{{ .holder }}解锁？", en: "Release {{ .holder }}?"}
      yes: {zh: 解锁, en: Release}
  - id: box
    stepup:
      for: release
      level: '"L4"'
      title: {zh: 验证, en: Check}
      text: {zh: 请验证, en: Verify}
  - id: release
    call:
      operation: bank.release
      irreversible: true
      level: L4
      args: {holder: holder}
      doing: {zh: 办理中, en: Working}
  - id: end
    end: {result: done}
  - id: no
    end: {result: refused}
`

func TestOutsideSteps(t *testing.T) {
	t.Parallel()
	f, problems := flow.Parse("release.yaml", []byte(assisted))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := f.Step("money").Outside().Patience.String(); got != "10m0s" {
		t.Errorf("the wait is %s", got)
	}
	if got := f.Step("meet").Outside().Patience.String(); got != "10m0s" {
		t.Errorf("a session waits %s where nothing is said", got)
	}
	if !f.Step("photo").Uses("holder") {
		t.Error("a capture does not use the slot it fills")
	}
}

func TestOutsideStepsAreRefusedWithPlaceAndRemedy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, new string
		line     int
		text     string
	}{
		"wait without a deadline":    {"      within: 10m\n", "", 31, "without a deadline"},
		"wait for nothing":           {"      for: money.arrived\n", "", 31, "waits for nothing"},
		"no time":                    {"within: 10m", "within: soon", 32, "no time to wait"},
		"unknown outcome":            {"on: {refused: no}", "on: {maybe: no}", 28, `has no outcome "maybe"`},
		"outcome leads nowhere":      {"on: {refused: no}", "on: {refused: nowhere}", 20, `leads to "nowhere"`},
		"capture of what":            {"      of: photo\n", "", 10, "captures nothing"},
		"capture of something else":  {"of: photo", "of: smell", 10, `of "smell"`},
		"capture fills no slot":      {"fields: {name: holder}", "fields: {name: nobody}", 12, `fills "nobody"`},
		"capture kept nowhere":       {"      save: front\n", "", 10, "kept nowhere"},
		"signature kept nowhere":     {"      save: signed\n", "", 36, "kept nowhere"},
		"document without English":   {"document: {zh: 我承诺。, en: I promise.}", "document: {zh: 我承诺。}", 37, "no wording for en"},
		"unknown role":               {"role: reviewer", "role: king", 22, `role "king"`},
		"check list for nobody":      {"      role: reviewer\n", "", 22, "nobody to tick it"},
		"unknown medium":             {"medium: video", "medium: smoke", 17, `medium "smoke"`},
		"unknown queue":              {"role: tutor", "role: tutor\n      queue: vip", 17, `queue "vip"`},
		"other than nobody":          {"  - id: meet\n    session:\n      role: tutor\n      medium: video\n      text: {zh: 请同事来, en: A colleague comes}\n      save: met\n", "", 0, "nobody handles it before"},
		"by whom":                    {"by: other", "by: me", 23, `by "me"`},
		"item twice":                 {"        - {id: face, label: {zh: 人脸, en: Face}}\n", "        - {id: face, label: {zh: 人脸, en: Face}}\n        - {id: face, label: {zh: 人脸, en: Face}}\n", 27, "is empty or taken"},
		"nothing mandatory":          {"{id: face, label", "{id: face, optional: true, label", 26, "no item has to be ticked"},
		"item without English":       {"label: {zh: 人脸, en: Face}", "label: {zh: 人脸}", 26, "no wording for en"},
		"empty check list":           {"      items:\n        - {id: face, label: {zh: 人脸, en: Face}}\n", "", 22, "empty check list"},
		"put off to no time":         {"      at: day\n", "", 41, "no time, or to two"},
		"put off to two times":       {"      at: day\n", "      at: day\n      after: 3h\n", 41, "no time, or to two"},
		"unknown key":                {"within: 10m", "inside: 10m", 32, "inside"},
		"a refusal that runs anyway": {"on: {refused: no}", "on: {refused: readback}", 0, "without a person having checked"},
		"a check that is skipped":    {"  - id: check\n    review:", "  - id: check\n    when: holder == \"\"\n    review:", 0, "without a person having checked"},
		"round and round with nobody": {
			"on: {refused: no}", "on: {refused: no, closed: again}", 0, "waits for nobody",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := strings.Replace(assisted, c.old, c.new, 1)
			if src == assisted {
				t.Fatal("the defect is not planted")
			}
			if name == "round and round with nobody" {
				src += "  - {id: again, say: {text: {zh: 再试, en: Again}}, next: check}\n"
			}
			_, problems := flow.Parse("release.yaml", []byte(src))
			for _, p := range problems {
				if strings.Contains(p.Text, c.text) && p.File == "release.yaml" && p.Line > 0 && p.Column > 0 && p.Remedy != "" && (c.line == 0 || p.Line == c.line) {
					return
				}
			}
			t.Errorf("want %q at line %d, got %v", c.text, c.line, problems)
		})
	}
}
