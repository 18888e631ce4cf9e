package dialogue

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// maxWords bounds a text slot that sets no bound of its own, in characters.
const maxWords = 100

var (
	// leadIn is what stands between a word that introduces a text and the text.
	leadIn = regexp.MustCompile(`^(?:是|为|写上|写成|就写|填上|改成|改为|换成|一下|[:：“”"'，,\s]|is |to |as |should be |saying )+`)
	// endOfWords ends a text that was introduced in the middle of a message.
	endOfWords = regexp.MustCompile(`[，,。；;！!？?\n]|[用从](?:我的)?(?:尾号)?[\p{Han}0-9]{1,6}(?:卡|账户|存折)|\s(?:from|using) my `)
	noWords    = regexp.MustCompile(`^(?:不要|不用|去掉|删掉|删了|取消|不写|没有|none|nothing|remove)`)
	noWordsAt  = regexp.MustCompile(`(?:不要|不用|不写|别写|去掉|删掉|删了|取消|没有|no|without|remove|drop)(?:the)?\s*$`)

	// payFrom names the account or card that is to be used: 用家用卡, 从工资卡,
	// 用1234那张卡, from my salary account, using 3029.
	payFrom = regexp.MustCompile(`(?i)(?:改用|换用|换成|改成|改为|换|使用|用|从|拿|由)(?:我的|我|那张|这张)?(?:尾号|末四位)?(?:是|为)?(?:([\p{Han}a-zA-Z]{0,8}?(?:卡|存折|账户|帐户))|(\d{4})(?:的|那张|这张|那个)*(?:卡|账户|帐户)?)` +
		`|\b(?:from|using|use|with)\s+(?:my\s+|the\s+)?(?:((?:[a-z-]+\s+){0,3}?(?:card|account|passbook))\b(?:\s+ending(?:\s+in)?\s+(\d{4}))?|(?:(?:card|account)\s+)?(?:ending\s+(?:in\s+)?)?(\d{4})\b)`)
	// anyOne are words for some account, not for one.
	anyOne = regexp.MustCompile(`(?i)^(?:一?张|这张|那张|哪张|另外?(?:一)?张|别的|其他的?|其它的?|我的|你们的?|同一张|银行|什么|哪个|(?:an?other|other|same|this|that|my|the|a|an|new|bank|which|different)\s*)*(?:卡|账户|帐户|card|account)?$`)

	payTo   = regexp.MustCompile(`(?:转|汇|打|付|划)[^给]{0,16}给([^，,。.；;！!？?、\s\d]{1,16})`)
	payToEN = regexp.MustCompile(`(?i)\b(?:send|transfer|wire|pay|give|move)\b[^.?!]{0,40}?\bto\s+([a-z][a-z'-]*(?:\s+[a-z][a-z'-]*){0,3})|\b(?:pay|send|give|wire)\s+([a-z][a-z'-]*(?:\s+[a-z][a-z'-]*){0,2})\s+(?:cny\s*|rmb\s*|[¥￥]\s*)?\d`)
	// payeeEnd ends the name of a payee.
	payeeEnd   = regexp.MustCompile(`[用从]|备注|附言|留言|吧$|啊$|呀$|哈$|转|汇|打(?:过|给)|的时候|谢谢|今天|明天|现在|马上`)
	payeeEndEN = regexp.MustCompile(`(?i)(?:^|\s)(?:from|using|with|by|for|today|tomorrow|now|please|memo|note|and|in|on|via|yuan|rmb|cny)(?:\s|$)`)
	nobody     = regexp.MustCompile(`(?i)^(?:我|你|您|他|她|它|ta|别人|谁|人|人家|对方|自己|我自己|哪里|哪儿|me|you|him|her|it|them|someone|somebody|myself|who|whom)$|^(?:我们?行|别的|其他|其它|他行|外国|国外|境外|an?(?:\s|$)|an?other\b|other\b|the bank|bank\b|abroad|overseas|my (?:own|other|account|card)|own\b|(?:send|transfer|make|know|ask|do|money|minus|negative|about|just|only|exactly|around|the same|this|that|rmb|cny|yuan)\b)`)
)

