package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/mind"
	"github.com/pingdui/pingdui/internal/httpapi/console"
	"github.com/pingdui/pingdui/knowledge"
)

// tryer does the dialogue's part of the try-it pane with the release in use. It
// reaches no bank: where the dialogue would read from it, the trial ends there.
type tryer struct{ r *rooms }

// Understand tells what the text means and what may be read for it.
func (t tryer) Understand(_ context.Context, in console.TryRequest) (console.Understood, error) {
	l := t.r.mind.Current()
	if l == nil {
		return console.Understood{}, mind.ErrNotLoaded
	}
	in.Text, _ = maskSecrets(in.Text) // as a node does before anything else
	u := l.Understand.Understand(in.Text, in.At)
	audience, _ := t.r.audience(dialogue.Customer{ID: in.Customer})
	if in.Staff {
		audience = append(audience, "staff")
	}
	out := console.Understood{
		Intents: []console.TryIntent{}, Verdict: string(u.Verdict.Kind), InScope: u.InScope, Entities: []console.TryEntity{},
		Alarms: filled(u.Alarms), Acts: filled(u.Acts), Parts: filled(u.Parts), Audience: audience,
	}
	for i, s := range u.Intents {
		label := s.Intent
		if known := l.Set.Intents[s.Intent]; known != nil {
			label = known.Label.Pick(in.Locale, in.Edition)
			if i == 0 && s.P >= 0.5 {
				out.Article = known.Article
			}
		}
		out.Intents = append(out.Intents, console.TryIntent{Name: s.Intent, Label: label, P: s.P})
	}
	for _, e := range u.Entities {
		out.Entities = append(out.Entities, console.TryEntity{Kind: string(e.Kind), Text: e.Text, Value: e.Value, Bad: e.Bad})
	}
	return out, nil
}

// maxTrial bounds the events of one trial.
const maxTrial = 8

// Decide tells what the digital employee would do with what was found.
func (t tryer) Decide(_ context.Context, in console.TryRequest, _ console.Understood, hits []knowledge.Hit) (console.Decided, error) {
	l := t.r.mind.Current()
	if l == nil {
		return console.Decided{}, mind.ErrNotLoaded
	}
	c := dialogue.Context{Now: in.At, Turn: 1, Locale: orElse(in.Locale, "zh"), Edition: orElse(in.Edition, "standard"), Employee: "xiaoda", Speaker: "bot", AgentsOn: true, OnLeave: t.r.mind.OffDuty()}
	c.Customer.Level = flow.Level0
	if known, ok := t.r.cast.Customer(in.Customer); ok {
		c.Customer = dialogue.Customer{ID: known.ID, Name: known.Name.ZH, Age: known.Age, Level: flow.Level1}
	}
	var out console.Decided
	var state dialogue.State
	text, secret := maskSecrets(in.Text)
	u := mind.Read(l.Understand, text, in.At)
	if secret {
		u.Alarms = append(u.Alarms, "secret")
	}
	var event dialogue.Event = dialogue.Said{Text: text, Understanding: u}
	for range maxTrial {
		next, effects, err := dialogue.Step(l.Set, state, c, event)
		if err != nil {
			return out, err
		}
		state, event = next, nil
		for _, effect := range effects {
			switch f := effect.(type) {
			case dialogue.Say:
				if out.Answer == "" {
					out.Answer = f.Message.Text
				}
			case dialogue.Search:
				event = dialogue.Found{Search: f.ID, Passages: passages(hits)}
				out.Why = "向知识库提问 / asked the knowledge base"
			case dialogue.Fetch:
				out.Why = "接下来要问银行：" + f.Operation + " / would ask the bank"
			case dialogue.RiskCheck:
				out.Why = "接下来要问银行的风险核查 / would ask the bank's risk service"
			case dialogue.StepUp:
				out.Why = "接下来要验证身份 / would ask for a verification"
			case dialogue.Handoff:
				out.Why = "转人工：" + f.Reason + " / would hand over"
			}
		}
		view := mind.View(l.Set, state, c)
		out.Flow, out.Step = view.FlowTitle, view.StepTitle
		if event == nil {
			return out, nil
		}
	}
	return out, errors.New("the trial went round in circles: look at the flow's steps")
}

func passages(hits []knowledge.Hit) []dialogue.Passage {
	out := make([]dialogue.Passage, 0, len(hits))
	for _, h := range hits {
		text := h.Text
		if !slices.ContainsFunc(h.Rows, func(row string) bool { return strings.Contains(text, row) }) {
			// A table that is too long to be read out stands behind the source.
			text = strings.ReplaceAll(text, "见下表", "见“依据”里的表")
		}
		out = append(out, dialogue.Passage{
			Article: h.Article, Passage: h.Passage, Title: h.Title, Text: text, Row: h.Row, Score: h.Score, Curated: h.Curated, Flow: h.Flow, Facts: h.Facts,
		})
	}
	return out
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
