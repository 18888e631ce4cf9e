package dialogue

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pingdui/pingdui/intents/entity"
)

var (
	// backWords name the call-back itself.
	backWords = regexp.MustCompile(`回(呼|电|拨)|(找|联系|回)我|约的?(人工|同事|客服|坐席)|call.?backs?|call me|calling me`)
	// wantsBack asks to be called back.
	wantsBack = regexp.MustCompile(`(预约|约|安排|登记|要|请|让|叫|麻烦|能不能|能|可以|可不可以|给我|帮我)[^,。?]{0,8}回(个|一个)?(呼|电|拨)|^回(呼|电|拨)(我|一下|吧)*$|(预约|约)(个|一个|一下)?(人工|客服|同事|坐席|专员|真人)|` +
		`(人工|客服|同事|坐席|你们|经理)[^,。?]{0,10}(晚点|晚些|待会儿?|过会儿?|明天|后天|下午|上午|晚上|改天|有空|回头)[^,。?]{0,10}(找|联系|回)我|(晚点|晚些|待会儿?|过会儿?|明天|后天|下午|晚上|改天|有空|回头)[^,。?]{0,12}(再)?(让|叫|请)(人工|客服|同事|坐席|人|你们)[^,。?]{0,6}(找|联系|回)我|` +
		`\b(call|ring|contact) me (back|later|tomorrow|tonight|this|next|on|at)\b|\b(book|arrange|schedule|want|need|get|request|have)\b.{0,16}\bcall.?back\b|^call.?back( please)?$`)
	// backTraps speak of calls that others want.
	backTraps = regexp.MustCompile(`短信|骗|号码|陌生|对方|他|她|未接|是谁|(要不要|该不该|能不能|可以)回(电|拨)|\b(he|she|they|someone|somebody|number|text|sms)\b`)
	// bareBook is the label of the tap, typed.
	bareBook = regexp.MustCompile(`^(那|我想|我要|帮我|想)*(预?约|订)(个|一个|一下)?(时间|时段)(吧|了)?$|^book a time$|^(pick|choose) a time$`)
	// asksWhenBack asks when the call-back is.
	asksWhenBack = regexp.MustCompile(`约(的|了|好的?|在)+(是|到)?(几点|什么时候|啥时候|哪天|什么时间|多久|时间)|(回呼|回电|预约)(的时间)?(是|在)?(几点|什么时候|啥时候|哪天|什么时间)|(几点|什么时候|啥时候|哪天)[^,。?]{0,6}(回|找|联系)我|(when|what time|which day)\b.{0,30}(call.?back|call me|booked|booking|appointment|contact me)`)
	// givesUp wants no call-back any more.
	givesUp = regexp.MustCompile(`(不用|不必|别|不要|不需要)(再|给我|麻烦)*(回(呼|电|拨|我|了|$)|约了|打给我|找我|联系我)|不约了|(取消|不要|撤销|撤了|退了|退掉)(了|掉)?(我的|那个|这个|刚才的)?(人工|同事)?(回呼|回电|回拨|预约|约)(了|吧|的|一下)*($|[,。!])|(回呼|回电|预约)(给我)?(取消|不要了|不用了|撤了)|` +
		`\b(cancel|drop|forget)( about)?( (the|my|that))? ?(call.?back|booking|appointment)\b|(don't|do not|no need to) (call|contact|ring) me|no (more )?call.?back`)
	// shifts wants another time.
	shifts = regexp.MustCompile(`(改|换|挪|调)(到|成|个|在|一下|为)?|推迟|延后|提前|提早|往(前|后)|\b(move|change|shift|reschedule|another time|instead|make it|push|postpone)\b`)
	// changesTime wants another time and names none, hourAlone names the bare hour.
	changesTime = regexp.MustCompile(`^(我想|我要|帮我|能不能|可以|给我)*(改|换|调|重新约)(个|一下|一个)?(预约|回呼)?(的)?(时间|时段)(吧|吗)?$|(改|换)(一下|个)?(预约|回呼)(的)?(时间)?|\b(another|different) time\b|change the (time|booking)|\breschedule\b`)
	hourAlone   = regexp.MustCompile(`^(?:就|那|还是|帮我|please )*(?:改|换|挪|调|change|move|make) ?(?:it |that )?(?:到|成|to )?(\d{1,2})$`)
	// dropsTimes takes none of the times on offer.
	dropsTimes = regexp.MustCompile(`^(那|还是|算了|先)?,?(不用|不要|不|别|先不)(预?约|订)(了|吧|时间)*$|^no (booking|thanks|thank you)$`)
	// fromNow is a time counted from now.
	fromNow   = regexp.MustCompile(`(半|\d{1,3}|[一二两三四五六七八九十]{1,3})个?(半)?(小时|钟头|分钟)(以|之)?后|\bin (half an|an?|\d{1,3}|two|three|four) (hours?|minutes?)`)
	dated     = regexp.MustCompile(`今|明|后天|周|星期|礼拜|号|月|日|\d{4}-|today|tomorrow|tonight|mon|tue|wed|thu|fri|sat|sun|\d(st|nd|rd|th)\b|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec`)
	untilMark = regexp.MustCompile(`到|至|-|~|—| to | and `)
	// timeFiller is what may stand beside a time that answers.
	timeFiller = regexp.MustCompile(`[的就那吧好我想要约在给换改到可以行请麻烦您你们呢啊哈嘛，。,.!、 ]|上午|下午|早上|晚上|中午|方便|时间|有空|左右|之后|以后|回呼|回电|找我|联系|please|okay|ok\b|let's|lets|make it|how about|what about|is (fine|good)|works|for me|\bat\b|\bon\b|\bin\b|then|yes|would|be|\bi\b|'d|like|call|back|\bme\b|\ba\b|the|morning|afternoon|evening`)
)

