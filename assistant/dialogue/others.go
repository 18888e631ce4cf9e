package dialogue

import (
	"regexp"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

var (
	// settings are what a bank keeps for a customer and changes by a business of its own.
	settings = regexp.MustCompile(`限额|额度|还款日|账单日|还款方式|密码|手机号|预留|通知|提醒|利率|地址|邮箱|\b(limit|due date|statement date|pin|password|phone number|address|e-?mail|alerts?)\b`)
	// sets changes one of them.
	sets = regexp.MustCompile(`改|调|设|换|提(高|到|升)|降|升|开|关|\b(change|raise|lower|increase|reduce|set|update|reset)\b`)
)

// setsOther takes a change of something that is no slot of the business in hand:
// the limit or the due date that is changed is another business's, and its sum or
// day never becomes this one's. Where it can't be told which, nothing is changed.
func (d *decider) setsOther(e Said) bool {
	in := d.top()
	if in == nil || in.Suspended || in.Acting != "" || has(e, ActQuestion) || has(e, ActNegated) || has(e, ActCancel) {
		return false
	}
	f := d.flowOf(in)
	text := folded(e.Text)
	word := settings.FindString(text)
	if f == nil || !moves(f) || word == "" || !sets.MatchString(text) || holds(f, word) {
		return false
	}
	if p := d.st.Pending; p != nil && p.Kind == PendingSlot {
		if s := f.Slot(p.Slot); s == nil || s.Kind == "text" {
			return false // it may be what is to be written
		}
	}
	for _, x := range f.Slots {
		if _, given := d.read(in, f, e).values[x.Name]; given && x.Kind == "text" {
			return false // 备注改成提额度
		}
	}
	for _, t := range d.topics(e) {
		if t.flow != nil && t.flow.ID != in.Flow && t.p >= nearP {
			d.note(NoteIntent, t.flow.ID, "", t.intent.Name)
			d.start(t.flow, t.intent.Slots, &e)
			return true
		}
	}
	d.notUnderstood()
	return true
}

// holds says that a business has something by that name.
func holds(f *flow.Flow, word string) bool {
	text := strings.ToLower(f.Name["zh"] + " " + f.Name["en"])
	for _, s := range f.Slots {
		text += " " + strings.ToLower(strings.Join(append(namesOf(s), s.Words...), " "))
		for _, c := range s.Choices {
			text += " " + strings.ToLower(c.Label["zh"]+" "+c.Label["en"]+" "+strings.Join(c.Words, " "))
		}
	}
	return strings.Contains(text, word)
}