// introduced takes what a message says with words that leave no doubt which
// slot is meant, and blanks it out, so that nothing in it is read as something
// else: the 500 of 备注房租500 is no amount.
func (d *decider) introduced(in *Instance, f *flow.Flow, e Said, out *filling) Said {
	for _, s := range f.Slots {
		switch {
		case s.Kind == "text" && len(s.Words) > 0:
			e = d.introducedText(s, e, out)
		case (s.Kind == "account" || s.Kind == "card" && !hasKind(f, "account")) && s.Options != nil:
			e = d.introducedPlace(in, s, e, out)
		}
	}
	return e
}

func (d *decider) introducedText(s *flow.Slot, e Said, out *filling) Said {
	text := strings.ToLower(e.Text)
	if len(text) != len(e.Text) {
		text = e.Text
	}
	if loc := mailAddress.FindStringIndex(text); loc != nil && strings.Contains(s.Label["zh"], "邮箱") {
		value := e.Text[loc[0]:loc[1]] // 邮箱错了 abc@qq.com: an address can be nothing else
		out.values[s.Name], out.sure = Value{Raw: value, ID: value, By: "customer", Turn: d.c.Turn}, true
		return blank(e, loc[0], loc[1])
	}
	from, to := -1, -1
	for _, w := range s.Words {
		i := strings.Index(text, strings.ToLower(w))
		if i < 0 || w[0] < utf8.RuneSelf && (i > 0 && latinByte(text[i-1]) || i+len(w) < len(text) && latinByte(text[i+len(w)])) {
			continue
		}
		if from < 0 || i < from || i == from && i+len(w) > to {
			from, to = i, i+len(w)
		}
	}
	if from < 0 {
		return e
	}
	if loc := noWordsAt.FindStringIndex(text[:from]); loc != nil {
		out.values[s.Name], out.sure = Value{By: "customer", Turn: d.c.Turn}, true
		return blank(e, loc[0], to)
	}
	begin := to + len(leadIn.FindString(text[to:]))
	end := len(text)
	if loc := endOfWords.FindStringIndex(text[begin:]); loc != nil {
		end = begin + loc[0]
	}
	value := strings.Trim(e.Text[begin:end], " “”\"'吧")
	switch {
	case value == "" || wordsAsk.MatchString(strings.ToLower(value)) || end < len(text) && (text[end] == '?' || strings.HasPrefix(text[end:], "？")):
		return e // 改备注 names none yet, 备注能写什么？ asks
	case noWords.MatchString(strings.ToLower(value)):
		value = ""
	case utf8.RuneCountInString(value) > textMax(s):
		out.bad, out.raw = "text_long", s.Name
		return blank(e, from, end)
	}
	out.values[s.Name], out.sure = Value{Raw: value, ID: value, By: "customer", Turn: d.c.Turn}, true
	return blank(e, from, end)
}

// mailAddress is an e-mail address as it is written.
var mailAddress = regexp.MustCompile(`[a-zA-Z0-9._%+-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+`)

// sentElse sends something to one place and not to another: 不寄公司，寄到我家.
var sentElse = regexp.MustCompile(`^(?:那|还是|请|麻烦)*(?:不要?|别|甭|不用)(?:给我)?(?:寄|送|邮|发|快递)(?:到|给|去|往)?[^,，。;；寄送邮发]{0,8}[,，。;； ]*(?:了|要|请|还是|就|改|改成|给我)*(?:寄|送|邮|发|快递)(?:到|给|去|回|往)?(.*)$`)

var wordsAsk = regexp.MustCompile(`什么|怎么|多少|几个字|能不能|可以吗|是不是|吗$|呢$|\b(what|how|why|can|may)\b`)

func textMax(s *flow.Slot) int {
	if s.Max > 0 {
		return s.Max
	}
	return maxWords
}

