package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/wire"
)

type sayCommand struct {
	As      string        `required:"" help:"Who speaks: a name or id of the cast, or anonymous."`
	Edition string        `help:"standard or elder, for this run only." enum:"standard,elder,"  default:""`
	Locale  string        `help:"zh or en, for this run only." enum:"zh,en," default:""`
	On      string        `help:"Hold the conversation as of this time (a date, or RFC 3339)."`
	URL     string        `name:"url" help:"The running server." default:"http://127.0.0.1:8080"`
	Within  time.Duration `help:"How long one turn may take." default:"30s"`
	JSON    bool          `name:"json" help:"Print one JSON object a line of input and nothing else."`
}

// line is one line of what say reads: exactly one of the four.
type line struct {
	Text   *string            `json:"text"`
	Tap    *string            `json:"tap"`
	Secure *map[string]string `json:"secure"`
	Wait   *float64           `json:"wait"`
}

// lineForms is what a line may be, for every remedy.
const lineForms = `write one of {"text":"…"}, {"tap":"id"}, {"secure":{}}, {"wait":2} on a line`

// longestWait bounds one {"wait"}, in seconds.
const longestWait = 3600

// lineError says why a line was not said. The run goes on with the next line.
type lineError struct {
	Line int `json:"line"`
	// Name is for programs: bad_line, empty_text, no_secure_box …, or the code of
	// the server's refusal.
	Name    string `json:"name"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
}

func (e *lineError) Error() string { return e.Message + "; " + e.Remedy }

func bad(name, remedy, format string, args ...any) error {
	return &lineError{Name: name, Message: fmt.Sprintf(format, args...), Remedy: remedy}
}

// parse reads one line and checks that it says exactly one thing.
func parse(text string) (line, error) {
	var l line
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&l); err != nil {
		return l, bad("bad_line", lineForms, "the line can't be read: %v", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return l, bad("bad_line", lineForms, "something follows the object on this line")
	}
	var given []string
	for _, part := range []struct {
		name string
		set  bool
	}{{"text", l.Text != nil}, {"tap", l.Tap != nil}, {"secure", l.Secure != nil}, {"wait", l.Wait != nil}} {
		if part.set {
			given = append(given, part.name)
		}
	}
	switch {
	case len(given) == 0:
		return l, bad("bad_line", lineForms, "the line says nothing")
	case len(given) > 1:
		return l, bad("two_things", "put each on a line of its own", "the line holds %s together", strings.Join(given, " and "))
	case l.Text != nil && strings.TrimSpace(*l.Text) == "":
		return l, bad("empty_text", "write what the customer says", "text is empty")
	case l.Tap != nil && *l.Tap == "":
		return l, bad("empty_tap", "give the id of an action of the last reply", "tap is empty")
	case l.Wait != nil && (*l.Wait < 0 || *l.Wait > longestWait):
		return l, bad("bad_wait", fmt.Sprintf("give seconds from 0 to %d", longestWait), "wait is %v", *l.Wait)
	}
	return l, nil
}

// Run reads JSON lines and speaks them through the real socket of a server. A
// line that can't be said is told and the run goes on; it then ends with an error.
func (c sayCommand) Run(s *session) error {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	on, err := c.on()
	if err != nil {
		return err
	}
	api := newClient(c.URL)
	who, err := api.signIn(ctx, c.As)
	if err != nil {
		return err
	}
	if !slices.Contains(who.Roles, "customer") && !slices.Contains(who.Roles, "anonymous") {
		return fmt.Errorf("--as %s is %s of the staff: staff can't be customers here; use a customer of the cast (李伟, C002) or anonymous, and %s/desk for staff", c.As, who.Name, api.base)
	}
	// A new conversation takes both as they are; what the customer prefers elsewhere stays.
	conn, err := api.dial(ctx, wire.FromCustomer{Conversation: "new", Device: "say", Locale: c.Locale, Edition: c.Edition})
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // the work is done
	t := &talk{command: c, client: api, conn: conn, frames: make(chan wire.ToCustomer, 256), accepted: map[string]int64{}}
	go t.read()
	if err := t.begin(ctx, on); err != nil {
		return err
	}
	return c.speak(ctx, s, t)
}

// speak says every line of the input.
func (c sayCommand) speak(ctx context.Context, s *session, t *talk) error {
	scanner := bufio.NewScanner(s.in)
	scanner.Buffer(nil, 1<<20)
	said, failed := 0, 0
	for number := 1; scanner.Scan(); number++ {
		text := strings.TrimSpace(scanner.Text())
		if text == "" {
			continue
		}
		said++
		l, err := parse(text)
		if err == nil {
			out, sayErr := t.say(ctx, l)
			if err = sayErr; err == nil {
				if err := c.print(s, out); err != nil {
					return err
				}
				continue
			}
		}
		if ctx.Err() != nil || errors.Is(err, errSocketEnded) {
			return fmt.Errorf("standard input line %d: %w", number, err)
		}
		failed++
		if err := c.tell(s, number, err); err != nil {
			return err
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("read standard input (a line may have 1 MB): %w", err)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d lines could not be said; each is named above", failed, said)
	}
	return nil
}

// tell prints why a line was not said: with --json as one object in the place of
// the turn's, else on standard error.
func (c sayCommand) tell(s *session, number int, err error) error {
	var e *lineError
	if !errors.As(err, &e) {
		e = &lineError{Name: "failed", Message: err.Error(), Remedy: "look at " + strings.TrimRight(c.URL, "/") + "/readyz and the server's log, then say the line again"}
	}
	e.Line = number
	if c.JSON {
		return printJSON(s.out, map[string]*lineError{"error": e})
	}
	_, err = fmt.Fprintf(s.err, "line %d: %s: %s; %s\n", e.Line, e.Name, e.Message, e.Remedy)
	return err
}

func (c sayCommand) on() (string, error) {
	if c.On == "" {
		return "", nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		at, err := time.ParseInLocation(layout, c.On, time.Local)
		if err != nil {
			continue
		}
		if layout == time.DateOnly {
			at = at.Add(10 * time.Hour)
		}
		return at.Format(time.RFC3339), nil
	}
	return "", fmt.Errorf("--on %q is neither a date (2026-11-30) nor RFC 3339", c.On)
}

func (c sayCommand) print(s *session, out said) error {
	if c.JSON {
		return printJSON(s.out, out)
	}
	for _, r := range out.Replies {
		labels := make([]string, 0, len(r.Actions))
		for _, a := range r.Actions {
			labels = append(labels, "["+a.Label+"]")
		}
		if _, err := fmt.Fprintf(s.out, "%s: %s %s\n", r.Author, r.Text, strings.Join(labels, " ")); err != nil {
			return err
		}
	}
	return nil
}
