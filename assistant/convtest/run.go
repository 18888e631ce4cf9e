package convtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/mask"
)

// Run runs every case found at paths in fsys against set, in parallel, and
// reports them in the order of the files. A file that can't be read counts as a
// failed case, so that it can't hide.
func Run(ctx context.Context, set *content.Set, fsys fs.FS, paths []string, understand Understand) Report {
	began := time.Now()
	cases, problems := Load(fsys, paths...)
	results := make([]Result, len(cases))
	each(len(cases), func(i int) { results[i] = RunCase(ctx, set, cases[i], understand) })
	return report(set, problems, results, began)
}

// each does n pieces of work, as many at a time as there are processors.
func each(n int, do func(int)) {
	work := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range work {
				do(i)
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
}

// RunCase runs one case. A cancelled context ends it as failed.
func RunCase(ctx context.Context, set *content.Set, c *Case, understand Understand) Result {
	began := time.Now()
	r := newRunner(set, c, understand)
	at := c.line
	for i, t := range c.Steps {
		if err := ctx.Err(); err != nil {
			r.failf("stopped: %v", err)
			break
		}
		r.turn(t)
		if len(r.failures) > 0 {
			at = t.line
			r.failures[0] = fmt.Sprintf("step %d (line %d): %s", i+1, at, r.failures[0])
			break
		}
	}
	res := Result{File: c.file, Line: c.line, At: at, Scene: sceneOf(c.file), Name: c.Name, Tags: c.Tags, Passed: len(r.failures) == 0, Seconds: time.Since(began).Seconds(), Trace: r.trace, Calls: r.bank.calls, Final: r.st}
	if !res.Passed {
		res.Failure = strings.Join(r.failures, "; ") + "\n" + strings.Join(r.log, "\n")
	}
	return res
}

func newRunner(set *content.Set, c *Case, understand Understand) *runner {
	r := &runner{
		set: set, c: c, understand: understand, bank: newBank(c.Bank, c.fixtures), now: Start(), speaker: "bot", customer: customer(c.As),
		actions: map[string]string{}, count: map[string]int{}, sent: map[string]bool{}, employee: c.Employee, edition: c.Edition, seq: 1,
	}
	if r.employee == "" {
		r.employee = "xiaoda"
	}
	return r
}

// runner plays one conversation.
type runner struct {
	set        *content.Set
	c          *Case
	understand Understand
	bank       *bank
	st         dialogue.State
	now        time.Time
	speaker    string
	employee   string
	edition    string
	customer   dialogue.Customer
	turnNo     int64
	seq        int64
	delivered  int64

	labels  []labelled // every tap ever given out
	boxes   []string
	under   []dialogue.Act // under way
	unknown []dialogue.Act // the bank has not said what became of them
	lastAct *dialogue.ActionDone
	actions map[string]string
	count   map[string]int
	asked   *dialogue.Session // the newest
	signs   []string          // the documents shown, by reference
	wanted  string            // the reference of the newest request for a picture
	recall  []string
	sent    map[string]bool // demands of the desk that are open

	// of the current turn
	said  []flow.Message
	fx    []dialogue.Effect
	calls int

	trace    []Traced
	log      []string
	failures []string
	afresh   bool // the next event is the first of another conversation
}

type labelled struct{ label, id string }

func (r *runner) failf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *runner) turn(t *Turn) {
	r.said, r.fx, r.calls = nil, nil, len(r.bank.calls)
	if in := r.st.Active(); t.Recall && in != nil {
		r.recall = append(r.recall, in.Hash)
	}
	if t.After != "" {
		d, err := time.ParseDuration(t.After)
		if err != nil {
			r.failf("after: %v", err)
			return
		}
		r.now = r.now.Add(d)
	}
	if t.Afresh {
		r.st, r.labels, r.boxes, r.speaker, r.afresh = dialogue.State{}, nil, nil, "bot", true
	}
	if ev := r.event(t); ev != nil {
		r.step(ev, t)
	}
	for !t.Hold && len(r.under) > 0 && len(r.failures) == 0 {
		r.settle(t)
	}
	if !t.Unseen {
		r.delivered = r.seq
	}
	if len(r.failures) == 0 {
		r.check(t)
	}
}

