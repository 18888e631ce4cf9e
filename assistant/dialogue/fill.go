package dialogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// filling is what one message says of the slots of one flow.
type filling struct {
	values map[string]Value
	bad    string // the reason of an impossible value
	raw    string // as it was written
	many   string // a slot for which several values were given
	// between are the bounds of a sum that was named as a range: 五六百.
	between []string
	// sure is set when a value was given with words that can mean no other
	// business: 备注生活费, 用家用卡.
	sure bool
}

// kindsOf are the entity kinds that fill a slot kind.
func kindsOf(slotKind string) []entity.Kind {
	switch slotKind {
	case "amount":
		return []entity.Kind{entity.Amount}
	case "payee", "person":
		return []entity.Kind{entity.Person}
	case "card", "account":
		return []entity.Kind{entity.CardTail, entity.Account}
	case "date":
		return []entity.Kind{entity.Date}
	case "term":
		return []entity.Kind{entity.Term}
	case "number":
		return []entity.Kind{entity.Number}
	}
	return nil
}

// read finds what a message says of a flow's slots, in any order and number.
func (d *decider) read(in *Instance, f *flow.Flow, e Said) filling {
	out := filling{values: map[string]Value{}}
	pending := ""
	if p := d.st.Pending; p != nil && p.Kind == PendingSlot && p.Instance == in.ID {
		pending = p.Slot
	}
	corrects := has(e, ActCorrection)
	e = d.introduced(in, f, e, &out)
	used := map[int]bool{}
	slots := slices.Clone(f.Slots)
	// The slot that was asked for comes first: a bare answer is its answer.
	slices.SortStableFunc(slots, func(a, b *flow.Slot) int { return b2i(b.Name == pending) - b2i(a.Name == pending) })
	for _, s := range slots {
		if _, ok := out.values[s.Name]; ok {
			continue
		}
		if s.Many && allOf.MatchString(folded(e.Text)) {
			out.values[s.Name] = Value{Raw: allOfThem(folded(e.Text)), By: "customer", Turn: d.c.Turn}
			continue
		}
		if s.Name == pending {
			if v, ok := d.readPending(in, s, e); ok {
				out.values[s.Name] = v
				for i, x := range e.Understanding.Entities {
					// What chose the option says nothing of another slot.
					used[i] = used[i] || v.Item != nil && slices.Contains([]entity.Kind{entity.CardTail, entity.Account, entity.Number, entity.Code}, x.Kind)
				}
				continue
			}
		}
		kinds := kindsOf(s.Kind)
		var found []entity.Entity
		for i, x := range e.Understanding.Entities {
			if used[i] || !slices.Contains(kinds, x.Kind) && !d.bare(in, s, e, x, corrects || s.Name == pending) {
				continue
			}
			if x.Bad != "" {
				out.bad, out.raw = x.Bad, x.Text
				continue
			}
			if x.Kind == entity.Account && !corrects && s.Name != pending && !anAccount(x.Text) {
				continue // 还贷款, 养老金: what the money is for
			}
			if excluded(e.Text, x) {
				used[i] = true
				continue
			}
			found = append(found, x)
			used[i] = true
		}
		found = d.meantOf(f, s, e, found, s.Name == pending)
		if s.Kind == "amount" && d.readSum(in, s, e, found, &out) {
			continue
		}
		if v, ok, instead := d.readChoice(s, e); ok {
			out.values[s.Name], out.sure = v, out.sure || instead
			continue
		}
		if v, ok := d.readOther(in, s, e); ok {
			out.values[s.Name] = v
			continue
		}
		if len(found) == 0 {
			if s.Kind == "payee" {
				name := d.meant(e.Text)
				if name == "" {
					name = namedPayee(withoutAsides(e))
				}
				if name != "" {
					out.values[s.Name] = Value{Raw: name, By: "customer", Turn: d.c.Turn}
				}
			}
			continue
		}
		if tails := severalTails(s, found); tails != "" && !corrects {
			out.values[s.Name] = Value{Raw: tails, By: "customer", Turn: d.c.Turn}
			continue
		}
		x := found[len(found)-1]
		if !corrects && len(found) > 1 && found[0].Value != x.Value && !takenBack(e.Text, found) {
			if s.Kind != "amount" && (s.Kind != "payee" || found[0].Role == "") {
				x = found[0]
			} else {
				out.many = s.Name
				continue
			}
		}
		v := Value{Raw: x.Value, By: "customer", Turn: d.c.Turn}
		if x.Kind == entity.Account {
			v.Raw = x.Text // 工资卡 is a name before it is a kind
		}
		if old := in.Slots[s.Name]; s.Many && old.Item != nil && !corrects && strings.Contains(e.Text, "也") {
			v.Raw = tailOf(old.Item) + "," + v.Raw
		}
		if s.Options == nil {
			v.ID = x.Value
			if s.Kind == "amount" {
				if foreign(e) {
					out.bad = "foreign_currency" // 100美元 is not ¥100
					continue
				}
				n, err := flow.Fen(x.Value)
				if err != nil || n == 0 {
					out.bad, out.raw = "too_many_decimals", x.Text
					if err == nil {
						out.bad = "not_positive"
					}
					continue
				}
				v.ID = fmt.Sprintf("%d.%02d", n/100, n%100)
			}
		}
		out.values[s.Name] = v
	}
	if out.bad == "" {
		d.times(in, f, e, &out)
	}
	out.sure = out.sure || len(out.values) > 0 && onlyChanges(e)
	if out.bad == "" && d.asksLater(f, e) {
		out.bad = "no_schedule"
		if d.onADay(f) != nil {
			out.bad = "later"
		}
	}
	if out.bad == "" && out.many == "" && d.relative(in, f, e, pending, out) {
		out.bad = "relative"
	}
	return out
}

