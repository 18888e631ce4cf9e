package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/wire"
)

// spoken is one line that say prints: a turn or an error.
type spoken struct {
	said
	Error *lineError `json:"error"`
}

// sayLines runs say on a server and gives what it printed, one a line.
func sayLines(t *testing.T, url, as string, args []string, lines ...string) (out []spoken, errOut string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"say", "--as", as, "--url", url, "--json"}, args...)
	code = run(t.Context(), args, nil, strings.NewReader(strings.Join(lines, "\n")), &stdout, &stderr)
	decoder := json.NewDecoder(&stdout)
	for {
		var one spoken
		err := decoder.Decode(&one)
		if errors.Is(err, io.EOF) {
			return out, stderr.String(), code
		}
		if err != nil {
			t.Fatalf("say printed no JSON: %v", err)
		}
		out = append(out, one)
	}
}

func mustHold(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%q is missing in %q", w, text)
		}
	}
}

// One server for all of this: each of them would take seconds to start.
func TestTheDoorsNameWhatIsWrong(t *testing.T) {
	t.Parallel()
	url := node(t, used(t), t.TempDir())
	t.Run("say goes on after a line that can't be said", func(t *testing.T) {
		t.Parallel()
		lines := []struct{ in, name string }{
			{`{"secure":{}}`, "no_secure_box"},
			{`{"text":""}`, "empty_text"},
			{`{"text":" 　"}`, "empty_text"},
			{`not json`, "bad_line"},
			{`{"txt":"x"}`, "bad_line"},
			{`{}`, "bad_line"},
			{`{"text":"a"} {"text":"b"}`, "bad_line"},
			{`{"text":"a","tap":"b"}`, "two_things"},
			{`{"wait":-1}`, "bad_wait"},
			{`{"tap":""}`, "empty_tap"},
			{`{"text":"` + strings.Repeat("长", 2001) + `"}`, "bad_input"},
			{`{"text":"余额是多少"}`, ""},
			{`{"wait":0.1}`, ""},
		}
		var in []string
		for _, l := range lines {
			in = append(in, l.in)
		}
		out, errOut, code := sayLines(t, url, "李伟", nil, in...)
		if code != 1 || len(out) != len(lines) {
			t.Fatalf("ended with %d after %d of %d lines: %s", code, len(out), len(lines), errOut)
		}
		mustHold(t, errOut, "11 of 13 lines")
		for i, l := range lines {
			if l.name == "" {
				if out[i].Error != nil {
					t.Errorf("%s: %+v", l.in, out[i].Error)
				}
				continue
			}
			if e := out[i].Error; e == nil || e.Name != l.name || e.Line != i+1 || e.Message == "" || e.Remedy == "" {
				t.Errorf("%s: got %+v, want %s", l.in, e, l.name)
			}
		}
		if len(out[11].Replies) == 0 {
			t.Error("the good line was not answered")
		}
	})
	t.Run("say tells who may not be a customer", func(t *testing.T) {
		t.Parallel()
		_, errOut, code := sayLines(t, url, "A01", nil)
		if code != 1 {
			t.Errorf("ended with %d", code)
		}
		mustHold(t, errOut, "A01", "staff can't be customers here", "李伟")
	})
	t.Run("an edition and a language hold for one run", func(t *testing.T) {
		t.Parallel()
		for _, as := range []string{"C002", "C001", "C006"} { // whoever the bank's profile makes elder or English, too
			before := stateOf(t, url, as)
			for _, args := range [][]string{{"--edition", "elder"}, {"--edition", "standard"}, {"--locale", "en"}, {"--locale", "zh"}} {
				if _, errOut, code := sayLines(t, url, as, args, `{"wait":0}`); code != 0 {
					t.Fatalf("%s %v: %s", as, args, errOut)
				}
				if after := stateOf(t, url, as); after != before {
					t.Fatalf("%s: %v changed what comes later: %+v, was %+v", as, args, after, before)
				}
			}
		}
	})
	t.Run("place and wait are left out while they are not known", func(t *testing.T) {
		t.Parallel()
		raw, err := json.Marshal(saidHandoff{Queue: "general"})
		if err != nil || string(raw) != `{"queue":"general"}` {
			t.Errorf("got %s, %v", raw, err)
		}
	})
	t.Run("a PIN box says which fields to give", func(t *testing.T) {
		t.Parallel()
		out, errOut, _ := sayLines(t, url, "C008", nil, `{"text":"忘记取款密码了"}`, `{"text":"第一张"}`, `{"text":"确认"}`, `{"secure":{}}`, `{"secure":{"new_pin":"@tray"}}`)
		if len(out) != 5 {
			t.Fatalf("%d lines: %s", len(out), errOut)
		}
		for _, one := range out[3:] {
			if one.Error == nil || one.Error.Name != "secure_fields" {
				t.Fatalf("got %+v", one)
			}
			mustHold(t, one.Error.Message+one.Error.Remedy, "new_pin", "new_pin_again", `"sms_code":"@tray"`)
		}
	})
	t.Run("a secure box names what is wrong with it", func(t *testing.T) {
		t.Parallel()
		secureBox(t, url)
	})
	t.Run("REST names ids that are the server's own, and text and tap together", func(t *testing.T) {
		t.Parallel()
		c := newClient(url)
		if _, err := c.signIn(t.Context(), "anonymous"); err != nil {
			t.Fatal(err)
		}
		var history wire.History
		if err := c.call(t.Context(), http.MethodPost, "/api/v1/conversations", struct{}{}, &history); err != nil {
			t.Fatal(err)
		}
		for _, one := range []struct {
			body map[string]string
			want string
		}{
			{map[string]string{"id": "action:1", "text": "x"}, "action:"},
			{map[string]string{"id": "a", "text": " "}, "text is empty"},
			{map[string]string{"id": "b", "text": "x", "action": "y"}, "both text and action"},
		} {
			err := c.call(t.Context(), http.MethodPost, "/api/v1/conversations/"+history.Conversation+"/inputs", one.body, nil)
			if err == nil || !strings.Contains(err.Error(), one.want) {
				t.Errorf("%v: %v, want %q", one.body, err, one.want)
			}
		}
	})
}

