package flow_test

import (
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant/flow"
)

// changed are the lines that differ, with - and + in front.
func changed(before, after string) string {
	was, is := strings.Split(before, "\n"), strings.Split(after, "\n")
	head := 0
	for head < len(was) && head < len(is) && was[head] == is[head] {
		head++
	}
	tail := 0
	for tail < len(was)-head && tail < len(is)-head && was[len(was)-1-tail] == is[len(is)-1-tail] {
		tail++
	}
	var out []string
	kept := map[string]bool{}
	for _, l := range is[head : len(is)-tail] {
		kept[l] = true
	}
	for _, l := range was[head : len(was)-tail] {
		if !kept[l] {
			out = append(out, "-"+l)
		}
		delete(kept, l)
	}
	old := map[string]bool{}
	for _, l := range was[head : len(was)-tail] {
		old[l] = true
	}
	for _, l := range is[head : len(is)-tail] {
		if !old[l] {
			out = append(out, "+"+l)
		}
	}
	return strings.Join(out, "\n")
}

func TestAChangeOnTheGraphTouchesItsLinesAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change flow.Change
		diff   string
	}{
		{"a quoted text", flow.Change{Kind: "text", Path: "$.steps[3].choose.text", Locale: "zh", Value: "收 2 元，继续吗？"}, "-        zh: \"要收费，继续吗？\"\n+        zh: \"收 2 元，继续吗？\""},
		{"a text with a quote in single quotes", flow.Change{Kind: "text", Path: "$.steps[3].choose.text", Locale: "en", Value: "It's not free. Go on?"}, "-        en: 'There is a fee. Go on?'\n+        en: 'It''s not free. Go on?'"},
		{"a plain text that needs quotes now", flow.Change{Kind: "text", Path: "$.steps[3].choose.text", Locale: "zh-elder", Value: "要收费: 办吗？"}, "-        zh-elder: 要收费，办吗？\n+        zh-elder: \"要收费: 办吗？\""},
		{"an inline text", flow.Change{Kind: "text", Path: "$.steps[5].say.text", Locale: "zh", Value: "都好了。"}, "-      text: {zh: 办好了。, en: Done.}\n+      text: {zh: 都好了。, en: Done.}"},
		{"an elder wording more, inline", flow.Change{Kind: "text", Path: "$.steps[5].say.text", Locale: "zh-elder", Value: "好了。"}, "-      text: {zh: 办好了。, en: Done.}\n+      text: {zh: 办好了。, en: Done., zh-elder: 好了。}"},
		{"an elder wording less", flow.Change{Kind: "text", Path: "$.steps[3].choose.text", Locale: "zh-elder"}, "-        zh-elder: 要收费，办吗？"},
		{"a slot's question", flow.Change{Kind: "text", Path: "$.slots[0].ask", Locale: "en", Value: "How much, please?"}, "-    ask: {zh: 请问多少？, en: \"How much?\"}\n+    ask: {zh: 请问多少？, en: \"How much, please?\"}"},
		{"a branch leads elsewhere and keeps its remark", flow.Change{Kind: "lead", Path: "$.steps[2].branch[0].next", Value: "fine"}, "-      - {when: 'quote.fee != nil', next: sure} # costs something\n+      - {when: 'quote.fee != nil', next: fine} # costs something"},
		{"a code leads elsewhere", flow.Change{Kind: "lead", Path: "$.steps[1].call.codes.too_much", Value: "no"}, "-        too_much: less # ask again\n+        too_much: no # ask again"},
		{"an outcome more", flow.Change{Kind: "lead", Path: "$.steps[1].call.on.failed", Value: "no"}, "-      on: {refused: no}\n+      on: {refused: no, failed: no}"},
		{"an outcome less", flow.Change{Kind: "lead", Path: "$.steps[1].call.on.refused"}, "-      on: {refused: no}\n+      on: {}"},
		{"a step inline leads elsewhere", flow.Change{Kind: "lead", Path: "$.steps[0].next", Value: "which"}, "-  - {id: form, ask: amount} # the first\n+  - {id: form, ask: amount, next: which} # the first"},
		{"a step below leads elsewhere", flow.Change{Kind: "lead", Path: "$.steps[5].next", Value: "bye"}, "+    next: bye"},
		{"a step leads below again", flow.Change{Kind: "lead", Path: "$.steps[4].next"}, "-    next: form"},
		{"a new name", flow.Change{Kind: "rename", Step: "fine", Value: "ready"}, "-      - {next: fine}\n-        - {label: {zh: 继续, en: Go on}, yes: true, next: fine}\n-  - id: fine\n+      - {next: ready}\n+        - {label: {zh: 继续, en: Go on}, yes: true, next: ready}\n+  - id: ready"},
		{"a step more on the way below", flow.Change{Kind: "add", Path: "$.steps[5].next", Value: "more", As: "say"}, "+  - id: more\n+    say:\n+      text: {zh: \"请在这里写给客户的话。\", en: \"Write here what the customer reads.\"}"},
		{"a step more on a branch", flow.Change{Kind: "add", Path: "$.steps[2].branch[0].next", Value: "warn", As: "say"}, "-      - {when: 'quote.fee != nil', next: sure} # costs something\n+      - {when: 'quote.fee != nil', next: warn} # costs something\n+  - id: warn\n+    say:\n+      text: {zh: \"请在这里写给客户的话。\", en: \"Write here what the customer reads.\"}\n+    next: sure"},
		{"a step less", flow.Change{Kind: "remove", Step: "sure"}, "-      - {when: 'quote.fee != nil', next: sure} # costs something\n+      - {when: 'quote.fee != nil', next: fine} # costs something\n-  # Asked once."},
		{"the end of a way less", flow.Change{Kind: "remove", Step: "fine"}, "-      - {next: fine}\n-        - {label: {zh: 继续, en: Go on}, yes: true, next: fine}\n-  - id: fine\n-    say:\n-      text: {zh: 办好了。, en: Done.}\n+      - {next: done}\n+        - {label: {zh: 继续, en: Go on}, yes: true, next: done}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := flow.Edit([]byte(sample), c.change)
			if err != nil {
				t.Fatal(err)
			}
			diff := changed(sample, string(got))
			if c.name == "a step less" { // the whole step goes: its head is enough
				if !strings.HasPrefix(diff, "-      - {when") || !strings.Contains(diff, "-  # Asked once.") || strings.Contains(string(got), "id: sure") || !strings.Contains(string(got), "# costs something") {
					t.Errorf("the diff is\n%s", diff)
				}
				return
			}
			if diff != c.diff {
				t.Errorf("the diff is\n%s\nwant\n%s", diff, c.diff)
			}
		})
	}
}

func TestWhatCannotBeChangedOnTheGraphIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]flow.Change{
		"a text that is none":          {Kind: "text", Path: "$.level", Locale: "zh", Value: "L0"},
		"no Chinese":                   {Kind: "text", Path: "$.steps[5].say.text", Locale: "zh"},
		"an arm that leads nowhere":    {Kind: "lead", Path: "$.steps[2].branch[0].next"},
		"a step that is not there":     {Kind: "lead", Path: "$.steps[4].next", Value: "moon"},
		"something that is no way":     {Kind: "lead", Path: "$.flow", Value: "form"},
		"a name that is taken":         {Kind: "rename", Step: "fine", Value: "done"},
		"a name nobody can write":      {Kind: "rename", Step: "fine", Value: "办 好"},
		"an end that is still led to":  {Kind: "remove", Step: "bye"},
		"a new step that stands alone": {Kind: "add", Path: "$.steps[6].next", Value: "more"},
		"an unknown change":            {Kind: "paint"},
	} {
		if got, err := flow.Edit([]byte(sample), c); err == nil || string(got) == "" || !strings.Contains(err.Error(), " / ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
