// Package channels holds what every channel shares: how a committed message
// becomes a wire message, how an error becomes a code with words, and the
// limits every channel keeps. The contract itself is tested by channelstest.
package channels

import (
	"errors"
	"net/http"
	"strings"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/wire"
)

// Limits of what a client sends.
const (
	// MaxFrame is the largest frame or body in bytes.
	MaxFrame = 64 << 10
	// MaxQueued is how many bytes may wait for a slow client before it is closed.
	MaxQueued = 1 << 20
)

// Message makes the wire form of a committed message.
func Message(m assistant.Message) wire.Message {
	out := wire.Message{
		Seq: m.Seq, Turn: m.Turn, At: m.At, Author: m.Author, AuthorID: m.AuthorID, Input: m.Input, Masked: m.Masked,
		Kind: string(m.Content.Kind), Text: m.Content.Text, Generated: m.Content.Generated, Quiet: m.Content.Quiet, Actions: []wire.Action{},
	}
	for _, a := range m.Content.Actions {
		out.Actions = append(out.Actions, wire.Action{ID: a.ID, Label: a.Label, Style: string(a.Style)})
	}
	if s := m.Content.Source; s != nil {
		out.Source = &wire.Source{Article: s.Article, Passage: s.Passage, Title: s.Title, Row: s.Row, Internal: s.Internal}
	}
	if m.Content.Card != nil {
		out.Card = card(m.Content.Card)
	}
	return out
}

func card(c *flow.Card) *wire.Card {
	out := &wire.Card{
		Kind: string(c.Kind), Title: c.Title, Ref: c.Ref, Step: c.Step, Steps: c.Steps, Note: c.Note, Medium: c.Medium,
		Rows: Rows(c.Rows), Options: []wire.Option{},
	}
	if c.Amount != nil {
		out.Amount = &wire.Amount{Figures: c.Amount.Figures, Words: c.Amount.Words}
	}
	for _, o := range c.Options {
		out.Options = append(out.Options, wire.Option{ID: o.ID, Label: o.Label, Note: o.Note})
	}
	if c.Table != nil {
		out.Table = &wire.Table{Columns: c.Table.Columns, Rows: c.Table.Rows}
	}
	if c.Secure != nil {
		out.Secure = &wire.Secure{Ref: c.Secure.Ref, ExpiresAt: c.Secure.ExpiresAt, Fields: []wire.SecureField{}}
		for _, f := range c.Secure.Fields {
			out.Secure.Fields = append(out.Secure.Fields, wire.SecureField{Name: f.Name, Label: f.Label, Digits: f.Digits, DigitsMin: f.Min, DigitsMax: f.Max})
		}
	}
	return out
}

// Rows makes the wire form of labelled lines.
func Rows(rows []flow.Row) []wire.Row {
	out := make([]wire.Row, 0, len(rows))
	for _, r := range rows {
		out = append(out, wire.Row{Name: r.Name, Label: r.Label, Value: r.Value, By: r.By})
	}
	return out
}

// Error is the one table from errors to what a client is told.
func Error(err error) (wire.Error, int) {
	switch {
	case errors.Is(err, assistant.ErrConflict):
		return wire.Error{Code: "conflict", Message: "这个编号的消息内容不同，没有收下 / this id was used before with other content"}, http.StatusConflict
	case errors.Is(err, assistant.ErrNotFound):
		return wire.Error{Code: "not_found", Message: "没有这个会话 / no such conversation"}, http.StatusNotFound
	case errors.Is(err, assistant.ErrBadInput):
		return wire.Error{Code: "bad_input", Message: badInput(err)}, http.StatusUnprocessableEntity
	case errors.Is(err, assistant.ErrBusy):
		return wire.Error{Code: "busy", Message: "消息有点多，请一秒后重发 / too many messages wait, send it again in a second", RetryAfter: 1}, http.StatusTooManyRequests
	case errors.Is(err, auth.ErrUnauthorized):
		return wire.Error{Code: "unauthorized", Message: "登录已过期，请重新登录 / sign in again"}, http.StatusUnauthorized
	case errors.Is(err, assistant.ErrStopping):
		return wire.Error{Code: "closed", Message: "服务正在切换，请重新连接 / reconnect and resume", RetryAfter: 1}, http.StatusServiceUnavailable
	default:
		return wire.Error{Code: "unavailable", Message: "暂时没有连上，消息还在您这边，请稍后自动重发 / not available now, nothing was taken; send it again", RetryAfter: 2}, http.StatusServiceUnavailable
	}
}

// badInput is the sentence of a bad input alone: which kind of error it is stands
// in the code, and is for the log.
func badInput(err error) string {
	text := err.Error()
	if _, sentence, ok := strings.Cut(text, assistant.ErrBadInput.Error()+": "); ok {
		return sentence
	}
	return text
}
