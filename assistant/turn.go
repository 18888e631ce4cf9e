package assistant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// maxCrashes is how often an input may fail to be decided before the customer
// gets an apology and a person. maxAttempts is the same where only the row knows
// of the runs: some of them ended because their node did, so it is higher.
const (
	maxCrashes  = 2
	maxAttempts = 8
)

// maxOutside bounds the reads and searches of one turn.
const maxOutside = 24

// errMind: deciding failed or panicked; the input itself is to blame, or we are.
var errMind = errors.New("the turn could not be decided")

// attempt is one try of one input: load, run, commit. It is the only place that
// knows the order of the steps.
func (e *Engine) attempt(box *mailbox, in *stored, accepted func(Receipt)) (Receipt, error) {
	if box.conv == nil {
		ctx, cancel := context.WithTimeout(e.work, e.config.TurnDeadline)
		defer cancel()
		conv, err := e.store.claim(ctx, e.config.Node, box.id)
		if err != nil {
			return Receipt{}, err
		}
		if !conv.mine {
			return e.forward(ctx, conv, in, accepted)
		}
		box.conv = conv
		if err := e.earlier(ctx, box, in, accepted); err != nil {
			return Receipt{}, err
		}
	}
	return e.turn(box, in, accepted)
}

// earlier answers what an earlier owner left or another node stored before in. A
// long row must not cost in its place in it: it is made durable before the row
// is worked off, and each turn of it has a deadline of its own.
func (e *Engine) earlier(ctx context.Context, box *mailbox, in *stored, accepted func(Receipt)) error {
	waiting, err := e.store.unanswered(ctx, box.conv)
	if err != nil || len(waiting) == 0 {
		return err
	}
	if !in.durable {
		fresh, err := e.store.keep(ctx, box.conv, in, 0)
		if err != nil {
			return err
		}
		in.durable = true // fresh or not: it stands, and turn finds out what became of it
		if fresh {
			accepted(Receipt{Conversation: box.id, ID: in.id})
		}
	}
	for i := range waiting {
		if waiting[i].id == in.id {
			if waiting[i].hash != in.hash {
				return ErrConflict
			}
			return nil // its turn is now
		}
		if _, err := e.turn(box, &waiting[i], func(Receipt) {}); err != nil {
			return err
		}
	}
	return nil
}

// turn answers one input of a conversation this node owns.
func (e *Engine) turn(box *mailbox, in *stored, accepted func(Receipt)) (Receipt, error) {
	ctx, cancel := context.WithTimeout(e.work, e.config.TurnDeadline)
	defer cancel()
	conv := box.conv
	started := e.config.Clock()
	if in.durable {
		attempts, err := e.store.countAttempt(ctx, conv, in.id)
		if errors.Is(err, errGuard) {
			return e.replay(ctx, conv, in)
		}
		if err != nil {
			return Receipt{}, err
		}
		in.attempts = attempts
	}
	durable := func() error {
		if in.durable {
			return nil
		}
		fresh, err := e.store.keep(ctx, conv, in, 0)
		if err != nil {
			return err
		}
		if !fresh {
			return errDuplicate
		}
		accepted(Receipt{Conversation: conv.id, ID: in.id})
		return nil
	}
	run, err := e.run(ctx, conv, in, started, durable)
	if errors.Is(err, errMind) {
		in.crashes++
		e.config.Log.Error("a turn could not be decided", "conversation", conv.id, "input", in.id, "attempt", in.attempts, "error", err)
		if err := durable(); err != nil && !errors.Is(err, errDuplicate) {
			return Receipt{}, err
		}
		return Receipt{}, err
	}
	if err == nil && e.dropped(in) {
		return Receipt{Conversation: conv.id, ID: in.id, Turn: conv.turn, LastSeq: conv.last}, nil
	}
	if err == nil {
		err = e.commit(ctx, conv, in, run)
	}
	switch {
	case errors.Is(err, errDuplicate):
		in.durable = true
		return e.replay(ctx, conv, in)
	case err != nil:
		return Receipt{}, err
	}
	box.conv = run.after
	e.published(run)
	return Receipt{Conversation: conv.id, ID: in.id, Turn: run.after.turn, FirstSeq: run.after.last - int64(len(run.messages)) + 1, LastSeq: run.after.last}, nil
}

