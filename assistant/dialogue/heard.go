package dialogue

import (
	"regexp"

	"github.com/pingdui/pingdui/assistant/flow"
)

// What is said to a read-back beside a yes: a question it answers itself, a moment
// to think, a question whether a yes is waited for. None of them is a yes.

// asksWhether asks whether the read-back waits for a yes: 确认吗？
var asksWhether = regexp.MustCompile(`^(那|现在|是|还|我)*(要|得|需要|该)?(我)?(点|说|按|回复)?(确认|确定)(了|一下)?(吗|么|嘛|呢|吧)?\?*$|^(shall|should|do) i( have to| need to)? (confirm|tap|say yes)( it| now)?\?*$`)

// asksAtReadBack takes a question at a read-back that what runs answers itself, also
// behind a yes or a 等等: the answer first, and then the read-back again.
func (d *decider) asksAtReadBack(e Said) bool {
	p, in := d.st.Pending, d.top()
	if p == nil || p.Kind != PendingConfirm || in == nil || in.ID != p.Instance || in.Suspended || !has(e, ActQuestion) && !asksFee.MatchString(folded(e.Text)) || has(e, ActCorrection) || has(e, ActNegated) || has(e, ActCancel) {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	if asksWhether.MatchString(folded(e.Text)) {
		d.st.Fails = 0
		d.confirmPlainly(in, f, p)
		return true
	}
	a := d.ownWords(in, f, e)
	if got := d.read(in, f, e); a == nil || len(got.values) > 0 || got.bad != "" {
		return false
	}
	if has(e, ActWait) {
		d.aside(flow.Message{Kind: flow.KindText, Text: d.phrase("wait")})
	}
	d.st.Fails = 0
	d.say(flow.Message{Kind: flow.KindAnswer, Text: d.render(a.TextT, d.env(in, f))})
	d.note(NoteAnswered, in.Flow, in.Step, "flow")
	d.retry()
	return true
}

// asksFee is a question by its order of words alone: yes, but is there a fee.
var asksFee = regexp.MustCompile(`\b(is|are|will|does|do|how|what|when|which|can) (there|it|the|this|that|much|long|soon|you|i)\b|\b(but|and|so) (what|how|when|which|where|is|are|does|will)\b`)
