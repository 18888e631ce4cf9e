// Package httpapi is what all JSON APIs share: rights on every route, problem
// answers with a sentence and a next step, and the one OpenAPI document.
package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/wire"
)

// Everyone marks a route that needs no sign-in.
const Everyone auth.Role = "everyone"

// API registers routes that each declare who may call them.
type API struct {
	Huma   huma.API
	Mux    *http.ServeMux
	keeper *auth.Keeper
}

// New makes the API on a mux; its document is served at /openapi.json.
func New(mux *http.ServeMux, keeper *auth.Keeper) *API {
	config := huma.DefaultConfig("Pingdui", "1")
	config.Info.Description = "REST calls and, among the schemas, every socket frame (FromCustomer, ToCustomer, FromStaff, ToStaff). docs/protocol.md tells how they are used."
	config.CreateHooks = nil // no $schema links in bodies
	config.DocsPath = ""
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer"}}
	a := &API{Huma: humago.New(mux, config), Mux: mux, keeper: keeper}
	for name, frame := range map[string]any{
		"FromCustomer": wire.FromCustomer{}, "ToCustomer": wire.ToCustomer{}, "FromStaff": wire.FromStaff{}, "ToStaff": wire.ToStaff{},
		"TrayEvent": wire.TrayEvent{}, "Trace": wire.Trace{},
	} {
		a.Huma.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(frame), true, name)
	}
	return a
}

// Problem is the body of every refusal.
type Problem struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message" doc:"a sentence for people, with the next step"`
	// RetryAfter is seconds after which trying again makes sense.
	RetryAfter int      `json:"retry_after,omitempty"`
	Details    []string `json:"details,omitempty" doc:"what is wrong, by place"`
}

// Error makes a Problem an error.
func (p *Problem) Error() string { return p.Message }

// GetStatus is huma's way to ask for the status.
func (p *Problem) GetStatus() int { return p.Status }

// Write answers with it, for handlers that are not huma's.
func (p *Problem) Write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // who asked may have gone
}

// Refuse makes a refusal.
func Refuse(status int, code, message string) error {
	return &Problem{Status: status, Code: code, Message: message}
}

// Route registers one operation with the roles that may call it; a route
// without a role is a defect and panics when the program starts.
func Route[I, O any](a *API, roles []auth.Role, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	if len(roles) == 0 {
		panic("httpapi: " + op.Method + " " + op.Path + " declares no right")
	}
	if op.OperationID == "" {
		panic("httpapi: " + op.Method + " " + op.Path + " has no operation id")
	}
	op.Metadata = map[string]any{"roles": roles}
	if !slices.Contains(roles, Everyone) {
		op.Security = []map[string][]string{{"bearer": {}}}
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = 64 << 10
	}
	op.Middlewares = append(op.Middlewares, a.guard(roles))
	huma.Register(a.Huma, op, handler)
}

func (a *API) guard(roles []auth.Role) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		who, err := a.keeper.Bearer(ctx.Header("Authorization"))
		if !slices.Contains(roles, Everyone) {
			if err != nil {
				a.write(ctx, &Problem{Status: http.StatusUnauthorized, Code: "unauthorized", Message: "请先登录 / sign in first"})
				return
			}
			if !who.Has(roles...) {
				a.write(ctx, &Problem{Status: http.StatusForbidden, Code: "forbidden", Message: "您的角色没有这个权限，请联系管理员 / your role may not do this"})
				return
			}
		}
		next(huma.WithContext(ctx, auth.With(ctx.Context(), who)))
	}
}

func (a *API) write(ctx huma.Context, p *Problem) {
	ctx.SetHeader("Content-Type", "application/json")
	ctx.SetStatus(p.Status)
	_ = a.Huma.Marshal(ctx.BodyWriter(), "application/json", p)
}

// Guard protects a plain handler (streams, uploads) with the same rights.
func (a *API) Guard(roles []auth.Role, handler http.HandlerFunc) http.HandlerFunc {
	if len(roles) == 0 {
		panic("httpapi: a handler declares no right")
	}
	return func(w http.ResponseWriter, r *http.Request) {
		who, err := a.keeper.Bearer(r.Header.Get("Authorization"))
		if err != nil {
			http.Error(w, `{"code":"unauthorized","message":"请先登录 / sign in first"}`, http.StatusUnauthorized)
			return
		}
		if !who.Has(roles...) {
			http.Error(w, `{"code":"forbidden","message":"您的角色没有这个权限 / your role may not do this"}`, http.StatusForbidden)
			return
		}
		handler(w, r.WithContext(auth.With(r.Context(), who)))
	}
}

// UseProblems makes huma's own refusals (validation, limits) Problems too. It
// is called before any route is registered; huma keeps this for the whole
// process, so that the first call sets it.
func UseProblems() { setProblems.Do(func() { huma.NewError = problem }) }

var setProblems sync.Once //nolint:gochecknoglobals // what it guards is a global variable of huma's

func problem(status int, message string, errs ...error) huma.StatusError {
	p := &Problem{Status: status, Code: code(status), Message: message}
	for _, err := range errs {
		var detail *huma.ErrorDetail
		if errors.As(err, &detail) {
			p.Details = append(p.Details, fmt.Sprintf("%s: %s", detail.Location, detail.Message))
		} else if err != nil {
			p.Details = append(p.Details, err.Error())
		}
	}
	return p
}

func code(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "unauthorized"
	case http.StatusForbidden:
		return "forbidden"
	case http.StatusNotFound:
		return "not_found"
	case http.StatusConflict:
		return "conflict"
	case http.StatusRequestEntityTooLarge:
		return "too_large"
	case http.StatusTooManyRequests:
		return "busy"
	}
	if status >= http.StatusInternalServerError {
		return "unavailable"
	}
	return "bad_input"
}
