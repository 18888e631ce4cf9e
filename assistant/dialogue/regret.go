package dialogue

import (
	"regexp"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

var (
	// bareCancel takes something back without a word of what.
	bareCancel = regexp.MustCompile(`^(我|我要|我想|帮我|请|给我|那|那就|还是|先|麻烦|赶紧|快|把)*(取消|停下|停|算了)(了|吧|掉|它|这笔|那笔|这个|刚才(的|那个|那笔)?|操作|一下|啊|呀)*$|^(please )?(cancel|stop|abort)( it| this| that)?( please| now)?$|^(stop[, ]*)?(please )?(don't|do not) (send|transfer|pay|do)( it| that| this| the money)?$|^never ?mind$`)
	// sendsNothing does not want done what a deed did: 别转了, 我不缴了, 先别汇.
	sendsNothing = regexp.MustCompile(`^(那|我|我们|俺|还是|就|先|暂时|快|赶紧|停|等等|等下|哎|唉|不|啊|,)*(不|别|不要|先不|先别|不想|不用)(再|给[^,]{1,4})?([` + verbs + `])(款|钱|账|费)?(出去|过去)?(了|吧|啊|呀)*$`)
)

// regrets answers who does not want what is already done, or out of the bank's
// hands, with the truth about it and with what can still be done: nobody is told
// that nothing happened when money has gone.
func (d *decider) regrets(e Said) bool {
	if d.top() != nil || has(e, ActQuestion) || d.st.Pending != nil && d.st.Pending.Kind != PendingRetry {
		return false
	}
	s := folded(e.Text)
	bare := bareCancel.MatchString(s)
	if !bare && !sendsNothing.MatchString(s) {
		return false
	}
	told := false
	if last := d.st.Last; last != nil && last.State != Refused && d.regretted(*last, e, s) {
		d.sayRegret(*last)
		told = true
	}
	for _, o := range d.st.Open {
		if last := d.st.Last; d.regretted(o.Deed, e, s) && (last == nil || o.Instance != last.Instance) {
			d.sayDeed(o.Deed)
			told = true
		}
	}
	if told {
		d.st.Fails = 0
		d.note(NoteAnswered, "", "", "deed")
	}
	return told
}

// regretted says that a deed moved money and may be what is taken back.
func (d *decider) regretted(deed Deed, e Said, s string) bool {
	f := d.set.Flow(deed.Flow)
	return f != nil && moves(f) && d.about(deed, e, strings.ReplaceAll(s, "取消", "")) // its 取 takes no money out
}

// sayRegret says of a deed that it stands, and who can help.
func (d *decider) sayRegret(deed Deed) {
	d.sayDeed(deed)
	if deed.State == Done {
		d.sayPhrase(flow.KindText, "deed_stands", []flow.Action{d.agentOffer()}, "who", deed.Name)
	}
}
