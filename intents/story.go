package intents

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pingdui/pingdui/intents/entity"
)

var (
	// victims is what befalls who is deceived.
	victims = regexp.MustCompile(`被(人|别人)?(骗|诈骗|坑)|骗(走|了|光|去|人|子|局|术)|诈骗|上当|受骗|中招|杀猪盘|(got|been|was|were|being|get) (scammed|cheated|conned|tricked|defrauded)|\bscam(s|ming|mers?)?\b|\bfraud\b|lost (all )?(his|her|their) (money|savings)`)
	// befell is what befalls them in so many words; the bare word (骗子) may be about
	// who is on the line with the customer.
	befell = regexp.MustCompile(`被(人|别人|电信)?(骗|诈骗|坑)|骗(走|光|去)|(骗|坑)了(好几|几|十|百|\d|一|二|两|三|五)|上当|受骗|中招|(got|been|was|were|being|get|gets) (scammed|cheated|conned|tricked|defrauded)|lost (all )?(his|her|their) (money|savings)`)
	// news says that it was read or heard somewhere, people that it is somebody one
	// only knows of.
	news   = regexp.MustCompile(`新闻|电视|报纸|报道|抖音|短视频|刷到|公众号|朋友圈|讲座|宣传|反诈|社区|片警|通报|听说|听人(说|讲)|据说|\b(news|tv|article|video|radio|headlines?|documentary|film|movie)\b|i (heard|read)`)
	people = regexp.MustCompile(`有(个|位)?(人|老(人|太|头)|大(爷|妈|姐))|好多人|很多人|不少人|那么多人|别人|邻居|隔壁|对门|楼(上|下)|小区|村(里|上)|单位(里|上)?(有)?(个|人)|同事|\b(neighbou?rs?|colleagues?|coworkers?|people|they say|old (man|lady|woman)|somebody|someone)\b`)
	// concerned says that it is the customer's own story after all.
	concerned = regexp.MustCompile(`(让|叫|要|教|带|催|劝|拉|加|联系|骗(了|走|去)?|通知|告诉|找|逼|帮|给|跟|对|和)我|我(们)?(也|就|刚|已经|都|是不是|会不会|可能|好像|被|的(钱|卡|账|存款)|给|把|现在|该|要不要|怎么办|转|汇|打)|不是(骗|诈)|\b(me|my|myself)\b|\bi('m| am| was|'ve| have been| think i| got| sent| paid| must| should)\b`)
	// supposes is a case that is put, not told.
	supposes = regexp.MustCompile(`(如果|要是|假如|假设|万一|倘若|比如|比方)[^。!?;]{0,30}(会怎么?样|怎么办|咋办|咋整|会怎么|会如何|会有什么|什么后果|犯法|违法|坐牢|犯罪|会被|会不会|能不能(追|要|找)|追(得)?回|要(得)?回|找谁|吗|呢)|\b(what|how) (happens|would happen|will happen|if|do i do|should i do|would you)[^.?!]{0,30}\bif\b[^.?!]{0,40}|\bif (i|someone|somebody|you|it)\b[^.?!]{0,60}(what happens|what (do|should|would|will)|who (do|should)|would (you|the bank)|can i get)`)
	// settled is what befell the customer once and is over, or what only made them
	// careful: 上次被骗的钱追回来了, 我被骗怕了.
	settled = regexp.MustCompile(`[^,，。?!]{0,8}(骗|坑|盗|刷)(走|去|了)?的[^,，。?!没能不怎可未]{0,6}(追|要|退|找|拿|讨|返|还)(了)?(回|还)?(来|给我|到)*了?(来|到账)?(了|啦)|[^,，。?!]{0,4}被(人)?(骗|坑)(怕|出(经验|教训|阴影))了?`)
	// asksOfFraud asks what a fraud is or how it goes, of none in particular.
	asksOfFraud = regexp.MustCompile(`^(请问|那|问(一)?下|我想(问|知道|了解)(一下|下)?|现在(的)?|你(说|知道)|,|，)*((什么|啥)(是|叫)|怎么叫)?(电信|网络)?(刷单|杀猪盘|诈骗|电诈|骗子|骗局|骗术|跑分|裸聊|套路贷|传销)(们|的)?[^,，。!]{0,4}(是(什么|啥|不是都|怎么)|(什么|啥)意思|怎么(骗|回事)|(都|一般|通常|往往|会|经常)[^,，。!]{0,10}(怎么|什么|啥|吗|么|哪)|有(哪些|什么|几种)|(违法|犯法|犯罪|合法)(吗|么|不))[^,，。!]{0,12}[?？]?$|^(请问|那|,|，)*(什么|啥)(是|叫)(做)?(电信|网络)?(刷单|杀猪盘|诈骗|电诈|骗局|跑分|裸聊|套路贷|传销)(啊|呀|呢)?[?？]?$`)
	// suits are the clauses that only say what one thinks of a story.
	suits = regexp.MustCompile(`^(真|太|好|挺|很|也|怪|够|可|看着|听着|想想)*(都)?(吓人|可怕|可怜|惨|害怕|怕|担心|离谱|气人|后怕|恐怖|倒霉|不容易|心疼|过分)(人|了|的|啊|呀|吧|死了)*$|^(so |how |very |really )?(scary|awful|sad|terrible|frightening)$`)
)