// relative says that a sum is named as a share of what there is, which nobody
// works out for the customer: 改成全部, 转一半, send everything.
func (d *decider) relative(in *Instance, f *flow.Flow, e Said, pending string, got filling) bool {
	i := slices.IndexFunc(f.Slots, func(s *flow.Slot) bool { return s.Kind == "amount" })
	if i < 0 || has(e, ActCancel) || has(e, ActNegated) || has(e, ActQuestion) {
		return false
	}
	if _, ok := got.values[f.Slots[i].Name]; ok {
		return false
	}
	text := folded(e.Text)
	moves := has(e, ActCorrection) || pending == f.Slots[i].Name || movesWord.MatchString(text)
	return moves && relativeSum.MatchString(text)
}

var movesWord = regexp.MustCompile(`转|汇|打给|付|改|金额|\b(send|transfer|pay|make it|change)\b`)

// anAccount says that a bank term names an account or a card to use and not a
// business: 工资卡 and 存折, not 贷款.
func anAccount(text string) bool {
	t := strings.ToLower(text)
	for _, end := range []string{"卡", "折", "账户", "帐户", "account", "card", "passbook", "钱包"} {
		if strings.HasSuffix(t, end) {
			return true
		}
	}
	return false
}

// severalTails joins the tails of several cards for a slot that takes many.
func severalTails(s *flow.Slot, found []entity.Entity) string {
	if !s.Many {
		return ""
	}
	var tails []string
	for _, x := range found {
		if isDigits(x.Value) && len(x.Value) == 4 && !slices.Contains(tails, x.Value) {
			tails = append(tails, x.Value)
		}
	}
	if len(tails) < 2 {
		return ""
	}
	return strings.Join(tails, ",")
}

// bare says whether a number without a unit stands for this slot: money where
// no amount is named and nothing is counted (另一张 is no money), a tail where it
// is the whole tail of a card on offer.
func (d *decider) bare(in *Instance, s *flow.Slot, e Said, x entity.Entity, asked bool) bool {
	if x.Kind != entity.Number && x.Kind != entity.Code {
		return false
	}
	digits := strings.TrimSuffix(x.Value, ".00")
	switch s.Kind {
	case "amount":
		if slices.ContainsFunc(e.Understanding.Entities, func(o entity.Entity) bool { return o.Kind == entity.Amount }) {
			return false
		}
		if x.Role == entity.Count || x.Role == entity.Aside && !asked || d.tailHere(in, e, x) {
			return false // 四十亩, 今年65了, 别用6688
		}
		return asked || x.Role == entity.More || x.Role == entity.Less || x.Bad != "" || x.Kind == entity.Number && (len(digits) > 1 || afterMoves.MatchString(strings.ToLower(e.Text[:min(max(x.Start, 0), len(e.Text))])))
	case "card", "account":
		return asked && len(digits) == 4 && len(matchOptions(in.Options[s.Name].Items, digits)) == 1
	}
	return false
}

// afterMoves ends with a word behind which a lone digit is a sum: 给妈转1.
var afterMoves = regexp.MustCompile(`(转账?|汇款?|付款?|打款?|\b(send|transfer|pay|wire|to \w+))\s*$`)

