package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/pingdui/pingdui/channels/rest"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/demo"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/sandboxbank"
	"github.com/pingdui/pingdui/internal/wire"
)

type out[T any] struct{ Body T }

// registerDemo adds the demo hall's routes. Outside --demo they answer "not found".
func registerDemo(a *httpapi.API, r *rooms) {
	everyone := []auth.Role{httpapi.Everyone}
	httpapi.Route(a, everyone, huma.Operation{
		OperationID: "demoSignIn", Method: http.MethodPost, Path: "/api/v1/demo/sign-in", Summary: "One-click sign-in as a member of the cast (demo only)",
	}, r.signIn)
	httpapi.Route(a, everyone, huma.Operation{
		OperationID: "demoCast", Method: http.MethodGet, Path: "/api/v1/demo/cast", Summary: "The cast (demo only)",
	}, r.showCast)
	all := []auth.Role{auth.Anonymous, auth.Customer, auth.Agent, auth.Supervisor, auth.Editor, auth.Approver, auth.Admin}
	a.Mux.HandleFunc("GET /api/v1/demo/tray", a.Guard(all, r.tray))
}

var errNoDemo = httpapi.Refuse(http.StatusNotFound, "not_found", "这里不是演示环境 / this is not a demo")

func (r *rooms) signIn(_ context.Context, in *struct{ Body wire.SignIn }) (*out[wire.Token], error) {
	if !r.config.Demo {
		return nil, errNoDemo
	}
	who, err := r.identity(in.Body.As)
	if err != nil {
		return nil, err
	}
	return &out[wire.Token]{rest.Token(r.keeper, who)}, nil
}

func (r *rooms) identity(as string) (auth.Identity, error) {
	if as == "anonymous" || as == r.cast.Anonymous.ID {
		return auth.Identity{Subject: "d:" + strings.ReplaceAll(uuid.NewString(), "-", ""), Roles: []auth.Role{auth.Anonymous}}, nil
	}
	if c, ok := r.cast.Customer(as); ok {
		return auth.Identity{Subject: "c:" + c.ID, Name: c.Name.ZH, Roles: []auth.Role{auth.Customer}}, nil
	}
	if s, ok := r.cast.Member(as); ok {
		return auth.Identity{Subject: "s:" + s.ID, Name: s.Name.ZH, Roles: roles(s)}, nil
	}
	return auth.Identity{}, httpapi.Refuse(http.StatusNotFound, "not_found", fmt.Sprintf("演示名册里没有 %q / %q is not in the cast", as, as))
}

// roles are what a member of the demo's staff may do.
func roles(s demo.Staff) []auth.Role {
	switch s.Role {
	case "supervisor":
		return []auth.Role{auth.Agent, auth.Supervisor}
	case "editor":
		return []auth.Role{auth.Editor}
	case "approver":
		return []auth.Role{auth.Approver, auth.Editor}
	case "admin":
		return []auth.Role{auth.Admin, auth.Editor, auth.Approver}
	}
	return []auth.Role{auth.Agent}
}

func (r *rooms) showCast(context.Context, *struct{}) (*out[wire.Cast], error) {
	if !r.config.Demo {
		return nil, errNoDemo
	}
	cast := wire.Cast{Customers: []wire.Person{}, Staff: []wire.Person{}}
	for _, c := range append(append([]demo.Customer(nil), r.cast.Customers...), r.cast.Anonymous) {
		role := "customer"
		if c.ID == r.cast.Anonymous.ID {
			role = "anonymous"
		}
		cast.Customers = append(cast.Customers, wire.Person{
			ID: c.ID, Name: c.Name.ZH, NameEN: c.Name.EN, Age: c.Age, Story: c.Story.ZH, StoryEN: c.Story.EN, Role: role, Edition: c.Edition,
			Locale: c.Locale, Tags: filled(c.Tags), Lines: filled(c.Lines.ZH), LinesEN: filled(c.Lines.EN), Hue: c.Hue,
		})
	}
	for _, s := range r.cast.Staff {
		cast.Staff = append(cast.Staff, r.person(s))
	}
	return &out[wire.Cast]{cast}, nil
}

func filled(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// tray streams text messages and ledger entries as they happen.
func (r *rooms) tray(w http.ResponseWriter, req *http.Request) {
	if !r.config.Demo || r.config.BankURL != "" {
		http.Error(w, `{"code":"not_found","message":"这里不是演示环境 / this is not a demo"}`, http.StatusNotFound)
		return
	}
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, `{"code":"unavailable","message":"streams are not possible here"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flusher.Flush()
	customer := req.URL.Query().Get("customer")
	var after int64
	for req.Context().Err() == nil {
		events, err := sandboxbank.FetchEvents(req.Context(), r.core.URL, r.core.Token, after, customer, 20)
		if err != nil {
			return // the page connects again
		}
		for _, e := range events {
			after = max(after, e.ID)
			raw, err := json.Marshal(trayEvent(e))
			if err != nil {
				continue
			}
			if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", e.ID, raw); err != nil {
				return
			}
		}
		if len(events) == 0 {
			if _, err := fmt.Fprint(w, ": nothing new\n\n"); err != nil {
				return
			}
		}
		flusher.Flush()
	}
}

func trayEvent(e sandboxbank.Event) wire.TrayEvent {
	t := wire.TrayEvent{At: e.At, Kind: "sms", Customer: e.Customer, Text: e.Text, Code: e.Code, Field: e.Field, Ref: e.Ref, Title: e.To, TitleEN: e.To}
	switch e.Kind {
	case sandboxbank.EventSMS:
	case sandboxbank.EventToken:
		t.Title, t.TitleEN = "手机令牌", "Mobile token"
	case sandboxbank.EventLedger:
		t.Kind, t.Title = "ledger", e.Amount+" 元"
		t.TitleEN = e.Amount + " yuan"
		t.TextEN = strings.TrimSpace(fmt.Sprintf("account %s, %s, balance %s", e.AccountTail, e.Counterparty, e.BalanceAfter))
		t.Text = strings.TrimSpace(fmt.Sprintf("尾号%s %s 余额 %s %s", e.AccountTail, e.Counterparty, e.BalanceAfter, e.Text))
	case sandboxbank.EventChange:
		t.Kind, t.Title, t.TitleEN = "ledger", "变更", "Change"
	}
	return t
}
