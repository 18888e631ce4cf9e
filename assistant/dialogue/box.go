package dialogue

import (
	"regexp"

	"github.com/pingdui/pingdui/assistant/flow"
)

// noCode says that the code has not come, or is wanted once more.
var noCode = regexp.MustCompile(`(收不到|没收到|没有收到|没收着|接不到|没来|不来|还没到|等不到|没发(过)?来|没看(到|见))[^,。?!]{0,6}(验证码|短信|码)|(验证码|短信|码)[^,。?!]{0,8}(没(有)?(来|到|收|发|看)|收不到|不来|还没|呢$|在哪|过期|失效|没了|删了)|(重新?|再)(发|给我发|获取|要|来)(一)?(次|遍|个|条|下)?(验证码|短信|码)?$|\b(resend|send (it|the code|a code|another( code)?|a new code)( again)?)\b|\b(didn't|did not|haven't|have not|don't|can't|not|never|no)\b[^.]{0,14}\b(code|text|sms)\b|\b(code|text|sms)\b[^.]{0,12}\b(hasn't|has not|didn't|did not|never|not|isn't|expired|missing)\b|where('s| is) (the|my) (code|text)`)

// againCode asks for another code in plain words.
var againCode = regexp.MustCompile(`^(请|麻烦|帮我|那|你|给我)*(重新?|再)(发|给我发|获取|要|来)(一)?(次|遍|个|条|下)?(验证码|短信|码)?(吧|啊|呗|一下)?$|^(please )?(resend|send (it|the code|another|a new|another code|a new code)( again)?)( the code| it)?( please)?$`)

// wavers speaks of dropping it in whatever words: at a secure box that is no yes any
// more, even where the sentence is not understood as a cancel.
var wavers = regexp.MustCompile(`(^|[^别不])取消|反悔|后悔|作罢|放弃|(^|[^别不])撤(回|销|了)|\b(cancel|call it off|second thoughts|changed my mind|back out)\b`)

// atBox takes the trouble with a code at the secure box that waits for it: where it
// went, what to do, another one, a person. It begins no other business, and the
// box stands.
func (d *decider) atBox(e Said) bool {
	in, p := d.top(), d.st.Pending
	if in == nil || p == nil || p.Kind != PendingSecure || in.Suspended || in.Acting != "" || !noCode.MatchString(folded(e.Text)) || has(e, ActCancel) || drops(e) {
		return false
	}
	f := d.flowOf(in)
	if f == nil {
		return false
	}
	s := f.Step(in.Step)
	if s == nil || s.StepUp == nil || in.Boxes[target(f, s).ID].SMSTo == "" {
		return false // no code was sent
	}
	d.st.Fails = 0
	if againCode.MatchString(folded(e.Text)) {
		d.resend(in, f, s)
		return true
	}
	again := d.offer(Offer{Kind: offerResend, Instance: in.ID}, d.phrase("tap_resend"), flow.StylePlain)
	d.sayPhrase(flow.KindText, "code_trouble", []flow.Action{again, d.agentOffer()}, "to", in.Boxes[target(f, s).ID].SMSTo)
	d.retry()
	return true
}

// resend opens a new box for the same call, with a new code; the old one opens
// nothing any more.
func (d *decider) resend(in *Instance, f *flow.Flow, s *flow.Step) {
	delete(in.Boxes, target(f, s).ID)
	d.st.Pending = nil
	d.sayPhrase(flow.KindText, "code_resent", nil)
	d.run()
}

// tappedResend takes the tap 重发验证码 while its box still stands.
func (d *decider) tappedResend(id string) {
	in, p := d.top(), d.st.Pending
	if in == nil || in.ID != id || p == nil || p.Kind != PendingSecure || in.Acting != "" {
		d.stale()
		return
	}
	f := d.flowOf(in)
	if f == nil {
		d.run()
		return
	}
	if s := f.Step(in.Step); s != nil && s.StepUp != nil {
		d.resend(in, f, s)
	}
}

// leavesBox notes that another business is begun while a secure box is open.
func (d *decider) leavesBox(in *Instance) {
	in.Left = 0
	if p := d.st.Pending; p != nil && p.Kind == PendingSecure && p.Instance == in.ID {
		in.Left = d.c.Turn
	}
}

// boxWaits says that a flow was left at its open box in this very turn: what came
// between is done (查下余额), and the box stands again without another question.
func (d *decider) boxWaits(in *Instance) bool { return in.Left != 0 && in.Left == d.c.Turn }
