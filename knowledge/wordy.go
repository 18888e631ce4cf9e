package knowledge

import (
	"strings"

	"github.com/pingdui/pingdui/internal/zh"
)

// spoken is what people say around a question: before it and after it. It is
// no content, only noise to learn with.
//
//nolint:gochecknoglobals // a constant table; Go has no constant maps
var spoken = map[string][2][]string{
	"zh": {
		{
			"你好，我想问一下，", "麻烦问下哈，", "哎，那个，", "我老公昨天还在问，", "是这样的，我这边情况有点急，", "师傅你帮我看看，",
			"前两天路过你们那儿忘了问，", "上回有个小姑娘跟我说过我又忘了，", "我跟我爱人商量了半天，", "不好意思打扰了，", "我刚下班才有空，",
			"我同事让我来问，", "听邻居讲了一嘴，", "我也不太懂这些，", "孩子不在家没人教我，", "昨晚躺床上想起来，",
		},
		{
			"，你给说说呗", "，我也搞不明白", "，急等着呢", "，谢谢啊", "，我这两天就要用", "，说得简单点", "，之前没弄过", "，帮我看一眼", "，我都等半天了",
			"，有没有人知道", "，我住得远跑一趟不容易", "，咋回事嘛", "，总觉得不放心", "，你讲清楚一点",
		},
	},
	"en": {
		{"Hi, quick question, ", "Sorry to bother you, ", "My wife asked me yesterday, ", "I am new here and not sure, ", "Could you tell me please, ", "I was wondering, ", "A friend told me to ask, "},
		{" thanks a lot", " please, it is urgent", " because I am confused", ", I could not find it anywhere", " and keep it simple please", ", I have been waiting all day"},
	},
}

// wordy says a question the way people talk, with what has nothing to do with
// it before or after. The base's own questions are short; customers' are not,
// and a score learned from short ones alone finds every long one doubtful.
func wordy(text string, n int) string {
	before, after := spoken["zh"][0], spoken["zh"][1]
	if !strings.ContainsFunc(text, zh.IsHan) {
		before, after = spoken["en"][0], spoken["en"][1]
	}
	switch n % 3 {
	case 0:
		return before[n/3%len(before)] + text
	case 1:
		return text + after[n/3%len(after)]
	}
	return before[n/3%len(before)] + text + after[(n/3+5)%len(after)]
}