// replay answers an id that was seen before: from its turn when it has one,
// by running it when it has none, never when the body differs.
func (e *Engine) replay(ctx context.Context, conv *conversation, in *stored) (Receipt, error) {
	row, err := e.store.find(ctx, conv.subject, conv.id, in.id)
	if err != nil {
		return Receipt{}, err
	}
	if row == nil {
		return Receipt{}, errGuard
	}
	if string(row.BodyHash) != string(in.hash[:]) {
		return Receipt{}, ErrConflict
	}
	if row.Answered == 0 {
		in.durable = true
		return Receipt{}, errGuard // stored by another node meanwhile: run it from there
	}
	return Receipt{Conversation: conv.id, ID: in.id, Turn: row.Answered, FirstSeq: row.FirstSeq, LastSeq: row.LastSeq, Replayed: true}, nil
}

// forward stores the input for the node that owns the conversation and tells it.
// The row is bounded here as it is in the mailbox: an owner that is slow or dead
// must not be left a row without end.
func (e *Engine) forward(ctx context.Context, conv *conversation, in *stored, accepted func(Receipt)) (Receipt, error) {
	fresh, err := e.store.keep(ctx, conv, in, e.config.MaxWaiting)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Conversation: conv.id, ID: in.id}
	if !fresh {
		row, err := e.store.find(ctx, conv.subject, conv.id, in.id)
		switch {
		case err != nil:
			return r, err
		case row == nil:
			return r, ErrBusy
		case string(row.BodyHash) != string(in.hash[:]):
			return r, ErrConflict
		}
		in.durable = true
		r.Turn, r.FirstSeq, r.LastSeq, r.Replayed = row.Answered, row.FirstSeq, row.LastSeq, row.Answered != 0
	}
	accepted(r)
	e.hub.publish(hint{Kind: hintInput, Conversation: conv.id, Node: conv.owner})
	return r, nil
}

// ran is a turn that was decided and waits for its commit.
type ran struct {
	after    *conversation // as it will be
	messages []outgoing
	acts     []act
	outbox   []outboxRow
	notes    []dialogue.Note
	record   Record
	started  time.Time
	input    string
	attempt  int
}

type outgoing struct {
	author, authorID string
	content          flow.Message
	masked           bool
}

type act struct {
	id uuid.UUID
	dialogue.Act
}

type outboxRow struct {
	kind string
	body []byte
}

// Record is what decided a turn, kept for replay, the try-it pane and traces.
type Record struct {
	Context       dialogue.Context        `json:"context"`
	Kind          string                  `json:"kind"`
	Understanding *dialogue.Understanding `json:"understanding,omitempty"`
	Outside       []Outside               `json:"outside,omitempty"`
	Acts          []string                `json:"acts,omitempty"` // operation=key
	View          View                    `json:"view"`
	Release       string                  `json:"release"`
}

// Outside is one read, search or step-up of a turn and what it gave.
type Outside struct {
	Operation string           `json:"operation"`
	Outcome   dialogue.Outcome `json:"outcome"`
	Code      string           `json:"code,omitempty"`
	TookUS    int64            `json:"took_us"`
	Result    *dialogue.Result `json:"result,omitempty"`
	Found     *dialogue.Found  `json:"found,omitempty"`
}

