package evidence

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestBadListsAreNamed(t *testing.T) {
	t.Parallel()
	good, err := json.Marshal(newOffice(1).keys())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKeys(strings.NewReader(string(good))); err != nil {
		t.Fatal(err)
	}
	id := newOffice(1).keys().Keys[0].ID.String()
	for text, want := range map[string]string{
		"":                                   "no JSON",
		`{"keys":[]}`:                        "empty",
		`{"keys":[{"id":"00","public":""}]}`: "16 hexadecimal digits",
		`{"keys":[{"id":"0011223344556677","public":""}]}`:       "0 bytes, not 32",
		strings.Replace(string(good), id, "0011223344556677", 1): "does not belong",
	} {
		if _, err := ReadKeys(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"{}\nx\n":                           "line 2",
		`{"hash":"00"}`:                     "line 1",
		`{"state":"gone"}`:                  "opened, running, closed or crashed",
		strings.Repeat("x", 2*anchorLine):   "at most 4096",
		"\n\n" + `{"segment":"one"}` + "\n": "line 3",
	} {
		if _, err := ReadAnchors(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", text, err, want)
		}
	}
	if none, err := ReadAnchors(strings.NewReader("")); err != nil || none == nil || len(none) != 0 {
		t.Errorf("an empty export: %v, %v", none, err)
	}
}