// event makes the event of a turn; nil when it only settles.
func (r *runner) event(t *Turn) dialogue.Event {
	switch {
	case t.Say != "":
		r.log = append(r.log, "客户: "+t.Say)
		text, secrets := mask.Secrets(t.Say) // as a node does before anything else
		u := r.understand(text, r.c.Locale, r.now)
		u.Alarms = append(u.Alarms, t.Alarms...)
		if len(secrets) > 0 {
			u.Alarms = append(u.Alarms, "secret")
		}
		return dialogue.Said{Text: text, Understanding: u, Delivered: r.delivered}
	case t.TapAny > 0:
		if len(r.labels) == 0 {
			return nil
		}
		l := r.labels[t.TapAny%len(r.labels)]
		r.log = append(r.log, "客户 [? "+l.label+"]")
		return dialogue.Tapped{ID: l.id}
	case t.Secure != nil && len(r.boxes) == 0 && t.Try:
		return nil
	case t.Tap != "" || t.TapOld != "":
		return r.tap(t)
	case t.Secure != nil:
		if len(r.boxes) == 0 {
			r.failf("no secure box is there to fill")
			return nil
		}
		ref := r.boxes[len(r.boxes)-1]
		if t.SecureOld {
			ref = r.boxes[0]
		}
		r.log = append(r.log, "客户 [安全框 "+ref+"]")
		return dialogue.Secured{Ref: ref, Reference: r.bank.fill(ref, t.Secure)}
	case t.Edit != nil:
		by := t.By
		if by == "" {
			by = "customer"
		}
		for slot, v := range t.Edit {
			return dialogue.Edited{Slot: slot, Value: v, By: by}
		}
	case t.SignIn != "":
		r.customer = customer(t.SignIn)
		return dialogue.Opened{}
	case t.Open:
		return dialogue.Opened{NewDevice: t.NewDevice, Needs: t.Needs}
	case t.Change != "":
		r.employee = t.Change
		return dialogue.EmployeeChanged{Employee: t.Change}
	case t.Desk != "":
		return r.desk(t)
	case t.Session != nil:
		return r.session(t)
	case t.Event != nil:
		r.log = append(r.log, "外部: "+t.Event.Name)
		return dialogue.Arrived{Name: t.Event.Name, Value: t.Event.Value}
	case t.Sign || t.SignOld:
		return r.sign(t)
	case t.Tick:
		return dialogue.Tick{}
	case t.Late != "":
		return r.late(t.Late, t.Try)
	case t.Replay && r.lastAct != nil:
		return *r.lastAct
	}
	return nil
}

func (r *runner) tap(t *Turn) dialogue.Event {
	if t.Tap != "" {
		for i := len(r.labels) - 1; i >= 0; i-- {
			if r.labels[i].label == t.Tap {
				r.log = append(r.log, "客户 ["+t.Tap+"]")
				return dialogue.Tapped{ID: r.labels[i].id}
			}
		}
	}
	for _, l := range r.labels {
		if l.label == t.TapOld {
			r.log = append(r.log, "客户 [旧 "+t.TapOld+"]")
			return dialogue.Tapped{ID: l.id}
		}
	}
	if !t.Try {
		r.failf("nothing to tap is called %q%s", t.Tap, t.TapOld)
	}
	return nil
}