// namedAfterGive finds a payee that no grammar of names knows: 给赵六转五百.
func namedAfterGive(text string) string {
	_, after, ok := strings.Cut(text, "给")
	if !ok {
		return ""
	}
	r := []rune(after)
	for i := 1; i < len(r) && i <= 5; i++ {
		if strings.ContainsRune("转汇打划", r[i]) {
			name := string(r[:i])
			if slices.Contains([]string{"我", "你", "您", "他", "她", "别人", "谁", "人", "人家"}, name) || strings.ContainsAny(name, "0123456789，。,. ") {
				return ""
			}
			return name
		}
	}
	return ""
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// excluded says that the words before an entity take it away: 不是老王, not 500,
// 别用6688. A 不 before a sum takes back the one before it: 五百，不，六百.
func excluded(text string, x entity.Entity) bool {
	if x.Start < 0 || x.Start > len(text) {
		return false
	}
	before := strings.ToLower(text[:x.Start])
	if x.Kind == "" {
		return takesWord.MatchString(before)
	}
	if x.Kind == entity.Amount || x.Kind == entity.Number && !usedFrom.MatchString(before) {
		return takesSum.MatchString(before)
	}
	return takesAway.MatchString(before) || x.End >= x.Start && x.End <= len(text) && awayAfter.MatchString(text[x.End:])
}

var (
	takesAway = regexp.MustCompile(`(?:不是|不要|(?:^|[^分特区个级类])别|不|甭|勿|不用|\bnot|instead of|isn't|don't use|rather than|except)(?:再|要|想)?(?:让)?[ “"]*(?:用|从|拿|使|由|尾号|转给|改给|给|转|to|from|use|using|with|the|my|card|account|ending in|那张|这张|[ “"])*$`)
	awayAfter = regexp.MustCompile(`^(?:那张|这张|那个|那边|那里|的|卡|里| )*(?:就|先)?(?:别|不要|不用|不)(?:再)?(?:用|扣|从|动|转|给|汇|打)`)
	takesWord = regexp.MustCompile(`(?:不是|不要|(?:^|[^分特区个级类])别|不|\bnot|not to|instead of|isn't)[ “"尾号给转]*$`)
	takesSum  = regexp.MustCompile(`(?:不是|不要|(?:^|[^不分特区个级类])别|\bnot|instead of|isn't|rather than)[ “"]*(?:转|给|to|的|[ “"])*$`)
	usedFrom  = regexp.MustCompile(`(?:用|从|拿|尾号|from|using|use|card)[ “"]*$`)
)

// foreign says that the message names a currency other than the yuan.
func foreign(e Said) bool {
	return slices.ContainsFunc(e.Understanding.Entities, func(x entity.Entity) bool { return x.Kind == entity.Currency && x.Value != "CNY" })
}

// readChoice finds a fixed choice by its words; instead says that another one was
// spoken against: 不用每个月，就一次.
func (d *decider) readChoice(s *flow.Slot, e Said) (v Value, ok, instead bool) {
	text, soft := strings.ToLower(e.Text), 0 // behind the word that is perhaps not wanted
	for _, c := range s.Choices {
		for _, w := range append(slices.Clone(c.Words), c.Label["zh"], c.Label["en"]) {
			i := strings.Index(text, strings.ToLower(w))
			switch {
			case w == "" || i < 0:
			case excluded(text, entity.Entity{Start: i}):
				instead = true
			default:
				hit := Value{Raw: e.Text, ID: c.Value, By: "customer", Turn: d.c.Turn}
				switch needs := !needless.MatchString(text[:i]); {
				case ok && needs && soft < i && strings.ContainsFunc(text[soft:i], endsClause):
					return hit, true, true
				case ok:
				case needs:
					return hit, true, instead
				default: // 不用再发 may be a value of its own
					v, ok, soft = hit, true, i
				}
			}
		}
	}
	return v, ok, false
}

var needless = regexp.MustCompile(`(?:不用|不必|不需要|no need for )$`)

// readPending reads the answer to the very question that was asked.
func (d *decider) readPending(in *Instance, s *flow.Slot, e Said) (Value, bool) {
	list := in.Options[s.Name].Items
	if len(list) > 1 {
		if item := pickOption(list, e); item != nil {
			return Value{Raw: in.Slots[s.Name].Raw, ID: fmt.Sprint(item["id"]), Item: item, By: "customer", Turn: d.c.Turn}, true
		}
	}
	text := strings.Trim(e.Text, " 。，！,.!?？")
	plain := len(e.Understanding.Acts) == 0 && utf8.RuneCountInString(text) <= 12 && text != ""
	switch s.Kind {
	case "text":
		if m := sentElse.FindStringSubmatch(text); m != nil { // the sentence is never the address
			to := strings.Trim(m[1], " 。，！,.吧")
			return Value{Raw: to, ID: to, By: "customer", Turn: d.c.Turn}, to != ""
		}
		if len(e.Understanding.Acts) == 0 && text != "" {
			return Value{Raw: text, ID: text, By: "customer", Turn: d.c.Turn}, true
		}
	case "payee", "person":
		if slices.ContainsFunc(e.Understanding.Entities, func(x entity.Entity) bool { return x.Kind == entity.Person }) {
			return Value{}, false
		}
		if top := best(e.Understanding); plain && !changedMind.MatchString(folded(e.Text)) && (top.P < switchP || d.sameFlow(in, top.Intent)) && len(e.Understanding.Entities) == 0 {
			for _, w := range []string{"转给", "给", "to "} {
				text = strings.TrimPrefix(text, w)
			}
			return Value{Raw: text, By: "customer", Turn: d.c.Turn}, text != "" && len(list) == 0
		}
	}
	return Value{}, false
}

func (d *decider) sameFlow(in *Instance, intent string) bool {
	f := d.set.FlowOf(intent)
	return f != nil && f.ID == in.Flow
}

func has(e Said, act string) bool { return slices.Contains(e.Understanding.Acts, act) }

func best(u Understanding) Scored {
	if len(u.Intents) == 0 {
		return Scored{}
	}
	return u.Intents[0]
}
