package convtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/dialogue"
)

// drawn is the signature every scripted customer draws.
const drawn = "M12 40 C20 10 40 10 52 40 S80 70 96 40"

// session is a word from a colleague, a reviewer or the camera.
func (r *runner) session(t *Turn) dialogue.Event {
	s := t.Session
	e := dialogue.SessionChanged{State: s.State, Role: s.Role, Outcome: s.Outcome, Reason: s.Reason, Session: fmt.Sprintf("S%03d", r.turnNo)}
	if e.State == "" {
		e.State = "ended"
	}
	e.By = dialogue.AgentView{ID: "A01", Name: "周老师", Number: "8001"}
	switch s.By {
	case "", "A01":
	case "A02":
		e.By = dialogue.AgentView{ID: "A02", Name: "孟老师", Number: "8002"}
	default:
		e.By = dialogue.AgentView{ID: s.By}
	}
	if r.asked == nil {
		if !t.Try {
			r.failf("nobody outside was asked for anything")
			return nil
		}
		return e
	}
	e.Ref = r.asked.Ref
	ids := []string(s.Items)
	if slices.Contains(ids, "all") {
		ids = nil
		for _, it := range r.asked.Items {
			ids = append(ids, it.ID)
		}
	}
	for _, id := range ids {
		name, untick := strings.CutPrefix(id, "no ")
		e.Items = append(e.Items, dialogue.Ticked{ID: name, OK: !untick, At: r.now, By: e.By.ID})
	}
	for name, v := range s.Fields {
		value, unsure := strings.CutSuffix(v, "?")
		if e.Fields == nil {
			e.Fields = map[string]dialogue.Field{}
		}
		e.Fields[name] = dialogue.Field{Value: value, Sure: !unsure}
	}
	r.log = append(r.log, fmt.Sprintf("外部 %s: %s %s %s", e.By.ID, e.State, e.Outcome, e.Reason))
	return e
}

func (r *runner) sign(t *Turn) dialogue.Event {
	if len(r.signs) == 0 {
		if !t.Try {
			r.failf("no document is there to sign")
		}
		return nil
	}
	ref := r.signs[len(r.signs)-1]
	if t.SignOld {
		ref = r.signs[0]
	}
	by := t.By
	if by == "" {
		by = "customer"
	}
	r.log = append(r.log, "客户 [签名 "+ref+"]")
	return dialogue.Edited{Slot: ref, Value: drawn, By: by}
}

// checkOutside holds what was asked of others, and what came of it, against
// what was expected.
func (r *runner) checkOutside(t *Turn) {
	if t.Asked != nil {
		r.checkAsked(t.Asked)
	}
	if t.Withdrawn && !slices.ContainsFunc(r.fx, func(e dialogue.Effect) bool { _, ok := e.(dialogue.Withdraw); return ok }) {
		r.failf("nothing was taken back")
	}
	if t.Blocked != "" && !slices.ContainsFunc(r.fx, func(e dialogue.Effect) bool {
		n, ok := e.(dialogue.Note)
		return ok && n.Kind == dialogue.NoteBlocked && strings.Contains(n.Text, t.Blocked)
	}) {
		r.failf("nothing was blocked for %q", t.Blocked)
	}
	for path, want := range t.Results {
		if got := r.result(path); got != want {
			r.failf("result %s is %q, not %q", path, got, want)
		}
	}
	if t.Parked != nil {
		got := ""
		for _, in := range r.st.Parked {
			got = in.Flow
		}
		if got != *t.Parked {
			r.failf("%q is put off, not %q", got, *t.Parked)
		}
	}
}

func (r *runner) checkAsked(want *AskedExpect) {
	i := slices.IndexFunc(r.fx, func(e dialogue.Effect) bool { _, ok := e.(dialogue.Session); return ok })
	if i < 0 {
		r.failf("nobody outside was asked")
		return
	}
	got, _ := r.fx[i].(dialogue.Session)
	for _, x := range [][3]string{{"kind", want.Kind, got.Kind}, {"role", want.Role, got.Role}, {"medium", want.Medium, got.Medium}, {"queue", want.Queue, got.Queue}} {
		if x[1] != "" && x[1] != x[2] {
			r.failf("asked for %s %q, not %q", x[0], x[2], x[1])
		}
	}
	for _, id := range want.Items {
		if !slices.ContainsFunc(got.Items, func(it dialogue.CheckItem) bool { return it.ID == id }) {
			r.failf("item %q is not on the check list", id)
		}
	}
	for _, c := range want.Certificates {
		if !slices.Contains(got.Certificates, c) {
			r.failf("certificate %q was not asked for: %v", c, got.Certificates)
		}
	}
	for _, who := range want.Not {
		if !slices.Contains(got.Not, who) {
			r.failf("%s may answer, though they handled it", who)
		}
	}
}

// result reads a saved result of the active flow: check.outcome.
func (r *runner) result(path string) string {
	in := r.st.Active()
	if in == nil {
		return ""
	}
	var v any = in.Results
	for _, key := range strings.Split(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = m[key]
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
