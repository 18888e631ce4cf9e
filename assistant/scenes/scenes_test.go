package scenes_test

import (
	"encoding/csv"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/scenes"
)

type text map[string]string

type article struct {
	ID       string              `yaml:"id"`
	Title    text                `yaml:"title"`
	Group    string              `yaml:"group"`
	Owner    string              `yaml:"owner"`
	Audience []string            `yaml:"audience"`
	Question text                `yaml:"question"`
	Similar  map[string][]string `yaml:"similar"`
	Valid    dates               `yaml:"valid"`
	Answer   text                `yaml:"answer"`
	Variants []struct {
		Audience string `yaml:"audience"`
		Region   string `yaml:"region"`
		Answer   text   `yaml:"answer"`
	} `yaml:"variants"`
	Versions []struct {
		From   string `yaml:"from"`
		Until  string `yaml:"until"`
		Answer text   `yaml:"answer"`
	} `yaml:"versions"`
	Table *struct {
		Name   string   `yaml:"name"`
		Key    string   `yaml:"key"`
		Values []string `yaml:"values"`
	} `yaml:"table"`
	Flow     string   `yaml:"flow"`
	Facts    []string `yaml:"facts"`
	Source   string   `yaml:"source"`
	Keywords []string `yaml:"keywords"`
}

type dates struct {
	From  string `yaml:"from"`
	Until string `yaml:"until"`
}

type intent struct {
	Name     string              `yaml:"name"`
	Label    text                `yaml:"label"`
	Kind     string              `yaml:"kind"`
	Article  string              `yaml:"article"`
	Leads    string              `yaml:"leads"`
	Examples map[string][]string `yaml:"examples"`
}

