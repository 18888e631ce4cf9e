package rest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/wire"
)

// SecureBank takes what a secure box was filled with; nothing of it stays here.
type SecureBank interface {
	// SecureKey is the bank core's public key.
	SecureKey(ctx context.Context) (wire.SecureKey, error)
	// SecureSubmit gives the encrypted values to the bank core, which returns a
	// one-use reference. A *BoxFault says what the core found wrong; any other
	// error means that it did not answer.
	SecureSubmit(ctx context.Context, ref, keyID string, values map[string]string) (reference string, err error)
}

// BoxFault is the core's no to a filled box. Nothing was taken, and no try was
// counted: only what a box is used for counts tries.
type BoxFault struct {
	// Code is the core's own: code_expired, reference_used, key_changed … Empty
	// where it could not read what was sent.
	Code string
	// Field is the field that could not be read, empty where the core did not say
	// which; Reason are the core's words for it, which never hold a value.
	Field, Reason string
	// Text and TextEN are the core's sentence for the customer.
	Text, TextEN string
}

// Error is for logs.
func (f *BoxFault) Error() string {
	if f.Code == "" {
		return "the bank could not read the secure box: " + f.Field + " " + f.Reason
	}
	return "the bank refused the secure box: " + f.Code
}

// boxBack is how many messages are looked through for an open box.
const boxBack = 500

func (c *channel) secureKey(ctx context.Context, _ *struct{}) (*body[wire.SecureKey], error) {
	key, err := c.config.Bank.SecureKey(ctx)
	if err != nil {
		c.log().Warn("the bank's key could not be read", "error", err)
		return nil, httpapi.Refuse(http.StatusBadGateway, "unavailable", "银行核心暂时没有应答，密码没有发出，请稍后再试 / the bank core does not answer; nothing was sent, try again in a while")
	}
	return &body[wire.SecureKey]{key}, nil
}

func (c *channel) secure(ctx context.Context, in *struct {
	Ref  string `path:"ref" maxLength:"128"`
	Body wire.SecureBox
},
) (*body[wire.Accepted], error) {
	id, err := uuid.Parse(in.Body.Conversation)
	if err != nil {
		return nil, refuse(assistant.ErrNotFound)
	}
	if err := assistant.CheckClientID(in.Body.ID); err != nil {
		return nil, refuse(err)
	}
	subject := auth.From(ctx).Subject
	if known, err := c.config.Engine.Receipt(ctx, subject, id, in.Body.ID); err != nil {
		return nil, refuse(err) // also when the conversation is somebody else's
	} else if known.Turn != 0 {
		return c.answered(ctx, known) // sent again after a lost answer: the box was taken
	}
	box, err := c.box(ctx, subject, id, in.Ref)
	if err != nil {
		return nil, err
	}
	if err := checkBox(box, in.Body); err != nil {
		return nil, err
	}
	reference, err := c.config.Bank.SecureSubmit(ctx, in.Ref, in.Body.KeyID, in.Body.Values)
	if err != nil {
		return nil, c.boxFault(err, box)
	}
	return c.ask(ctx, in.Body.Conversation, assistant.Input{ID: in.Body.ID, Body: assistant.SecureFilled{Ref: in.Ref, Reference: reference}})
}

// box finds a secure box of the conversation as it was shown to the customer.
func (c *channel) box(ctx context.Context, subject string, id uuid.UUID, ref string) (*flow.SecureRequest, error) {
	standing, err := c.config.Engine.Hub().Now(ctx, id)
	if err != nil {
		return nil, refuse(err)
	}
	messages, err := c.config.Engine.Messages(ctx, subject, id, max(0, standing.LastSeq-boxBack), boxBack)
	if err != nil {
		return nil, refuse(err)
	}
	for _, m := range slices.Backward(messages) {
		if card := m.Content.Card; card != nil && card.Secure != nil && card.Secure.Ref == ref {
			return card.Secure, nil
		}
	}
	return nil, httpapi.Refuse(http.StatusNotFound, "not_found", "这个会话里没有这个安全框，请在会话里重新获取 / there is no such secure box in this conversation; ask for a new one")
}

