package convtest_test

import (
	"encoding/xml"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pingdui/pingdui/assistant/convtest"
)

// junit is a reader's view of the file, apart from the writer's types.
type junit struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Suites   []struct {
		Name  string `xml:"name,attr"`
		Tests int    `xml:"tests,attr"`
		Fails int    `xml:"failures,attr"`
		Time  string `xml:"time,attr"`
		Cases []struct {
			Name    string `xml:"name,attr"`
			Line    int    `xml:"line,attr"`
			Time    string `xml:"time,attr"`
			Failure *struct {
				Message string `xml:"message,attr"`
			} `xml:"failure"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	set, understand := load(t)
	files := fstest.MapFS{
		"scenes/01-balance/tests/a.yaml": {Data: []byte("- name: 问余额 <&>\n  steps:\n    - say: 查余额\n")},
		"scenes/13-transfer/tests/b.yaml": {Data: []byte(`- name: fails
  tags: [repair]
  steps:
    - say: 给妈转五百
    - say: 算了
      reply: 没有这句话
`)},
		"scenes/13-transfer/tests/c.yaml": {Data: []byte("- nonsense: 1\n")},
	}
	rep := convtest.Run(t.Context(), set, files, []string{"scenes"}, understand)
	var b strings.Builder
	if err := rep.WriteJUnit(&b); err != nil {
		t.Fatal(err)
	}
	var got junit
	if err := xml.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	if got.Tests != 3 || got.Failures != 2 || len(got.Suites) != 2 {
		t.Fatalf("got %+v, want 3 tests in 2 suites, 2 of them failed", got)
	}
	first, second := got.Suites[0], got.Suites[1]
	if first.Name != "01-balance" || first.Fails != 0 || first.Time == "" || first.Cases[0].Name != "问余额 <&>" || first.Cases[0].Time == "" {
		t.Errorf("the first suite is %+v", first)
	}
	if second.Name != "13-transfer" || second.Tests != 2 || second.Fails != 2 {
		t.Fatalf("the second suite is %+v", second)
	}
	var messages []string
	for _, c := range second.Cases {
		if c.Failure != nil {
			messages = append(messages, c.Failure.Message)
		}
	}
	if all := strings.Join(messages, "\n"); !strings.Contains(all, "tests/b.yaml:5: step 2") || !strings.Contains(all, "tests/c.yaml:1") {
		t.Errorf("the failures don't name file and line: %s", all)
	}
	if want := "3 tests (1 about repair, 2 of money or identity) in 2 scenes: 1 passed, 2 failed"; !strings.HasPrefix(rep.Summary(), want) {
		t.Errorf("the summary is %q, want %q …", rep.Summary(), want)
	}
}
