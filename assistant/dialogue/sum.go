package dialogue

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/intents/entity"
)

// readSum works out a sum that is named by its distance to another one, 再加三百,
// 少转五十, and refuses to guess one that is only rough, 五六百. It is true when
// that was what the message says of the slot.
func (d *decider) readSum(in *Instance, s *flow.Slot, e Said, found []entity.Entity, out *filling) bool {
	if raw, between := either(e); between != nil && len(found) > 0 {
		out.bad, out.raw, out.between = "rough", raw, between
		return true
	}
	var base, change *entity.Entity
	for i := range found {
		switch x := &found[i]; x.Role {
		case entity.More, entity.Less:
			change = x
		case entity.About:
			if x.Upto != "" || pays(d.flowOf(in)) {
				out.bad, out.raw = "rough", x.Text
				out.between = bounds(*x)
				return true
			}
		default:
			base = x
		}
	}
	if change == nil {
		return false
	}
	stands := in.Slots[s.Name].ID
	if base != nil {
		stands = base.Value // 转五百，再加三百
	}
	a, errA := flow.Fen(stands)
	b, errB := flow.Fen(change.Value)
	if stands == "" || errA != nil || errB != nil {
		out.bad, out.raw = "no_base", change.Text
		return true
	}
	if change.Role == entity.Less {
		b = -b
	}
	if upto, err := flow.Fen(change.Upto); change.Upto != "" && err == nil {
		if b < 0 {
			upto = -upto
		}
		out.bad, out.raw = "rough", change.Text
		for _, sum := range []int64{a + b, a + upto} {
			if sum > 0 {
				out.between = append(out.between, yuanOf(sum))
			}
		}
		return true
	}
	d.sumOf(s, a+b, change.Text, out)
	return true
}

var betweenSums = regexp.MustCompile(`^ *(?:或者?|还是|到|至|-|~|—|\bor\b|\bto\b) *(?:是|cny|rmb|¥)? *$`)

// either are two sums of which a message leaves open which: 五百或者六百, 500 to 600.
func either(e Said) (raw string, between []string) {
	list := e.Understanding.Entities
	for i := 0; i+1 < len(list); i++ {
		a, b := list[i], list[i+1]
		if !isSum(a) || !isSum(b) || a.Value == b.Value || a.End > b.Start || b.End > len(e.Text) || !betweenSums.MatchString(strings.ToLower(e.Text[a.End:b.Start])) {
			continue
		}
		low, errA := flow.Fen(a.Value)
		high, errB := flow.Fen(b.Value)
		if errA == nil && errB == nil {
			return e.Text[a.Start:b.End], []string{yuanOf(low), yuanOf(high)}
		}
	}
	return "", nil
}

func isSum(x entity.Entity) bool {
	return x.Bad == "" && (x.Kind == entity.Amount || x.Kind == entity.Number) && x.Role != entity.Count
}

// sumOf gives a slot a sum that was worked out, in fen; raw is how it was said.
func (d *decider) sumOf(s *flow.Slot, fen int64, raw string, out *filling) {
	if fen <= 0 {
		out.bad, out.raw = "below_zero", raw
		return
	}
	out.values[s.Name] = Value{Raw: raw, ID: yuanOf(fen), By: "customer", Turn: d.c.Turn}
	out.sure = true
}

func yuanOf(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

var (
	twice   = regexp.MustCompile(`翻一?倍|翻一?番|加倍|双倍|\bdouble (it|that|the amount)\b|twice (as much|that)`)
	halved  = regexp.MustCompile(`减半|砍半|\bhalve (it|that|the amount)\b`)
	several = regexp.MustCompile(`翻[两二三四五六七八九十几\d]倍|[两二三四五六七八九十几\d]倍`)
)

// times works out a sum that is named as a multiple of the one that stands.
func (d *decider) times(in *Instance, f *flow.Flow, e Said, out *filling) {
	for _, s := range f.Slots {
		if _, given := out.values[s.Name]; s.Kind != "amount" || given {
			continue
		}
		text := folded(e.Text)
		fen, err := flow.Fen(in.Slots[s.Name].ID)
		switch {
		case has(e, ActQuestion) || has(e, ActNegated) || has(e, ActCancel):
		case several.MatchString(text) && in.Slots[s.Name].ID != "" && len(e.Understanding.Entities) < 2:
			out.bad, out.raw = "no_multiple", s.Name // 翻三倍 is read in two ways
		case !twice.MatchString(text) && !halved.MatchString(text):
		case in.Slots[s.Name].ID == "" || err != nil:
			out.bad, out.raw = "no_base", e.Text
		case twice.MatchString(text):
			d.sumOf(s, 2*fen, e.Text, out)
		case fen%2 != 0:
			out.bad, out.raw = "no_multiple", s.Name
		default:
			d.sumOf(s, fen/2, e.Text, out)
		}
		return
	}
}

// bounds are the exact sums a rough one may mean.
func bounds(x entity.Entity) []string {
	if x.Upto == "" {
		return []string{x.Value}
	}
	return []string{x.Value, x.Upto}
}

// exactly are the taps for the sums a rough one may mean.
func (d *decider) exactly(in *Instance, f *flow.Flow, got filling) []flow.Action {
	var out []flow.Action
	for _, s := range f.Slots {
		if s.Kind != "amount" {
			continue
		}
		for _, sum := range got.between {
			out = append(out, d.offer(Offer{Kind: offerFill, Instance: in.ID, Slots: map[string]string{s.Name: sum}}, flow.Money(sum, d.locale()), flow.StylePlain))
		}
		return out
	}
	return nil
}

// fill takes a tap that fills slots of a form that is still open.
func (d *decider) fill(o *Offer) {
	in := d.instance(o.Instance)
	if in == nil || in.Acting != "" {
		d.stale()
		return
	}
	f := d.flowOf(in)
	if f == nil {
		d.stale()
		return
	}
	in = d.raise(in.ID)
	in.Suspended = false
	got := filling{values: map[string]Value{}}
	for _, s := range f.Slots {
		if v, ok := o.Slots[s.Name]; ok {
			got.values[s.Name] = Value{Raw: v, ID: v, By: "customer", Turn: d.c.Turn}
		}
	}
	d.filled(in, f, got)
}