// ownStory is a text without what it tells of others (新闻说有人被骗转到安全账户) and
// without a case that it only puts (如果我是刷单的会怎样): what is left may be the
// customer's own.
func ownStory(text string) string {
	text = settled.ReplaceAllString(supposes.ReplaceAllString(text, "□"), "□")
	if asksOfFraud.MatchString(strings.ToLower(text)) && !concerned.MatchString(text) {
		return "□"
	}
	return without(text, storyOfOthers(text), "□")
}

// besidesStory is a text without a story about others and what is thought of it,
// where something is said beside it; else the text.
func besidesStory(text string) string {
	if rest := strings.Trim(settled.ReplaceAllString(text, ""), marks); utf8.RuneCountInString(rest) >= 3 {
		text = rest
	}
	spans := storyOfOthers(text)
	for i, c := range spans {
		for from, to := c[1], c[1]; to < len(text); from = to { // 挺吓人的, and the marks
			from += len(text[from:]) - len(strings.TrimLeft(text[from:], marks))
			to = from + clauseEnd(text[from:])
			if !suits.MatchString(strings.ToLower(strings.TrimSpace(text[from:to]))) {
				break
			}
			spans[i][1] = to
		}
	}
	rest := strings.Trim(without(text, spans, ""), marks)
	if len(spans) == 0 || utf8.RuneCountInString(rest) < 4 {
		return text
	}
	return rest
}

// marks end a clause.
const marks = " ,，。.;；!！?？、\n"

// clauseEnd is where the first clause of a text ends.
func clauseEnd(text string) int {
	if end := strings.IndexAny(text, ",，。.;；!！?？\n"); end >= 0 {
		return end
	}
	return len(text)
}

// storyOfOthers are the clauses in which a text tells what befell others, by bytes.
func storyOfOthers(text string) (spans [][2]int) {
	if !victims.MatchString(strings.ToLower(text)) {
		return nil
	}
	heard, others := false, false // this sentence is news; speaks of others
	for from := 0; from < len(text); {
		end := from + clauseEnd(text[from:])
		clause := strings.ToLower(strings.TrimSpace(text[from:end]))
		heard, others = heard || news.MatchString(clause), others || people.MatchString(clause)
		if (heard && victims.MatchString(clause) || others && befell.MatchString(clause)) && !concerned.MatchString(clause) {
			spans = append(spans, [2]int{from, end})
		}
		mark, size := utf8.DecodeRuneInString(text[end:])
		if !strings.ContainsRune(",，;；", mark) {
			heard, others = false, false
		}
		from = end + size
	}
	return spans
}

// without is a text with these spans replaced.
func without(text string, spans [][2]int, with string) string {
	var out strings.Builder
	at := 0
	for _, c := range spans {
		if c[0] < at {
			continue
		}
		out.WriteString(text[at:c[0]] + with)
		at = c[1]
	}
	return out.String() + text[at:]
}

// own are the entities that stand in no story about others: 被骗走三十万 is no sum of
// the customer's.
func own(text string, list []entity.Entity) []entity.Entity {
	spans := storyOfOthers(text)
	if len(spans) == 0 {
		return list
	}
	return slices.DeleteFunc(list, func(e entity.Entity) bool {
		return slices.ContainsFunc(spans, func(c [2]int) bool { return c[0] <= e.Start && e.End <= c[1] })
	})
}