func latinByte(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// introducedPlace finds the account or card by what says that it is to be used.
// Four digits that no word calls a card are one only where they can't be a sum.
func (d *decider) introducedPlace(in *Instance, s *flow.Slot, e Said, out *filling) Said {
	for _, m := range payFrom.FindAllStringSubmatchIndex(e.Text, -1) {
		raw := ""
		for g := 1; g*2+1 < len(m); g++ {
			if m[g*2] >= 0 {
				raw = e.Text[m[g*2]:m[g*2+1]] // a tail behind a name is the surer
			}
		}
		if raw == "" || anyOne.MatchString(raw) || isDigits(raw) && !d.tailOrSum(in, s, e.Text[m[0]:m[1]], e.Text[m[1]:], raw) {
			continue
		}
		if slices.ContainsFunc(e.Understanding.Entities, func(x entity.Entity) bool { return x.Kind == entity.Amount && x.Start < m[1] && x.End > m[0] }) {
			continue // 拿一千还信用卡: what is taken is a sum
		}
		if excluded(e.Text, entity.Entity{Start: m[0]}) {
			continue // 别用6688: what is not to be used is read with the list
		}
		out.values[s.Name], out.sure = Value{Raw: raw, By: "customer", Turn: d.c.Turn}, true
		return blank(e, m[0], m[1])
	}
	return e
}

var (
	cardWord = regexp.MustCompile(`(?i)尾号|末四位|卡|那张|这张|账户|帐户|ending|card|account`)
	placeOf  = regexp.MustCompile(`(?i)^(?:改用|换用|使用|用|从|由|from|using|use)`)
	spentOn  = regexp.MustCompile(`^(?:元|块|万|千|百|\.|来)?(?:元|块|买|存|还|投|充|缴|交|给|转)`)
)

// tailOrSum says that four digits behind a word of use are the tail of a card: they
// are called one, they are one of the list, or nothing is bought with them.
func (d *decider) tailOrSum(in *Instance, s *flow.Slot, matched, after, digits string) bool {
	if cardWord.MatchString(matched) {
		return true
	}
	if in != nil && len(in.Options[s.Name].Items) > 0 {
		return len(matchOptions(in.Options[s.Name].Items, digits)) > 0
	}
	return placeOf.MatchString(matched) && (!spentOn.MatchString(after) || strings.HasPrefix(after, "给") || strings.HasPrefix(after, "转"))
}

// blank takes a stretch out of a message; offsets of all else stay.
func blank(e Said, from, to int) Said {
	e.Text = e.Text[:from] + strings.Repeat(" ", to-from) + e.Text[to:]
	e.Understanding.Entities = slices.DeleteFunc(slices.Clone(e.Understanding.Entities), func(x entity.Entity) bool {
		return x.Start < to && x.End > from
	})
	return e
}

// namedPayee finds a payee that no grammar of names knows, by the words around
// it: 给赵六转五百, 转1000给远航, send 500 to Yuan Hang. It is empty for nobody.
func namedPayee(text string) string {
	if name := namedAfterGive(text); name != "" {
		return name
	}
	name := ""
	if m := payTo.FindStringSubmatch(text); m != nil {
		name = m[1]
		if loc := payeeEnd.FindStringIndex(name); loc != nil {
			name = name[:loc[0]]
		}
	} else if m := payToEN.FindStringSubmatch(text); m != nil {
		name = m[1] + m[2]
		if loc := payeeEndEN.FindStringIndex(name); loc != nil {
			name = name[:loc[0]]
		}
		name = strings.TrimPrefix(strings.TrimPrefix(name, "the "), "The ")
	}
	name = strings.TrimSpace(name)
	if nobody.MatchString(name) {
		return ""
	}
	return name
}

// meant is the payee a pronoun points to: who was last named here.
func (d *decider) meant(text string) string {
	if pronounZH.MatchString(text) || pronounEN.MatchString(strings.ToLower(text)) {
		return d.st.Person
	}
	return ""
}
