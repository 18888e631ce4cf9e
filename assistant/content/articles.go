package content

import (
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/pingdui/pingdui/assistant/flow"
)

// articlePrefix begins the names of intents that stand for an article.
const articlePrefix = "article:"

// articles makes an intent of every article for customers that no intent names,
// from the questions it answers: what is explained must be told apart from what
// is done, or the nearest business would be begun for a question. The knowledge
// base reads the same files and says what is wrong with them.
func (c *compiler) articles() {
	named := map[string]bool{}
	for _, in := range c.set.Intents {
		named[in.Article] = true
	}
	c.each("articles", isYAML, func(p string, b []byte) {
		var a struct {
			ID       string              `yaml:"id"`
			Title    flow.Text           `yaml:"title"`
			Audience []string            `yaml:"audience"`
			Question map[string]string   `yaml:"question"`
			Similar  map[string][]string `yaml:"similar"`
			Flow     string              `yaml:"flow"`
		}
		if yaml.Unmarshal(b, &a) != nil || a.ID == "" || a.ID != strings.TrimSuffix(path.Base(p), ".yaml") || named[a.ID] || !slices.Contains(a.Audience, "customer") {
			return
		}
		in := &Intent{Name: articlePrefix + a.ID, Label: a.Title, Kind: "knowledge", Article: a.ID, Examples: map[string][]string{}}
		if c.set.flows[a.Flow] != nil {
			in.Leads = a.Flow
		}
		for _, locale := range []string{"zh", "en"} {
			for _, q := range append([]string{a.Question[locale]}, a.Similar[locale]...) {
				if _, taken := c.examples[q]; q != "" && !taken {
					c.examples[q] = in.Name
					in.Examples[locale] = append(in.Examples[locale], q)
				}
			}
		}
		c.set.Intents[in.Name] = in
	})
}
