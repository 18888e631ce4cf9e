package intents_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/intents"
)

// measured is how a detector did: lines that should ring and did, lines that only
// sound like it and rang.
type measured struct{ calls, heard, traps, false int }

// TestDetectorsOnUnseenLines prints recall and false alarms of every detector
// (U9): half of the lines only sound like one.
func TestDetectorsOnUnseenLines(t *testing.T) {
	t.Parallel()
	d := intents.NewDetectors()
	all := map[string]*measured{}
	var names []string
	take := func(name, sign, text string) {
		m := all[name]
		if m == nil {
			m = &measured{}
			all[name] = m
			names = append(names, name)
		}
		rang := slices.Contains(d.Alarms(text), name)
		if name == "fraud" { // what is not lost yet is a scam: it stops the customer as well
			rang = rang || len(d.Scams(text)) > 0 && !strings.HasSuffix(d.Scams(text)[0], "?")
		}
		switch sign {
		case "+":
			m.calls++
			if rang {
				m.heard++
				return
			}
			t.Logf("%s not heard: %s", name, text)
		default:
			m.traps++
			if rang {
				m.false++
				t.Logf("%s false alarm: %s", name, text)
			}
		}
	}
	for file, name := range map[string]string{"agent_unseen.txt": "agent", "alarms_unseen.txt": ""} {
		raw, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
			if strings.HasPrefix(line, "#") {
				continue
			}
			of := name
			if of == "" {
				of, line, _ = strings.Cut(line, " ")
			}
			sign, text, _ := strings.Cut(line, " ")
			take(of, sign, text)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		m := all[name]
		t.Logf("%-12s recall %d of %d, false alarms %d of %d", name, m.heard, m.calls, m.false, m.traps)
		least := 20
		if name == "agent" {
			least = 60
		}
		if m.calls < least || m.traps < least {
			t.Errorf("%s: only %d and %d lines", name, m.calls, m.traps)
		}
		if m.heard*100 < 95*m.calls || m.false*100 > 2*m.traps {
			t.Errorf("%s: %d of %d heard, %d of %d false", name, m.heard, m.calls, m.false, m.traps)
		}
	}
}
