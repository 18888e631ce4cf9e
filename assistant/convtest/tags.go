package convtest

import (
	"fmt"
	"slices"
	"strings"
)

// Pattern is one way in which a conversation is repaired, and the tag of the
// tests that show it.
type Pattern struct{ Tag, ZH, EN string }

// Patterns are the repair patterns, in the order of the table in
// docs/conversation-tests.md.
func Patterns() []Pattern {
	return []Pattern{
		{"correction", "改口：改前面说过的", "an earlier answer is corrected"},
		{"correction-at-confirm", "核对时改", "corrected while it is read back"},
		{"dependent-recheck", "改了以后重新问银行", "what depends on it is asked of the bank again"},
		{"changed-mind", "改了又改", "the same thing is changed twice"},
		{"digression", "中途办别的事", "another business in between"},
		{"nested", "岔出去又岔出去", "a digression inside a digression"},
		{"resume", "回来接着办", "going on with what was left"},
		{"cancel-check", "取消前问一次", "asked once before anything is lost"},
		{"question-in-form", "办到一半提问", "a question in the middle"},
		{"confirm-and-question", "又同意又提问", "a yes with a question is answered first"},
		{"negation", "否定", "a no that starts and confirms nothing"},
		{"repeat", "再说一遍", "say it again"},
		{"wait", "等一下", "one moment"},
		{"silence", "沉默", "silence"},
		{"multi-request", "一句话两三件事", "several requests in one message"},
		{"over-informing", "一次说很多", "many answers at once, in any order"},
		{"underspecified-choice", "没说全的选择", "that one, the second, not the first"},
		{"vague-consent", "含糊的同意不算", "a vague yes is no yes"},
		{"failures-to-person", "几次没办成就找人", "failures lead to a person"},
		{"agent-anywhere", "随时转人工", "a person, anywhere"},
		{"combined", "几种一起", "several of these in one conversation"},
	}
}

// Wanted are the tags that every scene which moves money or proves who somebody
// is must have a test for.
func Wanted() []string {
	return []string{"happy", "correction-at-confirm", "cancel", "refusal", "wrong-code", "unknown"}
}

// RepairTable counts the tests of each pattern, Chinese and English, as a
// Markdown table.
func RepairTable(cases []*Case) string {
	var b strings.Builder
	b.WriteString("| tag | pattern | 模式 | zh | en |\n|---|---|---|---:|---:|\n")
	all := [2]int{}
	for _, p := range Patterns() {
		n := [2]int{}
		for _, c := range cases {
			if slices.Contains(c.Tags, p.Tag) {
				n[language(c)]++
			}
		}
		_, _ = fmt.Fprintf(&b, "| `%s` | %s | %s | %d | %d |\n", p.Tag, p.EN, p.ZH, n[0], n[1])
	}
	for _, c := range cases {
		if slices.Contains(c.Tags, "repair") {
			all[language(c)]++
		}
	}
	_, _ = fmt.Fprintf(&b, "| `repair` | all tests about repair | 全部 | %d | %d |\n", all[0], all[1])
	return b.String()
}

// language is 1 for English, else 0.
func language(c *Case) int {
	if c.Locale == "en" {
		return 1
	}
	return 0
}
