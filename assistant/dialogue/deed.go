package dialogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// Deed is one thing that was to be done at the bank, and what became of it: what
// 转了吗, 为什么转不了 and 我刚才转了多少 are about.
type Deed struct {
	Instance  string  `json:"instance"`
	Flow      string  `json:"flow"`
	Operation string  `json:"operation"`
	State     Outcome `json:"state"` // done, refused, unknown
	Payee     string  `json:"payee,omitempty"`
	Name      string  `json:"name,omitempty"` // of the payee
	Raw       string  `json:"raw,omitempty"`  // as the customer named them
	Amount    string  `json:"amount,omitempty"`
	Number    string  `json:"number,omitempty"`
	Time      string  `json:"time,omitempty"`
	// Why is the bank's refusal: text and text_en.
	Why map[string]any `json:"why,omitempty"`
	At  time.Time      `json:"at,omitzero"`
}

// deed is what a call of a running flow is about.
func (d *decider) deed(in *Instance, f *flow.Flow, s *flow.Step, state Outcome) Deed {
	out := Deed{Instance: in.ID, Flow: in.Flow, Operation: s.Call.Operation, State: state, Payee: payeeOf(in, f), Amount: sumOf(d.args(in, f, s.Call.ArgsX, "")), At: d.c.Now}
	for _, slot := range f.Slots {
		if v := in.Slots[slot.Name]; slot.Kind == "payee" && v.Item != nil {
			out.Name, _ = v.Item["name"].(string)
			out.Raw = v.Raw
		}
	}
	return out
}

// keepDeed remembers what became of a call: of an irreversible one always, of a
// read where the bank refuses already what is to follow.
func (d *decider) keepDeed(in *Instance, f *flow.Flow, s *flow.Step, o Outcome, code string, v any) {
	m, _ := v.(map[string]any)
	if !s.Call.Irreversible {
		why, refused := m["refusal"].(map[string]any)
		switch {
		case o == Refused:
			why = m
		case o == Done && refused && why["text"] != nil:
		default:
			if d.st.Last != nil && o == Done && d.st.Last.Instance == in.ID && d.st.Last.State == Refused {
				d.st.Last = nil // it goes on after all
			}
			return
		}
		deed := d.deed(in, f, s, Refused)
		deed.Why = why
		d.st.Last = &deed
		return
	}
	if o == Refused && retriable(code) {
		return
	}
	deed := d.deed(in, f, s, o)
	if o == Refused {
		deed.Why = m
	}
	deed.Number, _ = m["number"].(string)
	deed.Time, _ = m["time"].(string)
	d.st.Last = &deed
	if n := len(d.st.Open); o == Unknown && n > 0 && d.st.Open[n-1].Instance == in.ID {
		d.st.Open[n-1].Deed = deed
	}
}

// settle keeps what became of a deed whose outcome was unknown.
func (d *decider) settle(o OpenAction, e ActionDone, v map[string]any) {
	deed := o.Deed
	deed.State, deed.At = e.Outcome, d.c.Now
	deed.Number, _ = v["number"].(string)
	deed.Time, _ = v["time"].(string)
	if e.Outcome == Refused {
		deed.Why = v
	}
	d.st.Last = &deed
}

