package dialogue

import (
	"regexp"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

// allAway is the wish to send or move all of one's money, told by nobody else and
// not yet done: 把卡里的钱都转过去. What was sent already has a 了.
var allAway = regexp.MustCompile(`^(那|就|请|帮我|给我|我要|我想|你|您|,)*(把|将)?[^,。?!被让叫骗说了他她]{0,8}(钱|余额|存款)(都|全|全部|全都|统统)*(给[^,。?!]{1,4})?(转|汇|打)(走|出去|过去|给[^,。?!]{1,4}|到[^,。?!了]{1,6})?(吧|啊|呀)?$|^(please )?(send|transfer|move) (all|everything)[^.?!]{0,30}$`)

// groundless says that a flow that stops a fraud is no answer to a message: nothing
// in it has happened, it only wants all of the money sent.
func (d *decider) groundless(e Said, f *flow.Flow) bool {
	return f != nil && f == d.stopper("scam") && allAway.MatchString(folded(e.Text))
}

// lostMoney tells of money that is gone, also where it asks.
var lostMoney = regexp.MustCompile(`骗(走|了|光|去)|怎么办|咋办|刚才|刚刚|已经|\b(took|lost|gone|stole)\b`)

// asksOfFrauds answers a question about frauds at large, in which the customer has
// no part: 有没有人被骗过.
func (d *decider) asksOfFrauds(e Said) bool {
	s := folded(e.Text)
	if !asking(e) || !deceit.MatchString(s) || strings.ContainsAny(s, "我俺咱") || lostMoney.MatchString(s) || has(e, ActNegated) || len(e.Understanding.Scams) > 0 {
		return false
	}
	if v := d.verdict(e, startP); v.flow != nil && v.flow != d.stopper("scam") || v.kind == knowledge {
		return false
	}
	d.st.Fails = 0
	d.weighs(e)
	return true
}
