package dialogue

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

var (
	eachOf  = regexp.MustCompile(`(?i)各自?|分别|每个?人|一人|每位|都|\beach\b|\bboth\b|\bapiece\b`)
	eachCut = regexp.MustCompile(`(?i)各自?|分别|每个?人|一人|每位|都| ?\beach( of them)?\b|\bboth (?:of )?| ?\bapiece\b`)
)

// each takes a message apart that gives money to several people: one request for
// each, in order. It is nil for a message that is one request. Where one sum
// stands for all of them without a word that says it is for each, asks says so.
func (d *decider) each(e Said) (parts []Said, asks bool) {
	if apart := strings.Contains(e.Text, "分别"); has(e, ActQuestion) || has(e, ActCorrection) || !apart && (has(e, ActNegated) || has(e, ActCancel)) {
		return nil, false
	}
	f := d.payeeFlow(e)
	if f == nil {
		return nil, false
	}
	whole := e
	e = d.introduced(nil, f, e, &filling{values: map[string]Value{}})
	var people, sums []entity.Entity
	for _, x := range e.Understanding.Entities {
		switch {
		case x.Bad != "" || excluded(e.Text, x):
		case x.Kind == entity.Person && (x.Role == entity.Given || x.Role == "" && d.top() != nil):
			people = append(people, oneByOne(x)...)
		case x.Kind == entity.Amount && (x.Role == "" || x.Role == entity.Given), x.Kind == entity.Number && x.Role == "" && x.Value != "1":
			sums = append(sums, x)
		}
	}
	distinct := slices.CompactFunc(slices.Clone(people), func(a, b entity.Entity) bool { return a.Value == b.Value })
	if len(people) < 2 || len(people) > maxLater || len(distinct) != len(people) {
		return nil, false
	}
	first, last := people[0], people[len(people)-1]
	together := !slices.ContainsFunc(sums, func(x entity.Entity) bool { return x.Start > first.Start && x.Start < last.Start })
	switch {
	case together && len(sums) < 2:
		asks = len(sums) == 1 && !eachOf.MatchString(e.Text)
		for _, p := range people {
			text := whole.Text[:first.Start] + p.Text + whole.Text[last.End:]
			if first.Role == "" { // 妈和爸，各五百: an answer is no sentence of its own
				sum := ""
				if len(sums) == 1 {
					sum = sums[0].Text
				}
				text = d.phrase("give", "who", p.Text, "sum", sum)
			}
			parts = append(parts, d.part(f, whole, strings.TrimSpace(eachCut.ReplaceAllString(text, ""))))
		}
	case len(sums) == len(people):
		for i, p := range people {
			parts = append(parts, d.part(f, whole, d.phrase("give", "who", p.Text, "sum", sums[i].Text)))
		}
	}
	return parts, asks
}

// payeeFlow is the flow with a payee that a message is for: the one that asks for
// its payee, else the one it wants; nil for any other message.
func (d *decider) payeeFlow(e Said) *flow.Flow {
	var f *flow.Flow
	if in := d.top(); in != nil {
		p := d.st.Pending
		if f = d.flowOf(in); f == nil || p == nil || p.Kind != PendingSlot || f.Slot(p.Slot) == nil || f.Slot(p.Slot).Kind != "payee" {
			return nil
		}
	} else if known := d.topics(e); len(known) > 0 && known[0].p >= startP {
		f = known[0].flow
	}
	if f == nil || !pays(f) || !hasKind(f, "payee") {
		return nil
	}
	return f
}

// part is one request of a message that was taken apart.
func (d *decider) part(f *flow.Flow, e Said, text string) Said {
	u := Understanding{Intents: e.Understanding.Intents, Language: e.Understanding.Language, Entities: entity.Extract(text, d.c.Now)}
	if in := d.starter(f); in != nil && d.top() != nil {
		u.Intents = []Scored{{Intent: in.Name, P: 1}}
	}
	return Said{Text: text, Understanding: u, Delivered: e.Delivered}
}

// several takes up a message that is for several people: the first now, the others
// after it. It gives the request to go on with, and false where it has asked.
func (d *decider) several(e Said) (Said, bool) {
	parts, asks := d.each(e)
	switch {
	case len(parts) < 2:
		return e, true
	case asks:
		d.askEach(e, parts)
		return e, false
	}
	d.keepForLater(parts[1:])
	return parts[0], true
}

