package entity_test

import (
	"testing"
	"time"

	"github.com/pingdui/pingdui/intents/entity"
)

// What is written like a sum but is none must never leave a part of itself
// behind as one.
func TestNoPartOfABrokenNumberIsTaken(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct{ text, bad, value string }{
		{"改成1,00", "malformed", ""},
		{"改成1,0000", "malformed", ""},
		{"改成1,000,00元", "malformed", ""},
		{"改成12.345.6", "malformed", ""},
		{"改成1e9", "malformed", ""},
		{"make it 12.345.6", "malformed", ""},
		{"给妈转1,00块", "malformed", ""},
		{"send minus 50", "not_positive", ""},
		{"send negative 50", "not_positive", ""},
		{"改成-5", "not_positive", ""},
		{"改成1,000", "", "1000.00"},
		{"改成1,234,567.89", "", "1234567.89"},
		{"改成零", "", "0"},
		{"给妈转三", "", "3"},
		{"给妈转1", "", "1"},
		{"给妈转500，3天后到吗", "", "500"},
		{"给妈转500,3天后到吗", "", "500"},
	} {
		list := entity.Extract(c.text, now)
		if len(list) == 0 {
			t.Errorf("%s: nothing found", c.text)
			continue
		}
		first := list[0]
		for _, x := range list {
			if x.Kind == entity.Amount || x.Kind == entity.Number {
				first = x
				break
			}
		}
		if first.Bad != c.bad || first.Value != c.value {
			t.Errorf("%s: %+v", c.text, list)
		}
		for _, x := range list {
			if c.bad != "" && x.Bad == "" && (x.Kind == entity.Amount || x.Kind == entity.Number || x.Kind == entity.Code) {
				t.Errorf("%s: %q was taken", c.text, x.Text)
			}
		}
	}
}

// A whole message that begins with a surname is not always a name.
func TestOrdersAreNoNames(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"查余额", "查明细", "查流水", "查信用卡", "解挂", "管理费", "全部", "应还款"} {
		for _, x := range entity.Extract(text, time.Time{}) {
			if x.Kind == entity.Person {
				t.Errorf("%s: %+v", text, x)
			}
		}
	}
	for _, text := range []string{"王志刚", "李娜", "欧阳修"} {
		if list := entity.Extract(text, time.Time{}); len(list) == 0 || list[0].Kind != entity.Person {
			t.Errorf("%s is a name: %+v", text, list)
		}
	}
}
