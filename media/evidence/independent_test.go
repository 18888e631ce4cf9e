package evidence

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// independent is a second checker, written from the words of
// docs/evidence-format.md alone: it uses nothing of this package. It only says
// whether everything is as it was written.
func independent(files [][]byte, keysJSON, anchorsJSON []byte) error {
	var published struct {
		Keys []struct {
			ID       string
			Public   []byte
			From, To time.Time
		}
	}
	if err := json.Unmarshal(keysJSON, &published); err != nil {
		return err
	}
	type anchor struct {
		Session, State, Hash, Key string
		Segment, Counter          uint64
		At                        time.Time
	}
	anchors := map[string]anchor{}
	for line := range bytes.Lines(anchorsJSON) {
		var a anchor
		if err := json.Unmarshal(line, &a); err != nil {
			return err
		}
		anchors[fmt.Sprint(a.Session, a.Segment, a.Counter)] = a
	}
	u32, u64 := binary.BigEndian.Uint32, binary.BigEndian.Uint64
	states := []string{"", "opened", "running", "closed", "crashed"}
	segments, sessions := map[string][]byte{}, map[string]bool{}
	seals := map[string][]byte{}
	for _, f := range files {
		if len(f) < 84 || string(f[:8]) != "PDEVID1\n" || u32(f[8:]) != 1 {
			return errors.New("header")
		}
		h := sha256.Sum256(f[:84])
		x := hex.EncodeToString(f[12:28])
		id := x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
		n := uint64(u32(f[28:]))
		sessions[id], segments[fmt.Sprint(id, n)] = true, f[:84]
		end := false
		rest := f[84:]
		for counter := uint64(0); len(rest) > 0; counter++ {
			var block []byte
			if rest[0] == 'B' {
				if len(rest) < 17 || uint64(len(rest)) < 17+uint64(u32(rest[1:])) {
					return errors.New("cut")
				}
				block, rest = rest[:17+u32(rest[1:])], rest[17+u32(rest[1:]):]
			}
			if len(rest) < 142 || rest[0] != 'S' || end {
				return errors.New("cut, no seal, or after the end")
			}
			s := rest[:142]
			rest = rest[142:]
			if counter > 0 {
				h = sha256.Sum256(slices.Concat(h[:], block))
			}
			state := int(s[29])
			if (counter == 0) != (state == 1) || (block != nil) != (state == 2) || state < 1 || state > 4 {
				return errors.New("state")
			}
			end = state > 2
			if !bytes.Equal(s[1:21], f[12:32]) || u64(s[21:]) != counter || !bytes.Equal(s[38:70], h[:]) {
				return errors.New("seal")
			}
			at := time.UnixMicro(int64(u64(s[30:])))
			good := false
			for _, k := range published.Keys {
				good = good || k.ID == hex.EncodeToString(s[70:78]) && !at.Before(k.From) && (k.To.IsZero() || !at.After(k.To)) &&
					ed25519.Verify(k.Public, slices.Concat([]byte("pingdui evidence seal 1\n"), s[:78]), s[78:])
			}
			if !good {
				return errors.New("signature")
			}
			name := fmt.Sprint(id, n, counter)
			seals[name] = s
			a, ok := anchors[name]
			if anchorsJSON != nil && (!ok || a.Hash != hex.EncodeToString(h[:]) || a.State != states[state] || !a.At.Equal(at) || a.Key != hex.EncodeToString(s[70:78])) {
				return errors.New("anchor")
			}
		}
		if !end {
			return errors.New("no end")
		}
	}
	for _, a := range anchors {
		if sessions[a.Session] && seals[fmt.Sprint(a.Session, a.Segment, a.Counter)] == nil {
			return errors.New("anchors know more")
		}
	}
	for _, head := range segments {
		x := hex.EncodeToString(head[12:28])
		id := x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
		n, before := u32(head[28:]), u32(head[40:])
		if n == 1 && !bytes.Equal(head[40:84], make([]byte, 44)) {
			return errors.New("link")
		}
		if n > 1 {
			s := seals[fmt.Sprint(id, before, u64(head[44:]))]
			if segments[fmt.Sprint(id, n-1)] == nil || before >= n || s == nil || !bytes.Equal(s[38:70], head[52:84]) {
				return errors.New("link")
			}
		}
	}
	return nil
}
