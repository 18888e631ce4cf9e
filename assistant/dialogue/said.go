package dialogue

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// said decides one message. The order matters: who speaks, alarms, what is
// about the talk itself, the open question, the running form, a new wish, a
// question, and only then: not understood.
func (d *decider) said(e Said) {
	d.language(e)
	if d.c.Speaker == "agent" {
		d.st.LastAt = d.c.Now
		d.note(NoteSilent, "", "", "")
		return
	}
	d.relieve()
	pending := d.st.Pending
	d.touched()
	d.hears(e)
	if d.alarms(&e) {
		return
	}
	if pending != nil && d.st.Pending == nil && d.top() != nil && has(e, ActAffirm) {
		// The read-back is too old to be answered: it is read back anew (D11).
		d.sayPhrase(flow.KindText, "readback_old", nil)
		d.run()
		return
	}
	u := e.Understanding
	if len(u.Parts) > 1 && len(u.PartsUnderstood) == len(u.Parts) && d.splits(e) {
		d.keepParts(e)
		e = Said{Text: u.Parts[0], Understanding: u.PartsUnderstood[0], Delivered: e.Delivered}
	}
	if e, ok := d.several(e); ok {
		d.one(e)
	}
}

// language follows the customer from one language to the other, but not for a
// lone OK or a number.
func (d *decider) language(e Said) {
	han, latin := 0, 0
	for _, r := range e.Text {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	for w := range strings.FieldsSeq(e.Text) {
		latin += b2i(w[0] < utf8.RuneSelf && unicode.IsLetter(rune(w[0])))
	}
	switch {
	case han >= 2:
		d.st.Locale = "zh"
	case han == 0 && (latin >= 3 || latin == 2 && (has(e, ActQuestion) || strings.HasSuffix(strings.TrimSpace(e.Text), "?"))):
		d.st.Locale = "en"
	case d.st.Locale == "":
		d.st.Locale = d.c.Locale
	}
}

// relieve changes the employee when the one here has gone off duty (停岗).
func (d *decider) relieve() {
	if !d.onLeave(d.st.Employee) {
		return
	}
	want := ""
	if in := d.top(); in != nil {
		want = in.Flow
	}
	for _, f := range append([]string{want}, flowIDs(d.set)...) {
		if to := d.set.EmployeeFor(f); to != nil && !d.onLeave(to.ID) {
			d.changeEmployee(to.ID)
			return
		}
	}
}

func flowIDs(set *content.Set) []string {
	var ids []string
	for _, f := range set.Flows() {
		ids = append(ids, f.ID)
	}
	return ids
}

// splits says whether the parts of a message are requests of their own and not
// a correction or an answer.
func (d *decider) splits(e Said) bool {
	if p := d.st.Pending; p != nil && (p.Kind == PendingConfirm || p.Kind == PendingCancel) || has(e, ActCorrection) {
		return false
	}
	if _, denies := asked(e, d.c.Now); denies {
		return false // 不是要挂失，就问问 is one thing
	}
	for i, part := range e.Understanding.PartsUnderstood {
		if i > 0 && d.onlyWhen(e.Understanding.PartsUnderstood[0], part) {
			return false // 转五百给妈，今晚八点转: when it is to be done is no second request
		}
		if slices.Contains(part.Acts, ActNegated) || slices.Contains(part.Acts, ActCancel) {
			return false // 明天不转，今天转: one thing, and when it is not wanted
		}
		top := best(part)
		in := d.set.Intents[top.Intent]
		if top.P < startP || in == nil || in.Kind == "none" || in.Kind == "social" {
			return false
		}
	}
	return true
}

// onlyWhen says that a part of a message gives nothing but the time of the first.
func (d *decider) onlyWhen(first, part Understanding) bool {
	f := d.set.FlowOf(best(first).Intent)
	return f != nil && len(part.Entities) > 0 && len(first.Entities) > 0 && (d.set.FlowOf(best(part).Intent) == f || d.set.FlowOf(best(part).Intent) == nil || pays(f)) &&
		!slices.ContainsFunc(part.Entities, func(x entity.Entity) bool {
			return x.Kind != entity.Date && x.Kind != entity.DateTime && x.Kind != entity.Period
		})
}

// one decides one request.
func (d *decider) one(e Said) {
	if d.err != nil {
		return
	}
	if d.books(e) || d.ponders(e) || d.leaves(e) || d.labelled(e) || d.jokes(e) || d.standsDown(e) || d.insists(e) || d.regrets(e) || d.dropsThis(e) || d.incoming(e) || d.holdsBack(e) || d.adds(e) || d.setsOther(e) || d.tellsDeed(e) || d.asksOfFrauds(e) {
		return
	}
	if id := d.calls(e); id == d.st.Employee && id != "" {
		d.sayPhrase(flow.KindText, "employee_same", nil, "to", d.employeeName(id))
		d.retry()
		return
	} else if id != "" {
		d.employeeChanged(id)
		return
	}
	if d.atBox(e) {
		return
	}
	in := d.top()
	switch {
	case d.asksAtReadBack(e):
		return
	case has(e, ActRepeat):
		d.repeat()
		return
	case has(e, ActWait) && !has(e, ActAffirmExact) && !has(e, ActCancel) && !has(e, ActNegated) && !drops(e) && !d.emergency(e) && !d.wants(e):
		d.aside(flow.Message{Kind: flow.KindText, Text: d.phrase("wait")})
		return
	case helpless.MatchString(folded(e.Text)):
		d.offerHelp()
		return
	case d.c.Edition == "elder" && largerType.MatchString(folded(e.Text)):
		d.sayPhrase(flow.KindText, "elder_largest", nil)
		d.retry()
		return
	case d.onlyAsks(e):
		return
	}
	if d.otherOne(in, e) || in != nil && d.rulesOut(in, e) || d.st.Pending != nil && d.answersPending(d.st.Pending, e) {
		return
	}
	if in != nil {
		d.inForm(e)
		return
	}
	if v := d.verdict(e, startP); v.kind != runs || d.refuses(e, v.intent) {
		e = d.affirmed(e)
	}
	if has(e, ActCancel) && !has(e, ActQuestion) && d.verdict(e, switchP).kind == unsure {
		d.cancel(false)
		return
	}
	if v := d.verdict(e, startP); has(e, ActNegated) && !has(e, ActQuestion) && !d.redirects(e) && d.refuses(e, v.intent) {
		d.sayPhrase(flow.KindText, "negated", nil)
		return
	}
	d.wish(e, startP)
}

// emergency says that a message tells of a mishap, whatever else it says: 别急.
func (d *decider) emergency(e Said) bool {
	return mishap.MatchString(folded(e.Text)) && !has(e, ActNegated)
}

// wants says that a message is surely about some business.
func (d *decider) wants(e Said) bool {
	v := d.verdict(e, switchP)
	return v.kind == runs || v.kind == knowledge
}

// redirects says that a message refuses one way and names another: 不要给老王转，给妈转100.
func (d *decider) redirects(e Said) bool {
	v := d.verdict(e, startP)
	return has(e, ActCorrection) && v.flow != nil && d.complete(v.flow, e)
}

// calls finds the digital employee a short message asks for by name: 换小达,
// 叫小安来, switch to Xiaoda.
func (d *decider) calls(e Said) string {
	text := folded(e.Text)
	if utf8.RuneCountInString(text) > 12 && len(strings.Fields(text)) < 2 || len(strings.Fields(text)) > 8 || has(e, ActNegated) {
		return ""
	}
	text = strings.ReplaceAll(text, " ", "")
	for _, id := range slices.Sorted(maps.Keys(d.set.Employees)) {
		emp := d.set.Employees[id]
		for _, key := range slices.Sorted(maps.Keys(emp.Name)) {
			name := strings.ReplaceAll(strings.ToLower(emp.Name[key]), " ", "")
			before, _, named := strings.Cut(text, name)
			if emp.Serves != "staff" && name != "" && named && asksFor.MatchString(before) {
				return id
			}
		}
	}
	return ""
}

// asksFor ends with what stands before the name of whom one asks for.
var asksFor = regexp.MustCompile(`(换|叫|找|请|让|我要|转|切换)(成|到|给|回|一下|为)?$|(switch|change|talk|speak|go|back|over)(back|over)?to$|(getme|giveme|bringback|iwant|call)$`)

// hears remembers who was named, for a 他 that follows.
func (d *decider) hears(e Said) {
	for _, x := range e.Understanding.Entities {
		if x.Kind == entity.Person && x.Value != "" && !excluded(e.Text, x) {
			d.st.Person = x.Value
		}
	}
}

// repeat says the last things again (D10).
func (d *decider) repeat() {
	last := d.st.Said
	if len(last) == 0 {
		d.sayPhrase(flow.KindText, "nothing_said", nil)
		return
	}
	// What was only said in passing (好的，改好了) is not what is meant.
	if i := slices.IndexFunc(last, func(m flow.Message) bool { return m.Kind != flow.KindText && m.Kind != flow.KindNotice }); i >= 0 {
		last = slices.DeleteFunc(slices.Clone(last), func(m flow.Message) bool { return m.Kind == flow.KindText || m.Kind == flow.KindNotice })
	} else if p := d.st.Pending; p != nil {
		d.retry()
		return
	}
	d.st.Said = nil
	d.spoken = true
	for _, m := range last {
		d.say(m)
	}
}

// tooMany leads to a person after several failures in a row.
func (d *decider) tooMany() bool {
	if d.st.Fails < failMax {
		return false
	}
	d.st.Fails = 0
	d.sayPhrase(flow.KindText, "fails", nil)
	if d.st.Handoff.State == HandoffQueued {
		d.sayPhrase(flow.KindNotice, "handoff_already", []flow.Action{d.leaveTap()}, "place", d.st.Handoff.Place)
		return true
	}
	d.handoff("", d.phrase("reason_fails"), false, true)
	return true
}
