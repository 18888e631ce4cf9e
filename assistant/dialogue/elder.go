package dialogue

import (
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

// mostSpoken is how many sentences an elder customer is told at once.
const mostSpoken = 2

// shorten makes an answer of many table rows fit for an elder customer, whom it
// is read to: the row asked for, or the sentence about the table, is the text,
// and the rest stands on a card. Nothing is left out and nothing reworded; an
// answer without rows stays as its author wrote it.
func shorten(m flow.Message) flow.Message {
	var prose, rows []string
	for _, line := range strings.Split(m.Text, "\n") {
		switch line = strings.TrimSpace(line); {
		case line == "":
		case strings.ContainsAny(line, "。！？"):
			prose = append(prose, line)
		default:
			rows = append(rows, line)
		}
	}
	said := strings.Join(prose, "")
	if len(rows) == 0 || len(rows)+sentences(said) <= mostSpoken {
		return m
	}
	title := ""
	if m.Source != nil {
		title = m.Source.Title
	}
	if len(rows) == 1 {
		m.Text = rows[0] + "。"
		m.Card = &flow.Card{Kind: flow.CardTable, Title: title, Note: said}
		return m
	}
	card := &flow.Card{Kind: flow.CardTable, Title: title}
	for _, row := range rows {
		label, value, ok := strings.Cut(row, "：")
		if !ok {
			label, value = row, ""
		}
		card.Rows = append(card.Rows, flow.Row{Label: label, Value: value})
	}
	m.Card = card
	m.Text = said
	if said == "" {
		m.Text = rows[0] + "。"
	}
	if first := firstSentences(said, mostSpoken); first != said {
		m.Text, card.Note = first, strings.TrimPrefix(said, first)
	}
	return m
}

func sentences(s string) int {
	return len(strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune("。！？!?", c) }))
}

// firstSentences are the first n sentences of a text, with their marks.
func firstSentences(s string, n int) string {
	for i, c := range s {
		if strings.ContainsRune("。！？", c) {
			if n--; n == 0 {
				return s[:i+len(string(c))]
			}
		}
	}
	return s
}
