package convtest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/scenes"
)

func TestARunThroughTellsItsPath(t *testing.T) {
	t.Parallel()
	set, understand := load(t)
	path := func(p convtest.Played) string {
		var out []string
		for _, v := range p.Path {
			out = append(out, v.Step)
		}
		return strings.Join(out, " ")
	}
	got := convtest.Play(t.Context(), set, scenes.FS, convtest.Case{As: "C002", Locale: "zh", Edition: "standard"}, []convtest.Line{
		{Begin: "transfer"}, {Say: "给妈转三千五"}, {Say: "不对，三千"}, {Tap: "确认转出 ¥3,000.00"}, {Secure: map[string]string{"sms_code": "246810"}},
	}, understand)
	if len(got) != 5 {
		t.Fatalf("%+v", got)
	}
	for i, want := range []string{"form", "form quote allowed readback", "form quote allowed readback", "code", "pay paid done"} {
		if path(got[i]) != want || got[i].Problem != "" {
			t.Errorf("line %d went %q, want %q (%s)", i+1, path(got[i]), want, got[i].Problem)
		}
	}
	if got[1].Step != "readback" || len(got[1].Slots) < 3 || got[1].Slots[1].Value != "¥3,500.00" {
		t.Errorf("%s %+v", got[1].Step, got[1].Slots)
	}
	if last := got[4]; last.Ended != "finished" || last.Why != "done" || last.Flow != "" || !slices.ContainsFunc(last.Calls, func(c convtest.Call) bool { return c.Operation == "bank.transfer" }) {
		t.Errorf("%+v", last)
	}
	wrong := convtest.Play(t.Context(), set, scenes.FS, convtest.Case{}, []convtest.Line{{Say: "你好"}, {Tap: "没有这个按钮"}, {Say: "在吗"}}, understand)
	if len(wrong) != 2 || wrong[1].Problem == "" {
		t.Errorf("%+v", wrong)
	}
}
