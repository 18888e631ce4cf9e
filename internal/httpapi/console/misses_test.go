package console

import (
	"testing"
	"time"

	"github.com/pingdui/pingdui/assistant"
)

func TestQuestionsThatFoundNothingAreGrouped(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	found := []assistant.Miss{
		{Text: "请问外币零钱能换吗？", Locale: "zh", At: now},
		{Text: "怎么给孙子开压岁钱账户", Locale: "zh", At: now.Add(-time.Minute)},
		{Text: "外币零钱能换", Locale: "zh", Staff: true, At: now.Add(-time.Hour)},
		{Text: "？？", Locale: "zh", At: now},
	}
	rows := grouped(found, map[string]string{"怎么给孙子开压岁钱账户": "life-gift"})
	if len(rows) != 2 {
		t.Fatalf("%+v", rows)
	}
	if r := rows[0]; r.Count != 2 || r.Staff != 1 || r.Text != "请问外币零钱能换吗？" || len(r.Others) != 1 || !r.LastSeen.Equal(now) || r.Article != "" {
		t.Errorf("%+v", r)
	}
	if r := rows[1]; r.Count != 1 || r.Article != "life-gift" {
		t.Errorf("%+v", r)
	}
}
