package convtest

import (
	"context"
	"io/fs"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// Line is one thing a customer does in a run-through; exactly one is set.
type Line struct {
	Begin  string // a flow, begun as if its intent were understood; only as the first line
	Say    string
	Tap    string            // by label, the newest first
	Secure map[string]string // fills the newest secure box
}

// Visit is one step come to.
type Visit struct {
	Flow, Step string
	Skipped    bool // its condition did not hold
}

// Played is a line and all that followed from it.
type Played struct {
	Said  []flow.Message
	Path  []Visit
	Calls []Call
	Slots []flow.Row
	// Flow and Step are where the conversation stands afterwards; empty when no
	// flow runs.
	Flow, Step string
	// Ended is how the flow ended in this line: finished or cancelled, and why.
	Ended, Why string
	// Problem says why the line could not be played; those after it are not.
	Problem string
}

// Play carries a conversation out from its start, line by line, with the
// scripted bank. The same lines give the same outcome.
func Play(ctx context.Context, set *content.Set, fsys fs.FS, who Case, lines []Line, understand Understand) []Played {
	who.fixtures, _ = LoadFixtures(fsys)
	r := newRunner(set, &who, understand)
	out := []Played{}
	for _, line := range lines {
		if ctx.Err() != nil {
			break
		}
		r.play(line)
		p := Played{Said: r.said, Calls: r.bank.calls[r.calls:]}
		for _, e := range r.fx {
			n, ok := e.(dialogue.Note)
			if !ok {
				continue
			}
			switch n.Kind {
			case dialogue.NoteStep:
				p.Path = append(p.Path, Visit{Flow: n.Flow, Step: n.Step, Skipped: n.Text == "skipped"})
			case dialogue.NoteFinished:
				p.Ended, p.Why = "finished", n.Text
			case dialogue.NoteCancelled:
				p.Ended, p.Why = "cancelled", n.Text
			}
		}
		if in := r.st.Active(); in != nil {
			p.Flow, p.Step = in.Flow, in.Step
			p.Slots = dialogue.Rows(set, r.st, r.context(&Turn{}))
		}
		if len(r.failures) > 0 {
			p.Problem = r.failures[0]
		}
		out = append(out, p)
		if p.Problem != "" {
			break
		}
	}
	return out
}

// play makes a turn of a line.
func (r *runner) play(line Line) {
	t := &Turn{Say: line.Say, Tap: line.Tap, Secure: line.Secure}
	if line.Begin == "" {
		r.turn(t)
		return
	}
	r.said, r.fx, r.calls = nil, nil, len(r.bank.calls)
	f := r.set.Flow(line.Begin)
	if f == nil {
		r.failf("没有流程 %s / there is no flow %s", line.Begin, line.Begin)
		return
	}
	r.step(dialogue.Opened{Needs: []dialogue.Need{{Flow: f.ID, Text: f.Name, Reason: f.Name, Kind: "try"}}}, t)
	if n := len(r.labels); n > 0 {
		r.said, r.fx = nil, nil // the greeting is not what is tried
		r.step(dialogue.Tapped{ID: r.labels[n-1].id}, t)
		r.delivered = r.seq
		return
	}
	r.failf("%s 没有能开始的入口 / %s can't be begun", f.ID, f.ID)
}
