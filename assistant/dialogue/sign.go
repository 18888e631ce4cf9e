package dialogue

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

// leastDrawn is the shortest drawing that can be a name, in characters of its strokes.
const leastDrawn = 12

// sign shows a document and waits for a drawn signature. The card's reference
// carries the hash of what is shown, so that a signature can only be under that.
func (d *decider) sign(in *Instance, f *flow.Flow, s *flow.Step) bool {
	d.demand(in, f, s)
	title, text, hash := d.document(in, f, s)
	m := flow.Message{Kind: flow.KindAsk, Text: d.render(s.Sign.TextT, d.env(in, f))}
	if m.Text == "" {
		m.Text = d.phrase("sign_ask", "title", title)
	}
	m.Card = &flow.Card{Kind: flow.CardSign, Title: title, Note: text, Ref: tapID(in.ID, s.ID, hash[:16])}
	m.Actions = []flow.Action{d.agentOffer()}
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingSign, Instance: in.ID, Step: s.ID, Hash: hash}
	return false
}

// document is what is signed, and its SHA-256.
func (d *decider) document(in *Instance, f *flow.Flow, s *flow.Step) (title, text, hash string) {
	env := d.env(in, f)
	title, text = d.render(s.Sign.TitleT, env), d.render(s.Sign.DocumentT, env)
	sum := sha256.Sum256([]byte(title + "\n" + text))
	return title, text, hex.EncodeToString(sum[:])
}

// signed takes a drawn signature: an edit whose slot is the card's reference.
// The drawing itself stays in the sealed input; here it is its hash.
func (d *decider) signed(e Edited) {
	p := strings.Split(e.Slot, "|")
	in := d.instance(p[0])
	if in == nil || len(p) != 3 || e.By != "customer" { // nobody signs for somebody else
		d.note(NoteStale, "", "", "signature")
		return
	}
	f := d.flowOf(in)
	if f == nil {
		d.run()
		return
	}
	s := f.Step(in.Step)
	if in.ID != d.top().ID || in.Suspended || s.Sign == nil || s.ID != p[1] {
		d.stale()
		return
	}
	_, _, hash := d.document(in, f, s)
	switch {
	case hash[:16] != p[2]:
		d.sayPhrase(flow.KindText, "sign_stale", nil)
		d.run()
		return
	case len(strings.TrimSpace(e.Value)) < leastDrawn:
		d.sayPhrase(flow.KindText, "sign_draw", nil)
		d.run()
		return
	}
	drawn := sha256.Sum256([]byte(e.Value))
	in.Results[s.Sign.Save] = map[string]any{
		"hash": hash, "signature": hex.EncodeToString(drawn[:]), "at": d.c.Now.Format(time.RFC3339), "by": d.c.Customer.ID,
	}
	in.Demand, in.Good[s.ID] = nil, true
	d.st.Pending, d.st.Fails = nil, 0
	d.note(NoteOutside, in.Flow, s.ID, "signed "+hash[:16])
	d.follow(in, f, s, "")
	d.run()
}
