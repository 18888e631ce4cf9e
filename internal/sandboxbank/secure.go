package sandboxbank

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// pinRounds makes a guess at a stored PIN cost something; a six-digit PIN's real
// protection is that the table never leaves the core.
const pinRounds = 30_000

// secureKey is the public half of the key that secrets are encrypted to. It lives
// as long as the process: a page that holds an older one is told to reload.
func (b *Bank) secureKey(context.Context) (SecureKey, error) {
	der, err := x509.MarshalPKIXPublicKey(&b.key.PublicKey)
	if err != nil {
		return SecureKey{}, fmt.Errorf("write the public key: %w", err)
	}
	raw := base64.RawURLEncoding
	return SecureKey{
		Kid: b.kid, Alg: "RSA-OAEP-256", SPKI: base64.StdEncoding.EncodeToString(der),
		JWK: PublicJWK{
			Kty: "RSA", Use: "enc", Alg: "RSA-OAEP-256", Kid: b.kid, N: raw.EncodeToString(b.key.N.Bytes()),
			E: raw.EncodeToString(big.NewInt(int64(b.key.E)).Bytes()), KeyOps: []string{"encrypt"}, Ext: true,
		},
	}, nil
}

// open decrypts one field. Its errors say nothing of the value.
func (b *Bank) open(ciphertext string) (string, error) {
	if ciphertext == "" {
		return "", errors.New("is missing")
	}
	sealed, err := base64.StdEncoding.DecodeString(ciphertext)
	if err != nil {
		return "", errors.New("is not base64")
	}
	plain, err := rsa.DecryptOAEP(sha256.New(), nil, b.key, sealed, nil)
	if err != nil {
		return "", errors.New("was not encrypted to this key with RSA-OAEP and SHA-256")
	}
	if len(plain) > 64 {
		return "", errors.New("is longer than 64 bytes")
	}
	return string(plain), nil
}

// weigh turns the values of a box into what is kept of them.
func (b *Bank) weigh(ctx context.Context, c challengeRow, values map[string]string) (proof, error) {
	p := proof{Factor: true, AccountNo: values["account_no"]}
	if c.SMSHash != nil {
		p.Factor = p.Factor && hmac.Equal(c.SMSHash, b.codeHash(c.Ref, "sms_code", values["sms_code"]))
	}
	if c.TokenHash != nil {
		p.Factor = p.Factor && hmac.Equal(c.TokenHash, b.codeHash(c.Ref, "token", values["token"]))
	}
	type stored struct{ Salt, Hash []byte }
	if c.Factor == "payment_password" {
		have, ok, err := one[stored](ctx, b, b.pool, "PaymentPassword", c.Customer)
		if err != nil {
			return proof{}, err
		}
		right, err := matches(values["payment_password"], have.Salt, have.Hash)
		if err != nil {
			return proof{}, err
		}
		p.Factor = p.Factor && ok && right
	}
	pin, wanted := values["new_pin"]
	if !wanted {
		return p, nil
	}
	if !sixDigits(pin) {
		return proof{}, badField("ciphertexts.new_pin", "", errors.New("must be six digits"))
	}
	p.Mismatch = subtle.ConstantTimeCompare([]byte(pin), []byte(values["new_pin_again"])) == 0
	customer, err := b.customer(ctx, b.pool, c.Customer)
	if err != nil {
		return proof{}, err
	}
	cards, err := many[cardRow](ctx, b, b.pool, "CardsOf", c.Customer)
	if err != nil {
		return proof{}, err
	}
	for _, card := range cards {
		// A box after a check by a person binds the check too, so that its card
		// can't be told: a PIN that would be weak on any of them is weak.
		checked := slices.Contains([]string{"bank.pin_release", "bank.card_activate", "bank.takeover_secure"}, c.Operation)
		if !checked && !hmac.Equal(c.ArgsHash, argsHash(c.Customer, c.Operation, map[string]string{"card": card.ID})) {
			continue
		}
		p.Weak = p.Weak || weakPIN(pin, customer.BornOn, customer.Phone, card.Tail)
		if checked && card.Status != "locked" {
			continue
		}
		have, _, err := one[stored](ctx, b, b.pool, "CardPIN", card.ID, c.Customer)
		if err != nil {
			return proof{}, err
		}
		if p.Same, err = matches(pin, have.Salt, have.Hash); err != nil {
			return proof{}, err
		}
	}
	if !p.Mismatch && !p.Weak && !p.Same {
		p.PINSalt = randomBytes(16)
		if p.PINHash, err = pinHash(pin, p.PINSalt); err != nil {
			return proof{}, err
		}
	}
	return p, nil
}

func sixDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) == 6
}

func pinHash(pin string, salt []byte) ([]byte, error) {
	hash, err := pbkdf2.Key(sha256.New, pin, salt, pinRounds, 32)
	if err != nil {
		return nil, fmt.Errorf("hash the PIN: %w", err)
	}
	return hash, nil
}

func matches(pin string, salt, hash []byte) (bool, error) {
	got, err := pinHash(pin, salt)
	return err == nil && subtle.ConstantTimeCompare(got, hash) == 1, err
}