// run decides an input. durable is called before anything outside is asked.
func (e *Engine) run(ctx context.Context, conv *conversation, in *stored, started time.Time, durable func() error) (*ran, error) {
	body, device, err := decode(in.kind, in.body)
	if err != nil {
		return nil, errors.Join(errMind, err)
	}
	after := *conv
	after.kept.Offered = append([]flow.Action(nil), conv.kept.Offered...)
	after.turn++
	r := &ran{after: &after, started: started, input: in.id, attempt: max(1, in.attempts)}
	r.record.Kind, r.record.Release = in.kind, e.config.Mind.Release()
	if device != "" {
		after.device = device
	}
	if in.crashes >= maxCrashes || in.attempts > maxAttempts {
		e.apologise(r)
		return e.finish(r)
	}
	if err := e.meet(ctx, &after, durable); err != nil {
		return nil, err
	}
	if b, ok := body.(BusinessEvent); ok && b.Name == "settings" {
		if err := e.store.prefer(ctx, after.subject, b.Value["locale"], b.Value["edition"]); err != nil {
			return nil, err
		}
	}
	if b, ok := body.(BusinessEvent); ok && b.Name == "opened" {
		if err := e.facts(ctx, &after, durable); err != nil {
			return nil, err
		}
	}
	first := e.first(r, body, conv)
	c := dialogue.Context{
		Now: after.now(started).In(e.config.Zone), Turn: after.turn, Customer: after.kept.Customer, Locale: after.locale,
		Edition: after.edition, Employee: after.employee, Speaker: after.speaker, AgentsOn: e.config.AgentsOn(),
		NextSeq: after.last + int64(len(r.messages)) + 1,
	}
	r.record.Context = c
	queue := []dialogue.Event{}
	if first != nil {
		queue = append(queue, first)
	}
	outside := 0
	for len(queue) > 0 {
		ev := queue[0]
		queue = queue[1:]
		step, err := e.step(c, after.kept.Mind, ev)
		if err != nil {
			return nil, err
		}
		after.kept.Mind, after.kept.View = step.State, step.View
		if step.View.Employee != "" {
			after.employee = step.View.Employee
		}
		for _, effect := range step.Effects {
			answer, err := e.effect(ctx, r, c, effect, durable)
			if err != nil {
				return nil, err
			}
			if answer != nil {
				if outside++; outside > maxOutside {
					return nil, fmt.Errorf("%w: it asked for more than %d things outside", errMind, maxOutside)
				}
				queue = append(queue, answer)
			}
		}
	}
	r.record.View = after.kept.View
	return e.finish(r)
}

func (e *Engine) finish(r *ran) (*ran, error) {
	r.after.last += int64(len(r.messages))
	for _, m := range r.messages {
		r.after.kept.offer(m.content)
	}
	return r, nil
}

// step calls the mind and turns a panic into an error: one bad message must not
// take the node down.
func (e *Engine) step(c dialogue.Context, state json.RawMessage, ev dialogue.Event) (step Step, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: panic: %v\n%s", errMind, p, debug.Stack())
		}
	}()
	step, err = e.config.Mind.Step(c, state, ev)
	if err != nil {
		err = errors.Join(errMind, err)
	}
	return step, err
}

