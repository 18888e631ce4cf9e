package bank

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// StepUp is what to ask the customer for before an act.
type StepUp struct {
	Ref       string        `json:"ref"`
	ExpiresAt string        `json:"expires_at"` // RFC 3339
	Fields    []SecureField `json:"fields"`
	SMSTo     string        `json:"sms_to"` // masked; empty when no message went out
	TriesLeft int           `json:"tries_left"`
}

// SecureField is one box of the secure form, in the bank's words.
type SecureField struct {
	Name    string `json:"name"`
	Label   string `json:"label"`
	LabelEN string `json:"label_en"`
	Digits  int    `json:"digits"`
	// DigitsMin and DigitsMax stand where the number of digits varies.
	DigitsMin int `json:"digits_min,omitempty"`
	DigitsMax int `json:"digits_max,omitempty"`
}

// StepUpRequest asks for a step-up bound to one operation with its arguments.
type StepUpRequest struct {
	Customer  string         `json:"customer"`
	Operation string         `json:"operation"`
	Args      map[string]any `json:"args"`
	Level     string         `json:"level"` // L2 or L3
	Device    string         `json:"device,omitempty"`
	// Factor is sms (when empty) or payment_password, for who cannot get a message.
	Factor string `json:"factor,omitempty"`
}

// Begin opens a step-up. It is sent once: each begins another and sends a message.
func (c *Client) Begin(ctx context.Context, in StepUpRequest) (StepUp, *Refusal, error) {
	var out StepUp
	no, err := c.secure(ctx, "stepup.begin", in, &out)
	return out, no, err
}

// SecureKey gives the bank's public key for the page, as the bank wrote it.
func (c *Client) SecureKey(ctx context.Context) (json.RawMessage, error) {
	value, _, err := c.once(ctx, "secure.key", http.MethodGet, c.path("secure.key"), "", nil, c.cfg.SecureTimeout)
	return value, err
}

// SecureSubmit exchanges a filled box for a one-use reference. The ciphertexts are
// the page's, base64 by field; kid names the key they were made with, if known.
func (c *Client) SecureSubmit(ctx context.Context, ref, kid string, ciphertexts map[string]string) (reference string, no *Refusal, err error) {
	var out struct {
		Reference string `json:"reference"`
	}
	in := map[string]any{"ref": ref, "ciphertexts": ciphertexts}
	if kid != "" {
		in["kid"] = kid
	}
	no, err = c.secure(ctx, "secure.submit", in, &out)
	return out.Reference, no, err
}

func (c *Client) secure(ctx context.Context, operation string, in, out any) (*Refusal, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", operation, ErrRequest, err)
	}
	value, no, err := c.once(ctx, operation, http.MethodPost, c.path(operation), "", body, c.cfg.SecureTimeout)
	if err != nil || no != nil {
		return no, err
	}
	if err := json.Unmarshal(value, out); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", operation, ErrUnavailable, err)
	}
	return nil, nil
}
