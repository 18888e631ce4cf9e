package main

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/channels"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/httpapi/evidence"
	"github.com/pingdui/pingdui/internal/mask"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/internal/replay"
	"github.com/pingdui/pingdui/internal/vault"
)

// openReplay is where recordings are opened.
func (r *rooms) openReplay(p *program, master vault.Master) (err error) {
	r.replay, err = replay.New(replay.Config{
		Archive: remote.NewArchive(r.db.pool), Keys: master, Recordings: recordings(r.config), Folder: filepath.Join(r.config.Data, "playable"),
		Audit: r.audit, Mask: mask.Text, Clock: time.Now, Logger: r.log,
	})
	if err != nil {
		return err
	}
	p.run(r.replay.Run)
	return nil
}

// registerEvidence adds the routes of recordings.
func registerEvidence(a *httpapi.API, r *rooms) {
	c := evidence.Config{Room: r.replay, People: r.recordedPeople, Staff: r.findStaff, Customers: r.findCustomers, Secure: !r.config.Demo, Zone: r.zone}
	if r.db != nil {
		c.Archive = remote.NewArchive(r.db.pool)
	}
	evidence.Register(a, c)
}

// recordedPeople says how lists of recordings show a customer and a member of staff.
func (r *rooms) recordedPeople(_ context.Context, subject, staff string) (evidence.MaskedCustomer, evidence.StaffMember) {
	customer, agent := evidence.MaskedCustomer{Name: "访客"}, evidence.StaffMember{ID: staff, Name: staff, Number: staff}
	if number, ok := strings.CutPrefix(subject, "c:"); ok {
		customer = evidence.MaskedCustomer{Name: "客户", Number: number}
		if c, ok := r.cast.Customer(number); ok {
			customer.Name = handoff.MaskName(c.Name.ZH)
		}
	}
	if s, ok := r.cast.Member(staff); ok {
		agent = evidence.StaffMember{ID: s.ID, Name: s.Name.ZH, NameEN: s.Name.EN, Number: s.Number}
	}
	return customer, agent
}

// findStaff is whom a search for a member of staff means: id, number or name.
func (r *rooms) findStaff(text string) []string {
	var out []string
	for _, s := range r.cast.Staff {
		if strings.EqualFold(s.ID, text) || s.Number == text || s.Name.ZH == text || strings.EqualFold(s.Name.EN, text) {
			out = append(out, s.ID)
		}
	}
	return out
}

// findCustomers is whom a search for a customer means: number or whole name.
func (r *rooms) findCustomers(text string) []string {
	out := []string{"c:" + strings.ToUpper(text)}
	if c, ok := r.cast.Customer(text); ok {
		out = append(out, "c:"+c.ID)
	}
	return out
}

// chats reads conversations for recordings, masked as the desk shows them.
type chats struct{ *rooms }

// chatPage is how many lines one look takes.
const chatPage = 200

// Chat is what was said since, and the form.
func (c chats) Chat(ctx context.Context, subject string, conversation uuid.UUID, after int64) (remote.Chat, error) {
	standing, err := c.engine.Hub().Now(ctx, conversation)
	if err != nil {
		return remote.Chat{}, err
	}
	view := standing.View
	out := remote.Chat{Last: standing.LastSeq, Form: remote.Form{
		Flow: view.Flow, Title: mask.Text(view.FlowTitle), Step: view.Step, StepTitle: mask.Text(view.StepTitle), Slots: maskedFields(view.Slots),
	}}
	if after < 0 {
		return out, nil
	}
	messages, err := c.engine.Messages(ctx, subject, conversation, after, chatPage)
	if err != nil {
		return remote.Chat{}, err
	}
	out.Last, out.More = after, len(messages) == chatPage
	for _, m := range messages {
		out.Last = m.Seq
		line := remote.Line{Seq: m.Seq, Said: m.At.UTC(), Author: m.Author, By: m.AuthorID, Text: mask.Text(m.Content.Text)}
		if card := m.Content.Card; card != nil { // what a secure box asks for has no value here
			line.Card, line.Title, line.Rows = string(card.Kind), mask.Text(card.Title), maskedFields(card.Rows)
		}
		out.Lines = append(out.Lines, line)
	}
	return out, nil
}

func maskedFields(rows []flow.Row) []remote.Field {
	out := make([]remote.Field, 0, len(rows))
	for _, row := range channels.Rows(rows) {
		out = append(out, remote.Field{Name: row.Name, Label: row.Label, Value: mask.Text(row.Value), By: row.By})
	}
	return out
}

// Watch wakes whoever records.
func (c chats) Watch(conversation uuid.UUID) (<-chan struct{}, func()) {
	w := c.engine.Hub().Watch(conversation)
	return w.C, w.Close
}
