package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pingdui/pingdui/channels/rest"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/wire"
)

// app is the bank's own app as the customer's channel sees it.
func (r *rooms) app() rest.App {
	return rest.App{Secret: r.config.TokenSecret, Token: r.shortToken, Once: r.once, Clock: time.Now}
}

// shortToken makes a token that ends token_life from now. A keeper gives every
// customer TokenLife; this one's clock is behind by the difference.
func (r *rooms) shortToken(who auth.Identity) wire.Token {
	behind := auth.TokenLife - r.config.TokenLife
	return rest.Token(auth.New(r.tokens, r.db.pool, func() time.Time { return time.Now().Add(-behind) }), who)
}

// once uses a nonce up, on whichever node it comes. Tidy forgets it later.
func (r *rooms) once(ctx context.Context, nonce string, until time.Time) error {
	_, err := r.db.pool.Exec(ctx, "INSERT INTO ticket_used (nonce, expires_at) VALUES ($1, $2)", nonce, until)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" { // unique_violation
		return rest.ErrNonceUsed
	}
	if err != nil {
		return fmt.Errorf("use up the nonce: %w", err)
	}
	return nil
}