// when is a time as a customer says it.
type when struct {
	at    time.Time
	exact bool  // the time of day was said
	hours []int // else the hours to offer on that day
}

func (w when) none() bool { return w.at.IsZero() }

// whenSaid reads the time of a message. Where a call-back is booked, what is not
// said of day or time stays as it is there.
func (d *decider) whenSaid(e Said, base time.Time) when {
	text := folded(e.Text)
	if span := spanFromNow(text); span > 0 {
		return when{at: d.c.Now.Add(span), exact: true}
	}
	zone := d.c.Now.Location()
	for _, x := range e.Understanding.Entities {
		if x.Bad != "" {
			continue
		}
		switch x.Kind { //nolint:exhaustive // what is no time does not matter
		case entity.DateTime:
			return d.clockSaid(x, text, base)
		case entity.Period: // 九点到十点: when it begins
			if at := untilMark.FindStringIndex(x.Text); at != nil {
				for _, y := range entity.Extract(x.Text[:at[0]], d.c.Now) {
					if y.Kind == entity.DateTime && y.Bad == "" {
						return d.clockSaid(y, text, base)
					}
				}
			}
		case entity.Date:
			day, err := time.ParseInLocation(time.DateOnly, x.Value, zone)
			switch {
			case err != nil:
			case !base.IsZero() && partHours(text) == nil:
				base = base.In(zone)
				return when{at: midnight(day, 0).Add(base.Sub(midnight(base, 0))), exact: true}
			default:
				return when{at: day, hours: hoursOf(text)}
			}
		}
	}
	if partHours(text) != nil { // 下午
		day := d.c.Now
		if !base.IsZero() {
			day = base.In(zone)
		}
		return when{at: day, hours: hoursOf(text)}
	}
	return when{}
}

func (d *decider) clockSaid(x entity.Entity, text string, base time.Time) when {
	at, err := time.ParseInLocation("2006-01-02T15:04", x.Value, d.c.Now.Location())
	if err != nil {
		return when{}
	}
	if !base.IsZero() && !dated.MatchString(text) {
		if same := midnight(base.In(d.c.Now.Location()), 0).Add(at.Sub(midnight(at, 0))); same.After(d.c.Now) {
			at = same
		}
	}
	return when{at: at, exact: true}
}

// hoursOf are the hours offered of a day, or of the part of it that is named.
func hoursOf(text string) []int {
	if part := partHours(text); part != nil {
		return part
	}
	return []int{9, 11, 14, 16, 18, 20}
}

func partHours(text string) []int {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("上午", "早上", "morning"):
		return []int{9, 10, 11, 8}
	case has("中午", "noon") && !has("afternoon"):
		return []int{12, 13}
	case has("下午", "afternoon"):
		return []int{14, 15, 16, 17}
	case has("晚上", "今晚", "明晚", "evening", "tonight"):
		return []int{18, 19, 20, 21}
	}
	return nil
}

// spanFromNow reads 半小时后, 两个小时后, in 20 minutes; 0 for none.
func spanFromNow(text string) time.Duration {
	m := fromNow.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	words, unit := m[1]+m[5], time.Hour
	if strings.Contains(m[3]+m[6], "分") || strings.HasPrefix(m[6], "minute") {
		unit = time.Minute
	}
	var span time.Duration
	switch words {
	case "半", "half an":
		span = unit / 2
	case "a", "an":
		span = unit
	case "two", "three", "four":
		span = time.Duration(map[string]int{"two": 2, "three": 3, "four": 4}[words]) * unit
	default:
		n, err := strconv.Atoi(words)
		if err != nil {
			n = hanCount(words)
		}
		span = time.Duration(n) * unit
	}
	if m[2] == "半" {
		span += unit / 2
	}
	return span
}

// hanCount reads 一 to 九十九.
func hanCount(words string) int {
	n := 0
	for _, r := range words {
		switch r {
		case '十':
			n = max(n, 1) * 10
		case '两':
			n += 2
		default:
			n += strings.IndexRune("一二三四五六七八九", r)/3 + 1
		}
	}
	return n
}

// onlyTime says that a message names a time and is about nothing else.
func (d *decider) onlyTime(e Said, text string) bool {
	if d.whenSaid(e, d.st.Handoff.Due).none() {
		return false
	}
	rest := strings.ToLower(e.Text)
	for _, x := range e.Understanding.Entities {
		if x.Kind == entity.DateTime || x.Kind == entity.Date || x.Kind == entity.Period {
			rest = strings.Replace(rest, strings.ToLower(x.Text), "", 1)
		}
	}
	rest = fromNow.ReplaceAllString(rest, "")
	return strings.TrimSpace(timeFiller.ReplaceAllString(rest, "")) == ""
}
