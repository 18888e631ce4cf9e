package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/channels/rest"
	"github.com/pingdui/pingdui/internal/bank"
	"github.com/pingdui/pingdui/internal/wire"
)

// bankPort is the bank's client as the engine and the channels see it.
type bankPort struct{ client *bank.Client }

// Read runs an operation that changes nothing.
func (p bankPort) Read(ctx context.Context, operation string, args map[string]any) dialogue.Result {
	value, refusal, err := p.client.Read(ctx, operation, args)
	switch {
	case err != nil:
		return dialogue.Result{Outcome: dialogue.Failed, Code: "unavailable"}
	case refusal != nil:
		return dialogue.Result{Outcome: dialogue.Refused, Code: refusal.Code, Value: refusalJSON(refusal)}
	default:
		return dialogue.Result{Outcome: dialogue.Done, Value: value}
	}
}

func refusalJSON(r *bank.Refusal) json.RawMessage {
	raw, err := json.Marshal(r)
	if err != nil {
		return json.RawMessage("{}")
	}
	return raw
}

// Act runs an irreversible operation under a key.
func (p bankPort) Act(ctx context.Context, key, operation string, args map[string]any) dialogue.Result {
	reference, _ := args["reference"].(string)
	return result(p.client.Act(ctx, key, operation, args, reference))
}

// Ask tells what became of a key.
func (p bankPort) Ask(ctx context.Context, key, _ string) dialogue.Result {
	return result(p.client.Ask(ctx, key))
}

func result(o bank.Outcome) dialogue.Result {
	switch o.Status {
	case bank.Done:
		return dialogue.Result{Outcome: dialogue.Done, Value: o.Value}
	case bank.Refused:
		return dialogue.Result{Outcome: dialogue.Refused, Code: o.Code, Value: o.Value}
	case bank.None:
		return dialogue.Result{Outcome: dialogue.Failed}
	case bank.Unknown:
	}
	return dialogue.Result{Outcome: dialogue.Unknown}
}

// SecureKey is the bank core's public key.
func (p bankPort) SecureKey(ctx context.Context) (wire.SecureKey, error) {
	raw, err := p.client.SecureKey(ctx)
	if err != nil {
		return wire.SecureKey{}, err
	}
	var key struct {
		KID  string `json:"kid"`
		SPKI string `json:"spki"`
	}
	if err := json.Unmarshal(raw, &key); err != nil {
		return wire.SecureKey{}, fmt.Errorf("the bank's public key: %w", err)
	}
	return wire.SecureKey{KeyID: key.KID, SPKI: key.SPKI}, nil
}

// SecureSubmit gives encrypted values to the bank core. What the core finds wrong
// with them is a *rest.BoxFault.
func (p bankPort) SecureSubmit(ctx context.Context, ref, keyID string, values map[string]string) (string, error) {
	reference, refusal, err := p.client.SecureSubmit(ctx, ref, keyID, values)
	if errors.Is(err, bank.ErrRequest) {
		if fault := unreadField(err, values); fault != nil {
			return "", fault
		}
	}
	if err != nil {
		return "", err
	}
	if refusal != nil {
		return "", &rest.BoxFault{Code: refusal.Code, Text: refusal.Text, TextEN: refusal.TextEN}
	}
	return reference, nil
}

// unreadField finds the field that the core could not read: its answer names the
// place (RFC 9457: body.ciphertexts.sms_code) and never the value. A core that
// names no place gives a fault without a field; nil means that the request failed
// for another reason, a wrong token say.
func unreadField(err error, values map[string]string) *rest.BoxFault {
	for name := range values {
		if _, reason, ok := strings.Cut(err.Error(), "ciphertexts."+name+" "); ok {
			reason, _, _ = strings.Cut(reason, ";")
			return &rest.BoxFault{Field: name, Reason: reason}
		}
	}
	if strings.Contains(err.Error(), "malformed") { // the client's word for a 400
		return &rest.BoxFault{Reason: "can't be read"}
	}
	return nil
}
