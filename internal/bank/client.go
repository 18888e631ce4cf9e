// Package bank talks to the bank's core. The product names operations
// (accounts.list, bank.transfer); where they are served stands in Config alone.
//
// Reads may be tried again; acts never are by this package: an act whose answer
// did not come is Unknown, and Ask with its key tells what became of it. The same
// key may be sent again with Act at any time, because the core answers a key once.
package bank

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config is where the bank's core is and how long to wait for it. Zero times and
// counts take the default in brackets.
type Config struct {
	// URL is the core's address: http://127.0.0.1:8090.
	URL string
	// Token is the service token the core knows us by.
	Token string
	// Paths gives operations that are not served at /v1/<name with "/" for ".">.
	Paths map[string]string
	// HTTP does the requests [a client of its own].
	HTTP *http.Client
	// Clock gives the present [time.Now].
	Clock func() time.Time
	// ReadTimeout is for one try of a read [3s]; ActTimeout for an act [10s];
	// SecureTimeout for the secure box and step-ups [5s].
	ReadTimeout, ActTimeout, SecureTimeout time.Duration
	// ReadTries is how often a read is tried in all [3].
	ReadTries int
	// TripAfter failures in a row stop calls for RestFor [5, 2s]; then one call
	// tries whether the bank is back.
	TripAfter int
	RestFor   time.Duration
}

// answerMost is the longest answer read, in bytes.
const answerMost = 4 << 20

// The faults of a call; what the bank refuses is a Refusal and no fault.
var (
	// ErrUnavailable: the bank did not answer, or failed, or has failed so often
	// that it was not asked.
	ErrUnavailable = errors.New("the bank does not answer")
	// ErrRequest: the bank found the request malformed or the token wrong; a
	// mistake in the flow or the configuration.
	ErrRequest = errors.New("the bank cannot read the request")
	// errMalformed is the kind of ErrRequest that depends on the body alone: sent
	// again under the same key it fares the same, so it was surely never done.
	errMalformed = fmt.Errorf("%w: it is malformed", ErrRequest)
)

// Refusal is the bank's no, with a sentence for the customer.
type Refusal struct {
	Code      string `json:"code"`
	Text      string `json:"text"`
	TextEN    string `json:"text_en"`
	TriesLeft *int   `json:"tries_left,omitempty"`
	// Until is when an operation shut by too_many_tries opens again, RFC 3339.
	Until string `json:"until,omitempty"`
}

// Status is how an act ended.
type Status string

// The ends of an act.
const (
	Done    Status = "done"
	Refused Status = "refused" // surely not done; Code says why
	Unknown Status = "unknown" // no answer: Ask by the key
	None    Status = "none"    // of Ask only: the bank has never seen the key
)

// Outcome is what became of an act.
type Outcome struct {
	Status Status
	Code   string          // the refusal's code; bad_request when the bank could not read it
	Value  json.RawMessage // the result when done, the whole refusal when refused
	Err    error           // why it is Unknown, or what was malformed; for logs
}

// Client calls the bank's core. It is safe for use by many at once.
type Client struct {
	cfg     Config
	base    *url.URL
	breaker *breaker
}

// New checks the configuration; it does not call the bank.
func New(cfg Config) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(cfg.URL, "/"))
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("bank: URL %q is not an address such as https://core.bank.example", cfg.URL)
	}
	if cfg.Token == "" {
		return nil, errors.New("bank: Token is missing: give the service token the core knows us by")
	}
	for operation, path := range cfg.Paths {
		if !strings.HasPrefix(path, "/") {
			return nil, fmt.Errorf("bank: the path of %s must begin with /, not %q", operation, path)
		}
	}
	cfg.Paths = maps.Clone(cfg.Paths)
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{
			Transport: &http.Transport{MaxIdleConnsPerHost: 32, IdleConnTimeout: 30 * time.Second},
			// The token must not follow a redirect to somewhere else.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	setDefault(&cfg.ReadTimeout, 3*time.Second)
	setDefault(&cfg.ActTimeout, 10*time.Second)
	setDefault(&cfg.SecureTimeout, 5*time.Second)
	setDefault(&cfg.ReadTries, 3)
	setDefault(&cfg.TripAfter, 5)
	setDefault(&cfg.RestFor, 2*time.Second)
	return &Client{cfg: cfg, base: base, breaker: &breaker{clock: cfg.Clock, after: cfg.TripAfter, rest: cfg.RestFor}}, nil
}

func setDefault[T comparable](field *T, to T) {
	var zero T
	if *field == zero {
		*field = to
	}
}

// Read calls an operation that changes nothing. Exactly one of the three is set:
// the result, the bank's refusal, or an error (ErrUnavailable, ErrRequest, or the
// context's).
func (c *Client) Read(ctx context.Context, operation string, args map[string]any) (json.RawMessage, *Refusal, error) {
	body, err := json.Marshal(args)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w: %w", operation, ErrRequest, err)
	}
	tries := c.cfg.ReadTries
	if operation == "stepup.begin" || operation == "secure.submit" || args["reference"] != nil {
		tries = 1 // each try would send a message, count as a filled box or need another
	}
	for try := 1; ; try++ {
		value, no, err := c.once(ctx, operation, http.MethodPost, c.path(operation), "", body, c.cfg.ReadTimeout)
		if err == nil || !errors.Is(err, ErrUnavailable) || errors.Is(err, errResting) || try >= tries || ctx.Err() != nil {
			return value, no, err
		}
	}
}

