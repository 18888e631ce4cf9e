// Package console is the JSON API of the ops console: articles, intents,
// tables and flows as drafts; flows as graphs, played through and counted;
// releases with their gate and second person; the try-it pane; digital
// employees on and off duty; the audit log.
//
// Nothing here changes what customers get, except publishing, rolling back and
// 停岗. Every change is in the audit log. A text is saved only over what its
// editor has seen (base); otherwise the answer is a Conflict with both texts.
package console

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/internal/audit"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/release"
	"github.com/pingdui/pingdui/knowledge"
)

const prefix = "/api/v1/console"

// Config plugs the console into the rooms. Try and Misses may be nil.
type Config struct {
	Releases  *release.Service
	Knowledge *knowledge.Base
	Audit     *audit.Log
	Try       Tryer
	// Misses lists the questions nothing answered since a time, newest first.
	Misses func(ctx context.Context, since time.Time) ([]assistant.Miss, error)
	// Runs counts what customers did in flows, and Understand tells what a text
	// means to the release in use; without them there are no counts and no
	// run-through.
	Runs       Runs
	Understand func(text string, at time.Time) dialogue.Understanding
	Clock      func() time.Time
	Zone       *time.Location
}

// Console serves the routes.
type Console struct {
	Config
	work *workshop
}

// Register puts the routes on the API.
func Register(a *httpapi.API, c Config) *Console {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	s := &Console{Config: c, work: newWorkshop(c.Releases)}
	a.Huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Conflict](), true, "Conflict")
	s.articleRoutes(a)
	s.contentRoutes(a)
	s.releaseRoutes(a)
	s.operationRoutes(a)
	s.flowRoutes(a)
	s.missRoutes(a)
	return s
}

func staff() []auth.Role     { return []auth.Role{auth.Editor, auth.Approver, auth.Admin} }
func editors() []auth.Role   { return []auth.Role{auth.Editor, auth.Admin} }
func approvers() []auth.Role { return []auth.Role{auth.Approver, auth.Admin} }

// op names a route.
func op(method, path, id, summary string) huma.Operation {
	return huma.Operation{Method: method, Path: prefix + path, OperationID: "console-" + id, Summary: summary, Tags: []string{"console"}, MaxBodyBytes: 2 << 20}
}

// body wraps what a handler gives back.
type body[T any] struct{ Body T }

func out[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, refused(err)
	}
	return &body[T]{Body: v}, nil
}

// Done is the answer of what has no other.
type Done struct {
	OK bool `json:"ok"`
}

func done(err error) (*body[Done], error) { return out(Done{OK: true}, err) }

func who(ctx context.Context) string { return auth.From(ctx).Subject }

// Conflict is the body of a 409: somebody else's text stands where one was to
// be saved. Nothing was saved; save again with base once both are merged.
type Conflict struct {
	Code    string `json:"code" enum:"conflict"`
	Message string `json:"message"`
	Path    string `json:"path"`
	By      string `json:"by" doc:"who saved in between; empty when a release did"`
	Theirs  string `json:"theirs" doc:"what stands there now; empty when it was deleted"`
	Base    string `json:"base" doc:"what to give as base to save over theirs"`
	Diff    string `json:"diff" doc:"from theirs to yours: lines with -, + or a space in front"`
}

// Error makes a Conflict an error.
func (c *Conflict) Error() string { return c.Message }

var _ huma.StatusError = (*Conflict)(nil)

// GetStatus is huma's way to ask for the status.
func (c *Conflict) GetStatus() int { return http.StatusConflict }

// invalid is a refusal that names what is wrong, by place.
func invalid(problems []string) error {
	return &httpapi.Problem{Status: http.StatusUnprocessableEntity, Code: "bad_content", Message: "内容有误，没有保存；请按下面的位置改正 / not saved: see the places below", Details: problems}
}

// refused turns a room's error into an answer with a sentence and a next step.
func refused(err error) error {
	var conflict *release.ConflictError
	if errors.As(err, &conflict) {
		return &Conflict{Code: "conflict", Message: conflict.Error(), Path: conflict.Path, By: conflict.By, Theirs: string(conflict.Theirs), Base: conflict.Hash, Diff: conflict.Diff}
	}
	for _, known := range []struct {
		err    error
		status int
		code   string
	}{
		{release.ErrNotFound, http.StatusNotFound, "not_found"},
		{release.ErrNothing, http.StatusConflict, "nothing"},
		{release.ErrOwnWork, http.StatusForbidden, "own_work"},
		{release.ErrWrongStatus, http.StatusConflict, "wrong_status"},
		{release.ErrStale, http.StatusConflict, "stale"},
		{release.ErrUncompiled, http.StatusConflict, "uncompiled"},
		{release.ErrBadPath, http.StatusBadRequest, "bad_input"},
		{knowledge.ErrNoSource, http.StatusNotFound, "not_found"},
		{knowledge.ErrImport, http.StatusBadRequest, "bad_input"},
	} {
		if errors.Is(err, known.err) {
			message := known.err.Error()
			if known.err == knowledge.ErrImport { //nolint:errorlint // the table's own entry
				message = err.Error()
			}
			return httpapi.Refuse(known.status, known.code, message)
		}
	}
	var p *httpapi.Problem
	if errors.As(err, &p) {
		return p
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return httpapi.Refuse(http.StatusServiceUnavailable, "unavailable", "处理超时，请稍后再试 / it took too long: try again")
	}
	return huma.Error500InternalServerError("系统暂时不可用，什么都没有改；请稍后再试 / unavailable, nothing was changed: try again", err)
}

func bad(message string) error {
	return httpapi.Refuse(http.StatusBadRequest, "bad_input", message)
}

func absent(what string) error {
	return httpapi.Refuse(http.StatusNotFound, "not_found", "没有"+what+"，可能已被删除，请刷新列表 / not found: reload the list")
}

func slug(s string) bool {
	return s != "" && len(s) <= 80 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}
