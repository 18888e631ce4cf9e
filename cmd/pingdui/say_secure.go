package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/wire"
)

// fromTray is the value that takes what the demo's tray shows.
const fromTray = "@tray"

// trayShows says whether a field is a code that is sent to the customer; what
// customers know or choose themselves is never on the tray.
func trayShows(field string) bool { return field == "sms_code" || field == "token" }

// fill encrypts the values to the bank core's key and posts them, as the page
// does. The value "@tray", or no values at all, takes what the demo's tray shows.
func (t *talk) fill(ctx context.Context, id string, given map[string]string) error {
	if t.secure == nil {
		return bad("no_secure_box", "go on until a reply of kind secure comes, then fill it", "no secure box is open")
	}
	values, err := t.values(given)
	if err != nil {
		return err
	}
	if err := t.codes(ctx, values); err != nil {
		return err
	}
	for _, f := range t.secure.Fields {
		least, most := f.Digits, f.Digits
		if f.DigitsMax > 0 {
			least, most = f.DigitsMin, f.DigitsMax
		}
		if value, ok := values[f.Name]; ok && most > 0 && !digits(value, least, most) {
			return bad("bad_input", "give "+wanted(f), "%s (%s) is not %s", f.Name, f.Label, wanted(f))
		}
	}
	box, err := t.seal(ctx, values)
	if err != nil {
		return err
	}
	box.Conversation, box.ID = t.conversation, id
	return t.client.call(ctx, http.MethodPost, "/api/v1/secure/"+t.secure.Ref, box, nil)
}

// wanted says how many digits a field takes.
func wanted(f wire.SecureField) string {
	if f.DigitsMax > 0 {
		return fmt.Sprintf("%d to %d digits", f.DigitsMin, f.DigitsMax)
	}
	return fmt.Sprintf("%d digits", f.Digits)
}

func digits(text string, least, most int) bool {
	return len(text) >= least && len(text) <= most && !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

// values are what was given, or, for {}, every field from the tray; a box that
// asks for more than the tray knows is named with its fields.
func (t *talk) values(given map[string]string) (map[string]string, error) {
	if len(given) > 0 {
		for _, name := range slices.Sorted(maps.Keys(given)) {
			if given[name] == fromTray && !trayShows(name) {
				return nil, bad("secure_fields", t.example(), "%s is never on the tray", name)
			}
		}
		return maps.Clone(given), nil
	}
	values := map[string]string{}
	var own []string
	for _, f := range t.secure.Fields {
		if trayShows(f.Name) {
			values[f.Name] = fromTray
		} else {
			own = append(own, f.Name)
		}
	}
	if len(own) > 0 {
		return nil, bad("secure_fields", t.example(), "this box also asks for %s, which the tray does not know", strings.Join(own, " and "))
	}
	return values, nil
}

// example is a line that would fill the open box.
func (t *talk) example() string {
	var parts []string
	for _, f := range t.secure.Fields {
		value := "…" + wanted(f) + "…"
		if trayShows(f.Name) {
			value = fromTray
		}
		parts = append(parts, fmt.Sprintf("%q:%q", f.Name, value))
	}
	return `write {"secure":{` + strings.Join(parts, ",") + `}}`
}

// seal encrypts the values to the bank core's key.
func (t *talk) seal(ctx context.Context, values map[string]string) (wire.SecureBox, error) {
	var key wire.SecureKey
	box := wire.SecureBox{Values: map[string]string{}}
	if err := t.client.call(ctx, http.MethodGet, "/api/v1/secure/key", nil, &key); err != nil {
		return box, err
	}
	der, err := base64.StdEncoding.DecodeString(key.SPKI)
	if err != nil {
		return box, fmt.Errorf("the bank's key: %w", err)
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return box, fmt.Errorf("the bank's key: %w", err)
	}
	public, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return box, errors.New("the bank's key is no RSA key")
	}
	box.KeyID = key.KeyID
	for name, value := range values {
		sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public, []byte(value), nil)
		if err != nil {
			return box, fmt.Errorf("encrypt %s: %w", name, err)
		}
		box.Values[name] = base64.StdEncoding.EncodeToString(sealed)
	}
	return box, nil
}

// trayWithin is how long a code may take to come.
const trayWithin = 10 * time.Second

// codes replaces "@tray" by the codes the tray shows for the open box.
func (t *talk) codes(ctx context.Context, values map[string]string) error {
	missing := map[string]bool{}
	for name, value := range values {
		if value == fromTray {
			missing[name] = true
		}
	}
	if len(missing) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, trayWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.client.base+"/api/v1/demo/tray", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+t.client.token)
	answer, err := t.client.http.Do(req)
	if err != nil {
		return fmt.Errorf("the tray does not answer: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // a stream
	if answer.StatusCode != http.StatusOK {
		return bad("no_tray", t.example()+" with the codes the customer got", "this server has no tray (%s)", answer.Status)
	}
	scanner := bufio.NewScanner(answer.Body)
	for scanner.Scan() {
		data, ok := strings.CutPrefix(scanner.Text(), "data: ")
		if !ok {
			continue
		}
		var e wire.TrayEvent
		if json.Unmarshal([]byte(data), &e) != nil || e.Ref != t.secure.Ref || e.Code == "" {
			continue
		}
		if missing[e.Field] {
			values[e.Field] = e.Code
			delete(missing, e.Field)
		}
		if len(missing) == 0 {
			return nil
		}
	}
	return bad("no_code", "ask for a new code in the conversation, or give the code yourself", "the tray shows no code for %s", strings.Join(slices.Sorted(maps.Keys(missing)), " and "))
}