// read decodes every YAML file below dir, strictly, by path.
func read[T any](t *testing.T, dir string) map[string]T {
	t.Helper()
	out := map[string]T{}
	err := fs.WalkDir(scenes.FS, dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".yaml" {
			return err
		}
		b, err := fs.ReadFile(scenes.FS, p)
		if err != nil {
			return err
		}
		var v T
		if err := yaml.UnmarshalWithOptions(b, &v, yaml.Strict()); err != nil {
			t.Errorf("%s: %v", p, err)
			return nil
		}
		out[p] = v
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// tables reads every table as its header and its columns by name.
func tables(t *testing.T) map[string]map[string][]string {
	t.Helper()
	files, err := fs.Glob(scenes.FS, "tables/*.csv")
	if err != nil || len(files) == 0 {
		t.Fatalf("tables: %v, %d files", err, len(files))
	}
	out := map[string]map[string][]string{}
	for _, p := range files {
		b, err := fs.ReadFile(scenes.FS, p)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		columns := map[string][]string{}
		for i, name := range rows[0] {
			columns[name] = []string{}
			for _, row := range rows[1:] {
				columns[name] = append(columns[name], row[i])
			}
		}
		out[strings.TrimSuffix(path.Base(p), ".csv")] = columns
	}
	return out
}

func both(v text) bool { return v["zh"] != "" && v["en"] != "" }

func TestArticles(t *testing.T) {
	t.Parallel()
	set, _ := content.Compile(scenes.FS)
	sentence := regexp.MustCompile("[。！？]")
	all, tabs := read[article](t, "articles"), tables(t)
	var elder, private, regional, dated, staff int
	asked := map[string]string{}
	for p, a := range all {
		if p != "articles/"+a.Group+"/"+a.ID+".yaml" {
			t.Errorf("%s: id %s and group %s do not make its path", p, a.ID, a.Group)
		}
		if !both(a.Title) || !both(a.Question) || !both(a.Answer) {
			t.Errorf("%s: title, question and answer need zh and en", p)
		}
		if a.Owner == "" || a.Source == "" || len(a.Keywords) == 0 {
			t.Errorf("%s: owner, source and keywords are needed", p)
		}
		if len(a.Similar["zh"]) < 4 || len(a.Similar["en"]) < 1 {
			t.Errorf("%s: %d zh and %d en similar questions", p, len(a.Similar["zh"]), len(a.Similar["en"]))
		}
		for _, q := range append(slices.Clone(a.Similar["zh"]), a.Question["zh"]) {
			if other, ok := asked[q]; ok {
				t.Errorf("%s: %q stands in %s too", p, q, other)
			}
			asked[q] = p
		}
		if len(a.Audience) != 1 || !slices.Contains([]string{"customer", "staff"}, a.Audience[0]) {
			t.Errorf("%s: audience %v", p, a.Audience)
		}
		if strings.Contains(path.Base(p), "staff-") != (len(a.Audience) == 1 && a.Audience[0] == "staff") {
			t.Errorf("%s: a staff procedure and its name disagree", p)
		}
		if a.Flow != "" && set.Flow(a.Flow) == nil {
			t.Errorf("%s: flow %q", p, a.Flow)
		}
		spans := []dates{a.Valid}
		for _, v := range a.Versions {
			spans = append(spans, dates{v.From, v.Until})
			if !both(v.Answer) {
				t.Errorf("%s: a version needs zh and en", p)
			}
		}
		for _, d := range spans {
			if err := d.check(); err != nil {
				t.Errorf("%s: %v", p, err)
			}
		}
		for _, v := range a.Variants {
			if v.Answer["zh"] == "" || (v.Audience == "") == (v.Region == "") {
				t.Errorf("%s: a variant has an answer and either audience or region", p)
			}
			if v.Audience == "private" {
				private++
			}
			if v.Region != "" {
				regional++
			}
		}
		if say := a.Answer["zh-elder"]; say != "" {
			elder++
			if n := len(sentence.FindAllString(say, -1)); n > 2 {
				t.Errorf("%s: %d sentences for elders, at most two", p, n)
			}
		}
		if a.Table != nil {
			column := tabs[a.Table.Name][a.Table.Key]
			if column == nil || len(a.Table.Values) == 0 {
				t.Errorf("%s: table %s has no column %s, or no values are named", p, a.Table.Name, a.Table.Key)
			}
			for _, v := range a.Table.Values {
				if !slices.Contains(column, v) {
					t.Errorf("%s: %s.%s holds no %q", p, a.Table.Name, a.Table.Key, v)
				}
			}
		}
		if len(a.Versions) > 0 {
			dated++
		}
		if a.Audience[0] == "staff" {
			staff++
		}
	}
	if len(all) < 75 || elder < 20 || private < 6 || regional < 6 || dated < 4 || staff < 10 {
		t.Errorf("%d articles, %d for elders, %d private, %d regional, %d dated, %d staff", len(all), elder, private, regional, dated, staff)
	}
}

func (d dates) check() error {
	var from time.Time
	for _, s := range []string{d.From, d.Until} {
		if s == "" {
			continue
		}
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return err
		}
		if at.Before(from) {
			return &time.ParseError{Value: s, Message: ": until before from"}
		}
		from = at
	}
	return nil
}

func TestIntents(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, a := range read[article](t, "articles") {
		if a.Audience[0] == "customer" {
			ids[a.ID] = true
		}
	}
	all := read[intent](t, "intents")
	said := map[string]string{}
	for p, in := range all {
		if p != "intents/"+in.Name+".yaml" || !both(in.Label) {
			t.Errorf("%s: name %q, label %v", p, in.Name, in.Label)
		}
		minimum := 15
		switch in.Kind {
		case "knowledge", "later":
			if in.Article == "" {
				t.Errorf("%s: kind %s names an article", p, in.Kind)
			}
		case "social":
		case "none":
			minimum = 120
		default:
			t.Errorf("%s: kind %q", p, in.Kind)
		}
		if in.Article != "" && !ids[in.Article] {
			t.Errorf("%s: no article %s for customers", p, in.Article)
		}
		if len(in.Examples["zh"]) < minimum || len(in.Examples["en"]) < 6 {
			t.Errorf("%s: %d zh and %d en examples", p, len(in.Examples["zh"]), len(in.Examples["en"]))
		}
		for _, list := range in.Examples {
			for _, s := range list {
				if other, ok := said[s]; ok {
					t.Errorf("%s: %q stands in %s too", p, s, other)
				}
				said[s] = p
			}
		}
	}
	// The flows' own intents are written beside the flows; nothing may stand in both.
	flows, err := fs.Glob(scenes.FS, "scenes/*/intents.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range flows {
		b, err := fs.ReadFile(scenes.FS, p)
		if err != nil {
			t.Fatal(err)
		}
		var list []intent
		if err := yaml.Unmarshal(b, &list); err != nil {
			t.Errorf("%s: %v", p, err)
		}
		for _, in := range list {
			for _, texts := range in.Examples {
				for _, s := range texts {
					if other, ok := said[s]; ok {
						t.Errorf("%s: %q stands in %s too", p, s, other)
					}
				}
			}
		}
	}
	if len(all) < 19 {
		t.Errorf("%d intents", len(all))
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	all := tables(t)
	want := map[string]int{"deposit_rates": 30, "fees": 30, "limits": 15, "lpr": 12, "fx": 10, "products": 20, "branches": 30, "holidays": 30, "thresholds": 10}
	for name, n := range want {
		first := ""
		for column := range all[name] {
			first = column
		}
		if got := len(all[name][first]); got < n {
			t.Errorf("%s: %d rows, want %d", name, got, n)
		}
	}
	// Of one product and term exactly one rate holds on any day.
	rates := all["deposit_rates"]
	open := map[string]string{}
	for i, product := range rates["product"] {
		key := product + rates["term"][i]
		from, until := rates["from"][i], rates["until"][i]
		if last, ok := open[key]; ok && (last == "" || from <= last) {
			t.Errorf("deposit_rates row %d: %s from %s while a rate until %q still holds", i+2, key, from, last)
		}
		open[key] = until
	}
	for key, until := range open {
		if until != "" {
			t.Errorf("deposit_rates: nothing after %s for %s", until, key)
		}
	}
}

func TestEmployees(t *testing.T) {
	t.Parallel()
	all := read[struct {
		ID         string          `yaml:"id"`
		Name       text            `yaml:"name"`
		Job        text            `yaml:"job"`
		Serves     string          `yaml:"serves"`
		Greeting   text            `yaml:"greeting"`
		Tone       text            `yaml:"tone"`
		Scenes     []string        `yaml:"scenes"`
		Knowledge  []string        `yaml:"knowledge"`
		Hours      text            `yaml:"hours"`
		Supervisor string          `yaml:"supervisor"`
		Hue        string          `yaml:"hue"`
		States     map[string]text `yaml:"states"`
	}](t, "employees")
	if len(all) != 3 {
		t.Fatalf("%d employees", len(all))
	}
	for p, e := range all {
		if !both(e.Name) || !both(e.Job) || !both(e.Greeting) || e.Greeting["zh-elder"] == "" {
			t.Errorf("%s: name, job and greeting need every language", p)
		}
		for locale, say := range e.Greeting {
			if !strings.Contains(say, "机器人") && !strings.Contains(say, "machine") {
				t.Errorf("%s: the greeting in %s does not say that it is a machine", p, locale)
			}
		}
		if e.Serves == "customer" && slices.Contains(e.Knowledge, "staff") {
			t.Errorf("%s: serves customers and reads what is for staff", p)
		}
		for _, s := range []string{"idle", "listening", "thinking", "speaking", "resting"} {
			if !both(e.States[s]) {
				t.Errorf("%s: no words for the state %s", p, s)
			}
		}
		if e.Supervisor == "" || e.Hue == "" {
			t.Errorf("%s: supervisor and hue are needed", p)
		}
	}
}
