package rest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/wire"
)

// App is the server of the bank's own app, which signs its customers in. It knows
// who they are; we know that it is the app by a secret both hold.
type App struct {
	// Secret signs the app's requests; empty switches the route off.
	Secret string
	// Token makes a short-lived token.
	Token func(who auth.Identity) wire.Token
	// Once uses a nonce up for all nodes until a time; ErrNonceUsed says that it
	// had been used.
	Once  func(ctx context.Context, nonce string, until time.Time) error
	Clock func() time.Time
}

// ErrNonceUsed says that a nonce had been used before.
var ErrNonceUsed = errors.New("the nonce was used before")

// maxSkew is how far the app's clock may be from ours.
const maxSkew = time.Minute

// tokenPath is part of what is signed.
const tokenPath = "/api/v1/tokens"

// SignToken is the signature of a token request: HMAC-SHA256, in hex, over
// method, path, Unix seconds, nonce and the hex SHA-256 of the body, each on a
// line of its own.
func SignToken(secret string, at time.Time, nonce string, requestBody []byte) string {
	sum := sha256.Sum256(requestBody)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(http.MethodPost + "\n" + tokenPath + "\n" + strconv.FormatInt(at.Unix(), 10) + "\n" + nonce + "\n" + hex.EncodeToString(sum[:])))
	return hex.EncodeToString(mac.Sum(nil))
}

type tokenRequest struct {
	Time      string `header:"X-Pingdui-Time" doc:"Unix seconds, within 60 of the server's clock"`
	Nonce     string `header:"X-Pingdui-Nonce" doc:"16 to 64 letters, digits, - or _, never used before"`
	Signature string `header:"X-Pingdui-Signature" doc:"hex HMAC-SHA256 over POST, path, time, nonce and the body's hex SHA-256, joined by line feeds"`
	RawBody   []byte
	Body      struct {
		Customer string `json:"customer" pattern:"^[A-Za-z0-9_-]{1,64}$" doc:"the customer's number at the bank core"`
		Name     string `json:"name,omitempty" maxLength:"64" doc:"how the customer is addressed"`
	}
}

func registerToken(a *httpapi.API, c *channel) {
	httpapi.Route(a, []auth.Role{httpapi.Everyone}, huma.Operation{
		OperationID: "newToken", Method: http.MethodPost, Path: tokenPath,
		Summary: "A customer's short-lived token, for the server of the bank's own app (a signed request)",
	}, c.token)
}

func (c *channel) token(ctx context.Context, in *tokenRequest) (*body[wire.Token], error) {
	app := c.config.App
	if app.Secret == "" {
		return nil, httpapi.Refuse(http.StatusNotFound, "not_found", "没有开通：请设置 token_secret / this is switched off: set token_secret")
	}
	seconds, err := strconv.ParseInt(in.Time, 10, 64)
	switch {
	case err != nil:
		return nil, unsigned("X-Pingdui-Time 缺失或不是秒数 / X-Pingdui-Time must be Unix seconds")
	case !goodNonce(in.Nonce):
		return nil, unsigned("X-Pingdui-Nonce 要 16 到 64 个字母数字 / X-Pingdui-Nonce must be 16 to 64 letters, digits, - or _")
	}
	at := time.Unix(seconds, 0)
	want := SignToken(app.Secret, at, in.Nonce, in.RawBody)
	if !hmac.Equal([]byte(want), []byte(in.Signature)) {
		return nil, unsigned("X-Pingdui-Signature 不对，请核对密钥和签名的内容 / X-Pingdui-Signature is wrong: check the secret and what is signed (docs/decisions/0011)")
	}
	now := app.Clock()
	if skew := now.Sub(at).Abs(); skew > maxSkew {
		return nil, unsigned("两边的时钟差了 " + skew.Round(time.Second).String() + "，最多 60 秒 / the clocks differ by " + skew.Round(time.Second).String() + ", 60 s at most: set yours")
	}
	// Only a signed nonce is kept, so that strangers can't fill the table. It is
	// remembered for longer than its time could still be taken.
	sum := sha256.Sum256([]byte("app\n" + in.Nonce))
	switch err := app.Once(ctx, base64.RawURLEncoding.EncodeToString(sum[:]), now.Add(3*maxSkew)); {
	case errors.Is(err, ErrNonceUsed):
		return nil, unsigned("X-Pingdui-Nonce 已经用过，请换一个 / X-Pingdui-Nonce was used before: make a new one for every request")
	case err != nil:
		c.log().Warn("a token could not be given to the bank's app", "error", err)
		return nil, refuse(err)
	}
	return &body[wire.Token]{app.Token(auth.Identity{Subject: "c:" + in.Body.Customer, Name: in.Body.Name, Roles: []auth.Role{auth.Customer}})}, nil
}

func goodNonce(nonce string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return len(nonce) >= 16 && len(nonce) <= 64 && strings.Trim(nonce, letters) == ""
}

func unsigned(message string) error {
	return httpapi.Refuse(http.StatusUnauthorized, "unauthorized", message)
}
