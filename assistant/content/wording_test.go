package content_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/scenes"
)

// changed is the shipped content with one text replaced in one file, and the
// scene of a purchase, which is still a draft.
func changed(t *testing.T, file, from, to string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	take := func(fsys fs.FS, prefix string) {
		err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := fs.ReadFile(fsys, p)
			out[prefix+p] = &fstest.MapFile{Data: b}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	take(scenes.FS, "")
	if drafts := "../scenes/drafts/scenes/32-wealth-buy"; out["scenes/32-wealth-buy/flow.yaml"] == nil {
		take(os.DirFS(drafts), "scenes/32-wealth-buy/")
		delete(out, "scenes/32-wealth-buy/intents.yaml")
	}
	if from != "" {
		text := string(out[file].Data)
		if !strings.Contains(text, from) {
			t.Fatalf("%s has no %q", file, from)
		}
		out[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, from, to, 1))}
	}
	return out
}

func about(problems []flow.Problem, word string) []flow.Problem {
	var out []flow.Problem
	for _, p := range problems {
		if strings.Contains(p.Text, word) {
			out = append(out, p)
		}
	}
	return out
}

func TestAForbiddenPromiseIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	const buy = "scenes/32-wealth-buy/flow.yaml"
	for _, c := range []struct{ file, from, to, wrong string }{
		{"", "", "", ""},
		{"phrases.yaml", "好的，没事就好", "好的，这款稳赚", "稳赚"},
		{"phrases.yaml", "Good that you found it", "This is risk-free", "risk-free"},
		{"articles/wealth/wealth-safe.yaml", "不保本。理财不是存款", "这款保本保息。理财", "保本"},
		{buy, "可能会亏", "稳赚不赔", "稳赚"},
		{buy, "风险{{ .product.rating }}，不保本。", "风险{{ .product.rating }}。", "不保本"},
	} {
		_, problems := content.Compile(changed(t, c.file, c.from, c.to))
		found := about(problems, c.wrong)
		switch {
		case c.wrong == "" && len(about(problems, "promise"))+len(about(problems, "read-back in"))+len(about(problems, "without wealth")) > 0:
			t.Errorf("the shipped content is refused: %v", problems)
		case c.wrong != "" && (len(found) == 0 || found[0].File != c.file || found[0].Line < 2 || found[0].Remedy == ""):
			t.Errorf("%s with %q: %v, want its place", c.file, c.to, problems)
		}
	}
}

// TestEveryPurchaseGoesThroughTheSuitabilityCheck leads past the check (G8).
func TestEveryPurchaseGoesThroughTheSuitabilityCheck(t *testing.T) {
	t.Parallel()
	const buy = "scenes/32-wealth-buy/flow.yaml"
	_, problems := content.Compile(changed(t, buy, "operation: wealth.buy_quote", "operation: wealth.products"))
	if found := about(problems, "can be reached without wealth.buy_quote"); len(found) != 1 || found[0].File != buy || found[0].Line < 2 {
		t.Errorf("got %v, want the purchase refused", problems)
	}
}

func TestAnAgentsWordsAreWarnedOf(t *testing.T) {
	t.Parallel()
	set, _ := content.Compile(scenes.FS)
	for text, want := range map[string]string{
		"您放心，这款产品稳赚，保本保息":         "保本 保息 稳赚",
		"材料齐了一定批":                 "一定批",
		"钱百分百追回":                  "百分百追回",
		"This fund is risk-free":  "risk-free",
		"理财不保本，可能会亏":              "",
		"说稳赚的投资群都是骗局":             "",
		"这款保本吗？我给您查":              "",
		"No product is risk-free": "",
	} {
		if got := strings.Join(set.Promises(text), " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
