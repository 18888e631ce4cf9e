package dialogue

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// timing is when a message wants its money to move.
type timing int

const (
	atOnce timing = iota
	today         // later on the same day, which no business here can do
	laterOn
	againAndAgain
)

var (
	repeats = regexp.MustCompile(`每(?:隔)?(?:个|一|两|二|三|半)*(?:月|周|星期|礼拜|天|日|年|季)(?:[^的]|$)|隔(?:月|周|天)|按[月周]|月月|周周|定期(?:转|打|汇|给)|自动(?:转|打|汇)|\bevery (?:day|week|month|year|other|two|friday|monday|tuesday|wednesday|thursday|saturday|sunday)|\b(?:monthly|weekly|daily)\b|standing order`)
	begins  = regexp.MustCompile(`开始|起(?:$|[,，每])|\b(?:starting|beginning)\b`)
	byName  = regexp.MustCompile(`(?:定期|预约|定时|自动|按月)(?:转账|汇款)|standing order|scheduled transfer|schedule a transfer`)
	// soon and someDay are times that name no hour and no day: 等会儿转, 过两天再转.
	soon    = regexp.MustCompile(`(?:等一?会儿?|待一?会儿?|过一?会儿?|一会儿?[再后]|晚点|晚些|稍后|(?:过|等)?(?:半|几|[一二两三四五六七八九十\d]+)个?(?:小时|分钟|钟头)(?:以后|之后|后|再)|(?:^|[,，])(?:下午|晚上|傍晚|中午))[^,，。]{0,10}(?:转|汇|打给|打钱)|\bin (?:an?|half an|a couple of|a few|two|three|four|five|six|\d+) (?:hours?|hrs?|minutes?|mins?)\b|\b(?:hours?|minutes?) from now\b|\bthis (?:afternoon|evening)\b|\blater today\b`)
	someDay = regexp.MustCompile(`(?:过(?:几|两|三|些|一阵)(?:天|日|子)?|(?:几|[一二两三四五六七八九十\d]+)个?(?:天|周|星期|月)(?:以后|之后|后)|改天|过阵子|(?:春节|过年|年三十|除夕|中秋|国庆|元旦|端午|清明|五一|生日|节后|年后|节前|年前)(?:那天|当天|的时候|前|后|时|再)?)[^,，。的]{0,10}(?:转|汇|打给|打钱)|\bin (?:a|a couple of|a few|two|three|four|five|\d+) (?:days?|weeks?|months?)\b`)
	// atOnceToo says that it is for now, whatever day is named beside.
	atOnceToo = regexp.MustCompile(`(?:现在|马上|立刻|立即|今天|今日)(?:就|先|再|要|得)?(?:给[^,，。]{1,8})?(?:转|汇|打|付)|\b(?:right now|right away|immediately)\b`)
	ordered   = regexp.MustCompile(`转|汇|打|付|划|给|约|\b(?:send|transfer|pay|wire|move|give)\b`)
	// aloneTime is what may stand around a time by itself, 明天到账就行 and tomorrow is fine too.
	aloneTime = regexp.MustCompile(`^(?:从|自|开始|起|再|就|吧|之前|以前|前|的时候|改成|改到|约在?|换成|要|还是|那就?|也|都|才|能|会|到账?|收到|可以|行|好|成|够|没问题|不急|的?话|了|on|by|please|from|starting|beginning|make it|do it|is|would be|will|do|be|fine|ok|okay|good|enough|soon|it|can|may|should|arrives?|arriving|gets? there|there| )*$`)
	laterToo  = regexp.MustCompile(`^(?:今晚|今天晚上|tonight)`)
)

