package content

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/pingdui/pingdui/assistant/flow"
)

// wordingFile says what nobody may promise and what must be said (G3, G8).
const wordingFile = "wording.yaml"

// wording is wording.yaml.
type wording struct {
	// Promises are forbidden words by language.
	Promises map[string][]string `yaml:"promises"`
	Required []*required         `yaml:"required"`
}

// required is what an act needs: a call it can't be reached without, and words of
// its read-back.
type required struct {
	Operation string            `yaml:"operation"`
	Through   string            `yaml:"through"`
	Says      map[string]string `yaml:"says"`
}

// Promises names the forbidden promises in a text, in the order of the list; nil
// when there is none. A promise that the text denies or warns of is none. The desk
// asks it of what an agent is about to send.
func (s *Set) Promises(text string) []string { return s.wording.found(text) }

func (w *wording) found(text string) []string {
	lower := strings.ToLower(text)
	var out []string
	for _, locale := range []string{"zh", "en"} {
		for _, word := range w.Promises[locale] {
			for at, from := 0, 0; ; from = at + len(word) {
				i := strings.Index(lower[from:], word)
				if i < 0 {
					break
				}
				if at = from + i; !denied(lower, at, at+len(word)) {
					out = append(out, word)
					break
				}
			}
		}
	}
	return out
}

// around is how far from a word its denial may stand, in runes.
const around = 14

// denied says that what stands at a place is refused, asked or warned of, within
// its own clause.
func denied(s string, from, to int) bool {
	before, after := []rune(s[:from]), []rune(s[to:])
	before, after = before[max(0, len(before)-around):], after[:min(len(after), around)]
	head, tail := string(before), string(after)
	if i := strings.LastIndexAny(head, "。！？!?；;，,"); i >= 0 {
		head = head[i:]
	}
	if i := strings.IndexAny(tail, "。！!；;."); i >= 0 {
		tail = tail[:i]
	}
	return slices.ContainsFunc([]string{
		"不", "禁", "非", "没有", "无法", "未", "别", "骗", "声称", "自称", "宣称", "说能", "谁说", "凡是", "not ", "no ", "never", "n't", "nor ", "neither", "nothing", "promises a", "whether",
	}, func(w string) bool { return strings.Contains(head, w) }) || slices.ContainsFunc([]string{
		"吗", "？", "?", "骗", "别信", "不要信", "都不", "是假", "scam", "fraud",
	}, func(w string) bool { return strings.Contains(tail, w) })
}

// heard are the keys whose values customers say; nothing of it is the bot's.
func heard() []string {
	return []string{"words", "similar", "question", "keywords", "examples", "source", "intents", "when", "id", "flow"}
}

// guard checks every text the bot can say for forbidden promises, and every flow
// for what its acts need.
func (c *compiler) guard() {
	b, ok := c.read(wordingFile)
	if !ok {
		return
	}
	w := &c.set.wording
	src, problems := flow.Decode(wordingFile, b, w)
	c.problems = append(c.problems, problems...)
	if len(problems) > 0 {
		return
	}
	if len(w.Promises["zh"]) == 0 || len(w.Promises["en"]) == 0 {
		c.fail(src, "$.promises", "add zh: and en: with at least one word each", "no forbidden promise is named")
	}
	err := fs.WalkDir(c.fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !c.speaks(p) {
			return err
		}
		text, err := fs.ReadFile(c.fsys, p)
		if err != nil {
			return err
		}
		c.problems = append(c.problems, flow.Texts(p, text, heard(), func(text string) (string, string) {
			if found := w.found(text); len(found) > 0 {
				return fmt.Sprintf("“%s” is a promise nobody may make", strings.Join(found, "”, “")), "say what is true, or deny it; " + wordingFile + " lists the words"
			}
			return "", ""
		})...)
		return nil
	})
	if err != nil {
		c.problems = append(c.problems, flow.Problem{File: ".", Text: err.Error(), Remedy: "make the files readable"})
	}
	for _, f := range c.set.Flows() {
		for _, r := range w.Required {
			c.needs(f, r)
		}
	}
}

// speaks says that a file holds what the bot says.
func (c *compiler) speaks(p string) bool {
	if path.Ext(p) != ".yaml" || path.Base(path.Dir(p)) == "tests" {
		return false
	}
	return p == "phrases.yaml" || path.Base(p) == "flow.yaml" || strings.HasPrefix(p, "articles/") || strings.HasPrefix(p, "employees/")
}

// needs checks one act of one flow.
func (c *compiler) needs(f *flow.Flow, r *required) {
	bad := func(s *flow.Step, remedy, format string, args ...any) {
		c.problems = append(c.problems, flow.Problem{File: f.Path, Line: f.Line(s), Column: 1, Text: fmt.Sprintf(format, args...), Remedy: remedy})
	}
	for _, s := range f.Steps {
		if s.Call == nil || s.Call.Operation != r.Operation {
			continue
		}
		if !f.Behind(s, r.Through) {
			bad(s, "call "+r.Through+" on every way to it", "step %s: %s can be reached without %s", s.ID, r.Operation, r.Through)
		}
		for _, o := range f.Steps {
			if o.Confirm == nil || o.Confirm.For != s.ID {
				continue
			}
			for _, key := range []string{"zh", "en", "zh-elder", "en-elder"} {
				said, given := o.Confirm.Text[key]
				words := r.Says[key[:2]]
				if given && !strings.Contains(said, words) {
					bad(o, "say it in the read-back", "step %s: the read-back in %s does not say “%s”", o.ID, key, words)
				}
			}
		}
	}
}
