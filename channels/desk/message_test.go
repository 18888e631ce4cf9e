package desk

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/mask"
)

// Whatever part of a message a phone or a mail address stands in, staff see it
// masked.
func TestStaffSeeAMessageMasked(t *testing.T) {
	t.Parallel()
	const mail, phone = "liwei@qq.com", "13812345678"
	k := &socket{server: &Server{config: Config{Mask: mask.Text}}}
	raw, err := json.Marshal(k.message(assistant.Message{Content: flow.Message{
		Text: "发到" + mail, Actions: []flow.Action{{ID: "a", Label: "确认发到" + mail}},
		Card: &flow.Card{
			Title: "发到" + mail, Note: "打" + phone, Rows: []flow.Row{{Label: "邮箱", Value: mail}},
			Options: []flow.Option{{ID: "o", Label: phone, Note: mail}}, Table: &flow.Table{Columns: []string{"电话"}, Rows: [][]string{{"家", phone}}},
			Secure: &flow.SecureRequest{Ref: "su_1"},
		},
	}}))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(raw); strings.Contains(text, mail) || strings.Contains(text, phone) || strings.Contains(text, "su_1") || !strings.Contains(text, "l***@qq.com") {
		t.Errorf("staff see %s", text)
	}
}
