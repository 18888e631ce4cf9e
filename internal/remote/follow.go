package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/media/evidence"
)

// Chats reads conversations for recordings. What it gives is masked as the desk
// shows it: a recording holds nothing that the agent could not see.
type Chats interface {
	// Chat is what was said after a message, at most a few hundred lines, and the
	// form as it stands; with after -1 nothing that was said so far.
	Chat(ctx context.Context, subject string, conversation uuid.UUID, after int64) (Chat, error)
	// Watch gives a value whenever there may be something new, until stop.
	Watch(conversation uuid.UUID) (woken <-chan struct{}, stop func())
}

// Chat is a conversation as a recording keeps it.
type Chat struct {
	Last  int64  // the newest message that was looked at
	More  bool   // there are more lines than were given
	Lines []Line // in order
	Form  Form
}

// Line is a message in a recording: a frame of kind transcript.
type Line struct {
	Seq    int64     `json:"seq"`
	Said   time.Time `json:"said"`
	Author string    `json:"author"` // customer, bot, agent or system
	By     string    `json:"by,omitempty"`
	Text   string    `json:"text"`
	Card   string    `json:"card,omitempty"`  // its kind
	Title  string    `json:"title,omitempty"` // of the card
	Rows   []Field   `json:"rows,omitempty"`
}

// Form is the step of the flow both hold: a frame of kind script, with "event":
// "form", whenever it is another one.
type Form struct {
	Flow      string  `json:"flow"`
	Title     string  `json:"title"`
	Step      string  `json:"step"`
	StepTitle string  `json:"step_title"`
	Slots     []Field `json:"slots"`
}

// Field is a labelled value and who typed it: customer, agent or bot.
type Field struct {
	Name  string `json:"name,omitempty"`
	Label string `json:"label"`
	Value string `json:"value"`
	By    string `json:"by,omitempty"`
}

// chat reads a conversation; what can't be read is told to operators and missing.
func (s *Service) chat(ctx context.Context, r row, after int64) Chat {
	if s.config.Chats == nil {
		return Chat{Last: after}
	}
	ctx, cancel := context.WithTimeout(ctx, factWithin)
	defer cancel()
	chat, err := s.config.Chats.Chat(ctx, r.Subject, r.Conversation, after)
	if err != nil {
		s.warn("read a conversation for its recording", err)
		return Chat{Last: after}
	}
	return chat
}

// follow puts what is written and filled in into the recording until it ends.
func (s *Service) follow(ctx context.Context, rec *recording, r row, chat Chat) {
	if s.config.Chats == nil {
		return
	}
	woken, stop := s.config.Chats.Watch(r.Conversation)
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	rec.unfollow = func() { cancel(); <-ended }
	f := following{service: s, rec: rec, row: r, last: chat.Last}
	f.form(ctx, chat.Form)
	go func() {
		defer close(ended)
		defer stop()
		for {
			select {
			case <-woken:
				f.catchUp(ctx)
			case <-ctx.Done():
				f.catchUp(context.WithoutCancel(ctx)) // what was said last
				return
			}
		}
	}()
}

// following is how far the chat stands in the recording.
type following struct {
	service *Service
	rec     *recording
	row     row
	last    int64
	shown   []byte // the form, as it was kept last
}

func (f *following) catchUp(ctx context.Context) {
	for {
		chat := f.service.chat(ctx, f.row, f.last)
		for _, line := range chat.Lines {
			f.keep(ctx, evidence.KindTranscript, line)
		}
		f.form(ctx, chat.Form)
		f.last = chat.Last
		if !chat.More {
			return
		}
	}
}

func (f *following) form(ctx context.Context, form Form) {
	if form.Slots == nil {
		form.Slots = []Field{}
	}
	raw, err := json.Marshal(struct {
		Event string `json:"event"`
		Form
	}{"form", form})
	if err != nil || bytes.Equal(raw, f.shown) || f.shown == nil && form.Flow == "" {
		return
	}
	f.shown = raw
	f.keep(ctx, evidence.KindScript, json.RawMessage(raw))
}

func (f *following) keep(ctx context.Context, kind evidence.Kind, body any) {
	ctx, cancel := context.WithTimeout(ctx, factWithin)
	defer cancel()
	if err := f.rec.fact(ctx, kind, body); err != nil && !errors.Is(err, evidence.ErrEnded) {
		f.service.warn("record what was said", err) // a log that has failed is noticed by the sweep
	}
}

// listedItem is a line of a check list in a recording.
type listedItem struct {
	Item     string `json:"item"`
	ZH       string `json:"zh"`
	EN       string `json:"en"`
	Optional bool   `json:"optional,omitempty"`
	State    string `json:"state"`
	By       string `json:"by,omitempty"`
	Answer   string `json:"answer,omitempty"`
}

func listed(items []item) []listedItem {
	out := make([]listedItem, 0, len(items))
	for _, it := range items {
		out = append(out, listedItem{it.Item, it.ZH, it.EN, it.Optional, it.State, it.By, it.Answer})
	}
	return out
}

// keepReview puts the check list into the recording as it stands when that begins.
func (x *session) keepReview(ctx context.Context) {
	s := x.service
	q, err := one[request](ctx, s.store, "RequestOf", x.row.Conversation, x.row.Agent)
	if errors.Is(err, assistant.ErrNotFound) {
		return
	}
	var items []item
	if err == nil {
		items, err = many[item](ctx, s.store, "Items", []uuid.UUID{q.ID})
	}
	if err != nil {
		x.warn("record a check list", err)
		return
	}
	x.keep(ctx, evidence.KindScript, map[string]any{"event": "review.list", "by": x.row.Agent, "role": q.Role, "title": q.Title, "items": listed(items)})
}

// present is who is there, the customer's name masked.
func (x *session) present() []string {
	out := append([]string{}, x.row.Present...)
	for i, name := range out {
		if name == x.customer && x.service.config.MaskName != nil {
			out[i] = x.service.config.MaskName(name)
		}
	}
	return out
}
