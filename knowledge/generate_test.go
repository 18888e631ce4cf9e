package knowledge_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pingdui/pingdui/internal/llm"
	"github.com/pingdui/pingdui/internal/mask"
	"github.com/pingdui/pingdui/knowledge"
)

func TestUnsupported(t *testing.T) {
	t.Parallel()
	source := []string{"大额存单20万元起，三年期1.55%，2026年11月30日起1.45%，电话400-000-0000，每天限3笔", "Up to 50,000 yuan, 65 years"}
	for answer, bad := range map[string]int{
		"起点是200000元":          0,
		"起点二十万元，年利率1.55%":     0,
		"2026年11月30日以后是1.45%": 0,
		"请打400-000-0000":      0,
		"5万元以内":               0,
		"五万以内，65岁":            0,
		"年利率1.65%":            1,
		"年利率20%":              1,
		"12月30日起":             1,
		"请打400-000-0001":      1,
		"起点是30万元":             1,
		"没有数字":                0,
		"起点是二十五万元":            1,
	} {
		if got := knowledge.Unsupported(answer, source); len(got) != bad {
			t.Errorf("%s: %q", answer, got)
		}
	}
}

// scripted is a model that says what it is told to, over HTTP.
func scripted(t *testing.T, say string, prompt *string, hang bool) knowledge.Model {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Messages []struct{ Content string } }
		_ = json.NewDecoder(r.Body).Decode(&body)
		for _, m := range body.Messages {
			*prompt += m.Content
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for _, r := range say {
			piece, _ := json.Marshal(string(r))
			_, _ = fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%s}}]}\n\n", piece)
		}
		if hang {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		_, _ = fmt.Fprint(w, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(server.Close)
	c, err := llm.New(llm.Config{BaseURL: server.URL + "/v1", Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestGenerated(t *testing.T) {
	t.Parallel()
	hits := []knowledge.Hit{
		{Article: "a", Title: "大额存单", Text: "大额存单20万元起，三年期1.55%。", Score: 0.8},
		{Article: "b", Title: "活期", Text: "活期年利率0.05%。", Score: 0.4},
		{Article: "far", Title: "别的", Text: "9.99%", Score: 0.05},
	}
	cases := []struct {
		name, says string
		cites      int
		said       int
		withheld   bool
		hang       bool
	}{
		{name: "grounded", says: "大额存单20万元起[1]。三年期1.55%。[1]活期0.05%。[2]", cites: 2, said: 3},
		{name: "a number made up", says: "三年期1.55%。[1]五年期2.55%。[1]", said: 1, withheld: true},
		{name: "a number of another passage", says: "活期年利率1.55%。[2]", withheld: true},
		{name: "of a passage it was not given", says: "是9.99%。[3]", withheld: true},
		{name: "nothing cited", says: "存款很安全。", withheld: true},
		{name: "it does not know", says: "NONE", withheld: true},
		{name: "empty", says: "", withheld: true},
		{name: "slow", says: "三年期1.55%。[1]", hang: true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			prompt := ""
			g := &knowledge.Generator{Model: scripted(t, c.says, &prompt, c.hang), Mask: mask.Text, Budget: 3 * time.Second}
			if c.hang {
				g.Budget = 200 * time.Millisecond
			}
			said := 0
			out, err := g.Answer(t.Context(), knowledge.Query{Text: "我的卡6222020200012345678，大额存单多少起？"}, hits, func(string) error { said++; return nil })
			if c.hang {
				if err == nil || errors.Is(err, knowledge.ErrWithheld) || !strings.Contains(err.Error(), "too slow") {
					t.Fatalf("%v", err)
				}
				return
			}
			if errors.Is(err, knowledge.ErrWithheld) != c.withheld || !c.withheld && err != nil || len(out.Cites) != c.cites || said != c.said {
				t.Errorf("%+v, %d said, %v", out, said, err)
			}
			if strings.Contains(out.Text, "[") {
				t.Errorf("marks are left: %s", out.Text)
			}
			if strings.Contains(prompt, "6222020200012345678") || strings.Contains(prompt, "9.99") {
				t.Errorf("sent: %s", prompt)
			}
		})
	}
}
