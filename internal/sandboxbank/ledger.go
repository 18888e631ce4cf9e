package sandboxbank

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// FetchLedger asks a running bank core over HTTP for a customer's ledger: base
// is its address ("http://127.0.0.1:8090"), all adds the seeded past. An unknown
// customer is a *Refusal.
func FetchLedger(ctx context.Context, base, token, customer string, all bool) (Ledger, error) {
	var out Ledger
	err := fetch(ctx, base, token, http.MethodPost, path("ledger.list"), LedgerIn{CustomerIn: CustomerIn{Customer: customer}, All: all}, &out)
	return out, err
}

// FetchEvents asks a running core for the tray's events after an id, waiting up
// to so many seconds (30 at most) for one; customer is empty for everybody's.
func FetchEvents(ctx context.Context, base, token string, after int64, customer string, wait int) ([]Event, error) {
	var out struct {
		Events []Event `json:"events"`
	}
	query := url.Values{"after": {strconv.FormatInt(after, 10)}, "customer": {customer}, "wait": {strconv.Itoa(wait)}}
	err := fetch(ctx, base, token, http.MethodGet, "/demo/events?"+query.Encode(), nil, &out)
	return out.Events, err
}

func fetch(ctx context.Context, base, token, method, where string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("ask the sandbox bank: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(base, "/")+where, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask the sandbox bank: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no sandbox bank answers at %s: is the server running with --demo? %w", base, err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end, or of no use
	text, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err != nil {
		return fmt.Errorf("read the sandbox bank's answer: %w", err)
	}
	switch res.StatusCode {
	case http.StatusOK:
		if err := json.Unmarshal(text, out); err != nil {
			return fmt.Errorf("read the sandbox bank's answer: %w", err)
		}
		return nil
	case http.StatusUnprocessableEntity:
		no := &Refusal{}
		if err := json.Unmarshal(text, no); err != nil {
			return fmt.Errorf("read the refusal: %w", err)
		}
		return no
	default:
		return fmt.Errorf("the sandbox bank at %s answered %s", base, res.Status)
	}
}