// checkBox names what can be seen to be wrong without opening anything.
func checkBox(box *flow.SecureRequest, given wire.SecureBox) error {
	for _, f := range box.Fields {
		if given.Values[f.Name] == "" {
			return badBox("values."+f.Name+": missing", "还缺“%s”，请填好再提交 / values.%s is missing: fill it in", f.Label, f.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given.Values)) {
		if !slices.ContainsFunc(box.Fields, func(f flow.SecureField) bool { return f.Name == name }) {
			return badBox("values."+name+": not a field of this box", "这个安全框没有 %s 这一项，请去掉 / %s is not a field of this box: leave it out", name, name)
		}
		if _, err := base64.StdEncoding.DecodeString(given.Values[name]); err != nil {
			return badBox("values."+name+": not base64", "%s 不是 base64 密文，请重新加密 / values.%s is not base64: encrypt it again", name, name)
		}
	}
	if given.KeyID == "" {
		return badBox("key_id: missing", "缺少密钥编号 key_id，请用 GET /api/v1/secure/key 的 / key_id is missing: take it from GET /api/v1/secure/key")
	}
	return nil
}

func badBox(detail, format string, args ...any) error {
	return &httpapi.Problem{Status: http.StatusBadRequest, Code: "bad_input", Message: fmt.Sprintf(format, args...), Details: []string{detail}}
}

// boxFault tells what became of a box the core did not take.
func (c *channel) boxFault(err error, box *flow.SecureRequest) error {
	var fault *BoxFault
	if !errors.As(err, &fault) {
		c.log().Warn("a secure box could not be given to the bank", "error", err)
		return &httpapi.Problem{
			Status: http.StatusBadGateway, Code: "unavailable", RetryAfter: 2,
			Message: "银行核心暂时没有应答，请稍后再提交一次 / the bank core does not answer; send it again in a while",
		}
	}
	if fault.Code == "" {
		return unread(fault, box)
	}
	if fault.Code == "key_changed" {
		return badBox("key_id: unknown", "安全框的密钥已更新，请刷新后再输入 / key_id is not the bank core's key: get it anew and encrypt again")
	}
	message := "安全框没有被接受，请在会话里重新获取 / the secure box was not accepted; ask for a new one"
	if fault.Text != "" {
		message = fault.Text + " / " + fault.TextEN
	}
	return &httpapi.Problem{Status: http.StatusUnprocessableEntity, Code: "bad_input", Message: message, Details: []string{fault.Code}}
}

// unread names the field that the core could not read and what it must be; where
// the core did not say which, every field of the box.
func unread(fault *BoxFault, box *flow.SecureRequest) error {
	var places, zh, en []string
	for _, f := range box.Fields {
		if fault.Field != "" && f.Name != fault.Field {
			continue
		}
		places = append(places, "values."+f.Name+": "+fault.Reason)
		switch {
		case f.Digits > 0:
			zh = append(zh, fmt.Sprintf("“%s”应为%d位数字", f.Label, f.Digits))
			en = append(en, fmt.Sprintf("values.%s must be %d digits", f.Name, f.Digits))
		case f.Max > 0:
			zh = append(zh, fmt.Sprintf("“%s”应为%d到%d位数字", f.Label, f.Min, f.Max))
			en = append(en, fmt.Sprintf("values.%s must be %d to %d digits", f.Name, f.Min, f.Max))
		default:
			zh = append(zh, "“"+f.Label+"”没有读出来")
			en = append(en, "values."+f.Name+" could not be read")
		}
	}
	return &httpapi.Problem{
		Status: http.StatusBadRequest, Code: "bad_input", Details: places,
		Message: strings.Join(zh, "，") + "，请重新输入，这次不算输错 / " + strings.Join(en, ", ") + ", encrypted to the bank core's key; no try was counted",
	}
}

func (c *channel) log() *slog.Logger {
	if c.config.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.config.Log
}
