package evidence

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// KeyID names a signing key: the first 8 bytes of the SHA-256 of its public half.
type KeyID [8]byte

// IDOf is the id of a public key.
func IDOf(public ed25519.PublicKey) KeyID {
	sum := sha256.Sum256(public)
	return KeyID(sum[:8])
}

// String is the id in hexadecimal.
func (k KeyID) String() string { return hex.EncodeToString(k[:]) }

// MarshalText writes it in hexadecimal.
func (k KeyID) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads it.
func (k *KeyID) UnmarshalText(text []byte) error { return unhex(k[:], text, "a key id") }

// Signer gives the installation's signing key of this moment, an Ed25519 key. It
// may give another one later: each seal names its key.
type Signer interface {
	Current() (crypto.Signer, error)
}

// PublicKey is one key of the published list.
type PublicKey struct {
	ID     KeyID             `json:"id"`
	Public ed25519.PublicKey `json:"public"` // 32 bytes, base64 in JSON
	From   time.Time         `json:"from"`
	To     *time.Time        `json:"to,omitempty"` // nil: still in use
}

// Keys is the published list of an installation's public keys.
type Keys struct {
	Keys []PublicKey `json:"keys"`
}

// keysMax bounds a list that is read: a key a week for a hundred years is less.
const keysMax = 1 << 20

// ReadKeys reads a published list.
func ReadKeys(r io.Reader) (Keys, error) {
	raw, err := io.ReadAll(io.LimitReader(r, keysMax+1))
	if err != nil {
		return Keys{}, fmt.Errorf("read the list of public keys: %w", err)
	}
	if len(raw) > keysMax {
		return Keys{}, fmt.Errorf("the list of public keys is larger than %d bytes", keysMax)
	}
	var out Keys
	if err := json.Unmarshal(raw, &out); err != nil {
		return Keys{}, fmt.Errorf("the list of public keys is no JSON of the form {\"keys\":[…]}: %w", err)
	}
	if len(out.Keys) == 0 {
		return Keys{}, errors.New("the list of public keys is empty: it needs at least one key under \"keys\"")
	}
	for i, k := range out.Keys {
		if len(k.Public) != ed25519.PublicKeySize {
			return Keys{}, fmt.Errorf("key %d of the list: public has %d bytes, not %d", i+1, len(k.Public), ed25519.PublicKeySize)
		}
		if IDOf(k.Public) != k.ID {
			return Keys{}, fmt.Errorf("key %d of the list: the id %s does not belong to its public key, which is %s", i+1, k.ID, IDOf(k.Public))
		}
	}
	return out, nil
}

// signature is what a seal's signature is worth.
type signature uint8

const (
	signatureGood signature = iota
	signatureBad
	signatureUnknown // the key is not in the list
	signatureStale   // the key was not in use then
)

func (k Keys) check(raw []byte, s *seal) signature {
	for _, one := range k.Keys {
		if one.ID != s.key {
			continue
		}
		if !ed25519.Verify(one.Public, signed(raw), s.signature[:]) {
			return signatureBad
		}
		at := moment(s.at)
		if at.Before(one.From) || (one.To != nil && at.After(*one.To)) {
			return signatureStale
		}
		return signatureGood
	}
	return signatureUnknown
}

// sign completes a seal with the key of the moment.
func (s *seal) sign(by Signer) ([]byte, error) {
	key, err := by.Current()
	if err != nil {
		return nil, fmt.Errorf("the signing key: %w", err)
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("the signing key is no Ed25519 key")
	}
	s.key = IDOf(public)
	raw := s.bytes()
	made, err := key.Sign(nil, signed(raw), crypto.Hash(0))
	if err != nil {
		return nil, fmt.Errorf("sign a seal: %w", err)
	}
	if len(made) != len(s.signature) {
		return nil, fmt.Errorf("sign a seal: the signature has %d bytes", len(made))
	}
	s.signature = [64]byte(made)
	copy(raw[sealSigned:], made)
	return raw, nil
}
