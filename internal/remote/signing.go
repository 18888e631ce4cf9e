package remote

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pingdui/pingdui/media/evidence"
)

const (
	// keyPeriod is how long a signing key is used. All nodes change at the same
	// moments, without asking each other.
	keyPeriod = 90 * 24 * time.Hour
	// keyOverlap is how long seals may still name the key before: a node looks for
	// the new one when it begins a recording.
	keyOverlap  = 48 * time.Hour
	keyPrefix   = "evidence."
	keyName     = keyPrefix + "2006-01-02T15:04:05Z"
	publicNames = "keys.json"
)

// signingKey is one of the installation's, from the table of its secrets.
type signingKey struct {
	from    time.Time
	private ed25519.PrivateKey
}

// signing signs seals with the installation's key of the moment.
type signing struct {
	store *store
	clock func() time.Time

	mu   sync.Mutex
	keys []signingKey
}

type secretRow struct {
	Name  string `db:"name"`
	Value []byte `db:"value"`
}

// refresh makes the key of this period, if nobody has yet, and reads all.
func (s *signing) refresh(ctx context.Context) error {
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed)
	period := s.clock().UTC().Truncate(keyPeriod)
	if _, err := s.store.exec(ctx, row{}, time.Time{}, note{}, "AddSigningKey", period.Format(keyName), seed); err != nil {
		return err
	}
	return s.read(ctx)
}

func (s *signing) read(ctx context.Context) error {
	rows, err := many[secretRow](ctx, s.store, "SigningKeys")
	if err != nil {
		return err
	}
	var keys []signingKey
	for _, r := range rows {
		from, err := time.Parse(keyName, r.Name)
		if err != nil || len(r.Value) != ed25519.SeedSize {
			return fmt.Errorf("the secret %s is no signing key of recordings: restore it from a backup", r.Name)
		}
		keys = append(keys, signingKey{from, ed25519.NewKeyFromSeed(r.Value)})
	}
	s.mu.Lock()
	s.keys = keys
	s.mu.Unlock()
	return nil
}

// Current is the newest key whose time has come.
func (s *signing) Current() (crypto.Signer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	for i := len(s.keys) - 1; i >= 0; i-- {
		if !s.keys[i].from.After(now) {
			return s.keys[i].private, nil
		}
	}
	return nil, errors.New("there is no signing key for recordings yet")
}

// public is the list that is published.
func (s *signing) public() evidence.Keys {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := evidence.Keys{Keys: []evidence.PublicKey{}}
	for i, k := range s.keys {
		public, _ := k.private.Public().(ed25519.PublicKey)
		one := evidence.PublicKey{ID: evidence.IDOf(public), Public: public, From: k.from}
		if i+1 < len(s.keys) {
			to := s.keys[i+1].from.Add(keyOverlap)
			one.To = &to
		}
		out.Keys = append(out.Keys, one)
	}
	return out
}

// publish writes the list beside the recordings when it has changed.
func (s *signing) publish(folder string) error {
	raw, err := json.MarshalIndent(s.public(), "", "  ")
	if err != nil {
		return fmt.Errorf("write the public keys: %w", err)
	}
	raw = append(raw, '\n')
	path := filepath.Join(folder, publicNames)
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, raw) { //nolint:gosec // a fixed name in the configured folder
		return nil
	}
	temporary, err := os.CreateTemp(folder, publicNames+".*")
	if err != nil {
		return fmt.Errorf("write the public keys: %w", err)
	}
	_, err = temporary.Write(raw)
	if err := errors.Join(err, temporary.Chmod(0o644), temporary.Close()); err != nil {
		return fmt.Errorf("write the public keys: %w", err)
	}
	if err := os.Rename(temporary.Name(), path); err != nil {
		return fmt.Errorf("write the public keys: %w", err)
	}
	return nil
}
