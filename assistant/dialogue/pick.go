package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/intents/entity"
)

// pickOption finds the one option a message means: by number, by tail, by any
// words it shares with exactly one of them; an option that is spoken against
// (不要第一个) is out.
func pickOption(items []map[string]any, e Said) map[string]any {
	in := make([]bool, len(items))
	out := make([]bool, len(items))
	for _, x := range e.Understanding.Entities {
		neg := excluded(e.Text, x)
		for i, it := range items {
			hit := false
			switch x.Kind {
			case entity.Ordinal:
				hit = x.Value == fmt.Sprint(i+1) || x.Value == fmt.Sprint(i-len(items))
			case entity.CardTail, entity.Number, entity.Code:
				digits := strings.TrimSuffix(x.Value, ".00")
				hit = isDigits(digits) && tailOf(it) != "" && strings.HasSuffix(tailOf(it), digits)
			case entity.Account:
				kind, _ := it["kind"].(string)
				hit = sameKind(kind, x.Value)
			case entity.Amount, entity.Date, entity.DateTime, entity.Period, entity.Term, entity.Percent,
				entity.Phone, entity.CardFull, entity.IDNumber, entity.Person, entity.Currency:
				// These point at no option; its words may still match below.
			}
			if hit && neg {
				out[i] = true
			} else if hit {
				in[i] = true
			}
		}
	}
	if it := only(items, in); it != nil {
		return it
	}
	if slices.Contains(out, true) {
		for i := range out {
			out[i] = !out[i]
		}
		if it := only(items, out); it != nil {
			return it
		}
	}
	scores, top := make([]int, len(items)), 0
	for i, it := range items {
		scores[i] = shared(e.Text, it)
		top = max(top, scores[i])
	}
	if top == 0 {
		return nil
	}
	for i := range scores {
		in[i] = scores[i] == top
	}
	return only(items, in)
}

func only(items []map[string]any, in []bool) map[string]any {
	var found map[string]any
	for i, ok := range in {
		if !ok {
			continue
		}
		if found != nil {
			return nil
		}
		found = items[i]
	}
	return found
}

// shared counts the pairs of characters a text has in common with an option's
// words.
func shared(text string, it map[string]any) int {
	n := 0
	r := []rune(strings.ToLower(text))
	for i := 0; i+1 < len(r); i++ {
		pair := string(r[i : i+2])
		for _, k := range []string{"name", "name_en", "alias", "bank", "tail", "account_tail", "relation", "label"} {
			if v, ok := it[k].(string); ok && strings.Contains(strings.ToLower(v), pair) {
				n++
				break
			}
		}
	}
	return n
}