func (r *runner) desk(t *Turn) dialogue.Event {
	e := dialogue.HandoffChanged{State: dialogue.HandoffState(t.Desk), Place: t.Place, WaitS: t.Place * 60, Agent: dialogue.AgentView{ID: "A01", Name: "周老师", Number: "8001"}}
	if e.State == dialogue.HandoffBooked {
		e.Due = r.st.Handoff.Due
	}
	if t.Due != "" {
		due, err := time.ParseInLocation("2006-01-02T15:04", t.Due, r.now.Location())
		if err != nil {
			r.failf("due: %v", err)
		}
		e.Due = due
	}
	e.Reason = t.Reason
	switch e.State {
	case dialogue.HandoffAccepted:
		r.speaker = "agent"
	case dialogue.HandoffQueued:
		r.speaker = "queue"
	default:
		r.speaker = "bot"
	}
	return e
}

// step runs one turn: the first event, then the answers to its effects.
func (r *runner) step(ev dialogue.Event, t *Turn) {
	r.turnNo++
	r.seq++ // the input's own message
	c := r.context(t)
	for range 50 {
		st, fx, err := dialogue.Step(r.set, r.st, c, ev)
		r.trace = append(r.trace, Traced{Afresh: r.afresh, Context: c, Event: ev, Effects: fx})
		r.afresh = false
		if err != nil {
			r.failf("Step: %v", err)
			return
		}
		// The state goes through JSON after every call: nothing may hang on memory.
		b, err := json.Marshal(st)
		if err != nil {
			r.failf("state: %v", err)
			return
		}
		r.st = dialogue.State{}
		if err := json.Unmarshal(b, &r.st); err != nil {
			r.failf("state: %v", err)
			return
		}
		if ev = r.effects(fx); ev == nil {
			return
		}
	}
	r.failf("the turn does not end")
}

// hours are those of every queue here, as the shipped queues have them.
func hours() map[string]dialogue.Hours {
	return map[string]dialogue.Hours{"general": {From: 8 * time.Hour, Until: 22 * time.Hour}}
}

// context is what a turn is decided in.
func (r *runner) context(t *Turn) dialogue.Context {
	c := dialogue.Context{
		Now: r.now, Turn: r.turnNo, Customer: r.customer, Locale: r.c.Locale, Edition: r.edition, Employee: r.employee,
		Speaker: r.speaker, AgentsOn: !r.c.Closed && !t.Closed, Hours: hours(), NextSeq: r.seq + 1, OnLeave: t.OnLeave, Watched: t.Watched,
		Recalled: r.recall,
	}
	if c.Locale == "" {
		c.Locale = "zh"
	}
	return c
}

// effects carries effects out; it returns the event the turn goes on with.
func (r *runner) effects(fx []dialogue.Effect) dialogue.Event {
	var next dialogue.Event
	for _, e := range fx {
		r.fx = append(r.fx, e)
		switch e := e.(type) {
		case dialogue.Say:
			r.seq++
			r.hear(e.Message)
		case dialogue.Fetch:
			args := e.Args
			if e.Reference != "" {
				args = maps.Clone(args)
				args["reference"] = e.Reference
			}
			a := r.bank.read(e.Operation, args)
			next = dialogue.Result{Fetch: e.ID, Outcome: a.outcome, Code: a.code, Value: a.value}
		case dialogue.StepUp:
			a := r.bank.begin(e.Operation, e.Args, e.Level)
			next = dialogue.Result{Fetch: e.ID, Outcome: a.outcome, Code: a.code, Value: a.value}
		case dialogue.RiskCheck:
			a := r.bank.risk(e.Args(r.customer.ID, "device-1", "place-1"))
			next = dialogue.Result{Fetch: e.ID, Outcome: a.outcome, Code: a.code, Value: a.value}
		case dialogue.Search:
			next = dialogue.Found{Search: e.ID, Passages: r.search(e)}
		case dialogue.Handoff:
			if !e.Due.IsZero() && r.speaker == "queue" {
				r.speaker = "bot"
			}
		case dialogue.Session:
			r.asked, r.sent[e.Ref] = &e, true
			r.log = append(r.log, fmt.Sprintf("请外部: %s %s %s", e.Kind, e.Role, e.Medium))
		case dialogue.Edition:
			r.edition = e.To
		case dialogue.Withdraw:
			delete(r.sent, e.Ref)
			r.log = append(r.log, "撤回: "+e.Ref)
		case dialogue.Act:
			key := fmt.Sprintf("%s/%s/%d", e.Instance, e.Step, e.Visit)
			if _, twice := r.actions[key]; twice {
				r.failf("action %s was committed twice", key)
			}
			r.actions[key] = e.Operation
			r.under = append(r.under, e)
		}
	}
	return next
}

