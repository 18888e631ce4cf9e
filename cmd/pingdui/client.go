package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"github.com/pingdui/pingdui/internal/wire"
)

// client speaks to a running server as any client would: docs/protocol.md is
// all it knows.
type client struct {
	base  string
	token string
	http  *http.Client
}

func newClient(base string) *client {
	return &client{base: strings.TrimRight(base, "/"), http: &http.Client{Timeout: 40 * time.Second}}
}

func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("%s is not an address: %w", c.base, err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("no server answers at %s (start `pingdui serve --demo`, or name it with --url): %w", c.base, err)
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	raw, err := io.ReadAll(io.LimitReader(answer.Body, 8<<20))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		var problem struct {
			wire.Error
			Details []string `json:"details"`
		}
		if json.Unmarshal(raw, &problem) == nil && problem.Message != "" {
			problem.Message = strings.Join(append([]string{problem.Message}, problem.Details...), "; ")
			return refusedLine(problem.Error)
		}
		return fmt.Errorf("%s %s: %s", method, path, answer.Status)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// signIn takes the part of a member of the cast.
func (c *client) signIn(ctx context.Context, as string) (wire.Token, error) {
	var token wire.Token
	if err := c.call(ctx, http.MethodPost, "/api/v1/demo/sign-in", wire.SignIn{As: as}, &token); err != nil {
		return token, err
	}
	c.token = token.Token
	return token, nil
}

// notReady is what the server's /readyz finds wrong, in its own sentences; empty
// where nothing is, or where it does not answer at all.
func (c *client) notReady(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/readyz", nil)
	if err != nil {
		return ""
	}
	answer, err := c.http.Do(req)
	if err != nil {
		return "the server no longer answers at " + c.base
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	var parts map[string]string
	if answer.StatusCode == http.StatusOK || json.NewDecoder(io.LimitReader(answer.Body, 1<<16)).Decode(&parts) != nil {
		return ""
	}
	var faults []string
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if parts[name] != "ok" {
			faults = append(faults, name+": "+parts[name])
		}
	}
	return strings.Join(faults, "; ")
}

// dial opens the customer's socket and says hello.
func (c *client) dial(ctx context.Context, hello wire.FromCustomer) (*websocket.Conn, error) {
	var ticket wire.Ticket
	if err := c.call(ctx, http.MethodPost, "/api/v1/tickets", struct{}{}, &ticket); err != nil {
		return nil, err
	}
	url := "ws" + strings.TrimPrefix(c.base, "http") + "/api/v1/socket"
	conn, answer, err := websocket.DefaultDialer.DialContext(ctx, url, nil)
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("open the socket at %s: %w", url, err)
	}
	hello.Type, hello.V, hello.Ticket = "hello", wire.Version, ticket.Ticket
	if err := conn.WriteJSON(hello); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}