// timing reads when a message wants it; what it says in a text of its own, 备注每月
// 生活费, does not count, nor a day that only says which: 12月的房租.
func (d *decider) timing(f *flow.Flow, e Said) timing {
	e = d.introduced(nil, f, e, &filling{values: map[string]Value{}})
	if repeats.MatchString(folded(e.Text)) {
		return againAndAgain
	}
	text := folded(e.Text)
	switch {
	case soon.MatchString(text):
		return today
	case someDay.MatchString(text):
		return laterOn
	case atOnceToo.MatchString(text):
		return atOnce
	}
	out := atOnce
	day := d.c.Now.Format(time.DateOnly)
	for _, x := range e.Understanding.Entities {
		if x.Bad != "" || len(x.Value) < len(day) || x.End > len(e.Text) || strings.HasPrefix(e.Text[x.End:], "的") || excluded(e.Text, x) || !dates(e.Text, x) {
			continue
		}
		switch x.Kind { //nolint:exhaustive // only these name a day
		case entity.Period:
			if x.Value[:len(day)] > day && begins.MatchString(e.Text[x.End:]) {
				return againAndAgain
			}
			out = max(out, timing(b2i(x.Value[:len(day)] > day)*int(laterOn)))
		case entity.Date:
			switch {
			case x.Value[:len(day)] > day:
				out = laterOn
			case x.Value == day && laterToo.MatchString(x.Text):
				out = max(out, today)
			}
		case entity.DateTime:
			at, err := time.ParseInLocation("2006-01-02T15:04", x.Value, d.c.Now.Location())
			switch {
			case err != nil:
			case x.Value[:len(day)] > day:
				out = laterOn
			case at.After(d.c.Now):
				out = max(out, today)
			}
		}
	}
	return out
}

// dates says that a time is that of the order and not of something that is told
// beside it: it stands with the verb of the order or by itself. 明天我妈生日，给她转五百.
func dates(text string, x entity.Entity) bool {
	from := strings.LastIndexAny(text[:x.Start], ",.;!?") + 1
	for _, m := range []string{"，", "。", "；", "！", "？"} {
		if i := strings.LastIndex(text[:x.Start], m); i >= from {
			from = i + len(m)
		}
	}
	to := len(text)
	if i := strings.IndexAny(text[x.End:], ",.;!?，。；！？"); i >= 0 {
		to = x.End + i
	}
	rest := strings.ToLower(text[from:x.Start] + " " + text[x.End:to])
	return ordered.MatchString(rest) || aloneTime.MatchString(strings.TrimSpace(rest))
}

// asksLater says that a message wants money moved at a later time or again and
// again, by a flow that can only do it now.
func (d *decider) asksLater(f *flow.Flow, e Said) bool {
	if !moves(f) || slices.ContainsFunc(f.Slots, func(s *flow.Slot) bool { return s.Kind == "date" }) {
		return false
	}
	g := d.onADay(f)
	if g != nil && byName.MatchString(folded(e.Text)) && !has(e, ActCorrection) {
		return false // the other business, called by its name
	}
	t := d.timing(f, e)
	return t == laterOn || t != atOnce && g != nil
}

// onADay is the flow that does on a day of its own what f does at once; nil when
// there is none.
func (d *decider) onADay(f *flow.Flow) *flow.Flow {
	if f == nil || !pays(f) || hasKind(f, "date") || !hasKind(f, "payee") {
		return nil
	}
	for _, id := range slices.Sorted(slices.Values(flowIDs(d.set))) {
		if g := d.set.Flow(id); g != nil && pays(g) && hasKind(g, "payee") && hasKind(g, "date") {
			return g
		}
	}
	return nil
}

func hasKind(f *flow.Flow, kind string) bool {
	return slices.ContainsFunc(f.Slots, func(s *flow.Slot) bool { return s.Kind == kind })
}

// timed is the intent of who wants a transfer on a day or at intervals, in words
// that sound as much like one that is made now; nil for any other wish.
func (d *decider) timed(e Said) *content.Intent {
	if has(e, ActQuestion) || has(e, ActNegated) || has(e, ActCancel) {
		return nil
	}
	known := d.topics(e)
	if len(known) == 0 || known[0].flow == nil {
		return nil
	}
	for _, t := range known[:min(2, len(known))] {
		g := d.onADay(t.flow)
		if g == nil || known[0].flow != g && known[0].flow != t.flow || known[0].p < nearP || d.timing(t.flow, e) < laterOn {
			continue
		}
		if in := d.top(); in != nil && in.Flow == t.flow.ID && !d.complete(g, e) {
			return nil // about the transfer in hand
		}
		return d.starter(g)
	}
	return nil
}

// starter is an intent that starts a flow and says nothing more; nil when there is none.
func (d *decider) starter(f *flow.Flow) *content.Intent {
	for _, name := range slices.Sorted(maps.Keys(d.set.Intents)) {
		if in := d.set.Intents[name]; d.set.FlowOf(name) == f && !in.Negated && len(in.Slots) == 0 {
			return in
		}
	}
	return nil
}