func (r *runner) hear(m flow.Message) {
	r.said = append(r.said, m)
	line := "机器人: " + m.Text
	for _, a := range m.Actions {
		r.labels = append(r.labels, labelled{a.Label, a.ID})
		line += " [" + a.Label + "]"
	}
	if m.Card != nil {
		line += " <" + string(m.Card.Kind) + ">"
		for _, o := range m.Card.Options {
			r.labels = append(r.labels, labelled{o.Label, o.ID})
			line += " (" + o.Label + " " + o.Note + ")"
		}
		if m.Card.Kind == flow.CardSign {
			r.signs = append(r.signs, m.Card.Ref)
		}
		if m.Card.Kind == flow.CardCapture {
			r.wanted = m.Card.Ref
		}
		if m.Card.Secure != nil {
			r.boxes = append(r.boxes, m.Card.Secure.Ref)
		}
	}
	r.log = append(r.log, line)
}

func (r *runner) search(e dialogue.Search) []dialogue.Passage {
	var out []dialogue.Passage
	for _, p := range r.c.Knowledge {
		if strings.Contains(e.Query, p.Has) {
			if p.Score == 0 {
				p.Score = 0.9
			}
			out = append(out, dialogue.Passage{Article: p.Article, Passage: p.Article + "#1", Title: p.Article, Text: p.Text, Flow: p.Flow, Score: p.Score, Curated: true})
		}
	}
	if len(out) == 0 && e.Article != "" {
		out = append(out, dialogue.Passage{Article: e.Article, Passage: e.Article + "#1", Title: e.Article, Text: "〔" + e.Article + "〕", Score: 0.9, Curated: true})
	}
	return out
}

// settle lets the oldest action end and brings its outcome in as a turn.
func (r *runner) settle(t *Turn) {
	e := r.under[0]
	r.under = r.under[1:]
	a := r.bank.act(fmt.Sprintf("%s/%s/%d", e.Instance, e.Step, e.Visit), e)
	done := dialogue.ActionDone{Instance: e.Instance, Step: e.Step, Visit: e.Visit, Outcome: a.outcome, Code: a.code, Value: a.value}
	r.lastAct = &done
	if a.outcome == dialogue.Unknown {
		r.unknown = append(r.unknown, e)
	}
	r.log = append(r.log, fmt.Sprintf("银行: %s %s %s", e.Operation, a.outcome, a.code))
	r.step(done, t)
}

// late is what the bank says when it is asked again what became of the oldest
// action whose outcome was unknown: it runs now (done), or it never did (refused).
func (r *runner) late(outcome string, try bool) dialogue.Event {
	if len(r.unknown) == 0 && try {
		return nil
	}
	if len(r.unknown) == 0 {
		r.failf("late: no action's outcome is unknown")
		return nil
	}
	e := r.unknown[0]
	r.unknown = r.unknown[1:]
	a := refused("not_done", "银行没有办成这一笔", "The bank did not do it.")
	if outcome == "done" {
		a = r.bank.run(e)
	}
	r.log = append(r.log, fmt.Sprintf("银行（后来）: %s %s %s", e.Operation, a.outcome, a.code))
	return dialogue.ActionDone{Instance: e.Instance, Step: e.Step, Visit: e.Visit, Outcome: a.outcome, Code: a.code, Value: a.value}
}
