package assistant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// ran is a turn that was decided and waits for its commit.
type ran struct {
	after    *conversation // as it will be
	messages []outgoing
	acts     []act
	outbox   []outboxRow
	notes    []dialogue.Note
	// locale and edition are what the person chose in this turn, for every device
	// from now on; empty leaves them.
	locale, edition string
	record          Record
	started         time.Time
	input           string
	attempt         int
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

// run decides an input. durable is called before anything outside is asked.
func (e *Engine) run(ctx context.Context, conv *conversation, in *stored, started time.Time, durable func() error) (*ran, error) {
	body, sender, err := decode(in.kind, in.body)
	if err != nil {
		return nil, errors.Join(errMind, err)
	}
	after := *conv
	after.kept.Offered = append([]flow.Action(nil), conv.kept.Offered...)
	after.turn++
	r := &ran{after: &after, started: started, input: in.id, attempt: max(1, in.attempts)}
	r.record.Kind, r.record.Release = in.kind, e.config.Mind.Release()
	if sender.Device != "" {
		after.device = sender.Device
	}
	if sender.Place != "" {
		after.kept.Place = sender.Place
	}
	if in.crashes >= maxCrashes || in.attempts > maxAttempts {
		e.apologise(r)
		return e.finish(r)
	}
	if err := e.meet(ctx, &after, durable); err != nil {
		return nil, err
	}
	if b, ok := body.(BusinessEvent); ok && b.Name == "settings" {
		r.locale, r.edition = b.Value["locale"], b.Value["edition"]
	}
	if b, ok := body.(BusinessEvent); ok && b.Name == "opened" {
		if err := e.facts(ctx, &after, durable); err != nil {
			return nil, err
		}
	}
	first := e.first(r, body, conv)
	c := dialogue.Context{
		Now: after.now(started).In(e.config.Zone), Turn: after.turn, Customer: after.kept.Customer, Locale: after.locale,
		Edition: after.edition, Employee: after.employee, Speaker: after.speaks(), AgentsOn: e.config.AgentsOn(), Hours: e.config.Hours, Watched: e.config.Watched(ctx, after.id),
		NextSeq: after.last + int64(len(r.messages)) + 1, Staff: IsStaff(after.subject),
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
		if after.speaks() == "agent" {
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
		if after.speaker != "agent" || after.agent != b.Agent && after.kept.Guest != b.Agent {
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
		if b.State == "started" && after.speaker == "agent" {
			after.kept.Beside = b.Role == "tutor"
		}
		return dialogue.SessionChanged(b)
	case HandoffEvent:
		if slices.Contains([]dialogue.HandoffState{dialogue.HandoffAccepted, dialogue.HandoffHandedBack, dialogue.HandoffCancelled, dialogue.HandoffClosed}, b.State) {
			after.kept.Beside = false // another person, or none
		}
		switch b.State {
		case dialogue.HandoffAccepted:
			after.speaker, after.agent = "agent", b.Agent.ID
			after.kept.Guest = ""
		case dialogue.HandoffJoined:
			after.kept.Guest = b.Agent.ID
		case dialogue.HandoffLeft:
			if after.kept.Guest == b.Agent.ID {
				after.kept.Guest = ""
			}
		case dialogue.HandoffHeld, dialogue.HandoffResumed: // the same people are there
		case dialogue.HandoffHandedBack, dialogue.HandoffCancelled, dialogue.HandoffClosed:
			after.speaker, after.agent, after.kept.Guest = "bot", "", ""
		case dialogue.HandoffBooked:
			if after.speaker == "queue" {
				after.speaker = "bot"
			}
		case dialogue.HandoffQueued:
			if after.speaker == "bot" {
				after.speaker = "queue"
			}
		}
		return dialogue.HandoffChanged{State: b.State, Agent: b.Agent, Place: b.Place, WaitS: b.WaitS, SpreadS: b.SpreadS, Reason: b.Reason, Due: after.kept.onPage(b.Due)}
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
	default:
		return dialogue.Arrived{Name: b.Name, Value: b.Value}
	}
	return nil
}

// speaks is whose word an input is answered by: a person who only stands beside
// the customer leaves it to the digital employee.
func (c *conversation) speaks() string {
	if c.kept.Beside && c.speaker == "agent" {
		return "bot"
	}
	return c.speaker
}

// now is the conversation's own time.
func (c *conversation) now(at time.Time) time.Time { return at.Add(c.kept.Ahead) }

// onDesk is a moment of the conversation's own time by the desk's clock, onPage
// the other way; the zero time stays that.
func (k *kept) onDesk(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return at.Add(-k.Ahead).UTC()
}

func (k *kept) onPage(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return at.Add(k.Ahead)
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
	Needs    dialogue.Needs    `json:"needs,omitzero"`
	// Due books a call-back for that time; zero asks for a person now.
	Due time.Time `json:"due,omitzero"`
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
			Locale: r.after.locale, Customer: r.after.kept.Customer, View: e.forOthers(r.after.kept.View),
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
