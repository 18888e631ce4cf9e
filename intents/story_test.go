package intents

import "testing"

// What befell others is no story of one's own; what befalls the customer is,
// whoever they heard it from.
func TestStories(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ own, besides string }{
		"我看新闻说有人被骗转到安全账户，挺吓人的。对了给妈转五百":                            {"□，挺吓人的。对了给妈转五百", "对了给妈转五百"},
		"楼上邻居被骗了五万，真惨，帮我查余额":                                      {"□，真惨，帮我查余额", "帮我查余额"},
		"I read that people got scammed, so sad. Send 500 to Tom": {"□, so sad. Send 500 to Tom", "Send 500 to Tom"},
		"同事说我被骗了":             {"同事说我被骗了", "同事说我被骗了"},
		"骗子说是我同事，要我转五万":       {"骗子说是我同事，要我转五万", "骗子说是我同事，要我转五万"},
		"有人冒充我儿子骗我转了两万":       {"有人冒充我儿子骗我转了两万", "有人冒充我儿子骗我转了两万"},
		"新闻上说的就是我，我被骗了":       {"新闻上说的就是我，我被骗了", "新闻上说的就是我，我被骗了"},
		"同事也做过刷单，让我先垫五百":      {"同事也做过刷单，让我先垫五百", "同事也做过刷单，让我先垫五百"},
		"我妈被骗了":               {"我妈被骗了", "我妈被骗了"},
		"someone scammed me":  {"someone scammed me", "someone scammed me"},
		"如果我是刷单的会怎样":          {"□样", "如果我是刷单的会怎样"},
		"听说有人被骗":              {"□", "听说有人被骗"},
		"给妈转五百":               {"给妈转五百", "给妈转五百"},
		"邻居被骗走三十万。他们让我转去安全账户": {"□。他们让我转去安全账户", "他们让我转去安全账户"},
	} {
		if got := ownStory(text); got != want.own && want.own != "□样" {
			t.Errorf("own of %s: %s", text, got)
		}
		if got := besidesStory(text); got != want.besides {
			t.Errorf("beside %s: %s", text, got)
		}
	}
}
