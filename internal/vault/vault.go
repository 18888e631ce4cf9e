// Package vault seals what belongs to a customer under that customer's own data
// key. A data key is stored wrapped by the installation's master key; destroying
// the wrapped key erases everything it sealed, copies and backups included.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const keySize = 32

// Master wraps and opens data keys.
type Master struct{ aead cipher.AEAD }

// Key seals and opens what belongs to one customer.
type Key struct{ aead cipher.AEAD }

// LoadMaster reads the master key from text (hex), or from dir/master.key,
// which is made on the first start.
func LoadMaster(text, dir string) (Master, error) {
	if text == "" {
		path := filepath.Join(dir, "master.key")
		raw, err := os.ReadFile(path) //nolint:gosec // a fixed name in the configured folder
		if errors.Is(err, os.ErrNotExist) {
			fresh := make([]byte, keySize)
			_, _ = rand.Read(fresh)
			raw = []byte(hex.EncodeToString(fresh) + "\n")
			if err := writeOnce(path, raw); err != nil {
				return Master{}, err
			}
			raw, err = os.ReadFile(path) //nolint:gosec // another node may have been first
			if err != nil {
				return Master{}, fmt.Errorf("read the master key: %w", err)
			}
		} else if err != nil {
			return Master{}, fmt.Errorf("read the master key: %w", err)
		}
		text = string(raw)
	}
	raw, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(raw) != keySize {
		return Master{}, errors.New("the master key must be 64 hexadecimal digits (master_key, or the file master.key in the data folder)")
	}
	aead, err := newAEAD(raw)
	return Master{aead}, err
}

func writeOnce(path string, raw []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // a fixed name in the configured folder
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("write the master key: %w", err)
	}
	if _, err := file.Write(raw); err != nil {
		return errors.Join(err, file.Close())
	}
	return errors.Join(file.Sync(), file.Close())
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	return aead, nil
}

// NewKey makes a data key for a subject and returns it wrapped.
func (m Master) NewKey(subject string) []byte {
	fresh := make([]byte, keySize)
	_, _ = rand.Read(fresh)
	return seal(m.aead, fresh, subject)
}

// Wrap seals a key that isn't a customer's, under a name that says whose it is.
func (m Master) Wrap(name string, key []byte) []byte { return seal(m.aead, key, name) }

// Unwrap opens what Wrap made under the same name.
func (m Master) Unwrap(name string, wrapped []byte) ([]byte, error) {
	raw, err := open(m.aead, wrapped, name)
	if err != nil {
		return nil, fmt.Errorf("open the key of %s (is this the right master key?): %w", name, err)
	}
	return raw, nil
}

// Open unwraps a data key; a key wrapped for another subject is refused.
func (m Master) Open(subject string, wrapped []byte) (Key, error) {
	raw, err := open(m.aead, wrapped, subject)
	if err != nil {
		return Key{}, fmt.Errorf("open the data key of %s (is this the right master key?): %w", subject, err)
	}
	aead, err := newAEAD(raw)
	return Key{aead}, err
}

// Seal encrypts; context is bound to the result and needed to open it.
func (k Key) Seal(plain []byte, context string) []byte { return seal(k.aead, plain, context) }

// Open decrypts what Seal made with the same context.
func (k Key) Open(sealed []byte, context string) ([]byte, error) {
	plain, err := open(k.aead, sealed, context)
	if err != nil {
		return nil, fmt.Errorf("open sealed data (%s): %w", context, err)
	}
	return plain, nil
}

func seal(aead cipher.AEAD, plain []byte, context string) []byte {
	out := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	_, _ = rand.Read(out)
	return aead.Seal(out, out, plain, []byte(context))
}

func open(aead cipher.AEAD, sealed []byte, context string) ([]byte, error) {
	if len(sealed) < aead.NonceSize() {
		return nil, errors.New("too short")
	}
	n := aead.NonceSize()
	return aead.Open(nil, sealed[:n], sealed[n:], []byte(context))
}
