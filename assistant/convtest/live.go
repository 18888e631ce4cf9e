package convtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// Live is one case played through something real: a node with its sockets and
// its database. It gives the inputs, plays the bank, and holds what comes back
// against what the case expects. It is the only door to a case from outside.
type Live struct {
	mu sync.Mutex
	r  *runner
}

// Input is what one step of a case does: exactly one of Say, Tap, Box, Sign,
// Session and Picture is set.
type Input struct {
	Say    string
	Tap    string            // the action's id
	Box    string            // the secure box's ref
	Fields map[string]string // what is typed into it
	Sign   string            // the reference of the document that is signed
	Drawn  string            // the signature
	// Session is what a member of the staff does; only of an assisted case.
	Session *SessionTurn
	// Picture is the reference of the request that a picture is taken for, and Shows
	// what stands on it, by field; only of an assisted case.
	Picture string
	Shows   map[string]string
}

// Carried is what came back for an input, outcomes of actions included.
type Carried struct {
	Messages   []flow.Message
	Flow, Step string
}

// Answered is the bank's answer to one call.
type Answered struct {
	Outcome dialogue.Outcome
	Code    string
	Value   json.RawMessage
}

// Playable says that a case needs nothing but words, taps and secure boxes.
func (c *Case) Playable() bool {
	return !c.Closed && c.As != "anonymous" && len(c.Knowledge) == 0 && !slices.ContainsFunc(c.Steps, func(t *Turn) bool {
		if t.Say == "" && t.Tap == "" && t.TapOld == "" && t.Secure == nil {
			return true
		}
		return t.After != "" || t.Hold || t.Unseen || t.Watched || len(t.Alarms)+len(t.OnLeave) > 0
	})
}

// Assisted says that a case needs, beside what a playable one does, verdicts of
// members of staff, signatures, and pictures on which everything can be read.
func (c *Case) Assisted() bool {
	verdicts := 0
	rest := *c
	rest.Steps = slices.DeleteFunc(slices.Clone(c.Steps), func(t *Turn) bool {
		if t.Session != nil && t.Session.shows() {
			return true
		}
		if t.Session != nil && (t.Session.State == "started" || t.Session.State == "" && t.Session.Outcome != "") && len(t.Session.Fields) == 0 {
			verdicts++
			return true
		}
		return t.Sign && t.By == ""
	})
	return verdicts > 0 && rest.Playable()
}

// shows says that the turn is a picture, on which nothing is hard to read.
func (s *SessionTurn) shows() bool {
	if s.Fields == nil || s.State != "" || s.Outcome != "" {
		return false
	}
	for _, v := range s.Fields {
		if strings.HasSuffix(v, "?") {
			return false
		}
	}
	return true
}

// NewLive makes a playable case ready.
func NewLive(c *Case) *Live {
	return &Live{r: &runner{c: c, bank: newBank(c.Bank, c.fixtures), customer: customer(c.As)}}
}

// Play plays the case: carry brings each input in and tells what came of it. The
// first step that is not as expected is the error, with the transcript.
func (l *Live) Play(carry func(Input) (Carried, error)) error {
	r := l.r
	for i, t := range r.c.Steps {
		l.mu.Lock()
		r.said, r.calls = nil, len(r.bank.calls)
		in := r.input(t)
		l.mu.Unlock()
		if len(r.failures) == 0 {
			back, err := carry(in)
			if err != nil {
				r.failf("%v", err)
			}
			l.mu.Lock()
			for _, m := range back.Messages {
				r.hear(m)
			}
			if t.Session == nil || t.Session.shows() { // the names of the staff are another cast's
				r.checkSaid(t)
				r.checkCard(t.Card)
			}
			r.checkCalls(t)
			if back.Step != "" {
				r.checkPlace(t, back.Flow, back.Step)
			}
			l.mu.Unlock()
		}
		if len(r.failures) > 0 {
			return fmt.Errorf("%s:%d %s: step %d (line %d): %q\n%s", r.c.file, r.c.line, r.c.Name, i+1, t.line, r.failures, transcript(r))
		}
	}
	return nil
}

func transcript(r *runner) string {
	out := ""
	for _, line := range r.log {
		out += line + "\n"
	}
	return out
}

// input makes a step's input of its event: the same labels find the same taps.
func (r *runner) input(t *Turn) Input {
	if t.Say != "" {
		r.log = append(r.log, "客户: "+t.Say)
		return Input{Say: t.Say}
	}
	if t.Session != nil && t.Session.shows() {
		r.log = append(r.log, fmt.Sprintf("照片: %v", t.Session.Fields))
		return Input{Picture: r.wanted, Shows: t.Session.Fields}
	}
	if t.Session != nil {
		r.log = append(r.log, fmt.Sprintf("坐席 %s: %s %v %s", t.Session.By, t.Session.Outcome, t.Session.Items, t.Session.Reason))
		return Input{Session: t.Session}
	}
	if t.Sign {
		if e, ok := r.sign(t).(dialogue.Edited); ok {
			return Input{Sign: e.Slot, Drawn: e.Value}
		}
		return Input{}
	}
	if t.Secure != nil {
		if len(r.boxes) == 0 {
			r.failf("no secure box is there to fill")
			return Input{}
		}
		ref := r.boxes[len(r.boxes)-1]
		if t.SecureOld {
			ref = r.boxes[0]
		}
		return Input{Box: ref, Fields: t.Secure}
	}
	if tapped, ok := r.tap(t).(dialogue.Tapped); ok {
		return Input{Tap: tapped.ID}
	}
	return Input{}
}

// Calls are the calls the bank saw so far, in order.
func (l *Live) Calls() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.r.bank.calls)
}

// Customer is who the case is about, as the bank knows them.
func (l *Live) Customer() dialogue.Customer { return l.r.customer }

// Read answers an operation that changes nothing, step-ups among them.
func (l *Live) Read(operation string, args map[string]any) Answered {
	l.mu.Lock()
	defer l.mu.Unlock()
	if operation == "stepup.begin" {
		bound, _ := args["args"].(map[string]any)
		return told(l.r.bank.begin(text(args, "operation"), bound, flow.Level(text(args, "level"))))
	}
	if operation == "risk.check" {
		return told(l.r.bank.risk(args))
	}
	return told(l.r.bank.read(operation, args))
}

// Fill takes what was typed into a secure box and gives its one-use reference.
func (l *Live) Fill(ref string, fields map[string]string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.bank.fill(ref, fields)
}

// Act runs an operation once under its key.
func (l *Live) Act(key, operation string, args map[string]any, reference string) Answered {
	l.mu.Lock()
	defer l.mu.Unlock()
	return told(l.r.bank.act(key, dialogue.Act{Operation: operation, Args: args, Reference: reference}))
}

// Ask tells what became of a key; false when the bank has not seen it.
func (l *Live) Ask(key string) (Answered, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, ok := l.r.bank.done[key]
	return told(a), ok
}

func told(a answer) Answered { return Answered{Outcome: a.outcome, Code: a.code, Value: a.value} }