// first makes the first event of a turn and notes what the input itself says.
// It returns nil where the dialogue has nothing to do with it.
func (e *Engine) first(r *ran, body Body, before *conversation) dialogue.Event {
	after := r.after
	say := func(author, id, text string, masked bool) {
		r.messages = append(r.messages, outgoing{author: author, authorID: id, masked: masked, content: flow.Message{Kind: flow.KindText, Text: text}})
	}
	switch b := body.(type) {
	case CustomerMessage:
		text := b.Text
		if b.Tap != "" {
			text = after.kept.label(b.Tap)
		}
		say("customer", after.subject, text, b.Secret)
		if after.speaker == "agent" {
			return nil // append-only while a person speaks
		}
		if b.Tap != "" {
			return dialogue.Tapped{ID: b.Tap}
		}
		u := e.config.Mind.Understand(b.Text, after.now(r.started).In(e.config.Zone), after.kept.Mind)
		if b.Secret {
			u.Alarms = append(u.Alarms, "secret")
		}
		r.record.Understanding = &u
		return dialogue.Said{Text: b.Text, Understanding: u, Delivered: b.Seen}
	case SecureFilled:
		text := "已在安全框中提交"
		if after.locale == "en" {
			text = "Submitted in the secure box"
		}
		say("customer", after.subject, text, false)
		return dialogue.Secured{Ref: b.Ref, Reference: b.Reference}
	case AgentMessage:
		if after.speaker != "agent" || after.agent != b.Agent {
			return nil // no longer theirs: the desk is told by the state
		}
		say("agent", b.Agent, b.Text, false)
		return nil
	case FieldEdit:
		return dialogue.Edited{Slot: b.Slot, Value: b.Value, By: b.By}
	case ActionResult:
		return dialogue.ActionDone{Instance: b.Instance, Step: b.Step, Visit: b.Visit, Outcome: b.Outcome, Code: b.Code, Value: b.Value}
	case Timer:
		if before.wakeAt == nil || b.At.Before(before.wakeAt.Truncate(time.Microsecond)) {
			return nil // asked for another time since
		}
		after.wakeAt = nil
		return dialogue.Tick{}
	case SessionEvent:
		return dialogue.SessionChanged{Session: b.Session, State: b.State, Result: b.Result}
	case HandoffEvent:
		switch b.State {
		case dialogue.HandoffAccepted:
			after.speaker, after.agent = "agent", b.Agent.ID
		case dialogue.HandoffHandedBack, dialogue.HandoffCancelled, dialogue.HandoffClosed:
			after.speaker, after.agent = "bot", ""
		case dialogue.HandoffQueued:
			if after.speaker == "bot" {
				after.speaker = "queue"
			}
		}
		return dialogue.HandoffChanged{State: b.State, Agent: b.Agent, Place: b.Place, WaitS: b.WaitS, Reason: b.Reason}
	case BusinessEvent:
		return e.business(r, b, before)
	}
	return nil
}

func (e *Engine) business(r *ran, b BusinessEvent, before *conversation) dialogue.Event {
	switch b.Name {
	case "opened":
		opened := dialogue.Opened{NewDevice: before.device != "" && before.device != r.after.device}
		if e.config.Needs != nil {
			opened.Needs = e.config.Needs(r.after.facts, r.after.muted, r.started.In(e.config.Zone))
		}
		return opened
	case "employee":
		r.after.employee = b.Value["employee"]
		return dialogue.EmployeeChanged{Employee: r.after.employee}
	case "settings":
		if v := b.Value["locale"]; v == "zh" || v == "en" {
			r.after.locale = v
		}
		if v := b.Value["edition"]; v == "standard" || v == "elder" {
			r.after.edition = v
		}
		if on, err := time.Parse(time.RFC3339, b.Value["on"]); err == nil && e.config.MovableClock {
			r.after.kept.Ahead = on.Sub(r.started)
		}
	}
	return nil
}

// effect does or notes one effect; an answer goes back to the mind.
func (e *Engine) effect(ctx context.Context, r *ran, c dialogue.Context, effect dialogue.Effect, durable func() error) (dialogue.Event, error) {
	after := r.after
	switch f := effect.(type) {
	case dialogue.Say:
		author, id := "bot", after.employee
		if f.Message.Kind == flow.KindNotice {
			author, id = "system", ""
		}
		r.messages = append(r.messages, outgoing{author: author, authorID: id, content: f.Message})
	case dialogue.Act:
		a := act{id: uuid.Must(uuid.NewV7()), Act: f}
		r.acts = append(r.acts, a)
		r.record.Acts = append(r.record.Acts, f.Operation+"="+a.id.String())
	case dialogue.Handoff:
		if after.speaker == "bot" {
			after.speaker = "queue"
		}
		r.outbox = append(r.outbox, outboxRow{"handoff", marshal(HandoffRequest{
			Queue: f.Queue, Reason: f.Reason, Urgent: f.Urgent, Employee: after.employee, Edition: after.edition, Locale: after.locale,
			Customer: after.kept.Customer, View: after.kept.View,
		})})
	case dialogue.CancelHandoff:
		if after.speaker == "queue" {
			after.speaker = "bot"
		}
		r.outbox = append(r.outbox, outboxRow{"handoff_cancel", []byte("{}")})
	case dialogue.Session:
		r.outbox = append(r.outbox, outboxRow{"session", marshal(f)})
	case dialogue.Wake:
		after.wakeAt = nil
		if !f.At.IsZero() {
			at := f.At.UTC().Truncate(time.Microsecond)
			after.wakeAt = &at
		}
	case dialogue.Note:
		r.notes = append(r.notes, f)
		if f.Kind == dialogue.NoteDismissed { // 不再提示: again and again is the same
			if err := e.store.mute(ctx, after.subject, f.Text); err != nil {
				return nil, err
			}
		}
	case dialogue.Fetch, dialogue.StepUp, dialogue.Search:
		if err := durable(); err != nil {
			return nil, err
		}
		return e.outside(ctx, r, c, effect), nil
	}
	return nil, nil //nolint:nilnil // most effects have no answer
}

