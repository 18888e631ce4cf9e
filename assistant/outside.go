package assistant

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// maxOutside bounds the reads and searches of one turn.
const maxOutside = 24

// Outside is one read, search or step-up of a turn and what it gave.
type Outside struct {
	Operation string           `json:"operation"`
	Outcome   dialogue.Outcome `json:"outcome"`
	Code      string           `json:"code,omitempty"`
	TookUS    int64            `json:"took_us"`
	Result    *dialogue.Result `json:"result,omitempty"`
	Found     *dialogue.Found  `json:"found,omitempty"`
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
		switch {
		case after.speaker == "bot" && f.Due.IsZero():
			after.speaker = "queue"
		case after.speaker == "queue" && !f.Due.IsZero():
			after.speaker = "bot" // they wait no longer: a person comes at that time
		}
		view := after.kept.View
		if f.Form != nil { // the flow is over, what was filled in goes with the customer
			view.Flow, view.FlowTitle, view.Step, view.Slots = f.Form.Flow, f.Form.Title, f.Form.Step, f.Form.Rows
		}
		after.kept.Called = "" // the customer's own wish: no demand takes it back
		r.outbox = append(r.outbox, outboxRow{"handoff", marshal(HandoffRequest{
			Queue: f.Queue, Reason: e.config.MaskRow(f.Reason), Urgent: f.Urgent, Employee: after.employee, Edition: after.edition, Locale: after.locale,
			Customer: after.kept.Customer, View: e.forOthers(view), Needs: f.Needs, Due: after.kept.onDesk(f.Due),
		})})
	case dialogue.CancelHandoff:
		if after.speaker == "queue" {
			after.speaker = "bot"
		}
		r.outbox = append(r.outbox, outboxRow{"handoff_cancel", []byte("{}")})
	case dialogue.Session:
		e.ask(r, f)
	case dialogue.Withdraw:
		e.withdraw(r, f)
	case dialogue.Edition:
		after.edition, r.edition = f.To, f.To
	case dialogue.Wake:
		after.wakeAt = nil
		if !f.At.IsZero() {
			at := f.At.UTC().Truncate(time.Microsecond)
			after.wakeAt = &at
		}
	case dialogue.Note:
		if f.Kind == dialogue.NoteMiss { // notes are kept in clear, a question is the customer's
			f.Text = e.config.MaskRow(f.Text)
		}
		r.notes = append(r.notes, f)
		if f.Kind == dialogue.NoteDismissed { // 不再提示: again and again is the same
			if err := e.store.mute(ctx, after.subject, f.Text); err != nil {
				return nil, err
			}
		}
	case dialogue.Fetch, dialogue.StepUp, dialogue.RiskCheck, dialogue.Search:
		if err := durable(); err != nil {
			return nil, err
		}
		return e.outside(ctx, r, c, effect), nil
	}
	return nil, nil //nolint:nilnil // most effects have no answer
}

// forOthers is a view as it leaves the customer's own record: what was filled in
// is masked.
func (e *Engine) forOthers(v View) View {
	v.StepTitle, v.Reason = e.config.MaskRow(v.StepTitle), e.config.MaskRow(v.Reason)
	v.Slots = slices.Clone(v.Slots)
	for i := range v.Slots {
		v.Slots[i].Value = e.config.MaskRow(v.Slots[i].Value)
	}
	return v
}

// outside asks the bank or the knowledge base; whatever goes wrong is an answer.
func (e *Engine) outside(ctx context.Context, r *ran, c dialogue.Context, effect dialogue.Effect) dialogue.Event {
	began := time.Now()
	took := func() int64 { return time.Since(began).Microseconds() }
	switch f := effect.(type) {
	case dialogue.Fetch:
		args := ownArgs(r.after.subject, f.Args)
		if f.Reference != "" {
			args["reference"] = f.Reference
		}
		result := e.config.Bank.Read(ctx, f.Operation, args)
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
	case dialogue.RiskCheck:
		result := e.config.Bank.Read(ctx, "risk.check", ownArgs(r.after.subject, f.Args(c.Customer.ID, r.after.device, r.after.kept.Place)))
		result.Fetch = f.ID
		r.record.Outside = append(r.record.Outside, Outside{Operation: "risk.check", Outcome: result.Outcome, Code: result.Code, TookUS: took(), Result: &result})
		return result
	case dialogue.Search:
		found := dialogue.Found{Search: f.ID}
		outcome := dialogue.Done
		if e.config.Search != nil {
			audience, region := e.config.Audience(c.Customer)
			if c.Staff { // by whose conversation it is, never by what a message asks for
				audience = append(audience, "staff")
			}
			passages, err := e.config.Search.Search(ctx, Query{
				Draft: e.drafts(r), Text: f.Query, Article: f.Article, Locale: cmp.Or(f.Locale, c.Locale), Edition: c.Edition, Audience: audience, Region: region, Now: c.Now,
			})
			if err != nil {
				e.config.Log.Warn("the knowledge base did not answer", "error", err)
				outcome = dialogue.Failed
			}
			found.Passages = e.inPerson(ctx, c, passages)
		}
		r.record.Outside = append(r.record.Outside, Outside{Operation: "search", Outcome: outcome, TookUS: took(), Found: &found})
		return found
	}
	return nil
}

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
