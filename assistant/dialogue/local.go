package dialogue

import "strings"

// local is what the bank gave, in the customer's language: where English is
// spoken, a value that has an English one beside it (name and name_en) gives way
// to that. What is not translated stays.
func (d *decider) local(m map[string]any) map[string]any {
	if d.plain || d.locale() != "en" || m == nil {
		return orEmpty(m)
	}
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = d.localAny(v)
	}
	for k, v := range m {
		base, ok := strings.CutSuffix(k, "_en")
		if s, is := v.(string); ok && is && s != "" {
			out[base] = s
		}
	}
	return out
}

func (d *decider) localAny(v any) any {
	if d.plain || d.locale() != "en" {
		return v
	}
	switch x := v.(type) {
	case map[string]any:
		return d.local(x)
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = d.localAny(x[i])
		}
		return out
	}
	return v
}