// keepParts puts the requests of a message behind its first. Where all of them are
// payments it is said at once, so that nobody wonders where the other sum has gone.
func (d *decider) keepParts(e Said) {
	u := e.Understanding
	var parts []Said
	say := true
	for i := range u.Parts {
		part := Said{Text: u.Parts[i], Understanding: u.PartsUnderstood[i], Delivered: e.Delivered}
		f := d.set.FlowOf(best(part.Understanding).Intent)
		say = say && f != nil && pays(f) && hasKind(f, "payee")
		if i > 0 && !nobodyWanted(part) && !d.covered(u.PartsUnderstood[0], u.PartsUnderstood[i]) {
			parts = append(parts, part)
		}
	}
	if say && len(parts) > 0 {
		d.keepForLater(parts)
		return
	}
	for _, part := range parts[:min(len(parts), max(0, maxLater-len(d.st.Later)))] {
		d.st.Later = append(d.st.Later, Later{Said: part})
	}
}

// nobodyWanted says that a part only takes its payee away: 不给爸转.
func nobodyWanted(e Said) bool {
	people := slices.DeleteFunc(slices.Clone(e.Understanding.Entities), func(x entity.Entity) bool { return x.Kind != entity.Person })
	return len(people) > 0 && !slices.ContainsFunc(people, func(x entity.Entity) bool { return !excluded(e.Text, x) })
}

// addsTo says that a message adds one.
var addsTo = regexp.MustCompile(`^(对了,?|嗯,?|好的?,?)?(也|还要|还得|还想|另外|再)(再)?(给|帮我给|转给)|^(also|and|then) (send|transfer|pay|give)\b`)

// adds keeps a payment to somebody else that is to follow the one in hand: 也给爸转一千
// changes nothing of the one to 妈.
func (d *decider) adds(e Said) bool {
	in := d.top()
	if in == nil || in.Suspended || in.Acting != "" || !addsTo.MatchString(folded(e.Text)) || has(e, ActQuestion) || has(e, ActCorrection) || has(e, ActCancel) || has(e, ActNegated) {
		return false
	}
	f := d.flowOf(in)
	if f == nil || !pays(f) || len(d.st.Later) == maxLater {
		return false
	}
	got := d.read(in, f, e)
	for _, name := range d.changes(in, f, got.values) {
		if s := f.Slot(name); s.Kind == "payee" {
			d.st.Fails = 0
			d.keepForLater([]Said{e})
			d.retry()
			return true
		}
	}
	return false
}

// keepForLater puts requests behind the one that is done now, and says so.
func (d *decider) keepForLater(parts []Said) {
	var texts []string
	for _, p := range parts {
		if len(d.st.Later) == maxLater {
			break
		}
		d.st.Later = append(d.st.Later, Later{Said: p})
		texts = append(texts, p.Text)
	}
	sep := "”，“"
	if d.locale() == "en" {
		sep = "”, “"
	}
	d.sayPhrase(flow.KindText, "request_kept", nil, "text", strings.Join(texts, sep))
}

// askEach asks whether the one sum of a message is for each of several people.
func (d *decider) askEach(e Said, parts []Said) {
	var names []string
	sum, cut := "", e
	for _, x := range e.Understanding.Entities {
		if x.Kind == entity.Amount || x.Kind == entity.Number && sum == "" {
			sum = x.Value
			cut = blank(e, x.Start, x.End)
		}
	}
	for _, p := range parts {
		for _, x := range p.Understanding.Entities {
			if x.Kind == entity.Person && x.Role != entity.Aside {
				names = append(names, x.Text)
			}
		}
	}
	group := d.id("wh")
	one, two := e, cut
	one.Text += " " + d.phrase("give_each")
	yes := d.offer(Offer{Kind: offerEach, Instance: group, Said: &one}, d.phrase("tap_each", "sum", sum), flow.StylePlain)
	no := d.offer(Offer{Kind: offerEach, Instance: group, Said: &two}, d.phrase("tap_not_each"), flow.StylePlain)
	sep := "、"
	if d.locale() == "en" {
		sep = ", "
	}
	m := flow.Message{Kind: flow.KindAsk, Text: d.phrase("each_or_all", "who", strings.Join(names, sep), "sum", sum), Actions: []flow.Action{yes, no}}
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingEither, Instance: group, Offer: yes.ID, Other: no.ID, Prompt: &m}
}

// tookEach goes on with a message for several people, now that it is clear what each gets.
func (d *decider) tookEach(o *Offer) {
	d.st.Pending = nil
	if o.Said == nil {
		d.stale()
		return
	}
	if e, ok := d.several(*o.Said); ok {
		d.one(e)
	}
}

// oneByOne are the persons of a word that names two: 爸妈, 父母.
func oneByOne(x entity.Entity) []entity.Entity {
	if !parents.MatchString(x.Value) {
		return []entity.Entity{x}
	}
	father, mother := x, x
	father.Text, father.Value = "爸", "爸"
	mother.Text, mother.Value = "妈", "妈"
	return []entity.Entity{father, mother}
}

var parents = regexp.MustCompile(`^(?:我|我的|咱)?(?:爸妈|父母|爸爸妈妈)$|^my parents$`)