// What is asked of a deed.
var (
	// whyFailed asks for the reason of a refusal.
	whyFailed = regexp.MustCompile(`(为(什么|啥|何)|凭(什么|啥)|谁|(怎么|咋)(就|又|还|会|被|给|把))[^,。?!解]{0,6}(冻|限(制|我|了|住)|锁|封|管控|止付|拦)|(为(什么|啥|何)|怎么|咋|凭(什么|啥))[^,。?!]{0,4}(冻|限|锁|封|管控|止付|拦|卡)(结|制|住|了|着)?[^,。?!]{0,3}(我|卡|账|钱|户)|(我|卡|账户|钱)[^,。?!]{0,4}(为(什么|啥|何)|怎么|咋|凭(什么|啥))[^,。?!]{0,4}(冻|限制|锁|封|管控|止付|拦)|(为(什么|啥|何)|怎么|咋|凭(什么|啥)|(什么|啥)原因|哪里)[^,。?!]{0,8}(不了|不成|不出|不过去|没(有)?(转|汇|付|办|缴|交|还|存|买|成)|不(让|能|给|行|成)|失败|被(拒|退)|受理|有问题)|(转|汇|付|办|缴|交|还|存|买)不(了|成|出去|过去|走)[^,。?!]{0,4}(为|啥|什么|怎么|咋|原因)|(失败|没成|不成功|没转成|拒绝?)的?[^,。?!]{0,3}(原因|为什么|为啥)|^(这|那)?(又)?(是)?(为(什么|啥)|怎么回事|咋回事|怎么了|咋了|(什么|啥)(原因|情况))(啊|呢|呀|吗|了)*$|\bwhy (can't|cannot|can not|couldn't|could|did|was|wasn't|didn't|doesn't|won't|wouldn't|is|isn't|not)\b[^.?!]{0,30}(send|sent|pay|paid|go|through|work|transfer|accept|refus|reject|declin|fail|done|not)|\b(why|who)\b[^.?!]{0,24}\b(block|froze|freeze|restrict|limited|locked|stopped|held|on hold)|^why( not| is that)?$|what('s| is| was) (wrong|the (reason|problem))|what went wrong|how come`)
	// wentThrough asks whether it was done.
	wentThrough = regexp.MustCompile(`^(请问|那么?|刚才|刚刚|那笔|这笔|那个|我|的|钱|款|到底|究竟|现在|所以|你|帮我?看看?|转账|一下|是不是|有没有|真的?|已经|,|呢|啊)*((转|汇|付|打|缴|交|还|存|买|办|扣|弄|划)(账)?(走|出去|过去|成功|成|好|完|掉)?(了|钱了)?(吗|么|没有|没|不|呢)|(转|汇|付|打|缴|交|还|存|买|办|扣)(了)?没(有)?(转|汇|付|打|缴|交|还|存|买|办|扣)|(成功|成|好|到|到账|完成|出去|过去)(了)?(吗|么|没有|没)|(有|出)?(没有)?结果(了|出来了?)?(吗|么|没有|没)|怎么样了|(转|办|成)了|(转|汇|付|打|缴|交|还|存|买|办|扣)(了|成)?没(有)?(转|汇|付|打|缴|交|还|存|买|办|扣)(成功|成|出去|过去|走|好|完|掉)?|成(了)?没(有)?成(功)?|(咋|怎么)(还|就|一点)?(都)?没(有)?(个)?(动静|反应|消息|信儿?|结果|下文)|(什么时候|啥时候|多久|几时)(才)?(能|会)?(有|出)(个)?(结果|消息|信儿?))(啊|呀|呢|吗|的|了|没|没有)*$|^(so,? |and |well,? )?(did|has|have|was|is|were) (you |it |that |the (money|transfer|payment) |my (money|transfer|payment) )+((already|actually|really|been|be|ever) )*(go|gone|sent|send|through|done|out|transferred|paid|pay|succeed|successful|complete|completed|work|worked|arrive|arrived)( it| through| out| yet| in the end)*$|^any (news|result)( yet)?$|what('s| is) the (status|result|outcome)|when will (i|you|we) (know|hear)`)
	// whatWasDone asks for the particulars.
	whatWasDone = regexp.MustCompile(`(刚才|刚刚|刚|上一笔|那一?笔|这一?笔)[^,。?!]{0,6}(转|汇|付|打|缴|交|还|存|买)[^,。?!]{0,6}(多少|几|谁|哪|什么时候|编号|单号)|(刚才|刚刚|上一笔|那一?笔|这一?笔)[^,。?!]{0,6}(编号|单号|流水号|金额|(是)?多少钱|几点|什么时候(转|汇|付|办))|(转|汇|付|打)给(了)?谁了|^我?(一共)?(转|汇|付|打)(出去|走)?了多少(钱)?$|(how much|who|what) (did|have) i (just )?(send|sent|pay|paid|transfer)|how much was (it|that|the (transfer|payment))|what('s| is| was) the (number|reference|amount)`)
)

