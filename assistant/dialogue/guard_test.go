package dialogue_test

import (
	"testing"

	"github.com/pingdui/pingdui/assistant/dialogue"
)

func TestGuardNumbers(t *testing.T) {
	t.Parallel()
	const source = "三年期利率 1.90%，一万元起存，年费 1,200.00 元，电话 400-000-0000"
	for answer, want := range map[string]bool{
		"利率是 1.9%": true, "年费 1200 元": true, "请拨 400-000-0000": true, "没有数字": true,
		"利率是 2.9%": false, "年费 1201 元": false, "请拨 400-000-0001": false,
	} {
		if got := dialogue.GuardNumbers(answer, source); got != want {
			t.Errorf("GuardNumbers(%q) = %v", answer, got)
		}
	}
}
