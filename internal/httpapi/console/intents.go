package console

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/zh"
)

// thin is the number of Chinese examples below which an intent is pointed out.
const thin = 15

// IntentRow is one line of the list of intents.
type IntentRow struct {
	Name    string     `json:"name"`
	Label   string     `json:"label"`
	LabelEn string     `json:"label_en"`
	Kind    string     `json:"kind"`
	Flow    string     `json:"flow,omitempty"`
	Article string     `json:"article,omitempty"`
	Zh      int        `json:"zh" doc:"Chinese examples"`
	En      int        `json:"en"`
	Thin    bool       `json:"thin" doc:"fewer than 15 Chinese examples"`
	File    DraftState `json:"file"`
}

// IntentList is all intents.
type IntentList struct {
	Intents []IntentRow `json:"intents" nullable:"false"`
}

// IntentView is one intent with its examples and its nearest neighbours.
type IntentView struct {
	IntentRow
	Examples map[string][]string `json:"examples"`
	Overlaps []Overlap           `json:"overlaps" nullable:"false"`
}

// Overlap is a pair of examples of two intents that say nearly the same.
type Overlap struct {
	Mine     string  `json:"mine"`
	Intent   string  `json:"intent"`
	Label    string  `json:"label"`
	Theirs   string  `json:"theirs"`
	Likeness float64 `json:"likeness" doc:"0..1, by shared characters and words"`
}

// IntentSave is the examples of an intent as they shall be.
type IntentSave struct {
	Base         string              `json:"base"`
	Examples     map[string][]string `json:"examples"`
	DropComments bool                `json:"drop_comments,omitempty"`
}

type byName struct {
	Name string `path:"name" maxLength:"80"`
}

func (s *Console) contentRoutes(a *httpapi.API) {
	httpapi.Route(a, staff(), op(http.MethodGet, "/intents", "intents", "List intents with counts"), func(ctx context.Context, _ *struct{}) (*body[IntentList], error) {
		b, err := s.work.now(ctx)
		if err != nil {
			return nil, refused(err)
		}
		list := IntentList{Intents: []IntentRow{}}
		for _, in := range b.set.Intents {
			list.Intents = append(list.Intents, b.intentRow(in))
		}
		slices.SortFunc(list.Intents, func(x, y IntentRow) int { return cmp.Compare(x.Name, y.Name) })
		return out(list, nil)
	})
	httpapi.Route(a, staff(), op(http.MethodGet, "/intents/{name}", "intent", "One intent with examples and overlaps"), func(ctx context.Context, in *byName) (*body[IntentView], error) {
		b, err := s.work.now(ctx)
		if err != nil {
			return nil, refused(err)
		}
		return out(b.intentView(in.Name))
	})
	httpapi.Route(a, editors(), op(http.MethodPut, "/intents/{name}", "intent-save", "Save an intent's examples as a draft"), func(ctx context.Context, in *struct {
		Name string `path:"name" maxLength:"80"`
		Body IntentSave
	},
	) (*body[IntentView], error) {
		return out(s.saveIntent(ctx, in.Name, in.Body))
	})
	s.tableRoutes(a)
}

// intentFile finds the file an intent stands in and its place in a list there;
// -1 when the file is the intent.
func (b *bench) intentFile(in *content.Intent) (p string, at int) {
	p = "intents/" + in.Name + ".yaml"
	if b.text[p] != nil {
		return p, -1
	}
	for p, text := range b.text {
		if path.Base(p) != "intents.yaml" {
			continue
		}
		var list []struct {
			Name string `yaml:"name"`
		}
		if yaml.Unmarshal(text, &list) != nil {
			continue
		}
		for i, l := range list {
			if l.Name == in.Name {
				return p, i
			}
		}
	}
	return "", -1
}

