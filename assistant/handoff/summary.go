package handoff

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/flow"
)

// Summary is what a conversation was about, taken from its record word for word:
// nothing in it, and no number above all, that does not stand there.
type Summary struct {
	// Request is what the customer asked for, in their own words.
	Request string
	// Done is the business that has a receipt, in order.
	Done []Receipt
	// Open is the business that stands at a step; empty when there is none.
	Open string
}

// Receipt is one thing done, with its number.
type Receipt struct{ Title, Number string }

// requestRunes is how much of the customer's words stands in a summary.
const requestRunes = 80

// Summarise reads the record of a conversation as staff may see it: mask is put
// over everything that is quoted.
func Summarise(messages []assistant.Message, view assistant.View, mask func(string) string) Summary {
	var s Summary
	for _, m := range messages {
		if text := strings.TrimSpace(m.Content.Text); m.Author == "customer" && s.Request == "" && !greets(text) {
			s.Request = quote(mask(text), requestRunes)
		}
		if c := m.Content.Card; c != nil && c.Kind == flow.CardReceipt {
			s.done(Receipt{Title: mask(c.Title), Number: mask(c.Ref)})
		}
	}
	if view.FlowTitle != "" {
		s.Open = mask(view.FlowTitle)
		if view.StepTitle != "" {
			s.Open += "：" + mask(view.StepTitle)
		}
	}
	return s
}

// done notes a receipt; one that is shown again is the same.
func (s *Summary) done(r Receipt) {
	for _, was := range s.Done {
		if was == r {
			return
		}
	}
	s.Done = append(s.Done, r)
}

// greets says whether a text says hello or asks for a person, and no more.
func greets(text string) bool {
	kept := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
	switch kept {
	case "", "你好", "您好", "在吗", "在么", "喂", "hi", "hello", "人工", "转人工", "人工客服", "agent":
		return true
	}
	return false
}

// quote cuts a text, never inside a number.
func quote(text string, most int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= most {
		return string(runes)
	}
	end := most
	for end > 0 && numeric(runes[end]) && numeric(runes[end-1]) {
		end--
	}
	return string(runes[:end]) + "…"
}

func numeric(r rune) bool { return unicode.IsDigit(r) || r == '.' || r == ',' || r == '*' }

// Text is the summary as an agent edits it.
func (s Summary) Text(locale string) string {
	words := [4]string{"诉求：", "已办：", "未办完：", "（编号 %s）"}
	if locale == "en" {
		words = [4]string{"Asked for: ", "Done: ", "Open: ", " (no. %s)"}
	}
	var lines []string
	if s.Request != "" {
		lines = append(lines, words[0]+s.Request)
	}
	for _, r := range s.Done {
		line := words[1] + r.Title
		if r.Number != "" {
			line += fmt.Sprintf(words[3], r.Number)
		}
		lines = append(lines, line)
	}
	if s.Open != "" {
		lines = append(lines, words[2]+s.Open)
	}
	return strings.Join(lines, "\n")
}
