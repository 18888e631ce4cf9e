package intents

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/pingdui/pingdui/internal/zh"
)

// maxSplit bounds the work: every joint looks at what stands on both sides.
const maxSplit = 300

var (
	// joints are what may stand between two requests; marks cut only where both
	// sides ask for something.
	joints = regexp.MustCompile(`(?:[,。;!?]+ ?)?(?:(?:然后|接着|另外|还有|顺便|并且|同时|完了|之后)再?|\band then\b|\bthen\b|\balso\b|\band\b|再|还要|还想)|[,。;!?]+`)
	// asksFor are the verbs of requests and the things one asks about.
	asksFor = regexp.MustCompile(`查|转|汇|挂失|还款|还.{0,4}(?:信用卡|房贷|贷款|花)|把.{0,3}(?:信用卡|房贷|贷款)还|存.{0,8}(?:万|千|百|\d|定期|钱|年)|取(?:款|钱|现|出)|办(?:理|张|个|一)|补(?:办|卡|一张|张)|开(?:户|通|立|一张|个|张|证明)|改(?:密码|手机|地址|限额|预留)|缴|交(?:一下|个|下)?(?:电费|水费|话费|燃气|物业|学费|费)|申请|预约|看(?:一?下|看|.{0,4}(?:账单|余额|明细|限额))|打印|打(?:一?个|份)?(?:流水|回单|证明)|打.{0,6}(?:块|元|千|百|万)给|设置|激活|冻结|解冻|解锁|锁(?:卡|定|一?下|上)|销户|充(?:值|话费|\d)|买|购|赎回|提前|分期|投诉|重置|注销|关闭|换卡|多少|利率|余额|怎么|几点|在哪|手续费|提醒我|问(?:一?下|问)|` +
		`\b(?:check|show|transfer|send|pay|report|open|close|block|freeze|unfreeze|cancel|reset|change|update|apply|book|print|buy|sell|withdraw|deposit|activate|order|tell me|what|how|when|where|need|get|lock|unlock|top up|set up)\b`)
	// bindings tie what follows to what stands before: a correction or a detail of the same thing.
	bindings = regexp.MustCompile(`^(?:见|说|讲|来|重复|念|等|加|是|改成|换成|备注|附言|用|从|不是|不要|一遍|试)|^.{0,2}(?:之前|以前)`)
)

// SplitRequests cuts a message that asks for two or more things into its
// requests, in order and as written: 查下余额，再给老王转500 gives 查下余额 and
// 给老王转500. A message that asks for one thing is given whole; an empty one gives nil.
// Beyond maxSplit runes a text is a story, not two requests, and is given whole.
func SplitRequests(text string) []string {
	t := zh.New().Normalize(text)
	if strings.TrimSpace(t.Norm) == "" {
		return nil
	}
	if utf8.RuneCountInString(t.Norm) > maxSplit {
		return []string{strings.TrimSpace(text)}
	}
	type span struct{ from, to int }
	var parts []span
	from := 0
	for _, cut := range joints.FindAllStringIndex(t.Norm, -1) {
		if cut[0] < from {
			continue
		}
		left, right := t.Norm[from:cut[0]], t.Norm[cut[1]:]
		next := right
		if more := joints.FindStringIndex(strings.TrimLeft(right, " ")); more != nil && more[0] > 0 {
			next = strings.TrimLeft(right, " ")[:more[0]]
		}
		next = strings.TrimLeft(next, " ")
		if !asksFor.MatchString(left) || !asksFor.MatchString(next) || bindings.MatchString(next) || sameThing(t.Norm[cut[0]:cut[1]], left, next) {
			continue
		}
		parts = append(parts, span{from, cut[0]})
		from = cut[1]
	}
	parts = append(parts, span{from, len(t.Norm)})
	if len(parts) == 1 {
		return []string{strings.TrimSpace(text)}
	}
	var out []string
	for _, p := range parts {
		for p.from < p.to && t.Norm[p.from] == ' ' {
			p.from++
		}
		a, b := t.Span(p.from, p.to)
		if s := strings.Trim(text[a:b], " ,，。;；!！?？"); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// sameThing says whether a mark only separates a thing from a question about
// it: 转账，手续费多少 asks about the transfer and is one message for one turn.
func sameThing(joint, left, next string) bool {
	if !strings.HasPrefix(joint, ",") && joint != "。" {
		return false
	}
	return len([]rune(left)) <= 2 || strings.HasPrefix(next, "怎么") || strings.HasPrefix(next, "要") || strings.HasPrefix(next, "多少") || strings.HasPrefix(next, "需要") ||
		(strings.HasPrefix(next, "手续费") && !strings.Contains(left, "余额"))
}
