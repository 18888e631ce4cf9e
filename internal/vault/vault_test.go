package vault_test

import (
	"bytes"
	"testing"

	"github.com/pingdui/pingdui/internal/vault"
)

func TestSealedIsOpenedOnlyByItsOwner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	master, err := vault.LoadMaster("", dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := vault.LoadMaster("", dir)
	if err != nil {
		t.Fatal(err)
	}
	wrapped := master.NewKey("c:1")
	key, err := again.Open("c:1", wrapped)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Open("c:2", wrapped); err == nil {
		t.Error("another subject opened the key")
	}
	sealed := key.Seal([]byte("三千五"), "message")
	if bytes.Contains(sealed, []byte("三千五")) {
		t.Error("plain text in the sealed bytes")
	}
	plain, err := key.Open(sealed, "message")
	if err != nil || string(plain) != "三千五" {
		t.Errorf("got %q, %v", plain, err)
	}
	if _, err := key.Open(sealed, "input"); err == nil {
		t.Error("opened under another context")
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := key.Open(sealed, "message"); err == nil {
		t.Error("a changed byte was not noticed")
	}
}

func TestKeysAreWrappedUnderTheirName(t *testing.T) {
	t.Parallel()
	master, err := vault.LoadMaster("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	key := []byte("a key of thirty-two bytes, raw!!")
	wrapped := master.Wrap("recording:1", key)
	if got, err := master.Unwrap("recording:1", wrapped); err != nil || !bytes.Equal(got, key) {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := master.Unwrap("recording:2", wrapped); err == nil {
		t.Error("opened under another name")
	}
	if bytes.Contains(wrapped, key) {
		t.Error("the key stands in clear in what wraps it")
	}
}
