package handoff

import (
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/flow"
)

func TestASummaryCutsNoNumber(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("我想转账", 19) + "给她 123456.78 元"
	s := Summarise([]assistant.Message{
		{Author: "customer", Content: flow.Message{Text: "您好！"}}, {Author: "customer", Content: flow.Message{Text: long}},
	}, assistant.View{FlowTitle: "转账", StepTitle: "问金额"}, func(s string) string { return s })
	if strings.Contains(s.Request, "1") || !strings.HasPrefix(s.Request, "我想转账") {
		t.Errorf("cut to %q", s.Request)
	}
	if got := s.Text("en"); !strings.Contains(got, "Open: 转账：问金额") {
		t.Errorf("the text is %q", got)
	}
}