// stateOf is what a new conversation of somebody looks like once it has begun.
func stateOf(t *testing.T, url, as string) [2]string {
	t.Helper()
	_, conn, welcome := connect(t, url, as)
	defer conn.Close() //nolint:errcheck // only looked at
	state := welcome.State
	for {
		var f wire.ToCustomer
		if err := conn.ReadJSON(&f); err != nil {
			t.Fatal(err)
		}
		if f.State != nil {
			state = *f.State
		}
		if f.Type == "caught_up" && f.Seq > 0 {
			return [2]string{state.Locale, state.Edition}
		}
	}
}

func TestADatabaseThatIsAwayHasItsOwnSentence(t *testing.T) {
	t.Parallel()
	g, database := newDam(t, used(t))
	url := node(t, database, t.TempDir())
	if _, errOut, code := sayLines(t, url, "李伟", nil, `{"wait":0}`); code != 0 {
		t.Fatalf("before: %s", errOut)
	}
	g.close(false)
	_, errOut, code := sayLines(t, url, "李伟", nil, `{"text":"余额"}`)
	if code != 1 {
		t.Errorf("ended with %d", code)
	}
	mustHold(t, errOut, "database:", "数据库没有应答")
	for _, driver := range []string{"PGSQL", "user=", "SQLSTATE", "postgres"} {
		if strings.Contains(errOut, driver) {
			t.Errorf("%q of the driver's text is in %q", driver, errOut)
		}
	}
	g.open()
	wait(t, time.Minute, "the database's return", func() bool { return newClient(url).notReady(t.Context()) == "" })
	if _, errOut, code := sayLines(t, url, "李伟", nil, `{"wait":0}`); code != 0 {
		t.Errorf("after the return: %s", errOut)
	}
}

func TestADataFolderThatCannotBeUsedIsNamedWithARemedy(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{file, "/proc/self"} {
		err := openFolder(data)
		if err == nil {
			t.Fatalf("%s was taken", data)
		}
		mustHold(t, err.Error(), data, "--data", "chown")
	}
	if err := openFolder(filepath.Join(t.TempDir(), "new")); err != nil {
		t.Error(err)
	}
	broken := t.TempDir()
	if err := os.MkdirAll(filepath.Join(broken, "postgres", "pgdata"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "postgres", "pgdata", "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.Data = broken
	_, err := openDatabase(t.Context(), c, func(string) {})
	if err == nil {
		t.Fatal("a broken database was opened")
	}
	mustHold(t, err.Error(), "pgdata", "its log says: ", "backup", "--data")
	t.Log(err)
}

func TestAnAddressThatIsTakenIsNamed(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close() //nolint:errcheck // the test's own
	_, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", taken.Addr().String())
	mustHold(t, listenFault(taken.Addr().String(), err).Error(), taken.Addr().String(), "another pingdui", "--addr")
}

func TestHelpVersionAndReportsSayWhatTheyShould(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		code int
		out  []string
		err  []string
	}{
		{[]string{"--version"}, 0, []string{"pingdui " + version, "("}, nil},
		{[]string{"version"}, 0, []string{"pingdui " + version, "("}, nil},
		{[]string{"version", "--json"}, 0, []string{`"version":"` + version, `"commit":`}, nil},
		{[]string{"help"}, 0, []string{"serve", "say", "sandbox-bank"}, nil},
		{[]string{"help", "say"}, 0, []string{"--within"}, nil},
		{[]string{"help", "sandbox-bank", "ledger"}, 0, []string{"--customer"}, nil},
		{[]string{"help", "nope"}, 1, nil, []string{`"nope"`, "pingdui help"}},
		{[]string{"test", "nope", "--json"}, 1, []string{`"failures":[{`, "nope", `"failed":1`}, []string{"nope"}},
		{[]string{"serve", "--demo", "--addr", "127.0.0.1:99999"}, 1, nil, []string{"99999", "65535"}},
		{[]string{"sandbox-bank", "ledger", "--customer", "王五"}, 1, nil, []string{"王五", "C001 王秀英"}},
		{[]string{"sandbox-bank", "ledger", "--customer", "王秀英", "--data", "/nonexistent"}, 1, nil, []string{"/nonexistent"}},
	} {
		var out, errOut bytes.Buffer
		if code := run(t.Context(), c.args, nil, strings.NewReader(""), &out, &errOut); code != c.code {
			t.Errorf("%v ended with %d, want %d: %s", c.args, code, c.code, errOut.String())
		}
		mustHold(t, out.String(), c.out...)
		mustHold(t, errOut.String(), c.err...)
	}
}