// outside asks the bank or the knowledge base; whatever goes wrong is an answer.
func (e *Engine) outside(ctx context.Context, r *ran, c dialogue.Context, effect dialogue.Effect) dialogue.Event {
	began := time.Now()
	took := func() int64 { return time.Since(began).Microseconds() }
	switch f := effect.(type) {
	case dialogue.Fetch:
		result := e.config.Bank.Read(ctx, f.Operation, ownArgs(r.after.subject, f.Args))
		result.Fetch = f.ID
		r.record.Outside = append(r.record.Outside, Outside{Operation: f.Operation, Outcome: result.Outcome, Code: result.Code, TookUS: took(), Result: &result})
		return result
	case dialogue.StepUp:
		result := e.config.Bank.Read(ctx, "stepup.begin", map[string]any{
			"customer": c.Customer.ID, "operation": f.Operation, "args": ownArgs(r.after.subject, f.Args), "level": string(f.Level), "device": r.after.device,
		})
		result.Fetch = f.ID
		r.record.Outside = append(r.record.Outside, Outside{Operation: "stepup.begin", Outcome: result.Outcome, Code: result.Code, TookUS: took(), Result: &result})
		return result
	case dialogue.Search:
		found := dialogue.Found{Search: f.ID}
		outcome := dialogue.Done
		if e.config.Search != nil {
			audience, region := e.config.Audience(c.Customer)
			passages, err := e.config.Search.Search(ctx, Query{
				Draft: e.drafts(r), Text: f.Query, Article: f.Article, Locale: c.Locale, Edition: c.Edition, Audience: audience, Region: region, Now: c.Now,
			})
			if err != nil {
				e.config.Log.Warn("the knowledge base did not answer", "error", err)
				outcome = dialogue.Failed
			}
			found.Passages = passages
		}
		r.record.Outside = append(r.record.Outside, Outside{Operation: "search", Outcome: outcome, TookUS: took(), Found: &found})
		return found
	}
	return nil
}

// now is the conversation's own time.
func (c *conversation) now(at time.Time) time.Time { return at.Add(c.kept.Ahead) }

// ownArgs makes the customer of a bank call the conversation's own, whatever a
// flow or a message says: the bank trusts us in this.
func ownArgs(subject string, args map[string]any) map[string]any {
	own := map[string]any{}
	for name, value := range args {
		own[name] = value
	}
	delete(own, "customer")
	if number, ok := strings.CutPrefix(subject, "c:"); ok {
		own["customer"] = number
	}
	return own
}

// drafts numbers the sentences of one answer.
func (e *Engine) drafts(r *ran) func(string) {
	if e.config.Draft == nil {
		return nil
	}
	n := 0
	return func(sentence string) {
		n++
		e.config.Draft(Draft{Conversation: r.after.id, Input: r.input, Attempt: r.attempt, N: n, Text: sentence})
	}
}