// The verbs of sending money, and those of other businesses, which have them in
// their names.
const (
	sendVerbs  = "转汇付打划"
	otherVerbs = "缴交还存买取赎充"
)

// tellsDeed answers what is asked of what was just done, refused or sent without
// an answer, from that deed itself and in one turn.
func (d *decider) tellsDeed(e Said) bool {
	s := strings.TrimRight(folded(e.Text), "? ")
	why, whether, what := whyFailed.MatchString(s), wentThrough.MatchString(s), whatWasDone.MatchString(s)
	if !why && !whether && !what || has(e, ActNegated) && !why {
		return false
	}
	if in := d.top(); in != nil && (in.Acting != "" || !in.Suspended && (d.st.Last == nil || in.ID != d.st.Last.Instance)) {
		return false // what is open has an answer of its own
	}
	told := false
	if last := d.st.Last; last != nil && d.about(*last, e, s) && (last.State != Done || !why) && (last.State == Done || !what || whether) {
		d.sayDeed(*last)
		told = true
	}
	for _, o := range d.st.Open {
		if last := d.st.Last; !why && d.about(o.Deed, e, s) && (last == nil || o.Instance != last.Instance) {
			d.sayDeed(o.Deed)
			told = true
		}
	}
	if !told {
		return false
	}
	d.st.Fails = 0
	d.note(NoteAnswered, "", "", "deed")
	d.retry()
	return true
}

// about says that a question may be about this deed: its verb is one of that
// business, it is no other sum or person that is named, and it was lately.
func (d *decider) about(deed Deed, e Said, s string) bool {
	f := d.set.Flow(deed.Flow)
	if f == nil || deed.Operation == "" || d.c.Now.Sub(deed.At) > staleness {
		return false
	}
	for _, verb := range s {
		if strings.ContainsRune(sendVerbs, verb) && !paysOut(f) || strings.ContainsRune(otherVerbs, verb) && !strings.ContainsRune(f.Name["zh"], verb) {
			return false
		}
	}
	for _, x := range e.Understanding.Entities {
		if x.Kind == entity.Amount && x.Value != deed.Amount || x.Kind == entity.Person && x.Value != deed.Raw && x.Value != deed.Name || x.Kind == entity.Date || x.Kind == entity.Period {
			return false
		}
	}
	return true
}

// sayDeed says what became of a deed.
func (d *decider) sayDeed(deed Deed) {
	pairs := []any{"name", d.flowName(deed.Flow), "who", deed.Name, "amount", deed.Amount, "number", deed.Number, "time", deed.Time}
	switch deed.State {
	case Done:
		d.sayPhrase(flow.KindAnswer, "deed_done", nil, pairs...)
	case Refused:
		text := strings.TrimRight(fmt.Sprint(d.local(deed.Why)["text"]), "。. ")
		d.sayPhrase(flow.KindAnswer, "deed_refused", []flow.Action{d.agentOffer()}, append(pairs, "why", text)...)
	default:
		d.sayPhrase(flow.KindAnswer, "deed_unknown", nil, pairs...)
	}
}

// warnsOfTwice says, before the like of it is read back, that the bank has not
// told what became of the one before: it may be done twice.
func (d *decider) warnsOfTwice(in *Instance, f *flow.Flow, call *flow.Step) {
	i := slices.IndexFunc(d.st.Open, func(o OpenAction) bool {
		return o.Instance != in.ID && o.Deed.Operation == call.Call.Operation && o.Deed.Payee == payeeOf(in, f) && o.Warned != in.ID
	})
	if i < 0 {
		return
	}
	d.st.Open[i].Warned = in.ID
	deed := d.st.Open[i].Deed
	d.sayPhrase(flow.KindText, "deed_twice", nil, "name", d.flowName(deed.Flow), "who", deed.Name, "amount", deed.Amount)
}