// Act calls an operation that changes something, once, under an idempotency key
// of 8 to 100 characters. reference is the step-up's, empty when none.
func (c *Client) Act(ctx context.Context, key, operation string, args map[string]any, reference string) Outcome {
	all := maps.Clone(args)
	if all == nil {
		all = map[string]any{}
	}
	if reference != "" {
		all["reference"] = reference
	}
	body, err := json.Marshal(all)
	if err != nil {
		return Outcome{Status: Refused, Code: "bad_request", Err: fmt.Errorf("%s: %w: %w", operation, ErrRequest, err)}
	}
	value, no, err := c.once(ctx, operation, http.MethodPost, c.path(operation), key, body, c.cfg.ActTimeout)
	switch {
	case errors.Is(err, errMalformed):
		return Outcome{Status: Refused, Code: "bad_request", Err: err}
	case err != nil: // also 401, 404, 409 …: an earlier request of this key may have been done
		return Outcome{Status: Unknown, Err: err}
	case no != nil:
		return refusedWith(no)
	default:
		return Outcome{Status: Done, Value: value}
	}
}

func refusedWith(no *Refusal) Outcome {
	text, err := json.Marshal(no)
	return Outcome{Status: Refused, Code: no.Code, Value: text, Err: err}
}

// Ask tells what became of a key. Unknown means ask again; None means that the
// bank has not seen it, so that Act may be sent again with the same key.
func (c *Client) Ask(ctx context.Context, key string) Outcome {
	return c.operation(ctx, http.MethodGet, "operations.get", "/v1/operations/"+url.PathEscape(key))
}

// Cancel makes sure that a key not yet seen never acts. Done means that it was
// too late; Refused with code cancelled that nothing has been or will be done.
func (c *Client) Cancel(ctx context.Context, key string) Outcome {
	return c.operation(ctx, http.MethodPost, "operations.cancel", "/v1/operations/"+url.PathEscape(key)+"/cancel")
}

func (c *Client) operation(ctx context.Context, method, operation, path string) Outcome {
	value, no, err := c.once(ctx, operation, method, path, "", nil, c.cfg.ReadTimeout)
	if err != nil {
		return Outcome{Status: Unknown, Err: err}
	}
	if no != nil {
		return Outcome{Status: Unknown, Err: fmt.Errorf("%s: refused with %s", operation, no.Code)}
	}
	var state struct {
		Status, Code string
		Answer       json.RawMessage
	}
	if err := json.Unmarshal(value, &state); err != nil {
		return Outcome{Status: Unknown, Err: fmt.Errorf("%s: %w", operation, err)}
	}
	switch state.Status {
	case "done":
		return Outcome{Status: Done, Value: state.Answer}
	case "refused":
		return Outcome{Status: Refused, Code: state.Code, Value: state.Answer}
	case "none":
		return Outcome{Status: None}
	default:
		return Outcome{Status: Unknown}
	}
}

func (c *Client) path(operation string) string {
	if path, ok := c.cfg.Paths[operation]; ok {
		return path
	}
	return "/v1/" + strings.ReplaceAll(operation, ".", "/")
}

// once makes one request within a time-out.
func (c *Client) once(ctx context.Context, operation, method, path, key string, body []byte, timeout time.Duration) (json.RawMessage, *Refusal, error) {
	if !c.breaker.allow() {
		return nil, nil, fmt.Errorf("%s: %w", operation, errResting)
	}
	status, text, err := c.roundTrip(ctx, method, path, key, body, timeout)
	if err == nil && status >= http.StatusInternalServerError {
		err = fmt.Errorf("the bank answered %d", status)
	}
	// A caller who hangs up says nothing about the bank.
	if err == nil || ctx.Err() == nil {
		c.breaker.report(err == nil)
	} else {
		c.breaker.forget()
	}
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("%s: %w: %w", operation, ErrUnavailable, err)
	case status == http.StatusOK || status == http.StatusNoContent:
		return text, nil, nil
	case status == http.StatusUnprocessableEntity:
		no := &Refusal{}
		if err := json.Unmarshal(text, no); err != nil || no.Code == "" {
			return nil, nil, fmt.Errorf("%s: %w: a refusal without a code", operation, ErrUnavailable)
		}
		return nil, no, nil
	case status == http.StatusBadRequest || status == http.StatusRequestEntityTooLarge:
		return nil, nil, fmt.Errorf("%s: %w: %s", operation, errMalformed, problem(text))
	default:
		return nil, nil, fmt.Errorf("%s: %w: %d %s", operation, ErrRequest, status, problem(text))
	}
}

// roundTrip sends the request and reads the whole answer. Error texts hold the
// address, never the body.
func (c *Client) roundTrip(ctx context.Context, method, path, key string, body []byte, timeout time.Duration) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.cfg.Token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = res.Body.Close() }() // read to its end, or of no use
	text, err := io.ReadAll(io.LimitReader(res.Body, answerMost+1))
	if err != nil {
		return 0, nil, fmt.Errorf("read the answer: %w", err)
	}
	if len(text) > answerMost {
		return 0, nil, fmt.Errorf("the answer is longer than %d bytes", answerMost)
	}
	return res.StatusCode, text, nil
}

// problem picks what was wrong, and where, out of an RFC 9457 answer; values that
// were sent are left out.
func problem(text []byte) string {
	var p struct {
		Detail string
		Errors []struct{ Message, Location string }
	}
	if json.Unmarshal(text, &p) != nil {
		return ""
	}
	out := p.Detail
	for _, e := range p.Errors {
		out += "; " + e.Location + " " + e.Message
	}
	return out
}
