// Package auth says who calls: signed bearer tokens for REST calls and
// single-use tickets for sockets. Rights are roles; a route or frame without a
// declared right is a defect that stops the program at its start.
package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Role is what somebody may do.
type Role string

// The roles.
const (
	Anonymous  Role = "anonymous" // a signed device
	Customer   Role = "customer"
	Agent      Role = "agent"
	Supervisor Role = "supervisor"
	Editor     Role = "editor"
	Approver   Role = "approver"
	Admin      Role = "admin"
)

// Identity is who calls.
type Identity struct {
	// Subject is c:… for a customer, d:… for a device, s:… for staff.
	Subject string `json:"sub"`
	Name    string `json:"name,omitempty"`
	Roles   []Role `json:"roles"`
}

// Has says whether the identity has one of the roles.
func (i Identity) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(i.Roles, r) })
}

// Staff is the staff number, empty for customers.
func (i Identity) Staff() string {
	id, ok := strings.CutPrefix(i.Subject, "s:")
	if !ok {
		return ""
	}
	return id
}

// ErrUnauthorized is given for every token and ticket that is not good; it does
// not say why, the log does.
var ErrUnauthorized = errors.New("not signed in, or the sign-in has expired: sign in again")

const (
	// TokenLife is how long a bearer token is good.
	TokenLife = 12 * time.Hour
	// DeviceLife is how long a signed device keeps its conversation.
	DeviceLife = 180 * 24 * time.Hour
	// TicketLife is how long a ticket may wait for its socket.
	TicketLife = 30 * time.Second
)

// Keeper makes and checks tokens and tickets.
type Keeper struct {
	key   []byte
	pool  *pgxpool.Pool
	clock func() time.Time
}

// New makes a keeper; key is shared by all nodes.
func New(key []byte, pool *pgxpool.Pool, clock func() time.Time) *Keeper {
	return &Keeper{key: key, pool: pool, clock: clock}
}

type claims struct {
	Identity
	Purpose string `json:"p"`
	Expires int64  `json:"exp"`
	Origin  string `json:"o,omitempty"`
	Nonce   string `json:"n,omitempty"`
}

func (k *Keeper) sign(c claims) string {
	body, err := json.Marshal(c)
	if err != nil {
		panic("auth: claims can't be written: " + err.Error()) // a defect: they are plain strings
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	return text + "." + base64.RawURLEncoding.EncodeToString(k.mac(text))
}

func (k *Keeper) mac(text string) []byte {
	h := hmac.New(sha256.New, k.key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func (k *Keeper) open(token, purpose string) (claims, error) {
	var c claims
	if len(token) > 4096 {
		return c, ErrUnauthorized
	}
	text, sum, ok := strings.Cut(token, ".")
	if !ok {
		return c, ErrUnauthorized
	}
	given, err := base64.RawURLEncoding.DecodeString(sum)
	if err != nil || !hmac.Equal(given, k.mac(text)) {
		return c, ErrUnauthorized
	}
	body, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(body, &c) != nil {
		return c, ErrUnauthorized
	}
	if c.Purpose != purpose || k.clock().Unix() >= c.Expires {
		return c, ErrUnauthorized
	}
	return c, nil
}

// Token makes a bearer token and says when it ends.
func (k *Keeper) Token(who Identity) (string, time.Time) {
	life := TokenLife
	if who.Has(Anonymous) {
		life = DeviceLife
	}
	until := k.clock().Add(life)
	return k.sign(claims{Identity: who, Purpose: "token", Expires: until.Unix()}), until
}

// Bearer reads an Authorization header.
func (k *Keeper) Bearer(header string) (Identity, error) {
	token, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return Identity{}, ErrUnauthorized
	}
	c, err := k.open(token, "token")
	return c.Identity, err
}

// Ticket makes a single-use ticket for one origin.
func (k *Keeper) Ticket(who Identity, origin string) string {
	nonce := make([]byte, 18)
	_, _ = rand.Read(nonce)
	return k.sign(claims{
		Identity: who, Purpose: "ticket", Origin: origin, Nonce: base64.RawURLEncoding.EncodeToString(nonce),
		Expires: k.clock().Add(TicketLife).Unix(),
	})
}

// Redeem checks a ticket and uses it up, on whichever node it comes.
func (k *Keeper) Redeem(ctx context.Context, ticket, origin string) (Identity, error) {
	c, err := k.open(ticket, "ticket")
	if err != nil {
		return Identity{}, err
	}
	if c.Origin != origin {
		return Identity{}, ErrUnauthorized
	}
	_, err = k.pool.Exec(ctx, "INSERT INTO ticket_used (nonce, expires_at) VALUES ($1, to_timestamp($2))", c.Nonce, c.Expires)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return Identity{}, ErrUnauthorized
	}
	if err != nil {
		return Identity{}, fmt.Errorf("use up the ticket: %w", err)
	}
	return c.Identity, nil
}

// Tidy forgets used tickets that have expired anyway.
func (k *Keeper) Tidy(ctx context.Context) error {
	if _, err := k.pool.Exec(ctx, "DELETE FROM ticket_used WHERE expires_at < now() - interval '1 minute'"); err != nil {
		return fmt.Errorf("forget used tickets: %w", err)
	}
	return nil
}

// Secret returns a secret all nodes share, made by whichever is first.
func Secret(ctx context.Context, pool *pgxpool.Pool, name string) ([]byte, error) {
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh)
	if _, err := pool.Exec(ctx, "INSERT INTO installation_secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, fresh); err != nil {
		return nil, fmt.Errorf("keep the secret %s: %w", name, err)
	}
	rows, err := pool.Query(ctx, "SELECT value FROM installation_secret WHERE name = $1", name)
	if err != nil {
		return nil, fmt.Errorf("read the secret %s: %w", name, err)
	}
	value, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[[]byte])
	if err != nil {
		return nil, fmt.Errorf("read the secret %s: %w", name, err)
	}
	return value, nil
}

type contextKey struct{}

// With puts who calls into a context.
func With(ctx context.Context, who Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, who)
}

// From is who calls; the zero identity has no role.
func From(ctx context.Context) Identity {
	who, _ := ctx.Value(contextKey{}).(Identity)
	return who
}
