// Package rest is the customer's channel without a socket: the same inputs, the
// same rules, one call each. It also holds what the socket's pages need beside
// it: tickets, devices, the secure box, opened sources.
package rest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/channels"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/wire"
)

// Config plugs the channel together.
type Config struct {
	Engine *assistant.Engine
	Keeper *auth.Keeper
	Bank   SecureBank
	Log    *slog.Logger
	// App is the bank's own app; without its secret only devices get tokens here.
	App App
	// First names the employee a new conversation starts with.
	First string
	// Source opens a passage for a subject in a language; ErrNoSource when there is none.
	Source func(ctx context.Context, who auth.Identity, passage, locale string) (wire.SourceDocument, error)
	// Trace tells what a turn did; nil switches traces off.
	Trace func(ctx context.Context, subject string, conversation uuid.UUID, turn int64) (*wire.Trace, error)
}

// ErrNoSource says that there is no such passage for this reader.
var ErrNoSource = errors.New("no such source")

// answerDeadline is how long a REST call waits for its turn.
const answerDeadline = 20 * time.Second

type body[T any] struct{ Body T }

func people() []auth.Role { return []auth.Role{auth.Customer, auth.Anonymous} }

// everybody who has a conversation: staff have one with their own digital employee.
func everybody() []auth.Role {
	return append(people(), auth.Agent, auth.Supervisor, auth.Editor, auth.Approver, auth.Admin)
}

// Register adds the channel's routes.
func Register(a *httpapi.API, config Config) {
	c := &channel{config}
	httpapi.Route(a, []auth.Role{httpapi.Everyone}, huma.Operation{
		OperationID: "newDevice", Method: http.MethodPost, Path: "/api/v1/devices", Summary: "A signed device: who talks without signing in",
	}, c.device)
	registerToken(a, c)
	httpapi.Route(a, everybody(), huma.Operation{
		OperationID: "newTicket", Method: http.MethodPost, Path: "/api/v1/tickets", Summary: "A single-use ticket for a socket, good for 30 s from this origin",
	}, c.ticket)
	httpapi.Route(a, people(), huma.Operation{
		OperationID: "openConversation", Method: http.MethodPost, Path: "/api/v1/conversations", Summary: "The conversation to go on with, or a new one",
	}, c.open)
	httpapi.Route(a, everybody(), huma.Operation{
		OperationID: "readMessages", Method: http.MethodGet, Path: "/api/v1/conversations/{conversation}/messages", Summary: "Messages after a seq, in order",
	}, c.messages)
	httpapi.Route(a, people(), huma.Operation{
		OperationID: "send", Method: http.MethodPost, Path: "/api/v1/conversations/{conversation}/inputs", Summary: "Text or a tap; answers when its turn is done",
	}, c.send)
	httpapi.Route(a, people(), huma.Operation{
		OperationID: "readTrace", Method: http.MethodGet, Path: "/api/v1/conversations/{conversation}/turns/{turn}/trace", Summary: "What a turn of the caller's own conversation did",
	}, c.trace)
	httpapi.Route(a, people(), huma.Operation{
		OperationID: "secureKey", Method: http.MethodGet, Path: "/api/v1/secure/key", Summary: "The bank core's public key for secure boxes",
	}, c.secureKey)
	httpapi.Route(a, people(), huma.Operation{
		OperationID: "fillSecureBox", Method: http.MethodPost, Path: "/api/v1/secure/{ref}", Summary: "Fill a secure box: values encrypted to the bank core's key",
	}, c.secure)
	httpapi.Route(a, everybody(), huma.Operation{
		OperationID: "openSource", Method: http.MethodGet, Path: "/api/v1/sources/{passage}", Summary: "Where an answer stands",
	}, c.source)
}

type channel struct{ config Config }

func (c *channel) device(context.Context, *struct{}) (*body[wire.Token], error) {
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	who := auth.Identity{Subject: "d:" + base64.RawURLEncoding.EncodeToString(id), Roles: []auth.Role{auth.Anonymous}}
	return &body[wire.Token]{Token(c.config.Keeper, who)}, nil
}

// Token makes the wire form of a fresh bearer token.
func Token(keeper *auth.Keeper, who auth.Identity) wire.Token {
	token, until := keeper.Token(who)
	out := wire.Token{Token: token, Subject: who.Subject, Name: who.Name, Roles: []string{}, ExpiresAt: until}
	for _, role := range who.Roles {
		out.Roles = append(out.Roles, string(role))
	}
	return out
}

func (c *channel) ticket(ctx context.Context, in *struct {
	Origin string `header:"Origin"`
},
) (*body[wire.Ticket], error) {
	return &body[wire.Ticket]{wire.Ticket{Ticket: c.config.Keeper.Ticket(auth.From(ctx), in.Origin)}}, nil
}