func (b *bench) intentRow(in *content.Intent) IntentRow {
	p, _ := b.intentFile(in)
	r := IntentRow{Name: in.Name, Label: in.Label["zh"], LabelEn: in.Label["en"], Kind: in.Kind, Flow: in.Flow, Article: in.Article, Zh: len(in.Examples["zh"]), En: len(in.Examples["en"]), File: stateOf(b.entries[p])}
	r.Thin = r.Zh < thin
	return r
}

func (b *bench) intentView(name string) (IntentView, error) {
	in := b.set.Intents[name]
	if in == nil {
		return IntentView{}, absent("这个意图")
	}
	return IntentView{IntentRow: b.intentRow(in), Examples: in.Examples, Overlaps: b.overlaps(in)}, nil
}

// overlaps finds the examples of other intents nearest to this one's.
func (b *bench) overlaps(in *content.Intent) []Overlap {
	norm := zh.New()
	bag := func(text string) (map[string]float64, float64) {
		v := map[string]float64{}
		for _, t := range norm.Tokens(text) {
			v[t]++
		}
		var sum float64
		for _, n := range v {
			sum += n * n
		}
		return v, math.Sqrt(sum)
	}
	type line struct {
		text string
		bag  map[string]float64
		size float64
	}
	var mine []line
	for _, list := range in.Examples {
		for _, text := range list {
			v, size := bag(text)
			mine = append(mine, line{text, v, size})
		}
	}
	found := []Overlap{}
	for _, other := range b.set.Intents {
		if other.Name == in.Name {
			continue
		}
		best := Overlap{Intent: other.Name, Label: cmp.Or(other.Label["zh"], other.Name)}
		for _, list := range other.Examples {
			for _, text := range list {
				v, size := bag(text)
				for _, m := range mine {
					var dot float64
					for t, n := range v {
						dot += n * m.bag[t]
					}
					if c := dot / max(m.size*size, 1e-9); c > best.Likeness {
						best.Likeness, best.Mine, best.Theirs = math.Round(c*1000)/1000, m.text, text
					}
				}
			}
		}
		if best.Likeness >= 0.5 {
			found = append(found, best)
		}
	}
	slices.SortFunc(found, func(x, y Overlap) int {
		return cmp.Or(cmp.Compare(y.Likeness, x.Likeness), cmp.Compare(x.Intent, y.Intent))
	})
	return found[:min(10, len(found))]
}

func (s *Console) saveIntent(ctx context.Context, name string, in IntentSave) (IntentView, error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return IntentView{}, err
	}
	intent := b.set.Intents[name]
	if intent == nil {
		return IntentView{}, absent("这个意图")
	}
	examples := map[string][]string{}
	for _, locale := range locales() {
		var list []string
		for i, text := range in.Examples[locale] {
			text = strings.TrimSpace(text)
			if text == "" || len(text) > 500 {
				return IntentView{}, invalid([]string{name + ".examples." + locale + ": 第 " + itoa(i+1) + " 条为空或超过 500 字节（删掉或改短）/ empty or longer than 500 bytes"})
			}
			if !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
		if len(list) > 0 {
			examples[locale] = list
		}
	}
	if len(examples) == 0 {
		return IntentView{}, bad("至少保留一条说法；不要这个意图请删除文件 / keep at least one example")
	}
	p, at := b.intentFile(intent)
	text, lost, err := setExamples(b.text[p], at, examples)
	if err != nil {
		return IntentView{}, err
	}
	if lost && !in.DropComments {
		return IntentView{}, httpapi.Refuse(http.StatusConflict, "comments", "保存后文件里会少掉一些注释；确认请带 drop_comments / some comments of the file would be lost")
	}
	if err := b.check(p, text); err != nil {
		return IntentView{}, err
	}
	if _, err := s.Releases.Save(ctx, who(ctx), p, in.Base, text); err != nil {
		return IntentView{}, err
	}
	if b, err = s.work.now(ctx); err != nil {
		return IntentView{}, err
	}
	return b.intentView(name)
}