// meet learns once who the customer is; without the bank the conversation goes
// on without a name.
func (e *Engine) meet(ctx context.Context, conv *conversation, durable func() error) error {
	number, ok := strings.CutPrefix(conv.subject, "c:")
	if !ok {
		conv.kept.Customer.Level = flow.Level0
		return nil
	}
	if conv.kept.Customer.ID != "" || e.config.Bank == nil {
		return nil
	}
	if err := durable(); err != nil {
		return err
	}
	conv.kept.Customer = dialogue.Customer{ID: number, Level: flow.Level1}
	var profile struct {
		Name  string `json:"name"`
		Title string `json:"title"`
		Age   int    `json:"age"`
		// Edition and Locale are what the bank knows the customer prefers.
		Edition string `json:"edition"`
		Locale  string `json:"locale"`
	}
	result := e.config.Bank.Read(ctx, "customer.profile", map[string]any{"customer": number})
	if result.Outcome == dialogue.Done && json.Unmarshal(result.Value, &profile) == nil {
		conv.kept.Customer.Name, conv.kept.Customer.Title, conv.kept.Customer.Age = profile.Name, profile.Title, profile.Age
		if conv.last == 0 && profile.Edition == "elder" {
			conv.edition = "elder"
		}
		if conv.last == 0 && profile.Locale == "en" {
			conv.locale = "en"
		}
	}
	return nil
}

// facts reads what the bank knows the customer may have come for; without them
// the conversation simply opens.
func (e *Engine) facts(ctx context.Context, conv *conversation, durable func() error) error {
	if conv.kept.Customer.ID == "" || e.config.Bank == nil || e.config.Needs == nil {
		return nil
	}
	if err := durable(); err != nil {
		return err
	}
	muted, err := e.store.mutedNeeds(ctx, conv.subject)
	if err != nil {
		return err
	}
	conv.muted = muted
	result := e.config.Bank.Read(ctx, "customer.facts", map[string]any{"customer": conv.kept.Customer.ID})
	if result.Outcome == dialogue.Done {
		conv.facts = result.Value
	}
	return nil
}

// HandoffRequest is what the desk gets when a turn asks for a person.
type HandoffRequest struct {
	Queue    string            `json:"queue"`
	Reason   string            `json:"reason"`
	Urgent   bool              `json:"urgent,omitempty"`
	Employee string            `json:"employee"`
	Edition  string            `json:"edition"`
	Locale   string            `json:"locale"`
	Customer dialogue.Customer `json:"customer"`
	View     View              `json:"view"`
}

// apologise ends an input that crashed its turns: the customer hears the truth
// and gets a person, operators have the input in the log's turn.
func (e *Engine) apologise(r *ran) {
	text := "抱歉，这条消息我没能处理好，钱和资料都没有变动。我已请人工同事来帮您。"
	if r.after.locale == "en" {
		text = "Sorry, I could not handle that message. Nothing was changed or moved. I have asked a colleague to help you."
	}
	r.messages = append(r.messages, outgoing{author: "system", content: flow.Message{Kind: flow.KindNotice, Text: text}})
	r.notes = append(r.notes, dialogue.Note{Kind: "crash", Text: "the input crashed its turn repeatedly"})
	if r.after.speaker == "bot" {
		r.after.speaker = "queue"
		r.outbox = append(r.outbox, outboxRow{"handoff", marshal(HandoffRequest{
			Queue: "general", Reason: "系统未能处理客户的消息", Employee: r.after.employee, Edition: r.after.edition,
			Locale: r.after.locale, Customer: r.after.kept.Customer, View: r.after.kept.View,
		})})
	}
}

const keepOffered = 60

// offer remembers the labels of taps.
func (k *kept) offer(m flow.Message) {
	for _, a := range m.Actions {
		k.Offered = append(k.Offered, flow.Action{ID: a.ID, Label: a.Label})
	}
	if m.Card != nil {
		for _, o := range m.Card.Options {
			k.Offered = append(k.Offered, flow.Action{ID: o.ID, Label: o.Label})
		}
	}
	if extra := len(k.Offered) - keepOffered; extra > 0 {
		k.Offered = append([]flow.Action(nil), k.Offered[extra:]...)
	}
}

func (k *kept) label(id string) string {
	for i := len(k.Offered) - 1; i >= 0; i-- {
		if k.Offered[i].ID == id {
			return k.Offered[i].Label
		}
	}
	return "…"
}

// dropped is a planted defect: one turn in ten is acknowledged and lost.
func (e *Engine) dropped(in *stored) bool {
	if !e.config.Faults.DropTurn || in.kind != "message" {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.committed++
	return e.committed%10 == 0
}