func (c *channel) open(ctx context.Context, in *struct {
	Body struct {
		Conversation string `json:"conversation,omitempty" maxLength:"64" doc:"empty for the caller's latest, or a new one"`
		Locale       string `json:"locale,omitempty" enum:"zh,en"`
		Edition      string `json:"edition,omitempty" enum:"standard,elder"`
	}
},
) (*body[wire.History], error) {
	who := auth.From(ctx)
	id, err := c.config.Engine.Open(ctx, who.Subject, in.Body.Conversation, c.config.First, in.Body.Locale, in.Body.Edition)
	if err != nil {
		return nil, refuse(err)
	}
	standing, err := c.config.Engine.Hub().Now(ctx, id)
	if err != nil {
		return nil, refuse(err)
	}
	if standing.LastSeq == 0 {
		waiting, cancel := context.WithTimeout(ctx, answerDeadline)
		defer cancel()
		_, err := c.config.Engine.Ask(waiting, who.Subject, id, assistant.Input{ID: "open:" + uuid.NewString(), Body: assistant.BusinessEvent{Name: "opened"}})
		if err != nil {
			return nil, refuse(err)
		}
	}
	return c.history(ctx, who.Subject, id, 0)
}

func (c *channel) history(ctx context.Context, subject string, id uuid.UUID, after int64) (*body[wire.History], error) {
	messages, err := c.config.Engine.Messages(ctx, subject, id, after, 500)
	if err != nil {
		return nil, refuse(err)
	}
	out := wire.History{Conversation: id.String(), LastSeq: after, Messages: []wire.Message{}}
	for _, m := range messages {
		out.Messages = append(out.Messages, channels.Message(m))
		out.LastSeq = m.Seq
	}
	return &body[wire.History]{out}, nil
}

func (c *channel) messages(ctx context.Context, in *struct {
	Conversation string `path:"conversation" format:"uuid"`
	After        int64  `query:"after" minimum:"0"`
},
) (*body[wire.History], error) {
	id, err := uuid.Parse(in.Conversation)
	if err != nil {
		return nil, refuse(assistant.ErrNotFound)
	}
	return c.history(ctx, auth.From(ctx).Subject, id, in.After)
}

func (c *channel) send(ctx context.Context, in *struct {
	Conversation string `path:"conversation" format:"uuid"`
	Body         struct {
		ID     string `json:"id" minLength:"1" maxLength:"128"`
		Text   string `json:"text,omitempty" maxLength:"2000"`
		Action string `json:"action,omitempty" maxLength:"512"`
		Seen   int64  `json:"seen,omitempty" minimum:"0"`
	}
},
) (*body[wire.Accepted], error) {
	if err := assistant.CheckClientID(in.Body.ID); err != nil {
		return nil, refuse(err)
	}
	return c.ask(ctx, in.Conversation, assistant.Input{ID: in.Body.ID, Body: assistant.CustomerMessage{Text: in.Body.Text, Tap: in.Body.Action, Seen: in.Body.Seen}})
}

func (c *channel) ask(ctx context.Context, conversation string, in assistant.Input) (*body[wire.Accepted], error) {
	id, err := uuid.Parse(conversation)
	if err != nil {
		return nil, refuse(assistant.ErrNotFound)
	}
	subject := auth.From(ctx).Subject
	waiting, cancel := context.WithTimeout(ctx, answerDeadline)
	defer cancel()
	r, err := c.config.Engine.Ask(waiting, subject, id, in)
	if err != nil {
		return nil, refuse(err)
	}
	return c.answered(ctx, r)
}

// answered tells what a turn said, as far as it has run.
func (c *channel) answered(ctx context.Context, r assistant.Receipt) (*body[wire.Accepted], error) {
	out := wire.Accepted{ID: r.ID, Seq: r.LastSeq, Replayed: r.Replayed, Messages: []wire.Message{}}
	if r.Turn != 0 {
		messages, err := c.config.Engine.Messages(ctx, auth.From(ctx).Subject, r.Conversation, r.FirstSeq-1, int(r.LastSeq-r.FirstSeq+1))
		if err != nil {
			return nil, refuse(err)
		}
		for _, m := range messages {
			out.Messages = append(out.Messages, channels.Message(m))
		}
	}
	return &body[wire.Accepted]{out}, nil
}

func (c *channel) trace(ctx context.Context, in *struct {
	Conversation string `path:"conversation" format:"uuid"`
	Turn         int64  `path:"turn" minimum:"1"`
},
) (*body[wire.Trace], error) {
	id, err := uuid.Parse(in.Conversation)
	if err != nil || c.config.Trace == nil {
		return nil, refuse(assistant.ErrNotFound)
	}
	trace, err := c.config.Trace(ctx, auth.From(ctx).Subject, id, in.Turn)
	if err != nil {
		return nil, refuse(err)
	}
	return &body[wire.Trace]{*trace}, nil
}

func (c *channel) source(ctx context.Context, in *struct {
	Passage string `path:"passage" maxLength:"128"`
	Locale  string `query:"locale" enum:"zh,en"`
},
) (*body[wire.SourceDocument], error) {
	if c.config.Source == nil {
		return nil, httpapi.Refuse(http.StatusNotFound, "not_found", "没有这个出处 / no such source")
	}
	document, err := c.config.Source(ctx, auth.From(ctx), in.Passage, in.Locale)
	if errors.Is(err, ErrNoSource) {
		return nil, httpapi.Refuse(http.StatusNotFound, "not_found", "没有这个出处，或它已经更新 / no such source, or it has been replaced")
	}
	if err != nil {
		return nil, refuse(err)
	}
	return &body[wire.SourceDocument]{document}, nil
}

func refuse(err error) error {
	e, status := channels.Error(err)
	return &httpapi.Problem{Status: status, Code: e.Code, Message: e.Message, RetryAfter: e.RetryAfter}
}
