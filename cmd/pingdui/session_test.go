package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/media/evidence"
)

// booth is an installation with one key that keeps its anchors in memory.
type booth struct {
	key     ed25519.PrivateKey
	anchors []evidence.Anchor
}

func (b *booth) Current() (crypto.Signer, error) { return b.key, nil }

func (b *booth) Anchor(_ context.Context, anchors []evidence.Anchor) error {
	b.anchors = append(b.anchors, anchors...)
	return nil
}

// recorded is a small recording with its keys and anchors beside it.
func recorded(t *testing.T) (path, anchors string) {
	t.Helper()
	dir := t.TempDir()
	b := &booth{key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))}
	id := uuid.MustParse("00000000-0000-4000-8000-000000000001")
	path = filepath.Join(dir, id.String()+"-1.pdev")
	log, err := evidence.Create(t.Context(), evidence.Config{Path: path, Session: id, Segment: 1, Key: make([]byte, evidence.KeySize), Signer: b, Anchors: b, Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := log.Append(t.Context(), evidence.Frame{Kind: evidence.KindState, Payload: []byte(`{"event":"x"}`)}); err != nil {
			t.Fatal(err)
		}
		if err := log.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	public, _ := b.key.Public().(ed25519.PublicKey)
	keys, err := json.Marshal(evidence.Keys{Keys: []evidence.PublicKey{{ID: evidence.IDOf(public), Public: public, From: time.Now().Add(-time.Hour)}}})
	if err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	if err := evidence.WriteAnchors(&lines, b.anchors); err != nil {
		t.Fatal(err)
	}
	anchors = filepath.Join(dir, "anchors.jsonl")
	for name, raw := range map[string][]byte{filepath.Join(dir, "keys.json"): keys, anchors: lines.Bytes()} {
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path, anchors
}

func TestSessionVerify(t *testing.T) {
	t.Parallel()
	path, anchors := recorded(t)
	command := func(want int, args ...string) string {
		t.Helper()
		var out, problem bytes.Buffer
		if code := run(t.Context(), append([]string{"session", "verify"}, args...), nil, strings.NewReader(""), &out, &problem); code != want {
			t.Errorf("%v: code %d, want %d: %s%s", args, code, want, out.String(), problem.String())
		}
		return out.String() + problem.String()
	}
	says := func(got string, words ...string) {
		t.Helper()
		for _, word := range words {
			if !strings.Contains(got, word) {
				t.Errorf("%q is missing in %s", word, got)
			}
		}
	}
	says(command(0, path), "5 seals, closed", "与原始记录一致", "没有比对锚点")
	if got := command(0, path, "--anchors", anchors); strings.Contains(got, "没有比对锚点") {
		t.Errorf("said %s", got)
	}
	says(command(0, path, "--anchors", anchors, "--json"), `"ok":true`, `"anchored":true`)

	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[260] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	says(command(1, path), "第 1 段 第 1 块", "the content was changed", "1 places")
	says(command(1, path, "--json"), `"ok":false`, `"fault":"block_changed"`, `"segment":1`)
	if err := os.WriteFile(path, raw[:500], 0o600); err != nil {
		t.Fatal(err)
	}
	says(command(1, path, "--anchors", anchors), "末尾被截掉")

	says(command(1, path, "--keys", anchors), "list of public keys")
	says(command(1, path, "--anchors", path), "anchors")
	says(command(1, anchors), "the header was changed")
	if err := os.Remove(filepath.Join(filepath.Dir(path), "keys.json")); err != nil {
		t.Fatal(err)
	}
	says(command(1, path), "--keys FILE")
	command(2, filepath.Join(t.TempDir(), "nowhere.pdev"))
	command(2)
}

func TestSessionExport(t *testing.T) {
	t.Parallel()
	path, anchors := recorded(t)
	dir := t.TempDir()
	key, short := filepath.Join(dir, "key"), filepath.Join(dir, "short")
	for name, text := range map[string]string{key: strings.Repeat("00", evidence.KeySize) + "\n", short: "00"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := func(want int, word string, args ...string) {
		t.Helper()
		var out, problem bytes.Buffer
		code := run(t.Context(), append([]string{"session", "export"}, args...), nil, strings.NewReader(""), &out, &problem)
		if got := out.String() + problem.String(); code != want || !strings.Contains(got, word) {
			t.Errorf("%v: code %d, want %d with %q: %s", args, code, want, word, got)
		}
	}
	out := filepath.Join(dir, "out")
	command(0, "session 00000000-0000-4000-8000-000000000001", path, "--out", out, "--key", key)
	events, err := os.ReadFile(filepath.Join(out, "events.jsonl"))
	if err != nil || strings.Count(string(events), `"body":{"event":"x"}`) != 3 {
		t.Errorf("%s, %v", events, err)
	}
	command(1, "name an empty folder", path, "--out", out, "--key", key)
	command(0, `"length_ms"`, path, "--out", filepath.Join(dir, "again"), "--key", key, "--json")
	command(1, "64 hexadecimal digits", path, "--out", filepath.Join(dir, "x"), "--key", short)
	command(1, "no evidence file", anchors, "--out", filepath.Join(dir, "x"), "--key", key)
	command(1, "give each once", path, path, "--out", filepath.Join(dir, "x"), "--key", key)
	command(1, "--data DIR", path, "--out", filepath.Join(dir, "x"), "--data", filepath.Join(dir, "nowhere"))
	command(2, "--out", path)
}
