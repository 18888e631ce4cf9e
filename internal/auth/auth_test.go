package auth_test

import (
	"testing"
	"time"

	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
)

func TestTicketsAreUsedOnce(t *testing.T) {
	t.Parallel()
	now := time.Now()
	pool := postgrestest.New(t)
	key, err := auth.Secret(t.Context(), pool, "tokens")
	if err != nil {
		t.Fatal(err)
	}
	again, err := auth.Secret(t.Context(), pool, "tokens")
	if err != nil || string(again) != string(key) {
		t.Fatalf("the secret changed: %v", err)
	}
	keeper := auth.New(key, pool, func() time.Time { return now })
	who := auth.Identity{Subject: "c:C001", Roles: []auth.Role{auth.Customer}}
	ticket := keeper.Ticket(who, "http://a")
	if _, err := keeper.Redeem(t.Context(), ticket, "http://b"); err == nil {
		t.Error("a ticket was good for another origin")
	}
	got, err := keeper.Redeem(t.Context(), ticket, "http://a")
	if err != nil || got.Subject != who.Subject {
		t.Fatalf("got %+v, %v", got, err)
	}
	if _, err := keeper.Redeem(t.Context(), ticket, "http://a"); err == nil {
		t.Error("a ticket was used twice")
	}
	late := keeper.Ticket(who, "http://a")
	now = now.Add(auth.TicketLife + time.Second)
	if _, err := keeper.Redeem(t.Context(), late, "http://a"); err == nil {
		t.Error("an old ticket was good")
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	keeper := auth.New([]byte("0123456789abcdef0123456789abcdef"), nil, time.Now)
	token, _ := keeper.Token(auth.Identity{Subject: "s:A01", Roles: []auth.Role{auth.Agent}})
	who, err := keeper.Bearer("Bearer " + token)
	if err != nil || who.Staff() != "A01" || !who.Has(auth.Agent, auth.Admin) || who.Has(auth.Admin) {
		t.Errorf("got %+v, %v", who, err)
	}
	for _, bad := range []string{"", "Bearer ", "Bearer x.y", "Bearer " + token + "x", token, "Bearer " + keeper.Ticket(who, "")} {
		if _, err := keeper.Bearer(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