// offerLater says that this business moves money at once, and offers the one that
// does it on a day. Nothing goes on before the customer has said which.
func (d *decider) offerLater(in *Instance, f *flow.Flow, e Said) {
	g := d.onADay(f)
	name := d.pick(g.Name)
	said := e
	key := "later_offer"
	if d.timing(f, e) == today {
		key = "later_today"
		said.Understanding.Entities = slices.DeleteFunc(slices.Clone(e.Understanding.Entities), func(x entity.Entity) bool {
			return x.Kind == entity.Date || x.Kind == entity.DateTime
		})
	}
	then := d.offer(Offer{Kind: offerLater, Instance: in.ID, Flow: g.ID, Said: &said}, d.phrase("tap_later", "name", name), flow.StylePlain)
	now := d.offer(Offer{Kind: offerNow, Instance: in.ID}, d.phrase("tap_now"), flow.StylePlain)
	no := d.offer(Offer{Kind: offerForget, Instance: in.ID}, d.phrase("tap_neither"), flow.StylePlain)
	m := flow.Message{Kind: flow.KindAsk, Text: d.phrase(key, "name", name), Actions: []flow.Action{then, now, no}}
	p := Pending{Kind: PendingEither, Instance: in.ID, Offer: then.ID}
	if key == "later_today" {
		m.Actions = []flow.Action{now, then, no}
		p.Offer, p.Other = now.ID, no.ID
	}
	d.say(m)
	p.Prompt = &m
	d.st.Pending = &p
}

// switchLater goes on in the business that moves money on a day, with what was
// given for the one that moves it at once.
func (d *decider) switchLater(o *Offer) {
	in, g := d.instance(o.Instance), d.set.Flow(o.Flow)
	if in == nil || g == nil || in.Acting != "" {
		d.stale()
		return
	}
	f := d.flowOf(in)
	if f == nil {
		d.stale()
		return
	}
	kept := map[string]string{}
	for _, s := range g.Slots {
		for _, from := range f.Slots {
			if from.Kind == s.Kind && from.Kind != "choice" && kept[s.Name] == "" {
				kept[s.Name] = handed(in.Slots[from.Name])
			}
		}
		if kept[s.Name] == "" {
			delete(kept, s.Name)
		}
	}
	d.st.Pending = nil
	d.drop(in, NoteCancelled, "customer")
	d.start(g, kept, o.Said)
}

// handed is a slot's value as another flow can resolve it again.
func handed(v Value) string {
	if v.Item == nil {
		return v.ID + v.Raw[:b2i(v.ID == "")*len(v.Raw)]
	}
	if tail, _ := v.Item["tail"].(string); tail != "" {
		return tail
	}
	name, _ := v.Item["name"].(string)
	return name
}

// answersEither takes a typed answer to a question with two ways on: a yes is the
// first of them, words of one of its taps are that one, a cancel ends it.
func (d *decider) answersEither(p *Pending, e Said) bool {
	best, hit, tie := 0, "", false
	for _, o := range d.st.Offers {
		if o.ID == p.Offer && o.Kind == offerEach && eachOf.MatchString(e.Text) && !has(e, ActDeny) {
			d.take(o.ID)
			return true
		}
		if p.Prompt == nil || !slices.ContainsFunc(p.Prompt.Actions, func(a flow.Action) bool { return a.ID == o.ID }) {
			continue
		}
		switch n := shared(folded(e.Text), map[string]any{"label": o.Label}); {
		case n > best:
			best, hit, tie = n, o.ID, false
		case n == best && n > 0:
			tie = true
		}
	}
	no := has(e, ActDeny) || has(e, ActNegated)
	switch {
	case has(e, ActQuestion):
		return false
	case has(e, ActCancel) && d.instance(p.Instance) != nil:
		d.cancel(false)
	case has(e, ActCancel):
		d.st.Pending = nil
		d.sayPhrase(flow.KindText, "fine", nil)
	case hit != "" && !tie && !no && brief(e.Text):
		d.take(hit)
	case has(e, ActAffirm) && !no:
		d.take(p.Offer)
	case no && !has(e, ActCorrection) && p.Other != "":
		d.take(p.Other)
	default:
		return false
	}
	return true
}
