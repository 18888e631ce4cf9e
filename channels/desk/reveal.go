package desk

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/channels"
	"github.com/pingdui/pingdui/internal/wire"
)

// Limits of 显示完整内容.
const (
	// reasonMin is what a reason must have at least, in characters.
	reasonMin = 2
	reasonMax = 300
	// revealLast is how many messages back it reaches.
	revealLast = 100
)

// reveal shows what is masked in a conversation, once and for a short time, to
// who serves it or may look in. That and why stands in the audit log before
// anything leaves.
func (k *socket) reveal(ctx context.Context, frame wire.FromStaff) {
	c := k.caseOf(frame.Conversation)
	if c == nil || c.own && !k.live(c) {
		k.answer(frame, handoff.ErrNotYours)
		return
	}
	reason, ok := k.reason(frame)
	if !ok {
		return
	}
	mask := k.server.config.Mask
	standing, err := c.look.Standing(ctx)
	if err != nil {
		k.answer(frame, err)
		return
	}
	messages, err := c.look.Messages(ctx, max(0, standing.LastSeq-revealLast), revealLast)
	if err != nil {
		k.answer(frame, err)
		return
	}
	if err := c.look.Unmask(ctx, reason); err != nil {
		k.answer(frame, err)
		return
	}
	out := &wire.Revealed{Seconds: wire.RevealSeconds, Rows: []wire.Row{}, Messages: []wire.RevealedMessage{}}
	if name := standing.Customer.Name; name != "" {
		out.Rows = append(out.Rows, wire.Row{Name: "name", Label: "姓名", Value: name})
	}
	for _, row := range channels.Rows(standing.View.Slots) {
		if mask(row.Value) != row.Value {
			out.Rows = append(out.Rows, row)
		}
	}
	for _, m := range messages {
		if text := m.Content.Text; mask(text) != text {
			out.Messages = append(out.Messages, wire.RevealedMessage{Seq: m.Seq, Author: m.Author, Text: text})
		}
	}
	k.send(wire.ToStaff{Type: "revealed", ID: frame.ID, Conversation: frame.Conversation, Revealed: out})
}

// reason is why a member of staff looks, for the audit log; false when it was
// refused.
func (k *socket) reason(frame wire.FromStaff) (string, bool) {
	reason := strings.TrimSpace(frame.Reason)
	if n := utf8.RuneCountInString(reason); n < reasonMin || n > reasonMax {
		k.refuse(frame, wire.Error{Code: "bad_input", Message: "请写明理由，2 到 300 字 / say why, in 2 to 300 characters"})
		return "", false
	}
	if reason != k.server.config.Mask(reason) {
		k.refuse(frame, wire.Error{Code: "bad_input", Message: "理由里请不要写客户信息 / no customer data in the reason, please"})
		return "", false
	}
	return reason, true
}
